// The demo: a rig, Mailkeep beside it, mailboxes whose states come about by doing it to the rig.
//   node demo.mjs [PORT]
import * as fs from 'node:fs';
import * as net from 'node:net';
import { APP, Rig } from '../support/rig.mjs';
import { Mailkeep } from '../support/mailkeep.mjs';
import { ADMIN, AGENT } from '../support/desk.mjs';
import { say } from '../support/say.mjs';
import { seed } from './seed.mjs';

const wanted = Number(process.argv[2] ?? process.env.PORT ?? 8080);
let rig, mailkeep, ending = false;

async function end(code = 0, why = '') {
  if (ending) return;
  ending = true;
  if (why) console.error(why);
  console.log('\nStopping: Mailkeep, then the mail servers.');
  await mailkeep?.stop().catch(() => {});
  await rig?.stop().catch(() => {});
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end());

const isFree = (port) => new Promise((ok) => {
  const probe = net.createServer().once('error', () => ok(false)).listen(port, '127.0.0.1', () => probe.close(() => ok(true)));
});

const folder = fs.mkdtempSync('/tmp/mailkeep-demo.');
try {
  say('Starting the mail servers: two identity providers, Dovecot, Postfix, DNS, all on 127.0.0.1');
  rig = await Rig.start();
  const port = (await isFree(wanted)) ? wanted : undefined;
  if (!port) say(`Port ${wanted} is taken; another one is used`);
  say('Starting Mailkeep on an empty database');
  mailkeep = await Mailkeep.start(rig, { name: 'demo', port, data: `${folder}/data`, logFile: `${folder}/mailkeep.log`, env: { MAILKEEP_DEMO: '1' } });
  fs.writeFileSync(`${rig.state}/desk`, JSON.stringify({ url: mailkeep.url, client: APP.clientId, secret: APP.secret }));
  const made = await seed(rig, mailkeep, say);
  say('Ready');
  console.log(`
  Mailkeep          ${mailkeep.url}
  Break something   ${rig.env.RIG_CONTROL}/break

  Sign in as        ${ADMIN.email}  ${ADMIN.password}   (${ADMIN.name}, admin)
                    ${AGENT.email}  ${AGENT.password}   (${AGENT.name}, agent)

  No mail leaves this machine. At the provider's page the stand-in asks for these:
${made.accounts.map(([who, password, what]) => `                    ${who.padEnd(26)} ${password.padEnd(12)} ${what}`).join('\n')}

  Try
    1. Sign in as the admin: the banner says what needs you. One click on Sign in with Microsoft
       repairs ${made.lost}; the mail that waited comes in, the held reply leaves.
    2. Admin > Email: Give password for ${made.refused} (it is ${made.newPassword} now).
    3. ${made.blocked}: Show remedy. Switch SMTP AUTH on under Break something, then Check again.
    4. ${made.basic} signs in by password at Microsoft, which ends that: move it to the sign-in.
    5. Break something: revoke, change, expire, cut; see what Mailkeep says, and mend it.
    6. Sign in as the agent in another browser window: tickets come in without a reload.

  The log is ${mailkeep.log}. Ctrl-C stops everything.
`);
  mailkeep.ended.then((how) => end(1, ending ? '' : `Mailkeep ended (${how}).`));
  rig.ended.then((how) => end(1, ending ? '' : `The mail servers ended (${how}).`));
} catch (error) {
  if (!ending) await end(1, `The demo did not start: ${error.message}`);
}
