// Operating it with mailboxes at work: copies, stops, keys, what a monitor and the doctor see.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, clocked, expect, fresh } from '../support/fixtures.mjs';
import { Mailkeep, freePort } from '../support/mailkeep.mjs';
import { ADMIN, AGENT, Desk } from '../support/desk.mjs';
import { signIn } from '../support/pages.mjs';
import { until } from '../support/rig.mjs';
import { person } from '../support/outage.mjs';
import { words } from '../support/visitor.mjs';

/** What a reply has become, in the words of the ticket and of the outbox. */
const SENT = 'Sent, taken by';
const ASKED = 'Being checked: was it sent?';
const CUSTOMER = 'Mia Lind <mia@customer.example>';
const litware = (word) => ({ email: `${fresh(word)}@litware.example`, name: word, imap_password: `${word}-pass` });

/** What the mail servers and the provider have seen of a user. */
async function seen(rig, user) {
  const front = await rig.call('/front/stats', { user });
  return JSON.stringify([front.counts ?? {}, front.sessions.length, await rig.call('/idp/stats', { account: user })]);
}

clocked('a copy is silent for everybody until an admin answers, then mail moves', async ({ rig, start, page }) => {
  clocked.setTimeout(240_000);
  const first = await start();
  const desk = await new Desk(first).open();
  await desk.invite(AGENT);
  const signed = await person(rig, 'signed');
  const typed = litware('typed');
  await rig.users(typed);
  await desk.bySignIn(signed.email, { password: signed.password });
  const mailbox = await desk.byPassword(typed.email, { password: typed.imap_password });
  const word = fresh('Before');
  await rig.send({ from: CUSTOMER, to: typed.email, subject: word, text: 'A question.' });
  await desk.ticket(word);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);

  // The whole folder, key and all, as an operator would take it to another machine.
  const data = `${first.data}.copy`;
  execFileSync('cp', ['-a', first.data, data]);
  const before = [await seen(rig, signed.email), await seen(rig, typed.email)];
  const late = fresh('Late');
  for (const to of [signed.email, typed.email]) await rig.send({ from: CUSTOMER, to, subject: `${late} ${to}`, text: 'Waits.' });
  const copy = await start({ data });
  expect(copy.stdout).toContain('This is a copy, and it is silent');
  const there = new Desk(copy);
  const [admin, agent] = [await there.signedIn(ADMIN), await there.signedIn(AGENT)];
  there.admin = admin;

  // A day on, everything is due: refreshes, looks, notices, the reply.
  const { id } = await there.ticket(word, { who: agent });
  await there.reply(id, 'Written on a copy.', agent);
  agent.must('This copy of Mailkeep is silent');
  await rig.days(1);
  await until('the loops were woken', () => fs.readFileSync(copy.log, 'utf8').includes('the clock jumped'), 30);
  // Whoever presses a button reaches nobody either.
  await admin.go(`/admin/channels/email/${mailbox}/check`);
  await admin.press(/^(Check again|Check now)/);
  for (const where of ['/tickets', '/outbox', '/admin/channels/email', '/admin/server', '/help']) {
    await admin.go(where);
    admin.must('This is a copy, and it is silent').must('Take over').must('Stay silent').must(`copied from ${first.data}`);
  }
  expect([await seen(rig, signed.email), await seen(rig, typed.email)], 'nobody heard of the copy').toEqual(before);
  expect((await there.tickets('', admin)).some((t) => t.subject.startsWith(late))).toBe(false);
  expect((await rig.list('mia@customer.example')).some((m) => m.subject.includes(word))).toBe(false);

  // In a browser: the question, the second choice, and the first after all.
  await signIn(page, copy, ADMIN);
  await page.goto(`${copy.url}/admin/channels/email`);
  await expect(page.getByRole('heading', { name: 'This is a copy, and it is silent' })).toBeVisible();
  await page.getByRole('button', { name: 'Stay silent' }).click();
  await expect(page.getByText('This copy stays silent')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'This is a copy, and it is silent' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Silent copy' }).first()).toContainText('nothing is fetched, sent, deleted or refreshed');
  await copy.restart();
  await page.goto(`${copy.url}/admin/server`);
  await expect(page.getByRole('heading', { name: 'This is a copy, and it is silent' })).toHaveCount(0);
  await page.locator('#take-over').getByRole('button', { name: 'Take over' }).click();
  await expect(page.getByText('This installation is the desk now')).toBeVisible();
  await expect(page.getByText('Silent copy')).toHaveCount(0);
  for (const to of [signed.email, typed.email]) await there.ticket(`${late} ${to}`, { who: admin, seconds: 60 });
  await rig.arrived('mia@customer.example', (m) => m.subject.includes(word), { seconds: 60 });
  // At home from now on.
  await copy.restart();
  await admin.go('/tickets');
  expect(admin.sees('silent')).toBe(false);
  await copy.stop();
  fs.rmSync(data, { recursive: true, force: true });
});

test('a monitor reads when each mailbox last worked, what waits and how refreshes went, and no address', async ({ rig, start }) => {
  const port = await freePort();
  const mailkeep = await start({ env: { MAILKEEP_METRICS: `127.0.0.1:${port}` } });
  const desk = await new Desk(mailkeep).open();
  const signed = await person(rig, 'monitored', { accessTtl: 20 });
  const id = await desk.bySignIn(signed.email, { password: signed.password });
  const read = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const value = (text, line) => Number(text.split('\n').find((l) => l.startsWith(`${line} `))?.slice(line.length + 1) ?? NaN);
  const text = await until('a refresh was counted', async () => { const t = await read(); return value(t, 'mailkeep_refreshes_total{outcome="refreshed"}') >= 1 && t; }, 60, 250);
  const now = Date.now() / 1000;
  for (const direction of ['incoming', 'outgoing']) {
    expect(Math.abs(now - value(text, `mailkeep_mailbox_last_success_seconds{mailbox="${id}",direction="${direction}"}`))).toBeLessThan(120);
    expect(value(text, `mailkeep_mailbox_state{mailbox="${id}",direction="${direction}",state="works"}`)).toBe(1);
  }
  expect(value(text, `mailkeep_mailbox_lag_seconds{mailbox="${id}"}`)).toBeLessThan(120);
  for (const name of ['mailbox_backlog', 'intake_waiting', 'outbox_waiting', 'outbox_held']) expect(value(text, `mailkeep_${name}{mailbox="${id}"}`)).toBe(0);
  // The server stops in mid-answer: what is known to wait there is told, until it is here.
  const backlog = async () => value(await read(), `mailkeep_mailbox_backlog{mailbox="${id}"}`);
  await rig.call('/front/fault', { user: signed.email, protocol: 'imap', kind: 'stall', on: 'UID FETCH' });
  await rig.call('/mail/append', { user: signed.email, count: 3, from: CUSTOMER, subject: fresh('Backlog') });
  await until('a backlog of 3', async () => await backlog() === 3, 30, 100);
  await rig.call('/front/fault', { clear: true, user: signed.email });
  await rig.call('/mail/kick', { user: signed.email });
  await until('no backlog', async () => await backlog() === 0, 60, 100);
  // A sign-in is lost and a reply is held: both are told.
  const word = fresh('Held');
  await rig.send({ from: CUSTOMER, to: signed.email, subject: word, text: 'A question.' });
  const { id: ticket } = await desk.ticket(word);
  await rig.call('/idp/revoke', { account: signed.email, reason: 'admin', access: true });
  await rig.call('/mail/kick', { user: signed.email });
  await desk.mailboxSays(id, 'credentials have expired');
  await desk.reply(ticket, 'Waits for a sign-in.');
  const after = await until('the reply is held', async () => { const t = await read(); return value(t, `mailkeep_outbox_held{mailbox="${id}"}`) === 1 && t; }, 30, 250);
  expect(value(after, 'mailkeep_refreshes_total{outcome="lost"}')).toBeGreaterThanOrEqual(1);
  expect(value(after, `mailkeep_outbox_waiting{mailbox="${id}"}`)).toBe(1);
  expect(value(after, `mailkeep_outbox_oldest_seconds{mailbox="${id}"}`)).toBeGreaterThanOrEqual(0);
  expect(value(after, `mailkeep_mailbox_state{mailbox="${id}",direction="incoming",state="stopped"}`)).toBe(1);
  expect(after).not.toMatch(/@|contoso|Mia|Waits/);
});

test('the doctor looks at everything and names what is wrong, who mends it and where', async ({ rig, start }) => {
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open();
  const [well, refused] = [litware('well'), litware('refused')];
  await rig.users(well, refused);
  await desk.byPassword(well.email, { password: well.imap_password });
  const id = await desk.byPassword(refused.email, { password: refused.imap_password });
  const healthy = await mailkeep.command('doctor');
  expect(healthy.said).toContain('all well');
  expect(healthy.code).toBe(0);
  for (const line of [/^ok +settings/m, /^ok +database .*the server runs/m, /^ok +key/m, /^ok +address/m, /^ok +provider microsoft/m, new RegExp(`^ok +${refused.email} incoming +works`, 'm'), new RegExp(`^ok +${refused.email} outgoing +works`, 'm')]) expect(healthy.said).toMatch(line);
  await rig.call('/mail/password', { user: refused.email, password: 'another' });
  const ill = await mailkeep.command('doctor');
  expect(ill.code).toBe(1);
  expect(ill.said).toMatch(new RegExp(`^WRONG +${refused.email} incoming .*Remedy: give the password.*/admin/channels/email/${id}$`, 'm'));
  expect(ill.said).toMatch(new RegExp(`^ok +${well.email} incoming +works`, 'm'));
  expect(ill.said).not.toContain(refused.imap_password);
});

test('a stop lets a reply in DATA finish; one that takes longer than the deadline is written down, and neither is sent twice', async ({ rig, start }) => {
  test.setTimeout(180_000);
  const box = litware('stopping');
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia', imap_password: 'mia-pass' };
  await rig.users(box, customer);
  const mailkeep = await start({ env: { MAILKEEP_STOP_WITHIN: '6' } });
  const desk = await new Desk(mailkeep).open();
  await desk.byPassword(box.email, { password: box.imap_password });
  const ask = async (word) => {
    const subject = fresh(word);
    await rig.send({ from: `Mia <${customer.email}>`, to: box.email, subject, text: 'A question.' });
    const { id } = await desk.ticket(subject);
    return { id, subject };
  };
  const taken = async () => (await rig.call('/front/faults')).armed.filter((f) => f.user === box.email).length === 0;
  const copies = async (subject) => (await rig.list(customer.email)).filter((m) => m.subject.includes(subject)).length;

  // The server takes two seconds over the message.
  const soon = await ask('Soon');
  await rig.call('/front/fault', { user: box.email, kind: 'slow', on: 'BODY', ms: 2_000 });
  await desk.reply(soon.id, 'Under way when the server is stopped.');
  await until('the message is being handed over', taken);
  mailkeep.child.kill('SIGTERM');
  expect(await mailkeep.ended).toBe(0);
  await rig.arrived(customer.email, (m) => m.subject.includes(soon.subject));
  await mailkeep.run();
  const becomes = async ({ id, subject }, state) => {
    await until(`${subject} is ${state}`, async () => (await desk.admin.go(`/tickets/${id}`)).must(state), 30, 250);
    expect(desk.admin.sees(state === SENT ? ASKED : SENT), `${subject} is either sent or asked about`).toBe(false);
    const line = (await desk.admin.go('/outbox')).html.split('<tr').find((tr) => tr.includes(subject));
    expect(words(`<tr${line}`), 'its line in the outbox').toContain(state);
  };
  await becomes(soon, SENT);

  // It takes longer than the deadline: the end waits so long and no longer, and the attempt is known afterwards.
  const late = await ask('Late');
  await rig.call('/front/fault', { user: box.email, kind: 'slow', on: 'BODY', ms: 25_000 });
  await desk.reply(late.id, 'Still under way at the deadline.');
  await until('the message is being handed over', taken);
  const began = Date.now();
  mailkeep.child.kill('SIGTERM');
  await mailkeep.ended;
  expect(Date.now() - began).toBeGreaterThan(5_000);
  expect(Date.now() - began).toBeLessThan(20_000);
  await mailkeep.run();
  await becomes(late, ASKED);
  // The server takes it in the end. What is answered now leaves after whatever was due before it: nothing was.
  await rig.arrived(customer.email, (m) => m.subject.includes(late.subject), { seconds: 60 });
  const after = await ask('After');
  await desk.reply(after.id, 'On with the day.');
  await rig.arrived(customer.email, (m) => m.subject.includes(after.subject), { seconds: 60 });
  for (const { subject } of [soon, late, after]) expect(await copies(subject), subject).toBe(1);
  await becomes(soon, SENT);
  await becomes(late, ASKED);
});

test('the key is replaced while mail comes in: every value sealed anew, the old key gone', async ({ rig, start }) => {
  test.setTimeout(180_000);
  const mailkeep = await start();
  const desk = await new Desk(mailkeep).open();
  const signed = await person(rig, 'rotated', { accessTtl: 20 });
  const typed = litware('rotated');
  await rig.users(typed);
  await desk.bySignIn(signed.email, { password: signed.password });
  await desk.byPassword(typed.email, { password: typed.imap_password });
  const key = path.join(mailkeep.data, 'key');
  const old = fs.readFileSync(key, 'utf8').trim();
  const rotation = mailkeep.command('key', 'rotate');
  const during = fresh('During');
  for (const to of [signed.email, typed.email]) await rig.send({ from: CUSTOMER, to, subject: `${during} ${to}`, text: 'Comes in.' });
  for (const to of [signed.email, typed.email]) await desk.ticket(`${during} ${to}`);
  const { code, said } = await rotation;
  expect(said).toMatch(/Sealed [1-9]\d* values anew/);
  expect(code).toBe(0);
  expect(fs.readFileSync(key, 'utf8').trim()).not.toBe(old);
  expect(fs.readFileSync(key, 'utf8').trim().split('\n')).toHaveLength(1);
  // What was sealed opens with the new key alone; sessions begin anew with it.
  await mailkeep.restart();
  const after = fresh('After');
  for (const to of [signed.email, typed.email]) await rig.send({ from: CUSTOMER, to, subject: `${after} ${to}`, text: 'Comes in.' });
  for (const to of [signed.email, typed.email]) await desk.ticket(`${after} ${to}`, { seconds: 60 });
  const { said: told, code: well } = await mailkeep.command('doctor');
  expect(told).toContain('all well');
  expect(well).toBe(0);
});
