/** @file exp, log and their kin. Polynomials and reductions are those of S. Moshier's Cephes. */
import { horner, type WgslFunctions } from "./table.ts";

const TAYLOR_EXPM1 = [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2];

export const EXPONENTIAL: WgslFunctions = {
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
};
