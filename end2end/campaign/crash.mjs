// Kills the server by SIGKILL at random moments and at every point of the engine, under load, and counts afterwards.
//   node crash.mjs [--kills N] [--seed S] [--mailboxes M]
import { Mailkeep } from '../support/mailkeep.mjs';
import { ADMIN } from '../support/desk.mjs';
import { pause, until } from '../support/rig.mjs';
import { say } from '../support/say.mjs';
import { Agents } from './agents.mjs';
import { Chance } from './chance.mjs';
import { count, lastLine, settled, verdict } from './count.mjs';
import { Customers } from './customers.mjs';
import { Database } from './database.mjs';
import { Errands, POINTS } from './errands.mjs';
import { World } from './world.mjs';
import { options } from './options.mjs';

const wanted = options({ kills: 60, seed: 0, mailboxes: 20 });
const chance = new Chance(wanted.seed);
/** How long a point may be waited for; then the kill comes wherever the program is. */
const PATIENCE = 12_000;
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
  const end = Date.now() + PATIENCE;
  while (running && !dead(mailkeep) && Date.now() < end) {
    await Promise.race([
      Promise.resolve(errands[POINTS[point]](who)).catch((error) => { if (process.env.CAMPAIGN_LOUD) say(`${point}: ${error.message.slice(0, 300)}`); }),
      mailkeep.ended,
      pause(PATIENCE),
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

try {
  world = await World.open({ mailboxes: wanted.mailboxes, say, start: (w) => Mailkeep.start(w.rig, { name: 'crash', data: `${w.folder}/data`, logFile: `${w.folder}/mailkeep.log` }) });
  const { mailkeep } = world;
  const database = new Database(`${mailkeep.data}/mailkeep.db`);
  const customers = new Customers(world, chance.fork());
  const agents = new Agents(world, chance.fork(), () => [mailkeep.url]);
  const errands = new Errands(world, chance.fork(), customers, agents);
  const who = { signInAgain: await world.desk.signedIn(ADMIN), passwordAgain: await world.desk.signedIn(ADMIN) };
  const [runner, ...others] = world.agents;
  say('load; the first kill');
  const quiet = new AbortController();
  const load = [customers.run(quiet.signal), ...others.map((agent) => agents.run(agent, quiet.signal))];
  for (const work of load) work.catch((error) => { console.error(`the load broke: ${error.stack}`); process.exitCode = 1; });
  await mailkeep.kill();

  const met = new Map(Object.keys(POINTS).map((point) => [point, 0]));
  let deck = [], cut = 0, random = 0, missed = 0;
  for (let kill = 1; kill <= wanted.kills; kill += 1) {
    // Two kills at points, one at a random moment. Every point has its turn, in a new order each round; those never met come first.
    if (kill % 3 !== 0) {
      if (!deck.length) deck = chance.shuffled([...met.keys()]).sort((a, b) => Math.sign(met.get(a)) - Math.sign(met.get(b)));
      const point = deck.shift();
      const errand = POINTS[point];
      const nth = ['plain', 'answer'].includes(errand) ? chance.between(1, 3) : 1;
      if (await atPoint(mailkeep, point, nth, errands, who[errand] ?? runner)) met.set(point, met.get(point) + 1); else missed += 1;
    } else { await atRandom(mailkeep); random += 1; }
    cut += await database.number("SELECT COUNT(*) FROM delivery WHERE state = 'handing_over'");
    if (kill % 25 === 0) say(`${kill} kills; ${customers.sent.length} mails sent, ${agents.written.length} replies written, ${cut} cut in DATA`);
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
  result.troubles.push(...agents.refused);
  const never = [...met].filter(([, n]) => n === 0).map(([point]) => point);
  if (wanted.kills >= 2 * met.size && never.length) result.troubles.push(`never met: ${never.join(', ')}`);
  console.log(`points met: ${[...met].map(([point, n]) => `${point} ${n}`).join(', ')}`);
  console.log(`at points ${wanted.kills - random - missed}, at random moments ${random + missed}, cut between DATA and the answer ${cut}`);
  if (verdict(result) && !process.exitCode) code = 0;
  console.log(lastLine(result, `kills ${wanted.kills} seed ${wanted.seed}`));
} catch (error) {
  console.error(error.stack);
  if (world?.mailkeep) console.error(world.mailkeep.lastWords());
} finally {
  await world?.close({ keep: code !== 0 });
  process.exit(code);
}
