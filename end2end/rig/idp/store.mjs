// The provider's rows: codes, tokens, grants. oidc-provider's own memory adapter is one LRU of 1000 rows
// for everything and would lose grants without a word, so this one keeps all. Expired rows stay findable:
// the error can then say "expired" instead of "not found".
const rows = new Map(); // "Model:id" -> payload
const byGrant = new Map();
const GRANTABLE = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

// refresh token -> {reason, account}: why a token that is gone was taken away
export const dead = new Map();
// authorization code -> the tenant segment it was issued through
export const codeTenant = new Map();

export const hooks = { client: () => undefined, context: () => undefined, keepsOld: () => true };

export class Adapter {
  constructor(name) { this.name = name; }

  async upsert(id, payload) {
    const key = `${this.name}:${id}`;
    rows.set(key, payload);
    if (this.name === 'AuthorizationCode') {
      const tenant = hooks.context()?.oidc?.params?.rig_tenant;
      if (tenant) codeTenant.set(id, tenant);
    }
    if (payload.grantId && GRANTABLE.has(this.name)) {
      if (!byGrant.has(payload.grantId)) byGrant.set(payload.grantId, new Set());
      byGrant.get(payload.grantId).add(key);
    }
  }

  async find(id) { return this.name === 'Client' ? hooks.client(id) : rows.get(`${this.name}:${id}`); }

  async findByUid(uid) {
    for (const [key, payload] of rows) if (key.startsWith(`${this.name}:`) && payload.uid === uid) return payload;
    return undefined;
  }

  async findByUserCode() { return undefined; }

  async destroy(id) { rows.delete(`${this.name}:${id}`); }

  async consume(id) {
    const payload = rows.get(`${this.name}:${id}`);
    if (!payload) return;
    // Microsoft's rotation is lenient: a new refresh token comes, the old one goes on working
    if (this.name === 'RefreshToken' && hooks.keepsOld(payload.accountId)) return;
    payload.consumed = Math.floor(Date.now() / 1000);
  }

  async revokeByGrantId(grantId) {
    for (const key of byGrant.get(grantId) ?? []) {
      if (key.startsWith('RefreshToken:')) bury(key, 'reuse');
      rows.delete(key);
    }
    byGrant.delete(grantId);
  }
}

function bury(key, reason) {
  const token = key.slice('RefreshToken:'.length);
  if (!dead.has(token)) dead.set(token, { reason, account: rows.get(key)?.accountId });
}

// Takes an account's tokens away; `access: false` leaves access tokens alive until they run out, as
// Microsoft does without continuous access evaluation.
export function revoke(account, { reason = 'admin', access = false, client } = {}) {
  const n = { refresh: 0, access: 0 };
  for (const [key, payload] of rows) {
    if (payload.accountId !== account || (client && payload.clientId !== client)) continue;
    if (key.startsWith('RefreshToken:')) { bury(key, reason); rows.delete(key); n.refresh += 1; }
    else if (key.startsWith('AuthorizationCode:')) rows.delete(key);
    else if (access && key.startsWith('AccessToken:')) { rows.delete(key); n.access += 1; }
  }
  return n;
}

export function expireAccess(account) {
  let n = 0;
  for (const [key, payload] of rows) {
    if (!key.startsWith('AccessToken:') || (account && payload.accountId !== account)) continue;
    payload.exp = Math.floor(Date.now() / 1000) - 1;
    n += 1;
  }
  return n;
}

export const tokenRow = (token) => rows.get(`RefreshToken:${token}`) ?? rows.get(`AccessToken:${token}`);
export const refreshOwner = (token) => rows.get(`RefreshToken:${token}`)?.accountId ?? dead.get(token)?.account;
export const codeOwner = (code) => rows.get(`AuthorizationCode:${code}`)?.accountId;
export const size = () => rows.size;

// Only what no error text needs later is thrown away: old access tokens and finished interactions.
setInterval(() => {
  const limit = Math.floor(Date.now() / 1000) - 3600;
  for (const [key, payload] of rows) {
    if (/^(AccessToken|Interaction|Session):/.test(key) && payload.exp < limit) rows.delete(key);
  }
}, 60_000).unref();
