// New support email: servers found by themselves, and nothing typed is lost.
import { deskOf, expect, fresh, test } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { EMAIL, NEW, signIn } from '../support/pages.mjs';

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
