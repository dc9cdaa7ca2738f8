/** @file Special functions: identities, values at the edges, derivatives to the third order, errors. Accuracy: ../accuracy. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  checkGrads,
  digamma,
  erf,
  erfc,
  erfinv,
  exp2,
  fmod,
  grad,
  heaviside,
  jacfwd,
  jacrev,
  lerp,
  lgamma,
  logit,
  logSigmoid,
  ndtr,
  ones,
  polygamma,
  sigmoid,
  sinc,
  stopGradient,
  type Tensor,
  tensor,
  vmap,
  xlogy,
  zeta,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { loop } from "../support/differences.ts";
import { type Grid, get, grid } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const f64 = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64" });
const each =
  (rule: (...values: number[]) => number) =>
  (...inputs: Grid[]): Grid =>
    grid(inputs[0].shape, (at) => rule(...inputs.map((input) => get(input, at))));
const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

/** The integral of the standard normal density from 0, by Simpson's rule. */
function normalFromZero(x: number): number {
  const [n, h] = [4000, x / 4000];
  let sum = 1 + Math.exp((-x * x) / 2);
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2) / 2);
  return ((h / 3) * sum) / Math.sqrt(2 * Math.PI);
}

/** Trigamma by its sum, the rest by an integral. */
function trigamma(x: number): number {
  let sum = 0;
  for (let k = 0; k < 1000; k++) sum += (x + k) ** -2;
  const a = x + 1000;
  return sum + 1 / a + 1 / (2 * a ** 2) + 1 / (6 * a ** 3);
}

interface Case {
  readonly f: (...args: Tensor[]) => Tensor;
  readonly low: number;
  readonly high: number;
  readonly expected: (...values: number[]) => number;
  /** How many tensors it takes; 1 unless said. */
  readonly arity?: number;
}

const CASES: Readonly<Record<string, Case>> = {
  ndtr: { f: ndtr, low: -2, high: 2, expected: (x) => 0.5 + normalFromZero(x) },
  logit: { f: logit, low: 0.05, high: 0.95, expected: (x) => Math.log(x / (1 - x)) },
  logSigmoid: { f: logSigmoid, low: -3, high: 3, expected: (x) => -Math.log(1 + Math.exp(-x)) },
  sinc: { f: sinc, low: -0.9, high: 0.9, expected: (x) => Math.sin(Math.PI * x) / (Math.PI * x) },
  xlogy: { f: xlogy, low: 0.3, high: 2, expected: (x, y) => x * Math.log(y), arity: 2 },
  trigamma: { f: (x) => polygamma(1, x), low: 0.5, high: 4, expected: trigamma },
  digamma: { f: (x) => polygamma(0, x), low: 2, high: 4, expected: (x) => digamma(x).item() },
  exp2: { f: exp2, low: -2, high: 2, expected: (x) => Math.exp(x * Math.LN2) },
  "fmod by a number": { f: (x) => fmod(x, 0.75), low: -0.7, high: 0.7, expected: (x) => x },
  fmod: { f: (x, y) => fmod(x.add(3), y.neg()), low: 1.1, high: 1.3, expected: (x, y) => (x + 3) % y, arity: 2 },
  lerp: { f: (x, y, w) => lerp(x, y, w), low: -1, high: 1, expected: (x, y, w) => x * (1 - w) + y * w, arity: 3 },
};

suite("special functions", () => {
  for (const [name, { f, low, high, expected, arity = 1 }] of Object.entries(CASES)) {
    testEach(`${name}: values, both modes, vmap`, () => {
      const args = Array.from({ length: arity }, (_, i) => data([2, 3], { seed: 5 + i, low, high }));
      if (name === "digamma") {
        // In float64 only: the expectation is the primitive's own.
        assertNear(f(...args), digamma(args[0]), { rtol: 0, atol: 0 });
        return;
      }
      check(name, { f, args, expected: each(expected) });
    });
  }

  test("derivatives to the third order", () => {
    const functions: readonly [(x: Tensor) => Tensor, number, number][] = [
      [erf, -2, 2],
      [erfc, -2, 2],
      [erfinv, -0.8, 0.8],
      [ndtr, -2, 2],
      [lgamma, 0.4, 5],
      [lgamma, -1.8, -1.2],
      [digamma, 0.6, 5],
      [digamma, -2.7, -2.3],
      [(x) => polygamma(2, x), 0.7, 3],
      [(x) => zeta(2.5, x), 0.7, 3],
      [logit, 0.2, 0.8],
      [logSigmoid, -3, 3],
      [sinc, -0.6, 0.6],
      [sinc, 0.9, 2.2],
      [(x) => x.cbrt(), 0.5, 2],
      [exp2, -2, 2],
      [(x) => x.gelu(), -2, 2],
      [(x) => x.asin(), -0.7, 0.7],
      [(x) => x.acosh(), 1.5, 3],
      [(x) => x.atanh(), -0.7, 0.7],
    ];
    for (const [f, low, high] of functions) checkGrads(f, [data([2, 3], { low, high })], { order: 3 });
    checkGrads(xlogy, [data([2, 3], { low: 0.2, high: 2 }), data([3], { low: 0.5, high: 2 })], { order: 3 });
  });

  test("all derivatives of sinc are right at 0", () => {
    const at = (f: (x: Tensor) => Tensor): number => f(tensor(0, { dtype: "float64" })).item();
    const d1 = grad(sinc);
    const d2 = grad((x: Tensor) => d1(x) as Tensor);
    const d3 = grad((x: Tensor) => d2(x) as Tensor);
    const d4 = grad((x: Tensor) => d3(x) as Tensor);
    const derivatives = [sinc, d1, d2, d3, d4].map((f) => at(f as (x: Tensor) => Tensor));
    const wanted = [1, 0, -(Math.PI ** 2) / 3, 0, Math.PI ** 4 / 5];
    derivatives.forEach((got, order) => {
      assert.ok(Math.abs(got - wanted[order]) < 1e-13 * Math.max(1, Math.abs(wanted[order])), `order ${order}: ${got}`);
    });
  });

  testEach("identities", () => {
    const x = f64([-7.3, -1.2, -0.4, 0.3, 0.9, 2.6, 11]);
    const near = (a: Tensor, b: Tensor, rtol = 1e-14): void => assertNear(a, b, { rtol, atol: 1e-14 });
    near(erf(x).add(erfc(x)), ones([7], { dtype: "float64" }));
    near(erfinv(erf(x.div(12))), x.div(12));
    near(logit(sigmoid(x)), x, 1e-12);
    near(lgamma(x.add(1)), lgamma(x).add(x.abs().log()), 1e-13);
    near(digamma(x.add(1)), digamma(x).add(x.reciprocal()), 1e-13);
    for (const n of [1, 2, 3, 4]) {
      const step = x.pow(-n - 1).mul([1, -1, 2, -6, 24][n]);
      assertNear(polygamma(n, x.add(1)), polygamma(n, x).add(step), {
        rtol: 1e-12,
        atol: 1e-10,
        what: `polygamma ${n}`,
      });
    }
    near(zeta(f64([2, 4, 6])), f64([Math.PI ** 2 / 6, Math.PI ** 4 / 90, Math.PI ** 6 / 945]));
    near(ndtr(x).add(ndtr(x.neg())), ones([7], { dtype: "float64" }));
    near(logSigmoid(x), sigmoid(x).log(), 1e-12);
  });

  testEach("values at the edges", () => {
    const same = (x: Tensor, wanted: readonly number[]): void => assert.deepEqual(x.toArray(), wanted);
    same(sinc(f64([0, 1, -2, 1e15, INF, NAN])).abs(), [1, 0, 0, 0, NAN, NAN]);
    same(logit(f64([0, 1, 0.5, 2, -1])), [-INF, INF, 0, NAN, NAN]);
    same(logSigmoid(f64([-800, 800, 0, -INF, INF, NAN])), [-800, -0, -Math.LN2, -INF, -0, NAN]);
    same(xlogy(f64([0, 0, 0, 0, 0, 2, 2]), f64([0, 3, -1, INF, NAN, 0, 1])), [0, 0, 0, 0, NAN, -INF, 0]);
    same(ndtr(f64([-INF, INF, 0, NAN])), [0, 1, 0.5, NAN]);
    // The left tail is far below what 1 − erf can tell.
    assert.ok(Math.abs(ndtr(f64([-10])).item() / 7.6198530241605e-24 - 1) < 1e-13);
    same(polygamma(1, f64([0, -1, INF])), [INF, INF, 0]);
    same(polygamma(2, f64([0, -1])), [-INF, -INF]);
    same(fmod(f64([5, -5, 5, -5, -0, 1, 1, 5.5]), f64([3, 3, -3, -3, 3, 0, INF, NAN])), [
      2,
      -2,
      2,
      -2,
      -0,
      NAN,
      1,
      NAN,
    ]);
    same(
      fmod(
        tensor([7, -7, 7, -7, 6, 1, -(2 ** 31)], { dtype: "int32" }),
        tensor([3, 3, -3, -3, 3, 0, 3], { dtype: "int32" }),
      ),
      [1, -1, 1, -1, 0, 0, -2],
    );
    same(f64([1, INF, -INF, NAN]).isinf(), [0, 1, 1, 0]);
    same(f64([1, INF, -INF, NAN]).nanToNum(), [1, Number.MAX_VALUE, -Number.MAX_VALUE, 0]);
    same(tensor([INF, -INF, NAN]).nanToNum(), [3.4028234663852886e38, -3.4028234663852886e38, 0]);
    same(f64([2, INF, -INF, NAN]).nanToNum({ nan: 7, posInf: 8, negInf: 9 }), [2, 8, 9, 7]);
    same(tensor([1, 2], { dtype: "int32" }).nanToNum(), [1, 2]);
    same(heaviside(f64([-2, 0, 3, NAN]), 0.5), [0, 0.5, 1, NAN]);
    same(heaviside(tensor([-2, 0, 3], { dtype: "int32" }), 7), [0, 7, 1]);
    same(lerp(f64([0.1, 0.1]), f64([0.7, 0.7]), f64([0, 1])), [0.1, 0.7]);
    same(f64([180, 90]).deg2rad(), [Math.PI, Math.PI / 2]);
    same(f64([Math.PI, Math.PI / 4]).rad2deg(), [180, 45]);
    same(f64([27, -8]).cbrt(), [3, -2]);
    same(exp2(f64([10, -1])), [1024, 0.5]);
  });

  test("derivatives at the edges, in both modes", () => {
    const at = (f: (x: Tensor) => Tensor, x: number): number[] =>
      [jacrev, jacfwd].map((d) => d(f)(tensor(x, { dtype: "float64" })).item());
    const both = (value: number): number[] => [value, value];
    assert.deepEqual(at(fmodOf3, 0), both(1));
    assert.deepEqual(
      at((x) => x.cbrt(), 0),
      both(INF),
    );
    assert.deepEqual(at(logit, 0.5), both(4));
    assert.deepEqual(at(logit, 0), both(INF));
    assert.deepEqual(at(logSigmoid, 0), both(0.5));
    assert.deepEqual(at(logSigmoid, -800), both(1));
    assert.deepEqual(
      at((x) => xlogy(x, Math.E), 0),
      both(at((x) => xlogy(x, Math.E), 1)[0]),
    );
    assert.deepEqual(
      at((x) => xlogy(x, 0), 0),
      both(0),
    );
    assert.deepEqual(
      at((x) => xlogy(0, x), 0),
      both(0),
    );
    assert.deepEqual(
      at((x) => x.nanToNum(), NAN),
      both(0),
    );
    assert.deepEqual(
      at((x) => x.nanToNum(), 3),
      both(1),
    );
    assert.deepEqual(
      at((x) => heaviside(x, 0.5), 0),
      both(0),
    );
    assert.deepEqual(
      at((x) => heaviside(0, x), 0),
      both(1),
    );
    assert.deepEqual(at(ndtr, 0), both(0.5 * (2 / Math.sqrt(Math.PI)) * Math.SQRT1_2));
  });

  testEach("vmap of zeta over x, s and both", () => {
    const [s, x] = [data([3], { low: 1.5, high: 4 }), data([3], { low: 0.5, high: 2 })];
    const f = (s: Tensor, x: Tensor): Tensor => zeta(s, x);
    for (const inDims of [
      [0, 0],
      [0, null],
      [null, 0],
    ]) {
      const args = [inDims[0] === null ? s.at(0) : s, inDims[1] === null ? x.at(0) : x];
      assertNear(vmap(f, { inDims })(...(args as [Tensor, Tensor])), loop(f as never, args, inDims, 3));
    }
  });

  test("errors name the function, what came and a remedy", () => {
    assertThrows(() => polygamma(-1, data([2, 3])), ArgumentError, "polygamma", "-1", "[2, 3]", "zeta");
    assertThrows(() => polygamma(1.5, data([2])), ArgumentError, "1.5", "[2]");
    assertThrows(() => polygamma(35, tensor([1, 2])), ArgumentError, "35", "float32", "34", 'x.to("float64")');
    assert.ok(Number.isFinite(polygamma(34, tensor([2])).item()) && Number.isFinite(polygamma(170, f64([30])).item()));
    const s = tensor(3, { dtype: "float64" });
    const f = (s: Tensor): Tensor => zeta(s, 2);
    for (const d of [jacrev, jacfwd]) assertThrows(() => d(f)(s).item(), ArgumentError, "zeta", "stopGradient(s)");
    assert.equal(grad((s: Tensor) => zeta(stopGradient(s), 2).mul(s))(s).item(), zeta(s, 2).item());
  });
});

const fmodOf3 = (x: Tensor): Tensor => fmod(x, 3);
