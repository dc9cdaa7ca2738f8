/** @file Evaluation of the polynomials in this folder; test/kernel/accuracy/coefficients.py derives them. */

/** Horner's rule; the coefficient of the highest power comes first. */
export function polynomial(coefficients: readonly number[], t: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * t + coefficient;
  return sum;
}
