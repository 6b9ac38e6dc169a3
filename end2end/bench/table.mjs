// Medians and tables.
export const median = (list) => { const sorted = [...list].sort((a, b) => a - b); const half = sorted.length >> 1; return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2; };
export const share = (list, part) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(part * list.length) - 1)];

const digits = (n) => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : Math.round(n).toLocaleString('en-US'));
export const seconds = (n) => `${digits(n)} s`;
export const mib = (bytes) => `${digits(bytes / 2 ** 20)} MiB`;
/** Kilobytes of 1,000 bytes. */
export const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
/** A goal as words: what was measured, the bound, and whether it holds. */
export const goal = (what, bound, met) => `${what}, goal ${bound}: ${met ? 'met' : 'missed'}.`;
export const number = (n) => Math.round(n).toLocaleString('en-US');

/** A Markdown table; columns after the first are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, n) => (n ? '--:' : '---'))), ...rows.map(line)].join('\n');
}

/**
 * Rows of downloads: `{name, keeps, slow, runs: [{messages, wall, cpu, rss}]}`; the ratio is that of the seconds a
 * message takes to those of the row named `beside`.
 */
export function downloads(rows, beside) {
  const each = (row) => median(row.runs.map((run) => run.wall / run.messages));
  const one = rows.find((row) => row.name === beside);
  return table(['', 'keeps', 'wall', 'CPU', 'peak memory', 'messages/s', `beside ${beside}`], rows.map((row) => [
    row.name + (row.slow ? ` (${row.runs.length} round${row.runs.length > 1 ? 's' : ''} on ${number(row.runs[0].messages)})` : ''), row.keeps,
    seconds(median(row.runs.map((run) => run.wall))), seconds(median(row.runs.map((run) => run.cpu))), mib(median(row.runs.map((run) => run.rss))),
    number(1 / each(row)), one ? `${(each(row) / each(one)).toFixed(2)}x` : '',
  ]));
}
