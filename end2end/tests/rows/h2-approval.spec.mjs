// H2: an organisation where only an admin may allow an app, which is most of them.
import { test, expect, deskOf, fresh } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN } from '../../support/desk.mjs';
import { signIn, row, follow, throughProvider, EMAIL } from '../../support/pages.mjs';

const at = deskOf(test);

/** An organisation of its own with an admin and a mailbox; nobody but the admin may consent. */
async function organisation(rig) {
  const domain = `${fresh('firm')}.example`;
  const people = { admin: { email: `chief@${domain}`, name: 'Chief', password: 'chief-pass', admin: true, oauth: true, provider: 'microsoft' }, box: { email: `help@${domain}`, name: 'Help', password: 'help-pass', oauth: true, provider: 'microsoft' } };
  await rig.users(people.admin, people.box);
  await rig.call('/idp/admin-consent', { tenant: domain, required: true });
  return { domain, ...people };
}

test('H2 an admin approves by a link, and only the sign-in is left', async ({ page, rig, visit }) => {
  test.setTimeout(120_000);
  const { domain, admin, box } = await organisation(rig);
  const id = await at.desk.draft(box.email, { provider: 'microsoft' });
  await signIn(page, at.mailkeep, ADMIN, `${EMAIL}/${id}/set-up/sign-in`);
  // The person at the provider meets the wall and comes back.
  await follow(page, page.getByRole('button', { name: /^Sign in with Microsoft/ }).first());
  await page.getByLabel('Email').fill(box.email);
  await page.getByLabel('Password').fill(box.password);
  await follow(page, page.getByRole('button', { name: 'Sign in' }));
  await expect(page.getByRole('heading', { name: 'Need admin approval' })).toBeVisible();
  await follow(page, page.getByRole('button', { name: 'Return to the application without granting consent' }));
  await expect(page.getByRole('heading', { name: 'An admin of the organisation has to approve first' })).toBeVisible();
  await page.getByRole('link', { name: 'Ask an admin to approve' }).click();

  let link;
  await clause('H2', 'a consent link to send, and waiting for approval since', async () => {
    await page.getByRole('button', { name: 'Make the link to send' }).click();
    await expect(page.getByText(/^Waiting for approval since /)).toBeVisible();
    link = (await page.getByRole('region', { name: 'Link to send' }).locator('.copy code').first().textContent()).trim();
    const url = new URL(link);
    expect(url.pathname).toBe(`/${domain}/v2.0/adminconsent`);
    expect(url.searchParams.get('redirect_uri')).toBe(`${at.url}/oauth/callback`);
    expect(url.searchParams.get('scope')).toContain('IMAP.AccessAsUser.All');
    expect(url.search).not.toContain('secret');
    // On the mailbox, in the list and in the queue.
    await page.goto(`${at.url}${EMAIL}/${id}`);
    await expect(page.getByText(/^Waiting for approval since /)).toBeVisible();
    await page.goto(at.url + EMAIL);
    await expect(row(page, box.email)).toContainText(/Waiting for approval since /);
    await page.goto(`${at.url}${EMAIL}/queue`);
    await expect(page.getByRole('region', { name: 'Waiting for approval' }).getByText(box.email, { exact: true })).toBeVisible();
  });

  await clause('H2', 'when it comes back only the sign-in is left', async () => {
    const chief = await visit();
    // First they decline: said, and the same link still works.
    await chief.goto(link);
    await follow(chief, chief.getByRole('button', { name: 'Cancel' }));
    await expect(chief.getByRole('heading', { name: 'It is not approved' })).toBeVisible();
    await page.goto(`${at.url}${EMAIL}/${id}`);
    await expect(page.getByText('The approval was declined')).toBeVisible();
    await chief.goto(link);
    await chief.getByLabel('Email').fill(admin.email);
    await chief.getByLabel('Password').fill(admin.password);
    await follow(chief, chief.getByRole('button', { name: 'Accept' }));
    await expect(chief.getByRole('heading', { name: 'Thank you, it is approved' })).toBeVisible();
    expect(chief.url(), 'the answer left the address bar').toBe(`${at.url}/approval/approved`);
    await page.goto(`${at.url}${EMAIL}/queue`);
    await expect(page.getByRole('region', { name: 'Waiting for approval' })).toContainText('Approved: only the sign-in is left');
    await page.goto(`${at.url}${EMAIL}/${id}/set-up/sign-in`);
    await expect(page.getByText('Approved: only the sign-in is left')).toBeVisible();
    await follow(page, page.getByRole('button', { name: /^Sign in with Microsoft/ }).first());
    await throughProvider(page, at.mailkeep, box);
    await expect(page.getByText(`Saved: ${box.email} is connected`)).toBeVisible();
    await page.goto(`${at.url}${EMAIL}/${id}`);
    await expect(page.getByText('Approved: only the sign-in is left')).toHaveCount(0);
    await page.goto(`${at.url}${EMAIL}/queue`);
    await expect(page.getByText(box.email, { exact: true })).toHaveCount(0);
  });
});

test('H2 a sign-in that never came back asks what Microsoft showed', async ({ page, rig }) => {
  const { box } = await organisation(rig);
  const id = await at.desk.draft(box.email, { provider: 'microsoft' });
  await signIn(page, at.mailkeep, ADMIN, `${EMAIL}/${id}/set-up/sign-in`);
  await follow(page, page.getByRole('button', { name: /^Sign in with Microsoft/ }).first());
  await page.goto(`${at.url}${EMAIL}/${id}/set-up/sign-in`);
  await clause('H2', 'a sign-in that never came back asks what Microsoft showed, and answers the pasted text', async () => {
    await expect(page.getByText(/^The sign-in of .* has not come back$/)).toBeVisible();
    await page.getByRole('link', { name: 'What did Microsoft show you?' }).click();
    const panel = page.getByRole('region', { name: 'What did Microsoft show you?' });
    const say = async (text) => {
      await panel.getByLabel(/^Text or number/).fill(text);
      await panel.getByRole('button', { name: 'What does it mean?' }).click();
      await page.waitForLoadState();
    };
    await say('');
    await expect(panel.getByText('Nothing was entered.')).toBeVisible();
    for (const [text, title, more] of [
      ['90094', 'Admin', 'Make the link for the admin'],
      ['Need admin approval\nMailkeep needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.', 'Admin', 'Make the link for the admin'],
      ["AADSTS50011: The redirect URI 'http://x/oauth/callback' specified in the request does not match the redirect URIs configured for the application.", 'address', 'Look at the registration'],
      ['AADSTS700016: Application with identifier was not found in the directory', 'registration', 'Look at the registration'],
    ]) {
      await say(text);
      const answer = panel.getByRole('status');
      await expect(answer).toContainText(new RegExp(title, 'i'));
      await expect(answer.getByText(more, { exact: true }).first(), text).toBeVisible();
      await expect(answer.getByText('Who can fix it')).toBeVisible();
      expect(page.url().replace(at.url, ''), 'nothing that was pasted stands in the address').toBe(`${EMAIL}/${id}/approval#shown`);
    }
    // A text that nobody knows is shown as it was, and called unknown.
    await say('<b>Something</b> quite else went wrong at 11:02');
    await expect(panel.getByRole('status')).toContainText('This text is not known here');
    await panel.getByText('What Microsoft said').click();
    await expect(panel.locator('code')).toContainText('<b>Something</b> quite else went wrong');
  });
});
