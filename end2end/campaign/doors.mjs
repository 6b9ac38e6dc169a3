// Whether somebody answers: asks every process's /readyz, again and again, as a load balancer does.
import { pause } from '../support/rig.mjs';

/** How often. Milliseconds. */
const EVERY = 200;
/**
 * For so long nobody may be ready: a process that is asked to end says so on its door first, and the next one is asked to end
 * only when this one's place is taken, so that two of three are ready at any time. What is left is a busy machine: two questions in a row
 * that take their time, with some to spare. Milliseconds.
 */
const MOMENT = 1_000;

export class Doors {
  /** `urls()`: every process's address, also of those that are just beginning or ending. */
  constructor(urls) { this.urls = urls; this.longest = 0; this.asked = 0; this.troubles = []; }

  async #ready(url) {
    try { return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(MOMENT) })).status === 200; } catch { return false; }
  }

  /** Watches while `work` goes on. */
  async during(what, work) {
    let over = false, since = 0;
    const watch = (async () => {
      let last = Date.now();
      while (!over) {
        const began = Date.now();
        this.asked += 1;
        const anybody = await Promise.any(this.urls().map(async (url) => { if (!await this.#ready(url)) throw new Error(url); return true; })).catch(() => false);
        if (anybody) { if (since) this.#told(what, Date.now() - since); since = 0; last = began; } else since ||= last;
        await pause(Math.max(0, EVERY - (Date.now() - began)));
      }
      if (since) this.#told(what, Date.now() - since);
    })();
    try { await work(); } finally { over = true; await watch; }
  }

  #told(what, ms) {
    this.longest = Math.max(this.longest, ms);
    if (ms > MOMENT) this.troubles.push(`during ${what} nobody was ready for ${(ms / 1000).toFixed(1)} s`);
  }
}
