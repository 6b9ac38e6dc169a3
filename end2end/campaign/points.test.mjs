// The campaign's list of points is the sources' list.
import assert from 'node:assert/strict';
import test from 'node:test';
import { differences, names } from './points.mjs';

test('every point of the sources has an errand, and every errand a point', () => assert.deepEqual(differences(), []));

test('a point that only one side knows is named', () => {
  assert.deepEqual(differences(new Set(['a', 'b']), ['b', 'c']), ['no errand leads to the point a', 'the point c is in no source']);
});

test('names are found in both spellings, and nothing else is', () => {
  const source = 'fail::fail_point!("one", |_| Err(x));\n fail::fail_point!(\n "two");\n if super::cut("three", a) {}\n if cut("four", a) {}\n shortcut("no"); parts::cut(&m, 1); fail_point!(_step)';
  assert.deepEqual(names(source), ['one', 'two', 'three', 'four']);
});
