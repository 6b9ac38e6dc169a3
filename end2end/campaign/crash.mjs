// Kills the server by SIGKILL at random moments and at every point of the engine, under load, and counts afterwards.
//   node crash.mjs [--kills N] [--seed S] [--mailboxes M]
import { Mailkeep } from '../support/mailkeep.mjs';
import { ADMIN } from '../support/desk.mjs';
import { pause, until } from '../support/rig.mjs';
import { say } from '../support/say.mjs';
import { Agents } from './agents.mjs';
import { Chance } from './chance.mjs';
import { compared } from './compare.mjs';
import { count, cutOff, lastLine, settled, verdict } from './count.mjs';
import { Customers } from './customers.mjs';
import { Database } from './database.mjs';
import { Errands } from './errands.mjs';
import { POINTS, differences } from './points.mjs';
import { World } from './world.mjs';
import { options } from './options.mjs';

const wanted = options({ kills: 60, seed: 0, mailboxes: 20 });
const chance = new Chance(wanted.seed);
/** How long a point may be waited for; then the kill comes wherever the program is. */
const PATIENCE = 12_000;
/** A server ends a rotation when everything that was sealed before is stored: 35 s, and its looks. */
const PATIENCES = { 'rotation-batch': 60_000 };
let world, code = 1;

/** Starts the program; a kill may meet it before it is ready. */
async function start(mailkeep, at) {
  if (at) mailkeep.env.MAILKEEP_TEST_AT = at; else delete mailkeep.env.MAILKEEP_TEST_AT;
  try { await mailkeep.run(); return true; } catch (error) {
    if (mailkeep.child.signalCode === 'SIGKILL') return false;
    throw error;
  }
}

const dead = (mailkeep) => mailkeep.child.signalCode !== null || mailkeep.child.exitCode !== null;

/** One kill at a point; gives whether the point was met. */
async function atPoint(mailkeep, point, nth, errands, who) {
  const running = await start(mailkeep, `kill:${point}:${nth}`);
  const patience = PATIENCES[point] ?? PATIENCE, end = Date.now() + patience;
  while (running && !dead(mailkeep) && Date.now() < end) {
    await Promise.race([
      Promise.resolve(errands[POINTS[point]](who)).catch((error) => { if (process.env.CAMPAIGN_LOUD) say(`${point}: ${error.message.slice(0, 300)}`); }),
      mailkeep.ended,
      pause(patience),
    ]);
    await Promise.race([mailkeep.ended, pause(1_500)]);
  }
  if (dead(mailkeep)) return true;
  await mailkeep.kill();
  return false;
}

async function atRandom(mailkeep) {
  const ms = chance.between(30, 3_500);
  if (!await start(mailkeep)) throw new Error('the program was killed, and not by us');
  await Promise.race([mailkeep.ended, pause(ms)]);
  if (dead(mailkeep)) throw new Error(`the program ended by itself: ${mailkeep.lastWords()}`);
  await mailkeep.kill();
}

/** Every secret opens: with its refresh token and the registration's secret the server fetches each access token anew, and the doctor signs
 *  in to every mailbox by what is stored. */
async function opened(mailkeep, database) {
  const since = Date.now();
  for (const box of [...world.mailboxes, world.mover, world.mover.opens].filter((b) => b.kind !== 'litware')) await world.rig.call('/idp/expire-access', { account: box.email });
  for (const box of [...world.mailboxes, world.mover, world.mover.copy]) await world.rig.call('/mail/kick', { user: box.email });
  const old = `SELECT m.address FROM direction d JOIN mailbox m ON m.id = d.mailbox_id WHERE d.used AND d.grant_id IS NOT NULL AND d.grant_id NOT IN (SELECT grant_id FROM grant_refresh WHERE last_at >= ${since})`;
  await until('every token is fetched anew', async () => (await database.all(old)).length === 0, 90, 500).catch(() => {});
  const stale = (await database.all(old)).map(({ address }) => `no new token was fetched for ${address}`);
  const { said } = await mailkeep.command('doctor');
  return [...stale, ...said.split('\n').filter((line) => line.startsWith('WRONG')).map((line) => `the doctor: ${line}`)];
}

try {
  const unlike = differences();
  if (unlike.length) throw new Error(unlike.join('\n'));
  world = await World.open({ mover: true, mailboxes: wanted.mailboxes, say, start: (w) => Mailkeep.start(w.rig, { name: 'crash', data: `${w.folder}/data`, logFile: `${w.folder}/mailkeep.log` }) });
  const { mailkeep } = world;
  const database = new Database(`${mailkeep.data}/mailkeep.db`);
  const customers = new Customers(world, chance.fork());
  const agents = new Agents(world, chance.fork(), () => [mailkeep.url]);
  const errands = new Errands(world, chance.fork(), customers, agents, database);
  const who = { signInAgain: await world.desk.signedIn(ADMIN), passwordAgain: await world.desk.signedIn(ADMIN), moves: await world.desk.signedIn(ADMIN) };
  const [runner, ...others] = world.agents;
  await world.settle(customers, agents);
  say('load; the first kill');
  const quiet = new AbortController();
  const load = [customers.run(quiet.signal), ...others.map((agent) => agents.run(agent, quiet.signal))];
  for (const work of load) work.catch((error) => { console.error(`the load broke: ${error.stack}`); process.exitCode = 1; });
  // Attempts that a kill met between DATA and the answer, each once, however many kills come before it is looked at again.
  const cut = new Map();
  const note = async () => { for (const { attempt, delivery } of await database.all(cutOff())) cut.set(attempt, delivery); };
  await mailkeep.kill();
  await note();

  const met = new Map((process.env.CAMPAIGN_POINTS?.split(',') ?? Object.keys(POINTS)).map((point) => [point, 0]));
  const tried = new Set();
  let deck = [], random = 0, missed = 0;
  for (let kill = 1; kill <= wanted.kills; kill += 1) {
    // Two kills at points, one at a random moment. Every point has its turn, in a new order each round; those never met come first.
    // Where the kills are few, the points go before the random moments.
    if (kill % 3 !== 0 || wanted.kills - kill < met.size - tried.size) {
      if (!deck.length) deck = chance.shuffled([...met.keys()]).sort((a, b) => Math.sign(met.get(a)) - Math.sign(met.get(b)));
      const point = deck.shift();
      const errand = POINTS[point];
      tried.add(point);
      // A rotation comes there at least once for each column of sealed values.
      const nth = ['plain', 'answer'].includes(errand) ? chance.between(1, 3) : errand === 'rotate' ? chance.between(1, 8) : 1;
      if (await atPoint(mailkeep, point, nth, errands, who[errand] ?? runner)) met.set(point, met.get(point) + 1); else missed += 1;
    } else { await atRandom(mailkeep); random += 1; }
    await note();
    if (kill % 25 === 0) say(`${kill} kills; ${customers.sent.length} mails sent, ${agents.written.length} replies written, ${cut.size} cut in DATA`);
  }
  quiet.abort();
  await start(mailkeep);
  say('quiet; waiting for the load to end and the outbox to settle');
  await Promise.all(load);
  await until('the errands ended', () => !agents.taken.size, 60);
  await settled(database, { sent: customers.sent, say });
  const broken = await database.all('PRAGMA integrity_check');
  const result = await count({ world, database, sent: customers.sent, written: agents.written, cut });
  if (Object.values(broken[0])[0] !== 'ok') result.troubles.push(`the database is broken: ${JSON.stringify(broken)}`);
  result.troubles.push(...agents.refused, ...await compared({ world, database, signIn: () => world.desk.signedIn(ADMIN) }), ...await errands.rotated(), ...await opened(mailkeep, database));
  const never = [...met].filter(([, n]) => n === 0).map(([point]) => point);
  if (wanted.kills >= 2 * met.size && never.length) result.troubles.push(`never met: ${never.join(', ')}`);
  if (never.length) console.log(`points not met: ${never.join(', ')}`);
  console.log(`points met: ${[...met].map(([point, n]) => `${point} ${n}`).join(', ')}`);
  console.log(`at points ${wanted.kills - random - missed}, at random moments ${random + missed}, cut between DATA and the answer ${cut.size}`);
  if (verdict(result) && !process.exitCode) code = 0;
  console.log(lastLine(result, `kills ${wanted.kills} seed ${wanted.seed}`));
} catch (error) {
  console.error(error.stack);
  if (world?.mailkeep) console.error(world.mailkeep.lastWords());
} finally {
  await world?.close({ keep: code !== 0 });
  process.exit(code);
}
