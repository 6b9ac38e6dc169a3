// Claims about the identity providers.
import * as crypto from 'node:crypto';
import { App, Browser, payload, post, sleep } from './clients.mjs';

export async function provider(env, claim) {
  const C = env.RIG_CONTROL;
  const app = new App(env);
  const CONTOSO = 'c0570505-0000-4000-a000-00000000c001';

  await claim('code + PKCE through sign-in and consent gives tokens, by POST and by Basic', async () => {
    const t = await app.signIn('anna@contoso.example', 'anna-pass');
    const again = await app.signIn('anna@contoso.example', 'anna-pass', { browser: t.browser });
    const basic = await app.refresh(again.refresh_token, { basic: true });
    return [t.status === 200 && t.token_type === 'Bearer' && t.expires_in === 60 && t.callback.state === 'st4te' && !t.callback.iss && basic.status === 200 && /IMAP.AccessAsUser.All/.test(t.scope), `access ${t.access_token.length}, refresh ${t.refresh_token.length} characters`];
  });
  await claim('id_token names the tenant of the person, keeps nonce and audience, and its signature holds', async () => {
    const t = await app.signIn('anna@contoso.example', 'anna-pass');
    const p = payload(t.id_token);
    const keys = await (await fetch(`${env.IDP_URL}/common/discovery/v2.0/keys`)).json();
    const [h, b, s] = t.id_token.split('.');
    const good = crypto.verify('RSA-SHA256', Buffer.from(`${h}.${b}`), crypto.createPublicKey({ key: keys.keys[0], format: 'jwk' }), Buffer.from(s, 'base64url'));
    return [good && p.iss === `${env.IDP_URL}/${CONTOSO}/v2.0` && p.tid === CONTOSO && p.nonce === app.nonce && p.aud === app.id && p.preferred_username === 'anna@contoso.example' && p.email && p.oid && p.name === 'Anna Berg', p.iss];
  });
  await claim('a wrong code_verifier, a code used twice and a code at another tenant are refused', async () => {
    const b = await new Browser().go(app.url({ login_hint: 'anna@contoso.example' }));
    await b.submit({ email: 'anna@contoso.example', password: 'anna-pass', action: 'accept' });
    const wrong = await app.exchange(b.callback.code, { verifier: 'x'.repeat(43) });
    const t = await app.signIn('ben@fabrikam.example', 'ben-pass');
    const twice = await app.exchange(t.callback.code);
    const b2 = await new Browser().go(app.url());
    await b2.submit({ email: 'anna@contoso.example', password: 'anna-pass', action: 'accept' });
    const elsewhere = await app.exchange(b2.callback.code, { url: `${env.IDP_URL}/contoso.example/oauth2/v2.0/token` });
    return [wrong.error_codes?.[0] === 501481 && twice.error_codes?.[0] === 54005 && elsewhere.error_codes?.[0] === 700005, twice.error_description?.slice(0, 60)];
  });
  await claim('wrong password, wrong tenant and cancelled consent are told as Microsoft tells them', async () => {
    const b = await new Browser().go(app.url());
    await b.submit({ email: 'it@contoso.example', password: 'nope', action: 'accept' });
    const bad = b.html.includes('AADSTS50126');
    await b.submit({ email: 'it@contoso.example', password: 'it-pass', action: 'accept' });
    const consent = b.html.includes('Permissions requested') && b.html.includes('>Accept<') && b.html.includes('stand-in');
    await b.submit({ action: 'cancel' });
    const cancelled = b.callback?.error === 'access_denied' && b.callback.error_description.includes('AADSTS65004') && b.callback.state === 'st4te';
    const f = new App(env, 'microsoft', 'fabrikam.example');
    const c = await new Browser().go(f.url());
    await c.submit({ email: 'it@contoso.example', password: 'it-pass', action: 'accept' });
    return [bad && consent && cancelled && c.html.includes('AADSTS50020'), b.callback?.error_description?.slice(0, 50)];
  });
  await claim('login_hint prefills, single sign-on skips the form, select_account shows the picker', async () => {
    const b = await new Browser().go(app.url({ login_hint: 'ben@fabrikam.example' }));
    const hinted = b.html.includes('value="ben@fabrikam.example"') && b.html.includes('<label for="password">Password</label>');
    await b.submit({ email: 'ben@fabrikam.example', password: 'ben-pass', action: 'accept' });
    await b.go(app.url());
    const silent = Boolean(b.callback?.code);
    await b.go(app.url({ prompt: 'select_account' }));
    const picker = b.html.includes('Pick an account') && b.html.includes('Ben Fields');
    await b.submit({ account: 'ben@fabrikam.example' });
    return [hinted && silent && picker && Boolean(b.callback?.code)];
  });
  await claim('personal accounts sign in through common with the consumers tenant id, not through organizations', async () => {
    const t = await app.signIn('shop@outlook.example', 'shop-pass');
    const o = new App(env, 'microsoft', 'organizations');
    const b = await new Browser().go(o.url());
    await b.submit({ email: 'shop@outlook.example', password: 'shop-pass', action: 'accept' });
    return [payload(t.id_token).iss.includes('9188040d-6c67-4c5b-b112-36a304b66dad') && b.html.includes('AADSTS50020')];
  });
  await claim('pages for unknown client, wrong redirect, single-tenant app at common, unknown tenant', async () => {
    await post(`${C}/idp/client`, { client_id: 'single', client_secret: 's', tenants: 'contoso.example', personal: false, provider: 'microsoft' });
    const html = async (a, more) => (await new Browser().go(a.url(more))).html;
    const single = new App(env); single.id = 'single';
    const got = [await html(app, { client_id: 'nobody' }), await html(app, { redirect_uri: 'http://127.0.0.1:4711/other' }), await html(single), await html(new App(env, 'microsoft', 'nowhere.example'))];
    return [got[0].includes('AADSTS700016') && got[1].includes('AADSTS50011') && got[2].includes('AADSTS50194') && got[3].includes('AADSTS90002')];
  });
  await claim('any loopback port with the path /oauth/callback is a redirect address', async () => {
    const a = new App(env); a.redirect = 'http://localhost:59999/oauth/callback';
    return [(await a.signIn('ben@fabrikam.example', 'ben-pass')).status === 200];
  });
  await claim('admin consent: the user meets the page and 90094, the admin allows, then the user gets in', async () => {
    await post(`${C}/users`, { users: [{ email: 'u@needs-admin.example', password: 'p', oauth: true }, { email: 'boss@needs-admin.example', password: 'p', oauth: true, admin: true }] });
    await post(`${C}/idp/admin-consent`, { tenant: 'needs-admin.example', required: true });
    const b = await new Browser().go(app.url());
    await b.submit({ email: 'u@needs-admin.example', password: 'p', action: 'accept' });
    const page = b.html.includes('Need admin approval');
    await b.submit({ action: 'cancel' });
    const told = b.callback.error === 'consent_required' && b.callback.error_description.includes('AADSTS90094');
    const boss = await new Browser().go(`${env.IDP_URL}/needs-admin.example/v2.0/adminconsent?${new URLSearchParams({ client_id: app.id, redirect_uri: app.redirect, state: 'q', scope: app.scope })}`);
    await boss.submit({ email: 'boss@needs-admin.example', password: 'p', action: 'accept' });
    const granted = boss.callback?.admin_consent === 'True';
    await b.go(app.url());
    return [page && told && granted && Boolean(b.callback?.code)];
  });
  await claim('rotation: lenient keeps the old token working, strict kills the grant on reuse, none gives no new one', async () => {
    await post(`${C}/users`, { users: ['lenient', 'strict', 'none'].map((n) => ({ email: `${n}@rotate.example`, password: 'p', oauth: true })) });
    const run = async (rotate) => {
      const account = `${rotate}@rotate.example`;
      await post(`${C}/idp/config`, { account, rotate });
      const t = await post(`${C}/idp/mint`, { account });
      const one = await app.refresh(t.refresh_token);
      const old = await app.refresh(t.refresh_token);
      return { one, old, next: one.refresh_token && one.refresh_token !== t.refresh_token ? await app.refresh(one.refresh_token) : null };
    };
    const [l, s, n] = [await run('lenient'), await run('strict'), await run('none')];
    return [l.old.status === 200 && l.next?.status === 200 && s.old.error_codes?.[0] === 54005 && s.next?.status === 400 && n.old.status === 200 && n.next === null];
  });
  await claim('revoke: refresh says 50173 with codes and trace ids, the access token lives on, another account is untouched', async () => {
    await post(`${C}/users`, { users: ['a', 'b'].map((n) => ({ email: `${n}@revoke.example`, password: 'p', oauth: true })) });
    const [a, b] = await post(`${C}/idp/mint`, { accounts: ['a@revoke.example', 'b@revoke.example'] });
    await post(`${C}/idp/revoke`, { account: 'a@revoke.example', reason: 'admin' });
    const r = await app.refresh(a.refresh_token);
    const live = await new Promise((ok) => { import('./clients.mjs').then(async ({ Imap }) => { const i = await Imap.open(env, env.EXCHANGE_IMAPS_PORT, 'outlook.office365.example'); const x = await i.xoauth2('a@revoke.example', a.access_token); i.close(); ok(x.ok); }); });
    return [r.status === 400 && r.error === 'invalid_grant' && r.error_codes[0] === 50173 && r.trace_id && r.correlation_id && r.suberror === 'bad_token' && live && (await app.refresh(b.refresh_token)).status === 200, r.error_description?.slice(0, 70)];
  });
  await claim('other deaths: inactive 700082, MFA 50076 interaction_required, disabled 50057, personal 70000', async () => {
    const names = ['inactive', 'mfa', 'disabled'];
    await post(`${C}/users`, { users: names.map((n) => ({ email: `${n}@deaths.example`, password: 'p', oauth: true })) });
    const t = Object.fromEntries(await Promise.all(names.map(async (n) => [n, await post(`${C}/idp/mint`, { account: `${n}@deaths.example` })])));
    await post(`${C}/idp/revoke`, { account: 'inactive@deaths.example', reason: 'inactive' });
    await post(`${C}/idp/revoke`, { account: 'mfa@deaths.example', reason: 'mfa' });
    await post(`${C}/idp/disable`, { account: 'disabled@deaths.example' });
    const got = Object.fromEntries(await Promise.all(names.map(async (n) => [n, await app.refresh(t[n].refresh_token)])));
    const s = await post(`${C}/idp/mint`, { account: 'shop@outlook.example' });
    await post(`${C}/idp/revoke`, { account: 'shop@outlook.example' });
    const p = await app.refresh(s.refresh_token);
    return [got.inactive.error_codes[0] === 700082 && got.mfa.error === 'interaction_required' && got.mfa.error_codes[0] === 50076 && got.disabled.error_codes[0] === 50057 && p.error_codes[0] === 70000];
  });
  await claim('client secret: wrong 7000215, expired 7000222, both 401; unknown client 700016', async () => {
    await post(`${C}/idp/client`, { client_id: 'secretive', client_secret: 'right' });
    const a = new App(env); a.id = 'secretive'; a.secret = 'right';
    const [t] = await post(`${C}/idp/mint`, { accounts: ['it@contoso.example'], client: 'secretive' });
    const wrong = await a.refresh(t.refresh_token, { secret: 'left' });
    await post(`${C}/idp/secret`, { client: 'secretive', state: 'expired' });
    const expired = await a.refresh(t.refresh_token);
    await post(`${C}/idp/secret`, { client: 'secretive', state: 'valid' });
    const fine = await a.refresh(t.refresh_token);
    a.id = 'stranger';
    const unknown = await a.refresh(t.refresh_token);
    return [wrong.status === 401 && wrong.error_codes[0] === 7000215 && expired.status === 401 && expired.error_codes[0] === 7000222 && fine.status === 200 && unknown.error === 'unauthorized_client'];
  });
  await claim('faults and numbers by account: one 503 with Retry-After for one, none for another, refreshes counted', async () => {
    await post(`${C}/users`, { users: ['x', 'y'].map((n) => ({ email: `${n}@faults.example`, password: 'p', oauth: true })) });
    const [x, y] = await post(`${C}/idp/mint`, { accounts: ['x@faults.example', 'y@faults.example'] });
    await post(`${C}/idp/config`, { account: 'x@faults.example', accessTtl: 7, fault: { route: 'token', times: 1, status: 503, headers: { 'retry-after': '3' } } });
    const [fy, fx, fx2] = [await app.refresh(y.refresh_token), await app.refresh(x.refresh_token), await app.refresh(x.refresh_token)];
    const stats = await post(`${C}/idp/stats`, { account: 'x@faults.example' });
    return [fy.status === 200 && fy.expires_in === 60 && fx.status === 503 && fx.headers.get('retry-after') === '3' && fx2.expires_in === 7 && stats.hits.refresh_token === 2];
  });
  await claim('discovery: common holds {tenantid}, a tenant its id', async () => {
    const get = async (t) => (await fetch(`${env.IDP_URL}/${t}/v2.0/.well-known/openid-configuration`)).json();
    return [(await get('common')).issuer.includes('/{tenantid}/') && (await get('contoso.example')).issuer.includes(CONTOSO) && (await get('contoso.example')).token_endpoint.includes('/contoso.example/')];
  });

  const g = new App(env, 'google');
  await claim('Google: offline + consent gives a refresh token, a refresh brings no new one, claims email, sub, hd', async () => {
    const t = await g.signIn('care@northwind.example', 'care-pass');
    const r = await g.refresh(t.refresh_token);
    const p = payload(t.id_token);
    const without = await g.signIn('care@northwind.example', 'care-pass', { access_type: null, prompt: null });
    return [t.refresh_token && r.status === 200 && !r.refresh_token && !without.refresh_token && p.hd === 'northwind.example' && p.email === 'care@northwind.example' && /^\d{21}$/.test(p.sub) && p.iss === env.GOOGLE_URL && t.scope.includes('https://mail.google.com/'), `refresh ${t.refresh_token?.length} characters`];
  });
  await claim('Google: an unticked scope is not granted', async () => {
    await post(`${C}/users`, { users: [{ email: 'tick@untick.example', password: 'p', oauth: true, provider: 'google' }] });
    const b = await new Browser().go(g.url());
    await b.submit({ email: 'tick@untick.example', password: 'p', action: 'accept' });
    const box = b.html.includes('type="checkbox"');
    await b.submit({ action: 'accept' });
    const t = await g.exchange(b.callback.code);
    return [box && t.status === 200 && !t.scope.includes('mail.google.com') && Boolean(t.id_token), t.scope];
  });
  await claim('Google: password change kills the grant; revoke kills every token of the account for the app', async () => {
    await post(`${C}/users`, { users: ['pw', 'rv'].map((n) => ({ email: `${n}@goo.example`, password: 'p', oauth: true, provider: 'google' })) });
    const [p, r1, r2] = await Promise.all([post(`${C}/idp/mint`, { account: 'pw@goo.example' }), post(`${C}/idp/mint`, { account: 'rv@goo.example' }), post(`${C}/idp/mint`, { account: 'rv@goo.example' })]);
    await post(`${C}/idp/password`, { account: 'pw@goo.example', password: 'new' });
    const dead = await g.refresh(p.refresh_token);
    const revoked = await fetch(`${env.GOOGLE_URL}/revoke`, { method: 'POST', body: new URLSearchParams({ token: r1.refresh_token }) });
    const other = await g.refresh(r2.refresh_token);
    return [dead.error === 'invalid_grant' && dead.error_description === 'Token has been expired or revoked.' && revoked.status === 200 && other.error === 'invalid_grant'];
  });
  await claim('the clock: +95d outlives access and refresh tokens at the provider; back again, new ones work', async () => {
    const t = await post(`${C}/idp/mint`, { account: 'help@fabrikam.example' });
    await post(`${C}/clock`, { offset: '+95d' });
    const there = (await post(`${C}/idp/config`, {})) && new Date((await (await fetch(`${env.IDP_URL}/_ctl/health`)).json()).now);
    const dead = await app.refresh(t.refresh_token);
    await post(`${C}/clock`, { offset: '+2m' });
    const { Imap } = await import('./clients.mjs');
    const i = await Imap.open(env, env.EXCHANGE_IMAPS_PORT, 'outlook.office365.example');
    const old = await i.xoauth2('help@fabrikam.example', t.access_token);
    await post(`${C}/clock`, { offset: '+0' });
    const again = await app.refresh(t.refresh_token);
    const fresh = await i.xoauth2('help@fabrikam.example', again.access_token);
    i.close();
    return [Math.abs(there - Date.now() - 95 * 864e5) < 60e3 && dead.error_codes?.[0] === 700082 && old.last === 'NO AUTHENTICATE failed.' && fresh.ok, `${dead.error_description?.slice(0, 45)}... ${old.last}`];
  });
  await sleep(0);
}
