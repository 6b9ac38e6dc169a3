// Reads a socket by lines, counted bytes or a dotted message, and hands over what is left when lines end.
export class Reader {
  constructor(socket) { this.buffered = Buffer.alloc(0); this.attach(socket); }

  attach(socket) {
    this.socket = socket;
    this.ended = false;
    this.onData = (chunk) => {
      this.buffered = this.buffered.length ? Buffer.concat([this.buffered, chunk]) : chunk;
      if (this.buffered.length > 1 << 20) socket.pause();
      this.wake?.();
    };
    this.onEnd = () => { this.ended = true; this.wake?.(); };
    socket.on('data', this.onData);
    for (const event of ['end', 'close', 'error']) socket.on(event, this.onEnd);
  }

  // Stops listening; returns the bytes nobody has read.
  detach() {
    this.socket.off('data', this.onData);
    this.socket.pause();
    const left = this.buffered;
    this.buffered = Buffer.alloc(0);
    return left;
  }

  more() {
    if (this.ended) return Promise.resolve(false);
    return new Promise((ok) => { this.wake = () => { this.wake = undefined; ok(true); }; this.socket.resume(); });
  }

  // The next line without its end; null when the peer is gone.
  async line() {
    for (let from = 0; ;) {
      const at = this.buffered.indexOf(10, from);
      if (at >= 0) {
        const end = at > 0 && this.buffered[at - 1] === 13 ? at - 1 : at;
        const line = this.buffered.subarray(0, end).toString('latin1');
        this.buffered = this.buffered.subarray(at + 1);
        return line;
      }
      from = this.buffered.length;
      if (from > 1 << 17 || !await this.more()) return null;
    }
  }

  async bytes(n) {
    while (this.buffered.length < n) if (!await this.more()) return null;
    const part = this.buffered.subarray(0, n);
    this.buffered = this.buffered.subarray(n);
    return part;
  }

  // A message up to the lone dot, as sent (dots still doubled, the lone dot not included).
  async dotted() {
    const parts = [];
    let tail = Buffer.from('\r\n'); // so that a dot in the very first line counts
    for (;;) {
      const seen = Buffer.concat([tail, this.buffered]);
      const at = seen.indexOf('\r\n.\r\n');
      if (at >= 0) {
        const content = at + 2 - tail.length;
        if (content >= 0) parts.push(this.buffered.subarray(0, content));
        this.buffered = this.buffered.subarray(content + 3);
        const all = Buffer.concat(parts);
        return content >= 0 ? all : all.subarray(0, all.length + content);
      }
      parts.push(this.buffered);
      tail = seen.subarray(-4);
      this.buffered = Buffer.alloc(0);
      if (!await this.more()) return null;
    }
  }
}
