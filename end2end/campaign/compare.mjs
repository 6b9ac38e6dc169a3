// "Is all mail here?", asked for each mailbox as a person does, and read as a person does.
import { pause } from '../support/rig.mjs';
import { words } from '../support/visitor.mjs';

const NEWEST = 'SELECT mailbox_id, MAX(id) AS id FROM reconciliation WHERE person_id IS NOT NULL AND ended_at IS NOT NULL GROUP BY mailbox_id';
const newest = async (database, id) => (await database.all(NEWEST)).find((row) => row.mailbox_id === id)?.id ?? 0;

const page = (box) => `/admin/channels/email/${box.id}/ledger`;

/** Presses the button; gives the newest comparison of before. */
async function ask(who, database, box) {
  const before = await newest(database, box.id);
  await who.go(page(box));
  await who.press('Compare now');
  return before;
}

/** One mailbox that was asked for; gives what is wrong. Where something was just on its way, it is asked for once more. */
async function one(who, database, box, end, asked) {
  let last = 'no answer';
  for (let before = asked; Date.now() < end; before = await ask(who, database, box)) {
    let done = false;
    while (!done && Date.now() < end) { await pause(500); done = await newest(database, box.id) > before || /did not go through/.test((await who.go(page(box))).text); }
    const text = (await who.go(page(box))).text;
    const alerts = [...who.html.matchAll(/<section[^>]*role="alert"[\s\S]*?<\/section>/g)].map(([section]) => words(section)).join(' ');
    if (alerts || /not explained/.test(text)) return [`${box.email}: ${alerts || text.slice(text.indexOf('Last comparison'))}`];
    last = text.slice(Math.max(0, text.search(/The last comparison did not|A comparison is on its way|Last comparison/))).slice(0, 600);
    if (done && text.includes('All accounted for') && !/did not go through|Not compared|on the way/.test(text)) return [];
  }
  return [`${box.email} was not compared: ${last}`];
}

/** Every mailbox, all asked for at once: a process that holds a mailbox and was not the one asked looks for it once a minute. */
export async function compared({ world, database, signIn, seconds = 180 }) {
  const end = Date.now() + seconds * 1000, wrong = [], who = await signIn();
  const asked = [];
  for (const box of [...world.mailboxes, ...(world.mover ? [world.mover] : [])]) asked.push([box, await ask(who, database, box)]);
  for (const [box, before] of asked) wrong.push(...await one(who, database, box, end, before));
  return wrong.map((line) => `not all mail is explained: ${line}`);
}

/** What the newest comparison of each mailbox found. */
export async function newestReports(database) {
  const ids = (await database.all(NEWEST)).map((row) => row.id);
  return (await database.all(`SELECT report FROM reconciliation WHERE id IN (${ids.join(', ') || 0})`)).map((row) => JSON.parse(row.report));
}
