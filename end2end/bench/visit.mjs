// A first visit in Chromium: what it weighs, by Playwright, and how soon it can be used on a slow machine, by Lighthouse.
import { createRequire } from 'node:module';
import { CHROMIUM } from '../support/chromium.mjs';
import { freePort } from '../support/mailkeep.mjs';
import { median } from './table.mjs';

// A machine with other work now and then leaves no quiet moment to find.
const TRIES = 3;
const ARGS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
/** The tools, or what is missing as an error. */
export async function tools() {
  let chromium, lighthouse, desktop;
  try { ({ chromium } = createRequire(import.meta.url)('@playwright/test')); } catch { /* said below */ }
  if (!chromium || !CHROMIUM) throw new Error('Playwright and Chromium are not installed: script/setup browser');
  try {
    ({ default: lighthouse } = await import('lighthouse'));
    ({ default: desktop } = await import('lighthouse/core/config/desktop-config.js'));
  } catch { throw new Error('Lighthouse is not installed: script/setup bench'); }
  return { chromium, lighthouse, desktop };
}

/** Bytes over the wire and requests until the page's script is awake, in a browser that was never here. */
async function weigh(browser, url, jar) {
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } });
  try {
    await context.addCookies(jar.map(({ name, value, path }) => ({ name, value, url: new URL(path, url).href })));
    const page = await context.newPage(), wire = await context.newCDPSession(page);
    await wire.send('Network.enable');
    let bytes = 0, requests = 0;
    wire.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; requests += 1; });
    const answer = await page.goto(url, { waitUntil: 'networkidle', timeout: 60_000 });
    if (answer.status() !== 200) throw new Error(`${url} answers ${answer.status()}`);
    await page.locator('html[data-script]').waitFor({ state: 'attached', timeout: 30_000 });
    return { bytes, requests };
  } finally { await context.close(); }
}

/** Lighthouse's milliseconds to a page that is drawn and answers, and to its largest piece; nothing simulated. */
async function usable(found, port, url, { slower, say }) {
  const settings = { ...found.desktop.settings, throttlingMethod: 'devtools', throttling: { ...found.desktop.settings.throttling, cpuSlowdownMultiplier: slower }, onlyAudits: ['interactive', 'largest-contentful-paint', 'total-blocking-time'], maxWaitForLoad: 60_000 };
  let said;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const { lhr } = await found.lighthouse(url, { port, logLevel: 'silent', output: 'json' }, { ...found.desktop, settings });
    if (lhr.runtimeError) throw new Error(`Lighthouse on ${url}: ${lhr.runtimeError.message}`);
    if (lhr.finalDisplayedUrl !== url) throw new Error(`Lighthouse was led from ${url} to ${lhr.finalDisplayedUrl}`);
    const [interactive, painted, blocked] = settings.onlyAudits.map((name) => lhr.audits[name]?.numericValue);
    if ([interactive, painted, blocked].every(Number.isFinite)) return { interactive, painted, blocked, version: lhr.lighthouseVersion };
    said = lhr.audits.interactive?.errorMessage;
    say(`Lighthouse did not find when ${url} was interactive: ${said}`);
  }
  throw new Error(`Lighthouse did not find in ${TRIES} visits when ${url} was interactive: ${said}`);
}

/** `{name, path}` to what a first visit of each takes; medians of so many visits by Lighthouse, on a machine so many times slower. */
export async function visits(pages, { url, jar, times, slower, say }) {
  const found = await tools(), port = await freePort();
  const browser = await found.chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: [...ARGS, `--remote-debugging-port=${port}`] });
  try {
    // Lighthouse opens a tab beside Playwright's contexts; Chromium takes no Cookie from a header that is set.
    const session = await browser.newBrowserCDPSession();
    await session.send('Storage.setCookies', { cookies: jar.map(({ name, value, path }) => ({ name, value, url: new URL(path, url).href })) });
    const rows = [];
    for (const page of pages) {
      const weight = await weigh(browser, url + page.path, jar), runs = [];
      for (let n = 0; n < times; n += 1) runs.push(await usable(found, port, url + page.path, { slower, say }));
      const of = (what) => median(runs.map((run) => run[what]));
      rows.push({ ...page, ...weight, interactive: of('interactive'), painted: of('painted'), blocked: of('blocked'), version: runs[0].version });
      say(`first visit of ${page.name}: ${weight.bytes} bytes, interactive after ${Math.round(of('interactive'))} ms`);
    }
    return { rows, browser: browser.version() };
  } finally { await browser.close(); }
}
