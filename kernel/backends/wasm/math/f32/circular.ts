/**
 * @file sin and cos for f32x4. The remainder of x by π/2 is taken in float64, so it is right near the zeros too; the
 * polynomials are those of Cephes (S. Moshier), sinf and cosf.
 */
import { unaryFunctions } from "../../../../loops/scalar.ts";
import type { FunctionBuilder } from "../../function.ts";
import type { ModuleBuilder } from "../../module.ts";
import { horner, SIGN_BIT, withLocals } from "../polynomial.ts";

/** π/2 in two parts, the first of 33 bits: its product with the number of quarter turns below is exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;
/** Above this JavaScript's function is called. */
const LARGE = 2 ** 20;

const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** `shift` quarter turns are added: none for sin, one for cos. */
function circular(f: FunctionBuilder, module: ModuleBuilder, fn: "sin" | "cos", shift: number): void {
  withLocals(f, 7, (x, high, turns, moreTurns, r, square, result) => {
    f.set(x);
    const reduce = (half: number, quarter: number) => {
      f.get(half)
        .f64x2(2 / Math.PI)
        .op("f64x2.mul")
        .op("f64x2.nearest")
        .set(quarter);
      f.get(half).get(quarter).f64x2(HALF_PI_HIGH).op("f64x2.mul").op("f64x2.sub");
      f.get(quarter).f64x2(HALF_PI_LOW).op("f64x2.mul").op("f64x2.sub").op("f32x4.demote_f64x2_zero");
    };
    f.get(x).op("f64x2.promote_low_f32x4").set(r);
    f.get(x).get(x).shuffle(HIGH_HALF).op("f64x2.promote_low_f32x4").set(high);
    reduce(r, turns);
    reduce(high, moreTurns);
    f.shuffle(LOW_HALVES).set(r);
    f.get(turns).op("i32x4.trunc_sat_f64x2_s_zero").get(moreTurns).op("i32x4.trunc_sat_f64x2_s_zero");
    f.shuffle(LOW_HALVES);
    if (shift !== 0) f.i32x4(shift).op("i32x4.add");
    f.set(turns);

    f.get(r).get(r).op("f32x4.mul").set(square);
    // cos r, for odd numbers of quarter turns
    horner(f, "f32x4", square, COS);
    f.get(square).op("f32x4.mul").get(square).op("f32x4.mul");
    f.get(square).f32x4(0.5).op("f32x4.mul").op("f32x4.sub").f32x4(1).op("f32x4.add");
    // sin r
    horner(f, "f32x4", square, SIN);
    f.get(square).op("f32x4.mul").get(r).op("f32x4.mul").get(r).op("f32x4.add");
    f.get(turns).i32(31).op("i32x4.shl").i32(31).op("i32x4.shr_s").op("v128.bitselect");
    f.get(turns).i32(30).op("i32x4.shl").i32x4(SIGN_BIT).op("v128.and").op("v128.xor").set(result);
    if (fn === "sin") {
      // The remainder of −0 is +0.
      f.get(x).get(result).get(x).f32x4(0).op("f32x4.eq").op("v128.bitselect").set(result);
    }

    f.get(x).op("f32x4.abs").f32x4(LARGE).op("f32x4.gt").tee(high).op("v128.any_true");
    f.if(() => {
      const exact = module.sharedImport(`${fn}:f64`, ["f64"], ["f64"], unaryFunctions[fn]);
      for (let lane = 0; lane < 4; lane++) {
        f.get(x).lane("f32x4.extract_lane", lane).op("f64.promote_f32").call(exact).op("f32.demote_f64");
        if (lane === 0) f.op("f32x4.splat");
        else f.lane("f32x4.replace_lane", lane);
      }
      f.get(result).get(high).op("v128.bitselect").set(result);
    });
    f.get(result);
  });
}

export const sin = (f: FunctionBuilder, module: ModuleBuilder): void => circular(f, module, "sin", 0);
export const cos = (f: FunctionBuilder, module: ModuleBuilder): void => circular(f, module, "cos", 1);
