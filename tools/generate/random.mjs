/** Random numbers that depend only on the seed: sfc32, seeded by splitmix32. */
export class Random {
  #a;
  #b;
  #c;
  #d = 1;

  /**
   * @param {number} seed any integer
   * @param {number} stream the number of one of the seed's independent sequences
   */
  constructor(seed, stream = 0) {
    let state = (seed ^ Math.imul(stream, 0x85ebca6b)) | 0;
    const split = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    [this.#a, this.#b, this.#c] = [split(), split(), split()];
    for (let i = 0; i < 12; i++) this.bits(); // until the seed has affected every bit
  }

  /** 32 random bits. */
  bits() {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A number of at least 0 and below 1. */
  unit() {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number of at least 0 and below `n`. */
  below(n) {
    return Math.floor(this.unit() * n);
  }

  /** True with the probability `p`. */
  chance(p) {
    return this.unit() < p;
  }

  /**
   * @template T
   * @param {readonly T[]} list
   * @returns {T}
   */
  pick(list) {
    return list[this.below(list.length)];
  }

  /**
   * Picks from `[weight, item]` pairs.
   * @template T
   * @param {readonly (readonly [number, T])[]} pairs
   * @returns {T}
   */
  weighted(pairs) {
    let total = 0;
    for (const [weight] of pairs) total += weight;
    let left = this.unit() * total;
    for (const [weight, item] of pairs) {
      left -= weight;
      if (left < 0) return item;
    }
    return pairs[pairs.length - 1][1];
  }

  /** The items of `list` in a random order. */
  shuffled(list) {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  /** Eight hexadecimal digits. */
  hex() {
    return this.bits().toString(16).padStart(8, "0");
  }

  uuid() {
    const [a, b, c, d] = [this.hex(), this.hex(), this.hex(), this.hex()];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }
}
