/** @file Statistics of a sample of measured times. */
import { ArgumentError } from "../errors.ts";

function nonEmpty(name: string, sample: ArrayLike<number>): void {
  if (sample.length === 0) throw new ArgumentError(`${name}: expected at least one value, got none.`);
}

export function mean(sample: ArrayLike<number>): number {
  nonEmpty("mean", sample);
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += sample[i];
  return sum / sample.length;
}

/** Of the sample itself, dividing by its size. */
export function standardDeviation(sample: ArrayLike<number>): number {
  const center = mean(sample);
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += (sample[i] - center) ** 2;
  return Math.sqrt(sum / sample.length);
}

export const sorted = (sample: ArrayLike<number>): Float64Array => Float64Array.from(sample).sort();

/** The `q`-quantile of an ascending sample, linear between its neighbours, as `numpy.quantile` by default. */
export function quantile(ascending: ArrayLike<number>, q: number): number {
  nonEmpty("quantile", ascending);
  if (!(q >= 0 && q <= 1)) throw new ArgumentError(`quantile: expected a fraction from 0 to 1, got ${q}.`);
  const position = q * (ascending.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
}
