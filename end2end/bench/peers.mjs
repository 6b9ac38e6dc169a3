// What people use today, each told to download one mailbox over TLS: how it is started, and how many messages it got.
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const here = new URL('.', import.meta.url).pathname;

const output = (command, ...args) => new Promise((ok) => {
  execFile(command, args, { timeout: 20_000 }, (error, out, err) => ok(error && !out && !err ? null : `${out}${err}`));
});
const version = async (command, args, pattern) => pattern.exec(await output(command, ...args) ?? '')?.[1] ?? null;
const files = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && /(^|\/)(cur|new)$/.test(entry.parentPath ?? entry.path)).length;
const imapflow = () => {
  try { return JSON.parse(fs.readFileSync(`${here}node_modules/imapflow/package.json`, 'utf8')).version; } catch { return null; }
};

/** Runs a command under measure.py; wall and CPU in seconds, peak memory in bytes. */
export async function measured(seconds, command, { env = {}, codes = [0] } = {}) {
  const found = await new Promise((ok, no) => {
    execFile('python3', [`${here}measure.py`, String(seconds), ...command], { maxBuffer: 1 << 24, env: { ...process.env, ...env } }, (error, out) => (error ? no(error) : ok(JSON.parse(out))));
  });
  if (!codes.includes(found.code)) throw new Error(`${path.basename(command[0])} ended with ${found.code}: ${found.err || found.out}`);
  return found;
}

// mbsync 1.4 has options that its later versions spell differently; these are known to both.
function mbsync({ work, port, ca, user, password }, flush) {
  fs.writeFileSync(`${work}/mbsyncrc`, `FSync ${flush ? 'yes' : 'no'}

IMAPAccount rig
Host localhost
Port ${port}
User ${user}
Pass ${password}
SSLType IMAPS
CertificateFile ${ca}
AuthMechs LOGIN

IMAPStore far
Account rig

MaildirStore near
Path ${work}/mail/
Inbox ${work}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState ${work}/mail/
`, { mode: 0o600 });
  fs.mkdirSync(`${work}/mail`);
  return { command: ['mbsync', '-c', `${work}/mbsyncrc`, '-q', '-a'], got: () => files(`${work}/mail`) };
}

const counted = ({ out }) => Number(out.split(' ')[0]);
const script = (name, interpreter, ...more) => ({ port, ca, user, password }) => ({ command: [interpreter, `${here}peers/${name}`, String(port), ca, user, password, ...more], got: counted });

/** `slow`: one round, on at most so many messages. */
export const PEERS = [
  { key: 'raw', name: 'Raw socket, bytes thrown away', keeps: 'nothing', version: () => version('python3', ['--version'], /Python (\S+)/), start: script('raw.py', 'python3') },
  { key: 'batches', name: 'Python imaplib, batches of 500', keeps: 'nothing', version: () => version('python3', ['--version'], /Python (\S+)/), start: script('batches.py', 'python3') },
  { key: 'mbsync', name: 'mbsync', keeps: 'files, not flushed', version: () => version('mbsync', ['--version'], /isync (\S+)/), start: (at) => mbsync(at, false) },
  { key: 'mbsync-flushed', name: 'mbsync, flushing', keeps: 'files, flushed', version: () => version('mbsync', ['--version'], /isync (\S+)/), start: (at) => mbsync(at, true) },
  { key: 'imapflow', name: 'imapflow, one stream', keeps: 'nothing', version: imapflow, start: script('imapflow.mjs', 'node', 'stream') },
  { key: 'imapflow-one', name: 'imapflow, one by one', keeps: 'nothing', version: imapflow, start: script('imapflow.mjs', 'node', 'one') },
  {
    key: 'fetchmail', name: 'fetchmail', keeps: 'one file', version: () => version('fetchmail', ['--version'], /release (\d+\.\d+\.\d+)/), slow: 1000,
    start: ({ work, port, ca, user, password, most }) => {
      fs.writeFileSync(`${work}/fetchmailrc`, `set no bouncemail\npoll localhost protocol IMAP port ${port} auth password\n  username "${user}" password "${password}" is root here\n  options keep fetchall no rewrite fetchlimit ${most} ssl sslcertck sslcertfile ${ca}\n`, { mode: 0o600 });
      // 13: as many as it was told to take.
      return { command: ['fetchmail', '-s', '-f', `${work}/fetchmailrc`, '--bsmtp', `${work}/batch`], env: { HOME: work, FETCHMAILHOME: work }, codes: [0, 13], got: () => fs.readFileSync(`${work}/batch`, 'latin1').match(/^MAIL FROM/gm)?.length ?? 0 };
    },
  },
  {
    key: 'getmail', name: 'getmail6', keeps: 'files', version: () => version('getmail', ['--version'], /(\d+\.\d+\.\d+)/), slow: 1000,
    start: ({ work, port, ca, user, password, most }) => {
      fs.mkdirSync(`${work}/getmail`);
      for (const part of ['cur', 'new', 'tmp']) fs.mkdirSync(`${work}/mail/${part}`, { recursive: true });
      fs.writeFileSync(`${work}/getmail/getmailrc`, `[retriever]
type = SimpleIMAPSSLRetriever
server = localhost
port = ${port}
username = ${user}
password = ${password}
mailboxes = ("INBOX",)
use_peek = true
ca_certs = ${ca}
[destination]
type = Maildir
path = ${work}/mail/
[options]
read_all = true
delete = false
verbose = 0
max_messages_per_session = ${most}
delivered_to = false
received = false
`);
      // It forks for every message and refuses to deliver as root: user and group "mail".
      const give = (folder) => { fs.chownSync(folder, 8, 8); for (const entry of fs.readdirSync(folder, { withFileTypes: true })) { const one = `${folder}/${entry.name}`; if (entry.isDirectory()) give(one); else fs.chownSync(one, 8, 8); } };
      give(work);
      return { command: ['setpriv', '--reuid=8', '--regid=8', '--clear-groups', 'getmail', '-q', '--getmaildir', `${work}/getmail`], got: () => files(`${work}/mail`) };
    },
  },
];

/** One download by one peer, in a folder of its own that is gone afterwards. */
export async function download(peer, at, expected, seconds) {
  const work = `${at.work}/${peer.key}`;
  fs.mkdirSync(work, { mode: 0o755 });
  try {
    const most = Math.min(expected, peer.slow ?? expected);
    const { command, env, codes, got } = peer.start({ ...at, work, most });
    const found = await measured(seconds, command, { env, codes });
    const count = got(found);
    if (count !== most) throw new Error(`${peer.name} got ${count} of ${most} messages: ${found.err}`);
    return { messages: count, wall: found.wall, cpu: found.cpu, rss: found.rss };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}
