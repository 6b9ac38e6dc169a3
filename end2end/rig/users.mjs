// Everybody the rig knows, and their domains. Users may be added while it runs: each is one file for Dovecot,
// an answer for Postfix, and a message to the identity providers.
import * as fs from 'node:fs';
import * as crypto from 'node:crypto';
import { guid, CONSUMERS } from './idp/accounts.mjs';

const UIDS = 64; // the kernel counts inotify instances per uid, and each session in IDLE takes one
const FOLDERS = {
  microsoft: { sent: 'Sent Items', all: ['Sent Items', 'Drafts', 'Junk Email', 'Deleted Items', 'Archive'] },
  google: { sent: '[Gmail]/Sent Mail', all: ['[Gmail]/Sent Mail', '[Gmail]/Drafts', '[Gmail]/Spam', '[Gmail]/Trash'] },
  other: { sent: 'Sent', all: ['Sent', 'Drafts', 'Junk', 'Trash', 'Archive'] },
};

export const users = new Map();
export const domains = new Map(); // domain -> {domain, provider, tid, imap, smtp_auth, basic}
export const bouncing = new Set(['bounce.example']);
let state, tell, announce;

// `tellProviders(provider, message)` reaches an IdP; `announceDomain` lets DNS know a new one.
export function open(folder, tellProviders, announceDomain) {
  state = folder;
  tell = tellProviders;
  announce = announceDomain;
  for (const dir of ['dovecot/users', 'mail']) fs.mkdirSync(`${state}/${dir}`, { recursive: true });
}

export const bare = (address) => {
  const [local, domain] = String(address).toLowerCase().split('@');
  return `${local.split('+')[0]}@${domain ?? ''}`;
};
export const find = (address) => users.get(bare(address));
export function need(address) {
  const user = find(address ?? '');
  if (!user) throw new Error(`no such user: ${address}`);
  return user;
}
export const domainOf = (user) => domains.get(user.email.split('@')[1]);
export const providerOf = (user) => domainOf(user).provider;
export const flavourOf = (user) => (['microsoft', 'google'].includes(providerOf(user)) ? providerOf(user) : 'other');
export const sentFolder = (user) => FOLDERS[flavourOf(user)].sent;
export const home = (user) => `${state}/mail/${user.email.split('@')[1]}/${user.email.split('@')[0]}`;
export const folderPath = (user, name) => (name.toUpperCase() === 'INBOX' ? `${home(user)}/Maildir` : `${home(user)}/Maildir/.${name.replaceAll('/', '.')}`);

export function makeFolder(user, name) {
  const path = folderPath(user, name);
  for (const dir of [path, `${path}/cur`, `${path}/new`, `${path}/tmp`]) {
    if (fs.existsSync(dir)) continue;
    fs.mkdirSync(dir, { mode: 0o700, recursive: true });
    fs.chownSync(dir, user.uid, user.uid);
  }
  if (name.toUpperCase() !== 'INBOX' && !fs.existsSync(`${path}/maildirfolder`)) {
    fs.writeFileSync(`${path}/maildirfolder`, '', { mode: 0o600 });
    fs.chownSync(`${path}/maildirfolder`, user.uid, user.uid);
  }
  return path;
}

// Dovecot reads this at each sign-in; the rename makes a half-written file impossible to meet.
function writeLogin(user) {
  const lines = [`uid=${user.uid}`, `home=${home(user)}`];
  const password = user.imap_password ?? user.app_password;
  if (password) lines.push(`password=${password}`);
  if (user.delegates?.length) lines.push(`delegates=${user.delegates.map((d) => d.toLowerCase()).join(' ')}`);
  const path = `${state}/dovecot/users/${user.email}`;
  fs.writeFileSync(`${path}~`, `${lines.join('\n')}\n`, { mode: 0o644 });
  fs.renameSync(`${path}~`, path);
}

export async function putDomain({ domain, ...rest }) {
  const name = domain.toLowerCase();
  const old = domains.get(name);
  const provider = rest.provider ?? old?.provider ?? 'microsoft';
  const tid = rest.tid ?? old?.tid ?? (provider === 'microsoft' ? guid(`tenant ${name}`) : null);
  const next = { domain: name, imap: true, smtp_auth: true, basic: true, ...old, ...rest, provider, tid };
  next.domain = name;
  domains.set(name, next);
  announce(next);
  if (provider === 'microsoft') await tell('microsoft', 'users', { tenants: [{ tid, domain: name }] });
  return next;
}

function prepared(input) {
  const email = input.email.toLowerCase();
  const old = users.get(email);
  const user = { name: email, uid: 20_000 + (users.size % UIDS), ...old, ...input, email };
  for (const list of ['delegates', 'send_as']) if (user[list]) user[list] = user[list].map((e) => e.toLowerCase());
  users.set(email, user);
  if (!old) {
    for (const dir of [`${state}/mail/${email.split('@')[1]}`, home(user)]) if (!fs.existsSync(dir)) fs.mkdirSync(dir, { mode: 0o755 });
    fs.chownSync(home(user), user.uid, user.uid);
    makeFolder(user, 'INBOX');
    const { all } = FOLDERS[flavourOf(user)];
    all.forEach((f) => makeFolder(user, f));
    const list = `${home(user)}/Maildir/subscriptions`;
    fs.writeFileSync(list, `V\t2\n\n${all.map((f) => f.replaceAll('/', '\t')).join('\n')}\n`, { mode: 0o600 });
    fs.chownSync(list, user.uid, user.uid);
  }
  writeLogin(user);
  return user;
}

export async function put(inputs) {
  for (const input of inputs) {
    const domain = input.email.split('@')[1].toLowerCase();
    if (!domains.has(domain)) await putDomain({ domain, provider: input.provider });
  }
  const made = inputs.map(prepared);
  // Litware's people sign in at a realm of their own, kept by the second provider's process.
  for (const [provider, at] of [['microsoft', 'microsoft'], ['google', 'google'], ['litware', 'google']]) {
    const mine = made.filter((u) => u.oauth && providerOf(u) === provider);
    if (mine.length) await tell(at, 'users', { users: mine.map((u) => ({ email: u.email, name: u.name, password: u.password, admin: u.admin ?? false, tid: domainOf(u).tid, oid: u.oid, flavour: provider, workspace: provider === 'google' && u.email.split('@')[1] !== 'gmail.example' })) });
  }
  return made;
}

export function update(user, part) {
  Object.assign(user, part);
  writeLogin(user);
}

export const tenantOf = (name) => {
  const found = [...domains.values()].filter((d) => d.domain === name || d.tid === name);
  if (!found.length) throw new Error(`no such tenant: ${name}`);
  return found;
};

// Exchange's Send As: the person, or somebody named in the address's send_as list.
export const maySendAs = (person, from) => {
  const owner = find(from);
  if (!owner) return false;
  return owner.email === person.email || (owner.send_as ?? []).includes(person.email);
};

export const shown = (u) => ({ ...u, provider: providerOf(u), tid: domainOf(u).tid, oid: u.oid ?? guid(u.email), sent_folder: sentFolder(u) });
export { CONSUMERS };
export const unique = () => crypto.randomBytes(6).toString('hex');
