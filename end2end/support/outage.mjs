// Outages of sign-ins, as tests begin with them.
import { fresh } from './fixtures.mjs';
import { until } from './rig.mjs';
import { Visitor } from './visitor.mjs';

/** Somebody with a mailbox of their own at Microsoft, whose access tokens live as long as told. */
export async function person(rig, word, { domain = 'contoso.example', accessTtl = 20, ...more } = {}) {
  const user = { email: `${fresh(word)}@${domain}`, name: `${word[0].toUpperCase()}${word.slice(1)} Tester`, password: `${word}-pass`, oauth: true, ...more };
  await rig.users(user);
  await rig.call('/idp/config', { account: user.email, accessTtl });
  return user;
}

/** A shared mailbox that these people open and may send as. */
export async function shared(rig, word, ...people) {
  const delegates = people.map((p) => p.email);
  const box = { email: `${fresh(word)}@contoso.example`, name: word, shared: true, delegates, send_as: delegates };
  await rig.users(box);
  return box;
}

/** The provider's admin revokes an account's sign-in, and open sessions end; waits until a mailbox of it says so. */
export async function lose(rig, desk, id, email, ...boxes) {
  await rig.call('/idp/revoke', { account: email, reason: 'admin', access: true });
  for (const user of [email, ...boxes]) await rig.call('/mail/kick', { user });
  return stopped(desk, id);
}

/** Waits until a mailbox needs a sign-in. */
export async function stopped(desk, id) {
  return until(`mailbox ${id} needs a sign-in`, async () => (await desk.admin.go(`/admin/channels/email/${id}`)).sees(/credentials have expired|Another person has to sign in/), 90, 250);
}

/** Sets out from this page as the browser would, and gives the address to which the provider sends it back, unopened. */
export async function answerOf(page, home, { email, password }, { form = page.locator('form[action="/oauth/begin"]').first(), cancel = false } = {}) {
  const fields = await form.evaluate((f) => Object.fromEntries(new FormData(f)));
  const begun = await page.request.post(`${home}/oauth/begin`, { form: fields, headers: { origin: home }, maxRedirects: 0 });
  const provider = new Visitor('nowhere:');
  provider.stopAt = (url) => url.includes('/oauth/callback');
  provider.url = begun.headers().location;
  await provider.go(provider.url);
  while (!provider.stopAt(provider.url)) {
    if (cancel) await provider.press('Cancel');
    else if (provider.html.includes('name="password"')) await provider.press('Sign in', { email, password });
    else await provider.press('Accept');
  }
  return provider.url;
}
