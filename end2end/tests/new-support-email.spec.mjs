// New support email: servers found by themselves, and nothing typed is lost.
import { deskOf, expect, fresh, test } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { EMAIL, NEW, signIn } from '../support/pages.mjs';
import { enter, signInByKeys, tabTo, type } from '../support/keyboard.mjs';

const it = deskOf(test);

test('servers are found by what the domain publishes, and can be changed', async ({ page, rig }) => {
  await signIn(page, it.mailkeep, ADMIN, NEW);
  const start = async (address) => {
    await page.goto(it.url + NEW);
    await page.getByLabel('Your support email').fill(address);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('group', { name: 'Use your own mail server' })).toBeVisible();
  };
  // By MX: a company's own domain at Microsoft.
  const company = `${fresh('acme')}.example`;
  await rig.users({ email: `desk@${company}`, name: 'Desk', password: 'desk-pass', oauth: true, provider: 'microsoft' });
  await start(`desk@${company}`);
  await expect(page.getByText(`Microsoft Office 365, found for ${company}`)).toBeVisible();
  await expect(page.getByRole('radio', { name: /Microsoft Office 365/ })).toBeChecked();

  // By SRV (RFC 6186): its own servers.
  const own = `${fresh('own')}.example`;
  for (const [service, port] of [['_imaps', 10993], ['_submission', 10587]]) {
    await rig.call('/dns/set', { name: `${service}._tcp.${own}`, type: 'SRV', values: [{ priority: 0, weight: 1, port, host: `mail.${own}` }] });
  }
  await start(`help@${own}`);
  await expect(page.getByRole('radio', { name: /Other mail server/ })).toBeChecked();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  const servers = page.getByLabel('Server');
  await expect(servers.first()).toHaveValue(`mail.${own}`);
  await expect(servers.last()).toHaveValue(`mail.${own}`);
  await expect(page.getByLabel('Port').first()).toHaveValue('10993');
  await expect(page.getByLabel('Encryption').last()).toHaveValue('starttls');

  // Always changeable; and what was typed is there again after it did not work.
  await page.getByLabel('User name').fill('somebody-else');
  await page.getByLabel('Password').fill('not-it');
  await servers.first().fill('imap.litware.example');
  await page.getByLabel('Port').first().fill(String(rig.port('LITWARE_IMAPS')));
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText('Nothing was saved.').first()).toBeVisible({ timeout: 40_000 });
  const form = page.url();
  await page.goto(it.url + EMAIL);
  await page.goto(form);
  await expect(page.getByLabel('User name')).toHaveValue('somebody-else');
  await expect(servers.first()).toHaveValue('imap.litware.example');
  await expect(servers.last()).toHaveValue(`mail.${own}`);
});

test('the whole way by keyboard alone', async ({ page, rig }) => {
  test.setTimeout(120_000);
  const box = { email: `${fresh('keys')}@litware.example`, name: 'Litware', imap_password: 'keys-pass' };
  await rig.users(box);
  const old = fresh('From before');
  await rig.call('/mail/append', { user: box.email, folder: 'INBOX', from: 'mia@customer.example', subject: old, received: new Date(Date.now() - 2 * 86_400_000).toISOString() });
  const step = (words) => expect(page.getByRole('list', { name: 'Steps' }).locator('[aria-current="step"]')).toHaveText(words);
  const button = (name) => page.getByRole('button', { name, exact: true });

  await page.goto(it.url + EMAIL);
  await signInByKeys(page, ADMIN);
  await expect(page.getByRole('heading', { name: 'Support emails', level: 1 })).toBeVisible();
  // Past the rail in one step.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  await enter(page, page.getByRole('link', { name: 'New support email' }).first(), 'New support email');

  // The address; first one that is none.
  const address = page.getByLabel('Your support email');
  await step('Address');
  await expect(address).toBeFocused();
  await page.keyboard.type('keys@@litware');
  await address.evaluate((e) => { e.type = 'text'; }); // past the browser's own check
  await type(page, page.getByLabel(/^Name customers see/), 'Keys desk', 'the name');
  await page.keyboard.press('Enter');
  await expect(page.getByText('This is not a whole email address. Nothing was saved.')).toBeVisible();
  await expect(address).toBeFocused();
  await page.keyboard.type(box.email);
  await type(page, page.getByLabel(/^Name customers see/), 'Keys desk', 'the name');
  await enter(page, button('Continue'), 'Continue');

  // The provider that was found has the focus; arrows choose another one.
  const radio = (name) => page.getByRole('radio', { name });
  await expect(page.getByRole('group', { name: 'Use your own mail server' })).toBeVisible();
  const found = page.getByRole('radio', { checked: true });
  await expect(found).toBeFocused();
  const first = await found.getAttribute('value');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { checked: true })).toBeFocused();
  expect(await page.getByRole('radio', { checked: true }).getAttribute('value')).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  await expect(page.locator(`input[type="radio"][value="${first}"]`)).toBeChecked();
  await enter(page, button('Continue'), 'Continue');

  // Use, folder, from which date, deleting.
  await step('Use');
  await expect(radio(/^Both/)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(radio(/^Outgoing only/)).toBeChecked();
  await expect(page.getByLabel('Folder')).toBeHidden();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(radio(/^Both/)).toBeChecked();
  await type(page, page.getByLabel('Folder'), 'INBOX', 'the folder');
  await tabTo(page, page.getByLabel('Import mail from'), 'the import');
  await page.keyboard.type('A date');
  await expect(page.getByLabel('Import mail from')).toHaveValue('date');
  await tabTo(page, page.getByLabel('Date', { exact: true }), 'the date');
  // Its first part is the day or the month, as the reader's browser has it: either way an earlier date.
  const week = await page.getByLabel('Date', { exact: true }).inputValue();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Date', { exact: true })).not.toHaveValue(week);
  const remove = page.getByRole('checkbox', { name: /^Delete emails from the server after fetching/ });
  await tabTo(page, remove, 'deleting');
  await page.keyboard.press('Space');
  await expect(remove).toBeChecked();
  await page.keyboard.press('Space');
  await expect(remove).not.toBeChecked();
  await enter(page, button('Continue'), 'Continue');

  // The password: a server's name that is none, then a wrong password, then the right one.
  await step('Sign in');
  const password = page.getByLabel('Password');
  await expect(password).toBeFocused();
  await page.keyboard.type(box.imap_password);
  const server = page.getByLabel('Server').first();
  const known = await server.inputValue();
  await type(page, server, 'not a host', 'the server');
  await page.keyboard.press('Enter');
  await expect(server).toHaveAttribute('aria-invalid', 'true');
  await expect(server).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(known);
  await page.keyboard.press('Shift+Tab');
  await expect(password).toBeFocused();
  await page.keyboard.type('not-it');
  await enter(page, button('Try and save'), 'Try and save');
  await expect(page.getByText('The server refuses this user name or password. Nothing was saved.')).toBeVisible();
  await expect(password).toBeFocused();
  await page.keyboard.type(box.imap_password);
  await enter(page, button('Try again'), 'Try again');

  // Both directions were probed; the outcome has the focus, and the mailbox is one stop on.
  await step('Result');
  await expect(page.getByRole('status').filter({ hasText: `${box.email} is connected` })).toBeFocused();
  for (const name of ['Incoming', 'Outgoing']) await expect(page.getByRole('region', { name, exact: true })).toContainText('Works');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Go to the mailbox' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: box.email, level: 1 })).toBeVisible();
  await expect(page.locator('#directions')).toContainText('Works');

  // What is older was counted, and comes in when it is let.
  await enter(page, page.getByRole('link', { name: 'See what would come in' }), 'See what would come in');
  const begin = page.getByRole('button', { name: /^Import \d+ messages?$/ });
  await expect(begin).toBeVisible({ timeout: 40_000 });
  await enter(page, begin, 'Import');
  await expect(page.getByText('The import has begun')).toBeVisible();
  await it.desk.ticket(old);
});

test('a sign-in begins by keyboard, and its outcome has the focus', async ({ page, rig }) => {
  const box = { email: `${fresh('keys')}@contoso.example`, name: 'Keys', password: 'keys-pass', oauth: true };
  await rig.users(box);
  await page.goto(it.url + NEW);
  await signInByKeys(page, ADMIN);
  await expect(page.getByLabel('Your support email')).toBeFocused();
  await page.keyboard.type(box.email);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^Microsoft Office 365/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('radio', { name: /^Both/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in with Microsoft' })).toBeFocused();
  await page.keyboard.press('Enter');
  // At the provider, whose page is not ours.
  await tabTo(page, page.getByLabel('Email'), 'the provider\'s email');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(box.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(box.password);
  await page.keyboard.press('Enter');
  await enter(page, page.getByRole('button', { name: 'Accept' }), 'Accept');
  await expect(page.getByRole('status').filter({ hasText: `Saved: ${box.email} is connected` })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Go to the mailbox' })).toBeFocused();
});
