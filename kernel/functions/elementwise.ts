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
import { isPlace, moved, type Place, type PlaceOptions } from "../runtime/choose.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { floatingOperand, notBool, operand, operands, toFloating } from "./operands.ts";

const real =
  (fn: UnaryFn, name: string = fn) =>
  (x: TensorLike): Tensor =>
    new Tensor(unary(fn, floatingOperand(name, x)));

/** Functions that keep integers as they are; booleans count as integers. */
const numeric =
  (fn: UnaryFn) =>
  (x: TensorLike): Tensor => {
    const node = operand(fn, x);
    return new Tensor(unary(fn, cast(node, notBool(node.dtype))));
  };

const two =
  (fn: BinaryFn, as?: (dtype: DType) => DType, name: string = fn) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    const [a, b] = operands(name, [x, y], as);
    return new Tensor(binary(fn, a, b));
  };

/** `x + y`, entry by entry; shapes broadcast and types promote as in PyTorch. Truth values count as integers. */
export const add = two("add", notBool);
/** `x − y`, entry by entry. */
export const sub = two("sub", notBool);
/** `x · y`, entry by entry; for products of matrices see `matmul`. */
export const mul = two("mul", notBool);
/** `x / y`, entry by entry: integers give the default type. Division by 0 gives ±∞ or NaN. */
export const div = two("div", toFloating);
/** `x − floor(x / y) · y`: a remainder with the sign of the divisor y, as Python's `%`. `fmod` has that of x. */
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
/** The larger of two, entry by entry; NaN if either is. At a tie each gets half of the derivative. */
export const maximum = two("max", notBool, "maximum");
/** The smaller of two, entry by entry; NaN if either is. At a tie each gets half of the derivative. */
export const minimum = two("min", notBool, "minimum");
/** `atan2(y, x)`: the angle of the point (x, y), in radians, from −π to π. No derivative at the origin (NaN). */
export const atan2 = two("atan2", toFloating);

/** Where x equals y: a tensor of truth values. NaN equals nothing. */
export const eq = two("eq");
/** Where x differs from y: a tensor of truth values. NaN differs from everything. */
export const ne = two("ne");
/** Where x < y: a tensor of truth values; false beside NaN. */
export const lt = two("lt");
/** Where x ≤ y: a tensor of truth values; false beside NaN. */
export const le = two("le");
/** Where x > y: a tensor of truth values; false beside NaN. */
export const gt = two("gt");
/** Where x ≥ y: a tensor of truth values; false beside NaN. */
export const ge = two("ge");

const truth = (name: string, values: readonly TensorLike[]): Node[] => operands(name, values, () => "bool");
/**
 * Where both are true; numbers other than 0 count as true.
 * @example logicalAnd(tensor([true, true]), tensor([true, false]))   // [1, 0]
 */
export const logicalAnd = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = truth("logicalAnd", [x, y]);
  return new Tensor(binary("and", a, b));
};
/**
 * Where at least one is true; numbers other than 0 count as true.
 * @example logicalOr(tensor([true, false]), tensor([false, false]))   // [1, 0]
 */
export const logicalOr = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = truth("logicalOr", [x, y]);
  return new Tensor(binary("or", a, b));
};
/**
 * Where x is false, or 0.
 * @example logicalNot(tensor([true, false]))   // [0, 1]
 */
export const logicalNot = (x: TensorLike): Tensor => new Tensor(unary("not", truth("logicalNot", [x])[0]));

/** `−x`. */
export const neg = numeric("neg");
/** The magnitude of x. Its derivative at 0 is 0. */
export const abs = numeric("abs");
/** −1, 0 or 1; NaN of NaN. Its derivative is 0. */
export const sign = numeric("sign");
/** The largest whole number up to x. Its derivative is 0. */
export const floor = real("floor");
/** The smallest whole number from x on. Its derivative is 0. */
export const ceil = real("ceil");
/** To the nearest whole number, halves to the even one. Its derivative is 0. */
export const round = real("round");
/** To a whole number, toward zero. Its derivative is 0. */
export const trunc = real("trunc");
/** The square root; NaN of negative numbers. Its derivative at 0 is ∞. */
export const sqrt = real("sqrt");
/**
 * Cube root, with the sign of x. Its derivative at 0 is ∞.
 * @example cbrt(-27) // −3
 */
export const cbrt = real("cbrt");
/** `eˣ`; ∞ from 709.8 on, in float32 from 88.7 on. */
export const exp = real("exp");
/**
 * 2 to the power x; exact for whole x.
 * @example exp2(10) // 1024
 */
export const exp2 = real("exp2");
/** `exp(x) − 1`, accurate near 0. */
export const expm1 = real("expm1");
/** Natural logarithm; −∞ at 0, NaN of negative numbers. */
export const log = real("log");
/** `log(1 + x)`, accurate near 0; −∞ at −1, NaN below. */
export const log1p = real("log1p");
/** Logarithm to base 2, exact for powers of 2; −∞ at 0, NaN of negative numbers. */
export const log2 = real("log2");
/**
 * Logarithm to base 10.
 * @example log10(tensor([10, 1000]))   // [1, 3]
 */
export const log10 = (x: TensorLike): Tensor => {
  const node = floatingOperand("log10", x);
  return new Tensor(mulNodes(unary("log2", node), fullLike(Math.log10(2), node)));
};
/** Sine of an angle in radians; NaN at ±∞. Large angles are reduced exactly. */
export const sin = real("sin");
/** Cosine of an angle in radians; NaN at ±∞. Large angles are reduced exactly. */
export const cos = real("cos");
/** Tangent of an angle in radians; NaN at ±∞. */
export const tan = real("tan");
/** The angle in radians, from −π/2 to π/2, whose sine is x; NaN beyond ±1. Its derivative at ±1 is ∞. */
export const asin = real("asin");
/** The angle in radians, from 0 to π, whose cosine is x; NaN beyond ±1. Its derivative at ±1 is −∞. */
export const acos = real("acos");
/** The angle in radians, from −π/2 to π/2, whose tangent is x. */
export const atan = real("atan");
/** Hyperbolic sine, accurate near 0. */
export const sinh = real("sinh");
/** Hyperbolic cosine. */
export const cosh = real("cosh");
/** Hyperbolic tangent, accurate near 0; ±1 at ±∞. */
export const tanh = real("tanh");
/** Inverse hyperbolic sine, accurate near 0. */
export const asinh = real("asinh");
/** Inverse hyperbolic cosine, 0 at 1; NaN below 1. */
export const acosh = real("acosh");
/** Inverse hyperbolic tangent; ±∞ at ±1, NaN beyond. */
export const atanh = real("atanh");
/** Logistic function `1 / (1 + exp(−x))`, without overflow: 0 at −∞, 1 at ∞. */
export const sigmoid = real("sigmoid");
/** Whether an entry is NaN; a tensor of truth values. */
export const isnan = real("isNaN", "isnan");
/** Whether an entry is neither infinite nor NaN; a tensor of truth values. */
export const isfinite = real("isFinite", "isfinite");
/**
 * Whether an entry is +∞ or −∞; a tensor of truth values.
 * @example x.isinf().any()
 */
export const isinf = (x: TensorLike): Tensor => {
  const node = floatingOperand("isinf", x);
  return new Tensor(binary("eq", unary("abs", node), fullLike(Number.POSITIVE_INFINITY, node)));
};

/**
 * `x²`.
 * @example square(tensor([-3, 2]))   // [9, 4]
 */
export function square(x: TensorLike): Tensor {
  const value = new Tensor(operand("square", x));
  return mul(value, value);
}
/**
 * `1 / x`; ±∞ at ±0.
 * @example reciprocal(tensor([4, -0.5]))   // [0.25, -2]
 */
export const reciprocal = (x: TensorLike): Tensor => div(1, new Tensor(floatingOperand("reciprocal", x)));
/**
 * `1 / sqrt(x)`.
 * @example rsqrt(tensor([4, 0.25]))   // [0.5, 2]
 */
export const rsqrt = (x: TensorLike): Tensor => div(1, sqrt(new Tensor(floatingOperand("rsqrt", x))));
/**
 * `log(exp(x) + exp(y))` without overflow.
 * @example logaddexp(tensor(100), 100).sub(100)   // 0.6931
 */
export const logaddexp = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = operands("logaddexp", [x, y], toFloating);
  const order = binary("ge", a, b);
  const [larger, smaller] = [select(order, a, b), select(order, b, a)];
  // ∞ − ∞ is NaN: beside an infinite larger one the other does not count.
  const infinity = fullLike(Number.POSITIVE_INFINITY, a);
  // Beside a NaN it does: NaN equals nothing.
  const isInfinite = binary("and", binary("eq", unary("abs", larger), infinity), binary("eq", smaller, smaller));
  const difference = select(isInfinite, unary("neg", infinity), subNodes(smaller, larger));
  return new Tensor(addNodes(larger, unary("log1p", unary("exp", difference))));
};
/**
 * `√(x² + y²)`, without overflow or underflow on the way. At the origin, where it has no
 * derivative, that is taken to be 0.
 * @example hypot(tensor([3, 5]), tensor([4, 12]))   // [5, 13]
 */
export const hypot = (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = operands("hypot", [x, y], toFloating);
  const [width, height] = [unary("abs", a), unary("abs", b)];
  const largest = binary("max", width, height);
  const [zero, one] = [fullLike(0, a), fullLike(1, a)];
  const origin = binary("eq", largest, zero);
  const usable = binary("and", unary("not", origin), unary("isFinite", largest));
  // The result does not depend on the scale, so neither need its derivative.
  const scale = emit("stopGradient", [select(usable, largest, one)], NO_PARAMS);
  const [u, v] = [divNodes(a, scale), divNodes(b, scale)];
  const squares = select(origin, one, addNodes(mulNodes(u, u), mulNodes(v, v)));
  const root = select(origin, zero, mulNodes(scale, unary("sqrt", squares)));
  // Infinite beside a NaN too, as IEEE 754 has it.
  const infinity = fullLike(Number.POSITIVE_INFINITY, a);
  const infinite = binary("or", binary("eq", width, infinity), binary("eq", height, infinity));
  return new Tensor(select(infinite, infinity, root));
};

/** A whole power by squaring. */
function wholePower(x: Tensor, exponent: number): Tensor {
  let power = new Tensor(fullLike(1, x.node));
  let base = x;
  for (let rest = exponent; ; base = mul(base, base)) {
    if (rest % 2 === 1) power = mul(power, base);
    rest = Math.floor(rest / 2);
    if (rest === 0) return power;
  }
}

/**
 * `x` raised to `y`. Small whole powers are products, and so are exact in sign and cheap. NaN for negative x unless y is
 * whole; 1 for y = 0. Integers stay integers where y is a whole
 * number of 0 or more, and become the default type else.
 * @example pow(tensor([2, -3]), 3)   // [8, -27]
 */
export function pow(x: TensorLike, y: TensorLike): Tensor {
  if (typeof y === "number") {
    const base = operand("pow", x);
    if (!isFloating(base.dtype) && Number.isInteger(y) && y >= 0) {
      return wholePower(new Tensor(cast(base, notBool(base.dtype))), y);
    }
    if (y === 1) return new Tensor(base);
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
 * The same values as another type.
 * @example to(tensor([1.9, -1.9]), "int32")   // [1, -1]
 */
export function to(x: TensorLike, dtype: DType): Tensor;
/**
 * The same values at another place: "webgpu" is the memory of the graphics processor, which is started for it, and "wasm"
 * is here. What is computed with a tensor that is on the graphics processor is computed there. With `{ storage: "float16" }`
 * it is kept there in half the memory and precision.
 * @example const y = await to(exp(await to(x, "webgpu")), "wasm")
 */
export function to(x: TensorLike, place: Place, options?: PlaceOptions): Promise<Tensor>;
export function to(x: TensorLike, target: DType | Place, options?: PlaceOptions): Tensor | Promise<Tensor> {
  if (isPlace(target)) return moved(new Tensor(operand("to", x)), target, options);
  return new Tensor(cast(operand("to", x), checkedDType("to", target)));
}

/**
 * The value of `x` with derivative zero.
 * @example grad((x: Tensor) => x.mul(stopGradient(x)))(tensor(3))   // 3
 */
export const stopGradient = (x: TensorLike): Tensor =>
  new Tensor(emit("stopGradient", [operand("stopGradient", x)], NO_PARAMS));
