/** @file Choosing between values, entry by entry: by a condition, by bounds, by a sign, by a weight, by what is not finite. */
import { isFloating } from "../dtype.ts";
import { add as addNodes, binary, fullLike, mul as mulNodes, select, sub as subNodes, unary } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { broadcastShapes } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastNode, notBool, operand, operands, toFloating } from "./operands.ts";

/**
 * `condition ? x : y`, entry by entry; all three broadcast. The derivative passes to the one that is chosen, but the other
 * is computed too: where its derivative is infinite or NaN, choose its argument with a `where` of its own.
 * @example where(tensor([true, false]), tensor([1, 2]), 0)   // [1, 0]
 */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const test = operand("where", condition, "bool");
  const [yes, no] = operands("where", [x, y]);
  const shape = broadcastShapes("where", test.shape, yes.shape);
  return new Tensor(select(broadcastNode(test, shape), broadcastNode(yes, shape), broadcastNode(no, shape)));
}

/**
 * Keeps `x` within `low … high`; either may be left out. The derivative is 1 inside and at the bounds, 0 outside.
 * Where `low` is above `high` the result is `high`, as in PyTorch; a bound that is NaN gives NaN.
 * @example clip(tensor([-2, 0.5, 9]), 0, 1)   // [0, 0.5, 1]
 */
export function clip(x: TensorLike, low?: TensorLike, high?: TensorLike): Tensor {
  const bounds = [low, high].filter((bound) => bound !== undefined);
  const [value, ...limits] = operands("clip", [x, ...bounds], notBool);
  // The derivative is 1 inside and at the bounds, as in PyTorch, and 0 outside.
  const bounded = (out: Node, compare: "lt" | "gt", bound: Node, given: TensorLike): Node => {
    const beyond = binary(compare, out, bound);
    // A bound that is NaN makes NaN; few are, so only those are looked at that could be.
    const mayBeNaN = isFloating(bound.dtype) && (given instanceof Tensor || Number.isNaN(given));
    return select(mayBeNaN ? binary("or", beyond, unary("isNaN", bound)) : beyond, bound, out);
  };
  let out = value;
  if (low !== undefined) out = bounded(out, "lt", limits[0], low);
  if (high !== undefined) out = bounded(out, "gt", limits[limits.length - 1], high);
  return new Tensor(out);
}

/**
 * `start + weight · (end − start)`; at weights 0 and 1 exactly start and end. All three broadcast.
 * @example lerp(a, b, 0.5) // the midpoint
 */
export function lerp(start: TensorLike, end: TensorLike, weight: TensorLike): Tensor {
  const [a, b, w] = operands("lerp", [start, end, weight], toFloating);
  const difference = subNodes(b, a);
  const fromStart = addNodes(a, mulNodes(w, difference));
  const fromEnd = subNodes(b, mulNodes(subNodes(fullLike(1, w), w), difference));
  return new Tensor(select(binary("lt", w, fullLike(0.5, w)), fromStart, fromEnd));
}

/**
 * 0 where x is negative, 1 where it is positive, `values` where it is 0, NaN where it is NaN. Its derivative with respect
 * to x is 0.
 * @example heaviside(x, 0.5)
 */
export function heaviside(x: TensorLike, values: TensorLike): Tensor {
  const [a, atZero] = operands("heaviside", [x, values], notBool);
  const [zero, one] = [fullLike(0, a), fullLike(1, a)];
  const step = select(binary("gt", a, zero), one, select(binary("eq", a, zero), atZero, zero));
  if (!isFloating(a.dtype)) return new Tensor(step);
  return new Tensor(select(unary("isNaN", a), fullLike(Number.NaN, a), step));
}

export interface NanToNumOptions {
  /** For NaN. Default 0. */
  readonly nan?: number;
  /** For +∞. Default: the largest finite number of the type. */
  readonly posInf?: number;
  /** For −∞. Default: the lowest finite number of the type. */
  readonly negInf?: number;
}

/**
 * Finite numbers for what is not finite; integers stay as they are. The derivative is 1 where x is finite, else 0.
 * @example nanToNum(x, { nan: -1 })
 */
export function nanToNum(x: TensorLike, options: NanToNumOptions = {}): Tensor {
  const node = operand("nanToNum", x);
  if (!isFloating(node.dtype)) return new Tensor(node);
  const largest = node.dtype === "float32" ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  const { nan = 0, posInf = largest, negInf = -largest } = options;
  const is = (value: number): Node => binary("eq", node, fullLike(value, node));
  const above = select(is(Number.POSITIVE_INFINITY), fullLike(posInf, node), node);
  const finite = select(is(Number.NEGATIVE_INFINITY), fullLike(negInf, node), above);
  return new Tensor(select(unary("isNaN", node), fullLike(nan, node), finite));
}
