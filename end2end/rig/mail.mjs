// What a test does to mailboxes without going through Mailkeep: hand in mail, look into folders, put mail there.
import * as fs from 'node:fs';
import * as crypto from 'node:crypto';
import { execFile } from 'node:child_process';
import * as U from './users.mjs';
import { SmtpClient } from './smtp-client.mjs';
import { startDovecot, waitFor } from './children.mjs';
import { end as endSessions } from './front/sessions.mjs';

let conf, mxPort, home, imapPorts, serial = 0;
export function open(state, ports) { home = state; conf = `${state}/dovecot/dovecot.conf`; mxPort = ports.MX_PORT; imapPorts = [ports.DOVECOT_IMAP_PORT, ports.DOVECOT_IMAPS_PORT, ports.LMTP_PORT, ports.SASL_PORT]; }

const doveadm = (...args) => new Promise((ok, no) => {
  execFile('doveadm', ['-c', conf, ...args], { maxBuffer: 1 << 30 }, (e, out, err) => (e && !out ? no(new Error(err.trim() || e.message)) : ok(out)));
});

/** What doveadm tells as JSON. It breaks off within a row whose message is deleted just then: asked again, it is gone. */
async function asJson(...args) {
  for (let left = 5; ; left -= 1) {
    const said = await doveadm('-f', 'json', ...args) || '[]';
    try { return JSON.parse(said); } catch (error) { if (!left) throw error; }
  }
}

const word = (v) => (/^[\x20-\x7e]*$/.test(v) ? v : `=?UTF-8?B?${Buffer.from(v).toString('base64')}?=`);

export function compose({ from, to, subject = 'Hello', text = 'Hello.\n', html, messageId, headers = {}, date, attachments = [] }) {
  const id = messageId ?? `<${crypto.randomUUID()}@${addressOf(from).split("@")[1] ?? "rig.example"}>`;
  const head = { From: from, To: [to].flat().join(', '), Subject: word(subject), Date: new Date(date ?? Date.now()).toUTCString().replace('GMT', '+0000'), 'Message-ID': id, 'MIME-Version': '1.0', ...headers };
  const leaf = (type, body) => `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`;
  const boundary = `rig-${crypto.randomUUID()}`;
  let body = leaf('text/plain', text);
  const many = (kind, parts) => `Content-Type: multipart/${kind}; boundary="${boundary}-${kind}"\r\n\r\n${parts.map((p) => `--${boundary}-${kind}\r\n${p}\r\n`).join('')}--${boundary}-${kind}--\r\n`;
  if (html) body = many('alternative', [body, leaf('text/html', html)]);
  if (attachments.length) body = many('mixed', [body, ...attachments.map((a) => `Content-Type: ${a.type ?? 'application/octet-stream'}\r\nContent-Disposition: attachment; filename="${a.name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${(a.base64 ?? crypto.randomBytes(a.bytes ?? 1000).toString('base64')).replace(/.{76}/g, '$&\r\n')}`)]);
  return { id, message: `${Object.entries(head).filter(([, v]) => v !== null).map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n${body}` };
}

// {count} sends so many, each with its own Message-ID and " n" after the subject.
export async function send(input) {
  const count = input.count ?? 1;
  const ids = [];
  const client = await SmtpClient.open(mxPort);
  try {
    for (let i = 1; i <= count; i += 1) {
      const each = count > 1 ? { ...input, subject: `${input.subject ?? 'Hello'} ${i}`, messageId: input.messageId?.replace('>', `.${i}>`) } : input;
      const made = input.raw ? { id: /^message-id:\s*(\S+)/im.exec(input.raw)?.[1] ?? null, message: Buffer.from(input.raw, input.encoding ?? 'utf8') } : compose(each);
      await client.send(input.envelopeFrom ?? addressOf(input.from ?? ''), input.envelopeTo ?? [input.to].flat().map(addressOf), Buffer.from(made.message));
      ids.push(made.id);
    }
  } finally { client.close(); }
  return { sent: count, messageIds: ids };
}
const addressOf = (s) => /<([^>]*)>/.exec(s)?.[1] ?? s;

function parseHeaders(text) {
  return text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/).filter(Boolean).map((l) => { const at = l.indexOf(':'); return [l.slice(0, at), l.slice(at + 1).trim()]; });
}

export async function list({ user, folder = 'INBOX' }) {
  const found = await asJson('fetch', '-u', U.need(user).email, 'uid guid flags size.physical date.received hdr', 'mailbox', folder);
  return { messages: found.map((m) => {
    const headers = parseHeaders(m.hdr);
    const get = (n) => headers.find(([k]) => k.toLowerCase() === n)?.[1] ?? null;
    return { uid: +m.uid, flags: m.flags ? m.flags.split(' ') : [], size: +m['size.physical'], received: m['date.received'], messageId: get('message-id'), from: get('from'), to: get('to'), cc: get('cc'), subject: get('subject'), inReplyTo: get('in-reply-to'), references: get('references'), headers };
  }) };
}

/** The UIDs alone, of a folder that may be large. */
export async function uids({ user, folder = 'INBOX' }) {
  const said = await doveadm('-f', 'flow', 'fetch', '-u', U.need(user).email, 'uid', 'mailbox', folder);
  return { uids: [...said.matchAll(/^uid=(\d+)/gm)].map((m) => +m[1]) };
}

export async function get({ user, folder = 'INBOX', uid, messageId }) {
  const which = uid ? ['uid', String(uid)] : ['header', 'message-id', messageId];
  const found = JSON.parse(await doveadm('-f', 'json', 'fetch', '-u', U.need(user).email, 'uid flags text', 'mailbox', folder, ...which) || '[]');
  return { messages: found.map((m) => ({ uid: +m.uid, flags: m.flags ? m.flags.split(' ') : [], raw: m.text })) };
}

export async function folders({ user }) {
  const found = JSON.parse(await doveadm('-f', 'json', 'mailbox', 'status', '-u', U.need(user).email, 'messages uidvalidity uidnext unseen', '*') || '[]');
  return { folders: found.map((f) => ({ name: f.mailbox, messages: +f.messages, uidvalidity: +f.uidvalidity, uidnext: +f.uidnext, unseen: +f.unseen })) };
}

// Written as a Maildir delivery: Dovecot takes it up like any other program's.
export function store(user, folder, message, flags = '', received) {
  const dir = U.makeFolder(user, folder);
  const text = Buffer.isBuffer(message) ? message : Buffer.from(message);
  const lf = Buffer.from(text.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  serial += 1;
  const name = `${Math.floor(Date.now() / 1000)}.M${String(Date.now() % 1000).padStart(3, '0')}${serial}P${process.pid}.rig,S=${lf.length}`;
  fs.writeFileSync(`${dir}/tmp/${name}`, lf, { mode: 0o600 });
  fs.chownSync(`${dir}/tmp/${name}`, user.uid, user.uid);
  // The file's time is what Dovecot gives as INTERNALDATE.
  if (received) fs.utimesSync(`${dir}/tmp/${name}`, new Date(received), new Date(received));
  fs.renameSync(`${dir}/tmp/${name}`, flags ? `${dir}/cur/${name}:2,${flags}` : `${dir}/new/${name}`);
}

export function append({ user, folder = 'INBOX', raw, encoding, flags = '', count = 1, received, ...rest }) {
  const who = U.need(user);
  const ids = [];
  for (let i = 1; i <= count; i += 1) {
    const made = raw ? { id: null, message: Buffer.from(raw, encoding ?? 'utf8') } : compose({ from: 'customer@customer.example', to: who.email, ...rest, ...(count > 1 ? { subject: `${rest.subject ?? 'Hello'} ${i}` } : {}) });
    store(who, folder, made.message, flags, received);
    ids.push(made.id);
  }
  return { appended: count, messageIds: ids };
}

export async function password({ user, password: value }) { U.update(U.need(user), { imap_password: value }); return {}; }
/** Every IMAP session of a mailbox ends. Dovecot does not know one that signed in a moment ago: the front does. */
export async function kick({ user }) {
  const { email } = U.need(user);
  await doveadm('kick', email).catch(() => {});
  endSessions(email);
  return {};
}
export async function uidvalidity({ user, folder = 'INBOX', value }) {
  const next = value ?? Math.floor(Date.now() / 1000) + 1000;
  await doveadm('mailbox', 'update', '-u', U.need(user).email, '--uid-validity', String(next), folder);
  return { uidvalidity: next };
}
export async function expunge({ user, folder = 'INBOX', uid, messageId }) {
  await doveadm('expunge', '-u', U.need(user).email, 'mailbox', folder, ...(uid ? ['uid', String(uid)] : messageId ? ['header', 'message-id', messageId] : ['all']));
  return {};
}

/** Every message gets a new number and the folder a new UIDVALIDITY, as after a restore at the server. */
export async function renumber({ user, folder = 'INBOX' }) {
  const who = U.need(user), dir = U.folderPath(who, folder);
  await kick({ user });
  for (const name of fs.readdirSync(dir)) if (/^dovecot(-uidlist|\.index)/.test(name)) fs.rmSync(`${dir}/${name}`);
  await uidvalidity({ user, folder });
  return folders({ user });
}

/** Takes a folder away, with what is in it, or gives it back. */
export async function hide({ user, folder, hidden = true }) {
  const path = U.folderPath(U.need(user), folder), away = `${U.home(U.need(user))}/away-${folder.replaceAll('/', '.')}`;
  await kick({ user });
  if (hidden) fs.renameSync(path, away); else fs.renameSync(away, path);
  return {};
}

/** Dovecot ends, and comes back after so many milliseconds; what Postfix held meanwhile is delivered then. */
export async function restart({ ms = 1000 }) {
  await doveadm('stop').catch(() => {});
  await new Promise((ok) => { setTimeout(ok, ms); });
  // The next one does not start beside one that is still ending.
  for (const end = Date.now() + 60_000; fs.existsSync(`${home}/dovecot/run/master.pid`) && Date.now() < end;) await new Promise((ok) => { setTimeout(ok, 50); });
  startDovecot(home);
  await Promise.all(imapPorts.map((port) => waitFor(port, 60)));
  await new Promise((ok) => { execFile('postqueue', ['-c', `${home}/postfix/etc`, '-f'], () => ok()); });
  return {};
}
