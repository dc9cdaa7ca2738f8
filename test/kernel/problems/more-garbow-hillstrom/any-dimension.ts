/** @file Problems 21 to 31 of the collection: as many variables as one likes, here a few. */
import { concat, cos, exp, sin, stack, type Tensor, tril, triu } from "../../../../kernel/index.ts";
import { f64, times, type Vector } from "../plain.ts";
import type { Curvature, Problem } from "./problem.ts";

const oneAt = (n: number, at: number, value: number): number[] => times(n, (j) => (j === at ? value : 0));

const PENALTY = 4;
const SCALE = Math.sqrt(1e-5);
const penaltyWeights = times(PENALTY, (j) => PENALTY - j);
const penaltyTargets = times(PENALTY - 1, (i) => Math.exp((i + 2) / 10) + Math.exp((i + 1) / 10));

const VARIABLY = 6;
const TRIGONOMETRIC = 5;
const ALMOST_LINEAR = 5;

/** The grid of problems 28 and 29. */
const GRID = 7;
const h = 1 / (GRID + 1);
const gridT = times(GRID, (i) => (i + 1) * h);
const gridStart = gridT.map((t) => t * (t - 1));
const cubes = (x: Tensor): Tensor => x.add(f64(gridT)).add(1).pow(3);
/** The kernel of the integral equation. */
const green = (i: number, j: number): number => (j <= i ? (1 - gridT[i]) * gridT[j] : gridT[i] * (1 - gridT[j]));

const BROYDEN = 8;
const isInBand = (i: number, j: number): boolean => j !== i && j >= i - 5 && j <= i + 1;

/** The product of all entries but those at `left` and `right`. */
const productWithout = (x: Vector, left: number, right: number): number =>
  x.reduce((product, each, j) => (j === left || j === right ? product : product * each), 1);

export const anyDimension: readonly Problem[] = [
  {
    number: 21,
    name: "extended Rosenbrock",
    source: "E. Spedicato, 1975",
    n: 6,
    m: 6,
    start: [-1.2, 1, -1.2, 1, -1.2, 1],
    residuals(x) {
      const [odd, even] = [x.at([0, undefined, 2]), x.at([1, undefined, 2])];
      return stack([even.sub(odd.square()).mul(10), odd.neg().add(1)], 1).flatten();
    },
    jacobian: (x) =>
      times(6, (i) =>
        i % 2 === 1 ? oneAt(6, i - 1, -1) : times(6, (j) => (j === i ? -20 * x[i] : j === i + 1 ? 10 : 0)),
      ),
    curvature: () => [0, 2, 4].map((i) => [i, i, i, -20]),
    known: [
      { at: [1, 1, 1, 1, 1, 1], sum: 0 },
      { at: [-1.2, 1, -1.2, 1, -1.2, 1], sum: 3 * 24.2 },
    ],
    minimum: 0,
  },
  {
    number: 22,
    name: "extended Powell singular",
    source: "E. Spedicato, 1975",
    n: 8,
    m: 8,
    start: [3, -1, 0, 1, 3, -1, 0, 1],
    residuals(x) {
      const [a, b, c, d] = times(4, (k) => x.reshape([2, 4]).at(null, k));
      const columns = [
        a.add(b.mul(10)),
        c.sub(d).mul(Math.sqrt(5)),
        b.sub(c.mul(2)).square(),
        a.sub(d).square().mul(Math.sqrt(10)),
      ];
      return stack(columns, 1).reshape([8]);
    },
    jacobian: (x) =>
      times(2, (block) => 4 * block).flatMap((o) => {
        const [inner, outer] = [2 * (x[o + 1] - 2 * x[o + 2]), 2 * Math.sqrt(10) * (x[o] - x[o + 3])];
        const rows = [
          [1, 10, 0, 0],
          [0, 0, Math.sqrt(5), -Math.sqrt(5)],
          [0, inner, -2 * inner, 0],
          [outer, 0, 0, -outer],
        ];
        return rows.map((row) => times(8, (j) => row[j - o] ?? 0));
      }),
    curvature: () =>
      [0, 4].flatMap((o): Curvature[] => [
        [o + 2, o + 1, o + 1, 2],
        [o + 2, o + 1, o + 2, -4],
        [o + 2, o + 2, o + 2, 8],
        [o + 3, o, o, 2 * Math.sqrt(10)],
        [o + 3, o, o + 3, -2 * Math.sqrt(10)],
        [o + 3, o + 3, o + 3, 2 * Math.sqrt(10)],
      ]),
    known: [
      { at: times(8, () => 0), sum: 0 },
      { at: [3, -1, 0, 1, 3, -1, 0, 1], sum: 430 },
    ],
    minimum: 0,
  },
  {
    number: 23,
    name: "penalty I",
    source: "P. E. Gill, W. Murray, R. A. Pitfield, 1972",
    n: PENALTY,
    m: PENALTY + 1,
    start: [1, 2, 3, 4],
    residuals: (x) => concat([x.sub(1).mul(SCALE), x.square().sum(0, { keepDims: true }).sub(0.25)]),
    jacobian: (x) => [...x.map((_, j) => oneAt(PENALTY, j, SCALE)), x.map((each) => 2 * each)],
    curvature: (x) => x.map((_, j) => [PENALTY, j, j, 2]),
    minimum: 2.24997e-5,
  },
  {
    number: 24,
    name: "penalty II",
    source: "P. E. Gill, W. Murray, R. A. Pitfield, 1972",
    n: PENALTY,
    m: 2 * PENALTY,
    start: times(PENALTY, () => 0.5),
    residuals(x) {
      const e = exp(x.div(10));
      const [after, before] = [e.slice(0, 1), e.slice(0, 0, -1)];
      return concat([
        x.at([0, 1]).sub(0.2),
        after.add(before).sub(f64(penaltyTargets)).mul(SCALE),
        after.sub(Math.exp(-0.1)).mul(SCALE),
        f64(penaltyWeights).dot(x.square()).sub(1).expandDims(0),
      ]);
    },
    jacobian(x) {
      const slopes = x.map((each) => (SCALE / 10) * Math.exp(each / 10));
      return [
        oneAt(PENALTY, 0, 1),
        ...times(PENALTY - 1, (i) => times(PENALTY, (j) => (j === i || j === i + 1 ? slopes[j] : 0))),
        ...times(PENALTY - 1, (i) => oneAt(PENALTY, i + 1, slopes[i + 1])),
        x.map((each, j) => 2 * penaltyWeights[j] * each),
      ];
    },
    curvature(x) {
      const bends = x.map((each) => (SCALE / 100) * Math.exp(each / 10));
      return [
        ...times(PENALTY - 1, (i) => i).flatMap((i): Curvature[] => [
          [1 + i, i, i, bends[i]],
          [1 + i, i + 1, i + 1, bends[i + 1]],
          [PENALTY + i, i + 1, i + 1, bends[i + 1]],
        ]),
        ...times(PENALTY, (j): Curvature => [2 * PENALTY - 1, j, j, 2 * penaltyWeights[j]]),
      ];
    },
    minimum: 9.37629e-6,
  },
  {
    number: 25,
    name: "variably dimensioned",
    source: "J. J. Moré, B. S. Garbow, K. E. Hillstrom, 1981",
    n: VARIABLY,
    m: VARIABLY + 2,
    start: times(VARIABLY, (j) => 1 - (j + 1) / VARIABLY),
    residuals(x) {
      const weighted = x.sub(1).dot(f64(times(VARIABLY, (j) => j + 1)));
      return concat([x.sub(1), stack([weighted, weighted.square()])]);
    },
    jacobian(x) {
      const weighted = x.reduce((sum, each, j) => sum + (j + 1) * (each - 1), 0);
      return [
        ...x.map((_, j) => oneAt(VARIABLY, j, 1)),
        x.map((_, j) => j + 1),
        x.map((_, j) => 2 * weighted * (j + 1)),
      ];
    },
    curvature: () =>
      times(VARIABLY, (j) => j).flatMap((j) =>
        times(VARIABLY - j, (k): Curvature => [VARIABLY + 1, j, j + k, 2 * (j + 1) * (j + k + 1)]),
      ),
    known: [{ at: times(VARIABLY, () => 1), sum: 0 }],
    minimum: 0,
  },
  {
    number: 26,
    name: "trigonometric",
    source: "E. Spedicato, 1975",
    n: TRIGONOMETRIC,
    m: TRIGONOMETRIC,
    start: times(TRIGONOMETRIC, () => 1 / TRIGONOMETRIC),
    residuals(x) {
      const lost = cos(x).neg().add(1);
      return lost
        .sum()
        .add(lost.mul(f64(times(TRIGONOMETRIC, (i) => i + 1))))
        .sub(sin(x));
    },
    jacobian: (x) =>
      x.map((own, i) => x.map((each, j) => Math.sin(each) + (i === j ? (i + 1) * Math.sin(own) - Math.cos(own) : 0))),
    curvature: (x) =>
      x.flatMap((own, i) =>
        x.map(
          (each, j): Curvature => [i, j, j, Math.cos(each) + (i === j ? (i + 1) * Math.cos(own) + Math.sin(own) : 0)],
        ),
      ),
    known: [{ at: times(TRIGONOMETRIC, () => 0), sum: 0 }],
    minimum: 0,
  },
  {
    number: 27,
    name: "Brown almost-linear",
    source: "K. M. Brown, 1969",
    n: ALMOST_LINEAR,
    m: ALMOST_LINEAR,
    start: times(ALMOST_LINEAR, () => 0.5),
    residuals(x) {
      const sums = x.add(x.sum()).sub(ALMOST_LINEAR + 1);
      return concat([sums.at([0, -1]), x.prod().sub(1).expandDims(0)]);
    },
    jacobian: (x) => [
      ...times(ALMOST_LINEAR - 1, (i) => x.map((_, j) => (i === j ? 2 : 1))),
      x.map((_, j) => productWithout(x, j, j)),
    ],
    curvature: (x) =>
      x.flatMap((_, j) =>
        times(
          ALMOST_LINEAR - j - 1,
          (k): Curvature => [ALMOST_LINEAR - 1, j, j + k + 1, productWithout(x, j, j + k + 1)],
        ),
      ),
    known: [
      { at: times(ALMOST_LINEAR, () => 1), sum: 0 },
      { at: oneAt(ALMOST_LINEAR, ALMOST_LINEAR - 1, ALMOST_LINEAR + 1), sum: 1 },
    ],
    minimum: 0,
  },
  {
    number: 28,
    name: "discrete boundary value",
    source: "J. J. Moré, M. Y. Cosnard, 1979",
    n: GRID,
    m: GRID,
    start: gridStart,
    residuals(x) {
      const around = x.pad([[1, 1]]);
      return x
        .mul(2)
        .sub(around.at([0, -2]))
        .sub(around.at([2]))
        .add(cubes(x).mul(h ** 2 / 2));
    },
    jacobian: (x) =>
      x.map((each, i) =>
        x.map((_, j) => (i === j ? 2 + (3 * h ** 2 * (each + gridT[i] + 1) ** 2) / 2 : Math.abs(i - j) === 1 ? -1 : 0)),
      ),
    curvature: (x) => x.map((each, i) => [i, i, i, 3 * h ** 2 * (each + gridT[i] + 1)]),
    minimum: 0,
  },
  {
    number: 29,
    name: "discrete integral equation",
    source: "J. J. Moré, M. Y. Cosnard, 1979",
    n: GRID,
    m: GRID,
    start: gridStart,
    residuals(x) {
      const t = f64(gridT);
      const rest = t.neg().add(1);
      const weights = tril(rest.outer(t)).add(triu(t.outer(rest), 1));
      return x.add(weights.matmul(cubes(x)).mul(h / 2));
    },
    jacobian: (x) =>
      x.map((_, i) => x.map((each, j) => (i === j ? 1 : 0) + ((3 * h) / 2) * green(i, j) * (each + gridT[j] + 1) ** 2)),
    curvature: (x) =>
      x.flatMap((_, i) => x.map((each, j): Curvature => [i, j, j, 3 * h * green(i, j) * (each + gridT[j] + 1)])),
    minimum: 0,
  },
  {
    number: 30,
    name: "Broyden tridiagonal",
    source: "C. G. Broyden, 1965",
    n: BROYDEN,
    m: BROYDEN,
    start: times(BROYDEN, () => -1),
    residuals(x) {
      const before = x.at([0, -1]).pad([[1, 0]]);
      const after = x.at([1]).pad([[0, 1]]);
      return x.mul(-2).add(3).mul(x).sub(before).sub(after.mul(2)).add(1);
    },
    jacobian: (x) =>
      x.map((each, i) => x.map((_, j) => (i === j ? 3 - 4 * each : j === i - 1 ? -1 : j === i + 1 ? -2 : 0))),
    curvature: (x) => x.map((_, i) => [i, i, i, -4]),
    minimum: 0,
  },
  {
    number: 31,
    name: "Broyden banded",
    source: "C. G. Broyden, 1971",
    n: BROYDEN,
    m: BROYDEN,
    start: times(BROYDEN, () => -1),
    residuals(x) {
      const band = f64(times(BROYDEN ** 2, (at) => Number(isInBand(Math.floor(at / BROYDEN), at % BROYDEN))));
      const neighbours = band.reshape([BROYDEN, BROYDEN]).matmul(x.add(1).mul(x));
      return x.square().mul(5).add(2).mul(x).add(1).sub(neighbours);
    },
    jacobian: (x) =>
      x.map((own, i) => x.map((each, j) => (i === j ? 2 + 15 * own ** 2 : isInBand(i, j) ? -(1 + 2 * each) : 0))),
    curvature: (x) =>
      x.flatMap((own, i) => x.map((_, j): Curvature => [i, j, j, i === j ? 30 * own : isInBand(i, j) ? -2 : 0])),
    minimum: 0,
  },
];
