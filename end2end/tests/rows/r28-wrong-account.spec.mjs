import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, follow, signIn, signInAt, throughProvider } from '../../support/pages.mjs';
import { lose, person, shared } from '../../support/outage.mjs';

const at = deskOf(test);
test.beforeEach(async ({ page }) => { await signIn(page, at.mailkeep, ADMIN, EMAIL); });

/** A shared mailbox that two people may open, signed in for by the first. */
async function scene(rig) {
  const [anna, otto] = [await person(rig, 'anna'), await person(rig, 'otto')];
  const team = await shared(rig, 'team', anna, otto);
  const id = await at.desk.bySignIn(team.email, { as: anna.email, password: anna.password });
  return { anna, otto, team, id, home: `${at.url}${EMAIL}/${id}` };
}

test('R28 the expected account is named, another one is refused, and both ways on are explicit', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const { anna, otto, team, id, home } = await scene(rig);
  await lose(rig, at.desk, id, anna.email, team.email);
  await page.goto(home);
  await clause('R28', 'before the sign-in the page says who is expected', async () => {
    await expect(page.locator('.call')).toContainText(new RegExp(`Last signed in: ${anna.email}, \\d+ \\w+`));
    await expect(page.locator('aside')).toContainText(`Signed in as${anna.email}`);
  });
  await signInAt(page, at.mailkeep, otto, { scope: page.locator('.call') });
  await clause('R28', 'a wrong account is refused and nothing changes', async () => {
    await expect(page.getByRole('heading', { name: `You signed in as ${otto.email}; this mailbox uses ${anna.email}` })).toBeVisible();
    await expect(page.getByText('Nothing was changed')).toBeVisible();
    const second = await page.context().newPage();
    await second.goto(home);
    await expect(second.locator('#directions').getByText('Stopped')).toHaveCount(2);
    await expect(second.locator('.head')).toContainText(`signed in as ${anna.email}`);
    await second.close();
  });
  const refused = page.url();
  await clause('R28', 'Try again forces the account picker', async () => {
    await follow(page, page.getByRole('button', { name: /^Try again/ }));
    expect(page.url()).not.toContain(at.url);
    await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
    await throughProvider(page, at.mailkeep, anna);
    await expect(page.getByText(`Saved: ${team.email} works again`)).toBeVisible({ timeout: 30_000 });
  });
  await clause('R28', 'Use the other account from now on is explicit', async () => {
    // Healthy now, and still only by a button that names the person.
    await page.goto(home);
    await page.context().clearCookies({ domain: '127.0.0.1' });
    await signInAt(page, at.mailkeep, otto, { name: /^Reauthenticate/ });
    expect(page.url()).not.toBe(refused);
    const adopt = page.getByRole('button', { name: `Use ${otto.email} from now on` });
    await expect(page.getByText('Do you mean to change who signs in for this mailbox?')).toBeVisible();
    expect((await at.desk.admin.go(`${EMAIL}/${id}`)).text).toContain(`signed in as ${anna.email}`);
    await follow(page, adopt);
    await expect(page.getByText(`Saved: ${team.email} works again`)).toBeVisible({ timeout: 30_000 });
    await page.goto(home);
    await expect(page.locator('.head')).toContainText(`signed in as ${otto.email}`);
    const subject = fresh('By Otto');
    await rig.send({ from: 'mia@customer.example', to: team.email, subject, text: 'Still the same mailbox.' });
    await at.desk.ticket(subject);
  });
});

test('R28 a renamed person is the same person', async ({ page, rig }) => {
  const { anna, team, home } = await scene(rig);
  await clause('R28', 'a renamed person is not a wrong account', async () => {
    // The same object id in the same tenant, under another name.
    const [{ oid }] = (await rig.call('/users', { users: [anna] })).users;
    const married = { email: `${fresh('anna-berg')}@contoso.example`, name: 'Anna Berg', password: 'berg-pass', oauth: true, oid };
    await rig.users(married, { ...team, delegates: [married.email], send_as: [married.email] });
    await rig.call('/idp/disable', { account: anna.email });
    await page.goto(home);
    await signInAt(page, at.mailkeep, married, { name: /^Reauthenticate/ });
    await expect(page.getByText(`Saved: ${team.email} works again`)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(`Signed in with Microsoft as ${married.email}`)).toBeVisible();
    for (const direction of ['Incoming', 'Outgoing']) await expect(page.getByRole('region', { name: direction })).toContainText('Works');
    await page.goto(home);
    await expect(page.locator('.head')).toContainText(`signed in as ${married.email}`);
    await expect(page.locator('#directions')).toContainText(married.email);
  });
});
