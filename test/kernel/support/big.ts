/**
 * @file Binary floating-point numbers of 160 digits, and elementary functions of them: what float64 code is measured
 * against. Textbook series after textbook reductions, in BigInt; slow, and right to about 2⁻¹⁴⁰ of the result.
 */

/** The number `mantissa · 2^exponent`. */
export interface Big {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const DIGITS = 160;
/** Binary places of fixed-point numbers inside of a function. */
const PLACES = 200;

const lengthOf = (n: bigint): number => {
  const hex = (n < 0n ? -n : n).toString(16);
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0], 16)) + 28;
};

const shifted = (n: bigint, by: number): bigint => (by >= 0 ? n << BigInt(by) : n >> BigInt(-by));

function normal(mantissa: bigint, exponent: number): Big {
  if (mantissa === 0n) return ZERO;
  const excess = lengthOf(mantissa) - DIGITS;
  return excess <= 0 ? { mantissa, exponent } : { mantissa: mantissa >> BigInt(excess), exponent: exponent + excess };
}

export const ZERO: Big = { mantissa: 0n, exponent: 0 };
const word = new DataView(new ArrayBuffer(8));

/** A finite float64, exactly. */
export function big(x: number): Big {
  word.setFloat64(0, x);
  const bits = word.getBigUint64(0);
  const field = Number((bits >> 52n) & 2047n);
  const digits = (bits & ((1n << 52n) - 1n)) | (field === 0 ? 0n : 1n << 52n);
  return normal(bits >> 63n ? -digits : digits, Math.max(field, 1) - 1075);
}

/** The exponent of the leading digit. */
export const magnitude = (x: Big): number => lengthOf(x.mantissa) - 1 + x.exponent;

export const ONE = big(1);
export const negate = (x: Big): Big => ({ mantissa: -x.mantissa, exponent: x.exponent });
export const absolute = (x: Big): Big => (x.mantissa < 0n ? negate(x) : x);
export const times = (x: Big, y: Big): Big => normal(x.mantissa * y.mantissa, x.exponent + y.exponent);
export const scaled = (x: Big, by: number): Big => (x.mantissa === 0n ? x : { ...x, exponent: x.exponent + by });
export const isNegative = (x: Big): boolean => x.mantissa < 0n;

export function plus(x: Big, y: Big): Big {
  if (x.mantissa === 0n) return y;
  if (y.mantissa === 0n) return x;
  const [high, low] = x.exponent >= y.exponent ? [x, y] : [y, x];
  const apart = high.exponent - low.exponent;
  // What is far below the last digit does not count.
  if (apart > 4 * DIGITS) return magnitude(high) > magnitude(low) ? high : low;
  return normal((high.mantissa << BigInt(apart)) + low.mantissa, low.exponent);
}

export const minus = (x: Big, y: Big): Big => plus(x, negate(y));

export function over(x: Big, y: Big): Big {
  const shift = Math.max(0, DIGITS + 8 + lengthOf(y.mantissa) - lengthOf(x.mantissa));
  return normal((x.mantissa << BigInt(shift)) / y.mantissa, x.exponent - shift - y.exponent);
}

function integerRoot(n: bigint): bigint {
  let root = 1n << BigInt((lengthOf(n) + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

export function squareRoot(x: Big): Big {
  if (x.mantissa === 0n) return x;
  let shift = 2 * DIGITS + 8;
  if ((x.exponent - shift) % 2 !== 0) shift++;
  return normal(integerRoot(x.mantissa << BigInt(shift)), (x.exponent - shift) / 2);
}

export function cubeRoot(x: Big): Big {
  if (x.mantissa === 0n) return x;
  const third = Math.floor(magnitude(x) / 3);
  const rest = scaled(x, -3 * third);
  let root = big(Math.cbrt(toNumber(rest)));
  for (let step = 0; step < 3; step++) {
    // Newton's, doubling the digits.
    const square = times(root, root);
    root = plus(root, over(minus(rest, times(square, root)), times(big(3), square)));
  }
  return scaled(root, third);
}

/** Nearly the number, as a float64; for where to begin an iteration. */
export function toNumber(x: Big): number {
  const excess = Math.max(0, lengthOf(x.mantissa) - 64);
  const leading = Number(x.mantissa >> BigInt(excess));
  const exponent = x.exponent + excess;
  const half = Math.trunc(exponent / 2);
  return leading * 2 ** half * 2 ** (exponent - half);
}

/** x as an integer multiple of 2^−places, rounded down. */
const fixed = (x: Big, places: number): bigint => shifted(x.mantissa, x.exponent + places);

/** Σ of the terms that `next` makes, until they vanish. */
function series(first: bigint, next: (term: bigint, n: number) => bigint): bigint {
  let [sum, term] = [first, first];
  for (let n = 1; term !== 0n; n++) {
    term = next(term, n);
    sum += term;
  }
  return sum;
}

/** atan(1/n), or with `sign` 1 atanh(1/n), in fixed point. */
function inverseArc(n: bigint, places: number, sign: 1n | -1n): bigint {
  let power = (1n << BigInt(places)) / n;
  let sum = power;
  for (let k = 3n; power !== 0n; k += 2n) {
    power = (sign * power) / (n * n);
    sum += power / k;
  }
  return sum;
}

/** π by J. Machin's formula, so long that the largest float64 can be reduced by it. */
const PI_PLACES = 1400;
const PI_FIXED = 4n * (4n * inverseArc(5n, PI_PLACES, -1n) - inverseArc(239n, PI_PLACES, -1n));
const PI = normal(PI_FIXED, -PI_PLACES);
/** ln 2 = 18 atanh(1/26) − 2 atanh(1/4801) + 8 atanh(1/8749). */
const LN2_FIXED =
  18n * inverseArc(26n, PLACES + 20, 1n) -
  2n * inverseArc(4801n, PLACES + 20, 1n) +
  8n * inverseArc(8749n, PLACES + 20, 1n);
const LN2 = normal(LN2_FIXED, -PLACES - 20);

export function exponential(x: Big): Big {
  if (magnitude(x) < -DIGITS) return plus(ONE, x);
  // Beyond any range: what it is added to, or divides, must still see on which side.
  if (magnitude(x) > 20) return { mantissa: 1n, exponent: isNegative(x) ? -(2 ** 30) : 2 ** 30 };
  const whole = fixed(x, PLACES + 20);
  const turns = whole / LN2_FIXED;
  // Halved eight times, summed, squared eight times.
  const r = (whole - turns * LN2_FIXED) >> 28n;
  let power = series(1n << BigInt(PLACES), (term, n) => ((term * r) >> BigInt(PLACES)) / BigInt(n));
  for (let step = 0; step < 8; step++) power = (power * power) >> BigInt(PLACES);
  return normal(power, Number(turns) - PLACES);
}

/** exp(x) − 1, by its series where the subtraction would lose digits. */
export function exponentialRest(x: Big): Big {
  if (magnitude(x) > -12) return minus(exponential(x), ONE);
  let [sum, term] = [x, x];
  for (let n = 2; n < 24; n++) {
    term = over(times(term, x), big(n));
    sum = plus(sum, term);
  }
  return sum;
}

/** atanh(x) for small |x|, by its series. */
function smallInverse(x: Big, sign: 1 | -1): Big {
  const square = sign === 1 ? times(x, x) : negate(times(x, x));
  let [sum, power] = [x, x];
  for (let k = 3; magnitude(x) - magnitude(power) < DIGITS && power.mantissa !== 0n; k += 2) {
    power = times(power, square);
    sum = plus(sum, over(power, big(k)));
  }
  return sum;
}

export function logarithm(x: Big): Big {
  const near = minus(x, ONE);
  if (near.mantissa === 0n) return ZERO;
  if (magnitude(near) < -6) return scaled(smallInverse(over(near, plus(x, ONE)), 1), 1);
  const exponent = magnitude(x);
  const rest = scaled(x, -exponent);
  let y = big(Math.log(toNumber(rest)));
  for (let step = 0; step < 2; step++) {
    // E. Halley's iteration, which triples the digits.
    const power = exponential(y);
    y = plus(y, scaled(over(minus(rest, power), plus(rest, power)), 1));
  }
  return plus(y, times(LN2, big(exponent)));
}

/** log(1 + x). */
export function logarithmRest(x: Big): Big {
  return magnitude(x) < -6 ? scaled(smallInverse(over(x, plus(x, big(2))), 1), 1) : logarithm(plus(ONE, x));
}

/** sin and cos. */
export function circle(x: Big): readonly [Big, Big] {
  if (magnitude(x) < -DIGITS) return [x, ONE];
  const places = PLACES + Math.max(0, -2 * magnitude(x));
  const half = PI_FIXED >> 1n;
  const exact = fixed(x, PI_PLACES);
  const turns = exact / half;
  // A remainder may be tiny: it keeps all places until it is a floating number.
  const remainder = magnitude(x) < 0 ? x : normal(exact - turns * half, -PI_PLACES);
  const quarters = magnitude(x) < 0 ? 0 : Number(((turns % 4n) + 4n) % 4n);
  const wide = places + Math.max(0, -2 * magnitude(remainder));
  const r = fixed(remainder, wide);
  const square = (r * r) >> BigInt(wide);
  const sum = (first: bigint, from: number): Big =>
    normal(
      series(first, (term, n) => -((term * square) >> BigInt(wide)) / BigInt((2 * n + from) * (2 * n + from - 1))),
      -wide,
    );
  const sin = sum(r, 1);
  const cos = sum(1n << BigInt(wide), 0);
  if (quarters === 0) return [sin, cos];
  if (quarters === 1) return [cos, negate(sin)];
  return quarters === 2 ? [negate(sin), negate(cos)] : [negate(cos), sin];
}

/** The angle of the point (x, y), for x > 0. */
function arc(y: Big, x: Big): Big {
  let t = over(y, x);
  if (magnitude(t) > 8) return minus(t.mantissa < 0n ? negate(scaled(PI, -1)) : scaled(PI, -1), arc(x, y));
  let halvings = 0;
  for (; magnitude(t) > -7; halvings++) t = over(t, plus(ONE, squareRoot(plus(ONE, times(t, t)))));
  return scaled(smallInverse(t, -1), halvings);
}

export function angle(y: Big, x: Big): Big {
  if (y.mantissa === 0n) return isNegative(x) ? PI : ZERO;
  const half = scaled(PI, -1);
  if (x.mantissa === 0n) return isNegative(y) ? negate(half) : half;
  if (!isNegative(x)) return arc(y, x);
  const acute = arc(absolute(y), negate(x));
  const obtuse = minus(PI, acute);
  return isNegative(y) ? negate(obtuse) : obtuse;
}

/** erf by its series of positive terms, 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!; DLMF 7.6.2. */
export function errorFunction(x: Big): Big {
  if (magnitude(x) > 4) return isNegative(x) ? negate(ONE) : ONE;
  const square = times(x, x);
  let [sum, term] = [x, x];
  for (let n = 1; magnitude(sum) - magnitude(term) < DIGITS && term.mantissa !== 0n; n++) {
    term = over(times(scaled(term, 1), square), big(2 * n + 1));
    sum = plus(sum, term);
  }
  return over(times(scaled(sum, 1), exponential(negate(square))), squareRoot(PI));
}

/** 1 − erf(x); above 4 by the continued fraction, DLMF 7.9.2, else by that subtraction. */
export function errorComplement(x: Big): Big {
  const value = toNumber(x);
  if (value < 4) return minus(ONE, errorFunction(x));
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = plus(x, over(big(n / 2), fraction));
  return over(exponential(negate(times(x, x))), times(fraction, squareRoot(PI)));
}
