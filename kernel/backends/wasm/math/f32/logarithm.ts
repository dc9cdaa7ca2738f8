/**
 * @file Logarithms for f32x4. A number is 2ᵉ (1 + m) with 1 + m between √½ and √2, and log(1 + m) a polynomial. The
 * polynomials are those of test/kernel/accuracy/float32-coefficients.py.
 */
import type { FunctionBuilder } from "../../code/function.ts";
import { polynomial, withLocals } from "../polynomial.ts";

/** ln 2 in two parts, the first of so few bits that its product with e is exact. */
const LN2_HIGH = 0.693145751953125;
const LN2_LOW = 1.4286068203094173e-6;
/** (log(1 + m) − m) / m². */
const LOG = [
  8.98862183e-2, -1.44296214e-1, 1.48812696e-1, -1.65511593e-1, 1.99636877e-1, -2.50026286e-1, 3.33339274e-1,
  -4.99999821e-1,
];
/** log₂(1 + m) / m − 1. */
const LOG2 = [
  -1.20240629e-1, 1.88921466e-1, -1.87719122e-1, 2.03804851e-1, -2.39972815e-1, 2.88637072e-1, -3.60682368e-1,
  4.80896235e-1, -7.21347511e-1, 4.42695051e-1,
];

/** The bits of √½, 1 and the smallest normal number. */
const ROOT_HALF = 0x3f3504f3;
const ONE = 0x3f800000;
const SMALLEST_NORMAL = 0x00800000;
const MANTISSA = 0x007fffff;
const MANTISSA_BITS = 23;

/** Runs `rare` if a lane of x is not between the smallest normal number and 2^limit, else `usual`. */
function ifUnusual(f: FunctionBuilder, x: number, limit: number, rare: () => void, usual: () => void): void {
  // As integers, with the interval moved to begin at the least integer.
  const start = -(2 ** 31) - SMALLEST_NORMAL;
  const end = ONE + (limit << MANTISSA_BITS) + start;
  f.get(x)
    .i32x4(start | 0)
    .op("i32x4.add");
  f.i32x4(end - 1)
    .op("i32x4.gt_s")
    .op("v128.any_true")
    .if(rare, usual);
}

/** Pushes which lanes of x are above `low` and below ∞. */
function between(f: FunctionBuilder, x: number, low: number): void {
  f.get(x).f32x4(low).op("f32x4.gt").get(x).f32x4(Number.POSITIVE_INFINITY).op("f32x4.lt").op("v128.and");
}

/** Pushes the result where it is no number of the usual kind: −∞ for x = pole, ∞ for ∞, else NaN; or those negated. */
function special(f: FunctionBuilder, x: number, pole: number, sign: 1 | -1): void {
  const infinity = sign * Number.POSITIVE_INFINITY;
  f.f32x4(-infinity).f32x4(infinity).f32x4(Number.NaN);
  f.get(x).f32x4(Number.POSITIVE_INFINITY).op("f32x4.eq").laneSelect();
  f.get(x).f32x4(pole).op("f32x4.eq").laneSelect();
}

/** Pushes bits − those of √½ for the bits on the stack: counted from there the exponent makes 1 + m lie about 1. */
const fromRootHalf = (f: FunctionBuilder): FunctionBuilder => f.i32x4(ROOT_HALF).op("i32x4.sub");

/** Sets e, a float32, and m from the bits on the stack; `shift`, an i32x4 local, is taken from the exponent. */
function split(f: FunctionBuilder, e: number, m: number, shift?: number): void {
  fromRootHalf(f).tee(e).i32x4(MANTISSA).op("v128.and").i32x4(ROOT_HALF).op("i32x4.add");
  f.f32x4(1).op("f32x4.sub").set(m);
  f.get(e).i32(MANTISSA_BITS).op("i32x4.shr_s");
  if (shift !== undefined) f.get(shift).op("i32x4.sub");
  f.op("f32x4.convert_i32x4_s").set(e);
}

/** Sets e and m from x. Where the result is no number of the usual kind, m is 0 and e the result. */
function splitAny(f: FunctionBuilder, x: number, e: number, m: number): void {
  const usual = () => {
    f.get(x);
    split(f, e, m);
  };
  const rare = () =>
    withLocals(f, 2, (shift, ordinary) => {
      between(f, x, 0);
      f.set(ordinary);
      // Numbers without a leading bit get one first: times 2^23.
      f.get(x)
        .f32x4(2 ** -126)
        .op("f32x4.lt")
        .i32x4(MANTISSA_BITS)
        .op("v128.and")
        .tee(shift);
      f.i32(MANTISSA_BITS).op("i32x4.shl").i32x4(ONE).op("i32x4.add").get(x).op("f32x4.mul");
      f.f32x4(1).get(ordinary).laneSelect();
      split(f, e, m, shift);
      f.get(e);
      special(f, x, 0, 1);
      f.get(ordinary).laneSelect().set(e);
    });
  ifUnusual(f, x, 128, rare, usual);
}

/** Pushes log(1 + m) + e ln 2, or − e ln 2; m may be −0. y is for use between. */
function assemble(f: FunctionBuilder, m: number, sign: "madd" | "nmadd", e: number, y: number): void {
  polynomial(f, "f32x4", m, LOG);
  f.get(m).op("f32x4.mul").set(y);
  f[sign](
    "f32x4",
    () => f.get(e).f32x4(LN2_LOW),
    () => f.get(y).get(m).op("f32x4.mul"),
  );
  f.get(m).op("f32x4.add").set(y);
  f[sign](
    "f32x4",
    () => f.get(e).f32x4(LN2_HIGH),
    () => f.get(y),
  );
}

export function log(f: FunctionBuilder): void {
  withLocals(f, 3, (x, e, m) => {
    f.set(x);
    splitAny(f, x, e, m);
    assemble(f, m, "madd", e, x);
  });
}

/** Above this 1 + x is x. */
const LARGE = 2 ** 100;
const LARGE_SHIFT = 64;

/**
 * log(u) for u = 1 + x, with m = 2⁻ᵉ x + (2⁻ᵉ − 1), so that the rounding of u loses nothing. With the negative of e the
 * sign of a zero is kept.
 */
export function log1p(f: FunctionBuilder): void {
  withLocals(f, 4, (x, u, e, m) => {
    f.tee(x).f32x4(1).op("f32x4.add").set(u);
    // Sets e to −e as a float32, and m; by way of 2⁻ᵉ, whose bits are e's for a while.
    const splitSum = () => {
      f.get(u);
      fromRootHalf(f);
      f.i32x4(~MANTISSA).op("v128.and").set(e);
      f.i32x4(ONE).get(e).op("i32x4.sub").set(e);
      f.madd(
        "f32x4",
        () => f.get(x).get(e),
        // s − 1, and −0 where that is 0.
        () => f.f32x4(1).get(e).op("f32x4.sub").f32x4(-0).op("v128.xor"),
      ).set(m);
      f.get(e).i32(MANTISSA_BITS).op("i32x4.shr_s").op("f32x4.convert_i32x4_s");
      f.f32x4(ONE >> MANTISSA_BITS)
        .op("f32x4.sub")
        .set(e);
    };
    const rare = () =>
      withLocals(f, 3, (given, ordinary, shift) => {
        f.get(x).set(given);
        between(f, x, -1);
        f.set(ordinary);
        f.get(x).f32x4(LARGE).op("f32x4.gt").set(shift);
        f.get(x)
          .f32x4(2 ** -LARGE_SHIFT)
          .op("f32x4.mul")
          .get(x)
          .get(shift)
          .laneSelect();
        f.get(ordinary).op("v128.and").set(x);
        f.get(x).get(u).get(shift).laneSelect().f32x4(1).get(ordinary).laneSelect().set(u);
        splitSum();
        f.get(e).f32x4(LARGE_SHIFT).get(shift).op("v128.and").op("f32x4.sub");
        special(f, given, -1, -1);
        f.get(ordinary).laneSelect().set(e);
      });
    ifUnusual(f, u, 126, rare, splitSum);
    assemble(f, m, "nmadd", e, u);
  });
}

export function log2(f: FunctionBuilder): void {
  withLocals(f, 3, (x, e, m) => {
    f.set(x);
    splitAny(f, x, e, m);
    polynomial(f, "f32x4", m, LOG2);
    f.madd(
      "f32x4",
      () => f.get(m),
      () => f.get(m),
    );
    f.get(e).op("f32x4.add");
  });
}
