/** @file pow and cbrt for f32x4, by logarithm and exponential in float64. */
import { binaryFunctions } from "../../../../loops/scalar.ts";
import type { Callable, FunctionBuilder } from "../../function.ts";
import type { ModuleBuilder } from "../../module.ts";
import { orSignOf, SIGN_BIT, withLocals } from "../polynomial.ts";
import { exp2Double, inDoubles, log2Double } from "./doubles.ts";

/** JavaScript's function on each pair of lanes. */
function laneByLane(module: ModuleBuilder): Callable {
  return module.shared("pow:f32x4 of special", ["v128", "v128"], ["v128"], (f) => {
    const exact = module.sharedImport("pow:f64", ["f64", "f64"], ["f64"], binaryFunctions.pow);
    for (let lane = 0; lane < 4; lane++) {
      for (const operand of [0, 1]) f.get(operand).lane("f32x4.extract_lane", lane).op("f64.promote_f32");
      f.call(exact).op("f32.demote_f64");
      if (lane === 0) f.op("f32x4.splat");
      else f.lane("f32x4.replace_lane", lane);
    }
  });
}

/** Beyond these 2^z is 0 or ∞ in float32, and still a positive number in float64. */
const BOUND = 300;

/** 2^(y log₂|x|), and for negative x the sign of (−1)^y. JavaScript's function where x is 0 or x or y not finite. */
export function pow(f: FunctionBuilder, module: ModuleBuilder): void {
  withLocals(f, 5, (x, y, size, result, special) => {
    f.set(y).tee(x).op("f32x4.abs").set(size);
    inDoubles(f, [size, y], (base, exponent) => {
      log2Double(f, base);
      f.get(exponent).op("f64x2.mul").f64x2(BOUND).op("f64x2.pmin").f64x2(-BOUND).op("f64x2.pmax").set(base);
      exp2Double(f, base);
    });
    f.set(result);
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.any_true");
    f.if(() => signOfPower(f, x, y, result));
    f.get(size).f32x4(0).op("f32x4.gt");
    for (const operand of [size, y]) {
      f.get(operand).op("f32x4.abs").f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and");
    }
    f.op("v128.not").tee(special).op("v128.any_true");
    f.if(() => f.get(x).get(y).call(laneByLane(module)).get(result).get(special).op("v128.bitselect").set(result));
    f.get(result);
  });
}

/** Where x is negative: changes the sign of the result if y is odd, and makes it NaN if y is no integer. */
function signOfPower(f: FunctionBuilder, x: number, y: number, result: number): void {
  withLocals(f, 1, (half) => {
    // An integer is odd if its half is none.
    f.get(y).f32x4(0.5).op("f32x4.mul").tee(half).get(half).op("f32x4.trunc").op("f32x4.ne");
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.and").get(result).op("v128.xor");
    f.f32x4(Number.NaN);
    f.get(y).get(y).op("f32x4.trunc").op("f32x4.eq").get(x).f32x4(0).op("f32x4.lt").op("v128.not").op("v128.or");
    f.op("v128.bitselect").set(result);
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
    f.op("v128.bitselect");
    orSignOf(f, x);
  });
}
