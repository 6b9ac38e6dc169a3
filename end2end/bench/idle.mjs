// Many mailboxes at rest, and a start with many: memory and CPU of each, beside imapflow.
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Desk } from '../support/desk.mjs';
import { pause, until } from '../support/rig.mjs';
import { PASSWORD, servers, start, used } from './mailkeep.mjs';
import { PEERS } from './peers.mjs';
import { within } from './rig.mjs';
import { mib, number, seconds, table } from './table.mjs';

const here = new URL('.', import.meta.url).pathname;
/** Resident memory that is a process's own or its share of what it shares, bytes. */
const pss = (pid) => Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) * 1024;
const signedIn = (rig) => new Promise((ok) => {
  execFile('doveadm', ['-c', `${rig.env.RIG_STATE}/dovecot/dovecot.conf`, 'who', '-1'], { maxBuffer: 1 << 26 }, (error, out) => ok(new Set((out ?? '').split('\n').filter((line) => / imap /.test(line)).map((line) => line.split(' ')[0])).size));
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

/** CPU seconds a second and memory of a process that is left alone. */
async function atRest(pid, span) {
  const before = used(pid).cpu, began = Date.now();
  await pause(span);
  return { share: (used(pid).cpu - before) / ((Date.now() - began) / 1000), memory: pss(pid) };
}

async function imapflow(rig, users, span) {
  if (!await PEERS.find((peer) => peer.key === 'imapflow').version()) return null;
  const child = spawn('node', ['--expose-gc', `${here}peers/idle.mjs`, String(rig.port('DOVECOT_IMAPS')), rig.env.RIG_CA, PASSWORD], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = [];
  child.stdout.on('data', (d) => lines.push(...String(d).trim().split('\n')));
  const told = (what) => until(`imapflow says ${what}`, () => lines.includes(what), 600);
  try {
    child.stdin.write(`${users[0]}\n`);
    await told('1 idle');
    const alone = await atRest(child.pid, 1000);
    const began = Date.now();
    child.stdin.write(`${users.slice(1).join('\n')}\n`);
    await told(`${users.length} idle`);
    const wall = (Date.now() - began) / 1000;
    await pause(5000);
    child.stdin.write('collect\n');
    await told('collected');
    return { wall, each: ((await atRest(child.pid, span)).memory - alone.memory) / (users.length - 1), ...await atRest(child.pid, span) };
  } finally {
    const gone = new Promise((ok) => { child.once('exit', ok); });
    child.stdin.end();
    await gone;
  }
}

/** Mailboxes connected and idle, and how long a start takes until all of them are signed in. */
export async function idle({ work, mailboxes, say, build, short }) {
  const span = short ? 2_000 : 30_000;
  return within(work, say, async (rig) => {
    const users = Array.from({ length: mailboxes }, (_, n) => `idle${n}@bench.example`);
    for (let n = 0; n < users.length; n += 200) await rig.users(...users.slice(n, n + 200).map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
    const env = { MAILKEEP_SESSIONS: String(mailboxes + 100) };
    const all = () => until(`${mailboxes} mailboxes are signed in`, async () => await signedIn(rig) >= mailboxes, 600, 200);
    let mailkeep = await start(rig, work, env);
    try {
      const bare = await atRest(mailkeep.child.pid, 2_000);
      await connect(rig, mailkeep, users, say);
      await all();
      await mailkeep.stop();
      mailkeep = await start(rig, work, env);
      await all();
      const wall = (Date.now() - mailkeep.began) / 1000, { cpu } = used(mailkeep.child.pid);
      say(`${mailboxes} mailboxes signed in ${wall.toFixed(1)} s after the start`);
      await pause(short ? 2_000 : 70_000);
      const ours = await atRest(mailkeep.child.pid, span);
      await mailkeep.stop();
      mailkeep = null;
      const theirs = await imapflow(rig, users, span);
      if (!theirs) say('imapflow is not installed: its row is left out');
      const row = (name, it, each, from) => [name, mib(each), mib(it.memory), `${(100 * it.share).toFixed(2)} %`, seconds(from)];
      return `${number(mailboxes)} mailboxes, each signed in and in IDLE over TLS, nothing arriving; ${build}. Memory is the proportional set; a mailbox's is what all of them add, divided.
CPU is a share of one core over ${span / 1000} s. A start counts from the program's beginning to the last sign-in (${seconds(cpu)} of CPU).

${table(['', 'memory a mailbox', 'memory in all', 'CPU at rest', 'all signed in after'], [
    row('**Mailkeep**', ours, (ours.memory - bare.memory) / mailboxes, wall),
    ...(theirs ? [row('imapflow', theirs, theirs.each, theirs.wall)] : []),
  ])}`;
    } finally {
      await mailkeep?.stop();
    }
  });
}
