// R4: provider and direction; the half that is elsewhere has a name.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, NEW, signIn } from '../../support/pages.mjs';
import { until } from '../../support/rig.mjs';

const it = deskOf(test);

const litware = (word) => ({ email: `${fresh(word)}@litware.example`, name: word, imap_password: `${word}-pass` });

test('R4 the half that is elsewhere is named, and can be changed later', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const [sends, reads] = [litware('sends'), litware('reads')];
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(sends, reads, customer);
  const sender = await it.desk.byPassword(sends.email, { password: sends.imap_password });
  await signIn(page, it.mailkeep, ADMIN, NEW);

  await clause('R4', 'provider and Incoming only, Outgoing only or Both are chosen under Use your own mail server', async () => {
    await page.getByLabel('Your support email').fill(reads.email);
    await page.getByRole('button', { name: 'Continue' }).click();
    const group = page.getByRole('group', { name: 'Use your own mail server' });
    for (const provider of ['Microsoft Office 365', 'Gmail', 'Other mail server']) await expect(group.getByRole('radio', { name: provider })).toBeVisible();
    await page.getByRole('button', { name: 'Continue' }).click();
    for (const used of [/^Both/, /^Incoming only/, /^Outgoing only/]) await expect(page.getByRole('radio', { name: used })).toBeVisible();
  });

  await clause('R4', 'incoming only names what replies leave through; outgoing only says where its mail arrives', async () => {
    const through = page.getByLabel('Replies leave through', { exact: true });
    const arrives = page.getByLabel('Its mail arrives at', { exact: true });
    await page.getByRole('radio', { name: /^Incoming only/ }).check();
    await expect(through).toBeVisible();
    await expect(arrives).toBeHidden();
    await through.selectOption({ label: sends.email });
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password').fill(reads.imap_password);
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText(`${reads.email} is connected`)).toBeVisible();
    const id = Number(/\/email\/(\d+)/.exec(page.url())[1]);
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await expect(page.locator('aside')).toContainText(`Replies leave through${sends.email}`);
    // And so they do: the customer hears from the other mailbox, and an answer comes back to this one.
    const subject = fresh('Through another');
    await rig.send({ from: customer.email, to: reads.email, subject, text: 'Hello.' });
    const ticket = await it.desk.ticket(subject, { seconds: 45 });
    await it.desk.reply(ticket.id, 'Sent through the other mailbox.');
    const answer = await rig.arrived(customer.email, (m) => m.subject.includes(subject), { seconds: 30 });
    expect(answer.from).toContain(sends.email);
    const header = Object.fromEntries(answer.headers.map(([k, v]) => [k.toLowerCase(), v]));
    expect(header['reply-to']).toContain(reads.email);

    // Outgoing only: where its mail arrives is said.
    await page.goto(`${it.url}${EMAIL}/${sender}/edit`);
    await page.getByRole('radio', { name: /^Outgoing only/ }).check();
    await expect(arrives).toBeVisible();
    await expect(through).toBeHidden();
    await arrives.selectOption({ label: reads.email });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.goto(`${it.url}${EMAIL}/${sender}`);
    await expect(page.locator('aside')).toContainText(`Its mail arrives at${reads.email}`);
  });

  await clause('R4', 'changed later without a new mailbox', async () => {
    const list = async () => { await page.goto(it.url + EMAIL); return page.getByRole('row').count(); };
    const before = await list();
    await page.goto(`${it.url}${EMAIL}/${sender}/edit`);
    await page.getByRole('radio', { name: /^Both/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    const subject = fresh('Now both');
    await rig.send({ from: customer.email, to: sends.email, subject, text: 'Hello again.' });
    const ticket = await it.desk.ticket(subject, { seconds: 60 });
    await it.desk.reply(ticket.id, 'Both ways again.');
    await until('the reply leaves from its own address', async () => (await rig.list(customer.email)).some((m) => m.subject.includes(subject) && m.from.includes(sends.email)), 30, 250);
    expect(await list()).toBe(before);
  });
});

test('R4 an address is forwarded to an existing mailbox, and a test mail proves it', async ({ page, rig }) => {
  test.setTimeout(120_000);
  const [home, sales] = [litware('home'), litware('sales')];
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(home, sales, customer);
  const id = await it.desk.byPassword(home.email, { password: home.imap_password });
  await signIn(page, it.mailkeep, ADMIN, NEW);
  await clause('R4', 'Forward to an existing mailbox is offered and checked by a test mail', async () => {
    await page.getByLabel('Your support email').fill(sales.email);
    await page.getByRole('button', { name: 'Continue' }).click();
    const forward = page.getByRole('region', { name: 'Forward to an existing mailbox' });
    await forward.getByLabel('Mailbox').selectOption({ label: home.email });
    await forward.getByRole('button', { name: 'Forward to this mailbox' }).click();
    expect(page.url()).toContain(`${EMAIL}/${id}/edit`);
    const line = page.getByRole('listitem').filter({ hasText: sales.email }).last();
    await expect(line).toContainText('Forwarded here, not tested yet');
    await line.getByRole('button', { name: /^Send a test mail/ }).click();
    await expect(line).toContainText('it has not arrived yet');
    // The provider forwards it: as it is, to the mailbox.
    const test = await rig.arrived(sales.email, () => true, { seconds: 30 });
    await rig.call('/mail/append', { user: home.email, folder: 'INBOX', raw: await rig.raw(sales.email, { folder: 'INBOX', uid: test.uid }) });
    await until('the test mail is seen', async () => { await page.reload(); return (await line.textContent()).includes('a test mail arrived'); }, 60, 500);
    expect((await it.desk.tickets()).filter((t) => t.subject === test.subject)).toHaveLength(0);
    // What is written to it becomes a ticket of the mailbox.
    const subject = fresh('To sales');
    await rig.send({ from: customer.email, to: sales.email, envelopeTo: home.email, subject, text: 'How much?' });
    const ticket = await it.desk.ticket(subject, { seconds: 60 });
    await it.desk.reply(ticket.id, 'So much.');
    expect((await rig.arrived(customer.email, (m) => m.subject.includes(subject), { seconds: 30 })).from).toContain(home.email);
    // Later with a server of its own, set up under the same address.
    await page.goto(`${it.url}${EMAIL}/${id}/edit`);
    await line.getByRole('button', { name: /^Use its own mail server instead/ }).click();
    await expect(page.getByRole('group', { name: 'Use your own mail server' })).toBeVisible();
  });
});

test('R4 replies of a mailbox that only fetches leave through the system SMTP', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const [system, reads] = [litware('system'), litware('alone')];
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(system, reads, customer);
  await signIn(page, it.mailkeep, ADMIN, '/admin/notices');
  await page.getByLabel('Server', { exact: true }).fill('smtp.litware.example');
  await page.getByLabel('Port').fill(rig.env.LITWARE_SMTP_PORT);
  await page.getByLabel('User name').fill(system.email);
  await page.getByLabel('Password').fill(system.imap_password);
  await page.getByLabel('Sender address').fill(system.email);
  await page.getByRole('button', { name: 'Save the server' }).click();
  await expect(page.getByText('Saved. Send a test notice to see it work')).toBeVisible();
  const id = await it.desk.byPassword(reads.email, { password: reads.imap_password, used: 'incoming' });

  await clause('R4', 'replies of incoming only may leave through the system SMTP', async () => {
    await page.goto(`${it.url}${EMAIL}/${id}/edit`);
    await page.getByLabel('Replies leave through', { exact: true }).selectOption({ label: `System SMTP: ${system.email} by smtp.litware.example` });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await expect(page.locator('aside')).toContainText(`Replies leave throughSystem SMTP, from ${system.email}`);
    const subject = fresh('Through the system');
    await rig.send({ from: customer.email, to: reads.email, subject, text: 'Hello.' });
    const ticket = await it.desk.ticket(subject, { seconds: 45 });
    await it.desk.reply(ticket.id, 'Sent through the system SMTP.');
    const answer = await rig.arrived(customer.email, (m) => m.subject.includes(subject), { seconds: 30 });
    expect(answer.from).toContain(system.email);
    const header = Object.fromEntries(answer.headers.map(([k, v]) => [k.toLowerCase(), v]));
    expect(header['reply-to']).toContain(reads.email);
    // And the answer to it comes back to the same ticket.
    await rig.send({ from: customer.email, to: reads.email, subject: `Re: ${answer.subject}`, text: 'Thank you.', headers: { 'In-Reply-To': answer.messageId, References: answer.messageId } });
    await until('the answer is in the ticket', async () => (await it.desk.admin.go(`/tickets/${ticket.id}`)).sees('Thank you.'), 45, 250);
  });
});
