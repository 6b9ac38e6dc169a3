// Starts the whole rig and holds it: certificates, settings, providers, Dovecot, Postfix, DNS, front, control.
//   node main.mjs STATE [BASE] [attached]      attached: ends and removes STATE when stdin closes
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as crypto from 'node:crypto';
import { claim } from './ports.mjs';
import * as certs from './certs.mjs';
import * as children from './children.mjs';
import * as users from './users.mjs';
import * as tables from './tables.mjs';
import * as dns from './dns.mjs';
import * as mail from './mail.mjs';
import { providers } from './providers.mjs';
import { routes, serve } from './control.mjs';
import { openFront } from './front/front.mjs';

const [state, base, attached] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;
const began = Date.now();
const say = (text) => console.log(`${String(Date.now() - began).padStart(5)} ms  ${text}`);
let ending = false;

async function end(code = 0) {
  if (ending) return;
  ending = true;
  await children.stopAll();
  fs.rmSync(`${state}/pid`, { force: true });
  if (attached) fs.rmSync(state, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => end());
process.on('uncaughtException', (e) => console.error('uncaught', e.stack));
process.on('unhandledRejection', (e) => console.error('unhandled', e?.stack ?? e));
if (attached) {
  const kind = fs.fstatSync(0);
  if (kind.isFIFO() || kind.isSocket() || process.stdin.isTTY) process.stdin.on('end', () => end()).on('close', () => end()).on('error', () => end()).resume();
}

function seedDns(ports) {
  for (const host of certs.HOSTS) if (host.includes('.')) dns.set(host, 'A', '127.0.0.1');
  dns.set('mx.rig.example', 'A', '127.0.0.1');
  const srv = (name, port, host) => dns.set(name, 'SRV', { priority: 0, weight: 1, port, host });
  srv('_imaps._tcp.litware.example', ports.LITWARE_IMAPS_PORT, 'imap.litware.example');
  srv('_imap._tcp.litware.example', ports.LITWARE_IMAP_PORT, 'imap.litware.example');
  srv('_submission._tcp.litware.example', ports.LITWARE_SMTP_PORT, 'smtp.litware.example');
  srv('_submissions._tcp.litware.example', ports.LITWARE_SMTPS_PORT, 'smtp.litware.example');
}
function announce({ domain, provider }) {
  const host = { microsoft: `${domain.replaceAll('.', '-')}.mail.protection.outlook.example`, google: 'aspmx.l.google.example', litware: 'mx.litware.example' }[provider] ?? `mx.${domain}`;
  dns.set(domain, 'MX', { priority: 0, host });
  dns.set(host, 'A', '127.0.0.1');
}

function writeSettings(ports, secret, baseNumber) {
  for (const dir of ['dovecot/run', 'dovecot/var', 'postfix/etc', 'postfix/data', 'logs']) fs.mkdirSync(`${state}/${dir}`, { recursive: true });
  const values = { ...ports, STATE: state, BASE: baseNumber, DOVECOT_SECRET: secret, DOVECOT_BASIC: Buffer.from(`dovecot:${secret}`).toString('base64') };
  const fill = (from, to, more = {}) => fs.writeFileSync(`${state}/${to}`, fs.readFileSync(`${here}conf/${from}`, 'utf8').replace(/@([A-Z_]+)@/g, (all, k) => more[k] ?? values[k] ?? all));
  for (const f of ['dovecot.conf', 'users.lua', 'shared.lua']) fill(f, `dovecot/${f}`);
  fill('oauth2.conf', 'dovecot/oauth2-microsoft.conf', { PORT: ports.IDP_PORT });
  fill('oauth2.conf', 'dovecot/oauth2-google.conf', { PORT: ports.GOOGLE_PORT });
  for (const f of ['main.cf', 'master.cf']) fill(f, `postfix/etc/${f}`);
}

async function start() {
  process.umask(0o022);
  // What rests is closed by its client: closed here, it could be just when it is used again.
  const server = http.createServer({ keepAliveTimeout: 600_000 });
  const { base: taken, ports } = await claim(server, base && base !== '-' ? +base : undefined);
  say(`ports ${taken}-${taken + 49}, state in ${state}`);
  const secret = crypto.randomBytes(12).toString('hex');
  fs.writeFileSync(`${state}/pid`, `${process.pid}\n`);
  writeSettings(ports, secret, taken);
  if (!fs.existsSync(`${state}/tls/server.pem`)) certs.make(`${state}/tls`);
  children.setClock(state, '+0');
  say('certificates and settings written');
  const urls = { microsoft: `http://127.0.0.1:${ports.IDP_PORT}`, google: `http://127.0.0.1:${ports.GOOGLE_PORT}` };
  const tell = async (provider, action, message) => {
    if (!urls[provider]) throw new Error(`${provider} has no identity provider here`);
    const answer = await fetch(`${urls[provider]}/_ctl/${action}`, { method: 'POST', body: JSON.stringify(message) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(json.error);
    return json;
  };
  users.open(state, tell, announce);
  mail.open(state, ports);
  children.startDovecot(state);
  await Promise.all([tables.listen(ports.SOCKETMAP_PORT), dns.listen(ports.DNS_PORT)]);
  children.startPostfix(state);
  const [front] = await Promise.all([
    openFront({ state, ports, secret, urls, tell }),
    children.startIdp('microsoft', ports.IDP_PORT, state, secret),
    children.startIdp('google', ports.GOOGLE_PORT, state, secret),
  ]);
  say('identity providers, DNS and front answer');
  const seed = JSON.parse(fs.readFileSync(process.env.RIG_SEED ?? `${here}seed.json`, 'utf8'));
  seedDns(ports);
  for (const domain of seed.domains) await users.putDomain(domain);
  for (const provider of ['microsoft', 'google']) await tell(provider, 'users', { clients: seed.clients });
  await users.put(seed.users);
  await Promise.all(['DOVECOT_IMAP_PORT', 'DOVECOT_IMAPS_PORT', 'LMTP_PORT', 'SASL_PORT', 'MX_PORT', 'SUBMISSION_PORT', 'TRUSTED_PORT'].map((p) => children.waitFor(ports[p])));
  say('Dovecot and Postfix answer');
  const preload = Object.entries(children.clockEnv(state)).map(([k, v]) => `${k}=${v}`).join(' ');
  const env = { RIG_STATE: state, RIG_PORT_BASE: taken, RIG_CONTROL: `http://127.0.0.1:${taken}`, RIG_PROVIDERS: `${state}/providers.json`, RIG_CA: `${state}/tls/ca.pem`, RIG_CLOCK: `${state}/clock`,
    RIG_DNS: `127.0.0.1:${ports.DNS_PORT}`, IDP_URL: urls.microsoft, GOOGLE_URL: urls.google, RIG_FAKETIME: `"${preload}"`, ...ports };
  serve(server, routes({ state, tell, front, env }));
  fs.writeFileSync(`${state}/providers.json`, `${JSON.stringify(providers({ state, ports }), null, 1)}\n`);
  // last, and whole: whoever finds this file finds a running rig
  fs.writeFileSync(`${state}/env~`, `${Object.entries(env).map(([k, v]) => `${k}=${v}`).join('\n')}\n`);
  fs.renameSync(`${state}/env~`, `${state}/env`);
  say('ready');
}
const late = setTimeout(() => { console.error('the rig did not start within 60 s'); end(1); }, 60_000);
start().then(() => clearTimeout(late)).catch((e) => { console.error(`the rig did not start: ${e.message}`); end(1); });
