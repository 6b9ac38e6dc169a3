// Many mailboxes at once: rows of a stopped Mailkeep, copied from a mailbox that was connected through the console.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { sqlite } from './mailkeep.mjs';
import { seal } from './vault.mjs';

const here = new URL('.', import.meta.url).pathname;

/** Makes mailboxes like `of`: `[{address, password}]`, or with `{tokens: {access_token, refresh_token, expires_in}, object}`. */
export function copy(work, of, mailboxes) {
  const key = fs.readFileSync(`${work}/data/key`, 'utf8');
  const hex = (purpose, secret) => seal(key, purpose, secret).toString('hex');
  const [lastMailbox, lastGrant] = sqlite(work)('SELECT (SELECT max(id) FROM mailbox), (SELECT max(max(id), coalesce((SELECT max(id) FROM grants), 0)) FROM account)');
  const copies = mailboxes.map(({ address, password, tokens, object }, n) => {
    const id = lastMailbox + 1 + n, grant = (lastGrant ?? 0) + 1 + n;
    if (!tokens) return { id, address, passwords: Object.fromEntries(['incoming', 'outgoing'].map((way) => [way, hex(`direction:${id}:${way}:password`, password)])) };
    return { id, address, grant: { id: grant, object, expires_in: tokens.expires_in, refresh: hex(`grant:${grant}:refresh`, tokens.refresh_token), access: hex(`grant:${grant}:access`, tokens.access_token) } };
  });
  execFileSync('python3', [`${here}copies.py`, `${work}/data/mailkeep.db`], { input: JSON.stringify({ of, copies }), maxBuffer: 1 << 28 });
}
