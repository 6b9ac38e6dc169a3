// The shipped server, under the rig's clock, on a database of its own.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as https from 'node:https';
import * as net from 'node:net';
import * as path from 'node:path';
import { ROOT, HERE, until } from './rig.mjs';

export const PROGRAM = process.env.MAILKEEP_PROGRAM ?? path.join(ROOT, 'target/debug/mailkeep');
let serial = 0;

export const freePort = () => new Promise((ok) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => ok(port)); });
});

/** What the kernel says of a process's resident memory, in bytes: now, and at its worst. */
export function residence(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

/** Whether an https address with a certificate of its own answers. */
const answers = (url, ca) => new Promise((ok, no) => { https.get(url, { ca, agent: false }, (a) => { a.resume(); ok(a.statusCode === 200); }).on('error', no); });

export class Mailkeep {
  /**
   * Starts on an empty database; `env` adds settings, `name` names the log, `clocked` puts it under the rig's clock, `apart`
   * in a process group of its own: where one of a group stands still and another ends, the system may hang all of them up. `program` is another build.
   */
  static async start(rig, { name = 'mailkeep', env = {}, providers, log, data, port, logFile, url, ca, args = [], clocked = true, apart = false, program = PROGRAM } = {}) {
    const it = new Mailkeep();
    it.data = data ?? fs.mkdtempSync('/tmp/mailkeep-e2e.');
    it.ownData = !data;
    it.port = port ?? await freePort();
    it.url = url ?? `http://localhost:${it.port}`;
    it.ca = ca;
    it.args = args;
    it.apart = apart;
    it.program = program;
    it.log = logFile ?? path.join(HERE, 'test-results/logs', `${name}-${process.pid}-${serial += 1}.log`);
    fs.mkdirSync(path.dirname(it.log), { recursive: true });
    fs.writeFileSync(it.log, '');
    const clock = !clocked ? {} : Object.fromEntries(rig.env.RIG_FAKETIME.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
    const kept = Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith('MAILKEEP_')));
    it.env = {
      ...kept, ...clock,
      MAILKEEP_DATA: it.data,
      MAILKEEP_LISTEN: `127.0.0.1:${it.port}`,
      MAILKEEP_PUBLIC_ADDRESS: it.url,
      MAILKEEP_PROVIDERS: providers ?? rig.env.RIG_PROVIDERS,
      MAILKEEP_ALLOW: rig.allowed,
      MAILKEEP_SECOND_REFUSAL_AFTER: '2',
      MAILKEEP_SITE: process.env.MAILKEEP_SITE ?? path.join(ROOT, 'target/site'),
      RUST_BACKTRACE: '0',
      RUST_LOG: log ?? process.env.RUST_LOG ?? 'info',
      ...env,
    };
    await it.run();
    return it;
  }

  async run() {
    const out = fs.openSync(this.log, 'a');
    this.stdout = '';
    // Ends with this process, whatever becomes of it.
    this.began = Date.now();
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', this.program, ...this.args], { env: this.env, cwd: ROOT, stdio: ['ignore', 'pipe', out], detached: this.apart });
    fs.closeSync(out);
    const child = this.child;
    child.stdout.on('data', (d) => { this.stdout += d; fs.appendFileSync(this.log, d); });
    this.ended = new Promise((ok) => { child.once('exit', (code, signal) => ok(signal ?? code)); });
    await until('Mailkeep is ready', async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw Object.assign(new Error(`Mailkeep ended: ${this.lastWords()}`), { final: true });
      return this.ca ? answers(`${this.url}/readyz`, this.ca) : (await fetch(`${this.url}/readyz`)).ok;
    }, 60);
  }

  /** Begins a command of the program under the same settings: its process, and what it said so far. */
  begin(...args) {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', this.program, ...args], { env: this.env, cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const it = { child, said: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { it.said += d; });
    it.ended = new Promise((ok) => { child.once('close', (code) => ok({ code, said: it.said })); });
    return it;
  }

  /** Runs such a command; gives its exit code and what it said. */
  async command(...args) { return this.begin(...args).ended; }

  lastWords() { return fs.readFileSync(this.log, 'utf8').split('\n').slice(-15).join('\n'); }

  /** The one-time token of the first start. */
  async token() {
    return until('Mailkeep prints the one-time token', () => /enter this token once:\s+(\S+)/.exec(this.stdout)?.[1]);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    const how = await this.ended;
    clearTimeout(late);
    if (this.ownData) fs.rmSync(this.data, { recursive: true, force: true });
    return how;
  }

  /** As a power cut would. */
  async kill() { this.child.kill('SIGKILL'); await this.ended; }
  async restart() { await this.kill(); await this.run(); }
}
