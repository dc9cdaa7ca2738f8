/** @file Comparison of results in units in the last place. */
import assert from "node:assert/strict";
import type { TypedArray } from "../../../kernel/dtype.ts";

const bits = new DataView(new ArrayBuffer(8));

/** Position of a float32 among all float32, in order; both zeros are 0. */
function rank32(value: number): number {
  bits.setFloat32(0, value);
  const word = bits.getInt32(0);
  return word < 0 ? -(word & 0x7fffffff) : word;
}

function rank64(value: number): bigint {
  bits.setFloat64(0, value);
  const word = bits.getBigInt64(0);
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word;
}

/** Steps from one value to the other in their element type; Infinity where only one is NaN. */
export function ulpsApart(kind: TypedArray, x: number, y: number): number {
  if (Object.is(x, y)) return 0;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.POSITIVE_INFINITY;
  if (kind instanceof Float32Array) return Math.abs(rank32(x) - rank32(y));
  if (kind instanceof Float64Array) {
    const distance = rank64(x) - rank64(y);
    return Number(distance < 0n ? -distance : distance);
  }
  return x === y ? 0 : Number.POSITIVE_INFINITY;
}

/** All entries at most `ulps` apart, and equal to the sign of zero where `ulps` is 0. */
export function assertClose(got: TypedArray, wanted: TypedArray, ulps: number, describe: (i: number) => string): void {
  assert.equal(got.constructor, wanted.constructor);
  assert.equal(got.length, wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(got[i], wanted[i])) continue;
    const apart = ulpsApart(wanted, got[i], wanted[i]);
    const signs = wanted[i] === 0 && got[i] === 0;
    if (apart > ulps || signs) {
      assert.fail(
        `entry ${i} of ${wanted.length}, for ${describe(i)}: got ${got[i]}, wanted ${wanted[i]} (${apart} ulp)`,
      );
    }
  }
}
