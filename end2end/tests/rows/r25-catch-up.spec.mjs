// R25: what was missed comes in by itself, quietly.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { until } from '../../support/rig.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { clause } from '../../support/clauses.mjs';
import { EMAIL, banner, reply, signIn, signInAt, ticketLink } from '../../support/pages.mjs';

const at = deskOf(test, {});
const raw = (fields, text) => `${Object.entries(fields).map(([k, v]) => `${k}: ${v}`).join('\n')}\n\n${text}\n`;

test('R25 after an outage everything comes in by itself, other folders are offered, and nobody gets an automatic reply', async ({ page, rig }) => {
  test.setTimeout(300_000);
  const support = { email: `${fresh('missed')}@contoso.example`, name: 'Support', password: 'missed-pass', oauth: true };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  const other = { email: `${fresh('priya')}@customer.example`, name: 'Priya Nair', imap_password: 'priya-pass' };
  await rig.users(support, customer, other);
  await rig.call('/idp/config', { account: support.email, accessTtl: 30 });
  const id = await at.desk.bySignIn(support.email, { password: support.password });
  await signIn(page, at.mailkeep, ADMIN);
  const mailbox = `${at.url}${EMAIL}/${id}`;
  const found = async (word, subjects) => {
    await page.goto(`${at.url}/tickets?q=${word}`);
    await expect(async () => {
      await page.reload();
      for (const subject of subjects) await expect(ticketLink(page, subject)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
  };

  // Acknowledgements are off at first. Switched on, a fresh mail gets one.
  await page.goto(`${mailbox}/edit`);
  await expect(page.getByRole('checkbox', { name: /^Acknowledge new tickets/ })).not.toBeChecked();
  await page.getByRole('checkbox', { name: /^Acknowledge new tickets/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const fine = fresh('Fine');
  await rig.send({ from: `Mia Lind <${customer.email}>`, to: support.email, subject: fine, text: 'Before the outage.' });
  await found(fine, [fine]);
  const ack = await rig.arrived(customer.email, (m) => m.subject.includes(fine), { seconds: 40 });
  expect(Object.fromEntries(ack.headers.map(([k, v]) => [k.toLowerCase(), v]))['auto-submitted']).toContain('auto-replied');

  // The outage: five hours, by the moved clock.
  await rig.call('/idp/revoke', { account: support.email, reason: 'admin' });
  await page.goto(mailbox);
  await expect(banner(page)).toContainText('expired', { timeout: 90_000 });
  const word = fresh('Meanwhile');
  const sent = await rig.send({ from: `Priya Nair <${other.email}>`, to: support.email, subject: word, text: 'One of nine.', count: 9 });
  const asked = fresh('Asked');
  const [question] = (await rig.send({ from: `Priya Nair <${other.email}>`, to: support.email, subject: asked, text: 'Where is it?' })).messageIds;
  expect(sent.messageIds).toHaveLength(9);
  await until('all of it lies in the mailbox', async () => (await rig.list(support.email)).length >= 11, 30, 250);
  // Somebody answered from Outlook; two were taken for junk; one was moved by a rule.
  const answer = 'It is on its way, said from Outlook.';
  await rig.call('/mail/append', {
    user: support.email, folder: 'Sent Items',
    raw: raw({ 'Message-ID': `<${fresh('outlook')}@contoso.example>`, Date: new Date().toUTCString().replace('GMT', '+0000'), From: support.email, To: other.email, Subject: `RE: ${asked}`, 'In-Reply-To': question, References: question }, answer),
  });
  const junk = fresh('Junk');
  await rig.call('/mail/append', { user: support.email, folder: 'Junk Email', from: other.email, subject: junk, count: 2 });
  await rig.call('/mail/append', { user: support.email, folder: 'Orders', from: other.email, subject: fresh('Moved'), count: 1 });
  await rig.call('/clock', { offset: '+5h' });
  try {
    await page.goto(mailbox);
    await signInAt(page, at.mailkeep, support, { name: /^Sign in with Microsoft/ });
    await expect(page.getByText(`Saved: ${support.email} works again`)).toBeVisible();

    await clause('R25', 'everything missed comes in by itself', async () => {
      await found(word, Array.from({ length: 9 }, (_, n) => `${word} ${n + 1}`));
      await page.goto(mailbox);
      await expect(page.getByRole('region', { name: 'Last outage' })).toContainText(/10 arrived, 10 accounted for/, { timeout: 30_000 });
    });

    await clause('R25', 'mail answered from Outlook meanwhile arrives as answered outside with that answer', async () => {
      await found(asked, [asked]);
      await ticketLink(page, asked).click();
      const outside = page.getByRole('article').filter({ hasText: answer });
      await expect(async () => { await page.reload(); await expect(outside).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 60_000 });
      await expect(outside).toContainText('Answered outside Mailkeep');
      await expect(page.getByRole('article')).toHaveCount(2);
      await page.goto(`${at.url}/tickets?status=waiting&q=${asked}`);
      await expect(ticketLink(page, asked)).toBeVisible();
    });

    await clause('R25', 'mail in other folders or Junk is counted and offered', async () => {
      await page.goto(mailbox);
      const elsewhere = page.getByRole('region', { name: 'In other folders meanwhile' });
      await expect(async () => { await page.reload(); await expect(elsewhere).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 60_000 });
      await expect(elsewhere.getByRole('listitem').filter({ hasText: 'Junk Email' })).toContainText('2 messages, taken for junk by the server');
      await expect(elsewhere.getByRole('listitem').filter({ hasText: 'Orders' })).toContainText('1 message');
      await page.screenshot({ path: 'test-results/r25-elsewhere.png', fullPage: true });
      await elsewhere.getByRole('button', { name: /Import 2 messages from Junk Email/ }).click();
      await expect(elsewhere.getByRole('listitem').filter({ hasText: 'Junk Email' })).toContainText('Imported');
      await found(junk, [`${junk} 1`, `${junk} 2`]);
    });

    await clause('R25', 'no automatic reply to mail older than four hours', async () => {
      // An agent's answer written now leaves after whatever was due before it.
      await page.goto(`${at.url}/tickets?q=${word}`);
      await ticketLink(page, `${word} 1`).first().click();
      await reply(page, 'Sorry that this took us five hours.');
      await rig.arrived(other.email, (m) => m.subject.includes(word), { seconds: 100 });
      const subjects = (await rig.list(other.email)).map((m) => m.subject);
      expect(subjects, 'the answer and nothing else').toHaveLength(1);
      expect(await rig.list(customer.email)).toHaveLength(1);
    });
  } finally {
    await rig.call('/clock', { offset: '+0' });
  }
});
