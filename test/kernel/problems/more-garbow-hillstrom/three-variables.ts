/** @file Problems 7 to 12 of the collection: three variables. */
import { exp, hypot, stack, where } from "../../../../kernel/index.ts";
import { f64, times } from "../plain.ts";
import { type Curvature, entriesOf, type Problem } from "./problem.ts";

const bardY = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const bardU = times(15, (i) => i + 1);
const bardV = times(15, (i) => 15 - i);
const bardW = times(15, (i) => Math.min(bardU[i], bardV[i]));

const gaussianT = times(15, (i) => (7 - i) / 2);
const gaussianRise = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521];
const gaussianY = [...gaussianRise, 0.3989, ...gaussianRise.toReversed()];

const meyerT = times(16, (i) => 50 + 5 * i);
const meyerY = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];

const GULF = 12;
const gulfT = times(GULF, (i) => (i + 1) / 100);
const gulfY = gulfT.map((t) => 25 + (-50 * Math.log(t)) ** (2 / 3));

/** `p = |y − x₂|^x₃ / x₁` with its first and second derivatives; a residual is `exp(−p) − t`. */
function gulfExponent(y: number, [x1, x2, x3]: readonly number[]) {
  const distance = Math.abs(y - x2);
  const sign = Math.sign(y - x2);
  const log = Math.log(distance);
  const p = distance ** x3 / x1;
  const first = [-p / x1, (-sign * x3 * p) / distance, p * log];
  const second = [
    [(2 * p) / x1 ** 2, (sign * x3 * p) / (distance * x1), (-p * log) / x1],
    [0, (x3 * (x3 - 1) * p) / distance ** 2, ((-sign * p) / distance) * (1 + x3 * log)],
    [0, 0, p * log ** 2],
  ];
  return { value: Math.exp(-p), first, second };
}

const boxT = times(10, (i) => 0.1 * (i + 1));

export const threeVariables: readonly Problem[] = [
  {
    number: 7,
    name: "helical valley",
    source: "R. Fletcher, M. J. D. Powell, 1963",
    n: 3,
    m: 3,
    start: [-1, 0, 0],
    residuals(x) {
      const [x1, x2, x3] = entriesOf(x);
      const turns = x2
        .div(x1)
        .atan()
        .div(2 * Math.PI)
        .add(where(x1.lt(0), 0.5, 0));
      return stack([x3.sub(turns.mul(10)).mul(10), hypot(x1, x2).sub(1).mul(10), x3]);
    },
    jacobian([x1, x2]) {
      const square = x1 ** 2 + x2 ** 2;
      const turn = 100 / (2 * Math.PI * square);
      const radius = Math.sqrt(square);
      return [
        [turn * x2, -turn * x1, 10],
        [(10 * x1) / radius, (10 * x2) / radius, 0],
        [0, 0, 1],
      ];
    },
    curvature([x1, x2]) {
      const square = x1 ** 2 + x2 ** 2;
      const turn = 100 / (2 * Math.PI * square ** 2);
      const bend = 10 / square ** 1.5;
      return [
        [0, 0, 0, -turn * 2 * x1 * x2],
        [0, 0, 1, -turn * (x2 ** 2 - x1 ** 2)],
        [0, 1, 1, turn * 2 * x1 * x2],
        [1, 0, 0, bend * x2 ** 2],
        [1, 0, 1, -bend * x1 * x2],
        [1, 1, 1, bend * x1 ** 2],
      ];
    },
    known: [
      { at: [1, 0, 0], sum: 0 },
      { at: [-1, 0, 0], sum: 2500 },
    ],
    minimum: 0,
    startNorm: 50,
  },
  {
    number: 8,
    name: "Bard",
    source: "Y. Bard, 1970",
    n: 3,
    m: 15,
    start: [1, 1, 1],
    residuals(x) {
      const [x1, x2, x3] = entriesOf(x);
      const denominator = f64(bardV).mul(x2).add(f64(bardW).mul(x3));
      return f64(bardY).sub(x1.add(f64(bardU).div(denominator)));
    },
    jacobian: ([, x2, x3]) =>
      times(15, (i) => {
        const slope = bardU[i] / (bardV[i] * x2 + bardW[i] * x3) ** 2;
        return [-1, slope * bardV[i], slope * bardW[i]];
      }),
    curvature: ([, x2, x3]) =>
      times(15, (i) => i).flatMap((i) => {
        const [v, w] = [bardV[i], bardW[i]];
        const bend = (-2 * bardU[i]) / (v * x2 + w * x3) ** 3;
        return [
          [i, 1, 1, bend * v * v],
          [i, 1, 2, bend * v * w],
          [i, 2, 2, bend * w * w],
        ];
      }),
    minimum: 8.21487e-3,
    startNorm: 6.456136,
  },
  {
    number: 9,
    name: "Gaussian",
    source: "J. J. Moré, B. S. Garbow, K. E. Hillstrom, 1981",
    n: 3,
    m: 15,
    start: [0.4, 1, 0],
    residuals(x) {
      const [x1, x2, x3] = entriesOf(x);
      const squares = f64(gaussianT).sub(x3).square();
      return x1.mul(squares.mul(x2).div(-2).exp()).sub(f64(gaussianY));
    },
    jacobian: ([x1, x2, x3]) =>
      gaussianT.map((t) => {
        const d = t - x3;
        const e = Math.exp((-x2 * d * d) / 2);
        return [e, (-x1 * d * d * e) / 2, x1 * x2 * d * e];
      }),
    curvature: ([x1, x2, x3]) =>
      gaussianT.flatMap((t, i): Curvature[] => {
        const d = t - x3;
        const e = Math.exp((-x2 * d * d) / 2);
        return [
          [i, 0, 1, (-d * d * e) / 2],
          [i, 0, 2, x2 * d * e],
          [i, 1, 1, (x1 * d ** 4 * e) / 4],
          [i, 1, 2, x1 * d * e * (1 - (x2 * d * d) / 2)],
          [i, 2, 2, x1 * x2 * e * (x2 * d * d - 1)],
        ];
      }),
    minimum: 1.12793e-8,
  },
  {
    number: 10,
    name: "Meyer",
    source: "R. R. Meyer, 1970",
    n: 3,
    m: 16,
    start: [0.02, 4000, 250],
    residuals(x) {
      const [x1, x2, x3] = entriesOf(x);
      return x2.div(f64(meyerT).add(x3)).exp().mul(x1).sub(f64(meyerY));
    },
    jacobian: ([x1, x2, x3]) =>
      meyerT.map((t) => {
        const s = t + x3;
        const e = Math.exp(x2 / s);
        return [e, (x1 * e) / s, (-x1 * x2 * e) / s ** 2];
      }),
    curvature: ([x1, x2, x3]) =>
      meyerT.flatMap((t, i): Curvature[] => {
        const s = t + x3;
        const e = Math.exp(x2 / s);
        return [
          [i, 0, 1, e / s],
          [i, 0, 2, (-x2 * e) / s ** 2],
          [i, 1, 1, (x1 * e) / s ** 2],
          [i, 1, 2, (-x1 * e * (x2 + s)) / s ** 3],
          [i, 2, 2, (x1 * x2 * e * (x2 + 2 * s)) / s ** 4],
        ];
      }),
    minimum: 87.9458,
    startNorm: 41153.47,
  },
  {
    number: 11,
    name: "Gulf research and development",
    source: "R. A. Cox, 1969; with y − x₂ where the paper's print has y m i x₂",
    n: 3,
    m: GULF,
    start: [5, 2.5, 0.15],
    residuals(x) {
      const [x1, x2, x3] = entriesOf(x);
      const distance = f64(gulfY).sub(x2).abs();
      return distance.pow(x3).div(x1).neg().exp().sub(f64(gulfT));
    },
    jacobian: (x) =>
      gulfY.map((y) => {
        const { value, first } = gulfExponent(y, x);
        return first.map((slope) => -value * slope);
      }),
    curvature: (x) =>
      gulfY.flatMap((y, i) => {
        const { value, first, second } = gulfExponent(y, x);
        const at = (j: number, k: number): Curvature => [i, j, k, value * (first[j] * first[k] - second[j][k])];
        return [at(0, 0), at(0, 1), at(0, 2), at(1, 1), at(1, 2), at(2, 2)];
      }),
    known: [{ at: [50, 25, 1.5], sum: 0 }],
  },
  {
    number: 12,
    name: "Box three-dimensional",
    source: "M. J. Box, 1966",
    n: 3,
    m: 10,
    start: [0, 10, 20],
    residuals(x) {
      const t = f64(boxT);
      const decay = exp(t.neg()).sub(exp(t.mul(-10)));
      const [first, second] = t
        .neg()
        .outer(x.at([0, 2]))
        .exp()
        .split(2, 1);
      return first.sub(second).squeeze(1).sub(x.at(2).mul(decay));
    },
    jacobian: ([x1, x2]) =>
      boxT.map((t) => [-t * Math.exp(-t * x1), t * Math.exp(-t * x2), Math.exp(-10 * t) - Math.exp(-t)]),
    curvature: ([x1, x2]) =>
      boxT.flatMap((t, i): Curvature[] => [
        [i, 0, 0, t * t * Math.exp(-t * x1)],
        [i, 1, 1, -t * t * Math.exp(-t * x2)],
      ]),
    known: [
      { at: [1, 10, 1], sum: 0 },
      { at: [10, 1, -1], sum: 0 },
      { at: [3, 3, 0], sum: 0 },
    ],
    minimum: 0,
    startNorm: 32.11158,
  },
];
