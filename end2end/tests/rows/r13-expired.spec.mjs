import { test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, Desk } from '../../support/desk.mjs';
import { EMAIL, R1, banner, signIn, signInAt } from '../../support/pages.mjs';
import { lose, person } from '../../support/outage.mjs';

test('R13 the sentence names the provider, and one sign-in from the banner repairs and saves', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open();
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const owner = await person(rig, 'expired');
  const gmail = await person(rig, 'gmail', { domain: 'northwind.example' });
  const id = await desk.bySignIn(owner.email, { password: owner.password });
  const other = await desk.bySignIn(gmail.email, { password: gmail.password, short: 'Google' });
  await lose(rig, desk, id, owner.email);
  await clause('R13', 'the sentence names the provider', async () => {
    const said = 'Your Microsoft Office 365 credentials have expired. Please sign in again.';
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(banner(page).locator('.more')).toContainText(`${owner.email}: ${said}`);
    await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
    await expect(page.locator('.call').getByRole('heading', { name: said })).toBeVisible();
  });
  await clause('R13', 'Sign in with Microsoft from the banner repairs it, and the sign-in itself saves', async () => {
    const subject = fresh('Waits');
    await rig.send({ from: 'mia@customer.example', to: owner.email, subject, text: 'Meanwhile.' });
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(banner(page)).toContainText(R1);
    await signInAt(page, mailkeep, owner, { scope: banner(page) });
    await expect(page.getByText(`Saved: ${owner.email} works again`)).toBeVisible();
    await expect(page.getByRole('button', { name: /save/i })).toHaveCount(0);
    await expect(banner(page)).toBeEmpty();
    await desk.ticket(subject);
    await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
    await expect(page.locator('#directions')).not.toContainText('Stopped');
  });
  await lose(rig, desk, other, gmail.email);
  await clause('R13', 'the sentence names the provider', async () => {
    const said = 'Your Gmail credentials have expired. Please sign in again.';
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(banner(page).locator('.more')).toContainText(`${gmail.email}: ${said}`);
    await expect(banner(page)).not.toContainText('Microsoft');
    await expect(banner(page).getByRole('button', { name: /^Sign in with Google/ })).toBeVisible();
    await page.goto(`${mailkeep.url}${EMAIL}/${other}`);
    await expect(page.locator('.call').getByRole('heading', { name: said })).toBeVisible();
  });
});
