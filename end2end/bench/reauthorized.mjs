// A mailbox whose password was changed at its provider gets the new one on the console, while a message waits.
import { until } from '../support/rig.mjs';
import { PASSWORD, lines, servers } from './mailkeep.mjs';

const USER = 'reauthorized@bench.example';

/** For each round the ms to the log's *fetched*: from the press on the form's button, and from its answer. */
export async function reauthorized(rig, mailkeep, desk, rounds) {
  await rig.users({ email: USER, imap_password: PASSWORD, provider: 'litware' });
  const id = await desk.byPassword(USER, { password: PASSWORD, provider: 'other', servers: servers(rig) });
  await desk.watched(rig, USER);
  const next = lines(mailkeep.log), fetched = new RegExp(`^(\\S+) .*: fetched mailbox=${id} `);
  const found = [];
  for (let round = 1; round <= rounds; round += 1) {
    const password = `${PASSWORD}-${round}`, subject = `Waits for the password ${round}`;
    await rig.call('/mail/password', { user: USER, password });
    await rig.call('/mail/kick', { user: USER });
    await desk.mailboxSays(id, 'Reauthorization required');
    await rig.send({ from: 'customer@customer.example', to: USER, subject, text: 'Is anybody there?\n' });
    await rig.arrived(USER, (message) => message.subject === subject);
    const { admin } = desk;
    await admin.go(`/admin/channels/email/${id}/set-up/password`);
    next();
    // Its answer leads to a page that nobody waits for.
    admin.stopAt = () => true;
    const pressed = Date.now();
    await admin.press(/^(Try and save|Try again)$/, { user: USER, password });
    const answered = Date.now();
    admin.stopAt = undefined;
    if (!admin.url.endsWith('/set-up/result')) throw new Error(`the new password does not work: ${admin.url}`);
    const at = await until('the waiting message is fetched', () => {
      const line = next().map((one) => fetched.exec(one)).find(Boolean);
      return line && Date.parse(line[1]);
    }, 120, 10);
    found.push({ pressed: at - pressed, answered: at - answered });
  }
  return found;
}
