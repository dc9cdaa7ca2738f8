/** @file Expectations for reading and writing at affine positions. */
import { entries, type Grid, get, grid, positions } from "../support/grid.ts";
import type { Table } from "./row.ts";

type Form = readonly number[];

/** `[offset, stride, …]`, or for an axis in `axes` what stands in its table. */
const positionsAt = (
  at: readonly number[],
  forms: readonly Form[],
  axes: readonly number[],
  tables: readonly Grid[],
): number[] =>
  forms.map(([offset, ...strides], d) => {
    const table = axes.indexOf(d);
    return table < 0 ? strides.reduce((sum, stride, e) => sum + stride * at[e], offset) : get(tables[table], at);
  });

const picked = (
  x: Grid,
  shape: readonly number[],
  forms: readonly Form[],
  axes: readonly number[],
  tables: readonly Grid[],
): Grid => grid(shape, (at) => get(x, positionsAt(at, forms, axes, tables)));

interface Piece {
  readonly values: Grid;
  readonly forms: readonly Form[];
  readonly axes: readonly number[];
  readonly tables: readonly Grid[];
}

function placed(shape: readonly number[], pieces: readonly Piece[]): Grid {
  const data = new Array<number>(entries(shape)).fill(0);
  for (const { values, forms, axes, tables } of pieces) {
    for (const at of positions(values.shape)) {
      const to = positionsAt(at, forms, axes, tables);
      data[to.reduce((flat, i, d) => flat * shape[d] + i, 0)] += get(values, at);
    }
  }
  return { shape, data };
}

const table = (shape: readonly number[], extent: number) => ({ shape, type: "int32", low: 0, high: extent }) as const;

/** An entry of the pieces for each position, in another order; then overlapping ones, some of them through a table. */
const PIECES = {
  shape: [3, 4],
  forms: [
    [
      [2, 0, -1],
      [0, 1, 0],
    ],
    [
      [0, 1],
      [1, 1],
    ],
    [
      [0, 0, 0],
      [3, 0, -1],
    ],
  ],
  tables: [[], [], [0]],
};

export const placeRows = {
  pick: [
    // Every second column, backwards.
    {
      inputs: [{ shape: [3, 6] }],
      params: {
        shape: [3, 3],
        forms: [
          [0, 1, 0],
          [5, 0, -2],
        ],
      },
      expected: ([x]) => grid([3, 3], ([i, j]) => get(x, [i, 5 - 2 * j])),
    },
    // Two labels along one axis, one label along two.
    {
      inputs: [{ shape: [2, 7] }],
      params: {
        shape: [2, 3],
        forms: [
          [0, 1, 0],
          [1, 1, 2],
        ],
      },
      expected: ([x]) => grid([2, 3], ([i, j]) => get(x, [i, 1 + i + 2 * j])),
    },
    // The same entries many times, and a fixed position.
    {
      inputs: [{ shape: [4] }],
      params: { shape: [2, 3], forms: [[2, 0, 0]] },
      expected: ([x]) => grid([2, 3], () => x.data[2]),
    },
    {
      inputs: [{ shape: [2, 3] }],
      params: { shape: [], forms: [[1], [2]] },
      expected: ([x]) => grid([], () => x.data[5]),
    },
    { inputs: [{ shape: [3] }], params: { shape: [0, 2], forms: [[0, 1, 1]] }, expected: () => grid([0, 2], () => 0) },
  ],
  pickAt: [
    {
      inputs: [{ shape: [5, 3] }, table([4, 3], 5)],
      params: {
        shape: [4, 3],
        forms: [
          [0, 0, 0],
          [2, 0, -1],
        ],
        tables: [0],
      },
      expected: ([x, i]) => grid([4, 3], (at) => get(x, [get(i, at), 2 - at[1]])),
    },
    // Tables for two axes, in another order than the axes, with an affine one between them.
    {
      inputs: [{ shape: [3, 4, 5] }, table([2, 3], 5), table([2, 3], 3)],
      params: {
        shape: [2, 3],
        forms: [
          [0, 0, 0],
          [0, 1, 1],
          [0, 0, 0],
        ],
        tables: [2, 0],
      },
      expected: ([x, k, i]) =>
        picked(
          x,
          [2, 3],
          [
            [0, 0, 0],
            [0, 1, 1],
            [0, 0, 0],
          ],
          [2, 0],
          [k, i],
        ),
    },
    {
      inputs: [{ shape: [3] }, table([], 3)],
      params: { shape: [], forms: [[0]], tables: [0] },
      expected: ([x, i]) => grid([], () => x.data[i.data[0]]),
    },
  ],
  place: [
    // Stored: no two entries meet, and some positions stay 0.
    {
      inputs: [{ shape: [2, 3] }],
      params: {
        shape: [5, 2],
        forms: [
          [
            [4, 0, -2],
            [0, 1, 0],
          ],
        ],
        tables: [[]],
        covers: false,
        stores: true,
      },
      expected: ([x]) =>
        placed(
          [5, 2],
          [
            {
              values: x,
              forms: [
                [4, 0, -2],
                [0, 1, 0],
              ],
              axes: [],
              tables: [],
            },
          ],
        ),
    },
    // Overlapping entries add up.
    {
      inputs: [{ shape: [3, 4] }],
      params: { shape: [7], forms: [[[1, 1, 1]]], tables: [[]], covers: false, stores: false },
      expected: ([x]) => placed([7], [{ values: x, forms: [[1, 1, 1]], axes: [], tables: [] }]),
    },
    // A table, whose entries may repeat.
    {
      inputs: [{ shape: [4, 2] }, table([4, 2], 3)],
      params: {
        shape: [3, 2],
        forms: [
          [
            [0, 0, 0],
            [0, 0, 1],
          ],
        ],
        tables: [[0]],
        covers: false,
        stores: false,
      },
      expected: ([x, i]) =>
        placed(
          [3, 2],
          [
            {
              values: x,
              forms: [
                [0, 0, 0],
                [0, 0, 1],
              ],
              axes: [0],
              tables: [i],
            },
          ],
        ),
    },
    // The first piece covers all; two more are added, one of them through a table.
    {
      inputs: [{ shape: [4, 3] }, { shape: [3] }, { shape: [2, 4] }, table([2, 4], 3)],
      params: { ...PIECES, covers: true, stores: true },
      expected: ([x, y, z, i]) =>
        placed(PIECES.shape, [
          { values: x, forms: PIECES.forms[0], axes: [], tables: [] },
          { values: y, forms: PIECES.forms[1], axes: [], tables: [] },
          { values: z, forms: PIECES.forms[2], axes: [0], tables: [i] },
        ]),
    },
    {
      inputs: [{ shape: [0, 2] }],
      params: { shape: [3], forms: [[[0, 1, 1]]], tables: [[]], covers: false, stores: true },
      expected: () => grid([3], () => 0),
    },
  ],
} satisfies Partial<Table>;
