// Ties a test's assertions to a clause of a row, so that the table of rows can show it.
import { test } from '@playwright/test';
import { ROWS } from '../rows.mjs';

/** Proves one clause: `await clause('R10', 'words of the clause', async () => { ... })`. */
export function clause(row, words, body) {
  if (!ROWS[row]?.includes(words)) throw new Error(`rows.mjs has no clause of ${row}: ${words}`);
  return test.step(`${row}: ${words}`, body);
}
