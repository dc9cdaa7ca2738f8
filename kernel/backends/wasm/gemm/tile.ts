/**
 * @file The innermost loop of a matrix product: a tile of the result kept in registers. The loop over k is not
 * unrolled: engines move all loads of a loop body above the arithmetic, and the registers run out.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { ahead } from "./pack.ts";

export interface Tile {
  readonly dtype: "float32" | "float64";
  readonly rows: number;
  readonly columns: number;
  /** Element strides: of `a` along m and k, of `b` along k (along n it is 1), of the result along m and n. */
  readonly a: { readonly m: number; readonly k: number };
  readonly b: { readonly k: number };
  readonly out: { readonly m: number; readonly n: number };
  /** Whether there is a flag that says to add to the result instead of replacing it. */
  readonly adds: boolean;
}

/** A function `(a, b, out, length, add)` for one tile: addresses, extent of k, and the flag. */
export function tile(module: ModuleBuilder, { dtype, rows, columns, a, b, out, adds }: Tile): Callable {
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const shape = dtype === "float32" ? "f32x4" : "f64x2";
  const vectors = Math.ceil(columns / lanes);
  const f = module.define(["i32", "i32", "i32", "i32", "i32"], []);
  const [aAt, bAt, outAt, length, add] = [0, 1, 2, 3, 4];

  const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
  const row = Array.from({ length: vectors }, () => f.local("v128"));
  const factor = f.local("v128");

  /** How many columns of vector `v` exist; the others hold whatever lies beside them and are never stored. */
  const filled = (v: number) => Math.min(lanes, columns - v * lanes);
  const position = (r: number, column: number) => (r * out.m + column * out.n) * size;
  const whole = (v: number) => out.n === 1 && filled(v) === lanes;
  const eachSum = (body: (sum: number, r: number, v: number) => void) => {
    for (const [r, locals] of sums.entries()) for (const [v, sum] of locals.entries()) body(sum, r, v);
  };
  /** Pushes what the result holds where a sum belongs. */
  const pushResult = (r: number, v: number) => {
    if (whole(v)) {
      f.get(outAt);
      f.memory("v128.load", ahead(f, position(r, v * lanes)));
      return;
    }
    f.i32x4(0).set(factor);
    for (let lane = 0; lane < filled(v); lane++) {
      f.get(outAt);
      const offset = ahead(f, position(r, v * lanes + lane));
      f.get(factor)
        .laneMemory(size === 4 ? "v128.load32_lane" : "v128.load64_lane", offset, lane)
        .set(factor);
    }
    f.get(factor);
  };

  eachSum((sum) => f.i32x4(0).set(sum));
  f.repeat({ local: length }, () => {
    for (const [v, local] of row.entries()) {
      f.get(bAt)
        .memory("v128.load", v * 16)
        .set(local);
    }
    for (const [r, locals] of sums.entries()) {
      f.get(aAt);
      const offset = ahead(f, r * a.m * size);
      f.memory(size === 4 ? "v128.load32_splat" : "v128.load64_splat", offset).set(factor);
      for (const [v, sum] of locals.entries()) {
        f.madd(
          shape,
          () => f.get(factor).get(row[v]),
          () => f.get(sum),
        ).set(sum);
      }
    }
    f.get(aAt)
      .i32(a.k * size)
      .op("i32.add")
      .set(aAt);
    f.get(bAt)
      .i32(b.k * size)
      .op("i32.add")
      .set(bAt);
  });

  // A sum of sums of blocks: its error grows with the number of blocks, not with that of terms.
  if (adds) {
    f.get(add).if(() =>
      eachSum((sum, r, v) => {
        pushResult(r, v);
        f.get(sum).op(`${shape}.add`).set(sum);
      }),
    );
  }
  eachSum((sum, r, v) => {
    if (whole(v)) {
      f.get(outAt);
      const offset = ahead(f, position(r, v * lanes));
      f.get(sum).memory("v128.store", offset);
      return;
    }
    for (let lane = 0; lane < filled(v); lane++) {
      f.get(outAt);
      const offset = ahead(f, position(r, v * lanes + lane));
      f.get(sum).laneMemory(size === 4 ? "v128.store32_lane" : "v128.store64_lane", offset, lane);
    }
  });
  return f;
}
