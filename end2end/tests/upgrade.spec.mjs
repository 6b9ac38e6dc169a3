// Every database file kept in server/tests/databases opens with today's program: the schema moves on, and what was
// in it is there. `support/keep-database.mjs` makes such a file.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { test, expect } from '../support/fixtures.mjs';
import { ROOT } from '../support/rig.mjs';
import { Desk } from '../support/desk.mjs';

const KEPT = path.join(ROOT, 'server/tests/databases');

for (const name of fs.readdirSync(KEPT).sort()) {
  test(`a database of ${name} is taken over with its mailboxes, tickets and sign-ins`, async ({ start }) => {
    const from = path.join(KEPT, name);
    const expected = JSON.parse(fs.readFileSync(path.join(from, 'expected.json'), 'utf8'));
    const data = fs.mkdtempSync('/tmp/mailkeep-upgrade.');
    fs.writeFileSync(path.join(data, 'mailkeep.db'), zlib.gunzipSync(fs.readFileSync(path.join(from, 'mailkeep.db.gz'))));
    fs.copyFileSync(path.join(from, 'key'), path.join(data, 'key'));
    fs.chmodSync(path.join(data, 'key'), 0o600);
    // Silent: the servers of its mailboxes are long gone.
    const mailkeep = await start({ data, args: ['--silent'] });
    const desk = new Desk(mailkeep);
    desk.admin = await desk.signedIn(expected.admin);
    await desk.admin.go('/admin/channels/email');
    for (const address of expected.mailboxes) desk.admin.must(address);
    const subjects = (await desk.tickets('?show=all')).map((t) => t.subject);
    for (const subject of expected.tickets) {
      const found = subjects.includes(subject) || (await desk.tickets(`?q=${encodeURIComponent(subject)}`)).some((t) => t.subject === subject);
      expect(found, `${subject} is among the tickets`).toBe(true);
    }
    // Found by the index, opened, and read.
    const [one] = await desk.tickets(`?q=${encodeURIComponent(expected.tickets[0])}`);
    (await desk.admin.go(`/tickets/${one.id}`)).must(`About: ${expected.tickets[0]}`);
    (await desk.admin.go('/outbox')).must(expected.waits);
    await mailkeep.stop();
    // Every sealed value opens: each is sealed anew with another key.
    const { code, said } = await mailkeep.command('key', 'rotate');
    expect(said).toMatch(/Sealed \d+ values anew/);
    expect(Number(/Sealed (\d+) values/.exec(said)[1])).toBeGreaterThanOrEqual(expected.mailboxes.length);
    expect(code, said).toBe(0);
    fs.rmSync(data, { recursive: true, force: true });
  });
}
