/**
 * @file A stream of random numbers for each key, without state to set up: Philox4x32-10 of J. K. Salmon, M. A. Moraes,
 * R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. An algorithm that takes as many
 * numbers as it needs can so be a function of its arguments and a key.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of a product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh] = [a & 0xffff, a >>> 16];
  const [bLow, bHigh] = [b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000);
}

/** Four words for a counter and a key, in place. */
export function philox4x32(counter: Uint32Array, key0: number, key1: number): void {
  let [k0, k1] = [key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < ROUNDS; round++) {
    const [c0, c1, c2, c3] = counter;
    counter[0] = multiplyHigh(MULTIPLIER_1, c2) ^ c1 ^ k0;
    counter[1] = Math.imul(MULTIPLIER_1, c2);
    counter[2] = multiplyHigh(MULTIPLIER_0, c0) ^ c3 ^ k1;
    counter[3] = Math.imul(MULTIPLIER_0, c0);
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
}

export class PhiloxStream {
  readonly #words = new Uint32Array(4);
  #key0 = 0;
  #key1 = 0;
  #block = 0;
  /** Words of the block that have been used. */
  #used = 4;
  #spare: number | undefined;

  /** Starts the stream of a key of two 32-bit words. */
  start(key0: number, key1: number): this {
    this.#key0 = key0;
    this.#key1 = key1;
    this.#block = 0;
    this.#used = 4;
    this.#spare = undefined;
    return this;
  }

  #word(): number {
    if (this.#used === 4) {
      this.#words[0] = this.#block++;
      this.#words[1] = this.#words[2] = this.#words[3] = 0;
      philox4x32(this.#words, this.#key0, this.#key1);
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** Uniform on (0, 1), both ends excluded: odd multiples of 2⁻⁵³. */
  uniform(): number {
    const high = this.#word() >>> 6;
    const low = this.#word() >>> 6;
    return (high * 2 ** 26 + low + 0.5) * 2 ** -52;
  }

  /** Standard normal: G. E. P. Box and M. E. Muller, Ann. Math. Statist. 29 (1958). */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
