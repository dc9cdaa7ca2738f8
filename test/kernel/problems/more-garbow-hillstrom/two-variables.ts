/** @file Problems 1 to 6 of the collection: two variables. */
import { concat, exp, stack } from "../../../../kernel/index.ts";
import { f64, times } from "../plain.ts";
import { entriesOf, type Problem } from "./problem.ts";

const beale = [1.5, 2.25, 2.625];

export const twoVariables: readonly Problem[] = [
  {
    number: 1,
    name: "Rosenbrock",
    source: "H. H. Rosenbrock, 1960",
    n: 2,
    m: 2,
    start: [-1.2, 1],
    residuals(x) {
      const [x1, x2] = entriesOf(x);
      return stack([x2.sub(x1.square()).mul(10), x1.neg().add(1)]);
    },
    jacobian: ([x1]) => [
      [-20 * x1, 10],
      [-1, 0],
    ],
    curvature: () => [[0, 0, 0, -20]],
    known: [{ at: [1, 1], sum: 0 }],
    minimum: 0,
    startNorm: 4.91935,
  },
  {
    number: 2,
    name: "Freudenstein and Roth",
    source: "F. Freudenstein, B. Roth, 1963",
    n: 2,
    m: 2,
    start: [0.5, -2],
    residuals(x) {
      const [x1, x2] = entriesOf(x);
      const first = x2.neg().add(5).mul(x2).sub(2).mul(x2).add(x1).sub(13);
      const second = x2.add(1).mul(x2).sub(14).mul(x2).add(x1).sub(29);
      return stack([first, second]);
    },
    jacobian: ([, x2]) => [
      [1, 10 * x2 - 3 * x2 ** 2 - 2],
      [1, 3 * x2 ** 2 + 2 * x2 - 14],
    ],
    curvature: ([, x2]) => [
      [0, 1, 1, 10 - 6 * x2],
      [1, 1, 1, 6 * x2 + 2],
    ],
    known: [{ at: [5, 4], sum: 0 }],
    minimum: 48.9842,
    startNorm: 20.0125,
  },
  {
    number: 3,
    name: "Powell badly scaled",
    source: "M. J. D. Powell, 1970",
    n: 2,
    m: 2,
    start: [0, 1],
    residuals(x) {
      const [x1, x2] = entriesOf(x);
      return stack([x1.mul(x2).mul(1e4).sub(1), exp(x1.neg()).add(exp(x2.neg())).sub(1.0001)]);
    },
    jacobian: ([x1, x2]) => [
      [1e4 * x2, 1e4 * x1],
      [-Math.exp(-x1), -Math.exp(-x2)],
    ],
    curvature: ([x1, x2]) => [
      [0, 0, 1, 1e4],
      [1, 0, 0, Math.exp(-x1)],
      [1, 1, 1, Math.exp(-x2)],
    ],
    minimum: 0,
  },
  {
    number: 4,
    name: "Brown badly scaled",
    source: "K. M. Brown, unpublished",
    n: 2,
    m: 3,
    start: [1, 1],
    residuals: (x) => concat([x.sub(f64([1e6, 2e-6])), x.prod().sub(2).reshape([1])]),
    jacobian: ([x1, x2]) => [
      [1, 0],
      [0, 1],
      [x2, x1],
    ],
    curvature: () => [[2, 0, 1, 1]],
    known: [{ at: [1e6, 2e-6], sum: 0 }],
    minimum: 0,
  },
  {
    number: 5,
    name: "Beale",
    source: "E. M. L. Beale, 1958",
    n: 2,
    m: 3,
    start: [1, 1],
    residuals(x) {
      const [x1, x2] = entriesOf(x);
      const powers = x2.broadcastTo([3]).cumprod(0);
      return f64(beale).sub(x1.mul(powers.neg().add(1)));
    },
    jacobian: ([x1, x2]) => times(3, (i) => [x2 ** (i + 1) - 1, (i + 1) * x1 * x2 ** i]),
    curvature: ([x1, x2]) =>
      times(3, (i) => i).flatMap((i) => [
        [i, 0, 1, (i + 1) * x2 ** i],
        [i, 1, 1, i === 0 ? 0 : (i + 1) * i * x1 * x2 ** (i - 1)],
      ]),
    known: [
      { at: [3, 0.5], sum: 0 },
      { at: [1, 1], sum: 14.203125 },
    ],
    minimum: 0,
  },
  {
    number: 6,
    name: "Jennrich and Sampson",
    source: "R. I. Jennrich, P. F. Sampson, 1968",
    n: 2,
    m: 10,
    start: [0.3, 0.4],
    residuals(x) {
      const i = f64(times(10, (i) => i + 1));
      return i.mul(2).add(2).sub(i.outer(x).exp().sum(1));
    },
    jacobian: (x) => times(10, (i) => x.map((each) => -(i + 1) * Math.exp((i + 1) * each))),
    curvature: (x) =>
      times(10, (i) => i).flatMap((i) => x.map((each, j) => [i, j, j, -((i + 1) ** 2) * Math.exp((i + 1) * each)])),
    minimum: 124.362,
    startNorm: 64.58562,
  },
];
