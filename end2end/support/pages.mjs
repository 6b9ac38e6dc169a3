// What people do on the pages, in the pages' own words.
import { expect } from '@playwright/test';
import { ADMIN } from './desk.mjs';
import { until } from './rig.mjs';

export const NEW = '/admin/channels/email/new';
export const EMAIL = '/admin/channels/email';
export const R1 = /Please reauthorize your Email settings\. Learn more about it here or finish the setup in Email settings\./;
export const R13 = 'Your Microsoft Office 365 credentials have expired. Please sign in again';
export const R12 = 'Reauthorization required';

/** The scripts are there, so that a click does what it does for people. */
export async function awake(page) { await expect(page.locator('html')).toHaveAttribute('data-script', '', { timeout: 20_000 }); }

export async function open(page, mailkeep, path) { await page.goto(mailkeep.url + path); }

export async function firstStart(page, mailkeep, who = ADMIN) {
  await page.goto(mailkeep.url);
  await expect(page.getByRole('heading', { name: 'Make the first admin' })).toBeVisible();
  await page.getByLabel('One-time token').fill(await mailkeep.token());
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Your email').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Make the admin' }).click();
  await expect(page).toHaveURL(/\/admin\/server/);
}

export async function signIn(page, mailkeep, who, path = '/tickets') {
  await page.goto(mailkeep.url + path);
  await page.getByLabel('Email').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(mailkeep.url + path);
}

export async function register(page, { provider = 'Microsoft', name = 'Contoso tenant', clientId, secret, tenant = '' }) {
  await page.getByLabel('Provider', { exact: true }).selectOption({ label: provider });
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Client ID').fill(clientId);
  await page.getByLabel(/^Tenant/).fill(tenant);
  await page.getByLabel(/^Client secret/).fill(secret);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Mailboxes that waited for it are being tried now')).toBeVisible();
}

/** Steps 1 and 2 of *New support email*, from the list on. */
export async function newMailbox(page, { address, name, provider, used = 'Both', from }) {
  await page.getByRole('link', { name: 'New support email' }).first().click();
  await expect(page.getByRole('heading', { name: 'New support email' })).toBeVisible();
  await page.getByLabel('Your support email').fill(address);
  if (name) await page.getByLabel(/^Name customers see/).fill(name);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('group', { name: 'Use your own mail server' })).toBeVisible();
  if (provider) await page.getByRole('radio', { name: provider }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: new RegExp(`^${used}`) }).check();
  if (from) await page.getByLabel('Import mail from').selectOption({ label: from });
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Clicks what leads to another page, and waits until that page is there. */
export async function follow(page, locator) {
  await page.evaluate(() => { globalThis.before = true; });
  await locator.click({ timeout: 60_000 });
  await until(`another page after ${page.url()}`, () => page.evaluate(() => !globalThis.before && document.readyState !== 'loading').catch(() => false), 60);
}

/** Starts a sign-in by its button and does at the provider whatever it asks for, until the browser is back. */
export async function signInAt(page, mailkeep, { email, password, cancel = false }, { name = /^Sign in with Microsoft/, scope = page } = {}) {
  await follow(page, scope.getByRole('button', { name }).first());
  await throughProvider(page, mailkeep, { email, password, cancel });
}

/** The same, when the browser stands at the provider already. */
export async function throughProvider(page, mailkeep, { email, password, cancel = false }) {
  const back = () => page.url().startsWith(mailkeep.url);
  for (let step = 0; step < 6 && !back(); step += 1) {
    const button = (words) => page.getByRole('button', { name: words });
    if (cancel) await follow(page, button('Cancel'));
    else if (await button('Use another account').count()) await follow(page, (await button(email).count()) ? button(email) : button('Use another account'));
    else if (await page.getByLabel('Password').count()) {
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill(password);
      await follow(page, button('Sign in'));
      if (await page.getByRole('alert').count()) throw new Error(`the provider refused: ${await page.getByRole('alert').first().textContent()}`);
    } else if (await button('Accept').count()) await follow(page, button('Accept'));
    else throw new Error(`unexpected page at the provider, ${page.url()}: ${(await page.locator('body').textContent()).slice(0, 300)}`);
  }
  expect(back(), `back from the provider, but at ${page.url()}`).toBe(true);
}

/** Writes a reply on a ticket's page and sends it. */
export async function reply(page, text, { cc, button = 'Send' } = {}) {
  await page.getByLabel('Your text').fill(text);
  if (cc !== undefined) await page.getByLabel('Cc').fill(cc);
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.getByRole('article').filter({ hasText: text.split('\n')[0] })).toBeVisible();
}

export const ticketLink = (page, subject) => page.getByRole('table').getByRole('link', { name: subject });
export const row = (page, words) => page.getByRole('row').filter({ hasText: words });
export const banner = (page) => page.locator('#banners');
export const mailboxId = (page) => Number(/\/email\/(\d+)/.exec(page.url())?.[1]);
