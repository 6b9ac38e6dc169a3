// People, sessions and the walls around them.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { until } from '../support/rig.mjs';
import { ADMIN, Desk } from '../support/desk.mjs';
import { EMAIL, awake, row, signIn, ticketLink } from '../support/pages.mjs';

const at = deskOf(test);
const agent = (name = fresh('kim')) => ({ name: `Kim ${name}`, email: `${name}@contoso.example`, password: `${name}-password` });
const ADMIN_PAGES = ['/admin/channels/email', '/admin/channels/email/new', '/admin/channels/email/queue', '/admin/registrations', '/admin/people', '/admin/server'];

test('an admin invites, changes roles, disables and resets; each takes effect at once', async ({ page, visit }) => {
  const kim = agent();
  await signIn(page, at.mailkeep, ADMIN, '/admin/people');
  await page.getByLabel('Name').fill(kim.name);
  await page.getByLabel('Email').fill(kim.email);
  await page.getByRole('radio', { name: 'Agent' }).check();
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  await expect(page.getByText('Pass this link on now')).toBeVisible();
  const link = (await page.locator('.notice code').textContent()).trim();
  await expect(row(page, kim.email)).toContainText('Invited');
  await page.reload();
  await expect(page.getByText(link)).toHaveCount(0);

  const theirs = await visit();
  await theirs.goto(link);
  await theirs.getByLabel('New password').fill('short');
  await theirs.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(theirs.getByText('Use at least 10 characters. Nothing was saved.')).toBeVisible();
  await theirs.getByLabel('New password').fill(kim.password);
  await theirs.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(theirs).toHaveURL(/\/tickets$/);
  const twice = await visit();
  await twice.goto(link);
  await expect(twice.getByRole('heading', { name: 'This link has ended' })).toBeVisible();

  // An agent opens no admin page, and no admin action.
  for (const path of ADMIN_PAGES) {
    const answer = await theirs.goto(at.url + path);
    expect(answer.status(), path).toBe(403);
    await expect(theirs.getByRole('heading', { name: 'This is for admins' })).toBeVisible();
  }
  await expect(theirs.getByRole('link', { name: 'App registrations' })).toHaveCount(0);
  const forbidden = await theirs.request.post(`${at.url}/api/people/invite`, { form: { name: 'X', email: 'x@contoso.example', role: 'admin' }, headers: { origin: at.url, accept: 'text/html' }, maxRedirects: 0 });
  expect(forbidden.headers().location ?? '').toContain('not_allowed');

  // Admin, and back.
  await page.reload();
  await row(page, kim.email).getByRole('button', { name: /^Make admin/ }).click();
  await expect(page.getByText('The role is changed.')).toBeVisible();
  expect((await theirs.goto(`${at.url}/admin/people`)).status()).toBe(200);
  await row(page, kim.email).getByRole('button', { name: /^Make agent/ }).click();
  await expect(row(page, kim.email).getByRole('button', { name: /^Make admin/ })).toBeVisible();
  expect((await theirs.goto(`${at.url}/admin/people`)).status()).toBe(403);

  // A new password by link ends the old one.
  await row(page, kim.email).getByRole('button', { name: /^New password/ }).click();
  const reset = (await page.locator('.notice code').textContent()).trim();
  const third = await visit();
  await third.goto(reset);
  await third.getByLabel('New password').fill(`${kim.password}-2`);
  await third.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(third).toHaveURL(/\/tickets$/);
  await theirs.goto(`${at.url}/tickets`);
  await expect(theirs, 'the older session has ended').toHaveURL(/\/sign-in/);

  // Disabled: sessions end, sign-in is refused; enabled again it works.
  await page.goto(`${at.url}/admin/people`);
  await row(page, kim.email).getByRole('button', { name: /^Disable/ }).click();
  await expect(row(page, kim.email)).toContainText('Disabled');
  await third.goto(`${at.url}/tickets`);
  await expect(third).toHaveURL(/\/sign-in/);
  await third.getByLabel('Email').fill(kim.email);
  await third.getByLabel('Password').fill(`${kim.password}-2`);
  await third.getByRole('button', { name: 'Sign in' }).click();
  await expect(third.getByText('Email and password do not match.')).toBeVisible();
  await row(page, kim.email).getByRole('button', { name: /^Enable/ }).click();
  await expect(row(page, kim.email)).not.toContainText('Disabled');
  await signIn(third, at.mailkeep, { email: kim.email, password: `${kim.password}-2` });
});

test('the last admin stays', async ({ page }) => {
  await signIn(page, at.mailkeep, ADMIN, '/admin/people');
  await expect(row(page, ADMIN.email).getByRole('button')).toHaveCount(0);
});

test('own password and sessions', async ({ page, visit }) => {
  const kim = agent();
  await at.desk.invite(kim);
  await signIn(page, at.mailkeep, kim, '/me');
  const second = await visit();
  await signIn(second, at.mailkeep, kim);
  const third = await visit();
  await signIn(third, at.mailkeep, kim);
  await page.reload();
  const sessions = page.getByRole('region', { name: 'Your sessions' });
  await expect(sessions.getByText('This one')).toHaveCount(1);
  const before = await sessions.getByRole('button', { name: /^End/ }).count();
  expect(before).toBeGreaterThanOrEqual(2);
  await sessions.getByRole('button', { name: /^End/ }).first().click();
  await expect(page.getByText('The session has ended')).toBeVisible();
  await expect(sessions.getByRole('button', { name: /^End/ })).toHaveCount(before - 1);

  await page.getByLabel('Present password').fill('wrong-wrong-wrong');
  await page.getByLabel('New password').fill('something-quite-new');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('This is not the present password. Nothing was saved.')).toBeVisible();
  await page.getByLabel('Present password').fill(kim.password);
  await page.getByLabel('New password').fill('something-quite-new');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByText('Your password is changed; your other sessions have ended')).toBeVisible();
  for (const other of [second, third]) {
    await other.goto(`${at.url}/tickets`);
    await expect(other).toHaveURL(/\/sign-in/);
  }
  await page.goto(`${at.url}/tickets`);
  await expect(page).toHaveURL(/\/tickets$/);
  await page.goto(`${at.url}/me`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out')).toBeVisible();
  await signIn(page, at.mailkeep, { email: kim.email, password: 'something-quite-new' }, '/me');
});

test('after signing in one is where one wanted to go, and never on another site', async ({ page }) => {
  await signIn(page, at.mailkeep, ADMIN, EMAIL);
  await expect(page.getByRole('heading', { name: 'Support emails' })).toBeVisible();
  await page.context().clearCookies();
  await page.goto(`${at.url}/sign-in?next=//evil.example/x`);
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${at.url}/tickets`);
  await page.goto(`${at.url}/admin/emails`);
  await expect(page).toHaveURL(at.url + EMAIL);
});

test('too many wrong passwords are slowed down', async ({ page, start }) => {
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const kim = agent();
  await desk.invite(kim);
  await page.goto(`${mailkeep.url}/sign-in`);
  let slowed = false;
  for (let n = 0; n < 30 && !slowed; n += 1) {
    await page.getByLabel('Email').fill(kim.email);
    await page.getByLabel('Password').fill(`wrong-${n}-password`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/refused=/);
    slowed = (await page.getByText('Too many tries').count()) > 0;
    if (!slowed) await expect(page.getByText('Email and password do not match.')).toBeVisible();
  }
  expect(slowed, 'thirty tries in a row are too many').toBe(true);
  await expect(page.getByText(/Wait \d+ (seconds|minutes)/)).toBeVisible();
});

test('a form on another site changes nothing', async ({ page, visit }) => {
  await signIn(page, at.mailkeep, ADMIN);
  const cookie = (await page.context().cookies(at.url)).find((c) => c.name === 'mailkeep');
  const other = at.url.replace('localhost', '127.0.0.1');
  await page.route(`${other}/evil`, (route) => route.fulfill({ contentType: 'text/html', body: `<form method="post" action="${at.url}/api/people/invite"><input name="name" value="Eve"><input name="email" value="eve@evil.example"><input name="role" value="admin"><button>Win</button></form>` }));
  await page.goto(`${other}/evil`);
  const [answer] = await Promise.all([page.waitForResponse((r) => r.url().includes('/api/people/invite')), page.getByRole('button', { name: 'Win' }).click()]);
  expect(answer.status()).toBe(403);
  await expect(page.getByText('This request came from another site, so nothing was done.')).toBeVisible();
  // Not by a foreign Origin with the cookie either, nor without any.
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
    const direct = await fetch(`${at.url}/api/people/invite`, { method: 'POST', headers: { ...headers, cookie: `mailkeep=${cookie.value}` }, body: new URLSearchParams({ name: 'Eve', email: 'eve@evil.example', role: 'admin' }), redirect: 'manual' });
    expect(direct.status, JSON.stringify(headers)).toBe(403);
  }
  const clean = await visit();
  await signIn(clean, at.mailkeep, ADMIN, '/admin/people');
  await expect(clean.getByText('eve@evil.example')).toHaveCount(0);
});

test('headers and cookies', async ({ page, rig }) => {
  await signIn(page, at.mailkeep, ADMIN);
  const cookie = (await page.context().cookies(at.url)).find((c) => c.name === 'mailkeep');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false });
  const problems = [];
  page.on('console', (m) => { if (m.type() === 'error') problems.push(m.text()); });
  page.on('pageerror', (e) => problems.push(e.message));
  for (const path of ['/tickets', ...ADMIN_PAGES, '/me', '/outbox', '/help']) {
    const answer = await page.goto(at.url + path);
    const headers = answer.headers();
    const csp = headers['content-security-policy'] ?? '';
    expect(csp, path).toContain("default-src 'none'");
    expect(csp, path).toMatch(/script-src 'self' 'nonce-[\w+/=-]+' 'wasm-unsafe-eval'/);
    expect(csp, path).not.toContain('unsafe-inline');
    expect(csp, path).toContain("frame-ancestors 'none'");
    expect(csp, path).toContain(`form-action 'self'`);
    expect(csp, path).toContain(new URL(rig.env.IDP_URL).origin);
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('same-origin');
    expect(headers['cache-control'], path).toBe('no-store');
    await awake(page);
    expect(await page.locator('[style]').count(), `${path} has no style attribute`).toBe(0);
  }
  expect(problems).toEqual([]);
});

test('ten open tabs are all live', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const box = { email: `${fresh('tabs')}@litware.example`, name: 'Tabs', imap_password: 'tabs-tabs-pass' };
  await rig.users(box);
  await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  const tabs = [page];
  while (tabs.length < 10) { const tab = await page.context().newPage(); await tab.goto(`${at.url}/tickets`); tabs.push(tab); }
  for (const tab of tabs) await awake(tab);
  await rig.send({ from: 'mia@customer.example', to: box.email, subject: `To all tabs ${box.email}`, text: 'Ten times.' });
  for (const tab of tabs) { await tab.bringToFront(); await expect(ticketLink(tab, `To all tabs ${box.email}`)).toBeVisible({ timeout: 45_000 }); }
});

test('a change is shown although the page could not be fetched at first', async ({ page, rig }) => {
  const box = { email: `${fresh('flaky')}@litware.example`, name: 'Flaky', imap_password: 'flaky-flaky-pass' };
  await rig.users(box);
  await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN, '/tickets');
  await awake(page);
  // A proxy that has no server behind it for a moment, and a network that is gone.
  const answers = [(route) => route.fulfill({ status: 502, body: 'Bad gateway' }), (route) => route.abort()];
  await page.route('**/tickets', (route) => (answers.shift() ?? ((r) => r.continue()))(route));
  const subject = `After a failure ${fresh('mail')}`;
  await rig.send({ from: 'anna@customer.example', to: box.email, subject, text: 'It is here.' });
  await expect(ticketLink(page, subject)).toBeVisible({ timeout: 30_000 });
  expect(answers, 'both failed').toHaveLength(0);
});

test('a server that restarts is heard again, without a reload', async ({ page, rig, start }) => {
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const box = { email: `${fresh('again')}@litware.example`, name: 'Again', imap_password: 'again-again-pass' };
  await rig.users(box);
  await desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, mailkeep, ADMIN);
  await awake(page);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await mailkeep.restart();
  await rig.send({ from: 'mia@customer.example', to: box.email, subject: 'After the restart', text: 'Heard?' });
  await until('the ticket is there', async () => (await desk.tickets()).length > 0, 30);
  await expect(ticketLink(page, 'After the restart')).toBeVisible({ timeout: 30_000 });
  expect(await page.evaluate(() => globalThis.sameDocument)).toBe(true);
});

test('unknown pages and ids say so', async ({ page }) => {
  await signIn(page, at.mailkeep, ADMIN);
  for (const path of ['/nowhere', '/tickets/999999', '/tickets/abc', `${EMAIL}/999999`, '/admin/sign-ins/999999']) {
    const answer = await page.goto(at.url + path);
    expect(answer.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'Nothing is here' })).toBeVisible();
  }
});
