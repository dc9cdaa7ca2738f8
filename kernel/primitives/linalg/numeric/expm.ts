/**
 * @file The matrix exponential by scaling and squaring with Padé approximants (Higham 2005), alone or with its derivative
 * in a direction (Al-Mohy & Higham 2009), which here is the same algorithm on dual matrices: pairs (A, E) with
 * (A, E) · (B, F) = (A B, A F + E B).
 */
import type { Workspace } from "../../../loops/workspace.ts";
import { columnSumNorm, copy, identity, multiply, zeros } from "./dense.ts";
import { factorLU, solveLU } from "./lu.ts";

interface Dual {
  readonly value: number;
  readonly slope: number | null;
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

/** Linear combination of n × n dual matrices. */
function combine(space: Workspace, n: number, terms: readonly (readonly [number, Dual])[]): Dual {
  const part = (of: (dual: Dual) => number | null): number | null => {
    const parts = terms.flatMap(([factor, dual]) => {
      const at = of(dual);
      return at === null ? [] : [{ factor, at }];
    });
    if (parts.length === 0) return null;
    const sum = zeros(space, n * n);
    for (const { factor, at } of parts) space.addMultiple(sum, factor, at, n * n);
    return sum;
  };
  return { value: part(({ value }) => value)!, slope: part(({ slope }) => slope) };
}

function product(space: Workspace, n: number, a: Dual, b: Dual): Dual {
  const value = multiply(space, a.value, b.value, n);
  if (a.slope === null && b.slope === null) return { value, slope: null };
  const left = a.slope === null ? null : multiply(space, a.slope, b.value, n);
  const right = b.slope === null ? null : multiply(space, a.value, b.slope, n);
  if (left === null || right === null) return { value, slope: left ?? right };
  space.addMultiple(left, 1, right, n * n);
  return { value, slope: left };
}

/** `q⁻¹ · p`. */
function quotient(space: Workspace, n: number, q: Dual, p: Dual): Dual {
  const factors = copy(space, q.value, n * n);
  const order = new Int32Array(n);
  factorLU(space, factors, n, n, order);
  const solve = (b: number): number => {
    const out = space.take(n * n);
    solveLU(space, factors, order, n, b, out, n, false);
    return out;
  };
  const value = solve(p.value);
  if (p.slope === null || q.slope === null) return { value, slope: null };
  const right = copy(space, p.slope, n * n);
  space.addMultiple(right, -1, multiply(space, q.slope, value, n), n * n);
  return { value, slope: solve(right) };
}

function pade(space: Workspace, n: number, x: Dual, coefficients: readonly number[]): Dual {
  const unit: Dual = { value: identity(space, n, n), slope: null };
  const square = product(space, n, x, x);
  const powers = [unit, square];
  // Powers x⁰, x², x⁴, x⁶; what goes beyond the sixth is x⁶ times a polynomial of them.
  const half = Math.floor((coefficients.length - 1) / 2);
  while (powers.length <= Math.min(half, 3)) powers.push(product(space, n, powers[powers.length - 1], square));
  const polynomial = (parity: 0 | 1): Dual => {
    const of = (from: number): (readonly [number, Dual])[] =>
      powers.flatMap((power, i) => {
        const coefficient = coefficients[2 * (i + from) + parity];
        return coefficient === undefined || (from > 0 && i === 0) ? [] : [[coefficient, power] as const];
      });
    const low = combine(space, n, of(0));
    return half <= 3
      ? low
      : combine(space, n, [
          [1, low],
          [1, product(space, n, powers[3], combine(space, n, of(3)))],
        ]);
  };
  const [even, odd] = [polynomial(0), product(space, n, x, polynomial(1))];
  return quotient(
    space,
    n,
    combine(space, n, [
      [1, even],
      [-1, odd],
    ]),
    combine(space, n, [
      [1, even],
      [1, odd],
    ]),
  );
}

/** exp(a), and with `direction` its derivative there. NaN throughout when an entry is not finite. */
export function matrixExponential(space: Workspace, a: number, n: number, direction: number | null): Dual {
  const size = columnSumNorm(space.data, a, n);
  if (!(size < Number.POSITIVE_INFINITY)) {
    const nan = (): number => {
      const at = space.take(n * n);
      space.data.fill(Number.NaN, at, at + n * n);
      return at;
    };
    return { value: nan(), slope: direction === null ? null : nan() };
  }
  const largest = PADE[PADE.length - 1];
  const { limit, coefficients } = PADE.find((each) => size <= each.limit) ?? largest;
  const squarings = size > limit ? Math.ceil(Math.log2(size / limit)) : 0;
  const scaled = combine(space, n, [[2 ** -squarings, { value: a, slope: direction }]]);
  let x = pade(space, n, scaled, coefficients);
  for (let i = 0; i < squarings; i++) x = product(space, n, x, x);
  return x;
}
