// "Is all mail here?", asked for each mailbox as a person does, and read as a person does.
import { pause } from '../support/rig.mjs';
import { words } from '../support/visitor.mjs';

const NEWEST = 'SELECT mailbox_id, MAX(id) AS id FROM reconciliation WHERE person_id IS NOT NULL AND ended_at IS NOT NULL GROUP BY mailbox_id';
const newest = async (database, id) => (await database.all(NEWEST)).find((row) => row.mailbox_id === id)?.id ?? 0;

/** One mailbox; gives what is wrong. Where something was just on its way, it is asked for once more. */
async function one(who, database, box, end) {
  const page = `/admin/channels/email/${box.id}/ledger`;
  let last = 'no answer';
  while (Date.now() < end) {
    const before = await newest(database, box.id);
    await who.go(page);
    await who.press('Compare now');
    let done = false;
    while (!done && Date.now() < end) { await pause(500); done = await newest(database, box.id) > before || /did not go through/.test((await who.go(page)).text); }
    const text = (await who.go(page)).text;
    const alerts = [...who.html.matchAll(/<section[^>]*role="alert"[\s\S]*?<\/section>/g)].map(([section]) => words(section)).join(' ');
    if (alerts || /not explained/.test(text)) return [`${box.email}: ${alerts || text.slice(text.indexOf('Last comparison'))}`];
    last = text.slice(Math.max(0, text.search(/The last comparison did not|A comparison is on its way|Last comparison/))).slice(0, 600);
    if (done && text.includes('All accounted for') && !/did not go through|Not compared|on the way/.test(text)) return [];
  }
  return [`${box.email} was not compared: ${last}`];
}

/** Every mailbox, three at a time. `who` is an admin. */
export async function compared({ world, database, signIn, seconds = 180 }) {
  const end = Date.now() + seconds * 1000, waiting = [...world.mailboxes, ...(world.mover ? [world.mover] : [])], wrong = [];
  const hand = async () => {
    const who = await signIn();
    for (let box = waiting.shift(); box; box = waiting.shift()) wrong.push(...await one(who, database, box, end));
  };
  await Promise.all([hand(), hand(), hand()]);
  return wrong.map((line) => `not all mail is explained: ${line}`);
}

/** What the newest comparison of each mailbox found. */
export async function newestReports(database) {
  const ids = (await database.all(NEWEST)).map((row) => row.id);
  return (await database.all(`SELECT report FROM reconciliation WHERE id IN (${ids.join(', ') || 0})`)).map((row) => JSON.parse(row.report));
}
