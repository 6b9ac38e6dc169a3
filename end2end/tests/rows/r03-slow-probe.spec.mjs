// R3: what is mended elsewhere is noticed by itself, within the hour.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { clause } from '../../support/clauses.mjs';
import { EMAIL, banner, row, signIn } from '../../support/pages.mjs';

const at = deskOf(test, {});

test('R3 a kept sign-in is probed by the hour and finishes without a person', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const support = { email: `${fresh('slow')}@contoso.example`, name: 'Support', password: 'slow-pass', oauth: true };
  await rig.users(support);
  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  const id = await at.desk.bySignIn(support.email, { password: support.password });
  await signIn(page, at.mailkeep, ADMIN, EMAIL);
  await expect(row(page, support.email)).toContainText('Outgoing blocked');
  await expect(banner(page)).toContainText('SMTP AUTH is off');

  await clause('R3', 'a slow probe finishes it without a person', async () => {
    await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
    const asked = (await rig.call('/idp/stats', { account: support.email })).hits?.authorize ?? 0;
    await rig.call('/clock', { offset: '+70m' });
    try {
      await page.goto(`${at.url}${EMAIL}/${id}`);
      await expect(async () => {
        await page.reload();
        await expect(page.locator('#directions')).not.toContainText(/blocked|SMTP AUTH/i, { timeout: 500 });
      }).toPass({ timeout: 150_000, intervals: [2_000] });
      await expect(page.getByRole('region', { name: 'Outgoing' })).toContainText('Works');
      await expect(banner(page)).toBeEmpty();
      expect((await rig.call('/idp/stats', { account: support.email })).hits?.authorize ?? 0, 'nobody signed in again').toBe(asked);
    } finally {
      await rig.call('/clock', { offset: '+0' });
    }
  });
});
