// Working tickets: finding, reading, answering.
import * as fs from 'node:fs';
import * as http from 'node:http';
import { once } from 'node:events';
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN } from '../support/desk.mjs';
import { awake, reply, row, signIn, ticketLink } from '../support/pages.mjs';

const at = deskOf(test);

/** A connected mailbox and a customer of this test alone, and the admin signed in. */
async function scene(page, rig) {
  const box = { email: `${fresh('box')}@litware.example`, name: 'Litware', imap_password: 'box-box-password' };
  const mia = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-mia-password' };
  await rig.users(box, mia);
  const id = await at.desk.byPassword(box.email, { password: box.imap_password });
  await signIn(page, at.mailkeep, ADMIN);
  const write = (mail) => rig.send({ from: `Mia Lind <${mia.email}>`, to: box.email, ...mail });
  return { box, mia, id, write };
}

async function openTicket(page, subject) {
  const { id } = await at.desk.ticket(subject);
  await page.goto(`${at.url}/tickets/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await awake(page);
  return id;
}

test('search by word, by its beginning, by address; filters by mailbox, person and state', async ({ page, rig }) => {
  const { box, mia, write } = await scene(page, rig);
  const word = fresh('zanzibar').replace('-', '');
  await write({ subject: `${word} one`, text: 'The pelican landed.' });
  await write({ subject: `${word} two`, text: `Nothing but ${word} here, ${word} and ${word}.` });
  await write({ subject: 'Quite different', text: 'An ostrich.' });
  await at.desk.ticket('Quite different');
  await at.desk.ticket(`${word} two`);
  await page.goto(`${at.url}/tickets`);
  const find = async (text) => { await page.getByLabel('Search tickets').fill(text); await page.getByRole('button', { name: 'Apply' }).click(); };
  await expect(async () => { await find(word); await expect(page.getByText(`2 tickets for “${word}”, the best first.`)).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 45_000 });
  await expect(page.getByRole('table').getByRole('link').first()).toContainText(`${word} two`);
  // The index follows the tickets: the last of the three is found, too.
  await expect(async () => { await find('ostrich'); await expect(ticketLink(page, 'Quite different')).toBeVisible({ timeout: 500 }); }).toPass({ timeout: 45_000 });
  await find(word.slice(0, -2));
  await expect(ticketLink(page, `${word} one`)).toBeVisible();
  await find('pelican');
  await expect(ticketLink(page, `${word} one`)).toBeVisible();
  await expect(ticketLink(page, `${word} two`)).toHaveCount(0);
  await expect(page.locator('mark').first()).toHaveText(/pelican/i);
  await find(mia.email);
  await expect(ticketLink(page, 'Quite different')).toBeVisible();
  await find('nosuchwordanywhere');
  await expect(page.getByRole('heading', { name: 'No ticket matches' })).toBeVisible();

  // What looks like an operator is a word.
  for (const odd of ['"', 'AND', 'a* OR', "'; drop table tickets; --", '(', '-', '🐙']) {
    await find(odd);
    await expect(page.getByRole('heading', { name: 'Tickets', exact: true })).toBeVisible();
    await expect(page.getByText('could not do this')).toHaveCount(0);
  }

  await page.goto(`${at.url}/tickets`);
  await page.getByRole('combobox', { name: 'Mailbox' }).selectOption({ label: box.email });
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('table').getByRole('link')).toHaveCount(3);
  await ticketLink(page, 'Quite different').click();
  await page.getByRole('combobox', { name: 'Assigned to' }).selectOption({ label: ADMIN.name });
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await page.getByRole('button', { name: 'Close ticket' }).click();
  await expect(page.getByRole('button', { name: 'Reopen ticket' })).toBeVisible();
  await page.goto(`${at.url}/tickets?status=closed`);
  await page.getByRole('combobox', { name: 'Assigned to' }).selectOption({ label: ADMIN.name });
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(ticketLink(page, 'Quite different')).toBeVisible();

  // The customer writes again: it is open again, the same ticket.
  const [first] = (await rig.list(box.email)).filter((m) => m.subject === 'Quite different');
  await write({ subject: 'Re: Quite different', text: 'Still an ostrich.', headers: { 'In-Reply-To': first.messageId, References: first.messageId } });
  await page.goto(`${at.url}/tickets`);
  await expect(ticketLink(page, 'Quite different')).toHaveCount(1, { timeout: 45_000 });
  await ticketLink(page, 'Quite different').click();
  await expect(page.getByRole('article')).toHaveCount(2);
});

test('attachments come in and go out as they are', async ({ page, rig }, info) => {
  const { mia, write } = await scene(page, rig);
  const subject = fresh('Files');
  const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, n) => (n * 31) % 256));
  await write({ subject, text: 'See attached.', attachments: [{ name: 'plan ä.bin', type: 'application/octet-stream', base64: bytes.toString('base64') }, { name: '..\\..\\evil<b>.html', type: 'text/html', base64: Buffer.from('<script>alert(1)</script>').toString('base64') }] });
  await openTicket(page, subject);
  const [down] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /plan/ }).click()]);
  expect(fs.readFileSync(await down.path()).equals(bytes)).toBe(true);
  const evil = await page.request.get(new URL(await page.getByRole('link', { name: /evil/ }).getAttribute('href'), at.url).href);
  expect(evil.headers()['content-disposition']).toMatch(/^attachment/);
  expect(evil.headers()['content-security-policy']).toMatch(/sandbox|default-src 'none'/);
  expect(evil.headers()['x-content-type-options']).toBe('nosniff');

  const report = info.outputPath('report.bin');
  fs.writeFileSync(report, bytes);
  await page.locator('#composer input[type=file]').setInputFiles([report]);
  await expect(page.getByRole('list', { name: 'Files to attach' })).toContainText('report.bin');
  const extra = info.outputPath('removed.txt');
  fs.writeFileSync(extra, 'Not this one.');
  await page.locator('#composer input[type=file]').setInputFiles([extra]);
  await page.getByRole('button', { name: 'Remove removed.txt' }).click();
  await expect(page.getByRole('list', { name: 'Files to attach' })).not.toContainText('removed.txt');
  await reply(page, 'The report is attached.');
  const got = await rig.arrived(mia.email, (m) => m.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
  const raw = await rig.raw(mia.email, { uid: got.uid });
  expect(raw.replace(/[\r\n]/g, '')).toContain(bytes.toString('base64'));
  expect(raw).toContain('report.bin');
  expect(raw).not.toContain('removed.txt');
  await expect(page.getByRole('article').last().getByRole('link', { name: /report\.bin/ })).toBeVisible();
});

test('reply to all, Cc, and the signature of the mailbox', async ({ page, rig }) => {
  const { box, mia, id, write } = await scene(page, rig);
  const jan = { email: `${fresh('jan')}@customer.example`, name: 'Jan', imap_password: 'jan-jan-password' };
  const kai = { email: `${fresh('kai')}@customer.example`, name: 'Kai', imap_password: 'kai-kai-password' };
  await rig.users(jan, kai);
  await page.goto(`${at.url}/admin/channels/email/${id}/edit`);
  await page.getByLabel(/^Name customers see/).fill('Litware desk');
  await page.getByLabel(/^Signature/).fill('With regards\nThe desk');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const subject = fresh('Everybody');
  await write({ subject, text: 'For all of us.', headers: { Cc: jan.email }, envelopeTo: [box.email] });
  await openTicket(page, subject);
  await page.getByRole('radio', { name: 'Reply to all' }).check();
  await expect(page.getByLabel('Cc')).toHaveValue(new RegExp(jan.email));
  await page.getByLabel('Cc').fill(`${jan.email}, ${kai.email}`);
  await reply(page, 'An answer to everybody.');
  for (const who of [mia, jan, kai]) {
    const m = await rig.arrived(who.email, (x) => x.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
    expect(m.from).toContain('Litware desk');
    expect(m.to).toContain(mia.email);
    expect(m.cc).toContain(jan.email);
    expect(m.cc).toContain(kai.email);
    expect(m.cc).not.toContain(box.email);
  }
  const [m] = await rig.list(kai.email);
  const raw = await rig.raw(kai.email, { uid: m.uid });
  const text = /base64/i.test(raw) ? raw + Buffer.from(raw.split(/\r?\n\r?\n/).slice(1).join(''), 'base64').toString() : raw;
  expect(text).toContain('The desk');
});

test('an internal note stays inside', async ({ page, rig }) => {
  const { mia, write } = await scene(page, rig);
  const subject = fresh('Note');
  await write({ subject, text: 'Do not tell me.' });
  await openTicket(page, subject);
  await page.getByRole('radio', { name: 'Internal note' }).check();
  await expect(page.getByText('For colleagues only. Nobody outside gets it.')).toBeVisible();
  await page.getByLabel('Your text').fill('She has called twice already.');
  await page.getByRole('button', { name: 'Add note', exact: true }).click();
  await expect(page.getByRole('article').filter({ hasText: 'She has called twice already.' })).toContainText('Internal note');
  await reply(page, 'A real reply after it.');
  await rig.arrived(mia.email, (m) => m.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
  const mails = await rig.list(mia.email);
  expect(mails).toHaveLength(1);
  expect(await rig.raw(mia.email, { uid: mails[0].uid })).not.toContain('called twice');
});

test('a ticket that begins with our mail; the answer comes back to it', async ({ page, rig }) => {
  const { box, mia } = await scene(page, rig);
  const subject = fresh('Recall');
  await page.getByRole('link', { name: 'New ticket' }).first().click();
  await page.getByLabel('From').selectOption({ label: box.email });
  await page.getByLabel('To', { exact: true }).fill(mia.email);
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('Message').fill('Please send the pump back.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  const got = await rig.arrived(mia.email, (m) => m.subject.startsWith(subject), { seconds: 30 });
  await rig.send({ from: mia.email, to: box.email, subject: `Re: ${subject}`, text: 'Gladly.', headers: { 'In-Reply-To': got.messageId, References: got.messageId } });
  await expect(page.getByRole('article').filter({ hasText: 'Gladly.' })).toBeVisible({ timeout: 45_000 });
});

test('a draft is kept, and something newer is read before it is sent', async ({ page, rig, visit }) => {
  const { mia, box, write } = await scene(page, rig);
  const subject = fresh('Draft');
  await write({ subject, text: 'First.' });
  const id = await openTicket(page, subject);
  await page.getByLabel('Your text').fill('Half a thought');
  await expect(page.getByText(/^Draft kept/)).toBeVisible();
  const again = await visit();
  await signIn(again, at.mailkeep, ADMIN, `/tickets/${id}`);
  await expect(again.getByLabel('Your text')).toHaveValue('Half a thought');

  // A tab without live updates: something newer comes, and is shown before anything leaves.
  const still = await visit({ javaScriptEnabled: false });
  await signIn(still, at.mailkeep, ADMIN, `/tickets/${id}`);
  const [first] = (await rig.list(box.email)).filter((m) => m.subject === subject);
  await write({ subject: `Re: ${subject}`, text: 'Second: it has solved itself.', headers: { 'In-Reply-To': first.messageId, References: first.messageId } });
  await expect(page.getByRole('article').filter({ hasText: 'it has solved itself' })).toBeVisible({ timeout: 45_000 });
  await expect(page.getByLabel('Your text'), 'what is being written is not disturbed').toHaveValue('Half a thought');
  await still.getByLabel('Your text').fill('A whole thought.');
  await still.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(still.getByText('Something newer came. Nothing was sent')).toBeVisible();
  await expect(still.getByLabel('Your text')).toHaveValue('A whole thought.');
  await expect(still.getByText('it has solved itself').first()).toBeVisible();
  expect(await rig.list(mia.email)).toHaveLength(0);
  await still.getByRole('button', { name: 'Send anyway', exact: true }).click();
  await expect(still.getByRole('article').filter({ hasText: 'A whole thought.' })).toBeVisible();
  await rig.arrived(mia.email, (m) => m.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
});

test('a second click sends once', async ({ page, rig }) => {
  const { mia, write } = await scene(page, rig);
  const subject = fresh('Twice');
  await write({ subject, text: 'Once please.' });
  await openTicket(page, subject);
  await page.getByLabel('Your text').fill('Only once.');
  await page.getByRole('button', { name: 'Send', exact: true }).dblclick();
  await expect(page.getByRole('article').filter({ hasText: 'Only once.' })).toHaveCount(1);
  await rig.arrived(mia.email, (m) => m.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
  await page.reload();
  await expect(page.getByText(/Sent, taken by/)).toHaveCount(1, { timeout: 45_000 });
  expect(await rig.list(mia.email)).toHaveLength(1);
});

test('hostile HTML is shown without power, and remote images only when asked', async ({ page, rig }) => {
  const { write } = await scene(page, rig);
  const subject = fresh('Hostile');
  const asked = [];
  const tracker = http.createServer((req, res) => { asked.push(req.url); res.writeHead(200, { 'content-type': 'image/gif' }); res.end(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')); }).listen(0, '127.0.0.1');
  await once(tracker, 'listening');
  const far = `http://127.0.0.1:${tracker.address().port}`;
  try {
    const dialogs = [];
    page.on('dialog', (d) => { dialogs.push(d.message()); d.dismiss(); });
    await write({ subject, text: 'Plain <b>words</b> & <script>alert("text")</script>', html: `<html><head><style>body{background:url(${far}/css.gif)} @import url(${far}/import.css);</style><link rel="stylesheet" href="${far}/link.css"><meta http-equiv="refresh" content="0;url=${far}/meta"><base href="${far}/"></head>
<body onload="parent.alert(1)" background="${far}/background.gif"><p>Formatted <b>hello</b></p><script>parent.alert(2)</script><img src="${far}/pixel.gif" onerror="alert(3)"><img src="x" onerror="alert(4)"><svg onload="alert(5)"><image href="${far}/svg.gif"/></svg>
<a href="javascript:alert(6)">js</a> <a href="https://example.org/">web</a><form action="${far}/form"><input name="password"><button>Sign in</button></form><iframe src="${far}/frame"></iframe><object data="${far}/object"></object><video poster="${far}/poster.gif"></video>
<div style="position:fixed;top:0;left:0;width:9999px;height:9999px;background-image:url(${far}/style.gif)">over</div></body></html>` });
    await openTicket(page, subject);
    const article = page.getByRole('article').first();
    await expect(article).toContainText('Plain <b>words</b> & <script>alert("text")</script>');
    await article.getByText('Show as the sender formatted it').click();
    const frame = article.locator('iframe');
    await expect(frame).toHaveAttribute('sandbox', /^(?!.*allow-(scripts|same-origin)).*$/);
    const inside = article.frameLocator('iframe');
    await expect(inside.getByText('hello')).toBeVisible();
    for (const bad of ['script', 'form', 'iframe', 'object', 'base', 'meta[http-equiv=refresh]', '[onerror]', '[onload]', 'a[href^="javascript"]']) await expect(inside.locator(bad), bad).toHaveCount(0);
    await expect(article.getByText(/remote images? (is|are) blocked/)).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(asked, 'nothing was fetched from outside').toEqual([]);

    const source = await page.request.get(new URL(await frame.getAttribute('src'), at.url).href);
    expect(source.headers()['content-security-policy']).toMatch(/default-src 'none'/);
    expect(source.headers()['content-security-policy']).toContain('sandbox');
    const unsigned = (await frame.getAttribute('src')).replace(/[?].*$/, '');
    if (unsigned !== await frame.getAttribute('src')) expect((await page.request.get(new URL(unsigned, at.url).href)).status()).toBeGreaterThanOrEqual(400);

    await article.getByRole('link', { name: 'Load images' }).click();
    await expect(page.getByText('Remote images are loaded.')).toBeVisible();
    await expect.poll(() => asked.includes('/pixel.gif')).toBe(true);
    expect(asked.filter((u) => ['/meta', '/frame', '/object', '/form', '/link.css', '/import.css'].includes(u))).toEqual([]);
    expect(dialogs).toEqual([]);
  } finally { tracker.close(); tracker.closeAllConnections(); }
});

test('without a script everything works: reading, replying, closing', async ({ rig, visit, page }) => {
  const { mia, write } = await scene(page, rig);
  const subject = fresh('Scriptless');
  await write({ subject, text: 'I switched scripts off.' });
  const { id } = await at.desk.ticket(subject);
  const plain = await visit({ javaScriptEnabled: false });
  await signIn(plain, at.mailkeep, ADMIN, `/tickets/${id}`);
  await plain.getByLabel('Your text').fill('No problem.');
  await plain.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(plain.getByRole('article').filter({ hasText: 'No problem.' })).toBeVisible();
  await rig.arrived(mia.email, (m) => m.subject.startsWith(`Re: ${subject}`), { seconds: 30 });
  await plain.getByRole('button', { name: 'Close ticket' }).click();
  await expect(plain.getByRole('button', { name: 'Reopen ticket' })).toBeVisible();
  await plain.goto(`${at.url}/tickets?status=closed`);
  await expect(row(plain, subject)).toBeVisible();
});
