// How cost grows with the tickets that are there: pages, searches, and taking in more.
import * as fs from 'node:fs';
import { ADMIN, Desk } from '../support/desk.mjs';
import * as mailkeep from './mailkeep.mjs';
import { plot } from './plot.mjs';
import { bends, exponent } from './slope.mjs';
import { median, mib, number, seconds, table } from './table.mjs';
import { fill, within } from './rig.mjs';

const USER = 'many@bench.example';
/** One ticket has the word of the first, most have that of the second (fill.py). */
const PAGES = { list: '/tickets', 'search, one finds': '/tickets?q=Before', 'search, most find': '/tickets?q=invoice' };
const ms = (n) => `${n < 10 ? n.toFixed(1) : number(n)} ms`;

/** Seconds from the moment the program set to work until everything was threaded, and searchable, by its log. */
export function takenIn(log) {
  const at = (pattern) => { const found = [...log.matchAll(pattern)].at(-1)?.[1]; if (!found) throw new Error(`the log has no ${pattern}`); return Date.parse(found) / 1000; };
  const began = at(/^(\S+) .*: entered node=/gm);
  return { threaded: at(/^(\S+) .*: took in all that waited/gm) - began, searchable: at(/^(\S+) .*: indexed for search/gm) - began };
}

/** Milliseconds of each page, the median of some requests one after another. */
async function pages(rig, work, times) {
  const running = await mailkeep.start(rig, work);
  try {
    const admin = await new Desk(running).signedIn(ADMIN), found = {};
    for (const [name, where] of Object.entries(PAGES)) {
      const took = [];
      for (let n = 0; n < times + 3; n += 1) {
        const began = performance.now();
        await admin.go(where);
        // The first ones warm up.
        if (n >= 3) took.push(performance.now() - began);
        if (admin.status !== 200) throw new Error(`${where} answered ${admin.status}`);
      }
      if (name.endsWith('one finds')) admin.must(`Before ${USER}`);
      found[name] = median(took);
    }
    return found;
  } finally {
    await running.stop();
  }
}

export async function tickets({ work, messages, say, build, short, draw }) {
  const sizes = [messages / 10, messages, messages * 10].map(Math.round).slice(0, short ? 2 : 3), more = Math.round(messages / 10);
  return within(work, say, async (rig) => {
    await mailkeep.connected(rig, [USER], work);
    const ask = mailkeep.sqlite(work), points = [];
    let stored = 1;
    const take = async (count, seed, answers) => {
      await fill(rig, USER, count, seed, answers);
      const found = await mailkeep.catchUp(rig, count, work, { seconds: 3600 });
      mailkeep.counted(ask, count, stored);
      stored += count;
      return { rss: found.searchable.rss, ...takenIn(fs.readFileSync(`${work}/mailkeep.log`, 'utf8')) };
    };
    for (const [n, size] of sizes.entries()) {
      await take(size - ask('SELECT count(*) FROM ticket')[0], 2 * n + 1, 0);
      const [there] = ask('SELECT count(*) FROM ticket');
      if (there !== size) throw new Error(`${there} tickets are there, ${size} expected`);
      points.push({ tickets: size, ...await pages(rig, work, short ? 5 : 30), ...await take(more, 2 * n + 2) });
      say(`${size} tickets: ${Object.keys(PAGES).map((name) => `${name} ${ms(points.at(-1)[name])}`).join(', ')}; ${more} more threaded in ${points.at(-1).threaded.toFixed(2)} s`);
    }
    const curve = (name, what = name) => ({ name, points: points.map((p) => [p.tickets, p[what]]) });
    const shown = Object.keys(PAGES).map((name) => curve(name)), taken = ['threaded', 'searchable'].map((name) => curve(name)), memory = curve('peak memory', 'rss');
    const picture = draw('growth-tickets', `Milliseconds of a page, and seconds to take in ${number(more)} messages, over the number of tickets there, both axes logarithmic`, plot({ x: 'tickets that are there', panels: [
      { title: 'A page of tickets', unit: 'ms', lines: shown },
      { title: `Taking in ${number(more)} more messages`, unit: 's', lines: taken },
    ] }));
    return `One mailbox and a growing number of tickets, ${build}, SQLite: a page of the ticket list and two searches (medians of ${short ? 5 : 30} requests, one after another), and ${number(more)} more messages taken in (one run, from the moment the program set to work; two in five answer earlier ones).

${table(['tickets', ...Object.keys(PAGES), `${number(more)} more threaded`, 'and searchable', 'peak memory'], [
    ...points.map((p) => [number(p.tickets), ...Object.keys(PAGES).map((name) => ms(p[name])), seconds(p.threaded), seconds(p.searchable), mib(p.rss)]),
    ['power of the last step', ...[...shown, ...taken, memory].map(({ points: list }) => exponent(list).toFixed(2))],
  ])}

${bends([...shown, ...taken.map(({ name, points: list }) => ({ name: `taking in, ${name}`, points: list })), memory])}${picture}`;
  });
}
