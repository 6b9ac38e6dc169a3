// What the kernel says of processes: their memory, and whose CPU time it was.
import * as fs from 'node:fs';
import { used } from './mailkeep.mjs';

/** Resident memory that is a process's own or its share of what it shares, bytes. */
export const pss = (pid) => Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1]) * 1024;

function all() {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
      return [{ pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command: fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ') }];
    } catch { return []; }
  });
}

const ROLES = { 'identity provider': /idp\/server\.mjs/, Dovecot: /dovecot/ };

/** The rig's processes by what they do: `{front: [pid, ...], 'identity provider': [...], Dovecot: [...]}`. */
export function roles(rig) {
  const root = Number(fs.readFileSync(`${rig.env.RIG_STATE}/pid`, 'utf8')), found = { front: [root] };
  const here = all();
  let family = new Set([root]);
  for (let grown = true; grown;) {
    const next = new Set([...family, ...here.filter(({ parent }) => family.has(parent)).map(({ pid }) => pid)]);
    grown = next.size > family.size;
    family = next;
  }
  for (const [role, pattern] of Object.entries(ROLES)) found[role] = here.filter(({ pid, command }) => pid !== root && family.has(pid) && pattern.test(command)).map(({ pid }) => pid);
  return found;
}

/** CPU seconds so far of the rig's processes, by role. */
export const spent = (rig) => Object.fromEntries(Object.entries(roles(rig)).map(([role, pids]) => [role, pids.reduce((sum, pid) => { try { return sum + used(pid).cpu; } catch { return sum; } }, 0)]));

/** Transactions that an SQLite database has seen, by the counter in its index of the log; wraps at 2^32. */
export function commits(database) {
  const head = Buffer.alloc(12), file = fs.openSync(`${database}-shm`, 'r');
  try { fs.readSync(file, head, 0, 12, 0); } finally { fs.closeSync(file); }
  return head.readUInt32LE(8);
}
