// R3: the sign-in worked, and a setting stands in a direction's way.
import { test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { begun, idOf, people } from '../../support/setting.mjs';
import { ADMIN, Desk } from '../../support/desk.mjs';
import { until } from '../../support/rig.mjs';
import { EMAIL, banner, newMailbox, reply, row, signIn, signInAt, ticketLink } from '../../support/pages.mjs';

/** How often this account's sign-in was exchanged for tokens. */
async function signIns(rig, account) {
  const { hits } = await rig.call('/idp/stats', { account });
  return Object.entries(hits).filter(([route]) => /authorization_code|authorize/.test(route)).reduce((sum, [, n]) => sum + n, 0);
}

test('R3 SMTP AUTH off at the first sign-in: half connected, card sent, finished by Check again', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const mailkeep = await begun(page, start);
  const { support, customer } = await people(rig, 'half');
  const other = { email: `${fresh('works')}@contoso.example`, name: 'Works', password: 'works-pass', oauth: true };
  const admin = { email: `${fresh('itadmin')}@customer.example`, name: 'Their admin', imap_password: 'admin-pass' };
  await rig.users(other, admin);
  await newMailbox(page, { address: other.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, other);
  await expect(page.getByText(`Saved: ${other.email} is connected`)).toBeVisible();
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await page.goto(mailkeep.url + EMAIL);

  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);
  await clause('R3', 'a first sign-in with one failing direction is kept as half connected', async () => {
    await expect(page.getByText('Saved: signed in, but only incoming works')).toBeVisible();
    await expect(page.getByText('Half connected')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Incoming', exact: true })).toContainText('In use now');
    const outgoing = page.getByRole('region', { name: 'Outgoing', exact: true });
    await expect(outgoing).not.toContainText('In use now');
    await expect(outgoing).toContainText('Kept; in use as soon as it works.');
    await expect(page.locator('section.call')).toContainText(/The sign-in is kept until/);
  });
  await clause('R3', 'each failing direction shows its error with the setting to turn on, where and by whom', async () => {
    const card = page.locator('section.call');
    await expect(card).toContainText('Outgoing does not work: SMTP AUTH is off');
    await expect(card).toContainText('An admin of contoso.example at Microsoft.');
    await expect(card).toContainText('In admin.microsoft.com open Users, Active users, the mailbox, Mail, Manage email apps. Tick Authenticated SMTP');
    await expect(card).toContainText(`Set-CASMailbox -Identity ${support.email} -SmtpClientAuthenticationDisabled $false`);
    await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).toContainText('535 5.7.139');
  });

  // Incoming runs meanwhile, and a reply is held.
  await rig.send({ from: customer.email, to: support.email, subject: 'Half is enough', text: 'For this.' });
  const id = await idOf(page, mailkeep, support.email);
  await expect(row(page, support.email)).toContainText('Outgoing blocked');
  await expect(banner(page)).toContainText('SMTP AUTH is off');
  await expect(banner(page)).not.toContainText('Please reauthorize');
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'Half is enough').click({ timeout: 45_000 });
  await reply(page, 'Waits for SMTP AUTH.');
  await expect(page.getByText('This reply is held')).toBeVisible();

  await clause('R3', 'the card can be sent to the Microsoft 365 admin', async () => {
    await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`);
    await page.getByText('Send this card').click();
    await expect(page.getByRole('link', { name: 'Open in your mail program' })).toHaveAttribute('href', /^mailto:\?subject=.*&body=.*Set-CASMailbox/);
    await page.getByLabel('Or send it now, to').fill(admin.email);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText(`Sent to ${admin.email}`, { exact: true })).toBeVisible();
    const card = await rig.arrived(admin.email, (m) => m.subject.includes(support.email), { seconds: 30 });
    expect(card.from).toContain(other.email);
    const raw = await rig.raw(admin.email, { uid: card.uid });
    expect(raw.replace(/=\r?\n/g, '')).toContain('SmtpClientAuthenticationDisabled $false');
    expect(raw).not.toMatch(/half-pass|Bearer/);
    await page.reload();
    await page.getByText('Send this card').click();
    await expect(page.getByText(`Last sent to ${admin.email}`)).toBeVisible();
    expect(await rig.list(admin.email)).toHaveLength(1);
  });

  await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
  const asked = await signIns(rig, support.email);
  await clause('R3', 'Check again finishes without a second sign-in', async () => {
    await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`);
    await page.getByRole('button', { name: /^Check (again|now)/ }).first().click();
    await expect(page.getByText('Everything works')).toBeVisible();
    await page.goto(`${mailkeep.url}${EMAIL}/${id}`);
    await expect(page.locator('#directions')).not.toContainText('Blocked');
    await rig.arrived(customer.email, (m) => /Half is enough/.test(m.subject), { seconds: 30 });
    await expect(banner(page)).toBeEmpty();
    expect(await signIns(rig, support.email), 'sign-ins').toBe(asked);
  });
});

test('R3 the slow probe finishes it without a person', async ({ page, rig, start }) => {
  test.setTimeout(300_000);
  const mailkeep = await begun(page, start);
  const { support, customer } = await people(rig, 'slow');
  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);
  await expect(page.getByText('Half connected')).toBeVisible();
  await rig.send({ from: customer.email, to: support.email, subject: 'Answered later', text: 'Please.' });
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, 'Answered later').click({ timeout: 45_000 });
  await reply(page, 'As soon as it works.');
  await expect(page.getByText('This reply is held')).toBeVisible();
  const asked = await signIns(rig, support.email);
  await clause('R3', 'a slow probe finishes it without a person', async () => {
    await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
    // Nobody presses anything: an hour passes.
    await rig.call('/clock', { offset: '+70m' });
    try {
      await rig.arrived(customer.email, (m) => /Answered later/.test(m.subject), { seconds: 150 });
      await page.goto(mailkeep.url + EMAIL);
      await expect(row(page, support.email)).not.toContainText('blocked');
      await expect(banner(page)).toBeEmpty();
      expect(await signIns(rig, support.email), 'sign-ins').toBe(asked);
    } finally {
      // The rig is the worker's: the next test's mail would be older than its mailbox.
      await rig.call('/clock', { offset: '+0' });
    }
  });
});

test('R3 a sign-in kept beside a password is put in by the slow probe', async ({ page, rig, start }) => {
  test.setTimeout(240_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: ['microsoft'] });
  const { support, customer } = await people(rig, 'beside', { imap_password: 'beside-imap-pass' });
  const id = await desk.byPassword(support.email, { password: support.imap_password, provider: 'microsoft' });
  const subject = fresh('Before the sign-in');
  await rig.send({ from: customer.email, to: support.email, subject, text: 'Please.' });
  const ticket = await desk.ticket(subject, { seconds: 45 });
  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  await signIn(page, mailkeep, ADMIN, `${EMAIL}/${id}`);
  await signInAt(page, mailkeep, support, { scope: page.locator('aside') });
  await expect(page.getByText('Saved: signed in, but only incoming works')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Outgoing', exact: true })).toContainText('Not in use. What worked before is not replaced.');
  await expect(page.getByText('Check again needs no second one.')).toBeVisible();
  const asked = await signIns(rig, support.email);
  await clause('R3', 'a slow probe finishes it without a person', async () => {
    await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
    await rig.call('/clock', { offset: '+70m' });
    try {
      // Nobody presses anything; it is in use when the mailbox no longer needs its password.
      await until('no direction signs in by password', async () => !(await desk.admin.go(EMAIL)).sees('Password'), 60, 250);
      await rig.call('/mail/password', { user: support.email, password: 'changed-since' });
      await desk.reply(ticket.id, 'By the sign-in that was kept.');
      await rig.arrived(customer.email, (m) => m.subject.includes(subject), { seconds: 45 });
      expect(await signIns(rig, support.email), 'sign-ins').toBe(asked);
    } finally {
      await rig.call('/clock', { offset: '+0' });
    }
  });
});
