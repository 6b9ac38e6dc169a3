// R26: missed mail that somebody forwards becomes tickets of the original senders, each once.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { ADMIN, AGENT } from '../../support/desk.mjs';
import { signIn } from '../../support/pages.mjs';
import { clause } from '../../support/clauses.mjs';

const at = deskOf(test);
const DAY = 86_400_000;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const two = (n) => String(n).padStart(2, '0');
const half = (d) => `${d.getUTCHours() % 12 || 12}:${two(d.getUTCMinutes())} ${d.getUTCHours() < 12 ? 'AM' : 'PM'}`;
/** As Gmail and Outlook write a date, on a clock an hour ahead of UTC. */
const ahead = (date) => new Date(date.getTime() + 3_600_000);
const gmailDate = (date) => { const d = ahead(date); return `${DAYS[d.getUTCDay()].slice(0, 3)}, ${MONTHS[d.getUTCMonth()].slice(0, 3)} ${d.getUTCDate()}, ${d.getUTCFullYear()} at ${half(d)}`; };
const outlookDate = (date) => { const d = ahead(date); return `${DAYS[d.getUTCDay()]}, ${MONTHS[d.getUTCMonth()]} ${d.getUTCDate()}, ${d.getUTCFullYear()} ${half(d)}`; };
const rfc = (date) => date.toUTCString().replace('GMT', '+0000');
/** So many days ago, at a minute of its own, which has passed whatever the time is. */
const ago = (days, minute) => new Date(Math.floor((Date.now() - 600_000 - days * DAY) / 3_600_000) * 3_600_000 + minute * 60_000 + 17_000);

/** A customer's mail as bytes. */
const original = ({ from, to, subject, date, text, id }) => [
  `Message-ID: <${id}>`, `From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Date: ${rfc(date)}`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', text, ''].join('\r\n');
const gmail = ({ from, to, subject, date, text }) => `Found this.\n\n---------- Forwarded message ---------\nFrom: ${from}\nDate: ${gmailDate(date)}\nSubject: ${subject}\nTo: <${to}>\n\n\n${text}\n`;
const outlookWeb = ({ from, to, subject, date, text }) => `<html><body dir="ltr"><div><br></div><div id="appendonsend"></div><hr tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b>&nbsp;${from.replace('<', '&lt;').replace('>', '&gt;')}<br><b>Sent:</b>&nbsp;${outlookDate(date)}<br><b>To:</b>&nbsp;${to} &lt;${to}&gt;<br><b>Subject:</b>&nbsp;${subject}</font><div>&nbsp;</div></div><div>${text}</div></body></html>`;
const outlookDesktop = ({ from, to, subject, date, text }) => `\n-----Original Message-----\nFrom: ${from}\nSent: ${outlookDate(date)}\nTo: ${to}\nSubject: ${subject}\n\n${text}\n`;
const attached = (messages) => ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="bundle-1"', '', '--bundle-1', 'Content-Type: text/plain', '', '',
  ...messages.flatMap((m) => ['--bundle-1', 'Content-Type: message/rfc822', 'Content-Disposition: attachment', '', m]), '--bundle-1--', ''].join('\r\n');

/** A shared mailbox that Anna signed in for, an agent, and a customer; the admin in the browser. */
async function scene(page, rig) {
  const anna = { email: `${fresh('anna')}@contoso.example`, name: 'Anna Berg', password: 'anna-own-pass', oauth: true };
  const box = { email: `${fresh('team')}@contoso.example`, name: 'Team', shared: true, oauth: true, delegates: [anna.email], send_as: [anna.email] };
  const mia = `${fresh('mia')}@customer.example`;
  await rig.users(anna, box, { email: mia, name: 'Mia Lind', imap_password: 'mia-mia-password' });
  const id = await at.desk.bySignIn(box.email, { as: anna.email, password: anna.password });
  at.agent ??= await at.desk.invite(AGENT);
  await signIn(page, at.mailkeep, ADMIN);
  const mail = (word, days, minute) => ({ from: `Mia Lind <${mia}>`, to: box.email, subject: `${fresh(word)}`, date: ago(days, minute), text: `About ${word}: it does not light.`, id: `${fresh('m')}@customer.example` });
  const raw = (message, by = mia) => rig.send({ from: by, to: box.email, envelopeFrom: by, envelopeTo: [box.email], raw: message });
  // As Exchange Online stamps what it takes in: without its word a forwarder is nobody.
  const vouched = (by) => `Authentication-Results: spf=pass smtp.mailfrom=${by.split('@')[1]}; dmarc=pass action=none header.from=${by.split('@')[1]};compauth=pass reason=100`;
  const forward = (by, subject, body, type = 'text/plain; charset=utf-8', results = vouched(by)) => raw([...(results ? [results] : []), `Message-ID: <${fresh('fwd')}@forwarder.example>`, `From: ${by}`, `To: ${box.email}`, `Subject: ${subject}`, `Date: ${ahead(new Date()).toUTCString().replace('GMT', '+0100')}`, ...(type ? ['MIME-Version: 1.0', `Content-Type: ${type}`, '', body.replace(/\r?\n/g, '\r\n')] : [body]), ''].join('\r\n'), by);
  return { anna, box, mia, id, mail, raw, forward };
}

/** The ticket of this subject: its first message is from Mia. */
async function fromMia(page, mia, subject, { seconds = 30 } = {}) {
  const ticket = await at.desk.ticket(subject, { seconds });
  await page.goto(`${at.url}/tickets/${ticket.id}`);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page.getByRole('article').first().getByRole('heading', { name: 'Mia Lind' })).toBeVisible();
  await expect(page.getByRole('article').first()).toContainText(mia);
  return ticket.id;
}
const withSubject = async (subject) => (await at.desk.tickets()).filter((t) => t.subject === subject);
const received = (page, id) => page.goto(`${at.url}/admin/channels/email/${id}/received`);

test('R26 an inline forward becomes a ticket of its original sender', async ({ page, rig }) => {
  const { mia, mail, forward, id } = await scene(page, rig);
  await clause('R26', 'a forwarded mail, inline from Gmail or Outlook, becomes a ticket of its original sender', async () => {
    for (const [subject, m, body, type] of [
      ['Fwd', mail('lamp', 15, 3), gmail],
      ['Fw', mail('chair', 16, 4), outlookWeb, 'text/html; charset=utf-8'],
      ['FW', mail('table', 17, 5), outlookDesktop],
    ]) {
      await forward(AGENT.email, `${subject}: ${m.subject}`, body(m), type);
      await fromMia(page, mia, m.subject);
      const first = page.getByRole('article').first();
      await expect(first).toContainText(m.text);
      await expect(first).toContainText(`Forwarded by ${AGENT.email}`);
      await expect(first).not.toContainText(/Forwarded message|Original Message/);
      expect(await withSubject(m.subject)).toHaveLength(1);
      if (body === gmail) await expect(page.getByRole('article').nth(1)).toContainText('Found this.');
    }
    // The ledger says what became of the forwarding mail.
    await received(page, id);
    await expect(page.getByRole('row').filter({ hasText: `Forwarded by ${AGENT.email}: 1 new ticket.` })).toHaveCount(3);
  });
});

test('R26 several attached ones, weeks old, are a ticket each', async ({ page, rig }) => {
  const { mia, mail, forward, id } = await scene(page, rig);
  await clause('R26', 'attached, several at once and weeks old, each becomes its own ticket', async () => {
    const mails = [mail('first', 20, 1), mail('second', 35, 2), mail('third', 90, 3)];
    await forward(AGENT.email, 'FW: what we missed', attached(mails.map(original)), '');
    for (const m of mails) {
      await fromMia(page, mia, m.subject);
      const time = page.getByRole('article').first().locator('time').first();
      expect(new Date(await time.getAttribute('datetime')).toISOString().slice(0, 16)).toBe(m.date.toISOString().slice(0, 16));
      expect(await withSubject(m.subject)).toHaveLength(1);
    }
    expect(await withSubject('what we missed')).toHaveLength(0);
    await received(page, id);
    await expect(page.getByText(`Forwarded by ${AGENT.email}: 3 new tickets.`)).toBeVisible();
  });
});

test('R26 a forward and its original are one ticket', async ({ page, rig }) => {
  const { mia, mail, raw, forward, id } = await scene(page, rig);
  await clause('R26', 'a forward and its original are one ticket, whichever comes first', async () => {
    for (const way of ['inline', 'attached']) {
      const send = (m) => (way === 'inline' ? forward(AGENT.email, `Fwd: ${m.subject}`, gmail(m)) : forward(AGENT.email, `FW: ${m.subject}`, attached([original(m)]), ''));
      const late = mail(`${way}-late`, 0, 1);
      await raw(original(late));
      await fromMia(page, mia, late.subject);
      await send(late);
      await received(page, id);
      await expect(async () => {
        await page.reload();
        await expect(page.getByText('1 known already.')).toHaveCount(way === 'inline' ? 1 : 2, { timeout: 500 });
      }).toPass({ timeout: 45_000 });
      expect(await withSubject(late.subject)).toHaveLength(1);

      const early = mail(`${way}-early`, 0, 2);
      await send(early);
      const ticket = await fromMia(page, mia, early.subject);
      await raw(original(early));
      await received(page, id);
      await expect(async () => {
        await page.reload();
        await expect(page.getByRole('row').filter({ hasText: 'Known already' }).filter({ hasText: early.subject })).toHaveCount(1, { timeout: 500 });
      }).toPass({ timeout: 45_000 });
      expect(await withSubject(early.subject)).toHaveLength(1);
      // The customer's answer to her own mail finds it.
      await raw(original({ ...early, id: `${fresh('m')}@customer.example`, subject: `Re: ${early.subject}`, text: 'Any news?', date: new Date() }).replace('MIME-Version', `In-Reply-To: <${early.id}>\r\nMIME-Version`));
      await page.goto(`${at.url}/tickets/${ticket}`);
      await expect(page.getByRole('article').filter({ hasText: 'Any news?' })).toBeVisible({ timeout: 45_000 });
    }
  });
});

test('R26 agents, owners and a list may forward, others may not', async ({ page, rig }) => {
  const { anna, mia, mail, forward, id } = await scene(page, rig);
  await clause('R26', 'agents, owners and a list may forward; others may not', async () => {
    const kim = `${fresh('kim')}@partner.example`;
    for (const by of [AGENT.email, anna.email]) {
      const m = mail('allowed', 15, 7);
      await forward(by, `Fwd: ${m.subject}`, gmail(m));
      await fromMia(page, mia, m.subject);
    }
    // A stranger's forward is the stranger's own mail.
    const before = mail('stranger', 15, 8);
    await forward(kim, `Fwd: ${before.subject}`, gmail(before));
    const { id: own } = await at.desk.ticket(before.subject);
    await page.goto(`${at.url}/tickets/${own}`);
    await expect(page.getByRole('article').first().getByRole('heading', { name: kim })).toBeVisible();
    await expect(page.getByRole('article').first()).toContainText('Forwarded message');

    // Nor is one who only says that he is an agent.
    const forged = mail('forged', 15, 11);
    await forward(AGENT.email, `Fwd: ${forged.subject}`, gmail(forged), undefined, '');
    const { id: doubtful } = await at.desk.ticket(forged.subject);
    await page.goto(`${at.url}/tickets/${doubtful}`);
    await expect(page.getByRole('article').first().getByRole('heading', { name: AGENT.email })).toBeVisible();
    await expect(page.getByRole('article').first()).toContainText('Perhaps not from your colleague');

    await page.goto(`${at.url}/admin/channels/email/${id}/edit`);
    const list = page.getByRole('region', { name: 'Who may forward to this mailbox' });
    await list.getByLabel('Address').fill('kim');
    await list.getByLabel('Address').evaluate((input) => { input.type = 'text'; });
    await list.getByRole('button', { name: 'Add the forwarder' }).click();
    await expect(list.getByText('This is not a whole email address. Nothing was saved.')).toBeVisible();
    await list.getByLabel('Address').fill(kim);
    await list.getByRole('button', { name: 'Add the forwarder' }).click();
    await expect(list.locator('.value', { hasText: kim })).toBeVisible();
    const after = mail('listed', 15, 9);
    await forward(kim, `Fwd: ${after.subject}`, gmail(after));
    await fromMia(page, mia, after.subject);

    await page.goto(`${at.url}/admin/channels/email/${id}/edit`);
    await list.getByRole('button', { name: `Remove ${kim}` }).click();
    await expect(list.getByText(kim)).toHaveCount(0);
    const gone = mail('removed', 15, 10);
    await forward(kim, `Fwd: ${gone.subject}`, gmail(gone));
    const { id: theirs } = await at.desk.ticket(gone.subject);
    await page.goto(`${at.url}/tickets/${theirs}`);
    await expect(page.getByRole('article').first().getByRole('heading', { name: kim })).toBeVisible();
  });
});
