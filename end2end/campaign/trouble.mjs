// The faults of a campaign. Each is done and undone again within seconds, on one mailbox or on all; none of them is a reason to call
// a person, and none may cost a message.
import { pause, until } from '../support/rig.mjs';

/** Longer than a read may take (60 s). Milliseconds. */
const OUTLASTED = 70_000;

export class Trouble {
  constructor(world, chance, database) { Object.assign(this, { world, chance, database }); this.rig = world.rig; this.deleted = 0; }

  #box(fits = () => true) { return this.chance.pick(this.world.mailboxes.filter(fits)); }
  #fault(box, more) { return this.rig.call('/front/fault', { user: box.email, ...more }); }
  #while(ms) { return pause(ms ?? this.chance.between(1_000, 4_000)); }

  /** The proxy: what it cuts, holds up, slows down and answers itself. */
  async cut() {
    for (const protocol of ['imap', 'smtp']) await this.#fault(this.#box(), { kind: this.chance.pick(['cut', 'close', 'bye']), protocol, times: 2 });
    await this.#fault(this.#box(), { kind: 'cut', on: this.chance.pick(['UID FETCH', 'UID SEARCH', 'SELECT', 'IDLE', 'MAIL', 'RCPT', 'EHLO']) });
    await this.#while(500);
  }
  async halfway() {
    const box = this.#box();
    const on = this.chance.pick(['UID FETCH', 'UID SEARCH', 'UID STORE']);
    await this.#fault(box, { kind: this.chance.pick(['no', 'bad']), on, text: 'Server is busy, try later', after: this.chance.between(0, 2), times: 2 });
    await this.#while();
  }
  async refusals() {
    const box = this.#box();
    await this.#fault(box, { kind: 'answer', on: 'SELECT', line: '{tag} NO [UNAVAILABLE] Mailbox is busy' });
    await this.#fault(box, { kind: 'answer', on: this.chance.pick(['MAIL', 'RCPT', 'DATA']), line: this.chance.pick(['451 4.3.2 Please try again later', '421 4.3.0 Closing connection', '452 4.3.1 Insufficient system storage']) });
    await this.#while();
  }
  async stall() {
    const boxes = [this.#box(), this.#box()];
    for (const box of boxes) await this.#fault(box, { kind: 'stall', ms: 4_000, times: 1 });
    await this.#while(4_000);
  }
  /**
   * One IMAP session says nothing any more for longer than anything is waited for (60 s): it has to be given up, and the mail that it was
   * just fetching has to come by another one. Gives what was seen.
   */
  async outlasts(customers) {
    for (let again = 0; again < 5; again += 1) {
      const box = this.#box((b) => !b.backlog && !b.folder);
      const { id } = await this.#fault(box, { kind: 'stall', protocol: 'imap', on: 'UID FETCH', ms: OUTLASTED });
      const { token } = await customers.write({ box });
      await until('the stall strikes', async () => !(await this.rig.call('/front/faults')).armed.some((f) => f.id === id), 60);
      const began = Date.now(), seconds = () => (Date.now() - began) / 1000;
      const latest = async () => Math.max(0, ...(await this.rig.call('/front/stats', { user: box.email })).sessions.filter((s) => s.protocol === 'imap').map((s) => s.id));
      const first = await latest();
      await until(`a new session of ${box.email} beside the stalled one`, async () => await latest() > first, OUTLASTED / 1000, 200);
      const after = seconds();
      // Something that strikes all cut the session meanwhile: it did not stand still for long enough.
      if (after < 55) continue;
      await until(`mail that a stalled session was fetching came to ${box.email}`, () => this.database.number(`SELECT COUNT(*) FROM message m WHERE m.kind = 'incoming' AND m.text LIKE '${token}%'`), 60, 500);
      return `a session of ${box.email} stood still: given up after ${after.toFixed(1)} s, its mail was here after ${seconds().toFixed(1)} s`;
    }
    throw new Error('every session that stood still was cut by another trouble before it could be given up');
  }
  async slow() {
    const box = this.#box();
    await this.#fault(box, { kind: 'slow', protocol: 'imap', bytesPerSecond: 600, times: 2 });
    await this.#fault(box, { kind: 'slow', protocol: 'smtp', ms: 900, times: 1 });
    await this.#while();
    await this.#fault(box, { clear: true });
  }
  /** The link breaks while a message is handed over, before or after the server has it. */
  async amidData() { await this.#fault(this.#box(), { kind: this.chance.pick(['drop-before-data', 'drop-after-data']) }); await this.#while(1_500); }
  async network() {
    await this.rig.call('/front/network', { scope: 'all', down: true });
    await this.#while();
    await this.rig.call('/front/network', { scope: 'all', down: false });
  }
  async dovecot() { await this.rig.call('/mail/restart', { ms: this.chance.between(200, 3_000) }); }
  /** The provider's token endpoint, just when tokens run out. */
  async provider() {
    const faults = [{ status: 429, headers: { 'retry-after': '2' } }, { status: 503 }, { status: 500, body: { error: 'invalid_grant' } }, { status: 502, body: '<html>Bad gateway</html>' }, { drop: true }];
    for (const provider of ['microsoft', 'google']) await this.rig.call('/idp/config', { provider, fault: { route: 'token', times: 3, ...this.chance.pick(faults) } });
    for (let n = 0; n < 3; n += 1) {
      const box = this.#box((b) => b.kind !== 'litware');
      await this.rig.call('/idp/expire-access', { account: box.email });
      await this.rig.call('/mail/kick', { user: box.email });
    }
    await this.#while();
    for (const provider of ['microsoft', 'google']) await this.rig.call('/idp/config', { provider, fault: null });
  }
  async names() {
    await this.rig.call('/dns/fail', { name: '*', kind: this.chance.pick(['servfail', 'timeout', 'nxdomain']) });
    for (let n = 0; n < 3; n += 1) await this.rig.call('/mail/kick', { user: this.#box().email });
    await this.#while();
    await this.rig.call('/dns/fail', { name: '*', kind: null });
  }
  async disk() {
    await this.world.disk.fill(this.world.mailkeep.child.pid);
    await this.#while();
    await this.world.disk.empty(this.world.mailkeep.child.pid);
  }
  /** Hours on, and back: what was put off meanwhile lies further off than any back-off. */
  async clock() {
    await this.rig.call('/clock', { offset: `+${this.chance.between(1, 30)}h` });
    await this.#while(2_500);
    await this.rig.call('/clock', { offset: '+0' });
    await this.#while(1_000);
  }
  /** New numbers for everything, while mail that is known already was deleted. */
  async numbers() {
    const box = this.#box((b) => !b.backlog && !b.folder);
    const known = await this.database.all(`SELECT r.uid FROM receipt r JOIN folder f ON f.id = r.folder_id WHERE f.mailbox_id = ${box.id} AND f.uid_validity = r.uid_validity AND r.disposition IN ('ticket', 'reply') ORDER BY r.uid LIMIT 2`);
    for (const { uid } of known) { await this.rig.call('/mail/expunge', { user: box.email, uid }); this.deleted += 1; }
    await this.rig.call(this.chance.one(2) ? '/mail/renumber' : '/mail/uidvalidity', { user: box.email });
    await this.rig.call('/mail/kick', { user: box.email });
    await this.#while(500);
  }
  async folder() {
    const box = this.world.filing;
    box.away = true;
    await pause(300); // a mail that is just being put there
    await this.rig.call('/mail/hide', { user: box.email, folder: box.folder });
    await this.#while();
    await this.rig.call('/mail/hide', { user: box.email, folder: box.folder, hidden: false });
    box.away = false;
  }
}

const ALL = ['cut', 'halfway', 'refusals', 'stall', 'slow', 'amidData', 'network', 'dovecot', 'provider', 'names', 'disk', 'clock', 'numbers', 'folder'];
export const KINDS = process.env.CAMPAIGN_KINDS ? process.env.CAMPAIGN_KINDS.split(',') : ALL;
