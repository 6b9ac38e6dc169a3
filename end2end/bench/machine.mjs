// The machine that is measured, and when it is not fit for it.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';

const GIB = 2 ** 30;
/** The bench's own folder: there while it runs, and after a run that was cut short. */
export const WORK = '/tmp/mailkeep-bench';

export const available = () => Number(/MemAvailable:\s+(\d+)/.exec(fs.readFileSync('/proc/meminfo', 'utf8'))[1]) * 1024;
export function free(folder) { const { bavail, bsize } = fs.statfsSync(folder); return bavail * bsize; }

/**
 * Why the bench does not run, or null. `there` are files of a former run, `each` the bytes of disk a message.
 * A mailbox's session takes the mail server 0.7 MiB.
 */
export function refusal({ disk, memory, there, messages, mailboxes = 0, each = 250_000 }) {
  const needs = { disk: GIB + messages * each, memory: 1.5 * GIB + mailboxes * 1_000_000 };
  if (there) return `A former run left ${there}. Its rig may still be running; stop it, remove the folder, and begin again.`;
  if (disk < needs.disk) return `The bench needs ${(needs.disk / GIB).toFixed(1)} GiB under /tmp for ${messages} messages; ${(disk / GIB).toFixed(1)} GiB are free.`;
  if (memory < needs.memory) return `The bench needs ${(needs.memory / GIB).toFixed(1)} GiB of memory; ${(memory / GIB).toFixed(1)} GiB are available.`;
  return null;
}

/** How many cores are busy with other things, as seen for five seconds: the load average remembers what we did ourselves. */
export async function busy(ms = 5000) {
  const idle = () => os.cpus().reduce((sum, { times }) => sum + times.idle, 0);
  const before = idle(), began = Date.now();
  await new Promise((ok) => { setTimeout(ok, ms); });
  return Math.max(0, os.cpus().length - (idle() - before) / (Date.now() - began));
}

/** A sentence about this machine. */
export function describe() {
  const model = /model name\s*:\s*(.*)/.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? os.arch();
  const name = /PRETTY_NAME="(.*)"/.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os.type();
  const kind = execFileSync('stat', ['-f', '-c', '%T', '/tmp'], { encoding: 'utf8' }).trim();
  return `${os.cpus().length} cores (${model.trim()}), ${(os.totalmem() / GIB).toFixed(0)} GiB, ${name}, Linux ${os.release()}, /tmp on ${kind}`;
}
