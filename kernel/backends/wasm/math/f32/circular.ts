/**
 * @file sin, cos and tan for f32x4. The remainder of x by π or π/2 is taken in float64, so it is right near the zeros
 * too. The polynomials are those of test/kernel/accuracy/float32-coefficients.py.
 */
import { unaryFunctions } from "../../../../loops/scalar.ts";
import type { Callable, FunctionBuilder } from "../../code/function.ts";
import type { ModuleBuilder } from "../../code/module.ts";
import { SIGN_BIT, withLocals } from "../polynomial.ts";
import { inDoubles, oddPolynomial } from "./doubles.ts";

/** π in two parts, the first of 33 bits: its product with the number of turns below is exact. */
const PI_HIGH = 3.1415926534682512;
const PI_LOW = 1.215420101304152e-10;
/** Above this JavaScript's function is called: the number of turns, found in float32, would err too much. */
const LARGE = 2 ** 16;

/** Added to a small float32 it leaves the nearest integer in the lowest bits. */
const ROUNDER = 1.5 * 2 ** 23;

/** (sin(r) / r − 1) / r² in r², for |r| a little above π/2. */
const SIN = [2.603872036073923e-6, -1.9808781860797256e-4, 8.333055701842094e-3, -0.1666665917022227];
/** (tan(r) / r − 1) / r² in r², for |r| a little above π/4. */
const TAN = [
  4.516844014684061e-3, -1.912156310924185e-4, 0.011053639622050351, 0.02119968891087038, 0.05407556765617713,
  0.13332528361697127, 0.33333353576185965,
];

type Circular = "sin" | "cos" | "tan";

/** JavaScript's function on each lane. */
function laneByLane(module: ModuleBuilder, fn: Circular): Callable {
  return module.shared(`${fn}:f32x4 of large`, ["v128"], ["v128"], (f) => {
    const exact = module.sharedImport(`${fn}:f64`, ["f64"], ["f64"], unaryFunctions[fn]);
    for (let lane = 0; lane < 4; lane++) {
      f.get(0).lane("f32x4.extract_lane", lane).op("f64.promote_f32").call(exact).op("f32.demote_f64");
      if (lane === 0) f.op("f32x4.splat");
      else f.lane("f32x4.replace_lane", lane);
    }
  });
}

/** Replaces the lanes of the f32x4 on the stack where |x| is large. */
function correctLarge(f: FunctionBuilder, module: ModuleBuilder, fn: Circular, x: number): void {
  withLocals(f, 2, (result, large) => {
    f.set(result).get(x).op("f32x4.abs").f32x4(LARGE).op("f32x4.gt").tee(large).op("v128.any_true");
    f.if(() => f.get(x).call(laneByLane(module, fn)).get(result).get(large).laneSelect().set(result));
    f.get(result);
  });
}

/** Pushes, in float64, x − n · π · unit. */
function remainder(f: FunctionBuilder, x: number, n: number, unit: number): void {
  f.nmadd(
    "f64x2",
    () => f.get(n).f64x2(PI_LOW * unit),
    () =>
      f.nmadd(
        "f64x2",
        () => f.get(n).f64x2(PI_HIGH * unit),
        () => f.get(x),
      ),
  );
}

/** Sets turns to what is on the stack + ROUNDER, and n to the integer that is in its lowest bits. */
function roundTurns(f: FunctionBuilder, turns: number, n: number): void {
  f.tee(turns).f32x4(ROUNDER).op("f32x4.sub").set(n);
}

/** Pushes the sine of x − n π, with the sign changed where the integer in `turns` is odd. */
function sineOfRemainder(f: FunctionBuilder, x: number, n: number, turns: number): void {
  inDoubles(f, [x, n], (r, count) => {
    remainder(f, r, count, 1);
    f.tee(r).get(r).op("f64x2.mul").set(count);
    oddPolynomial(f, r, count, SIN);
  });
  f.get(turns).i32(31).op("i32x4.shl").op("v128.xor");
}

/** From the remainder by π of |x|, since that of −0 would be 0. */
export function sin(f: FunctionBuilder, module: ModuleBuilder): void {
  withLocals(f, 4, (x, size, turns, n) => {
    f.tee(x).op("f32x4.abs").set(size);
    f.madd(
      "f32x4",
      () => f.get(size).f32x4(1 / Math.PI),
      () => f.f32x4(ROUNDER),
    );
    roundTurns(f, turns, n);
    sineOfRemainder(f, size, n, turns);
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.xor");
    correctLarge(f, module, "sin", x);
  });
}

/** The sine of x + π/2, with the remainder taken by odd multiples of π/2. */
export function cos(f: FunctionBuilder, module: ModuleBuilder): void {
  withLocals(f, 3, (x, turns, n) => {
    f.set(x);
    f.madd(
      "f32x4",
      () => f.get(x).f32x4(1 / Math.PI),
      () => f.f32x4(0.5),
    );
    f.f32x4(ROUNDER).op("f32x4.add");
    roundTurns(f, turns, n);
    f.get(n).f32x4(0.5).op("f32x4.sub").set(n);
    sineOfRemainder(f, x, n, turns);
    correctLarge(f, module, "cos", x);
  });
}

/** tan(r), or −1 / tan(r) for odd numbers of quarter turns; in float64, since tan and quotient would both err. */
export function tan(f: FunctionBuilder, module: ModuleBuilder): void {
  withLocals(f, 3, (x, size, n) => {
    f.tee(x).op("f32x4.abs").set(size);
    f.madd(
      "f32x4",
      () => f.get(size).f32x4(2 / Math.PI),
      () => f.f32x4(ROUNDER),
    );
    f.f32x4(ROUNDER).op("f32x4.sub").set(n);
    inDoubles(f, [size, n], (r, count) =>
      withLocals(f, 2, (square, odd) => {
        remainder(f, r, count, 0.5);
        f.tee(r).get(r).op("f64x2.mul").set(square);
        f.get(count).f64x2(0.5).op("f64x2.mul").tee(count).get(count).op("f64x2.nearest").op("f64x2.ne").set(odd);
        oddPolynomial(f, r, square, TAN);
        f.set(r);
        f.f64x2(-1).get(r).get(odd).laneSelect();
        f.get(r).f64x2(1).get(odd).laneSelect().op("f64x2.div");
      }),
    );
    f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.xor");
    correctLarge(f, module, "tan", x);
  });
}
