/** @file Random tensors, drawn from PyTorch's CPU stream: the same seed gives the same numbers as there. */
import { allocate, defaultDtype, isFloating } from "../../dtype.ts";
import { DTypeError } from "../../errors.ts";
import type { Generator } from "../../random/torch-generator.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { requireTensor, toFloating } from "../operands.ts";
import { type DrawRequest, standardNormal, standardUniform } from "./distribution-request.ts";
import { draw, type GeneratorOption, type RandomOptions, sharedGenerator } from "./draw.ts";

/**
 * Starts the default stream from `seed`, as `torch.manual_seed`; returns its generator.
 * @example manualSeed(0)
 */
export const manualSeed = (seed: number): Generator => sharedGenerator.manualSeed(seed);

function requestOf(
  name: string,
  shape: Shape,
  { dtype = defaultDtype(), generator = sharedGenerator }: RandomOptions,
): DrawRequest {
  if (!isFloating(dtype)) {
    throw new DTypeError(`${name}: expected float32 or float64, got ${String(dtype)}. Use randint for integers.`);
  }
  return { name, shape, dtype, generator };
}

/** Of the shape and, unless the options say otherwise, the floating type of `x`. */
function requestLike(name: string, x: Tensor, options: RandomOptions): DrawRequest {
  requireTensor(name, x);
  return requestOf(name, x.shape, { dtype: toFloating(x.dtype), ...options });
}

/**
 * Normal distribution, mean 0, standard deviation 1.
 * @example randn([2, 3], { generator: new Generator(0) })
 */
export const randn = (shape: Shape, options: RandomOptions = {}): Tensor =>
  standardNormal(requestOf("randn", shape, options));

/**
 * Uniform on [0, 1).
 * @example rand([2, 3], { dtype: "float64" })
 */
export const rand = (shape: Shape, options: RandomOptions = {}): Tensor =>
  standardUniform(requestOf("rand", shape, options));

/**
 * Integers from `low` up to but not including `high`, int32.
 * @example randint(1, 7, [10])   // ten dice
 */
export function randint(
  low: number,
  high: number,
  shape: Shape,
  { generator = sharedGenerator }: GeneratorOption = {},
): Tensor {
  return draw("randint", shape, "int32", (count) => generator.randint(low, high, count));
}

/**
 * The integers `0 … n − 1` in random order, int32.
 * @example x.take(randperm(x.shape[0]))   // the rows shuffled
 */
export function randperm(n: number, { generator = sharedGenerator }: GeneratorOption = {}): Tensor {
  return draw("randperm", [n], "int32", (count) => {
    // Inside vmap the count covers all examples, each with a permutation of its own.
    const values = allocate("int32", count);
    for (let start = 0; start < count; start += n) values.set(generator.permutation(n), start);
    return values;
  });
}

/**
 * `randn` of the shape and, if it is a floating one, the type of `x`.
 * @example const noisy = x.add(randnLike(x).mul(0.1))
 */
export const randnLike = (x: Tensor, options: RandomOptions = {}): Tensor =>
  standardNormal(requestLike("randnLike", x, options));

/**
 * `rand` of the shape and, if it is a floating one, the type of `x`.
 * @example const kept = randLike(x).lt(0.9)
 */
export const randLike = (x: Tensor, options: RandomOptions = {}): Tensor =>
  standardUniform(requestLike("randLike", x, options));
