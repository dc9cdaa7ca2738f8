/** @file Normalisation, activations, dropout and klDiv against their definitions, written out by index. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  type BatchNormOptions,
  batchNorm,
  batchNormTraining,
  batchStatistics,
  type ChannelStatistics,
  celu,
  cosineSimilarity,
  dropout,
  Generator,
  glu,
  grad,
  groupNorm,
  hardsigmoid,
  hardswish,
  hardtanh,
  instanceNorm,
  klDiv,
  manualSeed,
  mish,
  normalize,
  ones,
  prelu,
  relu6,
  rmsNorm,
  ShapeError,
  selu,
  softsign,
  type Tensor,
  TraceError,
  tensor,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { type Checked, check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { fold, type Grid, get, grid, gridOf } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const average = (values: readonly number[]): number => total(values) / values.length;
const spread = (values: readonly number[]): number => average(values.map((v) => (v - average(values)) ** 2));
const entrywise =
  (rule: (a: number) => number) =>
  (x: Grid): Grid =>
    grid(x.shape, (at) => rule(get(x, at)));

/** Every entry less the mean of its group, over the root of the variance; `groupOf` names the group. */
function normal(x: Grid, eps: number, groupOf: (at: readonly number[]) => string): Grid {
  const members = new Map<string, number[]>();
  grid(x.shape, (at) => {
    const key = groupOf(at);
    members.set(key, [...(members.get(key) ?? []), get(x, at)]);
    return 0;
  });
  return grid(x.shape, (at) => {
    const values = members.get(groupOf(at)) as number[];
    return (get(x, at) - average(values)) / Math.sqrt(spread(values) + eps);
  });
}

const affine = (x: Grid, w: Grid, b: Grid): Grid =>
  grid(x.shape, (at) => get(x, at) * get(w, [at[1]]) + get(b, [at[1]]));
const weights = (channels: number): [Tensor, Tensor] => [data([channels], { seed: 8 }), data([channels], { seed: 9 })];

const functions: Record<string, Checked> = {
  batchNorm: {
    f: (x, mean, variance, weight) => batchNorm(x, { mean, variance, weight, eps: 0.1 }),
    args: [data([2, 3, 2]), data([3], { seed: 2 }), data([3], { seed: 3, low: 0.2, high: 2 }), data([3], { seed: 4 })],
    expected: (x, m, v, w) =>
      grid(x.shape, (at) => ((get(x, at) - get(m, [at[1]])) / Math.sqrt(get(v, [at[1]]) + 0.1)) * get(w, [at[1]])),
  },
  "batchNormTraining, two axes": {
    f: (x, weight, bias) => batchNormTraining(x, { weight, bias }).out,
    args: [data([4, 3]), ...weights(3)],
    expected: (x, w, b) =>
      affine(
        normal(x, 1e-5, ([, c]) => String(c)),
        w,
        b,
      ),
  },
  "batchNormTraining, images": {
    f: (x) => batchNormTraining(x, { eps: 0.01 }).out,
    args: [data([2, 2, 3, 2])],
    expected: (x) => normal(x, 0.01, ([, c]) => String(c)),
  },
  groupNorm: {
    f: (x, weight, bias) => groupNorm(x, 2, { weight, bias }),
    args: [data([2, 4, 3]), ...weights(4)],
    expected: (x, w, b) =>
      affine(
        normal(x, 1e-5, ([n, c]) => `${n} ${c >> 1}`),
        w,
        b,
      ),
  },
  instanceNorm: {
    f: (x, weight, bias) => instanceNorm(x, { weight, bias }),
    args: [data([2, 3, 2, 2]), ...weights(3)],
    expected: (x, w, b) =>
      affine(
        normal(x, 1e-5, ([n, c]) => `${n} ${c}`),
        w,
        b,
      ),
  },
  rmsNorm: {
    f: (x, w) => rmsNorm(x, [3, 2], w, { eps: 0.1 }),
    args: [data([2, 3, 2]), data([3, 2], { seed: 4 })],
    expected: (x, w) => {
      const squares = fold(x, [1, 2], (v) => average(v.map((a) => a * a)));
      return grid(x.shape, (at) => (get(x, at) / Math.sqrt(get(squares, [at[0]]) + 0.1)) * get(w, at.slice(1)));
    },
  },
  normalize: {
    f: (x) => normalize(x, 0),
    args: [data([3, 2])],
    expected: (x) => {
      const norms = fold(x, [0], (v) => Math.hypot(...v));
      return grid(x.shape, (at) => get(x, at) / get(norms, [at[1]]));
    },
  },
  cosineSimilarity: {
    f: (x, y) => cosineSimilarity(x, y),
    args: [data([3, 4]), data([4], { seed: 2 })],
    expected: (x, y) =>
      grid([3], ([i]) => {
        const row = [0, 1, 2, 3].map((j) => get(x, [i, j]));
        return total(row.map((a, j) => a * y.data[j])) / Math.hypot(...row) / Math.hypot(...y.data);
      }),
  },
  selu: {
    f: (x) => selu(x),
    args: [data([2, 4], { low: -3, high: 3 })],
    expected: entrywise((a) => 1.0507009873554805 * (a > 0 ? a : 1.6732632423543772 * Math.expm1(a))),
  },
  celu: {
    f: (x) => celu(x, 0.7),
    args: [data([2, 4], { low: -3, high: 3 })],
    expected: entrywise((a) => (a > 0 ? a : 0.7 * Math.expm1(a / 0.7))),
  },
  hardtanh: {
    f: (x) => hardtanh(x, -0.5, 0.8),
    args: [data([2, 4])],
    expected: entrywise((a) => Math.min(0.8, Math.max(-0.5, a))),
  },
  relu6: {
    f: (x) => relu6(x),
    args: [data([2, 4], { low: -9, high: 9 })],
    expected: entrywise((a) => Math.min(6, Math.max(0, a))),
  },
  hardsigmoid: {
    f: (x) => hardsigmoid(x),
    args: [data([2, 4], { low: -5, high: 5 })],
    expected: entrywise((a) => Math.min(6, Math.max(0, a + 3)) / 6),
  },
  hardswish: {
    f: (x) => hardswish(x),
    args: [data([2, 4], { low: -5, high: 5 })],
    expected: entrywise((a) => (a * Math.min(6, Math.max(0, a + 3))) / 6),
  },
  mish: { f: (x) => mish(x), args: [data([2, 4])], expected: entrywise((a) => a * Math.tanh(Math.log1p(Math.exp(a)))) },
  softsign: { f: (x) => softsign(x), args: [data([2, 4])], expected: entrywise((a) => a / (1 + Math.abs(a))) },
  "prelu, one slope": {
    f: (x, w) => prelu(x, w),
    args: [data([2, 4]), data([1], { seed: 5 })],
    expected: (x, w) => entrywise((a) => (a > 0 ? a : w.data[0] * a))(x),
  },
  "prelu, a slope per channel": {
    f: (x, w) => prelu(x, w),
    args: [data([2, 3, 2]), data([3], { seed: 5 })],
    expected: (x, w) => grid(x.shape, (at) => (get(x, at) > 0 ? 1 : get(w, [at[1]])) * get(x, at)),
  },
  glu: {
    f: (x) => glu(x, 1),
    args: [data([2, 4, 2])],
    expected: (x) => grid([2, 2, 2], ([i, j, k]) => get(x, [i, j, k]) / (1 + Math.exp(-get(x, [i, j + 2, k])))),
  },
  klDiv: {
    f: (x, y) => klDiv(x, y),
    args: [data([2, 3]), data([2, 3], { seed: 2, low: 0.1, high: 0.9 })],
    expected: (x, y) => ({ shape: [], data: [average(x.data.map((a, i) => y.data[i] * (Math.log(y.data[i]) - a)))] }),
  },
  "klDiv of logarithms": {
    f: (x, y) => klDiv(x, y, { reduction: "batchMean", logTarget: true }),
    args: [data([2, 3]), data([2, 3], { seed: 2 })],
    expected: (x, y) => ({ shape: [], data: [total(x.data.map((a, i) => Math.exp(y.data[i]) * (y.data[i] - a))) / 2] }),
  },
};

suite("normalization and activation", () => {
  for (const [name, checked] of Object.entries(functions)) testEach(name, () => check(name, checked));

  testEach("batchStatistics, and running ones as results", () => {
    const x = data([4, 2, 3]);
    const byChannel = (rule: (values: number[]) => number): Grid => fold(gridOf(x), [0, 2], rule);
    const { mean, variance } = batchStatistics(x);
    assertNear(mean, byChannel(average));
    assertNear(variance, byChannel(spread));
    assertNear(batchNorm(x, { mean, variance }), batchNormTraining(x).out);

    const running = { mean: data([2], { seed: 3 }), variance: data([2], { seed: 4, low: 0.5, high: 2 }) };
    const before = [running.mean.toArray(), running.variance.toArray()];
    const renewed = batchNormTraining(x, { running, momentum: 0.25 }).running;
    assertNear(renewed.mean, running.mean.mul(0.75).add(mean.mul(0.25)));
    assertNear(renewed.variance, running.variance.mul(0.75).add(variance.mul((0.25 * 12) / 11)));
    assert.deepEqual([running.mean.toArray(), running.variance.toArray()], before, "what went in is unchanged");
    const first = batchNormTraining(x).running;
    assertNear(first.mean, mean.mul(0.1));
    assertNear(first.variance, variance.mul((0.1 * 12) / 11).add(0.9));
    const slope = grad((x: Tensor) => batchNormTraining(x).running.mean.sum())(x);
    assert.ok(slope.dataSync().every((each) => each === 0));
  });

  testEach("training under vmap gives each model statistics of its own", () => {
    const x = data([3, 4, 2]);
    const { out, running } = vmap((x: Tensor) => batchNormTraining(x))(x);
    for (let i = 0; i < 3; i++) {
      const alone = batchNormTraining(x.at(i));
      assertNear(out.at(i), alone.out);
      assertNear((running as ChannelStatistics).variance.at(i), alone.running.variance);
    }
  });

  testEach("derivatives at corners", () => {
    const at = (f: (x: Tensor) => Tensor, x: number): number =>
      grad((x: Tensor) => f(x).sum())(tensor(x, { dtype: "float64" })).item();
    assert.deepEqual([at(relu6, 0), at(relu6, 6), at(relu6, 5)], [0, 0, 1]);
    assert.deepEqual([at(hardtanh, 1), at(hardtanh, -1)], [0, 0]);
    assert.deepEqual([at(selu, 1000), at(mish, 1000), at(softsign, 0)], [1.0507009873554805, 1, 1]);
    // A zero vector has no direction, but no NaN either.
    const zero = zeros([2], { dtype: "float64" });
    assert.deepEqual(normalize(zero).toArray(), [0, 0]);
    assert.ok(
      grad((x: Tensor) => cosineSimilarity(x, ones([2], { dtype: "float64" })))(zero)
        .dataSync()
        .every(Number.isFinite),
    );
    const target = tensor([0, 1], { dtype: "float64" });
    assert.equal(klDiv(zero, target, { reduction: "sum" }).item(), 0);
    assert.deepEqual(grad((t: Tensor) => klDiv(zero, t, { reduction: "sum" }))(target).toArray(), [0, 1]);
  });

  test("dropout keeps the mean, and says what it needs under vmap", () => {
    const x = ones([100, 100], { dtype: "float64" });
    const options = { generator: new Generator(4) };
    const out = dropout(x, 0.3, options);
    const values = new Set(out.dataSync());
    assert.deepEqual([...values].sort(), [0, 1 / 0.7]);
    // Ten thousand entries of standard deviation 0.65 each.
    assert.ok(Math.abs(out.mean().item() - 1) < 5 * 0.0065, `${out.mean().item()}`);
    assertNear(dropout(x, 0.3, { training: false }), x);
    assertNear(dropout(x, 0), x);
    assert.equal(dropout(x, 1).sum().item(), 0);
    manualSeed(3);
    const first = x.dropout().toArray();
    manualSeed(3);
    assert.deepEqual(dropout(x).toArray(), first);
    const slope = grad((x: Tensor) => dropout(x, 0.3, { generator: new Generator(4) }).sum())(x);
    assertNear(slope, out);
    assertThrows(() => vmap((row: Tensor) => dropout(row, 0.5))(x), TraceError, "dropout", "randomness");
    const masks = vmap((row: Tensor) => dropout(row, 0.5), { randomness: "different" })(x);
    assert.notDeepEqual(masks.at(0).toArray(), masks.at(1).toArray());
    const one = vmap((row: Tensor) => dropout(row, 0.5), { randomness: "same" })(x);
    assert.deepEqual(one.at(0).toArray(), one.at(1).toArray());
  });

  test("what does not fit is said by name", () => {
    const x = data([2, 6, 3]);
    const rejected: readonly [() => unknown, typeof ShapeError | typeof ArgumentError, ...string[]][] = [
      [() => batchStatistics(data([3])), ShapeError, "batchStatistics", "[n, channels, ...]", "[3]"],
      [
        () => batchNorm(x, { mean: data([6]) } as BatchNormOptions),
        ShapeError,
        "batchNorm",
        "a variance [6]",
        "undefined",
      ],
      [() => batchNorm(x, { mean: data([3]), variance: data([6]) }), ShapeError, "a mean [6]", "[3]"],
      [() => batchNormTraining(data([1, 3])), ShapeError, "batchNormTraining", "more than one entry", "[1, 3]"],
      [() => batchNormTraining(x, { momentum: 2 }), ArgumentError, "momentum", "got 2"],
      [() => batchNormTraining(x, { weight: data([2]) }), ShapeError, "a weight [6]", "[2]"],
      [() => batchStatistics(data([0, 3])), ShapeError, "batchStatistics", "no entries"],
      [() => groupNorm(x, 4), ArgumentError, "groupNorm", "6 channels", "got 4"],
      [() => instanceNorm(data([2, 3])), ShapeError, "instanceNorm", "[2, 3]"],
      [() => rmsNorm(x, 4), ShapeError, "rmsNorm", "[4]", "[2, 6, 3]"],
      [() => rmsNorm(x, 3, data([2])), ShapeError, "rmsNorm", "weight", "[2]"],
      [() => glu(x), ShapeError, "glu", "even extent", "[2, 6, 3]"],
      [() => hardtanh(x, 1, 0), ArgumentError, "hardtanh", "1 and 0"],
      [() => prelu(x, data([2])), ShapeError, "prelu", "6", "[2]"],
      [() => dropout(x, 1.5), ArgumentError, "dropout", "got 1.5"],
      [() => klDiv(x, data([2, 6])), ShapeError, "klDiv", "[2, 6, 3]", "[2, 6]"],
      [() => klDiv(x, x, { reduction: "all" as "sum" }), ArgumentError, "klDiv", '"all"'],
      [() => klDiv(tensor(1), tensor(1), { reduction: "batchMean" }), ShapeError, "klDiv", "batchMean"],
    ];
    for (const [act, type, ...parts] of rejected) assertThrows(act, type, ...parts);
  });
});
