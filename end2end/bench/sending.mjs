// Replies that wait and are let go, through Postfix with the session kept, beside lettre with a connection for every mail.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ADMIN, Desk } from '../support/desk.mjs';
import { ROOT, until } from '../support/rig.mjs';
import { COPY, PASSWORD, durable, lines, servers, sqlite, start, used } from './mailkeep.mjs';
import { measured } from './peers.mjs';
import { within } from './rig.mjs';
import { median, mib, number, seconds, table } from './table.mjs';

const CUSTOMER = 'customer@bench.example';
const TEXT = `Thank you for asking.\n\n${'We looked into it, and found what went wrong with the parcel on its way to you.\n'.repeat(12)}\nKind regards`;
const TAKEN = /^(\S+) .*: a server took a reply .*state=Sent/;

/** A message as it was handed over: without what servers wrote above it, lines ended by CRLF. */
export function handedOver(raw) {
  const text = raw.replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const fields = text.slice(0, end + 1).match(/^\S.*\n(?:[ \t].*\n)*/gm) ?? [];
  return (fields.filter((field) => !/^(return-path|delivered-to|x-original-to|received):/i.test(field)).join('') + text.slice(end + 1)).replaceAll('\n', '\r\n');
}

/** The mailbox in which everything ends up. */
class Customer {
  static async of(rig) {
    const it = new Customer();
    it.rig = rig;
    await rig.users({ email: CUSTOMER, imap_password: PASSWORD, provider: 'litware' });
    const [local, domain] = CUSTOMER.split('@');
    it.folder = path.join(rig.env.RIG_STATE, 'mail', domain, local, 'Maildir/new');
    return it;
  }

  /** Waits until so many messages are there, each once; when the last one came. */
  async has(count) {
    await until(`${count} messages are delivered`, () => fs.readdirSync(this.folder).length >= count, 300, 100);
    const last = Math.max(...fs.readdirSync(this.folder).map((name) => fs.statSync(`${this.folder}/${name}`).ctimeMs));
    const ids = (await this.rig.list(CUSTOMER)).map((message) => message.messageId);
    if (ids.length !== count || new Set(ids).size !== count) throw new Error(`${count} messages were sent; ${ids.length} were delivered with ${new Set(ids).size} Message-IDs`);
    return last;
  }

  /** The size of a message that is there, as it was handed over, in bytes. */
  async size() {
    const [{ uid }] = await this.rig.list(CUSTOMER);
    return Buffer.byteLength(handedOver(await this.rig.raw(CUSTOMER, { uid })));
  }

  async empty() { await this.rig.call('/mail/expunge', { user: CUSTOMER }); }
}

const settings = (id) => `/admin/channels/email/${id}`;

/** A data folder whose mailboxes are paused, with a reply written to each of the tickets that came in. */
async function written(rig, users, count, work, say) {
  await rig.users(...users.map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
  const mailkeep = await start(rig, work);
  const ids = [];
  try {
    const desk = await new Desk(mailkeep).open({ providers: [] });
    for (const user of users) ids.push(await desk.byPassword(user, { password: PASSWORD, provider: 'other', servers: servers(rig) }));
    for (const [n, to] of users.entries()) await rig.send({ from: `Cora <${CUSTOMER}>`, to, subject: `Where is it, ${to}`, text: 'Where is my parcel?\n', count: Math.floor((count + n) / users.length) });
    await until(`${count} tickets are open`, async () => desk.count(await desk.admin.go('/tickets')) === count, 300, 500);
    for (const id of ids) await (await desk.admin.go(settings(id))).press('Pause');
    const left = await desk.tickets();
    if (left.length !== count) throw new Error(`${left.length} tickets came in, ${count} expected`);
    await Promise.all(Array.from({ length: 4 }, async () => {
      const agent = desk.visitor();
      agent.jar = desk.admin.jar.map((cookie) => ({ ...cookie }));
      for (let ticket = left.pop(); ticket; ticket = left.pop()) await desk.reply(ticket.id, TEXT, agent);
    }));
    say(`${number(count)} replies wait in ${users.length} paused mailbox${users.length > 1 ? 'es' : ''}`);
  } catch (error) {
    throw new Error(`${error.message}\n${mailkeep.lastWords()}`);
  } finally {
    await mailkeep.stop();
  }
  const [waiting, all] = sqlite(work)("SELECT (SELECT count(*) FROM delivery WHERE state = 'waiting'), (SELECT count(*) FROM delivery)");
  if (waiting !== count || all !== count) throw new Error(`${waiting} of ${all} replies wait, ${count} expected`);
  fs.renameSync(`${work}/data`, `${work}/template`);
  return ids;
}

/** Lets the replies go, from the press on *Resume* until all of them are sent and delivered. */
async function released(rig, ids, count, customer, work) {
  fs.rmSync(`${work}/data`, { recursive: true, force: true });
  fs.cpSync(`${work}/template`, `${work}/data`, { recursive: true });
  fs.rmSync(`${work}/mailkeep.log`, { force: true });
  const mailkeep = await start(rig, work, {}, COPY);
  try {
    durable(fs.readFileSync(mailkeep.log, 'utf8'));
    const { jar } = await new Desk(mailkeep).signedIn(ADMIN);
    const admins = await Promise.all(ids.map(async (id) => {
      const admin = new Desk(mailkeep).visitor();
      admin.jar = jar.map((cookie) => ({ ...cookie }));
      return admin.go(settings(id));
    }));
    const next = lines(mailkeep.log), before = used(mailkeep.child.pid), began = Date.now();
    // Its answer leads to a page that nobody needs here.
    for (const admin of admins) admin.stopAt = () => true;
    const pressed = Promise.all(admins.map((admin) => admin.press('Resume')));
    let taken = 0, last;
    await until(`all ${count} replies are sent`, () => {
      for (const line of next()) {
        const told = TAKEN.exec(line);
        if (told) { taken += 1; last = Date.parse(told[1]); }
      }
      if (mailkeep.child.exitCode !== null) throw Object.assign(new Error(`Mailkeep ended: ${mailkeep.lastWords()}`), { final: true });
      return taken >= count;
    }, 60 + count, 25).catch((error) => { throw new Error(`${error.message}; ${taken} are\n${mailkeep.lastWords()}`); });
    const now = used(mailkeep.child.pid);
    await pressed;
    const delivered = await customer.has(count);
    await mailkeep.stop();
    const [sent, attempts] = sqlite(work)("SELECT (SELECT count(*) FROM delivery WHERE state = 'sent'), (SELECT count(*) FROM delivery_attempt)");
    if (sent !== count || attempts !== count) throw new Error(`${sent} replies stand as sent after ${attempts} attempts, ${count} expected`);
    return { wall: (last - began) / 1000, delivered: (delivered - began) / 1000, cpu: now.cpu - before.cpu, rss: now.rss };
  } finally {
    await mailkeep.stop();
  }
}

const program = (short) => path.join(ROOT, `target/${short ? 'debug' : 'release'}/examples/one_connection`);
const version = () => /name = "lettre"\nversion = "([^"]+)"/.exec(fs.readFileSync(path.join(ROOT, 'Cargo.lock'), 'utf8'))?.[1];

/** The same number of messages of the same size by lettre. */
async function byLettre(rig, from, count, size, customer, { short, port, more }) {
  const run = await measured(600, [program(short), String(rig.port(port)), rig.env.RIG_CA, from, PASSWORD, CUSTOMER, String(count), String(size), ...more]);
  if (Number(run.out) !== count) throw new Error(`lettre sent ${run.out.trim()} of ${count}`);
  return { wall: run.wall, delivered: (await customer.has(count)) / 1000 - run.began, cpu: run.cpu, rss: run.rss };
}

export async function sending({ work, messages: count, rounds, say, build, short }) {
  const mailboxes = short ? 2 : 10;
  const lettre = fs.existsSync(program(short));
  if (!lettre) say(`${path.relative(ROOT, program(short))} is not built: lettre's rows are left out`);
  return within(work, say, async (rig) => {
    const customer = await Customer.of(rig);
    const sets = [];
    for (const many of [1, mailboxes]) {
      const users = Array.from({ length: many }, (_, n) => `sender${n}-of-${many}@bench.example`);
      const folder = `${work}/from-${many}`;
      fs.mkdirSync(folder);
      const name = `**Mailkeep**, ${many === 1 ? 'one mailbox' : `${many} mailboxes at once`}`;
      sets.push({ name, keeps: 'every attempt, flushed', runs: [], users, folder, ids: await written(rig, users, count, folder, say) });
    }
    const peers = (lettre ? [
      ['a connection for every mail', 'SUBMISSIONS'], ['one connection for all', 'SUBMISSIONS', '--reused'], ['one connection, TCP_NODELAY', 'SUBMISSION', '--prompt'],
    ] : []).map(([how, port, ...more]) => ({ name: `lettre (${version()}), ${how}`, keeps: 'nothing', port, more, runs: [] }));
    let size;
    const note = async (row, run) => {
      size ??= await customer.size();
      row.runs.push(run);
      say(`${row.name.replaceAll('*', '')}: ${run.wall.toFixed(2)} s, delivered ${run.delivered.toFixed(2)} s, CPU ${run.cpu.toFixed(2)} s, ${mib(run.rss)}`);
      await customer.empty();
    };
    for (let round = 1; round <= rounds; round += 1) {
      for (const set of sets) {
        await note(set, await released(rig, set.ids, count, customer, set.folder));
        for (const user of set.users) await rig.call('/mail/expunge', { user, folder: 'Sent' });
      }
      for (const peer of peers) await note(peer, await byLettre(rig, sets[0].users[0], count, size, customer, { short, ...peer }));
    }
    const of = (row, what) => median(row.runs.map((run) => run[what]));
    const times = (peer) => (of(sets[0], 'wall') / of(peer, 'wall')).toFixed(2);
    const beside = peers.length ? `\n\nMailkeep with one mailbox takes ${times(peers[0])} times as long as lettre with a connection for every mail, ${times(peers[1])} times as long as lettre over one, and ${times(peers[2])} times as long as lettre over one with TCP_NODELAY.` : '';
    return `${number(count)} replies of ${number(size)} bytes, one to each ticket, written while their mailbox was paused; over TLS to Postfix, which delivers to one customer; medians of ${rounds} interleaved round${rounds > 1 ? 's' : ''}, ${build}.
Mailkeep's time runs from the press on *Resume* until every reply stands as sent in its database, then until the last one lies in the customer's mailbox, each Message-ID once. A mailbox has one session, and keeps it.
Each attempt is written down before the network is touched, again before the message is handed over, and when it ended: three flushed commits a reply. lettre keeps nothing, knows of no order, and sends one after the other; its time runs from the program's start. It writes a mail and its end mark apart and leaves TCP_NODELAY off, so each mail waits for the system's delayed acknowledgement; the last row has it on, as Mailkeep has.
CPU is what the sending took, of the client alone; peak memory is that of the whole process.

${table(['', 'keeps', 'all taken', 'all delivered', 'messages/s', 'CPU', 'peak memory'], [...sets, ...peers].map((row) => [
    row.name, row.keeps, seconds(of(row, 'wall')), seconds(of(row, 'delivered')), number(count / of(row, 'wall')), seconds(of(row, 'cpu')), mib(of(row, 'rss')),
  ]))}${beside}`;
  });
}
