// How cost grows with the backlog: time to each mark and peak memory at a tenth, at one and at ten times the usual size.
import * as fs from 'node:fs';
import * as mailkeep from './mailkeep.mjs';
import { plot } from './plot.mjs';
import { bends, exponent } from './slope.mjs';
import { mib, number, seconds, table } from './table.mjs';
import { fill, within } from './rig.mjs';

const MARKS = ['committed', 'threaded', 'searchable'];

export async function growth({ work, messages, say, build, short, draw }) {
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
    const curves = [...MARKS.map((mark) => ({ name: mark, points: points.map((p) => [p.messages, p[mark].wall]) }))];
    const [cpu, memory] = ['cpu', 'rss'].map((what) => ({ name: { cpu: 'CPU', rss: 'peak memory' }[what], points: points.map((p) => [p.messages, p.searchable[what]]) }));
    const picture = draw('growth', 'Seconds to each mark, and peak memory, over the number of messages, both axes logarithmic', plot({ x: 'messages that waited', panels: [
      { title: 'Time to each mark', unit: 's', lines: curves },
      { title: 'Peak memory', unit: 'MiB', lines: [{ name: memory.name, points: memory.points.map(([x, y]) => [x, y / 2 ** 20]) }] },
    ] }));
    const power = ({ points: list }) => exponent(list).toFixed(2);
    return `One mailbox's backlog, ${build}, SQLite, one run each.

${table(['messages', ...MARKS, 'threaded, a message', 'CPU', 'peak memory'], [
    ...points.map((p) => [number(p.messages), ...MARKS.map((mark) => seconds(p[mark].wall)), `${(p.threaded.wall / p.messages * 1000).toFixed(2)} ms`, seconds(p.searchable.cpu), mib(p.searchable.rss)]),
    ['power of the last step', ...curves.map(power), '', power(cpu), power(memory)],
  ])}

${bends([...curves, cpu, memory])}${picture}`;
  });
}
