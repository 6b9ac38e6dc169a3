// A ticket that begins with our mail, and a conversation that opens at what is new.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { awake, signIn, ticketLink } from '../support/pages.mjs';

const at = deskOf(test);

async function scene(page, rig) {
  const box = { email: `${fresh('box')}@litware.example`, name: 'Litware', imap_password: 'box-box-password' };
  const mia = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-mia-password' };
  await rig.users(box, mia);
  await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  const write = (mail) => rig.send({ from: `Mia Lind <${mia.email}>`, to: box.email, ...mail });
  return { box, mia, write };
}

test('a new ticket keeps what was written and sends its files', async ({ page, rig }, info) => {
  const { box, mia } = await scene(page, rig);
  await page.goto(`${at.url}/tickets/new`);
  await awake(page);
  const subject = fresh('An offer');
  await page.getByLabel('Message', { exact: true }).fill('Here it is.');
  await page.getByLabel('To', { exact: true }).fill(mia.email);
  await expect(page.getByText(/Draft kept/)).toBeVisible();
  await page.locator('input[type=file]').setInputFiles({ name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('An offer you can refuse.') });
  await expect(page.getByText('offer.txt', { exact: true })).toBeVisible();
  await page.reload();
  await awake(page);
  await expect(page.getByLabel('Message', { exact: true })).toHaveValue('Here it is.');
  await expect(page.getByLabel('To', { exact: true })).toHaveValue(mia.email);
  await expect(page.getByText('offer.txt', { exact: true })).toBeVisible();
  await page.getByRole('combobox', { name: 'From' }).selectOption({ label: box.email });
  await page.getByLabel('Subject').fill(subject);
  await page.screenshot({ path: info.outputPath('new-ticket.png'), fullPage: true });
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page.getByRole('link', { name: /offer\.txt/ })).toBeVisible();
  const found = await rig.arrived(mia.email, (m) => m.subject.startsWith(subject));
  expect(await rig.raw(mia.email, { uid: found.uid })).toContain('offer.txt');
  await page.goto(`${at.url}/tickets/new`);
  await expect(page.getByLabel('Message', { exact: true })).toHaveValue('');
  await expect(page.getByText('offer.txt', { exact: true })).toHaveCount(0);
});

test('what a refusal sends back is still there, without a script', async ({ rig, visit, page }) => {
  const { box } = await scene(page, rig);
  const plain = await visit({ javaScriptEnabled: false });
  await signIn(plain, at.mailkeep, ADMIN);
  await plain.goto(`${at.url}/tickets/new`);
  await plain.getByRole('combobox', { name: 'From' }).selectOption({ label: box.email });
  await plain.getByLabel('To', { exact: true }).fill('mia@customer.example');
  await plain.getByLabel('Subject').fill('With a file');
  await plain.getByLabel('Message', { exact: true }).fill('See attached.');
  await plain.locator('input[type=file]').setInputFiles({ name: 'late.txt', mimeType: 'text/plain', buffer: Buffer.from('late') });
  await plain.getByRole('button', { name: 'Send' }).click();
  // The file was chosen and not uploaded: nothing left, everything stands there.
  await expect(plain).toHaveURL(/\/tickets\/new\?form=composer&file=left/);
  await expect(plain.getByLabel('Subject')).toHaveValue('With a file');
  await plain.locator('input[type=file]').setInputFiles({ name: 'late.txt', mimeType: 'text/plain', buffer: Buffer.from('late') });
  await plain.getByRole('button', { name: 'Upload' }).click();
  await expect(plain.getByText('late.txt', { exact: true })).toBeVisible();
  await expect(plain.getByLabel('Subject')).toHaveValue('With a file');
  await plain.getByRole('button', { name: /Remove\s+late\.txt/ }).click();
  await expect(plain.getByText('late.txt', { exact: true })).toHaveCount(0);
  await expect(plain.getByLabel('Message', { exact: true })).toHaveValue('See attached.');
});

test('a long conversation opens at the first message that is new', async ({ page, rig }) => {
  const { box, write } = await scene(page, rig);
  const subject = fresh('Long story');
  await write({ subject, text: 'First.' });
  const { id } = await at.desk.ticket(subject);
  const [first] = (await rig.list(box.email)).filter((m) => m.subject === subject);
  const more = (n) => write({ subject: `Re: ${subject}`, text: `Part ${n}. ${'A long story. '.repeat(150)}`, headers: { 'In-Reply-To': first.messageId, References: first.messageId } });
  for (let n = 1; n <= 4; n += 1) await more(n);
  await page.goto(`${at.url}/tickets/${id}`);
  await expect(page.getByRole('article')).toHaveCount(5, { timeout: 45_000 });
  await page.goto(`${at.url}/tickets`);
  await more(5);
  await more(6);
  await expect(async () => { await page.reload(); await expect(page.locator(`a[href="/tickets/${id}#new"]`)).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 45_000 });
  await ticketLink(page, subject).click();
  await expect(page.getByText('New since you last looked')).toBeInViewport();
  await expect(page.getByRole('article').filter({ hasText: 'Part 5.' })).toBeInViewport();
  await expect(page.getByRole('article').filter({ hasText: 'First.' })).not.toBeInViewport();
});
