/** @file How far each function may be from the exact value, rounded: units in the last place over the points of golden.json. */

export interface Limit {
  readonly arity: 1 | 2;
  readonly float64: number;
  readonly float32: number;
}

const unary = (float64: number, float32: number): Limit => ({ arity: 1, float64, float32 });
const binary = (float64: number, float32: number): Limit => ({ arity: 2, float64, float32 });

// ndtr and gelu: the rounding of x/√2 counts x² times in the left tail.
export const LIMITS = {
  neg: unary(0, 0),
  abs: unary(0, 0),
  sign: unary(0, 0),
  floor: unary(0, 0),
  ceil: unary(0, 0),
  round: unary(0, 0),
  trunc: unary(0, 0),
  sqrt: unary(0, 0),
  cbrt: unary(2, 1),
  exp: unary(2, 2),
  exp2: unary(2, 1),
  expm1: unary(2, 2),
  log: unary(2, 2),
  log1p: unary(2, 2),
  log2: unary(2, 1),
  log10: unary(2, 2),
  sin: unary(2, 2),
  cos: unary(2, 2),
  tan: unary(2, 1),
  asin: unary(2, 1),
  acos: unary(2, 1),
  atan: unary(2, 1),
  sinh: unary(2, 1),
  cosh: unary(2, 1),
  tanh: unary(2, 2),
  asinh: unary(2, 1),
  acosh: unary(2, 1),
  atanh: unary(2, 1),
  sigmoid: unary(2, 2),
  erf: unary(4, 1),
  erfc: unary(4, 1),
  erfinv: unary(4, 1),
  lgamma: unary(4, 1),
  digamma: unary(4, 1),
  square: unary(0, 0),
  reciprocal: unary(0, 0),
  rsqrt: unary(2, 1),
  softplus: unary(2, 1),
  logSigmoid: unary(2, 1),
  logit: unary(2, 1),
  sinc: unary(2, 1),
  ndtr: unary(32, 16),
  silu: unary(2, 2),
  gelu: unary(32, 16),
  deg2rad: unary(2, 1),
  rad2deg: unary(2, 1),
  add: binary(0, 0),
  sub: binary(0, 0),
  mul: binary(0, 0),
  div: binary(0, 0),
  maximum: binary(0, 0),
  minimum: binary(0, 0),
  remainder: binary(0, 0),
  fmod: binary(0, 0),
  pow: binary(2, 1),
  atan2: binary(2, 1),
  hypot: binary(2, 1),
  logaddexp: binary(2, 1),
  xlogy: binary(2, 1),
  zeta: binary(4, 1),
} satisfies Readonly<Record<string, Limit>>;
