// One line per test of the last run, and the sum.   node support/summary.mjs [REPORT]
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const file = process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../test-results/report.json');
if (!fs.existsSync(file)) { console.log('no report: the browser tests did not run\n0 passed, 1 failed'); process.exit(1); }
const report = JSON.parse(fs.readFileSync(file, 'utf8'));
let passed = 0, failed = 0, skipped = 0;
const walk = (suite, at) => {
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      const result = test.results.at(-1);
      const seconds = ((result?.duration ?? 0) / 1000).toFixed(1);
      if (test.status === 'skipped') { skipped += 1; console.log(`skip  ${at} > ${spec.title}`); continue; }
      if (test.status === 'expected') passed += 1; else failed += 1;
      console.log(`${test.status === 'expected' ? 'ok  ' : 'FAIL'}  ${at} > ${spec.title}  ${seconds} s`);
      if (test.status !== 'expected') console.log(`      ${(result?.error?.message ?? '').replace(/\u001b\[[\d;]*m/g, '').split('\n').filter(Boolean).slice(0, 3).join(' ')}`);
    }
  }
  for (const inner of suite.suites ?? []) walk(inner, at ? `${at} > ${inner.title}` : inner.title);
};
for (const suite of report.suites) walk(suite, suite.title);
for (const error of report.errors ?? []) { failed += 1; console.log(`FAIL  ${error.message?.split('\n')[0]}`); }
if (skipped) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
