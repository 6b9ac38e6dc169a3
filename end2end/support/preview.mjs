// The console's pages on made-up facts and a clock that stands still: app/examples/preview.rs.
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { ROOT } from './rig.mjs';

export class Preview {
  /** `flags`: --empty, --first, --unregistered, --demo. */
  static async start(...flags) {
    const it = new Preview();
    it.child = spawn('setpriv', ['--pdeathsig', 'KILL', path.join(ROOT, 'target/debug/examples/preview'), ...flags], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    it.ended = new Promise((ok) => { it.child.once('exit', ok); });
    it.url = await new Promise((ok, no) => {
      it.child.stdout.once('data', (d) => ok(String(d).trim()));
      it.child.once('exit', (code) => no(new Error(`the preview ended with ${code}: is it built? cargo unit builds it`)));
    });
    return it;
  }

  async stop() { this.child.kill('SIGTERM'); await this.ended; }
}
