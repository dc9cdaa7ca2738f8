/**
 * @file exp and its relatives for f32x4. With n the integer nearest to x / ln 2 and r = x − n ln 2, exp(x) − 1 is
 * 2ⁿ (exp(r) − 1) + (2ⁿ − 1), where exp(r) − 1 is a polynomial. The constants are those of Cephes (S. Moshier), expf.
 */
import type { FunctionBuilder } from "../../function.ts";
import { horner, SIGN_BIT, withLocals } from "../polynomial.ts";

/** ln 2 in two parts, the first of so few bits that its product with n is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];

/** Beyond these exp is 0 or ∞ in float32. */
const LOWEST = -104;
const HIGHEST = 89;

/** From x sets n (as float32) and pushes exp(r) − 1; x and r may be one local. */
function reduced(f: FunctionBuilder, x: number, n: number, r: number): void {
  f.get(x).f32x4(Math.LOG2E).op("f32x4.mul").op("f32x4.nearest").set(n);
  f.get(x).get(n).f32x4(LN2_HIGH).op("f32x4.mul").op("f32x4.sub");
  f.get(n).f32x4(LN2_LOW).op("f32x4.mul").op("f32x4.sub").set(r);
  horner(f, "f32x4", r, EXP);
  f.get(r).get(r).op("f32x4.mul").op("f32x4.mul").get(r).op("f32x4.add");
}

/** Replaces small integers (as i32x4) by powers of two. */
function powerOfTwo(f: FunctionBuilder): void {
  f.i32x4(127).op("i32x4.add").i32(23).op("i32x4.shl");
}

/** Restricts x to where something happens; NaN stays. */
function clamp(f: FunctionBuilder, low: number, high: number): void {
  f.f32x4(high).op("f32x4.pmin").f32x4(low).op("f32x4.pmax");
}

export function exp(f: FunctionBuilder): void {
  withLocals(f, 3, (x, n, p) => {
    clamp(f, LOWEST, HIGHEST);
    f.set(x);
    reduced(f, x, n, x);
    f.f32x4(1).op("f32x4.add").set(p);
    // In two factors, since 2ⁿ alone may be too large or too small.
    f.get(n).op("i32x4.trunc_sat_f32x4_s").tee(n).i32(1).op("i32x4.shr_s").set(x);
    f.get(p).get(x);
    powerOfTwo(f);
    f.op("f32x4.mul").get(n).get(x).op("i32x4.sub");
    powerOfTwo(f);
    f.op("f32x4.mul");
  });
}

export function expm1(f: FunctionBuilder): void {
  withLocals(f, 5, (given, x, n, p, half) => {
    f.tee(given);
    clamp(f, -40, HIGHEST);
    f.set(x);
    reduced(f, x, n, x);
    f.set(p);
    // Half of it first, as 2¹²⁸ is no float32; and not where that would lose the last bit of a tiny p.
    f.get(n).op("i32x4.trunc_sat_f32x4_s").i32x4(-1).op("i32x4.add");
    powerOfTwo(f);
    f.tee(half).get(p).op("f32x4.mul").get(half).f32x4(0.5).op("f32x4.sub").op("f32x4.add");
    f.f32x4(2).op("f32x4.mul").set(half);
    f.get(p).get(half).get(n).f32x4(0).op("f32x4.eq").op("v128.bitselect");
    f.get(given).i32x4(SIGN_BIT).op("v128.and").op("v128.or");
  });
}

/** With q = exp(2|x|) − 1 it is q / (q + 2), and the sign of x. */
export function tanh(f: FunctionBuilder): void {
  withLocals(f, 4, (given, x, n, q) => {
    // At 10 the result is 1 in float32; NaN passes.
    f.tee(given).op("f32x4.abs").f32x4(10).op("f32x4.pmin").tee(x).get(x).op("f32x4.add").set(x);
    reduced(f, x, n, x);
    f.get(n).op("i32x4.trunc_sat_f32x4_s");
    powerOfTwo(f);
    f.tee(x).op("f32x4.mul").get(x).f32x4(1).op("f32x4.sub").op("f32x4.add");
    f.tee(q).get(q).f32x4(2).op("f32x4.add").op("f32x4.div");
    f.get(given).i32x4(SIGN_BIT).op("v128.and").op("v128.or");
  });
}

/** With e = exp(−|x|) it is 1 / (1 + e), or e / (1 + e) for negative x. */
export function sigmoid(f: FunctionBuilder): void {
  withLocals(f, 2, (x, e) => {
    f.tee(x).op("f32x4.abs").op("f32x4.neg");
    exp(f);
    f.tee(e).f32x4(1).get(x).f32x4(0).op("f32x4.lt").op("v128.bitselect");
    f.get(e).f32x4(1).op("f32x4.add").op("f32x4.div");
  });
}
