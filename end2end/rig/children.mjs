// The programs of the rig as children of one process. Each asks the kernel to be ended when that process dies,
// so that even a SIGKILL leaves no server behind.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';

const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1', '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find((f) => fs.existsSync(f));
const here = new URL('.', import.meta.url).pathname;
const children = new Map();
let stopping = false;

export const clockEnv = (state) => ({ LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: `${state}/clock`, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' });

// Moves the providers' (and, by the same file, Mailkeep's) clock. A reader must never meet half a file.
export function setClock(state, offset) {
  fs.writeFileSync(`${state}/clock~`, `${offset}\n`, { mode: 0o644 });
  fs.renameSync(`${state}/clock~`, `${state}/clock`);
}

function launch(name, command, args, state, options = {}) {
  const log = fs.openSync(`${state}/logs/${name}.log`, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], { cwd: state, ...options, stdio: ['ignore', log, log, ...(options.ipc ? ['ipc'] : [])] });
  fs.closeSync(log);
  children.set(name, child);
  child.on('exit', (code, signal) => { children.delete(name); if (!stopping) console.error(`${name} ended (${signal ?? code}); see ${state}/logs/${name}.log`); });
  return child;
}

export const startIdp = (flavour, port, state, secret) => new Promise((ok, no) => {
  const child = launch(`idp-${flavour}`, process.execPath, [`${here}idp/server.mjs`], state, { ipc: true, env: {
    PATH: process.env.PATH, NODE_ENV: 'production', NODE_NO_WARNINGS: '1', FLAVOUR: flavour, PORT: String(port), DOVECOT_SECRET: secret, ...clockEnv(state) } });
  child.once('message', () => ok());
  child.once('exit', (code) => no(new Error(`the ${flavour} provider did not start (${code})`)));
});

export function startDovecot(state) {
  return launch('dovecot-start', '/usr/sbin/dovecot', ['-F', '-c', `${state}/dovecot/dovecot.conf`], state, { detached: true });
}

export function startPostfix(state) {
  const uid = +/^postfix:[^:]*:(\d+)/m.exec(fs.readFileSync('/etc/passwd', 'utf8'))[1];
  const gid = +/^postdrop:[^:]*:(\d+)/m.exec(fs.readFileSync('/etc/group', 'utf8'))[1];
  const make = (path, mode, owner = uid, group = 0) => { fs.mkdirSync(path, { recursive: true }); fs.chownSync(path, owner, group); fs.chmodSync(path, mode); };
  const queue = `${state}/postfix/queue`;
  // what `postfix check` would make, a second faster
  make(queue, 0o755, 0);
  make(`${queue}/pid`, 0o755, 0);
  for (const d of ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming', 'private', 'saved', 'trace']) make(`${queue}/${d}`, 0o700);
  make(`${queue}/maildrop`, 0o1730, uid, gid);
  make(`${queue}/public`, 0o2710, uid, gid);
  make(`${state}/postfix/data`, 0o700);
  // Postfix's master changes its effective user, which makes the kernel forget whose death was to end it; the shell remembers
  const guard = 'trap \'kill -TERM $master\' TERM; /usr/lib/postfix/sbin/master -s -c "$1" & master=$!; wait; wait';
  launch('postfix-start', '/bin/bash', ['-c', guard, 'postfix', `${state}/postfix/etc`], state, { detached: true, env: { PATH: process.env.PATH, MAIL_CONFIG: `${state}/postfix/etc` } });
}

export async function waitFor(port, seconds = 15) {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const open = await new Promise((ok) => { const s = net.connect(port, '127.0.0.1', () => { s.destroy(); ok(true); }); s.on('error', () => ok(false)); });
    if (open) return;
    await new Promise((ok) => { setTimeout(ok, 20); });
  }
  throw new Error(`nothing listens on port ${port}`);
}

export async function stopAll() {
  stopping = true;
  const gone = (child) => child.exitCode !== null || child.signalCode !== null;
  const all = [...children.values()];
  all.forEach((c) => c.kill('SIGTERM'));
  const end = Date.now() + 600;
  while (Date.now() < end && !all.every(gone)) await new Promise((ok) => { setTimeout(ok, 20); });
  // Dovecot's master takes one to three seconds to notice that its children are gone; the group is ours to end
  for (const c of all.filter((each) => !gone(each))) { try { process.kill(-c.pid, 'SIGKILL'); } catch { c.kill('SIGKILL'); } }
}
