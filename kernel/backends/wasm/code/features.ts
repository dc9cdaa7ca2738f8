/** @file What the engine we run in can do beyond the WebAssembly that every engine has. */

/** A module of one function `() → v128` whose body is three zero vectors and `f32x4.relaxed_madd`. */
const FUSED_MULTIPLY_ADD = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 61, 1, 59, 0],
  ...Array.from({ length: 3 }, () => [0xfd, 12, ...new Uint8Array(16)]).flat(),
  ...[0xfd, 0x85, 0x02, 0x0b],
]);

let relaxedSimd: boolean | undefined;

/**
 * Whether the engine has relaxed SIMD, by which multiplication and addition are one instruction, and so is a choice by
 * lanes. Tested once.
 */
export function hasRelaxedSimd(): boolean {
  relaxedSimd ??= WebAssembly.validate(FUSED_MULTIPLY_ADD);
  return relaxedSimd;
}
