/** @file exp, tanh and sin of four float32 at once, as short as they can be at about float32's own precision. */
import { f32x4, i32x4, v128 } from "./assembler.js";

/** @typedef {import("./assembler.js").Code} Code @typedef {import("./assembler.js").Local} Local */

/** a·b + c, in one instruction where `fused`. */
export const multiplyAdd = (/** @type {boolean} */ fused) =>
  fused
    ? f32x4.madd
    : (/** @type {Code} */ a, /** @type {Code} */ b, /** @type {Code} */ c) => f32x4.add(f32x4.mul(a, b), c);

/** Horner's rule, highest power first. @param {boolean} fused @param {Code} x @param {readonly number[]} coefficients */
const polynomial = (fused, x, [first, ...rest]) =>
  rest.reduce((sum, c) => multiplyAdd(fused)(sum, x, f32x4.const(c)), f32x4.const(first));

/**
 * Odd powers over even powers: the rational function that Eigen uses (Eigen/src/Core/MathFunctionsImpl.h), good to 5 ulp.
 */
const TANH_CLAMP = 7.905311107635498;
const TANH_ODD = [
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
  6.37261928875436e-4, 4.89352455891786e-3,
];
const TANH_EVEN = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3];

/**
 * tanh of `value`, by way of the locals x and square.
 * @param {Code} value @param {{ x: Local, square: Local, fused: boolean }} by
 */
export const tanh = (value, { x, square, fused }) => [
  ...x.set(f32x4.pmax(f32x4.const(-TANH_CLAMP), f32x4.pmin(f32x4.const(TANH_CLAMP), value))),
  ...square.set(f32x4.mul(x, x)),
  ...f32x4.div(f32x4.mul(polynomial(fused, square, TANH_ODD), x), polynomial(fused, square, TANH_EVEN)),
];

/** ln 2 in two parts and the polynomial of exp(r) = 1 + r + r²·p(r): Cephes (S. Moshier), expf. */
const LN2 = [0.693359375, -2.1219444e-4];
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];

/**
 * exp of `value` where it is a normal float32; by way of the locals x (what is left of it) and n (the power of two).
 * @param {Code} value @param {{ x: Local, n: Local, fused: boolean }} by
 */
export function exp(value, { x, n, fused }) {
  const madd = multiplyAdd(fused);
  return [
    ...x.set(f32x4.pmin(f32x4.const(88), f32x4.pmax(f32x4.const(-87), value))),
    ...n.set(f32x4.nearest(f32x4.mul(x, f32x4.const(Math.LOG2E)))),
    ...x.set(madd(n, f32x4.const(-LN2[0]), x)),
    ...x.set(madd(n, f32x4.const(-LN2[1]), x)),
    ...f32x4.mul(
      f32x4.add(madd(f32x4.mul(polynomial(fused, x, EXP), x), x, x), f32x4.const(1)),
      i32x4.shiftLeft(i32x4.add(i32x4.ofF32x4(n), i32x4.splat(127)), 23),
    ),
  ];
}

/** π in two parts, the first of so few bits that small multiples are exact; the series of sin, economised a little. */
const PI = [3.140625, 9.67653589793e-4];
const SIN = [2.6083159809786594e-6, -1.9810690719168633e-4, 8.33307858556509e-3, -1.6666659712791443e-1];

/**
 * sin of `value` below a few thousand, with the coefficients of SLEEF (N. Shibata), sinf_u35; by way of the locals x, n and
 * square.
 * @param {Code} value @param {{ x: Local, n: Local, square: Local, fused: boolean }} by
 */
export function sin(value, { x, n, square, fused }) {
  const madd = multiplyAdd(fused);
  return [
    ...x.set(value),
    ...n.set(f32x4.nearest(f32x4.mul(x, f32x4.const(1 / Math.PI)))),
    ...x.set(madd(n, f32x4.const(-PI[0]), x)),
    ...x.set(madd(n, f32x4.const(-PI[1]), x)),
    ...square.set(f32x4.mul(x, x)),
    // An odd multiple of π turns the sign.
    ...v128.xor(madd(f32x4.mul(polynomial(fused, square, SIN), square), x, x), i32x4.shiftLeft(i32x4.ofF32x4(n), 31)),
  ];
}
