/**
 * @file log and log1p for f32x4. A number is m · 2ᵉ with m between √½ and √2, and log m a polynomial in m − 1. The
 * constants are those of Cephes (S. Moshier), logf.
 */
import type { FunctionBuilder } from "../../function.ts";
import { horner, withLocals } from "../polynomial.ts";

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const SMALLEST_NORMAL = 2 ** -126;
/** The bits of √½. */
const ROOT_HALF = 0x3f3504f3;

/** Replaces the vector on the stack, which `x` holds too, by its logarithm. */
function logOf(f: FunctionBuilder, x: number): void {
  withLocals(f, 5, (e, m, square, tiny, normal) => {
    // Numbers without a leading bit get one first.
    f.tee(normal).f32x4(SMALLEST_NORMAL).op("f32x4.lt").set(tiny);
    f.get(x)
      .f32x4(2 ** 23)
      .op("f32x4.mul")
      .get(x)
      .get(tiny)
      .op("v128.bitselect")
      .tee(normal);
    // Counting the exponent from √½ makes m lie about 1.
    f.i32x4(ROOT_HALF).op("i32x4.sub").tee(e).i32x4(0x007fffff).op("v128.and").i32x4(ROOT_HALF).op("i32x4.add");
    f.f32x4(1).op("f32x4.sub").set(m);
    f.get(e).i32(23).op("i32x4.shr_s").get(tiny).i32x4(23).op("v128.and").op("i32x4.sub");
    f.op("f32x4.convert_i32x4_s").set(e);
    f.get(m).get(m).op("f32x4.mul").set(square);
    horner(f, "f32x4", m, LOG);
    f.get(m).op("f32x4.mul").get(square).op("f32x4.mul");
    f.get(e).f32x4(LN2_LOW).op("f32x4.mul").op("f32x4.add");
    f.get(square).f32x4(0.5).op("f32x4.mul").op("f32x4.sub");
    f.get(m).op("f32x4.add");
    f.get(e).f32x4(LN2_HIGH).op("f32x4.mul").op("f32x4.add").set(m);
    // Neither 0 nor ∞ has a logarithm of this kind; below 0 and for NaN there is none.
    f.f32x4(Number.NEGATIVE_INFINITY).get(m).get(x).f32x4(0).op("f32x4.eq").op("v128.bitselect").set(m);
    f.get(x).get(m).get(x).f32x4(Number.POSITIVE_INFINITY).op("f32x4.eq").op("v128.bitselect").set(m);
    f.get(m).f32x4(Number.NaN).get(x).f32x4(0).op("f32x4.ge").op("v128.bitselect");
  });
}

export function log(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    f.tee(x);
    logOf(f, x);
  });
}

/** log(u) for u = 1 + x, and a correction for what the rounding of u lost. */
export function log1p(f: FunctionBuilder): void {
  withLocals(f, 3, (x, u, y) => {
    f.tee(x).f32x4(1).op("f32x4.add").tee(u);
    logOf(f, u);
    f.set(y);
    f.get(y).get(x).get(u).f32x4(1).op("f32x4.sub").op("f32x4.sub").get(u).op("f32x4.div").op("f32x4.add");
    // No correction where u is 0 or ∞; and x itself where u is 1.
    f.get(y).get(u).f32x4(0).op("f32x4.gt").get(u).f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and");
    f.op("v128.bitselect").set(y);
    f.get(x).get(y).get(u).f32x4(1).op("f32x4.eq").op("v128.bitselect");
  });
}
