/** @file What is to be known of a matrix before it is coloured: its extremes, its usual magnitude, what is no number. */
import type { Plane } from "./pyramid.ts";
import type { Summary } from "./source.ts";

/** Sorting more than a sample of this size would be felt when slices change. */
const SAMPLE = 1 << 14;
const [SMALL, TYPICAL, USUAL] = [0.05, 0.5, 0.98];

export function summaryOf({ entries, from, rows, columns }: Plane): Summary {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [nan, infinite, nonzero] = [0, 0, 0];
  const end = from + rows * columns;
  for (let i = from; i < end; i++) {
    const value = entries[i];
    if (value - value === 0) {
      if (value < min) min = value;
      if (value > max) max = value;
      if (value !== 0) nonzero++;
    } else if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  if (min > max) [min, max] = [0, 0];
  const sample = sampleOf(entries.subarray(from, end), nonzero);
  const at = (quantile: number): number => sample[Math.round(quantile * (sample.length - 1))] ?? 0;
  const usual = at(USUAL);
  let beyond = 0;
  for (let i = from; i < end; i++) if (Math.abs(entries[i]) > usual && entries[i] - entries[i] === 0) beyond++;
  return { min, max, nan, infinite, nonzero, small: at(SMALL), typical: at(TYPICAL), usual, beyond };
}

/** Magnitudes of entries that are finite and not 0, evenly spread over the matrix, in order of size. */
function sampleOf(entries: Plane["entries"], nonzero: number): Float64Array {
  const every = Math.max(1, Math.ceil(nonzero / SAMPLE));
  const sample = new Float64Array(Math.ceil(nonzero / every));
  let met = 0;
  for (let i = 0; i < entries.length; i++) {
    const value = entries[i];
    if (value !== 0 && value - value === 0 && met++ % every === 0) sample[(met - 1) / every] = Math.abs(value);
  }
  return sample.sort();
}
