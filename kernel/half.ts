/** @file Half precision (IEEE 754 binary16): 11 significant bits, from 2⁻²⁴ up to 65504. No type of tensors, but of files and of storage. */

/** A number from its bits. */
export function halfFromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** What turns a whole number of units into the nearest, of two the even one, by what doubles can hold. */
const ROUNDER = 2 ** 52;

/** The bits of the nearest number, of two the even one; beyond 65504 an infinity. */
export function bitsOfHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Below 2⁻¹⁴ the step stays the same.
  const exponent = Math.max(-14, size === 0 ? -14 : Math.floor(Math.log2(size)));
  const steps = size * 2 ** (10 - exponent) + ROUNDER - ROUNDER;
  // The leading one of a normal number adds to its exponent, and so does what is rounded up to the next power of two.
  return sign | (((exponent + 14) << 10) + steps);
}
