// H3: the public address, from the first start to the day the server moves.
import * as http from 'node:http';
import { test, expect } from '../../support/fixtures.mjs';
import { clause } from '../../support/clauses.mjs';
import { ADMIN, APP, Desk } from '../../support/desk.mjs';
import { firstStart, signIn } from '../../support/pages.mjs';

/** A reverse proxy on loopback, as a stranger to Mailkeep or with the headers of a named one. */
async function proxy(to, headers = () => ({})) {
  const server = http.createServer((req, res) => {
    const onward = http.request(to + req.url, { method: req.method, headers: { ...req.headers, ...headers(req) } }, (answer) => { res.writeHead(answer.statusCode, answer.headers); answer.pipe(res); });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  await new Promise((ok) => { server.listen(0, '127.0.0.1', ok); });
  return { port: server.address().port, close: () => { server.close(); server.closeAllConnections(); } };
}

test('H3 the public address is asked, checked by a browser that is there, and noticed when it changes', async ({ page, start, visit }) => {
  const mailkeep = await start({ env: { MAILKEEP_PUBLIC_ADDRESS: 'http://desk.internal.example:8080' } });
  const panel = (p) => p.getByRole('region', { name: 'Public address' });
  const front = await proxy(mailkeep.url);
  const moved = `http://localhost:${front.port}`;
  try {
    await firstStart(page, mailkeep);
    await clause('H3', 'the public address is asked at first start and checked from the browser', async () => {
      await expect(page.getByRole('heading', { name: 'Under which address do browsers reach Mailkeep?' })).toBeVisible();
      await expect(panel(page)).toContainText('Refused by providers');
      // The browser knows where it is: proposed, and proved by the press itself.
      await expect(panel(page).getByLabel('Address')).toHaveValue(mailkeep.url);
      await panel(page).getByLabel('Address').fill('ftp://nonsense');
      await panel(page).getByRole('button', { name: 'Use this address' }).click();
      await expect(panel(page).getByText('This is not a whole address')).toBeVisible();
      await panel(page).getByLabel('Address').fill(mailkeep.url);
      await panel(page).getByRole('button', { name: 'Use this address' }).click();
      await expect(page).toHaveURL(/\/admin\/server\?done=first/);
      await expect(panel(page)).toContainText(/Checked /);
      // Another address: not in use before a browser was seen there.
      await panel(page).getByLabel('Address').fill(moved);
      await panel(page).getByRole('button', { name: 'Save the address' }).click();
      await expect(page.getByText(`${moved} is not checked yet`)).toBeVisible();
      await expect(panel(page)).toContainText(`${mailkeep.url}/oauth/callback`);
      const link = (await panel(page).locator('.copy code').textContent()).trim();
      expect(link.startsWith(`${moved}/address/`)).toBe(true);
      // Not from the old address with the new one's link, and not by a made-up link.
      const elsewhere = await visit({ javaScriptEnabled: false });
      await elsewhere.goto(link.replace(moved, mailkeep.url));
      await elsewhere.getByRole('button', { name: 'Make it the public address' }).click();
      await expect(elsewhere.getByText('This browser is not at that address')).toBeVisible();
      await elsewhere.goto(`${moved}/address/AAAAAAAAAAAAAAAAAAAAAAAA`);
      await expect(elsewhere.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
      // A GET alone changes nothing; the button there does, also without script.
      await elsewhere.goto(link);
      await page.reload();
      await expect(page.getByText(`${moved} is not checked yet`)).toBeVisible();
      await elsewhere.getByRole('button', { name: 'Make it the public address' }).click();
      await expect(elsewhere).toHaveURL(new RegExp(`^${moved}/sign-in`));
      await page.goto(`${mailkeep.url}/admin/server`);
      await expect(panel(page)).toContainText(`${moved}/oauth/callback`);
      await expect(panel(page)).toContainText(/Checked /);
    });
    await clause('H3', 'a changed address is noticed', async () => {
      // The browser is at the old address still.
      for (const path of ['/admin/server', '/admin/registrations', '/admin/channels/email']) {
        await page.goto(mailkeep.url + path);
        await expect(page.getByText('You are not at the public address'), path).toBeVisible();
        await expect(page.locator('code', { hasText: `${mailkeep.url}/oauth/callback` }).first(), path).toBeVisible();
      }
      const there = await visit();
      await signIn(there, { url: moved }, ADMIN, '/admin/server');
      await expect(there.getByText('You are not at the public address')).toHaveCount(0);
      // A registration that was told the old one is named with the new redirect address.
      await there.goto(`${moved}/admin/registrations?new=microsoft`);
      await there.getByLabel('Client ID').fill(APP.clientId);
      await there.getByLabel(/^Client secret/).fill(APP.secret);
      await there.getByRole('button', { name: 'Save' }).click();
      await expect(there.getByText('The redirect address changed')).toHaveCount(0);
      await page.goto(`${mailkeep.url}/admin/server`);
      await panel(page).getByLabel('Address').fill(mailkeep.url);
      await panel(page).getByRole('button', { name: 'Save the address' }).click();
      await expect(page.getByText('The redirect address changed')).toBeVisible();
      await page.goto(`${mailkeep.url}/admin/registrations`);
      await expect(page.getByRole('row').filter({ hasText: APP.clientId })).toContainText('Redirect address changed');
      await page.getByRole('link', { name: /^Edit/ }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Redirect address changed')).toHaveCount(0);
    });
  } finally { front.close(); }
});

test('H3 no registration before https or localhost, and only a named proxy is believed', async ({ page, start }) => {
  const mailkeep = await start({ env: { MAILKEEP_PUBLIC_ADDRESS: 'http://desk.internal.example:8080' } });
  const desk = await new Desk(mailkeep).open({ providers: [] });
  await signIn(page, mailkeep, ADMIN, '/admin/registrations/guide/microsoft');
  await clause('H3', 'https or localhost is demanded before a registration is made', async () => {
    await expect(page.getByText('The public address comes first')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Set the public address' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Enter what the console showed' })).toHaveCount(0);
    await page.goto(`${mailkeep.url}/admin/registrations?new=microsoft`);
    await page.getByLabel('Client ID').fill(APP.clientId);
    await page.getByLabel(/^Client secret/).fill(APP.secret);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The public address comes first')).toBeVisible();
    await page.goto(`${mailkeep.url}/admin/registrations`);
    await expect(page.locator('table.registrations')).toHaveCount(0);
    // A stranger's headers make no https of it: they are taken off.
    await desk.admin.go('/admin/server/address', { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' } });
    expect(desk.admin.html).not.toContain('evil.example');
    expect(desk.admin.html).toContain(`value="${mailkeep.url}"`);
  });
  const named = await start({ env: { MAILKEEP_PROXY: '127.0.0.1, ::1', MAILKEEP_PUBLIC_ADDRESS: 'http://localhost:1' } });
  const other = await new Desk(named).open({ providers: [] });
  await other.admin.go('/admin/server/address', { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'help.contoso.example' } });
  expect(other.admin.html).toContain('value="https://help.contoso.example"');
});
