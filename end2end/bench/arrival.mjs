// From Postfix's 250 to the ticket in an open browser, and how much of it is ours.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createRequire } from 'node:module';
import { CHROMIUM } from '../support/chromium.mjs';
import { ROOT, pause, until } from '../support/rig.mjs';
import { connect } from './idle.mjs';
import { PASSWORD, servers, start } from './mailkeep.mjs';
import { reauthorized } from './reauthorized.mjs';
import { Relay } from './relay.mjs';
import { number, share, table } from './table.mjs';
import { within } from './rig.mjs';

/** Tells of every subject "Arrival N" when it first stands in the page, and of every word that the server sends it. */
function watch() {
  const seen = new Set();
  const look = () => {
    for (const link of document.querySelectorAll('a.subject')) {
      const n = /Arrival (\d+)/.exec(link.textContent)?.[1];
      if (n && !seen.has(n)) { seen.add(n); window.arrived(Number(n), Date.now(), /\/tickets\/(\d+)/.exec(link.href)[1]); }
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...told) { super(...told); this.addEventListener('message', ({ data }) => window.heard(Date.now(), data)); }
  };
  document.addEventListener('DOMContentLoaded', () => { look(); new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true }); });
}

/** When the page had word of a ticket, of these words `[{at, keys}]`, not before `from`. */
export const wordOf = (words, ticket, from) => words.find(({ at, keys }) => at >= from && [`ticket:${ticket}`, 'everything'].some((key) => keys.includes(key)))?.at;

/** When each mailbox's fetches were committed, by its number, as the log says. */
export function fetches(log) {
  const found = {};
  for (const [, at, id] of log.matchAll(/^(\S+) .*: fetched mailbox=(\d+) stored=/gm)) (found[id] ??= []).push(Date.parse(at));
  return found;
}

/** A span that the program's own source names, in milliseconds. */
export function span(file, name) {
  const told = new RegExp(`^const ${name}: Duration = Duration::from_(secs|millis)\\((\\d+)\\);$`, 'm').exec(fs.readFileSync(path.join(ROOT, file), 'utf8'));
  if (!told) throw new Error(`${file} does not say how long ${name} is`);
  return Number(told[2]) * (told[1] === 'secs' ? 1000 : 1);
}

/** Mails that were sent, when, and which of its mailbox's messages each is. */
class Mails {
  constructor(rig) { this.rig = rig; this.sent = new Map(); this.had = new Map(); }

  async send(n, to) {
    await this.rig.send({ from: `customer${n}@customer.example`, to, subject: `Arrival ${n}`, text: `Number ${n}.\n` });
    const nth = (this.had.get(to) ?? 0) + 1;
    this.had.set(to, nth);
    this.sent.set(n, { at: Date.now(), to, nth });
  }
}

const met = (is) => (is ? 'met' : 'missed');

/** The part's text; everything in milliseconds. */
export function told({ pace, mailboxes, build, every, gather, waits, theirs, stored, words, ours, looked, again }) {
  const ms = (n) => `${number(n)} ms`;
  const row = (name, list) => [name, number(list.length), ...[0.5, 0.9, 0.99, 1].map((part) => ms(share(list, part)))];
  return `${number(waits.length)} mails, one each ${pace} ms, to ${number(mailboxes)} mailboxes in IDLE; from Postfix's 250 to the ticket's line in the list of an open browser (Chromium); ${build}.
Ours is from the moment at which the server's word of the message (\`* N EXISTS\`) passed a relay between Dovecot and Mailkeep; what comes before is Postfix's delivery and Dovecot, which by itself waits 500 ms before it tells. On the way to the screen the message is committed (the log's *fetched*), threaded, the page's socket told of its ticket, and the page fetched anew, at most every ${gather} ms.
Reauthorized: the password of one more mailbox was changed at its server, a mail waits there, and the new password is given in the console's form, whose answer comes after both directions were proved with it; up to the log's *fetched*, and 0 where that came before the answer.
A server without IDLE is asked every ${every / 1000} s: the worst case is that, and a fetch.

${table(['', 'times', 'median', '90 %', '99 %', 'longest'], [
    row('accepted to screen', waits), row('of it the servers\'', theirs), row('of it **ours**: told to screen', ours),
    row('told to committed', stored), row('told to the page\'s socket', words),
    row('reauthorized: button to fetched', again.map(({ pressed }) => pressed)), row('reauthorized: answer to fetched', again.map(({ answered }) => Math.max(0, answered))),
    row('server without IDLE: accepted to screen', looked),
  ])}

Accepted to screen under 1 s for 99 in 100: ${met(share(waits, 0.99) < 1000)}. Ours under 50 ms for half: ${met(share(ours, 0.5) < 50)}; under 300 ms for 99 in 100: ${met(share(ours, 0.99) < 300)}. Reauthorized to the first fetched message under 2 s each time: ${met(Math.max(...again.map(({ answered }) => answered)) < 2000)}.`;
}

export async function arrival({ work, mailboxes, say, build, short }) {
  const count = short ? 10 : 240, pace = short ? 250 : 1_000, quiet = short ? 2 : 10, rounds = short ? 2 : 10, every = span('server/engine/src/watch.rs', 'LOOK'), gather = span('app/src/components/live.rs', 'GATHER');
  let chromium = null;
  try { ({ chromium } = createRequire(import.meta.url)('@playwright/test')); } catch { /* said below */ }
  if (!chromium || !CHROMIUM) throw new Error('Playwright and Chromium are not installed: script/setup browser');
  return within(work, say, async (rig) => {
    const users = Array.from({ length: mailboxes }, (_, n) => `arrival${n}@bench.example`);
    const asked = Array.from({ length: quiet }, (_, n) => `asked${n}@bench.example`);
    await rig.users(...[...users, ...asked].map((email) => ({ email, imap_password: PASSWORD, provider: 'litware' })));
    const relay = await Relay.start(rig), mute = await Relay.start(rig, { idle: false });
    const mailkeep = await start(rig, work);
    let browser;
    try {
      const desk = await connect(rig, mailkeep, [...users, ...asked], say, (user) => ({ ...servers(rig), in_port: String((asked.includes(user) ? mute : relay).port) }));
      browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ['--disable-gpu', '--no-first-run', '--disable-background-networking'] });
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      await context.addCookies(desk.admin.jar.map(({ name, value, path: at }) => ({ name, value, url: `${mailkeep.url}${at}` })));
      const page = await context.newPage();
      const seen = new Map(), tickets = new Map(), words = [], mails = new Mails(rig);
      await page.exposeFunction('arrived', (n, at, ticket) => { if (!seen.has(n)) { seen.set(n, at); tickets.set(n, ticket); } });
      await page.exposeFunction('heard', (at, keys) => { words.push({ at, keys: JSON.parse(keys) }); });
      await page.addInitScript(watch);
      await page.goto(`${mailkeep.url}/tickets`);
      // One ahead of them all: the socket is open and every session in IDLE when it shows.
      await mails.send(0, users[0]);
      await until('the first one shows', () => seen.has(0), 60);
      await pause(2_000);
      for (let n = 1; n <= count; n += 1) {
        await mails.send(n, users[(n * 7) % users.length]);
        await pause(pace);
      }
      // Afterwards: one that comes a minute after it was sent would stand below the list's first page. At every moment of the round.
      for (const [n, to] of asked.entries()) {
        await mails.send(count + n + 1, to);
        await pause(every / quiet);
      }
      const show = (from, to, seconds) => until(`the mails ${from} to ${to} show`, () => {
        for (let n = from; n <= to; n += 1) if (!seen.has(n)) return false;
        return true;
      }, seconds).catch((error) => { throw new Error(`${error.message}; ${seen.size} of ${mails.sent.size} do\n${mailkeep.lastWords()}`); });
      await show(1, count, 60);
      await show(count + 1, count + quiet, every / 1000 + 60);
      say(`${mails.sent.size} mails have arrived`);
      const again = await reauthorized(rig, mailkeep, desk, rounds);
      const stored = fetches(fs.readFileSync(mailkeep.log, 'utf8'));
      const all = [...mails.sent].filter(([n]) => n > 0).map(([n, { at, to, nth }]) => {
        const shown = seen.get(n), heard = relay.toldOf(to, nth);
        return { at, shown, heard, asked: asked.includes(to), fetched: stored[desk.ids[to]]?.find((one) => one >= heard), word: wordOf(words, tickets.get(n), heard) };
      });
      const idle = all.filter((mail) => !mail.asked);
      for (const what of ['heard', 'fetched', 'word']) {
        const without = idle.filter((mail) => !mail[what]).length;
        if (without) throw new Error(`of ${without} of ${count} mails it is not known when they were ${what}`);
      }
      const between = (from, to) => idle.map((mail) => mail[to] - mail[from]);
      return told({
        pace, mailboxes, build, every, gather, again, waits: between('at', 'shown'), theirs: between('at', 'heard'), stored: between('heard', 'fetched'),
        words: between('heard', 'word'), ours: between('heard', 'shown'), looked: all.filter((mail) => mail.asked).map(({ at, shown }) => shown - at),
      });
    } finally {
      await browser?.close();
      await mailkeep.stop();
      await Promise.all([relay.stop(), mute.stop()]);
    }
  });
}
