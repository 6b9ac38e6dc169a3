// One line per test of the last run, the table of rows and clauses, and the sum.
//   node support/summary.mjs [REPORT]      --rows-only leaves the tests out
// A clause counts as proved when a step of that name passed in every test that has it, in tests that passed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROWS } from '../rows.mjs';

const [rowsOnly, given] = [process.argv.includes('--rows-only'), process.argv.slice(2).find((word) => !word.startsWith('--'))];
const file = given ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../test-results/report.json');
if (!fs.existsSync(file)) { console.log('no report: the browser tests did not run\n0 passed, 1 failed'); process.exit(1); }
const report = JSON.parse(fs.readFileSync(file, 'utf8'));
let passed = 0, failed = 0, skipped = 0;
const proofs = new Map();
const steps = (list, ok) => {
  for (const step of list ?? []) {
    const proof = proofs.get(step.title) ?? { ok: 0, failed: 0 };
    if (step.error || !ok) proof.failed += 1; else proof.ok += 1;
    proofs.set(step.title, proof);
    steps(step.steps, ok);
  }
};
const walk = (suite, at) => {
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      const result = test.results.at(-1);
      const seconds = ((result?.duration ?? 0) / 1000).toFixed(1);
      const fine = test.status === 'expected';
      if (test.status === 'skipped') skipped += 1; else if (fine) passed += 1; else failed += 1;
      steps(result?.steps, fine);
      if (rowsOnly) continue;
      console.log(`${test.status === 'skipped' ? 'skip' : fine ? 'ok  ' : 'FAIL'}  ${at} > ${spec.title}  ${seconds} s`);
      if (!fine && test.status !== 'skipped') console.log(`      ${(result?.error?.message ?? '').replace(/\u001b\[[\d;]*m/g, '').split('\n').filter(Boolean).slice(0, 3).join(' ')}`);
    }
  }
  for (const inner of suite.suites ?? []) walk(inner, at ? `${at} > ${inner.title}` : inner.title);
};
for (const suite of report.suites) walk(suite, suite.title);
for (const error of report.errors ?? []) { failed += 1; console.log(`FAIL  ${error.message?.split('\n')[0]}`); }

console.log('\nrow   result  clause');
let proved = 0, unproved = 0;
for (const [row, clauses] of Object.entries(ROWS)) {
  for (const words of clauses) {
    const proof = proofs.get(`${row}: ${words}`);
    const word = !proof ? 'NONE' : proof.failed ? 'FAIL' : 'ok';
    if (word === 'ok') proved += 1; else unproved += 1;
    console.log(`${row.padEnd(4)}  ${word.padEnd(6)}  ${words}`);
  }
}
console.log(`${proved} of ${proved + unproved} clauses proved\n`);
if (skipped) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
