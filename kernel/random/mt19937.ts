/**
 * @file The Mersenne Twister MT19937 with the seeding `init_genrand`: M. Matsumoto and T. Nishimura, "Mersenne Twister:
 * a 623-dimensionally equidistributed uniform pseudorandom number generator", ACM TOMACS 8 (1998). This is the engine
 * under PyTorch's CPU generator and under NumPy's `RandomState`.
 */

const LENGTH = 624;
const MIDDLE = 397;

/** One step of the recurrence: the top bit of `high` joined to the rest of `low`, times the companion matrix. */
const twist = (high: number, low: number): number => {
  const joined = (high & 0x80000000) | (low & 0x7fffffff);
  return (joined >>> 1) ^ (-(joined & 1) & 0x9908b0df);
};

export class MersenneTwister {
  // Signed words: the engine keeps 32-bit integers in registers, while values above 2³¹ would become doubles.
  #words = new Int32Array(LENGTH);
  #position = LENGTH;

  /** `seed` is taken modulo 2³². */
  constructor(seed: number) {
    const words = this.#words;
    words[0] = seed;
    for (let i = 1; i < LENGTH; i++) {
      const previous = words[i - 1];
      words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 bits of the stream, as a signed integer: cheapest where only some of the bits are wanted. */
  nextInt32(): number {
    if (this.#position === LENGTH) this.#refill();
    let word = this.#words[this.#position++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return word ^ (word >>> 18);
  }

  /** The next 32 bits of the stream, in [0, 2³²). */
  nextUint32(): number {
    return this.nextInt32() >>> 0;
  }

  /** An engine that continues from the same state, independently of this one. */
  clone(): MersenneTwister {
    const copy = new MersenneTwister(0);
    copy.#words = this.#words.slice();
    copy.#position = this.#position;
    return copy;
  }

  #refill(): void {
    const words = this.#words;
    let i = 0;
    for (; i < LENGTH - MIDDLE; i++) words[i] = words[i + MIDDLE] ^ twist(words[i], words[i + 1]);
    for (; i < LENGTH - 1; i++) words[i] = words[i + MIDDLE - LENGTH] ^ twist(words[i], words[i + 1]);
    words[i] = words[i + MIDDLE - LENGTH] ^ twist(words[i], words[0]);
    this.#position = 0;
  }
}
