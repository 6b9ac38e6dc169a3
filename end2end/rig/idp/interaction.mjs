// One sign-in in the browser: account, then consent, then back to the application. Every authorize request
// comes through here (oidc-provider is told nothing of earlier sessions), so that single sign-on, the account
// picker and remembered consent are ours and behave as the real providers' do.
import * as pages from './pages.mjs';
import { TEXT, sentence } from './errors.mjs';
import * as A from './accounts.mjs';

const COOKIE = 'rig_sso';
const steps = new Map(); // interaction uid -> {account}
const cookie = (req) => new RegExp(`${COOKIE}=([\\w-]+)`).exec(req.headers.cookie ?? '')?.[1];

export const readBody = (req) => new Promise((ok) => {
  const parts = [];
  req.on('data', (c) => parts.push(c));
  req.on('end', () => ok(Buffer.concat(parts).toString()));
});

function html(res, body, status = 200) {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  res.end(body);
}

// Why this account may not come in through this tenant segment, or undefined.
function barred(user, client, tenant) {
  if (user.disabled) return sentence(50057, TEXT[50057]());
  if (tenant === undefined || tenant === 'common') return undefined;
  const personal = user.tid === A.CONSUMERS;
  const fits = tenant === 'organizations' ? !personal : tenant === 'consumers' ? personal : user.tid === tenant;
  return fits ? undefined : sentence(50020, TEXT[50020](user.email, tenant));
}

export class Interactions {
  constructor(provider, flavour) { this.provider = provider; this.flavour = flavour; }

  async handle(req, res) {
    let details;
    try { details = await this.provider.interactionDetails(req, res); }
    catch { return html(res, pages.refusal(this.flavour, 'This sign-in is over or was started in another browser.'), 400); }
    const uid = details.uid;
    const step = steps.get(uid) ?? {};
    steps.set(uid, step);
    const flow = { req, res, details, step, action: `/interaction/${uid}`, params: details.params, client: A.clients.get(details.params.client_id) };
    return req.method === 'POST' ? this.post(flow, new URLSearchParams(await readBody(req))) : this.get(flow);
  }

  get(flow) {
    if (flow.step.account) return this.afterAccount(flow);
    const { params } = flow;
    const prompts = new Set((params.rig_prompt ?? '').split(' '));
    const hint = params.login_hint?.toLowerCase();
    const known = A.signedIn(cookie(flow.req)).filter((e) => !barred(A.users.get(e), flow.client, params.rig_tenant));
    if (prompts.has('login')) return html(flow.res, pages.signIn(this.flavour, flow.action, { hint }));
    if (prompts.has('select_account') && known.length) return html(flow.res, pages.pick(this.flavour, flow.action, known.map((e) => A.users.get(e))));
    if (!prompts.has('select_account')) {
      const silent = hint ? known.find((e) => e === hint) : known.length === 1 ? known[0] : undefined;
      if (silent) { flow.step.account = silent; return this.afterAccount(flow); }
      if (prompts.has('none')) return this.refuse(flow, 'login_required', sentence(50058, 'A silent sign-in request was sent but no user is signed in.'));
      if (!hint && known.length > 1) return html(flow.res, pages.pick(this.flavour, flow.action, known.map((e) => A.users.get(e))));
    }
    return html(flow.res, pages.signIn(this.flavour, flow.action, { hint }));
  }

  post(flow, body) {
    if (body.get('action') === 'cancel') return this.refuse(flow, ...this.cancelled(body.get('step')));
    switch (body.get('step')) {
      case 'pick': {
        const account = body.get('account');
        if (!account || !A.signedIn(cookie(flow.req)).includes(account)) return html(flow.res, pages.signIn(this.flavour, flow.action, { hint: account }));
        flow.step.account = account;
        return this.afterAccount(flow);
      }
      case 'need-admin':
        flow.step.account = undefined;
        return html(flow.res, pages.signIn(this.flavour, flow.action, {}));
      case 'consent': return flow.step.account ? this.consentGiven(flow, body) : this.get(flow);
      default: return this.credentials(flow, body);
    }
  }

  credentials(flow, body) {
    const email = (body.get('email') ?? '').trim().toLowerCase();
    const user = A.users.get(email);
    const again = (message) => html(flow.res, pages.signIn(this.flavour, flow.action, { hint: email, message }), 401);
    if (this.flavour === 'google') {
      if (!user || user.disabled || user.password !== body.get('password')) return again('Wrong password, or no such account.');
    } else {
      if (!user) return again(sentence(50034, TEXT[50034](email)));
      if (user.password !== body.get('password')) return again(sentence(50126, TEXT[50126]()));
      const why = barred(user, flow.client, flow.params.rig_tenant);
      if (why) return again(why);
    }
    flow.step.account = email;
    flow.res.setHeader('set-cookie', `${COOKIE}=${A.signIn(cookie(flow.req), email)}; Path=/; HttpOnly; SameSite=Lax`);
    return this.afterAccount(flow);
  }

  scopes(flow) { return flow.params.scope.split(' ').map((s) => (s === 'rig:offline' ? 'offline_access' : s)); }

  afterAccount(flow) {
    const { step, client, params } = flow;
    const user = A.users.get(step.account);
    const scopes = this.scopes(flow);
    const given = A.consented(step.account, client.client_id);
    const missing = scopes.filter((s) => !given.has(s));
    const app = client.name;
    if (missing.length && this.flavour === 'microsoft' && A.tenants.get(user.tid)?.adminConsent && !user.admin) {
      return html(flow.res, pages.needAdmin(this.flavour, flow.action, { app, account: user.email }));
    }
    const asks = (params.rig_prompt ?? '').split(' ').includes('consent');
    if (missing.length || asks) return html(flow.res, pages.consent(this.flavour, flow.action, { app, account: user.email, scopes, admin: this.flavour === 'microsoft' && user.admin }));
    return this.finish(flow, scopes);
  }

  consentGiven(flow, body) {
    const { step, client } = flow;
    const asked = this.scopes(flow);
    // Google lets a person untick a permission; identity scopes are not up for choice
    const scopes = this.flavour === 'google' ? asked.filter((s) => !s.startsWith('https:') || body.getAll('scope').includes(s)) : asked.filter((s) => !A.settings(step.account).withhold.includes(s));
    A.addConsent(step.account, client.client_id, scopes);
    if (body.get('organization') === 'yes') A.addConsent(A.users.get(step.account).tid, client.client_id, scopes);
    return this.finish(flow, scopes);
  }

  async finish(flow, scopes) {
    const { details, step, params } = flow;
    // A fresh grant at each sign-in: revoking one must not touch another
    const grant = new this.provider.Grant({ accountId: step.account, clientId: params.client_id });
    grant.addOIDCScope(scopes.map((s) => (s === 'offline_access' ? 'rig:offline' : s)).join(' '));
    const withheld = params.scope.split(' ').filter((s) => s !== 'rig:offline' && !scopes.includes(s));
    if (withheld.length) grant.rejectOIDCScope(withheld.join(' '));
    steps.delete(details.uid);
    return this.resume(flow, { login: { accountId: step.account, remember: false }, consent: { grantId: await grant.save() } });
  }

  cancelled(step) {
    if (this.flavour === 'google') return ['access_denied', undefined];
    if (step === 'need-admin') return ['consent_required', sentence(90094, TEXT[90094]('The application'))];
    return ['access_denied', sentence(65004, TEXT[65004]())];
  }

  refuse(flow, error, description) {
    steps.delete(flow.details.uid);
    return this.resume(flow, { error, error_description: description });
  }

  async resume({ req, res, details }, result) {
    // our own cookie carries the browser session; oidc-provider must not compare its own
    if (details.session) delete details.session.uid;
    return this.provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }

  // /{tenant}/v2.0/adminconsent: an administrator allows the application for the whole tenant.
  async adminConsent(req, res, url, tenant) {
    const q = url.searchParams;
    const client = A.clients.get(q.get('client_id'));
    if (!client) return html(res, pages.refusal(this.flavour, sentence(700016, TEXT[700016](q.get('client_id'), tenant))), 400);
    const back = (params) => { const to = new URL(q.get('redirect_uri')); for (const [k, v] of Object.entries({ ...params, state: q.get('state') })) if (v) to.searchParams.set(k, v); res.writeHead(302, { location: to.href }); res.end(); };
    const show = (message, status) => html(res, pages.adminConsent(this.flavour, req.url, { app: client.name, message }), status);
    if (req.method !== 'POST') return show();
    const body = new URLSearchParams(await readBody(req));
    if (body.get('action') === 'cancel') return back({ error: 'access_denied', error_description: sentence(65004, TEXT[65004]()) });
    const user = A.users.get((body.get('email') ?? '').toLowerCase());
    if (!user || user.password !== body.get('password')) return show(sentence(50126, TEXT[50126]()), 401);
    if (!user.admin) return show(sentence(90094, TEXT[90094](client.name)), 403);
    const scopes = (q.get('scope') ?? '').split(' ').filter(Boolean);
    A.addConsent(user.tid, client.client_id, ['openid', 'profile', 'email', 'offline_access', ...scopes]);
    return back({ admin_consent: 'True', tenant: user.tid, scope: scopes.join(' ') });
  }
}
