/** @file What draws from all distributions share: parameters brought to the shape that is asked for, and standard draws. */
import { checkedDType, type DType, type FloatingDType, isFloating } from "../../dtype.ts";
import { ArgumentError, DTypeError, ShapeError, showShape } from "../../errors.ts";
import type { Generator } from "../../random/torch-generator.ts";
import type { Shape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { log, maximum } from "../elementwise.ts";
import { describe, operands, toFloating } from "../operands.ts";
import { broadcastTo } from "../shape.ts";
import { checkedShape, draw, type GeneratorOption, sharedGenerator } from "./draw.ts";

export interface DistributionOptions extends GeneratorOption {
  /** Of the result; the parameters broadcast to it. Default: their common shape. */
  readonly shape?: Shape;
  /** Default: the floating type of the parameters. */
  readonly dtype?: DType;
}

/** How many draws, of which type, from where, and in whose name. */
export interface DrawRequest {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: FloatingDType;
  readonly generator: Generator;
}

/** Parameters of one floating type, broadcast to the shape of the result. */
export function prepared(
  name: string,
  values: readonly TensorLike[],
  { shape, dtype, generator = sharedGenerator }: DistributionOptions,
): { request: DrawRequest; parameters: Tensor[] } {
  if (dtype !== undefined) checkedDType(name, dtype);
  const nodes = operands(name, values, (common) =>
    toFloating(dtype !== undefined && isFloating(dtype) ? dtype : common),
  );
  const own = nodes[0].shape;
  const wanted = checkedShape(name, shape ?? own);
  const lead = wanted.length - own.length;
  if (lead < 0 || own.some((extent, d) => extent !== 1 && extent !== wanted[lead + d])) {
    throw new ShapeError(
      `${name}: parameters of shape ${showShape(own)} do not broadcast to the shape ${showShape(wanted)} that is asked for. ` +
        "Its last extents must be those of the parameters.",
    );
  }
  return {
    request: { name, shape: wanted, dtype: toFloating(nodes[0].dtype), generator },
    parameters: nodes.map((node) => broadcastTo(new Tensor(node), wanted)),
  };
}

/** For distributions over real numbers: there is nothing to draw in other types. */
export function continuous(
  name: string,
  values: readonly TensorLike[],
  options: DistributionOptions,
): { request: DrawRequest; parameters: Tensor[] } {
  if (options.dtype !== undefined && !isFloating(options.dtype)) {
    throw new DTypeError(
      `${name}: expected dtype float32 or float64, got ${options.dtype}. Convert the draws with to(…).`,
    );
  }
  return prepared(name, values, options);
}

/** Checks a parameter that is a number. */
export function requireAtLeast(
  name: string,
  parameter: string,
  value: TensorLike,
  lowest: number,
  open: boolean,
): void {
  if (typeof value !== "number" || (open ? value > lowest : value >= lowest)) return;
  throw new ArgumentError(
    `${name}: expected ${parameter} to be ${open ? "greater than" : "at least"} ${lowest}, got ${value}. ` +
      "Take its magnitude, or softplus of it.",
  );
}

export const requirePositive = (name: string, parameter: string, value: TensorLike): void =>
  requireAtLeast(name, parameter, value, 0, true);

/** Normal, mean 0 and standard deviation 1. */
export const standardNormal = ({ name, shape, dtype, generator }: DrawRequest): Tensor =>
  draw(name, shape, dtype, (count) =>
    dtype === "float32" ? generator.normalFloat32(count) : generator.normalFloat64(count),
  );

/** Uniform on [0, 1). */
export const standardUniform = ({ name, shape, dtype, generator }: DrawRequest): Tensor =>
  draw(name, shape, dtype, (count) =>
    dtype === "float32" ? generator.uniformFloat32(count) : generator.uniformFloat64(count),
  );

/** Uniform on (0, 1): for 0, half of the smallest number that can be drawn. */
export const openUniform = (request: DrawRequest): Tensor =>
  maximum(standardUniform(request), request.dtype === "float32" ? 2 ** -25 : 2 ** -54);

/** The minimum of 0 is not reached, so that its logarithm is finite. */
export const standardExponential = (request: DrawRequest): Tensor => log(openUniform(request)).neg();

/** Two words for each entry. */
export function keys({ name, shape, generator }: DrawRequest): [Tensor, Tensor] {
  const words = draw(name, [...shape, 2], "int32", (count) => generator.randint(-(2 ** 31), 2 ** 31, count));
  const word = (i: number): Tensor => words.slice(-1, i, i + 1).squeeze(-1);
  return [word(0), word(1)];
}

/** The shape that is asked for, with the axis along which a draw is one of `k` or a vector. */
export const shapeWithLast = (name: string, shape: Shape | undefined, k: number): Shape | undefined =>
  shape === undefined ? undefined : [...checkedShape(name, shape), k];

export function lastExtent(name: string, what: string, x: Tensor): number {
  if (!(x instanceof Tensor) || x.ndim === 0 || x.shape[x.ndim - 1] === 0) {
    throw new ShapeError(`${name}: expected ${what} [..., k] with k of at least 1, got ${describe(x)}.`);
  }
  return x.shape[x.ndim - 1];
}
