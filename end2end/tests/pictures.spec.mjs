// Every page and state as it was last looked at, 1280 and 390 pixels wide, light and dark.
// script/pictures takes them anew: look at each that changed, then commit it.
// The pages stand on made-up facts and a clock that stands still, and without script, so that nothing moves.
import { test, expect } from '@playwright/test';
import { Preview } from '../support/preview.mjs';

const EMAIL = '/admin/channels/email';
const DESK = {
  'support-emails': EMAIL,
  'support-emails-need-you': `${EMAIL}?show=need`,
  queue: `${EMAIL}/queue`,
  'new-address': `${EMAIL}/new`,
  'new-provider': `${EMAIL}/12/set-up/provider`,
  'new-use': `${EMAIL}/12/set-up/use`,
  'new-sign-in': `${EMAIL}/12/set-up/sign-in`,
  'new-password': `${EMAIL}/13/set-up/password`,
  'new-result': `${EMAIL}/12/set-up/result`,
  'mailbox-sign-in-lost': `${EMAIL}/1`,
  'mailbox-basic-retired': `${EMAIL}/3`,
  'mailbox-outgoing-blocked': `${EMAIL}/5`,
  'mailbox-basic-ends': `${EMAIL}/6`,
  'mailbox-password-refused': `${EMAIL}/7`,
  'mailbox-importing': `${EMAIL}/8`,
  'mailbox-retrying': `${EMAIL}/9`,
  'mailbox-healthy': `${EMAIL}/10`,
  'mailbox-paused': `${EMAIL}/11`,
  'mailbox-edit': `${EMAIL}/1/edit`,
  'mailbox-disconnect': `${EMAIL}/1/disconnect`,
  'check-outgoing-blocked': `${EMAIL}/5/check`,
  'check-password': `${EMAIL}/7/check`,
  'sign-in-result': '/admin/sign-ins/1',
  'sign-in-result-half': '/admin/sign-ins/2',
  'sign-in-wrong-account': '/admin/sign-ins/3',
  'mailbox-delete': `${EMAIL}/1/delete`,
  'mailbox-received': `${EMAIL}/1/received`,
  'mailbox-link': `${EMAIL}/1/link`,
  'mailbox-link-sent': `${EMAIL}/2/link`,
  'mailbox-approval': `${EMAIL}/2/approval`,
  'mailbox-approval-shown': `${EMAIL}/1/approval`,
  'mailbox-switch': `${EMAIL}/1/switch`,
  'mailbox-put-back': `${EMAIL}/1/put-back`,
  'sign-in-repaired-before': '/admin/sign-ins/7',
  'sign-in-cannot-open': '/admin/sign-ins/8',
  'sign-in-ends': '/admin/ends',
  notices: '/admin/notices',
  'guide-microsoft': '/admin/registrations/guide/microsoft',
  'guide-google': '/admin/registrations/guide/google?whose=personal',
  'registration-tested': '/admin/registrations?tested=2',
  'server-address': '/admin/server/address',
  registrations: '/admin/registrations',
  'registration-new': '/admin/registrations?new=microsoft',
  people: '/admin/people',
  server: '/admin/server',
  me: '/me',
  tickets: '/tickets',
  'tickets-search': '/tickets?q=sensor',
  'tickets-closed': '/tickets?status=closed',
  'tickets-as-agent': '/tickets?as=2',
  'ticket-held': '/tickets/4118',
  'ticket-closed': '/tickets/4099',
  'ticket-new': '/tickets/new',
  outbox: '/outbox',
  'outbox-held': '/outbox/2',
  'outbox-look': '/outbox/6',
  ledger: `${EMAIL}/1/ledger`,
  lookup: `${EMAIL}/1/lookup?words=sensor`,
  unreadable: '/admin/unreadable',
  'new-import': `${EMAIL}/3/set-up/import`,
  'registration-discover': '/admin/registrations/discover',
  help: '/help',
  'help-article': '/help/sign-in-expired',
  'not-found': '/nowhere',
};
const SCENES = {
  desk: { flags: [], pages: DESK },
  empty: { flags: ['--empty'], pages: { 'empty-support-emails': EMAIL, 'empty-tickets': '/tickets', 'empty-outbox': '/outbox' } },
  first: { flags: ['--first'], pages: { 'first-start': '/first-start' } },
  gates: { flags: [], pages: { 'gate-sign-in': '/sign-in?as=', 'gate-sign-in-refused': '/sign-in?as=&refused=invalid.EmailOrPasswordWrong', 'gate-callback-forged': '/sign-in-refused/forged?as=', 'gate-guide': '/app-guide/microsoft?as=', 'gate-link': '/s/token?as=' } },
  unregistered: { flags: ['--unregistered'], pages: { 'unregistered-sign-in': `${EMAIL}/12/set-up/sign-in`, 'unregistered-registrations': '/admin/registrations' } },
  copied: { flags: ['--copied'], pages: { 'copied-question': '/admin/server', 'copied-support-emails': EMAIL } },
  demo: { flags: ['--demo'], pages: { 'demo-support-emails': EMAIL } },
};

/** The pages in parts of at most so many: a test that takes minutes says too little when it fails. */
const AT_MOST = 14;
const parts = (pages) => {
  const all = Object.entries(pages);
  return Array.from({ length: Math.ceil(all.length / AT_MOST) }, (_, n) => all.slice(n * AT_MOST, (n + 1) * AT_MOST));
};

test.describe.configure({ mode: 'parallel' });
for (const [scene, { flags, pages }] of Object.entries(SCENES)) {
  for (const [n, part] of parts(pages).entries()) {
    for (const width of [1280, 390]) {
      test(`pictures: ${scene} ${n + 1} at ${width} px, light and dark`, async ({ browser }) => {
        const preview = await Preview.start(...flags);
        const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 800 }, javaScriptEnabled: false, reducedMotion: 'reduce' });
        const page = await context.newPage();
        // A letter that comes late is left out for good: here every one is waited for.
        await page.route('**/*.css', async (route) => {
          const answer = await route.fetch();
          await route.fulfill({ response: answer, body: (await answer.text()).replaceAll('font-display: optional', 'font-display: block') });
        });
        try {
          for (const [name, where] of part) {
            for (const theme of ['light', 'dark']) {
              await page.emulateMedia({ colorScheme: theme });
              if (theme === 'light') {
                await page.goto(preview.url + where);
                await page.evaluate(() => document.fonts.ready);
                expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${name} is no wider than ${width} px`).toBeLessThanOrEqual(width);
              }
              await expect.soft(page, `${name}, ${width} px, ${theme}`).toHaveScreenshot(`${name}-${width}-${theme}.png`, { fullPage: true });
            }
          }
        } finally {
          await context.close();
          await preview.stop();
        }
      });
    }
  }
}
