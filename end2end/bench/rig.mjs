// The bench's rig: started and stopped for each part, filled by Maildir files.
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { Rig, until } from '../support/rig.mjs';

const here = new URL('.', import.meta.url).pathname;

/** Does something with a rig of its own. */
export async function within(work, say, what) {
  const rig = await Rig.start();
  try { return await what(rig); } finally { await rig.stop(); }
}

/** Puts so many messages into a mailbox that was made, of which a share answers others; how many bytes they are on the wire. */
export async function fill(rig, user, count, seed = 1, answers = 0.4) {
  // Once more where the connection kept alive ended while a database was asked, which nothing runs beside.
  const found = (await until('the rig tells of its users', () => rig.call('/users', {}))).users.find((u) => u.email === user);
  const [local, domain] = user.split('@');
  const box = path.join(rig.env.RIG_STATE, 'mail', domain, local, 'Maildir');
  const out = await new Promise((ok, no) => {
    execFile('python3', [`${here}fill.py`, box, String(found.uid), user, String(count), String(seed), String(answers)], (error, text, said) => (error ? no(new Error(said || error.message)) : ok(text)));
  });
  const [messages, bytes] = out.split(' ').map(Number);
  return { messages, bytes };
}
