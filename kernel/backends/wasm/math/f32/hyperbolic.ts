/** @file sinh, cosh and their inverses for f32x4, computed in float64. */
import type { FunctionBuilder } from "../../code/function.ts";
import { orSignOf, withLocals } from "../polynomial.ts";
import { expm1Double, inDoubles, log1pDouble } from "./doubles.ts";

/** Beyond this the results are ∞ in float32, and still numbers in float64. */
const LARGE = 100;

/** Pushes |x|, at most LARGE; NaN stays. */
function bounded(f: FunctionBuilder): void {
  f.op("f32x4.abs").f32x4(LARGE).op("f32x4.pmin");
}

/** With q = exp(|x|) − 1 it is (q + q / (q + 1)) / 2, and the sign of x. */
export function sinh(f: FunctionBuilder): void {
  withLocals(f, 2, (x, size) => {
    f.tee(x);
    bounded(f);
    f.set(size);
    inDoubles(f, [size], (a) => {
      expm1Double(f, a);
      f.tee(a).get(a).get(a).f64x2(1).op("f64x2.add").op("f64x2.div").op("f64x2.add").f64x2(0.5).op("f64x2.mul");
    });
    orSignOf(f, x);
  });
}

export function cosh(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    bounded(f);
    f.set(x);
    inDoubles(f, [x], (a) => {
      expm1Double(f, a);
      f.f64x2(1).op("f64x2.add").tee(a);
      f.f64x2(1).get(a).op("f64x2.div").op("f64x2.add").f64x2(0.5).op("f64x2.mul");
    });
  });
}

/** Replaces the f32x4 on the stack by ∞ where x is that. */
function keepInfinity(f: FunctionBuilder, x: number): void {
  withLocals(f, 1, (result) => {
    f.set(result).get(x).get(result).get(x).f32x4(Number.POSITIVE_INFINITY).op("f32x4.eq").laneSelect();
  });
}

/** log(1 + a + a² / (1 + √(1 + a²))) for a = |x|, and the sign of x. */
export function asinh(f: FunctionBuilder): void {
  withLocals(f, 2, (x, size) => {
    f.tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size], (a) =>
      withLocals(f, 1, (square) => {
        f.get(a).get(a).op("f64x2.mul").set(square);
        f.get(square).get(square).f64x2(1).op("f64x2.add").op("f64x2.sqrt").f64x2(1).op("f64x2.add").op("f64x2.div");
        f.get(a).op("f64x2.add").set(a);
        log1pDouble(f, a);
      }),
    );
    keepInfinity(f, size);
    orSignOf(f, x);
  });
}

/** log(1 + t + √(t (t + 2))) for t = x − 1; NaN below. */
export function acosh(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    f.set(x);
    inDoubles(f, [x], (t) => {
      f.get(t).f64x2(1).op("f64x2.sub").tee(t).get(t).f64x2(2).op("f64x2.add").op("f64x2.mul").op("f64x2.sqrt");
      f.get(t).op("f64x2.add").set(t);
      log1pDouble(f, t);
    });
    keepInfinity(f, x);
    f.f32x4(Number.NaN).get(x).f32x4(1).op("f32x4.ge").laneSelect();
  });
}

/** log(1 + 2 a / (1 − a)) / 2 for a = |x|, and the sign of x; ∞ at 1, NaN above. */
export function atanh(f: FunctionBuilder): void {
  withLocals(f, 2, (x, size) => {
    f.tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size], (a) => {
      f.get(a).get(a).op("f64x2.add").f64x2(1).get(a).op("f64x2.sub").op("f64x2.div").set(a);
      log1pDouble(f, a);
      f.f64x2(0.5).op("f64x2.mul");
    });
    f.f32x4(Number.POSITIVE_INFINITY).f32x4(Number.NaN).get(size).f32x4(1).op("f32x4.eq").laneSelect();
    f.get(size).f32x4(1).op("f32x4.lt").laneSelect();
    orSignOf(f, x);
  });
}
