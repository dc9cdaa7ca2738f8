/**
 * @file Products of float64 matrices whose extents and strides are known only when they run: the same register tile as in
 * products that are compiled for their extents, between packed panels. Blocking as in `gemm.ts`.
 */

import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { tile } from "../gemm/tile.ts";
import { times } from "../nests/counts.ts";
import { advance, lanesOf, load, SIZE, store } from "./vectors.ts";

/** Rows and columns of a tile, and of the panels of both operands. */
const WIDTH = 4;
const PANEL_STEP = WIDTH * SIZE;

/** Extents of the blocks that are packed together: A rows × length, B length × columns. */
export const BLOCK = { rows: 128, columns: 512, length: 256 };

/** Bytes of the places that the functions here work in. */
export const PACKED_A_BYTES = BLOCK.rows * BLOCK.length * SIZE;
export const PACKED_B_BYTES = BLOCK.length * BLOCK.columns * SIZE;
export const TILE_BYTES = WIDTH * PANEL_STEP;

/**
 * `(from, to, across, along, columns, length, factor)`: packs `factor` times `columns` columns of `length` entries, in
 * panels of four columns that are filled up with zeros. Strides in bytes; one of them is that of neighbours.
 */
export function pack(module: ModuleBuilder): Callable {
  const [neighbours, gathered, edge] = [packNeighbours(module), packGathered(module), packEdge(module)];
  const f = module.define(["i32", "i32", "i32", "i32", "i32", "i32", "f64"], []);
  const [from, to, across, along, columns, length, factor] = [0, 1, 2, 3, 4, 5, 6];
  const panels = f.local("i32");
  f.get(columns).i32(2).op("i32.shr_u").set(panels);
  times(f, { local: panels }, () => {
    f.get(across).i32(SIZE).op("i32.eq");
    f.if(
      () => f.get(from).get(to).get(along).get(length).get(factor).call(neighbours),
      () => f.get(from).get(to).get(across).get(length).get(factor).call(gathered),
    );
    f.get(from).get(across).i32(WIDTH).op("i32.mul").op("i32.add").set(from);
    f.get(to).get(length).i32(PANEL_STEP).op("i32.mul").op("i32.add").set(to);
  });
  f.get(columns).i32(3).op("i32.and").tee(columns);
  f.if(() => f.get(from).get(to).get(across).get(along).get(columns).get(length).get(factor).call(edge));
  return f;
}

/** `(from, to, along, length, factor)`: a panel whose four columns are neighbours. */
function packNeighbours(module: ModuleBuilder): Callable {
  const f = module.define(["i32", "i32", "i32", "i32", "f64"], []);
  const [from, to, along, length, factor] = [0, 1, 2, 3, 4];
  const both = f.local("v128");
  f.get(factor).op("f64x2.splat").set(both);
  f.repeat({ local: length }, () => {
    for (const offset of [0, 16]) {
      store(f, to, 2, () => load(f, from, 2, offset).get(both).op("f64x2.mul"), offset);
    }
    advance(f, from, { local: along });
    advance(f, to, PANEL_STEP);
  });
  return f;
}

/** `(from, to, across, length, factor)`: a panel of four columns whose own entries are neighbours. */
function packGathered(module: ModuleBuilder): Callable {
  const f = module.define(["i32", "i32", "i32", "i32", "f64"], []);
  const [from, to, across, length, factor] = [0, 1, 2, 3, 4];
  const [both, pairs] = [f.local("v128"), f.local("i32")];
  const at = [from, f.local("i32"), f.local("i32"), f.local("i32")];
  const columns = at.map(() => f.local("v128"));
  f.get(factor).op("f64x2.splat").set(both);
  for (let i = 1; i < WIDTH; i++)
    f.get(at[i - 1])
      .get(across)
      .op("i32.add")
      .set(at[i]);
  const step = (width: 1 | 2): void => {
    for (const [i, column] of columns.entries()) load(f, at[i], width).get(both).op("f64x2.mul").set(column);
    for (let lane = 0; lane < width; lane++) {
      for (const i of [0, 2]) {
        store(f, to, 2, () => lanesOf(f, columns[i], columns[i + 1], lane as 0 | 1), lane * PANEL_STEP + i * SIZE);
      }
    }
  };
  f.get(length).i32(1).op("i32.shr_u").set(pairs);
  times(f, { local: pairs }, () => {
    step(2);
    for (const address of at) advance(f, address, 2 * SIZE);
    advance(f, to, 2 * PANEL_STEP);
  });
  f.get(length).i32(1).op("i32.and");
  f.if(() => step(1));
  return f;
}

/** `(from, to, across, along, columns, length, factor)`: a panel of fewer columns than four. */
function packEdge(module: ModuleBuilder): Callable {
  const f = module.define(["i32", "i32", "i32", "i32", "i32", "i32", "f64"], []);
  const [from, to, across, along, columns, length, factor] = [0, 1, 2, 3, 4, 5, 6];
  const [at, target, left, zero] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("v128")];
  f.f64x2(0).set(zero);
  f.repeat({ local: length }, () => {
    for (const offset of [0, 16]) store(f, to, 2, () => f.get(zero), offset);
    f.get(from).set(at).get(to).set(target).get(columns).set(left);
    f.repeat({ local: left }, () => {
      f.get(target).get(at).memory("f64.load").get(factor).op("f64.mul").memory("f64.store");
      advance(f, at, { local: across });
      advance(f, target, SIZE);
    });
    advance(f, from, { local: along });
    advance(f, to, PANEL_STEP);
  });
  return f;
}

/**
 * `(a, b, c, stride, rows, columns, length)`: adds the product of packed blocks to a matrix; its stride in bytes.
 * @param product address of `TILE_BYTES` for one tile of the product
 */
export function tiles(module: ModuleBuilder, product: number): Callable {
  const one = tile(module, {
    dtype: "float64",
    rows: WIDTH,
    columns: WIDTH,
    a: { m: 1, k: WIDTH },
    b: { k: WIDTH },
    out: { m: WIDTH, n: 1 },
    adds: false,
  });
  const [whole, part] = [addWhole(module, product), addPart(module, product)];
  const row = module.define(["i32", "i32", "i32", "i32", "i32", "i32", "i32"], []);
  {
    // One panel of b: it stays in the first-level cache.
    const f = row;
    const [a, b, c, stride, rows, columns, length] = [0, 1, 2, 3, 4, 5, 6];
    f.loop(() => {
      f.get(a).get(b).i32(product).get(length).i32(0).call(one);
      f.get(columns).i32(WIDTH).op("i32.ge_s").get(rows).i32(WIDTH).op("i32.ge_s").op("i32.and");
      f.if(
        () => f.get(c).get(stride).call(whole),
        () => f.get(c).get(stride).get(rows).get(columns).call(part),
      );
      f.get(c).get(stride).i32(WIDTH).op("i32.mul").op("i32.add").set(c);
      f.get(a).get(length).i32(PANEL_STEP).op("i32.mul").op("i32.add").set(a);
      f.get(rows).i32(WIDTH).op("i32.sub").tee(rows).i32(0).op("i32.gt_s").branchIf(0);
    });
  }
  const f = module.define(["i32", "i32", "i32", "i32", "i32", "i32", "i32"], []);
  const [a, b, c, stride, rows, columns, length] = [0, 1, 2, 3, 4, 5, 6];
  f.loop(() => {
    f.get(a).get(b).get(c).get(stride).get(rows).get(columns).get(length).call(row);
    advance(f, c, PANEL_STEP);
    f.get(b).get(length).i32(PANEL_STEP).op("i32.mul").op("i32.add").set(b);
    f.get(columns).i32(WIDTH).op("i32.sub").tee(columns).i32(0).op("i32.gt_s").branchIf(0);
  });
  return f;
}

/** `(c, stride)`: adds a tile to four rows. */
function addWhole(module: ModuleBuilder, product: number): Callable {
  const f = module.define(["i32", "i32"], []);
  const [c, stride] = [0, 1];
  const from = f.local("i32");
  f.i32(product).set(from);
  for (let row = 0; row < WIDTH; row++) {
    for (const offset of [0, 16]) {
      store(f, c, 2, () => load(load(f, c, 2, offset), from, 2, row * PANEL_STEP + offset).op("f64x2.add"), offset);
    }
    if (row + 1 < WIDTH) advance(f, c, { local: stride });
  }
  return f;
}

/** `(c, stride, rows, columns)`: adds those rows and columns of a tile that there are. */
function addPart(module: ModuleBuilder, product: number): Callable {
  const f: FunctionBuilder = module.define(["i32", "i32", "i32", "i32"], []);
  const [c, stride, rows, columns] = [0, 1, 2, 3];
  const [from, at, to, left] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  const atMost = (count: number): void => {
    f.get(count).i32(WIDTH).get(count).i32(WIDTH).op("i32.lt_s").op("select").set(count);
  };
  atMost(rows);
  atMost(columns);
  f.i32(product).set(from);
  f.repeat({ local: rows }, () => {
    f.get(from).set(at).get(c).set(to).get(columns).set(left);
    f.repeat({ local: left }, () => {
      f.get(to).get(to).memory("f64.load").get(at).memory("f64.load").op("f64.add").memory("f64.store");
      advance(f, at, SIZE);
      advance(f, to, SIZE);
    });
    advance(f, c, { local: stride });
    advance(f, from, PANEL_STEP);
  });
  return f;
}
