// Another OAuth provider, by OpenID discovery: from the wizard to a mail that is a ticket, and back after its end.
import { deskOf, expect, fresh, test } from '../support/fixtures.mjs';
import { ADMIN, Desk } from '../support/desk.mjs';
import { EMAIL, NEW, banner, follow, signIn, signInAt, ticketLink } from '../support/pages.mjs';

const it = deskOf(test);

test('a provider is found by its issuer; its sign-in connects a mailbox, and repairs it', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const olga = { email: `${fresh('olga')}@litware.example`, name: 'Olga', password: 'olga-pass-1', oauth: true };
  const client = { client_id: fresh('client'), client_secret: 'a+secret/of~litware' };
  await rig.users(olga);
  await rig.call('/idp/client', { provider: 'google', name: 'Mailkeep', ...client });
  const issuer = `${rig.env.GOOGLE_URL}/realms/litware`;
  await signIn(page, it.mailkeep, ADMIN, NEW);
  await page.getByLabel('Your support email').fill(olga.email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: 'Another OAuth provider' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();

  // What is none is said so, and nothing is lost.
  await page.getByLabel('Issuer, or the address of the sign-in').fill(`${rig.env.GOOGLE_URL}/realms/nobody`);
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByText('No OpenID configuration is published there')).toBeVisible();
  await page.getByLabel('Issuer, or the address of the sign-in').fill('https://10.1.2.3/');
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByText('private network that the server\'s settings do not allow')).toBeVisible();
  await page.getByLabel('Issuer, or the address of the sign-in').fill(issuer);
  await page.getByRole('button', { name: 'Look it up' }).click();

  await expect(page.getByRole('heading', { name: 'What the provider publishes' })).toBeVisible();
  await expect(page.getByText(`${issuer}/auth`)).toBeVisible();
  await expect(page.getByText(`${it.url}/oauth/callback`)).toBeVisible();
  await expect(page.getByLabel('Permissions for mail')).toHaveValue('mail');
  // Found for the address; and the draft waits with all of it.
  await expect(page.getByLabel('Server').first()).toHaveValue('imap.litware.example');
  const described = page.url();
  await page.goto(it.url + EMAIL);
  await page.goto(described);
  await page.getByLabel('Name', { exact: true }).fill('Litware');
  await page.getByLabel('Client ID').fill(client.client_id);
  await page.getByLabel('Client secret').fill(client.client_secret);
  await page.getByRole('button', { name: 'Save and continue' }).click();
  await expect(page).toHaveURL(/set-up\/use/);
  await page.getByRole('button', { name: 'Continue' }).click();
  await signInAt(page, it.mailkeep, olga, { name: /^Sign in with Litware/ });
  await expect(page.getByText(`Saved: ${olga.email} is connected`)).toBeVisible({ timeout: 40_000 });
  const id = Number(/email\/(\d+)/.exec(await page.getByRole('link', { name: 'Go to the mailbox' }).getAttribute('href'))[1]);

  const word = fresh('Litware');
  await page.goto(`${it.url}/tickets`);
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: olga.email, subject: word, text: 'A question.' });
  await expect(ticketLink(page, word)).toBeVisible({ timeout: 40_000 });

  // Among the registrations, tested.
  await page.goto(`${it.url}/admin/registrations`);
  await expect(page.getByRole('row').filter({ hasText: 'Litware' })).toContainText('Works');
  await expect(page.getByRole('region', { name: 'Other sign-in providers' })).toContainText(issuer);

  // Withdrawn there: the banner, the queue, one sign-in.
  await rig.call('/idp/revoke', { account: olga.email, access: true });
  await rig.call('/mail/kick', { user: olga.email });
  await it.desk.mailboxSays(id, 'Litware credentials have expired');
  await page.goto(`${it.url}${EMAIL}/queue`);
  await expect(page.getByRole('main')).toContainText(olga.email);
  await expect(banner(page)).toContainText('Litware credentials have expired');
  await signInAt(page, it.mailkeep, olga, { name: /^Sign in with Litware/, scope: page.getByRole('main') });
  await expect(page.getByText(`${olga.email} works again`).first()).toBeVisible({ timeout: 40_000 });
});

test('a provider can be added, described anew and removed without a mailbox', async ({ page, rig, start }) => {
  // A desk of its own: no mailbox uses the provider there.
  const mailkeep = await start();
  await new Desk(mailkeep).open({ providers: [] });
  const client = { client_id: fresh('client'), client_secret: 'a+secret/of~litware' };
  await rig.call('/idp/client', { provider: 'google', name: 'Mailkeep', ...client });
  await signIn(page, mailkeep, ADMIN, '/admin/registrations');
  await page.getByRole('link', { name: 'Add by issuer' }).click();
  await page.getByLabel('Issuer, or the address of the sign-in').fill(`${rig.env.GOOGLE_URL}/realms/litware/.well-known/openid-configuration`);
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByRole('heading', { name: 'What the provider publishes' })).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Litware');
  await page.getByLabel('Client ID').fill(client.client_id);
  await page.getByLabel('Permissions for mail').fill('mail "quoted');
  const secret = page.getByLabel(/^Client secret/);
  await secret.fill(client.client_secret);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Permissions are words without quotation marks')).toBeVisible();
  await expect(page.getByLabel('Client ID'), 'nothing was saved').toHaveValue('');
  await follow(page, page.getByRole('link', { name: 'Enter another issuer' }));
  await expect(page.getByText('Found before')).toBeVisible();
  await page.getByRole('region', { name: 'Found before' }).getByRole('link').click();

  // Saved, and described anew.
  const remove = page.getByRole('button', { name: 'Remove this provider' });
  await expect(remove).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Litware');
  await page.getByLabel('Client ID').fill(client.client_id);
  await secret.fill(client.client_secret);
  await page.getByLabel('Permissions for mail').fill('mail');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const registration = page.getByRole('row').filter({ hasText: client.client_id });
  await expect(registration).toContainText('Litware');
  const known = page.getByRole('region', { name: 'Other sign-in providers' });
  await known.getByRole('link', { name: 'Litware', exact: true }).click();
  await expect(remove, 'its registration uses it').toHaveCount(0);
  await page.getByLabel('Name', { exact: true }).fill('Litware anew');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(known.getByRole('link', { name: 'Litware anew', exact: true })).toBeVisible();
  const offered = async () => {
    await page.goto(mailkeep.url + NEW);
    await page.getByLabel('Your support email').fill(`${fresh('box')}@litware.example`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('group', { name: 'Use your own mail server' })).toBeVisible();
    return page.getByRole('radio', { name: 'Litware anew' });
  };
  await expect(await offered()).toBeVisible();

  // Its registration first, then the provider: gone from every page.
  await page.goto(`${mailkeep.url}/admin/registrations`);
  await registration.getByRole('button', { name: /^Delete/ }).click();
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible();
  await expect(registration).toHaveCount(0);
  await known.getByRole('link', { name: 'Litware anew', exact: true }).click();
  await remove.click();
  await expect(page.getByText('The provider is removed')).toBeVisible();
  await expect(known.getByRole('link', { name: 'Litware anew', exact: true })).toHaveCount(0);
  await page.goto(`${mailkeep.url}/admin/registrations/discover`);
  await expect(page.getByText('Found before')).toHaveCount(0);
  await expect(await offered()).toHaveCount(0);
});
