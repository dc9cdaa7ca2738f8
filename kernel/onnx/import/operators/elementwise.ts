/** @file Operators entry by entry: arithmetic, functions of one number, comparisons, choices and casts. */
import { isFloating } from "../../../dtype.ts";
import { clip, where } from "../../../functions/choice.ts";
import * as one from "../../../functions/elementwise.ts";
import { erf } from "../../../functions/special.ts";
import type { Tensor, TensorLike } from "../../../tensor.ts";
import type { Call, Operator, OperatorTable } from "../call.ts";
import { elementType, elementTypeName } from "../element-types.ts";

const unary =
  (f: (x: Tensor) => Tensor): Operator =>
  (call) =>
    f(call.input(0));

const binary =
  (f: (x: Tensor, y: Tensor) => Tensor): Operator =>
  (call) =>
    f(call.input(0), call.input(1));

/** Of any number of inputs, from left to right. */
const folded =
  (f: (x: Tensor, y: Tensor) => Tensor): Operator =>
  (call) =>
    call.inputs().reduce(f);

/** A function of whole numbers, done in float64, which has all of them. */
const throughDouble = (f: (x: Tensor, y: Tensor) => Tensor, x: Tensor, y: Tensor): Tensor =>
  f(x.to("float64"), y.to("float64")).to("int32");

/** Whole numbers are divided as in C: toward zero. */
const div = (x: Tensor, y: Tensor): Tensor =>
  isFloating(x.dtype) || isFloating(y.dtype) ? one.div(x, y) : throughDouble((a, b) => one.trunc(one.div(a, b)), x, y);

/** The result has the type of the base. A power that the file fixes is a product where that is simpler. */
function pow(call: Call): Tensor {
  const [base, exponent] = [call.input(0), call.input(1)];
  const known = call.fixedNumber(1);
  if (!isFloating(base.dtype)) {
    return known !== undefined && Number.isInteger(known) && known >= 0
      ? one.pow(base, known)
      : throughDouble(one.pow, base, exponent);
  }
  const grows = exponent.ndim > base.ndim;
  const result = one.pow(base, known !== undefined && !grows ? known : exponent);
  return result.dtype === base.dtype ? result : result.to(base.dtype);
}

function mod(call: Call): Tensor {
  const [x, y] = [call.input(0), call.input(1)];
  if (call.flag("fmod", false)) return one.fmod(x, y);
  if (isFloating(x.dtype)) call.fail("expected whole numbers, or the attribute fmod = 1 for floating ones.");
  return one.remainder(x, y);
}

/** A bound as the number that the file fixes it to, or as a tensor. */
function boundOf(call: Call, attribute: string, i: number): TensorLike | undefined {
  if (call.opset < 11) return call.has(attribute) ? call.float(attribute) : undefined;
  return call.fixedNumber(i) ?? call.optional(i);
}

/** A cast by the number that ONNX has for types. Narrow whole numbers wrap around, as in C. */
export function castTo(call: Call, x: Tensor, code: number): Tensor {
  const type = elementType(code) ?? call.fail(`a cast to ${elementTypeName(code)}, which does not exist here.`);
  const out = x.to(isFloating(type.dtype) ? call.floating(type.dtype) : type.dtype);
  if (type.range === undefined) return out;
  const [low, high] = type.range;
  return one.remainder(out.sub(low), high - low + 1).add(low);
}

function castLike(call: Call): Tensor {
  const { dtype } = call.input(1);
  return call.input(0).to(dtype);
}

function isInfinite(call: Call): Tensor {
  const x = call.input(0);
  const [negative, positive] = [call.flag("detect_negative", true), call.flag("detect_positive", true)];
  if (negative && positive) return one.isinf(x);
  if (!negative && !positive) return one.logicalAnd(one.isinf(x), false);
  return one.eq(x, positive ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
}

/** `sign`, `floor` and so on, which change nothing about whole numbers. */
const wholeAlready =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    isFloating(x.dtype) ? f(x) : x;

export const elementwise: OperatorTable = {
  Add: { run: binary(one.add) },
  Sub: { run: binary(one.sub) },
  Mul: { run: binary(one.mul) },
  Div: { run: binary(div) },
  Pow: { run: pow },
  Mod: { run: mod },
  Sum: { run: folded(one.add) },
  Mean: { run: (call) => call.inputs().reduce(one.add).div(call.inputs().length) },
  Max: { run: folded(one.maximum) },
  Min: { run: folded(one.minimum) },
  Clip: { run: (call) => clip(call.input(0), boundOf(call, "min", 1), boundOf(call, "max", 2)) },

  Neg: { run: unary(one.neg) },
  Abs: { run: unary(one.abs) },
  Sign: { run: unary(one.sign) },
  Floor: { run: unary(wholeAlready(one.floor)) },
  Ceil: { run: unary(wholeAlready(one.ceil)) },
  Round: { run: unary(wholeAlready(one.round)) },
  Reciprocal: { run: unary(one.reciprocal) },
  Sqrt: { run: unary(one.sqrt) },
  Exp: { run: unary(one.exp) },
  Log: { run: unary(one.log) },
  Erf: { run: unary(erf) },
  Sin: { run: unary(one.sin) },
  Cos: { run: unary(one.cos) },
  Tan: { run: unary(one.tan) },
  Asin: { run: unary(one.asin) },
  Acos: { run: unary(one.acos) },
  Atan: { run: unary(one.atan) },
  Sinh: { run: unary(one.sinh) },
  Cosh: { run: unary(one.cosh) },
  Tanh: { run: unary(one.tanh) },
  Asinh: { run: unary(one.asinh) },
  Acosh: { run: unary(one.acosh) },
  Atanh: { run: unary(one.atanh) },
  IsNaN: { run: unary(one.isnan) },
  IsInf: { run: isInfinite },

  Equal: { run: binary(one.eq) },
  Less: { run: binary(one.lt) },
  LessOrEqual: { run: binary(one.le) },
  Greater: { run: binary(one.gt) },
  GreaterOrEqual: { run: binary(one.ge) },
  And: { run: binary(one.logicalAnd) },
  Or: { run: binary(one.logicalOr) },
  Xor: { run: binary((x, y) => one.ne(x.to("bool"), y.to("bool"))) },
  Not: { run: unary(one.logicalNot) },
  Where: { run: (call) => where(call.input(0), call.input(1), call.input(2)) },

  Cast: {
    run: (call) => castTo(call, call.input(0), call.int("to")),
    limits: "half precision is computed as float, int64 and uint32 as int32",
  },
  CastLike: { run: castLike },
  Identity: { run: unary((x) => x) },
};
