/** @file Expectations for the primitives that are not elementwise. */
import { NO_PARAMS } from "../../../kernel/graph/node.ts";
import type { PrimitiveParams } from "../../../kernel/primitive.ts";
import { entries, fold, type Grid, get, grid, positions } from "../support/grid.ts";
import { mapped, type Row, type Table } from "./row.ts";

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function reduction(rule: (values: number[]) => number): Row<PrimitiveParams["sum"]>[] {
  return (
    [
      [[2, 3, 4], [1]],
      [
        [2, 3, 4],
        [0, 2],
      ],
      [
        [3, 2],
        [0, 1],
      ],
      [[5], [0]],
      [[2, 1, 3], [1]],
      [[1, 19], [1]],
      [[18, 3], [0]],
    ] as [number[], number[]][]
  ).map(([shape, axes]) => ({
    inputs: [{ shape, low: 0.3, high: 1.7 }],
    params: { axes },
    expected: ([x]) => fold(x, axes, rule),
  }));
}

/** An empty fold is the neutral value. */
const empty = (neutral: number): Row<PrimitiveParams["sum"]> => ({
  inputs: [{ shape: [2, 0, 3] }],
  params: { axes: [1] },
  expected: () => grid([2, 3], () => neutral),
});

function best(x: Grid, axis: number, better: (a: number, b: number) => boolean): Grid {
  return fold(x, [axis], (values) => values.findIndex((value) => values.every((other) => !better(other, value))));
}

const arg = (better: (a: number, b: number) => boolean): Row<PrimitiveParams["argmax"]>[] => [
  { inputs: [{ shape: [3, 4] }], params: { axis: 1 }, expected: ([x]) => best(x, 1, better) },
  { inputs: [{ shape: [3, 2, 2] }], params: { axis: 0 }, expected: ([x]) => best(x, 0, better) },
  // A tie: the first counts.
  {
    inputs: [{ shape: [2, 3], entries: [1, 5, 5, 2, 0, 0] }],
    params: { axis: 1 },
    expected: ([x]) => best(x, 1, better),
  },
  {
    inputs: [{ shape: [4], type: "int32", low: -9, high: 9 }],
    params: { axis: 0 },
    expected: ([x]) => best(x, 0, better),
  },
];

interface DotCase {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly contract: readonly [readonly number[], readonly number[]];
  readonly batch: readonly [readonly number[], readonly number[]];
}

function dotExpected({ contract, batch }: DotCase, [a, b]: readonly Grid[]): Grid {
  const free = (x: Grid, side: 0 | 1): number[] =>
    x.shape.map((_, d) => d).filter((d) => !contract[side].includes(d) && !batch[side].includes(d));
  const [freeA, freeB] = [free(a, 0), free(b, 1)];
  const shape = [...batch[0].map((d) => a.shape[d]), ...freeA.map((d) => a.shape[d]), ...freeB.map((d) => b.shape[d])];
  return grid(shape, (at) => {
    const [atA, atB] = [new Array<number>(a.shape.length), new Array<number>(b.shape.length)];
    batch[0].forEach((d, i) => {
      atA[d] = at[i];
      atB[batch[1][i]] = at[i];
    });
    freeA.forEach((d, i) => {
      atA[d] = at[batch[0].length + i];
    });
    freeB.forEach((d, i) => {
      atB[d] = at[batch[0].length + freeA.length + i];
    });
    let total = 0;
    for (const inner of positions(contract[0].map((d) => a.shape[d]))) {
      contract[0].forEach((d, i) => {
        atA[d] = inner[i];
        atB[contract[1][i]] = inner[i];
      });
      total += get(a, atA) * get(b, atB);
    }
    return total;
  });
}

const dots: DotCase[] = [
  { a: [2, 3], b: [3, 4], contract: [[1], [0]], batch: [[], []] },
  { a: [3, 2], b: [4, 3], contract: [[0], [1]], batch: [[], []] },
  { a: [3], b: [3], contract: [[0], [0]], batch: [[], []] },
  { a: [2, 3], b: [3], contract: [[1], [0]], batch: [[], []] },
  { a: [3], b: [3, 2], contract: [[0], [0]], batch: [[], []] },
  { a: [2], b: [3], contract: [[], []], batch: [[], []] },
  { a: [], b: [3], contract: [[], []], batch: [[], []] },
  { a: [2, 3, 4], b: [2, 4, 2], contract: [[2], [1]], batch: [[0], [0]] },
  { a: [3, 2, 2], b: [2, 3, 3], contract: [[0], [2]], batch: [[1], [0]] },
  {
    a: [2, 3, 2],
    b: [3, 2, 2],
    contract: [
      [0, 1],
      [2, 0],
    ],
    batch: [[], []],
  },
  { a: [2, 1], b: [1, 3], contract: [[1], [0]], batch: [[], []] },
  { a: [2, 3], b: [2, 3], contract: [[], []], batch: [[1], [1]] },
  {
    a: [2, 3],
    b: [3, 2],
    contract: [[], []],
    batch: [
      [0, 1],
      [1, 0],
    ],
  },
  { a: [2, 2, 3], b: [2, 2, 2], contract: [[0], [1]], batch: [[1], [2]] },
  { a: [2, 0], b: [0, 3], contract: [[1], [0]], batch: [[], []] },
  { a: [9, 7], b: [7, 11], contract: [[1], [0]], batch: [[], []] },
];

function placed(shape: readonly number[], fill: number, from: Grid, place: (at: number[]) => number[]): Grid {
  const data = new Array<number>(entries(shape)).fill(fill);
  for (const at of positions(from.shape)) {
    const to = place(at);
    data[to.reduce((flat, i, d) => flat * shape[d] + i, 0)] += get(from, at);
  }
  return { shape, data };
}

const wrap = (i: number, extent: number): number => (i < 0 ? i + extent : i);

function take(x: Grid, i: Grid, axis: number): Grid {
  const rank = i.shape.length;
  return grid([...x.shape.slice(0, axis), ...i.shape, ...x.shape.slice(axis + 1)], (at) =>
    get(x, [...at.slice(0, axis), wrap(get(i, at.slice(axis, axis + rank)), x.shape[axis]), ...at.slice(axis + rank)]),
  );
}

function scatterAdd(x: Grid, i: Grid, axis: number, extent: number): Grid {
  const rank = i.shape.length;
  return placed([...x.shape.slice(0, axis), extent, ...x.shape.slice(axis + rank)], 0, x, (at) => [
    ...at.slice(0, axis),
    wrap(get(i, at.slice(axis, axis + rank)), extent),
    ...at.slice(axis + rank),
  ]);
}

/** Each entry's place is the number of entries that come before it. */
function argsort(x: Grid, axis: number, descending: boolean): Grid {
  const out = new Map<string, number>();
  for (const at of positions(x.shape)) {
    const rank = sum(
      Array.from({ length: x.shape[axis] }, (_, i) => {
        const [one, other] = [get(x, at), get(x, at.with(axis, i))];
        if (one === other) return i < at[axis] ? 1 : 0;
        return descending === other > one ? 1 : 0;
      }),
    );
    out.set(String(at.with(axis, rank)), at[axis]);
  }
  return grid(x.shape, (at) => out.get(String(at))!);
}

const slices: { shape: number[]; starts: number[]; steps: number[]; out: number[] }[] = [
  { shape: [5, 3], starts: [1, 0], steps: [2, 1], out: [2, 3] },
  { shape: [4, 2, 3], starts: [0, 1, 0], steps: [3, 1, 2], out: [2, 1, 2] },
  { shape: [6], starts: [5], steps: [1], out: [1] },
  { shape: [3, 5], starts: [1, 2], steps: [1, 1], out: [2, 3] },
  { shape: [3, 2], starts: [3, 0], steps: [1, 1], out: [0, 2] },
];

const broadcasts: { shape: number[]; out: number[]; axes: number[] }[] = [
  { shape: [3], out: [2, 3], axes: [1] },
  { shape: [2], out: [2, 3], axes: [0] },
  { shape: [1, 3], out: [2, 3], axes: [0, 1] },
  { shape: [2, 1], out: [2, 4, 3], axes: [0, 2] },
  { shape: [], out: [2, 2], axes: [] },
  { shape: [1], out: [1], axes: [0] },
];

const copy = (x: Grid): Grid => x;

export const structuralRows = {
  tuple: [
    {
      inputs: [{ shape: [2, 3] }, { shape: [4] }],
      params: NO_PARAMS,
      expected: ([a, b]: readonly Grid[]) => grid([10], ([i]) => (i < 6 ? a.data[i] : b.data[i - 6])),
    },
  ],
  full: [
    { inputs: [], params: { value: 2.5, shape: [2, 3], dtype: "float64" }, expected: () => grid([2, 3], () => 2.5) },
    { inputs: [], params: { value: -7, shape: [], dtype: "int32" }, expected: () => grid([], () => -7) },
    { inputs: [], params: { value: 1, shape: [0, 2], dtype: "bool" }, expected: () => grid([0, 2], () => 1) },
    {
      inputs: [],
      params: { value: Number.NaN, shape: [2], dtype: "float32" },
      expected: () => grid([2], () => Number.NaN),
    },
  ],
  iota: [
    { inputs: [], params: { shape: [4], axis: 0 }, expected: () => grid([4], ([i]) => i) },
    { inputs: [], params: { shape: [2, 3, 2], axis: 1 }, expected: () => grid([2, 3, 2], ([, j]) => j) },
    { inputs: [], params: { shape: [2, 3], axis: 0 }, expected: () => grid([2, 3], ([i]) => i) },
  ],
  where: [
    {
      inputs: [{ shape: [3, 4], type: "bool", low: 0, high: 2 }, { shape: [3, 4] }, { shape: [3, 4], low: 5, high: 6 }],
      params: NO_PARAMS,
      expected: mapped((test, yes, no) => (test ? yes : no)),
    },
  ],
  cast: (["float32", "float64", "int32", "bool"] as const).flatMap((dtype): Row<PrimitiveParams["cast"]>[] => {
    const convert = (x: number): number =>
      dtype === "int32" ? Math.trunc(x) : dtype === "bool" ? Number(x !== 0) : dtype === "float32" ? Math.fround(x) : x;
    return [
      { inputs: [{ shape: [2, 3], low: -4, high: 4 }], params: { dtype }, expected: mapped(convert) },
      { inputs: [{ shape: [3], type: "int32", low: -4, high: 4 }], params: { dtype }, expected: mapped(convert) },
      { inputs: [{ shape: [3], type: "bool", low: 0, high: 2 }], params: { dtype }, expected: mapped(convert) },
    ];
  }),
  mark: [{ inputs: [{ shape: [2, 3] }], params: NO_PARAMS, expected: ([x]) => copy(x) }],
  stopGradient: [{ inputs: [{ shape: [2, 3] }], params: NO_PARAMS, expected: ([x]) => copy(x) }],

  sum: [...reduction(sum), empty(0)],
  prod: [...reduction((values) => values.reduce((a, b) => a * b, 1)), empty(1)].filter(
    ({ params: { axes } }) => axes.length === 1,
  ),
  reduceMax: [...reduction((values) => Math.max(...values)), empty(Number.NEGATIVE_INFINITY)],
  reduceMin: [...reduction((values) => Math.min(...values)), empty(Number.POSITIVE_INFINITY)],
  cumsum: (
    [
      [[2, 4], 1],
      [[3, 2, 2], 0],
      [[3, 4, 2], 1],
      [[0, 3], 0],
    ] as [number[], number][]
  ).map(([shape, axis]) => ({
    inputs: [{ shape }],
    params: { axis },
    expected: ([x]) =>
      grid(x.shape, (at) =>
        sum(
          Array.from({ length: at[axis] + 1 }, (_, i) =>
            get(
              x,
              at.map((each, d) => (d === axis ? i : each)),
            ),
          ),
        ),
      ),
  })),
  argmax: arg((a, b) => a > b),
  argmin: arg((a, b) => a < b),

  dot: dots.map((each) => ({
    inputs: [{ shape: each.a }, { shape: each.b }],
    params: { contract: each.contract, batch: each.batch },
    expected: (inputs) => dotExpected(each, inputs),
  })),
  diagonal: (
    [
      [[3, 3], 0, 1],
      [[2, 3, 2], 0, 2],
      [[4, 2, 2], 1, 2],
      [[2, 2, 3], 0, 1],
    ] as [number[], number, number][]
  ).map(([shape, p, q]) => ({
    inputs: [{ shape }],
    params: { p, q },
    expected: ([x]) =>
      grid(
        shape.filter((_, d) => d !== q),
        (at) => get(x, [...at.slice(0, q), at[p], ...at.slice(q)]),
      ),
  })),
  diagonalEmbed: (
    [
      [[3], 0, 1],
      [[2, 3], 0, 2],
      [[2, 3], 1, 2],
      [[2, 3], 0, 1],
      [[2, 3, 2], 1, 2],
      [[1], 0, 1],
    ] as [number[], number, number][]
  ).map(([shape, p, q]) => ({
    inputs: [{ shape }],
    params: { p, q },
    expected: ([v]) =>
      grid([...shape.slice(0, q), shape[p], ...shape.slice(q)], (at) =>
        at[p] === at[q]
          ? get(
              v,
              at.filter((_, d) => d !== q),
            )
          : 0,
      ),
  })),

  reshape: (
    [
      [
        [2, 6],
        [3, 4],
      ],
      [
        [2, 3, 4],
        [6, 4],
      ],
      [[12], [2, 3, 2]],
      [[], [1, 1]],
      [[1, 4], [4]],
      [
        [2, 0],
        [0, 5],
      ],
      [
        [2, 3, 2],
        [2, 2, 3],
      ],
    ] as [number[], number[]][]
  ).map(([from, shape]) => ({
    inputs: [{ shape: from }],
    params: { shape },
    expected: ([x]) => ({ shape, data: x.data }),
  })),
  permute: (
    [
      [
        [2, 3],
        [1, 0],
      ],
      [
        [2, 3, 4],
        [2, 0, 1],
      ],
      [
        [2, 3, 4],
        [1, 2, 0],
      ],
      [
        [2, 3, 4],
        [0, 2, 1],
      ],
      [
        [17, 5],
        [1, 0],
      ],
    ] as [number[], number[]][]
  ).map(([shape, axes]) => ({
    inputs: [{ shape }],
    params: { axes },
    expected: ([x]) =>
      grid(
        axes.map((axis) => shape[axis]),
        (at) => {
          const from = new Array<number>(at.length);
          axes.forEach((axis, d) => {
            from[axis] = at[d];
          });
          return get(x, from);
        },
      ),
  })),
  broadcast: broadcasts.map(({ shape, out, axes }) => ({
    inputs: [{ shape }],
    params: { shape: out, axes },
    expected: ([x]) =>
      grid(out, (at) =>
        get(
          x,
          axes.map((axis, d) => (shape[d] === 1 ? 0 : at[axis])),
        ),
      ),
  })),
  slice: slices.map(({ shape, starts, steps, out }) => ({
    inputs: [{ shape }],
    params: { starts, steps, shape: out },
    expected: ([x]) =>
      grid(out, (at) =>
        get(
          x,
          at.map((i, d) => starts[d] + i * steps[d]),
        ),
      ),
  })),
  embed: slices.map(({ shape, starts, steps, out }) => ({
    inputs: [{ shape: out }],
    params: { starts, steps, shape },
    expected: ([x]) => placed(shape, 0, x, (at) => at.map((i, d) => starts[d] + i * steps[d])),
  })),
  surround: slices
    .filter(({ steps }) => steps.every((step) => step === 1))
    .map(({ shape, starts, out }) => ({
      inputs: [{ shape: out }],
      params: { starts, shape },
      expected: ([x]) => placed(shape, 0, x, (at) => at.map((i, d) => starts[d] + i)),
    })),
  flip: (
    [
      [[2, 3], [1]],
      [
        [2, 3],
        [0, 1],
      ],
      [
        [4, 1, 2],
        [0, 1],
      ],
      [[3], []],
    ] as [number[], number[]][]
  ).map(([shape, axes]) => ({
    inputs: [{ shape }],
    params: { axes },
    expected: ([x]) =>
      grid(shape, (at) =>
        get(
          x,
          at.map((i, d) => (axes.includes(d) ? shape[d] - 1 - i : i)),
        ),
      ),
  })),
  concat: (
    [
      [
        [
          [2, 3],
          [2, 1],
          [2, 2],
        ],
        1,
      ],
      [
        [
          [1, 3],
          [2, 3],
        ],
        0,
      ],
      [
        [
          [2, 2, 2],
          [2, 3, 2],
        ],
        1,
      ],
      [
        [
          [0, 2],
          [3, 2],
        ],
        0,
      ],
      [[[3]], 0],
    ] as [number[][], number][]
  ).map(([shapes, axis]) => ({
    inputs: shapes.map((shape) => ({ shape })),
    params: { axis },
    expected: (inputs) => {
      const shape = [...inputs[0].shape];
      shape[axis] = sum(inputs.map((each) => each.shape[axis]));
      return grid(shape, (at) => {
        let i = at[axis];
        let which = 0;
        while (i >= inputs[which].shape[axis]) i -= inputs[which++].shape[axis];
        return get(
          inputs[which],
          at.map((each, d) => (d === axis ? i : each)),
        );
      });
    },
  })),

  take: (
    [
      [[4, 3], [5], 0],
      [[2, 4], [3], 1],
      [[2, 3, 2], [2, 2], 1],
      [[3], [], 0],
      [[3, 2], [0], 0],
    ] as [number[], number[], number][]
  ).map(([shape, at, axis]) => ({
    inputs: [{ shape }, { shape: at, type: "int32", low: -shape[axis], high: shape[axis] }],
    params: { axis },
    expected: ([x, i]) => take(x, i, axis),
  })),
  scatterAdd: (
    [
      [[5, 3], [5], 0, 4],
      [[2, 3], [3], 1, 2],
      [[2, 2, 2, 2], [2, 2], 1, 3],
      [[2], [], 0, 3],
      [[0, 2], [0], 0, 3],
    ] as [number[], number[], number, number][]
  ).map(([shape, at, axis, extent]) => ({
    inputs: [{ shape }, { shape: at, type: "int32", low: -extent, high: extent }],
    params: { axis, extent },
    expected: ([x, i]) => scatterAdd(x, i, axis, extent),
  })),
  argsort: (
    [
      [[3, 4], 1, false],
      [[4, 2, 2], 0, true],
      [[2, 3, 2], 1, true],
      [[5], 0, false],
      [[2, 0], 1, false],
    ] as [number[], number, boolean][]
  )
    .map(
      ([shape, axis, descending]): Row<PrimitiveParams["argsort"]> => ({
        inputs: [{ shape }],
        params: { axis, descending },
        expected: ([x]) => argsort(x, axis, descending),
      }),
    )
    .concat(
      // Ties, in both directions, and integers.
      [false, true].map((descending) => ({
        inputs: [{ shape: [2, 4], entries: [2, 1, 2, 1, 0, 3, 3, 0] }],
        params: { axis: 1, descending },
        expected: ([x]) => argsort(x, 1, descending),
      })),
      {
        inputs: [{ shape: [6], type: "int32", low: -2, high: 3 }],
        params: { axis: 0, descending: false },
        expected: ([x]) => argsort(x, 0, false),
      },
    ),
  takeAlongAxis: (
    [
      [[4, 3], [5, 3], 0],
      [[2, 4], [2, 3], 1],
      [[2, 3, 2], [2, 4, 2], 1],
      [[3], [1], 0],
      [[3, 2], [0, 2], 0],
    ] as [number[], number[], number][]
  ).map(([shape, at, axis]) => ({
    inputs: [{ shape }, { shape: at, type: "int32", low: -shape[axis], high: shape[axis] }],
    params: { axis },
    expected: ([x, i]) => grid(at, (out) => get(x, out.with(axis, wrap(get(i, out), shape[axis])))),
  })),
  scatterAddAlongAxis: (
    [
      [[5, 3], 0, 4],
      [[2, 3], 1, 2],
      [[2, 4, 2], 1, 3],
      [[1], 0, 3],
      [[0, 2], 0, 3],
    ] as [number[], number, number][]
  ).map(([shape, axis, extent]) => ({
    inputs: [{ shape }, { shape, type: "int32", low: -extent, high: extent }],
    params: { axis, extent },
    expected: ([x, i]) => placed(shape.with(axis, extent), 0, x, (at) => at.with(axis, wrap(get(i, at), extent))),
  })),
} satisfies Partial<Table>;
