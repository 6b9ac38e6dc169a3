// Every page at two widths in two themes: axe-core without violations, nothing wider than the window, nothing that
// moves when the script arrives; with LOOKS=1 a picture in test-results/looks for people to look at. Then the keyboard.
import * as fs from 'node:fs';
import * as path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { HERE, until } from '../support/rig.mjs';
import { Mailkeep } from '../support/mailkeep.mjs';
import { ADMIN, AGENT } from '../support/desk.mjs';
import { EMAIL, awake, banner, signIn } from '../support/pages.mjs';
import { signInByKeys, tabTo } from '../support/keyboard.mjs';
import { lose } from '../support/outage.mjs';

// The two widths side by side, each with a world of its own.
test.describe.configure({ mode: 'parallel' });

const shots = path.join(HERE, 'test-results/looks');
const at = deskOf(test);
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Mailboxes in many states, tickets in some; made once, by doing it to the rig.
const world = {};
test.beforeAll(async ({ rig }, info) => {
  info.setTimeout(180_000);
  fs.mkdirSync(shots, { recursive: true });
  const { desk } = at;
  const user = (word, domain, more) => ({ email: `${fresh(word)}@${domain}.example`, name: `${word} desk`, ...more });
  const care = user('care', 'contoso', { password: 'care-pass', oauth: true });
  const lost = user('help', 'contoso', { password: 'help-pass', oauth: true });
  const half = user('ben', 'contoso', { password: 'ben-pass', oauth: true });
  const hello = user('hello', 'litware', { imap_password: 'hello-pass-1' });
  const orders = user('orders', 'contoso', { password: 'orders-pass', oauth: true, imap_password: 'orders-pass' });
  const older = user('older', 'contoso', { password: 'older-pass', oauth: true });
  await rig.users(care, lost, half, hello, orders, older);
  await rig.call('/mail/append', { user: older.email, from: 'Hanna <hanna@customer.example>', subject: 'Where is my order 20418, which you promised for the beginning of last week', count: 7 });
  await rig.call('/front/smtp-auth', { user: half.email, enabled: false });
  world.agent = await desk.invite(AGENT);
  world.care = await desk.bySignIn(care.email, { password: care.password, name: 'Contoso care' });
  world.lost = await desk.bySignIn(lost.email, { password: lost.password, name: 'Help' });
  world.half = await desk.bySignIn(half.email, { password: half.password });
  world.halfResult = desk.admin.url;
  world.hello = await desk.byPassword(hello.email, { password: hello.imap_password });
  // One that moved from its password to the sign-in, with the next switch prepared, and an address forwarded to it.
  world.switched = await desk.byPassword(orders.email, { password: orders.imap_password, provider: 'microsoft' });
  await desk.admin.go(`${EMAIL}/${world.switched}`);
  await desk.admin.press('Sign in with Microsoft');
  await desk.admin.atProvider(orders.email, orders.password);
  world.switchResult = desk.admin.url;
  await desk.admin.go(`${EMAIL}/${world.switched}/switch`);
  await desk.admin.press('Continue', { case: 'moved', provider_key: 'google' });
  await desk.admin.go(`${EMAIL}/new`);
  await desk.admin.press('Continue', { address: `${fresh('sales')}@litware.example`, name: '' });
  await desk.admin.press('Forward to this mailbox', { to: String(world.switched) });
  world.draft = await desk.draft(`${fresh('draft')}@contoso.example`, { provider: 'microsoft' });
  world.passwordDraft = await desk.draft(`${fresh('draft')}@litware.example`);
  const mail = (to, subject, more) => rig.send({ from: 'Mia Lind <mia@customer.example>', to, subject, text: 'The sensor reads 0 since Monday.\n\nWhat can we do?\n\n> quoted\n> lines', ...more });
  await mail(care.email, 'Sensor reads 0', { html: '<p>The sensor reads <b>0</b> since Monday.</p><img src="http://far.example/p.gif">', attachments: [{ name: 'sensor.log', bytes: 18_400 }, { name: 'a-photograph-with-a-file-name-as-long-as-telephones-write-them-20261122.jpg', type: 'image/jpeg', bytes: 48_000 }] });
  await rig.send({ from: 'Nobody <nobody@bounce.example>', to: care.email, subject: 'Comes back', text: 'Is anybody there?' });
  await mail(lost.email, 'Where is my parcel');
  await mail(hello.email, 'Invoice 4711 is wrong, and a rather long subject that goes on and on until it no longer fits in one line');
  world.ticket = (await desk.ticket('Sensor reads 0')).id;
  world.held = (await desk.ticket('Where is my parcel')).id;
  world.bounced = (await desk.ticket('Comes back')).id;
  await desk.reply(world.ticket, 'We send a new one today.');
  await desk.reply(world.bounced, 'This comes back.');
  await rig.call('/idp/revoke', { account: lost.email, access: true });
  await rig.call('/mail/kick', { user: lost.email });
  await rig.call('/mail/password', { user: hello.email, password: 'hello-pass-2' });
  await rig.call('/mail/kick', { user: hello.email });
  await desk.mailboxSays(world.lost, 'credentials have expired');
  await desk.mailboxSays(world.hello, 'Reauthorization required');
  await desk.reply(world.held, 'It is on its way.\n\nIts number is 00340434161094042557.');
  world.waiting = /href="(\/outbox\/\d+)"/.exec((await desk.admin.go('/outbox')).html)[1];
  await until('the reply came back', async () => (await desk.admin.go(`/tickets/${world.bounced}`)).sees('Delivery report'), 30, 250);
  // Another provider, found by its issuer; and an import that waits to be looked at.
  await desk.admin.go('/admin/registrations/discover');
  await desk.admin.press('Look it up', { issuer: `${rig.env.GOOGLE_URL}/realms/litware` });
  world.found = new URL(desk.admin.url);
  const importing = await desk.draft(older.email, { provider: 'microsoft', importFrom: 'beginning' });
  await desk.admin.go(`${EMAIL}/${importing}/set-up/sign-in`);
  await desk.admin.press('Sign in with Microsoft');
  await desk.admin.atProvider(older.email, older.password);
  world.importing = `${EMAIL}/${importing}/set-up/import`;
  await until('the import is counted', async () => (await desk.admin.go(world.importing)).sees('7 messages would come in'), 40, 250);
  // A copy of all of it, which asks whether it takes over.
  const data = fs.mkdtempSync('/tmp/mailkeep-e2e.');
  expect((await at.mailkeep.command('backup', path.join(data, 'mailkeep.db'))).code).toBe(0);
  fs.copyFileSync(path.join(at.mailkeep.data, 'key'), path.join(data, 'key'));
  world.copy = await Mailkeep.start(rig, { name: 'looks-copy', data });
});
test.afterAll(async () => {
  await world.copy?.stop();
  if (world.copy) fs.rmSync(world.copy.data, { recursive: true, force: true });
});

const PAGES = {
  'support-emails': () => EMAIL,
  'support-emails-need': () => `${EMAIL}?show=need`,
  queue: () => `${EMAIL}/queue`,
  'new-address': () => `${EMAIL}/new`,
  'new-provider': () => `${EMAIL}/${world.draft}/set-up/provider`,
  'new-use': () => `${EMAIL}/${world.draft}/set-up/use`,
  'new-sign-in': () => `${EMAIL}/${world.draft}/set-up/sign-in`,
  'new-password': () => `${EMAIL}/${world.passwordDraft}/set-up/password`,
  'new-result-half': () => new URL(world.halfResult).pathname,
  'password-result': () => `${EMAIL}/${world.hello}/set-up/result`,
  'mailbox-healthy': () => `${EMAIL}/${world.care}`,
  'mailbox-lost': () => `${EMAIL}/${world.lost}`,
  'mailbox-half': () => `${EMAIL}/${world.half}`,
  'mailbox-password': () => `${EMAIL}/${world.hello}`,
  'mailbox-edit': () => `${EMAIL}/${world.care}/edit`,
  'mailbox-check': () => `${EMAIL}/${world.half}/check`,
  'mailbox-disconnect': () => `${EMAIL}/${world.care}/disconnect`,
  'mailbox-switched': () => `${EMAIL}/${world.switched}`,
  'mailbox-forwarded': () => `${EMAIL}/${world.switched}/edit`,
  switch: () => `${EMAIL}/${world.care}/switch`,
  'switch-sign-in': () => `${EMAIL}/${world.switched}/switch/sign-in`,
  'switch-password': () => `${EMAIL}/${world.switched}/switch/password`,
  'switch-done': () => new URL(world.switchResult).pathname,
  'mailbox-received': () => `${EMAIL}/${world.care}/received`,
  'mailbox-link': () => `${EMAIL}/${world.lost}/link`,
  'mailbox-delete': () => `${EMAIL}/${world.care}/delete`,
  'check-lost': () => `${EMAIL}/${world.lost}/check`,
  import: () => world.importing,
  'put-back': () => `${EMAIL}/${world.switched}/put-back`,
  registrations: () => '/admin/registrations',
  'registration-new': () => '/admin/registrations?new=google#form',
  'registration-guide': () => '/admin/registrations/guide/microsoft',
  'provider-issuer': () => '/admin/registrations/discover',
  'provider-found': () => world.found.pathname + world.found.search,
  ends: () => '/admin/ends',
  notices: () => '/admin/notices',
  people: () => '/admin/people',
  server: () => '/admin/server',
  tickets: () => '/tickets',
  'tickets-search': () => '/tickets?q=sensor',
  'tickets-none': () => '/tickets?q=nothinglikeit',
  ticket: () => `/tickets/${world.ticket}`,
  'ticket-held': () => `/tickets/${world.held}`,
  'ticket-bounced': () => `/tickets/${world.bounced}`,
  'ticket-new': () => '/tickets/new',
  outbox: () => '/outbox',
  'outbox-waiting': () => world.waiting,
  me: () => '/me',
  help: () => '/help',
  'help-sign-in-expired': () => '/help/sign-in-expired',
  'not-found': () => '/nowhere',
};
const GATES = { 'sign-in': '/sign-in', 'sign-in-refused': '/sign-in?refused=invalid.EmailOrPasswordWrong', 'welcome-ended': '/welcome/abc', 'callback-forged': '/sign-in-refused/forged' };

/** A silent copy's question stands on all of its pages. */
const COPIED = { 'copy-asks': () => EMAIL, 'copy-asks-server': () => '/admin/server', 'copy-asks-tickets': () => '/tickets' };

/**
 * Writes down in the page what moves by itself after it was drawn, until a live region takes on fresh facts: a state that says
 * something longer is no fault of the script's arrival.
 */
const watchShifts = () => {
  globalThis.shifts = [];
  let renewed = Infinity;
  new MutationObserver((list) => {
    const live = (m) => [...m.removedNodes].some((n) => n.nodeType === Node.ELEMENT_NODE && (n.matches('[data-live]') || m.target.closest?.('[data-live]')));
    if (list.some(live)) renewed = Math.min(renewed, performance.now());
  }).observe(document, { childList: true, subtree: true });
  // Less than a thousandth is a letter's edge, when its font comes late on a busy machine.
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (e.startTime < renewed && e.value >= 0.001) globalThis.shifts.push(`${e.value.toFixed(4)} ${e.sources.map((s) => s.node?.outerHTML?.slice(0, 80)).join(' | ')}`);
  }).observe({ type: 'layout-shift', buffered: true });
};

/** One page in both themes: a picture, axe-core, nothing wider than the window, nothing that moves. */
async function look(page, name, width, where, home = at.url) {
  await page.goto(home + where);
  await awake(page);
  await page.evaluate(async () => { await document.fonts.ready; await new Promise((ok) => { requestAnimationFrame(() => requestAnimationFrame(ok)); }); });
  const problems = (await page.evaluate(() => globalThis.shifts)).map((s) => `${name}: moves when the script arrives: ${s}`);
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    if (process.env.LOOKS) await page.screenshot({ path: path.join(shots, `${name}-${width}-${theme}.png`), fullPage: true });
    // What does not depend on colour is asked once. The legacy mode asks this frame alone, without a second page for each answer.
    const axe = new AxeBuilder({ page }).setLegacyMode().exclude('iframe');
    const found = await (theme === 'light' ? axe.withTags(TAGS) : axe.withRules(['color-contrast', 'link-in-text-block'])).analyze();
    problems.push(...found.violations.map((v) => `${name}, ${theme}: ${v.id} (${v.help}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`));
  }
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return null;
    const culprits = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > limit + 1).slice(0, 4);
    return culprits.map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${Math.round(e.getBoundingClientRect().right)} > ${limit}`).join('; ') || `page ${document.documentElement.scrollWidth} > ${limit}`;
  });
  if (wide) problems.push(`${name}: wider than the window: ${wide}`);
  return problems;
}

for (const width of [1280, 390]) {
  test(`every page at ${width} px, light and dark`, async ({ browser }) => {
    test.setTimeout(900_000);
    const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 800 }, hasTouch: width === 390 });
    const page = await context.newPage();
    await page.addInitScript(watchShifts);
    const problems = [];
    for (const [name, where] of Object.entries(GATES)) problems.push(...await look(page, name, width, where));
    await signIn(page, at.mailkeep, ADMIN);
    for (const [name, where] of Object.entries(PAGES)) problems.push(...await look(page, name, width, where()));
    await context.clearCookies();
    await signIn(page, at.mailkeep, AGENT);
    for (const name of ['tickets', 'ticket-held', 'outbox-waiting']) problems.push(...await look(page, `agent-${name}`, width, PAGES[name]()));
    await context.clearCookies();
    await signIn(page, world.copy, ADMIN);
    for (const [name, where] of Object.entries(COPIED)) {
      problems.push(...await look(page, name, width, where(), world.copy.url));
      await expect(page.getByRole('heading', { name: 'This is a copy, and it is silent' }), name).toBeVisible();
    }
    await context.close();
    expect(problems).toEqual([]);
  });
}

test('by keyboard alone: signing in, and reauthorizing from the banner', async ({ page, rig }) => {
  const user = { email: `${fresh('keys')}@contoso.example`, name: 'Keys', password: 'keys-pass', oauth: true };
  await rig.users(user);
  const id = await at.desk.bySignIn(user.email, { password: user.password });
  await page.goto(`${at.url}/sign-in`);
  await signInByKeys(page, ADMIN);
  await expect(page).toHaveURL(/\/tickets$/);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();

  await lose(rig, at.desk, id, user.email);
  await page.goto(`${at.url}/admin/people`);
  await expect(banner(page)).toContainText('Please reauthorize');
  await tabTo(page, banner(page).getByRole('link', { name: 'Email settings' }), 'the banner\'s link');
  await page.goto(`${at.url}${EMAIL}/${id}`);
  await awake(page);
  const button = page.locator('.call').getByRole('button', { name: /^Sign in with Microsoft/ });
  await tabTo(page, button, 'Sign in with Microsoft');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Password')).toBeVisible();
  await page.getByLabel('Email').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(user.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(user.password);
  await page.keyboard.press('Enter');
  const accept = page.getByRole('button', { name: 'Accept' });
  await until('back', async () => page.url().startsWith(at.url) || (await accept.count()) > 0, 45);
  if (await accept.count()) await accept.press('Enter');
  await expect(page.getByText(`Saved: ${user.email} works again`)).toBeVisible();
});

test('the narrow menu opens, moves and closes by keyboard', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await signIn(page, at.mailkeep, ADMIN);
  await tabTo(page, page.getByRole('button', { name: 'Menu', exact: true }), 'the menu button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await context.close();
});
