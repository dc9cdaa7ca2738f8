/**
 * @file How values are spread over a scale. Linear shows what is large; the other two make room for what is small. Both
 * are straight near zero and logarithmic further out, so that they hold zero and both signs.
 */

export const CURVES = ["linear", "symlog", "asinh"] as const;
export type Curve = (typeof CURVES)[number];

/** Where a magnitude stands, from 0 upwards. `bend` is the magnitude from which on the curve is logarithmic. */
export function curved(curve: Curve, bend: number, magnitude: number): number {
  if (curve === "symlog") return Math.log1p(magnitude / bend);
  return curve === "asinh" ? Math.asinh(magnitude / bend) : magnitude / bend;
}
