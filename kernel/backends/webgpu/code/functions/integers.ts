/** @file Whole numbers: what a float32 becomes, division and powers as PyTorch has them, and ranks that compare as numbers do. */
import type { WgslFunctions } from "./table.ts";

export const INTEGERS: WgslFunctions = {
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
