// R7: another person, another address, another mailbox; and the way back.
import { deskOf, expect, fresh, test } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { EMAIL, signIn, signInAt } from '../../support/pages.mjs';
import { Through, customerWith } from '../../support/through.mjs';
import { until } from '../../support/rig.mjs';

const it = deskOf(test);
const SWITCH = 'Switch account, address or provider';

/** From the mailbox's page to the prepared switch. */
async function prepare(page, id, { change, address, provider, importFrom }) {
  await page.goto(`${it.url}${EMAIL}/${id}`);
  await page.getByRole('link', { name: SWITCH }).click();
  await page.getByRole('radio', { name: change }).check();
  if (address) await page.getByLabel(/^New address/).fill(address);
  if (provider) await page.getByLabel('Provider', { exact: true }).selectOption({ label: provider });
  if (importFrom) {
    await page.getByLabel('Import mail from').selectOption({ label: 'A date' });
    await page.getByLabel('Date', { exact: true }).fill(importFrom);
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { name: /^Sign in as somebody who may open/ })).toBeVisible();
}

const person = (word, domain) => ({ email: `${word}@${domain}`, name: word, password: `${word}-pass`, oauth: true, provider: 'microsoft' });

test('R7 the mailbox was renamed', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const domain = `${fresh('plover')}.example`;
  const old = { ...person('help', domain), delegates: [`care@${domain}`] };
  // The same mailbox under its new name: the rig leads care@ to help@'s store.
  const renamed = { ...person('care', domain), at: { microsoft: old.email } };
  await rig.users(old, renamed);
  const id = await it.desk.bySignIn(old.email, { password: old.password, provider: 'microsoft' });
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: old.email, subject: fresh('To the old name') });
  await signIn(page, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  await clause('R7', 'the mailbox was renamed: the old address stays an own address', async () => {
    const before = (await it.desk.tickets()).length;
    await prepare(page, id, { change: /^The mailbox has a new address/, address: renamed.email });
    await signInAt(page, it.mailkeep, renamed);
    await expect(page.getByRole('region', { name: 'The switch' })).toContainText(`${renamed.email}, before ${old.email}`);
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await expect(page.getByRole('heading', { name: renamed.email, exact: true })).toBeVisible();
    await expect(page.locator('aside')).toContainText(`Also written to as${old.email}`);
    // Mail to both names is its mail; a reply to the old ticket leaves from the new name.
    const [one, two] = [fresh('Still to the old'), fresh('To the new')];
    await rig.send({ from: customer, to: old.email, subject: one, text: 'One.' });
    await rig.send({ from: customer, to: renamed.email, envelopeTo: old.email, subject: two, text: 'Two.' });
    await it.desk.ticket(one, { seconds: 45 });
    await it.desk.ticket(two, { seconds: 45 });
    expect((await it.desk.tickets()).length).toBe(before + 2);
    await it.desk.reply(ticket, 'From the new name.');
    const answer = await rig.arrived(customer, (m) => /To the old name/.test(m.subject), { seconds: 30 });
    expect(answer.from).toContain(renamed.email);
    // Nobody else can take the old address.
    await it.desk.admin.go('/admin/channels/email/new');
    await it.desk.admin.press('Continue', { address: old.email, name: '' });
    expect(it.desk.admin.url).toContain('refused=invalid.AddressTaken');
  });
});

test('R7 another mailbox takes its place', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const domain = `${fresh('curlew')}.example`;
  const [first, second] = [person('service', domain), person('contact', domain)];
  await rig.users(first, second);
  const id = await it.desk.bySignIn(first.email, { password: first.password, provider: 'microsoft' });
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: first.email, subject: fresh('Long ago') });
  await it.desk.reply(ticket, 'An answer from the first mailbox.');
  const answer = await rig.arrived(customer, (m) => /Long ago/.test(m.subject), { seconds: 30 });
  // The other mailbox has mail of its own: old, and of these days.
  const ancient = fresh('Ancient');
  const recent = fresh('Recent');
  await rig.send({ from: customer, to: second.email, subject: recent, text: 'Of today.' });
  await rig.arrived(second.email, (m) => m.subject === recent);
  await rig.call('/mail/append', { user: second.email, folder: 'INBOX', raw: `From: ${customer}\r\nTo: ${second.email}\r\nSubject: ${ancient}\r\nDate: Mon, 02 Jan 2023 10:00:00 +0000\r\nMessage-ID: <${ancient}@customer.example>\r\n\r\nLong gone.\r\n`, received: '2023-01-02T10:00:00Z' });
  await signIn(page, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  await clause('R7', 'another mailbox: nothing re-mapped, import from a date, threading keeps the old address', async () => {
    const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    await prepare(page, id, { change: /^Another mailbox takes its place/, address: second.email, importFrom: day });
    await signInAt(page, it.mailkeep, second);
    const report = page.getByRole('region', { name: 'The switch' });
    await expect(report).toContainText(`${second.email}, before ${first.email}`);
    await expect(report).toContainText('Fetched a last time');
    await expect(report).not.toContainText('known from the old side');
    await it.desk.ticket(recent, { seconds: 45 });
    // The customer answers the old thread: same ticket, wherever the answer is sent to.
    await rig.send({ from: customer, to: first.email, envelopeTo: second.email, subject: answer.subject, text: 'Thanks, that helped.', headers: { 'In-Reply-To': answer.messageId, References: answer.messageId } });
    await until('the answer joins its ticket', async () => (await it.desk.admin.go(`/tickets/${ticket}`)).sees('Thanks, that helped.'), 45, 250);
    // The reply that follows leaves from the new mailbox.
    await it.desk.reply(ticket, 'From the second mailbox.');
    await until('it arrives from the new address', async () => {
      for (const m of await rig.list(customer)) if ((await rig.raw(customer, { uid: m.uid })).includes('From the second mailbox.')) return m.from.includes(second.email);
      return false;
    }, 30, 250);
    const all = await it.desk.tickets();
    expect(all.filter((t) => t.subject === recent)).toHaveLength(1);
    expect(all.filter((t) => t.subject === ancient)).toHaveLength(0);
  });
});

// The last one: it moves the clock, which ends everybody's session.
test('R7 another account for the same mailbox, and back', async ({ page, rig, visit }) => {
  test.setTimeout(240_000);
  const domain = `${fresh('heron')}.example`;
  const [anna, ben] = [person('anna', domain), person('ben', domain)];
  const shared = { email: `support@${domain}`, name: 'Support', shared: true, delegates: [anna.email, ben.email], send_as: [anna.email, ben.email] };
  await rig.users(anna, ben, shared);
  const id = await it.desk.bySignIn(shared.email, { as: anna.email, password: anna.password, provider: 'microsoft' });
  const { customer, ticket } = await customerWith(rig, it.desk, { email: `${fresh('mia')}@customer.example`, to: shared.email, subject: fresh('First') });
  await signIn(page, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
  const uid = async () => Number(/UID ([\d,]+)/.exec((await it.desk.admin.go(`${EMAIL}/${id}`)).text)?.[1].replaceAll(',', '') ?? 0);
  const through = Through.start(rig, it.desk, { to: shared.email, from: customer, word: fresh('persons'), ticket });
  await through.more(2);
  const cursor = await uid();

  await clause('R7', 'another Microsoft account for the same mailbox: the cursor stays, nothing comes twice', async () => {
    await prepare(page, id, { change: /^Another person signs in/ });
    await signInAt(page, it.mailkeep, ben);
    await expect(page.getByText(`Saved: ${shared.email} signs in with Microsoft now`)).toBeVisible();
    await expect(page.getByText(`Signed in with Microsoft as ${ben.email}`)).toBeVisible();
    await through.more(3);
    await through.end();
    await through.allOnce(customer, 90);
    expect(await uid()).toBeGreaterThanOrEqual(cursor + through.mails.length - 4);
    (await it.desk.admin.go(`${EMAIL}/${id}`)).must(`signed in as ${ben.email}`);
  });

  await clause('R7', 'the previous setup can be put back, proved first, and is wiped after 30 days', async () => {
    // It does not work: anna@ may not open the mailbox now. Nothing changes.
    await rig.call('/front/delegate', { mailbox: shared.email, person: anna.email, allowed: false });
    await page.goto(`${it.url}${EMAIL}/${id}`);
    const previous = page.getByRole('region', { name: 'Previous setup' });
    await expect(previous).toContainText(`Signed in as ${anna.email}`);
    await expect(previous).toContainText(/Kept until\s*\d+ \w+/);
    await previous.getByRole('link', { name: 'Put it back' }).click();
    await page.getByRole('button', { name: 'Prove it and put it back' }).click();
    await expect(page.getByText('It did not prove itself')).toBeVisible({ timeout: 40_000 });
    await expect(page.getByText('Nothing was changed.')).toBeVisible();
    (await it.desk.admin.go(`${EMAIL}/${id}`)).must(`signed in as ${ben.email}`);
    await rig.call('/front/delegate', { mailbox: shared.email, person: anna.email, allowed: true });
    await page.goto(`${it.url}${EMAIL}/${id}/put-back`);
    await page.getByRole('button', { name: 'Prove it and put it back' }).click();
    await expect(page.getByText(`Saved: ${shared.email} is switched`)).toBeVisible({ timeout: 40_000 });
    (await it.desk.admin.go(`${EMAIL}/${id}`)).must(`signed in as ${anna.email}`);
    await rig.send({ from: customer, to: shared.email, subject: 'After putting back', text: 'Still there?' });
    await it.desk.ticket('After putting back', { seconds: 45 });
    await it.desk.reply(ticket, 'By anna again.');
    await rig.arrived(customer, (m) => m.subject.startsWith('Re:'), { seconds: 30 });
    // What was put away can be put back in turn, until its time is over.
    await page.goto(`${it.url}${EMAIL}/${id}`);
    await expect(previous).toContainText(`Signed in as ${ben.email}`);
    await rig.call('/clock', { offset: '+31d' });
    try {
      const later = await visit();
      await signIn(later, it.mailkeep, ADMIN, `${EMAIL}/${id}`);
      await expect(later.getByRole('heading', { name: shared.email })).toBeVisible();
      await expect(later.getByRole('region', { name: 'Previous setup' })).toHaveCount(0);
      await later.goto(`${it.url}${EMAIL}/${id}/put-back`);
      await expect(later.getByText('Nothing is here')).toBeVisible();
      await until('the timeline tells that it was wiped', async () => { await later.goto(`${it.url}${EMAIL}/${id}`); return (await later.getByRole('region', { name: 'Timeline' }).textContent()).includes('The previous setup was wiped'); }, 90, 500);
    } finally {
      await rig.call('/clock', { offset: '+0d' });
    }
  });
});
