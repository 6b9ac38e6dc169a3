import { test, expect, deskOf } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, newMailbox, signIn, signInAt } from '../../support/pages.mjs';
import { person } from '../../support/outage.mjs';

const at = deskOf(test, {});

test('R6 a sign-in with Microsoft is a save of its own', async ({ page, rig }) => {
  const owner = await person(rig, 'saved');
  await signIn(page, at.mailkeep, ADMIN, EMAIL);
  await newMailbox(page, { address: owner.email, provider: 'Microsoft Office 365' });
  await expect(page.getByText('You come back here afterwards; there is nothing to save.')).toBeVisible();
  await signInAt(page, at.mailkeep, owner);
  await clause('R6', 'a sign-in with Microsoft ends in a confirmation that says Saved', async () => {
    const notice = page.locator('.notice').filter({ hasText: 'Saved' });
    await expect(notice).toContainText(`Saved: ${owner.email} is connected`);
    await expect(notice).toContainText(`Signed in with Microsoft as ${owner.email}`);
    await expect(notice).toHaveAttribute('role', 'status');
  });
  await clause('R6', 'there is no further Save to press', async () => {
    await expect(page.getByRole('button', { name: /save/i })).toHaveCount(0);
    await expect(page.locator('main form')).toHaveCount(0);
    // It was saved before anything else was pressed: the list and another browser's page know it.
    const { text } = await at.desk.admin.go(EMAIL);
    expect(text).toContain(owner.email);
    expect(text).toContain('1 mailbox. 1 at work.');
    await page.getByRole('link', { name: 'Go to the mailbox' }).click();
    await expect(page.locator('#directions')).toContainText('Works');
  });
  await signInAt(page, at.mailkeep, owner, { name: /^Reauthenticate/ });
  await clause('R6', 'a sign-in with Microsoft ends in a confirmation that says Saved', async () => {
    await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible();
    await expect(page.getByRole('button', { name: /save/i })).toHaveCount(0);
  });
});
