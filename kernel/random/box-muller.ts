/**
 * @file Box–Muller in single precision, to the last bit as PyTorch computes it on a CPU with AVX2 and FMA.
 *
 * PyTorch evaluates the logarithm, sine and cosine with the polynomials of Cephes (S. Moshier) in float32, and its
 * compiler fuses each multiplication into the addition that follows. A correctly rounded logarithm would be more
 * accurate but differ in the last bit for one value in four, so the same roundings are made here, one by one.
 *
 * A fused multiply-add is `fround(a * b + c)`: the product of two float32 is exact in a double, the sum is rounded to
 * 53 bits and then to 24. Rounding twice differs from rounding once only if the first rounding lands exactly half way
 * between two float32; the arguments here are multiples of 2⁻²⁴, and over all 2²⁴ of them that never happens.
 */

const { fround } = Math;

const TWO_PI = fround(2 * Math.PI);
const FOUR_OVER_PI = fround(4 / Math.PI);

// π/4 in three parts, the first two short enough for exact products with the octant number.
const QUARTER_PI_1 = 0.78515625;
const QUARTER_PI_2 = 2.4187564849853516e-4;
const QUARTER_PI_3 = fround(3.774894977445941e-8);

const SIN_0 = fround(-1.9515295891e-4);
const SIN_1 = fround(8.3321608736e-3);
const SIN_2 = fround(-1.6666654611e-1);

const COS_0 = fround(2.443315711809948e-5);
const COS_1 = fround(-1.388731625493765e-3);
const COS_2 = fround(4.166664568298827e-2);

const SQRT_HALF = fround(Math.SQRT1_2);

const LOG_0 = fround(7.0376836292e-2);
const LOG_1 = fround(-1.151461031e-1);
const LOG_2 = fround(1.167699874e-1);
const LOG_3 = fround(-1.2420140846e-1);
const LOG_4 = fround(1.4249322787e-1);
const LOG_5 = fround(-1.6668057665e-1);
const LOG_6 = fround(2.0000714765e-1);
const LOG_7 = fround(-2.4999993993e-1);
const LOG_8 = fround(3.3333331174e-1);

// ln 2 in two parts, the first short enough for exact products with the exponent.
const LN_2_HIGH = 0.693359375;
const LN_2_LOW = fround(-2.1219444e-4);

/** Natural logarithm of a float32 in (0, 1]. */
export function logFloat32(u: number): number {
  // u = m · 2^e with m in [√½, √2).
  let e = 0;
  let m = u;
  while (m < SQRT_HALF) {
    m *= 2;
    e--;
  }
  const x = m - 1;
  const z = fround(x * x);
  let y = fround(LOG_0 * x + LOG_1);
  y = fround(y * x + LOG_2);
  y = fround(y * x + LOG_3);
  y = fround(y * x + LOG_4);
  y = fround(y * x + LOG_5);
  y = fround(y * x + LOG_6);
  y = fround(y * x + LOG_7);
  y = fround(y * x + LOG_8);
  y = fround(y * x);
  y = fround(y * z + fround(e * LN_2_LOW));
  y = fround(y - 0.5 * z);
  return fround(e * LN_2_HIGH + fround(x + y));
}

/**
 * Turns uniform float32 values in [0, 1), multiples of 2⁻²⁴, into standard normal ones: of the 16 values from `start`,
 * the first eight give the radii and the last eight the angles; cosines go to the first eight, sines to the last.
 */
export function boxMuller16(values: Float32Array, start: number): void {
  for (let i = start; i < start + 8; i++) {
    const radius = fround(Math.sqrt(-2 * logFloat32(1 - values[i])));
    const angle = fround(TWO_PI * values[i + 8]);

    // The angle less the nearest multiple of π/2, of which there are `octant / 2`.
    const octant = (Math.trunc(fround(angle * FOUR_OVER_PI)) + 1) & ~1;
    let x = fround(angle - octant * QUARTER_PI_1);
    x = fround(x - octant * QUARTER_PI_2);
    x = fround(x - octant * QUARTER_PI_3);
    const z = fround(x * x);

    let c = fround(COS_0 * z + COS_1);
    c = fround(c * z + COS_2);
    c = fround(c * z);
    c = fround(c * z - 0.5 * z);
    c = fround(c + 1);

    let s = fround(SIN_0 * z + SIN_1);
    s = fround(s * z + SIN_2);
    s = fround(s * z);
    s = fround(s * x + x);

    const swapped = (octant & 2) !== 0;
    const cosine = swapped ? s : c;
    const sine = swapped ? c : s;
    // The cosine is negative in the second and third quadrant, the sine in the third and fourth.
    // Adding 0, PyTorch's mean, makes a negative zero positive.
    values[i] = radius * ((octant + 2) & 4 ? -cosine : cosine) + 0;
    values[i + 8] = radius * (octant & 4 ? -sine : sine) + 0;
  }
}
