/** @file Reductions and their relatives: axes, keepDims, types, empty axes, numerics. */
import assert from "node:assert/strict";
import {
  all,
  allclose,
  any,
  argmax,
  argmin,
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  softmax,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { fold, get, grid, gridOf } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const average = (values: readonly number[]): number => total(values) / values.length;
const spread = (values: readonly number[], correction: number): number =>
  total(values.map((v) => (v - average(values)) ** 2)) / (values.length - correction);

const reductions: Record<
  string,
  [(x: Tensor, axis?: number | number[], o?: { keepDims?: boolean }) => Tensor, (v: number[]) => number]
> = {
  sum: [sum, total],
  prod: [prod, (v) => v.reduce((a, b) => a * b, 1)],
  mean: [mean, average],
  max: [max, (v) => Math.max(...v)],
  min: [min, (v) => Math.min(...v)],
  variance: [variance, (v) => spread(v, 1)],
  "variance of a population": [(x, axis, o) => variance(x, axis, { ...o, correction: 0 }), (v) => spread(v, 0)],
  std: [std, (v) => Math.sqrt(spread(v, 1))],
  norm: [norm, (v) => Math.sqrt(total(v.map((each) => each * each)))],
  logsumexp: [logsumexp, (v) => Math.log(total(v.map(Math.exp)))],
};

suite("reductions", () => {
  for (const [name, [f, rule]] of Object.entries(reductions)) {
    testEach(`${name}: every choice of axes, with and without keepDims`, () => {
      const x = data([3, 2, 4]);
      for (const axis of [undefined, 0, 1, -1, [0, 2], [-1, 0], [0, 1, 2]]) {
        const axes = (axis === undefined ? [0, 1, 2] : [axis].flat()).map((d) => (d < 0 ? d + 3 : d)).sort();
        const expected = fold(gridOf(x), axes, rule);
        assertNear(f(x, axis), expected, { rtol: 1e-12, what: `${name} over ${axis}` });
        const kept = f(x, axis, { keepDims: true });
        const shape = x.shape.map((extent, d) => (axes.includes(d) ? 1 : extent));
        assertNear(kept, { shape, data: expected.data }, { rtol: 1e-12, what: `${name} over ${axis}, kept` });
      }
    });
  }

  testEach("types: integers stay, booleans count", () => {
    const i = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "int32" },
    );
    assert.equal(i.sum().dtype, "int32");
    assert.deepEqual(i.prod(0).toArray(), [3, 8]);
    assert.deepEqual(i.mean().item(), 2.5);
    assert.equal(i.max(1).dtype, "int32");
    assert.equal(tensor([true, true, false]).sum().item(), 2);
    assert.equal(tensor([true, false]).mean().dtype, "float32");
    assert.deepEqual(
      any(
        tensor([
          [0, 0],
          [0, 2],
        ]),
        1,
      ).toArray(),
      [0, 1],
    );
    assert.deepEqual(
      all(
        tensor([
          [1, 0],
          [3, 2],
        ]),
        1,
      ).toArray(),
      [0, 1],
    );
    assert.equal(any(tensor([0, 0.5])).dtype, "bool");
    assert.deepEqual([any(zeros([0])).item(), all(zeros([0])).item()], [0, 1]);
    assert.deepEqual(all(zeros([2, 0]), 1).toArray(), [1, 1]);
    assert.equal(all(tensor([[1, 2]]), undefined, { keepDims: true }).shape.length, 2);
  });

  testEach("empty and single axes", () => {
    assert.deepEqual(zeros([0, 3]).sum(0).toArray(), [0, 0, 0]);
    assert.deepEqual(zeros([0, 3]).prod(0).toArray(), [1, 1, 1]);
    assert.equal(zeros([0]).sum().item(), 0);
    assert.ok(Number.isNaN(zeros([0]).mean().item()));
    assert.deepEqual(zeros([2, 0]).max(0).shape, [0]);
    assert.equal(tensor(3).sum().item(), 3);
    assert.equal(tensor(3).max().item(), 3);
    assert.equal(tensor(3).logsumexp().item(), 3);
    assert.deepEqual(data([2, 1]).sum(1).toArray(), data([2]).shape && data([2, 1]).reshape([2]).toArray());
    assert.ok(Number.isNaN(variance(tensor([3])).item()));
    assert.equal(sum(data([2, 3]), []).ndim, 2);
  });

  testEach("NaN and infinities come through", () => {
    const x = tensor([
      [1, Number.NaN, 3],
      [Number.NEGATIVE_INFINITY, 2, Number.POSITIVE_INFINITY],
    ]);
    assert.deepEqual(x.max(1).toArray(), [Number.NaN, Number.POSITIVE_INFINITY]);
    assert.deepEqual(x.min(1).toArray(), [Number.NaN, Number.NEGATIVE_INFINITY]);
    assert.deepEqual(x.sum(1).toArray(), [Number.NaN, Number.NaN]);
    assert.deepEqual(x.argmax(1).toArray(), [1, 2]);
    assert.deepEqual(x.argmin(1).toArray(), [1, 0]);
    assert.deepEqual(x.logsumexp(1).toArray(), [Number.NaN, Number.POSITIVE_INFINITY]);
    const none = tensor([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    assert.equal(none.logsumexp().item(), Number.NEGATIVE_INFINITY);
    assert.deepEqual(tensor([Number.NEGATIVE_INFINITY, 0]).softmax().toArray(), [0, 1]);
  });

  testEach("softmax, logSoftmax and logsumexp of large numbers", () => {
    const x = tensor(
      [
        [1000, 1001],
        [-1000, -1002],
      ],
      { dtype: "float64" },
    );
    const p = 1 / (1 + Math.exp(-1));
    const q = 1 / (1 + Math.exp(-2));
    assertNear(softmax(x), { shape: [2, 2], data: [1 - p, p, q, 1 - q] }, { rtol: 1e-12 });
    assertNear(x.softmax(0).sum(0), { shape: [2], data: [1, 1] });
    assertNear(x.logSoftmax(), x.softmax().log(), { rtol: 1e-11 });
    assertNear(x.logsumexp(1), { shape: [2], data: [1001 - Math.log(p), -1000 - Math.log(q)] });
    assert.deepEqual(tensor([1, 2], { dtype: "int32" }).softmax().dtype, "float32");
  });

  testEach("variance keeps its digits far from zero", () => {
    const x = tensor([1e8 + 1, 1e8 + 2, 1e8 + 3], { dtype: "float64" });
    assertNear(variance(x), { shape: [], data: [1] }, { rtol: 1e-12 });
  });

  testEach("cumsum, argmax, argmin", () => {
    const x = data([2, 3, 2]);
    assertNear(
      cumsum(x, -2),
      grid([2, 3, 2], ([i, j, k]) => total(Array.from({ length: j + 1 }, (_, t) => get(gridOf(x), [i, t, k])))),
    );
    assert.deepEqual(cumsum(tensor([1, 2, 3], { dtype: "int32" }), 0).toArray(), [1, 3, 6]);
    const m = tensor([
      [3, 9, 9],
      [4, -1, -1],
    ]);
    assert.deepEqual(argmax(m, 1).toArray(), [1, 0]);
    assert.deepEqual(argmin(m, 1).toArray(), [0, 1]);
    assert.equal(argmax(m).item(), 1);
    assert.equal(argmin(m).item(), 4);
    assert.deepEqual(argmax(m, 0).toArray(), [1, 0, 0]);
    assert.equal(argmax(m).dtype, "int32");
    // What is computed in JavaScript inside a program takes views and expressions too.
    assert.deepEqual(argmax(m.transpose().mul(-1), 0).toArray(), [0, 1]);
    assertNear(
      cumsum(m.transpose().slice(0, 1), 0),
      tensor([
        [9, -1],
        [18, -2],
      ]),
    );
  });

  test("allclose: tolerances are relative to the second, NaN is opt-in", () => {
    const a = tensor([1, 100]);
    assert.equal(allclose(a, tensor([1.000001, 100.0001])), true);
    assert.equal(allclose(a, tensor([1.001, 100])), false);
    assert.equal(allclose(a, tensor([1.001, 100]), { rtol: 0.01 }), true);
    assert.equal(allclose(a, tensor([1.4, 100]), { atol: 0.5 }), true);
    const nan = tensor([Number.NaN]);
    assert.equal(allclose(nan, nan), false);
    assert.equal(allclose(nan, nan, { equalNaN: true }), true);
    const inf = tensor([Number.POSITIVE_INFINITY]);
    assert.equal(allclose(inf, inf), true);
    assert.equal(allclose(inf, inf.neg()), false);
    assert.equal(allclose(tensor([1]), inf), false);
  });

  test("long sums in float32 do not drift", () => {
    const n = 1_000_000;
    const x = tensor(new Float32Array(n).fill(0.1));
    assert.ok(Math.abs(x.sum().item() - n * Math.fround(0.1)) < 5);
    assert.ok(Math.abs(x.mean().item() - 0.1) < 1e-6);
    assert.ok(Math.abs(x.reshape([1000, 1000]).sum(0).sum().item() - n * 0.1) < 5);
  });
});
