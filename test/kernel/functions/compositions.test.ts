/** @file Functions that are made of others: cumprod, log10, logaddexp, hypot, softplus at its kink, repeat, kron. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  cumprod,
  grad,
  hessian,
  hypot,
  kron,
  log10,
  logaddexp,
  ones,
  repeat,
  ShapeError,
  softplus,
  type Tensor,
  tensor,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { type Checked, check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { type Grid, get, grid } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const infinity = Number.POSITIVE_INFINITY;
const float64 = { dtype: "float64" } as const;

/** The product of the entries up to j in row i of a matrix, with or without a last axis of one. */
const running = (x: Grid, i: number, j: number): number =>
  Array.from({ length: j + 1 }, (_, k) => get(x, x.shape.length === 3 ? [i, k, 0] : [i, k])).reduce((a, b) => a * b);

const checked: Record<string, Checked> = {
  log10: {
    f: (x) => x.log10(),
    args: [data([2, 3], { low: 0.1, high: 40 })],
    expected: (x) => grid(x.shape, (at) => Math.log10(get(x, at))),
  },
  "logaddexp, with broadcasting": {
    f: (x, y) => x.logaddexp(y),
    args: [data([2, 3]), data([3], { seed: 2 })],
    expected: (x, y) => grid([2, 3], ([i, j]) => Math.log(Math.exp(get(x, [i, j])) + Math.exp(get(y, [j])))),
  },
  "hypot, with broadcasting": {
    f: (x, y) => x.hypot(y),
    args: [data([2, 1]), data([3], { seed: 2 })],
    expected: (x, y) => grid([2, 3], ([i, j]) => Math.hypot(get(x, [i, 0]), get(y, [j]))),
  },
  softplus: {
    f: softplus,
    args: [data([5], { low: -9, high: 9 })],
    expected: (x) => grid([5], (at) => Math.log1p(Math.exp(get(x, at)))),
  },
  cumprod: {
    f: (x) => x.cumprod(1),
    args: [data([2, 5, 1])],
    expected: (x) => grid(x.shape, ([i, j]) => running(x, i, j)),
  },
  "cumprod of one entry, and of a scaled tensor": {
    f: (x) => cumprod(cumprod(x.mul(1.5), -1), 0),
    args: [data([1, 4])],
    expected: (x) => grid(x.shape, ([i, j]) => 1.5 ** (j + 1) * running(x, i, j)),
  },
  repeat: {
    f: (x) => x.repeat(3, 1),
    args: [data([2, 2, 2])],
    expected: (x) => grid([2, 6, 2], ([i, j, k]) => get(x, [i, Math.floor(j / 3), k])),
  },
  "repeat of all": {
    f: (x) => repeat(x, 2),
    args: [data([2, 3])],
    expected: (x) => grid([12], ([i]) => get(x, [Math.floor(i / 6), Math.floor(i / 2) % 3])),
  },
  kron: {
    f: (x, y) => x.kron(y),
    args: [data([2, 3]), data([3, 2], { seed: 2 })],
    expected: (x, y) =>
      grid([6, 6], ([i, j]) => get(x, [Math.floor(i / 3), Math.floor(j / 2)]) * get(y, [i % 3, j % 2])),
  },
  "kron of a vector and a matrix": {
    f: kron,
    args: [data([2]), data([2, 2], { seed: 2 })],
    expected: (x, y) => grid([2, 4], ([i, j]) => get(x, [Math.floor(j / 2)]) * get(y, [i, j % 2])),
  },
};

suite("compositions", () => {
  for (const [name, row] of Object.entries(checked)) testEach(name, () => check(name, row));

  testEach("log10 of powers of ten", () => {
    assert.deepEqual(log10(tensor([0, 1, 10, 100, 1000, 1e-3, infinity], float64)).toArray(), [
      -infinity,
      0,
      1,
      2,
      3,
      -3,
      infinity,
    ]);
    assert.equal(log10(tensor(10, { dtype: "int32" })).dtype, "float32");
  });

  testEach("logaddexp: infinities, extremes and small results", () => {
    const x = tensor([-infinity, -infinity, infinity, infinity, 1000, -1000, 0, Number.NaN, 1], float64);
    const y = tensor([-infinity, 2, infinity, -infinity, 1000, -1001, -45, 1, Number.NaN], float64);
    assertNear(
      logaddexp(x, y),
      {
        shape: [9],
        data: [
          -infinity,
          2,
          infinity,
          infinity,
          1000 + Math.LN2,
          -1000 + Math.log1p(Math.exp(-1)),
          Math.exp(-45),
          Number.NaN,
          Number.NaN,
        ],
      },
      { rtol: 1e-14, atol: 0 },
    );
  });

  testEach("a tie and the origin have the derivatives of the smooth function", () => {
    const at = tensor([0.5, 0.5], float64);
    const f = (x: Tensor): Tensor => logaddexp(x.at(0), x.at(1));
    assertNear(grad(f)(at), tensor([0.5, 0.5], float64));
    const curvature = tensor(
      [
        [0.25, -0.25],
        [-0.25, 0.25],
      ],
      float64,
    );
    assertNear(hessian(f)(at), curvature);
    const zero = tensor(0, float64);
    assertNear(grad(softplus)(zero), tensor(0.5, float64));
    assertNear(hessian(softplus)(zero), tensor(0.25, float64));
    assert.deepEqual(softplus(tensor([-infinity, infinity, Number.NaN])).toArray(), [0, infinity, Number.NaN]);
  });

  testEach("hypot: no overflow, no underflow", () => {
    const x = tensor([3e200, 3e-200, 0, infinity, -3e200], float64);
    const y = tensor([4e200, 4e-200, 0, 1, 0], float64);
    assertNear(hypot(x, y), { shape: [5], data: [5e200, 5e-200, 0, infinity, 3e200] }, { rtol: 1e-15, atol: 0 });
    const g = grad((a: Tensor) => hypot(a, 4e200))(tensor(3e200, float64));
    assertNear(g, tensor(0.6, float64), { rtol: 1e-15 });
  });

  testEach("cumprod: zeros have exact derivatives", () => {
    const x = tensor([2, 0, 3, 0, 5], float64);
    assert.deepEqual(cumprod(x, 0).toArray(), [2, 0, 0, 0, 0]);
    assertNear(grad((y: Tensor) => y.cumprod(0).sum())(x), tensor([1, 8, 0, 0, 0], float64));
    assertNear(hessian((y: Tensor) => y.cumprod(0).at(3))(x).at(1), tensor([0, 0, 0, 6, 0], float64));
    const whole = cumprod(tensor([3, -2, 4], { dtype: "int32" }), 0);
    assert.deepEqual([whole.dtype, whole.toArray()], ["int32", [3, -6, -24]]);
    assert.deepEqual(cumprod(ones([2, 0]), 1).shape, [2, 0]);
  });

  test("types and errors", () => {
    const x = ones([2, 3]);
    assert.deepEqual(repeat(tensor([1, 2], { dtype: "int32" }), 2, 0).toArray(), [1, 1, 2, 2]);
    assert.deepEqual(x.repeat(0, 1).shape, [2, 0]);
    assert.deepEqual(kron(tensor(2), x).shape, [2, 3]);
    assertThrows(() => cumprod(x, 2), ShapeError, "cumprod", "axis 2", "rank 2");
    assertThrows(() => repeat(x, -1, 0), ArgumentError, "repeat", "[2, 3]", "got -1", "tile");
    assertThrows(() => repeat(x, [1, 2] as never, 0), ArgumentError, "repeat", "1,2");
    assertThrows(() => repeat(x, 2, 2), ShapeError, "repeat", "axis 2");
    assertThrows(() => logaddexp(x, ones([2])), ShapeError, "logaddexp", "[2, 3] and [2]");
    assertThrows(() => hypot(x, [1] as never), ArgumentError, "hypot", "an array");
  });
});
