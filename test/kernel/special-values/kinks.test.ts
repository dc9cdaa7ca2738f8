/**
 * @file Slopes where a function has a kink, a pole or another branch: what PyTorch takes there, in both modes, and that
 * curvature is finite wherever it exists.
 */
import assert from "node:assert/strict";
import {
  abs,
  atan2,
  cbrt,
  checkGrads,
  clip,
  cumprod,
  elu,
  grad,
  hardsigmoid,
  hardtanh,
  heaviside,
  huberLoss,
  hypot,
  jacfwd,
  jacrev,
  l1Loss,
  leakyRelu,
  logaddexp,
  maximum,
  minimum,
  nanToNum,
  pow,
  relu,
  relu6,
  remainder,
  round,
  sign,
  sort,
  sqrt,
  type Tensor,
  tensor,
  topK,
  where,
  xlogy,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertNear } from "../support/near.ts";
import { FLOATS, INF, NAN } from "./row.ts";

type Unary = (x: Tensor) => Tensor;
const total =
  (f: Unary): Unary =>
  (x) =>
    f(x).sum();

/** Entry by entry: points, slopes there, and second derivatives (NaN stands for: not asked). */
const kinks: readonly (readonly [string, Unary, readonly number[], readonly number[], (readonly number[])?])[] = [
  ["abs", abs, [0, -2, INF, NAN], [0, -1, 1, NAN], [0, 0, 0, NAN]],
  ["sign", sign, [0, -2, INF], [0, 0, 0], [0, 0, 0]],
  ["round", round, [0.5, 1, -INF], [0, 0, 0], [0, 0, 0]],
  ["relu", relu, [0, -0, -2, 2, INF, -INF], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0]],
  ["leakyRelu", (x) => leakyRelu(x, 0.25), [0, -2, 2], [0.25, 0.25, 1], [0, 0, 0]],
  ["relu6", relu6, [0, 6, 3, -INF, INF], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]],
  ["hardtanh", hardtanh, [-1, 1, 0.5, INF], [0, 0, 1, 0], [0, 0, 0, 0]],
  ["hardsigmoid", hardsigmoid, [-3, 3, 0, -INF], [0, 0, 1 / 6, 0], [0, 0, 0, 0]],
  ["elu", elu, [0, 1, -INF, 1e4], [1, 1, 0, 1], [1, 0, 0, 0]],
  ["clip", (x) => clip(x, 0, 1), [0, 1, 0.5, -1, 2, INF], [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]],
  ["clip with its bounds out of order", (x) => clip(x, 3, 2), [1, 2.5, 5], [0, 0, 0], [0, 0, 0]],
  ["maximum at a tie", (x) => maximum(x, 1), [1, 2, 0], [0.5, 1, 0], [0, 0, 0]],
  ["minimum at a tie", (x) => minimum(1, x), [1, 2, 0], [0.5, 0, 1], [0, 0, 0]],
  ["heaviside", (x) => heaviside(x, 0.5), [0, 1, -1], [0, 0, 0], [0, 0, 0]],
  ["nanToNum", nanToNum, [NAN, INF, -INF, 2], [0, 0, 0, 1], [0, 0, 0, 0]],
  ["sqrt", sqrt, [0, 4, INF], [INF, 0.25, 0], [-INF, -1 / 32, 0]],
  ["cbrt", cbrt, [0, 8, -8], [INF, 1 / 12, 1 / 12], [NAN, -1 / 144, 1 / 144]],
  ["pow 0", (x) => pow(x, 0), [0, -2, NAN, INF], [0, 0, 0, 0], [0, 0, 0, 0]],
  ["pow 1", (x) => pow(x, 1), [0, -2], [1, 1], [0, 0]],
  ["pow 3", (x) => pow(x, 3), [0, -2], [0, 12], [0, -12]],
  ["pow 5", (x) => pow(x, 5), [0, -0, -2], [0, 0, 80], [0, 0, -160]],
  ["pow 1.5", (x) => pow(x, 1.5), [0, 4], [0, 3], [INF, 0.375]],
  ["pow −2", (x) => pow(x, -2), [-2, 0, INF], [0.25, -INF, 0], [0.375, INF, 0]],
  // As a tensor the exponents are not known to the graph.
  [
    "pow in its base",
    (x) => pow(x, tensor([0, 1, 2, 3], { dtype: x.dtype })),
    [0, 0, 0, -2],
    [0, 1, 0, 12],
    [0, 0, 2, -12],
  ],
  ["pow of 0 in its exponent", (y) => pow(y.mul(0), y), [0, 1, 2], [0, 0, 0]],
  ["remainder in its divisor", (y) => remainder(7, y), [2, -2], [-3, 4], [0, 0]],
  ["xlogy", (x) => xlogy(x, x), [0, 1, Math.E], [0, 1, 2], [NAN, 1, 1 / Math.E]],
  ["logaddexp at a tie", (x) => logaddexp(x, x), [0, -INF, 1e4], [1, 1, 1]],
  ["logaddexp beside −∞", (x) => logaddexp(x, -INF), [3, -800], [1, 1], [0, 0]],
  ["hypot at the origin", (x) => hypot(x, 0), [0, -3], [0, -1], [0, 0]],
  ["hypot far out", (x) => hypot(x, 4e18), [3e18], [0.6]],
  // Squares of these overflow, or underflow, in float32.
  ["atan2 in y, far out", (y) => atan2(y, 4e20).mul(1e21), [3e20], [1.6]],
  ["atan2 in x, near 0", (x) => atan2(4e-25, x).mul(1e-25), [3e-25], [-0.16]],
  ["atan2 on the axes", (y) => atan2(y, 2), [0], [0.5], [0]],
  ["l1Loss", (x) => l1Loss(x, 1, { reduction: "sum" }), [1, 3], [0, 1], [0, 0]],
  ["huberLoss", (x) => huberLoss(x, 0, { reduction: "sum" }), [0, 0.5, 3], [0, 0.5, 1], [1, 1, 0]],
];

suite("slopes at kinks and poles", () => {
  for (const [title, f, points, first, second] of kinks) {
    testEach(title, () => {
      for (const dtype of FLOATS) {
        const x = tensor(Float64Array.from(points), { dtype });
        for (const mode of [jacfwd, jacrev]) {
          const slope = mode(total(f)) as Unary;
          const what = `${mode.name} of ${title} in ${dtype}`;
          assertNear(slope(x), { shape: x.shape, data: [...first] }, { what, dtype });
          if (second === undefined) continue;
          for (const outer of [jacfwd, jacrev]) {
            const got = (outer(total(slope)) as Unary)(x).dataSync();
            second.forEach((expected, i) => {
              if (Number.isNaN(expected)) return;
              const near = got[i] === expected || Math.abs(got[i] - expected) <= 1e-6 * (1 + Math.abs(expected));
              assert.ok(near, `${outer.name} of ${what}, at ${points[i]}: ${got[i]}, expected ${expected}`);
            });
          }
        }
      }
    });
  }

  testEach(
    "an infinite slope in the branch that where does not choose: NaN in a pullback, not in a Jacobian or with a harmless argument",
    () => {
      const x = tensor([0, 4], { dtype: "float64" });
      const naive = (v: Tensor): Tensor => where(v.gt(0), v.sqrt(), 0).sum();
      const guarded = (v: Tensor): Tensor => where(v.gt(0), where(v.gt(0), v, 1).sqrt(), 0).sum();
      // Forward mode chooses the tangent; a pullback passes a zero to the infinite slope, as PyTorch's and JAX's do. A
      // Jacobian knows the zero for one that is chosen.
      assertNear(grad(naive)(x), tensor([NAN, 0.25], { dtype: "float64" }));
      assertNear(jacrev(naive)(x), tensor([0, 0.25], { dtype: "float64" }));
      assertNear(jacfwd(naive)(x), tensor([0, 0.25], { dtype: "float64" }));
      for (const mode of [jacfwd, jacrev]) {
        assertNear(mode(guarded)(x), tensor([0, 0.25], { dtype: "float64" }), { what: mode.name });
      }
    },
  );

  testEach("cumprod and prod with zeros have the derivatives of the polynomial", () => {
    for (const zerosAt of [[1], [0, 2], [0, 1, 2, 3]]) {
      const x = tensor(
        [2, 3, 5, 7].map((value, i) => (zerosAt.includes(i) ? 0 : value)),
        { dtype: "float64" },
      );
      checkGrads(
        (v: Tensor) =>
          cumprod(v, 0)
            .mul(tensor([1, -2, 3, 0.5], { dtype: "float64" }))
            .sum(),
        [x],
        { order: 2 },
      );
      checkGrads((v: Tensor) => v.prod(), [x], { order: 2 });
    }
  });

  testEach("sort and topK move the slope with the entries, equal ones in order", () => {
    const weights = tensor([1, 10, 100, 1000], { dtype: "float64" });
    const x = tensor([2, 1, 2, 1], { dtype: "float64" });
    assertNear(jacrev((v: Tensor) => sort(v).mul(weights).sum())(x), tensor([100, 1, 1000, 10], { dtype: "float64" }));
    const best = (v: Tensor): Tensor =>
      topK(v, 3)[0]
        .mul(weights.slice(0, 0, 3))
        .sum();
    assertNear(jacfwd(best)(x), tensor([1, 100, 10, 0], { dtype: "float64" }));
  });
});
