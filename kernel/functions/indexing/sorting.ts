/** @file Order: sorting, the largest few, median and quantiles. NaN counts as larger than every number, as in PyTorch. */
import { isFloating } from "../../dtype.ts";
import { cast, emit } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { normalizeAxis } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { where } from "../choice.ts";
import { isnan } from "../elementwise.ts";
import { stack } from "../joining.ts";
import { describe, floatingOperand, notBool, operand, requireOptionsObject } from "../operands.ts";
import type { ReductionOptions } from "../reduction.ts";
import { reshape, slice, squeeze } from "../shape.ts";

export interface SortOptions {
  /** From the largest to the smallest. */
  readonly descending?: boolean;
}

const order = (x: Node, axis: number, descending: boolean): Node => emit("argsort", [x], { axis, descending });
const along = (x: Node, positions: Node, axis: number): Tensor =>
  new Tensor(emit("takeAlongAxis", [x, positions], { axis }));

/**
 * The entries along `axis` in order, equal ones as they were. The derivative moves with the entries.
 * @example sort(tensor([3, 1, 2]))   // [1, 2, 3]
 */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  requireOptionsObject("sort", options, "{ descending: true }");
  const { descending = false } = options;
  const node = operand("sort", x);
  const d = normalizeAxis("sort", axis, node.shape.length);
  return along(node, order(node, d, descending), d);
}

/**
 * The positions along `axis` in the order of the entries, int32: `takeAlongAxis(x, argsort(x), -1)` is `sort(x)`.
 * @example argsort(tensor([3, 1, 2]))   // [1, 2, 0]
 */
export function argsort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  requireOptionsObject("argsort", options, "{ descending: true }");
  const { descending = false } = options;
  const node = operand("argsort", x);
  return new Tensor(order(node, normalizeAxis("argsort", axis, node.shape.length), descending));
}

export interface TopKOptions {
  /** The largest (default), or the smallest. */
  readonly largest?: boolean;
}

/**
 * The `k` largest entries along `axis`, largest first, and their positions.
 * @example const [values, indices] = topK(scores, 3)
 */
export function topK(x: Tensor, k: number, axis = -1, options: TopKOptions = {}): [Tensor, Tensor] {
  requireOptionsObject("topK", options, "{ largest: false }");
  const { largest = true } = options;
  const node = operand("topK", x);
  const d = normalizeAxis("topK", axis, node.shape.length);
  if (!Number.isInteger(k) || k < 0 || k > node.shape[d]) {
    throw new ArgumentError(
      `topK: expected k from 0 to ${node.shape[d]}, the extent of axis ${d} of ${showShape(node.shape)}, got ${k}. ` +
        "Choose a smaller k or another axis.",
    );
  }
  const indices = slice(new Tensor(order(node, d, largest)), d, 0, k);
  return [along(node, indices.node, d), indices];
}

interface Sorted {
  readonly values: Tensor;
  readonly axis: number;
  /** What the result keeps of the axis. */
  finish(out: Tensor): Tensor;
}

/** Sorted along `axis`, or flat without one; there must be an entry. */
function sorted(name: string, node: Node, axis: number | undefined, options: ReductionOptions): Sorted {
  const rank = node.shape.length;
  const x = axis === undefined ? reshape(new Tensor(node), [-1]) : new Tensor(node);
  const d = axis === undefined ? 0 : normalizeAxis(name, axis, rank);
  if (x.shape[d] === 0) {
    throw new ShapeError(
      `${name}: shape ${showShape(node.shape)} has no entries along the reduced axis, so there is no ${name}. ` +
        "Reduce another axis.",
    );
  }
  const kept = axis === undefined ? node.shape.map(() => 1) : node.shape.map((extent, i) => (i === d ? 1 : extent));
  return {
    values: sort(x, d),
    axis: d,
    finish: (out) => (options.keepDims ? reshape(out, kept) : squeeze(out, d)),
  };
}

const entry = ({ values, axis }: Sorted, position: number): Tensor => slice(values, axis, position, position + 1);

/** A NaN among the entries is the last one when they are sorted; it is the result then. */
function orNaN(from: Sorted, out: Tensor): Tensor {
  if (!isFloating(out.dtype)) return out;
  const last = entry(from, from.values.shape[from.axis] - 1);
  return where(isnan(last), last, out);
}

/**
 * The middle entry along `axis`, the lower of two as in PyTorch; without `axis`, of all entries.
 * @example median(tensor([5, 1, 3, 2]))   // 2
 */
export function median(x: Tensor, axis?: number, options: ReductionOptions = {}): Tensor {
  const node = operand("median", x);
  const from = sorted("median", cast(node, notBool(node.dtype)), axis, options);
  return from.finish(orNaN(from, entry(from, Math.floor((from.values.shape[from.axis] - 1) / 2))));
}

/**
 * The entry below which the share `q` of all lies, interpolated linearly between neighbours. Several shares give several
 * results along a new first axis. Without `axis`, of all entries.
 * @example quantile(x, [0.25, 0.5, 0.75], 0)
 */
export function quantile(
  x: Tensor,
  q: number | readonly number[],
  axis?: number,
  options: ReductionOptions = {},
): Tensor {
  const node = floatingOperand("quantile", x);
  const shares = typeof q === "number" ? [q] : q;
  if (!Array.isArray(shares)) {
    throw new ArgumentError(`quantile: expected a share from 0 to 1 or an array of them, got ${describe(q)}.`);
  }
  const bad = shares.find((share) => !(share >= 0 && share <= 1));
  if (bad !== undefined || shares.length === 0) {
    throw new ArgumentError(
      `quantile: expected shares from 0 to 1, got ${bad ?? "none"} for shape ${showShape(node.shape)}. Divide percent by 100.`,
    );
  }
  const from = sorted("quantile", node, axis, options);
  const last = from.values.shape[from.axis] - 1;
  const results = shares.map((share) => {
    const place = share * last;
    const below = entry(from, Math.floor(place));
    const weight = place - Math.floor(place);
    // Exactly the entry where one is hit: infinite neighbours must not come in.
    const between = weight === 0 ? below : below.mul(1 - weight).add(entry(from, Math.floor(place) + 1).mul(weight));
    return from.finish(orNaN(from, between));
  });
  return typeof q === "number" ? results[0] : stack(results);
}
