// imapflow sessions in IDLE: a user a line on the standard input, `collect` collects garbage, its end ends them.
//   node --expose-gc idle.mjs PORT CA PASSWORD
import * as fs from 'node:fs';
import * as readline from 'node:readline';
import { ImapFlow } from 'imapflow';

const [port, caFile, pass] = process.argv.slice(2);
const ca = fs.readFileSync(caFile);
const waiting = [];
let open = 0, busy = 0;

async function next() {
  if (busy >= 20 || !waiting.length) return;
  busy += 1;
  const session = new ImapFlow({ host: 'localhost', port: Number(port), secure: true, auth: { user: waiting.shift(), pass }, logger: false, tls: { ca } });
  session.on('error', (error) => console.error(error.message));
  await session.connect();
  await session.mailboxOpen('INBOX');
  session.idle().catch(() => {});
  open += 1; busy -= 1;
  console.log(`${open} idle`);
  next();
}
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'collect') { for (let n = 0; n < 5; n += 1) globalThis.gc(); console.log('collected'); return; }
  waiting.push(line);
  next();
});
lines.on('close', () => process.exit(0));
