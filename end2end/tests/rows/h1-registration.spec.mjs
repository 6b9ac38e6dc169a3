// H1: an app registration, from the first click on *Sign in with Microsoft* to a second secret.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, APP, Desk } from '../../support/desk.mjs';
import { signIn, row, follow, throughProvider } from '../../support/pages.mjs';
import { until } from '../../support/rig.mjs';

const LIST = '/admin/registrations';
const guid = () => 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(Math.random() * 16).toString(16));
const at = deskOf(test);

/** An app that only this test knows, at the rig's provider. */
async function app(rig, more = {}) {
  const made = { client_id: guid(), client_secret: `Kx8Q~${fresh('secret')}`, name: 'Mailkeep', tenants: 'multi', personal: true, ...more };
  await rig.call('/idp/client', { provider: 'microsoft', ...made });
  return { clientId: made.client_id, secret: made.client_secret };
}

async function enter(page, mailkeep, { id, name, clientId, tenant = 'contoso.example', secret = '' }) {
  await page.goto(`${mailkeep.url}${LIST}?${id ? `edit=${id}` : 'new=microsoft'}`);
  if (name) await page.getByLabel('Name').fill(name);
  if (clientId) await page.getByLabel('Client ID').fill(clientId);
  await page.getByLabel(/^Tenant/).fill(tenant);
  await page.getByLabel(/client secret/i).fill(secret);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Mailboxes that waited for it are being tried now')).toBeVisible();
}

const tested = (page) => page.getByRole('region', { name: /^Test of/ });
const idOf = async (page, name) => /edit=(\d+)/.exec(await row(page, name).getByRole('link', { name: /^(Edit|Enter new secret)/ }).getAttribute('href'))[1];

test('H1 without a registration the sign-in opens a guide that leads through', async ({ page, start, rig, visit }) => {
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const id = await desk.draft('returns@contoso.example');
  await signIn(page, mailkeep, ADMIN, '/admin/channels/email');
  await clause('H1', 'Sign in without an app registration opens a guide, not an error', async () => {
    await page.goto(`${mailkeep.url}/admin/channels/email/${id}/set-up/sign-in`);
    await page.getByRole('link', { name: 'Show me how' }).click();
    await expect(page.getByRole('heading', { name: 'Register Mailkeep at Microsoft' })).toBeVisible();
    // And by the button itself, as from an older page.
    await page.goto(`${mailkeep.url}${LIST}`);
    await page.evaluate((mailbox) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: '/oauth/begin' });
      for (const [name, value] of [['mailbox', mailbox], ['intent', 'connect']]) form.append(Object.assign(document.createElement('input'), { name, value }));
      document.body.append(form);
      form.submit();
    }, id);
    await expect(page).toHaveURL(new RegExp(`${LIST}/guide/microsoft\\?mailbox=${id}`));
    await expect(page.getByText('Microsoft does not know this server yet')).toBeVisible();
  });
  await clause('H1', 'numbered clicks in the console with every value to copy, and a script that does the same', async () => {
    for (const whose of ['Mailboxes of one organisation', 'Mailboxes of several organisations', 'Personal mailboxes too']) await expect(page.getByRole('radio', { name: whose })).toBeVisible();
    const steps = page.getByRole('region', { name: 'In Microsoft Entra admin center' });
    expect(await steps.locator('ol.guide > li').count()).toBeGreaterThanOrEqual(6);
    for (const value of [`${mailkeep.url}/oauth/callback`, 'Mailkeep', 'IMAP.AccessAsUser.All', 'SMTP.Send', 'offline_access']) await expect(steps.locator('code').getByText(value, { exact: true }).first()).toBeVisible();
    for (const words of ['Single tenant only', 'Web', 'not Single-page application (SPA)', 'Copy the column Value, not Secret ID', 'Expires', 'Grant admin consent']) await expect(steps.getByText(words).first()).toBeVisible();
    await expect(page.getByText(/its words were checked on \d{4}-\d\d-\d\d/)).toBeVisible();
    await page.getByText('PowerShell', { exact: true }).click();
    const script = page.locator('code', { hasText: 'New-MgApplication' });
    await expect(script).toContainText(`RedirectUris = @('${mailkeep.url}/oauth/callback')`);
    await expect(script).toContainText('-SignInAudience AzureADMyOrg');
    await page.getByText('Azure CLI', { exact: true }).click();
    await expect(page.locator('code', { hasText: 'az ad app create' })).toContainText("--sign-in-audience AzureADMyOrg");
    // Another answer, other values.
    await page.getByRole('radio', { name: 'Personal mailboxes too' }).check();
    await page.getByRole('button', { name: 'Show these steps' }).click();
    await expect(page.getByRole('region', { name: 'In Microsoft Entra admin center' }).getByText('Any Entra ID tenant and personal Microsoft accounts')).toBeVisible();
    await expect(page.getByLabel(/^Tenant/)).toHaveValue('common');
  });
  await clause('H1', 'a page to send to whoever may do it', async () => {
    const link = (await page.getByRole('region', { name: 'Who may do this' }).locator('.copy code').first().textContent()).trim();
    const stranger = await visit();
    await stranger.goto(link);
    await expect(stranger.getByRole('heading', { name: /^Register an app at Microsoft for/ })).toBeVisible();
    await expect(stranger.locator('code', { hasText: '/oauth/callback' }).first()).toBeVisible();
    await expect(stranger.locator('form, input')).toHaveCount(0);
    await expect(stranger.getByText('this page neither holds nor takes it')).toBeVisible();
    await page.getByText('As text, for a mail').click();
    await expect(page.locator('pre', { hasText: 'Redirect URI, address' })).toContainText(link);
  });
  // The guide's own form ends where the sign-in was wanted.
  const mine = await app(rig);
  await page.getByLabel('Client ID').fill(mine.clientId);
  await page.getByLabel(/^Tenant/).fill('contoso.example');
  await page.getByLabel(/^Client secret/).fill(mine.secret);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(tested(page).getByText('Every value is right')).toBeVisible();
  await page.getByRole('link', { name: 'Go on to the sign-in' }).click();
  await follow(page, page.getByRole('button', { name: /^Sign in with Microsoft/ }).first());
  await throughProvider(page, mailkeep, { email: 'returns@contoso.example', password: 'returns-pass' });
  await expect(page.getByText('Saved: returns@contoso.example is connected')).toBeVisible();
});

test('H1 Test this registration names the field that is wrong', async ({ page, rig }) => {
  await signIn(page, at.mailkeep, ADMIN, LIST);
  const good = await app(rig);
  await clause('H1', 'Test this registration names the wrong field', async () => {
    const name = fresh('Test');
    await enter(page, at.mailkeep, { name, ...good });
    await expect(tested(page).getByText('Every value is right')).toBeVisible();
    const id = await idOf(page, name);
    const press = async () => {
      await page.goto(at.url + LIST);
      await row(page, name).getByRole('button', { name: /^Test/ }).click();
      await expect(page).toHaveURL(/tested=/);
    };
    const field = (words) => tested(page).getByRole('list', { name: 'Fields' }).getByRole('listitem').filter({ hasText: words });
    const wrong = async (words, title) => {
      await expect(tested(page).getByRole('status')).toContainText(title);
      await expect(field(words)).toContainText('Wrong');
      await expect(tested(page).getByRole('listitem').filter({ hasText: 'Wrong' })).toHaveCount(1);
    };
    const put = (part) => rig.call('/idp/client', { provider: 'microsoft', client_id: good.clientId, ...part });

    await rig.call('/idp/secret', { provider: 'microsoft', client: good.clientId, state: 'expired' });
    await press();
    await wrong('Client secret', 'The client secret has ended');
    await tested(page).getByText('What Microsoft said').click();
    await expect(tested(page)).toContainText('AADSTS7000222');
    await rig.call('/idp/secret', { provider: 'microsoft', client: good.clientId, state: 'wrong' });
    await press();
    await wrong('Client secret', 'The client secret is wrong');
    await rig.call('/idp/secret', { provider: 'microsoft', client: good.clientId, state: 'valid' });

    await put({ redirect_uris: ['https://elsewhere.example/oauth/callback'] });
    await press();
    await wrong('Redirect address', 'Microsoft does not know our redirect address');
    await expect(tested(page).locator('.copy code')).toHaveText(`${at.url}/oauth/callback`);
    await put({ redirect_uris: ['http://127.0.0.1/oauth/callback', 'http://localhost/oauth/callback'] });

    await put({ permissions: ['https://outlook.office.com/SMTP.Send'] });
    await press();
    await wrong('Permissions', 'A permission is missing');
    await put({ permissions: null });

    await enter(page, at.mailkeep, { id, tenant: 'nobody.example' });
    await wrong('Tenant', 'Microsoft does not know this tenant');
    await put({ tenants: 'contoso.example' });
    await enter(page, at.mailkeep, { id, tenant: 'organizations' });
    await wrong('Account types', 'The account types do not fit');
    await enter(page, at.mailkeep, { id, tenant: 'contoso.example' });
    await expect(tested(page).getByText('Every value is right')).toBeVisible();
    await enter(page, at.mailkeep, { id, clientId: guid(), tenant: 'contoso.example', secret: good.secret });
    await wrong('Client ID', 'Microsoft does not know this client ID');
    // Pasted the ID of the secret: named before anything is asked.
    await page.goto(`${at.url}${LIST}?edit=${id}`);
    await page.getByLabel(/client secret/i).fill(guid());
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText("This looks like the secret's ID")).toBeVisible();
  });
});

test('H1 a second secret beside the first heals its mailboxes without a sign-in', async ({ page, start, rig }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const mine = await app(rig);
  await desk.register('microsoft', { ...mine, tenant: 'contoso.example' });
  const people = [fresh('rota'), fresh('rotb')].map((n) => ({ email: `${n}@contoso.example`, name: n, password: `${n}-pass`, oauth: true }));
  await rig.users(...people);
  await rig.call('/idp/config', { account: people[0].email, accessTtl: 5 });
  await rig.call('/idp/config', { account: people[1].email, accessTtl: 5 });
  const ids = [];
  for (const p of people) ids.push(await desk.bySignIn(p.email, { password: p.password }));
  for (const id of ids) await desk.mailboxSays(id, 'Connected');
  await signIn(page, mailkeep, ADMIN, LIST);

  await clause('H1', 'a second secret beside the first repairs all its mailboxes without a sign-in', async () => {
    const edit = (await row(page, 'Contoso and friends').getByRole('link', { name: /^Edit/ }).getAttribute('href'));
    const give = async (secret) => {
      await page.goto(mailkeep.url + edit);
      await page.getByLabel(/client secret/i).fill(secret);
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Saved. Mailboxes that waited for it are being tried now')).toBeVisible();
    };
    // A wrong one beside a right one: named, and the present one goes on.
    await give('Zz9Q~not-the-secret-at-all');
    await expect(row(page, 'Contoso and friends')).toContainText('New secret refused');
    await expect(row(page, 'Contoso and friends')).toContainText('Works');
    const before = (await rig.call('/idp/stats', { client: mine.clientId })).hits;
    await until('a refresh after the wrong secret', async () => (await rig.call('/idp/stats', { client: mine.clientId })).hits.refresh_token >= (before.refresh_token ?? 0) + 3, 60);
    for (const id of ids) await desk.mailboxSays(id, 'Connected', 30);
    await page.goto(mailkeep.url + LIST);
    await row(page, 'Contoso and friends').getByRole('button', { name: /^Drop new secret/ }).click();
    await expect(page.getByText('The new secret is taken away; the present one goes on')).toBeVisible();
    await expect(row(page, 'Contoso and friends')).not.toContainText('New secret');

    // The present one ends: both mailboxes stop; the new one heals both, and takes its place.
    await rig.call('/idp/secret', { provider: 'microsoft', client: mine.clientId, state: 'expired' });
    for (const id of ids) await desk.mailboxSays(id, /App secret expired|client secret/i, 90);
    const next = `Nw7Q~${fresh('secret')}`;
    await rig.call('/idp/secret', { provider: 'microsoft', client: mine.clientId, state: 'valid', secret: next });
    await give(next);
    await expect(tested(page).getByText('Every value is right')).toBeVisible();
    for (const id of ids) await desk.mailboxSays(id, 'Connected', 60);
    const stats = (await rig.call('/idp/stats', { client: mine.clientId })).hits;
    expect(stats.authorization_code ?? 0, 'nobody signed in again').toBe(before.authorization_code ?? 0);
    await page.goto(mailkeep.url + LIST);
    await expect(row(page, 'Contoso and friends')).not.toContainText('New secret');
    await expect(row(page, 'Contoso and friends')).toContainText('Works');
  });
});

test('H1 Google, and several registrations', async ({ page, rig }) => {
  await signIn(page, at.mailkeep, ADMIN, LIST);
  await clause('H1', 'Google: Internal, published or Testing, and what each means', async () => {
    await page.goto(`${at.url}${LIST}/guide/google`);
    const means = page.getByRole('region', { name: 'Internal, published or Testing' });
    for (const words of ['Internal', 'External, published', 'External, in Testing', 'dies 7 days after it was made', 'Until Google has verified the app']) await expect(means.getByText(words).first()).toBeVisible();
    const steps = page.getByRole('region', { name: /^In Google Cloud console/ });
    await expect(steps.locator('code', { hasText: `${at.url}/oauth/callback` })).toBeVisible();
    await expect(steps.getByText('https://mail.google.com/')).toBeVisible();
    await expect(page.getByText('gcloud makes the project and switches Gmail on, but has no command for an OAuth client')).toBeVisible();
    await page.getByRole('radio', { name: 'Personal mailboxes too' }).check();
    await page.getByRole('button', { name: 'Show these steps' }).click();
    await expect(page.getByRole('region', { name: /^In Google Cloud console/ }).getByText('Publish app')).toBeVisible();
  });
  await clause('H1', 'several registrations, one default per provider', async () => {
    const [one, name] = [await app(rig), fresh('Second')];
    await enter(page, at.mailkeep, { name, ...one });
    const defaults = (provider) => page.locator('table.registrations tbody tr').filter({ hasText: provider }).filter({ has: page.locator('.quiet', { hasText: /^default$/ }) });
    const isDefault = row(page, name).locator('.quiet', { hasText: /^default$/ });
    await page.goto(at.url + LIST);
    await expect(isDefault).toHaveCount(0);
    await row(page, name).getByRole('button', { name: /^Make default/ }).click();
    await expect(page.getByText('Used from now on where nothing else is chosen')).toBeVisible();
    await expect(isDefault).toHaveCount(1);
    await expect(defaults('Microsoft, ')).toHaveCount(1);
    await expect(defaults('Google, ')).toHaveCount(1);
    // A new sign-in goes out under it.
    const id = await at.desk.draft(`${fresh('who')}@contoso.example`);
    await page.goto(`${at.url}/admin/channels/email/${id}/set-up/sign-in`);
    await follow(page, page.getByRole('button', { name: /^Sign in with Microsoft/ }).first());
    const hits = (await rig.call('/idp/stats', { client: one.clientId })).hits;
    expect(hits.authorize).toBeGreaterThan(1);
    await page.goto(at.url + LIST);
    await row(page, APP.clientId).filter({ hasText: 'Microsoft' }).getByRole('button', { name: /^Make default/ }).click();
    await expect(isDefault).toHaveCount(0);
  });
});
