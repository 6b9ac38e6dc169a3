// Count and sample before the first real import.
import { deskOf, expect, fresh, test } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { EMAIL, newMailbox, signIn, signInAt, ticketLink } from '../support/pages.mjs';

const it = deskOf(test);

test('how much would come in, the newest few, another date; then it begins, and nothing was lost meanwhile', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const owner = { email: `${fresh('import')}@contoso.example`, name: 'Owner', password: 'import-pass-1', oauth: true };
  await rig.users(owner);
  const word = fresh('Older');
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
  await rig.call('/mail/append', { user: owner.email, from: 'Hanna <hanna@customer.example>', subject: `${word} long ago`, received: ago(30), count: 3 });
  await rig.call('/mail/append', { user: owner.email, from: 'Hanna <hanna@customer.example>', subject: `${word} lately`, received: ago(2), count: 2 });
  await signIn(page, it.mailkeep, ADMIN, EMAIL);
  await newMailbox(page, { address: owner.email, from: 'The beginning' });
  await signInAt(page, it.mailkeep, owner);
  await page.getByRole('link', { name: 'See what would come in' }).click();
  await expect(page.getByRole('heading', { name: '5 messages would come in' })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole('row').filter({ hasText: 'INBOX' })).toContainText('5 of 5');
  await expect(page.getByText(`${word} lately`).first()).toBeVisible();
  await expect(page.getByText('Hanna').first()).toBeVisible();
  const look = page.url();

  // New mail comes in meanwhile; what is older does not.
  const now = fresh('Fresh');
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: owner.email, subject: now, text: 'A question.' });
  await page.goto(`${it.url}/tickets`);
  await expect(ticketLink(page, now)).toBeVisible({ timeout: 40_000 });
  await expect(ticketLink(page, `${word} lately`)).toHaveCount(0);

  // Coming back by the mailbox's page: it still waits. Another date is counted by itself.
  await page.goto(look.replace('/set-up/import', ''));
  await page.getByRole('link', { name: 'See what would come in' }).click();
  await page.getByLabel('Import mail from').selectOption({ label: 'A date' });
  await page.getByLabel('Date', { exact: true }).fill(ago(10).slice(0, 10));
  await page.getByRole('button', { name: 'Count again' }).click();
  await expect(page.getByRole('heading', { name: '2 messages would come in' })).toBeVisible({ timeout: 40_000 });
  await page.getByRole('button', { name: 'Import 2 messages' }).click();
  await expect(page.getByText('The import has begun')).toBeVisible();
  await page.goto(`${it.url}/tickets?q=${word}`);
  await expect(async () => { await page.reload(); await expect(ticketLink(page, `${word} lately`)).toHaveCount(2, { timeout: 500 }); }).toPass({ timeout: 45_000 });
  await expect(ticketLink(page, `${word} long ago`)).toHaveCount(0);
  // The fresh one came once.
  await page.goto(`${it.url}/tickets?q=${now}`);
  await expect(ticketLink(page, now)).toHaveCount(1);
  await page.goto(look);
  await expect(page).not.toHaveURL(/set-up\/import/);
});
