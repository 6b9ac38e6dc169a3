// A rig of its own: real providers and mail servers, started for one worker or one demo and gone afterwards.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOSTS } from '../rig/certs.mjs';

export const HERE = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const ROOT = path.dirname(HERE);

/** The app registration of tests and demo; at Microsoft a client id is a GUID. */
export const APP = { clientId: '5ea51de0-4d61-4b6b-8a1f-00000000de50', secret: 'demo-secret-value' };

/** `KEY=VALUE` lines, quotes removed. */
export function parseEnv(text) {
  const lines = text.split('\n').filter((l) => /^[A-Z_]+=/.test(l));
  return Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1).replace(/^"(.*)"$/, '$1')]));
}

/** Lets so many milliseconds pass. */
export const pause = (ms) => new Promise((ok) => { setTimeout(ok, ms); });

/** Waits until `look` gives something, or says what did not happen. */
export async function until(what, look, seconds = 20, every = 50) {
  const end = Date.now() + seconds * 1000;
  let last;
  do {
    try { const found = await look(); if (found) return found; } catch (e) { if (e.final) throw e; last = e; }
    await pause(every);
  } while (Date.now() < end);
  throw new Error(`within ${seconds} s: ${what}${last ? ` (${last.message})` : ''}`);
}

export class Rig {
  static async start({ quiet = true } = {}) {
    const rig = new Rig();
    rig.state = fs.mkdtempSync('/tmp/rig.');
    const child = spawn(path.join(HERE, 'rig/rig'), ['run'], { env: { ...process.env, RIG_STATE: rig.state, RIG_PORT_BASE: '' }, stdio: ['pipe', 'pipe', 'pipe'] });
    rig.child = child;
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    rig.said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { rig.said += d; if (!quiet) process.stdout.write(d); });
    rig.ended = new Promise((ok) => { child.once('exit', ok); });
    await until('the rig answers', () => {
      if (child.exitCode !== null) throw Object.assign(new Error(`the rig did not start: ${rig.said}`), { final: true });
      return fs.existsSync(`${rig.state}/env`);
    }, 60);
    rig.env = parseEnv(fs.readFileSync(`${rig.state}/env`, 'utf8'));
    await rig.call('/idp/client', { client_id: APP.clientId, client_secret: APP.secret, name: 'Mailkeep' });
    return rig;
  }

  async stop() {
    // The end of its input ends it, also where sudo stands between; a signal is for the deaf.
    this.child.stdin.end();
    const late = setTimeout(() => this.child.kill('SIGTERM'), 5_000);
    await this.ended;
    clearTimeout(late);
    fs.rmSync(this.state, { recursive: true, force: true });
  }

  /** One call of the control: `rig.call('/mail/send', {...})`. */
  async call(where, input = {}) {
    const answer = await fetch(this.env.RIG_CONTROL + where, { method: 'POST', body: JSON.stringify(input) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${where}: ${json.error}`);
    return json;
  }

  /** Moves the clock of the providers and of everything under RIG_FAKETIME so many days on. */
  async days(n) {
    this.moved = (this.moved ?? 0) + n * 86_400;
    await this.call('/clock', { offset: `+${this.moved.toFixed(3)}s` });
  }
  /** Now, by the rig's clock. */
  get now() { return new Date(Date.now() + (this.moved ?? 0) * 1000); }

  /** What Mailkeep may reach although it is private or speaks plain http. */
  get allowed() { return ['127.0.0.1', ...HOSTS].join(','); }
  port(name) { return Number(this.env[`${name}_PORT`]); }

  /** Makes users; each is `{email, name, password, oauth, ...}` as the rig's README says. */
  async users(...list) { return (await this.call('/users', { users: list })).users; }
  async send(mail) { return this.call('/mail/send', mail); }
  async list(user, folder = 'INBOX') { return (await this.call('/mail/list', { user, folder })).messages; }
  async raw(user, where) { return (await this.call('/mail/get', { user, ...where })).messages[0]?.raw; }

  /** Waits until a mailbox holds a message that `fits`. */
  async arrived(user, fits, { folder = 'INBOX', seconds = 45 } = {}) {
    return until(`a message for ${user} in ${folder}`, async () => (await this.list(user, folder)).find(fits), seconds, 150);
  }
}
