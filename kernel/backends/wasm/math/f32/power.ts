/** @file pow and cbrt for f32x4, by logarithm and exponential in float64. */
import type { FunctionBuilder } from "../../code/function.ts";
import { magnitude, orSignOf, SIGN_BIT, withLocals } from "../polynomial.ts";
import { exp2Double, inDoubles, log2Double } from "./doubles.ts";

/** Beyond these 2^z is 0 or ∞ in float32, and still a positive number in float64. */
const BOUND = 300;

/** 2^(y log₂|x|), and for negative x the sign of (−1)^y. */
export function pow(f: FunctionBuilder): void {
  withLocals(f, 5, (x, y, size, result, ordinary) => {
    magnitude(f.set(y).tee(x)).set(size);
    inDoubles(f, [size, y], (base, exponent) => {
      log2Double(f, base);
      f.get(exponent).op("f64x2.mul").f64x2(BOUND).op("f64x2.pmin").f64x2(-BOUND).op("f64x2.pmax").set(base);
      exp2Double(f, base);
    });
    f.set(result);
    f.get(size).f32x4(0).op("f32x4.gt");
    f.get(size).f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and");
    magnitude(f.get(y)).f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and").tee(ordinary);
    f.op("i32x4.all_true").op("i32.eqz");
    f.if(() => powerOfSpecial(f, x, y, size, result, ordinary));
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.any_true");
    f.if(() => signOfPower(f, x, y, result));
    f.get(result);
  });
}

/**
 * Where x is 0 or x or y not finite, apart from signs: 0 or ∞, according to the sides of 1 and 0 that |x| and y are on,
 * or NaN for NaN; and 1 for x = 1, for (±1)^±∞ and for y = 0 whatever else there is, as IEEE 754 has it.
 */
function powerOfSpecial(
  f: FunctionBuilder,
  x: number,
  y: number,
  size: number,
  result: number,
  ordinary: number,
): void {
  f.get(result);
  f.get(size).f32x4(1).op("f32x4.gt").get(y).f32x4(0).op("f32x4.lt").op("v128.xor");
  f.f32x4(Number.POSITIVE_INFINITY).op("v128.and").get(ordinary).laneSelect().set(result);
  f.f32x4(Number.NaN).get(result);
  f.get(x).get(x).op("f32x4.ne").get(y).get(y).op("f32x4.ne").op("v128.or").laneSelect().set(result);
  f.f32x4(1).get(result);
  f.get(y).f32x4(0).op("f32x4.eq").get(x).f32x4(1).op("f32x4.eq").op("v128.or");
  f.get(x).f32x4(-1).op("f32x4.eq");
  magnitude(f.get(y)).f32x4(Number.POSITIVE_INFINITY).op("f32x4.eq").op("v128.and").op("v128.or");
  f.laneSelect().set(result);
}

/** Where x is negative: changes the sign of the result if y is odd, and makes it NaN if x is finite and y no integer. */
function signOfPower(f: FunctionBuilder, x: number, y: number, result: number): void {
  withLocals(f, 1, (half) => {
    // An integer is odd if its half is none.
    f.get(y).f32x4(0.5).op("f32x4.mul").tee(half).get(half).op("f32x4.trunc").op("f32x4.ne");
    f.get(y).get(y).op("f32x4.trunc").op("f32x4.eq").op("v128.and");
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.and").get(result).op("v128.xor");
    f.f32x4(Number.NaN);
    f.get(y).get(y).op("f32x4.trunc").op("f32x4.eq").get(x).f32x4(0).op("f32x4.lt").op("v128.not").op("v128.or");
    f.get(x).f32x4(Number.NEGATIVE_INFINITY).op("f32x4.eq").op("v128.or");
    f.laneSelect().set(result);
  });
}

/** 2^(log₂|x| / 3), and the sign of x; 0, ∞ and NaN stay. */
export function cbrt(f: FunctionBuilder): void {
  withLocals(f, 3, (x, size, result) => {
    f.tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size], (a) => {
      log2Double(f, a);
      f.f64x2(1 / 3)
        .op("f64x2.mul")
        .set(a);
      exp2Double(f, a);
    });
    f.set(result).get(result).get(size);
    f.get(size).f32x4(0).op("f32x4.gt").get(size).f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and");
    f.laneSelect();
    orSignOf(f, x);
  });
}
