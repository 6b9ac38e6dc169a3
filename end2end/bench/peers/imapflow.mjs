// imapflow: every message with its source, in one streaming fetch or one by one, nothing kept.
//   imapflow.mjs PORT CA USER PASSWORD stream|one
import * as fs from 'node:fs';
import { ImapFlow } from 'imapflow';

const [port, ca, user, pass, how] = process.argv.slice(2);
const session = new ImapFlow({ host: 'localhost', port: Number(port), secure: true, auth: { user, pass }, logger: false, disableAutoIdle: true, tls: { ca: fs.readFileSync(ca) } });
await session.connect();
const lock = await session.getMailboxLock('INBOX', { readOnly: true });
let got = 0, size = 0;
const take = (message) => { got += 1; size += message.source.length; };
if (how === 'one') for (let n = 1; n <= session.mailbox.exists; n += 1) take(await session.fetchOne(String(n), { uid: true, source: true }));
else for await (const message of session.fetch('1:*', { uid: true, source: true })) take(message);
lock.release();
await session.logout();
console.log(got, size);
