/**
 * @file Functions of one or two float32 in WGSL. The language's own are too loose to build on (exp and log within a few
 * units in the last place, sin and cos by absolute error alone, tanh overflows), and compilers may assume that there is
 * no NaN: what depends on NaN or infinity looks at bits. docs/webgpu.md says how far each is off.
 *
 * Polynomials and reductions are those of S. Moshier's Cephes and of Sun's fdlibm, whose double and single precision
 * routines most C libraries build on; erfinv is that of M. Giles (GPU Computing Gems, 2011); erfc, lgamma, digamma and
 * zeta are those of `loops/special/`, cut to what float32 can hold.
 */
import { ERF, SCALED_ERFC } from "../../../loops/special/erf.ts";
import {
  DIGAMMA_1_TO_2,
  DIGAMMA_2_TO_4,
  DIGAMMA_SERIES,
  LGAMMA_1_TO_2,
  LGAMMA_2_TO_4,
  LGAMMA_BELOW_1,
  STIRLING,
} from "../../../loops/special/gamma.ts";

export interface WgslFunction {
  /** Other functions of this table that its code calls. */
  readonly needs?: readonly string[];
  readonly code: string;
}

/** Horner's rule, written out; the coefficient of the highest power comes first. Terms that float32 cannot see are left out. */
function horner(coefficients: readonly number[], t: string, least = 4e-10): string {
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
const last = (terms: number, coefficients: readonly number[]): readonly number[] => coefficients.slice(-terms);

const EULER_MACLAURIN = [
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7, 2.08767569878681e-8,
];
const TAYLOR_EXPM1 = [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2];

export const FUNCTIONS: Readonly<Record<string, WgslFunction>> = {
  // Not constants: a constant expression may be neither NaN nor infinite.
  nan_: { code: "var<private> nan_bits: u32 = 0x7fc00000u;\nfn nan_() -> f32 { return bitcast<f32>(nan_bits); }" },
  inf_: { code: "var<private> inf_bits: u32 = 0x7f800000u;\nfn inf_() -> f32 { return bitcast<f32>(inf_bits); }" },
  isNaN_: { code: "fn isNaN_(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }" },
  isFinite_: { code: "fn isFinite_(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) < 0x7f800000u; }" },
  isInf_: { code: "fn isInf_(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }" },
  signed_: {
    code: "fn signed_(a: f32, x: f32) -> f32 { return bitcast<f32>((bitcast<u32>(a) & 0x7fffffffu) | (bitcast<u32>(x) & 0x80000000u)); }",
  },
  leading_: { code: "fn leading_(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }" },
  scale_: {
    code: `fn scale_(x: f32, n: i32) -> f32 {
  let h = n >> 1u;
  return x * bitcast<f32>(u32(h + 127) << 23u) * bitcast<f32>(u32(n - h + 127) << 23u);
}`,
  },
  max_: {
    needs: ["isNaN_"],
    code: "fn max_(x: f32, y: f32) -> f32 { if (isNaN_(x)) { return x; } if (isNaN_(y)) { return y; } return max(x, y); }",
  },
  min_: {
    needs: ["isNaN_"],
    code: "fn min_(x: f32, y: f32) -> f32 { if (isNaN_(x)) { return x; } if (isNaN_(y)) { return y; } return min(x, y); }",
  },
  abs_: { code: "fn abs_(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0x7fffffffu); }" },
  neg_: { code: "fn neg_(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u); }" },
  sign_: {
    needs: ["isNaN_", "signed_"],
    code: "fn sign_(x: f32) -> f32 { if (isNaN_(x) || x == 0.0f) { return x; } return signed_(1.0f, x); }",
  },
  sqrt_: {
    needs: ["isNaN_", "isInf_", "nan_"],
    code: `fn sqrt_(x: f32) -> f32 {
  if (x == 0.0f || isNaN_(x)) { return x; }
  if (x < 0.0f) { return nan_(); }
  if (isInf_(x)) { return x; }
  return sqrt(x);
}`,
  },
  // exp(r) − 1 for |r| ≤ ½ ln 2.
  expm1Near_: {
    code: `fn expm1Near_(r: f32) -> f32 { return r + r * r * ${horner(TAYLOR_EXPM1, "r", 0)}; }`,
  },
  exp_: {
    needs: ["isNaN_", "inf_", "expm1Near_", "scale_"],
    code: `fn exp_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (x > 88.72284f) { return inf_(); }
  if (x < -104.0f) { return 0.0f; }
  let n = round(x * 1.4426950408889634f);
  let r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  return scale_(1.0f + expm1Near_(r), i32(n));
}`,
  },
  exp2_: {
    needs: ["isNaN_", "inf_", "expm1Near_", "scale_"],
    code: `fn exp2_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (x >= 128.0f) { return inf_(); }
  if (x < -150.0f) { return 0.0f; }
  let n = round(x);
  return scale_(1.0f + expm1Near_((x - n) * 0.6931471805599453f), i32(n));
}`,
  },
  expm1_: {
    needs: ["isNaN_", "inf_", "expm1Near_", "scale_", "exp_"],
    code: `fn expm1_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  if (x > 17.0f) { return exp_(x); }
  if (x < -18.0f) { return -1.0f; }
  let n = round(x * 1.4426950408889634f);
  let r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  let e = expm1Near_(r);
  if (n == 0.0f) { return e; }
  let two = scale_(1.0f, i32(n));
  return two * e + (two - 1.0f);
}`,
  },
  // ln(1 + f) − f for 1 + f between √½ and √2.
  logRest_: {
    code: `fn logRest_(f: f32) -> f32 {
  let s = f / (2.0f + f);
  let z = s * s;
  let w = z * z;
  let r = w * (0.40000972152f + w * 0.24279078841f) + z * (0.66666662693f + w * 0.28498786688f);
  let h = 0.5f * f * f;
  return s * (h + r) - h;
}`,
  },
  // Exponent and fraction: x = 2ⁿ (1 + f).
  logParts_: {
    code: `fn logParts_(x: f32) -> vec2f {
  var n = 0;
  var y = x;
  if (bitcast<u32>(y) < 0x00800000u) { y = y * 16777216.0f; n = -24; }
  let bits = bitcast<u32>(y) + (0x3f800000u - 0x3f3504f3u);
  n = n + i32(bits >> 23u) - 127;
  return vec2f(f32(n), bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f);
}`,
  },
  logSpecial_: {
    needs: ["isNaN_", "nan_", "inf_", "isInf_"],
    code: `fn logSpecial_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (x == 0.0f) { return -inf_(); }
  if (x < 0.0f) { return nan_(); }
  return x;
}
fn logIsSpecial_(x: f32) -> bool { return isNaN_(x) || x <= 0.0f || isInf_(x); }`,
  },
  log_: {
    needs: ["logSpecial_", "logParts_", "logRest_"],
    code: `fn log_(x: f32) -> f32 {
  if (logIsSpecial_(x)) { return logSpecial_(x); }
  let p = logParts_(x);
  return p.x * 6.9313812256e-01f + (p.y + (logRest_(p.y) + p.x * 9.0580006145e-06f));
}`,
  },
  log2_: {
    needs: ["logSpecial_", "logParts_", "logRest_"],
    code: `fn log2_(x: f32) -> f32 {
  if (logIsSpecial_(x)) { return logSpecial_(x); }
  let p = logParts_(x);
  return p.x + (p.y + logRest_(p.y)) * 1.4426950408889634f;
}`,
  },
  log1p_: {
    needs: ["logRest_", "log_", "isNaN_"],
    code: `fn log1p_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  if (x > -0.29f && x < 0.41f) { return x + logRest_(x); }
  return log_(1.0f + x);
}`,
  },
  tanh_: {
    needs: ["isNaN_", "expm1_", "signed_"],
    code: `fn tanh_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 10.0f) { return signed_(1.0f, x); }
  let t = expm1_(2.0f * a);
  return signed_(select(t / (t + 2.0f), 1.0f - 2.0f / (t + 2.0f), a > 0.55f), x);
}`,
  },
  sinh_: {
    needs: ["isNaN_", "expm1_", "exp_", "signed_"],
    code: `fn sinh_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 80.0f) { let h = exp_(0.5f * a); return signed_(0.5f * h * h, x); }
  let t = expm1_(a);
  return signed_(0.5f * (t + t / (t + 1.0f)), x);
}`,
  },
  cosh_: {
    needs: ["isNaN_", "exp_"],
    code: `fn cosh_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  let a = abs(x);
  if (a > 80.0f) { let h = exp_(0.5f * a); return 0.5f * h * h; }
  let e = exp_(a);
  return 0.5f * (e + 1.0f / e);
}`,
  },
  asinh_: {
    needs: ["isNaN_", "isInf_", "log1p_", "log_", "signed_"],
    code: `fn asinh_(x: f32) -> f32 {
  if (isNaN_(x) || isInf_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 1e9f) { return signed_(log_(a) + 0.6931471805599453f, x); }
  return signed_(log1p_(a + a * a / (1.0f + sqrt(1.0f + a * a))), x);
}`,
  },
  acosh_: {
    needs: ["isNaN_", "isInf_", "nan_", "log1p_", "log_"],
    code: `fn acosh_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (x < 1.0f) { return nan_(); }
  if (isInf_(x)) { return x; }
  if (x > 1e9f) { return log_(x) + 0.6931471805599453f; }
  let t = x - 1.0f;
  if (t == 0.0f) { return 0.0f; }
  return log1p_(t + sqrt(2.0f * t + t * t));
}`,
  },
  atanh_: {
    needs: ["isNaN_", "nan_", "inf_", "log1p_", "signed_"],
    code: `fn atanh_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 1.0f) { return nan_(); }
  if (a == 1.0f) { return signed_(inf_(), x); }
  return signed_(0.5f * log1p_(2.0f * a / (1.0f - a)), x);
}`,
  },
  sigmoid_: {
    needs: ["isNaN_", "exp_"],
    code: `fn sigmoid_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  let e = exp_(-abs(x));
  return select(e, 1.0f, x >= 0.0f) / (1.0f + e);
}`,
  },
  cbrt_: {
    needs: ["isNaN_", "isInf_", "signed_"],
    code: `fn cbrt_(x: f32) -> f32 {
  if (isNaN_(x) || isInf_(x) || x == 0.0f) { return x; }
  var a = abs(x);
  var back = 1.0f;
  if (a > 1e30f) { a = a * 2.117582368135751e-22f; back = 16777216.0f; }
  if (a < 1e-30f) { a = a * 16777216.0f * 16777216.0f * 16777216.0f; back = 5.9604644775390625e-8f; }
  var t = bitcast<f32>(bitcast<u32>(a) / 3u + 709958130u);
  t = t * ((a + a + t * t * t) / (a + (t * t * t + t * t * t)));
  t = t - (t - a / (t * t)) / 3.0f;
  t = t - (t - a / (t * t)) / 3.0f;
  return signed_(t * back, x);
}`,
  },
  // Quadrant in .x, rest in .y: x = n π/2 + r, |r| ≤ π/4. Far out by the digits of 2/π (M. Payne and R. Hanek, 1983).
  quadrant_: {
    code: `const two_over_pi_ = array<u32, 8>(0x28be60dbu, 0x9391054au, 0x7f09d5f4u, 0x7d4d3770u, 0x36d8a566u, 0x4f10e410u, 0u, 0u);
fn mulHigh_(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let m = ah * bl + ((al * bl) >> 16u);
  let m2 = al * bh + (m & 0xffffu);
  return ah * bh + (m >> 16u) + (m2 >> 16u);
}
struct Quadrant_ { n: i32, r: f32 }
fn quadrant_(x: f32) -> Quadrant_ {
  if (abs(x) < 5000.0f) {
    let n = round(x * 0.6366197723675814f);
    return Quadrant_(i32(n), ((x - n * 1.5703125f) - n * 4.837512969970703e-4f) - n * 7.549789954891882e-8f);
  }
  let bits = bitcast<u32>(x);
  let e = ((bits >> 23u) & 0xffu) - 126u;
  let m = (bits << 8u) | 0x80000000u;
  let i = e >> 5u;
  let s = e & 31u;
  var table = two_over_pi_;
  var hi = select(0u, table[max(i, 1u) - 1u], i > 0u);
  var mid = table[i];
  var lo = table[i + 1u];
  let rest = table[i + 2u];
  if (s > 0u) {
    hi = (hi << s) | (mid >> (32u - s));
    mid = (mid << s) | (lo >> (32u - s));
    lo = (lo << s) | (rest >> (32u - s));
  }
  // The product's 64 bits from 2⁻⁶² on.
  let c = mulHigh_(m, lo);
  var low = m * mid;
  var high = mulHigh_(m, mid);
  low = low + c;
  if (low < c) { high = high + 1u; }
  high = high + m * hi;
  var q = i32(high >> 30u);
  var top = i32(high & 0x3fffffffu);
  if (top >= 0x20000000) { top = top - 0x40000000; q = q + 1; }
  let r = (f32(top) + f32(low) * 2.3283064365386963e-10f) * (1.5707963267948966f * 9.313225746154785e-10f);
  if (bits >= 0x80000000u) { return Quadrant_(-q, -r); }
  return Quadrant_(q, r);
}
fn sinNear_(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f);
}
fn cosNear_(r: f32) -> f32 {
  let z = r * r;
  return 1.0f - 0.5f * z + z * z * ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f);
}`,
  },
  sin_: {
    needs: ["quadrant_", "isFinite_", "nan_"],
    code: `fn sin_(x: f32) -> f32 {
  if (!isFinite_(x)) { return nan_(); }
  if (x == 0.0f) { return x; }
  let q = quadrant_(x);
  let y = select(sinNear_(q.r), cosNear_(q.r), (q.n & 1) == 1);
  return select(y, -y, (q.n & 2) == 2);
}`,
  },
  cos_: {
    needs: ["quadrant_", "isFinite_", "nan_"],
    code: `fn cos_(x: f32) -> f32 {
  if (!isFinite_(x)) { return nan_(); }
  let q = quadrant_(x);
  let y = select(cosNear_(q.r), sinNear_(q.r), (q.n & 1) == 1);
  return select(y, -y, ((q.n + 1) & 2) == 2);
}`,
  },
  tan_: {
    needs: ["quadrant_", "isFinite_", "nan_"],
    code: `fn tan_(x: f32) -> f32 {
  if (!isFinite_(x)) { return nan_(); }
  if (x == 0.0f) { return x; }
  let q = quadrant_(x);
  let z = q.r * q.r;
  let y = q.r + q.r * z * (((((9.38540185543e-3f * z + 3.11992232697e-3f) * z + 2.44301354525e-2f) * z + 5.34112807005e-2f) * z + 1.33387994085e-1f) * z + 3.33331568548e-1f);
  if ((q.n & 1) == 1) { return -1.0f / y; }
  return y;
}`,
  },
  asinNear_: {
    code: `fn asinNear_(x: f32, z: f32) -> f32 {
  return x + x * z * ((((4.2163199048e-2f * z + 2.4181311049e-2f) * z + 4.5470025998e-2f) * z + 7.4953002686e-2f) * z + 1.6666752422e-1f);
}`,
  },
  asin_: {
    needs: ["asinNear_", "isNaN_", "nan_", "signed_"],
    code: `fn asin_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 1.0f) { return nan_(); }
  if (a <= 0.5f) { return asinNear_(x, x * x); }
  let z = 0.5f * (1.0f - a);
  return signed_(1.5707963267948966f - 2.0f * asinNear_(sqrt(z), z), x);
}`,
  },
  acos_: {
    needs: ["asinNear_", "isNaN_", "nan_"],
    code: `fn acos_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  let a = abs(x);
  if (a > 1.0f) { return nan_(); }
  if (a <= 0.5f) { return 1.5707963267948966f - asinNear_(x, x * x); }
  let z = 0.5f * (1.0f - a);
  let y = 2.0f * asinNear_(sqrt(z), z);
  return select(y, 3.141592653589793f - y, x < 0.0f);
}`,
  },
  atan_: {
    needs: ["isNaN_", "signed_"],
    code: `fn atan_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  var base = 0.0f;
  var t = a;
  if (a > 2.414213562f) { base = 1.5707963267948966f; t = select(-1.0f / a, 0.0f, a > 3e38f); }
  else if (a > 0.4142135624f) { base = 0.7853981633974483f; t = (a - 1.0f) / (a + 1.0f); }
  let z = t * t;
  return signed_(base + (t + t * z * (((8.05374449538e-2f * z - 1.38776856032e-1f) * z + 1.99777106478e-1f) * z - 3.33329491539e-1f)), x);
}`,
  },
  atan2_: {
    needs: ["isNaN_", "isInf_", "nan_", "atan_", "signed_"],
    code: `fn atan2_(y: f32, x: f32) -> f32 {
  if (isNaN_(x) || isNaN_(y)) { return nan_(); }
  let left = (bitcast<u32>(x) & 0x80000000u) != 0u;
  let a = abs(y); let b = abs(x);
  var t = 0.0f;
  if (isInf_(y) && isInf_(x)) { t = 0.7853981633974483f; }
  else if (isInf_(y)) { t = 1.5707963267948966f; }
  else if (isInf_(x) || a == 0.0f) { t = 0.0f; }
  else if (b == 0.0f) { t = 1.5707963267948966f; }
  else if (a > b) { t = 1.5707963267948966f - atan_(b / a); }
  else { t = atan_(a / b); }
  return signed_(select(t, 3.141592653589793f - t, left), y);
}`,
  },
  // After e_powf.c of fdlibm: the logarithm as a sum of two, so that y · log x keeps its digits.
  pow_: {
    needs: ["isNaN_", "isInf_", "nan_", "inf_", "leading_", "scale_"],
    code: `fn powOf_(a: f32, y: f32) -> f32 {
  var ax = a;
  var n = 0;
  if (bitcast<u32>(ax) < 0x00800000u) { ax = ax * 16777216.0f; n = -24; }
  var ix = bitcast<u32>(ax);
  n = n + i32(ix >> 23u) - 127;
  let j = ix & 0x007fffffu;
  ix = j | 0x3f800000u;
  var k = 0u;
  if (j > 0x1cc471u) {
    if (j < 0x5db3d7u) { k = 1u; } else { n = n + 1; ix = ix - 0x00800000u; }
  }
  ax = bitcast<f32>(ix);
  let bp = select(1.0f, 1.5f, k == 1u);
  let dph = select(0.0f, 5.84960938e-01f, k == 1u);
  let dpl = select(0.0f, 1.56322085e-06f, k == 1u);
  var u = ax - bp;
  var v = 1.0f / (ax + bp);
  let s = u * v;
  let sh = leading_(s);
  var th = bitcast<f32>((((ix >> 1u) & 0xfffff000u) | 0x20000000u) + 0x00400000u + (k << 21u));
  var tl = ax - (th - bp);
  let sl = v * ((u - sh * th) - sh * tl);
  var s2 = s * s;
  var r = s2 * s2 * (6.0000002384e-01f + s2 * (4.2857143283e-01f + s2 * (3.3333334327e-01f + s2 * (2.7272811532e-01f + s2 * (2.3066075146e-01f + s2 * 2.0697501302e-01f)))));
  r = r + sl * (sh + s);
  s2 = sh * sh;
  th = leading_(3.0f + s2 + r);
  tl = r - ((th - 3.0f) - s2);
  u = sh * th;
  v = sl * th + tl * s;
  let ph = leading_(u + v);
  let pl = v - (ph - u);
  let zh = 9.6191406250e-01f * ph;
  let zl = -1.1736857402e-04f * ph + pl * 9.6179670095e-01f + dpl;
  let t = f32(n);
  let t1 = leading_(((zh + zl) + dph) + t);
  let t2 = zl - (((t1 - t) - dph) - zh);
  let y1 = leading_(y);
  let low = (y - y1) * t1 + y * t2;
  let high = y1 * t1;
  let z = low + high;
  if (isNaN_(z)) { return select(0.0f, inf_(), (y > 0.0f) == (t1 > 0.0f)); }
  if (z >= 128.0f) { return inf_(); }
  if (z < -150.0f) { return 0.0f; }
  let m = round(z);
  let f = (high - m) + low;
  let e = f * 0.6931471805599453f;
  let e2 = e * e;
  let c = e - e2 * (1.6666667163e-01f + e2 * (-2.7777778450e-03f + e2 * (6.6137559770e-05f + e2 * -1.6533901999e-06f)));
  return scale_(1.0f - ((e * c) / (c - 2.0f) - e), i32(m));
}
fn pow_(x: f32, y: f32) -> f32 {
  if (y == 0.0f || x == 1.0f) { return 1.0f; }
  if (isNaN_(x) || isNaN_(y)) { return nan_(); }
  let a = abs(x);
  if (isInf_(y)) {
    if (a == 1.0f) { return 1.0f; }
    return select(0.0f, inf_(), (a > 1.0f) == (y > 0.0f));
  }
  let whole = abs(y) >= 8388608.0f || y == floor(y);
  let odd = whole && abs(y) < 16777216.0f && (i32(abs(y)) & 1) == 1;
  let minus = (bitcast<u32>(x) & 0x80000000u) != 0u;
  var p = 0.0f;
  if (a == 0.0f) { p = select(0.0f, inf_(), y < 0.0f); }
  else if (isInf_(x)) { p = select(0.0f, inf_(), y > 0.0f); }
  else {
    if (minus && !whole) { return nan_(); }
    if (y == 1.0f) { return x; }
    if (a == 1.0f) { p = 1.0f; } else { p = powOf_(a, y); }
  }
  return select(p, -p, minus && odd);
}`,
  },
  // Exact, by long division.
  remainder_: {
    needs: ["isNaN_", "isFinite_", "isInf_", "nan_"],
    code: `fn remainder_(x: f32, y: f32) -> f32 {
  if (isNaN_(y) || !isFinite_(x) || y == 0.0f) { return nan_(); }
  var r = abs(x);
  let b = abs(y);
  if (!isInf_(y) && r >= b) {
    var d = b;
    var k = 0;
    loop { if (d > 0.5f * r) { break; } d = d * 2.0f; k = k + 1; }
    loop { if (r >= d) { r = r - d; } if (k == 0) { break; } d = d * 0.5f; k = k - 1; }
  }
  if (r == 0.0f) { return select(0.0f, -0.0f, x < 0.0f); }
  let s = select(r, -r, x < 0.0f);
  if ((s < 0.0f) != (y < 0.0f)) { return s + y; }
  return s;
}`,
  },
  erfNear_: {
    code: `fn erfNear_(x: f32) -> f32 { let t = 2.0f * x * x - 1.0f; return x * ${horner(last(11, ERF), "t")}; }`,
  },
  // exp(−x²), x in two parts: its rounding would count x² times.
  gaussian_: {
    needs: ["exp_", "leading_"],
    code: `fn gaussian_(x: f32) -> f32 {
  let h = leading_(x);
  return exp_(-h * h) * exp_((h - x) * (h + x));
}`,
  },
  erfcRest_: {
    code: `fn erfcRest_(x: f32) -> f32 {
  let t = 7.0f / (3.0f + x) - 1.0f;
  return ${horner(last(22, SCALED_ERFC), "t")} / (1.0f + 2.0f * x);
}`,
  },
  erf_: {
    needs: ["isNaN_", "erfNear_", "gaussian_", "erfcRest_", "signed_"],
    code: `fn erf_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a < 1.0f) { return erfNear_(x); }
  if (a > 5.0f) { return signed_(1.0f, x); }
  return signed_(1.0f - gaussian_(a) * erfcRest_(a), x);
}`,
  },
  erfc_: {
    needs: ["isNaN_", "erfNear_", "gaussian_", "erfcRest_"],
    code: `fn erfc_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  let a = abs(x);
  if (a < 0.5f) { return 1.0f - erfNear_(x); }
  if (a > 11.0f) { return select(0.0f, 2.0f, x < 0.0f); }
  let tail = gaussian_(a) * erfcRest_(a);
  return select(tail, 2.0f - tail, x < 0.0f);
}`,
  },
  ndtr_: {
    needs: ["isNaN_", "erfNear_", "exp_", "leading_", "erfcRest_"],
    code: `fn ndtr_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  let t = abs(x) * 0.7071067811865476f;
  if (t < 0.5f) { return 0.5f + 0.5f * erfNear_(x * 0.7071067811865476f); }
  if (t > 11.0f) { return select(1.0f, 0.0f, x < 0.0f); }
  let a = abs(x);
  let h = leading_(a);
  let tail = 0.5f * exp_(-0.5f * h * h) * exp_(0.5f * (h - a) * (h + a)) * erfcRest_(t);
  return select(1.0f - tail, tail, x < 0.0f);
}`,
  },
  erfinv_: {
    needs: ["isNaN_", "nan_", "inf_", "log_", "signed_"],
    code: `fn erfinv_(x: f32) -> f32 {
  if (isNaN_(x) || x == 0.0f) { return x; }
  let a = abs(x);
  if (a > 1.0f) { return nan_(); }
  if (a == 1.0f) { return signed_(inf_(), x); }
  var w = -log_((1.0f - a) * (1.0f + a));
  var p = 0.0f;
  if (w < 5.0f) {
    w = w - 2.5f;
    p = ${horner([2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727, 1.50140941], "w")};
  } else {
    w = sqrt(w) - 3.0f;
    p = ${horner([-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682], "w")};
  }
  return p * x;
}`,
  },
  lgamma_: {
    needs: ["isNaN_", "isInf_", "inf_", "log_", "log1p_", "sin_"],
    code: `fn lgammaAbove_(x: f32) -> f32 {
  if (x < 1.0f) { let t = 4.0f * x - 3.0f; return (x - 1.0f) * ${horner(last(15, LGAMMA_BELOW_1), "t")}; }
  if (x < 2.0f) { let t = 2.0f * x - 3.0f; return (x - 1.0f) * (x - 2.0f) * ${horner(last(14, LGAMMA_1_TO_2), "t")}; }
  if (x < 4.0f) { let t = x - 3.0f; return (x - 2.0f) * ${horner(last(14, LGAMMA_2_TO_4), "t")}; }
  if (x < 10.0f) {
    var rest = x;
    var product = 1.0f;
    loop { if (rest < 4.0f) { break; } rest = rest - 1.0f; product = product * rest; }
    let t = rest - 3.0f;
    return log_(product) + (rest - 2.0f) * ${horner(last(14, LGAMMA_2_TO_4), "t")};
  }
  let inverse = 1.0f / x;
  let z = inverse * inverse;
  return (x - 0.5f) * (log_(x) - 1.0f) + (0.41893853320467274f + ${horner(last(3, STIRLING), "z")} * inverse);
}
fn lgammaPositive_(x: f32) -> f32 {
  if (x < 0.5f) { return lgammaAbove_(1.0f + x) - log_(x); }
  return lgammaAbove_(x);
}
fn lgamma_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (isInf_(x)) { return inf_(); }
  if (x > 0.0f) { return lgammaPositive_(x); }
  if (x == floor(x)) { return inf_(); }
  if (x > -1.0f) { return lgammaPositive_(2.0f + x) - log_(-x) - log1p_(x); }
  if (x > -2.0f) { return lgammaPositive_(3.0f + x) - log_(-x * (1.0f + x) * (-2.0f - x)); }
  return log_(3.141592653589793f / abs(sin_(3.141592653589793f * (x - round(x))))) - lgammaPositive_(1.0f - x);
}`,
  },
  digamma_: {
    needs: ["isNaN_", "isInf_", "nan_", "log_", "tan_", "signed_", "inf_"],
    code: `fn digammaPositive_(given: f32) -> f32 {
  var x = given;
  var less = 0.0f;
  if (x < 1.0f) { less = 1.0f / x; x = x + 1.0f; }
  if (x <= 2.0f) {
    let t = 2.0f * x - 3.0f;
    // The zero is a sum of two; subtracted one after the other, compilers would make them one again.
    let slope = ${horner(last(16, DIGAMMA_1_TO_2), "t")};
    return fma(x - 1.4616321325302124f, slope, -1.2438e-8f * slope) - less;
  }
  if (x < 4.0f) { let t = x - 3.0f; return ${horner(last(16, DIGAMMA_2_TO_4), "t")} - less; }
  var shift = 0.0f;
  loop { if (x >= 10.0f) { break; } shift = shift + 1.0f / x; x = x + 1.0f; }
  let inverse = 1.0f / x;
  let z = inverse * inverse;
  return log_(x) - (shift + (0.5f * inverse + z * ${horner(last(3, DIGAMMA_SERIES), "z")}));
}
fn digamma_(x: f32) -> f32 {
  if (isNaN_(x)) { return x; }
  if (x == 0.0f) { return -signed_(inf_(), x); }
  if (x > 0.0f) { if (isInf_(x)) { return x; } return digammaPositive_(x); }
  if (isInf_(x) || x == floor(x)) { return nan_(); }
  let part = x - round(x);
  var cotangent = 0.0f;
  if (abs(part) <= 0.25f) { cotangent = 3.141592653589793f / tan_(3.141592653589793f * part); }
  else { cotangent = signed_(3.141592653589793f * tan_(3.141592653589793f * (0.5f - abs(part))), part); }
  return digammaPositive_(1.0f - x) - cotangent;
}`,
  },
  zeta_: {
    needs: ["isNaN_", "isInf_", "nan_", "inf_", "pow_"],
    code: `fn zetaPositive_(s: f32, x: f32) -> f32 {
  let steps = i32(clamp(ceil(0.8f * s + 6.0f - x), 0.0f, 1000.0f));
  var sum = 0.0f;
  for (var k = 0; k < steps; k = k + 1) {
    let base = x + f32(k);
    let term = pow_(base, -s);
    sum = sum + term;
    if (isInf_(sum) || term * (1.0f + base / (s - 1.0f)) <= 1e-9f * sum) { return sum; }
  }
  let base = x + f32(steps);
  var corrections = 0.0f;
  var factor = s / base / base;
${EULER_MACLAURIN.map((c, j) => `  corrections = corrections + ${floatText(c)} * factor;\n  factor = factor * ((s + ${2 * j + 1}.0f) / base) * ((s + ${2 * j + 2}.0f) / base);`).join("\n")}
  return sum + pow_(base, 1.0f - s) * (1.0f / (s - 1.0f) + (0.5f / base + corrections));
}
fn zeta_(s: f32, x: f32) -> f32 {
  if (isNaN_(x) || isNaN_(s) || s < 1.0f) { return nan_(); }
  if (s == 1.0f) { return inf_(); }
  if (isInf_(x) && x > 0.0f) { return 0.0f; }
  if (x <= 0.0f) {
    if (isInf_(x)) { return nan_(); }
    if (x == floor(x)) { return inf_(); }
    if (s != floor(s)) { return nan_(); }
    let above = x - floor(x);
    let below = ceil(x) - x;
    let finite = zetaPositive_(s, below) - zetaPositive_(s, 1.0f - x);
    let even = abs(s) >= 16777216.0f || (i32(s) & 1) == 0;
    return zetaPositive_(s, above) + select(-finite, finite, even);
  }
  if (isInf_(s)) { if (x == 1.0f) { return 1.0f; } return select(0.0f, inf_(), x < 1.0f); }
  return zetaPositive_(s, x);
}`,
  },
  toInt_: {
    needs: ["isNaN_"],
    code: `fn toInt_(x: f32) -> i32 {
  if (isNaN_(x)) { return 0; }
  if (x >= 2147483648.0f) { return 2147483647; }
  if (x <= -2147483648.0f) { return -2147483647 - 1; }
  return i32(x);
}`,
  },
  // Bits of a negative number count downwards.
  rank_: {
    needs: ["isNaN_"],
    code: `fn rank_(x: f32) -> i32 {
  if (isNaN_(x)) { return 2147483647; }
  let bits = bitcast<i32>(x);
  if ((bits & 0x7fffffff) == 0) { return 0; }
  return select(bits, bits ^ 0x7fffffff, bits < 0);
}`,
  },
  opposedRank_: {
    needs: ["isNaN_", "rank_"],
    code: "fn opposedRank_(x: f32) -> i32 { if (isNaN_(x)) { return 2147483647; } return ~rank_(x); }",
  },
  // Toward zero; x / 0 is 0.
  intDiv_: {
    code: "fn intDiv_(x: i32, y: i32) -> i32 { if (y == 0) { return 0; } if (y == -1) { return 0 - x; } return x / y; }",
  },
  // With the sign of the divisor; x mod 0 is 0.
  intRemainder_: {
    code: `fn intRemainder_(x: i32, y: i32) -> i32 {
  if (y == 0 || y == -1) { return 0; }
  let r = x % y;
  return select(r, r + y, r != 0 && (r < 0) != (y < 0));
}`,
  },
  // What leaves the type saturates, as it does by way of a double.
  intPow_: {
    code: `fn intPow_(x: i32, y: i32) -> i32 {
  if (y == 0 || x == 1) { return 1; }
  if (x == -1) { return select(1, -1, (y & 1) == 1); }
  if (y < 0) { return select(0, 2147483647, x == 0); }
  if (x == 0) { return 0; }
  let minus = x < 0 && (y & 1) == 1;
  let most = 2147483647u + select(0u, 1u, minus);
  let a = select(u32(x), u32(0 - x), x < 0);
  var p = 1u;
  for (var k = 0; k < y; k = k + 1) {
    if (p > most / a) { return select(2147483647, -2147483647 - 1, minus); }
    p = p * a;
  }
  return select(i32(p), i32(0u - p), minus);
}`,
  },
};

/** The code of some functions and of all that they call, each after what it needs. */
export function functionsCode(names: Iterable<string>): string {
  const done = new Set<string>();
  const parts: string[] = [];
  const add = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const { needs = [], code } = FUNCTIONS[name];
    for (const each of needs) add(each);
    parts.push(code);
  };
  for (const name of names) add(name);
  return parts.join("\n");
}
