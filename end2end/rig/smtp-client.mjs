// Just enough SMTP to hand mail to Postfix, with one session for many messages.
import * as net from 'node:net';

export class SmtpClient {
  static async open(port) {
    const client = new SmtpClient();
    client.socket = net.connect(port, '127.0.0.1');
    client.buffered = '';
    client.waiting = [];
    client.socket.setNoDelay(true);
    client.socket.on('data', (chunk) => { client.buffered += chunk.toString('latin1'); client.drain(); });
    client.socket.on('error', (e) => client.fail(e));
    client.socket.on('close', () => client.fail(new Error('the server closed the session')));
    const greeting = await client.reply();
    if (!greeting.startsWith('2')) throw new Error(greeting);
    await client.ask('EHLO front.rig.example');
    return client;
  }

  fail(error) { this.gone = error; for (const w of this.waiting.splice(0)) w.no(error); }

  drain() {
    for (;;) {
      const m = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(this.buffered);
      if (!m || !this.waiting.length) return;
      this.buffered = this.buffered.slice(m[0].length);
      this.waiting.shift().ok(m[0]);
    }
  }

  reply() {
    return new Promise((ok, no) => {
      if (this.gone && !this.buffered) { no(this.gone); return; }
      this.waiting.push({ ok, no });
      this.drain();
    });
  }

  // The whole reply, as it came, line ends included.
  ask(line) { this.socket.write(`${line}\r\n`); return this.reply(); }

  async expect(line) {
    const reply = await this.ask(line);
    if (!/^[23]/.test(reply)) throw new Error(`${line.split(':')[0]}: ${reply.trim()}`);
    return reply;
  }

  // `content` is stuffed with dots already and ends in CRLF.
  content(content) { this.socket.write(content); this.socket.write('.\r\n'); return this.reply(); }

  async send(from, to, message) {
    await this.expect(`MAIL FROM:<${from}>`);
    for (const rcpt of [to].flat()) await this.expect(`RCPT TO:<${rcpt}>`);
    await this.expect('DATA');
    const text = message.toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..');
    const reply = await this.content(Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1'));
    if (!reply.startsWith('2')) throw new Error(reply.trim());
    return reply;
  }

  close() { this.socket.end('QUIT\r\n'); }
  destroy() { this.socket.destroy(); }
}
