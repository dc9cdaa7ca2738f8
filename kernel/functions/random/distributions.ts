/**
 * @file Draws from continuous distributions whose parameters are numbers or tensors. Parameters broadcast with each other
 * and to `shape`; numbers are checked, entries of tensors are not looked at, so that draws stay lazy and can be mapped.
 *
 * Where a draw is a smooth function of its parameters and of numbers that do not depend on them, its derivative is that
 * function's: gradients of expectations by reparameterisation, D. P. Kingma and M. Welling, "Auto-encoding variational
 * Bayes" (2014).
 */
import { emit } from "../../emit.ts";
import { ArgumentError } from "../../errors.ts";
import { NO_PARAMS } from "../../graph/node.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { abs, exp, log, log1p, sigmoid, sign, tan } from "../elementwise.ts";
import { softmax } from "../reduction.ts";
import {
  continuous,
  type DistributionOptions,
  type DrawRequest,
  keys,
  lastExtent,
  openUniform,
  requireAtLeast,
  requirePositive,
  shapeWithLast,
  standardExponential,
  standardNormal,
  standardUniform,
} from "./distribution-request.ts";

/** The logarithm of a draw from the gamma distribution of rate 1. */
function logGamma(request: DrawRequest, alpha: Tensor): Tensor {
  const [key0, key1] = keys(request);
  return new Tensor(emit("logGammaDraw", [alpha.node, key0.node, key1.node], NO_PARAMS));
}

/**
 * Normal distribution of the given mean and standard deviation: `mean + std · randn`, differentiable in both.
 * @example normal(mean, std, { shape: [100, ...mean.shape] })
 */
export function normal(mean: TensorLike, std: TensorLike, options: DistributionOptions = {}): Tensor {
  requireAtLeast("normal", "std", std, 0, false);
  const { request, parameters } = continuous("normal", [mean, std], options);
  return parameters[0].add(parameters[1].mul(standardNormal(request)));
}

/**
 * Log-normal distribution: the exponential of a normal draw, differentiable in both parameters.
 * @param mean of the logarithm, as is `std`
 * @example logNormal(0, 0.25, { shape: [1000] })
 */
export function logNormal(mean: TensorLike, std: TensorLike, options: DistributionOptions = {}): Tensor {
  requireAtLeast("logNormal", "std", std, 0, false);
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
  const shape = shapeWithLast("dirichlet", options.shape, k);
  const { request, parameters } = continuous("dirichlet", [concentration], { ...options, shape });
  return softmax(logGamma(request, parameters[0]), -1);
}
