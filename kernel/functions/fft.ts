/**
 * @file Discrete Fourier transforms, with the names and conventions of `torch.fft`. Complex tensors are `{ real, imag }`;
 * a function that takes one takes a real tensor too. Computed in double precision, in O(n log n) for every length.
 */
import { defaultDtype } from "../dtype.ts";
import { emit, reshape } from "../emit.ts";
import { ArgumentError, ShapeError, StructureError, showShape } from "../errors.ts";
import { distinctAxes, normalizeAxes, normalizeAxis, range } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { type Complex, type ComplexLike, requireParts } from "./complex.ts";
import { arange, type DTypeOption, tensor, zerosLike } from "./creation.ts";
import { pad, roll } from "./joining.ts";
import { describe, operands, requireOptionsObject, toFloating } from "./operands.ts";
import { slice, squeeze } from "./shape.ts";

const NORMS = ["backward", "ortho", "forward"] as const;
/** Where the factor 1/n goes: to the inverse transform, in equal parts (1/√n) to both, or to the forward one. */
export type FourierNorm = (typeof NORMS)[number];

export interface FourierOptions {
  /** Along which axis. Default: the last. */
  readonly axis?: number;
  /** Length of the transform: the input is cut, or continued with zeros. Default: the extent of the axis. */
  readonly n?: number;
  /** Default "backward". */
  readonly norm?: FourierNorm;
}

export interface FourierOptions2 {
  /** Along which two axes. Default: the last two. */
  readonly axes?: readonly [number, number];
  /** Lengths of the transforms: the input is cut, or continued with zeros. Default: the extents of the axes. */
  readonly shape?: readonly [number, number];
  /** Default "backward". */
  readonly norm?: FourierNorm;
}

/** Both parts, of one floating type and shape. */
function partsOf(name: string, x: ComplexLike): Complex {
  const parts: unknown = x instanceof Tensor ? { real: x, imag: zerosLike(x) } : x;
  requireParts(
    name,
    parts,
    "a tensor or { real, imag } of two tensors",
    "Make tensors of what is none with tensor(…).",
  );
  const [re, im] = operands(name, [parts.real, parts.imag], toFloating);
  return { real: new Tensor(re), imag: new Tensor(im) };
}

const mapParts = ({ real, imag }: Complex, f: (part: Tensor) => Tensor): Complex => ({ real: f(real), imag: f(imag) });

function requireLength(name: string, n: number, remedy: string): void {
  if (Number.isInteger(n) && n >= 1) return;
  throw new ArgumentError(`${name}: expected a length n of at least 1, got ${n}. ${remedy}`);
}

/** The length that is asked for, or the extent of the axis. */
function lengthOf(name: string, x: Tensor, axis: number, given: number | undefined): number {
  const n = given ?? x.shape[axis];
  const remedy =
    given === undefined
      ? `Axis ${axis} of ${showShape(x.shape)} has no entries; with an n it is continued with zeros.`
      : "Leave n out for the whole axis.";
  requireLength(name, n, remedy);
  return n;
}

/** Cut, or continued with zeros, to `n` entries along `axis`. */
function resized(x: Tensor, axis: number, n: number): Tensor {
  const missing = n - x.shape[axis];
  if (missing <= 0) return slice(x, axis, 0, n);
  return pad(
    x,
    x.shape.map((_, d) => [0, d === axis ? missing : 0] as const),
  );
}

/** The factor of a transform of length `n`. */
function factorOf(name: string, norm: FourierNorm, n: number, inverse: boolean): number {
  switch (norm) {
    case "backward":
      return inverse ? 1 / n : 1;
    case "ortho":
      return 1 / Math.sqrt(n);
    case "forward":
      return inverse ? 1 : 1 / n;
    default:
      throw new ArgumentError(
        `${name}: there is no norm ${JSON.stringify(norm)}; expected ${NORMS.map((each) => `"${each}"`).join(", ")}.`,
      );
  }
}

const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : x.mul(factor));

/** The transform along one axis of parts that have the right length. */
function transformed({ real, imag }: Complex, axis: number, inverse: boolean, factor: number): Complex {
  const lead = [1, ...real.shape];
  const packed = emit("concat", [reshape(real.node, lead), reshape(imag.node, lead)], { axis: 0 });
  const out = new Tensor(emit("fft", [packed], { pair: 0, axis: axis + 1, inverse }));
  const part = (i: number): Tensor => scaled(squeeze(slice(out, 0, i, i + 1), 0), factor);
  return { real: part(0), imag: part(1) };
}

function axisOf(name: string, x: Tensor, axis: number): number {
  if (x.ndim === 0) throw new ShapeError(`${name}: expected at least one axis, got a scalar []. Stack numbers first.`);
  return normalizeAxis(name, axis, x.ndim);
}

function complexTransform(name: string, x: ComplexLike, options: FourierOptions, inverse: boolean): Complex {
  requireOptionsObject(name, options, "{ n: 8 }");
  const { axis = -1, norm = "backward" } = options;
  const parts = partsOf(name, x);
  const d = axisOf(name, parts.real, axis);
  const n = lengthOf(name, parts.real, d, options.n);
  const factor = factorOf(name, norm, n, inverse);
  return transformed(
    mapParts(parts, (part) => resized(part, d, n)),
    d,
    inverse,
    factor,
  );
}

/**
 * Discrete Fourier transform `Xₖ = Σⱼ xⱼ exp(−2πi jk/n)` along one axis.
 * @example const { real, imag } = fft(signal)
 */
export const fft = (x: ComplexLike, options: FourierOptions = {}): Complex =>
  complexTransform("fft", x, options, false);

/**
 * Inverse discrete Fourier transform `xⱼ = 1/n Σₖ Xₖ exp(2πi jk/n)` along one axis.
 * @example ifft(fft(signal)).real   // the signal
 */
export const ifft = (x: ComplexLike, options: FourierOptions = {}): Complex =>
  complexTransform("ifft", x, options, true);

/**
 * Discrete Fourier transform of a real tensor: the `⌊n/2⌋ + 1` frequencies from 0 on, the others being their conjugates.
 * @example complexAbs(rfft(signal, { axis: 0 }))
 */
export function rfft(x: Tensor, options: FourierOptions = {}): Complex {
  if (!(x instanceof Tensor)) {
    throw new StructureError(`rfft: expected a real tensor, got ${describe(x)}. Use fft for { real, imag }.`);
  }
  const full = complexTransform("rfft", x, options, false);
  const d = axisOf("rfft", full.real, options.axis ?? -1);
  return mapParts(full, (part) => slice(part, d, 0, Math.floor(part.shape[d] / 2) + 1));
}

/**
 * The real tensor whose `rfft` is `x`. What cannot come from a real tensor, the imaginary parts of the first frequency and,
 * for even `n`, of the last, does not count.
 * @param options `n` is the length of the result, by default the even one, `2 (frequencies − 1)`
 * @example irfft(rfft(signal), { n: signal.size })
 */
export function irfft(x: ComplexLike, options: FourierOptions = {}): Tensor {
  requireOptionsObject("irfft", options, "{ n: 8 }");
  const { axis = -1, norm = "backward" } = options;
  const parts = partsOf("irfft", x);
  const d = axisOf("irfft", parts.real, axis);
  const given = parts.real.shape[d];
  if (options.n === undefined && given < 2) {
    throw new ArgumentError(
      `irfft: expected at least 2 frequencies, from which the length of the result follows, got ${given} along axis ${d} of ` +
        `${showShape(parts.real.shape)}. Give the length, such as { n: 1 }.`,
    );
  }
  const n = options.n ?? 2 * (given - 1);
  requireLength("irfft", n, "Leave n out for the even length, 2 (frequencies − 1).");
  const factor = factorOf("irfft", norm, n, true);
  const frequencies = Math.floor(n / 2) + 1;
  // A frequency and its conjugate add up to twice the real part; the first and the middle one stand alone.
  const weights = Float64Array.from({ length: frequencies }, (_, k) => (k === 0 || 2 * k === n ? 1 : 2));
  const line = tensor(weights, {
    dtype: parts.real.dtype,
    shape: parts.real.shape.map((_, i) => (i === d ? frequencies : 1)),
  });
  const spectrum = mapParts(parts, (part) => resized(resized(part, d, frequencies).mul(line), d, n));
  return transformed(spectrum, d, true, factor).real;
}

function twice(name: string, x: ComplexLike, options: FourierOptions2, inverse: boolean): Complex {
  const { axes = [-2, -1], shape, norm } = options;
  const parts = partsOf(name, x);
  if (parts.real.ndim < 2 || axes.length !== 2 || (shape !== undefined && shape.length !== 2)) {
    throw new ShapeError(
      `${name}: expected two axes of a tensor that has them, got axes ${showShape(axes)}` +
        `${shape === undefined ? "" : ` with lengths ${showShape(shape)}`} of ${showShape(parts.real.shape)}. Use ${name.slice(0, -1)} along one axis.`,
    );
  }
  return distinctAxes(name, axes, parts.real.ndim).reduce<Complex>(
    (value, axis, i) => complexTransform(name, value, { axis, n: shape?.[i], norm }, inverse),
    parts,
  );
}

/**
 * Discrete Fourier transform along two axes.
 * @example fft2(image)   // of { real, imag } or of a real matrix
 */
export const fft2 = (x: ComplexLike, options: FourierOptions2 = {}): Complex => twice("fft2", x, options, false);

/**
 * Inverse discrete Fourier transform along two axes.
 * @example ifft2(complexMul(fft2(image), fft2(kernel))).real   // circular convolution
 */
export const ifft2 = (x: ComplexLike, options: FourierOptions2 = {}): Complex => twice("ifft2", x, options, true);

function shifted<X extends ComplexLike>(
  name: string,
  x: X,
  axis: number | readonly number[] | undefined,
  sign: 1 | -1,
): X {
  const along = (part: Tensor): Tensor =>
    normalizeAxes(name, axis, part.ndim).reduce(
      (value, d) => roll(value, sign * Math.floor(value.shape[d] / 2), d),
      part,
    );
  return (x instanceof Tensor ? along(x) : mapParts(partsOf(name, x), along)) as X;
}

/**
 * Brings frequency 0 to the middle: of the given axes, or of all.
 * @example fftshift(fftfreq(4))   // [-0.5, -0.25, 0, 0.25]
 */
export const fftshift = <X extends ComplexLike>(x: X, axis?: number | readonly number[]): X =>
  shifted("fftshift", x, axis, 1);

/**
 * Undoes `fftshift`, for odd extents too.
 * @example ifftshift(fftshift(x))   // x
 */
export const ifftshift = <X extends ComplexLike>(x: X, axis?: number | readonly number[]): X =>
  shifted("ifftshift", x, axis, -1);

const frequencies = (steps: Tensor, n: number, spacing: number, { dtype = defaultDtype() }: DTypeOption): Tensor =>
  steps
    .to("float64")
    .div(n * spacing)
    .to(dtype);

function requireSampling(name: string, n: number, spacing: number): void {
  requireLength(name, n, "It is the number of samples.");
  if (Number.isFinite(spacing) && spacing !== 0) return;
  const got = typeof spacing === "number" ? spacing : describe(spacing);
  throw new ArgumentError(
    `${name}: expected a spacing that is finite and not 0, got ${got}. It is the distance from one sample to the next.`,
  );
}

/**
 * The frequencies of `fft` of `n` samples that are `spacing` apart, in cycles per unit of it: first those from 0 up, then
 * the negative ones.
 * @example fftfreq(5, 0.1)   // [0, 2, 4, -4, -2]
 */
export function fftfreq(n: number, spacing = 1, options: DTypeOption = {}): Tensor {
  requireSampling("fftfreq", n, spacing);
  const middle = Math.ceil(n / 2);
  const steps = range(n).map((k) => (k < middle ? k : k - n));
  return frequencies(tensor(steps, { dtype: "int32" }), n, spacing, options);
}

/**
 * The frequencies of `rfft` of `n` samples that are `spacing` apart, in cycles per unit of it.
 * @example rfftfreq(5, 0.1)   // [0, 2, 4]
 */
export function rfftfreq(n: number, spacing = 1, options: DTypeOption = {}): Tensor {
  requireSampling("rfftfreq", n, spacing);
  return frequencies(arange(Math.floor(n / 2) + 1), n, spacing, options);
}
