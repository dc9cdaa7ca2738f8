/** @file Seeded data for tests: uneven numbers, so that a transposed or shifted result cannot pass. */
import { type DType, type Tensor, tensor } from "../../../kernel/index.ts";
import { entries } from "./grid.ts";

/** A stream of uniform numbers in [0, 1): "mulberry32". */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface DataOptions {
  readonly seed?: number;
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: DType;
}

/** A tensor of uniform numbers in [low, high); float64 by default. */
export function data(shape: readonly number[], options: DataOptions = {}): Tensor {
  const { seed = 1, low = -1.5, high = 1.5, dtype = "float64" } = options;
  const next = uniform(seed * 7919 + shape.length);
  const values = Float64Array.from({ length: entries(shape) }, () => low + (high - low) * next());
  return tensor(dtype === "int32" || dtype === "bool" ? values.map(Math.floor) : values, { shape, dtype });
}

/** Copies of `x`, one for each entry, with that entry moved by `step`. */
export function moved(x: Tensor, entry: number, step: number): Tensor {
  const values = Float64Array.from(x.dataSync());
  values[entry] += step;
  return tensor(values, { shape: x.shape, dtype: x.dtype });
}
