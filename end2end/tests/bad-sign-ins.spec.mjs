// What goes wrong on the way to a provider and back: each ends in a clear page, and nothing that works is touched.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { EMAIL, follow, newMailbox, row, signIn, signInAt, throughProvider } from '../support/pages.mjs';
import { answerOf, lose, person, shared } from '../support/outage.mjs';

const at = deskOf(test);
const BEN = { name: 'Ben Okafor', email: 'ben.okafor@contoso.example', password: 'ben-okafor-1901' };
test.beforeEach(async ({ page }) => { await signIn(page, at.mailkeep, ADMIN, EMAIL); });

const connected = async (rig, word, more) => {
  const owner = await person(rig, word, more);
  const id = await at.desk.bySignIn(owner.email, { password: owner.password, ...(more?.domain ? { short: 'Google' } : {}) });
  return { owner, id, home: `${at.url}${EMAIL}/${id}` };
};

test('two admins reauthorize at once: the second learns who was quicker', async ({ page, rig, visit }) => {
  test.setTimeout(180_000);
  await at.desk.invite(BEN, 'admin');
  const { owner, id, home } = await connected(rig, 'twice');
  await lose(rig, at.desk, id, owner.email);
  const bens = await visit();
  await signIn(bens, at.mailkeep, BEN, `${EMAIL}/${id}`);
  // The form as it stood on his page while the mailbox was stopped.
  const stale = await bens.locator('.call form[action="/oauth/begin"]').evaluate((f) => Object.fromEntries(new FormData(f)));
  await page.goto(home);
  const button = (p) => p.locator('.call').getByRole('button', { name: /^Sign in with Microsoft/ });
  await follow(page, button(page));
  await follow(bens, button(bens));
  await throughProvider(page, at.mailkeep, owner);
  await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible({ timeout: 30_000 });
  await throughProvider(bens, at.mailkeep, owner);
  await expect(bens.getByRole('heading', { name: `Already repaired by ${ADMIN.name}` })).toBeVisible({ timeout: 30_000 });
  await expect(bens.getByText('Your sign-in was not needed and is forgotten; nothing was changed by it.')).toBeVisible();
  await bens.getByRole('link', { name: 'Go to the mailbox' }).click();
  await expect(bens.locator('#directions')).not.toContainText('Stopped');
  // A page that still showed it as stopped leads to the answer, not to the provider.
  const late = await bens.request.post(`${at.url}/oauth/begin`, { form: stale, headers: { origin: at.url }, maxRedirects: 0 });
  expect(late.status()).toBe(303);
  await bens.goto(new URL(late.headers().location, at.url).href);
  await expect(bens.getByText(`Already repaired by ${ADMIN.name}`)).toBeVisible();
  expect(bens.url()).toContain(`${EMAIL}/${id}`);
});

test('the tab is closed at the provider: nothing hangs, nothing changed, and one can begin again', async ({ page, rig }) => {
  const { owner, home } = await connected(rig, 'closed');
  await page.goto(home);
  const tab = await page.context().newPage();
  await tab.goto(home);
  await follow(tab, tab.getByRole('button', { name: /^Reauthenticate/ }));
  expect(tab.url()).not.toContain(at.url);
  await tab.close();
  await page.reload();
  await expect(page.locator('#directions')).toContainText('Works');
  await expect(page.locator('#directions')).not.toContainText('Stopped');
  await signInAt(page, at.mailkeep, owner, { name: /^Reauthenticate/ });
  await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible();
});

test('the answer comes with an error, twice, without a session, or after its mailbox was thrown away', async ({ page, rig, visit }) => {
  const { owner, id, home } = await connected(rig, 'answer');
  await page.goto(home);
  const form = page.locator('aside form[action="/oauth/begin"]').first();
  const refused = async (p, heading) => {
    await expect(p.getByRole('heading', { name: heading })).toBeVisible();
    await expect(p.getByText('Nothing was changed')).toBeVisible();
    expect(p.url()).not.toMatch(/code=|state=|error=/);
  };
  // An error in the provider's words, which are shown as text and nowhere as markup.
  const state = new URL(await answerOf(page, at.url, owner, { form })).searchParams.get('state');
  let dialogs = 0;
  page.on('dialog', (d) => { dialogs += 1; void d.dismiss(); });
  const hostile = '</code><script>alert(1)</script><img src=x onerror=alert(2)>';
  await page.goto(`${at.url}/oauth/callback?error=server_error&error_description=${encodeURIComponent(hostile)}&state=${state}`);
  await refused(page, 'The provider did not answer');
  await page.getByText('What Microsoft said').click();
  await expect(page.locator('code')).toContainText('<script>alert(1)</script>');
  expect(dialogs).toBe(0);
  // Twice.
  await page.goto(`${at.url}/oauth/callback?code=again&state=${state}`);
  await refused(page, 'This sign-in was used already');
  // In a browser without any session.
  await page.goto(home);
  const elsewhere = await visit();
  await elsewhere.goto(await answerOf(page, at.url, owner, { form }));
  await refused(elsewhere, 'This sign-in started in another browser');
  expect((await at.desk.admin.go(`${EMAIL}/${id}`)).text).toContain('Works');

  const draft = await person(rig, 'draft');
  await page.goto(at.url + EMAIL);
  await newMailbox(page, { address: draft.email, provider: 'Microsoft Office 365' });
  const set = page.url();
  const answer = await answerOf(page, at.url, draft);
  const { admin } = at.desk;
  await admin.go(new URL(set).pathname.replace(/set-up.*/, ''));
  const gone = /\/email\/(\d+)/.exec(set)[1];
  await admin.go('/api/mailboxes/discard', { method: 'POST', body: new URLSearchParams({ id: gone }) });
  await page.goto(answer);
  await refused(page, 'The mailbox is not here any more');
});

test('consent for IMAP but not for SMTP: the one that was given counts, the other stays as it is', async ({ page, rig }) => {
  const { owner, id, home } = await connected(rig, 'partial');
  await rig.call('/idp/revoke', { account: owner.email, reason: 'admin', keepConsent: false });
  await rig.call('/idp/config', { account: owner.email, withhold: ['https://outlook.office.com/SMTP.Send'] });
  await at.desk.mailboxSays(id, 'credentials have expired');
  await page.goto(home);
  await signInAt(page, at.mailkeep, owner, { scope: page.locator('.call') });
  await expect(page.getByText('Saved: signed in, but only incoming works')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('region', { name: 'Incoming', exact: true })).toContainText('In use now');
  await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).not.toContainText('In use now');
  // Given at last, it works without anything else.
  await rig.call('/idp/config', { account: owner.email, withhold: [] });
  await page.goto(home);
  await signInAt(page, at.mailkeep, owner, { name: /^(Sign in with Microsoft|Reauthenticate)/ });
  await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible({ timeout: 30_000 });
});

test('a first consent for IMAP alone: half connected, and one more sign-in finishes it', async ({ page, rig }) => {
  const owner = { email: `${fresh('first')}@contoso.example`, name: 'Owner', password: 'first-pass-1', oauth: true };
  await rig.users(owner);
  await rig.call('/idp/config', { account: owner.email, withhold: ['https://outlook.office.com/SMTP.Send'] });
  const id = await at.desk.draft(owner.email);
  await page.goto(`${at.url}${EMAIL}/${id}/set-up/sign-in`);
  await signInAt(page, at.mailkeep, owner);
  await expect(page.getByText('Saved: signed in, but only incoming works')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Half connected: incoming is in use now.')).toBeVisible();
  await page.goto(`${at.url}${EMAIL}/${id}`);
  await expect(page.locator('#directions')).toContainText('Works', { timeout: 45_000 });
  await expect(page.getByRole('main')).not.toContainText('Not finished');
  await expect(page.locator('.call')).toBeVisible();
  await rig.call('/idp/config', { account: owner.email, withhold: [] });
  await signInAt(page, at.mailkeep, owner, { scope: page.locator('.call') });
  await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible({ timeout: 30_000 });
});

test('scopes unticked at Google: named, and the working sign-in stays', async ({ page, rig }) => {
  const { owner, id, home } = await connected(rig, 'unticked', { domain: 'northwind.example' });
  await page.goto(home);
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await follow(page, page.getByRole('button', { name: /^Reauthenticate/ }));
  await page.getByLabel('Email').fill(owner.email);
  await page.getByLabel('Password').fill(owner.password);
  await follow(page, page.getByRole('button', { name: 'Sign in' }));
  for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
  await follow(page, page.getByRole('button', { name: 'Accept' }));
  await expect(page.getByRole('heading', { name: 'The permission for Gmail was left out' })).toBeVisible();
  await expect(page.getByText('Nothing was changed')).toBeVisible();
  await expect(page.getByText('Start again and tick it')).toBeVisible();
  const subject = fresh('Still');
  await rig.send({ from: 'mia@customer.example', to: owner.email, subject, text: 'It goes on.' });
  await at.desk.ticket(subject);
  expect((await at.desk.admin.go(`${EMAIL}/${id}`)).text).not.toContain('Stopped');
});

test('an address that another mailbox has already, also as a further address, is not taken twice', async ({ page, rig }) => {
  const { owner, id } = await connected(rig, 'taken');
  const alias = `${fresh('alias')}@contoso.example`;
  await at.desk.admin.go(`${EMAIL}/${id}/edit`);
  await at.desk.admin.press(/^Add/, { address: alias });
  for (const address of [owner.email, owner.email.toUpperCase(), alias]) {
    await page.goto(`${at.url}${EMAIL}/new`);
    await page.getByLabel('Your support email').fill(address);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('Another mailbox has this address already. Nothing was saved.').first()).toBeVisible();
  }
  await page.goto(at.url + EMAIL);
  await expect(row(page, owner.email)).toHaveCount(1);
});

test('hostile text in fields and in a provider\'s answers stays text', async ({ page, rig, visit }) => {
  const evil = '"><script>alert(1)</script>';
  const anna = await person(rig, 'evil', { name: evil });
  const team = await shared(rig, 'team', anna);
  const id = await at.desk.bySignIn(team.email, { as: anna.email, password: anna.password, name: evil });
  const dialogs = [];
  const watch = (p) => p.on('dialog', (d) => { dialogs.push(d.message()); void d.dismiss(); });
  watch(page);
  await at.desk.admin.go('/admin/server');
  for (const path of ['', '/link', '/edit', '/check']) {
    await page.goto(`${at.url}${EMAIL}/${id}${path}`);
    await expect(page.locator('h1')).toBeVisible();
  }
  await page.goto(`${at.url}${EMAIL}/${id}/link`);
  await page.getByRole('radio', { name: /^Another person, named/ }).check();
  await page.getByLabel('The other person\'s account').fill(`"${evil}"@contoso.example`);
  const byMail = page.getByRole('radio', { name: /^Copy it/ });
  await byMail.check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText(/Nothing was made\.|Pass this link on now/).first()).toBeVisible();
  // A callback and links made of anything.
  for (const path of [`/sign-in-refused/${encodeURIComponent(evil)}`, `/s/${encodeURIComponent(evil)}`, `/sign-in-link/${encodeURIComponent(evil)}`, `/oauth/callback?code=${encodeURIComponent(evil)}&state=${encodeURIComponent(evil)}`]) {
    const guest = await visit();
    watch(guest);
    await guest.goto(at.url + path);
    await expect(guest.locator('h1')).toBeVisible();
  }
  const post = await fetch(`${at.url}/oauth/link`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ token: `${evil}\r\nx: y` }) });
  expect(post.status).toBe(303);
  expect(post.headers.get('location')).toBe('/s/-');
  expect(dialogs).toEqual([]);
});
