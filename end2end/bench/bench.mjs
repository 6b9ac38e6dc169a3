// Measures Mailkeep beside what people use today; see script/bench.
//   bench.mjs [--short] [--rounds N] [--messages N] [--mailboxes N] [PART...]      bench.mjs --check
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from '../support/rig.mjs';
import { PROGRAM } from '../support/mailkeep.mjs';
import { say } from '../support/say.mjs';
import { WORK, available, busy, describe, free, refusal } from './machine.mjs';
import * as results from './results.mjs';
import { catchingUp, databases } from './parts.mjs';
import { idle } from './idle.mjs';
import { comingUp } from './coming-up.mjs';
import { growth } from './growth.mjs';
import { tickets } from './growth-tickets.mjs';
import { arrival } from './arrival.mjs';
import { console_ } from './console.mjs';
import { sending } from './sending.mjs';

// `mailboxes`: how many the part has, as it is measured and in the short form; without, it is about messages, of which
// `messages` says how many in the same way, where they are not the others' 10,000.
// `disk`: bytes a message, where it is not 250,000 (several copies of a database at a time).
// Eleven times the messages, or twelve, in the mail server's folders and in one database.
const GROWN = 12 * 80_000;
const PARTS = {
  'catching-up': { title: 'Catching up', measure: catchingUp },
  databases: { title: 'Databases and mailboxes', measure: databases },
  idle: { title: 'At rest, and starting', measure: idle, mailboxes: [2000, 6] },
  'coming-up': { title: 'Coming up with tokens', measure: comingUp, mailboxes: [1000, 3] },
  arrival: { title: 'From arrival to screen', measure: arrival, mailboxes: [200, 3] },
  console: { title: 'The console under load', measure: console_, mailboxes: [1000, 20] },
  sending: { title: 'Sending', measure: sending, messages: [1000, 20] },
  growth: { title: 'How cost grows', measure: growth, disk: GROWN },
  'growth-tickets': { title: 'How cost grows with tickets', measure: tickets, disk: GROWN },
};

function arguments_(given) {
  const told = { parts: [], short: false, check: false, rounds: undefined, messages: undefined, mailboxes: undefined };
  for (let n = 0; n < given.length; n += 1) {
    const word = given[n];
    if (word === '--short' || word === '--check') told[word.slice(2)] = true;
    else if (['--rounds', '--messages', '--mailboxes'].includes(word)) {
      told[word.slice(2)] = Number(given[n += 1]);
      if (!(told[word.slice(2)] >= 1)) throw new Error(`${word} needs a number`);
    } else if (PARTS[word]) told.parts.push(word);
    else throw new Error(`script/bench has no part ${word}; it has ${Object.keys(PARTS).join(', ')}`);
  }
  if (!told.parts.length) told.parts = Object.keys(PARTS);
  return told;
}

let told;
try { told = arguments_(process.argv.slice(2)); } catch (error) { console.error(error.message); process.exit(2); }
if (told.check) {
  const wrong = results.check();
  if (wrong) { console.error(wrong); process.exit(1); }
  console.log('README and results agree');
  process.exit(0);
}

const howMany = (usual) => told.messages ?? (usual ?? [10_000, 200])[told.short ? 1 : 0];
const rounds = told.rounds ?? (told.short ? 1 : 3);
const many = (part) => { const { mailboxes } = PARTS[part]; return mailboxes ? told.mailboxes ?? mailboxes[told.short ? 1 : 0] : 0; };
const refused = refusal({ disk: free('/tmp'), memory: available(), there: fs.existsSync(WORK) ? WORK : null, messages: howMany(), mailboxes: Math.max(...told.parts.map(many)), each: Math.max(...told.parts.map((part) => PARTS[part].disk ?? 250_000)) });
if (refused) { console.error(refused); process.exit(1); }
fs.mkdirSync(WORK, { mode: 0o755 });
let ending = false;
const end = (code) => { if (!ending) { ending = true; fs.rmSync(WORK, { recursive: true, force: true }); process.exit(code); } };
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(1));

const commit = () => { try { return execFileSync('git', ['-C', ROOT, 'describe', '--always', '--dirty', '--abbrev=10'], { encoding: 'utf8' }).trim(); } catch { return 'unknown'; } };
const build = `${PROGRAM.includes('/release/') ? 'release' : 'dev'} build of ${commit()}`;
/** Keeps a picture beside the results; the Markdown that shows it. Nothing in the short form. */
function draw(name, said, svg) {
  if (told.short) return '';
  fs.writeFileSync(path.join(ROOT, `end2end/bench/${name}.svg`), svg);
  return `\n\n![${said}](end2end/bench/${name}.svg)`;
}
let failed = 0;
for (const part of told.parts) {
  const { title, measure, messages: own } = PARTS[part];
  const messages = howMany(own), mailboxes = many(part);
  const work = `${WORK}/${part}`;
  const before = await busy();
  fs.mkdirSync(work);
  say(`${title}: ${mailboxes ? `${mailboxes} mailboxes` : `${messages} messages, ${rounds} round${rounds > 1 ? 's' : ''}`}`);
  try {
    const text = await measure({ work, messages, rounds, mailboxes, say, build, short: told.short, draw, cores: os.cpus().length });
    const measured = `Measured on ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC: ${describe()}; ${before.toFixed(1)} cores were busy before the run${before > 0.5 ? ': the machine was not quiet, and these figures are provisional' : ''}.`;
    console.log(`\n${text}\n\n${measured}\n`);
    if (!told.short) results.keep(part, `### ${title}\n\n${text}\n\n${measured}`);
  } catch (error) {
    failed += 1;
    console.error(`${title} could not be measured: ${error.message}`);
  }
  fs.rmSync(work, { recursive: true, force: true });
}
if (!told.short) console.log(`written to ${results.FILE} and README.md`);
end(failed ? 1 : 0);
