// The mailbox page: what it tells after an outage, test mails, and its life from pause to deletion.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { awake, reply, signIn } from '../support/pages.mjs';
import { until } from '../support/rig.mjs';

const at = deskOf(test);

async function scene(page, rig) {
  const box = { email: `${fresh('box')}@litware.example`, name: 'Litware', imap_password: 'box-box-password' };
  const mia = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-mia-password' };
  await rig.users(box, mia);
  const id = await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  const write = (mail) => rig.send({ from: `Mia Lind <${mia.email}>`, to: box.email, ...mail });
  const own = `${at.url}/admin/channels/email/${id}`;
  return { box, mia, id, write, own };
}

/** The password is changed at the server, and the page says so. */
async function lose(page, rig, { box, own }) {
  await rig.call('/mail/password', { user: box.email, password: 'another-password' });
  await rig.call('/mail/kick', { user: box.email });
  await page.goto(own);
  await expect(page.getByRole('heading', { name: 'Reauthorization required' })).toBeVisible({ timeout: 60_000 });
}

test('after an outage every message is accounted for, in words and in the chart', async ({ page, rig }, info) => {
  info.setTimeout(180_000);
  const s = await scene(page, rig);
  const first = fresh('Before');
  await s.write({ subject: first });
  const ticket = await at.desk.ticket(first);
  await page.goto(s.own);
  await expect(page.getByRole('heading', { name: 'Messages per day' })).toBeVisible();
  await expect(page.getByText(/^1 since \d+ \w+$/)).toBeVisible();
  const axis = await page.locator('.axis span').allTextContents();
  expect(new Set(axis).size, 'no day is named twice').toBe(axis.length);
  expect(axis.length).toBe(5);

  await lose(page, rig, s);
  await expect(page.getByText('New mail waits at')).toBeVisible();
  await expect(page.getByText(/usually about/), 'no habit before some days').toHaveCount(0);
  const incoming = page.locator('section.panel').filter({ has: page.getByRole('heading', { name: 'Incoming', exact: true }) });
  await expect(incoming.getByText(/^\d+ attempts? refused, the first at \d\d:\d\d:\d\d$/)).toBeVisible();
  await expect(incoming.getByText('After the new password')).toBeVisible();
  await page.screenshot({ path: info.outputPath('outage.png'), fullPage: true });

  await s.write({ subject: fresh('Missed') });
  await s.write({ subject: fresh('Missed') });
  const [mine] = (await rig.list(s.box.email)).filter((m) => m.subject === first);
  await s.write({ subject: `Re: ${first}`, headers: { 'In-Reply-To': mine.messageId, References: mine.messageId } });
  await s.write({ subject: 'Out of office', headers: { 'Auto-Submitted': 'auto-replied' } });
  await page.goto(`${s.own}/set-up/password`);
  await page.getByLabel('Password').fill('another-password');
  await page.getByRole('button', { name: /^(Try and save|Try again)$/ }).click();
  await expect(page).toHaveURL(/set-up\/result/);
  await until('the report', async () => {
    await page.goto(s.own);
    return page.getByRole('heading', { name: /^Disconnected .*: 4 arrived, 4 accounted for$/ }).isVisible();
  }, 60, 500);
  const report = page.getByRole('region', { name: 'Last outage' });
  for (const words of ['2 tickets', '1 reply to an open ticket', '1 automatic mail']) await expect(report.getByRole('listitem').filter({ hasText: words })).toHaveCount(1);
  await expect(page.locator('.chart rect.outage')).not.toHaveCount(0);
  await expect(page.locator('.chart rect.late')).toHaveCount(1);
  await expect(page.getByRole('img', { name: /Disconnected .* to / })).toBeVisible();
  await page.screenshot({ path: info.outputPath('after.png'), fullPage: true });
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: info.outputPath('after-390-dark.png'), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: info.outputPath('after-1280-dark.png'), fullPage: true });
  await page.emulateMedia({ colorScheme: 'light' });
  await report.getByRole('link', { name: 'See all 4' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'New ticket' })).toHaveCount(2);
  await expect(page.getByRole('row').filter({ hasText: 'Automatic mail' })).toHaveCount(1);
  await page.screenshot({ path: info.outputPath('received.png'), fullPage: true });
  await page.getByRole('row').filter({ hasText: 'Reply' }).getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(`/tickets/${ticket.id}$`));
});

test('a test mail leaves for the address typed in, and its outcome is shown', async ({ page, rig }) => {
  const { box, mia, own } = await scene(page, rig);
  await page.goto(own);
  const panel = page.getByRole('region', { name: 'Send a test mail' });
  await panel.getByLabel('To').fill(mia.email);
  await panel.getByRole('button', { name: 'Send it' }).click();
  await expect(panel.getByText(`Sent to ${mia.email}`)).toBeVisible();
  await rig.arrived(mia.email, (m) => m.subject === `Test mail from ${box.email}`);
  await expect(page.locator('#timeline').getByText('Test mail sent')).toBeVisible();
  await page.reload();
  expect((await rig.list(mia.email)).filter((m) => m.subject === `Test mail from ${box.email}`), 'a reload sends nothing').toHaveLength(1);
  // To itself: it comes back as our own and is no ticket.
  await panel.getByLabel('To').fill(box.email);
  await panel.getByRole('button', { name: 'Send it' }).click();
  await expect(panel.getByText(`Sent to ${box.email}`)).toBeVisible();
  await page.goto(`${own}/received`);
  await expect(async () => { await page.reload(); await expect(page.getByText('Our own mail')).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 45_000 });
  expect((await at.desk.tickets()).filter((t) => t.subject.includes('Test mail'))).toHaveLength(0);
  // A server that refuses is an outcome, with its own words.
  await rig.call('/front/fault', { user: box.email, protocol: 'smtp', kind: 'answer', on: 'RCPT', line: '550 5.1.1 <nobody>: Recipient address rejected', times: 1 });
  await page.goto(own);
  await panel.getByLabel('To').fill('nobody@customer.example');
  await panel.getByRole('button', { name: 'Send it' }).click();
  await expect(panel.getByText('Not sent to nobody@customer.example')).toBeVisible();
  await panel.getByText('What the server said').click();
  await expect(panel.getByText('550 5.1.1')).toBeVisible();
});

test('paused, resumed, and deleted by its name: tickets stay, the held reply is a draft again', async ({ page, rig }, info) => {
  info.setTimeout(180_000);
  const s = await scene(page, rig);
  await page.goto(s.own);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(`${s.box.email} is paused`)).toBeVisible();
  const subject = fresh('While paused');
  await s.write({ subject });
  await page.getByRole('button', { name: /^Resume/ }).click();
  await expect(page.getByText(`${s.box.email} goes on`)).toBeVisible();
  const ticket = await at.desk.ticket(subject);

  await lose(page, rig, s);
  await page.goto(`${at.url}/tickets/${ticket.id}`);
  await awake(page);
  await reply(page, 'A lamp comes tomorrow.');
  await expect(page.getByText('This reply is held')).toBeVisible({ timeout: 45_000 });
  await page.goto(`${s.own}/edit`);
  await page.getByRole('link', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('1 held reply goes back to the drafts')).toBeVisible();
  await page.getByLabel(`Type ${s.box.email} to confirm`).fill('something else');
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('This is not the mailbox\'s address. Nothing was deleted.')).toBeVisible();
  await page.getByLabel(`Type ${s.box.email} to confirm`).fill(s.box.email);
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('The mailbox is deleted')).toBeVisible();
  await expect(page.getByRole('link', { name: s.box.email })).toHaveCount(0);
  expect((await page.goto(s.own)).status()).toBe(404);

  await page.goto(`${at.url}/tickets/${ticket.id}`);
  await expect(page.getByRole('article').filter({ hasText: `${ADMIN.name} deleted the mailbox ${s.box.email} before a reply had left.` })).toBeVisible();
  await expect(page.getByLabel('Your text')).toHaveValue('A lamp comes tomorrow.');
  // The address is free again.
  const again = await at.desk.byPassword(s.box.email, { password: 'another-password' });
  expect(again).not.toBe(s.id);
});

test('at Google a sign-in is withdrawn when the last mailbox lets go of it', async ({ page, rig }) => {
  const owner = { email: `${fresh('care')}@northwind.example`, name: 'Care', password: 'care-own-pass', oauth: true };
  await rig.users(owner);
  const id = await at.desk.bySignIn(owner.email, { as: owner.email, password: owner.password, short: 'Google' });
  await signIn(page, at.mailkeep, ADMIN);
  const revokes = async () => Object.entries(await rig.call('/idp/stats', { account: owner.email, provider: 'google' })).flat(2).map((x) => JSON.stringify(x)).join(' ');
  const before = await revokes();
  expect(before).not.toContain('"revoke"');
  await page.goto(`${at.url}/admin/channels/email/${id}/disconnect`);
  await expect(page.getByText('withdrawn at Google if no other mailbox uses the same account')).toBeVisible();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByText(`${owner.email} is disconnected`)).toBeVisible();
  await until('Google was told', async () => (await revokes()).includes('"revoke":1'), 20, 200);
});
