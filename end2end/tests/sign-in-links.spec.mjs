// A sign-in link: somebody without an account here signs in for a mailbox, and the admin sees how it goes.
import * as fs from 'node:fs';
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { until } from '../support/rig.mjs';
import { ADMIN } from '../support/desk.mjs';
import { EMAIL, awake, banner, follow, mailboxId, signIn, throughProvider } from '../support/pages.mjs';
import { lose, person } from '../support/outage.mjs';

const at = deskOf(test);
test.beforeEach(async ({ page }) => { await signIn(page, at.mailkeep, ADMIN, EMAIL); });

/** A mailbox of its own person, connected and then revoked. */
async function lost(rig, word) {
  const owner = await person(rig, word);
  const id = await at.desk.bySignIn(owner.email, { password: owner.password });
  await lose(rig, at.desk, id, owner.email);
  return { owner, id };
}

/** Makes a link to copy and gives its address. */
async function made(page, id, who, named) {
  await page.goto(`${at.url}${EMAIL}/${id}/link`);
  await page.getByRole('radio', { name: who }).check();
  if (named) await page.getByLabel('The other person\'s account').fill(named);
  await page.getByRole('radio', { name: /^Copy it/ }).check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('Pass this link on now')).toBeVisible();
  const url = (await page.locator('.notice code').textContent()).trim();
  expect(url).toMatch(new RegExp(`^${at.url}/s/[\\w-]{43}$`));
  await page.reload();
  await expect(page.getByText(url), 'shown once').toHaveCount(0);
  return url;
}

const links = (page) => page.getByRole('region', { name: 'Links of this mailbox' });

test('mailed to the owner, opened by scanners, used by the owner, seen by the admin at each step', async ({ page, rig, visit }) => {
  test.setTimeout(180_000);
  const { owner, id } = await lost(rig, 'owner');
  // Another mailbox that can send; its own trouble is nobody's here.
  const healthy = { email: `${fresh('desk')}@litware.example`, name: 'Desk', imap_password: 'desk-pass' };
  const inbox = { email: `${fresh('olga')}@litware.example`, name: 'Olga Owner', imap_password: 'olga-pass' };
  await rig.users(healthy, inbox);
  const through = await at.desk.byPassword(healthy.email, { password: healthy.imap_password });
  await at.desk.mailboxSays(through, 'Works');

  await page.goto(`${at.url}${EMAIL}/${id}`);
  await page.getByRole('link', { name: 'Send a sign-in link' }).first().click();
  await expect(page.getByRole('radio', { name: `The same person: ${owner.email}` })).toBeChecked();
  await expect(page.getByText(`Leaves from ${healthy.email}`)).toBeVisible();
  await page.getByLabel('Email it to').fill(inbox.email);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('The link is sent')).toBeVisible({ timeout: 30_000 });
  await expect(links(page)).toContainText('Sent');
  await expect(links(page)).toContainText(`mailed to ${inbox.email}`);

  const mail = await rig.arrived(inbox.email, (m) => m.subject === `Please sign in once for ${owner.email}`);
  expect(mail.from).toContain(healthy.email);
  const raw = (await rig.raw(inbox.email, { uid: mail.uid })).replace(/=\r?\n/g, '').replaceAll('=3D', '=');
  const url = new RegExp(`${at.url}/s/[\\w-]{43}`).exec(raw)[0];
  const token = url.split('/s/')[1];
  expect(raw).toContain(`${ADMIN.name} asks you to sign in once at Microsoft`);
  expect(raw).toContain('You need no account there');

  // Scanners fetch it, with HEAD and GET, again and again; some run its scripts.
  for (const method of ['HEAD', 'GET', 'GET']) {
    const answer = await fetch(url, { method, redirect: 'manual' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
  const scanner = await visit();
  let left = 0;
  scanner.on('request', (r) => { if (!r.url().startsWith(at.url)) left += 1; });
  await scanner.goto(url);
  await awake(scanner);
  expect(scanner.url(), 'no script goes on by itself').toBe(url);
  expect(left).toBe(0);
  await page.reload();
  await expect(links(page)).toContainText('Sent');
  await expect(links(page)).not.toContainText('Opened');

  // The owner, who has no account here.
  const theirs = await visit();
  const referers = [];
  theirs.on('request', (r) => { if (!r.url().startsWith(at.url)) referers.push(r.headers().referer); });
  await theirs.goto(url);
  await expect(theirs.getByText(`${ADMIN.name} asks you`)).toBeVisible();
  await expect(theirs.getByRole('heading', { name: `Please sign in once for ${owner.email}` })).toBeVisible();
  await expect(theirs.getByText('The help desk reads this mailbox and answers from it.')).toBeVisible();
  await expect(theirs.getByText(`Read and send mail of ${owner.email}. Nothing else of your account.`)).toBeVisible();
  await expect(theirs.getByText('Mailkeep never sees it.')).toBeVisible();
  await expect(theirs.getByText(`${ADMIN.name} (${ADMIN.email})`)).toBeVisible();
  await follow(theirs, theirs.getByRole('button', { name: `Sign in as ${owner.email}` }));
  await expect(links(page)).toContainText('Opened', { timeout: 45_000 });
  await throughProvider(theirs, at.mailkeep, owner);
  await expect(theirs.getByRole('heading', { name: 'Done, you may close this page' })).toBeVisible({ timeout: 30_000 });
  await expect(theirs.getByText(`Signed in as ${owner.email}`)).toBeVisible();
  expect(theirs.url()).not.toMatch(/code=|state=|\/s\//);
  expect(referers.filter(Boolean).join(), 'the provider never learns the link').not.toContain(token);
  await theirs.reload();
  await expect(theirs.getByRole('heading', { name: 'Done, you may close this page' })).toBeVisible();

  // The admin sees it, the mailbox works, and the link is spent.
  await expect(links(page)).toContainText(`signed in as ${owner.email}`, { timeout: 45_000 });
  await page.goto(`${at.url}${EMAIL}/${id}`);
  await expect(page.locator('#directions')).not.toContainText('Stopped');
  await expect(page.locator('#sign-in-links')).toContainText('Completed');
  await theirs.goto(url);
  await expect(theirs.getByRole('heading', { name: 'This was done already' })).toBeVisible();
  await expect(theirs.getByRole('button', { name: /Sign in/ })).toHaveCount(0);
  const log = fs.readFileSync(at.mailkeep.log, 'utf8');
  expect(log).toContain('a sign-in link was made');
  expect(log).not.toContain(token);
  await expect(banner(page)).not.toContainText(owner.email);
});

test('for the same person only: another one is refused, nothing changes, the picker comes, and it works', async ({ page, rig, visit }) => {
  const { owner, id } = await lost(rig, 'same');
  const other = await person(rig, 'other');
  const url = await made(page, id, /^The same person/);
  const theirs = await visit();
  await theirs.goto(url);
  await follow(theirs, theirs.getByRole('button', { name: `Sign in as ${owner.email}` }));
  await throughProvider(theirs, at.mailkeep, other);
  await expect(theirs.getByRole('heading', { name: `You signed in as ${other.email}; this mailbox waits for ${owner.email}` })).toBeVisible();
  await expect(theirs.getByText('Nothing was changed')).toBeVisible();
  await page.goto(`${at.url}${EMAIL}/${id}/link`);
  await expect(links(page)).toContainText('Refused');
  await expect(links(page)).toContainText(`Signed in as ${other.email}, who was not asked.`);
  await page.goto(`${at.url}${EMAIL}/${id}`);
  await expect(page.locator('#directions')).toContainText('Stopped');
  await follow(theirs, theirs.getByRole('button', { name: `Try again as ${owner.email}` }));
  await expect(theirs.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
  await throughProvider(theirs, at.mailkeep, owner);
  await expect(theirs.getByRole('heading', { name: 'Done, you may close this page' })).toBeVisible({ timeout: 30_000 });
});

test('for a named person, for anyone with access, taken back, declined', async ({ page, rig, visit }) => {
  test.setTimeout(180_000);
  const [anna, ben, stranger] = [await person(rig, 'anna'), await person(rig, 'ben'), await person(rig, 'stranger')];
  const shared = { email: `${fresh('team')}@contoso.example`, name: 'Team', shared: true, delegates: [anna.email, ben.email], send_as: [anna.email, ben.email] };
  await rig.users(shared);
  const id = await at.desk.bySignIn(shared.email, { as: anna.email, password: anna.password });
  const attempt = async (url, who, name) => {
    const theirs = await visit();
    await theirs.goto(url);
    await follow(theirs, theirs.getByRole('button', { name }));
    await throughProvider(theirs, at.mailkeep, who);
    return theirs;
  };
  const before = await at.desk.admin.go(`${EMAIL}/${id}`);
  expect(before.text).toContain(`signed in as ${anna.email}`);

  // Bad input first: nothing is made.
  await page.goto(`${at.url}${EMAIL}/${id}/link`);
  await page.getByRole('radio', { name: /^Another person, named/ }).check();
  await page.getByRole('radio', { name: /^Copy it/ }).check();
  await page.getByLabel('The other person\'s account').fill('<script>alert(1)</script>');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.getByText('Nothing was made.').first()).toBeVisible();
  await expect(links(page)).toHaveCount(0);

  const anyone = await made(page, id, /^Anyone who can open/);
  const no = await attempt(anyone, stranger, 'Sign in with Microsoft');
  await expect(no.getByRole('heading', { name: 'This account can\'t open the mailbox' })).toBeVisible({ timeout: 30_000 });
  await expect(no.getByText('What Microsoft said')).toBeVisible();
  expect((await at.desk.admin.go(`${EMAIL}/${id}`)).text, 'the working sign-in stays').toContain(`signed in as ${anna.email}`);
  const yes = await attempt(anyone, ben, 'Sign in with Microsoft');
  await expect(yes.getByRole('heading', { name: 'Done, you may close this page' })).toBeVisible({ timeout: 30_000 });
  expect((await at.desk.admin.go(`${EMAIL}/${id}`)).text).toContain(`signed in as ${ben.email}`);

  const named = await made(page, id, /^Another person, named/, anna.email);
  const wrong = await attempt(named, ben, `Sign in as ${anna.email}`);
  await expect(wrong.getByText(`this mailbox waits for ${anna.email}`)).toBeVisible();
  const right = await attempt(named, anna, `Sign in as ${anna.email}`);
  await expect(right.getByRole('heading', { name: 'Done, you may close this page' })).toBeVisible({ timeout: 30_000 });

  const back = await made(page, id, /^The same person/);
  await links(page).getByRole('button', { name: /^Take back/ }).click();
  await expect(page.getByText('The link is taken back')).toBeVisible();
  await expect(links(page)).toContainText('Revoked');
  const late = await visit();
  await late.goto(back);
  await expect(late.getByRole('heading', { name: 'This link was taken back' })).toBeVisible();

  const notMine = await made(page, id, /^The same person/);
  const theirs = await visit();
  await theirs.goto(notMine);
  await theirs.getByRole('button', { name: 'It was not for me' }).click();
  await expect(theirs.getByRole('heading', { name: 'Thank you for saying so' })).toBeVisible();
  await page.reload();
  await expect(links(page)).toContainText('Whoever got it said that it was not for them.');

  const old = await made(page, id, /^The same person/);
  await rig.call('/clock', { offset: '+8d' });
  try {
    await late.goto(old);
    await expect(late.getByRole('heading', { name: 'This link is too old' })).toBeVisible();
  } finally { await rig.call('/clock', { offset: '+0' }); }
  await late.goto(`${at.url}/s/${'A'.repeat(43)}`);
  await expect(late.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
  expect(await until('mailbox works', async () => (await at.desk.admin.go(`${EMAIL}/${id}`)).sees('Works'))).toBe(true);
  expect(mailboxId(page)).toBe(id);
});
