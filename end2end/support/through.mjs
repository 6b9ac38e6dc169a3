// Mail that keeps arriving and replies that keep leaving while something else happens.
import { pause, until } from './rig.mjs';

export class Through {
  /** Sends a mail every `every` ms to whatever `to` is then; replies to `ticket` in between. */
  static start(rig, desk, { to, from, word, ticket, every = 400 }) {
    const it = new Through();
    Object.assign(it, { rig, desk, from, word, to, ticket, mails: [], replies: [], on: true });
    it.mailing = (async () => {
      for (let n = 1; it.on; n += 1) {
        const subject = `${word} mail ${n}`;
        const { envelopeTo, header } = typeof it.to === 'string' ? { header: it.to } : it.to;
        await rig.send({ from, to: header, envelopeTo, subject, text: 'On and on.' });
        it.mails.push(subject);
        await pause(every);
      }
    })();
    it.replying = (async () => {
      for (let n = 1; it.on; n += 1) {
        const text = `${word} reply ${n} of many`;
        await desk.reply(ticket, text, it.agent ?? desk.admin);
        it.replies.push(text);
        // Exchange takes 30 a minute.
        await pause(2 * every);
      }
    })();
    it.mailing.catch((e) => { it.broken = e; });
    it.replying.catch((e) => { it.broken = e; });
    return it;
  }

  /** Waits until so many more mails and replies are on their way. */
  async more(n = 2) {
    const [mails, replies] = [this.mails.length + n, this.replies.length + n];
    await until(`${n} more mails and replies`, () => {
      if (this.broken) throw Object.assign(this.broken, { final: true });
      return this.mails.length >= mails && this.replies.length >= replies;
    }, 30);
  }

  async end() { this.on = false; await Promise.all([this.mailing, this.replying]); }

  /** Every mail is a ticket once, every reply arrived once. */
  async allOnce(customer, seconds = 60) {
    await until(`every one of ${this.mails.length} mails is a ticket`, async () => {
      const found = (await this.desk.tickets(`?q=${encodeURIComponent(this.word)}`)).map((t) => t.subject);
      const missing = this.mails.filter((m) => !found.includes(m));
      if (missing.length) throw new Error(`missing ${missing}`);
      const twice = this.mails.filter((m) => found.filter((f) => f === m).length > 1);
      if (twice.length) throw Object.assign(new Error(`twice: ${twice}`), { final: true });
      return true;
    }, seconds, 500);
    await until(`every one of ${this.replies.length} replies has arrived`, async () => {
      const bodies = [];
      for (const m of await this.rig.list(customer)) bodies.push(await this.rig.raw(customer, { uid: m.uid }));
      for (const reply of this.replies) {
        const times = bodies.filter((raw) => raw.split(/^>/m)[0].includes(`${reply}\r\n`) || raw.split(/^>/m)[0].includes(`${reply}\n`)).length;
        if (times > 1) throw Object.assign(new Error(`${times} times: ${reply}`), { final: true });
        if (!times) throw new Error(`missing ${reply}`);
      }
      return true;
    }, seconds, 500);
  }
}

/** A customer with a ticket in a mailbox: `{customer, ticket}`. */
export async function customerWith(rig, desk, { email, to, envelopeTo, subject }) {
  await rig.users({ email, name: 'Mia Lind', imap_password: 'mia-pass' });
  await rig.send({ from: `Mia Lind <${email}>`, to, envelopeTo, subject, text: 'Hello, I have a question.' });
  const found = await desk.ticket(subject, { seconds: 45 });
  return { customer: email, ticket: found.id };
}
