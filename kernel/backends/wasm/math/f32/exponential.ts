/**
 * @file exp and its relatives for f32x4. With n the integer nearest to x / ln 2 and r = x − n ln 2 (reduction after
 * Cody and Waite), exp(x) − 1 is 2ⁿ (exp(r) − 1) + (2ⁿ − 1), where exp(r) − 1 is a polynomial. The polynomials are
 * those of test/kernel/accuracy/float32-coefficients.py.
 */
import type { FunctionBuilder } from "../../code/function.ts";
import { magnitude, orSignOf, polynomial, withLocals } from "../polynomial.ts";

/** ln 2 in two parts, the first of so few bits that its product with n is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444005469057e-4;

/** exp(r) for |r| ≤ ln 2 / 2. */
const EXP = [1.38189446e-3, 8.36870354e-3, 4.16682884e-2, 1.66665211e-1, 4.9999994e-1, 1, 1];
/** 2ʳ for |r| ≤ ½. */
const EXP2 = [1.5463306e-4, 1.33912021e-3, 9.61806159e-3, 5.55035919e-2, 2.40226507e-1, 6.93147182e-1, 1];
/** (exp(r) − 1 − r) / r² for |r| ≤ ln 2 / 2. */
const EXPM1 = [1.39397371e-3, 8.36657267e-3, 4.16664146e-2, 1.66665435e-1, 0.5];
/** (tanh(r) / r − 1) / r² in r², for |r| ≤ ⅜ ln 2. */
const TANH = [-5.11806011e-2, 1.33223355e-1, -3.33332092e-1];

/** The polynomial of −r. */
const mirrored = (coefficients: readonly number[]): number[] =>
  coefficients.map((coefficient, i) => ((coefficients.length - i) % 2 === 0 ? -coefficient : coefficient));

/** (exp(−r) − 1) / r. */
const EXPM1_OVER_R = mirrored(EXP.slice(0, -1)).map((coefficient) => -coefficient);
const EXPM1_MIRRORED = mirrored(EXPM1).map((coefficient) => -coefficient);

/** Where the bits of a power of two have its exponent, with 127 added. */
const EXPONENT = 23;
const BIAS = 127;

/** Added to a small float32 it leaves the nearest integer in the lowest bits. */
const ROUNDER = 1.5 * 2 ** EXPONENT;

/** From ROUNDER + bias + y, y on the stack, sets n to y rounded (a float32), and bits to an i32x4 that ends in n + bias. */
function rounded(f: FunctionBuilder, bias: number, bits: number, n: number): void {
  f.tee(bits)
    .f32x4(ROUNDER + bias)
    .op("f32x4.sub")
    .set(n);
}

/** Sets n to x · factor rounded (a float32), and bits to an i32x4 that ends in n + bias. */
function roundedProduct(f: FunctionBuilder, x: number, factor: number, bias: number, bits: number, n: number): void {
  f.madd(
    "f32x4",
    () => f.get(x).f32x4(factor),
    () => f.f32x4(ROUNDER + bias),
  );
  rounded(f, bias, bits, n);
}

/** Pushes x − n · c. */
function less(f: FunctionBuilder, x: () => void, n: number, c: number): void {
  f.nmadd("f32x4", () => f.get(n).f32x4(c), x);
}

/** Pushes x − n ln 2. */
function remainder(f: FunctionBuilder, x: number, n: number, sign = 1): void {
  less(f, () => less(f, () => f.get(x), n, sign * LN2_HIGH), n, sign * LN2_LOW);
}

/** Restricts x to where something happens; NaN stays. */
function clamp(f: FunctionBuilder, low: number, high: number): void {
  f.f32x4(high).op("f32x4.pmin").f32x4(low).op("f32x4.pmax");
}

/** Pushes the power of two whose exponent is in `bits`. */
function power(f: FunctionBuilder, bits: number): void {
  f.get(bits).i32(EXPONENT).op("i32x4.shl");
}

/**
 * Multiplies the number on the stack by 2ⁿ, where `bits` ends in n + 2 · BIAS. In two factors, since 2ⁿ alone may be
 * too large or too small.
 */
function scale(f: FunctionBuilder, bits: number, half: number): void {
  f.get(bits).i32(1).op("i32x4.shr_u").set(half);
  power(f, half);
  f.op("f32x4.mul").get(bits).get(half).op("i32x4.sub").i32(EXPONENT).op("i32x4.shl").op("f32x4.mul");
}

export function exp(f: FunctionBuilder): void {
  withLocals(f, 3, (x, n, bits) => {
    // Beyond these exp is 0 or ∞.
    clamp(f, -104, 89);
    f.set(x);
    roundedProduct(f, x, Math.LOG2E, 2 * BIAS, bits, n);
    remainder(f, x, n);
    f.set(x);
    polynomial(f, "f32x4", x, EXP);
    scale(f, bits, n);
  });
}

export function exp2(f: FunctionBuilder): void {
  withLocals(f, 3, (x, n, bits) => {
    clamp(f, -150, 128);
    f.tee(x)
      .f32x4(ROUNDER + 2 * BIAS)
      .op("f32x4.add");
    rounded(f, 2 * BIAS, bits, n);
    f.get(x).get(n).op("f32x4.sub").set(x);
    polynomial(f, "f32x4", x, EXP2);
    scale(f, bits, n);
  });
}

/**
 * With s = 2ⁿ⁻¹ half of the result is s r + (s − ½) + s p(r), which errs less than with the sum r + p(r) rounded. Half,
 * because 2¹²⁸ is no float32.
 */
export function expm1(f: FunctionBuilder): void {
  withLocals(f, 5, (given, x, n, s, square) => {
    f.tee(given);
    clamp(f, -18, 89);
    f.set(x);
    roundedProduct(f, x, Math.LOG2E, BIAS - 1, s, n);
    remainder(f, x, n);
    f.tee(x).get(x).op("f32x4.mul").set(square);
    power(f, s);
    f.set(s);
    polynomial(f, "f32x4", x, EXPM1);
    f.get(square).op("f32x4.mul");
    f.madd(
      "f32x4",
      () => f.get(s),
      () =>
        f.madd(
          "f32x4",
          () => f.get(s).get(x),
          () => f.get(s).f32x4(0.5).op("f32x4.sub"),
        ),
    );
    f.f32x4(2).op("f32x4.mul").set(x);
    // Half of a tiny number may have a bit too many, and −0 became 0.
    f.get(given)
      .get(x)
      .get(given)
      .op("f32x4.abs")
      .f32x4(2 ** -26)
      .op("f32x4.lt")
      .laneSelect();
  });
}

/**
 * By the addition theorem: for |x| = n ln 2 / 2 + r, q = tanh(r) and s = 2ⁿ / 2 it is t / (t + 1 − q) with t = (s + ½) q
 * + (s − ½), and the sign of x. What t errs counts little where t is large, and for n = 0 all is exact but q.
 */
export function tanh(f: FunctionBuilder): void {
  withLocals(f, 5, (given, x, n, s, square) => {
    // At 10 the result is 1 in float32; NaN passes.
    magnitude(f.tee(given)).f32x4(10).op("f32x4.pmin").set(x);
    // n is 2x / ln 2 rounded to halves, and then down: so r is from −⅛ ln 2 to ⅜ ln 2, and little cancels in t.
    const rounder = ROUNDER / 2 + BIAS - 1;
    f.madd(
      "f32x4",
      () => f.get(x).f32x4(2 * Math.LOG2E),
      () => f.f32x4(rounder),
    );
    f.i32x4(~1).op("v128.and").tee(s).f32x4(rounder).op("f32x4.sub").set(n);
    f.get(s)
      .i32(EXPONENT - 1)
      .op("i32x4.shl")
      .set(s);
    // ln 2 in one part: where the product's rounding shows, n is large and the result near 1.
    less(f, () => f.get(x), n, Math.LN2 / 2);
    f.tee(x).get(x).op("f32x4.mul").set(square);
    polynomial(f, "f32x4", square, TANH);
    f.get(square).op("f32x4.mul").set(square);
    f.madd(
      "f32x4",
      () => f.get(x).get(square),
      () => f.get(x),
    ).set(x);
    f.madd(
      "f32x4",
      () => f.get(s).f32x4(0.5).op("f32x4.add").get(x),
      () => f.get(s).f32x4(0.5).op("f32x4.sub"),
    );
    f.tee(s).get(s).f32x4(1).get(x).op("f32x4.sub").op("f32x4.add").op("f32x4.div");
    orSignOf(f, given);
  });
}

/** Bits of a mantissa, about 0.4. */
const PART_OF_ONE = Math.round(0.4 * 2 ** EXPONENT);

/**
 * 1 / (1 + exp(−x)). With exp(−x) = 2ᵃ⁺ᵇ (1 + w) it is c 2⁻ᵇ / (c 2⁻ᵇ + c 2ᵃ w + c 2ᵃ), which neither overflows nor
 * loses bits before the division. Any c will do: it is 1.4 where a + b is even and 1.9 where it is odd, since its bits
 * can then be had together with those of the powers, where a is half of a + b rounded down and −b half of −a − b rounded
 * down. With these two the divisor is not at the beginning of its binade where the result is at the end of its own, so
 * the divisor's rounding counts for less.
 */
export function sigmoid(f: FunctionBuilder): void {
  withLocals(f, 4, (x, n, up, down) => {
    // Beyond these it is 0 or 1.
    clamp(f, -104, 18);
    f.set(x);
    roundedProduct(f, x, -Math.LOG2E, 2 * BIAS, up, n);
    remainder(f, x, n, -1);
    f.set(x);
    f.get(up)
      .i32(EXPONENT - 1)
      .op("i32x4.shl")
      .i32x4(PART_OF_ONE)
      .op("i32x4.add")
      .set(up);
    f.i32x4(2 * ((BIAS << EXPONENT) + PART_OF_ONE))
      .get(up)
      .op("i32x4.sub")
      .set(down);
    polynomial(f, "f32x4", x, EXPM1_OVER_R);
    f.get(x).op("f32x4.mul").set(x);
    f.get(down);
    f.madd(
      "f32x4",
      () => f.get(up).get(x),
      () => f.get(down),
    );
    f.get(up).op("f32x4.add").op("f32x4.div");
  });
}

/** −ln(erfc(x)) / x − 1 for 0 ≤ x ≤ 3.95. */
const ERF = [
  -9.39125948e-6, 1.18860014e-4, -6.37314515e-4, 1.67558808e-3, -1.69464241e-4, -1.91478115e-2, 1.02776296e-1,
  6.36619568e-1, 1.28379166e-1,
];

/**
 * With x + x p(x) = −ln(erfc(x)) for x ≥ 0 it is 1 − exp(−x − x p), and the sign of x. The terms of the remainder, r =
 * (x + n ln 2) + x p, are added one by one at the end, the small ones first: r rounded errs too much.
 */
export function erf(f: FunctionBuilder): void {
  withLocals(f, 6, (given, x, n, s, p, r) => {
    // Beyond 3.95 the result is 1 in float32; NaN passes.
    magnitude(f.tee(given)).f32x4(3.95).op("f32x4.pmin").set(x);
    polynomial(f, "f32x4", x, ERF);
    f.set(p);
    const withPart = (rest: () => void): FunctionBuilder => f.madd("f32x4", () => f.get(p).get(x), rest);
    withPart(() => f.get(x)).set(r);
    roundedProduct(f, r, -Math.LOG2E, BIAS, s, n);
    // ln 2 in one part, as for tanh.
    less(f, () => f.get(x), n, -Math.LN2);
    f.set(n);
    withPart(() => f.get(n)).set(r);
    power(f, s);
    f.set(s);
    // 1 − exp(−r), without r itself.
    polynomial(f, "f32x4", r, EXPM1_MIRRORED);
    f.get(r).get(r).op("f32x4.mul").op("f32x4.mul").set(r);
    withPart(() => f.get(r));
    f.get(n).op("f32x4.add").set(r);
    f.madd(
      "f32x4",
      () => f.get(s).get(r),
      () => f.f32x4(1).get(s).op("f32x4.sub"),
    );
    orSignOf(f, given);
  });
}
