/**
 * @file A tile of a matrix product whose operands are both contiguous along k: sums in all lanes of vectors along k,
 * which are added up at the end. Neither operand needs packing, which pays where each is used only a few times.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { ahead } from "./pack.ts";

export interface InnerTile {
  readonly dtype: "float32" | "float64";
  readonly rows: number;
  readonly columns: number;
  /** Element strides: of `a` along m, of `b` along n, of the result along both. */
  readonly a: number;
  readonly b: number;
  readonly out: { readonly m: number; readonly n: number };
  /** Entries of the last block of k beyond whole vectors; all other blocks are whole. */
  readonly rest: number;
}

/** A function `(a, b, out, length, add)` for one tile: addresses, extent of k, and whether to add to the result. */
export function innerTile(module: ModuleBuilder, { dtype, rows, columns, a, b, out, rest }: InnerTile): Callable {
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const [shape, float] = dtype === "float32" ? (["f32x4", "f32"] as const) : (["f64x2", "f64"] as const);
  const f = module.define(["i32", "i32", "i32", "i32", "i32"], []);
  const [aAt, bAt, outAt, length, add] = [0, 1, 2, 3, 4];
  const sums = Array.from({ length: rows }, () => Array.from({ length: columns }, () => f.local("v128")));
  const right = Array.from({ length: columns }, () => f.local("v128"));
  const left = f.local("v128");
  const vectors = f.local("i32");
  const mask = f.local("v128");

  const step = (masked: boolean): void => {
    const load = (address: number, bytes: number): FunctionBuilder => {
      f.get(address);
      f.memory("v128.load", ahead(f, bytes));
      return masked ? f.get(mask).op("v128.and") : f;
    };
    for (const [column, vector] of right.entries()) load(bAt, column * b * size).set(vector);
    for (const [row, ofRow] of sums.entries()) {
      load(aAt, row * a * size).set(left);
      for (const [column, sum] of ofRow.entries()) {
        f.madd(
          shape,
          () => f.get(left).get(right[column]),
          () => f.get(sum),
        ).set(sum);
      }
    }
  };

  for (const sum of sums.flat()) f.i32x4(0).set(sum);
  f.get(length).i32(Math.log2(lanes)).op("i32.shr_u").tee(vectors);
  f.if(() =>
    f.repeat({ local: vectors }, () => {
      step(false);
      for (const address of [aAt, bAt]) f.get(address).i32(16).op("i32.add").set(address);
    }),
  );
  if (rest > 0) {
    f.get(length)
      .i32(lanes - 1)
      .op("i32.and");
    f.if(() => {
      const words = Array.from({ length: 4 }, (_, i) => ((i * 4) / size < rest ? -1 : 0));
      f.i32x4(words[0], words[1], words[2], words[3]).set(mask);
      step(true);
    });
  }

  const total = f.local(float);
  for (const [row, ofRow] of sums.entries()) {
    for (const [column, sum] of ofRow.entries()) {
      const bytes = (row * out.m + column * out.n) * size;
      pushTotal(f, shape, sum);
      f.set(total);
      f.get(add).if(() => {
        f.get(total).get(outAt);
        f.memory(`${float}.load`, ahead(f, bytes)).op(`${float}.add`).set(total);
      });
      f.get(outAt);
      const offset = ahead(f, bytes);
      f.get(total).memory(`${float}.store`, offset);
    }
  }
  return f;
}

/** Pushes the sum of a vector's lanes; neighbours first. */
function pushTotal(f: FunctionBuilder, shape: "f32x4" | "f64x2", vector: number): void {
  const swapHalves = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
  f.get(vector).get(vector).get(vector).shuffle(swapHalves).op(`${shape}.add`).set(vector);
  if (shape === "f32x4") {
    const swapPairs = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11];
    f.get(vector).get(vector).get(vector).shuffle(swapPairs).op("f32x4.add").set(vector);
  }
  f.get(vector).lane(`${shape}.extract_lane`, 0);
}
