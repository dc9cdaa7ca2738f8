/** @file Plain arrays with a shape, computed with by index: what expectations are written in, independent of the kernel. */
import type { Tensor } from "../../../kernel/index.ts";

export interface Grid {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: readonly number[];
}

export const entries = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** All positions of a shape in row-major order. */
export function* positions(shape: readonly number[]): Generator<number[]> {
  const size = entries(shape);
  for (let i = 0; i < size; i++) {
    const at = new Array<number>(shape.length);
    let rest = i;
    for (let d = shape.length - 1; d >= 0; d--) {
      at[d] = rest % shape[d];
      rest = (rest - at[d]) / shape[d];
    }
    yield at;
  }
}

export function get({ shape, data }: Grid, at: readonly number[]): number {
  let flat = 0;
  for (let d = 0; d < shape.length; d++) {
    if (!(at[d] >= 0 && at[d] < shape[d])) throw new Error(`position [${at}] is not in shape [${shape}]`);
    flat = flat * shape[d] + at[d];
  }
  return data[flat];
}

/** A grid from a rule for each position. */
export const grid = (shape: readonly number[], rule: (at: number[]) => number): Grid => ({
  shape,
  data: Array.from(positions(shape), rule),
});

export const gridOf = (x: Tensor): Grid => ({ shape: x.shape, data: Array.from(x.dataSync()) });

/** Folds over `axes`: `rule` sees all values that meet in one entry, in row-major order. */
export function fold(x: Grid, axes: readonly number[], rule: (values: number[]) => number): Grid {
  const kept = x.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const inner = axes.map((d) => x.shape[d]);
  return grid(
    kept.map((d) => x.shape[d]),
    (at) =>
      rule(
        Array.from(positions(inner), (other) => {
          const full = new Array<number>(x.shape.length);
          kept.forEach((d, i) => {
            full[d] = at[i];
          });
          axes.forEach((d, i) => {
            full[d] = other[i];
          });
          return get(x, full);
        }),
      ),
  );
}

/** The grids, of one shape, along a new axis. */
export function stackGrids(parts: readonly Grid[], axis = 0): Grid {
  const shape = [...parts[0].shape];
  shape.splice(axis, 0, parts.length);
  return grid(shape, (at) =>
    get(
      parts[at[axis]],
      at.filter((_, d) => d !== axis),
    ),
  );
}
