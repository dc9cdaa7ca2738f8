/**
 * @file Simpler expressions of the same value, bit for bit. In IEEE 754 arithmetic these hold for all numbers, infinities
 * and signed zeros included (of NaN the sign and payload may differ, which the standard leaves open, §6.3):
 *
 *     x + −y = x − y     x − −y = x + y     x + (−0) = x     x − 0 = x      −(−x) = x       |−x| = |x|
 *     1 · x = x          −1 · x = −x        −x · −y = x · y  x / 1 = x      x / −1 = −x     −x / −y = x / y
 *     x / 2ᵏ = x · 2⁻ᵏ   where 2ᵏ and 2⁻ᵏ are normal numbers: both sides round the same real number once
 *
 * These do not hold and are not used: x + 0 = x (−0 + 0 is 0), 0 · x = 0 (NaN, infinities, signs), x − x = 0, x / x = 1,
 * 0 − x = −x, −(x − y) = y − x (zeros), x / c = x · (1 / c) for other c (rounds twice), log(exp x) = x, sums and products
 * in another order. int32 wraps, so its sums and products are those of a ring: x + 0 = x there.
 */
import type { DType } from "../dtype.ts";
import type { BinaryFn, Expr } from "../loops/ir.ts";

type Of<K extends Expr["kind"]> = Extract<Expr, { readonly kind: K }>;

const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";
const constant = (dtype: DType, value: number): Expr => ({ kind: "const", dtype, value });
const binary = (fn: BinaryFn, x: Expr, y: Expr, dtype = x.dtype): Expr => ({ kind: "binary", dtype, fn, x, y });
const negated = (x: Expr): Of<"unary"> => ({ kind: "unary", dtype: x.dtype, fn: "neg", x });

const isConstant = (e: Expr, value: number): boolean => e.kind === "const" && Object.is(e.value, value);

/** What `e` is the negative of. */
const negativeOf = (e: Expr): Expr | null => (e.kind === "unary" && e.fn === "neg" ? e.x : null);

/** Exponents for which 2ᵏ and 2⁻ᵏ are both normal. */
const MOST_EXPONENT: Partial<Record<DType, number>> = { float32: 126, float64: 1022 };

/** 1 / `value`, if it is a power of two and that is exact. */
function inversePower({ dtype, value }: Of<"const">): number | null {
  const exponent = Math.log2(Math.abs(value));
  if (!Number.isInteger(exponent) || Math.abs(exponent) > (MOST_EXPONENT[dtype] ?? -1)) return null;
  return 2 ** exponent === Math.abs(value) ? 1 / value : null;
}

function simplerUnary(e: Of<"unary">): Expr {
  const { fn, x } = e;
  const inner = x.kind === "unary" ? x : null;
  if (fn === "neg") {
    if (inner?.fn === "neg") return inner.x;
    if (x.kind === "const") return constant(x.dtype, isFloat(x.dtype) ? -x.value : -x.value | 0);
  }
  if (fn === "abs" && (inner?.fn === "neg" || inner?.fn === "abs")) return simplerUnary({ ...e, x: inner.x });
  if (fn === "not" && inner?.fn === "not" && inner.x.dtype === "bool") return inner.x;
  return e;
}

function simplerSum(e: Of<"binary">): Expr {
  const { x, y, dtype } = e;
  const zero = isFloat(dtype) ? -0 : 0;
  if (isConstant(x, zero)) return y;
  if (isConstant(y, zero)) return x;
  const [minusX, minusY] = [negativeOf(x), negativeOf(y)];
  if (minusY !== null) return binary("sub", x, minusY);
  return minusX === null ? e : binary("sub", y, minusX);
}

function simplerProduct(e: Of<"binary">): Expr {
  const { x, y } = e;
  if (isConstant(x, 1)) return y;
  if (isConstant(y, 1)) return x;
  if (isConstant(x, -1)) return simplerUnary(negated(y));
  if (isConstant(y, -1)) return simplerUnary(negated(x));
  const [minusX, minusY] = [negativeOf(x), negativeOf(y)];
  return minusX !== null && minusY !== null ? binary("mul", minusX, minusY) : e;
}

function simplerQuotient(e: Of<"binary">): Expr {
  const { x, y, dtype } = e;
  if (isConstant(y, 1)) return x;
  if (!isFloat(dtype)) return e;
  if (isConstant(y, -1)) return simplerUnary(negated(x));
  const [minusX, minusY] = [negativeOf(x), negativeOf(y)];
  if (minusX !== null && minusY !== null) return simplerQuotient({ ...e, x: minusX, y: minusY });
  const inverse = y.kind === "const" ? inversePower(y) : null;
  return inverse === null ? e : binary("mul", x, constant(dtype, inverse));
}

/** Sums of float32 in float64 and rounded are the sums rounded once (Figueroa 1995); so are products and quotients. */
const FOLDED: Partial<Record<BinaryFn, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
};

/** A position that is affine in the loop variables, as a form; a constant is one, too. */
function affineOf(e: Expr, variables: number): Of<"iota">["index"] | null {
  if (e.kind === "iota") return e.index;
  return e.kind === "const" ? { offset: e.value, strides: new Array<number>(variables).fill(0) } : null;
}

/** Sums and multiples of positions are positions, as long as no part of them leaves the range of int32. */
function simplerPosition(e: Of<"binary">): Expr {
  const { x, y, fn } = e;
  const variables = x.kind === "iota" ? x.index.strides.length : y.kind === "iota" ? y.index.strides.length : -1;
  if (variables < 0) return e;
  const [a, b] = [affineOf(x, variables), affineOf(y, variables)];
  if (a === null || b === null) return e;
  let parts: number[];
  if (fn === "mul") {
    const [form, factor] = y.kind === "const" ? [a, y.value] : x.kind === "const" ? [b, x.value] : [null, 0];
    if (form === null) return e;
    parts = [form.offset, ...form.strides].map((part) => part * factor);
  } else {
    const sign = fn === "sub" ? -1 : 1;
    parts = [a.offset + sign * b.offset, ...a.strides.map((stride, v) => stride + sign * b.strides[v])];
  }
  if (parts.some((part) => (part | 0) !== part)) return e;
  const [offset, ...strides] = parts;
  return { kind: "iota", dtype: "int32", index: { offset, strides } };
}

/** Whether an operand is of a kind that some rule looks for. */
const isNotable = ({ kind }: Expr): boolean => kind === "const" || kind === "iota" || kind === "unary";

function simplerBinary(e: Of<"binary">): Expr {
  const { fn, x, y, dtype } = e;
  if (x !== y && !isNotable(x) && !isNotable(y)) return e;
  if (x.kind === "const" && y.kind === "const" && isFloat(dtype) && FOLDED[fn] !== undefined) {
    const value = FOLDED[fn](x.value, y.value);
    return constant(dtype, dtype === "float32" ? Math.fround(value) : value);
  }
  if (dtype === "int32" && (fn === "add" || fn === "sub" || fn === "mul")) {
    const position = simplerPosition(e);
    if (position !== e) return position;
  }
  switch (fn) {
    case "add":
      return simplerSum(e);
    case "sub": {
      if (isConstant(y, 0)) return x;
      const minusY = negativeOf(y);
      return minusY === null ? e : binary("add", x, minusY);
    }
    case "mul":
      return simplerProduct(e);
    case "div":
      return simplerQuotient(e);
    case "max":
    case "min":
      return x === y ? x : e;
    case "and":
    case "or": {
      if (x === y) return x;
      // What decides the result whatever the other is, and what leaves it to the other.
      const absorbing = fn === "and" ? 0 : 1;
      if (isConstant(x, absorbing) || isConstant(y, 1 - absorbing)) return x;
      return isConstant(y, absorbing) || isConstant(x, 1 - absorbing) ? y : e;
    }
    default:
      return e;
  }
}

function simplerSelect(e: Of<"select">): Expr {
  const { test, yes, no } = e;
  if (test.kind === "const") return test.value !== 0 ? yes : no;
  if (yes === no) return yes;
  if (test.kind === "unary" && test.fn === "not" && test.x.dtype === "bool")
    return { ...e, test: test.x, yes: no, no: yes };
  return e;
}

/** Whether every value of the first type has its like in the second. */
const isContained = (from: DType, to: DType): boolean =>
  from === to || from === "bool" || (to === "float64" && from !== "float64");

function simplerCast(e: Of<"cast">): Expr {
  const { x, dtype } = e;
  if (x.dtype === dtype) return x;
  if (x.kind === "cast" && isContained(x.x.dtype, x.dtype)) return simplerCast({ ...e, x: x.x });
  if (x.kind === "const" && isContained(x.dtype, dtype)) return constant(dtype, x.value);
  return e;
}

/** An expression of the same value, whose operands are simple already; the same object where there is nothing to do. */
export function simpler(e: Expr): Expr {
  switch (e.kind) {
    case "unary":
      return simplerUnary(e);
    case "binary":
      return simplerBinary(e);
    case "select":
      return simplerSelect(e);
    case "cast":
      return simplerCast(e);
    default:
      return e;
  }
}
