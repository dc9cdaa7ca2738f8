/** @file Pieces that the vector functions share. A number is rounded to the type of a lane when it is written. */
import type { FloatShape, FunctionBuilder } from "../code/function.ts";

/** Where a polynomial has more coefficients than this, the steps of Horner's rule would wait for each other too long. */
const LONG = 7;

/** Pushes the polynomial in the local `x` with these coefficients, the highest first. */
export function polynomial(f: FunctionBuilder, shape: FloatShape, x: number, coefficients: readonly number[]): void {
  if (coefficients.length <= LONG) {
    horner(f, shape, x, coefficients);
    return;
  }
  const levels = Math.ceil(Math.log2(coefficients.length)) - 1;
  withLocals(f, levels, (...squares) => {
    const powers = [x, ...squares];
    for (const [i, square] of squares.entries()) f.get(powers[i]).get(powers[i]).op(`${shape}.mul`).set(square);
    estrin(f, shape, powers, coefficients);
  });
}

/** Pushes it by steps that wait for each other: the fewest instructions. */
function horner(f: FunctionBuilder, shape: FloatShape, x: number, [first, ...rest]: readonly number[]): void {
  f[shape](first);
  for (const coefficient of rest) {
    f.madd(
      shape,
      () => f.get(x),
      () => f[shape](coefficient),
    );
  }
}

/**
 * Estrin's scheme: the upper half times a power of x, plus the lower half. The two do not wait for each other, as the
 * steps of Horner's rule do. `powers` are x, x², x⁴, ...
 */
function estrin(
  f: FunctionBuilder,
  shape: FloatShape,
  powers: readonly number[],
  coefficients: readonly number[],
): void {
  const { length } = coefficients;
  if (length === 1) {
    f[shape](coefficients[0]);
    return;
  }
  const level = Math.ceil(Math.log2(length)) - 1;
  const upper = length - 2 ** level;
  f.madd(
    shape,
    () => {
      estrin(f, shape, powers, coefficients.slice(0, upper));
      f.get(powers[level]);
    },
    () => estrin(f, shape, powers, coefficients.slice(upper)),
  );
}

/** Calls `body` with `count` vector locals. */
export function withLocals(f: FunctionBuilder, count: number, body: (...locals: number[]) => void): void {
  const locals = Array.from({ length: count }, () => f.local("v128"));
  body(...locals);
  for (const local of locals) f.release(local);
}

export const SIGN_BIT = -(2 ** 31);

/** Replaces the f32x4 on the stack by its magnitude; with the constant of `orSignOf`, which engines keep at hand. */
export function magnitude(f: FunctionBuilder): FunctionBuilder {
  return f.i32x4(SIGN_BIT).op("v128.andnot");
}

/** Gives the positive f32x4 on the stack the signs of `x`. */
export function orSignOf(f: FunctionBuilder, x: number): void {
  f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.or");
}
