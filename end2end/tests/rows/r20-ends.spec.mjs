// Every sign-in has an expected end with its source, under the moved clock.
import { clocked as test, expect } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { asAdmin, deskWith, line, live, mailboxAt, soon } from '../../support/ends.mjs';
import { signInAt } from '../../support/pages.mjs';

const ENDS = '/admin/ends';
const day = (rig, days) => new Date(rig.now.getTime() + days * 86_400_000);
const words = (date) => `${date.getUTCDate()} ${date.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' }).slice(0, 3)}`;

test('R20 every sign-in has an expected end with its source', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const sliding = await mailboxAt(rig, 'sales');
  const told = await mailboxAt(rig, 'press', 'northwind.example');
  const entered = await mailboxAt(rig, 'legal');
  const ruled = await mailboxAt(rig, 'help', 'fabrikam.example');
  await rig.call('/idp/config', { account: told.email, refreshEndsIn: 200 * 86_400, refreshTtl: 400 * 86_400 });
  const { mailkeep } = await deskWith(start, [sliding, told, entered, ruled]);
  await asAdmin(page, mailkeep, ENDS);

  await clause('R20', 'a fixed end told by the provider is shown with its day', async () => {
    await expect(line(page, told.email)).toContainText('Google set this end.');
    await expect(line(page, told.email)).toContainText('199 days');
    await expect(line(page, told.email)).toContainText(words(day(rig, 200)));
  });

  await clause('R20', 'an admin enters a number of days for a mailbox', async () => {
    await page.getByLabel('For', { exact: true }).selectOption({ label: entered.email });
    await page.getByLabel('A sign-in lasts so many days').fill('none');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Days are a whole number from 1 to 3650. Nothing was saved.')).toBeVisible();
    await expect(line(page, entered.email)).toContainText('Renewed');
    await page.getByLabel('For', { exact: true }).selectOption({ label: entered.email });
    await page.getByLabel('A sign-in lasts so many days').fill('120');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved. The days count from each sign-in')).toBeVisible();
    await expect(line(page, entered.email)).toContainText('Entered by an admin: a sign-in of this mailbox lasts 120 days.');
    await expect(line(page, entered.email)).toContainText('119 days');
    await expect(page.getByText(`${entered.email}: 120 days from each sign-in`)).toBeVisible();
  });

  await clause('R20', 'a tenant policy learned from AADSTS70043 is shown', async () => {
    await rig.call('/idp/revoke', { account: ruled.email, reason: 'frequency' });
    await rig.call('/idp/expire-access', { account: ruled.email });
    await rig.call('/mail/kick', { user: ruled.email });
    await expect(async () => {
      await asAdmin(page, mailkeep, ENDS);
      await expect(line(page, ruled.email)).toContainText('Ended', { timeout: 500 });
    }).toPass({ timeout: 90_000, intervals: [500] });
    await asAdmin(page, mailkeep, '/admin/channels/email');
    await signInAt(page, mailkeep, ruled, { name: /^Sign in/, scope: page.getByRole('row').filter({ hasText: ruled.email }) });
    await asAdmin(page, mailkeep, ENDS);
    await expect(line(page, ruled.email)).toContainText('Rule of the organisation, learned from Microsoft: sign in every day.');
    await expect(line(page, ruled.email)).toContainText(/23 h \d+ min|1 day/);
  });

  await clause('R20', 'a Microsoft window is pushed on by every refresh and shows no end expected', async () => {
    await live(rig, 100, [sliding, told]);
    await asAdmin(page, mailkeep, ENDS);
    const open = page.getByRole('region', { name: /No end expected/ });
    await soon(page, async () => {
      await expect(open).toContainText(sliding.email);
      await expect(line(page, sliding.email)).toContainText('Renewed');
      await expect(line(page, sliding.email)).toContainText('Microsoft would end it 90 days after the last refresh');
      await expect(line(page, sliding.email)).toContainText('Today');
    });
    // What no refresh can push stays where it was.
    await expect(line(page, told.email)).toContainText('99 days');
  });

  await clause('R20', 'every sign-in has an expected end with its source', async () => {
    for (const user of [sliding, told, entered, ruled]) await expect(line(page, user.email)).toHaveCount(1);
    for (const source of ['Last refresh', 'The provider\'s word', 'A rule of the organisation', 'Days you enter']) await expect(page.getByRole('term').filter({ hasText: source })).toBeVisible();
    for (const li of await page.locator('.horizon li:not(.scale)').all()) await expect(li).toContainText(/set this end|learned from|Entered by an admin|after the last refresh|ended this sign-in|Sign-in ended by a rule/);
  });
});
