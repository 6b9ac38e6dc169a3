// R14: Gmail by Google's sign-in, and what differs there.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { signIn, follow, throughProvider, newMailbox, mailboxId, EMAIL } from '../../support/pages.mjs';
import { until } from '../../support/rig.mjs';

const at = deskOf(test);
const google = { name: /^Sign in with Google/ };

/** A Workspace account of its own. */
async function account(rig) {
  const email = `${fresh('gm')}@northwind.example`;
  const person = { email, name: 'Gmail', password: `${email.split('@')[0]}-pass`, oauth: true };
  await rig.users(person);
  return person;
}

test('R14 Gmail connects by Google sign-in, refreshes with the token it has, and says what ended it', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const person = await account(rig);
  await rig.call('/idp/config', { account: person.email, accessTtl: 5 });
  await signIn(page, at.mailkeep, ADMIN, EMAIL);
  let id;
  await clause('R14', 'Gmail connects by Google sign-in', async () => {
    await page.goto(`${at.url}/admin/channels/email`);
    await newMailbox(page, { address: person.email, provider: 'Gmail' });
    id = mailboxId(page);
    await follow(page, page.getByRole('button', google).first());
    await throughProvider(page, at.mailkeep, person);
    await expect(page.getByText(`Saved: ${person.email} is connected`)).toBeVisible();
    await rig.send({ from: 'mia@customer.example', to: person.email, subject: `By Google ${person.email}`, text: 'Hello' });
    await at.desk.ticket(`By Google ${person.email}`);
  });
  await clause('R14', 'six months idle and 100 grants per account are told as the possible ends', async () => {
    await page.goto(`${at.url}${EMAIL}/${id}`);
    const aside = page.getByRole('complementary', { name: 'About this mailbox' });
    await expect(aside).toContainText('after six months without use');
    await expect(aside).toContainText('more than 100 times');
    await expect(aside).toContainText("when the account's password changes");
  });
  await clause('R14', 'a refresh without a new refresh token keeps working', async () => {
    // Google's answers to a refresh carry none (the rig takes it off); the first one must do again and again.
    const refreshes = async () => (await rig.call('/idp/stats', { account: person.email })).hits.refresh_token ?? 0;
    const before = await refreshes();
    await until('three refreshes with the same token', async () => (await refreshes()) >= before + 3, 60);
    await rig.send({ from: 'mia@customer.example', to: person.email, subject: `Refreshed ${person.email}`, text: 'Hello' });
    await at.desk.ticket(`Refreshed ${person.email}`);
    await at.desk.mailboxSays(id, 'Connected');
  });
  await clause('R14', 'a password change at Google ends the grant and says so', async () => {
    await rig.call('/idp/password', { account: person.email, password: 'quite-another-pass' });
    await at.desk.mailboxSays(id, 'a changed password ends it there', 60);
    await page.goto(`${at.url}${EMAIL}/${id}`);
    await expect(page.getByRole('heading', { name: 'Your Gmail credentials have expired. Please sign in again' })).toBeVisible();
    await page.getByText('What Google said').first().click();
    await expect(page.getByText('Token has been expired or revoked').first()).toBeVisible();
    await follow(page, page.getByRole('button', google).first());
    await throughProvider(page, at.mailkeep, { email: person.email, password: 'quite-another-pass' });
    await expect(page.getByText(`Saved: ${person.email} works again`)).toBeVisible();
  });
});

test('R14 a permission left out at Google is named and replaces nothing', async ({ page, rig }) => {
  const person = await account(rig);
  const id = await at.desk.bySignIn(person.email, { password: person.password, short: 'Google' });
  await at.desk.mailboxSays(id, 'Connected');
  await signIn(page, at.mailkeep, ADMIN, `${EMAIL}/${id}`);
  await clause('R14', 'an unticked scope at consent is named and nothing is replaced', async () => {
    await follow(page, page.getByRole('button', { name: /^Reauthenticate/ }).first());
    if (await page.getByLabel('Password').count()) {
      await page.getByLabel('Email').fill(person.email);
      await page.getByLabel('Password').fill(person.password);
      await follow(page, page.getByRole('button', { name: 'Sign in' }));
    }
    await page.getByRole('checkbox').uncheck();
    await follow(page, page.getByRole('button', { name: 'Accept' }));
    await expect(page.getByRole('heading', { name: 'The permission for Gmail was left out' })).toBeVisible();
    await expect(page.getByText('https://mail.google.com/')).toBeVisible();
    await expect(page.getByText('Nothing was changed')).toBeVisible();
    await rig.send({ from: 'mia@customer.example', to: person.email, subject: `Still there ${person.email}`, text: 'Hello' });
    await at.desk.ticket(`Still there ${person.email}`);
    await at.desk.mailboxSays(id, 'Connected');
  });
});
