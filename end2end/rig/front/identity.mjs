// Who signs in at a front, and whether this provider lets that person in.
import * as U from '../users.mjs';

let urls, basic;
export function open(where, secret) { urls = where; basic = `Basic ${Buffer.from(`dovecot:${secret}`).toString('base64')}`; }

async function introspect(provider, token) {
  const answer = await fetch(`${urls[provider]}/introspect`, { method: 'POST', body: new URLSearchParams({ token }), headers: { authorization: basic } });
  const json = await answer.json();
  return json.active ? { email: json.email, scopes: new Set(json.scope.split(' ')) } : undefined;
}

// The SASL message of each mechanism -> {user, token} or {user, password}; undefined when malformed.
export function unpack(mechanism, text) {
  const raw = Buffer.from(text, 'base64').toString('utf8');
  if (mechanism === 'XOAUTH2') {
    const m = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/i.exec(raw);
    return m ? { user: m[1].toLowerCase(), token: m[2] } : undefined;
  }
  if (mechanism === 'OAUTHBEARER') {
    const m = /^n,a=([^,]*),\x01(?:[^\x01]*\x01)*?auth=Bearer ([^\x01]*)\x01(?:[^\x01]*\x01)*$/i.exec(raw);
    return m ? { user: m[1].replaceAll('=2C', ',').replaceAll('=3D', '=').toLowerCase(), token: m[2] } : undefined;
  }
  const [, user, password] = raw.split('\0');
  return password === undefined ? undefined : { user: user.toLowerCase(), password };
}

// A mailbox that lies at this provider too, in a store of its own: a user's `at: {microsoft: 'other@name'}`. Its sign-ins
// lead there, so that one address can move from one provider to another with its mail copied.
export function led(words, mechanism, text, credential) {
  const there = credential && U.find(credential.user)?.at?.[words.provider];
  if (!there) return { text, credential };
  const next = { ...credential, user: there.toLowerCase() };
  const bearer = mechanism === 'XOAUTH2' ? `user=${next.user}\x01auth=Bearer ${next.token}\x01\x01` : `n,a=${next.user},\x01auth=Bearer ${next.token}\x01\x01`;
  return { text: next.token === undefined ? text : Buffer.from(bearer).toString('base64'), credential: next };
}

const SCOPE = { microsoft: { imap: 'https://outlook.office.com/IMAP.AccessAsUser.All', smtp: 'https://outlook.office.com/SMTP.Send' }, google: { imap: 'https://mail.google.com/', smtp: 'https://mail.google.com/' }, other: { imap: 'mail', smtp: 'mail' } };
const flag = (holder, protocol) => holder[protocol === 'imap' ? 'imap' : 'smtp_auth'];

// Switched off for the mailbox or for the whole tenant? A mailbox set to true stands above its tenant, as at Exchange.
function switchedOff(user, protocol) {
  const own = flag(user, protocol);
  if (own === false) return 'Mailbox';
  return own !== true && flag(U.domainOf(user), protocol) === false ? 'Tenant' : undefined;
}

// -> {user, person} to go on, or {why: 'refused'|'basicOff'|'appPassword'|'off', whose}
export async function judge(words, protocol, credential) {
  const user = credential && U.find(credential.user);
  const refused = { why: 'refused', user };
  if (!user || U.flavourOf(user) !== words.provider) return refused;
  let person = user;
  if (credential.token !== undefined) {
    const token = await introspect(words.provider === 'other' ? 'google' : words.provider, credential.token);
    if (!token || !token.scopes.has(SCOPE[words.provider][protocol])) return refused;
    person = U.find(token.email);
    // Exchange's SMTP takes the person alone; IMAP also takes a shared mailbox, which the server behind decides
    if (person !== user && (protocol === 'smtp' || words.provider !== 'microsoft')) return refused;
  } else {
    if (words.provider === 'microsoft') {
      const allowed = U.domainOf(user).basic;
      if (allowed === false || (typeof allowed === 'object' && allowed[protocol] === false)) return { why: 'basicOff', user };
    }
    const right = words.provider === 'google' ? user.app_password : user.imap_password;
    // Google shows app passwords in groups of four and does not mind the blanks
    if (words.provider === 'google') credential.password = credential.password.replaceAll(' ', '');
    if (right === undefined || credential.password !== right) {
      return words.provider === 'google' && credential.password === user.password ? { why: 'appPassword', user } : refused;
    }
  }
  const whose = switchedOff(user, protocol);
  return whose ? { why: 'off', whose, user, person } : { user, person };
}
