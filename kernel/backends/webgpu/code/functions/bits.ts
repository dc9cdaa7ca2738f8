/** @file Numbers by their bits: NaN, infinities, signs, the larger of two. Compilers may assume that there is no NaN. */
import type { WgslFunctions } from "./table.ts";

export const BITS: WgslFunctions = {
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
};
