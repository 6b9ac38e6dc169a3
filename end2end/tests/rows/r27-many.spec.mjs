import { test, expect } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, Desk } from '../../support/desk.mjs';
import { EMAIL, follow, signIn, throughProvider } from '../../support/pages.mjs';
import { lose, person, shared, stopped } from '../../support/outage.mjs';

test('R27 one sign-in for each account, the queue walks through the rest', async ({ page, rig, start }) => {
  test.setTimeout(300_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: ['microsoft'] });
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const [anna, ben] = [await person(rig, 'anna'), await person(rig, 'ben')];
  const [team, billing] = [await shared(rig, 'team', anna), await shared(rig, 'billing', anna)];
  const ids = {};
  for (const [word, address, who] of [['anna', anna.email, anna], ['team', team.email, anna], ['billing', billing.email, anna], ['ben', ben.email, ben]]) {
    ids[word] = await desk.bySignIn(address, { as: who.email, password: who.password });
  }
  await lose(rig, desk, ids.anna, anna.email, team.email, billing.email);
  await lose(rig, desk, ids.ben, ben.email);
  for (const word of ['team', 'billing']) await stopped(desk, ids[word]);

  const next = page.getByRole('region', { name: 'Next' }).locator('.queue > li');
  await page.goto(`${mailkeep.url}${EMAIL}/queue`);
  await clause('R27', 'the queue is grouped by the account that can repair them and shows progress', async () => {
    await expect(page.getByText('2 things to do for 4 mailboxes.')).toBeVisible();
    await expect(next).toHaveCount(2);
    const hers = next.filter({ has: page.getByRole('heading', { name: `Sign in as ${anna.email}` }) });
    for (const address of [anna.email, team.email, billing.email]) await expect(hers.getByRole('link', { name: address, exact: true })).toBeVisible();
    await expect(hers.getByRole('button', { name: /^Sign in with Microsoft/ })).toHaveCount(1);
    await expect(next.filter({ hasText: `Sign in as ${ben.email}` }).getByRole('link', { name: ben.email, exact: true })).toBeVisible();
  });

  // Her right to one of the shared mailboxes ended meanwhile: only its own proof can tell.
  await rig.users({ email: billing.email, shared: true, delegates: [], send_as: [] });
  const codes = async () => (await rig.call('/idp/stats', { account: anna.email })).hits.authorization_code ?? 0;
  const before = await codes();
  await follow(page, next.filter({ hasText: `Sign in as ${anna.email}` }).getByRole('button', { name: /^Sign in with Microsoft/ }));
  await throughProvider(page, mailkeep, anna);
  await clause('R27', 'one sign-in repairs every mailbox of the same account', async () => {
    await expect(page.getByText('works again').first()).toBeVisible({ timeout: 40_000 });
    expect(await codes() - before, 'sign-ins of hers at the provider').toBe(1);
    for (const word of ['anna', 'team']) await expect.poll(async () => (await desk.admin.go(`${EMAIL}/${ids[word]}`)).sees('Stopped'), { timeout: 30_000 }).toBe(false);
    expect((await desk.admin.go(`${EMAIL}/${ids.ben}`)).sees('credentials have expired'), 'nobody else\'s').toBe(true);
  });
  await clause('R27', 'shared mailboxes are proved one by one', async () => {
    const not = page.getByRole('region', { name: 'Not repaired by this sign-in' });
    await expect(not).toContainText(billing.email);
    await expect(not).not.toContainText(team.email);
    await expect(not).toContainText('Each mailbox of the account was tried on its own.');
  });
  await page.getByRole('link', { name: 'Go on to the next sign-in' }).click();
  await clause('R27', 'the queue is grouped by the account that can repair them and shows progress', async () => {
    const done = page.getByRole('region', { name: 'Done' });
    await expect(page.locator('#queue progress')).toHaveAttribute('value', '1');
    await expect(page.locator('#queue [role=status]')).toContainText(/^1 of \d done\. 2 of \d mailboxes work again\.$/);
    await expect(done).toContainText(`Signed in as ${anna.email}`);
    await expect(done).toContainText(`by ${ADMIN.name}`);
    for (const address of [anna.email, team.email]) await expect(done).toContainText(address);
    await expect(done).not.toContainText(billing.email);
    await expect(page.locator('#queue')).toContainText(billing.email);
    await expect(next.filter({ hasText: `Sign in as ${ben.email}` })).toHaveCount(1);
  });
  await follow(page, next.filter({ hasText: `Sign in as ${ben.email}` }).getByRole('button', { name: /^Sign in with Microsoft/ }));
  await throughProvider(page, mailkeep, ben);
  await expect(page.getByText(`Saved: ${ben.email} works again`)).toBeVisible();
  await page.goto(`${mailkeep.url}${EMAIL}/queue`);
  await expect(page.getByRole('region', { name: 'Done' })).toContainText(ben.email);
  await expect(next.filter({ hasText: `Sign in as ${ben.email}` })).toHaveCount(0);
});
