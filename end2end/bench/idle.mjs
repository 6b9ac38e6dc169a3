// Mailboxes at rest at several sizes, and a start with them: memory, CPU and writes of each, beside imapflow.
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Desk } from '../support/desk.mjs';
import { pause, until } from '../support/rig.mjs';
import { copy } from './copies.mjs';
import { PASSWORD, leasesLost, servers, start, used } from './mailkeep.mjs';
import { PEERS } from './peers.mjs';
import { plan } from './plan.mjs';
import { plot } from './plot.mjs';
import { commits, pss } from './processes.mjs';
import { bends, exponent, lastStep, line } from './slope.mjs';
import { within } from './rig.mjs';
import { goal, kb, mib, number, seconds, table } from './table.mjs';

const here = new URL('.', import.meta.url).pathname;
const [MEMORY, CPU] = [60_000, 0.01];
const signedIn = (rig) => new Promise((ok) => {
  execFile('doveadm', ['-c', `${rig.env.RIG_STATE}/dovecot/dovecot.conf`, 'who', '-1'], { maxBuffer: 1 << 26 }, (error, out) => ok(new Set((out ?? '').split('\n').filter((one) => / imap /.test(one)).map((one) => one.split(' ')[0])).size));
});

/** Connects mailboxes by the console's forms, some at a time, each the way told; the desk, which knows their numbers. */
export async function connect(rig, mailkeep, users, say, way = () => servers(rig)) {
  const first = await new Desk(mailkeep).open({ providers: [] });
  const left = [...users];
  let done = 0;
  first.ids = {};
  await Promise.all(Array.from({ length: 6 }, async () => {
    const desk = new Desk(mailkeep);
    desk.admin = desk.visitor();
    desk.admin.jar = first.admin.jar.map((cookie) => ({ ...cookie }));
    for (let user = left.shift(); user; user = left.shift()) {
      first.ids[user] = await desk.byPassword(user, { password: PASSWORD, provider: 'other', servers: way(user) });
      done += 1;
      if (done % 100 === 0 || done === users.length) say(`${done} mailboxes are connected`);
    }
  }));
  return first;
}

/** CPU seconds a second and memory of a process that is left alone; `counter` is asked before and after. */
async function atRest(pid, span, counter = () => 0) {
  const before = used(pid).cpu, counted = counter(), began = Date.now();
  await pause(span);
  const passed = (Date.now() - began) / 1000;
  return { share: (used(pid).cpu - before) / passed, writes: (counter() - counted) / passed * 60, memory: pss(pid) };
}

async function imapflow(rig, users, span) {
  if (!await PEERS.find((peer) => peer.key === 'imapflow').version()) return null;
  const child = spawn('node', ['--expose-gc', `${here}peers/idle.mjs`, String(rig.port('DOVECOT_IMAPS')), rig.env.RIG_CA, PASSWORD], { stdio: ['pipe', 'pipe', 'inherit'] });
  let lines = [];
  child.stdout.on('data', (d) => lines.push(...String(d).trim().split('\n')));
  const told = (what) => until(`imapflow says ${what}`, () => lines.includes(what), 600);
  const collect = async () => { lines = []; await pause(5000); child.stdin.write('collect\n'); await told('collected'); };
  try {
    child.stdin.write(`${users[0]}\n`);
    await told('1 idle');
    await collect();
    const alone = await atRest(child.pid, 1000);
    const began = Date.now();
    child.stdin.write(`${users.slice(1).join('\n')}\n`);
    await told(`${users.length} idle`);
    const wall = (Date.now() - began) / 1000;
    await collect();
    const found = await atRest(child.pid, span);
    return { mailboxes: users.length, wall, each: (found.memory - alone.memory) / (users.length - 1), ...found };
  } finally {
    const gone = new Promise((ok) => { child.once('exit', ok); });
    child.stdin.end();
    await gone;
  }
}

/** So many mailboxes signed in by a fresh start, and then left alone. */
async function measured(rig, work, env, mailboxes, { settle, span, say }) {
  const mailkeep = await start(rig, work, env);
  try {
    await until(`${mailboxes} mailboxes are signed in`, async () => await signedIn(rig) >= mailboxes, 600, 200);
    const wall = (Date.now() - mailkeep.began) / 1000, { cpu } = used(mailkeep.child.pid);
    await pause(settle);
    const rest = await atRest(mailkeep.child.pid, span, () => commits(`${work}/data/mailkeep.db`));
    const found = { mailboxes, wall, cpu, ...rest, lost: leasesLost(fs.readFileSync(mailkeep.log, 'utf8')) };
    say(`${mailboxes} mailboxes: signed in ${wall.toFixed(1)} s after the start, then ${mib(found.memory)}, ${(100 * found.share).toFixed(2)} % of a core, ${found.writes.toFixed(0)} commits a minute`);
    return found;
  } catch (error) {
    throw new Error(`${error.message}\n${mailkeep.lastWords()}`);
  } finally {
    await mailkeep.stop();
  }
}

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const row = (name, it, each) => [name, mib(it.memory), each === null ? '' : kb(each), percent(it.share), it.writes === undefined ? '' : number(it.writes), it.wall === null ? '' : seconds(it.wall), it.lost === undefined ? '' : number(it.lost)];

/** Mailboxes connected and idle at several sizes, how long a start takes until all are signed in, and what follows for more. */
export async function idle({ work, mailboxes, say, build, short, draw }) {
  const sizes = short ? [Math.ceil(mailboxes / 2), mailboxes] : [mailboxes / 100, mailboxes / 10, mailboxes].map(Math.ceil);
  // A whole round of what is asked by timer: folders of sent mail every two minutes.
  const times = { settle: short ? 2_000 : 70_000, span: short ? 2_000 : 120_000, say };
  return within(work, say, async (rig) => {
    const users = Array.from({ length: mailboxes }, (_, n) => `idle${n}@bench.example`);
    for (let n = 0; n < users.length; n += 200) await rig.users(...users.slice(n, n + 200).map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
    const env = { MAILKEEP_SESSIONS: String(mailboxes + 100) };
    const first = Math.min(sizes[0], 20);
    let bare, form, there = first;
    const mailkeep = await start(rig, work, env);
    try {
      bare = await atRest(mailkeep.child.pid, times.span, () => commits(`${work}/data/mailkeep.db`));
      const began = Date.now();
      await connect(rig, mailkeep, users.slice(0, first), say);
      form = (Date.now() - began) / first;
      await until(`${first} mailboxes are signed in`, async () => await signedIn(rig) >= first, 600, 200);
    } finally {
      await mailkeep.stop();
    }
    const points = [];
    for (const size of sizes) {
      if (size > there) {
        copy(work, users[0], users.slice(there, size).map((address) => ({ address, password: PASSWORD })));
        there = size;
        // Their first sign-in finds folders and makes rows: a fresh start of a desk at work is what is measured.
        await measured(rig, work, env, size, { ...times, settle: short ? 2_000 : 20_000, span: 1_000 });
      }
      points.push(await measured(rig, work, env, size, times));
    }
    const theirs = await imapflow(rig, users.slice(0, Math.ceil(mailboxes / 4)), times.span);
    if (!theirs) say('imapflow is not installed: its row is left out');
    return told({ bare, points, theirs, form, first, build, span: times.span / 1000, draw });
  });
}

function told({ bare, points, theirs, form, first, build, span, draw }) {
  const of = (what, from = points) => from.map((p) => [p.mailboxes, p[what]]);
  const withBare = (what) => of(what, [{ mailboxes: 0, ...bare }, ...points]);
  const last = points.at(-1), slope = line(withBare('memory')).each;
  const picture = draw('growth-mailboxes', 'Memory, and seconds until all are signed in, over the number of mailboxes, both axes logarithmic', plot({ x: 'mailboxes', panels: [
    { title: 'Memory at rest', unit: 'MiB', lines: [{ name: 'in all', points: of('memory').map(([x, y]) => [x, y / 2 ** 20]) }] },
    { title: 'Start', unit: 's', lines: [{ name: 'all signed in', points: of('wall') }, { name: 'CPU till then', points: of('cpu') }] },
  ] }));
  return `Mailboxes signed in and in IDLE over TLS, nothing arriving; ${build}, SQLite. Memory is the proportional set; a mailbox's is what was added since the row before, divided.
CPU is a share of one core over ${span} s, commits are the database's in that time. A start counts from the program's beginning to the last sign-in; it signs in as fast as the server lets it, within the sessions allowed with one host (\`MAILKEEP_SESSIONS\`).
${number(first)} mailboxes were connected by the console's forms (${number(form)} ms each, six at a time), the others are copies of their rows.

${table(['', 'memory in all', 'memory a mailbox', 'CPU at rest', 'commits a minute', 'all signed in after', 'leases lost'], [
    row('Mailkeep, none', { ...bare, wall: null }, null),
    ...points.map((p, n) => row(`**Mailkeep**, ${number(p.mailboxes)}`, p, lastStep([n ? [points[n - 1].mailboxes, points[n - 1].memory] : [0, bare.memory], [p.mailboxes, p.memory]]))),
    ['power of the last step', exponent(of('memory')).toFixed(2), '', '', '', exponent(of('wall')).toFixed(2), ''],
    ...(theirs ? [row(`imapflow, ${number(theirs.mailboxes)}`, { ...theirs, writes: undefined }, theirs.each)] : []),
  ])}

${goal(`Memory a mailbox, by least squares over all sizes: ${kb(slope)}`, '60 KB', slope < MEMORY)} ${goal(`By the last step: ${kb(lastStep(of('memory')))}`, '60 KB', lastStep(of('memory')) < MEMORY)} ${goal(`CPU at rest with ${number(last.mailboxes)}: ${percent(last.share)}`, '1 %', last.share < CPU)}
${bends([{ name: 'Memory', points: of('memory') }, { name: 'The time to sign in all', points: of('wall') }, { name: 'The CPU of a start', points: of('cpu') }])}${picture}

${plan({ memory: line(withBare('memory')), cpu: line(withBare('share')), writes: line(withBare('writes')), rate: last.mailboxes / last.wall, at: last.mailboxes })}`;
}
