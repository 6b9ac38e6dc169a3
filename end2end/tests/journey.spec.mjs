// The main job, end to end, touching only the browser, SMTP, IMAP and the provider's control.
import { test, expect, fresh } from '../support/fixtures.mjs';
import { until } from '../support/rig.mjs';
import { AGENT, APP } from '../support/desk.mjs';
import { begun, people } from '../support/setting.mjs';
import { EMAIL, R1, R13, awake, banner, firstStart, follow, newMailbox, register, reply, row, signInAt, throughProvider, ticketLink } from '../support/pages.mjs';

const ADMIN_PAGES = ['/admin/channels/email', '/admin/channels/email/new', '/admin/registrations', '/admin/people', '/admin/server'];

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

test('the journey: connect, ticket, reply, revoked, one click, everything comes in', async ({ page, rig, start, visit }) => {
  test.setTimeout(300_000);
  const { support, customer } = await people(rig, 'support');
  await rig.call('/idp/config', { account: support.email, accessTtl: 30 });

  // First start, the admin, the app registration.
  const mailkeep = await start();
  await firstStart(page, mailkeep);
  await page.getByRole('link', { name: 'App registrations' }).first().click();
  await expect(page.getByText(`${mailkeep.url}/oauth/callback`)).toBeVisible();
  await page.goto(`${mailkeep.url}/admin/registrations?new=microsoft`);
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
  await expect(ticketLink(agent, subject)).toBeVisible({ timeout: 45_000 });
  const took = Date.now() - notified;
  test.info().annotations.push({ type: 'ticket in the open browser', description: `${took} ms after the message lay in the mailbox` });
  // It came by the server's word, and not by the look that happens once a minute. How fast: script/bench arrival.
  expect(took, 'milliseconds from the server\'s notification to the row').toBeLessThan(10_000);
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
  await expect(agent.getByText(/Sent, taken by/)).toBeVisible({ timeout: 45_000 });
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
  await expect(banner(agent)).toContainText(`Replies from ${support.email} are held`, { timeout: 45_000 });
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
  await expect(banner(page)).not.toContainText('reauthorize', { timeout: 45_000 });

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
  await expect(agent.getByText(/Sent, taken by/)).toHaveCount(2, { timeout: 45_000 });
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
  await expect(ticketLink(second, 'Still here')).toBeVisible({ timeout: 45_000 });
  await second.goto(mailbox);
  await expect(second.locator('aside')).toContainText(support.email);

  // Try again forces the account picker.
  await follow(page, page.getByRole('button', { name: /^Try again/ }));
  await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
  await throughProvider(page, mailkeep, support);
  await expect(page.getByText(`Saved: ${support.email} works again`)).toBeVisible();
});
