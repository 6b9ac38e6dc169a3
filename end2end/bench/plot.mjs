// Curves over a number as SVG. Both axes are logarithmic, so that what grows in proportion is a straight line.
import { number } from './table.mjs';

const COLOURS = ['#2563eb', '#c2410c', '#15803d', '#7c3aed'];
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [440, 340, 78, 36, 112, 48];

const text = (at, down, said, more = '') => `<text x="${at.toFixed(1)}" y="${down.toFixed(1)}" ${more}>${said}</text>`;
const decades = (values) => { const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))]; return [low, Math.max(high, low + 1)]; };

/** Heights at which names stand that end there: none over another, none under the axis. */
export function apart(heights, step = 15) {
  const order = heights.map((at, n) => ({ at, n })).sort((a, b) => a.at - b.at);
  let last = -Infinity;
  for (const one of order) { one.at = Math.max(one.at, last + step); last = one.at; }
  let low = HEIGHT - BOTTOM + 4;
  for (const one of order.reverse()) { one.at = Math.min(one.at, low); low = one.at - step; }
  return order.sort((a, b) => a.n - b.n).map(({ at }) => at);
}

function panel({ title, unit, lines }, x, place) {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([n]) => n)))].sort((a, b) => a - b);
  const [x0, x1] = [Math.log10(xs[0]), Math.log10(xs.at(-1))], [y0, y1] = decades(lines.flatMap(({ points }) => points.map(([, n]) => n)));
  const right = WIDTH - RIGHT, low = HEIGHT - BOTTOM;
  const across = (n) => LEFT + (x1 > x0 ? (Math.log10(n) - x0) / (x1 - x0) : 0.5) * (right - LEFT);
  const down = (n) => low - (Math.log10(n) - y0) / (y1 - y0) * (low - TOP);
  const grid = [
    ...xs.map((n) => `<line x1="${across(n).toFixed(1)}" y1="${TOP}" x2="${across(n).toFixed(1)}" y2="${low}"/>${text(across(n), low + 18, number(n), 'text-anchor="middle" stroke="none"')}`),
    ...Array.from({ length: y1 - y0 + 1 }, (_, n) => 10 ** (y0 + n)).map((n) => `<line x1="${LEFT}" y1="${down(n).toFixed(1)}" x2="${right}" y2="${down(n).toFixed(1)}"/>${text(LEFT - 8, down(n) + 4, `${n < 1 ? Number(n.toPrecision(1)) : number(n)} ${unit}`, 'text-anchor="end" stroke="none"')}`),
  ];
  const curves = lines.map(({ points }, n) => `<polyline points="${points.map(([a, b]) => `${across(a).toFixed(1)},${down(b).toFixed(1)}`).join(' ')}" fill="none" stroke="${COLOURS[n]}" stroke-width="2"/>${points.map(([a, b]) => `<circle cx="${across(a).toFixed(1)}" cy="${down(b).toFixed(1)}" r="3" fill="${COLOURS[n]}"/>`).join('')}`);
  const names = apart(lines.map(({ points }) => down(points.at(-1)[1])));
  return `<g transform="translate(${place * WIDTH} 0)">
<g stroke="#e5e7eb" fill="#374151">${grid.join('\n')}</g>
${curves.join('\n')}
${lines.map(({ name }, n) => text(right + 10, names[n] + 4, name, `fill="${COLOURS[n]}"`)).join('\n')}
${text(LEFT, TOP - 14, title, 'fill="#374151" font-weight="600"')}
${text((LEFT + right) / 2, HEIGHT - 10, x, 'text-anchor="middle" fill="#374151"')}
</g>`;
}

/** Panels `{title, unit, lines: [{name, points: [[x, y], ...]}]}` side by side over the same axis `x`. */
export function plot({ x, panels }) {
  const width = WIDTH * panels.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<rect width="${width}" height="${HEIGHT}" fill="#ffffff"/>
${panels.map((one, place) => panel(one, x, place)).join('\n')}
</svg>
`;
}
