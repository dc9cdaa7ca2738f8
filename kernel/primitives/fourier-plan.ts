/**
 * @file Discrete Fourier transforms of one line, of any length, in double precision and O(n log n): by factors where these
 * are small, else as a convolution.
 *
 * By factors: the self-sorting algorithm of Stockham in mixed radices; C. Van Loan, "Computational Frameworks for the Fast
 * Fourier Transform" (1992), §1.7 and §2.3. As a convolution: L. Bluestein, "A linear filtering approach to the computation
 * of discrete Fourier transform", IEEE Trans. Audio Electroacoust. 18 (1970).
 */

/** Replaces the line by its transform `Σⱼ xⱼ exp(−2πi jk/n)`. With the two parts exchanged it is the one with the other sign. */
export type FourierPlan = (real: Float64Array, imag: Float64Array) => void;

/** Prime factors up to this one are transformed by their definition, which costs as many operations per entry. */
const LARGEST_FACTOR = 31;
/** Plans that are kept. */
const KEPT = 16;

/** `exp(2πi t/n)` for integers 0 ≤ t < n, the angle reduced to an eighth of the circle without rounding. */
function rootOfUnity(t: number, n: number): [number, number] {
  const octant = Math.floor((8 * t) / n);
  const rest = 8 * t - octant * n;
  const angle = ((octant % 2 === 0 ? rest : n - rest) / n) * (Math.PI / 4);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  switch (octant) {
    case 0:
      return [c, s];
    case 1:
      return [s, c];
    case 2:
      return [-s, c];
    case 3:
      return [-c, s];
    case 4:
      return [-c, -s];
    case 5:
      return [-s, -c];
    case 6:
      return [s, -c];
    default:
      return [c, -s];
  }
}

/** The large prime factors first, where the inner loop of a stage is longest, and fours last. */
function factorsOf(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  const divideBy = (factor: number): void => {
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  };
  divideBy(4);
  for (let p = 2; p * p <= rest; p++) divideBy(p);
  if (rest > 1) factors.push(rest);
  return factors.reverse();
}

interface Stage {
  readonly radix: number;
  /** Product of the radices before. */
  readonly done: number;
}

function byFactors(n: number, factors: readonly number[]): FourierPlan {
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  for (let t = 0; t < n; t++) {
    const [c, s] = rootOfUnity(t, n);
    cosines[t] = c;
    sines[t] = -s;
  }
  const stages: Stage[] = [];
  factors.reduce((done, radix) => {
    stages.push({ radix, done });
    return done * radix;
  }, 1);
  const scratch = [new Float64Array(n), new Float64Array(n)] as const;

  return (real, imag) => {
    let [fromRe, fromIm, toRe, toIm]: Float64Array[] = [real, imag, ...scratch];
    for (const { radix, done } of stages) {
      const butterfly = radix === 2 ? radix2 : radix === 4 ? radix4 : radixAny;
      butterfly(n, done, radix, cosines, sines, fromRe, fromIm, toRe, toIm);
      [fromRe, fromIm, toRe, toIm] = [toRe, toIm, fromRe, fromIm];
    }
    if (fromRe !== real) {
      real.set(fromRe);
      imag.set(fromIm);
    }
  };
}

/**
 * One stage: entry `j · n/done + k` of the input is frequency j of the transform of every `n/done`-th value from k on; in
 * the output the same holds for `done · radix`.
 */
type Butterfly = (
  n: number,
  done: number,
  radix: number,
  cosines: Float64Array,
  sines: Float64Array,
  fromRe: Float64Array,
  fromIm: Float64Array,
  toRe: Float64Array,
  toIm: Float64Array,
) => void;

const radix2: Butterfly = (n, done, _, cosines, sines, fromRe, fromIm, toRe, toIm) => {
  const rest = n / (2 * done);
  const half = n / 2;
  for (let j = 0; j < done; j++) {
    const t = j * rest;
    const c = cosines[t];
    const s = sines[t];
    for (let k = 0; k < rest; k++) {
      const a = 2 * t + k;
      const b = a + rest;
      const re = fromRe[b] * c - fromIm[b] * s;
      const im = fromRe[b] * s + fromIm[b] * c;
      toRe[t + k] = fromRe[a] + re;
      toIm[t + k] = fromIm[a] + im;
      toRe[t + k + half] = fromRe[a] - re;
      toIm[t + k + half] = fromIm[a] - im;
    }
  }
};

const radix4: Butterfly = (n, done, _, cosines, sines, fromRe, fromIm, toRe, toIm) => {
  const rest = n / (4 * done);
  const quarter = n / 4;
  for (let j = 0; j < done; j++) {
    const t = j * rest;
    const c1 = cosines[t];
    const s1 = sines[t];
    const c2 = cosines[2 * t];
    const s2 = sines[2 * t];
    const c3 = cosines[3 * t];
    const s3 = sines[3 * t];
    for (let k = 0; k < rest; k++) {
      const a = 4 * t + k;
      const b = a + rest;
      const c = b + rest;
      const d = c + rest;
      const re1 = fromRe[b] * c1 - fromIm[b] * s1;
      const im1 = fromRe[b] * s1 + fromIm[b] * c1;
      const re2 = fromRe[c] * c2 - fromIm[c] * s2;
      const im2 = fromRe[c] * s2 + fromIm[c] * c2;
      const re3 = fromRe[d] * c3 - fromIm[d] * s3;
      const im3 = fromRe[d] * s3 + fromIm[d] * c3;
      const sumRe = fromRe[a] + re2;
      const sumIm = fromIm[a] + im2;
      const differenceRe = fromRe[a] - re2;
      const differenceIm = fromIm[a] - im2;
      const oddSumRe = re1 + re3;
      const oddSumIm = im1 + im3;
      const oddDifferenceRe = re1 - re3;
      const oddDifferenceIm = im1 - im3;
      const to = t + k;
      toRe[to] = sumRe + oddSumRe;
      toIm[to] = sumIm + oddSumIm;
      toRe[to + quarter] = differenceRe + oddDifferenceIm;
      toIm[to + quarter] = differenceIm - oddDifferenceRe;
      toRe[to + 2 * quarter] = sumRe - oddSumRe;
      toIm[to + 2 * quarter] = sumIm - oddSumIm;
      toRe[to + 3 * quarter] = differenceRe - oddDifferenceIm;
      toIm[to + 3 * quarter] = differenceIm + oddDifferenceRe;
    }
  }
};

const radixAny: Butterfly = (n, done, radix, cosines, sines, fromRe, fromIm, toRe, toIm) => {
  const rest = n / (radix * done);
  const part = n / radix;
  for (let j = 0; j < done; j++) {
    for (let q = 0; q < radix; q++) {
      const to = q * part + j * rest;
      for (let k = 0; k < rest; k++) {
        const from = radix * j * rest + k;
        let re = fromRe[from];
        let im = fromIm[from];
        // exp(−2πi p (j + q · done) / (done · radix)) for p = 1, 2, …
        for (let p = 1, t = to, at = from + rest; p < radix; p++, at += rest) {
          re += fromRe[at] * cosines[t] - fromIm[at] * sines[t];
          im += fromRe[at] * sines[t] + fromIm[at] * cosines[t];
          t += to;
          if (t >= n) t -= n;
        }
        toRe[to + k] = re;
        toIm[to + k] = im;
      }
    }
  }
};

/** `jk = (j² + k² − (k − j)²) / 2` makes the transform a convolution, and that a product of longer transforms. */
function byConvolution(n: number): FourierPlan {
  let length = 1;
  while (length < 2 * n - 1) length *= 2;
  const transform = byFactors(length, factorsOf(length));
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  const chirpRe = new Float64Array(length);
  const chirpIm = new Float64Array(length);
  for (let k = 0; k < n; k++) {
    // exp(−πi k²/n); k² is reduced first, so that the angle is exact for long lines too.
    const [c, s] = rootOfUnity((k * k) % (2 * n), 2 * n);
    cosines[k] = c;
    sines[k] = -s;
    chirpRe[k] = chirpRe[(length - k) % length] = c / length;
    chirpIm[k] = chirpIm[(length - k) % length] = s / length;
  }
  transform(chirpRe, chirpIm);
  const re = new Float64Array(length);
  const im = new Float64Array(length);

  return (real, imag) => {
    re.fill(0, n);
    im.fill(0, n);
    for (let k = 0; k < n; k++) {
      re[k] = real[k] * cosines[k] - imag[k] * sines[k];
      im[k] = real[k] * sines[k] + imag[k] * cosines[k];
    }
    transform(re, im);
    for (let k = 0; k < length; k++) {
      const product = re[k] * chirpRe[k] - im[k] * chirpIm[k];
      im[k] = re[k] * chirpIm[k] + im[k] * chirpRe[k];
      re[k] = product;
    }
    transform(im, re);
    for (let k = 0; k < n; k++) {
      real[k] = re[k] * cosines[k] - im[k] * sines[k];
      imag[k] = re[k] * sines[k] + im[k] * cosines[k];
    }
  };
}

const plans = new Map<number, FourierPlan>();

/** The transform of lines of length `n`. */
export function fourierPlan(n: number): FourierPlan {
  let plan = plans.get(n);
  if (plan === undefined) {
    const factors = factorsOf(n);
    plan = factors.every((factor) => factor <= LARGEST_FACTOR) ? byFactors(n, factors) : byConvolution(n);
  }
  // The one used last goes to the end; the first is the one not used for longest.
  plans.delete(n);
  plans.set(n, plan);
  if (plans.size > KEPT) plans.delete(plans.keys().next().value as number);
  return plan;
}
