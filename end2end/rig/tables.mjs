// Postfix asks here (socketmap protocol: netstrings "name key") which domains, mailboxes and senders exist.
import * as net from 'node:net';
import { domains, users, find, bare, bouncing } from './users.mjs';

const tables = {
  domains: (key) => (domains.has(key) ? key : undefined),
  mailboxes: (key) => (key.includes('@') ? find(key)?.email : undefined),
  bouncing: (key) => (bouncing.has(key) ? key : undefined),
  // who may use this envelope sender: the address itself and those who may send as it
  senders: (key) => { const u = key.includes('@') ? users.get(bare(key)) : undefined; return u && [u.email, ...(u.send_as ?? [])].join(','); },
};

function answer(request) {
  const cut = request.indexOf(' ');
  const table = tables[request.slice(0, cut)];
  if (!table) return 'PERM no such table';
  const value = table(request.slice(cut + 1).toLowerCase());
  return value === undefined ? 'NOTFOUND ' : `OK ${value}`;
}

export const listen = (port) => new Promise((ok) => {
  const server = net.createServer((socket) => {
    let buffered = '';
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      for (let m; (m = /^(\d+):/.exec(buffered)) && buffered.length >= m[0].length + +m[1] + 1;) {
        const request = buffered.slice(m[0].length, m[0].length + +m[1]);
        buffered = buffered.slice(m[0].length + +m[1] + 1);
        const reply = answer(request);
        socket.write(`${reply.length}:${reply},`);
      }
    });
  }).listen(port, '127.0.0.1', () => ok(server));
});
