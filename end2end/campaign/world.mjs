// The world of a campaign: a rig, support mailboxes connected through the console's own forms, customers, agents.
import * as fs from 'node:fs';
import { Rig, until } from '../support/rig.mjs';
import { Desk, ADMIN } from '../support/desk.mjs';

const AGENTS = ['Bea Falk', 'Cem Aydin', 'Dan Roth'].map((name, n) => ({ name, email: `agent${n + 1}@desk.example`, password: `agent-${n + 1}-password` }));
const CUSTOMERS = ['mia', 'jonas', 'priya', 'omar', 'lena', 'tim'];
/** Of five: two at Microsoft and one at Google by sign-in, two by password. */
const KINDS = ['microsoft', 'litware', 'google', 'microsoft', 'litware'];
const DOMAINS = { microsoft: 'contoso.example', google: 'northwind.example', litware: 'litware.example' };
const SHORT = { microsoft: 'Microsoft', google: 'Google' };

/** At Google, with its mail copied to Microsoft, where another person opens it. Nobody answers from it: it may be between the two. */
const OPENS = { email: 'ines@storks.example', name: 'Ines', password: 'ines-pass', oauth: true, provider: 'microsoft' };
const COPY = { email: 'copy@storks.example', name: 'Care', shared: true, delegates: [OPENS.email], send_as: [OPENS.email] };
const MOVER = {
  email: 'care@stork.example', name: 'Care', password: 'care-pass', oauth: true, provider: 'google', at: { microsoft: COPY.email }, send_as: [OPENS.email],
  kind: 'google', opens: OPENS, copy: COPY,
};

export class World {
  /** `start(rig)` gives the Mailkeep through which everything is set up. `mover`: one mailbox more, which has a copy at another provider. */
  static async open({ mailboxes, start, say, mover = false }) {
    const world = new World();
    world.folder = fs.mkdtempSync('/tmp/mailkeep-campaign.');
    say('a rig: identity providers, Dovecot, Postfix, DNS');
    world.rig = await Rig.start();
    world.mailboxes = Array.from({ length: mailboxes }, (_, n) => {
      const kind = KINDS[n % KINDS.length];
      const email = `desk${n + 1}@${DOMAINS[kind]}`;
      // Every fourth is emptied on the server, as soon as a message is stored.
      return { email, kind, name: `Desk ${n + 1}`, password: `desk-${n + 1}-password`, deletes: n % 4 === 1 };
    });
    // One watches a folder that may disappear, one has much waiting.
    world.filing = Object.assign(world.mailboxes.find((b) => b.kind === 'litware' && !b.deletes), { folder: 'Archive' });
    world.backlog = Object.assign(world.mailboxes.findLast((b) => b !== world.filing && !b.deletes), { backlog: true });
    if (mover) world.mover = MOVER;
    world.customers = CUSTOMERS.map((name) => ({ email: `${name}@customer.example`, name, imap_password: `${name}-pass` }));
    await world.rig.users(
      ...world.mailboxes.map(({ email, kind, name, password }) => (kind === 'litware' ? { email, name, imap_password: password } : { email, name, password, oauth: true })),
      ...(mover ? [MOVER.opens, MOVER.copy, MOVER] : []),
      ...world.customers,
    );
    world.mailkeep = await start(world);
    await world.#connect(say);
    return world;
  }

  async #connect(say) {
    const desk = new Desk(this.mailkeep);
    await desk.open();
    this.desk = desk;
    this.agents = [];
    for (const agent of AGENTS) this.agents.push(await desk.invite(agent));
    say(`${this.mailboxes.length} mailboxes, connected through the console`);
    const waiting = [...this.mailboxes, ...(this.mover ? [this.mover] : [])];
    const hand = async () => {
      const own = new Desk(this.mailkeep);
      own.admin = await own.signedIn(ADMIN);
      for (let box = waiting.shift(); box; box = waiting.shift()) await this.#one(own, box);
    };
    await Promise.all([hand(), hand(), hand()]);
  }

  async #one(desk, box) {
    const how = { password: box.password, name: box.name, deletes: box.deletes, folder: box.folder, provider: box.provider };
    box.id = box.kind === 'litware' ? await desk.byPassword(box.email, how) : await desk.bySignIn(box.email, { ...how, short: SHORT[box.kind] });
  }

  /** Before anybody is at work: the mailbox that moves has mail, and the same mail at its other provider. */
  async settle(customers, agents) {
    const { email, copy } = this.mover;
    for (let n = 0; n < 3; n += 1) {
      const { token } = await customers.write({ box: this.mover, follows: false });
      agents.mute.add((await this.desk.ticket(`About ${token}`)).id);
    }
    const there = await until('the mail to be copied lies there', async () => { const list = await this.rig.list(email); return list.length >= 3 && list; });
    for (const { uid } of there) await this.rig.call('/mail/append', { user: copy.email, folder: 'INBOX', raw: await this.rig.raw(email, { folder: 'INBOX', uid }) });
  }

  /** `keep`: the database and the log stay to be looked at. */
  async close({ keep = false } = {}) {
    await this.mailkeep?.stop().catch(() => {});
    await this.rig?.stop().catch(() => {});
    this.disk?.close();
    if (keep) console.error(`database and log are kept: ${this.folder}`);
    else fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
