/**
 * @file Matrix products by blocks: panels of both operands that fit the caches, tiles of the result in registers.
 * Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { Count } from "../nests/counts.ts";
import type { Target } from "../nests/point.ts";
import { gatherer, tableBytes } from "./gather.ts";
import { innerTile } from "./inner-tile.ts";
import { type Panels, packer } from "./pack.ts";
import type { Product } from "./product.ts";
import { batchParts, blockOfTask, inBatch, inBlocks, inTasks, type Position, push } from "./tasks.ts";
import { tile } from "./tile.ts";
import { tileShape } from "./tile-shape.ts";

/** Block sizes, in elements: a panel of `b` stays in the first-level cache, the blocks of `a` and `b` in the second. */
const BLOCK_K = 256;
const BLOCK_M = 128;
const BLOCK_N = 512;
/** What reading and packing an element costs, in multiplications. */
const READ = 1;
const PACK = 8;
/** From this many rows on a large `b` is packed. */
const LEAST_PACKED = 17;
/** Rows of `a` together longer than this do not stay in the second-level cache. */
const CACHED_BYTES = 2 ** 20;

/** From here on packing `b` pays where its columns lie along k; else tiles sum along k. */
const PACKED_ROWS = 16;
/** Sums along k of fewer terms are not worth adding up their lanes. */
export const LEAST_ALONG_K = 32;
/** Lanes have sums of their own, so a block may be longer. */
const BLOCK_ALONG_K = 1024;

interface Blocking {
  /** Whether vectors lie along k. */
  readonly alongK: boolean;
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly packA: boolean;
  readonly packB: boolean;
  readonly blockM: number;
  readonly blockK: number;
  readonly stepM: number;
  readonly stepN: number;
}

function blocking(product: Product, fused: boolean): Blocking {
  const { dtype, a, b, m, n, k } = product;
  const size = bytesPerElement(dtype);
  const alongK = k.a === 1 && k.b === 1 && m.extent < PACKED_ROWS && k.extent >= LEAST_ALONG_K;
  const lanes = 16 / size;
  const { tileRows, tileColumns } = tileShape(product, alongK ? 1 : lanes, fused);
  const big = k.extent * n.extent * size > 32 * 1024;
  const packB = !alongK && (b.nest !== undefined || n.b !== 1 || (big && m.extent >= LEAST_PACKED));
  // Short rows of `a` are read as they are: each is a stream. Columns are not.
  const packA =
    a.nest !== undefined || (packB && m.extent >= 32 && (k.a !== 1 || m.extent * k.extent * size > CACHED_BYTES));
  // Equal blocks, of whole vectors, rather than full ones and a small rest.
  const blocks = Math.ceil(k.extent / (alongK ? BLOCK_ALONG_K : BLOCK_K));
  const price = { a: packA ? PACK : READ, b: packB ? PACK : READ };
  return {
    alongK,
    tileRows,
    tileColumns,
    packA,
    packB,
    blockM: Math.floor(BLOCK_M / tileRows) * tileRows,
    blockK: Math.ceil(k.extent / blocks / lanes) * lanes,
    ...blockOfTask(product, { tileRows, tileColumns, price, mostN: packB ? BLOCK_N : n.extent }),
  };
}

export function compileBlocks(target: Target, product: Product, entry: FunctionBuilder): void {
  const { module } = target;
  const { dtype, batch, m, n, k } = product;
  const size = bytesPerElement(dtype);
  const plan = blocking(product, module.fused);
  const { packA, packB, blockM, blockK, stepM, stepN, tileRows, tileColumns } = plan;
  const a = packA
    ? packing(module, product, "a", { width: tileRows, most: Math.min(stepM, blockM), length: blockK })
    : undefined;
  const b = packB ? packing(module, product, "b", { width: tileColumns, most: stepN, length: blockK }) : undefined;
  target.workspace((a?.bytes ?? 0) + (b?.bytes ?? 0));
  const block = blockOfTiles(module, product, plan);
  const isBlocked = k.extent > blockK;

  const matrix = (f: FunctionBuilder, at: Position, rows: Range, columns: Range): void => {
    const panels = { a: f.local("i32"), b: f.local("i32") };
    const add = f.local("i32");
    f.workspace()
      .tee(panels.b)
      .i32(b?.bytes ?? 0)
      .op("i32.add")
      .set(panels.a);
    f.i32(0).set(add);
    inBlocks(f, size, at, k, k.extent, blockK, (slice, length, before) => {
      const along: Range = { starts: [before], extent: length };
      b?.pack(f, slice.b, panels.b, along, columns);
      inBlocks(f, size, slice, m, rows.extent, blockM, (here, height, above) => {
        a?.pack(f, here.a, panels.a, along, { starts: [...rows.starts, above], extent: height });
        f.get(a ? panels.a : here.a)
          .get(b ? panels.b : here.b)
          .get(here.out);
        push(f, length);
        f.get(add);
        push(f, height);
        push(f, columns.extent);
        f.call(block);
      });
      // The first block along k replaces the result, the others add to it.
      if (isBlocked) f.i32(1).set(add);
    });
    for (const local of [panels.a, panels.b, add]) f.release(local);
  };

  const parts = [
    ...batchParts(batch, m.extent * n.extent * k.extent),
    { dimension: m, step: stepM },
    { dimension: n, step: stepN },
  ];
  inTasks(target, entry, product, parts, (f, at, extents, starts) => {
    const [rows, columns] = [batch.length, batch.length + 1].map(
      (part): Range => ({
        starts: [starts[part]],
        extent: extents[part],
      }),
    );
    inBatch(f, size, at, batch, extents, (one) => matrix(f, one, rows, columns));
  });
}

/** Part of a dimension; it begins at the sum of `starts`. */
interface Range {
  readonly starts: readonly Count[];
  readonly extent: Count;
}

interface Packing {
  /** Of the workspace, the panels first. */
  readonly bytes: number;
  /** Packs what is `across` and `along` of the matrix at address `from`. */
  pack(f: FunctionBuilder, from: number, to: number, along: Range, across: Range): void;
}

/** How an operand is packed, into panels of `width`: blocks of at most `most` across, and `length` along. */
function packing(
  module: ModuleBuilder,
  product: Product,
  side: "a" | "b",
  { width, most, length }: { width: number; most: number; length: number },
): Packing {
  const { dtype, k } = product;
  const { nest } = product[side];
  const dimension = side === "a" ? product.m : product.n;
  const panels: Panels = {
    dtype,
    width,
    edge: dimension.extent % width,
    across: dimension[side],
    along: k[side],
  };
  /** The last vector of a panel may reach beyond it. */
  const panelBytes = Math.ceil(most / width) * width * length * bytesPerElement(dtype) + 16;
  const tables = nest && { after: panelBytes, length };
  const callee = nest && tables ? gatherer(module, { dtype, width, nest, tables }) : packer(module, panels);
  return {
    bytes: panelBytes + (tables ? tableBytes(length) + tableBytes(most) : 0),
    pack(f, from, to, along, across) {
      f.get(from).get(to);
      push(f, along.extent);
      push(f, across.extent);
      if (nest) for (const { starts } of [along, across]) pushSum(f, starts);
      f.call(callee);
    },
  };
}

function pushSum(f: FunctionBuilder, [first, ...others]: readonly Count[]): void {
  push(f, first);
  for (const other of others) {
    push(f, other);
    f.op("i32.add");
  }
}

/** A function `(a, b, out, length, add, rows, columns)` that covers a block of the result with tiles. */
function blockOfTiles(module: ModuleBuilder, product: Product, plan: Blocking): Callable {
  const { dtype, m, n, k } = product;
  const { alongK, packA, packB, blockK, tileRows, tileColumns } = plan;
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const tiles = new Map<string, Callable>();
  const tileOf = (rows: number, columns: number): Callable => {
    const key = `${rows},${columns}`;
    let known = tiles.get(key);
    if (!known) {
      known = alongK
        ? innerTile(module, {
            dtype,
            rows,
            columns,
            a: m.a,
            b: n.b,
            out: { m: m.out, n: n.out },
            rest: k.extent % lanes,
          })
        : tile(module, {
            dtype,
            rows,
            columns,
            a: packA ? { m: 1, k: tileRows } : { m: m.a, k: k.a },
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
    if (m.extent >= tileRows) {
      f.block(() => {
        f.loop(() => {
          f.get(left).i32(tileRows).op("i32.lt_s").branchIf(1);
          one(tileRows);
          if (packA) f.get(aAt).get(panel).op("i32.add").set(aAt);
          else
            f.get(aAt)
              .i32(tileRows * m.a * size)
              .op("i32.add")
              .set(aAt);
          f.get(outAt)
            .i32(tileRows * m.out * size)
            .op("i32.add")
            .set(outAt);
          f.get(left).i32(tileRows).op("i32.sub").set(left);
          f.branch(0);
        });
      });
    }
    const edge = m.extent % tileRows;
    if (edge > 0) f.get(left).if(() => one(edge));
  };

  f.get(length)
    .i32(tileRows * size)
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
        else f.i32(tileColumns * n.b * size);
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
