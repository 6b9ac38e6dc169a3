// The bench's own rules: when it refuses, how it counts, and that README and file can't drift apart unseen.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refusal } from './machine.mjs';
import { bound } from './coming-up.mjs';
import { takenIn } from './growth-tickets.mjs';
import { leasesLost } from './mailkeep.mjs';
import { lease, nodes, plan } from './plan.mjs';
import { apart, plot } from './plot.mjs';
import { answered, mix } from './console.mjs';
import { check, joined, sections } from './results.mjs';
import { bends, exponent, lastStep, line } from './slope.mjs';
import { downloads, median, share } from './table.mjs';
import { fetches, span, told, wordOf } from './arrival.mjs';
import { Lines, whoSignsIn, withoutIdle } from './relay.mjs';
import { handedOver } from './sending.mjs';
import { hchacha } from './vault.mjs';

const fit = { disk: 100e9, memory: 10e9, there: null, messages: 10_000 };

test('it refuses leftovers, a full disk and little memory, each in a sentence of its own', () => {
  assert.equal(refusal(fit), null);
  assert.match(refusal({ ...fit, there: '/tmp/x' }), /former run left \/tmp\/x/);
  assert.match(refusal({ ...fit, disk: 1e9 }), /needs 3\.3 GiB under \/tmp for 10000 messages; 0\.9 GiB are free/);
  assert.match(refusal({ ...fit, disk: 10e9, each: 960_000 }), /needs 9\.9 GiB .* 9\.3 GiB are free/);
  assert.match(refusal({ ...fit, memory: 1e9 }), /1\.5 GiB of memory; 0\.9 GiB/);
  assert.match(refusal({ ...fit, memory: 3e9, mailboxes: 2000 }), /3\.4 GiB of memory; 2\.8 GiB/);
});

test('medians and shares', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(share([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9), 9);
  assert.equal(share([7], 0.99), 7);
});

test('a slow peer on fewer messages is compared by the message', () => {
  const run = (messages, wall) => ({ messages, wall, cpu: 1, rss: 2 ** 20 });
  const lines = downloads([{ name: 'a', keeps: 'x', runs: [run(1000, 2), run(1000, 1), run(1000, 3)] }, { name: 'b', keeps: 'x', slow: true, runs: [run(100, 1)] }], 'a').split('\n');
  assert.match(lines[2], /\| a \| x \| 2\.00 s .*\| 500 \| 1\.00x \|$/);
  assert.match(lines[3], /\| b \(1 round on 100\) .*\| 100 \| 5\.00x \|$/);
});

test('README and file are compared word for word', () => {
  const file = joined({ databases: 'two', 'catching-up': 'one\n\n| 1 |' });
  assert.deepEqual(sections(file), { 'catching-up': 'one\n\n| 1 |', databases: 'two' });
  const readme = (text) => `# x\n<!-- bench: written by script/bench -->\n${text}\n<!-- bench: end -->\n`;
  assert.equal(check(readme(file), file), null);
  assert.match(check(readme(file.replace('1', '2')), file), /other figures/);
  assert.match(check('# x', file), /no place/);
  assert.match(check(readme(file), null), /no .*results\.md they could come from/);
  assert.equal(check(readme(''), null), null, 'nothing measured, nothing shown');
});

test('a plot holds every point of every panel, and no name over another', () => {
  const points = (each) => [1000, 10_000, 100_000].map((n) => [n, n * each]);
  const svg = plot({ x: 'messages', panels: [
    { title: 'Time', unit: 's', lines: [['committed', 4e-4], ['threaded', 4.1e-4], ['searchable', 1e-3]].map(([name, each]) => ({ name, points: points(each) })) },
    { title: 'Memory', unit: 'MiB', lines: [{ name: 'peak', points: [[1000, 80], [10_000, 90], [100_000, 90]] }] },
  ] });
  assert.equal(svg.match(/<circle/g).length, 12);
  for (const word of ['committed', 'threaded', 'searchable', 'peak', 'Time', 'Memory', '100,000', '0.1 s', '100 MiB']) assert.ok(svg.includes(`>${word}<`), word);
  assert.ok(!/NaN|undefined|Infinity/.test(svg));
});

test('names of curves stand apart and above the axis', () => {
  assert.deepEqual(apart([100, 101, 200]), [100, 115, 200]);
  const low = apart([294, 293, 295]);
  assert.ok(Math.max(...low) <= 296 && low[2] - low[0] === 15 && low[0] - low[1] === 15, low.join(' '));
});

test('how a cost grows: a line, the last step, its power, and what bends upward', () => {
  assert.deepEqual(line([[0, 10], [20, 50], [200, 410]]), { fixed: 10, each: 2 });
  assert.equal(lastStep([[1, 0], [20, 50], [200, 410]]), 2);
  assert.ok(Math.abs(exponent([[1, 1], [10, 3], [100, 300]]) - 2) < 1e-9);
  const curves = [{ name: 'flat', points: [[10, 5], [100, 5]] }, { name: 'steep', points: [[10, 5], [100, 100]] }];
  assert.match(bends(curves), /^\*\*steep\*\* bends upward \(power 1\.30/);
  assert.match(bends(curves.slice(0, 1)), /^No curve bends upward/);
});

test('more mailboxes are reckoned from slopes and the lease in the source', () => {
  assert.equal(lease(), 15);
  assert.equal(nodes(10_000, 1000, 15), 2);
  // 12 nodes: 8,333 of a dead one, 8,250 signed in within 15 s by the other 11.
  assert.deepEqual([nodes(10_000, 50, 15), nodes(100_000, 50, 15)], [5, 13]);
  const text = plan({ memory: { fixed: 2 ** 24, each: 50_000 }, cpu: { fixed: 0, each: 4e-6 }, writes: { fixed: 12, each: 0.01 }, rate: 50, at: 2000 });
  assert.match(text, /^\| 10,000 \| 5 \| 2,000 \| 111 MiB \| 135 MiB \| 0\.8 % \| 10,000 \| 33\.3 \| 160 \|$/m);
});

test('the long nonce makes a key as its draft says', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, n) => n));
  assert.equal(hchacha(key, Buffer.from('000000090000004a0000000031415927', 'hex')).toString('hex'), '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc');
});

test('what bounds a start is told from its CPU', () => {
  assert.match(bound({ wall: 50, cpu: { Mailkeep: 10, front: 45, 'identity provider': 20, Dovecot: 20 } }, 2), /front, one process on one core, was at work 90 % of the time.*95 % of 2 cores busy, 89 % of that the rig's/);
  assert.match(bound({ wall: 50, cpu: { Mailkeep: 40, front: 30, Dovecot: 20 } }, 2), /^The machine bounds/);
  assert.match(bound({ wall: 50, cpu: { Mailkeep: 5, front: 5 } }, 2), /^Of the CPU, these processes kept 10 % of 2 cores busy/);
});

test('taking in counts from the moment the program set to work, whichever line came last', () => {
  const log = '2026-11-22T18:00:00.000000Z  INFO mailkeep: opened\n2026-11-22T18:00:01.000000Z  INFO engine::node: entered node=5\n2026-11-22T18:00:02.000000Z  INFO engine::intake: took in all that waited messages=5\n2026-11-22T18:00:03.500000Z  INFO engine::intake: took in all that waited messages=5\n2026-11-22T18:00:04.000000Z  INFO engine::search: indexed for search messages=10\n';
  assert.deepEqual(takenIn(log), { threaded: 2.5, searchable: 3 });
  assert.throws(() => takenIn('nothing'), /entered/);
});

test('a lease that was lost on the way is counted', () => {
  const line = (level, said) => `2026-11-22T18:00:01.000000Z ${level} engine::node: ${said}\n`;
  assert.equal(leasesLost(line(' WARN', 'the database did not renew the lease in time') + line('ERROR', 'the lease could not be renewed node=3') + line('ERROR', 'the lease ran out node=4')), 2);
  assert.equal(leasesLost(''), 0);
});

test('pages of every kind come as often as they should, spread and in the same order each time', () => {
  const order = mix([5, 3, 2], 100);
  assert.deepEqual([0, 1, 2].map((kind) => order.filter((one) => one === kind).length), [50, 30, 20]);
  assert.deepEqual(order.slice(0, 10), [0, 1, 2, 0, 0, 1, 0, 2, 1, 0]);
  assert.deepEqual(mix([5, 3, 2], 100), order);
});

test('anything but a page is no figure', () => {
  const kinds = [{ name: 'list' }, { name: 'outbox' }];
  const page = (wait, bytes) => ({ status: 200, wait, bytes, late: 0 });
  const rows = answered(kinds, [0, 1, 0], [page(5, 10), page(7, 20), page(9, 30)]);
  assert.deepEqual(rows.map(({ kind, asked, wait, bytes }) => [kind.name, asked, wait, bytes]), [['list', 2, [5, 9], [10, 30]], ['outbox', 1, [7], [20]]]);
  const wrong = [page(5, 10), { ...page(1, 0), status: 503 }, { ...page(1, 0), status: 'ECONNRESET' }];
  assert.throws(() => answered(kinds, [0, 1, 1], wrong), /^Error: 2 of 3 pages were not answered: outbox: 503 \(1\), outbox: ECONNRESET \(1\)$/);
});

test('the relay hears lines, however they are cut, and nothing that a message says', () => {
  const heard = [];
  const lines = new Lines((line) => { heard.push(line); return line; });
  const said = '* 3 EXISTS\r\n* 3 FETCH (UID 3 BODY[] {14}\r\n* 9 EXISTS\r\n\r\n)\r\nA1 OK done\r\n';
  const passed = [...Buffer.from(said)].map((byte) => lines.take(Buffer.from([byte])));
  assert.equal(Buffer.concat(passed).toString(), said);
  assert.deepEqual(heard, ['* 3 EXISTS\r\n', '* 3 FETCH (UID 3 BODY[] {14}\r\n', ')\r\n', 'A1 OK done\r\n']);
  assert.equal(new Lines(withoutIdle).take(Buffer.from(said)).toString(), said);
});

test('a server can be without IDLE', () => {
  assert.equal(withoutIdle('* CAPABILITY IMAP4rev1 IDLE NAMESPACE\r\n'), '* CAPABILITY IMAP4rev1 NAMESPACE\r\n');
  assert.equal(withoutIdle('A1 OK [CAPABILITY IMAP4rev1 ID IDLE] in\r\n'), 'A1 OK [CAPABILITY IMAP4rev1 ID] in\r\n');
  assert.equal(withoutIdle('A2 OK IDLE completed\r\n'), 'A2 OK IDLE completed\r\n');
});

test('who signs in is known by what PLAIN says', () => {
  const plain = Buffer.from('\0Mia@x.example\0secret').toString('base64');
  assert.equal(whoSignsIn(`A1 CAPABILITY\r\nA2 AUTHENTICATE PLAIN\r\n${plain}\r\n`), 'mia@x.example');
  assert.equal(whoSignsIn(`A2 AUTHENTICATE PLAIN ${plain}\r\n`), 'mia@x.example');
  assert.equal(whoSignsIn(`A2 AUTHENTICATE PLAIN\r\n${plain.slice(0, 5)}`), null);
});

test('what was handed over is what arrived, without the servers\' own lines', () => {
  const raw = 'Return-Path: <a@x>\nReceived: from a\n\tby b;\n now\nFrom: a@x\nSubject: long\n  one\n\nReceived: no header\n';
  assert.equal(handedOver(raw), 'From: a@x\r\nSubject: long\r\n  one\r\n\r\nReceived: no header\r\n');
  assert.equal(handedOver(raw.replaceAll('\n', '\r\n')), handedOver(raw));
});

test('an arrival is followed by its ticket\'s word and its mailbox\'s fetch', () => {
  const words = [{ at: 1, keys: ['ticket:12'] }, { at: 5, keys: ['tickets', 'ticket:1'] }, { at: 7, keys: ['everything'] }];
  assert.equal(wordOf(words, '1', 2), 5);
  assert.equal(wordOf(words, '12', 2), 7);
  assert.equal(wordOf(words, '1', 8), undefined);
  const log = '2026-01-01T00:00:01.500Z  INFO engine::watch: fetched mailbox=7 stored=1\n2026-01-01T00:00:02Z  INFO engine::watch::others: fetched mailbox=7 folder=3 stored=1\n';
  assert.deepEqual(fetches(log), { 7: [Date.parse('2026-01-01T00:00:01.500Z')] });
});

test('goals of an arrival are met or missed by the figures', () => {
  const list = (n) => Array.from({ length: 100 }, () => n);
  const facts = { pace: 250, mailboxes: 2, build: 'a build', every: 60_000, gather: 250, waits: list(900), theirs: list(600), stored: list(20), words: list(30), ours: list(40), looked: [59_000], again: [{ pressed: 300, answered: -4 }] };
  assert.match(told(facts), /for 99 in 100: met\. Ours under 50 ms for half: met; under 300 ms for 99 in 100: met\. .*each time: met\.$/);
  const late = told({ ...facts, waits: [...list(900).slice(2), 1000, 1000], ours: list(50), again: [{ pressed: 2500, answered: 2000 }] });
  assert.match(late, /for 99 in 100: missed\. Ours under 50 ms for half: missed; under 300 ms for 99 in 100: met\. .*each time: missed\.$/);
  assert.match(told(facts), /answer to fetched \| 1 \| 0 ms/);
  assert.match(told(facts), /is asked every 60 s/);
});

test('the spans that a text names stand in the source', () => {
  assert.equal(span('server/engine/src/watch.rs', 'LOOK'), 60_000);
  assert.throws(() => span('server/engine/src/watch.rs', 'NOWHERE'), /does not say how long NOWHERE is/);
});
