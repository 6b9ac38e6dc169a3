// R22: Support emails, and signing in again at any time.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { signIn, row, follow, throughProvider, EMAIL } from '../../support/pages.mjs';

const at = deskOf(test);

test('R22 Support emails: by whom each signs in, and Reauthenticate healthy or not', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const [one, two] = [fresh('fit'), fresh('lost')].map((n) => ({ email: `${n}@contoso.example`, name: n, password: `${n}-pass`, oauth: true }));
  await rig.users(one, two);
  const healthy = await at.desk.bySignIn(one.email, { password: one.password });
  const lost = await at.desk.bySignIn(two.email, { password: two.password });
  await at.desk.byPassword('hello@litware.example', { password: 'hello-pass' });
  await at.desk.bySignIn('support@contoso.example', { as: 'anna@contoso.example', password: 'anna-pass' });
  await rig.call('/idp/revoke', { account: two.email, access: true });
  await rig.call('/mail/kick', { user: two.email });
  await at.desk.mailboxSays(lost, 'Please sign in again', 90);
  await signIn(page, at.mailkeep, ADMIN);

  await clause('R22', 'Admin > Emails leads to Support emails', async () => {
    await page.goto(`${at.url}/admin/emails`);
    await expect(page).toHaveURL(at.url + EMAIL);
    await expect(page.getByRole('heading', { name: 'Support emails', level: 1 })).toBeVisible();
    await page.goto(`${at.url}/tickets`);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Email/ }).click();
    await expect(page.getByRole('heading', { name: 'Support emails', level: 1 })).toBeVisible();
  });
  await clause('R22', 'those that need it first, a filter by state, a column signs in by', async () => {
    await expect(page.getByRole('columnheader', { name: 'Signs in by' })).toBeVisible();
    const by = (address) => row(page, address).locator('td.by');
    await expect(by(one.email)).toHaveText(`Microsoft as ${one.email}`);
    await expect(by('support@contoso.example')).toHaveText('Microsoft as anna@contoso.example');
    await expect(by('hello@litware.example')).toHaveText('Password');
    const order = await page.locator('table.mailboxes tbody tr:not(.group) .name').allTextContents();
    expect(order[0]).toBe(two.email);
    const filter = page.getByRole('navigation', { name: 'Filter' });
    await filter.getByRole('link', { name: /^Need you/ }).click();
    await expect(row(page, two.email)).toBeVisible();
    await expect(row(page, one.email)).toHaveCount(0);
    await filter.getByRole('link', { name: /^At work/ }).click();
    await expect(row(page, one.email)).toBeVisible();
    await expect(row(page, two.email)).toHaveCount(0);
  });
  await clause('R22', 'Edit, Reauthenticate, the provider: at any time, healthy or not', async () => {
    for (const [id, person] of [[healthy, one], [lost, two]]) {
      await page.goto(`${at.url}${EMAIL}/${id}`);
      await page.getByRole('link', { name: 'Edit', exact: true }).first().click();
      const panel = page.getByRole('region', { name: 'Reauthenticate' });
      await expect(panel).toContainText(`Signed in as ${person.email}`);
      await follow(page, panel.getByRole('button', { name: 'Sign in with Microsoft' }));
      await throughProvider(page, at.mailkeep, person);
      await expect(page.getByText(`Saved: ${person.email} works again`)).toBeVisible();
      await at.desk.mailboxSays(id, 'Connected');
    }
  });
});
