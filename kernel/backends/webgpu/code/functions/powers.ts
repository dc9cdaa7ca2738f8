/** @file Powers, cube roots and remainders, which are exact. */
import type { WgslFunctions } from "./table.ts";

export const POWERS: WgslFunctions = {
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
};
