/** @file Problems 13 to 20 of the collection: four to eleven variables, and Watson's function. */
import { concat, stack } from "../../../../kernel/index.ts";
import { f64, times } from "../plain.ts";
import { type Curvature, entriesOf, type Problem } from "./problem.ts";

const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];

const dennisT = times(20, (i) => (i + 1) / 5);

const osborne1T = times(33, (i) => 10 * i);
const osborne1Y = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58,
  0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
];

const biggsT = times(13, (i) => 0.1 * (i + 1));
const biggsY = biggsT.map((t) => Math.exp(-t) - 5 * Math.exp(-10 * t) + 3 * Math.exp(-4 * t));

const osborne2T = times(65, (i) => i / 10);
const osborne2Y = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606, 0.602,
  0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.5, 0.423, 0.395, 0.375,
  0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591,
  0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
];
/** Osborne's second model is a decay and three bells; a bell has an amplitude, a rate and a centre among the variables. */
const bells = [
  [1, 5, 8],
  [2, 6, 9],
  [3, 7, 10],
] as const;

const WATSON = 6;
const watsonT = times(29, (i) => (i + 1) / 29);

export const fourAndMore: readonly Problem[] = [
  {
    number: 13,
    name: "Powell singular",
    source: "M. J. D. Powell, 1962",
    n: 4,
    m: 4,
    start: [3, -1, 0, 1],
    residuals(x) {
      const [x1, x2, x3, x4] = entriesOf(x);
      return stack([
        x1.add(x2.mul(10)),
        x3.sub(x4).mul(Math.sqrt(5)),
        x2.sub(x3.mul(2)).square(),
        x1.sub(x4).square().mul(Math.sqrt(10)),
      ]);
    },
    jacobian([x1, x2, x3, x4]) {
      const [inner, outer] = [2 * (x2 - 2 * x3), 2 * Math.sqrt(10) * (x1 - x4)];
      return [
        [1, 10, 0, 0],
        [0, 0, Math.sqrt(5), -Math.sqrt(5)],
        [0, inner, -2 * inner, 0],
        [outer, 0, 0, -outer],
      ];
    },
    curvature: () => [
      [2, 1, 1, 2],
      [2, 1, 2, -4],
      [2, 2, 2, 8],
      [3, 0, 0, 2 * Math.sqrt(10)],
      [3, 0, 3, -2 * Math.sqrt(10)],
      [3, 3, 3, 2 * Math.sqrt(10)],
    ],
    known: [
      { at: [0, 0, 0, 0], sum: 0 },
      { at: [3, -1, 0, 1], sum: 215 },
    ],
    minimum: 0,
    startNorm: 14.66288,
  },
  {
    number: 14,
    name: "Wood",
    source: "A. R. Colville, 1968",
    n: 4,
    m: 6,
    start: [-3, -1, -3, -1],
    residuals(x) {
      const [x1, x2, x3, x4] = entriesOf(x);
      return stack([
        x2.sub(x1.square()).mul(10),
        x1.neg().add(1),
        x4.sub(x3.square()).mul(Math.sqrt(90)),
        x3.neg().add(1),
        x2.add(x4).sub(2).mul(Math.sqrt(10)),
        x2.sub(x4).div(Math.sqrt(10)),
      ]);
    },
    jacobian: ([x1, , x3]) => [
      [-20 * x1, 10, 0, 0],
      [-1, 0, 0, 0],
      [0, 0, -2 * Math.sqrt(90) * x3, Math.sqrt(90)],
      [0, 0, -1, 0],
      [0, Math.sqrt(10), 0, Math.sqrt(10)],
      [0, 1 / Math.sqrt(10), 0, -1 / Math.sqrt(10)],
    ],
    curvature: () => [
      [0, 0, 0, -20],
      [2, 2, 2, -2 * Math.sqrt(90)],
    ],
    known: [
      { at: [1, 1, 1, 1], sum: 0 },
      { at: [-3, -1, -3, -1], sum: 19192 },
    ],
    minimum: 0,
  },
  {
    number: 15,
    name: "Kowalik and Osborne",
    source: "J. S. Kowalik, M. R. Osborne, 1968",
    n: 4,
    m: 11,
    start: [0.25, 0.39, 0.415, 0.39],
    residuals(x) {
      const [x1, x2, x3, x4] = entriesOf(x);
      const u = f64(kowalikU);
      const numerator = u.add(x2).mul(u);
      const denominator = u.add(x3).mul(u).add(x4);
      return f64(kowalikY).sub(x1.mul(numerator).div(denominator));
    },
    jacobian: ([x1, x2, x3, x4]) =>
      kowalikU.map((u) => {
        const N = u * u + u * x2;
        const D = u * u + u * x3 + x4;
        return [-N / D, (-x1 * u) / D, (x1 * N * u) / D ** 2, (x1 * N) / D ** 2];
      }),
    curvature: ([x1, x2, x3, x4]) =>
      kowalikU.flatMap((u, i): Curvature[] => {
        const N = u * u + u * x2;
        const D = u * u + u * x3 + x4;
        return [
          [i, 0, 1, -u / D],
          [i, 0, 2, (N * u) / D ** 2],
          [i, 0, 3, N / D ** 2],
          [i, 1, 2, (x1 * u * u) / D ** 2],
          [i, 1, 3, (x1 * u) / D ** 2],
          [i, 2, 2, (-2 * x1 * N * u * u) / D ** 3],
          [i, 2, 3, (-2 * x1 * N * u) / D ** 3],
          [i, 3, 3, (-2 * x1 * N) / D ** 3],
        ];
      }),
    minimum: 3.07505e-4,
    startNorm: 0.07289151,
  },
  {
    number: 16,
    name: "Brown and Dennis",
    source: "K. M. Brown, J. E. Dennis, 1971",
    n: 4,
    m: 20,
    start: [25, 5, -5, -1],
    residuals(x) {
      const [x1, x2, x3, x4] = entriesOf(x);
      const t = f64(dennisT);
      return x1
        .add(t.mul(x2))
        .sub(t.exp())
        .square()
        .add(x3.add(t.sin().mul(x4)).sub(t.cos()).square());
    },
    jacobian: ([x1, x2, x3, x4]) =>
      dennisT.map((t) => {
        const a = 2 * (x1 + t * x2 - Math.exp(t));
        const b = 2 * (x3 + x4 * Math.sin(t) - Math.cos(t));
        return [a, a * t, b, b * Math.sin(t)];
      }),
    curvature: () =>
      dennisT.flatMap((t, i): Curvature[] => [
        [i, 0, 0, 2],
        [i, 0, 1, 2 * t],
        [i, 1, 1, 2 * t * t],
        [i, 2, 2, 2],
        [i, 2, 3, 2 * Math.sin(t)],
        [i, 3, 3, 2 * Math.sin(t) ** 2],
      ]),
    minimum: 85822.2,
    startNorm: 2815.438,
  },
  {
    number: 17,
    name: "Osborne 1",
    source: "M. R. Osborne, 1972",
    n: 5,
    m: 33,
    start: [0.5, 1.5, -1, 0.01, 0.02],
    residuals(x) {
      const decays = f64(osborne1T)
        .neg()
        .outer(x.at([3, 5]))
        .exp();
      return f64(osborne1Y).sub(decays.matmul(x.at([1, 3])).add(x.at(0)));
    },
    jacobian: ([, x2, x3, x4, x5]) =>
      osborne1T.map((t) => {
        const [first, second] = [Math.exp(-t * x4), Math.exp(-t * x5)];
        return [-1, -first, -second, x2 * t * first, x3 * t * second];
      }),
    curvature: ([, x2, x3, x4, x5]) =>
      osborne1T.flatMap((t, i): Curvature[] => {
        const [first, second] = [Math.exp(-t * x4), Math.exp(-t * x5)];
        return [
          [i, 1, 3, t * first],
          [i, 2, 4, t * second],
          [i, 3, 3, -x2 * t * t * first],
          [i, 4, 4, -x3 * t * t * second],
        ];
      }),
    minimum: 5.46489e-5,
    startNorm: 0.937564,
  },
  {
    number: 18,
    name: "Biggs EXP6",
    source: "M. C. Biggs, 1971",
    n: 6,
    m: 13,
    start: [1, 2, 1, 1, 1, 1],
    residuals(x) {
      const rates = x.take([0, 1, 4]);
      const weights = x.take([2, 3, 5]).mul(f64([1, -1, 1]));
      return f64(biggsT).neg().outer(rates).exp().matmul(weights).sub(f64(biggsY));
    },
    jacobian: ([x1, x2, x3, x4, x5, x6]) =>
      biggsT.map((t) => {
        const [e1, e2, e5] = [x1, x2, x5].map((rate) => Math.exp(-t * rate));
        return [-t * x3 * e1, t * x4 * e2, e1, -e2, -t * x6 * e5, e5];
      }),
    curvature: ([x1, x2, x3, x4, x5, x6]) =>
      biggsT.flatMap((t, i): Curvature[] => {
        const [e1, e2, e5] = [x1, x2, x5].map((rate) => Math.exp(-t * rate));
        return [
          [i, 0, 0, t * t * x3 * e1],
          [i, 0, 2, -t * e1],
          [i, 1, 1, -t * t * x4 * e2],
          [i, 1, 3, t * e2],
          [i, 4, 4, t * t * x6 * e5],
          [i, 4, 5, -t * e5],
        ];
      }),
    known: [{ at: [1, 10, 1, 5, 4, 3], sum: 0 }],
    minimum: 0,
  },
  {
    number: 19,
    name: "Osborne 2",
    source: "M. R. Osborne, 1972",
    n: 11,
    m: 65,
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    residuals(x) {
      const t = f64(osborne2T).expandDims(1);
      const [amplitudes, rates, centres] = [x.at([1, 4]), x.at([5, 8]), x.at([8, 11])];
      const decay = t.squeeze(1).mul(x.at(4)).neg().exp().mul(x.at(0));
      const shapes = t.sub(centres).square().mul(rates).neg().exp();
      return f64(osborne2Y).sub(decay.add(shapes.matmul(amplitudes)));
    },
    jacobian: (x) =>
      osborne2T.map((t) => {
        const row = times(11, () => 0);
        row[0] = -Math.exp(-t * x[4]);
        row[4] = x[0] * t * Math.exp(-t * x[4]);
        for (const [amplitude, rate, centre] of bells) {
          const d = t - x[centre];
          const bell = Math.exp(-d * d * x[rate]);
          row[amplitude] = -bell;
          row[rate] = x[amplitude] * d * d * bell;
          row[centre] = -2 * x[amplitude] * x[rate] * d * bell;
        }
        return row;
      }),
    curvature: (x) =>
      osborne2T.flatMap((t, i): Curvature[] => {
        const decay = Math.exp(-t * x[4]);
        return [
          [i, 0, 4, t * decay],
          [i, 4, 4, -x[0] * t * t * decay],
          ...bells.flatMap(([amplitude, rate, centre]): Curvature[] => {
            const [A, B, d] = [x[amplitude], x[rate], t - x[centre]];
            const bell = Math.exp(-d * d * B);
            return [
              [i, amplitude, rate, d * d * bell],
              [i, amplitude, centre, -2 * B * d * bell],
              [i, rate, rate, -A * d ** 4 * bell],
              [i, rate, centre, 2 * A * d * bell * (B * d * d - 1)],
              [i, centre, centre, 2 * A * B * bell * (1 - 2 * B * d * d)],
            ];
          }),
        ];
      }),
    minimum: 4.01377e-2,
    startNorm: 1.446865,
  },
  {
    number: 20,
    name: "Watson",
    source: "J. S. Kowalik, M. R. Osborne, 1968",
    n: WATSON,
    m: 31,
    start: times(WATSON, () => 0),
    residuals(x) {
      const powers = f64(watsonT)
        .expandDims(1)
        .pow(f64(times(WATSON, (j) => j)));
      const slopes = powers.at(null, [0, -1]).matmul(x.at([1]).mul(f64(times(WATSON - 1, (j) => j + 1))));
      const fitted = slopes.sub(powers.matmul(x).square()).sub(1);
      return concat([fitted, stack([x.at(0), x.at(1).sub(x.at(0).square()).sub(1)])]);
    },
    jacobian: (x) => [
      ...watsonT.map((t) => {
        const sum = x.reduce((total, each, j) => total + each * t ** j, 0);
        return times(WATSON, (j) => (j === 0 ? 0 : j * t ** (j - 1)) - 2 * sum * t ** j);
      }),
      times(WATSON, (j) => (j === 0 ? 1 : 0)),
      times(WATSON, (j) => (j === 0 ? -2 * x[0] : j === 1 ? 1 : 0)),
    ],
    curvature: () => [
      ...watsonT.flatMap((t, i) =>
        times(WATSON, (j) => j).flatMap((j) =>
          times(WATSON - j, (k): Curvature => [i, j, j + k, -2 * t ** (2 * j + k)]),
        ),
      ),
      [30, 0, 0, -2],
    ],
    minimum: 2.28767e-3,
    startNorm: 5.477226,
  },
];
