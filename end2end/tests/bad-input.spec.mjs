// What people, providers and mail get wrong: a plain sentence, a remedy, and nothing that works replaced.
import { spawnSync } from 'node:child_process';
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { PROGRAM } from '../support/mailkeep.mjs';
import { until } from '../support/rig.mjs';
import { ADMIN, Desk } from '../support/desk.mjs';
import { answerOf } from '../support/outage.mjs';
import { EMAIL, follow, newMailbox, reply, row, signIn, signInAt, ticketLink, banner } from '../support/pages.mjs';

const at = deskOf(test);
test.beforeEach(async ({ page }) => { await signIn(page, at.mailkeep, ADMIN, EMAIL); });

const box = async (rig, word = 'box') => {
  const user = { email: `${fresh(word)}@litware.example`, name: 'Litware', imap_password: 'the-right-password' };
  await rig.users(user);
  return user;
};
const customer = 'mia@customer.example';

/** The password form of a new draft, with servers as given. */
async function tryServers(page, user, { password = user.imap_password, incoming = {}, outgoing = {} }) {
  const fill = async (group, { host, port, tls }) => {
    const part = page.getByRole('group', { name: group });
    if (host !== undefined) await part.getByLabel('Server').fill(host);
    if (port !== undefined) await part.getByLabel('Port').fill(String(port));
    if (tls !== undefined) await part.getByLabel('Encryption').selectOption({ label: tls });
  };
  await page.getByLabel('Password').fill(password);
  await fill('Incoming, IMAP', incoming);
  await fill('Outgoing, SMTP', outgoing);
  await follow(page, page.getByRole('button', { name: /^(Try and save|Try again)$/ }));
}

test('each thing that can be wrong with a server is said plainly, per direction, and the draft stays a draft', async ({ page, rig }) => {
  test.setTimeout(240_000);
  const user = await box(rig, 'wrong');
  await newMailbox(page, { address: user.email });
  const form = page.url();
  const good = { incoming: { host: 'imap.litware.example', port: rig.port('LITWARE_IMAPS'), tls: 'TLS' }, outgoing: { host: 'smtp.litware.example', port: rig.port('LITWARE_SMTP'), tls: 'STARTTLS' } };
  const cases = [
    ['a host that does not exist', { incoming: { host: 'imap.nowhere.litware.example' }, outgoing: { host: 'smtp.nowhere.litware.example' } }, 'The name of the server is not found'],
    ['a port where nobody listens', { incoming: { port: rig.port('CLOSED') }, outgoing: { port: rig.port('CLOSED') } }, 'Nothing answers on this port'],
    ['a server that never speaks', { incoming: { port: rig.port('SILENT'), tls: 'TLS' }, outgoing: { port: rig.port('SILENT'), tls: 'STARTTLS' } }, 'did not answer in time'],
    ['the wrong encryption', { incoming: { port: rig.port('LITWARE_IMAPS'), tls: 'STARTTLS' }, outgoing: { port: rig.port('LITWARE_SMTP'), tls: 'TLS' } }, /One side speaks TLS on this port and the other does not|did not answer in time|Something else than the expected/],
  ];
  for (const [what, wrong, sentence] of cases) {
    await test.step(what, async () => {
      await page.goto(form);
      await tryServers(page, user, { incoming: { ...good.incoming, ...wrong.incoming }, outgoing: { ...good.outgoing, ...wrong.outgoing } });
      for (const way of ['Incoming', 'Outgoing']) await expect(page.locator('.notice').filter({ hasText: `${way}:` })).toContainText(sentence, { timeout: 60_000 });
      await expect(page.getByText('Nothing was saved.').first()).toBeVisible();
    });
  }
  // One direction right, the other wrong: told apart.
  for (const [what, port, sentence] of [['a certificate of a stranger', 'STRANGER_IMAPS', 'Certificate not valid'], ['an expired certificate', 'EXPIRED_IMAPS', 'Certificate not valid'], ['a certificate for another name', 'NAMELESS_IMAPS', 'Certificate of another name']]) {
    await test.step(what, async () => {
      const other = await box(rig, 'cert');
      await page.goto(at.url + EMAIL);
      await newMailbox(page, { address: other.email });
      await tryServers(page, other, { incoming: { ...good.incoming, port: rig.port(port) }, outgoing: good.outgoing });
      await expect(page.getByText('Saved, but only outgoing works')).toBeVisible();
      await expect(page.locator('section.call')).toContainText(sentence);
      await expect(page.getByRole('region', { name: 'Outgoing' })).toContainText('Works');
    });
  }
  await test.step('a wrong password', async () => {
    await page.goto(form);
    await tryServers(page, user, { ...good, password: 'not-the-right-password' });
    await expect(page.getByText('The server refuses this user name or password. Nothing was saved.')).toBeVisible();
    await expect(page.getByText('AUTHENTICATIONFAILED')).toBeVisible();
    expect(await page.getByLabel('Password').inputValue(), 'the password does not come back').toBe('');
    expect(page.url()).not.toContain('not-the-right-password');
  });
  await test.step('a port that is none', async () => {
    await page.goto(form);
    await tryServers(page, user, { ...good, incoming: { ...good.incoming, port: '99999' } });
    await expect(page.getByText('A port is a number from 1 to 65535. Nothing was saved.').first()).toBeVisible();
  });
  await test.step('an address on the server\'s own network that is not allowed', async () => {
    await page.goto(form);
    await tryServers(page, user, { ...good, incoming: { ...good.incoming, host: '169.254.169.254' } });
    await expect(page.getByText(/private network/).first()).toBeVisible();
  });
  await page.goto(at.url + EMAIL);
  await expect(row(page, user.email)).toContainText('Not finished');
});

test('IMAP or SMTP switched off: the direction, the remedy, and the other one goes on', async ({ page, rig, start }) => {
  // A desk of its own: one banner stands at a time, and here it has to be this one.
  const mailkeep = await start();
  await new Desk(mailkeep).open({ providers: ['microsoft'] });
  await signIn(page, mailkeep, ADMIN, EMAIL);
  const support = { email: `${fresh('off')}@contoso.example`, name: 'Off', password: 'off-pass', oauth: true };
  await rig.users(support);
  await rig.call('/front/imap', { user: support.email, enabled: false });
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  await signInAt(page, mailkeep, support);
  await expect(page.getByText('Saved: signed in, but only outgoing works')).toBeVisible({ timeout: 30_000 });
  const card = page.locator('section.call');
  // Exchange's words for it also stand for a missing right or licence: the card names IMAP first.
  await expect(card).toContainText('Tick IMAP, then Save changes');
  await expect(card).toContainText(`Set-CASMailbox -Identity ${support.email} -ImapEnabled $true`);
  await rig.call('/front/imap', { user: support.email, enabled: true });
  await card.getByRole('button', { name: 'Check again' }).click();
  await expect(page.getByText('Everything works')).toBeVisible({ timeout: 30_000 });
  // Later SMTP AUTH goes: incoming does not stop, the banner has a sentence of its own.
  await rig.call('/front/smtp-auth', { user: support.email, enabled: false });
  await rig.send({ from: customer, to: support.email, subject: `While off ${support.email}`, text: 'In.' });
  await page.goto(`${mailkeep.url}/tickets`);
  await ticketLink(page, `While off ${support.email}`).click({ timeout: 45_000 });
  await reply(page, 'Out, later.');
  await expect(page.getByText('This reply is held')).toBeVisible({ timeout: 30_000 });
  await page.goto(mailkeep.url + EMAIL);
  await expect(row(page, support.email)).toContainText('Outgoing blocked');
  // Other tests' mailboxes may stand in the banner before this one: its row says it in any case.
  await expect(row(page, support.email)).toContainText('SMTP AUTH is off');
  await expect(banner(page)).not.toContainText('Please reauthorize');
  await rig.call('/front/smtp-auth', { user: support.email, enabled: true });
  await row(page, support.email).getByRole('link', { name: /Show remedy/ }).click();
  await page.getByRole('button', { name: /^Check (again|now)/ }).first().click();
  await expect(page.getByText('Everything works')).toBeVisible({ timeout: 30_000 });
  await rig.arrived(customer, (m) => m.subject.startsWith(`Re: While off ${support.email}`));
});

test('a new password that does not work replaces nothing', async ({ page, rig }) => {
  const user = await box(rig, 'kept');
  const id = await at.desk.byPassword(user.email, { password: user.imap_password });
  await page.goto(`${at.url}${EMAIL}/${id}/set-up/password`);
  await page.getByLabel('Password').fill('nonsense-nonsense');
  await page.getByRole('button', { name: 'Try and save' }).click();
  await expect(page.getByText('The present settings stay.').first()).toBeVisible({ timeout: 30_000 });
  await rig.send({ from: customer, to: user.email, subject: `Kept ${user.email}`, text: 'Still comes in.' });
  await at.desk.ticket(`Kept ${user.email}`);
  await page.goto(`${at.url}${EMAIL}/${id}`);
  await expect(page.locator('#directions')).toContainText('Works');
  await expect(page.locator('#directions')).not.toContainText('Stopped');
});

test('callbacks that are forged, replayed, stale, declined or from elsewhere change nothing and say what to do', async ({ page, rig, visit }) => {
  const support = { email: `${fresh('call')}@contoso.example`, name: 'Call', password: 'call-pass', oauth: true };
  await rig.users(support);
  const refused = async (p, heading) => {
    await expect(p.getByRole('heading', { name: heading })).toBeVisible();
    await expect(p.getByText('Nothing was changed')).toBeVisible();
    expect(p.url()).not.toMatch(/code=|state=/);
  };
  await page.goto(`${at.url}/oauth/callback?code=abc&state=forged-state`);
  await refused(page, 'This sign-in did not start here');
  await expect(page.getByRole('link', { name: 'Go to the support emails' })).toBeVisible();
  await page.goto(`${at.url}/oauth/callback`);
  await refused(page, 'This sign-in did not start here');

  // Declined at the provider.
  await page.goto(at.url + EMAIL);
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  const step = page.url();
  await signInAt(page, at.mailkeep, { ...support, cancel: true });
  await refused(page, 'You declined at the provider');

  // In another browser the answer is refused.
  await page.goto(step);
  const stranger = await visit();
  await stranger.goto(await answerOf(page, at.url, support));
  await refused(stranger, 'This sign-in started in another browser');

  // At home it counts once.
  await page.goto(step);
  await signInAt(page, at.mailkeep, support);
  await expect(page.getByText(`Saved: ${support.email} is connected`)).toBeVisible();
  let used;
  page.on('request', (r) => { if (r.url().includes('/oauth/callback')) used = r.url(); });
  await page.getByRole('link', { name: 'Go to the mailbox' }).click();
  await signInAt(page, at.mailkeep, support, { name: /^Reauthenticate/ });
  await expect(page.getByText('works again')).toBeVisible();
  await page.goto(used);
  await refused(page, 'This sign-in was used already');
});

test('a callback that took longer than ten minutes is stale', async ({ page, rig }) => {
  const support = { email: `${fresh('slow')}@contoso.example`, name: 'Slow', password: 'slow-pass', oauth: true };
  await rig.users(support);
  await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
  const answer = await answerOf(page, at.url, support);
  await rig.call('/clock', { offset: '+20m' });
  try {
    await page.goto(answer);
    await expect(page.getByRole('heading', { name: 'This sign-in took too long' })).toBeVisible();
    await expect(page.getByText('Nothing was changed')).toBeVisible();
  } finally { await rig.call('/clock', { offset: '+0' }); }
});

test('mail that is broken, nameless, mislabelled or huge is stored, visible, and never blocks the next', async ({ page, rig }) => {
  test.setTimeout(180_000);
  const user = await box(rig, 'odd');
  const tag = fresh('odd');
  await at.desk.byPassword(user.email, { password: user.imap_password });
  const put = (raw, encoding) => rig.call('/mail/append', { user: user.email, raw, encoding });
  const next = async (n) => { await rig.send({ from: customer, to: user.email, subject: `${tag} next ${n}`, text: 'I came after.' }); await at.desk.ticket(`${tag} next ${n}`, { seconds: 60 }); };
  const opens = async (subject, text) => {
    const { id } = await at.desk.ticket(subject, { seconds: 60 });
    await page.goto(`${at.url}/tickets/${id}`);
    await expect(page.getByRole('article').first()).toContainText(text);
  };

  await put(`From: odd@customer.example\r\nTo: ${user.email}\r\nSubject: ${tag} no id\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nWithout a Message-ID.\r\n`);
  await opens(`${tag} no id`, 'Without a Message-ID.');
  await put(`From: odd@customer.example\r\nTo: ${user.email}\r\nSubject: ${tag} charset\r\nMessage-ID: <${tag}.c@customer.example>\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe aus K\xf6ln, in truth ISO-8859-1.\r\n`, 'latin1');
  await opens(`${tag} charset`, 'in truth ISO-8859-1');
  await put(`From: odd@customer.example\r\nTo: ${user.email}\r\nSubject: ${tag} unknown charset\r\nMessage-ID: <${tag}.u@customer.example>\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\nPlain enough.\r\n`);
  await opens(`${tag} unknown charset`, 'Plain enough.');
  await next(1);

  // Nothing in it is as it should be.
  await put(`\u0000\u0001garbage\r\nSubject ${tag} no colon\r\n: : :\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\ufffd\r\n`);
  await put('\r\n\r\n');
  await put(`From: odd@customer.example\r\nTo: ${user.email}\r\nSubject: ${tag} nested\r\nMessage-ID: <${tag}.n@customer.example>\r\n${Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`).join('')}Content-Type: text/plain\r\n\r\nDeep down.\r\n`);
  await next(2);
  // The two without any header came in too: nothing is dropped in silence.
  const all = await at.desk.tickets(`?q=&mailbox=`);
  expect(all.map((t) => t.subject)).toContain(`${tag} nested`);

  // 60 MB on the wire.
  await rig.call('/mail/append', { user: user.email, from: 'odd@customer.example', to: user.email, subject: `${tag} sixty`, text: 'Sixty megabytes are attached.', attachments: [{ name: 'big.bin', bytes: 44_000_000 }] });
  await next(3);
  await at.desk.ticket(`${tag} sixty`, { seconds: 90 });
  const { id } = await at.desk.ticket(`${tag} sixty`);
  await page.goto(`${at.url}/tickets/${id}`);
  await expect(page.getByRole('heading', { name: `${tag} sixty` })).toBeVisible();
  expect(await rig.list(user.email), 'nothing was deleted at the server').toHaveLength(10);
});

test('killed at any time, it starts again and goes on: nothing lost, nothing twice', async ({ rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open({ providers: [] });
  const user = await box(rig, 'killed');
  const id = await desk.byPassword(user.email, { password: user.imap_password });
  const tag = fresh('killed');
  const each = 30;
  for (let round = 1; round <= 4; round += 1) {
    const sending = rig.send({ from: customer, to: user.email, subject: `${tag} ${round}`, text: `Through the crash. ${'x'.repeat(40_000)}`, count: each });
    // Once before, and at three places within what comes in.
    if (round > 1) await until('some of them are in', async () => desk.count(await desk.admin.go('/tickets')) > (round - 1) * each + round * 3, 30, 10);
    await mailkeep.restart();
    await sending;
    await until('all of them are in', async () => desk.count(await desk.admin.go('/tickets')) >= round * each, 60, 100);
  }
  const all = 4 * each;
  await until('all are found', async () => (await desk.tickets(`?q=${tag}`)).length >= all, 60, 300);
  const { id: ticket } = (await desk.tickets(`?q=${tag}`))[0];
  await desk.reply(ticket, `Answer of ${tag}.`);
  await mailkeep.restart();
  await rig.arrived(customer, (m) => m.subject?.startsWith(`Re: ${tag}`), { seconds: 60 });
  await until('the reply is settled', async () => (await desk.admin.go(`/tickets/${ticket}`)).sees(/Sent|Being checked/), 60, 250);
  const subjects = (await desk.tickets(`?q=${tag}`)).map((t) => t.subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(subjects).toHaveLength(all);
  expect((await rig.list(customer)).filter((m) => m.subject?.startsWith(`Re: ${tag}`))).toHaveLength(1);
  expect((await desk.admin.go(`${EMAIL}/${id}`)).text).toContain('Works');
});

test('a setting that makes no sense refuses to start and names itself', () => {
  for (const [name, value] of [['MAILKEEP_LISTEN', 'eighty'], ['MAILKEEP_PUBLIC_ADDRESS', 'desk.example'], ['MAILKEEP_KEY', 'short'], ['MAILKEEP_PROVIDERS', '/no/such/file'], ['MAILKEEP_LISTENN', '127.0.0.1:1']]) {
    const data = `/tmp/mailkeep-e2e.${fresh('settings')}`;
    const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !k.startsWith('MAILKEEP_')));
    const run = spawnSync(PROGRAM, [], { env: { ...env, MAILKEEP_DATA: data, MAILKEEP_LISTEN: '127.0.0.1:0', [name]: value }, timeout: 10_000, encoding: 'utf8' });
    spawnSync('rm', ['-rf', data]);
    expect(run.status, `${name}=${value}: ${run.stderr}`).toBe(1);
    expect(run.stderr, `${name}=${value}`).toContain(name);
  }
});
