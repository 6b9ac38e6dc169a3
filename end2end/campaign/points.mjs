// Every place of the program at which it can be told to end or to stand still, and the errand that leads there.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../support/rig.mjs';

/** The errand is a method of Errands. */
export const POINTS = {
  'after-fetch': 'plain', 'before-store-commit': 'plain', 'after-store-commit': 'plain', 'on-news': 'plain', 'after-chunk': 'large',
  'after-parse': 'plain', 'before-intake-commit': 'plain', 'after-intake-commit': 'plain', 'before-delete': 'deletes', 'after-delete': 'deletes',
  'amid-renumber': 'renumber', 'amid-recognise': 'moves', attempt: 'answer', 'before-data': 'answer', 'handing-over': 'answer', 'after-data': 'answer',
  'after-sent': 'answer', 'before-reply-commit': 'answer', 'before-ticket-commit': 'newMail', 'refresh-answered': 'wearOut', 'refresh-stored': 'wearOut',
  'code-exchanged': 'signInAgain', 'sign-in-probed': 'signInAgain', 'sign-in-swapping': 'signInAgain', 'password-swapping': 'passwordAgain',
  'rotation-batch': 'rotate',
};

/** The names in Rust sources: `fail_point!("name"` and the steps of a delivery, `cut("name", ...)`. */
export function names(source) {
  return [...source.matchAll(/\bfail_point!\(\s*"([^"]+)"|(?<![\w:])(?:super::)?cut\(\s*"([^"]+)"/g)].map((m) => m[1] ?? m[2]);
}

/** Every name in the sources of server and engine. */
export function inSources() {
  const found = new Set();
  for (const folder of ['server/engine/src', 'server/src']) {
    for (const name of fs.readdirSync(path.join(ROOT, folder), { recursive: true })) {
      if (name.endsWith('.rs')) for (const point of names(fs.readFileSync(path.join(ROOT, folder, name), 'utf8'))) found.add(point);
    }
  }
  return found;
}

/** What is in one of the two lists alone, in a sentence each; none where they agree. */
export function differences(sources = inSources(), known = Object.keys(POINTS)) {
  return [
    ...[...sources].filter((point) => !known.includes(point)).map((point) => `no errand leads to the point ${point}`),
    ...known.filter((point) => !sources.has(point)).map((point) => `the point ${point} is in no source`),
  ];
}
