/**
 * @file Logistic regression (T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2009, 4.4.1):
 * gradient Xᵀ(σ − y), Hessian XᵀDX with D = σ(1 − σ), and third derivatives with σ(1 − σ)(1 − 2σ).
 */
import {
  binaryCrossEntropyWithLogits,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  type Tensor,
  valueAndGrad,
  vhp,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { f64, matrix, matvec, numbers, times, total, transposed, type Vector } from "./plain.ts";

const EXAMPLES = 9;
const FEATURES = 4;
const X = matrix(EXAMPLES, FEATURES, 1, -2, 2);
const y = numbers(EXAMPLES, 2).map((each) => (each > 0 ? 1 : 0));
const weights = numbers(FEATURES, 3);

/** Minus the logarithm of the likelihood, of one example or of all. */
const loss = (w: Tensor, x: Tensor, y: Tensor): Tensor => {
  const logits = x.matmul(w);
  return logits.softplus().sub(logits.mul(y)).sum();
};
const libraryLoss = (w: Tensor, x: Tensor, y: Tensor): Tensor =>
  binaryCrossEntropyWithLogits(x.matmul(w), y, { reduction: "sum" });

const chances = (w: Vector): number[] => matvec(X, w).map((z) => 1 / (1 + Math.exp(-z)));
const errors = (w: Vector): number[] => chances(w).map((p, i) => p - y[i]);
const gradient = (w: Vector): number[] => matvec(transposed(X), errors(w));
const curvature = (w: Vector): number[][] => {
  const p = chances(w);
  return times(FEATURES, (j) => times(FEATURES, (k) => total(X.map((row, i) => p[i] * (1 - p[i]) * row[j] * row[k]))));
};
const third = (w: Vector): number[][][] => {
  const bends = chances(w).map((p) => p * (1 - p) * (1 - 2 * p));
  return times(FEATURES, (j) =>
    times(FEATURES, (k) => times(FEATURES, (l) => total(X.map((row, i) => bends[i] * row[j] * row[k] * row[l])))),
  );
};

suite("logistic regression", () => {
  for (const [name, f] of [
    ["softplus", loss],
    ["binaryCrossEntropyWithLogits", libraryLoss],
  ] as const) {
    testEach(`${name}: gradient, Hessian and third derivatives`, () => {
      const args = [f64(weights), f64(X), f64(y)] as const;
      assertClosedForm(grad(f)(...args), gradient(weights), "grad");
      assertClosedForm(jacfwd(f)(...args), gradient(weights), "jacfwd");
      assertClosedForm(hessian(f)(...args), curvature(weights), "hessian");
      assertClosedForm(jacrev(grad(f))(...args), curvature(weights), "jacrev of grad");
      assertClosedForm(jacfwd(jacfwd(f))(...args), curvature(weights), "jacfwd of jacfwd");
      assertClosedForm(jacfwd(hessian(f))(...args), third(weights), "jacfwd of hessian");
      assertClosedForm(jacrev(hessian(f))(...args), third(weights), "jacrev of hessian");
    });

    testEach(`${name}: products with the Hessian, and the gradient of each example`, () => {
      const [w, x, labels] = [f64(weights), f64(X), f64(y)];
      const v = numbers(FEATURES, 5);
      const expected = matvec(curvature(weights), v);
      const of = (w: Tensor): Tensor => f(w, x, labels);
      assertClosedForm(hvp(of, [w], [f64(v)]), expected, "hvp");
      assertClosedForm(vhp(of, [w], [f64(v)]), expected, "vhp");
      const each = errors(weights).map((error, i) => X[i].map((entry) => error * entry));
      const mapped = vmap(grad(f), { inDims: [null, 0, 0] })(w, x, labels);
      assertClosedForm(mapped, each, "vmap of grad");
    });
  }

  testEach("at weights so large that exp overflows", () => {
    const w = weights.map((each) => 1e4 * each);
    assertClosedForm(grad(loss)(f64(w), f64(X), f64(y)), gradient(w), "grad");
    assertClosedForm(hessian(loss)(f64(w), f64(X), f64(y)), curvature(w), "hessian");
  });

  testEach("at weights 0, where every chance is ½", () => {
    const w = times(FEATURES, () => 0);
    const [value, slope] = valueAndGrad(loss)(f64(w), f64(X), f64(y));
    assertClosedForm(value, EXAMPLES * Math.LN2, "value");
    assertClosedForm(slope, gradient(w), "gradient");
    assertClosedForm(hessian(loss)(f64(w), f64(X), f64(y)), curvature(w), "hessian");
  });
});
