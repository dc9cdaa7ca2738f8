/** @file The Hurwitz zeta function, which all further derivatives of the gamma function come from. */

/** B₂ⱼ / (2j)!, B the Bernoulli numbers; j from 1. */
const EULER_MACLAURIN = [
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7, 2.08767569878681e-8,
  -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13, 8.586062056277845e-15,
  -2.174868698558062e-16, 5.5090028283602295e-18, -1.3954464685812522e-19,
];

/**
 * Σ (x + k)⁻ˢ over k = 0, 1, …, for s > 1 and x > 0: the first terms one by one, until the Euler–Maclaurin formula is
 * exact to rounding for the rest. DLMF 25.11.5.
 */
function zetaOfPositive(s: number, x: number): number {
  const steps = Math.max(0, Math.ceil(0.8 * s + 10 - x));
  let [sum, lost] = [0, 0];
  for (let k = 0; k < steps; k++) {
    const [base, rest] = plus(x, k);
    // What rounding took from x + k counts s times.
    const term = base ** -s * (1 - (s * rest) / base);
    const [next, error] = plus(sum, term);
    sum = next;
    lost += error;
    // The rest is below term · (1 + base / (s − 1)), and nothing once a term has underflowed.
    if (sum === Number.POSITIVE_INFINITY || term * (1 + base / (s - 1)) <= 1e-18 * sum) return sum;
  }
  const [base, rest] = plus(x, steps);
  const power = base ** (1 - s) * (1 - ((s - 1) * rest) / base);
  let corrections = 0;
  // s (s + 1) … (s + 2j − 2) / base²ʲ
  let factor = s / base / base;
  EULER_MACLAURIN.forEach((coefficient, j) => {
    corrections += coefficient * factor;
    factor *= ((s + 2 * j + 1) / base) * ((s + 2 * j + 2) / base);
  });
  return sum + (lost + power * (1 / (s - 1) + (0.5 / base + corrections)));
}

/** x + y and what its rounding left out (D. E. Knuth's TwoSum). */
function plus(x: number, y: number): readonly [number, number] {
  const sum = x + y;
  const part = sum - x;
  return [sum, x - (sum - part) + (y - part)];
}

/**
 * Hurwitz' ζ(s, x) = Σ (x + k)⁻ˢ over k = 0, 1, …, for s > 1. Negative x: s must be an integer, else NaN. +∞ at the
 * poles x = 0, −1, … and at s = 1; NaN for s < 1, where the sum diverges.
 */
export function zeta(s: number, x: number): number {
  if (Number.isNaN(x) || !(s >= 1)) return Number.NaN;
  if (s === 1) return Number.POSITIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (x <= 0) {
    if (Number.isInteger(x)) return Number.POSITIVE_INFINITY;
    if (!Number.isInteger(s) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
    return zetaOfNegative(s, x);
  }
  // The first term is all that counts.
  if (s === Number.POSITIVE_INFINITY) return x === 1 ? 1 : x < 1 ? s : 0;
  return zetaOfPositive(s, x);
}

/** The terms below zero, read backwards, are a difference of two such sums. */
function zetaOfNegative(s: number, x: number): number {
  const [above, below] = [x - Math.floor(x), Math.ceil(x) - x];
  const finite = zetaOfPositive(s, below) - zetaOfPositive(s, 1 - x);
  return zetaOfPositive(s, above) + (s % 2 === 0 ? finite : -finite);
}
