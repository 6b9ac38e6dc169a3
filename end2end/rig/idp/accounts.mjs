// Who may sign in, which applications are registered, and the switches a test turns. All of it is told by
// the rig over the control path; this process decides nothing about users itself.
import * as crypto from 'node:crypto';

export const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';
// A third provider, of no kind that anybody knows by name: found by OpenID discovery alone.
export const REALM = '/realms/litware';
export const users = new Map();
export const tenants = new Map(); // tid -> {tid, domains, adminConsent}
export const clients = new Map();
const consents = new Map(); // "account|client" or "tid|client" -> Set of scopes

// withhold: permissions that are not granted although they are asked for
const base = { accessTtl: 60, refreshTtl: 90 * 86400, codeTtl: 600, rotate: 'lenient', refreshEndsIn: 0, withhold: [] };
const overrides = new Map(); // account or tenant id -> part of the settings

export function guid(text) {
  const h = crypto.createHash('sha256').update(text).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

export function putUser(user) {
  const old = users.get(user.email);
  users.set(user.email, { epoch: 0, disabled: false, ...old, ...user });
}

export function putTenant({ tid, domain }) {
  const tenant = tenants.get(tid) ?? { tid, domains: new Set(), adminConsent: false };
  tenant.domains.add(domain);
  tenants.set(tid, tenant);
}

// A client: {client_id, client_secret, redirect_uris, tenants: 'multi'|'<tid>', personal, secret_state, name}
export function putClient(client) {
  const old = clients.get(client.client_id) ?? {
    tenants: 'multi', personal: true, secret_state: 'valid', name: client.client_id,
    redirect_uris: ['http://127.0.0.1/oauth/callback', 'http://localhost/oauth/callback'],
  };
  clients.set(client.client_id, { ...old, ...client });
}

export function clientMetadata(id) {
  const c = clients.get(id);
  return c && {
    client_id: c.client_id, client_name: c.name,
    ...(c.client_secret ? { client_secret: c.client_secret, token_endpoint_auth_method: 'client_secret_post' } : { token_endpoint_auth_method: 'none' }),
    // "native" accepts any port on loopback addresses, which a test needs and Microsoft allows for localhost
    application_type: 'native', redirect_uris: c.redirect_uris,
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  };
}

export function resolveTenant(segment) {
  if (['common', 'organizations', 'consumers'].includes(segment)) return segment;
  for (const t of tenants.values()) if (t.tid === segment || t.domains.has(segment)) return t.tid;
  return undefined;
}

export const settings = (account) => ({ ...base, ...overrides.get(users.get(account)?.tid), ...overrides.get(account) });
export function configure({ account, tenant, ...part }) {
  const known = Object.fromEntries(Object.entries(part).filter(([k]) => k in base));
  const key = account ?? (tenant && resolveTenant(tenant));
  if (key) overrides.set(key, { ...overrides.get(key), ...known });
  else Object.assign(base, known);
  return key ? settings(key) : base;
}

export function consented(account, client) {
  const tid = users.get(account)?.tid;
  return new Set([...(consents.get(`${account}|${client}`) ?? []), ...(consents.get(`${tid}|${client}`) ?? [])]);
}
export function addConsent(who, client, scopes) {
  const key = `${who}|${client}`;
  consents.set(key, new Set([...(consents.get(key) ?? []), ...scopes]));
}
export const dropConsent = (who) => { for (const key of consents.keys()) if (key.startsWith(`${who}|`)) consents.delete(key); };

// Browser sessions: a cookie names a set of accounts. A revoke raises the account's epoch, which ends them.
const sessions = new Map();
export const signedIn = (sid) => [...(sessions.get(sid) ?? [])].filter(([email, epoch]) => users.get(email)?.epoch === epoch && !users.get(email).disabled).map(([email]) => email);
export function signIn(sid, email) {
  const id = sessions.has(sid) ? sid : crypto.randomUUID();
  if (!sessions.has(id)) sessions.set(id, new Map());
  sessions.get(id).set(email, users.get(email).epoch);
  return id;
}

// Claims as each provider fills them; `openid email profile` decide which appear.
export function claims(flavour, account, client, scopes, issuer) {
  const u = users.get(account);
  if (u.flavour === 'litware') {
    // As small providers do: who it is stands in the id_token, the address only where userinfo is asked.
    return { iss: `${issuer}${REALM}`, sub: guid(account) };
  }
  if (flavour === 'google') {
    const digits = BigInt(`0x${crypto.createHash('sha256').update(account).digest('hex').slice(0, 17)}`).toString().padStart(21, '1').slice(0, 21);
    return { iss: issuer, sub: u.sub ?? digits, ...(u.workspace ? { hd: account.split('@')[1] } : {}),
      ...(scopes.has('email') ? { email: account, email_verified: true } : {}), ...(scopes.has('profile') ? { name: u.name } : {}) };
  }
  return { iss: `${issuer}/${u.tid}/v2.0`, ver: '2.0', tid: u.tid,
    sub: crypto.createHash('sha256').update(`${account}|${client}`).digest('base64url'),
    ...(scopes.has('profile') ? { oid: u.oid ?? guid(account), preferred_username: account, name: u.name } : {}),
    ...(scopes.has('email') ? { email: account } : {}) };
}
