// Reading Mailkeep's database from outside, beside the running program: SQLite by its shell, PostgreSQL by psql.
import { execFile } from 'node:child_process';

const run = (program, args) => new Promise((ok, no) => {
  execFile(program, args, { maxBuffer: 1 << 29 }, (error, out, err) => (error ? no(new Error(`${program}: ${err.trim() || error.message}`)) : ok(out)));
});

export class Database {
  /** `place`: a file, or a postgres:// address. */
  constructor(place) { this.place = place; this.isPostgres = place.startsWith('postgres'); }

  /** Rows as objects. Only reads. */
  async all(sql) {
    if (this.isPostgres) return JSON.parse((await run('psql', ['-X', '-q', '-At', '-d', this.place, '-c', `SELECT COALESCE(json_agg(t), '[]') FROM (${sql}) t`])).trim());
    const out = await run('sqlite3', ['-readonly', '-json', '-cmd', '.timeout 10000', this.place, sql]);
    return out.trim() ? JSON.parse(out) : [];
  }
  async number(sql) { return Number(Object.values((await this.all(sql))[0])[0]); }
}
