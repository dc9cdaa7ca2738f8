/** @file Elementwise functions, with broadcasting and promotion. Each takes tensors or numbers and gives a tensor. */
import { checkedDType, type DType, isFloating } from "../dtype.ts";
import {
  add as addNodes,
  binary,
  cast,
  div as divNodes,
  emit,
  fullLike,
  mul as mulNodes,
  select,
  sub as subNodes,
  unary,
} from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { NO_PARAMS } from "../graph/node.ts";
import type { BinaryFn, UnaryFn } from "../loops/ir.ts";
import { broadcastShapes } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcastNode, floatingOperand, operand, operands } from "./operands.ts";

const toFloating = (dtype: DType): DType => (isFloating(dtype) ? dtype : "float32");

const real =
  (fn: UnaryFn) =>
  (x: TensorLike): Tensor =>
    new Tensor(unary(fn, floatingOperand(fn, x)));

/** Functions that keep integers as they are; booleans count as integers. */
const numeric =
  (fn: UnaryFn) =>
  (x: TensorLike): Tensor => {
    const node = operand(fn, x);
    return new Tensor(unary(fn, node.dtype === "bool" ? cast(node, "int32") : node));
  };

const two =
  (fn: BinaryFn, as?: (dtype: DType) => DType) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    const [a, b] = operands(fn, [x, y], as);
    return new Tensor(binary(fn, a, b));
  };

const notBool = (dtype: DType): DType => (dtype === "bool" ? "int32" : dtype);

export const add = two("add", notBool);
export const sub = two("sub", notBool);
export const mul = two("mul", notBool);
/** True division: integers give float32. */
export const div = two("div", toFloating);
/** Sign of the divisor, as Python's `%`. */
export const remainder = two("remainder", notBool);
/** The larger of two, entry by entry; NaN if either is. */
export const maximum = two("max", notBool);
export const minimum = two("min", notBool);
/** The angle of the point (x, y), in radians, from −π to π. */
export const atan2 = two("atan2", toFloating);

export const eq = two("eq");
export const ne = two("ne");
export const lt = two("lt");
export const le = two("le");
export const gt = two("gt");
export const ge = two("ge");

const truth = (name: string, values: readonly TensorLike[]): Node[] => operands(name, values, () => "bool");
export const logicalAnd = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = truth("logicalAnd", [x, y]);
  return new Tensor(binary("and", a, b));
};
export const logicalOr = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = truth("logicalOr", [x, y]);
  return new Tensor(binary("or", a, b));
};
export const logicalNot = (x: TensorLike): Tensor => new Tensor(unary("not", truth("logicalNot", [x])[0]));

export const neg = numeric("neg");
export const abs = numeric("abs");
/** −1, 0 or 1. */
export const sign = numeric("sign");
export const floor = real("floor");
export const ceil = real("ceil");
/** To the nearest integer, halves to the even one. */
export const round = real("round");
/** Toward zero. */
export const trunc = real("trunc");
export const sqrt = real("sqrt");
export const exp = real("exp");
/** `exp(x) − 1`, accurate near 0. */
export const expm1 = real("expm1");
/** Natural logarithm. */
export const log = real("log");
/** `log(1 + x)`, accurate near 0. */
export const log1p = real("log1p");
export const log2 = real("log2");
/** Logarithm to base 10. */
export const log10 = (x: TensorLike): Tensor => {
  const node = floatingOperand("log10", x);
  return new Tensor(mulNodes(unary("log2", node), fullLike(Math.log10(2), node)));
};
export const sin = real("sin");
export const cos = real("cos");
export const tan = real("tan");
export const asin = real("asin");
export const acos = real("acos");
export const atan = real("atan");
export const sinh = real("sinh");
export const cosh = real("cosh");
export const tanh = real("tanh");
export const asinh = real("asinh");
export const acosh = real("acosh");
export const atanh = real("atanh");
/** Logistic function `1 / (1 + exp(−x))`. */
export const sigmoid = real("sigmoid");
/** Error function. */
export const erf = real("erf");
export const isnan = real("isNaN");
export const isfinite = real("isFinite");

export const square = (x: TensorLike): Tensor => mul(x, x);
export const reciprocal = (x: TensorLike): Tensor => div(1, x);
/** `1 / sqrt(x)`. */
export const rsqrt = (x: TensorLike): Tensor => div(1, sqrt(x));
export const relu = (x: TensorLike): Tensor => {
  const node = operand("relu", x);
  const zero = fullLike(0, node);
  // Derivative 0 at 0, as in PyTorch; maximum(x, 0) would give ½.
  return new Tensor(select(binary("gt", node, zero), node, zero));
};
/** `log(1 + exp(x))` without overflow. */
export const softplus = (x: TensorLike): Tensor => {
  const node = floatingOperand("softplus", x);
  const zero = fullLike(0, node);
  const positive = binary("gt", node, zero);
  // Chosen by `select` where max and abs would do for the value: their derivatives at 0 would lose the curvature there.
  const magnitude = select(positive, unary("neg", node), node);
  return new Tensor(addNodes(select(positive, node, zero), unary("log1p", unary("exp", magnitude))));
};
/** `log(exp(x) + exp(y))` without overflow. */
export const logaddexp = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = operands("logaddexp", [x, y], toFloating);
  const order = binary("ge", a, b);
  const [larger, smaller] = [select(order, a, b), select(order, b, a)];
  // ∞ − ∞ is NaN: beside an infinite larger one the other does not count.
  const infinity = fullLike(Number.POSITIVE_INFINITY, a);
  const isInfinite = binary("eq", unary("abs", larger), infinity);
  const difference = select(isInfinite, unary("neg", infinity), subNodes(smaller, larger));
  return new Tensor(addNodes(larger, unary("log1p", unary("exp", difference))));
};
/** `√(x² + y²)`, without overflow or underflow on the way. */
export const hypot = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = operands("hypot", [x, y], toFloating);
  const largest = binary("max", unary("abs", a), unary("abs", b));
  const usable = binary("and", binary("gt", largest, fullLike(0, a)), unary("isFinite", largest));
  // The result does not depend on the scale, so neither need its derivative.
  const scale = emit("stopGradient", [select(usable, largest, fullLike(1, a))], NO_PARAMS);
  const [u, v] = [divNodes(a, scale), divNodes(b, scale)];
  return new Tensor(mulNodes(scale, unary("sqrt", addNodes(mulNodes(u, u), mulNodes(v, v)))));
};
/** `x · sigmoid(x)`. */
export const silu = (x: TensorLike): Tensor => mul(x, sigmoid(x));
/** `x · Φ(x)` with the normal distribution function Φ, exact form. */
export const gelu = (x: TensorLike): Tensor => {
  const node = floatingOperand("gelu", x);
  const half = fullLike(0.5, node);
  const phi = mulNodes(half, addNodes(fullLike(1, node), unary("erf", divNodes(node, fullLike(Math.SQRT2, node)))));
  return new Tensor(mulNodes(node, phi));
};

/** `x` raised to `y`. Small whole powers are products, and so are exact in sign and cheap. */
export function pow(x: TensorLike, y: TensorLike): Tensor {
  if (typeof y === "number") {
    if (y === 1) return new Tensor(operand("pow", x));
    if (y === 2) return square(x);
    if (y === 3) return mul(square(x), x);
    if (y === 4) return square(square(x));
    if (y === 0.5) return sqrt(x);
    if (y === -1) return reciprocal(x);
  }
  const [a, b] = operands("pow", [x, y], toFloating);
  return new Tensor(binary("pow", a, b));
}

/** Keeps `x` within `low … high`; either may be left out. */
export function clip(x: TensorLike, low?: TensorLike, high?: TensorLike): Tensor {
  const bounds = [low, high].filter((bound) => bound !== undefined);
  const [value, ...limits] = operands("clip", [x, ...bounds], notBool);
  // The derivative is 1 inside and at the bounds, as in PyTorch, and 0 outside.
  let out = value;
  if (high !== undefined) out = select(binary("gt", value, limits[limits.length - 1]), limits[limits.length - 1], out);
  if (low !== undefined) out = select(binary("lt", value, limits[0]), limits[0], out);
  return new Tensor(out);
}

/** `condition ? x : y`, entry by entry; the derivative passes to the one that is chosen. */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const test = operand("where", condition, "bool");
  const [yes, no] = operands("where", [x, y]);
  const shape = broadcastShapes("where", test.shape, yes.shape);
  return new Tensor(select(broadcastNode(test, shape), broadcastNode(yes, shape), broadcastNode(no, shape)));
}

/** The same values as another type. */
export const to = (x: TensorLike, dtype: DType): Tensor =>
  new Tensor(cast(operand("to", x), checkedDType("to", dtype)));

/** The value of `x` with derivative zero. */
export const stopGradient = (x: TensorLike): Tensor =>
  new Tensor(emit("stopGradient", [operand("stopGradient", x)], NO_PARAMS));
