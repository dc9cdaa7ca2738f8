/** @file erfc and ndtr for f32x4, computed in float64. */
import type { FunctionBuilder } from "../../code/function.ts";
import { polynomial, withLocals } from "../polynomial.ts";
import { exp2Double, inDoubles } from "./doubles.ts";

/**
 * (1 + 2a) exp(a²) erfc(a) in t = (a − K) / (a + K), for a from 0 to 10.2: the transformation of M. M. Shepherd and
 * J. G. Laframboise, Chebyshev approximation of (1 + 2x) exp(x²) erfc x, Mathematics of Computation 36 (1981).
 */
const ERFC = [
  -2.6718876101177168e-4, -7.751407916421523e-4, 2.0033421122666643e-3, 2.566573762272493e-3, -0.023798528918449486,
  0.06829574780755333, -0.11927079775281903, 0.12964643386834596, -0.047562409467149465, -0.135621140148109,
  1.2530080592108714,
];
const K = 3;
/** Beyond this erfc is 0 in float32. */
const LARGE = 10.2;

/** Pushes erfc(x) for an f64x2 local. */
function erfcDouble(f: FunctionBuilder, x: number): void {
  withLocals(f, 3, (a, t, result) => {
    f.get(x).op("f64x2.abs").f64x2(LARGE).op("f64x2.pmin").set(a);
    f.get(a).f64x2(K).op("f64x2.sub").get(a).f64x2(K).op("f64x2.add").op("f64x2.div").set(t);
    polynomial(f, "f64x2", t, ERFC);
    f.get(a).get(a).op("f64x2.add").f64x2(1).op("f64x2.add").op("f64x2.div");
    f.get(a).get(a).op("f64x2.mul").f64x2(-Math.LOG2E).op("f64x2.mul").set(t);
    exp2Double(f, t);
    f.op("f64x2.mul").set(result);
    f.f64x2(2).get(result).op("f64x2.sub").get(result).get(x).f64x2(0).op("f64x2.lt").laneSelect();
  });
}

export function erfc(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    f.set(x);
    inDoubles(f, [x], (half) => erfcDouble(f, half));
  });
}

/** The normal distribution function: erfc(−x / √2) / 2. */
export function ndtr(f: FunctionBuilder): void {
  withLocals(f, 1, (x) => {
    f.set(x);
    inDoubles(f, [x], (half) => {
      f.get(half).f64x2(-Math.SQRT1_2).op("f64x2.mul").set(half);
      erfcDouble(f, half);
      f.f64x2(0.5).op("f64x2.mul");
    });
  });
}
