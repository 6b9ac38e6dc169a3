// R2: Microsoft's Basic authentication retired; the sign-in replaces it while mail goes on.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, R1, banner, row, signIn, signInAt } from '../../support/pages.mjs';
import { Through, customerWith } from '../../support/through.mjs';
import { until } from '../../support/rig.mjs';

const it = deskOf(test);

/** A Microsoft-hosted mailbox with a password, in a tenant of its own. */
async function basic(rig, word) {
  const domain = `${fresh(word)}.example`;
  const box = { email: `orders@${domain}`, name: 'Orders', password: 'orders-pass', oauth: true, imap_password: 'orders-pass', provider: 'microsoft' };
  await rig.users(box);
  return box;
}

test('R2 a Microsoft mailbox on a password moves to its sign-in while mail goes on', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const box = await basic(rig, 'acme');
  const id = await it.desk.byPassword(box.email, { password: box.imap_password, provider: 'microsoft' });
  const subject = fresh('Where is my order');
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: box.email, subject });
  await it.desk.reply(ticket, 'By password it went out.');
  await rig.arrived(customer, (m) => m.subject.includes(subject), { seconds: 30 });
  await signIn(page, it.mailkeep, ADMIN, '/tickets');

  await clause('R2', 'a Microsoft-hosted mailbox on a password shows the banner with the retirement date, while SMTP still works', async () => {
    await expect(banner(page)).toContainText(R1);
    await expect(banner(page)).toContainText(`${box.email}: Microsoft ends sign-in by password on 31 Dec`);
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await expect(page.getByRole('heading', { name: /Microsoft ends sign-in by password on 31 Dec/ })).toBeVisible();
    await expect(page.locator('#directions')).toContainText('Works');
  });

  await clause('R2', 'told by host, not by domain', async () => {
    // Chosen as Other, under a domain that no list knows: the servers are Microsoft's all the same.
    const other = await basic(rig, 'kestrel');
    const servers = {
      in_host: 'outlook.office365.example', in_port: String(rig.port('EXCHANGE_IMAPS')), in_tls: 'implicit',
      out_host: 'smtp.office365.example', out_port: String(rig.port('EXCHANGE_SMTP')), out_tls: 'starttls',
    };
    const second = await it.desk.byPassword(other.email, { password: other.imap_password, provider: 'other', servers });
    await page.goto(`${it.url}${EMAIL}/${second}`);
    await expect(page.getByRole('heading', { name: /Microsoft ends sign-in by password on 31 Dec/ })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Microsoft Office 365' }).or(page.locator('aside section').filter({ hasText: 'Microsoft Office 365' })).first()).toBeVisible();
    // A password at another host is left alone.
    const litware = { email: `${fresh('hello')}@litware.example`, name: 'Litware', imap_password: 'hello-pass' };
    await rig.users(litware);
    const third = await it.desk.byPassword(litware.email, { password: litware.imap_password });
    await page.goto(`${it.url}${EMAIL}/${third}`);
    await expect(page.locator('#directions')).toContainText('Works');
    await expect(page.getByText('ends sign-in by password')).toHaveCount(1); // the banner of the others alone
    await expect(banner(page)).not.toContainText(litware.email);
  });

  const before = (await it.desk.tickets(`?q=${encodeURIComponent(subject)}`)).length;
  const uid = async () => Number(/Last UID ([\d,]+)|UID ([\d,]+)/.exec((await it.desk.admin.go(`${EMAIL}/${id}`)).text)?.slice(1).find(Boolean)?.replaceAll(',', '') ?? 0);
  // A reply that its server puts off: it is queued when the switch happens.
  await rig.call('/front/fault', { user: box.email, protocol: 'smtp', kind: 'answer', on: 'MAIL', line: '451 4.7.0 Temporary server error. Please try again later.', times: 1 });
  await it.desk.reply(ticket, 'Queued before the switch.');
  const through = Through.start(rig, it.desk, { to: box.email, from: customer, word: fresh('through'), ticket });
  await through.more(2);
  const cursor = await uid();

  await clause('R2', 'Sign in with Microsoft replaces the Basic configuration: same mailbox, tickets and cursor', async () => {
    await page.goto(it.url + EMAIL);
    await row(page, box.email).getByRole('link', { name: box.email, exact: true }).click();
    const panel = page.locator('aside section').filter({ has: page.getByRole('heading', { name: 'Microsoft Office 365' }) });
    await signInAt(page, it.mailkeep, box, { scope: panel });
    await expect(page.getByText(`Saved: ${box.email} signs in with Microsoft now`)).toBeVisible();
    expect(page.url()).toContain('/admin/sign-ins/');
    await through.more(2);
    const after = await it.desk.admin.go(`${EMAIL}/${id}`);
    after.must(`signed in as ${box.email}`);
    after.must(/cursor kept at UID/);
    expect(await uid()).toBeGreaterThanOrEqual(cursor);
    expect((await it.desk.tickets(`?q=${encodeURIComponent(subject)}`)).length).toBe(before);
    // At the server it is the sign-in now, and no password any more.
    await rig.call('/mail/password', { user: box.email, password: 'changed-since' });
  });

  await clause('R2', 'the longest pause is shown and a confirmation says what was done', async () => {
    const report = page.getByRole('region', { name: 'The switch' });
    await expect(report).toContainText('Same mailbox, same tickets');
    await expect(report).toContainText(/Longest pause\s*\d+\.\d s, until incoming looked again/, { timeout: 45_000 });
    const pause = Number(/(\d+\.\d) s, until/.exec(await report.textContent())[1]);
    expect(pause).toBeLessThan(15);
    test.info().annotations.push({ type: 'longest pause', description: `${pause} s` });
    await expect(report).toContainText(/kept until \d+ Dec/);
    await expect(page.getByText('Signed in with Microsoft as')).toBeVisible();
  });

  await clause('R2', 'mail arrives and replies leave all through the switch, nothing twice, no queued reply lost', async () => {
    await through.more(2);
    await through.end();
    through.replies.push('Queued before the switch.');
    await through.allOnce(customer, 120);
    await until('the banner no longer names it', async () => { await page.goto(it.url + EMAIL); return !(await banner(page).textContent()).includes(box.email); }, 30, 250);
  });
});
