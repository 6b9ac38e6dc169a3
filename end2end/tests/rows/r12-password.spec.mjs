// R12: a mailbox by password, here or at a provider that takes none.
import { test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, APP, Desk } from '../../support/desk.mjs';
import { enter, shown, signInByKeys, tabTo, type } from '../../support/keyboard.mjs';
import { begun } from '../../support/setting.mjs';
import { EMAIL, R1, R12, awake, banner, newMailbox, register, reply, row, ticketLink } from '../../support/pages.mjs';

test('R12 a changed password: reauthorization required, the form, and on it goes', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const mailkeep = await begun(page, start);
  const box = { email: `${fresh('hello')}@litware.example`, name: 'Litware', imap_password: 'hello-first-pass' };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(box, customer);
  await newMailbox(page, { address: box.email });
  await expect(page.getByLabel('User name')).toHaveValue(box.email);
  await page.getByLabel('Password').fill(box.imap_password);
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText(`${box.email} is connected`)).toBeVisible();
  await rig.send({ from: customer.email, to: box.email, subject: 'Before', text: 'One.' });
  await page.goto(`${mailkeep.url}/tickets`);
  await expect(ticketLink(page, 'Before')).toBeVisible({ timeout: 45_000 });

  await rig.call('/mail/password', { user: box.email, password: 'hello-second-pass' });
  await rig.call('/mail/kick', { user: box.email });
  await rig.send({ from: customer.email, to: box.email, subject: 'During', text: 'Two.' });
  await clause('R12', 'Reauthorization required stands in the row and on the page after the password changed', async () => {
    await page.goto(mailkeep.url + EMAIL);
    await expect(row(page, box.email)).toContainText(R12, { timeout: 60_000 });
    await expect(row(page, box.email)).toContainText('refuses the password.');
    await expect(row(page, box.email)).not.toContainText('or the sign-in');
    await expect(banner(page)).toContainText(R1);
    await expect(banner(page)).toContainText(`${box.email}: ${R12}`);
    await expect(banner(page)).not.toContainText('credentials have expired');
    await row(page, box.email).getByRole('link', { name: box.email, exact: true }).click();
    await expect(page.locator('.call').getByRole('heading', { name: R12 })).toBeVisible();
  });
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'Before').click();
  await reply(page, 'Held until the password is right.');
  await expect(page.getByText('This reply is held')).toBeVisible();

  await clause('R12', 'user name and password in one form bring it back', async () => {
    await page.goto(mailkeep.url + EMAIL);
    await row(page, box.email).getByRole('link', { name: /Give password/ }).click();
    await expect(page.locator('form').filter({ has: page.getByLabel('User name') }).getByLabel('Password')).toBeVisible();
    await page.getByLabel('Password').fill('not-the-right-one');
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText('The server refuses this user name or password.')).toBeVisible();
    await expect(page.getByText('The present settings stay.').first()).toBeVisible();
    await page.getByLabel('Password').fill('hello-second-pass');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText(`${box.email} is connected`)).toBeVisible();
    await expect(banner(page)).toBeEmpty();
    await page.goto(`${mailkeep.url}/tickets`);
    await expect(ticketLink(page, 'During')).toBeVisible({ timeout: 45_000 });
    await rig.arrived(customer.email, (m) => /Before/.test(m.subject), { seconds: 30 });
    expect(await rig.list(customer.email)).toHaveLength(1);
  });
});

test('R12 two faults at once are told apart, direction by direction', async ({ page, rig, start }) => {
  await begun(page, start);
  const box = { email: `${fresh('two')}@litware.example`, name: 'Litware', imap_password: 'two-pass' };
  await rig.users(box);
  await newMailbox(page, { address: box.email });
  await page.getByLabel('Password').fill('wrong-one');
  await page.getByLabel('Port').nth(1).fill(String(rig.port('CLOSED')));
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText('The incoming server refuses this user name or password. Nothing was saved.')).toBeVisible();
  await expect(page.getByText(/^Outgoing: /)).toBeVisible();
});

test('R12 a provider that takes no account password offers an app password or its sign-in', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start);
  const care = { email: `${fresh('care')}@northwind.example`, name: 'Care', password: 'care-pass', oauth: true, app_password: 'abcdefghijklmnop' };
  await rig.users(care);
  await page.goto(`${mailkeep.url}/admin/registrations?new=google`);
  await register(page, { provider: 'Google', ...APP });
  await page.goto(mailkeep.url + EMAIL);
  await newMailbox(page, { address: care.email, provider: 'Gmail' });
  await clause('R12', 'a provider that takes no account password offers an app password or its sign-in', async () => {
    await expect(page.getByRole('button', { name: 'Sign in with Google' })).toBeVisible();
    await page.getByRole('link', { name: 'Use a password instead' }).click();
    await expect(page.getByLabel('App password')).toBeVisible();
    await expect(page.getByText('the account\'s own password is refused')).toBeVisible();
    await page.getByLabel('App password').fill(care.password);
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText('Nothing was saved.').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign in with Google' })).toBeVisible();
    await page.getByLabel('App password').fill(care.app_password);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText(`${care.email} is connected`)).toBeVisible();
  });
});

test('R12 by keyboard alone: from the banner to a mailbox at work', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const box = { email: `${fresh('keys')}@litware.example`, name: 'Litware', imap_password: 'keys-first-pass' };
  await rig.users(box);
  const id = await desk.byPassword(box.email, { password: box.imap_password });
  await desk.watched(rig, box.email);
  await rig.call('/mail/password', { user: box.email, password: 'keys-second-pass' });
  await rig.call('/mail/kick', { user: box.email });
  await desk.mailboxSays(id, R12);
  const subject = fresh('Waits for the password');
  await rig.send({ from: 'mia@customer.example', to: box.email, subject, text: 'Meanwhile.' });

  await page.goto(`${mailkeep.url}/admin/people`);
  await signInByKeys(page, ADMIN);
  await clause('R12', 'user name and password in one form bring it back', async () => {
    await expect(banner(page)).toContainText(`${box.email}: ${R12}`);
    await enter(page, banner(page).getByRole('link', { name: 'Email settings', exact: true }), 'the banner\'s link');
    await expect(page).toHaveURL(`${mailkeep.url}${EMAIL}/${id}`);
    await enter(page, page.locator('.call').getByRole('link', { name: /Give password/ }), 'Give password');
    // The form opens with the cursor where the new word goes, also after a wrong one.
    const password = page.getByLabel('Password');
    await expect(password).toBeFocused();
    await page.keyboard.type('not-the-right-one');
    await enter(page, page.getByRole('button', { name: 'Try and save' }), 'Try and save');
    await expect(page.getByText('The server refuses this user name or password.')).toBeVisible();
    await expect(password).toBeFocused();
    await expect(password).toHaveAccessibleDescription(/The server refuses this user name or password/);
    await page.keyboard.type('keys-second-pass');
    // Back to the name and on: the order is that of the page.
    await page.keyboard.press('Shift+Tab');
    await expect(page.getByLabel('User name')).toBeFocused();
    await type(page, page.getByLabel('User name'), box.email, 'the user name');
    await enter(page, page.getByRole('button', { name: 'Try again' }), 'Try again');
    // What came of it has the focus; what to do next follows.
    await expect(page.getByRole('status').filter({ hasText: `${box.email} is connected` })).toBeFocused();
    await shown(page);
    await expect(banner(page)).toBeEmpty();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Go to the mailbox' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#directions')).toContainText('Works');
    await desk.ticket(subject);
  });
});

test('R12 the focus stays where it is while the page renews itself', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const [one, two] = ['first', 'other'].map((word) => ({ email: `${fresh(word)}@litware.example`, name: word, imap_password: `${word}-pass` }));
  await rig.users(one, two);
  const ids = [];
  for (const box of [one, two]) {
    ids.push(await desk.byPassword(box.email, { password: box.imap_password }));
    await desk.watched(rig, box.email);
  }
  const change = async (box) => {
    await rig.call('/mail/password', { user: box.email, password: 'another-one' });
    await rig.call('/mail/kick', { user: box.email });
  };
  await change(one);
  await desk.mailboxSays(ids[0], R12);
  await page.goto(`${mailkeep.url}/admin/people`);
  await signInByKeys(page, ADMIN);
  await awake(page);
  const here = banner(page).getByRole('link', { name: 'here', exact: true });
  await tabTo(page, here, 'the banner\'s help');
  await change(two);
  await expect(banner(page)).toContainText(two.email.split('@')[0], { timeout: 60_000 });
  await expect(here).toBeFocused();
});
