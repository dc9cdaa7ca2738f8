/**
 * @file The matrix exponential by scaling and squaring with Padé approximants (Higham 2005), alone or with its derivative
 * in a direction (Al-Mohy & Higham 2009), which here is the same algorithm on dual matrices: pairs (A, E) with
 * (A, E) · (B, F) = (A B, A F + E B).
 */
import { columnSumNorm, identity, multiply } from "./dense.ts";
import { factorLU, solveLU } from "./lu.ts";

interface Dual {
  readonly value: Float64Array;
  readonly slope: Float64Array | null;
}

/** Coefficients of the numerator of the approximant of order (m, m), and the norm up to which it is exact to rounding. */
const PADE: readonly { readonly limit: number; readonly coefficients: readonly number[] }[] = [
  { limit: 1.495585217958292e-2, coefficients: [120, 60, 12, 1] },
  { limit: 2.53939833006323e-1, coefficients: [30240, 15120, 3360, 420, 30, 1] },
  { limit: 9.504178996162932e-1, coefficients: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1] },
  {
    limit: 2.097847961257068,
    coefficients: [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  },
  {
    limit: 5.371920351148152,
    coefficients: [
      64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
      670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ],
  },
];

const add = (a: Float64Array, b: Float64Array, factor = 1): Float64Array => a.map((each, i) => each + factor * b[i]);
const scaled = (a: Float64Array, factor: number): Float64Array => a.map((each) => each * factor);

/** Linear combination of dual matrices. */
function combine(terms: readonly (readonly [number, Dual])[]): Dual {
  const part = (of: (dual: Dual) => Float64Array | null): Float64Array | null =>
    terms.reduce<Float64Array | null>((sum, [factor, dual]) => {
      const each = of(dual);
      if (each === null) return sum;
      return sum === null ? scaled(each, factor) : add(sum, each, factor);
    }, null);
  return { value: part(({ value }) => value)!, slope: part(({ slope }) => slope) };
}

function product(a: Dual, b: Dual, n: number): Dual {
  const value = multiply(a.value, b.value, n, n, n);
  if (a.slope === null && b.slope === null) return { value, slope: null };
  const left = a.slope === null ? null : multiply(a.slope, b.value, n, n, n);
  const right = b.slope === null ? null : multiply(a.value, b.slope, n, n, n);
  return { value, slope: left === null ? right : right === null ? left : add(left, right) };
}

/** `q⁻¹ · p`. */
function quotient(q: Dual, p: Dual, n: number): Dual {
  const factors = q.value.slice();
  const order = new Int32Array(n);
  factorLU(factors, n, n, order);
  const solve = (b: Float64Array): Float64Array => solveLU(factors, order, n, b, n, false);
  const value = solve(p.value);
  if (p.slope === null || q.slope === null) return { value, slope: null };
  return { value, slope: solve(add(p.slope, multiply(q.slope, value, n, n, n), -1)) };
}

function pade(x: Dual, coefficients: readonly number[], n: number): Dual {
  const unit: Dual = { value: identity(n), slope: null };
  const square = product(x, x, n);
  const powers = [unit, square];
  // Powers x⁰, x², x⁴, x⁶; what goes beyond the sixth is x⁶ times a polynomial of them.
  const half = Math.floor((coefficients.length - 1) / 2);
  while (powers.length <= Math.min(half, 3)) powers.push(product(powers[powers.length - 1], square, n));
  const polynomial = (parity: 0 | 1): Dual => {
    const of = (from: number): (readonly [number, Dual])[] =>
      powers.flatMap((power, i) => {
        const coefficient = coefficients[2 * (i + from) + parity];
        return coefficient === undefined || (from > 0 && i === 0) ? [] : [[coefficient, power] as const];
      });
    const low = combine(of(0));
    return half <= 3
      ? low
      : combine([
          [1, low],
          [1, product(powers[3], combine(of(3)), n)],
        ]);
  };
  const [even, odd] = [polynomial(0), product(x, polynomial(1), n)];
  return quotient(
    combine([
      [1, even],
      [-1, odd],
    ]),
    combine([
      [1, even],
      [1, odd],
    ]),
    n,
  );
}

/** exp(a), and with `direction` its derivative there. NaN throughout when an entry is not finite. */
export function matrixExponential(a: Float64Array, n: number, direction: Float64Array | null): Dual {
  const size = columnSumNorm(a, n);
  if (!(size < Number.POSITIVE_INFINITY)) {
    const nan = (): Float64Array => new Float64Array(n * n).fill(Number.NaN);
    return { value: nan(), slope: direction && nan() };
  }
  const largest = PADE[PADE.length - 1];
  const { limit, coefficients } = PADE.find((each) => size <= each.limit) ?? largest;
  const squarings = size > limit ? Math.ceil(Math.log2(size / limit)) : 0;
  const factor = 2 ** -squarings;
  let x = pade({ value: scaled(a, factor), slope: direction && scaled(direction, factor) }, coefficients, n);
  for (let i = 0; i < squarings; i++) x = product(x, x, n);
  return x;
}
