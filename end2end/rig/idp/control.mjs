// The rig's own side door to a provider: users in, switches turned, numbers out.
import * as A from './accounts.mjs';
import * as store from './store.mjs';

export const hits = { total: {}, account: {}, client: {} };
const last = {}; // by account and route, when it was asked last, on the provider's clock
const faults = []; // {route, account?, client?, tenant?, times, status, headers, body, delayMs, drop}

export function count(route, account, client) {
  hits.total[route] = (hits.total[route] ?? 0) + 1;
  for (const [table, key] of [[hits.account, account], [hits.client, client]]) {
    if (!key) continue;
    table[key] ??= {};
    table[key][route] = (table[key][route] ?? 0) + 1;
  }
  if (account) (last[account] ??= {})[route] = new Date().toISOString();
}

export function faultFor(route, account, client) {
  const tid = A.users.get(account)?.tid;
  const i = faults.findIndex((f) => (f.route === route || f.route === '*') && f.times !== 0
    && (!f.account || f.account === account) && (!f.client || f.client === client) && (!f.tenant || A.resolveTenant(f.tenant) === tid));
  if (i < 0) return undefined;
  const fault = faults[i];
  fault.times -= 1;
  if (fault.times === 0) faults.splice(i, 1);
  return fault;
}

export async function mint(provider, { account, client = 'mailkeep-demo', accessTtl, scope }) {
  const owner = await provider.Client.find(client);
  const scopes = scope ?? (account && A.users.get(account)?.flavour === 'litware' ? 'openid email rig:offline mail' : account && A.users.get(account)?.flavour === 'google' ? 'openid email rig:offline https://mail.google.com/'
    : 'openid profile email rig:offline https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send');
  const grant = new provider.Grant({ accountId: account, clientId: client });
  grant.addOIDCScope(scopes);
  const common = { accountId: account, client: owner, grantId: await grant.save(), gty: 'authorization_code', scope: scopes };
  const access = new provider.AccessToken(common);
  access.expiresIn = accessTtl ?? A.settings(account).accessTtl;
  const refresh = new provider.RefreshToken({ ...common, rotations: 0, iiat: Math.floor(Date.now() / 1000) });
  return { access_token: await access.save(), refresh_token: await refresh.save(), expires_in: access.expiresIn, token_type: 'Bearer' };
}

const known = (email) => { const u = A.users.get(email?.toLowerCase()); if (!u) throw new Error(`no such account: ${email}`); return u; };

export const actions = (provider) => ({
  health: () => ({ ok: true, pid: process.pid, now: new Date().toISOString() }),
  users: ({ users = [], tenants = [], clients = [] }) => {
    tenants.forEach(A.putTenant);
    users.forEach(A.putUser);
    clients.forEach(A.putClient);
    return { users: A.users.size };
  },
  stats: ({ account, client }) => ({ hits: account ? hits.account[account] ?? {} : client ? hits.client[client] ?? {} : hits.total, ...(account ? { last: last[account] ?? {} } : {}), rows: store.size() }),
  config: ({ fault, ...part }) => {
    if (fault === null) faults.length = 0;
    else if (fault) faults.push({ route: 'token', times: 1, ...(part.account ? { account: part.account } : {}), ...(part.client ? { client: part.client } : {}), ...(part.tenant ? { tenant: part.tenant } : {}), ...fault });
    return { ...A.configure(part), faults };
  },
  // access:false leaves running access tokens alone; browser sessions always end
  revoke: ({ account, reason = 'admin', access = false, client, keepConsent = true }) => {
    known(account).epoch += 1;
    if (!keepConsent) A.dropConsent(account);
    return store.revoke(account, { reason, access, client });
  },
  password: ({ account, password, revoke = true, access = false }) => {
    const user = known(account);
    user.password = password;
    user.epoch += 1;
    return revoke ? store.revoke(account, { reason: 'password', access }) : {};
  },
  disable: ({ account, disabled = true, access = false }) => {
    known(account).disabled = disabled;
    return { account, disabled, expired: access ? store.expireAccess(account) : 0 };
  },
  'expire-access': ({ account }) => ({ expired: store.expireAccess(account) }),
  secret: ({ client, state = 'valid', secret }) => {
    const old = A.clients.get(client);
    if (!old) throw new Error(`no such client: ${client}`);
    A.putClient({ client_id: client, secret_state: state, ...(secret ? { client_secret: secret } : {}) });
    return { client, state };
  },
  'admin-consent': ({ tenant, required = true, forget = true }) => {
    const tids = tenant ? [A.resolveTenant(tenant)] : [...A.tenants.keys()].filter((t) => t !== A.CONSUMERS);
    for (const tid of tids) {
      if (!A.tenants.has(tid)) throw new Error(`no such tenant: ${tenant}`);
      A.tenants.get(tid).adminConsent = required;
      if (!required || !forget) continue;
      A.dropConsent(tid);
      for (const u of A.users.values()) if (u.tid === tid) A.dropConsent(u.email);
    }
    return { tenants: tids, required };
  },
  client: (client) => { A.putClient(client); return { ...A.clients.get(client.client_id) }; },
  mint: async ({ accounts, account, ...rest }) => {
    const list = accounts ?? [account];
    list.forEach(known);
    const minted = await Promise.all(list.map((a) => mint(provider, { account: a, ...rest })));
    return accounts ? minted : minted[0];
  },
});
