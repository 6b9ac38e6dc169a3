// Troubles the server's world for some minutes - proxy, mail server, identity provider, names, disk, clock, numbers, folders - under load
// and with a backlog waiting; then counts every mail and every reply.
//   node faults.mjs --minutes M [--seed S] [--mailboxes M] [--backlog N]
import { Mailkeep } from '../support/mailkeep.mjs';
import { pause, until } from '../support/rig.mjs';
import { say } from '../support/say.mjs';
import { ADMIN } from '../support/desk.mjs';
import { Agents } from './agents.mjs';
import { Chance } from './chance.mjs';
import { compared, newestReports } from './compare.mjs';
import { count, lastLine, settled, verdict } from './count.mjs';
import { Customers } from './customers.mjs';
import { Database } from './database.mjs';
import { Disk } from './disk.mjs';
import { KINDS, Trouble } from './trouble.mjs';
import { World } from './world.mjs';
import { options } from './options.mjs';

const wanted = options({ minutes: 10, seed: 0, mailboxes: 20, backlog: -1 });
if (wanted.backlog < 0) wanted.backlog = wanted.minutes >= 10 ? 100_000 : 2_000;
const chance = new Chance(wanted.seed);
let world, code = 1;

/** Faults pass; what a person would have been called for is none of them, but for the folder that was taken away: it may have been deleted. */
async function called(database) {
  const filing = `NOT (e.mailbox_id = ${world.filing.id} AND e.diagnosis = 'folder_gone')`;
  const marks = await database.all(`SELECT m.address, e.direction, e.diagnosis, e.said FROM episode e JOIN mailbox m ON m.id = e.mailbox_id WHERE e.definite AND ${filing}`);
  const lost = await database.all('SELECT id, lost_diagnosis, lost_said FROM grants WHERE lost_at IS NOT NULL');
  const off = await database.all('SELECT address FROM mailbox WHERE paused_at IS NOT NULL OR deleted_at IS NOT NULL OR draft');
  return [
    ...marks.map((e) => `${e.address} was marked for a person: ${e.direction} ${e.diagnosis} ${e.said}`),
    ...lost.map((g) => `grant ${g.id} was lost: ${g.lost_diagnosis} ${g.lost_said}`),
    ...off.map((m) => `${m.address} was switched off`),
  ];
}

try {
  const began = Date.now();
  world = await World.open({ mailboxes: wanted.mailboxes, say, start: (w) => {
    w.disk = new Disk(`${w.folder}/data`, 300 + Math.ceil(wanted.backlog / 25));
    return Mailkeep.start(w.rig, { name: 'faults', data: `${w.folder}/data`, logFile: `${w.folder}/mailkeep.log` });
  } });
  const { mailkeep } = world;
  say(`the disk that will be full: ${world.disk.how}`);
  const database = new Database(`${mailkeep.data}/mailkeep.db`);
  const troubles = [];
  const customers = new Customers(world, chance.fork());
  const agents = new Agents(world, chance.fork(), () => [mailkeep.url]);
  const trouble = new Trouble(world, chance.fork(), database);
  const quiet = new AbortController();
  const late = world.backlog;
  say(`${wanted.backlog} messages wait in ${late.email}`);
  // In portions: the rig serves everybody else between two of them.
  for (let done = 0; done < wanted.backlog; done += 1_000) {
    await world.rig.call('/mail/append', { user: late.email, count: Math.min(1_000, wanted.backlog - done), subject: `Backlog ${done / 1_000}`, text: 'One of many.\n', from: 'Mia <mia@customer.example>' });
  }
  const load = [customers.run(quiet.signal), ...world.agents.map((who) => agents.run(who, quiet.signal))];
  for (const work of load) work.catch((error) => { console.error(`the load broke: ${error.stack}`); process.exitCode = 1; });
  mailkeep.ended.then((how) => { if (!world.closing) { console.error(`Mailkeep ended: ${how}\n${mailkeep.lastWords()}`); process.exitCode = 1; } });

  const done = new Map(KINDS.map((kind) => [kind, 0]));
  const end = Date.now() + wanted.minutes * 60_000;
  let deck = [], said = 0;
  // Every kind at least once, however short the time.
  while (Date.now() < end || [...done.values()].includes(0)) {
    if (!deck.length) deck = chance.shuffled(KINDS);
    const kind = deck.shift();
    if (process.env.CAMPAIGN_LOUD) say(kind);
    try { await trouble[kind](); done.set(kind, done.get(kind) + 1); } catch (error) { troubles.push(`${kind} could not be done: ${error.message}`); done.set(kind, done.get(kind) + 1); }
    if (Date.now() - said > 60_000) { said = Date.now(); say(`${customers.sent.length} mails sent, ${agents.written.length} replies written; last trouble: ${kind}`); }
    await pause(chance.between(100, 600));
  }
  // Under load still, but with no other trouble, which would cut the session that stands still before its time.
  if (wanted.minutes >= 10) {
    try { say(await trouble.outlasts(customers)); } catch (error) { troubles.push(`the long stall: ${error.message}`); }
  }
  quiet.abort();
  for (const box of world.mailboxes) await world.rig.call('/front/fault', { clear: true, user: box.email });
  say('quiet; waiting for everything to come in and leave');
  await Promise.all(load);
  await settled(database, { sent: customers.sent, say, seconds: 300 + wanted.backlog / 40 });
  const backlog = () => database.number("SELECT COUNT(DISTINCT t.subject) FROM ticket t WHERE t.subject LIKE 'Backlog %'");
  await until('the backlog is in', async () => await backlog() === wanted.backlog, 60 + wanted.backlog / 40, 500).catch((error) => troubles.push(error.message));
  await until('every direction works', async () => (await database.number('SELECT COUNT(*) FROM direction WHERE used AND failing_since IS NOT NULL')) === 0, 180, 500).catch((error) => troubles.push(error.message));
  const attempts = await database.number("SELECT COUNT(*) FROM delivery_attempt WHERE handing_over_at IS NOT NULL AND (outcome IS NULL OR outcome NOT IN ('sent', 'refused', 'later'))");
  const result = await count({ world, database, sent: customers.sent, written: agents.written, cut: attempts });
  const several = await database.number("SELECT COUNT(*) FROM (SELECT subject FROM ticket WHERE subject LIKE 'Backlog %' GROUP BY subject HAVING COUNT(*) > 1) x");
  const in_ = await backlog();
  result.sent += wanted.backlog; result.accounted += in_;
  if (in_ < wanted.backlog) result.lost.push(`${wanted.backlog - in_} of the backlog`);
  if (several) result.twice.push(`${several} of the backlog`);
  result.troubles.push(...troubles, ...agents.refused, ...await called(database), ...await compared({ world, database, signIn: () => world.desk.signedIn(ADMIN), seconds: 180 + wanted.backlog / 200 }));
  if (mailkeep.child.exitCode !== null) result.troubles.push('the program ended');
  // Known by the folder's former numbers, they are in no comparison of today's; that nothing else is unexplained was asked above.
  const removed = (await newestReports(database)).flatMap((report) => report.folders).reduce((n, folder) => n + (folder.sum?.removed ?? 0), 0);
  console.log(`messages that the campaign deleted ${trouble.deleted}, named as deleted or moved by others ${removed}`);
  const number = [...done.values()].reduce((a, b) => a + b, 0);
  console.log(`troubles: ${[...done].map(([kind, n]) => `${kind} ${n}`).join(', ')}; cut between DATA and the answer ${attempts}`);
  if (verdict(result) && !process.exitCode) code = 0;
  console.log(lastLine(result, `faults ${number} minutes ${((Date.now() - began) / 60_000).toFixed(1)} seed ${wanted.seed}`));
} catch (error) {
  console.error(error.stack);
  if (world?.mailkeep) console.error(world.mailkeep.lastWords());
} finally {
  if (world) world.closing = true;
  if (code && world?.disk?.mounted) (await import('node:fs')).cpSync(`${world.folder}/data`, `${world.folder}/kept`, { recursive: true });
  await world?.close({ keep: code !== 0 });
  process.exit(code);
}
