// The main job, end to end, touching only the browser, SMTP, IMAP and the provider's control.
import { test, expect, fresh } from '../support/fixtures.mjs';
import { until } from '../support/rig.mjs';
import { AGENT, APP } from '../support/desk.mjs';
import { EMAIL, R1, R12, R13, awake, banner, firstStart, follow, newMailbox, register, reply, row, signInAt, throughProvider, ticketLink } from '../support/pages.mjs';

const ADMIN_PAGES = ['/admin/channels/email', '/admin/channels/email/new', '/admin/registrations', '/admin/people', '/admin/server'];

/** People of this test alone: a support mailbox and a customer. */
async function people(rig, word, more = {}) {
  const support = { email: `${fresh(word)}@contoso.example`, name: 'Contoso Support', password: `${word}-pass`, oauth: true, ...more };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(support, customer);
  return { support, customer };
}

async function invite(page, mailkeep, visit, who = AGENT) {
  await page.goto(`${mailkeep.url}/admin/people`);
  await page.getByLabel('Name').fill(who.name);
  await page.getByLabel('Email').fill(who.email);
  await page.getByRole('radio', { name: 'Agent' }).check();
  await page.getByRole('button', { name: 'Make the invitation' }).click();
  const link = (await page.locator('.notice code').textContent()).trim();
  const theirs = await visit();
  await theirs.goto(link);
  await expect(theirs.getByRole('heading', { name: `Welcome, ${who.name}` })).toBeVisible();
  await theirs.getByLabel('New password').fill(who.password);
  await theirs.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(theirs).toHaveURL(/\/tickets/);
  return theirs;
}

/** A desk with its admin in the browser, and Microsoft's registration. */
async function begun(page, start) {
  const mailkeep = await start();
  await firstStart(page, mailkeep);
  await page.goto(`${mailkeep.url}/admin/registrations?new=microsoft`);
  await register(page, { ...APP, tenant: 'common' });
  await page.goto(mailkeep.url + EMAIL);
  return mailkeep;
}

test('the journey: connect, ticket, reply, revoked, one click, everything comes in', async ({ page, rig, start, visit }) => {
  test.setTimeout(300_000);
  const { support, customer } = await people(rig, 'support');
  await rig.call('/idp/config', { account: support.email, accessTtl: 30 });

  // First start, the admin, the app registration.
  const mailkeep = await start();
  await firstStart(page, mailkeep);
  await page.getByRole('link', { name: 'App registrations' }).first().click();
  await expect(page.getByText(`${mailkeep.url}/oauth/callback`)).toBeVisible();
  await register(page, { ...APP, tenant: 'common' });

  // New support email > Both > Sign in with Microsoft.
  await page.getByRole('link', { name: 'Email', exact: true }).click();
  await newMailbox(page, { address: support.email, name: 'Contoso support', provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);

  // The result: who signed in, both directions, what was found. Saved, with no further button.
  await expect(page.getByText(`Saved: ${support.email} is connected`)).toBeVisible();
  await expect(page.getByText(`Signed in with Microsoft as ${support.email}`)).toBeVisible();
  for (const direction of ['Incoming', 'Outgoing']) await expect(page.getByRole('region', { name: direction })).toContainText('Works');
  await expect(page.getByText(/No message waits in the mailbox|found in the mailbox/)).toBeVisible();
  await expect(page.getByRole('button', { name: /save/i })).toHaveCount(0);

  // A customer's mail is a ticket in the open browser, without a reload.
  const agent = await invite(page, mailkeep, visit);
  await awake(agent);
  await agent.evaluate(() => { globalThis.sameDocument = true; });
  const subject = 'My order has not come';
  await until('the mailbox is watched', async () => (await rig.call('/front/stats', { user: support.email })).sessions.some((s) => s.protocol === 'imap' && s.folder), 20);
  await rig.send({ from: `Mia Lind <${customer.email}>`, to: support.email, subject, text: 'I ordered on Monday.\n\nMia' });
  await rig.arrived(support.email, (m) => m.subject === subject);
  const notified = Date.now();
  await expect(ticketLink(agent, subject)).toBeVisible({ timeout: 10_000 });
  const took = Date.now() - notified;
  test.info().annotations.push({ type: 'ticket in the open browser', description: `${took} ms after the message lay in the mailbox` });
  expect(took, 'milliseconds from the server\'s notification to the row').toBeLessThan(2_000);
  expect(await agent.evaluate(() => globalThis.sameDocument)).toBe(true);

  // The agent replies; the customer's mailbox has it, threaded.
  await ticketLink(agent, subject).click();
  await expect(agent.getByRole('article').first()).toContainText('I ordered on Monday.');
  await reply(agent, 'It left us this morning.');
  const original = (await rig.list(support.email)).find((m) => m.subject === subject);
  const answer = await rig.arrived(customer.email, (m) => m.inReplyTo === original.messageId, { seconds: 30 });
  expect(answer.references).toContain(original.messageId);
  expect(answer.subject).toMatch(new RegExp(`Re: ${subject}`));
  expect(answer.from).toContain(support.email);
  await expect(agent.getByText(/Sent, taken by/)).toBeVisible({ timeout: 20_000 });
  const ticket = agent.url();

  // The provider's admin revokes; at the latest at the next refresh the banner stands on every admin page.
  await rig.call('/idp/revoke', { account: support.email, reason: 'admin' });
  await page.goto(mailkeep.url + EMAIL);
  await expect(banner(page)).toContainText(R1, { timeout: 90_000 });
  for (const path of ADMIN_PAGES) {
    await page.goto(mailkeep.url + path);
    await expect(banner(page)).toContainText(R1);
    await expect(banner(page)).toContainText(`${support.email}: ${R13}`);
    const here = banner(page).getByRole('link', { name: 'here' });
    await expect(here).toHaveAccessibleDescription(R1);
    await expect(here).toHaveAttribute('href', /\/help\//);
    await expect(banner(page).getByRole('link', { name: 'Email settings' })).toHaveAttribute('href', /\/admin\/channels\/email\/\d+$/);
  }

  // Agents see that replies are held.
  await expect(banner(agent)).toContainText(`Replies from ${support.email} are held`, { timeout: 15_000 });
  await reply(agent, 'Here is the number of the parcel: 4711.');
  await expect(agent.getByText('This reply is held')).toBeVisible();

  // 20 more mails arrive meanwhile.
  const meanwhile = fresh('Meanwhile');
  await rig.send({ from: `Mia Lind <${customer.email}>`, to: support.email, subject: meanwhile, text: 'One of twenty.', count: 20 });
  await until('20 lie in the mailbox', async () => (await rig.list(support.email)).filter((m) => m.subject?.startsWith(meanwhile)).length === 20, 20, 250);

  // One click in the banner.
  await page.goto(`${mailkeep.url}/admin/people`);
  await signInAt(page, mailkeep, support, { scope: banner(page) });
  await expect(page.getByText(`Saved: ${support.email} works again`)).toBeVisible();
  await expect(banner(page)).not.toContainText('reauthorize', { timeout: 15_000 });

  // Each of the 20 is a ticket, once.
  await agent.goto(`${mailkeep.url}/tickets?q=${meanwhile}`);
  await expect(async () => {
    await agent.reload();
    const subjects = await agent.getByRole('table').getByRole('link').allTextContents();
    expect(subjects.map((s) => s.replace(/^Unread: /, '').trim()).filter((s) => s.startsWith(meanwhile)).sort())
      .toEqual(Array.from({ length: 20 }, (_, n) => `${meanwhile} ${n + 1}`).sort());
  }).toPass({ timeout: 45_000 });

  // The held reply has left, once.
  await rig.arrived(customer.email, (m) => m.inReplyTo && m.messageId !== answer.messageId, { seconds: 30 });
  await agent.goto(ticket);
  await expect(agent.getByText(/Sent, taken by/)).toHaveCount(2, { timeout: 15_000 });
  const bodies = [];
  for (const m of await rig.list(customer.email)) bodies.push(await rig.raw(customer.email, { uid: m.uid }));
  expect(bodies.filter((raw) => raw.includes('4711'))).toHaveLength(1);
  expect(bodies).toHaveLength(2);

  // The banner is gone everywhere, and the timeline tells the outage.
  for (const path of ADMIN_PAGES) {
    await page.goto(mailkeep.url + path);
    await expect(banner(page)).toBeEmpty();
  }
  await page.goto(mailkeep.url + EMAIL);
  await row(page, support.email).getByRole('link', { name: support.email, exact: true }).click();
  const outage = page.getByRole('region', { name: 'Last outage' });
  await expect(outage).toContainText(/20 arrived, 20 accounted for/);
  await expect(outage).toContainText('Microsoft sign-in expired');
  await expect(outage).toContainText('1 held reply left afterwards');
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(timeline).toContainText('Microsoft sign-in expired');
  await expect(timeline).toContainText(/works again after/);
  await expect(timeline).toContainText(/20 messages fetched/);
  await expect(page.locator('#directions')).toContainText('Works');
});

test('a password mailbox: changed password, reauthorization required, the form, and on it goes', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start);
  const box = { email: `${fresh('hello')}@litware.example`, name: 'Litware', imap_password: 'hello-first-pass' };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(box, customer);
  await newMailbox(page, { address: box.email });
  await expect(page.getByLabel('User name')).toHaveValue(box.email);
  await page.getByLabel('Password').fill(box.imap_password);
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText(`${box.email} is connected`)).toBeVisible();
  await rig.send({ from: customer.email, to: box.email, subject: 'Before', text: 'One.' });
  await page.goto(`${mailkeep.url}/tickets`);
  await expect(ticketLink(page, 'Before')).toBeVisible();

  // The password changes at the server.
  await rig.call('/mail/password', { user: box.email, password: 'hello-second-pass' });
  await rig.call('/mail/kick', { user: box.email });
  await rig.send({ from: customer.email, to: box.email, subject: 'During', text: 'Two.' });
  await page.goto(mailkeep.url + EMAIL);
  await expect(row(page, box.email)).toContainText(R12, { timeout: 60_000 });
  await expect(banner(page)).toContainText(R1);
  await expect(banner(page)).toContainText(`${box.email}: ${R12}`);
  await expect(banner(page)).not.toContainText('credentials have expired');
  await row(page, box.email).getByRole('link', { name: box.email, exact: true }).click();
  await expect(page.locator('.call').getByRole('heading', { name: R12 })).toBeVisible();
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'Before').click();
  await reply(page, 'Held until the password is right.');
  await expect(page.getByText('This reply is held')).toBeVisible();

  // A wrong one first: nothing changes. Then the right one.
  await page.goto(mailkeep.url + EMAIL);
  await row(page, box.email).getByRole('link', { name: /Give password/ }).click();
  await page.getByLabel('Password').fill('not-the-right-one');
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText('The server refuses this user name or password.')).toBeVisible();
  await expect(page.getByText('The present settings stay.').first()).toBeVisible();
  await page.getByLabel('Password').fill('hello-second-pass');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText(`${box.email} is connected`)).toBeVisible();
  await expect(banner(page)).toBeEmpty();
  await page.goto(`${mailkeep.url}/tickets`);
  await expect(ticketLink(page, 'During')).toBeVisible({ timeout: 20_000 });
  await rig.arrived(customer.email, (m) => /Before/.test(m.subject));
  expect(await rig.list(customer.email)).toHaveLength(1);
});

test('a shared mailbox in and out: somebody else signs in, replies leave from the shared address', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start);
  const person = { email: `${fresh('ines')}@contoso.example`, name: 'Ines Torres', password: 'ines-pass', oauth: true };
  const shared = { email: `${fresh('team')}@contoso.example`, name: 'Contoso Team', shared: true, delegates: [person.email], send_as: [person.email] };
  const customer = { email: `${fresh('priya')}@customer.example`, name: 'Priya Nair', imap_password: 'priya-pass' };
  await rig.users(person, shared, customer);
  await newMailbox(page, { address: shared.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, person);
  await expect(page.getByText(`Saved: ${shared.email} is connected`)).toBeVisible();
  await expect(page.getByText(`Signed in with Microsoft as ${person.email}`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Incoming' })).toContainText(`In use now, as ${shared.email}`);
  await expect(page.getByRole('region', { name: 'Outgoing' })).toContainText(`In use now, as ${person.email}`);
  await rig.send({ from: customer.email, to: shared.email, subject: 'To the team', text: 'Hello team.' });
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'To the team').click({ timeout: 20_000 });
  await reply(page, 'The team answers.');
  const answer = await rig.arrived(customer.email, (m) => /To the team/.test(m.subject), { seconds: 30 });
  expect(answer.from).toContain(shared.email);
  expect(answer.from).not.toContain(person.email);
  await page.goto(mailkeep.url + EMAIL);
  await expect(row(page, shared.email)).toContainText(`as ${person.email}`);
});

test('SMTP AUTH off at the first sign-in: half connected, finished by Check again without a second sign-in', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start);
  const { support, customer } = await people(rig, 'half');
  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);
  await expect(page.getByText('Saved: signed in, but only incoming works')).toBeVisible();
  await expect(page.getByText('Half connected')).toBeVisible();
  const card = page.locator('section.call');
  await expect(card).toContainText('SMTP AUTH is off');
  await expect(card).toContainText('Authenticated SMTP');
  await expect(card).toContainText('admin of contoso.example');
  await expect(card).toContainText(`Set-CASMailbox -Identity ${support.email} -SmtpClientAuthenticationDisabled $false`);
  await expect(card).toContainText(/The sign-in is kept until/);

  // Incoming runs meanwhile.
  await rig.send({ from: customer.email, to: support.email, subject: 'Half is enough', text: 'For this.' });
  const id = await (async () => { await page.goto(mailkeep.url + EMAIL); return /\/(\d+)$/.exec(await row(page, support.email).getByRole('link', { name: support.email, exact: true }).getAttribute('href'))[1]; })();
  await expect(row(page, support.email)).toContainText('Outgoing blocked');
  await expect(banner(page)).toContainText('SMTP AUTH is off');
  await expect(banner(page)).not.toContainText('Please reauthorize');
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'Half is enough').click({ timeout: 20_000 });
  await reply(page, 'Waits for SMTP AUTH.');
  await expect(page.getByText('This reply is held')).toBeVisible();

  // The setting is mended; Check again suffices.
  await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
  await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`);
  await page.getByRole('button', { name: /^Check (again|now)/ }).first().click();
  await expect(page.getByText('Everything works')).toBeVisible();
  await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
  await expect(page.locator('#directions')).not.toContainText('Blocked');
  await rig.arrived(customer.email, (m) => /Half is enough/.test(m.subject), { seconds: 30 });
  await expect(banner(page)).toBeEmpty();
});

test('the wrong account: refused, nothing changed, both ways on', async ({ page, rig, start }) => {
  const mailkeep = await begun(page, start);
  const { support, customer } = await people(rig, 'right');
  const other = { email: `${fresh('other')}@contoso.example`, name: 'Otto Other', password: 'other-pass', oauth: true };
  await rig.users(other);
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);
  await expect(page.getByText(`Saved: ${support.email} is connected`)).toBeVisible();
  await page.getByRole('link', { name: 'Go to the mailbox' }).click();
  const mailbox = page.url();
  await expect(page.getByText('Last sign-in')).toBeVisible();
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await signInAt(page, mailkeep, other, { name: /^Reauthenticate/ });
  await expect(page.getByRole('heading', { name: `You signed in as ${other.email}; this mailbox uses ${support.email}` })).toBeVisible();
  await expect(page.getByText('Nothing was changed')).toBeVisible();
  await expect(page.getByRole('button', { name: `Use ${other.email} from now on` })).toBeVisible();

  // Nothing changed: mail still comes in and leaves as before.
  await rig.send({ from: customer.email, to: support.email, subject: 'Still here', text: 'Yes.' });
  const second = await page.context().newPage();
  await second.goto(`${mailkeep.url}/tickets`);
  await expect(ticketLink(second, 'Still here')).toBeVisible({ timeout: 20_000 });
  await second.goto(mailbox);
  await expect(second.locator('aside')).toContainText(support.email);

  // Try again forces the account picker.
  await follow(page, page.getByRole('button', { name: /^Try again/ }));
  await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
  await throughProvider(page, mailkeep, support);
  await expect(page.getByText(`Saved: ${support.email} works again`)).toBeVisible();
});
