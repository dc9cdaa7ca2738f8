/** @file Pieces that the vector functions share. A number is rounded to float32 when it is written. */
import type { FunctionBuilder } from "../function.ts";

/** Pushes the polynomial in the f32x4 local `x` with these coefficients, the highest first. */
export function horner(f: FunctionBuilder, x: number, [first, ...rest]: readonly number[]): void {
  f.f32x4(first);
  for (const coefficient of rest) f.get(x).op("f32x4.mul").f32x4(coefficient).op("f32x4.add");
}

/** Calls `body` with `count` vector locals. */
export function withLocals(f: FunctionBuilder, count: number, body: (...locals: number[]) => void): void {
  const locals = Array.from({ length: count }, () => f.local("v128"));
  body(...locals);
  for (const local of locals) f.release(local);
}

export const SIGN_BIT = -(2 ** 31);
