/**
 * @file Complex numbers as two tensors. There is no complex element type: a complex tensor is a plain object of its parts,
 * which transforms take apart like any other, so its derivatives are those with respect to the two parts.
 */
import { StructureError } from "../errors.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { where } from "./choice.ts";
import { add, atan2, eq, hypot, logicalAnd, mul, neg, sub } from "./elementwise.ts";
import { describe } from "./operands.ts";

/** `real + i · imag`, of one shape. */
export interface Complex {
  readonly real: Tensor;
  readonly imag: Tensor;
}

/** What can stand for a complex tensor: both parts, or a real one. */
export type ComplexLike = Complex | Tensor;

const isNested = (x: unknown): x is Partial<Complex> =>
  typeof x === "object" && x !== null && !(x instanceof Tensor) && !Array.isArray(x);

/**
 * Checks that both parts are there.
 * @param expected what the function takes, for the message
 * @param remedy what to do about a tensor that came instead
 */
export function requireParts(name: string, x: unknown, expected: string, remedy: string): asserts x is Complex {
  if (isNested(x) && x.real instanceof Tensor && x.imag instanceof Tensor) return;
  const got = isNested(x) ? `{ real: ${describe(x.real)}, imag: ${describe(x.imag)} }` : describe(x);
  throw new StructureError(`${name}: expected ${expected}, got ${got}. ${remedy}`);
}

const requireComplex: (name: string, x: unknown) => asserts x is Complex = (name, x) =>
  requireParts(name, x, "{ real, imag } of two tensors", "A real tensor is { real: x, imag: zerosLike(x) }.");

/** The product of two complex tensors, or of one with a real one.
 * @example complexMul({ real, imag }, { real: cosine, imag: sine })   // turned by an angle
 */
export function complexMul(x: Complex, y: Complex | TensorLike): Complex {
  requireComplex("complexMul", x);
  if (y instanceof Tensor || typeof y === "number" || typeof y === "boolean") {
    return { real: mul(x.real, y), imag: mul(x.imag, y) };
  }
  requireComplex("complexMul", y);
  return {
    real: sub(mul(x.real, y.real), mul(x.imag, y.imag)),
    imag: add(mul(x.real, y.imag), mul(x.imag, y.real)),
  };
}

/** The complex conjugate.
 * @example complexMul(x, complexConj(x)).real   // |x|²
 */
export function complexConj(x: Complex): Complex {
  requireComplex("complexConj", x);
  return { real: x.real, imag: neg(x.imag) };
}

/** A function of the two parts that is 0, with derivative 0, where both are 0. */
function awayFromZero(name: string, x: Complex, f: (real: Tensor, imag: Tensor) => Tensor): Tensor {
  requireComplex(name, x);
  const { real, imag } = x;
  const zero = logicalAnd(eq(real, 0), eq(imag, 0));
  return where(zero, 0, f(where(zero, 1, real), imag));
}

/**
 * The absolute value, without overflow on the way. At 0 it has no derivative; 0 is given there, as in PyTorch.
 * @example complexAbs(rfft(signal))   // the spectrum's magnitude
 */
export const complexAbs = (x: Complex): Tensor => awayFromZero("complexAbs", x, hypot);

/**
 * The angle in radians, from −π to π. At 0 the angle and its derivative are given as 0.
 * @example complexAngle(rfft(signal))   // the spectrum's phase
 */
export const complexAngle = (x: Complex): Tensor => awayFromZero("complexAngle", x, (real, imag) => atan2(imag, real));
