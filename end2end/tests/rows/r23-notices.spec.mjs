// Who is told, when, and by which way, under the moved clock and with real mail.
import * as crypto from 'node:crypto';
import * as http from 'node:http';
import { clocked as test, expect, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { R21, asAdmin, deskWith, live, mailboxAt, soon } from '../../support/ends.mjs';
import { banner, signInAt } from '../../support/pages.mjs';
import { ADMIN, Desk } from '../../support/desk.mjs';
import { until } from '../../support/rig.mjs';

const NOTICES = '/admin/notices';
const NOBODY = 'If this mailbox fails, nobody can be told by email';

/** The mails of a person that fit, newest last. */
const mails = async (rig, who, words) => (await rig.list(who)).filter((m) => m.subject?.includes(words));
const told = (rig, who, words) => until(`${who} is told "${words}"`, async () => (await mails(rig, who, words))[0], 120, 200);

/** A shared mailbox, the person who signs in for it, and an admin with an inbox. */
async function people(rig) {
  const anna = { email: `${fresh('anna')}@contoso.example`, name: 'Anna Berg', password: 'anna-pass', oauth: true };
  const shared = { email: `${fresh('support')}@contoso.example`, name: 'Support', shared: true, delegates: [anna.email], send_as: [anna.email] };
  const ada = { ...ADMIN, email: `${fresh('ada')}@contoso.example` };
  await rig.users(anna, shared, { email: ada.email, name: ada.name, imap_password: 'ada-pass' });
  return { anna, shared, ada };
}

async function raw(rig, who, mail) { return rig.raw(who, { uid: mail.uid }); }

test('R23 admins and the owner are told before an end and at once on loss, by another way', async ({ page, rig, start }) => {
  test.setTimeout(600_000);
  const { anna, shared, ada } = await people(rig);
  await rig.call('/idp/config', { account: anna.email, refreshEndsIn: 60 * 86_400 });
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ admin: ada });
  const id = await desk.bySignIn(shared.email, { as: anna.email, password: anna.password });

  await clause('R23', 'nobody can be told by email is a state shown', async () => {
    expect(desk.admin.text).toContain(NOBODY);
    await desk.admin.go(`/admin/channels/email/${id}`);
    expect(desk.admin.text).toContain(NOBODY);
    await desk.admin.go(NOTICES);
    expect(desk.admin.text).toContain(`If ${shared.email} fails, nobody can be told by email`);
  });
  const sales = await mailboxAt(rig, 'sales');
  await desk.bySignIn(sales.email, { password: sales.password });
  await desk.admin.go(`/admin/channels/email/${id}`);
  expect(desk.admin.text).not.toContain(NOBODY);

  await clause('R23', 'admins and the owner of the sign-in are told by email 10, 3 and 1 days before', async () => {
    await live(rig, 49.9, [anna, sales]);
    expect(await mails(rig, ada.email, 'Sign-in ends')).toHaveLength(0);
    for (const [move, left] of [[0.2, '9 days'], [7, '2 days'], [2, '21 h']]) {
      await rig.days(move);
      const admin = await told(rig, ada.email, `Sign-in ends in ${left}`);
      expect(admin.from).toContain(sales.email);
      expect(admin.subject).toContain(shared.email);
      const owner = await told(rig, anna.email, `Your sign-in for ${shared.email} ends in ${left}`);
      expect(owner.from).toContain(sales.email);
    }
    // A restart in between tells nothing twice; counted at the end, when more has come.
    await mailkeep.restart();
  });

  await clause('R23', 'told at once on loss, never through the mailbox in trouble', async () => {
    await rig.call('/idp/revoke', { account: anna.email, reason: 'admin', access: true });
    await rig.call('/mail/kick', { user: shared.email });
    const admin = await told(rig, ada.email, `Microsoft sign-in expired: ${shared.email}`);
    expect(admin.from).toContain(sales.email);
    const text = await raw(rig, ada.email, admin);
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).toContain(`${mailkeep.url}/admin/channels/email/${id}`);
    const sent = await rig.call('/mail/list', { user: anna.email, folder: 'Sent' }).catch(() => ({ messages: [] }));
    expect(sent.messages.filter((m) => m.to?.includes(ada.email))).toHaveLength(0);
  });

  await clause('R23', 'the owner is told in plain words with a sign-in link', async () => {
    const owner = await told(rig, anna.email, `Your sign-in is needed for ${shared.email}`);
    const text = (await raw(rig, anna.email, owner)).replace(/=\r?\n/g, '').replace(/=3D/g, '=');
    for (const word of ['IMAP', 'OAuth', 'token', 'AADSTS', 'credential']) expect(text.slice(text.indexOf('\r\n\r\n'))).not.toContain(word);
    const link = new RegExp(`${mailkeep.url}/\\S+`).exec(text)?.[0];
    const theirs = await page.context().browser().newPage();
    await theirs.goto(link);
    await expect(theirs.getByText(shared.email).first()).toBeVisible();
    await signInAt(theirs, mailkeep, anna, { name: /^Sign in as/ });
    await expect(theirs.getByText(/Done, you may close this page/)).toBeVisible();
    await theirs.close();
    await told(rig, ada.email, `Works again: ${shared.email}`);
    await told(rig, anna.email, `Thank you: ${shared.email} works again`);
    expect(await mails(rig, ada.email, 'Microsoft sign-in expired')).toHaveLength(1);
    expect(await mails(rig, ada.email, 'Sign-in ends')).toHaveLength(3);
    expect(await mails(rig, anna.email, `Your sign-in for ${shared.email} ends`)).toHaveLength(3);
  });
});

test('R23 an end is put off for oneself, until the next step at most', async ({ page, rig, start, visit }) => {
  test.setTimeout(600_000);
  const press = await mailboxAt(rig, 'press');
  await rig.call('/idp/config', { account: press.email, refreshEndsIn: 60 * 86_400 });
  const { mailkeep, desk } = await deskWith(start, [press]);
  const other = { name: 'Bo Ek', email: 'bo@contoso.example', password: 'bo-ek-long-1871' };
  await desk.invite(other, 'admin');
  await clause('R23', 'put off for oneself until the next step at most, never for others', async () => {
    await live(rig, 50.1, [press]);
    await asAdmin(page, mailkeep, NOTICES);
    await soon(page, () => expect(banner(page)).toContainText(R21));
    await page.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect(page.getByText('Acknowledged. It comes back with the next step')).toBeVisible();
    await expect(page.locator('.banner')).toHaveCount(0);
    const bo = await visit();
    await bo.goto(`${mailkeep.url}${NOTICES}`);
    await bo.getByLabel('Email').fill(other.email);
    await bo.getByLabel('Password').fill(other.password);
    await bo.getByRole('button', { name: 'Sign in' }).click();
    await expect(banner(bo)).toContainText(R21);
    await expect(bo.getByText(`Acknowledged by ${ADMIN.name}.`)).toBeVisible();
    await rig.days(7);
    await soon(page, () => expect(banner(page)).toContainText(R21));
    // What has stopped can't be put off.
    await rig.call('/idp/revoke', { account: press.email, reason: 'admin', access: true });
    await rig.call('/mail/kick', { user: press.email });
    await soon(page, () => expect(banner(page)).toContainText('Please reauthorize your Email settings.'));
    await soon(page, () => expect(page.getByRole('button', { name: /^Acknowledge/ })).toBeVisible());
    await expect(page.getByRole('button', { name: /Put off/ })).toHaveCount(0);
    await page.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect(page.getByText(/^Acknowledged/).first()).toBeVisible();
    await expect(banner(page)).toContainText('Please reauthorize your Email settings.');
  });
});

test('R23 a test notice, system SMTP and a signed webhook', async ({ page, rig, start }) => {
  test.setTimeout(600_000);
  const ada = { ...ADMIN, email: `${fresh('ada')}@customer.example` };
  const desk2 = { email: `${fresh('notices')}@litware.example`, imap_password: 'notices-pass' };
  await rig.users({ email: ada.email, name: ada.name, imap_password: 'ada-pass' }, desk2);
  const posts = [];
  let answer = 500;
  const server = http.createServer((req, res) => {
    let body = '';
    req.on('data', (d) => { body += d; });
    req.on('end', () => { posts.push({ headers: req.headers, body }); res.writeHead(answer); res.end(); });
  });
  await new Promise((ok) => { server.listen(0, '127.0.0.1', ok); });
  const url = `http://127.0.0.1:${server.address().port}/hook`;
  const mailkeep = await start();
  await new Desk(mailkeep).open({ admin: ada });
  await page.goto(mailkeep.url + NOTICES);
  await page.getByLabel('Email').fill(ada.email);
  await page.getByLabel('Password').fill(ada.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  try {
    await clause('R23', 'a test notice leaves by system SMTP and by a signed webhook that is shown when failing', async () => {
      // Bad input changes nothing.
      await page.getByLabel('Address', { exact: true }).fill('https://169.254.169.254/latest');
      await page.getByRole('button', { name: 'Save the webhook' }).click();
      await expect(page.getByText('This server is in a private network that the server\'s settings do not allow. Nothing was saved.')).toBeVisible();
      await page.getByLabel('Server', { exact: true }).fill('smtp.litware.example');
      await page.getByLabel('Port').fill(rig.env.LITWARE_SMTP_PORT);
      await page.getByLabel('User name').fill(desk2.email);
      await page.getByLabel('Password').fill('notices-pass');
      await page.getByLabel('Sender address').fill(desk2.email);
      await page.getByRole('button', { name: 'Save the server' }).click();
      await expect(page.getByText('Saved. Send a test notice to see it work')).toBeVisible();
      await page.getByLabel('Address', { exact: true }).fill(url);
      await page.getByRole('button', { name: 'Save the webhook' }).click();
      const secret = (await page.locator('.notice code').textContent()).trim();
      await page.reload();
      await expect(page.locator('.notice code')).toHaveCount(0);

      await page.getByRole('button', { name: 'Send a test notice' }).click();
      await expect(page.getByText('A test notice is on its way to you')).toBeVisible();
      const mail = await told(rig, ada.email, 'Test notice from');
      expect(mail.from).toContain(desk2.email);
      await until('the webhook is posted to', () => posts[0]);
      await soon(page, async () => {
        await expect(page.locator('#webhook-state')).toContainText('Fails');
        await expect(page.locator('#webhook-state')).toContainText('HTTP 500');
      });
      answer = 204;
      await rig.days(0.01);
      await until('the webhook is tried again', () => posts[1], 30);
      await soon(page, () => expect(page.locator('#webhook-state')).toContainText('Works'));
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(posts[1].headers['mailkeep-signature']);
      expect(crypto.createHmac('sha256', secret).update(`${t}.${posts[1].body}`).digest('hex')).toBe(v1);
      expect(posts[1].headers['mailkeep-delivery']).toBe(posts[0].headers['mailkeep-delivery']);
      expect(JSON.parse(posts[1].body)).toMatchObject({ event: 'test', desk: mailkeep.url });
    });
  } finally { server.close(); }
});
