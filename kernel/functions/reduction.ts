/** @file Reductions. `axis` is a number or several; negatives count from the end; without it all axes are reduced. */
import { broadcastAlong, cast, div as divNodes, emit, fullLike, mul, reshape, sub, sum as sumNodes } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { requireHost } from "../remote.ts";
import { normalizeAxes, normalizeAxis, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { where } from "./choice.ts";
import { add, div, exp, log, logicalNot, stopGradient } from "./elementwise.ts";
import { pad } from "./joining.ts";
import { floatingOperand, notBool, operand, requireNumber, requireOptionsObject } from "./operands.ts";
import { rootOrZero } from "./root.ts";
import { slice, squeeze } from "./shape.ts";

export type AxisLike = number | readonly number[];
export interface ReductionOptions {
  /** Leaves the reduced axes in place with extent 1. */
  readonly keepDims?: boolean;
}

/** For messages. */
const KEEP = "{ keepDims: true }";

const keep = (out: Node, x: Node, axes: readonly number[], options?: ReductionOptions): Tensor =>
  new Tensor(
    options?.keepDims
      ? reshape(
          out,
          x.shape.map((extent, d) => (axes.includes(d) ? 1 : extent)),
        )
      : out,
  );

const counted = (x: Node): Node => cast(x, notBool(x.dtype));

/**
 * The sum over `axis`, 0 of nothing. Truth values count as integers.
 * @example sum(tensor([[1, 2], [3, 4]]), 0)   // [4, 6]
 */
export function sum(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("sum", options, KEEP);
  const node = counted(operand("sum", x));
  const axes = normalizeAxes("sum", axis, node.shape.length);
  return keep(sumNodes(node, axes), node, axes, options);
}

/**
 * The product over `axis`, 1 of nothing. The derivative is right also where entries are 0.
 * @example prod(tensor([[1, 2], [3, 4]]), 1)   // [2, 12]
 */
export function prod(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("prod", options, KEEP);
  const node = counted(operand("prod", x));
  const axes = normalizeAxes("prod", axis, node.shape.length);
  // One axis at a time, last first: that is what its derivative knows.
  const out = [...axes].reverse().reduce((value, d) => emit("prod", [value], { axes: [d] }), node);
  return keep(out, node, axes, options);
}

function requireEntries(name: string, x: Node, count: number): void {
  if (count > 0) return;
  throw new ShapeError(
    `${name}: shape ${showShape(x.shape)} has no entries along the reduced axis, so there is no ${name}. Reduce another ` +
      "axis, or concatenate a neutral entry first.",
  );
}

function extreme(name: "max" | "min", x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject(name, options, KEEP);
  const node = counted(operand(name, x));
  const axes = normalizeAxes(name, axis, node.shape.length);
  requireEntries(name, node, sizeOf(axes.map((d) => node.shape[d])));
  const out = axes.length === 0 ? node : emit(name === "max" ? "reduceMax" : "reduceMin", [node], { axes });
  return keep(out, node, axes, options);
}

/**
 * The largest entry along `axis`, NaN if one is; at a tie the derivative is shared in equal parts. Of nothing it is a
 * `ShapeError`.
 * @example max(tensor([[1, 5], [7, 2]]), 1)   // [5, 7]
 */
export const max = (x: Tensor, axis?: AxisLike, options?: ReductionOptions): Tensor => extreme("max", x, axis, options);
/**
 * The smallest entry along `axis`, as `max`.
 * @example min(tensor([[1, 5], [7, 2]]), 1)   // [1, 2]
 */
export const min = (x: Tensor, axis?: AxisLike, options?: ReductionOptions): Tensor => extreme("min", x, axis, options);

/**
 * The mean over `axis`; integers give the default type, nothing gives NaN.
 * @example mean(tensor([[1, 2], [3, 4]]), 1)   // [1.5, 3.5]
 */
export function mean(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("mean", options, KEEP);
  const node = floatingOperand("mean", x);
  const axes = normalizeAxes("mean", axis, node.shape.length);
  const total = sumNodes(node, axes);
  return keep(divNodes(total, fullLike(sizeOf(axes.map((d) => node.shape[d])), total)), node, axes, options);
}

export interface VarianceOptions extends ReductionOptions {
  /** Subtracted from the count in the divisor: 1 (default, as PyTorch) for a sample, 0 for a population. */
  readonly correction?: number;
}

/**
 * Variance, in two passes.
 * @example variance(tensor([1, 2, 4]))   // 2.3333
 */
export const variance = (x: Tensor, axis?: AxisLike, options?: VarianceOptions): Tensor =>
  varianceOf("variance", x, axis, options);

function varianceOf(name: string, x: Tensor, axis?: AxisLike, options: VarianceOptions = {}): Tensor {
  requireOptionsObject(name, options, KEEP);
  const { correction = 1 } = options;
  const node = floatingOperand(name, x);
  requireNumber(name, "correction", correction);
  const axes = normalizeAxes(name, axis, node.shape.length);
  const count = sizeOf(axes.map((d) => node.shape[d]));
  const divisor = Math.max(0, count - correction);
  const center = sumNodes(node, axes);
  const deviation = sub(node, broadcastAlong(divNodes(center, fullLike(count, center)), node.shape, axes));
  const total = sumNodes(mul(deviation, deviation), axes);
  return keep(divNodes(total, fullLike(divisor, total)), node, axes, options);
}

/**
 * Standard deviation, the root of `variance`. Where all entries are equal it is 0 and has no derivative,
 * which is then taken to be 0, as in PyTorch.
 * @example std(tensor([1, 2, 4]), undefined, { correction: 0 })   // 1.2472
 */
export const std = (x: Tensor, axis?: AxisLike, options?: VarianceOptions): Tensor =>
  rootOrZero(varianceOf("std", x, axis, options));

/**
 * Euclidean norm over `axis`. At 0 it has no derivative, which is then taken to be 0, as in PyTorch. Other norms:
 * `vectorNorm`, `matrixNorm`.
 * @example norm(tensor([[3, 4], [5, 12]]), 1)   // [5, 13]
 */
export function norm(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("norm", options, KEEP);
  const node = floatingOperand("norm", x);
  const axes = normalizeAxes("norm", axis, node.shape.length);
  return rootOrZero(keep(sumNodes(mul(node, node), axes), node, axes, options));
}

/**
 * `log Σ exp(x)` without overflow; −∞ of no entries.
 * @example logsumexp(tensor([100, 100])).sub(100)   // 0.6931
 */
export function logsumexp(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("logsumexp", options, KEEP);
  const value = new Tensor(floatingOperand("logsumexp", x));
  const axes = normalizeAxes("logsumexp", axis, value.ndim);
  if (axes.some((d) => value.shape[d] === 0)) return log(sum(value, axes, options));
  const largest = stopGradient(max(value, axes, { keepDims: true }));
  // −∞ − (−∞) is NaN: an infinite largest entry is not subtracted.
  const shift = where(largest.abs().lt(Number.POSITIVE_INFINITY), largest, 0);
  const out = add(log(sum(exp(value.sub(shift)), axes, { keepDims: true })), shift);
  return options?.keepDims ? out : squeeze(out, axes);
}

/**
 * `exp(x) / Σ exp(x)` along `axis`.
 * @example softmax(tensor([0, 0, 1000]))   // [0, 0, 1]
 */
export function softmax(x: Tensor, axis = -1): Tensor {
  const value = new Tensor(floatingOperand("softmax", x));
  const d = normalizeAxis("softmax", axis, value.ndim);
  if (value.shape[d] === 0) return value;
  const largest = stopGradient(max(value, d, { keepDims: true }));
  const numerator = exp(value.sub(largest));
  return div(numerator, sum(numerator, d, { keepDims: true }));
}

/**
 * `log softmax(x)` along `axis`.
 * @example logSoftmax(tensor([0, 1000]))   // [-1000, 0]
 */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const value = new Tensor(floatingOperand("logSoftmax", x));
  return value.sub(logsumexp(value, normalizeAxis("logSoftmax", axis, value.ndim), { keepDims: true }));
}

/**
 * Running sum along `axis`.
 * @example cumsum(tensor([1, 2, 4]), 0)   // [1, 3, 7]
 */
export function cumsum(x: Tensor, axis: number): Tensor {
  const node = counted(operand("cumsum", x));
  return new Tensor(emit("cumsum", [node], { axis: normalizeAxis("cumsum", axis, node.shape.length) }));
}

/**
 * Running product along `axis`.
 * @example cumprod(tensor([1, 2, 4]), 0)   // [1, 2, 8]
 */
export function cumprod(x: Tensor, axis: number): Tensor {
  const node = counted(operand("cumprod", x));
  const d = normalizeAxis("cumprod", axis, node.shape.length);
  const extent = node.shape[d];
  let out = new Tensor(node);
  // Products of 1, 2, 4, … entries that end at each place. Nothing is divided, so zeros are no exception to the derivative.
  for (let reach = 1; reach < extent; reach *= 2) {
    const widths = node.shape.map((_, i) => [i === d ? reach : 0, 0] as const);
    out = out.mul(pad(slice(out, d, 0, extent - reach), widths, 1));
  }
  return out;
}

function argExtreme(name: "argmax" | "argmin", x: Tensor, axis?: number): Tensor {
  const node = operand(name, x);
  const flat = axis === undefined ? reshape(node, [node.size]) : node;
  const d = axis === undefined ? 0 : normalizeAxis(name, axis, node.shape.length);
  requireEntries(name, node, flat.shape[d]);
  return new Tensor(emit(name, [flat], { axis: d }));
}

/**
 * Position of the first largest entry, int32; without `axis`, in the flattened tensor.
 * @example argmax(tensor([[1, 5], [7, 2]]), 1)   // [1, 0]
 */
export const argmax = (x: Tensor, axis?: number): Tensor => argExtreme("argmax", x, axis);
/**
 * Position of the first smallest entry, int32; without `axis`, in the flattened tensor.
 * @example argmin(tensor([[1, 5], [7, 2]]), 1)   // [0, 1]
 */
export const argmin = (x: Tensor, axis?: number): Tensor => argExtreme("argmin", x, axis);

/**
 * Whether any entry is true; false of nothing.
 * @example any(tensor([[1, 0], [0, 0]]), 1)   // [1, 0]
 */
export function any(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("any", options, KEEP);
  const node = operand("any", x, "bool");
  const axes = normalizeAxes("any", axis, node.shape.length);
  return sum(new Tensor(node), axes, options).to("bool");
}
/**
 * Whether all entries are true; true of nothing.
 * @example all(tensor([[1, 0], [1, 1]]), 1)   // [0, 1]
 */
export function all(x: Tensor, axis?: AxisLike, options: ReductionOptions = {}): Tensor {
  requireOptionsObject("all", options, KEEP);
  const node = operand("all", x, "bool");
  const axes = normalizeAxes("all", axis, node.shape.length);
  return sum(logicalNot(new Tensor(node)), axes, options).eq(0);
}

export interface CloseOptions {
  /** Relative tolerance. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number;
  readonly equalNaN?: boolean;
}

/**
 * Whether `|a − b| ≤ atol + rtol · |b|` everywhere. Shapes must be equal. Reads values, so not inside vmap and jit,
 * and what is on a device first needs `await deviceGet([a, b])`.
 * @example allclose(tensor([1, 2]), tensor([1, 2.00001]))   // true
 */
export function allclose(
  a: Tensor,
  b: Tensor,
  { rtol = 1e-5, atol = 1e-8, equalNaN = false }: CloseOptions = {},
): boolean {
  if (!(a instanceof Tensor) || !(b instanceof Tensor)) {
    throw new ArgumentError("allclose: expected two tensors. Wrap arrays with tensor(…).");
  }
  if (a.ndim !== b.ndim || a.shape.some((extent, d) => extent !== b.shape[d])) {
    throw new ShapeError(`allclose: expected equal shapes, got ${showShape(a.shape)} and ${showShape(b.shape)}.`);
  }
  const [x, y] = [a, b].map((each) => requireHost(each.evaluate().node.value!, "allclose"));
  for (let i = 0; i < x.length; i++) {
    if (x[i] === y[i] || (equalNaN && Number.isNaN(x[i]) && Number.isNaN(y[i]))) continue;
    // Written so that a NaN on either side is not close.
    if (!(Number.isFinite(y[i]) && Math.abs(x[i] - y[i]) <= atol + rtol * Math.abs(y[i]))) return false;
  }
  return true;
}
