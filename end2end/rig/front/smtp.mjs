// SMTP submission as a provider does it: who may sign in, whose address may stand in From, and the copy that
// the provider itself puts into the Sent folder. What passes goes to Postfix.
import { Reader } from './lines.mjs';
import { SmtpClient } from '../smtp-client.mjs';
import * as faults from './faults.mjs';
import * as sessions from './sessions.mjs';
import * as U from '../users.mjs';
import { store } from '../mail.mjs';
import { judge, unpack } from './identity.mjs';
import { upgrade } from './tls.mjs';

let postfixPort;
export const open = (port) => { postfixPort = port; };
export const sentDelay = { all: 500, users: new Map() };
const pause = (ms) => new Promise((ok) => { setTimeout(ok, ms); });

// The address in From, from the header's text.
function author(message) {
  const end = message.indexOf('\r\n\r\n');
  const head = message.subarray(0, end < 0 ? message.length : end + 2).toString('latin1').replace(/\r\n[ \t]+/g, ' ');
  const value = /^from:(.*)$/im.exec(head)?.[1] ?? '';
  return (/<([^<>]*)>\s*$/.exec(value)?.[1] ?? value).trim().toLowerCase();
}

export class Smtp {
  constructor(session, words) { Object.assign(this, { session, words, client: session.client, secure: session.implicit }); }
  write(line) { if (!this.client.destroyed) this.client.write(line.endsWith('\r\n') ? line : `${line}\r\n`); }

  // True when the command is dealt with and must not go on to the server.
  async disturbed(verb) {
    const fault = faults.take(this.session, verb);
    if (!fault) return false;
    switch (fault.kind) {
      case 'answer': this.write(fault.line ?? '451 4.3.2 Temporary server error. Please try again later.'); if (fault.close || verb === 'CONNECT') this.client.end(); return true;
      case 'slow': await pause(fault.ms ?? 1000); return false;
      case 'stall':
        await new Promise((ok) => { this.session.release = ok; this.client.once('close', ok); if (fault.ms) setTimeout(ok, fault.ms); });
        return this.client.destroyed;
      case 'close': this.client.end(); return true;
      case 'drop-after-data': this.dropAfter = true; return false;
      default: this.client.destroy(); this.server?.destroy(); return true;
    }
  }

  async run() {
    const w = this.words.smtp;
    // What was handed over is the provider's: it is sent, and its copy kept, whatever becomes of the link.
    this.session.strike = (fault) => { if (fault.kind === 'cut') { this.client.destroy(); if (!this.handedOver) this.server?.destroy(); } };
    if (await this.disturbed('CONNECT')) return;
    this.reader = new Reader(this.client);
    this.write(w.greeting());
    for (;;) {
      const line = await this.reader.line();
      if (line === null) { this.client.destroy(); this.server?.destroy(); return; }
      const verb = line.split(' ', 1)[0].toUpperCase();
      sessions.count(this.session, null, verb);
      if (verb !== 'AUTH' && await this.disturbed(verb)) { if (this.client.destroyed) return; continue; }
      switch (verb) {
        case 'EHLO': { const lines = w.ehlo(this.secure); this.write(lines.map((l, i) => `250${i < lines.length - 1 ? '-' : ' '}${l}`).join('\r\n')); break; }
        case 'HELO': this.write(`250 ${w.ehlo(this.secure)[0]}`); break;
        case 'STARTTLS': await this.startTls(); break;
        case 'AUTH': await this.auth(line); break;
        case 'QUIT': this.client.end(`${w.bye}\r\n`); this.server?.close(); return;
        case 'NOOP': this.write('250 2.0.0 OK'); break;
        case 'DATA': if (this.session.person) await this.data(); else this.write(w.first(this.secure)); break;
        case 'MAIL': case 'RCPT': case 'RSET': case 'VRFY': await this.pass(verb, line); break;
        default: this.write('500 5.5.2 Unrecognized command');
      }
      if (this.client.destroyed) { this.server?.destroy(); return; }
    }
  }

  async startTls() {
    if (this.secure) { this.write('503 5.5.1 TLS already active'); return; }
    this.write('220 2.0.0 Ready to start TLS');
    this.reader.detach();
    this.client = await upgrade(this.session);
    this.reader = new Reader(this.client);
    this.secure = true;
  }

  async auth(line) {
    const w = this.words.smtp;
    const [, name = '', initial] = line.split(' ');
    const mechanism = name.toUpperCase();
    if (!this.secure) { this.write(w.first(false)); return; }
    if (!w.mechanisms.includes(mechanism)) { this.write(w.unknown()); return; }
    const ask = async (prompt) => { this.write(`334 ${prompt}`); return await this.reader.line() ?? '*'; };
    const plain = (s) => Buffer.from(s, 'base64').toString();
    let credential;
    if (mechanism === 'LOGIN') {
      const user = plain(initial ?? await ask('VXNlcm5hbWU6')).toLowerCase();
      credential = { user, password: plain(await ask('UGFzc3dvcmQ6')) };
    } else credential = unpack(mechanism, initial ?? await ask(''));
    this.session.user = credential?.user;
    if (faults.unreachable(this.session)) { this.client.destroy(); return; }
    if (await this.disturbed('AUTH')) return;
    const verdict = await judge(this.words, 'smtp', credential).catch((e) => { console.error('smtp front:', e.message); return { why: 'busy' }; });
    this.session.user = verdict.user?.email;
    if (!verdict.why) {
      this.session.person = verdict.person.email;
      sessions.count(this.session, 'logins');
      this.write(w.ok());
      return;
    }
    sessions.count(this.session, 'refused');
    if (w.challenge && credential?.token !== undefined && verdict.why === 'refused') await ask(w.challenge);
    this.write(w[verdict.why]?.(verdict.whose) ?? w.refused());
  }

  async upstream() {
    if (!this.server || this.server.gone) this.server = await SmtpClient.open(postfixPort);
    return this.server;
  }

  async pass(verb, line) {
    const w = this.words.smtp;
    if (verb === 'RSET' && !this.server) { this.write('250 2.0.0 OK'); return; }
    if (!this.session.person && verb !== 'RSET') { this.write(w.first(this.secure)); return; }
    if (verb === 'MAIL') {
      const from = (/<([^>]*)>/.exec(line)?.[1] ?? '').toLowerCase();
      if (w.notOwned && from && !U.maySendAs(U.find(this.session.person), from)) { this.write(w.notOwned(this.session.person, from)); return; }
    }
    this.write(await (await this.upstream()).ask(line));
  }

  async data() {
    const w = this.words.smtp;
    const server = await this.upstream();
    const go = await server.ask('DATA');
    this.write(go);
    if (!go.startsWith('354')) return;
    const content = await this.reader.dotted();
    if (content === null) { server.destroy(); this.client.destroy(); return; }
    const person = U.find(this.session.person);
    const from = author(content);
    if (w.sendAs && !U.maySendAs(person, from)) {
      server.destroy(); // Postfix waits for a message that must not reach it
      this.write(w.sendAs(person.email, from));
      return;
    }
    if (await this.disturbed('BODY')) { server.destroy(); return; }
    this.handedOver = true;
    const reply = await server.content(content);
    this.handedOver = false;
    if (reply.startsWith('2')) {
      sessions.count(this.session, 'messages');
      if (this.words.provider !== 'other') this.keepCopy(person, from, content);
    }
    if (this.dropAfter) { this.client.destroy(); server.close(); return; }
    this.write(reply.startsWith('2') && w.accepted ? w.accepted(/queued as (\S+)/.exec(reply)?.[1] ?? U.unique()) : reply);
  }

  // The copy goes to the person who signed in, also when the mail is from a shared address, unless the
  // shared mailbox is set to keep one too (MessageCopyForSentAsEnabled).
  keepCopy(person, from, content) {
    const plain = Buffer.from(content.toString('latin1').replace(/^\.\./gm, '.'), 'latin1');
    const owner = U.find(from);
    const places = new Set([person, ...(owner?.copy_for_sent_as ? [owner] : [])]);
    setTimeout(() => { for (const user of places) store(user, U.sentFolder(user), plain, 'S'); }, sentDelay.users.get(person.email) ?? sentDelay.all);
  }
}
