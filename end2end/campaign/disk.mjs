// A disk that can be filled: a small file system in memory, mounted for the database alone. Mounting takes root's rights, as the rig
// itself does; where even root may not mount, the program's files are kept from growing instead (RLIMIT_FSIZE, which any user may
// lower and raise again for his own process).
import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';

const root = (...args) => (process.getuid() === 0 ? execFileSync(args[0], args.slice(1), { stdio: 'pipe' }) : execFileSync('sudo', ['-n', ...args], { stdio: 'pipe' }));

export class Disk {
  constructor(folder, megabytes) {
    this.folder = folder;
    fs.mkdirSync(folder, { recursive: true });
    try {
      root('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,uid=${process.getuid()},gid=${process.getgid()},mode=0700`, 'mailkeep-campaign', folder);
      this.mounted = true;
    } catch { this.mounted = false; }
  }

  get how() { return this.mounted ? 'a small file system in memory' : 'RLIMIT_FSIZE on the process'; }

  /** No byte more, until there is room again. */
  async fill(pid) {
    if (!this.mounted) {
      const largest = Math.max(...fs.readdirSync(this.folder).map((name) => fs.statSync(`${this.folder}/${name}`).size));
      return new Promise((ok, no) => { execFile('prlimit', ['--pid', String(pid), `--fsize=${largest}:unlimited`], (e) => (e ? no(e) : ok())); });
    }
    const file = fs.openSync(`${this.folder}/ballast`, 'w'), block = Buffer.alloc(1 << 20);
    // The last pages too: a write that needs one more must fail.
    for (let size = block.length; size >= 1; size = size > 4096 ? 4096 : Math.floor(size / 4096)) {
      try { for (;;) if (fs.writeSync(file, block, 0, size) < size) break; } catch (error) { if (error.code !== 'ENOSPC') throw error; }
      if (size <= 4096) break;
    }
    fs.closeSync(file);
    return undefined;
  }

  async empty(pid) {
    if (this.mounted) fs.rmSync(`${this.folder}/ballast`, { force: true });
    else await new Promise((ok, no) => { execFile('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited'], (e) => (e ? no(e) : ok())); });
  }

  close() { if (this.mounted) { try { root('umount', this.folder); } catch { /* it goes with the machine */ } } }
}
