// Clients for the self-check, written apart from the rig's own code: a line client over TLS with IMAP and
// SMTP on top, a browser that follows forms, a DNS query.
import * as net from 'node:net';
import * as tls from 'node:tls';
import * as dgram from 'node:dgram';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';

export const sleep = (ms) => new Promise((ok) => { setTimeout(ok, ms); });
const within = (ms, promise, what) => { let t; return Promise.race([promise, new Promise((_, no) => { t = setTimeout(() => no(new Error(`no answer within ${ms} ms: ${what}`)), ms); })]).finally(() => clearTimeout(t)); };

class Lines {
  constructor(socket) { this.attach(socket); }
  attach(socket) {
    this.socket = socket;
    this.text = '';
    this.closed = false;
    socket.on('data', (c) => { this.text += c.toString('latin1'); this.wake?.(); });
    for (const e of ['end', 'close', 'error']) socket.on(e, () => { this.closed = true; this.wake?.(); });
  }
  async line(ms = 5000) {
    const end = Date.now() + ms;
    while (!this.text.includes('\n')) {
      if (this.closed) return null;
      await within(Math.max(1, end - Date.now()), new Promise((ok) => { this.wake = ok; }), 'a line');
    }
    const at = this.text.indexOf('\n');
    const line = this.text.slice(0, at).replace(/\r$/, '');
    this.text = this.text.slice(at + 1);
    return line;
  }
  write(s) { this.socket.write(`${s}\r\n`); }
  close() { this.socket.destroy(); }
}
const ca = (env) => fs.readFileSync(env.RIG_CA);
const secured = (env, port, host, socket) => new Promise((ok, no) => {
  const s = tls.connect({ ...(socket ? { socket } : { port: +port, host: '127.0.0.1' }), servername: host, ca: ca(env) }, () => ok(s));
  s.once('error', no);
});

export class Imap extends Lines {
  static async open(env, port, host) {
    const client = new Imap(await secured(env, port, host));
    client.n = 0;
    client.greeting = await client.line();
    return client;
  }
  // -> {ok, last, untagged}; `answers` are sent one at each continuation
  async command(text, { answers = [], ms = 5000 } = {}) {
    this.n += 1;
    const tag = `p${this.n}`;
    this.write(`${tag} ${text}`);
    const untagged = [];
    for (;;) {
      const line = await this.line(ms);
      if (line === null) return { ok: false, closed: true, last: null, untagged };
      if (line.startsWith('+')) { this.challenge = line; if (answers.length) this.write(answers.shift()); else return { ok: false, untagged, last: line }; continue; }
      if (line.startsWith(`${tag} `)) return { ok: line.startsWith(`${tag} OK`), last: line.slice(tag.length + 1), untagged };
      untagged.push(line);
    }
  }
  xoauth2(user, token) { return this.command(`AUTHENTICATE XOAUTH2 ${sasl(user, token)}`, { answers: [''] }); }
}
export const sasl = (user, token) => Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');
export const plain = (user, password) => Buffer.from(`\0${user}\0${password}`).toString('base64');

export class Smtp extends Lines {
  static async open(env, port, host, { implicit = false } = {}) {
    let client;
    if (implicit) client = new Smtp(await secured(env, port, host));
    else { const s = net.connect(+port, '127.0.0.1'); await new Promise((ok, no) => { s.once('connect', ok).once('error', no); }); client = new Smtp(s); }
    await client.reply();
    client.capabilities = await client.ask('EHLO prove.example');
    if (!implicit) {
      const go = await client.ask('STARTTLS');
      if (!go.startsWith('220')) throw new Error(go);
      client.socket.removeAllListeners('data');
      client.attach(await secured(env, port, host, client.socket));
      client.capabilities = await client.ask('EHLO prove.example');
    }
    return client;
  }
  async reply(ms = 8000) {
    const lines = [];
    for (;;) {
      const line = await this.line(ms);
      if (line === null) return lines.length ? lines.join('\n') : null;
      lines.push(line);
      if (line[3] !== '-') return lines.join('\n');
    }
  }
  ask(text) { this.write(text); return this.reply(); }
  async xoauth2(user, token) { const go = await this.ask('AUTH XOAUTH2'); return go.startsWith('334') ? this.ask(sasl(user, token)) : go; }
  // the reply to the message; {mail, rcpt} replies stop it early
  async send(from, to, { header = from, subject = 'prove', body = 'text', size = 0 } = {}) {
    for (const step of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA']) { const r = await this.ask(step); if (!/^[23]/.test(r ?? '')) return r; }
    const id = `<${crypto.randomUUID()}@prove.example>`;
    this.lastId = id;
    this.socket.write(`From: <${header}>\r\nTo: <${to}>\r\nSubject: ${subject}\r\nMessage-ID: ${id}\r\n\r\n${body}\r\n..dotted\r\n${'x'.repeat(76).concat('\r\n').repeat(Math.ceil(size / 78))}`);
    return this.ask('.');
  }
}

export const post = async (url, body) => {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body ?? {}) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${url}: ${json.error}`);
  return json;
};

// A browser without eyes: keeps cookies, follows redirects on this machine until one leads to /oauth/callback.
export class Browser {
  constructor() { this.cookies = new Map(); }
  async go(url, { method = 'GET', body } = {}) {
    for (let hops = 0; hops < 12; hops += 1) {
      const answer = await fetch(url, { method, body, redirect: 'manual', headers: { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) } });
      for (const c of answer.headers.getSetCookie()) { const [pair] = c.split(';'); const at = pair.indexOf('='); if (/expires=Thu, 01 Jan 1970/i.test(c)) this.cookies.delete(pair.slice(0, at)); else this.cookies.set(pair.slice(0, at), pair.slice(at + 1)); }
      const to = answer.headers.get('location');
      if (!to) { this.url = url; this.status = answer.status; this.html = await answer.text(); this.callback = null; return this; }
      await answer.arrayBuffer();
      url = new URL(to, url).href;
      method = 'GET'; body = undefined;
      if (new URL(url).pathname === '/oauth/callback') { this.callback = Object.fromEntries(new URL(url).searchParams); this.html = ''; return this; }
    }
    throw new Error('redirects without end');
  }
  submit(fields) {
    const action = /<form[^>]*action="([^"]*)"/.exec(this.html)[1].replace(/&#(\d+);/g, (m, n) => String.fromCharCode(n));
    const step = /name="step" value="([^"]*)"/.exec(this.html)[1];
    return this.go(new URL(action, this.url).href, { method: 'POST', body: new URLSearchParams([['step', step], ...(Array.isArray(fields) ? fields : Object.entries(fields))]).toString() });
  }
}

const MS_SCOPE = 'openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send';
export class App {
  constructor(env, flavour = 'microsoft', tenant = 'common') {
    Object.assign(this, { flavour, id: 'mailkeep-demo', secret: 'demo-secret-value', redirect: 'http://127.0.0.1:4711/oauth/callback' });
    this.authorizeUrl = flavour === 'google' ? `${env.GOOGLE_URL}/o/oauth2/v2/auth` : `${env.IDP_URL}/${tenant}/oauth2/v2.0/authorize`;
    this.tokenUrl = flavour === 'google' ? `${env.GOOGLE_URL}/token` : `${env.IDP_URL}/${tenant}/oauth2/v2.0/token`;
    this.scope = flavour === 'google' ? 'openid profile email https://mail.google.com/' : MS_SCOPE;
  }
  url(more = {}) {
    this.verifier = crypto.randomBytes(32).toString('base64url');
    this.nonce = crypto.randomUUID();
    const q = { client_id: this.id, response_type: 'code', redirect_uri: this.redirect, scope: this.scope, state: 'st4te', nonce: this.nonce, code_challenge: crypto.createHash('sha256').update(this.verifier).digest('base64url'), code_challenge_method: 'S256', ...(this.flavour === 'google' ? { access_type: 'offline', prompt: 'consent' } : {}), ...more };
    return `${this.authorizeUrl}?${new URLSearchParams(Object.entries(q).filter(([, v]) => v != null))}`;
  }
  async token(params, { basic = false, ...more } = {}) {
    const auth = basic ? { authorization: `Basic ${Buffer.from(`${this.id}:${encodeURIComponent(this.secret)}`).toString('base64')}` } : {};
    const answer = await fetch(more.url ?? this.tokenUrl, { method: 'POST', headers: auth, body: new URLSearchParams({ ...(basic ? {} : { client_id: this.id, client_secret: more.secret ?? this.secret }), ...params }) });
    return { status: answer.status, headers: answer.headers, ...(await answer.json()) };
  }
  exchange(code, more) { return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.redirect, code_verifier: more?.verifier ?? this.verifier }, more); }
  refresh(token, more) { return this.token({ grant_type: 'refresh_token', refresh_token: token }, more); }
  // The whole way through sign-in and consent.
  async signIn(email, password, { browser = new Browser(), ...more } = {}) {
    await browser.go(this.url(more));
    if (browser.html.includes('id="password"')) await browser.submit({ email, password, action: 'accept' });
    if (browser.html.includes('Permissions requested')) await browser.submit([['action', 'accept'], ...[...browser.html.matchAll(/name="scope" value="([^"]*)"/g)].map((m) => ['scope', m[1].replace(/&#(\d+);/g, (x, n) => String.fromCharCode(n))])]);
    if (!browser.callback?.code) throw new Error(`no code: ${JSON.stringify(browser.callback)} ${browser.html.replace(/<[^>]*>/g, ' ').slice(-300)}`);
    return { callback: browser.callback, browser, ...(await this.exchange(browser.callback.code)) };
  }
}
export const payload = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));

export function dns(env, name, type, { tcp = false } = {}) {
  const [host, port] = env.RIG_DNS.split(':');
  const query = Buffer.concat([Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...name.split('.').map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0, 0, { A: 1, MX: 15, SRV: 33, TXT: 16 }[type], 0, 1])]);
  const read = (m) => ({ rcode: m[3] & 15, answers: m.readUInt16BE(6), text: m.toString('latin1') });
  if (tcp) return within(2000, new Promise((ok, no) => { const s = net.connect(+port, host, () => s.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]))); s.on('error', no); s.once('data', (m) => { s.destroy(); ok(read(m.subarray(2))); }); }), 'DNS over TCP');
  return within(2000, new Promise((ok) => { const s = dgram.createSocket('udp4'); s.once('message', (m) => { s.close(); ok(read(m)); }); s.send(query, +port, host); }), 'DNS over UDP');
}
