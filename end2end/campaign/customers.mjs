// Customers write to the support mailboxes by SMTP. Each mail has a token of its own, and what it says is kept.
import * as crypto from 'node:crypto';
import { pause } from '../support/rig.mjs';

const WORDS = 'the invoice filter sensor label parcel reads zero since monday broke again please answer soon order came dented twice blue'.split(' ');
export const hash = (text) => crypto.createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16);

export class Customers {
  constructor(world, chance) { this.world = world; this.chance = chance; this.sent = []; this.serial = 0; }

  #text(token) {
    const words = Array.from({ length: this.chance.between(5, 40) }, () => this.chance.pick(WORDS)).join(' ');
    return `${token}\n\n${words}\n`;
  }

  /** One mail; a follow-up joins the ticket of its customer's earlier one. */
  async write({ box = this.chance.pick(this.world.mailboxes), bytes = 0, follows = true } = {}) {
    this.serial += 1;
    const token = `c${this.serial}x${crypto.randomBytes(5).toString('hex')}`;
    const earlier = follows && this.chance.one(5) ? this.sent.findLast((m) => m.box === box && !m.follows) : undefined;
    const customer = earlier?.customer ?? this.chance.pick(this.world.customers);
    const text = this.#text(token);
    const mail = { token, box, customer, hash: hash(text), follows: earlier?.token };
    const headers = earlier ? { 'In-Reply-To': earlier.messageId, References: earlier.messageId } : {};
    const how = {
      from: `${customer.name} <${customer.email}>`, to: box.email, subject: earlier ? `Re: About ${earlier.token}` : `About ${token}`, text, headers,
      attachments: bytes ? [{ name: 'photo.bin', bytes }] : [],
    };
    // What a rule of the server files elsewhere is put there; that folder may be gone just now.
    const answer = await (box.folder ? this.world.rig.call('/mail/append', { user: box.email, folder: box.folder, ...how }) : this.world.rig.send(how));
    [mail.messageId] = answer.messageIds;
    this.sent.push(mail);
    return mail;
  }

  /** Writes until told to stop. */
  async run(quiet, { rest = [100, 500] } = {}) {
    while (!quiet.aborted) {
      await this.write({ box: this.chance.pick(this.world.mailboxes.filter((b) => !b.away)), bytes: this.chance.one(40) ? this.chance.between(1_200_000, 2_500_000) : 0 });
      await pause(this.chance.between(...rest));
    }
  }
}
