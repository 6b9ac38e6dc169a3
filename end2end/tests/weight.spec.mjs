// What a first visit weighs, and how soon a click is answered. What moves when the script arrives: looks.spec.mjs.
import { test, expect, deskOf, fresh } from '../support/fixtures.mjs';
import { ADMIN, AGENT } from '../support/desk.mjs';
import { EMAIL, awake, signIn } from '../support/pages.mjs';

const at = deskOf(test);
const LIMIT = 450 * 1024;
const world = {};
let paths;
test.beforeAll(async ({ rig }, info) => {
  info.setTimeout(120_000);
  const care = { email: `${fresh('weight')}@contoso.example`, name: 'Care', password: 'care-pass', oauth: true };
  await rig.users(care);
  await at.desk.invite(AGENT);
  world.care = await at.desk.bySignIn(care.email, { password: care.password });
  const subject = fresh('Weighing');
  await rig.send({ from: 'mia@customer.example', to: care.email, subject, text: 'How much?' });
  world.ticket = (await at.desk.ticket(subject)).id;
  paths = ['/tickets', `/tickets/${world.ticket}`, '/tickets/new', '/outbox', EMAIL, `${EMAIL}/${world.care}`, `${EMAIL}/${world.care}/edit`,
    `${EMAIL}/${world.care}/check`, `${EMAIL}/new`, `${EMAIL}/queue`, '/admin/registrations', '/admin/people', '/admin/server', '/me', '/help'];
});

/** Bytes over the wire until the script is awake, in a browser that was never here. */
async function weigh(browser, cookies, where) {
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  let bytes = 0;
  wire.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
  await page.goto(at.url + where, { waitUntil: 'networkidle' });
  await awake(page);
  await context.close();
  return bytes;
}

test('the first load of any page is at most 450 KB over the wire', async ({ browser, page }) => {
  await signIn(page, at.mailkeep, ADMIN);
  const cookies = await page.context().cookies();
  const heavy = [];
  let most = 0;
  for (const where of paths) {
    const bytes = await weigh(browser, cookies, where);
    expect(bytes, `${where} was really loaded`).toBeGreaterThan(50_000);
    most = Math.max(most, bytes);
    if (bytes > LIMIT) heavy.push(`${where}: ${bytes}`);
  }
  test.info().annotations.push({ type: 'heaviest first load', description: `${most} bytes` });
  console.log(`heaviest first load: ${most} bytes`);
  expect(heavy).toEqual([]);
});

test('a click is answered at once: the button says what it does before the page changes', async ({ page }) => {
  await signIn(page, at.mailkeep, ADMIN);
  await page.goto(`${at.url}${EMAIL}/${world.care}/check`);
  await awake(page);
  const button = page.getByRole('button', { name: /^Check now/ });
  // Kept in this document, so that what the click did can be read: the form's way out is closed.
  await page.route('**/api/**', (route) => route.abort());
  const took = await button.evaluate((e) => new Promise((ok) => {
    const began = performance.now();
    new MutationObserver(() => { if (e.getAttribute('aria-busy') === 'true') ok(performance.now() - began); }).observe(e, { attributes: true });
    e.click();
  }));
  test.info().annotations.push({ type: 'pending state', description: `${took.toFixed(1)} ms after the click` });
  console.log(`pending state: ${took.toFixed(1)} ms after the click`);
});

test('back and reload repeat no action', async ({ page }) => {
  await signIn(page, at.mailkeep, ADMIN);
  await page.goto(`${at.url}/tickets/${world.ticket}`);
  await awake(page);
  await page.getByLabel('Your text').fill('Said once.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const said = page.getByRole('article').filter({ hasText: 'Said once.' });
  await expect(said).toHaveCount(1);
  await page.reload();
  await expect(said).toHaveCount(1);
  await page.goto(`${at.url}${EMAIL}/${world.care}`);
  await page.getByRole('button', { name: /^Pause/ }).click();
  await expect(page.getByRole('button', { name: /^Resume/ }).first()).toBeVisible();
  await page.getByRole('button', { name: /^Resume/ }).first().click();
  await expect(page.getByRole('button', { name: /^Pause/ })).toBeVisible();
  await page.goBack();
  await page.goForward();
  await page.reload();
  await expect(page.getByRole('button', { name: /^Pause/ }), 'still at work').toBeVisible();
  await page.goto(`${at.url}/tickets/${world.ticket}`);
  await expect(said).toHaveCount(1);
});
