// A signed-in IMAP session. The client's side is read by commands; the server's bytes are piped through
// untouched until a fault is met, and read by responses only then.
import * as faults from './faults.mjs';
import * as sessions from './sessions.mjs';

const LITERAL = /\{(\d+)\+?\}$/;

export class Relay {
  constructor(session, client, server, words) {
    Object.assign(this, { session, client, server, words });
    this.line = Buffer.alloc(0); // the part of a client line seen so far
    this.literal = 0; // bytes of a client literal still to pass
    this.watching = null; // {tag, fault, seen} while the server's side is read
    this.stalled = false;
    session.strike = (fault) => this.strike(fault);
    session.release = () => this.release();
  }

  begin(fromClient, fromServer) {
    const { client, server } = this;
    for (const [a, b] of [[client, server], [server, client]]) {
      a.on('error', () => b.destroy());
      a.on('close', () => { if (!this.silent) b.destroy(); });
      a.on('end', () => { if (!this.silent) b.end(); });
    }
    if (fromServer.length) client.write(fromServer);
    server.pipe(client, { end: false });
    this.onClient = (chunk) => this.fromClient(chunk);
    client.on('data', this.onClient);
    server.on('drain', () => { if (!this.stalled) client.resume(); });
    if (fromClient.length) this.fromClient(fromClient);
    client.resume();
    const fault = faults.take(this.session, 'SESSION');
    if (fault) this.strike(fault);
  }

  forward(chunk) { if (!this.server.write(chunk)) this.client.pause(); }

  fromClient(chunk) {
    let rest = chunk;
    while (rest.length) {
      if (this.literal) {
        const part = rest.subarray(0, this.literal);
        this.literal -= part.length;
        this.forward(part);
        rest = rest.subarray(part.length);
        continue;
      }
      const at = rest.indexOf(10);
      if (at < 0) { this.line = Buffer.concat([this.line, rest]); return; }
      const line = Buffer.concat([this.line, rest.subarray(0, at + 1)]);
      this.line = Buffer.alloc(0);
      rest = rest.subarray(at + 1);
      this.command(line);
      if (this.stalled) { this.line = rest; return; }
    }
  }

  command(line) {
    const text = line.toString('latin1').trimEnd();
    const literal = LITERAL.exec(text);
    const continued = this.continued;
    this.continued = Boolean(literal);
    if (literal) this.literal = +literal[1];
    if (continued) return this.forward(line);
    const [tag, first = '', second = ''] = text.split(' ', 3);
    const verb = (first.toUpperCase() === 'UID' ? `UID ${second}` : first || tag).toUpperCase();
    sessions.count(this.session, null, verb);
    if (verb === 'UID FETCH' && /BODY(\.PEEK)?\[\](?!<[1-9])/i.test(text)) sessions.whole(this.session, text.split(' ', 4)[3]);
    if (verb === 'SELECT' || verb === 'EXAMINE') this.session.folder = text.split(' ').slice(2).join(' ').replaceAll('"', '');
    if (verb === 'CAPABILITY' && this.words.imap.capabilityAfter) {
      this.client.write(`* CAPABILITY ${this.words.imap.capabilityAfter}\r\n${tag} OK ${this.words.imap.ok.CAPABILITY}\r\n`);
      return undefined;
    }
    const fault = faults.take(this.session, verb);
    if (!fault) return this.forward(line);
    return this.meet(fault, tag, verb, line);
  }

  meet(fault, tag, verb, line) {
    switch (fault.kind) {
      case 'answer':
        this.literal = 0;
        this.client.write(`${(fault.line ?? '{tag} NO Server Unavailable. 15').replaceAll('{tag}', tag)}\r\n`);
        if (fault.close) this.client.end();
        return undefined;
      case 'no': case 'bad': case 'close': case 'literal':
        this.watch({ tag, fault, verb, seen: 0 });
        return this.forward(line);
      case 'cut': case 'stall':
        // with `after`: so many responses first
        if (fault.after !== undefined) { this.watch({ tag, fault, verb, seen: 0 }); return this.forward(line); }
        return this.strike(fault);
      default:
        this.strike(fault);
        return this.forward(line);
    }
  }

  // At once, whatever the session is doing.
  strike(fault) {
    if (fault.kind === 'cut') { this.client.destroy(); this.server.destroy(); }
    else if (fault.kind === 'stall') {
      this.stalled = true;
      this.server.unpipe(this.client);
      this.server.pause();
      this.client.pause();
      if (fault.ms) setTimeout(() => this.release(), fault.ms);
    } else if (fault.kind === 'slow') this.slow(fault.bytesPerSecond ?? 1000);
    else if (fault.kind === 'close') { this.server.destroy(); this.client.end(); }
    else if (fault.kind === 'bye') { this.client.end(`* BYE ${fault.line ?? 'Session invalidated - AccessTokenExpired'}\r\n`); this.server.destroy(); }
  }

  slow(rate) {
    const { server, client } = this;
    server.unpipe(client);
    server.removeAllListeners('data');
    let waiting = Buffer.alloc(0);
    server.on('data', (chunk) => { waiting = Buffer.concat([waiting, chunk]); if (waiting.length > 1 << 16) server.pause(); });
    server.resume();
    this.slower = setInterval(() => {
      if (client.destroyed) { clearInterval(this.slower); return; }
      const part = waiting.subarray(0, Math.max(1, Math.floor(rate / 20)));
      if (part.length) client.write(part);
      waiting = waiting.subarray(part.length);
      if (waiting.length <= 1 << 16) server.resume();
    }, 50);
    this.unslow = () => { clearInterval(this.slower); server.removeAllListeners('data'); client.write(waiting); server.pipe(client, { end: false }); };
  }

  release() {
    if (this.unslow) { this.unslow(); this.unslow = undefined; }
    if (!this.stalled) return;
    this.stalled = false;
    if (!this.watching) this.server.pipe(this.client, { end: false });
    this.server.resume();
    const left = this.line;
    this.line = Buffer.alloc(0);
    if (left.length) this.fromClient(left);
    this.client.resume();
  }

  // From here to the command's tagged line the server's side is read response by response.
  watch(watching) {
    this.watching = watching;
    this.server.unpipe(this.client);
    this.pending = Buffer.alloc(0);
    this.onServer = (chunk) => { this.pending = Buffer.concat([this.pending, chunk]); this.responses(); };
    this.server.on('data', this.onServer);
    this.server.resume();
  }

  unwatch() {
    this.server.off('data', this.onServer);
    this.watching = null;
    if (this.pending.length) this.client.write(this.pending);
    if (!this.stalled) this.server.pipe(this.client, { end: false });
  }

  // One whole response with its literals off `pending`, or undefined.
  response() {
    for (let at = 0; ;) {
      const end = this.pending.indexOf(10, at);
      if (end < 0) return undefined;
      const literal = LITERAL.exec(this.pending.subarray(at, end).toString('latin1').trimEnd());
      at = end + 1 + (literal ? +literal[1] : 0);
      if (literal) { if (this.pending.length < at) return undefined; continue; }
      const whole = this.pending.subarray(0, at);
      this.pending = this.pending.subarray(at);
      return whole;
    }
  }

  responses() {
    while (this.watching && !this.client.destroyed) {
      const whole = this.response();
      if (!whole) return;
      const w = this.watching;
      const head = whole.subarray(0, 200).toString('latin1');
      const tagged = head.startsWith(`${w.tag} `);
      const mine = this.belongs(w.verb, head);
      if (w.done) { if (tagged) this.unwatch(); continue; } // swallow the rest of what the server said
      if (!mine && !tagged) { this.client.write(whole); continue; }
      const half = w.verb.endsWith('SEARCH') && w.fault.after === undefined;
      const enough = tagged || half || w.seen >= (w.fault.after ?? (w.fault.kind === 'literal' ? 0 : 1));
      if (!enough) { w.seen += 1; this.client.write(whole); continue; }
      if (half && !tagged) { const words = head.trimEnd().split(' '); this.client.write(`${words.slice(0, 2 + Math.ceil((words.length - 2) / 2)).join(' ')}\r\n`); }
      this.spoil(w);
      if (w.done && tagged) this.unwatch();
      else if (!w.done) return;
    }
  }

  belongs(verb, head) {
    const plain = verb.replace(/^UID /, '');
    if (plain === 'FETCH' || plain === 'STORE') return /^\* \d+ FETCH /.test(head);
    if (plain === 'EXPUNGE') return /^\* \d+ EXPUNGE/.test(head);
    return head.startsWith('* ');
  }

  spoil(w) {
    const { fault, tag } = w;
    const verb = w.verb.replace(/^UID /, '');
    if (fault.kind === 'no' || fault.kind === 'bad') {
      this.client.write(`${tag} ${fault.kind.toUpperCase()} ${fault.text ?? `${verb} failed.`}\r\n`);
      w.done = true;
    } else if (fault.kind === 'literal') {
      this.client.write(`* 1 FETCH (UID 1 BODY[] {${fault.size ?? 500 * 1024 * 1024}}\r\n${'x'.repeat(fault.bytes ?? 64)}`);
      this.silent = true; // nothing more comes, and the session stays open until the client gives up
      this.server.destroy();
      this.watching = null;
    } else { this.watching = null; this.server.off('data', this.onServer); this.strike(fault); }
  }
}
