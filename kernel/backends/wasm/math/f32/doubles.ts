/**
 * @file Pieces for float32 functions that are computed in float64, two lanes at a time. Nothing overflows there, no
 * float32 is denormal there, and rounding at the end is the only one that shows; polynomials need only to be as good as
 * float32 is. They are those of test/kernel/accuracy/float32-coefficients.py.
 */
import type { FunctionBuilder } from "../../code/function.ts";
import { polynomial, withLocals } from "../polynomial.ts";

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Pushes an f32x4: what `body` makes, as f64x2, of each half of the f32x4 locals `inputs`. */
export function inDoubles(f: FunctionBuilder, inputs: readonly number[], body: (...halves: number[]) => void): void {
  withLocals(f, inputs.length, (...halves) => {
    for (const [i, input] of inputs.entries()) f.get(input).op("f64x2.promote_low_f32x4").set(halves[i]);
    body(...halves);
    f.op("f32x4.demote_f64x2_zero");
    for (const [i, input] of inputs.entries()) {
      f.get(input).get(input).shuffle(HIGH_HALF).op("f64x2.promote_low_f32x4").set(halves[i]);
    }
    body(...halves);
    f.op("f32x4.demote_f64x2_zero").shuffle(LOW_HALVES);
  });
}

/** Pushes x + x³ p(x²) for f64x2 locals x and its square. */
export function oddPolynomial(f: FunctionBuilder, x: number, square: number, coefficients: readonly number[]): void {
  polynomial(f, "f64x2", square, coefficients);
  f.get(square).op("f64x2.mul");
  f.madd(
    "f64x2",
    () => f.get(x),
    () => f.get(x),
  );
}

/** Pushes an i64x2 constant with these higher words; the lower ones are `low`. */
export const highWords = (f: FunctionBuilder, high: number, low = 0): FunctionBuilder =>
  f.i32x4(low, high | 0, low, high | 0);

/** Where the bits of a power of two have its exponent, with 1023 added. */
const EXPONENT = 52;
const BIAS = 1023;
/** Added to a small float64 it leaves the nearest integer in the lowest bits; that integer and 1023 here. */
const ROUNDER = 1.5 * 2 ** EXPONENT + BIAS;

/** (exp(r) − 1 − r) / r² for |r| ≤ ln 2 / 2. */
const EXPM1 = [
  1.9914144883770123e-4, 1.3941008516717489e-3, 8.333273091837198e-3, 0.041666354658385814, 0.16666666816936637,
  0.5000000046415993,
];
/** 2ʳ for |r| ≤ ½. */
const EXP2 = [
  1.5314978140312757e-5, 1.5467135546400686e-4, 1.33334306440459e-3, 9.61803683796634e-3, 0.05550410962767948,
  0.24022651076298565, 0.6931471805415796, 1,
];
/** atanh(s) / s for 0 ≤ s² ≤ (3 − √8)². */
const ATANH = [0.11774453905400259, 0.14269673972066438, 0.20000148012141059, 0.3333333293739301, 1];

/** Pushes exp(x) − 1, for an f64x2 local x that is used up, |x| < 700. */
export function expm1Double(f: FunctionBuilder, x: number): void {
  withLocals(f, 2, (s, n) => {
    f.madd(
      "f64x2",
      () => f.get(x).f64x2(Math.LOG2E),
      () => f.f64x2(ROUNDER),
    );
    f.tee(s).f64x2(ROUNDER).op("f64x2.sub").set(n);
    f.nmadd(
      "f64x2",
      () => f.get(n).f64x2(Math.LN2),
      () => f.get(x),
    ).set(x);
    f.get(s).i32(EXPONENT).op("i64x2.shl").set(s);
    polynomial(f, "f64x2", x, EXPM1);
    f.get(x).get(x).op("f64x2.mul").set(n);
    f.madd(
      "f64x2",
      () => f.get(n),
      () => f.get(x),
    );
    f.madd(
      "f64x2",
      () => f.get(s),
      () => f.get(s).f64x2(1).op("f64x2.sub"),
    );
  });
}

/** Pushes 2ˣ for an f64x2 local x that is used up, |x| < 1000. */
export function exp2Double(f: FunctionBuilder, x: number): void {
  withLocals(f, 1, (s) => {
    f.get(x).f64x2(ROUNDER).op("f64x2.add").set(s);
    f.get(x).get(s).f64x2(ROUNDER).op("f64x2.sub").op("f64x2.sub").set(x);
    polynomial(f, "f64x2", x, EXP2);
    f.get(s).i32(EXPONENT).op("i64x2.shl").op("f64x2.mul");
  });
}

/** The bits of √½ and 2⁵², their higher words. */
const ROOT_HALF = 0x3fe6a09e;
const TWO_TO_52 = 0x43300000;
const EXPONENT_WORD = 0x7ff00000;

/**
 * Sets `bits` to an i64x2 whose exponent, with 1023 added, is that of the positive numbers on the stack; counted from
 * √½, so that they divided by the power of two lie about 1.
 */
function exponentFromRootHalf(f: FunctionBuilder, bits: number): void {
  highWords(f, (BIAS << 20) - ROOT_HALF)
    .op("i64x2.add")
    .set(bits);
}

/** Pushes the exponent in `bits` as a float64. */
function exponentOf(f: FunctionBuilder, bits: number): void {
  f.get(bits).i32(EXPONENT).op("i64x2.shr_u");
  highWords(f, TWO_TO_52).op("v128.or");
  f.f64x2(2 ** EXPONENT + BIAS).op("f64x2.sub");
}

/** Pushes atanh(m / (2 + m)), half of log(1 + m), for an f64x2 local m that is used up. */
function halfLog(f: FunctionBuilder, m: number): void {
  withLocals(f, 1, (square) => {
    f.get(m).get(m).f64x2(2).op("f64x2.add").op("f64x2.div").tee(m).get(m).op("f64x2.mul").set(square);
    polynomial(f, "f64x2", square, ATANH);
    f.get(m).op("f64x2.mul");
  });
}

/** Pushes log₂(x) for an f64x2 local x, positive and neither ∞ nor denormal. */
export function log2Double(f: FunctionBuilder, x: number): void {
  withLocals(f, 2, (bits, m) => {
    f.get(x);
    exponentFromRootHalf(f, bits);
    f.get(bits);
    highWords(f, ~EXPONENT_WORD, -1).op("v128.and");
    highWords(f, ROOT_HALF).op("i64x2.add").f64x2(1).op("f64x2.sub").set(m);
    halfLog(f, m);
    f.f64x2(2 * Math.LOG2E).op("f64x2.mul");
    exponentOf(f, bits);
    f.op("f64x2.add");
  });
}

/** Pushes log(1 + y) for an f64x2 local y from 0 to 2¹⁰²². */
export function log1pDouble(f: FunctionBuilder, y: number): void {
  withLocals(f, 3, (bits, s, m) => {
    f.get(y).f64x2(1).op("f64x2.add");
    exponentFromRootHalf(f, bits);
    // 2⁻ᵉ
    highWords(f, (2 * BIAS) << 20).get(bits);
    highWords(f, EXPONENT_WORD).op("v128.and").op("i64x2.sub").set(s);
    f.madd(
      "f64x2",
      () => f.get(y).get(s),
      () => f.get(s).f64x2(1).op("f64x2.sub"),
    ).set(m);
    halfLog(f, m);
    f.f64x2(2).op("f64x2.mul").set(m);
    exponentOf(f, bits);
    f.f64x2(Math.LN2).op("f64x2.mul").get(m).op("f64x2.add");
  });
}
