/** @file Problems 32 to 35 of the collection: three linear ones, and Chebyshev quadrature. */
import { concat, ones, stack, type Tensor } from "../../../../kernel/index.ts";
import { f64, times } from "../plain.ts";
import type { Curvature, Problem } from "./problem.ts";

const N = 5;
const M = 10;
const fromOne = times(N, (j) => j + 1);
/** Weights of problem 34: nothing for the first and the last variable. */
const inner = times(N, (j) => (j === 0 || j === N - 1 ? 0 : j + 1));
const innerRows = times(M, (i) => (i === 0 || i === M - 1 ? 0 : i));

const NODES = 8;

/** The integral of the Chebyshev polynomial of that degree, shifted to [0, 1]. */
const integral = (degree: number): number => (degree % 2 === 1 ? 0 : -1 / (degree ** 2 - 1));

/** First and second derivative of `T_k(2x − 1) = cos(kθ)` with `cos θ = 2x − 1`. */
function chebyshevDerivatives(degree: number, x: number): readonly [first: number, second: number] {
  const y = 2 * x - 1;
  const angle = Math.acos(y);
  const [sine, high] = [Math.sin(angle), degree * Math.sin(degree * angle)];
  const first = high / sine;
  const second = (first * y - degree ** 2 * Math.cos(degree * angle)) / sine ** 2;
  return [2 * first, 4 * second];
}

export const linearAndChebyquad: readonly Problem[] = [
  {
    number: 32,
    name: "linear, full rank",
    source: "J. J. Moré, B. S. Garbow, K. E. Hillstrom, 1981",
    n: N,
    m: M,
    start: times(N, () => 1),
    residuals: (x) =>
      x
        .pad([[0, M - N]])
        .sub(x.sum().mul(2 / M))
        .sub(1),
    jacobian: () => times(M, (i) => times(N, (j) => (i === j ? 1 : 0) - 2 / M)),
    curvature: () => [],
    known: [{ at: times(N, () => -1), sum: M - N }],
    minimum: M - N,
    startNorm: 5,
  },
  {
    number: 33,
    name: "linear, rank 1",
    source: "J. J. Moré, B. S. Garbow, K. E. Hillstrom, 1981",
    n: N,
    m: M,
    start: times(N, () => 1),
    residuals: (x) =>
      f64(times(M, (i) => i + 1))
        .mul(x.dot(f64(fromOne)))
        .sub(1),
    jacobian: () => times(M, (i) => fromOne.map((j) => (i + 1) * j)),
    curvature: () => [],
    known: [{ at: [3 / (2 * M + 1), 0, 0, 0, 0], sum: (M * (M - 1)) / (2 * (2 * M + 1)) }],
    minimum: (M * (M - 1)) / (2 * (2 * M + 1)),
    startNorm: 291.5219,
  },
  {
    number: 34,
    name: "linear, rank 1, with columns and rows of zeros",
    source: "J. J. Moré, B. S. Garbow, K. E. Hillstrom, 1981",
    n: N,
    m: M,
    start: times(N, () => 1),
    residuals(x) {
      const product = f64(innerRows.slice(1, -1)).mul(x.at([1, -1]).dot(f64(inner.slice(1, -1))));
      return concat([ones([1], { dtype: "float64" }).neg(), product.sub(1), ones([1], { dtype: "float64" }).neg()]);
    },
    jacobian: () => times(M, (i) => inner.map((j) => innerRows[i] * j)),
    curvature: () => [],
    minimum: (M ** 2 + 3 * M - 6) / (2 * (2 * M - 3)),
  },
  {
    number: 35,
    name: "Chebyquad",
    source: "R. Fletcher, 1965",
    n: NODES,
    m: NODES,
    start: times(NODES, (j) => (j + 1) / (NODES + 1)),
    residuals(x) {
      const y = x.mul(2).sub(1);
      const polynomials: Tensor[] = [y];
      let before: Tensor = ones([NODES], { dtype: "float64" });
      for (let degree = 2; degree <= NODES; degree++) {
        const last = polynomials[polynomials.length - 1];
        polynomials.push(y.mul(last).mul(2).sub(before));
        before = last;
      }
      return stack(polynomials)
        .mean(1)
        .sub(f64(times(NODES, (i) => integral(i + 1))));
    },
    jacobian: (x) => times(NODES, (i) => x.map((each) => chebyshevDerivatives(i + 1, each)[0] / NODES)),
    curvature: (x) =>
      times(NODES, (i) => i).flatMap((i) =>
        x.map((each, j): Curvature => [i, j, j, chebyshevDerivatives(i + 1, each)[1] / NODES]),
      ),
    minimum: 3.51687e-3,
    startNorm: 0.1965139,
  },
];
