// Agents answer through the pages' forms. Whoever gets no answer to a click sends the same form again, as a
// person does; the form's own number makes it one reply. A reply counts as written when a page says so.
import * as crypto from 'node:crypto';
import { pause } from '../support/rig.mjs';

const WORDS = 'yes we will send the part today and you can keep the old one until then kind regards'.split(' ');

export class Agents {
  /** `doors()`: the addresses at which the desk can be reached, the best first. */
  constructor(world, chance, doors) { this.world = world; this.chance = chance; this.doors = doors; this.written = []; this.refused = []; this.serial = 0; this.taken = new Set(); this.mute = new Set(); }

  #line() {
    this.serial += 1;
    const token = `r${this.serial}x${crypto.randomBytes(5).toString('hex')}`;
    return { token, text: `${token} ${Array.from({ length: 6 }, () => this.chance.pick(WORDS)).join(' ')}` };
  }

  /** Asks one door after another until somebody answers; the session is the same behind each of them. */
  async #through(who, ask, quiet, seconds = 90) {
    const end = Date.now() + seconds * 1000;
    let last;
    for (let n = 0; Date.now() < end; n += 1) {
      const doors = this.doors();
      const home = doors[n % Math.max(1, doors.length)] ?? who.home;
      who.at(home);
      try {
        await ask();
        if (who.status < 500) return;
        last = new Error(`${who.url}: ${who.status}`);
      } catch (error) {
        // No answer: the process is gone, or stands still. Anything else is a fault of ours.
        if (!/fetch failed|aborted|timeout|terminated/i.test(String(error?.message))) throw error;
        last = error;
      }
      if (quiet?.aborted && n > 200) break;
      await pause(100);
    }
    throw new Error(`nobody answered for ${seconds} s: ${last?.message}`);
  }

  async #submit(who, fields, button) {
    const { action, body } = who.filled(button, fields);
    await this.#through(who, () => who.go(action, { method: 'POST', body }));
  }

  /** The database takes nothing, as when the disk is full: nothing was written, and one tries again a moment later. */
  async #unavailable(who) {
    if (!who.url.includes('refused=unavailable')) { this.unavailable = 0; return false; }
    this.unavailable = (this.unavailable ?? 0) + 1;
    if (this.unavailable > 200) throw new Error(`nothing is taken any more: ${who.url}`);
    await pause(500);
    return true;
  }

  async #open(who, quiet) {
    await this.#through(who, () => who.go('/tickets'), quiet);
    const ids = [...who.html.matchAll(/href="\/tickets\/(\d+)(?:#new)?"/g)].map((m) => Number(m[1]));
    return [...new Set(ids)].filter((id) => !this.taken.has(id) && !this.mute.has(id));
  }

  /** One reply to an open ticket; `false` when there is none. */
  async reply(who, quiet) {
    const ids = await this.#open(who, quiet);
    if (!ids.length) return false;
    const id = this.chance.pick(ids);
    this.taken.add(id);
    try {
      const { token, text } = this.#line();
      for (let again = 0; again < 5; again += 1) {
        await this.#through(who, () => who.go(`/tickets/${id}`), quiet);
        // A mail that is kept unread names nobody to answer.
        if (!who.form(/^Send/).fields.some(([name, value]) => name === 'to' && value)) { this.mute.add(id); return false; }
        await this.#submit(who, { text }, who.sees('Send anyway') ? 'Send anyway' : /^Send/);
        if (await this.#unavailable(who)) { again -= 1; continue; }
        // The customer wrote meanwhile: the page shows it first and asks.
        if (!who.url.includes('refused')) { this.written.push({ token, text, ticket: id }); return true; }
      }
      this.refused.push(`ticket ${id} took no reply: ${who.url} ${JSON.stringify(who.form(/^Send/).fields)}`);
      return false;
    } finally { this.taken.delete(id); }
  }

  /** A new mail to a customer. */
  async write(who, box, customer, quiet) {
    const { token, text } = this.#line();
    do {
      await this.#through(who, () => who.go('/tickets/new'), quiet);
      await this.#submit(who, { mailbox: String(box.id), to: customer.email, subject: `News ${token}`, text }, /^Send$/);
    } while (await this.#unavailable(who));
    if (who.url.includes('refused')) throw new Error(`no new mail: ${who.url}`);
    this.written.push({ token, text, ticket: 0 });
  }

  /** One agent at work until told to stop. */
  async run(who, quiet, { rest = [300, 1200] } = {}) {
    while (!quiet.aborted) {
      if (this.chance.one(8)) await this.write(who, this.chance.pick(this.world.mailboxes), this.chance.pick(this.world.customers), quiet);
      else await this.reply(who, quiet);
      await pause(this.chance.between(...rest));
    }
  }
}
