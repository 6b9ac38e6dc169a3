// An agent who sees that replies are held tells the admins again.
import { deskOf, expect, fresh, test } from '../support/fixtures.mjs';
import { ADMIN, AGENT } from '../support/desk.mjs';
import { lose } from '../support/outage.mjs';
import { EMAIL, reply, signIn, ticketLink } from '../support/pages.mjs';

const it = deskOf(test);

test('an agent tells the admins that replies are held: once an hour, with the answer when they were told', async ({ page, rig, visit }) => {
  test.setTimeout(180_000);
  const owner = { email: `${fresh('held')}@contoso.example`, name: 'Owner', password: 'held-pass-1', oauth: true };
  const other = { email: `${fresh('way')}@litware.example`, name: 'Way out', imap_password: 'way-pass-1' };
  await rig.users(owner, other);
  const id = await it.desk.bySignIn(owner.email, { password: owner.password });
  await it.desk.byPassword(other.email, { password: other.imap_password });
  await it.desk.invite(AGENT);
  const word = fresh('Held');
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: owner.email, subject: word, text: 'A question.' });
  await it.desk.ticket(word);
  await lose(rig, it.desk, id, owner.email);

  await signIn(page, it.mailkeep, AGENT);
  await ticketLink(page, word).click();
  await reply(page, 'An answer that has to wait.');
  const notice = page.locator('.notice').filter({ hasText: 'This reply is held' });
  await expect(notice).toBeVisible({ timeout: 30_000 });
  const delivery = await notice.locator('form[action="/api/outbox/tell_admins"] input[name="delivery"]').inputValue();
  await notice.getByRole('button', { name: /^Tell an admin/ }).click();
  await expect(notice).toContainText(`${AGENT.name} told your admins today at`);
  await expect(notice).toContainText('They can be told again in');
  await expect(notice.getByRole('button', { name: /^Tell an admin/ })).toHaveCount(0);
  // Pressed on a page that is older: refused with the time to wait, and nothing goes twice.
  await page.evaluate((delivery) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/api/outbox/tell_admins' });
    form.append(Object.assign(document.createElement('input'), { name: 'delivery', value: delivery }));
    document.body.append(form);
    form.submit();
  }, delivery);
  await expect(page.getByText('Too many tries')).toBeVisible();
  await expect(page.getByText('They can be told again in').first()).toBeVisible();

  // A notice to the admins, on the mailbox's timeline, and on the page of notices.
  const admin = await visit();
  await signIn(admin, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  await expect(admin.getByText('The admins were told')).toBeVisible();
  await expect(admin.getByRole('main')).toContainText(AGENT.name);
  await admin.goto(`${it.url}/admin/notices`);
  await expect(admin.getByText(`${AGENT.name} told you that replies are held: ${owner.email}`).first()).toBeVisible();
});
