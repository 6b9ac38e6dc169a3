// R9: what the Basic set-up was, under Others, before the switch and for 30 days after.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, signIn, signInAt } from '../../support/pages.mjs';
import { customerWith } from '../../support/through.mjs';
import { until } from '../../support/rig.mjs';

const it = deskOf(test);

test('R9 the details of a Basic set-up, never its password', async ({ page, rig, visit }) => {
  test.setTimeout(180_000);
  const secret = `s3cret-${fresh('word')}`;
  const box = { email: `orders@${fresh('finch')}.example`, name: 'Orders', password: 'orders-pass', oauth: true, imap_password: secret, provider: 'microsoft' };
  await rig.users(box);
  const id = await it.desk.byPassword(box.email, { password: secret, provider: 'microsoft' });
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: box.email, subject: fresh('Question') });
  await it.desk.reply(ticket, 'Sent by password.');
  await rig.arrived(customer, () => true, { seconds: 30 });
  await signIn(page, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  const others = page.getByRole('region', { name: 'Others' });
  const details = async (part) => {
    await expect(part).toContainText(`outlook.office365.example, ${rig.port('EXCHANGE_IMAPS')}, TLS`);
    await expect(part).toContainText(`smtp.office365.example, ${rig.port('EXCHANGE_SMTP')}, STARTTLS`);
    await expect(part.getByText(box.email)).toHaveCount(2);
    await expect(part.locator('dt', { hasText: 'Last success' })).toHaveCount(2);
    await expect(part).not.toContainText('Not yet');
  };

  await clause('R9', 'the Basic setup is shown under Others: host, port, encryption, user name, last success per direction', async () => {
    await until('the delivery is written down', async () => { await page.reload(); return !(await others.textContent()).includes('Not yet'); }, 20, 250);
    await details(others);
    await expect(others).toContainText('User name and password, in use.');
  });

  await clause('R9', 'the password is nowhere on the page', async () => {
    for (const where of ['', '/edit', '/set-up/password', '/switch']) {
      await page.goto(`${it.url}${EMAIL}/${id}${where}`);
      expect(await page.content()).not.toContain(secret);
    }
  });

  await clause('R9', 'still shown after the switch, with the day it is wiped', async () => {
    await page.goto(`${it.url}${EMAIL}/${id}`);
    const panel = page.locator('aside section').filter({ has: page.getByRole('heading', { name: 'Microsoft Office 365' }) });
    await signInAt(page, it.mailkeep, box, { scope: panel });
    await expect(page.getByText(`Saved: ${box.email} signs in with Microsoft now`)).toBeVisible();
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await details(others);
    await expect(others).toContainText(/User name and password, in use until \d+ \w+/);
    await expect(others).toContainText(/Wiped on\s*\d+ \w+/);
    expect(await page.content()).not.toContain(secret);
    await rig.call('/clock', { offset: '+31d' });
    try {
      const later = await visit();
      await signIn(later, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
      await expect(later.getByRole('heading', { name: box.email })).toBeVisible();
      await expect(later.getByRole('region', { name: 'Others' })).toHaveCount(0);
    } finally {
      await rig.call('/clock', { offset: '+0d' });
    }
  });
});
