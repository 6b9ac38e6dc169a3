// Chance that can be had again: the same seed gives the same decisions in the same order.
export class Chance {
  constructor(seed) { this.state = seed >>> 0; }
  /** Below 1 (mulberry32). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  between(low, high) { return low + Math.floor(this.next() * (high - low + 1)); }
  pick(list) { return list[this.between(0, list.length - 1)]; }
  one(in_) { return this.between(1, in_) === 1; }
  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i -= 1) { const j = this.between(0, i); [out[i], out[j]] = [out[j], out[i]]; }
    return out;
  }
  /** A sequence of its own, so that what runs beside others does not take from theirs. */
  fork() { return new Chance(Math.floor(this.next() * 4294967296)); }
}
