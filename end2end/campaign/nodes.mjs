// Several processes on one PostgreSQL, under load: one is killed, another stands still past its lease and goes on in
// mid-send, all are replaced in turn. Afterwards everything is counted.
//   node nodes.mjs --rounds R [--seed S] [--mailboxes M]      POSTGRES is the database's address
// MAILKEEP_PROGRAM_BEFORE is the build that the first processes run, where the upgrade is to be one from another build.
import * as fs from 'node:fs';
import { ADMIN } from '../support/desk.mjs';
import { Mailkeep, PROGRAM } from '../support/mailkeep.mjs';
import { pause, until } from '../support/rig.mjs';
import { say } from '../support/say.mjs';
import { Agents } from './agents.mjs';
import { Chance } from './chance.mjs';
import { compared } from './compare.mjs';
import { count, cutOff, lastLine, settled, verdict } from './count.mjs';
import { Customers } from './customers.mjs';
import { Database } from './database.mjs';
import { Doors } from './doors.mjs';
import { World } from './world.mjs';
import { options } from './options.mjs';

const NAMES = ['first', 'second', 'third'];
/** Where a node stands still: before anything is handed over, amid DATA, between fetch and store, with a transaction open. */
const FREEZES = ['before-data', 'handing-over', 'after-fetch', 'before-store-commit'];
/** Promised: the others have a lost node's mailboxes within so many seconds. */
const TAKEOVER = 30;
const wanted = options({ rounds: 4, seed: 0, mailboxes: 20 });
const chance = new Chance(wanted.seed);
const database = new Database(process.env.POSTGRES);
const nodes = [];
const tally = { kills: 0, freezes: 0, upgrades: 0, late: 0, cut: new Map(), longest: 0 };
const troubles = [];
/** What the next process runs. */
let program = process.env.MAILKEEP_PROGRAM_BEFORE ?? PROGRAM;
const doors = new Doors(() => nodes.map((n) => n.url));
let world, code = 1;

const states = (pid) => { try { return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0]; } catch { return 'X'; } };
const alive = (node) => node.child.exitCode === null && node.child.signalCode === null;
const log = (node) => fs.readFileSync(node.log, 'utf8').replace(/\x1b\[[0-9;]*m/g, '');

/** A process, or the next one under this name. */
async function start(name, at) {
  const env = { MAILKEEP_DATABASE: process.env.POSTGRES, MAILKEEP_NODE: name, ...(world.mailkeep ? { MAILKEEP_PUBLIC_ADDRESS: world.mailkeep.url } : {}), ...(at ? { MAILKEEP_TEST_AT: at } : {}) };
  const node = await Mailkeep.start(world.rig, { name, data: `${world.folder}/data`, logFile: `${world.folder}/${name}-${nodes.length}.log`, env, apart: true, program });
  node.name = name;
  node.row = Number(await until('the node is entered', () => /entered node=(\d+)/.exec(log(node))?.[1]));
  const old = nodes.findIndex((n) => n.name === name);
  if (old >= 0) nodes[old] = node; else nodes.push(node);
  return node;
}

const held = (node) => database.number(`SELECT COUNT(*) FROM mailbox WHERE node_id = ${node.row}`);
/** Notes the attempts that a node has between DATA and the answer, each once. */
async function noteCut(node) { for (const { attempt, delivery } of await database.all(cutOff(node.row))) tally.cut.set(attempt, delivery); }

/** Waits until every mailbox of a lost node has another living one; gives the seconds. */
async function takenOver(node, began) {
  await until(`the mailboxes of ${node.name} are taken over`, async () => (await database.number(`SELECT COUNT(*) FROM mailbox m WHERE NOT EXISTS
    (SELECT 1 FROM node n WHERE n.id = m.node_id AND n.id <> ${node.row} AND n.lease_until > EXTRACT(EPOCH FROM clock_timestamp()) * 1000)`)) === 0, TAKEOVER + 60, 100);
  const seconds = (Date.now() - began) / 1000;
  tally.longest = Math.max(tally.longest, seconds);
  if (seconds > TAKEOVER) troubles.push(`the mailboxes of ${node.name} were taken over after ${seconds.toFixed(1)} s`);
  return seconds;
}

async function busiest() {
  const numbers = await Promise.all(nodes.map(held));
  return nodes[numbers.indexOf(Math.max(...numbers))];
}

async function kill() {
  const victim = await busiest(), mailboxes = await held(victim);
  await victim.kill();
  await noteCut(victim);
  const seconds = await takenOver(victim, Date.now());
  tally.kills += 1;
  say(`killed ${victim.name} with ${mailboxes} mailboxes: taken over in ${seconds.toFixed(1)} s`);
  await start(victim.name);
}

/** Replaces a process by one that freezes itself at a point; waits until it does, and is thawed when the others went on. */
async function freeze(point) {
  const before = await busiest();
  await leave(before);
  const victim = await start(before.name, `stop:${point}:${chance.between(2, 4)}`);
  // It comes to its mailboxes when another one leaves.
  await leave(await otherThan(victim), true);
  await until(`${victim.name} stands still at ${point}`, () => states(victim.child.pid) === 'T', 90);
  const began = Date.now(), mailboxes = await held(victim);
  await noteCut(victim);
  const seconds = await takenOver(victim, began);
  const count = () => (log(victim).match(/a late write was refused/g) ?? []).length;
  victim.child.kill('SIGCONT');
  // A transaction that stood open was rolled back by the server: nothing is left of it that could come late.
  if (point !== 'before-store-commit') await until(`${victim.name}'s late write is refused`, () => count() > 0, 60).catch((error) => troubles.push(error.message));
  await until(`${victim.name} is entered anew`, () => (log(victim).match(/entered node=(\d+)/g) ?? []).length > 1, 60);
  victim.row = Number(/.*entered node=(\d+)/s.exec(log(victim))[1]);
  tally.late += count();
  tally.freezes += 1;
  say(`${victim.name} stood still at ${point} with ${mailboxes} mailboxes: taken over in ${seconds.toFixed(1)} s; thawed, ${count()} late writes refused`);
}

const otherThan = async (node) => { const rest = nodes.filter((n) => n !== node); const numbers = await Promise.all(rest.map(held)); return rest[numbers.indexOf(Math.max(...numbers))]; };

/** Asks a process to end, as an upgrade does; it must do so in order. `again`: the next one takes its place. */
async function leave(node, again = false) {
  node.child.kill('SIGTERM');
  const how = await Promise.race([node.ended, pause(20_000).then(() => 'not within 20 s')]);
  if (how !== 0) troubles.push(`${node.name} ended with ${how}`);
  if (alive(node)) await node.kill();
  await noteCut(node);
  tally.late += (log(node).match(/a late write was refused/g) ?? []).length;
  if (again) await start(node.name);
}

/** Every process in turn, under load; no moment in which nobody answers. */
async function upgrade() {
  program = PROGRAM;
  await doors.during(`upgrade ${tally.upgrades + 1}`, async () => {
    for (const name of NAMES) {
      const node = nodes.find((n) => n.name === name);
      const began = Date.now();
      await leave(node);
      await takenOver(node, began);
      await start(name);
    }
  });
  tally.upgrades += 1;
  say('every process was replaced in turn');
}

try {
  world = await World.open({ mailboxes: wanted.mailboxes, say, start: async (w) => { world = w; return start(NAMES[0]); } });
  for (const name of NAMES.slice(1)) await start(name);
  const customers = new Customers(world, chance.fork());
  const open = () => nodes.filter((n) => alive(n) && states(n.child.pid) !== 'T').map((n) => n.url);
  const agents = new Agents(world, chance.fork(), open);
  for (const who of world.agents) who.patience = 15_000;
  const quiet = new AbortController();
  const load = [customers.run(quiet.signal), ...world.agents.map((who) => agents.run(who, quiet.signal))];
  for (const work of load) work.catch((error) => { console.error(`the load broke: ${error.stack}`); process.exitCode = 1; });
  say(program === PROGRAM ? 'load; every process is replaced in turn' : 'load; every process is replaced in turn, by another build');
  await upgrade();
  say(`mailboxes of the nodes: ${await Promise.all(nodes.map(held))}`);
  for (let round = 0; round < wanted.rounds; round += 1) {
    await kill();
    // A short run freezes at both places of sending; a long one everywhere.
    await freeze(FREEZES[(2 * round) % FREEZES.length]);
    await freeze(FREEZES[(2 * round + 1) % FREEZES.length]);
    if (round > 0) await upgrade();
    say(`${customers.sent.length} mails sent, ${agents.written.length} replies written`);
  }
  quiet.abort();
  await Promise.all(load);
  say('quiet; waiting for the outbox to settle');
  await settled(database, { sent: customers.sent, say });
  const result = await count({ world, database, sent: customers.sent, written: agents.written, cut: tally.cut });
  const signIn = () => world.desk.signedIn(ADMIN);
  world.desk.url = nodes[0].url;
  result.troubles.push(...troubles, ...doors.troubles, ...agents.refused, ...await compared({ world, database, signIn }));
  if (verdict(result) && !process.exitCode) code = 0;
  console.log(`rolling upgrades ${tally.upgrades}, longest takeover ${tally.longest.toFixed(1)} s, cut between DATA and the answer ${tally.cut.size}; /readyz asked ${doors.asked} times while upgrading, nobody ready for ${(doors.longest / 1000).toFixed(1)} s at most`);
  console.log(lastLine(result, `kills ${tally.kills} freezes ${tally.freezes} late ${tally.late} seed ${wanted.seed}`));
} catch (error) {
  console.error(error.stack);
} finally {
  await Promise.all(nodes.filter((n) => n !== world?.mailkeep && alive(n)).map((n) => n.kill()));
  await world?.close({ keep: code !== 0 });
  process.exit(code);
}
