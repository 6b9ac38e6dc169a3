// Large mail waits in many mailboxes before they are connected; the shipped program takes it all in.
//   node memory.mjs MAILBOXES MAILS MEGABYTES
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Rig, HERE, until } from '../support/rig.mjs';
import { Mailkeep, residence } from '../support/mailkeep.mjs';
import { Desk } from '../support/desk.mjs';
import { say } from '../support/say.mjs';

const LIMIT = 300;
const [mailboxes, mails, megabytes] = process.argv.slice(2).map(Number);
const folder = fs.mkdtempSync('/tmp/mailkeep-memory.');
let rig, mailkeep;

/** In MB of 2^20 bytes. */
function memory(pid) {
  const { now, peak } = residence(pid);
  return { now: now / 2 ** 20, peak: peak / 2 ** 20 };
}

async function main() {
  rig = await Rig.start();
  const users = Array.from({ length: mailboxes }, (_, n) => ({ email: `large${n}@litware.example`, password: 'large-pass' }));
  const liar = { email: 'liar@litware.example', password: 'liar-pass' };
  for (const { email, password } of [...users, liar]) await rig.users({ email, name: email, imap_password: password });
  say(`Laying ${mails} mails of ${megabytes} MB into each of ${mailboxes} mailboxes`);
  // In base64 with its line ends a file grows by 78/57.
  const bytes = Math.floor(megabytes * 1e6 * 57 / 78);
  for (const [n, user] of users.entries()) {
    for (let m = 0; m < mails; m += 1) await rig.call('/mail/append', { user: user.email, from: 'mia@customer.example', subject: `Plans ${n} ${m}`, attachments: [{ name: 'plan.bin', type: 'application/x-plan', bytes }] });
  }

  mailkeep = await Mailkeep.start(rig, { name: 'memory', data: `${folder}/data`, logFile: `${folder}/mailkeep.log`, env: { MAILKEEP_MESSAGE_LIMIT: String(megabytes + 20) } });
  const { pid } = mailkeep.child;
  const desk = new Desk(mailkeep);
  await desk.open({ providers: [] });
  say(`Connecting them; the program takes ${memory(pid).now.toFixed(0)} MB so far`);
  for (const { email, password } of users) await desk.byPassword(email, { password, name: email.split('@')[0], importFrom: 'beginning' });
  // Last of all, so that the lie is told while the others are read: its import could not even be counted.
  const lying = await desk.byPassword(liar.email, { password: liar.password });
  await rig.call('/front/fault', { user: liar.email, protocol: 'imap', kind: 'literal', on: 'FETCH', times: -1, size: 500 * 1024 * 1024 });
  await rig.call('/mail/append', { user: liar.email, from: 'mia@customer.example', subject: 'Small' });
  const all = mailboxes * mails;
  let told = 0, lied = false;
  // The lie is looked for all the while: after some attempts the mail is set aside, and its mailbox works again.
  await until(`${all} tickets, and the liar's mailbox says that its server has a fault`, async () => {
    lied ||= (await desk.admin.go(`/admin/channels/email/${lying}`)).sees('has a fault of its own');
    const count = desk.count(await desk.admin.go('/tickets'));
    const { now, peak } = memory(pid);
    if (count !== told) say(`${told = count} of ${all} tickets; ${now.toFixed(0)} MB, at worst ${peak.toFixed(0)} MB`);
    return count >= all && lied;
  }, 120 + all * 20, 500);
  const { peak } = memory(pid);
  await mailkeep.stop();
  say('Comparing what is stored with what lay in the mailboxes');
  const equal = Number(execFileSync('python3', [path.join(HERE, 'memory/compare.py'), `${folder}/data/mailkeep.db`, path.join(rig.state, 'mail/litware.example')], { encoding: 'utf8' }));
  const good = peak < LIMIT && equal === all;
  console.log(`memory peak ${peak.toFixed(0)} MB of ${LIMIT}: ${all} mails of ${megabytes} MB in ${mailboxes} mailboxes, ${equal} stored byte for byte, 500 MB announced and refused`);
  return good ? 0 : 1;
}

let code = 1;
try { code = await main(); } catch (error) {
  console.error(error.message);
  if (mailkeep) console.error(mailkeep.lastWords());
} finally {
  await mailkeep?.stop().catch(() => {});
  await rig?.stop().catch(() => {});
  fs.rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
