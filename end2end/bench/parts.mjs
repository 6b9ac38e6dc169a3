// What the bench measures. Each part gives the Markdown of its section; a part that can't be measured throws.
import * as fs from 'node:fs';
import { PEERS, download, measured } from './peers.mjs';
import * as mailkeep from './mailkeep.mjs';
import { Postgres } from './postgres.mjs';
import { downloads, median, mib, number, seconds, table } from './table.mjs';
import { fill, within } from './rig.mjs';

const MARKS = [['committed', 'every source and receipt committed'], ['threaded', 'every ticket threaded'], ['searchable', 'everything searchable']];
const marked = (name, mark) => `**${name}**: ${mark}`;

/** Says which peers are here, and which rows are left out. */
async function here(say, short) {
  const found = [];
  for (const peer of PEERS) {
    const version = await peer.version();
    if (version) found.push({ ...peer, name: `${peer.name} (${version})`, slow: peer.slow && short ? 20 : peer.slow });
    else say(`${peer.name} is not installed: its row is left out`);
  }
  return found;
}

/** The target of one goal as words. */
const goal = (what, ours, theirs, times, name) => `${what}: ${(ours / theirs).toFixed(2)} times ${name}, goal ${times.toFixed(1)}: ${ours <= theirs * times ? 'met' : 'missed'}.`;

/** One mailbox, everybody in turn, in rounds. */
export async function catchingUp({ work, messages, rounds, say, build, short }) {
  const peers = await here(say, short);
  return within(work, say, async (rig) => {
    const user = 'backlog@bench.example';
    await mailkeep.connected(rig, [user], work);
    const { bytes } = await fill(rig, user, messages);
    fs.cpSync(`${work}/data`, `${work}/template`, { recursive: true });
    const at = { work, port: rig.port('DOVECOT_IMAPS'), ca: rig.env.RIG_CA, user, password: mailkeep.PASSWORD };
    // The server indexes and the machine caches what came: nobody's figure.
    await measured(600, ['python3', new URL('peers/raw.py', import.meta.url).pathname, String(at.port), at.ca, user, at.password]);
    const rows = peers.map((peer) => ({ name: peer.name, keeps: peer.keeps, slow: peer.slow && peer.slow < messages, runs: [] }));
    const ours = MARKS.map(([mark, what]) => ({ mark, name: marked('Mailkeep', what), keeps: 'database, flushed', runs: [] }));
    let durable;
    for (let round = 1; round <= rounds; round += 1) {
      for (const [n, peer] of peers.entries()) {
        if (peer.slow && round > 1) continue;
        const run = await download(peer, at, messages, 900);
        rows[n].runs.push(run);
        say(`round ${round}: ${peer.name}: ${run.wall.toFixed(2)} s, CPU ${run.cpu.toFixed(2)} s, ${mib(run.rss)}`);
      }
      fs.rmSync(`${work}/data`, { recursive: true });
      fs.cpSync(`${work}/template`, `${work}/data`, { recursive: true });
      const found = await mailkeep.catchUp(rig, messages, work);
      durable = mailkeep.durable(fs.readFileSync(`${work}/mailkeep.log`, 'utf8'));
      mailkeep.counted(mailkeep.sqlite(work), messages, 1);
      for (const row of ours) {
        row.runs.push(found[row.mark]);
        say(`round ${round}: Mailkeep ${row.mark}: ${found[row.mark].wall.toFixed(2)} s, CPU ${found[row.mark].cpu.toFixed(2)} s, ${mib(found[row.mark].rss)}`);
      }
    }
    const base = rows.find((row) => row.name.startsWith('mbsync ('));
    const wall = (row) => median(row.runs.map((run) => run.wall));
    const peak = Math.max(...ours.flatMap((row) => row.runs.map((run) => run.rss)));
    const goals = base ? [
      goal('Committed', wall(ours[0]), wall(base), 1, 'mbsync'), goal('Threaded', wall(ours[1]), wall(base), 2, 'mbsync'),
      `Searchable: ${seconds(wall(ours[2]))}, goal 10 s: ${wall(ours[2]) <= 10 ? 'met' : 'missed'}.`, `Peak memory: ${mib(peak)}, goal 150 MiB: ${peak <= 150 * 2 ** 20 ? 'met' : 'missed'}.`,
    ] : [];
    return `${number(messages)} messages (${mib(bytes)} on the wire) that came while nobody looked, from Dovecot over TLS on the same machine; medians of ${rounds} interleaved round${rounds > 1 ? 's' : ''}.
Wall time from the program's start to its end; Mailkeep's to each of three marks of one run, ${build}, SQLite with ${durable} as read back by the program.
CPU and peak memory are the client's alone.

${downloads([...rows, ...ours], base?.name ?? rows[0].name)}

${goals.join(' ')}`;
  });
}

/** The same backlog on PostgreSQL, and spread over 20 mailboxes on either database. */
export async function databases({ work, messages, rounds, say, build, short }) {
  const mailboxes = short ? 4 : 20;
  const postgres = await Postgres.start(work);
  if (!postgres) say('PostgreSQL is not installed: its rows are left out');
  try {
    return await within(work, say, async (rig) => {
      const runs = new Map();
      const kinds = [['SQLite', undefined], ...(postgres ? [[`PostgreSQL ${postgres.version}`, postgres]] : [])];
      const sets = [1, mailboxes].map((count) => ({ count, users: Array.from({ length: count }, (_, n) => `desk${n}-of-${count}@bench.example`) }));
      for (const { count, users } of sets) {
        for (const [, db] of kinds) {
          const name = db ? `with${count}` : null, folder = `${work}/${db ? 'postgres' : 'sqlite'}-${count}`;
          fs.mkdirSync(folder);
          db?.make(name);
          await mailkeep.connected(rig, users, folder, db ? { MAILKEEP_DATABASE: db.url(name) } : {});
          fs.renameSync(`${folder}/data`, `${folder}/template`);
        }
        for (const [n, user] of users.entries()) await fill(rig, user, messages / count, n + 1);
      }
      for (let round = 1; round <= rounds; round += 1) {
        for (const { count } of sets) {
          for (const [kind, db] of kinds) {
            const folder = `${work}/${db ? 'postgres' : 'sqlite'}-${count}`;
            fs.rmSync(`${folder}/data`, { recursive: true, force: true });
            fs.cpSync(`${folder}/template`, `${folder}/data`, { recursive: true });
            db?.make('now', `with${count}`);
            const found = await mailkeep.catchUp(rig, messages, folder, { env: db ? { MAILKEEP_DATABASE: db.url('now') } : {} });
            mailkeep.counted(db ? db.ask('now') : mailkeep.sqlite(folder), messages, count);
            say(`round ${round}: ${kind}, ${count} mailboxes: ${Object.entries(found).map(([mark, run]) => `${mark} ${run.wall.toFixed(2)} s`).join(', ')}`);
            const name = `${kind}, ${count === 1 ? 'one mailbox' : `${count} mailboxes at once`}`;
            runs.set(name, [...(runs.get(name) ?? []), found]);
          }
        }
      }
      const of = (list, mark, what) => median(list.map((found) => found[mark][what]));
      return `${number(messages)} messages in one mailbox and spread over ${mailboxes}, ${build}; medians of ${rounds} interleaved round${rounds > 1 ? 's' : ''}, both databases flushing every commit.
CPU and memory are Mailkeep's alone; PostgreSQL's own are not in them.

${table(['', 'committed', 'threaded', 'searchable', 'CPU', 'peak memory'], [...runs].map(([name, list]) => [name, ...MARKS.map(([mark]) => seconds(of(list, mark, 'wall'))), seconds(of(list, 'searchable', 'cpu')), mib(of(list, 'searchable', 'rss'))]))}`;
    });
  } finally {
    postgres?.stop();
  }
}
