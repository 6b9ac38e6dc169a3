// The program for real use: https of its own, plain http behind a named proxy, the first start.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as path from 'node:path';
import { test, expect } from '../support/fixtures.mjs';
import { Mailkeep, freePort } from '../support/mailkeep.mjs';
import { Visitor } from '../support/visitor.mjs';

/** One request as it stands: status, headers, text. */
const ask = (url, { ca, headers = {}, method = 'GET', body, from } = {}) => new Promise((ok, no) => {
  const request = (url.startsWith('https') ? https : http).request(url, { ca, headers, method, localAddress: from, agent: false }, (answer) => {
    let text = '';
    answer.on('data', (d) => { text += d; });
    answer.on('end', () => ok({ status: answer.statusCode, headers: answer.headers, cookies: answer.headers['set-cookie'] ?? [], text }));
  });
  request.on('error', no);
  request.end(body);
});

/** A sign-in that fails still begins a session, so that its cookie can be seen. */
const session = (url, options = {}) => ask(`${url}/first-start`, options);

test('its own certificate serves https: Secure cookies, HSTS, and no plain http', async ({ rig }) => {
  const folder = fs.mkdtempSync('/tmp/mailkeep-tls.');
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3000', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const mailkeep = await Mailkeep.start(rig, { name: 'serving', port, url, ca: fs.readFileSync(cert), env: { MAILKEEP_TLS_CERT: cert, MAILKEEP_TLS_KEY: key, MAILKEEP_PUBLIC_ADDRESS: '' } });
  try {
    expect(mailkeep.stdout).toContain(`listens on https://127.0.0.1:${port}, for browsers at ${url}`);
    const ca = fs.readFileSync(cert);
    const page = await ask(`${url}/sign-in`, { ca });
    expect(page.status).toBe(200);
    expect(page.headers['strict-transport-security']).toBe('max-age=31536000');
    const first = await makeAdmin(mailkeep, url, { ca });
    expect(first.cookies.join()).toMatch(/^mailkeep=[^;]+;.*HttpOnly/);
    for (const cookie of first.cookies) expect(cookie).toMatch(/; Secure/);
    for (const cookie of first.cookies) expect(cookie).toMatch(/SameSite=Lax/);
    await expect(ask(`http://localhost:${port}/sign-in`)).rejects.toThrow();
    await expect(ask(`${url}/sign-in`)).rejects.toThrow(/self-signed/);
  } finally {
    await mailkeep.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

/** The first admin by hand, so that each answer's headers can be seen. */
async function makeAdmin(mailkeep, url, { ca, headers = {}, from } = {}) {
  const token = await mailkeep.token();
  const page = await ask(`${url}/first-start`, { ca, headers, from });
  const action = /<form[^>]*method="post"[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? /<form[^>]*action="([^"]+)"[^>]*method="post"/.exec(page.text)?.[1];
  const body = new URLSearchParams({ token, name: 'Ada', email: 'ada@contoso.example', password: 'ada-lindqvist-1843' }).toString();
  const cookie = page.cookies.map((c) => c.split(';')[0]).join('; ');
  const answer = await ask(url + action, {
    ca, from, method: 'POST', body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', 'sec-fetch-site': 'same-origin', ...(cookie ? { cookie } : {}), ...headers },
  });
  expect(answer.status, answer.text.slice(0, 300)).toBe(303);
  expect(answer.headers.location).toContain('/admin/server');
  return answer;
}

test('plain http behind a proxy: X-Forwarded-* is believed from the named one alone', async ({ start }) => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'desk.example', 'x-forwarded-for': '203.0.113.9' };
  const named = await start({ env: { MAILKEEP_PROXY: '127.0.0.7' } });
  const url = `http://127.0.0.1:${named.port}`;
  // From the proxy: the browser is on https.
  const through = await makeAdmin(named, url, { headers: forwarded, from: '127.0.0.7' });
  for (const cookie of through.cookies) expect(cookie).toMatch(/; Secure/);
  expect(through.headers['strict-transport-security']).toBe('max-age=31536000');
  // The address it was reached at is the proxy's word, too.
  const cookie = through.cookies.map((c) => c.split(';')[0]).join('; ');
  const server = await ask(`${url}/admin/server`, { headers: { ...forwarded, cookie }, from: '127.0.0.7' });
  expect(server.text).toContain('https://desk.example');
  // From anybody else the same headers are nothing.
  const alone = await ask(`${url}/sign-in`, { headers: forwarded });
  expect(alone.headers['strict-transport-security']).toBeUndefined();
  for (const cookie of (await session(url, { headers: forwarded })).cookies) expect(cookie).not.toMatch(/Secure/);
  const direct = await ask(`${url}/admin/server`, { headers: { ...forwarded, cookie } });
  expect(direct.text).not.toContain('desk.example');
});

test('the first admin is made with the printed token alone, and the address that providers refuse is named', async ({ start }) => {
  const mailkeep = await start({ env: { MAILKEEP_PUBLIC_ADDRESS: 'http://desk.example' } });
  expect(mailkeep.stdout).toContain('Microsoft and Google send people back only to https addresses or to localhost: with http://desk.example no mailbox can sign in there.');
  expect(mailkeep.stdout).toContain('Nobody can sign in yet.');
  const token = await mailkeep.token();
  const stranger = new Visitor(mailkeep.url);
  await stranger.go('/first-start');
  const person = { name: 'Mallory', email: 'mallory@contoso.example', password: 'mallory-was-here' };
  await stranger.press('Make the admin', { token: 'a-guess', ...person });
  stranger.must('This is not the token that the server printed at its start');
  // Printed anew at each start, while there is nobody: the one before is worth nothing.
  await mailkeep.restart();
  const again = await mailkeep.token();
  expect(again).not.toBe(token);
  await stranger.go('/first-start');
  await stranger.press('Make the admin', { token, ...person });
  stranger.must('This is not the token');
  const admin = new Visitor(mailkeep.url);
  await admin.go('/first-start');
  await admin.press('Make the admin', { token: again, name: 'Ada', email: 'ada@contoso.example', password: 'ada-lindqvist-1843' });
  // The next thing it asks for is the public address.
  expect(admin.url).toContain('/admin/server');
  admin.must('Public address');
  // And there is no second first admin.
  const late = new Visitor(mailkeep.url);
  await late.go('/first-start');
  expect(late.html).not.toContain('name="token"');
  await mailkeep.restart();
  expect(mailkeep.stdout).not.toContain('Nobody can sign in yet');
});
