// R5: delete emails from the server after fetching.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { until } from '../../support/rig.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { clause } from '../../support/clauses.mjs';
import { EMAIL, signIn, ticketLink } from '../../support/pages.mjs';

const at = deskOf(test, {});

test('R5 switched on, the server keeps no fetched mail; off, it keeps all', async ({ page, rig }) => {
  test.setTimeout(120_000);
  const box = (word) => ({ email: `${fresh(word)}@litware.example`, name: word, imap_password: `${word}-pass` });
  const [clears, keeps] = [box('clears'), box('keeps')];
  await rig.users(clears, keeps);
  // Somebody else's mark on an old message: it is not ours to expunge.
  await rig.call('/mail/append', { user: clears.email, subject: 'Marked by hand', flags: 'T' });
  const ids = {};
  for (const one of [clears, keeps]) ids[one.email] = await at.desk.byPassword(one.email, { password: one.imap_password });

  await signIn(page, at.mailkeep, ADMIN);
  for (const [one, on] of [[clears, true], [keeps, false]]) {
    await page.goto(`${at.url}${EMAIL}/${ids[one.email]}/edit`);
    const box = page.getByRole('checkbox', { name: /^Delete emails from the server after fetching/ });
    await expect(box).not.toBeChecked();
    if (on) await box.check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    await expect(page.locator('aside')).toContainText(`Delete after fetching${on ? 'Yes' : 'No'}`);
  }
  const word = fresh('delete');
  for (const one of [clears, keeps]) await rig.send({ from: 'mia@customer.example', to: one.email, subject: `${word} to ${one.name}`, text: 'Text.', count: 3 });

  await clause('R5', 'switched on, the server keeps no fetched mail; off, it keeps all', async () => {
    await page.goto(`${at.url}/tickets?q=${word}`);
    await expect(async () => {
      await page.reload();
      for (const one of [clears, keeps]) for (const n of [1, 2, 3]) await expect(ticketLink(page, `${word} to ${one.name} ${n}`)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 45_000 });
    const subjects = async (one) => (await rig.list(one.email)).map((m) => m.subject);
    await until('what was fetched is gone', async () => !(await subjects(clears)).some((s) => s.startsWith(word)), 30, 200);
    expect(await subjects(clears)).toEqual(['Marked by hand']);
    expect((await subjects(keeps)).filter((s) => s.startsWith(word))).toHaveLength(3);
  });
});
