// An OpenID provider shaped as Microsoft's or Google's, built on oidc-provider. Everything is in memory.
//   environment: FLAVOUR microsoft|google, PORT, DOVECOT_SECRET
import './shim.mjs';
import * as http from 'node:http';
import * as crypto from 'node:crypto';
import Provider, { interactionPolicy } from 'oidc-provider';
import * as A from './accounts.mjs';
import * as errors from './errors.mjs';
import * as pages from './pages.mjs';
import * as store from './store.mjs';
import { actions, count, faultFor } from './control.mjs';
import { Interactions, readBody } from './interaction.mjs';

const { FLAVOUR: flavour, PORT: port, DOVECOT_SECRET: dovecotSecret } = process.env;
const issuer = `http://127.0.0.1:${port}`;
const google = flavour === 'google';
const ACCESS_CHARS = 1600, REFRESH_CHARS = google ? 400 : 1100; // as long as the real ones: line limits show
const MAIL = google ? ['https://mail.google.com/', 'mail'] : ['https://outlook.office.com/IMAP.AccessAsUser.All', 'https://outlook.office.com/SMTP.Send', 'https://outlook.office.com/POP.AccessAsUser.All'];
const KID = 'rig-1';
// By way of PEM: exporting the very key object that was just generated hung Node 20 in 5 of 120 starts.
const pem = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } };
const key = { privateKey: crypto.createPrivateKey(crypto.generateKeyPairSync('rsa', { modulusLength: 2048, ...pem }).privateKey) };

const dovecot = { client_id: 'dovecot', client_secret: dovecotSecret, grant_types: [], response_types: [], redirect_uris: [] };
store.hooks.client = (id) => (id === 'dovecot' ? dovecot : A.clientMetadata(id));
store.hooks.context = () => Provider.ctx;
store.hooks.keepsOld = (account) => A.settings(account).rotate === 'lenient';

// Every authorize request asks our own pages; they know who is signed in and what was consented.
const policy = interactionPolicy.base();
policy.clear();
policy.add(new interactionPolicy.Prompt({ name: 'login', requestable: true },
  new interactionPolicy.Check('ours', 'our own pages decide', (ctx) => !ctx.oidc.result?.login)));

const provider = new Provider(issuer, {
  adapter: store.Adapter,
  jwks: { keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
  routes: { authorization: '/authorize', token: '/token', jwks: '/keys', introspection: '/introspect', revocation: '/oidc-revoke', userinfo: '/oidc/userinfo' },
  scopes: ['openid', 'email', 'profile', 'rig:offline', ...MAIL],
  claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: async (ctx, client) => client.clientId === 'dovecot' },
    resourceIndicators: { enabled: false },
  },
  formats: { bitsOfOpaqueRandomness: (ctx, token) => 6 * ({ AccessToken: ACCESS_CHARS, RefreshToken: REFRESH_CHARS }[token.kind] ?? 43) },
  pkce: { required: () => false }, // optional at both real providers, and checked whenever a challenge was sent
  rotateRefreshToken: (ctx) => !google && A.settings(ctx.oidc.entities.RefreshToken.accountId).rotate !== 'none',
  issueRefreshToken: async (ctx, client, code) => code.scopes.has('rig:offline'),
  expiresWithSession: async () => false,
  extraParams: ['login_hint', 'domain_hint', 'access_type', 'include_granted_scopes', 'rig_prompt', 'rig_tenant'],
  extraTokenClaims: async (ctx, token) => ({ email: token.accountId, tid: A.users.get(token.accountId)?.tid }),
  ttl: {
    AccessToken: (ctx, token) => A.settings(token.accountId).accessTtl,
    RefreshToken: (ctx, token) => A.settings(token.accountId).refreshTtl,
    AuthorizationCode: (ctx, token) => A.settings(token.accountId).codeTtl,
    Grant: 5 * 366 * 86400, Session: 3600, Interaction: 3600, IdToken: 3600,
  },
  interactions: { policy, url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async (ctx) => (ctx.oidc.result?.consent?.grantId ? provider.Grant.find(ctx.oidc.result.consent.grantId) : undefined),
  findAccount: async (ctx, id) => {
    const user = A.users.get(id);
    return user && !user.disabled ? { accountId: id, claims: async () => ({ sub: id, email: id, name: user.name }) } : undefined;
  },
  clientDefaults: { id_token_signed_response_alg: 'RS256' },
  renderError: async (ctx, out) => {
    const p = ctx.oidc?.params ?? {};
    const text = google ? `Error 400: ${out.error === 'invalid_redirect_uri' ? 'redirect_uri_mismatch' : out.error}. ${out.error_description ?? ''}`
      : out.error === 'invalid_redirect_uri' ? errors.sentence(50011, errors.TEXT[50011](p.client_id, p.redirect_uri))
        : out.error === 'invalid_client' ? errors.sentence(700016, errors.TEXT[700016](p.client_id, p.rig_tenant))
          : errors.sentence(900144, out.error_description ?? out.error);
    ctx.type = 'html';
    ctx.body = pages.refusal(flavour, text);
  },
});
const interactions = new Interactions(provider, flavour);
const control = actions(provider);

for (const event of ['grant.error', 'authorization.error', 'introspection.error', 'server_error']) {
  provider.on(event, (ctx, failure) => {
    ctx.state.failure = failure;
    console.log(new Date().toISOString(), event, failure.message, failure.error_detail ?? failure.error_description ?? '', event === 'server_error' ? failure.stack : '');
  });
}

// The id_token is signed anew: Microsoft's issuer names the tenant of the person, not the path that was used.
function resign(token, account) {
  const original = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const { nonce, aud, exp, iat, auth_time } = original;
  const scopes = new Set(account.scope);
  const payload = { aud, exp, iat, nbf: iat, ...(nonce ? { nonce } : {}), ...(auth_time ? { auth_time } : {}), ...A.claims(flavour, account.id, aud, scopes, issuer) };
  const head = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'RS256', kid: KID })).toString('base64url');
  const signed = `${head}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
  return `${signed}.${crypto.sign('RSA-SHA256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && ctx.body?.access_token) {
    const row = store.tokenRow(ctx.body.access_token);
    const scope = (row.scope ?? '').split(' ').filter((s) => s !== 'rig:offline');
    ctx.body.scope = A.users.get(row.accountId)?.flavour === 'litware' ? scope.join(' ') : google ? scope.map((s) => (['email', 'profile'].includes(s) ? `https://www.googleapis.com/auth/userinfo.${s}` : s)).join(' ') : scope.filter((s) => s.startsWith('http')).join(' ');
    if (!google) ctx.body.ext_expires_in = ctx.body.expires_in;
    const endsIn = A.settings(row.accountId).refreshEndsIn;
    if (endsIn && ctx.req.body.grant_type === 'authorization_code') ctx.body.refresh_token_expires_in = endsIn; // as Google for time-based access
    if (google && ctx.req.body.grant_type === 'refresh_token' && A.users.get(row.accountId)?.flavour !== 'litware') delete ctx.body.refresh_token; // Google hands the refresh token out once
    if (ctx.body.id_token) ctx.body.id_token = resign(ctx.body.id_token, { id: row.accountId, scope });
  } else if (ctx.path === '/token' && ctx.body?.error) {
    // The realm says what RFC 6749 says, and nothing else.
    if (ctx.req.realm) ctx.body = { error: ctx.body.error, error_description: ctx.body.error_description };
    else if (google) ctx.body = errors.google(ctx.req.body, ctx.state.failure, ctx.body);
    else {
      const refusal = errors.microsoft(ctx.req.body, ctx.state.failure, ctx.body, A.CONSUMERS);
      ctx.body = errors.microsoftBody(issuer, refusal);
    }
  } else if (ctx.path.startsWith('/authorize') && ctx.response.get('location')?.startsWith('http')) {
    // neither provider sends the iss parameter of RFC 9207
    const to = new URL(ctx.response.get('location'));
    if (to.searchParams.has('code') || to.searchParams.has('error')) {
      to.searchParams.delete('iss');
      if (to.searchParams.get('error_description') === '') to.searchParams.delete('error_description');
      ctx.set('location', to.href);
    }
  }
});

const json = (res, body, status = 200) => { res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }); res.end(JSON.stringify(body)); };
const refusalPage = (res, text) => { res.writeHead(400, { 'content-type': 'text/html; charset=utf-8' }); res.end(pages.refusal(flavour, text)); };
const callback = provider.callback();
const ms = (res, code, text, error, status = 400) => json(res, errors.microsoftBody(issuer, { code, text, error }), status);

function authorize(req, res, url, segment) {
  const q = url.searchParams;
  const id = q.get('client_id');
  const client = A.clients.get(id);
  if (!google) {
    const tenant = A.resolveTenant(segment);
    if (!tenant) return refusalPage(res, errors.sentence(90002, errors.TEXT[90002](segment)));
    if (!client) return refusalPage(res, errors.sentence(700016, errors.TEXT[700016](id, segment)));
    const shared = ['common', 'organizations', 'consumers'].includes(tenant);
    if (client.tenants !== 'multi' && shared) return refusalPage(res, errors.sentence(50194, errors.TEXT[50194](id)));
    if (client.tenants !== 'multi' && A.resolveTenant(client.tenants) !== tenant) return refusalPage(res, errors.sentence(700016, errors.TEXT[700016](id, segment)));
    if (!client.personal && (tenant === 'consumers' || tenant === A.CONSUMERS)) return refusalPage(res, 'unauthorized_client: The client does not exist or is not enabled for consumers.');
    const unlisted = client.permissions && (q.get('scope') ?? '').split(/\s+/).find((s) => s.startsWith('http') && !client.permissions.includes(s));
    if (unlisted) return refusalPage(res, errors.sentence(650053, errors.TEXT[650053](client.name, unlisted)));
    q.set('rig_tenant', tenant === 'common' && !client.personal ? 'organizations' : tenant);
  }
  // `prompt` is ours to interpret: oidc-provider knows no select_account and ties offline_access to consent
  const prompt = q.get('prompt') ?? '';
  if (prompt.split(' ').includes('none') && !/rig_sso=/.test(req.headers.cookie ?? '')) return silent(res, q, client);
  q.set('rig_prompt', prompt);
  q.delete('prompt');
  const scopes = (q.get('scope') ?? '').split(/\s+/).filter((s) => s !== 'offline_access');
  const offline = google && segment !== A.REALM ? q.get('access_type') === 'offline' && prompt.includes('consent') : (q.get('scope') ?? '').includes('offline_access');
  if (offline) scopes.push('rig:offline');
  q.set('scope', scopes.join(' '));
  return forward(req, res, `/authorize?${q}`);
}

// Nobody is signed in and nobody may be asked: back at once, if the address is a registered one. Any port of a loopback address will do.
function silent(res, q, client) {
  const plain = (address) => { const u = new URL(address); return ['localhost', '127.0.0.1'].includes(u.hostname) ? `${u.protocol}//${u.hostname}${u.pathname}` : u.href; };
  if (!client) return refusalPage(res, 'Error 401: invalid_client. The OAuth client was not found.');
  const uri = q.get('redirect_uri');
  if (!client.redirect_uris.some((known) => plain(known) === plain(uri))) {
    return refusalPage(res, google ? 'Error 400: redirect_uri_mismatch. The redirect URI in the request does not match the ones authorized for the OAuth client.' : errors.sentence(50011, errors.TEXT[50011](q.get('client_id'), uri)));
  }
  const to = new URL(uri);
  const refusal = google ? { error: 'interaction_required' } : { error: 'login_required', error_description: errors.sentence(50058, 'A silent sign-in request was sent but no user is signed in.') };
  for (const [key, value] of Object.entries({ ...refusal, state: q.get('state') ?? '' })) to.searchParams.set(key, value);
  res.writeHead(302, { location: to.href });
  return res.end();
}

async function token(req, res, segment) {
  const params = Object.fromEntries(new URLSearchParams(await readBody(req)));
  req.realm = segment === A.REALM;
  const basic = /^Basic (.+)$/i.exec(req.headers.authorization ?? '');
  if (basic) {
    const [id, secret] = Buffer.from(basic[1], 'base64').toString().split(':').map((p) => decodeURIComponent(p.replace(/\+/g, ' ')));
    params.client_id = id;
    params.client_secret = secret;
    delete req.headers.authorization;
  }
  const account = params.grant_type === 'refresh_token' ? store.refreshOwner(params.refresh_token) : store.codeOwner(params.code);
  count('token', account, params.client_id);
  count(params.grant_type, account, params.client_id);
  if (await disturbed(req, res, 'token', account, params.client_id)) return undefined;
  const client = A.clients.get(params.client_id);
  if (!client) return google ? json(res, { error: 'invalid_client', error_description: 'The OAuth client was not found.' }, 401) : ms(res, 700016, errors.TEXT[700016](params.client_id, segment), 'unauthorized_client');
  if (client.client_secret) {
    const shown = segment !== A.REALM || basic;
    const state = !shown ? 'wrong' : client.secret_state === 'expired' ? 'expired' : client.secret_state === 'wrong' || params.client_secret !== client.client_secret ? 'wrong' : 'valid';
    if (state !== 'valid') return segment === A.REALM ? json(res, { error: 'invalid_client', error_description: 'client authentication failed' }, 401) : google ? json(res, { error: 'invalid_client', error_description: 'Unauthorized' }, 401) : json(res, errors.microsoftBody(issuer, errors.secretError(state, params.client_id)), 401);
  }
  if (!google) {
    const tenant = A.resolveTenant(segment);
    if (!tenant) return ms(res, 90002, errors.TEXT[90002](segment), 'invalid_request');
    const through = params.code && store.codeTenant.get(params.code);
    if (through && through !== tenant && !(through === 'organizations' && tenant === 'common')) return ms(res, 700005, 'The provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for.', 'invalid_grant');
  }
  // An app's own token: for nobody's mailbox here, but it shows that the secret is right.
  if (!google && params.grant_type === 'client_credentials') {
    if (['common', 'organizations', 'consumers'].includes(segment)) return ms(res, 9001023, errors.TEXT[9001023](), 'invalid_request');
    return json(res, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: crypto.randomBytes(900).toString('base64url') });
  }
  if (params.scope) params.scope = params.scope.split(/\s+/).map((s) => (s === 'offline_access' ? 'rig:offline' : s)).join(' ');
  req.body = params;
  req.headers['content-type'] = 'application/x-www-form-urlencoded';
  return forward(req, res, '/token');
}

// Google's revoke takes away everything the account gave this application, whichever token is shown.
async function revoke(req, res, url) {
  const shown = new URLSearchParams(await readBody(req)).get('token') ?? url.searchParams.get('token');
  const row = store.tokenRow(shown);
  count('revoke', row?.accountId, row?.clientId);
  if (!row) return json(res, { error: 'invalid_token', error_description: 'Token expired or revoked' }, 400);
  A.dropConsent(row.accountId);
  store.revoke(row.accountId, { client: row.clientId, access: true });
  return json(res, {});
}

function discovery(res, segment) {
  const tid = google ? '' : A.resolveTenant(segment);
  if (!google && !tid) return ms(res, 90002, errors.TEXT[90002](segment), 'invalid_tenant');
  const at = google ? { authorize: '/o/oauth2/v2/auth', token: '/token', keys: '/keys', iss: issuer }
    : { authorize: `/${segment}/oauth2/v2.0/authorize`, token: `/${segment}/oauth2/v2.0/token`, keys: `/${segment}/discovery/v2.0/keys`,
      iss: `${issuer}/${tid === 'consumers' ? A.CONSUMERS : ['common', 'organizations'].includes(tid) ? '{tenantid}' : tid}/v2.0` };
  return json(res, { issuer: at.iss, authorization_endpoint: issuer + at.authorize, token_endpoint: issuer + at.token, jwks_uri: issuer + at.keys,
    ...(google ? { revocation_endpoint: `${issuer}/revoke` } : {}), response_types_supported: ['code'], subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['plain', 'S256'], scopes_supported: ['openid', 'profile', 'email', 'offline_access'] });
}

// A provider as its own document tells it: no field that RFC 8414 or OpenID Connect Discovery does not name.
function realmDiscovery(res) {
  count('openid-configuration');
  const at = `${issuer}${A.REALM}`;
  return json(res, { issuer: at, authorization_endpoint: `${at}/auth`, token_endpoint: `${at}/token`, userinfo_endpoint: `${at}/userinfo`,
    revocation_endpoint: `${at}/revoke`, jwks_uri: `${issuer}/keys`, response_types_supported: ['code'], subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'], scopes_supported: ['openid', 'profile', 'email', 'offline_access', 'mail'] });
}

function userinfo(req, res) {
  const row = store.tokenRow(/^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1]);
  const user = row && A.users.get(row.accountId);
  if (!user) return json(res, { error: 'invalid_token' }, 401);
  return json(res, { sub: A.guid(user.email), email: user.email, email_verified: true, name: user.name });
}

async function disturbed(req, res, route, account, client) {
  const fault = faultFor(route, account, client);
  if (!fault) return false;
  if (fault.delayMs) await new Promise((r) => { setTimeout(r, fault.delayMs); });
  if (fault.drop) { req.socket.destroy(); return true; }
  if (!fault.status) return false;
  const body = fault.body ?? (google ? { error: 'internal_failure', error_description: 'Backend Error' } : errors.microsoftBody(issuer, { code: 90033, text: 'A transient error has occurred. Please try again.', error: 'temporarily_unavailable' }));
  res.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
  res.end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}

function forward(req, res, target) {
  // oidc-provider's own browser session is always new; ours (rig_sso) is the one that counts
  if (req.headers.cookie) req.headers.cookie = req.headers.cookie.split(/;\s*/).filter((c) => !/^_session/.test(c)).join('; ');
  req.url = target;
  return callback(req, res);
}

async function front(req, res) {
  const url = new URL(req.url, issuer);
  const path = url.pathname;
  if (path.startsWith('/_ctl/')) {
    try { return json(res, await control[path.slice(6)](JSON.parse((await readBody(req)) || '{}'))); }
    catch (e) { return json(res, { error: e.message }, 400); }
  }
  const tenanted = google ? null : /^\/([^/]+)\/(oauth2\/v2\.0\/authorize|oauth2\/v2\.0\/token|discovery\/v2\.0\/keys|v2\.0\/\.well-known\/openid-configuration|v2\.0\/adminconsent|adminconsent)$/.exec(path);
  const realm = google && path.startsWith(`${A.REALM}/`) ? path.slice(A.REALM.length) : undefined;
  if (realm === '/.well-known/openid-configuration') return realmDiscovery(res);
  if (realm === '/userinfo') return userinfo(req, res);
  const what = realm ? { '/auth': 'authorize', '/token': 'token', '/revoke': 'revoke' }[realm] : google ? { '/o/oauth2/v2/auth': 'authorize', '/token': 'token', '/revoke': 'revoke', '/.well-known/openid-configuration': 'openid-configuration' }[path]
    : tenanted?.[2].split('/').at(-1);
  const route = what ?? (path === '/introspect' ? 'introspect' : 'other');
  if (route !== 'token') {
    const hint = url.searchParams.get('login_hint') ?? undefined;
    count(route, hint, url.searchParams.get('client_id'));
    if (await disturbed(req, res, route, hint, url.searchParams.get('client_id'))) return undefined;
  }
  switch (what) {
    case 'authorize': return authorize(req, res, url, realm ? A.REALM : tenanted?.[1]);
    case 'token': return token(req, res, realm ? A.REALM : tenanted?.[1]);
    case 'revoke': return revoke(req, res, url);
    case 'openid-configuration': return discovery(res, tenanted?.[1]);
    case 'adminconsent': return interactions.adminConsent(req, res, url, tenanted[1]);
    case 'keys': return forward(req, res, '/keys');
    default:
      if (path.startsWith('/interaction/')) return interactions.handle(req, res);
      return forward(req, res, path + url.search);
  }
}

http.createServer({ maxHeaderSize: 65536, keepAliveTimeout: 60_000 }, (req, res) => {
  front(req, res).catch?.((e) => { console.log(e.stack); if (!res.headersSent) res.writeHead(500); res.end(); });
}).listen(+port, '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit(0)); // the rig is gone
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
