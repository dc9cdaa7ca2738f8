/**
 * @file How far the float32 vector code of the WebAssembly backend is from the exact value: as a real number of units in
 * the last place (ulp), against the same function in float64. Half a unit is what rounding alone costs.
 */
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { hasVectorFunction } from "../../../kernel/backends/wasm/math/table.ts";
import type { BinaryFn, UnaryFn } from "../../../kernel/loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../kernel/loops/scalar.ts";
import { at, binary, load, program, unary } from "../wasm/build.ts";

export type VectorFn = UnaryFn | BinaryFn;

const withVectorCode = (fn: VectorFn): boolean => hasVectorFunction(fn, "float32");
const UNARY: readonly VectorFn[] = (Object.keys(unaryFunctions) as UnaryFn[]).filter(withVectorCode);
const BINARY: readonly VectorFn[] = (Object.keys(binaryFunctions) as BinaryFn[]).filter(withVectorCode);
/** Those measured, which are all that have vector code. */
export const FUNCTIONS: readonly VectorFn[] = [...UNARY, ...BINARY];

export const arityOf = (fn: VectorFn): 1 | 2 => (BINARY.includes(fn) ? 2 : 1);

/** Points measured at a time. */
export const BLOCK = 1 << 16;

/** The function of BLOCK numbers, as generated code. */
export function compiled(fn: VectorFn, fused: boolean): (...args: readonly Float32Array[]) => Float32Array {
  const operands = Array.from({ length: arityOf(fn) }, (_, i) => load("float32", i, at([1])));
  const value =
    operands.length === 2 ? binary(fn as BinaryFn, operands[0], operands[1]) : unary(fn as UnaryFn, operands[0]);
  const result = operands.length;
  const executable = assemble(
    program(
      Array.from({ length: result + 1 }, () => ["float32", BLOCK] as const),
      operands.map((_, i) => i),
      [result],
      [{ kind: "map", extents: [BLOCK], stores: [{ buffer: result, index: at([1]), value }] }],
    ),
    { fused },
  );
  return (...args) => executable.run(args)[0] as Float32Array;
}

/** The same in float64. */
export const reference = (fn: VectorFn): ((x: number, y: number) => number) =>
  fn in binaryFunctions ? binaryFunctions[fn as BinaryFn] : unaryFunctions[fn as UnaryFn];

export interface Worst {
  /** The largest distance from the exact value. */
  ulps: number;
  args: readonly number[];
  /** Points where a special value was due and did not come: NaN, an infinity, or a zero of that sign. */
  wrong: number;
  wrongArgs: readonly number[];
}

export const nothingMeasured = (): Worst => ({ ulps: 0, args: [], wrong: 0, wrongArgs: [] });

export function worse(a: Worst, b: Worst): Worst {
  const further = a.ulps >= b.ulps ? a : b;
  const wronged = a.wrong > 0 ? a : b;
  return { ulps: further.ulps, args: further.args, wrong: a.wrong + b.wrong, wrongArgs: wronged.wrongArgs };
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** The unit in the last place of a float32 by the exponent field of a float64. */
const UNITS = Float64Array.from(
  { length: 2048 },
  (_, field) => 2 ** (Math.max(Math.min(field - 1023, 127), -126) - 23),
);

/** Beyond the largest float32 numbers go on as if there were no end to them, for what is rounded to infinity. */
const INFINITE = 2 ** 128;

/** Compares `got` with the float64 values `wanted` at the points of `args` and keeps the worst. */
export function compare(worst: Worst, got: Float32Array, wanted: Float64Array, args: readonly Float32Array[]): void {
  for (let i = 0; i < wanted.length; i++) {
    const value = got[i];
    const exact = wanted[i];
    const rounded = Math.fround(exact);
    // Rounded as it should be: most are, and their distance tells nothing once one was further off.
    if (value === rounded && value !== 0 && worst.ulps >= 0.5) continue;
    if (Object.is(value, rounded) && !(Math.abs(exact) < INFINITE)) continue;
    if (Number.isNaN(exact) || Number.isNaN(value) || wrongZero(value, rounded) || wrongInfinity(value, exact)) {
      if (worst.wrong === 0) worst.wrongArgs = args.map((column) => column[i]);
      worst.wrong++;
      continue;
    }
    const bounded = Math.max(-INFINITE, Math.min(INFINITE, value));
    double[0] = exact;
    const ulps = Math.abs(bounded - exact) / UNITS[(words[1] >>> 20) & 2047];
    if (ulps > worst.ulps) {
      worst.ulps = ulps;
      worst.args = args.map((column) => column[i]);
    }
  }
}

const wrongZero = (value: number, rounded: number): boolean =>
  value === 0 && rounded === 0 && !Object.is(value, rounded);

/** Whether an exact infinity, or a number far beyond the largest one, is not infinite. */
const wrongInfinity = (value: number, exact: number): boolean =>
  Math.abs(exact) >= INFINITE * (1 + 2 ** -20) && value !== (exact > 0 ? Infinity : -Infinity);

/** Fills `block` with the float32 whose bits are those of `first`, `first + step`, ... times; all counts modulo 2³². */
export function fillBits(block: Float32Array, first: number, step: number): void {
  const bits = new Int32Array(block.buffer, block.byteOffset, block.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (first + i * step) | 0;
}

/** What ends and edges of functions there are. */
export const SPECIAL: readonly number[] = [
  ...[0, 1, 2, 3, 0.5, 1.5, 2.5, 8, 27, 1024, 149, 126, 127, 128, 16777215, 16777216, 16777217, 2 ** -23, 2 ** -24],
  ...[2 ** -149, 2 ** -127, 2 ** -126, 2 ** -125, 2 ** -64, 2 ** 64, 2 ** 127, (2 - 2 ** -23) * 2 ** 127, Infinity],
  ...[1 - 2 ** -24, 1 + 2 ** -23, 10, 20, 90, 104, 0.1, 1 / 3, Math.PI, 1e5, 1e10, 1e30],
].flatMap((x) => [Math.fround(x), -Math.fround(x)]);

/** A number from 0 to 1 that depends on both: the finalizer of MurmurHash3 (A. Appleby). */
function hash(index: number, salt: number): number {
  let h = Math.imul(index, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Ways to choose two arguments: anything, moderate, a base about 1, a result near the ends of the range, integers. */
const PAIRS: readonly ((u: number, v: number, w: number) => readonly [number, number])[] = [
  (u, v) => [anyFloat(u), anyFloat(v)],
  (u, v, w) => [Math.exp((u - 0.5) * 20) * (w < 0.1 ? -1 : 1), (v - 0.5) * 20],
  (u, v) => [1 + (u - 0.5) * 0.01, (v - 0.5) * 20000],
  (u, v, w) => {
    const base = Math.fround(Math.exp((u - 0.5) * 100));
    return [base, (w < 0.5 ? 128 - v : -126 - 24 * v) / Math.log2(base)];
  },
  (u, v) => [(u - 0.5) * 20, Math.round((v - 0.5) * 20)],
];

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
function anyFloat(u: number): number {
  singleBits[0] = u * 2 ** 32;
  return single[0];
}

/** Fills two blocks with pairs numbered from `first`: all pairs of special values, then a fixed sample. */
export function fillPairs(x: Float32Array, y: Float32Array, first: number): void {
  const count = SPECIAL.length;
  for (let i = 0; i < x.length; i++) {
    const index = first + i;
    if (index < count * count) {
      x[i] = SPECIAL[index % count];
      y[i] = SPECIAL[Math.floor(index / count)];
    } else [x[i], y[i]] = PAIRS[index % PAIRS.length](hash(index, 0), hash(index, 1), hash(index, 2));
  }
}
