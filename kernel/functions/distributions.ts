/**
 * @file Draws from distributions whose parameters are numbers or tensors. Parameters broadcast with each other and to
 * `shape`; numbers are checked, entries of tensors are not looked at, so that draws stay lazy and can be mapped.
 *
 * Where a draw is a smooth function of its parameters and of numbers that do not depend on them, its derivative is that
 * function's: gradients of expectations by reparameterisation, D. P. Kingma and M. Welling, "Auto-encoding variational
 * Bayes" (2014). A discrete draw does not move with a small change of its parameters: its derivative is 0, which is not the
 * derivative of its expectation.
 */
import { type DType, isFloating } from "../dtype.ts";
import { emit } from "../emit.ts";
import { ArgumentError, DTypeError, ShapeError, showShape } from "../errors.ts";
import { NO_PARAMS } from "../graph/node.ts";
import type { Generator } from "../random/torch-generator.ts";
import type { Shape } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { draw, type GeneratorOption, sharedGenerator } from "./draw.ts";
import { abs, exp, log, log1p, maximum, sigmoid, sign, tan } from "./elementwise.ts";
import { operands } from "./operands.ts";
import { argmax, softmax } from "./reduction.ts";
import { broadcastTo } from "./shape.ts";

export interface DistributionOptions extends GeneratorOption {
  /** Of the result; the parameters broadcast to it. Default: their common shape. */
  readonly shape?: Shape;
  /** Default: the floating type of the parameters. */
  readonly dtype?: DType;
}

type Floating = "float32" | "float64";
/** How many draws, of which type, from where, and in whose name. */
interface Request {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: Floating;
  readonly generator: Generator;
}

const floating = (dtype: DType): Floating => (dtype === "float64" ? dtype : "float32");

/** Parameters of one floating type, broadcast to the shape of the result. */
function prepared(
  name: string,
  values: readonly TensorLike[],
  { shape, dtype, generator = sharedGenerator }: DistributionOptions,
): { request: Request; parameters: Tensor[] } {
  const nodes = operands(name, values, (common) => floating(dtype !== undefined && isFloating(dtype) ? dtype : common));
  const own = nodes[0].shape;
  const wanted = shape ?? own;
  const lead = wanted.length - own.length;
  if (lead < 0 || own.some((extent, d) => extent !== 1 && extent !== wanted[lead + d])) {
    throw new ShapeError(
      `${name}: parameters of shape ${showShape(own)} do not broadcast to the shape ${showShape(wanted)} that is asked for. ` +
        "Its last extents must be those of the parameters.",
    );
  }
  return {
    request: { name, shape: wanted, dtype: floating(nodes[0].dtype), generator },
    parameters: nodes.map((node) => broadcastTo(new Tensor(node), wanted)),
  };
}

/** For distributions over real numbers: there is nothing to draw in other types. */
function continuous(
  name: string,
  values: readonly TensorLike[],
  options: DistributionOptions,
): { request: Request; parameters: Tensor[] } {
  if (options.dtype !== undefined && !isFloating(options.dtype)) {
    throw new DTypeError(
      `${name}: expected dtype float32 or float64, got ${options.dtype}. Convert the draws with to(…).`,
    );
  }
  return prepared(name, values, options);
}

/** Checks a parameter that is a number. */
function requireNumber(name: string, parameter: string, value: TensorLike, lowest: number, open: boolean): void {
  if (typeof value !== "number" || (open ? value > lowest : value >= lowest)) return;
  throw new ArgumentError(
    `${name}: expected ${parameter} to be ${open ? "greater than" : "at least"} ${lowest}, got ${value}.`,
  );
}

const requirePositive = (name: string, parameter: string, value: TensorLike): void =>
  requireNumber(name, parameter, value, 0, true);

const standardNormal = ({ name, shape, dtype, generator }: Request): Tensor =>
  draw(name, shape, dtype, (count) =>
    dtype === "float32" ? generator.normalFloat32(count) : generator.normalFloat64(count),
  );

/** Uniform on [0, 1). */
const standardUniform = ({ name, shape, dtype, generator }: Request): Tensor =>
  draw(name, shape, dtype, (count) =>
    dtype === "float32" ? generator.uniformFloat32(count) : generator.uniformFloat64(count),
  );

/** Uniform on (0, 1): for 0, half of the smallest number that can be drawn. */
const openUniform = (request: Request): Tensor =>
  maximum(standardUniform(request), request.dtype === "float32" ? 2 ** -25 : 2 ** -54);

/** The minimum of 0 is not reached, so that its logarithm is finite. */
const standardExponential = (request: Request): Tensor => log(openUniform(request)).neg();

/** Two words for each entry. */
function keys({ name, shape, generator }: Request): [Tensor, Tensor] {
  const words = draw(name, [...shape, 2], "int32", (count) => generator.randint(-(2 ** 31), 2 ** 31, count));
  const word = (i: number): Tensor => words.slice(-1, i, i + 1).squeeze(-1);
  return [word(0), word(1)];
}

/** The logarithm of a draw from the gamma distribution of rate 1. */
function logGamma(request: Request, alpha: Tensor): Tensor {
  const [key0, key1] = keys(request);
  return new Tensor(emit("logGammaDraw", [alpha.node, key0.node, key1.node], NO_PARAMS));
}

/**
 * Normal distribution of the given mean and standard deviation: `mean + std · randn`, differentiable in both.
 * @example normal(mean, std, { shape: [100, ...mean.shape] })
 */
export function normal(mean: TensorLike, std: TensorLike, options: DistributionOptions = {}): Tensor {
  requireNumber("normal", "std", std, 0, false);
  const { request, parameters } = continuous("normal", [mean, std], options);
  return parameters[0].add(parameters[1].mul(standardNormal(request)));
}

/**
 * Log-normal distribution: the exponential of a normal draw, differentiable in both parameters.
 * @param mean of the logarithm, as is `std`
 * @example logNormal(0, 0.25, { shape: [1000] })
 */
export function logNormal(mean: TensorLike, std: TensorLike, options: DistributionOptions = {}): Tensor {
  requireNumber("logNormal", "std", std, 0, false);
  const { request, parameters } = continuous("logNormal", [mean, std], options);
  return exp(parameters[0].add(parameters[1].mul(standardNormal(request))));
}

/**
 * Uniform distribution on [low, high), differentiable in both.
 * @example uniform(-1, 1, { shape: [3, 3] })
 */
export function uniform(low: TensorLike, high: TensorLike, options: DistributionOptions = {}): Tensor {
  if (typeof low === "number" && typeof high === "number" && !(low <= high)) {
    throw new ArgumentError(`uniform: expected low ≤ high, got low = ${low}, high = ${high}. Exchange them.`);
  }
  const { request, parameters } = continuous("uniform", [low, high], options);
  return parameters[0].add(parameters[1].sub(parameters[0]).mul(standardUniform(request)));
}

/**
 * Exponential distribution with the given rate (the mean is `1 / rate`), differentiable in it: `−log(U) / rate`.
 * @example exponential(2, { shape: [1000] })
 */
export function exponential(rate: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("exponential", "rate", rate);
  const { request, parameters } = continuous("exponential", [rate], options);
  return standardExponential(request).div(parameters[0]);
}

/**
 * Laplace distribution, density `exp(−|x − location| / scale) / (2 scale)`, differentiable in both.
 * @example laplace(0, 1, { shape: [1000] })
 */
export function laplace(location: TensorLike, scale: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("laplace", "scale", scale);
  const { request, parameters } = continuous("laplace", [location, scale], options);
  const centered = openUniform(request).sub(0.5);
  return parameters[0].sub(parameters[1].mul(sign(centered)).mul(log1p(abs(centered).mul(-2))));
}

/**
 * Gumbel distribution of largest values, distribution function `exp(−exp(−(x − location) / scale))`, differentiable in both.
 * @example gumbel(0, 1, { shape: [1000] })
 */
export function gumbel(location: TensorLike, scale: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("gumbel", "scale", scale);
  const { request, parameters } = continuous("gumbel", [location, scale], options);
  return parameters[0].sub(parameters[1].mul(log(standardExponential(request))));
}

/**
 * Cauchy distribution, density `1 / (π scale (1 + ((x − location) / scale)²))`, differentiable in both. It has no mean.
 * @example cauchy(0, 1, { shape: [1000] })
 */
export function cauchy(location: TensorLike, scale: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("cauchy", "scale", scale);
  const { request, parameters } = continuous("cauchy", [location, scale], options);
  return parameters[0].add(parameters[1].mul(tan(openUniform(request).sub(0.5).mul(Math.PI))));
}

/**
 * Gamma distribution, density proportional to `x^(concentration − 1) exp(−rate x)`: mean `concentration / rate`. By
 * rejection (G. Marsaglia and W. W. Tsang, ACM TOMS 26, 2000), differentiable once in the concentration by implicit
 * reparameterisation (M. Figurnov, S. Mohamed and A. Mnih, NeurIPS 2018) and in the rate.
 * @example gamma(tensor([0.5, 2]), 1, { shape: [1000, 2] })
 */
export function gamma(concentration: TensorLike, rate: TensorLike = 1, options: DistributionOptions = {}): Tensor {
  requirePositive("gamma", "concentration", concentration);
  requirePositive("gamma", "rate", rate);
  const { request, parameters } = continuous("gamma", [concentration, rate], options);
  return exp(logGamma(request, parameters[0])).div(parameters[1]);
}

/**
 * Chi-squared distribution with `df` degrees of freedom, the gamma distribution of concentration `df / 2` and rate ½.
 * Differentiable once.
 * @example chi2(3, { shape: [1000] })
 */
export function chi2(df: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("chi2", "df", df);
  const { request, parameters } = continuous("chi2", [df], options);
  return exp(logGamma(request, parameters[0].div(2))).mul(2);
}

/**
 * Student's t distribution with `df` degrees of freedom: a normal draw over the root of an independent chi-squared one by
 * `df`. Differentiable in all parameters, in `df` once.
 * @example studentT(4, 0, 1, { shape: [1000] })
 */
export function studentT(
  df: TensorLike,
  location: TensorLike = 0,
  scale: TensorLike = 1,
  options: DistributionOptions = {},
): Tensor {
  requirePositive("studentT", "df", df);
  requirePositive("studentT", "scale", scale);
  const { request, parameters } = continuous("studentT", [df, location, scale], options);
  const half = parameters[0].div(2);
  // √(df / χ²), χ² being twice a gamma draw.
  const spread = exp(log(half).sub(logGamma(request, half)).mul(0.5));
  return parameters[1].add(parameters[2].mul(standardNormal(request)).mul(spread));
}

/**
 * Beta distribution on (0, 1), density proportional to `x^(a − 1) (1 − x)^(b − 1)`: `X / (X + Y)` of two gamma draws.
 * Differentiable once.
 * @example beta(2, 5, { shape: [1000] })
 */
export function beta(a: TensorLike, b: TensorLike, options: DistributionOptions = {}): Tensor {
  requirePositive("beta", "a", a);
  requirePositive("beta", "b", b);
  const { request, parameters } = continuous("beta", [a, b], options);
  return sigmoid(logGamma(request, parameters[0]).sub(logGamma(request, parameters[1])));
}

/**
 * Dirichlet distribution: non-negative numbers along the last axis that add up to 1; gamma draws divided by their sum.
 * Differentiable once.
 * @param concentration `[…, k]`
 * @param options `shape` is that of the result without its last axis
 * @example dirichlet(tensor([1, 1, 1]), { shape: [1000] })   // shape [1000, 3]
 */
export function dirichlet(concentration: Tensor, options: DistributionOptions = {}): Tensor {
  const k = lastExtent("dirichlet", "a concentration", concentration);
  const shape = options.shape === undefined ? undefined : [...options.shape, k];
  const { request, parameters } = continuous("dirichlet", [concentration], { ...options, shape });
  return softmax(logGamma(request, parameters[0]), -1);
}

function lastExtent(name: string, what: string, x: Tensor): number {
  if (!(x instanceof Tensor) || x.ndim === 0 || x.shape[x.ndim - 1] === 0) {
    throw new ShapeError(
      `${name}: expected ${what} [..., k] with k of at least 1, got ${x instanceof Tensor ? showShape(x.shape) : typeof x}.`,
    );
  }
  return x.shape[x.ndim - 1];
}

/**
 * 1 with probability `p`, else 0, as numbers of the parameter's floating type unless `dtype` says otherwise. The
 * derivative is 0.
 * @example bernoulli(0.3, { shape: [10], dtype: "bool" })
 */
export function bernoulli(p: TensorLike, options: DistributionOptions = {}): Tensor {
  if (typeof p === "number" && !(p >= 0 && p <= 1)) {
    throw new ArgumentError(`bernoulli: expected a probability from 0 to 1, got ${p}.`);
  }
  const { request, parameters } = prepared("bernoulli", [p], options);
  return standardUniform(request)
    .lt(parameters[0])
    .to(options.dtype ?? request.dtype);
}

/**
 * Poisson distribution of the given rate, its mean; whole numbers of the rate's floating type unless `dtype` says
 * otherwise. The derivative is 0.
 * @example poisson(tensor([0.5, 4, 100]))
 */
export function poisson(rate: TensorLike, options: DistributionOptions = {}): Tensor {
  requireNumber("poisson", "rate", rate, 0, false);
  const { request, parameters } = prepared("poisson", [rate], options);
  const [key0, key1] = keys(request);
  const out = new Tensor(emit("poissonDraw", [parameters[0].node, key0.node, key1.node], NO_PARAMS));
  return out.to(options.dtype ?? request.dtype);
}

/** Weights of classes along the last axis: logarithms of probabilities up to a constant, or probabilities up to a factor. */
export type CategoricalWeights = Tensor | { readonly logits: Tensor } | { readonly probs: Tensor };

function logitsOf(weights: CategoricalWeights): Tensor {
  if (weights instanceof Tensor) return weights;
  if ("probs" in weights && weights.probs instanceof Tensor) return log(weights.probs);
  if ("logits" in weights && weights.logits instanceof Tensor) return weights.logits;
  throw new ArgumentError("categorical: expected a tensor of logits, { logits } or { probs }, got none of them.");
}

/**
 * The position of a class, int32, drawn by the weights along the last axis: the largest of the logits plus Gumbel noise
 * (E. J. Gumbel, "Statistical theory of extreme values", 1954), so it needs no values and can be mapped. Differentiable
 * with derivative 0.
 * @param weights logits `[…, k]`, or `{ probs }` of that shape, which need not add up to 1
 * @param options `shape` is that of the result; without, `[…]`
 * @example categorical({ probs: tensor([0.2, 0.5, 0.3]) }, { shape: [1000] })
 */
export function categorical(weights: CategoricalWeights, options: Omit<DistributionOptions, "dtype"> = {}): Tensor {
  const logits = logitsOf(weights);
  const k = lastExtent("categorical", "weights", logits);
  const shape = options.shape === undefined ? undefined : [...options.shape, k];
  // In double precision: in single, the noise of many classes would often be equal.
  const { request, parameters } = prepared("categorical", [logits], { ...options, shape, dtype: "float64" });
  const noise = log(standardExponential(request)).neg();
  return argmax(parameters[0].add(noise), -1);
}
