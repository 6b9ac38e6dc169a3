// From Postfix's 250 to the ticket in an open browser, and how much of it is ours.
import { createRequire } from 'node:module';
import { CHROMIUM } from '../support/chromium.mjs';
import { pause, until } from '../support/rig.mjs';
import { connect } from './idle.mjs';
import { PASSWORD, start } from './mailkeep.mjs';
import { number, share, table } from './table.mjs';
import { within } from './rig.mjs';


/** Tells of every subject "Arrival N" when it first stands in the page. */
function watch() {
  const seen = new Set();
  const look = () => {
    for (const link of document.querySelectorAll('a.subject')) {
      const n = /Arrival (\d+)/.exec(link.textContent)?.[1];
      if (n && !seen.has(n)) { seen.add(n); window.arrived(Number(n), Date.now()); }
    }
  };
  document.addEventListener('DOMContentLoaded', () => { look(); new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true }); });
}

export async function arrival({ work, mailboxes, say, build, short }) {
  const count = short ? 10 : 400, pace = 250;
  let chromium = null;
  try { ({ chromium } = createRequire(import.meta.url)('@playwright/test')); } catch { /* said below */ }
  if (!chromium || !CHROMIUM) throw new Error('Playwright and Chromium are not installed: script/setup browser');
  return within(work, say, async (rig) => {
    const users = Array.from({ length: mailboxes }, (_, n) => `arrival${n}@bench.example`);
    await rig.users(...users.map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
    const mailkeep = await start(rig, work);
    let browser;
    try {
      const admin = await connect(rig, mailkeep, users, say);
      browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ['--disable-gpu', '--no-first-run', '--disable-background-networking'] });
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      await context.addCookies(admin.jar.map(({ name, value, path }) => ({ name, value, url: `${mailkeep.url}${path}` })));
      const page = await context.newPage();
      const seen = new Map(), sent = new Map();
      await page.exposeFunction('arrived', (n, at) => { if (!seen.has(n)) seen.set(n, at); });
      await page.addInitScript(watch);
      await page.goto(`${mailkeep.url}/tickets`);
      // One ahead of them all: the socket is open and every session in IDLE when it shows.
      await rig.send({ from: 'first@customer.example', to: users[0], subject: 'Arrival 0', text: 'First.\n' });
      await until('the first one shows', () => seen.has(0), 60);
      await pause(2_000);
      for (let n = 1; n <= count; n += 1) {
        await rig.send({ from: `customer${n}@customer.example`, to: users[(n * 7) % users.length], subject: `Arrival ${n}`, text: `Number ${n}.\n` });
        sent.set(n, Date.now());
        await pause(pace);
      }
      await until(`all ${count} show`, () => seen.size > count, 60).catch((error) => { throw new Error(`${error.message}; ${seen.size - 1} of ${count} do`); });
      const waits = [...sent].map(([n, at]) => seen.get(n) - at);
      // Dovecot gathers changes for half a second before it tells a session in IDLE.
      const ms = (n) => `${number(n)} ms`;
      return `${number(count)} mails, one each ${pace} ms, to ${number(mailboxes)} mailboxes in IDLE; from Postfix's 250 to the ticket's line in the list of an open browser (Chromium); ${build}.
Dovecot by itself waits 500 ms before it tells.

${table(['', 'median', '90 %', '99 %', 'longest'], [['accepted to screen', ...[0.5, 0.9, 0.99, 1].map((part) => ms(share(waits, part)))]])}

Under 1 s for 99 in 100: ${share(waits, 0.99) < 1000 ? 'met' : 'missed'}.`;
    } finally {
      await browser?.close();
      await mailkeep.stop();
    }
  });
}
