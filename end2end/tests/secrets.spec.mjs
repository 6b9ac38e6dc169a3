// The journey at RUST_LOG=trace; afterwards no secret of it stands in a log, a page, or the database's bytes.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { randomUUID } from 'node:crypto';
import { test, expect, fresh } from '../support/fixtures.mjs';
import { Desk } from '../support/desk.mjs';
import { find, spyOn } from '../support/spy.mjs';
import { until } from '../support/rig.mjs';
import { EMAIL, banner, firstStart, newMailbox, register, reply, row, signIn, signInAt, ticketLink } from '../support/pages.mjs';

const long = (word) => `${word}-${fresh('s')}-Zq9+/~&!x`;

test('no token, password, code, state or session id stands in a log, a page or the database', async ({ page, rig, start, visit }, info) => {
  test.setTimeout(300_000);
  const spy = await spyOn(rig, info.outputPath('world'));
  try {
    const admin = { name: 'Ada Lindqvist', email: 'ada@contoso.example', password: long('admin-password') };
    const support = { email: `${fresh('sealed')}@contoso.example`, name: 'Sealed', password: long('account-password'), oauth: true };
    const box = { email: `${fresh('boxed')}@litware.example`, name: 'Boxed', imap_password: long('mail-password') };
    const second = long('second-mail-password');
    const wrong = long('wrong-mail-password');
    const app = { clientId: randomUUID(), secret: long('client-secret') };
    await rig.users(support, box);
    await rig.call('/idp/client', { client_id: app.clientId, client_secret: app.secret, name: 'Sealed app' });
    await rig.call('/idp/config', { account: support.email, accessTtl: 20 });
    for (const [kind, value] of [['admin password', admin.password], ['account password', support.password], ['mailbox password', box.imap_password], ['second mailbox password', second], ['wrong mailbox password', wrong], ['client secret', app.secret]]) spy.note(kind, value);

    const seen = [];
    const watch = (p) => {
      p.on('request', (r) => {
        const url = new URL(r.url());
        for (const key of ['state', 'code', 'nonce', 'code_challenge']) if (key !== 'code_challenge') spy.note(key, url.searchParams.get(key));
      });
      p.on('response', (r) => {
        if (!r.url().startsWith(mailkeep.url) || ['font', 'image', 'script'].includes(r.request().resourceType())) return;
        seen.push(r.body().then((b) => [r.url().replace(/[?].*/, ''), b]).catch(() => null));
      });
    };
    const mailkeep = await start({ providers: spy.providers, log: 'trace' });
    watch(page);
    const session = async (p) => { for (const c of await p.context().cookies(mailkeep.url)) if (c.name === 'mailkeep') spy.note('session id', c.value); };

    const token = await mailkeep.token();
    await firstStart(page, mailkeep, admin);
    await session(page);
    await page.goto(`${mailkeep.url}/admin/registrations?new=microsoft`);
    await register(page, { ...app, tenant: 'common' });
    await page.goto(mailkeep.url + EMAIL);
    await newMailbox(page, { address: support.email, provider: 'Microsoft Office 365' });
    await signInAt(page, mailkeep, support);
    await expect(page.getByText(`Saved: ${support.email} is connected`)).toBeVisible();
    await session(page);

    await page.goto(mailkeep.url + EMAIL);
    await newMailbox(page, { address: box.email });
    await page.getByLabel('Password').fill(wrong);
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText(/refuses this user name or password/).first()).toBeVisible({ timeout: 30_000 });
    await page.getByLabel('Password').fill(box.imap_password);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText(`${box.email} is connected`)).toBeVisible({ timeout: 30_000 });

    for (const to of [support.email, box.email]) await rig.send({ from: 'mia@customer.example', to, subject: `To ${to}`, text: 'Hello.' });
    for (const to of [support.email, box.email]) {
      await page.goto(`${mailkeep.url}/tickets`);
      await ticketLink(page, `To ${to}`).click({ timeout: 45_000 });
      await reply(page, 'Answered.');
      await expect(page.getByText(/Sent, taken by/)).toBeVisible({ timeout: 30_000 });
    }

    // Loss and repair, with a refused password on the way.
    await rig.call('/idp/revoke', { account: support.email, reason: 'admin', access: true });
    await rig.call('/mail/kick', { user: support.email });
    await rig.call('/mail/password', { user: box.email, password: second });
    await rig.call('/mail/kick', { user: box.email });
    await page.goto(mailkeep.url + EMAIL);
    await expect(row(page, support.email)).toContainText('Microsoft sign-in expired', { timeout: 90_000 });
    await expect(row(page, box.email)).toContainText('Reauthorization required', { timeout: 90_000 });
    await page.context().clearCookies({ domain: '127.0.0.1' });
    await signInAt(page, mailkeep, support, { name: /^Sign in/, scope: row(page, support.email) });
    await expect(page.getByText('works again')).toBeVisible();
    await page.goto(mailkeep.url + EMAIL);
    await row(page, box.email).getByRole('link', { name: /Give password/ }).click();
    await page.getByLabel('Password').fill(second);
    await page.getByRole('button', { name: 'Try and save' }).click();
    await expect(page.getByText(`${box.email} is connected`)).toBeVisible({ timeout: 30_000 });
    await expect(banner(page)).toBeEmpty();
    await page.goto(`${mailkeep.url}${EMAIL}`);
    const id = /(\d+)$/.exec(await row(page, support.email).getByRole('link', { name: support.email, exact: true }).getAttribute('href'))[1];
    for (const p of [`${EMAIL}/${id}`, `${EMAIL}/${id}/check`, '/admin/server', '/admin/registrations', '/me', '/outbox', '/admin/people']) await page.goto(mailkeep.url + p);
    await page.goto(`${mailkeep.url}${EMAIL}/${id}/check`);
    await page.getByRole('button', { name: /^Check/ }).first().click();
    await expect(page.getByText('Everything works')).toBeVisible({ timeout: 30_000 });
    const other = await visit();
    await signIn(other, mailkeep, admin);
    await session(other);
    await until('a refresh was seen', () => [...spy.seen.values()].filter((k) => k === 'access_token').length >= 2, 60);

    // Now look.
    const kinds = new Set(spy.seen.values());
    for (const kind of ['code', 'state', 'access_token', 'refresh_token', 'code_verifier', 'session id', 'mailbox password']) expect([...kinds], `the spy knows a ${kind}`).toContain(kind);
    const hits = [];
    const pages = (await Promise.all(seen)).filter(Boolean);
    expect(pages.length).toBeGreaterThan(30);
    for (const [url, body] of pages) hits.push(...find(body, `page ${url}`, spy.seen));
    const files = fs.readdirSync(mailkeep.data).filter((f) => f !== 'key');
    expect(files).toContain('mailkeep.db');
    expect(files).toContain('mailkeep.db-wal');
    const inDatabase = new Map([...spy.seen, [token, 'one-time token']]);
    for (const f of files) hits.push(...find(fs.readFileSync(path.join(mailkeep.data, f)), `database file ${f}`, inDatabase));
    hits.push(...find(fs.readFileSync(mailkeep.log), 'the log', spy.seen));
    await mailkeep.stop().catch(() => {});
    expect(fs.statSync(mailkeep.log).size, 'trace says something').toBeGreaterThan(2_000);
    expect([...new Set(hits)]).toEqual([]);
  } finally { spy.close(); }
});

test('the key file is for its owner alone, and a missing or wrong key refuses to start and says so', async ({ start, rig }) => {
  const mailkeep = await start();
  await new Desk(mailkeep).open();
  const key = path.join(mailkeep.data, 'key');
  expect(fs.statSync(key).mode & 0o777).toBe(0o600);
  const kept = fs.readFileSync(key);
  await mailkeep.kill();
  for (const [what, spoil] of [['missing', () => fs.rmSync(key)], ['wrong', () => fs.writeFileSync(key, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 })]]) {
    spoil();
    const refused = await mailkeep.run().then(() => 'it started', (e) => e.message);
    expect(refused, what).toMatch(/key/i);
    expect(refused, what).not.toBe('it started');
    expect(fs.existsSync(key) && what === 'missing', 'no new key over sealed data').toBe(false);
  }
  fs.writeFileSync(key, kept, { mode: 0o600 });
  await mailkeep.run();
});
