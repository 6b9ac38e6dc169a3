// A PostgreSQL of its own, flushing as one does that holds people's mail.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { freePort } from '../support/mailkeep.mjs';

const bin = () => {
  const found = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin`).filter((dir) => fs.existsSync(`${dir}/initdb`)) : [];
  return found.at(-1);
};

export class Postgres {
  static async start(work) {
    const it = new Postgres();
    it.bin = bin();
    if (!it.bin) return null;
    it.folder = `${work}/postgres`;
    it.port = await freePort();
    it.version = /(\d[\d.]*)/.exec(execFileSync(`${it.bin}/postgres`, ['--version'], { encoding: 'utf8' }))[1];
    fs.mkdirSync(it.folder);
    it.as = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    if (it.as.length) execFileSync('chown', ['postgres', it.folder]);
    it.run('initdb', '-D', `${it.folder}/data`, '-U', 'mailkeep', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8');
    it.run('pg_ctl', '-s', '-w', '-D', `${it.folder}/data`, '-l', `${it.folder}/log`, '-o', `-p ${it.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${it.folder} -c fsync=on -c synchronous_commit=on`, 'start');
    return it;
  }

  run(program, ...args) { const [command, ...rest] = [...this.as, `${this.bin}/${program}`, ...args]; return execFileSync(command, rest, { cwd: '/tmp', encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }); }
  url(name) { return `postgres://mailkeep@127.0.0.1:${this.port}/${name}`; }
  /** Makes a database anew, as a copy of another one. */
  make(name, like = 'template1') {
    this.sql('postgres', `DROP DATABASE IF EXISTS ${name}`);
    this.sql('postgres', `CREATE DATABASE ${name} TEMPLATE ${like}`);
  }
  sql(name, text) { return this.run('psql', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'mailkeep', '-d', name, '-AtqF', ' ', '-c', text).trim(); }
  ask(name) { return (sql) => this.sql(name, sql).split(' ').map(Number); }
  stop() { this.run('pg_ctl', '-s', '-m', 'fast', '-D', `${this.folder}/data`, 'stop'); }
}
