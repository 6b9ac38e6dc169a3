// R24: when the provider refuses, fetching stops at once, and the console says what that means.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { until } from '../../support/rig.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { clause } from '../../support/clauses.mjs';
import { EMAIL, banner, reply, signIn, ticketLink } from '../../support/pages.mjs';

const at = deskOf(test, {});
const DAY = 86_400;

test('R24 fetching stops at once when the provider refuses; since when, what is held, what usually waits', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const support = { email: `${fresh('refused')}@contoso.example`, name: 'Support', password: 'refused-pass', oauth: true };
  const healthy = { email: `${fresh('healthy')}@litware.example`, name: 'Healthy', imap_password: 'healthy-pass' };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(support, healthy, customer);
  await rig.call('/idp/config', { account: support.email, accessTtl: 30 });
  // A habit: three mails on each of the last twenty days make two a day over the month that is looked at.
  for (let day = 1; day <= 20; day += 1) await rig.call('/mail/append', { user: support.email, subject: `Habit ${day}`, received: new Date(Date.now() - day * DAY * 1000).toISOString(), count: 3 });
  const id = await at.desk.bySignIn(support.email, { password: support.password, importFrom: 'beginning' });
  await at.desk.byPassword(healthy.email, { password: healthy.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  const word = fresh('Question');
  await rig.send({ from: `Mia Lind <${customer.email}>`, to: support.email, subject: word, text: 'A question.' });
  await page.goto(`${at.url}/tickets?q=${word}`);
  await expect(async () => { await page.reload(); await expect(ticketLink(page, word)).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 45_000 });
  await ticketLink(page, word).click();
  const ticket = page.url();
  await until('all of the habit is in', async () => at.desk.count(await at.desk.admin.go('/tickets')) >= 61, 60, 250);

  const sessions = async () => (await rig.call('/front/stats', { user: support.email })).sessions.filter((s) => s.protocol === 'imap');
  await until('a session is open', async () => (await sessions()).length > 0);
  const began = Date.now();
  await rig.call('/idp/revoke', { account: support.email, reason: 'admin' });
  await page.goto(`${at.url}${EMAIL}/${id}`);

  await clause('R24', 'fetching stops at once when the provider refuses', async () => {
    await expect(banner(page)).toContainText('expired', { timeout: 90_000 });
    // The session that was open would have gone on: at this provider it outlives its token.
    await until('no session of the refused sign-in is open', async () => (await sessions()).length === 0, 30, 100);
    const before = (await rig.call('/front/stats', { user: support.email })).counts?.imap ?? {};
    const late = fresh('Late');
    await rig.send({ from: customer.email, to: support.email, subject: `${late} one`, text: 'Waits at the provider.', count: 3 });
    await rig.arrived(support.email, (m) => m.subject.startsWith(late));
    // A mail that came after them to another mailbox is here: they are not.
    await rig.send({ from: customer.email, to: healthy.email, subject: `${late} elsewhere`, text: 'Comes in.' });
    await page.goto(`${at.url}/tickets?q=${late}`);
    await expect(async () => { await page.reload(); await expect(ticketLink(page, `${late} elsewhere`)).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 30_000 });
    await expect(ticketLink(page, `${late} one`)).toHaveCount(0);
    const after = (await rig.call('/front/stats', { user: support.email })).counts?.imap ?? {};
    expect(after, 'nothing more was tried').toEqual(before);
  });

  await clause('R24', 'since when, what is held exactly, and what usually waits', async () => {
    for (const text of ['First that is held.', 'Second that is held.']) {
      await page.goto(ticket);
      await reply(page, text);
      await expect(page.getByRole('article').filter({ hasText: text })).toContainText('This reply is held');
    }
    await page.goto(`${at.url}${EMAIL}/${id}`);
    const call = page.locator('#call-place');
    await expect(call).toContainText('2 replies are held here.');
    await expect(call).toContainText(/New mail waits at Microsoft, usually about 3 a day\./);
    // Since when: the hour and minute of the refusal, on the page's clock.
    const minutes = [0, 1, 2].map((n) => new Date(began + n * 60_000).toISOString().slice(11, 16));
    await expect(call).toContainText(new RegExp(`[Ss]ince (${minutes.join('|')})`));
  });
});
