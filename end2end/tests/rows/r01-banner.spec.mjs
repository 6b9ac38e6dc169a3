import { test, expect } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, Desk } from '../../support/desk.mjs';
import { EMAIL, R1, R13, banner, signIn } from '../../support/pages.mjs';
import { lose, person, stopped } from '../../support/outage.mjs';

const PAGES = ['', '/new', '/queue'].map((p) => EMAIL + p);
const own = (id) => ['', '/edit', '/check', '/link', '/disconnect', '/set-up/password'].map((p) => `${EMAIL}/${id}${p}`);

test('R1 the banner stands on every admin page, one at a time, the worst first', async ({ page, rig, start }) => {
  test.setTimeout(300_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: ['microsoft'] });
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const [ada, bea] = [await person(rig, 'ada'), await person(rig, 'bea')];
  const blocked = await person(rig, 'blocked');
  const first = await desk.bySignIn(ada.email, { password: ada.password });
  const second = await desk.bySignIn(bea.email, { password: bea.password });
  await expect(banner(page)).toBeEmpty();

  // A setting that an admin elsewhere has to turn on: its own words, not R1's.
  await rig.call('/front/smtp-auth', { user: blocked.email, enabled: false });
  const third = await desk.bySignIn(blocked.email, { password: blocked.password });
  await page.goto(mailkeep.url + EMAIL);
  await clause('R1', 'a remedy other than a sign-in or a password has a sentence of its own', async () => {
    await expect(banner(page)).toContainText(`${blocked.email}: SMTP AUTH is off`);
    await expect(banner(page)).not.toContainText('Please reauthorize');
    await expect(banner(page).getByRole('link', { name: 'Show remedy' })).toHaveAttribute('href', `${EMAIL}/${third}/check`);
  });

  await lose(rig, desk, first, ada.email);
  await page.goto(mailkeep.url + EMAIL);
  const admin = page.getByRole('navigation', { name: 'Main' }).locator('a[href^="/admin"]');
  const paths = [...new Set([...await admin.evaluateAll((all) => all.map((a) => a.getAttribute('href'))), ...PAGES, ...own(first)])];
  expect(paths.length).toBeGreaterThan(10);
  await clause('R1', 'the banner stands on every admin page', async () => {
    for (const path of paths) {
      await page.goto(mailkeep.url + path);
      await expect(banner(page), path).toContainText(R1);
      await expect(page.locator('.banner'), path).toHaveCount(1);
    }
  });
  await clause('R1', 'first line in the agreed words, with two links of distinct names', async () => {
    const line = banner(page).locator('#banner-words');
    await expect(line).toHaveText('Please reauthorize your Email settings. Learn more about it here or finish the setup in Email settings.');
    const [here, settings] = [line.getByRole('link', { name: 'here', exact: true }), line.getByRole('link', { name: 'Email settings', exact: true })];
    await expect(here).toHaveAccessibleDescription(R1);
    await expect(settings).toBeVisible();
    await expect(line.getByRole('link')).toHaveCount(2);
  });
  await clause('R1', 'here opens help; Email settings opens the mailbox, or the queue when there are several', async () => {
    await page.goto(`${mailkeep.url}/admin/people`);
    await banner(page).getByRole('link', { name: 'here', exact: true }).click();
    await expect(page).toHaveURL(/\/help\/sign-in-expired$/);
    await page.goto(`${mailkeep.url}/admin/people`);
    await banner(page).getByRole('link', { name: 'Email settings', exact: true }).click();
    await expect(page).toHaveURL(`${mailkeep.url}${EMAIL}/${first}`);
    await lose(rig, desk, second, bea.email);
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(banner(page)).toContainText(bea.email);
    await banner(page).getByRole('link', { name: 'Email settings', exact: true }).click();
    await expect(page).toHaveURL(`${mailkeep.url}${EMAIL}/queue`);
  });
  await clause('R1', 'one banner at a time: the worst first, the rest counted, its cause beneath it', async () => {
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(page.locator('.banner')).toHaveCount(1);
    await expect(banner(page)).toContainText(R1);
    const cause = banner(page).locator('.more');
    await expect(cause).toContainText(`${ada.email.split('@')[0]}@ and ${bea.email}: ${R13}`);
    await expect(cause.getByRole('link', { name: '1 more mailbox needs you' })).toHaveAttribute('href', `${EMAIL}?show=need`);
    await expect(banner(page)).not.toContainText('SMTP AUTH');
  });
});

test('R1 an expired app secret has a sentence of its own', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const app = { clientId: '5ea51de0-4d61-4b6b-8a1f-0000000000b1', secret: 'own-secret-value' };
  await rig.call('/idp/client', { client_id: app.clientId, client_secret: app.secret, name: 'Mailkeep' });
  const desk = await new Desk(mailkeep).open({ providers: ['microsoft'], app });
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const stays = await person(rig, 'stays', { accessTtl: 10 });
  await desk.bySignIn(stays.email, { password: stays.password });
  await clause('R1', 'a remedy other than a sign-in or a password has a sentence of its own', async () => {
    await rig.call('/idp/secret', { client: app.clientId, state: 'expired' });
    await expect(banner(page)).toContainText(/app secret/i, { timeout: 90_000 });
    await expect(banner(page)).not.toContainText('Please reauthorize');
    await expect(banner(page).getByRole('link', { name: 'Enter a new secret' })).toHaveAttribute('href', '/admin/registrations');
  });
});

test('R1 a leaver is replaced by another person, not asked to sign in again', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: ['microsoft'] });
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const gone = await person(rig, 'gone');
  const left = await desk.bySignIn(gone.email, { password: gone.password });
  await rig.call('/idp/disable', { account: gone.email, access: true });
  await rig.call('/mail/kick', { user: gone.email });
  await stopped(desk, left);
  await clause('R1', 'one banner at a time: the worst first, the rest counted, its cause beneath it', async () => {
    await page.goto(`${mailkeep.url}/admin/people`);
    await expect(banner(page)).toContainText(R1);
    await expect(banner(page)).toContainText(`${gone.email} can't sign in any more. Another person with access has to.`);
    await expect(banner(page)).not.toContainText('credentials have expired');
    await expect(banner(page).getByRole('button')).toHaveCount(0);
    await expect(page.getByRole('row').filter({ hasText: gone.email })).toContainText('Can\'t sign in any more');
    await expect(page.getByRole('row').filter({ hasText: gone.email })).toContainText('1 mailbox hangs on it');
  });
  await page.goto(`${mailkeep.url}${EMAIL}/${left}`);
  await expect(page.locator('.call').getByRole('heading', { name: 'Another person has to sign in' })).toBeVisible();
  await page.locator('.call').getByRole('link', { name: 'Send a sign-in link' }).click();
  await expect(page.getByText(`${gone.email} can't sign in any more`).last()).toBeVisible();
  await expect(page.getByRole('radio', { name: /^The same person/ })).toHaveCount(0);
});
