// After the storm: waits until ledger and outbox are settled, then counts what became of every mail and reply.
import { Imap } from '../rig/prove.d/clients.mjs';
import { until } from '../support/rig.mjs';
import { hash } from './customers.mjs';

const OPEN = "('waiting', 'sending', 'handing_over')";

/** SQL: the newest attempt of every delivery that is being handed over, of one node or of all. */
export const cutOff = (node) => `SELECT MAX(a.id) AS attempt, d.id AS delivery FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id
  WHERE d.state = 'handing_over' AND a.handing_over_at IS NOT NULL ${node ? `AND d.node_id = ${node}` : ''} GROUP BY d.id`;

/** Nothing is on its way any more: every mail sent is in the ledger and taken in, every reply has left or is uncertain. */
export async function settled(database, { sent, seconds = 240, say = () => {} }) {
  let left = '';
  try {
    await until('ledger and outbox are settled', async () => {
      const stored = await database.number("SELECT COUNT(*) FROM receipt WHERE disposition = 'stored'");
      const open = await database.number(`SELECT COUNT(*) FROM delivery WHERE state IN ${OPEN}`);
      const checking = await database.number("SELECT COUNT(*) FROM delivery WHERE state = 'uncertain' AND due_at < 9000000000000000 AND checks < 4");
      const came = new Set(await tokens(database));
      const missing = sent.filter((m) => !came.has(m.token)).length;
      left = `${stored} to take in, ${open} to send, ${checking} being looked for in Sent, ${missing} not come`;
      return stored + open + checking + missing === 0;
    }, seconds, 500);
  } catch { say(`not settled after ${seconds} s: ${left}`); }
}

async function tokens(database) {
  return (await database.all(`SELECT substr(m.text, 1, 40) AS text ${MAIL}`)).map((row) => row.text.trim().split(/\s/)[0]);
}

/** Customers' mail, by the token that it begins with. */
const MAIL = "FROM message m WHERE m.kind = 'incoming' AND m.text LIKE 'c%x%'";
const customersMail = (database) => database.all(`SELECT m.id, m.ticket_id, m.text ${MAIL}`);

/** What lies in a customer's mailbox, message by message, read by IMAP. */
async function inbox(rig, customer) {
  const imap = await Imap.open(rig.env, rig.env.LITWARE_IMAPS_PORT, 'imap.litware.example');
  const must = async (text, more) => { const answer = await imap.command(text, { ms: 60_000, ...more }); if (!answer.ok) throw new Error(`${text.split(' ')[0]}: ${answer.last}`); return answer; };
  await must(`LOGIN ${customer.email} ${customer.imap_password}`);
  await must('SELECT INBOX');
  const { untagged } = await must('UID FETCH 1:* (BODY.PEEK[])');
  imap.close();
  const messages = [];
  for (const line of untagged) {
    if (/^\* \d+ FETCH /.test(line)) messages.push([]);
    else messages.at(-1)?.push(line);
  }
  return messages.map((lines) => lines.join('\n'));
}

/** Under which number the mail server queued a message. Dovecot ended between its delivery and its answer is given the same one again. */
const queued = (message) => /\(Postfix\)[^;]*?\bid ([0-9A-Za-z]+)/.exec(message.slice(0, message.indexOf('\n\n')))?.[1];

/** How often each reply was handed over, of those that lie in the customers' mailboxes, by its whole first line. */
async function arrivals(rig, customers, written) {
  const times = new Map(written.map((r) => [r.token, 0]));
  const seen = new Set();
  const texts = new Map(written.map((r) => [r.token, r.text]));
  const strange = [];
  for (const customer of customers) {
    for (const message of await inbox(rig, customer)) {
      const body = message.slice(message.indexOf('\n\n'));
      const token = /\br\d+x[0-9a-f]{10}\b/.exec(body)?.[0];
      if (!token || !texts.has(token)) continue;
      if (!body.replace(/=\n/g, '').includes(texts.get(token))) strange.push(token);
      const one = queued(message);
      if (one && seen.has(`${token} ${one}`)) continue;
      seen.add(`${token} ${one}`);
      times.set(token, times.get(token) + 1);
    }
  }
  return { times, strange };
}

/** UIDs of a server's folder. */
async function uids(world, row) {
  const mover = world.mover?.email === row.address ? world.mover : null;
  const user = mover && row.provider_key === 'microsoft' ? mover.copy.email : row.address;
  return (await world.rig.call('/mail/uids', { user, folder: row.name })).uids;
}

/** A server's UIDs below a folder's cursor that no receipt names: passed by unseen. Not of a folder that a switch left: its
 *  cursor stands still, and the mailbox's server is another one. */
async function passed(world, database) {
  const found = [];
  const rows = await database.all("SELECT f.id, f.name, f.role, f.cursor, f.import_before, f.uid_validity, m.address, m.provider_key FROM folder f JOIN mailbox m ON m.id = f.mailbox_id WHERE f.former_switch_id IS NULL AND f.uid_validity IS NOT NULL");
  for (const row of rows) {
    const receipts = new Set((await database.all(`SELECT uid FROM receipt WHERE folder_id = ${row.id} AND uid_validity = ${row.uid_validity}`)).map((r) => r.uid));
    for (const uid of await uids(world, row)) if (uid <= row.cursor && uid > row.import_before && !receipts.has(uid)) found.push(`${row.address} ${row.name} UID ${uid}`);
  }
  return found;
}

/** The whole count. `cut`: how many deliveries were cut between DATA and the answer, or the deliveries by their attempts. */
export async function count({ world, database, sent, written, cut }) {
  const lost = [], twice = [], troubles = [];
  const rows = await customersMail(database);
  const byToken = new Map();
  for (const row of rows) {
    const token = row.text.trim().split(/\s/)[0];
    byToken.set(token, [...(byToken.get(token) ?? []), row]);
  }
  for (const mail of sent) {
    const found = byToken.get(mail.token) ?? [];
    if (found.length === 0) lost.push(`${mail.token} to ${mail.box.email}`);
    else if (found.length > 1) twice.push(`${mail.token} to ${mail.box.email}: tickets ${found.map((r) => r.ticket_id)}`);
    else if (hash(found[0].text) !== mail.hash) lost.push(`${mail.token} to ${mail.box.email}: other content`);
  }
  const { times, strange } = await arrivals(world.rig, world.customers, written);
  const deliveries = await database.all("SELECT d.id, d.state, d.mailbox_id, d.said, m.text FROM delivery d JOIN message m ON m.id = d.message_id");
  const of = new Map();
  for (const row of deliveries) { const token = row.text.trim().split(/\s/)[0]; of.set(token, [...(of.get(token) ?? []), row]); }
  const cutOnes = cut instanceof Map ? new Set(cut.values()) : null, cutNumber = cutOnes ? cut.size : cut;
  let uncertain = 0;
  for (const reply of written) {
    const n = times.get(reply.token), mine = of.get(reply.token) ?? [];
    const isUncertain = mine.some((d) => d.state === 'uncertain');
    if (mine.length !== 1) (mine.length ? twice : lost).push(`reply ${reply.token}: ${mine.length} deliveries`);
    else if (n > 1) twice.push(`reply ${reply.token}: arrived ${n} times`);
    else if (isUncertain) {
      uncertain += 1;
      if (cutOnes && !cutOnes.has(mine[0].id)) troubles.push(`reply ${reply.token} is uncertain and was never cut between DATA and the answer: ${mine[0].said}`);
      const box = world.mailboxes.find((b) => b.id === mine[0].mailbox_id);
      if (n === 1 && box?.kind !== 'litware') troubles.push(`reply ${reply.token} left ${box?.email} and was not found in Sent`);
    } else if (n === 0) lost.push(`reply ${reply.token}: ${mine[0].state}, and did not arrive: ${mine[0].said}`);
  }
  for (const token of strange) lost.push(`reply ${token}: other content`);
  if (uncertain > cutNumber) troubles.push(`${uncertain} replies are uncertain and only ${cutNumber} were cut between DATA and the answer`);
  const marked = await database.all("SELECT m.address, d.direction, d.failing_diagnosis, d.failing_said FROM direction d JOIN mailbox m ON m.id = d.mailbox_id WHERE d.failing_definite");
  for (const row of marked) troubles.push(`${row.address} was marked: ${row.direction} ${row.failing_diagnosis} ${row.failing_said}`);
  for (const uid of await passed(world, database)) lost.push(`passed by unseen: ${uid}`);
  const total = sent.length + written.length;
  return { sent: total, accounted: total - lost.length, lost, twice, uncertain, troubles };
}

/** Says what is wrong; `false` when something is. */
export function verdict(result) {
  for (const [word, list] of [['lost', result.lost], ['twice', result.twice], ['trouble', result.troubles]]) {
    for (const line of list.slice(0, 20)) console.log(`${word}: ${line}`);
  }
  return result.lost.length + result.twice.length + result.troubles.length === 0;
}

export const lastLine = (r, more) => `sent ${r.sent} accounted ${r.accounted} lost ${r.lost.length} twice ${r.twice.length} uncertain ${r.uncertain} ${more}`;
