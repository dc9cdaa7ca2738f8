/**
 * @file Matrix products by blocks: panels of both operands that fit the caches, tiles of the result in registers.
 * Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
 */
import { bytesPerElement } from "../../dtype.ts";
import type { DotDimension } from "../../loops/ir.ts";
import type { Callable, FunctionBuilder } from "./function.ts";
import type { ModuleBuilder } from "./module.ts";
import { packer } from "./pack.ts";
import { type Placed, pushAddress } from "./placed.ts";
import type { Target } from "./point.ts";
import { tile } from "./tile.ts";

/** A matrix in a buffer, with the byte at which its first element is. */
export interface Operand {
  readonly buffer: Placed;
  readonly offset: number;
}

/** A product of two matrices; `n` is the dimension of vectors. */
export interface Product {
  readonly dtype: "float32" | "float64";
  readonly a: Operand;
  readonly b: Operand;
  readonly out: Operand;
  readonly batch: readonly DotDimension[];
  readonly m: DotDimension;
  readonly n: DotDimension;
  readonly k: DotDimension;
}

const TILE_ROWS = 4;
/** Block sizes, in elements: a panel of `b` stays in the first-level cache, the blocks of `a` and `b` in the second. */
const BLOCK_K = 256;
const BLOCK_M = 128;
const BLOCK_N = 1024;

interface Blocking {
  readonly tileColumns: number;
  readonly packA: boolean;
  readonly packB: boolean;
  readonly blockM: number;
  readonly blockN: number;
  readonly blockK: number;
}

function blocking({ dtype, m, n, k }: Product): Blocking {
  const size = bytesPerElement(dtype);
  // A tile of few rows must be wide, or the additions wait for each other.
  const vectors = m.extent === 1 ? 8 : m.extent === 2 ? 4 : 2;
  const tileColumns = (vectors * 16) / size;
  const big = k.extent * n.extent * size > 32 * 1024;
  const packB = n.b !== 1 || (big && m.extent >= 32);
  const packA = packB && m.extent >= 32 && (m.a < 0 || k.a < 0 || k.a !== 1 || m.extent * k.extent * size > 256 * 1024);
  if (!packB) return { tileColumns, packA, packB, blockM: m.extent, blockN: n.extent, blockK: k.extent };
  // Equal blocks rather than a full one and a small rest.
  const blocks = Math.ceil(k.extent / BLOCK_K);
  return {
    tileColumns,
    packA,
    packB,
    blockM: packA ? BLOCK_M : m.extent,
    blockN: BLOCK_N,
    blockK: Math.ceil(k.extent / blocks),
  };
}

export function compileGemm(target: Target, product: Product, entry: FunctionBuilder): void {
  const { module } = target;
  const { dtype, batch, m, n, k } = product;
  const size = bytesPerElement(dtype);
  const plan = blocking(product);
  const { packA, packB, blockM, blockN, blockK, tileColumns } = plan;

  const pack = {
    a: packA
      ? packer(module, { dtype, width: TILE_ROWS, edge: m.extent % TILE_ROWS, across: m.a, along: k.a })
      : undefined,
    b: packB
      ? packer(module, { dtype, width: tileColumns, edge: n.extent % tileColumns, across: n.b, along: k.b })
      : undefined,
  };
  const panelBytes = (extent: number, block: number, width: number) =>
    Math.ceil(Math.min(extent, block) / width) * width * Math.min(k.extent, blockK) * size;
  const bytesA = packA ? panelBytes(m.extent, blockM, TILE_ROWS) : 0;
  const bytesB = packB ? panelBytes(n.extent, blockN, tileColumns) : 0;
  const workspace = target.workspace(bytesA + bytesB);

  const block = blockOfTiles(module, product, plan);
  const f = module.define([], []);
  const [a, b, out] = [f.local("i32"), f.local("i32"), f.local("i32")];

  /** Runs `body(extent)` for each block of a dimension, with the addresses moved there. */
  const inBlocks = (dimension: DotDimension, step: number, body: (extent: number) => void): void => {
    const whole = Math.floor(dimension.extent / step);
    const rest = dimension.extent % step;
    const move = (steps: number) => {
      for (const [local, stride] of [
        [a, dimension.a],
        [b, dimension.b],
        [out, dimension.out],
      ]) {
        if (stride !== 0)
          f.get(local)
            .i32(stride * steps * size)
            .op("i32.add")
            .set(local);
      }
    };
    if (whole > 0) {
      f.repeat(whole, () => {
        body(step);
        move(step);
      });
    }
    if (rest > 0) body(rest);
    move(-whole * step);
  };

  const blockProduct = (columns: number, length: number, first: boolean): void => {
    if (pack.b) f.get(b).i32(workspace).i32(length).i32(columns).call(pack.b);
    inBlocks(m, Math.min(m.extent, blockM), (rows) => {
      if (pack.a)
        f.get(a)
          .i32(workspace + bytesB)
          .i32(length)
          .i32(rows)
          .call(pack.a);
      if (pack.a) f.i32(workspace + bytesB);
      else f.get(a);
      if (pack.b) f.i32(workspace);
      else f.get(b);
      f.get(out)
        .i32(length)
        .i32(first ? 0 : 1)
        .i32(rows)
        .i32(columns)
        .call(block);
    });
  };

  const matrices = (): void => {
    inBlocks(n, Math.min(n.extent, blockN), (columns) => {
      // The first block along k replaces the result, the others add to it.
      const length = Math.min(k.extent, blockK);
      blockProduct(columns, length, true);
      const left = k.extent - length;
      if (left === 0) return;
      const bytes = (stride: number) => stride * length * size;
      f.get(a).i32(bytes(k.a)).op("i32.add").set(a);
      f.get(b).i32(bytes(k.b)).op("i32.add").set(b);
      inBlocks({ ...k, extent: left, out: 0 }, length, (rest) => blockProduct(columns, rest, false));
      f.get(a).i32(bytes(k.a)).op("i32.sub").set(a);
      f.get(b).i32(bytes(k.b)).op("i32.sub").set(b);
    });
  };

  for (const [local, operand] of [
    [a, product.a],
    [b, product.b],
    [out, product.out],
  ] as const) {
    pushAddress(f, operand.buffer, operand.offset);
    f.set(local);
  }
  const inBatch = (depth: number): void => {
    if (depth === batch.length) matrices();
    else inBlocks(batch[depth], 1, () => inBatch(depth + 1));
  };
  inBatch(0);
  entry.call(f);
}

/** A function `(a, b, out, length, add, rows, columns)` that covers a block of the result with tiles. */
function blockOfTiles(module: ModuleBuilder, product: Product, plan: Blocking): Callable {
  const { dtype, m, n, k } = product;
  const { packA, packB, blockK, tileColumns } = plan;
  const size = bytesPerElement(dtype);
  const tiles = new Map<string, Callable>();
  const tileOf = (rows: number, columns: number): Callable => {
    const key = `${rows},${columns}`;
    let known = tiles.get(key);
    if (!known) {
      known = tile(module, {
        dtype,
        rows,
        columns,
        a: packA ? { m: 1, k: TILE_ROWS } : { m: m.a, k: k.a },
        b: { k: packB ? tileColumns : k.b },
        out: { m: m.out, n: n.out },
        adds: k.extent > blockK,
      });
      tiles.set(key, known);
    }
    return known;
  };

  const f = module.define(["i32", "i32", "i32", "i32", "i32", "i32", "i32"], []);
  const [a, b, out, length, add, rows, columns] = [0, 1, 2, 3, 4, 5, 6];
  const [aAt, outAt, left, panel] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];

  const down = (width: number): void => {
    f.get(a).set(aAt).get(out).set(outAt).get(rows).set(left);
    const one = (height: number) => f.get(aAt).get(b).get(outAt).get(length).get(add).call(tileOf(height, width));
    if (m.extent >= TILE_ROWS) {
      f.block(() => {
        f.loop(() => {
          f.get(left).i32(TILE_ROWS).op("i32.lt_s").branchIf(1);
          one(TILE_ROWS);
          if (packA) f.get(aAt).get(panel).op("i32.add").set(aAt);
          else
            f.get(aAt)
              .i32(TILE_ROWS * m.a * size)
              .op("i32.add")
              .set(aAt);
          f.get(outAt)
            .i32(TILE_ROWS * m.out * size)
            .op("i32.add")
            .set(outAt);
          f.get(left).i32(TILE_ROWS).op("i32.sub").set(left);
          f.branch(0);
        });
      });
    }
    const edge = m.extent % TILE_ROWS;
    if (edge > 0) f.get(left).if(() => one(edge));
  };

  f.get(length)
    .i32(TILE_ROWS * size)
    .op("i32.mul")
    .set(panel);
  if (n.extent >= tileColumns) {
    f.block(() => {
      f.loop(() => {
        f.get(columns).i32(tileColumns).op("i32.lt_s").branchIf(1);
        down(tileColumns);
        f.get(b);
        if (packB)
          f.get(length)
            .i32(tileColumns * size)
            .op("i32.mul");
        else f.i32(tileColumns * size);
        f.op("i32.add").set(b);
        f.get(out)
          .i32(tileColumns * n.out * size)
          .op("i32.add")
          .set(out);
        f.get(columns).i32(tileColumns).op("i32.sub").set(columns);
        f.branch(0);
      });
    });
  }
  const edge = n.extent % tileColumns;
  if (edge > 0) f.get(columns).if(() => down(edge));
  return f;
}
