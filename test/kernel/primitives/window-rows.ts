/** @file Expectations for sliding windows and their transpose. */
import type { PrimitiveParams } from "../../../kernel/primitive.ts";
import { type Grid, get, grid, positions } from "../support/grid.ts";
import type { Table } from "./row.ts";

type Params = PrimitiveParams["overlapAdd"];

const cases: readonly (Params & { readonly out: readonly number[] })[] = [
  { shape: [7], axes: [0], extents: [3], strides: [1], dilations: [1], out: [5, 3] },
  { shape: [8], axes: [0], extents: [2], strides: [3], dilations: [4], out: [2, 2] },
  { shape: [2, 5, 4], axes: [1, 2], extents: [3, 2], strides: [2, 1], dilations: [1, 2], out: [2, 2, 2, 3, 2] },
  // Axes in another order, and a window that leaves entries at the end uncovered.
  { shape: [4, 2, 5], axes: [2, 0], extents: [2, 3], strides: [2, 1], dilations: [1, 1], out: [2, 2, 2, 2, 3] },
  { shape: [3, 4], axes: [1], extents: [1], strides: [2], dilations: [1], out: [3, 2, 1] },
  { shape: [2, 3], axes: [0], extents: [3], strides: [1], dilations: [1], out: [0, 3, 3] },
];

/** Where entry `at` of the windows comes from. */
function origin(at: readonly number[], { shape, axes, strides, dilations }: Params): number[] {
  return shape.map((_, d) => {
    const i = axes.indexOf(d);
    return i < 0 ? at[d] : at[d] * strides[i] + at[shape.length + i] * dilations[i];
  });
}

function overlapped(x: Grid, params: Params): Grid {
  const sums = new Map<string, number>();
  for (const at of positions(x.shape)) {
    const key = String(origin(at, params));
    sums.set(key, (sums.get(key) ?? 0) + get(x, at));
  }
  return grid(params.shape, (at) => sums.get(String(at)) ?? 0);
}

export const windowRows = {
  windows: cases.map(({ shape, out, ...params }) => ({
    inputs: [{ shape }],
    params,
    expected: ([x]) => grid(out, (at) => get(x, origin(at, { ...params, shape }))),
  })),
  overlapAdd: cases.map(({ out, ...params }) => ({
    inputs: [{ shape: out }],
    params,
    expected: ([x]) => overlapped(x, params),
  })),
} satisfies Partial<Table>;
