// How cost grows with the backlog: time to each mark and peak memory at 1x, 10x and 100x, as a table and a plot.
import * as fs from 'node:fs';
import * as mailkeep from './mailkeep.mjs';
import { mib, number, seconds, table } from './table.mjs';
import { fill, within } from './rig.mjs';

const MARKS = ['committed', 'threaded', 'searchable'];
const COLOURS = { committed: '#2563eb', threaded: '#c2410c', searchable: '#15803d' };

/** Both axes logarithmic, so that what grows in proportion is a straight line at 45 degrees. */
export function plot(points) {
  const [width, height, left, top, right, bottom] = [640, 360, 64, 24, 120, 44];
  const decades = (values) => [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const [x0, x1] = decades(points.map((p) => p.messages)), [y0, y1] = decades(points.flatMap((p) => MARKS.map((mark) => p[mark].wall)));
  const x = (n) => left + (Math.log10(n) - x0) / Math.max(1, x1 - x0) * (width - left - right);
  const y = (n) => height - bottom - (Math.log10(n) - y0) / Math.max(1, y1 - y0) * (height - top - bottom);
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => 10 ** (from + n));
  const text = (at, down, said, more = '') => `<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" ${more}>${said}</text>`;
  const grid = [
    ...range(x0, x1).map((n) => `<line x1="${x(n).toFixed(1)}" y1="${top}" x2="${x(n).toFixed(1)}" y2="${height - bottom}"/>${text(x(n), height - bottom + 18, number(n), 'text-anchor="middle"')}`),
    ...range(y0, y1).map((n) => `<line x1="${left}" y1="${y(n).toFixed(1)}" x2="${width - right}" y2="${y(n).toFixed(1)}"/>${text(left - 8, y(n) + 4, `${n} s`, 'text-anchor="end"')}`),
  ];
  // Lines that end close together would write their names over each other.
  let last = -Infinity;
  const names = MARKS.map((mark) => ({ mark, at: y(points.at(-1)[mark].wall) })).sort((a, b) => a.at - b.at).map(({ mark, at }) => { last = Math.max(at, last + 15); return { mark, at: last }; });
  const lines = MARKS.map((mark) => `<polyline points="${points.map((p) => `${x(p.messages).toFixed(1)},${y(p[mark].wall).toFixed(1)}`).join(' ')}" fill="none" stroke="${COLOURS[mark]}" stroke-width="2"/>${points.map((p) => `<circle cx="${x(p.messages).toFixed(1)}" cy="${y(p[mark].wall).toFixed(1)}" r="3" fill="${COLOURS[mark]}"/>`).join('')}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="#ffffff"/>
<g stroke="#e5e7eb" fill="#374151"><g stroke-width="1">${grid.join('\n').replaceAll('<text', '<text stroke="none"')}</g></g>
${lines.join('\n')}
${names.map(({ mark, at }) => text(width - right + 10, at + 4, mark, `fill="${COLOURS[mark]}"`)).join('\n')}
${text((left + width - right) / 2, height - 8, 'messages that waited', 'text-anchor="middle" fill="#374151"')}
</svg>
`;
}

/** The backlog at a tenth, at one and at ten times the usual size. */
export async function growth({ work, messages, say, build, short, picture }) {
  const sizes = [messages / 10, messages, messages * 10].map(Math.round).slice(0, short ? 2 : 3);
  return within(work, say, async (rig) => {
    const points = [];
    for (const size of sizes) {
      const user = `grow${size}@bench.example`, folder = `${work}/${size}`;
      fs.mkdirSync(folder);
      await mailkeep.connected(rig, [user], folder);
      await fill(rig, user, size);
      const found = await mailkeep.catchUp(rig, size, folder, { seconds: 3600 });
      mailkeep.counted(mailkeep.sqlite(folder), size, 1);
      fs.rmSync(folder, { recursive: true });
      points.push({ messages: size, ...found });
      say(`${size} messages: ${MARKS.map((mark) => `${mark} ${found[mark].wall.toFixed(2)} s`).join(', ')}, ${mib(found.searchable.rss)}`);
    }
    if (picture) fs.writeFileSync(picture, plot(points));
    return `One mailbox's backlog, ${build}, SQLite, one run each.

${table(['messages', ...MARKS, 'threaded, a message', 'CPU', 'peak memory'], points.map((p) => [number(p.messages), ...MARKS.map((mark) => seconds(p[mark].wall)), `${(p.threaded.wall / p.messages * 1000).toFixed(2)} ms`, seconds(p.searchable.cpu), mib(p.searchable.rss)]))}${picture ? '\n\n![Seconds to each mark over the number of messages, both logarithmic](end2end/bench/growth.svg)' : ''}`;
  });
}
