/**
 * @file Instructions for several values at a time. There are four lanes, or two where float64 takes part; with two,
 * float32 and int32 use the lower half of their vectors. bool is a mask, all bits of a lane set or none, of the width
 * of a lane: 32 bits with four lanes, 64 with two.
 */
import type { DType } from "../../../dtype.ts";
import type { BinaryFn, UnaryFn } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { LaneOp, PlainOp } from "../code/opcodes.ts";
import { hasVectorFunction, inlineVectorFunction } from "../math/table.ts";
import { logicOf, NATIVE_UNARY, scalarBinary, scalarUnary } from "./scalar-code.ts";

export type Lanes = 2 | 4;
type NumberType = Exclude<DType, "bool">;

const SHAPE: Readonly<Record<NumberType, "f32x4" | "f64x2" | "i32x4">> = {
  float32: "f32x4",
  float64: "f64x2",
  int32: "i32x4",
};

/** Turns the scalar on the stack into a vector of equal lanes. */
export function splat(f: FunctionBuilder, dtype: DType, lanes: Lanes): void {
  if (dtype !== "bool") f.op(`${SHAPE[dtype]}.splat`);
  else {
    f.i32(-1).op("i32.mul");
    if (lanes === 4) f.op("i32x4.splat");
    else f.op("i64.extend_i32_s").op("i64x2.splat");
  }
}

export function vectorConst(f: FunctionBuilder, dtype: DType, value: number): void {
  if (dtype === "float32") f.f32x4(value);
  else if (dtype === "float64") f.f64x2(value);
  else if (dtype === "int32") f.i32x4(value);
  else f.i32x4(value ? -1 : 0);
}

/** Takes lane `lane` of the vector on the stack. */
export function extract(f: FunctionBuilder, dtype: NumberType, lane: number): void {
  f.lane(`${SHAPE[dtype]}.extract_lane` as LaneOp, lane);
}

/** A mask from a comparison of 32-bit values, widened where lanes are 64 bits wide. */
function widen(f: FunctionBuilder, dtype: NumberType, lanes: Lanes): void {
  if (lanes === 2 && dtype !== "float64") f.op("i64x2.extend_low_i32x4_s");
}

const EVEN_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11];

/** The mask on the stack, for selecting among values of `dtype`. */
function narrow(f: FunctionBuilder, dtype: DType, lanes: Lanes): void {
  if (lanes === 2 && (dtype === "float32" || dtype === "int32")) {
    const mask = f.local("v128");
    f.tee(mask).get(mask).shuffle(EVEN_WORDS);
    f.release(mask);
  }
}

export function vectorUnary(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn, dtype: DType, lanes: Lanes): void {
  if (dtype === "bool") boolUnary(f, fn);
  else if (dtype === "int32") intUnary(f, module, fn, lanes);
  else floatUnary(f, module, fn, dtype, lanes);
}

function boolUnary(f: FunctionBuilder, fn: UnaryFn): void {
  if (fn === "not") f.op("v128.not");
  else if (fn === "isNaN") f.op("drop").i32x4(0);
  else if (fn === "isFinite") f.op("drop").i32x4(-1);
  // What is left keeps truth values; scalarUnary refuses the rest.
}

function intUnary(f: FunctionBuilder, module: ModuleBuilder, fn: UnaryFn, lanes: Lanes): void {
  switch (fn) {
    case "neg":
    case "abs":
      f.op(`i32x4.${fn}`);
      return;
    case "sign":
      f.i32x4(-1).op("i32x4.max_s").i32x4(1).op("i32x4.min_s");
      return;
    case "floor":
    case "ceil":
    case "round":
    case "trunc":
      return;
    case "not":
      f.i32x4(0).op("i32x4.eq");
      widen(f, "int32", lanes);
      return;
    case "isNaN":
    case "isFinite":
      boolUnary(f, fn);
      return;
    default:
      eachLane(f, "int32", lanes, () => scalarUnary(f, module, fn, "int32"));
  }
}

function floatUnary(
  f: FunctionBuilder,
  module: ModuleBuilder,
  fn: UnaryFn,
  dtype: "float32" | "float64",
  lanes: Lanes,
): void {
  const shape = SHAPE[dtype] as "f32x4" | "f64x2";
  const native = NATIVE_UNARY[fn];
  if (native) {
    f.op(`${shape}.${native}` as PlainOp);
    return;
  }
  switch (fn) {
    case "not":
      truth(f, dtype, lanes);
      f.op("v128.not");
      return;
    case "isFinite":
      f.op(`${shape}.abs`);
      vectorConst(f, dtype, Number.POSITIVE_INFINITY);
      f.op(`${shape}.lt`);
      widen(f, dtype, lanes);
      return;
    case "isNaN": {
      const x = f.local("v128");
      f.tee(x).get(x).op(`${shape}.ne`);
      f.release(x);
      widen(f, dtype, lanes);
      return;
    }
    case "sign": {
      const x = f.local("v128");
      f.tee(x);
      vectorConst(f, dtype, -0);
      f.op("v128.and");
      vectorConst(f, dtype, 1);
      f.op("v128.or").get(x).get(x).op(`${shape}.abs`);
      vectorConst(f, dtype, 0);
      f.op(`${shape}.gt`).laneSelect();
      f.release(x);
      return;
    }
  }
  if (hasVectorFunction(fn, dtype)) inlineVectorFunction(f, module, fn, dtype);
  else eachLane(f, dtype, lanes, () => scalarUnary(f, module, fn, dtype));
}

/** Replaces numbers by the mask of those that JavaScript calls true: neither 0 nor NaN. */
function truth(f: FunctionBuilder, dtype: NumberType, lanes: Lanes): void {
  if (dtype === "int32") f.i32x4(0).op("i32x4.ne");
  else {
    const shape = SHAPE[dtype] as "f32x4" | "f64x2";
    f.op(`${shape}.abs`);
    vectorConst(f, dtype, 0);
    f.op(`${shape}.gt`);
  }
  widen(f, dtype, lanes);
}

/** Runs scalar code on each lane. */
function eachLane(f: FunctionBuilder, dtype: NumberType, lanes: Lanes, code: () => void): void {
  const x = f.local("v128");
  f.set(x);
  for (let lane = 0; lane < lanes; lane++) {
    f.get(x);
    extract(f, dtype, lane);
    code();
    assemble(f, dtype, lane);
  }
  f.release(x);
}

function eachLanePair(f: FunctionBuilder, dtype: NumberType, lanes: Lanes, code: () => void): void {
  const [x, y] = [f.local("v128"), f.local("v128")];
  f.set(y).set(x);
  for (let lane = 0; lane < lanes; lane++) {
    f.get(x);
    extract(f, dtype, lane);
    f.get(y);
    extract(f, dtype, lane);
    code();
    assemble(f, dtype, lane);
  }
  f.release(x);
  f.release(y);
}

/** Puts the scalar on the stack into `lane` of the vector below it; the first one makes that vector. */
function assemble(f: FunctionBuilder, dtype: NumberType, lane: number): void {
  if (lane === 0) f.op(`${SHAPE[dtype]}.splat`);
  else f.lane(`${SHAPE[dtype]}.replace_lane` as LaneOp, lane);
}

const COMPARISONS: ReadonlySet<BinaryFn> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

export function vectorBinary(
  f: FunctionBuilder,
  module: ModuleBuilder,
  fn: BinaryFn,
  dtype: DType,
  lanes: Lanes,
): void {
  if (dtype === "bool") {
    boolBinary(f, fn);
    return;
  }
  const shape = SHAPE[dtype];
  if (COMPARISONS.has(fn)) {
    const order = dtype === "int32" && fn !== "eq" && fn !== "ne" ? `${fn}_s` : fn;
    f.op(`${shape}.${order}` as PlainOp);
    widen(f, dtype, lanes);
    return;
  }
  switch (fn) {
    case "add":
    case "sub":
    case "mul":
      f.op(`${shape}.${fn}`);
      return;
    case "max":
    case "min":
      f.op((dtype === "int32" ? `${shape}.${fn}_s` : `${shape}.${fn}`) as PlainOp);
      return;
    case "and":
    case "or": {
      const y = f.local("v128");
      truth(f, dtype, lanes);
      f.set(y);
      truth(f, dtype, lanes);
      f.get(y).op(`v128.${fn}`);
      f.release(y);
      return;
    }
    case "div":
      if (dtype !== "int32") {
        f.op(`${SHAPE[dtype] as "f32x4" | "f64x2"}.div`);
        return;
      }
  }
  if (hasVectorFunction(fn, dtype)) inlineVectorFunction(f, module, fn, dtype);
  else eachLanePair(f, dtype, lanes, () => scalarBinary(f, module, fn, dtype));
}

function boolBinary(f: FunctionBuilder, fn: BinaryFn): void {
  switch (fn) {
    case "eq":
      f.op("v128.xor").op("v128.not");
      return;
    case "ne":
      f.op("v128.xor");
      return;
    case "gt":
      f.op("v128.andnot");
      return;
    case "le":
      f.op("v128.andnot").op("v128.not");
      return;
    case "lt":
    case "ge": {
      const y = f.local("v128");
      const x = f.local("v128");
      f.set(y).set(x).get(y).get(x).op("v128.andnot");
      if (fn === "ge") f.op("v128.not");
      f.release(x);
      f.release(y);
      return;
    }
    default:
      f.op(logicOf(fn) === "and" ? "v128.and" : "v128.or");
  }
}

/** The stack holds the values for yes, those for no, and the mask. */
export function vectorSelect(f: FunctionBuilder, dtype: DType, lanes: Lanes): void {
  narrow(f, dtype, lanes);
  f.laneSelect();
}

export function vectorCast(f: FunctionBuilder, from: DType, to: DType, lanes: Lanes): void {
  if (from === to) return;
  if (from === "bool") {
    narrow(f, to, lanes);
    vectorConst(f, to, 1);
    f.op("v128.and");
    return;
  }
  switch (to) {
    case "float32":
      f.op(from === "float64" ? "f32x4.demote_f64x2_zero" : "f32x4.convert_i32x4_s");
      return;
    case "float64":
      f.op(from === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s");
      return;
    case "int32":
      f.op(from === "float32" ? "i32x4.trunc_sat_f32x4_s" : "i32x4.trunc_sat_f64x2_s_zero");
      return;
    case "bool":
      vectorConst(f, from, 0);
      f.op(`${SHAPE[from]}.ne`);
      widen(f, from, lanes);
  }
}

/** Loads `lanes` neighbours; the address is on the stack. */
export function vectorLoad(f: FunctionBuilder, dtype: DType, lanes: Lanes, offset: number): void {
  if (dtype === "bool") {
    f.memory(lanes === 4 ? "v128.load32_zero" : "v128.load16_splat", offset);
    maskFromBytes(f, lanes);
  } else f.memory(lanes === 2 && dtype !== "float64" ? "v128.load64_zero" : "v128.load", offset);
}

/** Turns bytes that are 0 or 1, in the lowest lanes, into a mask. */
export function maskFromBytes(f: FunctionBuilder, lanes: Lanes): void {
  f.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u").op("i32x4.neg");
  if (lanes === 2) f.op("i64x2.extend_low_i32x4_s");
}

const MASK_BYTES: Readonly<Record<Lanes, readonly number[]>> = {
  4: [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12],
  2: [0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8],
};

/** Turns the mask on the stack into bytes that are 0 or 1, in the lowest lanes. */
export function bytesFromMask(f: FunctionBuilder, lanes: Lanes): void {
  const mask = f.local("v128");
  f.tee(mask).get(mask).shuffle(MASK_BYTES[lanes]).i32x4(0x01010101).op("v128.and");
  f.release(mask);
}

/** Stores `lanes` neighbours; address and vector are on the stack. */
export function vectorStore(f: FunctionBuilder, dtype: DType, lanes: Lanes, offset: number): void {
  if (dtype === "bool") {
    bytesFromMask(f, lanes);
    f.laneMemory(lanes === 4 ? "v128.store32_lane" : "v128.store16_lane", offset, 0);
  } else if (lanes === 2 && dtype !== "float64") f.laneMemory("v128.store64_lane", offset, 0);
  else f.memory("v128.store", offset);
}

export const LANE_LOAD = {
  float32: "v128.load32_lane",
  int32: "v128.load32_lane",
  float64: "v128.load64_lane",
  bool: "v128.load8_lane",
} as const;

export const LANE_STORE = {
  float32: "v128.store32_lane",
  int32: "v128.store32_lane",
  float64: "v128.store64_lane",
  bool: "v128.store8_lane",
} as const;
