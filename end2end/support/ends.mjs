// What tests of ends share: people with sign-ins, a desk in the browser, waiting for refreshes.
import { expect } from '@playwright/test';
import { fresh } from './fixtures.mjs';
import { until } from './rig.mjs';
import { ADMIN, Desk } from './desk.mjs';
import { signIn } from './pages.mjs';

export const R21 = 'Alert: Some of your support email IMAP refresh tokens will expire within 10 days. Re-authenticate them here to avoid service interruption. Learn more here.';

/** A support mailbox at a provider that signs in by itself. */
export async function mailboxAt(rig, word, domain = 'contoso.example') {
  const user = { email: `${fresh(word)}@${domain}`, name: 'Contoso Support', password: `${word}-pass`, oauth: true };
  await rig.users(user);
  return user;
}

/** A desk with these mailboxes connected by sign-in: `{mailkeep, desk, ids}`. */
export async function deskWith(start, users, options = {}) {
  const mailkeep = await start(options);
  const desk = await new Desk(mailkeep).open();
  const ids = [];
  for (const user of users) {
    ids.push(await desk.bySignIn(user.email, { password: user.password, short: user.email.includes('northwind') ? 'Google' : 'Microsoft' }));
  }
  return { mailkeep, desk, ids };
}

/** When an account's tokens were refreshed last, on the provider's clock. */
const refreshed = async (rig, user) => new Date((await rig.call('/idp/stats', { account: user.email })).last.refresh_token ?? 0);

/** Moves days in steps that no refresh window closes in, and waits each time until these were refreshed on the new day. */
export async function live(rig, days, users) {
  for (let left = days; left > 0; left -= 40) {
    await rig.days(Math.min(left, 40));
    // Not counted: one that was under way before the move may come after it, and is as good.
    const moved = rig.now.getTime() - 5_000;
    for (const user of users) await until(`a refresh for ${user.email}`, async () => (await refreshed(rig, user)).getTime() >= moved, 120);
  }
}

/** Opens a page as the admin, signing in where the session has ended. */
export async function asAdmin(page, mailkeep, path) {
  await page.goto(mailkeep.url + path);
  if (page.url().includes('/sign-in')) await signIn(page, mailkeep, ADMIN, path);
}

/** The line of a sign-in on *Sign-in ends*. */
export const line = (page, name) => page.locator('.horizon li').filter({ hasText: name });

/** Reloads until it holds: what the server does after a move takes a moment. */
export async function soon(page, holds) {
  await expect(async () => { await page.reload(); await holds(); }).toPass({ timeout: 30_000, intervals: [300] });
}
