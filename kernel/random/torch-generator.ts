/**
 * @file The stream of random numbers of PyTorch's CPU generator, so that a notebook ported from Python shows the same
 * numbers under the same seed. Methods return flat arrays; the order and number of draws from the engine is part of
 * the contract, because it decides every number that comes after.
 */
import { ArgumentError } from "../errors.ts";
import { boxMuller16 } from "./box-muller.ts";
import { MersenneTwister } from "./mt19937.ts";

/** From this many values on, PyTorch transforms blocks of 16 uniform values; below it, it makes one pair at a time. */
const BLOCK = 16;

/** A stream of random numbers with a seed: PyTorch's on the CPU (Mersenne Twister), number for number. */
export class Generator {
  #engine: MersenneTwister;
  #initialSeed: number;
  /** The second half of the last pair made by {@link Generator.#normal}. */
  #spare: number | undefined;

  /** PyTorch takes only the low 32 bits of a seed; negative seeds wrap, as there. */
  constructor(seed = 5489) {
    this.#initialSeed = checkedSeed("Generator", seed);
    this.#engine = new MersenneTwister(this.#initialSeed);
  }

  /** Starts the stream of `seed` from its beginning, as `torch.manual_seed`. */
  manualSeed(seed: number): this {
    this.#initialSeed = checkedSeed("manualSeed", seed);
    this.#engine = new MersenneTwister(this.#initialSeed);
    this.#spare = undefined;
    return this;
  }

  /** The seed that this stream started from. */
  get initialSeed(): number {
    return this.#initialSeed;
  }

  /** A generator that continues from the same state, independently of this one. */
  clone(): Generator {
    const copy = new Generator(this.#initialSeed);
    copy.#engine = this.#engine.clone();
    copy.#spare = this.#spare;
    return copy;
  }

  /** `torch.rand(n)`: multiples of 2⁻²⁴ in [0, 1). */
  uniformFloat32(n: number): Float32Array {
    const values = new Float32Array(checkedCount("uniformFloat32", n));
    this.#fillUniformFloat32(values, 0);
    return values;
  }

  /** `torch.rand(n, dtype=torch.float64)`: multiples of 2⁻⁵³ in [0, 1). */
  uniformFloat64(n: number): Float64Array {
    const values = new Float64Array(checkedCount("uniformFloat64", n));
    for (let i = 0; i < n; i++) values[i] = this.#uniform();
    return values;
  }

  /** `torch.randn(n)`. */
  normalFloat32(n: number): Float32Array {
    const values = new Float32Array(checkedCount("normalFloat32", n));
    if (n < BLOCK) {
      for (let i = 0; i < n; i++) values[i] = this.#normal();
      return values;
    }
    this.#fillUniformFloat32(values, 0);
    for (let i = 0; i <= n - BLOCK; i += BLOCK) boxMuller16(values, i);
    if (n % BLOCK !== 0) {
      this.#fillUniformFloat32(values, n - BLOCK);
      boxMuller16(values, n - BLOCK);
    }
    return values;
  }

  /** `torch.randn(n, dtype=torch.float64)`; each value is within 3 ulp of PyTorch's, whose C library has other cosines. */
  normalFloat64(n: number): Float64Array {
    const values = new Float64Array(checkedCount("normalFloat64", n));
    if (n < BLOCK) {
      for (let i = 0; i < n; i++) values[i] = this.#normal();
      return values;
    }
    for (let i = 0; i < n; i++) values[i] = this.#uniform();
    for (let i = 0; i <= n - BLOCK; i += BLOCK) boxMuller16Float64(values, i);
    if (n % BLOCK !== 0) {
      for (let i = n - BLOCK; i < n; i++) values[i] = this.#uniform();
      boxMuller16Float64(values, n - BLOCK);
    }
    return values;
  }

  /** `torch.randint(low, high, (n,))`: integers in [low, high). */
  randint(low: number, high: number, n: number): Int32Array {
    if (!isInt32(low) || !isInt32(high - 1) || high <= low) {
      throw new ArgumentError(
        `randint: expected int32 bounds with low < high, got low = ${low}, high = ${high}; swap or widen the bounds.`,
      );
    }
    const values = new Int32Array(checkedCount("randint", n));
    const range = high - low;
    for (let i = 0; i < n; i++) {
      // At the full range PyTorch takes 64 bits modulo 2³², which is the second of two draws.
      if (range === 2 ** 32) this.#engine.nextInt32();
      values[i] = low + (this.#engine.nextUint32() % range);
    }
    return values;
  }

  /** `torch.randperm(n)`: the integers 0 … n − 1 in random order. */
  permutation(n: number): Int32Array {
    const values = new Int32Array(checkedCount("permutation", n));
    for (let i = 0; i < n; i++) values[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.#engine.nextUint32() % (n - i));
      const value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
    return values;
  }

  /**
   * `torch.empty(n).bernoulli_(probability)`: 1 with the given probability, else 0. Builds of PyTorch with Intel's MKL
   * draw these from another stream.
   */
  bernoulli(probability: number, n: number): Uint8Array {
    if (!(probability >= 0 && probability <= 1)) {
      throw new ArgumentError(`bernoulli: expected a probability from 0 to 1, got ${probability}.`);
    }
    const values = new Uint8Array(checkedCount("bernoulli", n));
    for (let i = 0; i < n; i++) values[i] = this.#uniform() < probability ? 1 : 0;
    return values;
  }

  #fillUniformFloat32(values: Float32Array, start: number): void {
    for (let i = start; i < values.length; i++) values[i] = (this.#engine.nextInt32() & 0xffffff) * 2 ** -24;
  }

  /** 53 bits from two draws, the high word first. */
  #uniform(): number {
    const high = this.#engine.nextInt32() & 0x1fffff;
    return (high * 2 ** 32 + this.#engine.nextUint32()) * 2 ** -53;
  }

  /** One standard normal value; pairs are made together and the second is kept for the next call. */
  #normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const angle = 2 * Math.PI * this.#uniform();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniform()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** The layout of {@link boxMuller16} in double precision. */
function boxMuller16Float64(values: Float64Array, start: number): void {
  for (let i = start; i < start + 8; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[i]));
    const angle = 2 * Math.PI * values[i + 8];
    // Adding 0, PyTorch's mean, makes a negative zero positive.
    values[i] = radius * Math.cos(angle) + 0;
    values[i + 8] = radius * Math.sin(angle) + 0;
  }
}

const isInt32 = (x: number): boolean => (x | 0) === x;

function checkedSeed(name: string, seed: number): number {
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`${name}: expected an integer seed, got ${seed}.`);
  return seed;
}

function checkedCount(name: string, n: number): number {
  if (!Number.isSafeInteger(n) || n < 0) throw new ArgumentError(`${name}: expected a count of 0 or more, got ${n}.`);
  return n;
}
