// Large mail waits in many mailboxes before they are connected; the shipped program takes it all in.
//   node memory.mjs MAILBOXES MAILS MEGABYTES
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Rig, HERE, until } from '../support/rig.mjs';
import { Mailkeep } from '../support/mailkeep.mjs';
import { Desk } from '../support/desk.mjs';

const LIMIT = 300;
const [mailboxes, mails, megabytes] = process.argv.slice(2).map(Number);
const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
const folder = fs.mkdtempSync('/tmp/mailkeep-memory.');
let rig, mailkeep;

// What the kernel says of the program: now, and at its worst.
function memory(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1024;
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
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
  await rig.call('/mail/append', { user: liar.email, from: 'mia@customer.example', subject: 'Small' });
  await rig.call('/front/fault', { user: liar.email, protocol: 'imap', kind: 'literal', on: 'FETCH', times: -1, size: 500 * 1024 * 1024 });

  mailkeep = await Mailkeep.start(rig, { name: 'memory', data: `${folder}/data`, logFile: `${folder}/mailkeep.log`, env: { MAILKEEP_MESSAGE_LIMIT: String(megabytes + 20) } });
  const { pid } = mailkeep.child;
  const desk = new Desk(mailkeep);
  await desk.open({ providers: [] });
  say(`Connecting them; the program takes ${memory(pid).now.toFixed(0)} MB so far`);
  for (const { email, password } of [...users, liar]) await desk.byPassword(email, { password, name: email.split('@')[0], importFrom: 'beginning' });
  const all = mailboxes * mails;
  let told = 0;
  await until(`${all} tickets`, async () => {
    const count = desk.count(await desk.admin.go('/tickets'));
    const { now, peak } = memory(pid);
    if (count !== told) say(`${told = count} of ${all} tickets; ${now.toFixed(0)} MB, at worst ${peak.toFixed(0)} MB`);
    return count >= all;
  }, 120 + all * 20, 1_000);
  // The lie was told meanwhile, and is seen in the mailbox's own state.
  const announced = await until('the lie is seen', async () => /the server announces \d+ bytes/.exec((await desk.admin.go(`/admin/channels/email/${mailboxes + 1}`)).text)?.[0] ?? /announces/.test(fs.readFileSync(mailkeep.log, 'utf8')), 60, 500).catch(() => null);
  if (!announced) throw new Error('nobody saw that a server announced 500 MB');
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
