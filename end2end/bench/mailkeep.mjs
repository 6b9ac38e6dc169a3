// Mailkeep in the bench: the shipped program, told as an admin tells it, and read as an operator reads it - by its log.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Mailkeep, residence } from '../support/mailkeep.mjs';
import { Desk } from '../support/desk.mjs';
import { until } from '../support/rig.mjs';

export const PASSWORD = 'bench-pass';
/** Without escape codes, which the log has even in a file. */
const ENV = { NO_COLOR: '1' };
const TICK = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU seconds so far and peak memory in bytes of a process. */
export function used(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICK, rss: residence(pid).peak };
}

export const start = (rig, work, env = {}, args = []) => Mailkeep.start(rig, { data: `${work}/data`, logFile: `${work}/mailkeep.log`, clocked: false, env: { ...ENV, ...env }, args });

/** How a copy of a data folder is started: it would be silent. */
export const COPY = ['--take-over'];

/** Where everybody goes: straight to Dovecot and Postfix, no stand-in of a provider between. */
export const servers = (rig) => ({
  in_host: 'localhost', in_port: String(rig.port('DOVECOT_IMAPS')), in_tls: 'implicit', out_host: 'localhost', out_port: String(rig.port('SUBMISSIONS')), out_tls: 'implicit',
});

/** Makes a data folder with these mailboxes connected, each of which has fetched one message and is empty now. */
export async function connected(rig, addresses, work, env) {
  await rig.users(...addresses.map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
  const mailkeep = await start(rig, work, env);
  try {
    const desk = await new Desk(mailkeep).open({ providers: [] });
    for (const address of addresses) {
      await desk.byPassword(address, { password: PASSWORD, provider: 'other', servers: servers(rig) });
      await rig.send({ from: 'first@customer.example', to: address, subject: `Before ${address}`, text: 'One before the outage.\n' });
    }
    for (const address of addresses) await desk.ticket(`Before ${address}`, { seconds: 120 });
  } catch (error) {
    throw new Error(`${error.message}\n${mailkeep.lastWords()}`);
  } finally {
    await mailkeep.stop();
  }
  for (const address of addresses) await rig.call('/mail/expunge', { user: address });
}

/** What a commit survives, as the program read it back from its database; anything less is no figure. */
export function durable(log) {
  const said = /opened the database durability="?([^"\n]*)/.exec(log)?.[1];
  if (!['journal_mode=wal synchronous=2', 'synchronous_commit=on fsync=on'].includes(said)) throw new Error(`Mailkeep did not open its database with full durability: ${said}`);
  return said;
}

/** How often a node could not renew its lease and let go of all its mailboxes, by its log. */
export const leasesLost = (log) => log.match(/ERROR.*: the lease (could not be renewed|ran out)/g)?.length ?? 0;

/** Reads the lines that came since the last time: nothing twice, as reading takes time from what is measured. */
export function lines(path) {
  const file = fs.openSync(path, 'r'), room = Buffer.alloc(1 << 20);
  let at = 0, rest = '';
  return () => {
    let got, found = [];
    while ((got = fs.readSync(file, room, 0, room.length, at)) > 0) {
      at += got;
      const parts = (rest + room.toString('latin1', 0, got)).split('\n');
      rest = parts.pop();
      found = found.concat(parts);
    }
    return found;
  };
}

const MARKS = { committed: /^(\S+) .*: fetched .*stored=(\d+)/, threaded: /^(\S+) .*: took in all that waited messages=(\d+)/, searchable: /^(\S+) .*: indexed for search messages=(\d+)/ };

/**
 * Starts it on mailboxes in which `expected` messages wait and follows its log, whose lines come after the commits they
 * tell of. Gives for each mark wall time from the program's start, CPU and peak memory up to there.
 */
export async function catchUp(rig, expected, work, { env, seconds = 600 } = {}) {
  fs.rmSync(`${work}/mailkeep.log`, { force: true });
  const mailkeep = await start(rig, work, env, COPY);
  try {
    const found = {}, sums = {}, next = lines(mailkeep.log);
    await until(`all ${expected} messages are committed, threaded and searchable`, () => {
      for (const line of next()) {
        for (const [mark, pattern] of Object.entries(MARKS)) {
          const told = pattern.exec(line);
          if (!told) continue;
          sums[mark] = (sums[mark] ?? 0) + Number(told[2]);
          if (sums[mark] >= expected) found[mark] ??= { messages: expected, wall: (Date.parse(told[1]) - mailkeep.began) / 1000, ...used(mailkeep.child.pid) };
        }
      }
      if (mailkeep.child.exitCode !== null) throw Object.assign(new Error(`Mailkeep ended: ${mailkeep.lastWords()}`), { final: true });
      return found.searchable && found.threaded && found.committed;
    }, seconds, 25);
    durable(fs.readFileSync(mailkeep.log, 'utf8'));
    return found;
  } finally {
    await mailkeep.stop();
  }
}

/** What the ledger holds after a round; throws where a message is missing. */
export function counted(ask, expected, before) {
  const [sources, settled, found] = ask('SELECT (SELECT count(*) FROM receipt WHERE source_id IS NOT NULL), (SELECT count(*) FROM receipt WHERE settled_at IS NOT NULL), (SELECT count(*) FROM search)');
  for (const [what, count] of Object.entries({ sources, settled, found })) {
    if (count !== expected + before) throw new Error(`after the round ${count} ${what}, ${expected + before} expected`);
  }
}

/** Asks the embedded database of a stopped Mailkeep. */
export const sqlite = (work) => (sql) => JSON.parse(execFileSync('python3', ['-c', 'import json, sqlite3, sys; print(json.dumps(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchone()))', `${work}/data/mailkeep.db`, sql], { encoding: 'utf8' }));
