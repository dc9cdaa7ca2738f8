/** @file Expectations for the elementwise primitives, with their special values. */
import { NO_PARAMS } from "../../../kernel/graph/node.ts";
import type { BinaryFn, UnaryFn } from "../../../kernel/loops/ir.ts";
import { mapped, type Row, type Special, type Table } from "./row.ts";

/** Error function by Simpson's rule: not how the kernel does it. */
function erf(x: number): number {
  const n = 2000;
  const h = x / n;
  let total = 1 + Math.exp(-x * x);
  for (let i = 1; i < n; i++) total += (i % 2 === 1 ? 4 : 2) * Math.exp(-((i * h) ** 2));
  return ((2 / Math.sqrt(Math.PI)) * h * total) / 3;
}

/** The y with erf(y) = x, by halving an interval. */
function erfinv(x: number): number {
  let [low, high] = [-4, 4];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (erf(middle) < x) low = middle;
    else high = middle;
  }
  return low;
}

/** Stirling's formula far out, where three terms of its series are enough, and back by Γ(x + 1) = x Γ(x). */
function lgamma(x: number): number {
  let back = 0;
  for (let k = 0; k < 40; k++) back += Math.log(x + k);
  const a = x + 40;
  const series = 1 / (12 * a) - 1 / (360 * a ** 3) + 1 / (1260 * a ** 5);
  return (a - 0.5) * Math.log(a) - a + Math.log(2 * Math.PI) / 2 + series - back;
}

function digamma(x: number): number {
  let back = 0;
  for (let k = 0; k < 200; k++) back += 1 / (x + k);
  const a = x + 200;
  return Math.log(a) - 1 / (2 * a) - 1 / (12 * a ** 2) + 1 / (120 * a ** 4) - back;
}

/** A long sum, and for the rest the integral with its first corrections. */
function zeta(s: number, x: number): number {
  let sum = 0;
  for (let k = 0; k < 1000; k++) sum += (x + k) ** -s;
  const a = x + 1000;
  return sum + a ** (1 - s) / (s - 1) + a ** -s / 2 + (s * a ** (-s - 1)) / 12;
}

/** Floating remainder with the divisor's sign. */
const remainder = (x: number, y: number): number => x - y * Math.floor(x / y);

function one(rule: (x: number) => number, low = -2, high = 2, type?: "bool"): readonly Row<typeof NO_PARAMS>[] {
  return [
    { inputs: [{ shape: [2, 3], low, high, type }], params: NO_PARAMS, expected: mapped(rule) },
    // Long enough for every lane of a vector and a remainder.
    { inputs: [{ shape: [19], low, high, type }], params: NO_PARAMS, expected: mapped(rule) },
    { inputs: [{ shape: [], low, high, type }], params: NO_PARAMS, expected: mapped(rule) },
    { inputs: [{ shape: [2, 0], low, high, type }], params: NO_PARAMS, expected: mapped(rule) },
  ];
}

export const unaryRows: Table<UnaryFn> = {
  neg: one((x) => -x),
  abs: one((x) => Math.max(x, -x)),
  sign: one((x) => (x < 0 ? -1 : x > 0 ? 1 : 0)),
  floor: one(Math.floor),
  ceil: one(Math.ceil),
  round: one(Math.round),
  trunc: one(Math.trunc),
  sqrt: one(Math.sqrt, 0.1, 4),
  cbrt: one((x) => Math.exp(Math.log(x) / 3), 0.1, 4),
  exp: one(Math.exp, -3, 3),
  exp2: one((x) => Math.exp(x * Math.LN2), -3, 3),
  expm1: one(Math.expm1, -1, 1),
  log: one(Math.log, 0.1, 4),
  log1p: one(Math.log1p, -0.8, 2),
  log2: one((x) => Math.log(x) / Math.LN2, 1.5, 4),
  sin: one(Math.sin, -4, 4),
  cos: one(Math.cos, -1, 1),
  tan: one(Math.tan, -1.2, 1.2),
  asin: one(Math.asin, -0.9, 0.9),
  acos: one(Math.acos, -0.9, 0.9),
  atan: one(Math.atan, -4, 4),
  sinh: one((x) => (Math.exp(x) - Math.exp(-x)) / 2, 0.5, 3),
  cosh: one((x) => (Math.exp(x) + Math.exp(-x)) / 2),
  tanh: one((x) => (1 - Math.exp(-2 * x)) / (1 + Math.exp(-2 * x)), 0.3, 3),
  asinh: one((x) => Math.log(x + Math.sqrt(x * x + 1)), 0.3, 4),
  acosh: one((x) => Math.log(x + Math.sqrt(x * x - 1)), 1.4, 4),
  atanh: one((x) => Math.log((1 + x) / (1 - x)) / 2, 0.2, 0.9),
  sigmoid: one((x) => 1 / (1 + Math.exp(-x)), -4, 4),
  erf: one(erf, -2.9, 2.9),
  erfc: one((x) => 1 - erf(x), -2, 2),
  ndtr: one((x) => (1 + erf(x / Math.SQRT2)) / 2, -2, 2),
  erfinv: one(erfinv, -0.95, 0.95),
  lgamma: one(lgamma, 0.2, 6),
  digamma: one(digamma, 0.2, 6),
  not: one((x) => 1 - x, 0, 2, "bool"),
  isNaN: one(() => 0),
  isFinite: one(() => 1),
};

interface Ranges {
  readonly x?: readonly [number, number];
  readonly y?: readonly [number, number];
  readonly type?: "bool";
}

function two(
  rule: (x: number, y: number) => number,
  { x = [-2, 2], y = [-2, 2], type }: Ranges = {},
): Row<typeof NO_PARAMS>[] {
  return [[2, 3], [19], [], [0, 3]].map((shape) => ({
    inputs: [
      { shape, low: x[0], high: x[1], type },
      { shape, low: y[0], high: y[1], type },
    ],
    params: NO_PARAMS,
    expected: mapped(rule),
  }));
}

const truth = (test: boolean): number => (test ? 1 : 0);

export const binaryRows: Table<BinaryFn> = {
  add: two((x, y) => x + y),
  sub: two((x, y) => x - y),
  mul: two((x, y) => x * y),
  div: two((x, y) => x / y, { y: [0.5, 2] }),
  pow: two((x, y) => Math.exp(y * Math.log(x)), { x: [0.3, 3] }),
  atan2: two((y, x) => 2 * Math.atan(y / (Math.sqrt(x * x + y * y) + x)), { y: [0.2, 2] }),
  remainder: two(remainder, { x: [-4, 4], y: [0.5, 1.5] }),
  zeta: two(zeta, { x: [1.5, 5], y: [0.4, 4] }).map(({ inputs: [s, x], ...row }) => ({
    ...row,
    inputs: [{ ...s, constant: true }, x],
  })),
  max: two(Math.max),
  min: two(Math.min),
  eq: two((x, y) => truth(x === y)),
  ne: two((x, y) => truth(x !== y)),
  lt: two((x, y) => truth(x < y)),
  le: two((x, y) => truth(x <= y)),
  gt: two((x, y) => truth(x > y)),
  ge: two((x, y) => truth(x >= y)),
  and: two((x, y) => x * y, { x: [0, 2], y: [0, 2], type: "bool" }),
  or: two((x, y) => truth(x + y > 0), { x: [0, 2], y: [0, 2], type: "bool" }),
};

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;
const floats = ["float32", "float64"] as const;
const ints = ["int32"] as const;
const special = (
  dtypes: Special["dtypes"],
  inputs: readonly (readonly number[])[],
  out: readonly number[],
): Special => ({
  dtypes,
  inputs,
  out,
});

/** Exact, the sign of zero included. */
export const specials: { readonly [Name in UnaryFn | BinaryFn]?: readonly Special[] } = {
  neg: [special(floats, [[0, -0, INF, NAN]], [-0, 0, -INF, NAN]), special(ints, [[3, -(2 ** 31)]], [-3, -(2 ** 31)])],
  abs: [special(floats, [[-0, -INF, NAN, -2]], [0, INF, NAN, 2]), special(ints, [[-3, 0, 4]], [3, 0, 4])],
  sign: [special(floats, [[0, NAN, INF, -INF, -1e-30]], [0, NAN, 1, -1, -1]), special(ints, [[-9, 0, 9]], [-1, 0, 1])],
  floor: [special(floats, [[-0.5, -1, 2.5, NAN, -INF, 1e10]], [-1, -1, 2, NAN, -INF, 1e10])],
  ceil: [special(floats, [[0.5, 1, -2.5, NAN, INF]], [1, 1, -2, NAN, INF])],
  round: [special(floats, [[0.5, 1.5, 2.5, -1.5, -2.5, 0.49, 3.7, NAN, INF]], [0, 2, 2, -2, -2, 0, 4, NAN, INF])],
  trunc: [special(floats, [[1.9, -1.9, NAN, -INF, 2 ** 40]], [1, -1, NAN, -INF, 2 ** 40])],
  sqrt: [special(floats, [[0, 4, -1, INF, NAN, 0.25]], [0, 2, NAN, INF, NAN, 0.5])],
  cbrt: [special(floats, [[0, -0, 8, -27, INF, -INF, NAN]], [0, -0, 2, -3, INF, -INF, NAN])],
  exp2: [
    special(floats, [[0, 10, -3, 127, -INF, INF, NAN, 2000, -2000]], [1, 1024, 0.125, 2 ** 127, 0, INF, NAN, INF, 0]),
  ],
  exp: [special(floats, [[0, -INF, INF, NAN, 1000, -1000]], [1, 0, INF, NAN, INF, 0])],
  expm1: [special(floats, [[0, -INF, INF, NAN]], [0, -1, INF, NAN])],
  log: [special(floats, [[0, 1, -1, INF, NAN]], [-INF, 0, NAN, INF, NAN])],
  log1p: [special(floats, [[0, -1, -2, INF, NAN]], [0, -INF, NAN, INF, NAN])],
  log2: [special(floats, [[0, 1, 8, 0.25, -1, INF, NAN]], [-INF, 0, 3, -2, NAN, INF, NAN])],
  sin: [special(floats, [[0, INF, NAN]], [0, NAN, NAN])],
  cos: [special(floats, [[0, -INF, NAN]], [1, NAN, NAN])],
  tan: [special(floats, [[0, INF, NAN]], [0, NAN, NAN])],
  asin: [special(floats, [[0, 2, NAN]], [0, NAN, NAN])],
  acos: [special(floats, [[1, -2, NAN]], [0, NAN, NAN])],
  atan: [special(floats, [[0, NAN]], [0, NAN])],
  sinh: [special(floats, [[0, INF, -INF, NAN]], [0, INF, -INF, NAN])],
  cosh: [special(floats, [[0, INF, -INF, NAN]], [1, INF, INF, NAN])],
  tanh: [special(floats, [[0, INF, -INF, NAN, 50, -50]], [0, 1, -1, NAN, 1, -1])],
  asinh: [special(floats, [[0, INF, -INF, NAN]], [0, INF, -INF, NAN])],
  acosh: [special(floats, [[1, 0.5, INF, NAN]], [0, NAN, INF, NAN])],
  atanh: [special(floats, [[0, 1, -1, 2, NAN]], [0, INF, -INF, NAN, NAN])],
  sigmoid: [special(floats, [[0, INF, -INF, NAN, 800, -800]], [0.5, 1, 0, NAN, 1, 0])],
  erf: [special(floats, [[0, INF, -INF, NAN, 9]], [0, 1, -1, NAN, 1])],
  ndtr: [special(floats, [[0, INF, -INF, NAN, 50, -50]], [0.5, 1, 0, NAN, 1, 0])],
  erfc: [special(floats, [[0, INF, -INF, NAN, 30, -30]], [1, 0, 2, NAN, 0, 2])],
  erfinv: [special(floats, [[0, 1, -1, 1.5, -2, NAN]], [0, INF, -INF, NAN, NAN, NAN])],
  lgamma: [
    special(floats, [[0, -0, -1, -7, 1, 2, INF, -INF, NAN, -1e20]], [INF, INF, INF, INF, 0, 0, INF, INF, NAN, INF]),
  ],
  digamma: [special(floats, [[0, -0, -1, -7, INF, -INF, NAN]], [-INF, INF, NAN, NAN, INF, NAN, NAN])],
  isNaN: [special(floats, [[0, NAN, INF]], [0, 1, 0])],
  isFinite: [special(floats, [[0, NAN, INF, -INF]], [1, 0, 0, 0])],
  add: [
    special(
      floats,
      [
        [INF, INF, NAN, 1],
        [1, -INF, 0, 2],
      ],
      [INF, NAN, NAN, 3],
    ),
  ],
  mul: [
    special(
      floats,
      [
        [INF, INF, NAN, -0],
        [0, -2, 0, 2],
      ],
      [NAN, -INF, NAN, -0],
    ),
    // A product of 62 bits.
    special(
      ints,
      [
        [123456789, -5, 65536],
        [987654321, 3, 65536],
      ],
      [Math.imul(123456789, 987654321), -15, 0],
    ),
  ],
  div: [
    special(
      floats,
      [
        [1, -1, 0, INF, 7],
        [0, 0, 0, INF, 2],
      ],
      [INF, -INF, NAN, NAN, 3.5],
    ),
    special(
      ints,
      [
        [7, -7, 7, 5, -(2 ** 31)],
        [2, 2, -2, 0, -1],
      ],
      [3, -3, -3, 0, -(2 ** 31)],
    ),
  ],
  pow: [
    special(
      floats,
      [
        [0, 0, -2, -8, 2, 1, NAN, 4, INF],
        [0, 2, 3, 1 / 3, -1, NAN, 0, 0.5, -1],
      ],
      [1, 0, -8, NAN, 0.5, 1, 1, 2, 0],
    ),
  ],
  remainder: [
    special(
      floats,
      [
        [5, -5, 5, -5, 6, 1],
        [3, 3, -3, -3, 3, 0],
      ],
      [2, 1, -1, -2, 0, NAN],
    ),
    special(
      ints,
      [
        [5, -5, 5, -5, 6, 1],
        [3, 3, -3, -3, 3, 0],
      ],
      [2, 1, -1, -2, 0, 0],
    ),
  ],
  zeta: [
    special(
      floats,
      [
        // The last ones: a sum that is over at once, however many terms the formula asks for.
        [2, 2, 3, 2.5, 1, 0.5, 2, NAN, 2, INF, INF, INF, 2 ** 100, 2 ** 100, 2 ** 100],
        [0, -3, -1, -0.5, 4, 1, INF, 1, NAN, 0.5, 1, 2, 4, 0.5, 1],
      ],
      [INF, INF, INF, NAN, INF, NAN, 0, NAN, NAN, INF, 1, 0, 0, INF, 1],
    ),
  ],
  max: [
    special(
      floats,
      [
        [1, NAN, 1, -INF, 2],
        [NAN, 1, INF, -INF, 2],
      ],
      [NAN, NAN, INF, -INF, 2],
    ),
  ],
  min: [
    special(
      floats,
      [
        [1, NAN, 1, INF, 2],
        [NAN, 1, -INF, INF, 2],
      ],
      [NAN, NAN, -INF, INF, 2],
    ),
  ],
  eq: [
    special(
      [...floats, "int32"],
      [
        [0, 1, 2],
        [0, 1, 3],
      ],
      [1, 1, 0],
    ),
    special(
      floats,
      [
        [NAN, -0],
        [NAN, 0],
      ],
      [0, 1],
    ),
  ],
  ne: [
    special(
      floats,
      [
        [NAN, 1],
        [NAN, 1],
      ],
      [1, 0],
    ),
    special(
      ints,
      [
        [3, 1],
        [4, 1],
      ],
      [1, 0],
    ),
  ],
  lt: [
    special(
      floats,
      [
        [NAN, 1, 0],
        [1, NAN, 0],
      ],
      [0, 0, 0],
    ),
  ],
  le: [
    special(
      floats,
      [
        [NAN, 1, 0],
        [1, NAN, 0],
      ],
      [0, 0, 1],
    ),
  ],
  gt: [
    special(
      floats,
      [
        [NAN, 1, 0],
        [1, NAN, 0],
      ],
      [0, 0, 0],
    ),
  ],
  ge: [
    special(
      floats,
      [
        [NAN, 1, 0],
        [1, NAN, 0],
      ],
      [0, 0, 1],
    ),
  ],
};
