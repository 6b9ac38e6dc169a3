// The console under load: a desk of two years, pages asked for at a fixed rate, and a first visit on a slow machine.
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { json } from 'node:stream/consumers';
import { Mailkeep } from '../support/mailkeep.mjs';
import { ADMIN, Desk } from '../support/desk.mjs';
import { used } from './mailkeep.mjs';
import { median, mib, number, share, table } from './table.mjs';
import { tools, visits } from './visit.mjs';

const here = new URL('.', import.meta.url).pathname;
/** The goals: milliseconds, bytes, milliseconds. */
const [SOON, LIGHT, USABLE] = [30, 350 * 1024, 1500];
const ms = (n) => `${n < 100 ? n.toFixed(1) : number(n)} ms`;
const kib = (n) => `${number(n / 1024)} KiB`;

/** Indices so that each comes as often as its weight says, spread as evenly as can be: the same every time. */
export function mix(weights, count) {
  const sum = weights.reduce((all, one) => all + one, 0), owed = weights.map(() => 0);
  return Array.from({ length: count }, () => {
    for (const n of owed.keys()) owed[n] += weights[n];
    const most = owed.indexOf(Math.max(...owed));
    owed[most] -= sum;
    return most;
  });
}

/** Answers by kind: `[{kind, asked, wait: [ms], bytes: [n]}]`; throws where one was no page. */
export function answered(kinds, order, answers) {
  const wrong = new Map();
  for (const [n, { status }] of answers.entries()) {
    const what = `${kinds[order[n]].name}: ${status}`;
    if (status !== 200) wrong.set(what, (wrong.get(what) ?? 0) + 1);
  }
  if (wrong.size) throw new Error(`${answers.filter(({ status }) => status !== 200).length} of ${answers.length} pages were not answered: ${[...wrong].map(([what, times]) => `${what} (${times})`).join(', ')}`);
  return kinds.map((kind, at) => {
    const these = answers.filter((_, n) => order[n] === at);
    return { kind, asked: these.length, wait: these.map((one) => one.wait), bytes: these.map((one) => one.bytes) };
  });
}

/** What is asked for: `each(n)` is the path of the n-th time. `shows` is what the page must say. */
function kinds(told, older) {
  const turn = (list) => (n) => list[n % list.length];
  const search = (words) => `/tickets?q=${encodeURIComponent(words)}`;
  const of = (n) => `${number(n)} message${n === 1 ? '' : 's'}`;
  const mailbox = told.mailboxes > 40 ? [7, 12, 19, 33] : [1, 3, 4];
  return [
    { name: 'list, open', weight: 22, each: () => '/tickets', shows: `Open ${number(told.open)}` },
    { name: 'list, waiting and closed', weight: 10, each: turn(['/tickets?status=waiting', '/tickets?status=closed']), shows: `Closed ${number(told.closed)}` },
    { name: 'list, older', weight: 5, each: () => older, shows: `Open ${number(told.open)}` },
    { name: 'search, one number', weight: 5, each: (n) => search(String(1_000_000 + (n * 7919) % told.tickets)), shows: '1 ticket' },
    { name: 'search, an address', weight: 5, each: (n) => search(told.customers[n % told.customers.length]), shows: 'customer' },
    { name: `search, a word in ${of(told.seldom[1])}`, weight: 3, each: () => search(told.seldom[0]), shows: told.seldom[0] },
    { name: `search, a word in ${of(told.frequent[1])}`, weight: 2, each: () => search(told.frequent[0]), shows: told.frequent[0] },
    { name: 'conversation', weight: 30, each: (n) => `/tickets/${told.recent[(n * 31) % told.recent.length]}`, shows: 'Assigned to' },
    { name: 'conversation, the longest', weight: 2, each: () => `/tickets/${told.longest}`, shows: 'Assigned to' },
    { name: 'outbox', weight: 6, each: () => '/outbox', shows: 'Outbox' },
    { name: 'mailboxes', weight: 4, each: () => '/admin/channels/email', shows: 'Support emails' },
    { name: 'a mailbox', weight: 6, each: (n) => `/admin/channels/email/${mailbox[n % mailbox.length]}`, shows: 'Works' },
  ];
}

const silent = (work, options = {}) => Mailkeep.start({ env: {}, allowed: '' }, { data: `${work}/data`, logFile: `${work}/mailkeep.log`, clocked: false, env: { NO_COLOR: '1' }, ...options });

const filled = (work, mailboxes, tickets) => new Promise((ok, no) => {
  execFile('python3', [`${here}fill_desk.py`, `${work}/data/mailkeep.db`, String(mailboxes), String(tickets)], { maxBuffer: 1 << 26 }, (error, out, said) => (error ? no(new Error(said || error.message)) : ok(JSON.parse(out))));
});

async function load(asked) {
  const child = spawn('node', [`${here}load.mjs`], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(asked));
  return json(child.stdout);
}

/** Every kind once, as a person sees it: the page is about what was filled in. */
async function shown(admin, list) {
  for (const kind of list) {
    await admin.go(kind.each(0));
    if (admin.status !== 200) throw new Error(`${kind.name}: ${admin.url} answers ${admin.status}`);
    admin.must(kind.shows);
  }
}

export async function console_({ work, mailboxes, say, build, short }) {
  const [tickets, rate, span, alone, times, slower] = short ? [1_000, 20, 3, 3, 1, 1] : [100_000, 200, 30, 30, 3, 4];
  await tools();
  const first = await silent(work);
  let admin;
  try { ({ admin } = await new Desk(first).open({ providers: [] })); } finally { await first.stop(); }
  const told = await filled(work, mailboxes, tickets);
  say(`${number(told.tickets)} tickets, ${number(told.messages)} messages, ${number(told.mailboxes)} mailboxes are filled in`);
  // Silent: nothing of it connects anywhere.
  const mailkeep = await silent(work, { args: ['--silent'] });
  try {
    admin.at(mailkeep.url);
    const older = /href="(\/tickets\?[^"]*after=[^"]*)"/.exec((await admin.go('/tickets?status=closed')).html)?.[1].replaceAll('&amp;', '&');
    if (!older) throw new Error('the list has no second page');
    const list = kinds(told, older), cookie = admin.cookies(mailkeep.url + '/');
    // The short form shows that it works, on a machine that may be busy with something else.
    const asking = { url: mailkeep.url, cookie, patience: short ? 120 : 20 };
    await shown(admin, list);
    const one = [];
    for (const kind of list) {
      const paths = Array.from({ length: alone }, (_, n) => kind.each(n + 1));
      const before = used(mailkeep.child.pid).cpu;
      const [row] = answered([kind], paths.map(() => 0), await load({ ...asking, paths }));
      one.push({ wait: median(row.wait), cpu: (used(mailkeep.child.pid).cpu - before) / alone * 1000 });
      say(`${kind.name}, one at a time: ${ms(one.at(-1).wait)}, CPU ${ms(one.at(-1).cpu)}, ${kib(median(row.bytes))}`);
    }
    const turns = list.map(() => 0), count = rate * span;
    const order = mix(list.map((kind) => kind.weight), count);
    const paths = order.map((at) => list[at].each(alone + 1 + (turns[at] += 1)));
    const before = used(mailkeep.child.pid);
    const answers = await load({ ...asking, rate, paths });
    const after = used(mailkeep.child.pid);
    const rows = answered(list, order, answers), waits = answers.map((a) => a.wait);
    say(`${number(count)} pages at ${rate} a second: median ${ms(median(waits))}, 99 % ${ms(share(waits, 0.99))}`);
    const heavy = [...rows].sort((a, b) => median(b.bytes) - median(a.bytes))[0].kind;
    const visited = [...new Set([heavy, ...(short ? [] : ['list, open', 'conversation', 'mailboxes']).map((name) => list.find((kind) => kind.name === name))])];
    const { rows: firsts, browser } = await visits(visited.map((kind) => ({ name: kind.name, path: kind.each(0) })), { url: mailkeep.url, jar: admin.jar, times, slower, say });
    const heaviest = Math.max(...firsts.map((row) => row.bytes)), slowest = Math.max(...firsts.map((row) => row.interactive));
    const line = (name, asked, wait, bytes, at) => [name, number(asked), ...[0.5, 0.99, 1].map((part) => ms(share(wait, part))), at ? ms(at.wait) : '', at ? ms(at.cpu) : '', bytes ? kib(median(bytes)) : ''];
    const missed = rows.filter((row) => share(row.wait, 0.99) >= SOON).map((row) => row.kind.name);
    return `${number(told.tickets)} tickets with ${number(told.messages)} messages of ${number(told.requesters)} requesters, ${number(told.mailboxes)} mailboxes of which ${told.stopped} need somebody; SQLite, ${build}.
${number(rate)} pages a second for ${span} s, evenly apart, as an admin who is signed in, compressed as for a browser, over HTTP from another process on the same machine. A page counts from the moment it was due, whether or not those before it had come; the asking process itself was ${ms(share(answers.map((a) => a.late), 0.99))} late at 99 %. *Alone* is the median of ${alone} asked for one at a time before that, and the server's CPU for each.

${table(['', 'pages', 'median', '99 %', 'longest', 'alone', 'CPU', 'over the wire'], [
    ...rows.map((row, n) => line(row.kind.name, row.asked, row.wait, row.bytes, one[n])),
    line('**all**', answers.length, waits),
  ])}

CPU ${ms((after.cpu - before.cpu) / answers.length * 1000)} a page, ${((after.cpu - before.cpu) / span).toFixed(2)} cores; peak memory ${mib(after.rss)}.
Under ${SOON} ms for 99 in 100: ${share(waits, 0.99) < SOON ? 'met' : 'missed'} over all pages; ${missed.length ? `missed by ${missed.join('; ')}` : 'met by each kind'}.

First visits, nothing in the browser's cache (Chromium ${browser}); bytes and requests until the script is awake. *Interactive*: Lighthouse ${firsts[0].version}, its desktop setting with the CPU slowed ${slower} times by the browser itself, nothing simulated; median${times > 1 ? `s of ${times} visits` : ' of 1 visit'}.

${table(['', 'over the wire', 'requests', 'interactive', 'largest paint', 'blocked'], firsts.map((row) => [row.name, kib(row.bytes), row.requests, ms(row.interactive), ms(row.painted), ms(row.blocked)]))}

Under ${kib(LIGHT)} over the wire: ${kib(heaviest)}, ${heaviest <= LIGHT ? 'met' : 'missed'}. Interactive within ${number(USABLE)} ms: ${ms(slowest)}, ${slowest <= USABLE ? 'met' : 'missed'}.`;
  } catch (error) {
    throw new Error(`${error.message}${/ended|not answered/.test(error.message) ? `\n${mailkeep.lastWords()}` : ''}`);
  } finally {
    await mailkeep.stop();
  }
}
