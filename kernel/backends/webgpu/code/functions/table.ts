/** @file What a function in WGSL says of itself, and how its numbers are written. */

export interface WgslFunction {
  /** Other functions of the table that its code calls. */
  readonly needs?: readonly string[];
  readonly code: string;
}

export type WgslFunctions = Readonly<Record<string, WgslFunction>>;

/** Horner's rule, written out; the coefficient of the highest power comes first. Terms that float32 cannot see are left out. */
export function horner(coefficients: readonly number[], t: string, least = 4e-10): string {
  const first = coefficients.findIndex((coefficient) => Math.abs(coefficient) >= least);
  const [top, ...rest] = coefficients.slice(first).map((coefficient) => `${floatText(coefficient)}`);
  return rest.reduce((sum, coefficient) => `(${sum} * ${t} + ${coefficient})`, top);
}

/** A finite number as WGSL reads it. */
export function floatText(value: number): string {
  const rounded = Math.fround(value);
  if (Object.is(rounded, -0)) return "bitcast<f32>(0x80000000u)";
  const text = String(rounded);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** So many terms of a series, the lowest powers: all that float32 can tell. */
export const last = (terms: number, coefficients: readonly number[]): readonly number[] => coefficients.slice(-terms);
