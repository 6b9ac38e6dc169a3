// R8: the same address moves from Gmail to Microsoft with its mail copied, and back.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, signIn, signInAt } from '../../support/pages.mjs';
import { Through, customerWith } from '../../support/through.mjs';

const it = deskOf(test);

test('R8 from Gmail to Microsoft and back', async ({ page, rig }) => {
  test.setTimeout(300_000);
  const domain = `${fresh('stork')}.example`;
  const tenant = `${fresh('storkms')}.example`;
  const ines = { email: `ines@${tenant}`, name: 'Ines', password: 'ines-pass', oauth: true, provider: 'microsoft' };
  // At Microsoft the address is a mailbox of its own, which ines@ opens; the rig leads there.
  const copy = { email: `copy@${tenant}`, name: 'Care', shared: true, delegates: [ines.email], send_as: [ines.email] };
  const box = { email: `care@${domain}`, name: 'Care', password: 'care-pass', oauth: true, provider: 'google', at: { microsoft: copy.email }, send_as: [ines.email] };
  await rig.users(ines, copy, box);
  const id = await it.desk.bySignIn(box.email, { password: box.password, provider: 'google', short: 'Google' });
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: box.email, subject: fresh('Before the move') });
  await signIn(page, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  const through = Through.start(rig, it.desk, { to: box.email, from: customer, word: fresh('moving'), ticket });
  await through.more(4);

  // The mail is copied, as a migration does; what comes after it still arrives at the old side.
  const copied = await rig.list(box.email);
  for (const m of copied) {
    await rig.call('/mail/append', { user: copy.email, folder: 'INBOX', raw: await rig.raw(box.email, { folder: 'INBOX', uid: m.uid }) });
  }
  await through.more(2);
  const report = page.getByRole('region', { name: 'The switch' });

  await clause('R8', 'from Gmail to Microsoft with the mail copied: known messages are re-mapped, the old side is drained', async () => {
    await page.goto(`${it.url}${EMAIL}/${id}/switch`);
    await page.getByRole('radio', { name: /^The mailbox moved to another provider/ }).check();
    await page.getByLabel('Provider', { exact: true }).selectOption({ label: 'Microsoft Office 365' });
    await page.getByRole('button', { name: 'Continue' }).click();
    await signInAt(page, it.mailkeep, ines);
    await expect(page.getByText(`Saved: ${box.email} signs in with Microsoft now`)).toBeVisible({ timeout: 30_000 });
    // The MX leads to the new side from now on.
    through.to = { header: box.email, envelopeTo: copy.email };
    await expect(report).toContainText('Microsoft Office 365, before Gmail');
    await expect(report).toContainText(/Fetched a last time/, { timeout: 30_000 });
    await expect(report).toContainText(new RegExp(`${copied.length} messages known from the old side`), { timeout: 30_000 });
    await through.more(3);
    // Only what is new on the new side was fetched whole, none of the copies: counted before it is
    // listed, there are never more.
    const whole = (await rig.call('/front/stats', { user: copy.email })).counts.imap.messages;
    const fresh = (await rig.list(copy.email)).length - copied.length;
    test.info().annotations.push({ type: 'recognised', description: `${copied.length} copies, ${fresh} new, ${whole} fetched whole` });
    expect(whole).toBeGreaterThan(0);
    expect(whole).toBeLessThanOrEqual(fresh);
  });

  await clause('R8', 'and back', async () => {
    await page.goto(`${it.url}${EMAIL}/${id}/switch`);
    await page.getByRole('radio', { name: /^The mailbox moved to another provider/ }).check();
    await page.getByLabel('Provider', { exact: true }).selectOption({ label: 'Gmail' });
    await page.getByRole('button', { name: 'Continue' }).click();
    await signInAt(page, it.mailkeep, box, { name: /^Sign in with Google/ });
    await expect(page.getByText(`Saved: ${box.email} signs in with Google now`)).toBeVisible({ timeout: 30_000 });
    through.to = box.email;
    await expect(report).toContainText('Gmail, before Microsoft Office 365');
    await expect(report).toContainText(/Fetched a last time/, { timeout: 30_000 });
    await through.more(3);
  });

  await clause('R8', 'mail arrives and replies leave all through the switch', async () => {
    await through.end();
    await through.allOnce(customer, 120);
    (await it.desk.admin.go(`${EMAIL}/${id}`)).must(`signed in as ${box.email}`);
  });
});
