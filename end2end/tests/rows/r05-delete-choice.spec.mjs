// R5, what the set-up offers: deleting after fetching, for what is fetched alone.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, NEW, signIn } from '../../support/pages.mjs';

const it = deskOf(test);
const DELETE = /^Delete emails from the server after fetching/;

test('R5 deleting after fetching is a choice for Incoming only and Both, off at first', async ({ page, rig }) => {
  const box = { email: `${fresh('hello')}@litware.example`, name: 'Litware', imap_password: 'hello-pass' };
  await rig.users(box);
  await signIn(page, it.mailkeep, ADMIN, NEW);
  await page.getByLabel('Your support email').fill(box.email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  const box5 = page.getByRole('checkbox', { name: DELETE });

  await clause('R5', 'delete after fetching is offered for Incoming only and Both, off at first', async () => {
    for (const used of [/^Both/, /^Incoming only/]) {
      await page.getByRole('radio', { name: used }).check();
      await expect(box5).toBeVisible();
      await expect(box5).not.toBeChecked();
    }
    // What is chosen is kept, and shown again.
    await box5.check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByLabel('Password')).toBeVisible();
    await page.goBack();
    await page.reload();
    await expect(page.getByRole('radio', { name: /^Incoming only/ })).toBeChecked();
    await expect(box5).toBeChecked();
  });

  await clause('R5', 'not offered for Outgoing only', async () => {
    await page.getByRole('radio', { name: /^Outgoing only/ }).check();
    await expect(box5).toBeHidden();
    await expect(page.getByLabel('Folder')).toBeHidden();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password').fill(box.imap_password);
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText(`${box.email} is connected`)).toBeVisible();
    const id = Number(/\/email\/(\d+)/.exec(page.url())[1]);
    await page.goto(`${it.url}${EMAIL}/${id}/edit`);
    await expect(page.getByRole('radio', { name: /^Outgoing only/ })).toBeChecked();
    await expect(box5).toBeHidden();
    // A box that was ticked before does not come back with the direction.
    await page.getByRole('radio', { name: /^Both/ }).check();
    await expect(box5).toBeVisible();
    await expect(box5).not.toBeChecked();
  });
});
