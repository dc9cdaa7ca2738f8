/**
 * @file Special functions. erfinv is that of M. Giles (GPU Computing Gems, 2011); erfc, lgamma, digamma and zeta are those
 * of `loops/special/`, cut to what float32 can hold.
 */
import { ERF, SCALED_ERFC } from "../../../../loops/special/erf.ts";
import {
  DIGAMMA_1_TO_2,
  DIGAMMA_2_TO_4,
  DIGAMMA_SERIES,
  LGAMMA_1_TO_2,
  LGAMMA_2_TO_4,
  LGAMMA_BELOW_1,
  STIRLING,
} from "../../../../loops/special/gamma.ts";
import { floatText, horner, last, type WgslFunctions } from "./table.ts";

const EULER_MACLAURIN = [
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7, 2.08767569878681e-8,
];

export const SPECIAL: WgslFunctions = {
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
};
