// The ports that stand for the providers' mail hosts, and the switches that belong to them.
import * as net from 'node:net';
import { context, upgrade } from './tls.mjs';
import * as words from './words.mjs';
import * as imap from './imap.mjs';
import * as smtp from './smtp.mjs';
import * as faults from './faults.mjs';
import * as sessions from './sessions.mjs';
import * as identity from './identity.mjs';
import * as U from '../users.mjs';

// port, words, protocol, host, implicit TLS?, certificate
const PORTS = [
  ['EXCHANGE_IMAPS_PORT', 'exchange', 'imap', 'outlook.office365.example', true],
  ['EXCHANGE_SMTP_PORT', 'exchange', 'smtp', 'smtp.office365.example', false],
  ['OUTLOOK_SMTP_PORT', 'exchange', 'smtp', 'smtp-mail.outlook.example', false],
  ['GMAIL_IMAPS_PORT', 'gmail', 'imap', 'imap.gmail.example', true],
  ['GMAIL_SMTP_PORT', 'gmail', 'smtp', 'smtp.gmail.example', false],
  ['GMAIL_SMTPS_PORT', 'gmail', 'smtp', 'smtp.gmail.example', true],
  ['LITWARE_IMAPS_PORT', 'other', 'imap', 'imap.litware.example', true],
  ['LITWARE_IMAP_PORT', 'other', 'imap', 'imap.litware.example', false],
  ['LITWARE_SMTP_PORT', 'other', 'smtp', 'smtp.litware.example', false],
  ['LITWARE_SMTPS_PORT', 'other', 'smtp', 'smtp.litware.example', true],
  ['STRANGER_IMAPS_PORT', 'other', 'imap', 'imap.litware.example', true, 'stranger'],
  ['EXPIRED_IMAPS_PORT', 'other', 'imap', 'imap.litware.example', true, 'expired'],
  ['NAMELESS_IMAPS_PORT', 'other', 'imap', 'imap.litware.example', true, 'nameless'],
];

async function serve(socket, [, kind, protocol, host, implicit], port, secureContext) {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  const session = sessions.enter({ protocol, host, port, implicit, client: socket, context: secureContext });
  if (faults.unreachable(session)) { socket.resetAndDestroy(); return; }
  try {
    if (implicit) await upgrade(session);
    const Speaker = protocol === 'imap' ? imap.Imap : smtp.Smtp;
    await new Speaker(session, words[kind]).run();
  } catch (e) {
    if (!/closed|ECONNRESET|handshake|alert|EPIPE|SSL/i.test(e.message)) console.error(`${protocol} front:`, e.stack);
    session.client.destroy();
  }
}

const listen = (port, handler) => new Promise((ok, no) => { net.createServer(handler).on('error', no).listen(port, '127.0.0.1', ok); });

// {user} or {tenant}; `key` is the setting.
const toggle = (key) => async ({ user, tenant, enabled = true }) => {
  if (user) U.update(U.need(user), { [key]: enabled });
  else for (const d of U.tenantOf(tenant)) await U.putDomain({ ...d, [key]: enabled });
  return {};
};
const member = (key) => ({ address, mailbox, person, allowed = true }) => {
  const owner = U.need(address ?? mailbox);
  const others = (owner[key] ?? []).filter((p) => p !== U.need(person).email);
  U.update(owner, { [key]: allowed ? [...others, U.need(person).email] : others });
  return { [key]: owner[key] };
};

export async function openFront({ state, ports, secret, urls, tell }) {
  identity.open(urls, secret);
  imap.open(ports.DOVECOT_IMAP_PORT);
  smtp.open(ports.TRUSTED_PORT);
  await Promise.all(PORTS.map((p) => { const c = context(state, p[5]); return listen(ports[p[0]], (s) => serve(s, p, ports[p[0]], c)); }));
  await listen(ports.SILENT_PORT, (s) => { s.on('error', () => {}); s.resume(); });
  return {
    '/front/fault': faults.arm, '/front/faults': faults.list,
    '/front/network': async (j) => {
      const done = faults.network(j);
      // the whole network: the providers too
      if (!j.user && !j.host && (j.scope ?? 'all') === 'all') {
        const fault = j.down === false ? null : { route: '*', times: -1, drop: true };
        await Promise.all(['microsoft', 'google'].map((p) => tell(p, 'config', { fault })));
      }
      return done;
    },
    '/front/imap': toggle('imap'), '/front/smtp-auth': toggle('smtp_auth'),
    '/front/basic': async ({ tenant, allowed = true }) => { for (const d of U.tenantOf(tenant)) await U.putDomain({ ...d, basic: allowed }); return {}; },
    '/front/send-as': member('send_as'), '/front/delegate': member('delegates'),
    '/front/sent-delay': ({ ms, user }) => { if (user) smtp.sentDelay.users.set(U.need(user).email, ms); else smtp.sentDelay.all = ms; return {}; },
    '/front/copy-for-sent-as': ({ mailbox, enabled = true }) => { U.update(U.need(mailbox), { copy_for_sent_as: enabled }); return {}; },
    '/front/stats': sessions.stats, '/front/reset-stats': ({ user }) => { sessions.reset(user?.toLowerCase()); return {}; },
  };
}
