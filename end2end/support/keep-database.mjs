// Makes the database file of an upgrade test by really running the server against a rig:
//   node end2end/support/keep-database.mjs server/tests/databases/NAME
// The program is target/debug/mailkeep, or MAILKEEP_PROGRAM. `tests/upgrade.spec.mjs` starts today's program on a copy
// of every file kept there. Nothing in it is worth keeping secret: people, passwords and tokens are the rig's.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { Rig, until } from './rig.mjs';
import { Mailkeep } from './mailkeep.mjs';
import { ADMIN, AGENT, Desk } from './desk.mjs';

const to = process.argv[2];
if (!to || fs.existsSync(to)) throw new Error('name a folder that is not there yet');

const rig = await Rig.start();
const data = fs.mkdtempSync('/tmp/mailkeep-kept.');
const mailkeep = await Mailkeep.start(rig, { data });
try {
  const desk = await new Desk(mailkeep).open();
  const agent = await desk.invite(AGENT);
  await desk.bySignIn('returns@contoso.example', { password: 'returns-pass', name: 'Contoso returns' });
  await desk.bySignIn('care@northwind.example', { password: 'care-pass', name: 'Northwind care', short: 'Google' });
  await desk.bySignIn('support@contoso.example', { as: 'it@contoso.example', password: 'it-pass', name: 'Contoso support' });
  const help = await desk.bySignIn('help@fabrikam.example', { password: 'help-pass', name: 'Fabrikam help' });
  await desk.byPassword('hello@litware.example', { password: 'hello-pass', name: 'Litware' });

  const from = 'Mia Lind <mia@customer.example>';
  const mails = [
    ['returns@contoso.example', 'The T-40 arrived with a dent'], ['care@northwind.example', 'How often does the filter need changing?'],
    ['support@contoso.example', 'Cannot sign in to the portal'], ['help@fabrikam.example', 'The sensor reads 0'], ['hello@litware.example', 'Invoice 4711 is wrong'],
  ];
  for (const [address, subject] of mails) await rig.send({ from, to: address, subject, text: `About: ${subject}\n\nMia`, attachments: subject.includes('dent') ? [{ name: 'dent.jpg', type: 'image/jpeg', bytes: 4_000 }] : [] });
  for (const [, subject] of mails) await desk.ticket(subject);
  const answer = async (subject, text) => { const { id } = await desk.ticket(subject, { who: agent }); await desk.reply(id, text, agent); };
  await answer('Invoice 4711 is wrong', 'It is corrected.');
  await rig.arrived('mia@customer.example', (m) => m.subject.includes('Invoice 4711'));
  await rig.call('/idp/revoke', { account: 'help@fabrikam.example', reason: 'admin', access: true });
  await rig.call('/mail/kick', { user: 'help@fabrikam.example' });
  await desk.mailboxSays(help, 'credentials have expired');
  await answer('The sensor reads 0', 'Hold its button for ten seconds.');
  await until('the reply is held', async () => (await agent.go('/outbox')).sees('The sensor reads 0'));

  const expected = {
    admin: { email: ADMIN.email, password: ADMIN.password },
    mailboxes: ['returns@contoso.example', 'care@northwind.example', 'support@contoso.example', 'help@fabrikam.example', 'hello@litware.example'],
    tickets: mails.map(([, subject]) => subject),
    waits: 'The sensor reads 0',
  };
  await mailkeep.stop();
  fs.mkdirSync(to, { recursive: true });
  fs.writeFileSync(path.join(to, 'mailkeep.db.gz'), zlib.gzipSync(fs.readFileSync(path.join(data, 'mailkeep.db')), { level: 9 }));
  fs.copyFileSync(path.join(data, 'key'), path.join(to, 'key'));
  fs.writeFileSync(path.join(to, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  console.log(`${to}: ${fs.statSync(path.join(to, 'mailkeep.db.gz')).size} bytes`);
} finally {
  if (mailkeep.child.exitCode === null) await mailkeep.stop();
  await rig.stop();
  fs.rmSync(data, { recursive: true, force: true });
}
