// The alert before an end, under the moved clock.
import * as fs from 'node:fs';
import { clocked as test, expect } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { R21, asAdmin, deskWith, live, mailboxAt, soon } from '../../support/ends.mjs';
import { banner } from '../../support/pages.mjs';
import { APP } from '../../support/rig.mjs';

const EMAIL = '/admin/channels/email';
const quiet = async (page) => { await expect(page.getByRole('heading', { level: 1 })).toBeVisible(); await expect(page.locator('.banner')).toHaveCount(0); };

test('R21 from 10 days before an end the alert stands, and leads to the mailboxes and to help', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const press = await mailboxAt(rig, 'press', 'northwind.example');
  const other = await mailboxAt(rig, 'sales');
  await rig.call('/idp/config', { account: press.email, refreshEndsIn: 60 * 86_400, refreshTtl: 400 * 86_400 });
  const { mailkeep, ids } = await deskWith(start, [press, other]);

  await clause('R21', 'from 10 days before an end that no refresh can push, the alert stands in the agreed words', async () => {
    await live(rig, 49.9, [press, other]);
    await asAdmin(page, mailkeep, EMAIL);
    await quiet(page);
    await rig.days(0.2);
    await soon(page, () => expect(banner(page)).toContainText(R21));
    await expect(banner(page)).toContainText(press.email);
    await expect(banner(page)).not.toContainText(other.email);
    for (const path of [EMAIL, '/admin/people', '/admin/ends', '/admin/server']) {
      await asAdmin(page, mailkeep, path);
      await expect(banner(page)).toContainText(R21);
    }
  });

  await clause('R21', 'its first link opens the support emails with those mailboxes marked, its second help', async () => {
    const links = banner(page).getByRole('link', { name: 'here' });
    await expect(links).toHaveCount(2);
    const names = await links.evaluateAll((all) => all.map((a) => a.getAttribute('aria-label')));
    expect(new Set(names).size).toBe(2);
    await links.first().click();
    await expect(page.getByRole('heading', { name: 'Support emails' })).toBeVisible();
    await expect(page.locator(`#mailbox-${ids[0]}`)).toHaveAttribute('data-marked', '');
    await expect(page.locator(`#mailbox-${ids[0]}`)).toContainText('Sign-in ends in 9 days');
    await expect(page.locator(`#mailbox-${ids[0]}`)).toContainText('Google set this end.');
    await expect(page.locator(`#mailbox-${ids[0]}`).getByRole('button', { name: /^Sign in/ })).toBeVisible();
    await expect(page.locator(`#mailbox-${ids[1]}`)).not.toHaveAttribute('data-marked');
    await banner(page).getByRole('link', { name: 'here' }).last().click();
    await expect(page.getByRole('heading', { name: 'Sign-ins that end soon' })).toBeVisible();
  });
});

test('R21 a life under 30 days warns in its last third', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const press = await mailboxAt(rig, 'press', 'northwind.example');
  await rig.call('/idp/config', { account: press.email, refreshEndsIn: 6 * 86_400 });
  const { mailkeep } = await deskWith(start, [press]);
  await clause('R21', 'a life under 30 days warns in its last third', async () => {
    await live(rig, 3.9, [press]);
    await asAdmin(page, mailkeep, EMAIL);
    await quiet(page);
    await rig.days(0.2);
    await soon(page, () => expect(banner(page)).toContainText(R21));
    await expect(page.getByText('Sign-in ends in 1 day')).toBeVisible();
  });
});

test('R21 other ends say what ends', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const date = (days) => new Date(rig.now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  // The day on which passwords end, as this rig's providers file tells it.
  const providers = JSON.parse(fs.readFileSync(rig.env.RIG_PROVIDERS, 'utf8'));
  for (const provider of providers.providers) if (provider.key === 'microsoft') provider.basic_retired_on = date(20);
  const file = `${rig.state}/providers-retiring.json`;
  fs.writeFileSync(file, JSON.stringify(providers));
  const sales = await mailboxAt(rig, 'sales');
  const orders = await mailboxAt(rig, 'orders');
  await rig.users({ ...orders, imap_password: orders.password });
  const { mailkeep, desk } = await deskWith(start, [sales], { providers: file });
  await desk.byPassword(orders.email, { password: orders.password });
  await asAdmin(page, mailkeep, '/admin/registrations');
  await page.goto(`${mailkeep.url}/admin/registrations?edit=1`);
  await page.getByLabel('Name').fill('Contoso tenant');
  await page.getByLabel('Secret ends on').fill(date(15));
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Mailboxes that waited for it are being tried now')).toBeVisible();

  await clause('R21', 'other ends (app secret, Basic retirement) say what ends', async () => {
    await live(rig, 6, [sales]);
    await asAdmin(page, mailkeep, '/admin/people');
    await soon(page, () => expect(banner(page)).toContainText('Alert: The app secret of Contoso tenant will expire within 10 days. Replace it here to avoid service interruption. Learn more here.'));
    await expect(banner(page)).toContainText('1 more mailbox needs you');
    await banner(page).getByRole('link', { name: 'here' }).first().click();
    await expect(page.getByRole('heading', { name: 'App registrations', level: 1 })).toBeVisible();
    await page.goto(`${mailkeep.url}/admin/registrations?edit=1#form`);
    await page.getByLabel('Client secret').fill(APP.secret);
    await page.getByLabel('Secret ends on').fill(date(400));
    await page.getByRole('button', { name: 'Save' }).click();
    await live(rig, 5, [sales]);
    await page.goto(`${mailkeep.url}/admin/people`);
    await soon(page, () => expect(banner(page)).toContainText('Alert: Microsoft will end the sign-in by password of some of your support emails within 10 days. Move them here to avoid service interruption. Learn more here.'));
    await expect(banner(page)).toContainText(orders.email);
  });
});

test('R21 a refreshed mailbox 100 days old has no banner; one whose refreshing is blocked has one', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const fine = await mailboxAt(rig, 'sales');
  const stuck = await mailboxAt(rig, 'events');
  const one = await deskWith(start, [fine]);
  const two = await deskWith(start, [stuck]);
  await rig.call('/idp/config', { account: stuck.email, fault: { route: 'token', status: 503, times: -1 } });
  await clause('R21', 'a refreshed mailbox 100 days old has no banner; one whose refreshing is blocked has one', async () => {
    await live(rig, 79, [fine]);
    await asAdmin(page, two.mailkeep, EMAIL);
    await quiet(page);
    await live(rig, 3, [fine]);
    await soon(page, () => expect(banner(page)).toContainText(R21));
    await expect(banner(page)).toContainText('Microsoft ends a sign-in 90 days after its last refresh, and refreshing has stopped.');
    await live(rig, 18, [fine]);
    await asAdmin(page, one.mailkeep, EMAIL);
    await soon(page, async () => { await quiet(page); await expect(page.locator(`#mailbox-${one.ids[0]}`)).toContainText('Connected'); });
    await asAdmin(page, two.mailkeep, EMAIL);
    await soon(page, () => expect(banner(page)).toContainText(R21));
  });
  await rig.call('/idp/config', { account: stuck.email, fault: null });
});
