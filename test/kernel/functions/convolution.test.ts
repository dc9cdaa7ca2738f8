/** @file Convolution and pooling against their sums, written out by index. */
import assert from "node:assert/strict";
import { compile } from "../../../kernel/compiler/compile.ts";
import { capture, graphOf } from "../../../kernel/graph/graph.ts";
import {
  ArgumentError,
  avgPool1d,
  avgPool2d,
  type ConvolutionOptions,
  checkGrads,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  grad,
  maxPool1d,
  maxPool2d,
  ShapeError,
  slidingWindows,
  type Tensor,
  type TransposedConvolutionOptions,
  tensor,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { type Grid, get, grid, gridOf, positions } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

interface Numbers {
  readonly stride: readonly number[];
  /** Before each axis, and after it. */
  readonly padding: readonly (readonly [number, number])[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const inside = (at: readonly number[], shape: readonly number[]): boolean => at.every((i, d) => i >= 0 && i < shape[d]);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** x [n, channels, …], weight [out, channels / groups, …]. */
function convolved(x: Grid, w: Grid, bias: Grid | null, { stride, padding, dilation, groups }: Numbers): Grid {
  const extents = w.shape.slice(2);
  const counts = extents.map((extent, i) => {
    const [before, after] = padding[i];
    return Math.floor((x.shape[2 + i] + before + after - dilation[i] * (extent - 1) - 1) / stride[i]) + 1;
  });
  const [out, perGroup] = w.shape;
  return grid([x.shape[0], out, ...counts], ([n, o, ...at]) => {
    const first = Math.floor(o / (out / groups)) * perGroup;
    const terms = Array.from(positions([perGroup, ...extents]), ([c, ...offset]) => {
      const from = offset.map((k, i) => at[i] * stride[i] + k * dilation[i] - padding[i][0]);
      return inside(from, x.shape.slice(2)) ? get(x, [n, first + c, ...from]) * get(w, [o, c, ...offset]) : 0;
    });
    return total(terms) + (bias ? get(bias, [o]) : 0);
  });
}

/** x [n, channels, …], weight [channels, out / groups, …]: every input entry adds its multiple of the kernel. */
function spread(x: Grid, w: Grid, { stride, padding, dilation, groups }: Numbers, added: readonly number[]): Grid {
  const extents = w.shape.slice(2);
  const [channels, rows] = w.shape;
  const shape = extents.map(
    (extent, i) =>
      (x.shape[2 + i] - 1) * stride[i] - padding[i][0] - padding[i][1] + dilation[i] * (extent - 1) + added[i] + 1,
  );
  const out = grid([x.shape[0], rows * groups, ...shape], () => 0);
  const sums = [...out.data];
  for (const [n, c, ...at] of positions(x.shape)) {
    for (const [r, ...offset] of positions([rows, ...extents])) {
      const to = offset.map((k, i) => at[i] * stride[i] + k * dilation[i] - padding[i][0]);
      if (!inside(to, shape)) continue;
      const o = Math.floor(c / (channels / groups)) * rows + r;
      const flat = [n, o, ...to].reduce((sum, i, d) => sum * out.shape[d] + i, 0);
      sums[flat] += get(x, [n, c, ...at]) * get(w, [c, r, ...offset]);
    }
  }
  return { shape: out.shape, data: sums };
}

const numbers = (spatial: number, given: Partial<Numbers> = {}): Numbers => ({
  stride: new Array<number>(spatial).fill(1),
  padding: Array.from({ length: spatial }, () => [0, 0] as const),
  dilation: new Array<number>(spatial).fill(1),
  groups: 1,
  ...given,
});

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly options: ConvolutionOptions;
  readonly means: Partial<Numbers>;
}

const twoAxes: readonly Case[] = [
  { x: [2, 2, 4, 5], w: [3, 2, 2, 3], options: {}, means: {} },
  // Enough channels for a product of matrices.
  { x: [2, 3, 4, 3], w: [5, 3, 2, 2], options: { stride: 2 }, means: { stride: [2, 2] } },
  {
    x: [1, 2, 5, 4],
    w: [4, 2, 3, 2],
    options: { stride: [2, 1], padding: [1, 2], dilation: [1, 2] },
    means: {
      stride: [2, 1],
      padding: [
        [1, 1],
        [2, 2],
      ],
      dilation: [1, 2],
    },
  },
  { x: [1, 4, 3, 4], w: [6, 2, 2, 2], options: { groups: 2 }, means: { groups: 2 } },
  { x: [1, 2, 3, 3], w: [8, 1, 2, 2], options: { groups: 2, padding: "valid" }, means: { groups: 2 } },
  { x: [2, 3, 3, 4], w: [3, 1, 2, 2], options: { groups: 3 }, means: { groups: 3 } },
  {
    x: [1, 1, 4, 5],
    w: [2, 1, 2, 3],
    options: { padding: "same", dilation: [1, 2] },
    means: {
      padding: [
        [0, 1],
        [2, 2],
      ],
      dilation: [1, 2],
    },
  },
  { x: [1, 2, 3, 2], w: [4, 2, 1, 1], options: {}, means: {} },
];

const name = (each: { x: readonly number[]; w: readonly number[]; options: object }): string =>
  `[${each.x}] with [${each.w}] ${JSON.stringify(each.options)}`;

suite("convolution", () => {
  for (const each of twoAxes) {
    testEach(`conv2d of ${name(each)}`, () => {
      const [x, w, bias] = [data(each.x), data(each.w, { seed: 2 }), data([each.w[0]], { seed: 3 })];
      check("conv2d", {
        f: (x, w, bias) => conv2d(x, w, { ...each.options, bias }),
        args: [x, w, bias],
        expected: (x, w, bias) => convolved(x, w, bias, numbers(2, each.means)),
      });
    });
  }

  testEach("conv1d, without an axis of examples too", () => {
    const [x, w] = [data([2, 7]), data([3, 2, 3], { seed: 2 })];
    const means = numbers(1, { stride: [2], padding: [[1, 1]] });
    check("conv1d", {
      f: (x, w) => conv1d(x, w, { stride: 2, padding: 1 }),
      args: [x, w],
      expected: (x, w) => {
        const { shape, data } = convolved({ shape: [1, ...x.shape], data: x.data }, w, null, means);
        return { shape: shape.slice(1), data };
      },
    });
    const many = data([3, 2, 6]);
    assertNear(conv1d(many, w), convolved(gridOf(many), gridOf(w), null, numbers(1)));
    assert.deepEqual(conv1d(tensor([[1, 2, 4, 8]]), tensor([[[1, -1]]])).toArray(), [[-1, -2, -4]]);
    const image = data([2, 4, 5]);
    const v = data([3, 2, 2, 2], { seed: 4 });
    assertNear(conv2d(image, v), image.expandDims(0).conv2d(v).squeeze(0));
  });

  const transposed: readonly {
    readonly x: readonly number[];
    readonly w: readonly number[];
    readonly options: TransposedConvolutionOptions;
    readonly means: Partial<Numbers>;
    readonly added?: readonly number[];
  }[] = [
    { x: [2, 2, 2, 3], w: [2, 3, 2, 2], options: {}, means: {} },
    {
      x: [1, 4, 3, 2],
      w: [4, 2, 3, 2],
      options: { stride: [2, 3], padding: 1, outputPadding: [1, 2], groups: 2 },
      means: {
        stride: [2, 3],
        padding: [
          [1, 1],
          [1, 1],
        ],
        groups: 2,
      },
      added: [1, 2],
    },
    {
      x: [1, 2, 2, 3],
      w: [2, 1, 2, 3],
      options: { dilation: [3, 1], outputPadding: [2, 0], padding: [0, 1] },
      means: {
        dilation: [3, 1],
        padding: [
          [0, 0],
          [1, 1],
        ],
      },
      added: [2, 0],
    },
  ];
  for (const { x, w, options, means, added = [0, 0] } of transposed) {
    testEach(`convTranspose2d of ${name({ x, w, options })}`, () => {
      check("convTranspose2d", {
        f: (x, w) => convTranspose2d(x, w, options),
        args: [data(x), data(w, { seed: 2 })],
        expected: (x, w) => spread(x, w, numbers(2, means), added),
      });
    });
  }

  testEach("a transposed convolution is the transpose of the convolution", () => {
    const options = { stride: 2, padding: 1, dilation: 2 };
    const [x, w] = [data([2, 3, 9]), data([4, 3, 2], { seed: 2 })];
    const y = data([2, 4, 5], { seed: 3 });
    const pulled = grad((x: Tensor) => conv1d(x, w, options).mul(y).sum())(x);
    assert.deepEqual(conv1d(x, w, options).shape, y.shape);
    assertNear(convTranspose1d(y, w, options), pulled);
    assert.deepEqual(convTranspose1d(tensor([[1, 10]]), tensor([[[1, 2, 3]]]), { stride: 2 }).toArray(), [
      [1, 2, 13, 20, 30],
    ]);
    assertNear(
      convTranspose1d(y, w, { bias: tensor([1, 2, 3], { dtype: "float64" }) }),
      convTranspose1d(y, w).add(tensor([[1], [2], [3]], { dtype: "float64" })),
    );
  });

  const stepOfOne: readonly Case[] = [
    { x: [2, 5, 4, 6], w: [3, 5, 2, 3], options: {}, means: {} },
    {
      x: [1, 4, 3, 3],
      w: [2, 4, 3, 2],
      options: { padding: 1 },
      means: {
        padding: [
          [1, 1],
          [1, 1],
        ],
      },
    },
    // Padding beyond what a window reaches.
    {
      x: [1, 4, 2, 3],
      w: [5, 4, 2, 2],
      options: { padding: [3, 0] },
      means: {
        padding: [
          [3, 3],
          [0, 0],
        ],
      },
    },
    {
      x: [1, 8, 4, 5],
      w: [6, 4, 2, 3],
      options: { groups: 2, dilation: [1, 2], padding: [0, 2] },
      means: {
        groups: 2,
        dilation: [1, 2],
        padding: [
          [0, 0],
          [2, 2],
        ],
      },
    },
  ];
  for (const { x, w, options, means } of stepOfOne) {
    testEach(`the derivative by the input of ${name({ x, w, options })}`, () => {
      const [image, weight] = [data(x), data(w, { seed: 2 })];
      const forward = (each: Tensor) => conv2d(each, weight, options);
      const y = data(forward(image).shape, { seed: 3 });
      const pulled = grad((each: Tensor) => forward(each).mul(y).sum())(image);
      assertNear(pulled, spread(gridOf(y), gridOf(weight), numbers(2, means), [0, 0]));
    });
  }

  testEach("derivatives to the second order, and one weight per example", () => {
    const [x, w] = [data([2, 4, 3]), data([4, 2, 2, 2], { seed: 2 })];
    checkGrads((x, w) => conv2d(x, w, { padding: 1, stride: 2 }).tanh(), [x, w], { order: 2 });
    const weights = data([3, 4, 2, 2, 2], { seed: 5 });
    const each = vmap((w: Tensor) => conv2d(x, w))(weights);
    for (let i = 0; i < 3; i++) assertNear(each.at(i), conv2d(x, weights.at(i)));
    const images = data([3, 2, 4, 3], { seed: 6 });
    const slopes = vmap((image: Tensor) => grad((w: Tensor) => conv2d(image, w).square().sum())(w))(images);
    for (let i = 0; i < 3; i++) {
      assertNear(slopes.at(i), grad((w: Tensor) => conv2d(images.at(i), w).square().sum())(w));
    }
  });

  test("the windows are never written out, nor in the derivatives", () => {
    const compiled = (
      f: (x: Tensor, weight: Tensor) => Tensor,
      weight: readonly number[],
      x: readonly number[] = [2, 3, 9, 20],
    ) => {
      const { kernels, buffers } = compile(graphOf(capture([f(data(x), data(weight)).node])));
      return { kinds: kernels.map(({ kind }) => kind), largest: Math.max(...buffers.map(({ size }) => size)) };
    };
    const options = { stride: [2, 1] };
    const forward = (x: Tensor, weight: Tensor) => conv2d(x, weight, options);
    const squares = (x: Tensor, weight: Tensor) => forward(x, weight).square().sum();
    // x has 1080 entries, its 152 windows 12 each, and the result 8 for each.
    assert.deepEqual(compiled(forward, [8, 3, 2, 2]), { kinds: ["dot"], largest: 1216 });
    assert.deepEqual(compiled(forward, [2, 3, 2, 2]), { kinds: ["reduce"], largest: 1080 });
    assert.deepEqual(compiled(grad(squares, { argnums: 1 }), [8, 3, 2, 2]), {
      kinds: ["dot", "map", "dot"],
      largest: 1216,
    });
    // By x with a step of one: zeros around the cotangent, the kernel flipped, one product.
    const derivative = compiled(
      grad((x, weight) => conv2d(x, weight).square().sum()),
      [8, 4, 3, 3],
      [2, 4, 9, 20],
    );
    assert.equal(derivative.kinds.filter((kind) => kind === "dot").length, 2);
    // The cotangent has 2 · 8 · 7 · 18 entries, and 11 · 22 instead of 7 · 18 with the zeros; all windows' are 36 · 252.
    assert.equal(derivative.largest, 2 * 8 * 11 * 22);
  });

  testEach("integers stay integers", () => {
    const x = tensor([[1, 2, 3, 4]], { dtype: "int32" });
    const out = conv1d(x, tensor([[[1, 10]]], { dtype: "int32" }));
    assert.equal(out.dtype, "int32");
    assert.deepEqual(out.toArray(), [[21, 32, 43]]);
  });

  test("what does not fit is said by name", () => {
    const [x, w] = [data([1, 4, 5, 5]), data([6, 4, 3, 3])];
    const rejected: readonly [() => unknown, typeof ShapeError | typeof ArgumentError, ...string[]][] = [
      [() => conv2d(data([5, 5]), w), ShapeError, "conv2d", "[n, channels, height, width]", "[5, 5]"],
      [() => conv2d(x, data([4, 3, 3])), ShapeError, "weight", "[4, 3, 3]"],
      [() => conv2d(x, data([6, 3, 3, 3])), ShapeError, "4 channels in 1 group", "[6, 3, 3, 3]"],
      [() => conv2d(x, w, { groups: 3 }), ArgumentError, "groups", "got 3"],
      [() => conv2d(x, data([6, 4, 6, 3])), ShapeError, "[6, 3]", "[5, 5]"],
      [() => conv2d(x, w, { dilation: 3 }), ShapeError, "dilation [3, 3]", "spans [7, 7]"],
      [() => conv2d(x, w, { stride: 0 }), ArgumentError, "stride", "got 0"],
      [() => conv2d(x, w, { stride: [1, 2, 3] }), ArgumentError, "stride", "[1,2,3]"],
      [() => conv2d(x, w, { padding: "same", stride: 2 }), ArgumentError, "same", "[2, 2]"],
      [() => conv2d(x, w, { padding: -1 }), ArgumentError, "padding", "-1"],
      [() => conv2d(x, w, { bias: data([4]) }), ShapeError, "bias [6]", "[4]"],
      [() => convTranspose2d(x, data([3, 2, 2, 2])), ShapeError, "[4, out / groups", "[3, 2, 2, 2]"],
      [() => convTranspose2d(x, w.permute([1, 0, 2, 3]), { outputPadding: 1 }), ArgumentError, "outputPadding [1, 1]"],
      [() => convTranspose1d(data([2, 1]), data([2, 1, 2]), { padding: 3 }), ShapeError, "no output"],
      [() => maxPool2d(x, 6), ShapeError, "maxPool2d", "[6, 6]", "[5, 5]"],
      [() => maxPool2d(x, 2, { padding: 2 }), ArgumentError, "half a window", "[2, 2]"],
      [() => avgPool1d(data([3]), 2), ShapeError, "[channels, length]", "[3]"],
      [() => maxPool1d(data([1, 3]), 0), ArgumentError, "the window", "got 0"],
      [() => slidingWindows(data([3]), 4), ShapeError, "slidingWindows", "[4]"],
    ];
    for (const [act, type, ...parts] of rejected) assertThrows(act, type, ...parts);
  });
});

/** Folds what is inside the window at each place; `null` stands for padding. */
function pooled(
  x: Grid,
  size: readonly number[],
  stride: readonly number[],
  width: readonly number[],
  rule: (values: (number | null)[]) => number,
): Grid {
  const lead = x.shape.length - size.length;
  const extents = x.shape.slice(lead);
  const counts = extents.map((extent, i) => Math.floor((extent + 2 * width[i] - size[i]) / stride[i]) + 1);
  return grid([...x.shape.slice(0, lead), ...counts], (at) =>
    rule(
      Array.from(positions(size), (offset) => {
        const from = offset.map((k, i) => at[lead + i] * stride[i] + k - width[i]);
        return inside(from, extents) ? get(x, [...at.slice(0, lead), ...from]) : null;
      }),
    ),
  );
}
const real = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

suite("pooling", () => {
  testEach("maxPool2d, with strides and padding", () => {
    check("maxPool2d", {
      f: (x) => maxPool2d(x, [2, 3], { stride: [2, 1], padding: [1, 0] }),
      args: [data([1, 2, 3, 4])],
      expected: (x) => pooled(x, [2, 3], [2, 1], [1, 0], (values) => Math.max(...real(values))),
    });
    const x = data([2, 3, 5, 6]).sub(9);
    assertNear(
      maxPool2d(x, 2),
      pooled(gridOf(x), [2, 2], [2, 2], [0, 0], (values) => Math.max(...real(values))),
    );
    const dilated = maxPool1d(tensor([[5, 1, 2, 4, 3]]), 2, { stride: 1, dilation: 2 });
    assert.deepEqual(dilated.toArray(), [[5, 4, 3]]);
    const integers = maxPool1d(tensor([[-3, -5, -7]], { dtype: "int32" }), 2, { padding: 1 });
    assert.deepEqual(integers.toArray(), [[-3, -5]]);
  });

  testEach("the derivative of a largest entry is shared at a tie", () => {
    const slope = grad((x: Tensor) => maxPool1d(x, 2).sum())(tensor([[3, 3, 1, 2]]));
    assert.deepEqual(slope.toArray(), [[0.5, 0.5, 0, 1]]);
  });

  testEach("avgPool2d, counting the padding or not", () => {
    for (const countIncludePad of [true, false]) {
      check("avgPool2d", {
        f: (x) => avgPool2d(x, [3, 2], { stride: [1, 2], padding: 1, countIncludePad }),
        args: [data([2, 3, 4])],
        expected: (x) =>
          pooled(
            x,
            [3, 2],
            [1, 2],
            [1, 1],
            (values) => total(real(values)) / (countIncludePad ? 6 : real(values).length),
          ),
      });
    }
    assert.deepEqual(avgPool1d(tensor([[1, 3, 2, 6]]), 2).toArray(), [[2, 4]]);
    assert.equal(avgPool1d(tensor([[1, 2]], { dtype: "int32" }), 2).item(), 1.5);
  });

  testEach("slidingWindows along one axis and several", () => {
    assert.deepEqual(slidingWindows(tensor([0, 1, 2, 3, 4]), 3).toArray(), [
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ]);
    const x = data([5, 2, 4]);
    assertNear(
      slidingWindows(x, [2, 3], [0, -1], { stride: [2, 1], dilation: [3, 1] }),
      grid([1, 2, 2, 2, 3], ([i, j, k, a, b]) => get(gridOf(x), [2 * i + 3 * a, j, k + b])),
    );
  });

  test("chains as methods", () => {
    const [x, w, bias] = [data([3, 2, 6, 6]), data([4, 2, 3, 3], { seed: 2 }), data([4], { seed: 3 })];
    const out = x.conv2d(w, { bias, padding: "same" }).relu().maxPool2d(2).avgPool2d(3);
    assert.deepEqual(out.shape, [3, 4, 1, 1]);
  });
});
