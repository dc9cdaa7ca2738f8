/**
 * @file Accumulators of reductions. Sums of float32 are carried in float64, at most sixteen values of a lane being
 * added in float32 first, so their error does not grow with their length.
 */
import type { DType } from "../../dtype.ts";
import type { ReduceOp } from "../../loops/ir.ts";
import type { FunctionBuilder } from "./function.ts";
import type { ModuleBuilder } from "./module.ts";
import type { ValueType } from "./opcodes.ts";
import { SCALAR_TYPE, scalarBinary, scalarConst } from "./scalar-code.ts";
import { extract, type Lanes, vectorBinary, vectorConst } from "./vector-code.ts";

export interface Fold {
  readonly op: ReduceOp;
  readonly dtype: DType;
}

const COMBINE = { sum: "add", prod: "mul", max: "max", min: "min" } as const;

function neutral({ op, dtype }: Fold): number {
  if (op === "sum") return 0;
  if (op === "prod") return 1;
  const low = op === "max";
  if (dtype === "bool") return low ? 0 : 1;
  if (dtype === "int32") return low ? -(2 ** 31) : 2 ** 31 - 1;
  return low ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Whether the accumulator is wider than the values: float32 sums and products. */
export const isWide = ({ op, dtype }: Fold): boolean => dtype === "float32" && (op === "sum" || op === "prod");

/** The element type in which a fold is carried. */
const carrier = (fold: Fold): DType => (isWide(fold) ? "float64" : fold.dtype);

/** One running value. */
export class ScalarAccumulator {
  readonly local: number;
  readonly #f: FunctionBuilder;
  readonly #module: ModuleBuilder;
  readonly #fold: Fold;

  constructor(f: FunctionBuilder, module: ModuleBuilder, fold: Fold) {
    this.#f = f;
    this.#module = module;
    this.#fold = fold;
    this.local = f.local(ScalarAccumulator.type(fold));
  }

  static type(fold: Fold): ValueType {
    return SCALAR_TYPE[carrier(fold)];
  }

  start(): void {
    scalarConst(this.#f, carrier(this.#fold), neutral(this.#fold));
    this.#f.set(this.local);
  }

  /** Takes in the value on the stack. */
  add(): void {
    if (isWide(this.#fold)) this.#f.op("f64.promote_f32");
    this.addCarried();
  }

  /** Takes in another accumulator's value, which is on the stack. */
  addCarried(): void {
    this.#f.get(this.local);
    scalarBinary(this.#f, this.#module, COMBINE[this.#fold.op], carrier(this.#fold));
    this.#f.set(this.local);
  }

  /** Pushes the result, in the fold's own type. */
  finish(): void {
    this.#f.get(this.local);
    if (isWide(this.#fold)) this.#f.op("f32.demote_f64");
  }

  release(): void {
    this.#f.release(this.local);
  }
}

const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** Additions in float32 before a sum is carried over to float64. */
export const BLOCK = 16;

/**
 * A running value in each lane. Where the carrier is wider, values are added to a part in their own type, and `carry`
 * moves that over.
 */
export class VectorAccumulator {
  readonly #f: FunctionBuilder;
  readonly #module: ModuleBuilder;
  readonly #fold: Fold;
  readonly #lanes: Lanes;
  readonly #part: number;
  /** float64 totals of the lower and the upper lanes. */
  readonly #totals: number[] = [];

  constructor(f: FunctionBuilder, module: ModuleBuilder, fold: Fold, lanes: Lanes) {
    this.#f = f;
    this.#module = module;
    this.#fold = fold;
    this.#lanes = lanes;
    this.#part = f.local("v128");
    if (isWide(fold)) for (let half = 0; half < lanes / 2; half++) this.#totals.push(f.local("v128"));
  }

  start(): void {
    this.#startPart();
    for (const total of this.#totals) {
      vectorConst(this.#f, "float64", neutral(this.#fold));
      this.#f.set(total);
    }
  }

  #startPart(): void {
    vectorConst(this.#f, this.#fold.dtype, neutral(this.#fold));
    this.#f.set(this.#part);
  }

  /** Takes in the vector on the stack. */
  add(): void {
    this.#f.get(this.#part);
    vectorBinary(this.#f, this.#module, COMBINE[this.#fold.op], this.#fold.dtype, this.#lanes);
    this.#f.set(this.#part);
  }

  /** Moves the part to the totals. */
  carry(): void {
    const f = this.#f;
    for (const [half, total] of this.#totals.entries()) {
      f.get(this.#part);
      if (half === 1) f.get(this.#part).shuffle(HIGH_HALF);
      f.op("f64x2.promote_low_f32x4").get(total);
      vectorBinary(f, this.#module, COMBINE[this.#fold.op], "float64", 2);
      f.set(total);
    }
    if (this.#totals.length > 0) this.#startPart();
  }

  /** Takes in the part of another one, which then is empty. */
  absorbPart(other: VectorAccumulator): void {
    this.#f.get(other.#part);
    this.add();
    other.#startPart();
  }

  /** Pushes the result in each lane, in the fold's own type. */
  finish(): void {
    const f = this.#f;
    if (this.#totals.length === 0) f.get(this.#part);
    else {
      f.get(this.#totals[0]).op("f32x4.demote_f64x2_zero");
      if (this.#lanes === 4) f.get(this.#totals[1]).op("f32x4.demote_f64x2_zero").shuffle(LOW_HALVES);
    }
  }

  /** Adds all lanes to `scalar`. */
  reduceInto(scalar: ScalarAccumulator): void {
    const f = this.#f;
    if (this.#totals.length > 0) {
      for (const total of this.#totals)
        for (const lane of [0, 1]) {
          f.get(total).lane("f64x2.extract_lane", lane);
          scalar.addCarried();
        }
    } else if (this.#fold.dtype === "bool") {
      const any = this.#fold.op === "sum" || this.#fold.op === "max";
      f.get(this.#part).op(any ? "v128.any_true" : "i32x4.all_true");
      scalar.addCarried();
    } else {
      for (let lane = 0; lane < this.#lanes; lane++) {
        f.get(this.#part);
        extract(f, this.#fold.dtype, lane);
        scalar.addCarried();
      }
    }
  }

  release(): void {
    for (const local of [this.#part, ...this.#totals]) this.#f.release(local);
  }
}
