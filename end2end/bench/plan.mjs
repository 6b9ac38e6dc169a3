// More mailboxes than were measured, on several nodes: reckoned from the measured slopes, a plan on paper.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../support/rig.mjs';
import { mib, number, seconds, table } from './table.mjs';

/** A number of milliseconds or a `Duration::from_secs` in the program's source. */
function constant(file, pattern) {
  const found = pattern.exec(fs.readFileSync(path.join(ROOT, 'server/engine/src', file), 'utf8'))?.[1];
  if (!found) throw new Error(`${file} does not say ${pattern}`);
  return Number(found.replaceAll('_', ''));
}
/** Seconds of a node's lease, and how often the others look for what a dead one had. */
export const lease = () => constant('store/nodes.rs', /LEASE: i64 = ([\d_]+)/) / 1000;
const look = () => constant('pool.rs', /LOOK_OTHERS: Duration = Duration::from_secs\((\d+)\)/);

/** The fewest nodes that sign in a dead one's mailboxes again within a lease, each as fast as was measured. */
export function nodes(mailboxes, rate, within) {
  let n = 2;
  while (mailboxes / n > rate * within * (n - 1)) n += 1;
  return n;
}

/**
 * `memory` and `cpu` of a node and `writes` a minute as lines `{fixed, each}`, `rate` sign-ins a second, `at` the largest
 * size that was measured.
 */
export function plan({ memory, cpu, writes, rate, at }, sizes = [10_000, 100_000]) {
  const within = lease();
  const rows = sizes.map((mailboxes) => {
    const n = nodes(mailboxes, rate, within), share = mailboxes / n, after = mailboxes / (n - 1);
    const on = (slope, count) => slope.fixed + slope.each * count;
    return [number(mailboxes), number(n), number(share), mib(on(memory, share)), mib(on(memory, after)), `${(100 * Math.max(0, on(cpu, share))).toFixed(1)} %`, number(mailboxes),
      `${(share / within / (n - 1)).toFixed(1)}`, number(Math.max(0, n * writes.fixed + mailboxes * writes.each))];
  });
  return `Reckoned, not run: more mailboxes on nodes that share a PostgreSQL, from the slopes above (memory ${mib(memory.fixed)} and ${(memory.each / 1000).toFixed(1)} KB a mailbox; ${rate.toFixed(1)} sign-ins a second, measured with the mail server on the same cores).
Nodes are the fewest that sign in a dead one's mailboxes again within one more lease (${seconds(within)}) after the ${seconds(within + look())} in which they notice; the database's commits at rest were counted on SQLite. Sizes above ${number(at)} on one node were not tried.

${table(['mailboxes', 'nodes', 'mailboxes a node', 'memory a node', 'after one died', 'CPU a node, of one core', 'sessions in all', 'sign-ins a second, each survivor', 'commits a minute'], rows)}`;
}
