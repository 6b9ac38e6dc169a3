// Messages that may belong to another ticket, and the automatic reply tried out.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { signIn } from '../support/pages.mjs';

const at = deskOf(test);

async function scene(page, rig) {
  const box = { email: `${fresh('box')}@litware.example`, name: 'Litware', imap_password: 'box-box-password' };
  await rig.users(box);
  const id = await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  return { box, id };
}

test('a stranger who names a ticket is a possible reply, moved by one click and back by another', async ({ page, rig }) => {
  const { box } = await scene(page, rig);
  const subject = fresh('Printer');
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: box.email, subject, text: 'It is jammed.' });
  const { id } = await at.desk.ticket(subject);
  const stray = `${subject} from home`;
  await rig.send({ from: 'Mia at home <mia.home@elsewhere.example>', to: box.email, subject: `Re: ${stray} [#${id}]`, text: 'It is still jammed.' });
  const { id: own } = await at.desk.ticket(stray);
  expect(own).not.toBe(id);

  await page.goto(`${at.url}/tickets/${own}`);
  const message = page.getByRole('article').filter({ hasText: 'It is still jammed.' });
  await expect(message).toContainText(`Possible reply to #${id}`);
  await message.getByRole('button', { name: `Move to #${id}` }).click();
  await expect(page).toHaveURL(new RegExp(`/tickets/${id}\\?moved=`));
  await expect(page.getByText(`Moved here from #${own}`)).toBeVisible();
  await expect(page.getByRole('article').filter({ hasText: 'It is still jammed.' })).toBeVisible();
  await expect(page.getByRole('article').filter({ hasText: `here from ticket #${own}` })).toBeVisible();

  await page.getByRole('button', { name: 'Move back' }).click();
  await expect(page).toHaveURL(new RegExp(`/tickets/${own}\\?moved=`));
  await expect(page.getByRole('article').filter({ hasText: 'It is still jammed.' })).toBeVisible();
  await expect(page.getByText(`Possible reply to #${id}`)).toBeVisible();

  // By number, and a number that is none.
  const form = page.getByRole('article').filter({ hasText: 'It is still jammed.' });
  await form.getByText('Move to another ticket').click();
  await form.getByLabel('Ticket number').fill('999999');
  await form.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.getByText('There is no ticket with this number. Nothing was moved.')).toBeVisible();
  await form.getByLabel('Ticket number').fill(`#${id}`);
  await form.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.getByText(`Moved here from #${own}`)).toBeVisible();
});

test('the automatic reply is sent to whoever asks, and begins no ticket', async ({ page, rig }) => {
  const { box, id } = await scene(page, rig);
  await rig.users({ email: ADMIN.email, name: ADMIN.name, imap_password: 'ada-inbox-password' });
  const tickets = async () => (await at.desk.tickets()).map((t) => t.id);
  const before = await tickets();
  await page.goto(`${at.url}/admin/channels/email/${id}/edit`);
  await page.getByLabel('Its words').fill('We have it as number {number}.');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.goto(`${at.url}/admin/channels/email/${id}/edit`);
  await expect(page.getByLabel('Acknowledge new tickets')).not.toBeChecked();
  await page.getByRole('region', { name: 'Try the automatic reply' }).getByRole('button', { name: 'Send it to me' }).click();
  await expect(page).toHaveURL(/done=tested/);
  await expect(page.getByRole('region', { name: 'Send a test mail' })).toContainText(`Sent to ${ADMIN.email}`);
  const mail = await rig.arrived(ADMIN.email, (m) => m.from.includes(box.email));
  const text = await rig.raw(ADMIN.email, { uid: mail.uid });
  expect(text).toContain('We have it as number 123.');
  expect(text).toContain('Auto-Submitted: auto-generated');
  // A customer's mail that came after it is the only new ticket.
  const subject = fresh('After it');
  await rig.send({ from: 'Mia Lind <mia@customer.example>', to: box.email, subject, text: 'A question.' });
  const { id: theirs } = await at.desk.ticket(subject);
  expect(await tickets()).toEqual([theirs, ...before]);
  expect((await rig.list(ADMIN.email)).filter((m) => m.from.includes(box.email)), 'sent once').toHaveLength(1);
});
