/** @file Expectations for searching: by counting, and by writing in order. */
import { type Grid, get, grid, positions } from "../support/grid.ts";
import type { Table } from "./row.ts";

/** Entries of the line below the value, or up to it. */
function places(sorted: Grid, values: Grid, right: boolean): Grid {
  return grid(values.shape, (at) => {
    const value = get(values, at);
    const line = Array.from({ length: sorted.shape.at(-1) as number }, (_, i) => get(sorted, [...at.slice(0, -1), i]));
    return line.filter((entry) => entry < value || (right && entry === value)).length;
  });
}

function lastWriters(x: Grid, axis: number, extent: number): Grid {
  const last = new Map<string, number>();
  for (const at of positions(x.shape)) {
    const place = get(x, at);
    last.set(String(at.with(axis, place < 0 ? place + extent : place)), at[axis]);
  }
  return grid(x.shape.with(axis, extent), (at) => last.get(String(at)) ?? -1);
}

export const searchRows = {
  searchSorted: [false, true].flatMap((right) => [
    {
      inputs: [{ shape: [6], entries: [-2, -1, -1, 0.5, 0.5, 3] }, { shape: [5] }],
      params: { right },
      expected: ([sorted, values]) => places(sorted, values, right),
    },
    {
      inputs: [
        { shape: [6], type: "int32", entries: [-2, -1, -1, 0, 0, 3] },
        { shape: [4], type: "int32", entries: [-1, 0, 3, 4] },
      ],
      params: { right },
      expected: ([sorted, values]) => places(sorted, values, right),
    },
    {
      inputs: [
        { shape: [2, 3], entries: [0, 1, 2, -1, -1, 5] },
        { shape: [2, 4], entries: [1, 0, 7, 0.5, -1, 4, 5, -3] },
      ],
      params: { right },
      expected: ([sorted, values]) => places(sorted, values, right),
    },
  ]),
  lastWriter: (
    [
      [[5, 3], 0, 4],
      [[2, 3], 1, 2],
      [[2, 4, 2], 1, 3],
      [[0, 2], 0, 3],
    ] as [number[], number, number][]
  ).map(([shape, axis, extent]) => ({
    inputs: [{ shape, type: "int32", low: -extent, high: extent }],
    params: { axis, extent },
    expected: ([x]) => lastWriters(x, axis, extent),
  })),
} satisfies Partial<Table>;
