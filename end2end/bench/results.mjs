// The figures' home: one file with a section for each part, which the README shows word for word.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../support/rig.mjs';

export const FILE = path.join(ROOT, 'end2end/bench/results.md');
const README = path.join(ROOT, 'README.md');
const ORDER = ['catching-up', 'databases', 'idle', 'coming-up', 'arrival', 'sending', 'console', 'growth', 'growth-tickets'];
const [BEGIN, END] = ['<!-- bench: written by script/bench -->', '<!-- bench: end -->'];

/** The sections of a text, by part. */
export function sections(text) {
  return Object.fromEntries([...text.matchAll(/<!-- part: ([\w-]+) -->\n([\s\S]*?)(?=\n*<!-- part: |\n*$)/g)].map(([, part, body]) => [part, body.trim()]));
}
export const joined = (found) => ORDER.filter((part) => found[part]).map((part) => `<!-- part: ${part} -->\n${found[part]}\n`).join('\n');

/** What the README shows, or null where it shows nothing. */
export function shown(readme) {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  return from < 0 || to < from ? null : readme.slice(from + BEGIN.length, to).trim();
}

/** Puts a part's section into file and README. */
export function keep(part, body) {
  const found = fs.existsSync(FILE) ? sections(fs.readFileSync(FILE, 'utf8')) : {};
  found[part] = body;
  const text = joined(found);
  fs.writeFileSync(FILE, text);
  const readme = fs.readFileSync(README, 'utf8');
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from >= 0 && to > from) fs.writeFileSync(README, `${readme.slice(0, from + BEGIN.length)}\n${text.trim()}\n${readme.slice(to)}`);
}

/** Why README and file differ, or null. */
export function check(readme = fs.readFileSync(README, 'utf8'), file = fs.existsSync(FILE) ? fs.readFileSync(FILE, 'utf8') : null) {
  const there = shown(readme);
  if (there === null) return `README.md has no place for the results: the lines ${BEGIN} and ${END}.`;
  if (file === null) return there ? `README.md shows figures, and there is no ${FILE} they could come from; run script/bench.` : null;
  return there === file.trim() ? null : `README.md shows other figures than ${FILE}; run script/bench, or put the file's text between the README's marks.`;
}
