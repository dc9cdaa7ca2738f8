/** @file Which loop of a nest to take several steps at a time, by an estimate of the instructions per point. */
import type { DType } from "../../../dtype.ts";
import type { Expr, Index, Store } from "../../../loops/ir.ts";
import { operands } from "../../../loops/walk.ts";
import { hasVectorFunction } from "../math/table.ts";
import { affineLevel, type Loop, strideOf } from "./expression.ts";
import type { Lanes } from "./vector-code.ts";

const ARITHMETIC = new Set([
  "neg",
  "abs",
  "sign",
  "floor",
  "ceil",
  "round",
  "trunc",
  "sqrt",
  "not",
  "isNaN",
  "isFinite",
]);
const POLYNOMIAL_COST = 14;
const CALL_COST = 16;

/** The expressions that change along `loop`. */
export function varyingAlong(order: readonly Expr[], loop: Loop, accumulatorVaries: boolean): Set<Expr> {
  const varying = new Set<Expr>();
  for (const e of order) {
    const own =
      e.kind === "load" || e.kind === "iota"
        ? strideOf(e.index, loop) !== 0
        : e.kind === "accumulator" && accumulatorVaries;
    if (own || operands(e).some((operand) => varying.has(operand))) varying.add(e);
  }
  return varying;
}

/** Two lanes if a value of 64 bits is among the vectors. */
export function lanesFor(varying: ReadonlySet<Expr>, others: readonly DType[]): Lanes {
  if (others.includes("float64")) return 2;
  for (const e of varying) if (e.dtype === "float64") return 2;
  return 4;
}

function isNative(e: Extract<Expr, { kind: "binary" }>): boolean {
  if (e.fn === "pow" || e.fn === "atan2" || e.fn === "remainder") return false;
  return e.fn !== "div" || e.x.dtype !== "int32";
}

function scalarCost(e: Expr): number {
  switch (e.kind) {
    case "const":
    case "accumulator":
      return 0;
    case "unary":
      if (ARITHMETIC.has(e.fn)) return 1;
      return hasVectorFunction(e.fn, e.dtype) ? POLYNOMIAL_COST : CALL_COST;
    case "binary":
      if (isNative(e)) return 1;
      return hasVectorFunction(e.fn, e.x.dtype) ? POLYNOMIAL_COST : CALL_COST;
    default:
      return 1;
  }
}

function accessCost(index: Index, loop: Loop, lanes: Lanes, varying: ReadonlySet<Expr>): number {
  if (index.dynamic?.some((part) => varying.has(part.value))) return 3 * lanes;
  return strideOf(index, loop) === 1 ? 1 : 1.5 * lanes;
}

function vectorCost(e: Expr, loop: Loop, lanes: Lanes, varying: ReadonlySet<Expr>): number {
  switch (e.kind) {
    case "load":
      return accessCost(e.index, loop, lanes, varying) + (e.dtype === "bool" ? 3 : 0);
    case "unary":
    case "binary": {
      const cost = scalarCost(e);
      return cost === CALL_COST ? (CALL_COST + 2) * lanes : cost;
    }
    case "cast":
    case "select":
      return 1.5;
    default:
      return scalarCost(e);
  }
}

export interface Choice {
  readonly lanes: Lanes;
  /** Rough number of instructions of one vector step. */
  readonly work: number;
}

export interface Candidate {
  /** All expressions, operands first. */
  readonly order: readonly Expr[];
  readonly stores: readonly Store[];
  /** All loops around the expressions, in order. */
  readonly loops: readonly Loop[];
  readonly loop: Loop;
  /** Whether other loops run inside this one. */
  readonly outer: boolean;
  /** Element types that pass through vectors besides those of the expressions. */
  readonly dtypes: readonly DType[];
}

/** Estimated cost per point with `loop` vectorised, or undefined where that is not possible. */
export function vectorEstimate(candidate: Candidate): (Choice & { readonly perPoint: number }) | undefined {
  const { order, stores, loops, loop, outer, dtypes } = candidate;
  const varying = varyingAlong(order, loop, outer);
  const lanes = lanesFor(varying, dtypes);
  if (loop.extent < lanes) return undefined;
  for (const store of stores) {
    const moves = strideOf(store.index, loop) !== 0 || store.index.dynamic?.some((part) => varying.has(part.value));
    if (store.accumulate || !moves) return undefined;
  }
  let vector = 0;
  let scalar = 0;
  let once = 0;
  const innermost = loops[loops.length - 1];
  for (const e of order) {
    if (varying.has(e)) {
      vector += vectorCost(e, loop, lanes, varying);
      scalar += scalarCost(e);
    } else if (outer && e.kind === "load" && strideOf(e.index, innermost) !== 0) {
      vector += 2;
      scalar += 1;
    } else once += scalarCost(e);
  }
  for (const store of stores) {
    vector += accessCost(store.index, loop, lanes, varying);
    scalar += 1;
  }
  const steps = Math.floor(loop.extent / lanes);
  const tail = loop.extent % lanes;
  return { lanes, work: vector, perPoint: (steps * vector + tail * scalar + once) / loop.extent };
}

/** Estimated cost per point of scalar code whose innermost loop is the last. */
export function scalarEstimate(order: readonly Expr[], stores: readonly Store[], loops: readonly Loop[]): number {
  let cost = stores.length;
  for (const e of order) {
    const fixed = (e.kind === "load" || e.kind === "iota") && affineLevel(e.index, loops) < loops.length;
    if (!fixed) cost += scalarCost(e);
  }
  return cost;
}
