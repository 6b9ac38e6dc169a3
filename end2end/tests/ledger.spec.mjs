// The ledger in the browser: why a mail is not a ticket, what can't be explained, what can't be read.
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN, AGENT } from '../support/desk.mjs';
import { signIn } from '../support/pages.mjs';
import { until } from '../support/rig.mjs';

const at = deskOf(test);

async function scene(rig, name) {
  const box = { email: `${fresh(name)}@litware.example`, name: 'Litware', imap_password: 'box-box-password' };
  await rig.users(box);
  const id = await at.desk.byPassword(box.email, { password: box.imap_password });
  const write = (mail) => rig.send({ from: 'Mia Lind <mia@customer.example>', to: box.email, ...mail });
  return { box, id, write, own: `${at.url}/admin/channels/email/${id}` };
}

/** By hand in the database, as no page can. */
function byHand(sql) {
  execFileSync('sqlite3', ['-cmd', '.timeout 20000', path.join(at.mailkeep.data, 'mailkeep.db'), sql], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Light and dark, wide and narrow. */
async function looks(page, info, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: info.outputPath(`${name}-${width}-${colorScheme}.png`), fullPage: true });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 'nothing sticks out').toBe(0);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('why a mail is not a ticket is said, and Import now makes one of it, without a script', async ({ rig, visit }, info) => {
  info.setTimeout(180_000);
  const s = await scene(rig, 'lookup');
  const junk = fresh('Taken-for-junk');
  const came = fresh('Came-in');
  await rig.call('/mail/append', { user: s.box.email, folder: 'Junk', from: 'Nora Berg <nora@customer.example>', subject: junk, count: 1 });
  await s.write({ subject: came });
  await at.desk.ticket(came);
  const page = await visit({ javaScriptEnabled: false });
  await signIn(page, at.mailkeep, ADMIN);
  await page.goto(s.own);
  await page.getByRole('link', { name: 'Is all mail here?' }).click();
  await page.getByRole('link', { name: 'Look for a mail' }).click();
  await expect(page.getByRole('heading', { name: 'Why is this mail not a ticket?' })).toBeVisible();
  const search = async (words) => {
    await page.getByLabel('Sender, subject or Message-ID').fill(words);
    await page.getByRole('button', { name: 'Look for it' }).click();
  };
  await search('nobody wrote this');
  await expect(page.getByRole('heading', { name: 'No such mail' })).toBeVisible();
  await search(came);
  await expect(page.getByText('It is a ticket.')).toBeVisible();
  await search('nora@customer.example');
  const found = page.getByRole('row').filter({ hasText: junk });
  await expect(found).toContainText('The mail provider took it for junk: it lies in Junk, which is not fetched from.');
  await expect(page.getByText(/Searched here and in \d+ folders on the server\./)).toBeVisible();
  await looks(page, info, 'lookup');
  await found.getByRole('button', { name: /^Import now/ }).click();
  await expect(page).toHaveURL(/\/tickets\/\d+/);
  await expect(page.getByRole('heading', { name: junk })).toBeVisible();
  // Once more: it is known now.
  await page.goto(`${s.own}/lookup?words=${junk}`);
  await expect(page.getByRole('link', { name: 'Open the ticket' })).toHaveCount(1);
  await expect(page.getByRole('button', { name: /^Import now/ })).toHaveCount(0);
});

test('a ticket deleted by hand is an alert that names the UID, on the page and in the notices', async ({ page, rig }, info) => {
  info.setTimeout(180_000);
  const s = await scene(rig, 'alert');
  const subject = fresh('Deleted-by-hand');
  await s.write({ subject });
  const { id: ticket } = await at.desk.ticket(subject);
  const [{ uid }] = await rig.list(s.box.email);
  await signIn(page, at.mailkeep, ADMIN);
  await page.goto(`${s.own}/ledger`);
  await page.getByRole('button', { name: 'Compare now' }).click();
  await expect(page.getByText('All accounted for')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(`Asked for by ${ADMIN.name}`)).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'Junk' })).toContainText('Not fetched from');

  byHand(`DELETE FROM message WHERE ticket_id = ${ticket}; DELETE FROM ticket WHERE id = ${ticket};`);
  await page.getByRole('button', { name: 'Compare now' }).click();
  const alerts = page.getByRole('alert').filter({ hasText: "1 message can't be explained" });
  await expect(alerts).toContainText(`UID ${uid} in Inbox`, { timeout: 30_000 });
  await expect(alerts).toContainText('It became a ticket, and that ticket is gone.');
  await looks(page, info, 'alert');
  await page.goto(s.own);
  await expect(page.locator('#mail-place')).toContainText(`UID ${uid}. Each may be a mail that nobody has answered.`);
  await page.goto(`${at.url}/admin/notices`);
  await expect(page.locator('#open-notices')).toContainText(`UID ${uid} in Inbox`, { timeout: 30_000 });

  // The mail lies on the server still: imported, it is a ticket, and the alert is over.
  await page.goto(`${s.own}/lookup?words=${subject}`);
  await expect(page.getByText('It became a ticket that is not there any more.')).toBeVisible();
  await page.getByRole('button', { name: /^Import now/ }).click();
  await expect(page).toHaveURL(/\/tickets\/\d+/);
  await page.goto(`${s.own}/ledger`);
  await page.getByRole('button', { name: 'Compare now' }).click();
  await expect(page.getByText('All accounted for')).toBeVisible({ timeout: 30_000 });
  await expect(alerts).toHaveCount(0);
});

test('a message that can not be read has a page: why, as it came, read again, a ticket by hand', async ({ page, rig, visit }, info) => {
  info.setTimeout(180_000);
  const s = await scene(rig, 'unreadable');
  const noise = 'no header at all, and the printer jams\n';
  await rig.call('/mail/append', { user: s.box.email, folder: 'INBOX', raw: noise });
  await signIn(page, at.mailkeep, ADMIN);
  await page.goto(s.own);
  await expect(page.locator('#mail-place')).toContainText("1 message can't be read", { timeout: 60_000 });
  await page.locator('#mail-place').getByRole('link', { name: 'Unreadable mail' }).click();
  const panel = page.getByRole('region', { name: new RegExp(s.box.email) });
  await expect(panel).toContainText('UID 1 in Inbox');
  await expect(panel).toContainText('It is empty, or has no header.');
  await looks(page, info, 'unreadable');
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('link', { name: 'Download as it came' }).click()]);
  const stream = await download.createReadStream();
  const bytes = Buffer.concat(await stream.toArray()).toString();
  expect(bytes.replaceAll('\r\n', '\n')).toBe(await rig.raw(s.box.email, { folder: 'INBOX', uid: 1 }));
  await panel.getByRole('button', { name: /^Read it again/ }).click();
  await expect(page.getByText("It still can't be read")).toBeVisible();
  await panel.getByRole('button', { name: /^Make a ticket/ }).click();
  await expect(page).toHaveURL(/\/tickets\/\d+/);
  await expect(page.getByText('the printer jams').first()).toBeVisible();
  await page.goto(`${at.url}/admin/unreadable`);
  await expect(panel).toHaveCount(0);
  // For admins alone.
  await at.desk.invite(AGENT);
  const other = await visit();
  await signIn(other, at.mailkeep, AGENT);
  for (const place of ['/admin/unreadable', `/admin/channels/email/${s.id}/ledger`, `/admin/channels/email/${s.id}/lookup?words=x`]) {
    expect((await other.goto(at.url + place)).status(), place).toBe(403);
  }
  await until('the notice is closed', async () => { await page.goto(`${at.url}/admin/notices`); return !(await page.locator('#open-notices').textContent()).includes(s.box.email); }, 30, 500);
});
