// A plain relay before Dovecot: TLS towards Mailkeep, and a note of when the server told of which message.
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as tls from 'node:tls';

/** A server's words cut into lines, literals left alone: each whole line goes through `change`, which gives it back. */
export class Lines {
  constructor(change) { this.change = change; this.rest = Buffer.alloc(0); this.literal = 0; }

  /** What is to be passed on of what came. */
  take(chunk) {
    const out = [];
    let left = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    while (left.length) {
      if (this.literal) {
        const part = left.subarray(0, this.literal);
        this.literal -= part.length;
        out.push(part);
        left = left.subarray(part.length);
        continue;
      }
      const end = left.indexOf(10);
      if (end < 0) break;
      const line = left.toString('latin1', 0, end + 1);
      this.literal = Number(/\{(\d+)\}\r\n$/.exec(line)?.[1] ?? 0);
      out.push(Buffer.from(this.change(line), 'latin1'));
      left = left.subarray(end + 1);
    }
    this.rest = left;
    return Buffer.concat(out);
  }
}

/** A line of the server's without the word IDLE among what it can do. */
export const withoutIdle = (line) => (/^\* CAPABILITY |\[CAPABILITY /i.test(line) ? line.replace(/ IDLE\b/i, '') : line);

/** Who signs in by PLAIN in what a client has said so far, or null. */
export function whoSignsIn(said) {
  const text = /AUTHENTICATE PLAIN(?: |\r\n)([A-Za-z0-9+/=]+)\r\n/i.exec(said)?.[1];
  return text ? Buffer.from(text, 'base64').toString().split('\0')[1].toLowerCase() : null;
}

export class Relay {
  /** With `idle: false` the server can't do IDLE. */
  static async start(rig, { idle = true } = {}) {
    const it = new Relay();
    const file = (name) => fs.readFileSync(`${rig.env.RIG_STATE}/tls/${name}`);
    // By user: when the server first told of at least so many messages, `[{count, at}]`.
    it.told = new Map();
    it.open = new Set();
    it.server = tls.createServer({ cert: file('server.pem'), key: file('server.key') }, (client) => it.pass(client, rig.port('DOVECOT_IMAP'), idle));
    it.server.on('tlsClientError', () => {});
    await new Promise((ok) => { it.server.listen(0, '127.0.0.1', ok); });
    return it;
  }

  get port() { return this.server.address().port; }

  pass(client, port, idle) {
    const server = net.connect(port, '127.0.0.1');
    let said = '', user = null;
    const lines = new Lines((line) => {
      const count = /^\* (\d+) EXISTS\r\n$/.exec(line)?.[1];
      if (count && user) this.note(user, Number(count));
      return idle ? line : withoutIdle(line);
    });
    for (const [one, other] of [[client, server], [server, client]]) {
      one.setNoDelay(true);
      this.open.add(one);
      one.on('error', () => {});
      one.on('close', () => { this.open.delete(one); other.destroy(); });
      one.on('end', () => other.end());
    }
    server.on('data', (chunk) => client.write(lines.take(chunk)));
    client.on('data', (chunk) => {
      if (!user) { said += chunk.toString('latin1'); user = whoSignsIn(said); if (user) said = ''; }
      server.write(chunk);
    });
  }

  note(user, count) {
    const list = this.told.get(user) ?? [];
    if (count > (list.at(-1)?.count ?? 0)) list.push({ count, at: Date.now() });
    this.told.set(user, list);
  }

  /** When the server first told a session of this user of the message that is the nth of its folder. */
  toldOf(user, nth) { return this.told.get(user)?.find(({ count }) => count >= nth)?.at; }

  stop() {
    for (const socket of this.open) socket.destroy();
    return new Promise((ok) => { this.server.close(ok); });
  }
}
