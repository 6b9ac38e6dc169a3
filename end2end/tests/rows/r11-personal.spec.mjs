// R11: personal Microsoft accounts.
import { test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { begun, idOf } from '../../support/setting.mjs';
import { EMAIL, newMailbox, signInAt } from '../../support/pages.mjs';

const shop = () => ({ email: `${fresh('shop')}@outlook.example`, name: 'Corner Shop', password: 'shop-pass', oauth: true });

test('R11 a personal account: its own SMTP host, and IMAP off is named with its setting', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await begun(page, start);
  const box = shop();
  await rig.users(box);
  await rig.call('/front/imap', { user: box.email, enabled: false });
  await newMailbox(page, { address: box.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, box);
  await clause('R11', 'IMAP switched off is named with its setting', async () => {
    const card = page.locator('section.call');
    await expect(card).toContainText('Incoming does not work: IMAP is off');
    await expect(card).toContainText('At outlook.com: Settings, Mail, Forwarding and IMAP, then let devices and apps use IMAP.');
    await expect(card.locator('dl')).not.toContainText('admin');
  });
  await clause('R11', 'a personal account uses its own SMTP host', async () => {
    await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).toContainText('smtp-mail.outlook.example');
    await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).toContainText('Works');
  });
  await rig.call('/front/imap', { user: box.email, enabled: true });
  const id = await idOf(page, mailkeep, box.email);
  await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`);
  await page.getByRole('button', { name: /^Check (again|now)/ }).first().click();
  await expect(page.getByText('Everything works')).toBeVisible();
  await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
  await expect(page.locator('main')).toContainText('smtp-mail.outlook.example');
});

test('R11 a registration that does not allow personal accounts is noticed before the redirect', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start, { tenant: 'organizations' });
  const box = shop();
  await rig.users(box);
  await newMailbox(page, { address: box.email, provider: 'Microsoft Office 365' });
  const asked = [];
  page.on('request', (request) => { if (!request.url().startsWith(mailkeep.url)) asked.push(request.url()); });
  await clause('R11', 'a registration that does not allow personal accounts is noticed before the redirect', async () => {
    await page.getByRole('button', { name: /^Sign in with Microsoft/ }).click();
    await expect(page.getByText('This registration does not allow personal accounts')).toBeVisible();
    await expect(page.getByText('Nothing was sent to Microsoft.')).toBeVisible();
    expect(page.url()).toContain('/admin/registrations');
    expect(asked, 'requests to the provider').toEqual([]);
  });
});
