/**
 * @file Complex numbers as two tensors. There is no complex element type: a complex tensor is a plain object of its parts,
 * which transforms take apart like any other, so its derivatives are those with respect to the two parts.
 */
import { Tensor, type TensorLike } from "../tensor.ts";
import { add, atan2, eq, hypot, logicalAnd, mul, neg, sub, where } from "./elementwise.ts";

/** `real + i · imag`, of one shape. */
export interface Complex {
  readonly real: Tensor;
  readonly imag: Tensor;
}

/** What can stand for a complex tensor: both parts, or a real one. */
export type ComplexLike = Complex | Tensor;

/** The product of two complex tensors, or of one with a real one.
 * @example complexMul({ real, imag }, { real: cosine, imag: sine })   // turned by an angle
 */
export function complexMul(x: Complex, y: Complex | TensorLike): Complex {
  if (y instanceof Tensor || typeof y !== "object") return { real: mul(x.real, y), imag: mul(x.imag, y) };
  return {
    real: sub(mul(x.real, y.real), mul(x.imag, y.imag)),
    imag: add(mul(x.real, y.imag), mul(x.imag, y.real)),
  };
}

/** The complex conjugate.
 * @example complexMul(x, complexConj(x)).real   // |x|²
 */
export const complexConj = ({ real, imag }: Complex): Complex => ({ real, imag: neg(imag) });

/** A function of the two parts that is 0, with derivative 0, where both are 0. */
function awayFromZero({ real, imag }: Complex, f: (real: Tensor, imag: Tensor) => Tensor): Tensor {
  const zero = logicalAnd(eq(real, 0), eq(imag, 0));
  return where(zero, 0, f(where(zero, 1, real), imag));
}

/**
 * The absolute value, without overflow on the way. At 0 it has no derivative; 0 is given there, as in PyTorch.
 * @example complexAbs(rfft(signal))   // the spectrum's magnitude
 */
export const complexAbs = (x: Complex): Tensor => awayFromZero(x, hypot);

/**
 * The angle in radians, from −π to π. At 0 the angle and its derivative are given as 0.
 * @example complexAngle(rfft(signal))   // the spectrum's phase
 */
export const complexAngle = (x: Complex): Tensor => awayFromZero(x, (real, imag) => atan2(imag, real));
