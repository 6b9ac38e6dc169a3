// A stand-in between Mailkeep and the identity provider's token endpoint that writes down every secret that
// passes, so that a test can look for them where they must not be.
import * as http from 'node:http';
import * as fs from 'node:fs';
import * as path from 'node:path';

const SECRET = ['code', 'refresh_token', 'access_token', 'id_token', 'client_secret', 'code_verifier'];

export async function spyOn(rig, folder) {
  const seen = new Map(); // secret -> what it is
  const note = (kind, value) => { if (value && String(value).length > 8) seen.set(String(value), kind); };
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (c) => parts.push(c));
    req.on('end', async () => {
      const body = Buffer.concat(parts);
      const form = new URLSearchParams(body.toString());
      for (const key of SECRET) note(key, form.get(key));
      const basic = /^Basic (.*)$/.exec(req.headers.authorization ?? '')?.[1];
      if (basic) note('client_secret', decodeURIComponent(Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':')));
      const { host, connection, 'content-length': length, ...headers } = req.headers;
      const answer = await fetch(rig.env.IDP_URL + req.url, { method: req.method, headers, body: body.length ? body : undefined, redirect: 'manual' });
      const text = await answer.text();
      try { const json = JSON.parse(text); for (const key of SECRET) note(key, json[key]); } catch { /* not a token answer */ }
      res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
      res.end(text);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((ok) => { server.once('listening', ok); });
  const file = JSON.parse(fs.readFileSync(rig.env.RIG_PROVIDERS, 'utf8'));
  for (const provider of file.providers) if (provider.key === 'microsoft') provider.token_url = provider.token_url.replace(rig.env.IDP_URL, `http://127.0.0.1:${server.address().port}`);
  const providers = path.join(folder, 'providers.json');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(providers, JSON.stringify(file));
  return { seen, note, providers, close: () => { server.close(); server.closeAllConnections(); } };
}

/** How a secret may be written: as it is, URL-encoded, in hex, in base64 at each of the three offsets that it may have inside a longer text, in both alphabets. */
export function disguises(secret) {
  const out = new Map([['raw', secret], ['URL-encoded', encodeURIComponent(secret)], ['form-encoded', new URLSearchParams({ s: secret }).toString().slice(2)], ['hex', Buffer.from(secret).toString('hex')]]);
  for (let lead = 0; lead < 3; lead += 1) {
    const whole = Buffer.concat([Buffer.alloc(lead, 'x'), Buffer.from(secret)]).toString('base64').replace(/=+$/, '');
    // The first characters mix with what stands before, the last with what comes after.
    const core = whole.slice(lead === 0 ? 0 : lead + 1, whole.length - ((lead + secret.length) % 3 === 0 ? 0 : 1));
    out.set(`base64 at ${lead}`, core);
    out.set(`base64url at ${lead}`, core.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return out;
}

/** Where the secrets stand in a heap of bytes: `kind, disguise, place`. */
export function find(bytes, place, seen) {
  const hits = [];
  for (const [secret, kind] of seen) {
    for (const [how, text] of disguises(secret)) {
      const where = text.length >= 8 ? bytes.indexOf(text) : -1;
      if (where >= 0) { hits.push(`${kind}, ${how}, in ${place} at ${where}: ...${bytes.subarray(Math.max(0, where - 60), where).toString('latin1').replace(/[^\x20-\x7e]/g, '.')}[here]`); break; }
    }
  }
  return hits;
}
