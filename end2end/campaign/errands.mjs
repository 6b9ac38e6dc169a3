// What brings the program to its rarer points: a person signs in again, a token runs out, numbers change, a large mail comes.
// Each may be cut off by the kill that it leads to.
import * as fs from 'node:fs';
import { pause, until } from '../support/rig.mjs';

const some = (list, fits, chance) => chance.pick(list.filter(fits));

export class Errands {
  constructor(world, chance, customers, agents, database) { Object.assign(this, { world, chance, customers, agents, database }); }

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

  /** The mailbox that has a copy at the other provider moves there, or back: its mail is known by its headers. */
  async moves(who) {
    const box = this.world.mover;
    const [{ provider_key: at }] = await this.database.all(`SELECT provider_key FROM mailbox WHERE id = ${box.id}`);
    const to = at === 'google' ? 'microsoft' : 'google';
    await who.go(`${who.home}/admin/channels/email/${box.id}/switch`);
    await who.press('Continue', { case: 'moved', provider_key: to });
    await who.press(/^Sign in with (Microsoft|Google)/);
    const person = to === 'microsoft' ? box.opens : box;
    await who.atProvider(person.email, person.password);
  }

  /** A new key for the vault, by the command beside the running server, which is cut off as soon as the new key seals: a server
   *  that is alone goes on with it by itself, when what was sealed before is stored. */
  async rotate() {
    if (this.rotating) { await pause(1_000); return; }
    const { mailkeep } = this.world;
    this.rotating = mailkeep.begin('key', 'rotate');
    try {
      await until('the new key seals', () => /seals from now on|it goes on/.test(this.rotating.said) || this.rotating.child.exitCode !== null || this.rotating.child.signalCode, 70, 5);
      await pause(this.chance.between(0, 40));
      this.rotating.child.kill('SIGKILL');
      await mailkeep.ended;
    } finally { this.rotating.child.kill('SIGKILL'); this.rotating = null; }
  }

  /** The rotation is through: no older key seals anything, and none is left in the file. Gives what is wrong. */
  async rotated() {
    const { mailkeep } = this.world;
    const keys = () => fs.readFileSync(`${mailkeep.data}/key`, 'utf8').split(/\s+/).filter(Boolean).length;
    if (keys() > 1) {
      const { code, said } = await mailkeep.command('key', 'rotate');
      if (code !== 0) return [`the rotation that was cut short did not go on: ${said}`];
    }
    return keys() === 1 ? [] : [`${keys()} keys are in the file after the rotation`];
  }
}
