// The scene that several rows begin with: a desk with its admin in the browser, and people of one test alone.
import { fresh } from './fixtures.mjs';
import { APP } from './desk.mjs';
import { EMAIL, firstStart, register } from './pages.mjs';

/** A support mailbox and a customer. */
export async function people(rig, word, more = {}) {
  const support = { email: `${fresh(word)}@contoso.example`, name: 'Contoso Support', password: `${word}-pass`, oauth: true, ...more };
  const customer = { email: `${fresh('mia')}@customer.example`, name: 'Mia Lind', imap_password: 'mia-pass' };
  await rig.users(support, customer);
  return { support, customer };
}

/** A desk with its admin in the browser, and Microsoft's registration. */
export async function begun(page, start, { tenant = 'common', options } = {}) {
  const mailkeep = await start(options);
  await firstStart(page, mailkeep);
  await page.goto(`${mailkeep.url}/admin/registrations?new=microsoft`);
  await register(page, { ...APP, tenant });
  await page.goto(mailkeep.url + EMAIL);
  return mailkeep;
}

/** The id of the mailbox whose row stands in the list. */
export async function idOf(page, mailkeep, address) {
  await page.goto(mailkeep.url + EMAIL);
  const href = await page.getByRole('row').filter({ hasText: address }).getByRole('link', { name: address, exact: true }).getAttribute('href');
  return Number(/\/(\d+)$/.exec(href)[1]);
}
