/**
 * @file Accumulators of reductions. Sums of float32 are carried in float64, at most sixteen values of a lane being
 * added in float32 first, so their error does not grow with their length.
 */
import type { DType } from "../../../dtype.ts";
import type { ReduceOp } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { ValueType } from "../code/opcodes.ts";
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

const isExtreme = ({ op, dtype }: Fold): boolean =>
  (op === "max" || op === "min") && (dtype === "float32" || dtype === "float64");

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
 * moves that over. The largest and smallest float are found by `pmax` and `pmin`, one instruction where `max` and `min`
 * are seven in V8: they keep a NaN that is the running value but drop one that comes in, which is put there by its mask,
 * all of whose bits are set. And they keep the first of two zeros, so the signs of all values are noted beside them.
 */
export class VectorAccumulator {
  readonly #f: FunctionBuilder;
  readonly #module: ModuleBuilder;
  readonly #fold: Fold;
  readonly #lanes: Lanes;
  readonly #part: number;
  /** float64 totals of the lower and the upper lanes. */
  readonly #totals: number[] = [];
  /** Of a largest float the bits that all values have, of a smallest those that any has: the sign tells about zeros. */
  readonly #bits: number | undefined;

  constructor(f: FunctionBuilder, module: ModuleBuilder, fold: Fold, lanes: Lanes) {
    this.#f = f;
    this.#module = module;
    this.#fold = fold;
    this.#lanes = lanes;
    this.#part = f.local("v128");
    if (isWide(fold)) for (let half = 0; half < lanes / 2; half++) this.#totals.push(f.local("v128"));
    if (isExtreme(fold)) this.#bits = f.local("v128");
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
    this.#startFrom();
  }

  /** Takes the vector on the stack for all there was so far. */
  #startFrom(): void {
    if (this.#bits !== undefined) this.#f.tee(this.#bits);
    this.#f.set(this.#part);
  }

  /** Takes in the vector on the stack. */
  add(): void {
    if (this.#bits !== undefined) {
      this.#addExtreme(this.#bits);
      return;
    }
    this.#f.get(this.#part);
    vectorBinary(this.#f, this.#module, COMBINE[this.#fold.op], this.#fold.dtype, this.#lanes);
    this.#f.set(this.#part);
  }

  #addExtreme(bits: number): void {
    const f = this.#f;
    const value = f.local("v128");
    const shape = this.#fold.dtype === "float32" ? "f32x4" : "f64x2";
    const [pick, gather] = this.#fold.op === "max" ? (["pmax", "v128.and"] as const) : (["pmin", "v128.or"] as const);
    f.tee(value).get(bits).op(gather).set(bits);
    f.get(this.#part).get(value).op(`${shape}.${pick}`);
    f.get(value).get(value).op(`${shape}.ne`).op("v128.or").set(this.#part);
    f.release(value);
  }

  /** Pushes the part. The sign gathered beside it is that of the result, also where that is not zero. */
  #pushPart(): void {
    const f = this.#f;
    if (this.#bits === undefined) {
      f.get(this.#part);
      return;
    }
    f.get(this.#bits).get(this.#part);
    vectorConst(f, this.#fold.dtype, -0);
    f.op("v128.bitselect");
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
    other.#pushPart();
    this.add();
    other.#startPart();
  }

  /** Bytes in which `save` leaves what there is so far. */
  static bytes(fold: Fold, lanes: Lanes): number {
    return isWide(fold) ? 8 * lanes : 16;
  }

  /** Pushes a vector that stands, as often as needed, for an accumulator that has taken in nothing. */
  static pushStart(f: FunctionBuilder, fold: Fold): void {
    vectorConst(f, carrier(fold), neutral(fold));
  }

  /** Goes on from what was saved. */
  load(address: number, offset: number): void {
    const f = this.#f;
    for (const [half, total] of this.#totals.entries()) {
      f.get(address)
        .memory("v128.load", offset + 16 * half)
        .set(total);
    }
    if (this.#totals.length > 0) this.#startPart();
    else {
      f.get(address).memory("v128.load", offset);
      this.#startFrom();
    }
  }

  /** Saves what there is, which has been carried. */
  save(address: number, offset: number): void {
    const f = this.#f;
    for (const [half, total] of this.#totals.entries()) {
      f.get(address)
        .get(total)
        .memory("v128.store", offset + 16 * half);
    }
    if (this.#totals.length > 0) return;
    f.get(address);
    this.#pushPart();
    f.memory("v128.store", offset);
  }

  /** Pushes the result in each lane, in the fold's own type. */
  finish(): void {
    const f = this.#f;
    if (this.#totals.length === 0) this.#pushPart();
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
      this.#pushPart();
      f.set(this.#part);
      for (let lane = 0; lane < this.#lanes; lane++) {
        f.get(this.#part);
        extract(f, this.#fold.dtype, lane);
        scalar.addCarried();
      }
    }
  }

  release(): void {
    if (this.#bits !== undefined) this.#f.release(this.#bits);
    for (const local of [this.#part, ...this.#totals]) this.#f.release(local);
  }
}
