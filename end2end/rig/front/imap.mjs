// IMAP up to the sign-in: greeting, STARTTLS, AUTHENTICATE and LOGIN in the words of the provider that is
// played. Then the session is Dovecot's, through the relay.
import * as net from 'node:net';
import { Reader } from './lines.mjs';
import { Relay } from './relay.mjs';
import * as faults from './faults.mjs';
import * as sessions from './sessions.mjs';
import { judge, led, unpack } from './identity.mjs';
import { upgrade } from './tls.mjs';

let dovecotPort;
export const open = (port) => { dovecotPort = port; };

const atoms = (text) => [...text.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map((m) => m[2] ?? m[1].replace(/\\(.)/g, '$1'));

export class Imap {
  constructor(session, words) { Object.assign(this, { session, words: words, secure: session.implicit }); this.client = session.client; }
  write(line) { if (!this.client.destroyed) this.client.write(`${line}\r\n`); }
  ok(tag, verb) { this.write(`${tag} OK ${this.words.imap.ok[verb] ?? `${verb} completed.`}`); }

  // A disturbance before sign-in; true when the session must not go on.
  async disturbed(verb, tag = '*') {
    const fault = faults.take(this.session, verb);
    if (!fault) return false;
    if (fault.kind === 'answer') { this.write((fault.line ?? '* BYE Server Unavailable. 15').replaceAll('{tag}', tag)); if (fault.close || verb === 'CONNECT') this.client.end(); return true; }
    if (fault.kind === 'stall') { await new Promise((ok) => { if (fault.ms) setTimeout(ok, fault.ms); else this.client.once('close', ok); this.session.release = ok; }); return false; }
    if (fault.kind === 'bye') { this.client.end(`* BYE ${fault.line ?? 'Server Unavailable. 15'}\r\n`); return true; }
    if (fault.kind === 'close') { this.client.end(); return true; }
    this.client.destroy();
    return true;
  }

  async run() {
    const w = this.words.imap;
    this.session.strike = (fault) => { if (fault.kind === 'cut') this.client.destroy(); };
    if (await this.disturbed('CONNECT')) return;
    this.reader = new Reader(this.client);
    this.write(this.secure ? (w.greetingTls ?? w.greeting)() : w.greeting());
    for (;;) {
      const line = await this.command();
      if (line === null) { this.client.destroy(); return; }
      const [tag, name = ''] = line.split(' ', 2);
      const verb = name.toUpperCase();
      const rest = line.slice(tag.length + name.length + 2);
      sessions.count(this.session, null, verb);
      if (!['AUTHENTICATE', 'LOGIN'].includes(verb) && await this.disturbed(verb, tag)) continue;
      if (verb === 'CAPABILITY') { this.write(`* CAPABILITY ${this.secure ? w.capability : w.capabilityPlain ?? w.capability}`); this.ok(tag, verb); }
      else if (verb === 'ID') { this.write(`* ID ${w.id}`); this.ok(tag, verb); }
      else if (verb === 'NOOP') this.ok(tag, verb);
      else if (verb === 'LOGOUT') { this.write(`* BYE ${w.bye}`); this.ok(tag, verb); this.client.end(); return; }
      else if (verb === 'STARTTLS' && !this.secure) await this.startTls(tag);
      else if (verb === 'AUTHENTICATE' || verb === 'LOGIN') { if (await this.signIn(tag, verb, rest)) return; }
      else this.write(`${tag} ${w.early}`);
    }
  }

  // A command line, its literals folded in as quoted strings (only LOGIN has any here).
  async command() {
    let line = await this.reader.line();
    for (let m; line !== null && (m = /\{(\d+)(\+?)\}$/.exec(line));) {
      if (+m[1] > 65536) return null;
      if (!m[2]) this.write('+ Ready for literal data');
      const literal = await this.reader.bytes(+m[1]);
      const more = literal && await this.reader.line();
      line = more === null || !literal ? null : `${line.slice(0, m.index)}"${literal.toString('latin1').replace(/["\\]/g, '\\$&')}"${more}`;
    }
    return line;
  }

  async startTls(tag) {
    this.ok(tag, 'STARTTLS');
    this.reader.detach(); // bytes sent before the handshake are thrown away, as they must be
    this.client = await upgrade(this.session);
    this.reader = new Reader(this.client);
    this.secure = true;
  }

  async credential(verb, rest) {
    if (verb === 'LOGIN') { const [user, password] = atoms(rest); return { mechanism: 'LOGIN', credential: password === undefined ? undefined : { user: user.toLowerCase(), password } }; }
    const [name = '', initial] = rest.split(' ');
    const mechanism = name.toUpperCase();
    const ask = async (prompt) => { this.write(`+ ${prompt}`); return this.reader.line(); };
    if (mechanism === 'LOGIN') {
      const user = Buffer.from(await ask('VXNlcm5hbWU6') ?? '', 'base64').toString();
      return { mechanism, credential: { user: user.toLowerCase(), password: Buffer.from(await ask('UGFzc3dvcmQ6') ?? '', 'base64').toString() } };
    }
    if (!new RegExp(`AUTH=${mechanism}( |$)`).test(this.words.imap.capability)) return { mechanism, unknown: true };
    const text = initial ?? await ask('') ?? '*';
    return { mechanism, text, credential: text === '*' ? undefined : unpack(mechanism, text) };
  }

  // True when the sign-in took the session over, or ended it.
  async signIn(tag, verb, rest) {
    const w = this.words.imap;
    if (!this.secure) { this.write(`${tag} ${w.privacy ?? w.early}`); return false; }
    const { mechanism, text: given, credential: typed, unknown } = await this.credential(verb, rest);
    if (unknown) { this.write(`${tag} NO Unsupported authentication mechanism.`); return false; }
    if (given === '*') { this.write(`${tag} BAD Authentication aborted`); return false; }
    const { text, credential } = led(this.words, mechanism, given, typed);
    this.session.user = credential?.user;
    if (faults.unreachable(this.session)) { this.client.destroy(); return true; }
    if (await this.disturbed(verb, tag)) return this.client.destroyed;
    const verdict = await judge(this.words, 'imap', credential).catch((e) => { console.error('imap front:', e.message); return { why: 'busy' }; });
    this.session.user = verdict.user?.email;
    this.session.person = verdict.person?.email;
    if (verdict.why === 'off' && w.off.limbo) { this.ok(tag, verb); await this.limbo(); return true; }
    const server = verdict.why ? undefined : await this.behind(mechanism, text, credential);
    if (!server?.socket) return this.refuse(tag, verb, mechanism, verdict.why ? verdict : server);
    sessions.count(this.session, 'logins');
    const capability = w.capabilityAfter ?? server.capability;
    this.write(`${tag} OK ${this.words.provider === 'other' && capability ? `[CAPABILITY ${capability}] ` : ''}${w.ok[verb]}`);
    new Relay(this.session, this.client, server.socket, this.words).begin(this.reader.detach(), server.left);
    return true;
  }

  async refuse(tag, verb, mechanism, { why = 'refused', whose }) {
    const w = this.words.imap;
    sessions.count(this.session, 'refused');
    if (w.challenge && ['XOAUTH2', 'OAUTHBEARER'].includes(mechanism) && why === 'refused') { this.write(`+ ${w.challenge}`); await this.reader.line(); }
    const line = why === 'off' ? w.off[whose === 'Tenant' ? 'tenant' : 'user'] : typeof w[why] === 'function' ? w[why](verb) : w[why];
    this.write(`${tag} ${line}`);
    if (why !== 'basicOff') return false;
    this.client.end('* BYE Connection is closed. 13\r\n');
    return true;
  }

  // Exchange with IMAP switched off: the sign-in succeeds and nothing else does.
  async limbo() {
    const w = this.words.imap;
    for (;;) {
      const line = await this.command();
      if (line === null) { this.client.destroy(); return; }
      const [tag, name = ''] = line.split(' ', 2);
      const verb = name.toUpperCase();
      if (verb === 'CAPABILITY') { this.write(`* CAPABILITY ${w.capabilityAfter}`); this.ok(tag, verb); }
      else if (verb === 'ID') { this.write(`* ID ${w.id}`); this.ok(tag, verb); }
      else if (verb === 'LOGOUT') { this.write(`* BYE ${w.bye}`); this.ok(tag, verb); this.client.end(); return; }
      else { this.write(`${tag} ${w.limbo[0]}`); this.client.end(`${w.limbo[1]}\r\n`); return; }
    }
  }

  // The same credential at Dovecot, which does its own check of tokens and delegates: {socket, left, capability} or {why}.
  async behind(mechanism, text, { user, password }) {
    const socket = net.connect(dovecotPort, '127.0.0.1');
    socket.setNoDelay(true);
    const reader = new Reader(socket);
    await reader.line();
    socket.write(password === undefined ? `rig AUTHENTICATE ${mechanism} ${text}\r\n` : `rig AUTHENTICATE PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}\r\n`);
    for (;;) {
      const line = await reader.line();
      if (line === null) return { why: 'busy' };
      if (line.startsWith('+')) socket.write('\r\n');
      else if (line.startsWith('rig OK')) return { socket, left: reader.detach(), capability: /\[CAPABILITY ([^\]]*)\]/.exec(line)?.[1] };
      else if (line.startsWith('rig ')) { socket.destroy(); return { why: /\[UNAVAILABLE\]/.test(line) ? 'busy' : 'refused' }; }
    }
  }
}
