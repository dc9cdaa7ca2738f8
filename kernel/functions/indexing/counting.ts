/** @file Where values fall among others, and how many fall where. Shapes of results do not depend on entries. */
import { checkedDType, type DType, isFloating, promote } from "../../dtype.ts";
import { cast, emit, full, reshape } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import { sameShape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { where } from "../choice.ts";
import { tensor } from "../creation.ts";
import { logicalAnd } from "../elementwise.ts";
import { describe, notBool, operand, toFloating } from "../operands.ts";
import { positionsNode } from "./positions.ts";

const SIDES = ["left", "right"] as const;

export interface SearchOptions {
  /** Whether a value that is equal to entries goes before them (default) or after them. */
  readonly side?: (typeof SIDES)[number];
}

/** Entries in ascending order; those that are not in a tensor with the precision of `other`. */
function lineOf(name: string, entries: Tensor | readonly number[], other: DType): Tensor {
  if (entries instanceof Tensor) return entries;
  if (!Array.isArray(entries)) {
    throw new ArgumentError(
      `${name}: expected a tensor or an array of numbers, got ${describe(entries)}. Sort it first.`,
    );
  }
  return tensor(entries, { dtype: isFloating(other) ? other : "float64" });
}

function search(
  name: string,
  sorted: Tensor | readonly number[],
  values: TensorLike,
  { side = "left" }: SearchOptions,
): Tensor {
  if (!SIDES.includes(side)) {
    throw new ArgumentError(`${name}: expected side "left" or "right", got ${JSON.stringify(side)}.`);
  }
  // Bare numbers take the type of what they meet: rounded to another, they would fall beside an entry they are equal to.
  const value = operand(
    name,
    values,
    typeof values === "number" && sorted instanceof Tensor ? toFloating(sorted.dtype) : undefined,
  );
  const line = lineOf(name, sorted, value.dtype).node;
  const lead = line.shape.slice(0, -1);
  if (line.shape.length === 0 || (lead.length > 0 && !sameShape(lead, value.shape.slice(0, -1)))) {
    throw new ShapeError(
      `${name}: expected sorted entries [n], or [..., n] with the leading extents of the values, got ${showShape(line.shape)} ` +
        `for values ${showShape(value.shape)}. Broadcast one of them.`,
    );
  }
  const dtype = notBool(promote(line.dtype, value.dtype));
  // One line serves values of any shape.
  const flat = lead.length === 0 ? reshape(value, [value.size]) : value;
  const found = emit("searchSorted", [cast(line, dtype), cast(flat, dtype)], { right: side === "right" });
  return new Tensor(reshape(found, value.shape));
}

/**
 * The place of each value in a sorted line, int32: with side "left" the number of entries below it, with "right" that of
 * entries up to it. By bisection. The derivative is 0.
 * @param sorted `[n]` for values of any shape, or `[…, n]` for values `[…, m]`, line by line; from the smallest up
 * @example searchsorted([1, 3, 5], tensor([0, 3, 6]))   // [0, 1, 3]
 */
export const searchsorted = (
  sorted: Tensor | readonly number[],
  values: TensorLike,
  options: SearchOptions = {},
): Tensor => search("searchsorted", sorted, values, options);

/**
 * The number of the interval that each value falls into, int32: 0 below the first boundary, then 1, 2, …; with side "left"
 * (default) a value equal to a boundary belongs to the interval below it. `searchsorted` with the values first, as in
 * PyTorch, whose `right` is `side: "right"`.
 * @example bucketize(tensor([0, 3, 6]), [1, 3, 5])   // [0, 1, 3]
 */
export const bucketize = (
  values: TensorLike,
  boundaries: Tensor | readonly number[],
  options: SearchOptions = {},
): Tensor => search("bucketize", boundaries, values, options);

export interface BincountOptions {
  /** What each entry counts. Default: 1. */
  readonly weights?: Tensor;
}

function requireLength(name: string, length: number): void {
  if (Number.isInteger(length) && length >= 0) return;
  throw new ArgumentError(
    `${name}: expected a length, the number of counts, got ${String(length)}. It is given, so that the shape of the result does ` +
      "not depend on entries; max(x) + 1 has room for all.",
  );
}

/**
 * How often each of `0 … length − 1` occurs in `x`, int32; with weights their sums, differentiable in the weights. Entries
 * out of that range are an error where `x` has values, and count nowhere under vmap.
 * @param x integers of any shape
 * @example bincount(tensor([0, 2, 2], { dtype: "int32" }), 4)   // [1, 0, 2, 0]
 */
export function bincount(x: Tensor, length: number, { weights }: BincountOptions = {}): Tensor {
  requireLength("bincount", length);
  const positions = new Tensor(positionsNode("bincount", x, full(0, [length], "bool"), 0, 0));
  if (weights !== undefined && !(weights instanceof Tensor && sameShape(weights.shape, positions.shape))) {
    const got = weights instanceof Tensor ? showShape(weights.shape) : typeof weights;
    throw new ShapeError(`bincount: expected a weight for each entry of x ${showShape(positions.shape)}, got ${got}.`);
  }
  const inside = logicalAnd(positions.ge(0), positions.lt(length));
  const share = where(inside, weights ?? tensor(1, { dtype: "int32" }), 0).node;
  const parts = [share, positions.node].map((node) => reshape(node, [positions.size]));
  return new Tensor(emit("scatterAdd", parts, { axis: 0, extent: length }));
}

export interface HistogramOptions extends BincountOptions {
  /** Divided by the total and by the widths of the bins, so that the area is 1. */
  readonly density?: boolean;
  /** Of the result. Default: int32 for plain counts. */
  readonly dtype?: DType;
}

/**
 * How many entries of `x` fall between neighbouring edges; the last bin has its upper edge, as in NumPy. What is outside
 * counts nowhere.
 * @param edges in ascending order, one more than bins
 * @example histogram(randn([1000]), linspace(-3, 3, 13))
 */
export function histogram(x: Tensor, edges: Tensor | readonly number[], options: HistogramOptions = {}): Tensor {
  const { weights, density = false, dtype } = options;
  const node = operand("histogram", x);
  const line = lineOf("histogram", edges, toFloating(node.dtype));
  if (line.ndim !== 1 || line.size < 2) {
    throw new ShapeError(`histogram: expected edges [bins + 1], at least two, got ${showShape(line.shape)}.`);
  }
  const bins = line.size - 1;
  const flat = new Tensor(reshape(node, [node.size]));
  const last = line.at(bins);
  const above = search("histogram", line, flat, { side: "right" });
  // The place of what is outside is one beyond the bins.
  const inside = logicalAnd(flat.ge(line.at(0)), flat.le(last));
  const bin = where(inside, where(flat.eq(last), bins, above).sub(1), bins);
  const counts = bincount(bin, bins + 1, { weights: weights?.reshape([-1]) }).slice(0, 0, bins);
  const out = density ? counts.div(counts.sum()).div(line.slice(0, 1).sub(line.slice(0, 0, bins))) : counts;
  return dtype === undefined ? out : out.to(checkedDType("histogram", dtype));
}
