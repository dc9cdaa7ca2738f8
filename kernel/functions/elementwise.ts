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
/**
 * Remainder with the sign of the dividend x, as `%` in C and JavaScript; exact. Its derivative is 1 in x and
 * `−trunc(x / y)` in y. Integers divided by 0 give 0.
 * @example fmod(-7, 3) // −1, where remainder(-7, 3) is 2
 */
export function fmod(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = operands("fmod", [x, y], notBool);
  const zero = fullLike(0, a);
  const negative = binary("lt", a, zero);
  if (isFloating(a.dtype)) {
    // Of magnitudes, both remainders are the same, and nothing is rounded.
    const magnitude = select(binary("lt", b, zero), unary("neg", b), b);
    const rest = binary("remainder", select(negative, unary("neg", a), a), magnitude);
    return new Tensor(select(negative, unary("neg", rest), rest));
  }
  const rest = binary("remainder", a, b);
  const tooLow = binary("and", unary("not", negative), binary("lt", rest, zero));
  const tooHigh = binary("and", negative, binary("gt", rest, zero));
  return new Tensor(select(binary("or", tooLow, tooHigh), subNodes(rest, b), rest));
}
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
/**
 * Cube root, with the sign of x. Its derivative at 0 is ∞.
 * @example cbrt(-27) // −3
 */
export const cbrt = real("cbrt");
export const exp = real("exp");
/**
 * 2 to the power x; exact for whole x.
 * @example exp2(10) // 1024
 */
export const exp2 = real("exp2");
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
export const isnan = real("isNaN");
export const isfinite = real("isFinite");
/**
 * Whether an entry is +∞ or −∞; a tensor of truth values.
 * @example x.isinf().any()
 */
export const isinf = (x: TensorLike): Tensor => {
  const node = floatingOperand("isinf", x);
  return new Tensor(binary("eq", unary("abs", node), fullLike(Number.POSITIVE_INFINITY, node)));
};

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
/**
 * `log(sigmoid(x))`, that is `−softplus(−x)`: accurate where the sigmoid underflows.
 * @example logSigmoid(-800) // −800
 */
export const logSigmoid = (x: TensorLike): Tensor => {
  const node = floatingOperand("logSigmoid", x);
  return new Tensor(unary("neg", softplus(new Tensor(unary("neg", node))).node));
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
  // With erfc instead of 1 + erf, which would be 0 in the left tail too early.
  const twice = unary("erfc", mulNodes(node, fullLike(-Math.SQRT1_2, node)));
  return new Tensor(mulNodes(mulNodes(fullLike(0.5, node), node), twice));
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

const scaled =
  (name: string, factor: number) =>
  (x: TensorLike): Tensor => {
    const node = floatingOperand(name, x);
    return new Tensor(mulNodes(node, fullLike(factor, node)));
  };
/**
 * Degrees to radians.
 * @example deg2rad(180) // π
 */
export const deg2rad = scaled("deg2rad", Math.PI / 180);
/**
 * Radians to degrees.
 * @example rad2deg(Math.PI / 2) // 90
 */
export const rad2deg = scaled("rad2deg", 180 / Math.PI);

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
