// A start with many mailboxes that sign in by tokens: until every one is watched, and who needed the CPU.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Desk, APP } from '../support/desk.mjs';
import { until } from '../support/rig.mjs';
import { copy } from './copies.mjs';
import { leasesLost, sqlite, start, used } from './mailkeep.mjs';
import { commits, spent } from './processes.mjs';
import { within } from './rig.mjs';
import { goal, number, seconds, table } from './table.mjs';

const PASSWORD = 'token-pass', GOAL = 60;

/** Changes the embedded database of a stopped Mailkeep. */
const change = (work, sql) => execFileSync('python3', ['-c', 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()', `${work}/data/mailkeep.db`, sql]);

/** Mailboxes that went into IDLE since the counts were reset. */
const watched = async (rig) => Object.values((await rig.call('/front/stats', {})).counts).filter((one) => one.imap?.commands?.IDLE).length;

async function measured(rig, work, env, mailboxes, say) {
  // Once more where the connection kept alive ended while the database was asked, which nothing runs beside.
  await until('the counts are reset', () => rig.call('/front/reset-stats', {}));
  const before = spent(rig);
  const mailkeep = await start(rig, work, env);
  try {
    await until(`${mailboxes} mailboxes are watched`, async () => await watched(rig) >= mailboxes, 900, 250);
    const wall = (Date.now() - mailkeep.began) / 1000, after = spent(rig);
    const cpu = { Mailkeep: used(mailkeep.child.pid).cpu, ...Object.fromEntries(Object.keys(before).map((role) => [role, after[role] - before[role]])) };
    const written = commits(`${work}/data/mailkeep.db`);
    say(`${mailboxes} mailboxes are watched ${wall.toFixed(1)} s after the start; ${written} commits; CPU: ${Object.entries(cpu).map(([role, n]) => `${role} ${n.toFixed(1)} s`).join(', ')}`);
    return { wall, cpu, written, lost: leasesLost(fs.readFileSync(mailkeep.log, 'utf8')) };
  } catch (error) {
    throw new Error(`${error.message}\n${mailkeep.lastWords()}`);
  } finally {
    await mailkeep.stop();
    const [valid] = sqlite(work)(`SELECT count(*) FROM grants WHERE lost_at IS NULL AND access_expires_at > ${Date.now()}`);
    if (valid < mailboxes) say(`${valid} of ${mailboxes} grants have a valid token`);
  }
}

/** What bounds a run: a sentence from its figures. */
export function bound({ wall, cpu }, cores) {
  const all = Object.values(cpu).reduce((sum, n) => sum + n, 0), busy = all / (wall * cores), share = (n) => `${Math.round(100 * n)} %`;
  const rig = 1 - cpu.Mailkeep / all, front = cpu.front / wall;
  const known = `these processes kept ${share(busy)} of ${cores} cores busy, ${share(rig)} of that the rig's`;
  if (front > 0.8) return `The rig's front, one process on one core, was at work ${share(front)} of the time and bounds the figure; ${known}.`;
  if (busy > 0.8) return `The machine bounds the figure: ${known}.`;
  return `Of the CPU, ${known}.`;
}

export async function comingUp({ work, mailboxes, say, build, cores }) {
  return within(work, say, async (rig) => {
    const users = Array.from({ length: mailboxes }, (_, n) => `token${n}@bench-tokens.example`), made = [];
    for (let n = 0; n < users.length; n += 200) made.push(...await rig.users(...users.slice(n, n + 200).map((email) => ({ email, password: PASSWORD, oauth: true, provider: 'microsoft' }))));
    // The rig's own tokens live a minute, to be tested; a provider's an hour.
    await rig.call('/idp/config', { provider: 'microsoft', accessTtl: 3600 });
    const env = { MAILKEEP_SESSIONS: String(mailboxes + 100) };
    const mailkeep = await start(rig, work, env);
    let form;
    try {
      const desk = await new Desk(mailkeep).open({ providers: ['microsoft'] });
      const began = Date.now();
      await desk.bySignIn(users[0], { password: PASSWORD });
      form = Date.now() - began;
      await until('the first is watched', async () => await watched(rig) >= 1, 60);
    } finally {
      await mailkeep.stop();
    }
    const minted = [];
    for (let n = 1; n < users.length; n += 200) minted.push(...await rig.call('/idp/mint', { accounts: users.slice(n, n + 200), client: APP.clientId }));
    copy(work, users[0], users.slice(1).map((address, n) => ({ address, tokens: minted[n], object: made[n + 1].oid })));
    // Their first sign-in finds folders and makes rows: a fresh start of a desk at work is what is measured.
    await measured(rig, work, env, mailboxes, say);
    const valid = await measured(rig, work, env, mailboxes, say);
    change(work, 'UPDATE grants SET access_expires_at = 0, refresh_due_at = 0');
    const over = await measured(rig, work, env, mailboxes, say);
    const [renewed] = sqlite(work)('SELECT count(*) FROM grants WHERE access_expires_at > 0');
    if (renewed < mailboxes) throw new Error(`${renewed} of ${mailboxes} grants were renewed`);
    const line = (name, { wall, cpu, written, lost }) => [name, seconds(wall), (mailboxes / wall).toFixed(1), (written / mailboxes).toFixed(1), number(lost), ...Object.values(cpu).map(seconds)];
    return `${number(mailboxes)} mailboxes at a provider of the rig's that is shaped as Microsoft, each with a sign-in and tokens of its own, from the program's start until every one is in IDLE; ${build}, SQLite.
Mailkeep has no rate of its own: it signs in as fast as provider and mail server answer, within the sessions allowed with one host (\`MAILKEEP_SESSIONS\`, here ${number(mailboxes + 100)}).
One mailbox was connected by the provider's sign-in through the console (${seconds(form / 1000)}), the others are copies of its rows with tokens of their own.

${table(['', 'all watched after', 'sign-ins a second', 'commits a mailbox', 'leases lost', ...Object.keys(valid.cpu).map((role) => `CPU, ${role}`)], [
    line('tokens that are still good', valid), line('after an hour off: every token is renewed first', over),
  ])}

${goal(`Tokens still good: ${seconds(valid.wall)}`, `${GOAL} s`, valid.wall < GOAL)} ${goal(`Every token renewed: ${seconds(over.wall)}`, `${GOAL} s`, over.wall < GOAL)} ${bound(over, cores)}`;
  });
}
