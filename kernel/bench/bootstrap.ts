/**
 * @file How sure a ratio of medians is: a percentile bootstrap over stretches of the series. Times that follow each other
 * are alike (a clock that changes its rate, a collector at work), and stretches keep that likeness: H. R. Künsch, "The
 * jackknife and the bootstrap for general stationary observations", Annals of Statistics 17 (1989); stretches go around
 * the end of the series as in D. N. Politis and J. P. Romano (1992).
 */
import { MersenneTwister } from "../random/mt19937.ts";
import { quantile, sorted } from "./statistics.ts";

/** With fewer repetitions the interval is too narrow too often: see the simulations among the tests. */
export const LEAST_FOR_INTERVAL = 20;
const RESAMPLES = 4000;

export interface IntervalOptions {
  /** Whether the i-th times of both were taken one right after the other, so that what disturbed one disturbed both. */
  readonly paired: boolean;
  /** The share of intervals that hold the true ratio. */
  readonly confidence: number;
  readonly seed?: number;
}

/** A series whose medians of resamples cost one pass: its times ascending, and where in them each time is. */
class Resampled {
  readonly #ascending: Float64Array;
  readonly #ranks: Int32Array;
  readonly #counts: Int32Array;

  constructor(times: readonly number[]) {
    const order = Int32Array.from(times.keys()).sort((a, b) => times[a] - times[b]);
    this.#ascending = sorted(times);
    this.#ranks = new Int32Array(times.length);
    order.forEach((position, rank) => {
      this.#ranks[position] = rank;
    });
    this.#counts = new Int32Array(times.length);
  }

  get length(): number {
    return this.#ranks.length;
  }

  /** The median of the times at those positions, as many as there are times. */
  median(positions: Int32Array): number {
    const { length } = this;
    const counts = this.#counts.fill(0);
    for (const position of positions) counts[this.#ranks[position]]++;
    const [low, high] = [(length - 1) >> 1, length >> 1];
    let rank = 0;
    let seen = counts[0];
    while (seen <= low) seen += counts[++rank];
    const lower = this.#ascending[rank];
    while (seen <= high) seen += counts[++rank];
    return (lower + this.#ascending[rank]) / 2;
  }
}

/** Fills in the positions of stretches that begin anywhere, as long as the square root of the series. */
function drawStretches(random: MersenneTwister, positions: Int32Array): void {
  const { length } = positions;
  const stretch = Math.max(1, Math.round(Math.sqrt(length)));
  for (let i = 0; i < length; ) {
    const start = Math.floor((random.nextUint32() / 2 ** 32) * length);
    for (let k = 0; k < stretch && i < length; k++) positions[i++] = (start + k) % length;
  }
}

/**
 * The interval that holds the ratio of the medians of `over` and `under`. Undefined where the times support none: too few
 * of them, or a median of 0. The same times give the same interval.
 */
export function ratioInterval(
  over: readonly number[],
  under: readonly number[],
  { paired, confidence, seed = 0 }: IntervalOptions,
): readonly [lower: number, upper: number] | undefined {
  if (Math.min(over.length, under.length) < LEAST_FOR_INTERVAL) return undefined;
  const random = new MersenneTwister(seed);
  const [numerator, denominator] = [new Resampled(over), new Resampled(under)];
  const overPositions = new Int32Array(numerator.length);
  const underPositions = paired ? overPositions : new Int32Array(denominator.length);
  const ratios = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) {
    drawStretches(random, overPositions);
    if (!paired) drawStretches(random, underPositions);
    const below = denominator.median(underPositions);
    if (!(below > 0)) return undefined;
    ratios[i] = numerator.median(overPositions) / below;
  }
  ratios.sort();
  const tail = (1 - confidence) / 2;
  return [quantile(ratios, tail), quantile(ratios, 1 - tail)];
}
