/** @file Pieces of neural networks against their definitions, written out by index. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  attention,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  elu,
  embedding,
  grad,
  hessian,
  huberLoss,
  l1Loss,
  layerNorm,
  leakyRelu,
  mseLoss,
  nllLoss,
  ones,
  ShapeError,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { type Checked, check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { fold, type Grid, get, grid } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const int = (values: readonly number[], shape = [values.length]): Tensor =>
  tensor(values as number[], { dtype: "int32", shape });
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const average = (x: Grid): Grid => ({ shape: [], data: [total(x.data) / x.data.length] });
const pairwise =
  (rule: (a: number, b: number) => number) =>
  (x: Grid, y: Grid): Grid =>
    grid(x.shape, (at) => rule(get(x, at), get(y, at)));
const mapped =
  (rule: (a: number) => number) =>
  (x: Grid): Grid =>
    grid(x.shape, (at) => rule(get(x, at)));

/** `(x − mean) / √(variance + eps)` over the axes from `from` on. */
function normal(x: Grid, from: number, eps: number): Grid {
  const axes = x.shape.map((_, d) => d).slice(from);
  const mean = fold(x, axes, (v) => total(v) / v.length);
  const spread = fold(x, axes, (v) => total(v.map((a) => (a - total(v) / v.length) ** 2)) / v.length);
  return grid(x.shape, (at) => {
    const line = at.slice(0, from);
    return (get(x, at) - get(mean, line)) / Math.sqrt(get(spread, line) + eps);
  });
}

/** `log softmax` along `axis`, without care for overflow. */
function logSoftmax(x: Grid, axis: number): Grid {
  const sums = fold(x, [axis], (v) => Math.log(total(v.map(Math.exp))));
  return grid(x.shape, (at) => get(x, at) - get(sums, at.toSpliced(axis, 1)));
}

const picked = (x: Grid, targets: Grid, axis: number): Grid =>
  grid(targets.shape, (at) => -get(x, at.toSpliced(axis, 0, get(targets, at))));

const huber = (delta: number) =>
  pairwise((a, b) => (Math.abs(a - b) <= delta ? (a - b) ** 2 / 2 : delta * (Math.abs(a - b) - delta / 2)));
const logistic = pairwise((a, t) => -t * Math.log(1 / (1 + Math.exp(-a))) - (1 - t) * Math.log(1 / (1 + Math.exp(a))));

/** Attention by its formula; `bias` is added to the score of query i and key j, −∞ for none. */
function attended(q: Grid, k: Grid, v: Grid, scale: number, bias: (i: number, j: number) => number): Grid {
  const rank = q.shape.length;
  const [rows, keys, features, columns] = [q.shape[rank - 2], k.shape[rank - 2], k.shape[rank - 1], v.shape[rank - 1]];
  return grid([...q.shape.slice(0, -2), rows, columns], (at) => {
    const [lead, i, c] = [at.slice(0, -2), at[rank - 2], at[rank - 1]];
    const weights = Array.from({ length: keys }, (_, j) => {
      const products = Array.from({ length: features }, (_, e) => get(q, [...lead, i, e]) * get(k, [...lead, j, e]));
      return Math.exp(scale * total(products) + bias(i, j));
    });
    return total(weights.map((w, j) => (w / total(weights)) * get(v, [...lead, j, c])));
  });
}
const causal = (i: number, j: number): number => (j <= i ? 0 : Number.NEGATIVE_INFINITY);

const a = data([2, 3]);
const b = data([2, 3], { seed: 2 });
const share = data([2, 3], { seed: 3, low: 0, high: 1 });
const [q, k, v] = [data([3, 2]), data([4, 2], { seed: 2 }), data([4, 2], { seed: 3 })];
const flags = tensor([true, false, true, true]);

const checked: Record<string, Checked> = {
  "layerNorm over the last axis": { f: (x) => layerNorm(x, 3), args: [a], expected: (x) => normal(x, 1, 1e-5) },
  "layerNorm over two axes, with weight, bias and eps": {
    f: (x, weight, bias) => x.layerNorm([2, 2], weight, bias, { eps: 0.1 }),
    args: [data([2, 2, 2]), data([2, 2], { seed: 2 }), data([2, 2], { seed: 3 })],
    expected: (x, weight, bias) => {
      const scaled = normal(x, 1, 0.1);
      return grid(x.shape, (at) => get(scaled, at) * get(weight, at.slice(1)) + get(bias, at.slice(1)));
    },
  },
  leakyRelu: { f: (x) => leakyRelu(x), args: [a], expected: mapped((x) => (x > 0 ? x : 0.01 * x)) },
  "leakyRelu of a slope": { f: (x) => x.leakyRelu(0.3), args: [a], expected: mapped((x) => (x > 0 ? x : 0.3 * x)) },
  elu: { f: (x) => elu(x), args: [a], expected: mapped((x) => (x > 0 ? x : Math.expm1(x))) },
  "elu of alpha": { f: (x) => x.elu(0.7), args: [a], expected: mapped((x) => (x > 0 ? x : 0.7 * Math.expm1(x))) },
  mseLoss: {
    f: (x, y) => mseLoss(x, y),
    args: [a, b],
    expected: (x, y) => average(pairwise((p, r) => (p - r) ** 2)(x, y)),
  },
  "mseLoss of each": {
    f: (x, y) => x.mseLoss(y, { reduction: "none" }),
    args: [a, b],
    expected: pairwise((p, r) => (p - r) ** 2),
  },
  "l1Loss summed": {
    f: (x, y) => l1Loss(x, y, { reduction: "sum" }),
    args: [a, b],
    expected: (x, y) => ({ shape: [], data: [total(pairwise((p, r) => Math.abs(p - r))(x, y).data)] }),
  },
  huberLoss: {
    f: (x, y) => huberLoss(x.mul(2), y),
    args: [a, b],
    expected: (x, y) => average(huber(1)(mapped((p) => 2 * p)(x), y)),
  },
  "huberLoss of delta": {
    f: (x, y) => x.huberLoss(y, { delta: 0.4, reduction: "none" }),
    args: [a, b],
    expected: huber(0.4),
  },
  binaryCrossEntropyWithLogits: {
    f: (x, t) => binaryCrossEntropyWithLogits(x, t),
    args: [a, share],
    expected: (x, t) => average(logistic(x, t)),
  },
  nllLoss: {
    f: (x, t) => nllLoss(x, t),
    args: [a, int([2, 0])],
    expected: (x, t) => average(picked(x, t, 1)),
  },
  crossEntropy: {
    f: (x, t) => crossEntropy(x, t),
    args: [data([3, 4]), int([1, 3, 0])],
    expected: (x, t) => average(picked(logSoftmax(x, 1), t, 1)),
  },
  "crossEntropy of one example": {
    f: (x, t) => x.crossEntropy(t),
    args: [data([4]), int([2], [])],
    expected: (x, t) => picked(logSoftmax(x, 0), t, 0),
  },
  "crossEntropy of pixels, each": {
    f: (x, t) => crossEntropy(x, t, { reduction: "none" }),
    args: [data([2, 3, 2]), int([2, 0, 1, 1], [2, 2])],
    expected: (x, t) => picked(logSoftmax(x, 1), t, 1),
  },
  "crossEntropy of probabilities": {
    f: (x, p) => crossEntropy(x, p, { reduction: "none" }),
    args: [a, share],
    expected: (x, p) => fold(pairwise((l, r) => -l * r)(logSoftmax(x, 1), p), [1], total),
  },
  embedding: {
    f: (weight, i) => embedding(weight, i),
    args: [data([4, 2]), int([3, 0, 3, 1, 2, 3], [2, 3])],
    expected: (weight, i) => grid([2, 3, 2], ([x, y, c]) => get(weight, [get(i, [x, y]), c])),
  },
  attention: {
    f: (...args) => attention(args[0], args[1], args[2]),
    args: [q, k, v],
    expected: (x, y, z) => attended(x, y, z, Math.SQRT1_2, () => 0),
  },
  "causal attention of heads, with a scale": {
    f: (x, y, z) => x.attention(y, z, { causal: true, scale: 0.3 }),
    args: [data([2, 3, 2]), data([2, 3, 2], { seed: 2 }), data([2, 3, 1], { seed: 3 })],
    expected: (x, y, z) => attended(x, y, z, 0.3, causal),
  },
  "attention with a mask of truth values": {
    f: (x, y, z) => attention(x, y, z, { mask: flags }),
    args: [q, k, v],
    expected: (x, y, z) => attended(x, y, z, Math.SQRT1_2, (_, j) => (j === 1 ? Number.NEGATIVE_INFINITY : 0)),
  },
  "attention with a bias": {
    f: (x, y, z, bias) => attention(x, y, z, { mask: bias }),
    args: [q, k, v, data([3, 4], { seed: 4 })],
    expected: (x, y, z, bias) => attended(x, y, z, Math.SQRT1_2, (i, j) => get(bias, [i, j])),
  },
};

suite("neural networks", () => {
  for (const [name, row] of Object.entries(checked)) testEach(name, () => check(name, row));

  testEach("no overflow, in values or derivatives", () => {
    const far = tensor([1000, -1000, 0], { dtype: "float64" });
    assertNear(elu(far), tensor([1000, -1, 0], { dtype: "float64" }));
    assertNear(grad((x: Tensor) => elu(x).sum())(far), tensor([1, 0, 1], { dtype: "float64" }));
    const zero = zeros([3], { dtype: "float64" });
    assertNear(huberLoss(far, zero, { reduction: "none" }), { shape: [3], data: [999.5, 999.5, 0] });
    assertNear(grad((x: Tensor) => huberLoss(x, 0, { reduction: "sum" }))(far.mul(1e300)), {
      shape: [3],
      data: [1, -1, 0],
    });
    const bce = (x: Tensor): Tensor => binaryCrossEntropyWithLogits(x, 1, { reduction: "sum" });
    assertNear(bce(far), { shape: [], data: [1000 + Math.LN2] });
    assertNear(grad(bce)(far), { shape: [3], data: [0, -1, -0.5] });
    assertNear(crossEntropy(far, int([1], [])), { shape: [], data: [2000] });
  });

  testEach("curvature where a loss is zero, or a logit", () => {
    const zero = tensor([0], { dtype: "float64" });
    assertNear(hessian((x: Tensor) => huberLoss(x, 0))(zero), { shape: [1, 1], data: [1] });
    assertNear(hessian((x: Tensor) => binaryCrossEntropyWithLogits(x, 1))(zero), { shape: [1, 1], data: [0.25] });
  });

  testEach("a causal query sees nothing later, derivatives included", () => {
    const first = (value: Tensor): Tensor => attention(value, value, value, { causal: true }).at(0).sum();
    const slopes = grad(first)(data([3, 2]));
    assert.deepEqual(slopes.at([1, 3]).toArray(), [
      [0, 0],
      [0, 0],
    ]);
    assertNear(slopes.at(0), tensor([1, 1], { dtype: "float64" }));
  });

  testEach("gradients per example, with targets of their own", () => {
    const logits = data([3, 4]);
    const targets = int([1, 3, 1]);
    const each = vmap(grad((x: Tensor, t: Tensor) => crossEntropy(x, t)))(logits, targets);
    const probabilities = logits.softmax(1);
    const expected = grid([3, 4], ([i, j]) => (j === [1, 3, 1][i] ? -1 : 0));
    assertNear(each.sub(probabilities), expected);
    const rows = grad((weight: Tensor) => embedding(weight, [1, 1, 0]).sum())(ones([3, 2]));
    assert.deepEqual(rows.toArray(), [
      [1, 1],
      [2, 2],
      [0, 0],
    ]);
  });

  test("errors", () => {
    const x = ones([2, 3]);
    const cases: [() => unknown, Parameters<typeof assertThrows>[1], ...string[]][] = [
      [() => layerNorm(x, 2), ShapeError, "layerNorm", "[..., 2]", "[2, 3]", "last axes"],
      [() => layerNorm(x, []), ShapeError, "layerNorm", "[]"],
      [() => layerNorm(x, 3, ones([2])), ShapeError, "layerNorm", "weight", "[3]", "[2]", "Reshape"],
      [() => layerNorm(x, 3, undefined, ones([1])), ShapeError, "layerNorm", "bias", "[1]"],
      [() => mseLoss(ones([3]), ones([3, 1])), ShapeError, "mseLoss", "[3]", "[3, 1]", "Reshape"],
      [() => l1Loss(x, ones([3])), ShapeError, "l1Loss", "[2, 3]", "[3]"],
      [() => mseLoss(x, x, { reduction: "avg" as never }), ArgumentError, "mseLoss", '"avg"', '"mean"', "[2, 3]"],
      [() => huberLoss(x, x, { delta: 0 }), ArgumentError, "huberLoss", "delta", "got 0", "[2, 3]"],
      [() => crossEntropy(x, int([0, 1, 2])), ShapeError, "crossEntropy", "[2]", "[3]", "axis 1", "moveAxis"],
      [() => crossEntropy(x, ones([2])), ArgumentError, "crossEntropy", "float32", 'to("int32")'],
      [() => crossEntropy(x, int([0, 3])), ShapeError, "crossEntropy", "position 3", "0 to 2"],
      [() => nllLoss(x, int([0, -1])), ShapeError, "nllLoss", "position -1", "0 to 2"],
      [() => nllLoss(tensor(1), int([0], [])), ShapeError, "nllLoss", "[classes]", "[]", "expandDims"],
      [() => embedding(int([0, 1]), x), ShapeError, "embedding", "[count, features]", "[2]", "weight first"],
      [() => embedding(x, [0, 2]), ShapeError, "embedding", "position 2", "[2, 3]"],
      [() => attention(x, ones([4, 2]), x), ShapeError, "attention", "[2, 3], [4, 2], [2, 3]", "last two axes"],
      [() => attention(x, x, ones([3, 3])), ShapeError, "attention", "[3, 3]"],
      [() => attention(ones([3]), ones([3]), ones([3])), ShapeError, "attention", "[3], [3], [3]"],
    ];
    for (const [body, type, ...patterns] of cases) assertThrows(body, type, ...patterns);
  });
});
