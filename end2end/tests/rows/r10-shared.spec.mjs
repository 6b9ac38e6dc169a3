// R10: a shared mailbox, opened and sent from by somebody else.
import { test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { until } from '../../support/rig.mjs';
import { begun, idOf } from '../../support/setting.mjs';
import { EMAIL, newMailbox, reply, row, signInAt, ticketLink } from '../../support/pages.mjs';

/** A person, a shared mailbox, a customer; `more` says what the person may. */
async function team(rig, word, more = {}) {
  const person = { email: `${fresh('ines')}@contoso.example`, name: 'Ines Torres', password: 'ines-pass', oauth: true };
  const shared = { email: `${fresh(word)}@contoso.example`, name: 'Contoso Team', shared: true, delegates: [person.email], send_as: [person.email], ...more };
  const customer = { email: `${fresh('priya')}@customer.example`, name: 'Priya Nair', imap_password: 'priya-pass' };
  await rig.users(person, shared, customer);
  return { person, shared, customer };
}

async function connect(page, mailkeep, shared, person) {
  await page.goto(mailkeep.url + EMAIL);
  await newMailbox(page, { address: shared.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, person);
}

const check = async (page, mailkeep, id) => { await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`); };

test('R10 in and out: somebody else signs in, the test mail proves Send As, replies leave from the shared address', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const mailkeep = await begun(page, start);
  const { person, shared, customer } = await team(rig, 'team');
  await connect(page, mailkeep, shared, person);
  await clause('R10', 'the shared address is the support email, the person who signs in is somebody else', async () => {
    await expect(page.getByText(`Saved: ${shared.email} is connected`)).toBeVisible();
    await expect(page.getByText(`Signed in with Microsoft as ${person.email}`)).toBeVisible();
  });
  await clause('R10', 'the probe tries the person, then the shared address, and remembers what worked', async () => {
    await expect(page.getByRole('region', { name: 'Incoming', exact: true })).toContainText(`In use now, as ${shared.email}`);
    await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).toContainText(`In use now, as ${person.email}`);
    // Exchange refuses the shared address as user: nobody asked it.
    const stats = JSON.stringify(await rig.call('/front/stats', { user: shared.email }));
    expect(stats).not.toMatch(/"smtp[^}]*"refused":[1-9]/);
  });
  const id = await idOf(page, mailkeep, shared.email);
  await expect(row(page, shared.email)).toContainText(`as ${person.email}`);
  await clause('R10', 'Send As is proved by one announced test mail, recognised on arrival, no ticket, removed', async () => {
    await check(page, mailkeep, id);
    await page.getByRole('button', { name: /^Check now/ }).click();
    await expect(page.getByText('Everything works')).toBeVisible();
    const panel = page.getByRole('region', { name: 'Send As test mail' });
    await expect(panel).toContainText(`Mailkeep sends one from ${shared.email} to itself, knows it when it arrives, makes no ticket of it and removes it.`);
    await panel.getByRole('button', { name: 'Send the test mail' }).click();
    await expect(panel).toContainText('Send As proved', { timeout: 30_000 });
    await expect(panel).toContainText('arrived and recognised, no ticket, and removed', { timeout: 30_000 });
    await until('the test mail is gone from the mailbox', async () => (await rig.list(shared.email)).length === 0, 20, 150);
    await page.goto(`${mailkeep.url}/tickets`);
    await expect(ticketLink(page, /Mailkeep tests/)).toHaveCount(0);
  });
  await clause('R10', 'incoming signs in as the shared address, outgoing as the person with From the shared address', async () => {
    await rig.send({ from: customer.email, to: shared.email, subject: 'To the team', text: 'Hello team.' });
    await page.goto(`${mailkeep.url}/tickets`);
    await ticketLink(page, 'To the team').click({ timeout: 45_000 });
    await reply(page, 'The team answers.');
    const answer = await rig.arrived(customer.email, (m) => /To the team/.test(m.subject), { seconds: 30 });
    expect(answer.from).toContain(shared.email);
    expect(answer.from).not.toContain(person.email);
    const sessions = (await rig.call('/front/stats', { user: shared.email })).sessions.filter((s) => s.protocol === 'imap');
    expect(sessions.length, 'IMAP as the shared address').toBeGreaterThan(0);
  });
});

test('R10 missing rights are told apart, and an address without a mailbox is named', async ({ page, rig, start }) => {
  test.setTimeout(300_000);
  const mailkeep = await begun(page, start);

  // No full access: the token is good, only not for this address.
  const closed = await team(rig, 'closed', { delegates: [] });
  await connect(page, mailkeep, closed.shared, closed.person);
  const card = page.locator('section.call');
  await clause('R10', 'missing Full Access, missing Send As and SMTP AUTH off are told apart', async () => {
    await expect(card).toContainText('Incoming does not work');
    await expect(card).toContainText(`Add-MailboxPermission -Identity ${closed.shared.email} -User ${closed.person.email} -AccessRights FullAccess`);
    await expect(card).not.toContainText('SMTP AUTH');
    await expect(card).toContainText('NO AUTHENTICATE failed.', { ignoreCase: true });
  });
  await clause('R10', 'an address without a mailbox of its own is named as the likely cause with three ways out', async () => {
    await expect(card).toContainText('an alias, a group or a distribution list has no mailbox of its own');
    await expect(card.locator('ol.howto').last().getByRole('listitem')).toHaveCount(3);
    await expect(card).toContainText(`add ${closed.shared.email} there as a further address`);
    await expect(card).toContainText('a shared mailbox, with full access and Send As');
    await expect(card).toContainText(`forward ${closed.shared.email} to a mailbox`);
  });

  // No Send As: everything looks well until a message is sent.
  const mute = await team(rig, 'mute', { send_as: [] });
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await connect(page, mailkeep, mute.shared, mute.person);
  await expect(page.getByText(`Saved: ${mute.shared.email} is connected`)).toBeVisible();
  const id = await idOf(page, mailkeep, mute.shared.email);
  await clause('R10', 'missing Full Access, missing Send As and SMTP AUTH off are told apart', async () => {
    await check(page, mailkeep, id);
    await page.getByRole('button', { name: /^Check now/ }).click();
    await expect(page.getByText('Everything works')).toBeVisible();
    await page.getByRole('button', { name: 'Send the test mail' }).click();
    await expect(page.getByRole('region', { name: 'Send As test mail' })).toContainText('Send As refused');
    await expect(card).toContainText('Outgoing does not work');
    await expect(card).toContainText(`Add-RecipientPermission -Identity ${mute.shared.email} -Trustee ${mute.person.email} -AccessRights SendAs`);
    await expect(card).not.toContainText('FullAccess');
    // A check that sends nothing does not call it mended.
    await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
    await expect(page.locator('#directions')).toContainText('Blocked');
    await rig.call('/front/send-as', { mailbox: mute.shared.email, person: mute.person.email, allowed: true });
    await check(page, mailkeep, id);
    await page.getByRole('button', { name: 'Check again by a test mail' }).click();
    await expect(page.getByRole('region', { name: 'Send As test mail' })).toContainText('Send As proved', { timeout: 30_000 });
    await expect(page.locator('section.call')).toHaveCount(0);
  });

  // SMTP AUTH off for the person who signs in.
  const off = await team(rig, 'off');
  await rig.call('/front/smtp-auth', { user: off.person.email, enabled: false });
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await connect(page, mailkeep, off.shared, off.person);
  await clause('R10', 'missing Full Access, missing Send As and SMTP AUTH off are told apart', async () => {
    await expect(card).toContainText('Outgoing does not work: SMTP AUTH is off');
    await expect(card).toContainText('SmtpClientAuthenticationDisabled $false');
    await expect(card).not.toContainText('SendAs');
  });
});

test('R10 several addresses on one mailbox: a reply leaves from the one the customer wrote to', async ({ page, rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await begun(page, start);
  const { person, shared, customer } = await team(rig, 'many');
  const second = { email: `${fresh('sales')}@contoso.example`, name: 'Contoso Sales', shared: true, delegates: [person.email], send_as: [person.email] };
  await rig.users(second);
  await connect(page, mailkeep, shared, person);
  await expect(page.getByText(`Saved: ${shared.email} is connected`)).toBeVisible();
  const id = await idOf(page, mailkeep, shared.email);
  await page.goto(`${mailkeep.url}${EMAIL}/${id}/edit`);
  await page.locator('section[aria-labelledby="own"] input[name="address"]').fill(second.email);
  await page.getByRole('button', { name: 'Add the address' }).click();
  await expect(page.getByText(second.email).first()).toBeVisible();
  await clause('R10', 'several addresses on one mailbox: a reply leaves from the one the customer wrote to', async () => {
    for (const [address, subject] of [[second.email, 'To the second'], [shared.email, 'To the first']]) {
      // Both addresses end in the one mailbox, as an alias does.
      await rig.send({ from: customer.email, to: address, subject, text: 'Hello.', envelopeTo: [shared.email] });
      await page.goto(`${mailkeep.url}/tickets`);
      await ticketLink(page, subject).click({ timeout: 45_000 });
      await reply(page, `Answer ${subject}.`);
      const answer = await rig.arrived(customer.email, (m) => m.subject.includes(subject), { seconds: 30 });
      expect(answer.from).toContain(address);
    }
  });
});
