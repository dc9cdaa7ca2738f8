/** @file Pieces that the vector functions share. A number is rounded to the type of a lane when it is written. */
import type { FloatShape, FunctionBuilder } from "../function.ts";

/** Pushes the polynomial in the local `x` with these coefficients, the highest first. */
export function horner(f: FunctionBuilder, shape: FloatShape, x: number, [first, ...rest]: readonly number[]): void {
  f[shape](first);
  for (const coefficient of rest) {
    f.madd(
      shape,
      () => f.get(x),
      () => f[shape](coefficient),
    );
  }
}

/** Calls `body` with `count` vector locals. */
export function withLocals(f: FunctionBuilder, count: number, body: (...locals: number[]) => void): void {
  const locals = Array.from({ length: count }, () => f.local("v128"));
  body(...locals);
  for (const local of locals) f.release(local);
}

export const SIGN_BIT = -(2 ** 31);

/** Gives the positive f32x4 on the stack the signs of `x`. */
export function orSignOf(f: FunctionBuilder, x: number): void {
  f.get(x).i32x4(SIGN_BIT).op("v128.and").op("v128.or");
}
