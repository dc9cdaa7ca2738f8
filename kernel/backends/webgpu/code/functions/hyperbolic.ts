/** @file Hyperbolic functions and their inverses, from exp and log; by series where those would cancel. */
import type { WgslFunctions } from "./table.ts";

export const HYPERBOLIC: WgslFunctions = {
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
};
