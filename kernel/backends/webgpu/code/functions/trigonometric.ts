/**
 * @file Sine, cosine, tangent and their inverses. Polynomials are those of S. Moshier's Cephes; large angles are reduced as in
 * Sun's fdlibm.
 */
import type { WgslFunctions } from "./table.ts";

export const TRIGONOMETRIC: WgslFunctions = {
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
};
