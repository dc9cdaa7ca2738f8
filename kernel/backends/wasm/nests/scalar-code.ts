/**
 * @file Instructions for one value at a time. Operands are on the stack, the result is left there. float32 is f32,
 * float64 f64, int32 i32, and bool an i32 that is 0 or 1.
 */
import type { DType } from "../../../dtype.ts";
import type { BinaryFn, UnaryFn } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { MemoryOp, PlainOp, ValueType } from "../code/opcodes.ts";
import { vectorFunction } from "../math/table.ts";
import { importedBinary, importedUnary, int32Divide, int32Remainder } from "./runtime.ts";

export const SCALAR_TYPE: Readonly<Record<DType, ValueType>> = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  bool: "i32",
};

export const SCALAR_LOAD: Readonly<Record<DType, MemoryOp>> = {
  float32: "f32.load",
  float64: "f64.load",
  int32: "i32.load",
  bool: "i32.load8_u",
};

export const SCALAR_STORE: Readonly<Record<DType, MemoryOp>> = {
  float32: "f32.store",
  float64: "f64.store",
  int32: "i32.store",
  bool: "i32.store8",
};

export function scalarConst(f: FunctionBuilder, dtype: DType, value: number): void {
  if (dtype === "float32") f.f32(value);
  else if (dtype === "float64") f.f64(value);
  else if (dtype === "int32") f.i32(value);
  else f.i32(value ? 1 : 0);
}

/** Functions that are one instruction of a floating type, scalar or vector, by the name it has there. */
export const NATIVE_UNARY: Partial<Record<UnaryFn, string>> = {
  neg: "neg",
  abs: "abs",
  floor: "floor",
  ceil: "ceil",
  round: "nearest",
  trunc: "trunc",
  sqrt: "sqrt",
};

const NATIVE_BINARY: Partial<Record<BinaryFn, string>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  max: "max",
  min: "min",
  eq: "eq",
  ne: "ne",
  lt: "lt",
  le: "le",
  gt: "gt",
  ge: "ge",
};

const SPLAT = { f32: "f32x4.splat", f64: "f64x2.splat" } as const;
const EXTRACT = { f32: "f32x4.extract_lane", f64: "f64x2.extract_lane" } as const;

export function scalarUnary(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn, dtype: DType): void {
  if (dtype === "float32" || dtype === "float64") floatUnary(f, module, fn, dtype);
  else if (dtype === "int32") intUnary(f, module, fn);
  else boolUnary(f, fn);
}

function floatUnary(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn, dtype: "float32" | "float64"): void {
  const type = dtype === "float32" ? "f32" : "f64";
  const constant = (value: number) => (type === "f32" ? f.f32(value) : f.f64(value));
  const native = NATIVE_UNARY[fn];
  if (native) {
    f.op(`${type}.${native}` as PlainOp);
    return;
  }
  switch (fn) {
    case "not": // True of 0 and NaN.
      constantBelowMagnitude();
      f.op("i32.eqz");
      return;
    case "isFinite":
      f.op(`${type}.abs`);
      constant(Number.POSITIVE_INFINITY);
      f.op(`${type}.lt`);
      return;
    case "isNaN": {
      const x = f.local(type);
      f.tee(x).get(x).op(`${type}.ne`);
      f.release(x);
      return;
    }
    case "sign": {
      // Zeros and NaN are kept.
      const x = f.local(type);
      f.set(x);
      constant(1);
      f.get(x).op(`${type}.copysign`).get(x);
      f.get(x);
      constantBelowMagnitude();
      f.op("select");
      f.release(x);
      return;
    }
  }
  const vector = vectorFunction(module, fn, dtype);
  // The tail of a vector loop must not differ from its body, so it runs the same code.
  if (vector) f.op(SPLAT[type]).call(vector).lane(EXTRACT[type], 0);
  else {
    if (type === "f32") f.op("f64.promote_f32");
    f.call(importedUnary(module, fn, "f64"));
    if (type === "f32") f.op("f32.demote_f64");
  }

  function constantBelowMagnitude(): void {
    f.op(`${type}.abs`);
    constant(0);
    f.op(`${type}.gt`);
  }
}

function intUnary(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn): void {
  switch (fn) {
    case "neg":
      f.i32(-1).op("i32.mul");
      return;
    case "floor":
    case "ceil":
    case "round":
    case "trunc":
      return;
    case "not":
      f.op("i32.eqz");
      return;
    case "isNaN":
      f.op("drop").i32(0);
      return;
    case "isFinite":
      f.op("drop").i32(1);
      return;
    case "abs": {
      const x = f.local("i32");
      f.tee(x).get(x).i32(31).op("i32.shr_s").op("i32.xor");
      f.get(x).i32(31).op("i32.shr_s").op("i32.sub");
      f.release(x);
      return;
    }
    case "sign": {
      const x = f.local("i32");
      f.tee(x).i32(0).op("i32.gt_s").get(x).i32(0).op("i32.lt_s").op("i32.sub");
      f.release(x);
      return;
    }
    default:
      f.op("f64.convert_i32_s").call(importedUnary(module, fn, "i32"));
  }
}

/** What a function means on truth values; one that gives neither 0 nor 1 cannot be asked for. */
function boolUnary(f: FunctionBuilder, fn: UnaryFn): void {
  switch (fn) {
    case "not":
      f.op("i32.eqz");
      return;
    case "isNaN":
      f.op("drop").i32(0);
      return;
    case "isFinite":
      f.op("drop").i32(1);
      return;
    case "abs":
    case "sign":
    case "floor":
    case "ceil":
    case "round":
    case "trunc":
    case "sqrt":
      return;
    default:
      throw new TypeError(`${fn} of a bool has no meaning in the loop IR: cast to float32 or int32 first.`);
  }
}

export function scalarBinary(f: FunctionBuilder, module: ModuleBuilder, fn: BinaryFn, dtype: DType): void {
  if (dtype === "float32" || dtype === "float64") floatBinary(f, module, fn, dtype);
  else if (dtype === "int32") intBinary(f, module, fn);
  else boolBinary(f, fn);
}

function floatBinary(f: FunctionBuilder, module: ModuleBuilder, fn: BinaryFn, dtype: "float32" | "float64"): void {
  const type = dtype === "float32" ? "f32" : "f64";
  const native = NATIVE_BINARY[fn];
  if (native) {
    f.op(`${type}.${native}` as PlainOp);
    return;
  }
  if (fn === "and" || fn === "or") {
    const y = f.local("i32");
    const truth = () => {
      f.op(`${type}.abs`);
      if (type === "f32") f.f32(0);
      else f.f64(0);
      f.op(`${type}.gt`);
    };
    truth();
    f.set(y);
    truth();
    f.get(y).op(fn === "and" ? "i32.and" : "i32.or");
    f.release(y);
    return;
  }
  const vector = vectorFunction(module, fn, dtype);
  if (vector) {
    const y = f.local(type);
    f.set(y).op(SPLAT[type]).get(y).op(SPLAT[type]).call(vector).lane(EXTRACT[type], 0);
    f.release(y);
    return;
  }
  if (type === "f32") {
    const y = f.local("f32");
    f.set(y).op("f64.promote_f32").get(y).op("f64.promote_f32");
    f.release(y);
  }
  f.call(importedBinary(module, fn, "f64"));
  if (type === "f32") f.op("f32.demote_f64");
}

const INT_COMPARISON: Partial<Record<BinaryFn, PlainOp>> = {
  eq: "i32.eq",
  ne: "i32.ne",
  lt: "i32.lt_s",
  le: "i32.le_s",
  gt: "i32.gt_s",
  ge: "i32.ge_s",
};

function intBinary(f: FunctionBuilder, module: ModuleBuilder, fn: BinaryFn): void {
  const comparison = INT_COMPARISON[fn];
  if (comparison) {
    f.op(comparison);
    return;
  }
  switch (fn) {
    case "add":
    case "sub":
    case "mul":
      f.op(`i32.${fn}`);
      return;
    case "div":
      f.call(int32Divide(module));
      return;
    case "remainder":
      f.call(int32Remainder(module));
      return;
    case "max":
    case "min":
      extreme(f, fn);
      return;
    case "and":
    case "or": {
      const y = f.local("i32");
      f.i32(0).op("i32.ne").set(y).i32(0).op("i32.ne").get(y);
      f.op(`i32.${fn}`);
      f.release(y);
      return;
    }
    default: {
      const y = f.local("i32");
      f.set(y)
        .op("f64.convert_i32_s")
        .get(y)
        .op("f64.convert_i32_s")
        .call(importedBinary(module, fn, "i32"));
      f.release(y);
    }
  }
}

function extreme(f: FunctionBuilder, fn: "max" | "min"): void {
  const [x, y] = [f.local("i32"), f.local("i32")];
  f.set(y).tee(x).get(y).get(x).get(y);
  f.op(fn === "max" ? "i32.gt_s" : "i32.lt_s").op("select");
  f.release(x);
  f.release(y);
}

function boolBinary(f: FunctionBuilder, fn: BinaryFn): void {
  const comparison = INT_COMPARISON[fn];
  if (comparison) f.op(comparison);
  else f.op(logicOf(fn) === "and" ? "i32.and" : "i32.or");
}

/** The logical operation that arithmetic on truth values comes to. */
export function logicOf(fn: BinaryFn): "and" | "or" {
  switch (fn) {
    case "and":
    case "min":
    case "mul":
      return "and";
    case "or":
    case "max":
    case "add":
      return "or";
    default:
      throw new TypeError(`${fn} of bools has no meaning in the loop IR: cast to float32 or int32 first.`);
  }
}

export function scalarCast(f: FunctionBuilder, from: DType, to: DType): void {
  if (from === to) return;
  switch (to) {
    case "float32":
      f.op(from === "float64" ? "f32.demote_f64" : "f32.convert_i32_s");
      return;
    case "float64":
      f.op(from === "float32" ? "f64.promote_f32" : "f64.convert_i32_s");
      return;
    case "int32":
      if (from === "float32") f.op("i32.trunc_sat_f32_s");
      else if (from === "float64") f.op("i32.trunc_sat_f64_s");
      return;
    case "bool":
      if (from === "float32") f.f32(0).op("f32.ne");
      else if (from === "float64") f.f64(0).op("f64.ne");
      else f.i32(0).op("i32.ne");
  }
}
