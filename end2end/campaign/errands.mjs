// What brings the program to its rarer points: a person signs in again, a token runs out, numbers change, a large mail comes.
// Each may be cut off by the kill that it leads to.
const some = (list, fits, chance) => chance.pick(list.filter(fits));

export class Errands {
  constructor(world, chance, customers, agents) { Object.assign(this, { world, chance, customers, agents }); }

  async large() { await this.customers.write({ box: some(this.world.mailboxes, (b) => b.kind !== 'microsoft', this.chance), bytes: 2_500_000, follows: false }); }

  async plain() { for (let n = 0; n < 3; n += 1) await this.customers.write(); }

  async deletes() { for (const box of this.world.mailboxes.filter((b) => b.deletes)) await this.customers.write({ box }); }

  async renumber() {
    const box = some(this.world.mailboxes, (b) => !b.deletes, this.chance);
    await this.customers.write({ box });
    await this.world.rig.call('/mail/uidvalidity', { user: box.email });
    await this.world.rig.call('/mail/kick', { user: box.email });
  }

  /** The running access token ends, and so does the session: the next one needs a refresh. */
  async wearOut() {
    const box = some(this.world.mailboxes, (b) => b.kind !== 'litware', this.chance);
    await this.world.rig.call('/idp/expire-access', { account: box.email });
    await this.world.rig.call('/mail/kick', { user: box.email });
  }

  async signInAgain(who) {
    const box = some(this.world.mailboxes, (b) => b.kind !== 'litware', this.chance);
    // By its whole address: a sign-in that was cut off left the browser at the provider.
    await who.go(`${who.home}/admin/channels/email/${box.id}/edit`);
    await who.press(/^Sign in with (Microsoft|Google)/);
    await who.atProvider(box.email, box.password);
  }

  async passwordAgain(who) {
    const box = some(this.world.mailboxes, (b) => b.kind === 'litware', this.chance);
    await who.go(`${who.home}/admin/channels/email/${box.id}/set-up/password`);
    await who.press(/^(Try and save|Try again)$/, { user: box.email, password: box.password });
  }

  async newMail(who) { await this.agents.write(who, this.chance.pick(this.world.mailboxes), this.chance.pick(this.world.customers)); }

  async answer(who) { for (let n = 0; n < 2; n += 1) await this.agents.reply(who); }
}

/** Every point of the engine, and the errand that leads there. */
export const POINTS = {
  'after-fetch': 'plain', 'before-store-commit': 'plain', 'after-store-commit': 'plain', 'on-news': 'plain', 'after-chunk': 'large',
  'after-parse': 'plain', 'before-intake-commit': 'plain', 'after-intake-commit': 'plain', 'before-delete': 'deletes', 'after-delete': 'deletes',
  'amid-renumber': 'renumber', attempt: 'answer', 'before-data': 'answer', 'handing-over': 'answer', 'after-data': 'answer', 'after-sent': 'answer',
  'before-reply-commit': 'answer', 'before-ticket-commit': 'newMail', 'refresh-answered': 'wearOut', 'refresh-stored': 'wearOut',
  'code-exchanged': 'signInAgain', 'sign-in-probed': 'signInAgain', 'sign-in-swapping': 'signInAgain', 'password-swapping': 'passwordAgain',
};
