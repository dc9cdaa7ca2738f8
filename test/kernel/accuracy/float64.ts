/**
 * @file The largest error of the float64 vector code over many points, against exact values (../support/exact.ts): random
 * bits, and random numbers where formulas change, near zeros and near the ends of the range. The points are the same in
 * every run.
 */
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { big } from "../support/big.ts";
import { EXACT_BINARY, EXACT_UNARY, ulpsFrom } from "../support/exact.ts";
import { at, binary, load, program, unary } from "../wasm/build.ts";

export type Unary = keyof typeof EXACT_UNARY;
export type Binary = keyof typeof EXACT_BINARY;
export type MeasuredFunction = Unary | Binary;

export const UNARY_NAMES = Object.keys(EXACT_UNARY) as Unary[];
export const BINARY_NAMES = Object.keys(EXACT_BINARY) as Binary[];
export const isBinary = (fn: MeasuredFunction): fn is Binary => fn in EXACT_BINARY;

/** Where most points lie, as intervals. */
const INTERVALS: Readonly<Record<Unary, readonly (readonly [number, number])[]>> = {
  exp: [
    [-1, 1],
    [-10, 10],
    [-745.2, -700],
    [-745.2, 709.8],
  ],
  exp2: [
    [-1, 1],
    [-10, 10],
    [-1075, -1020],
    [-1075, 1024],
  ],
  expm1: [
    [-1, 1],
    [0.3, 1.1],
    [-5, 5],
    [-40, 709.8],
  ],
  log: [
    [0.5, 2],
    [0.9, 1.1],
    [0, 1e-300],
    [0, 100],
  ],
  log1p: [
    [-1, 1],
    [-0.1, 0.1],
    [-1, -0.9],
    [-0.6, -0.2],
    [0, 10],
    [0, 1e16],
  ],
  log2: [
    [0.5, 2],
    [0.9, 1.1],
    [0, 1e-300],
    [0, 100],
  ],
  sin: [
    [-4, 4],
    [3.1, 3.2],
    [-100, 100],
    [-(2 ** 20), 2 ** 20],
  ],
  cos: [
    [-4, 4],
    [1.5, 1.6],
    [-100, 100],
    [-(2 ** 20), 2 ** 20],
  ],
  tan: [
    [-0.8, 0.8],
    [-4, 4],
    [-100, 100],
    [-(2 ** 20), 2 ** 20],
  ],
  tanh: [
    [-0.7, 0.7],
    [0.6, 0.7],
    [-2, 2],
    [-20, 20],
  ],
  sigmoid: [
    [-2, 2],
    [-40, 40],
    [-745, -600],
  ],
  erf: [
    [-1.1, 1.1],
    [0.9, 1.1],
    [1, 2],
    [-6, 6],
  ],
  erfc: [
    [-1, 1],
    [0.4, 0.6],
    [1, 3],
    [-6, 6],
    [5, 28],
  ],
  cbrt: [
    [-8, 8],
    [1, 2],
  ],
  asin: [
    [-1, 1],
    [-0.6, 0.6],
    [0.99, 1],
  ],
  acos: [
    [-1, 1],
    [-0.6, 0.6],
    [0.99, 1],
    [-1, -0.99],
  ],
  atan: [
    [-1, 1],
    [0.2, 0.3],
    [0.65, 0.8],
    [-4, 4],
    [-100, 100],
  ],
  sinh: [
    [-1, 1],
    [0.9, 1.5],
    [-3, 3],
    [-711, 711],
  ],
  cosh: [
    [-1, 1],
    [-3, 3],
    [-711, 711],
  ],
  asinh: [
    [-1, 1],
    [-3, 3],
    [-1000, 1000],
  ],
  acosh: [
    [1, 1.1],
    [1, 3],
    [1, 1000],
  ],
  atanh: [
    [-1, 1],
    [0.1, 0.25],
    [0.9, 1],
  ],
};

/** Numbers at the ends of ranges, of digits and of formulas; each is tried with its neighbours and with either sign. */
const EDGES = [
  ...[5e-324, 2 ** -1023, 2 ** -1022, 1e-300, 2 ** -28, Number.MAX_VALUE, 1e300, 2 ** 1000],
  ...[0.25, 0.28, 0.5, 0.625, 0.71875, Math.SQRT1_2, 1, Math.SQRT2, 2, 3, 6, 20, 28, 2 ** 20, 2 ** 28, 2 ** 53],
  ...[36.7, 708, 709.78, 709.782712893384, 710.4758600739439, 745.1332191019411, 1022, 1023, 1024, 1074, 1075],
  ...[Math.PI / 4, Math.PI / 2, Math.PI, 22, 355, 6381956970095103 * 2 ** 797],
];

/** Small integers in turn: D. Knuth's multiplier. */
function generator(): () => number {
  let seed = 12345;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >>> 0) / 2 ** 32;
  };
}

const word = new DataView(new ArrayBuffer(8));

function neighbour(x: number, by: bigint): number {
  word.setFloat64(0, x);
  word.setBigInt64(0, word.getBigInt64(0) + by);
  return word.getFloat64(0);
}

function anyBits(random: () => number): number {
  word.setUint32(0, random() * 2 ** 32);
  word.setUint32(4, random() * 2 ** 32);
  return word.getFloat64(0);
}

const EDGE_POINTS = EDGES.flatMap((edge) => [-1n, 0n, 1n].map((by) => neighbour(edge, by))).flatMap((x) => [x, -x]);

function unaryPoints(fn: Unary, count: number): number[] {
  const random = generator();
  const points = [...EDGE_POINTS];
  for (let i = 0; i < count; i++) {
    for (const [from, to] of INTERVALS[fn]) points.push(from + (to - from) * random());
    points.push(anyBits(random), (random() < 0.5 ? -1 : 1) * 2 ** (random() * 80 - 75));
    // Beside multiples of π/2, and the number of that kind whose remainder is smallest is an edge.
    if (fn === "sin" || fn === "cos" || fn === "tan") points.push(Math.round(2 ** (random() * 21)) * (Math.PI / 2));
  }
  return points;
}

function binaryPoints(fn: Binary, count: number): [number[], number[]] {
  const random = generator();
  const [first, second]: [number[], number[]] = [[], []];
  const add = (x: number, y: number): void => {
    first.push(x);
    second.push(y);
  };
  for (let i = 0; i < count; i++) {
    const x = anyBits(random);
    add((random() - 0.3) * 10, (random() - 0.5) * 10);
    if (fn === "pow") {
      // A power in range, of any number and of one near 1; and whole powers of negative numbers.
      add(Math.abs(x), (random() * 2150 - 1075) / Math.log2(Math.abs(x)));
      const near = 1 + (random() - 0.5) * 2 ** (-random() * 52);
      add(near, (random() * 2150 - 1075) / Math.log2(near));
      add(-Math.floor(random() * 100), Math.floor(random() * 40 - 20));
    } else {
      add(x, anyBits(random));
      add(x, x * 2 ** (random() * 20 - 10) * (random() < 0.5 ? -1 : 1));
    }
  }
  return [first, second];
}

/** The points of each argument. */
export const pointsOf = (fn: MeasuredFunction, count: number): number[][] =>
  isBinary(fn) ? binaryPoints(fn, count) : [unaryPoints(fn, count)];

/** What generated code gives at these points; `fused` says whether multiplication and addition may be one. */
export function image(fn: MeasuredFunction, columns: readonly ArrayLike<number>[], fused: boolean): Float64Array {
  const size = columns[0].length;
  const argument = (buffer: number) => load("float64", buffer, at([1]));
  const value = isBinary(fn) ? binary(fn, argument(0), argument(1)) : unary(fn, argument(0));
  const compiled = program(
    Array.from({ length: columns.length + 1 }, () => ["float64", size] as const),
    columns.map((_, i) => i),
    [columns.length],
    [{ kind: "map", extents: [size], stores: [{ buffer: columns.length, index: at([1]), value }] }],
  );
  return assemble(compiled, { fused }).run(columns.map((column) => new Float64Array(column)))[0] as Float64Array;
}

export interface Worst {
  readonly ulps: number;
  readonly args: readonly number[];
  readonly got: number;
  /** How many points had a value that is neither NaN nor infinite by the definition of the function. */
  readonly points: number;
}

/** Whether a function has a finite value, or one that overflows, by a formula of exact.ts. */
function isRegular(fn: MeasuredFunction, args: readonly number[]): boolean {
  if (!args.every((x) => Number.isFinite(x) && x !== 0)) return false;
  const [x] = args;
  switch (fn) {
    case "log":
    case "log2":
      return x > 0 && x !== 1;
    case "log1p":
      return x > -1;
    case "acosh":
      return x > 1;
    case "asin":
      return Math.abs(x) <= 1;
    case "acos":
      return x >= -1 && x < 1;
    case "atanh":
      return Math.abs(x) < 1;
    case "pow":
      return Math.abs(x) !== 1 && (x > 0 || Number.isInteger(args[1]));
    default:
      return true;
  }
}

export function worstError(fn: MeasuredFunction, count: number, fused: boolean): Worst {
  const columns = pointsOf(fn, count);
  const values = image(fn, columns, fused);
  const exact: (...args: ReturnType<typeof big>[]) => ReturnType<typeof big> = isBinary(fn)
    ? EXACT_BINARY[fn]
    : EXACT_UNARY[fn];
  let worst: Worst = { ulps: -1, args: [], got: 0, points: 0 };
  let points = 0;
  values.forEach((got, i) => {
    const args = columns.map((column) => column[i]);
    if (!isRegular(fn, args)) return;
    points++;
    const ulps = ulpsFrom(exact(...args.map(big)), got);
    if (!(ulps <= worst.ulps)) worst = { ulps, args, got, points };
  });
  return { ...worst, points };
}
