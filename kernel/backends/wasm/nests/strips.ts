/**
 * @file Folds down the columns of a matrix. A strip of columns is folded a block of rows at a time, and what each column
 * has come to lies in the workspace between two blocks: so memory is read along its rows, not down one cache line's width
 * of columns, where every step is on another page. Columns are independent, so threads take strips, and what a column
 * adds up to does not depend on its strip.
 */
import type { ReduceKernel, Store } from "../../../loops/ir.ts";
import type { FunctionBuilder } from "../code/function.ts";
import { BLOCK, type Fold, VectorAccumulator } from "./accumulate.ts";
import { type Arrangement, copiesOf } from "./arrangement.ts";
import { callInPieces, GRAIN, POINTS_PER_CALL } from "./calls.ts";
import { divideLocal, times } from "./counts.ts";
import type { Loop } from "./expression.ts";
import { storeVectors } from "./finish.ts";
import type { Choice } from "./plan.ts";
import { PointCode, type Target } from "./point.ts";

/** Fewer rows or columns than that are folded as well without. */
const LEAST_ROWS = 4 * BLOCK;
const LEAST_COLUMNS = 64;
/** Columns of a strip: their accumulators fill a fraction of the nearest cache. */
const WIDEST = 1024;
const NARROWEST = 256;

export interface Strips {
  /** A loop around the matrix, if there are several. */
  readonly matrices: Loop | undefined;
  readonly rows: Loop;
  readonly columns: Loop;
  readonly choice: Choice;
}

/** The matrix of a fold that is done in strips, or undefined where it is not. */
export function stripsOf({ kept, folded, along, choice }: Arrangement): Strips | undefined {
  if (along !== "kept" || choice === undefined || folded.length !== 1 || kept.length > 2) return undefined;
  const [rows] = folded;
  const columns = kept[kept.length - 1];
  if (rows.extent < LEAST_ROWS || columns.extent < LEAST_COLUMNS) return undefined;
  return { matrices: kept.length === 2 ? kept[0] : undefined, rows, columns, choice };
}

/** As many strips as there may be threads, unless they would be narrow. */
const stripWidth = ({ extent }: Loop): number =>
  Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(extent / 4 / GRAIN) * GRAIN));

export function compileStrips(
  target: Target,
  kernel: ReduceKernel,
  fold: Fold,
  strips: Strips,
  cost: number,
  entry: FunctionBuilder,
): void {
  const { matrices, rows, columns, choice } = strips;
  const { module } = target;
  const width = stripWidth(columns);
  const slotBytes = VectorAccumulator.bytes(fold, choice.lanes);
  target.workspace(Math.ceil(Math.min(width, columns.extent) / choice.lanes) * slotBytes);

  const blocks = foldBlocks(target, kernel, fold, strips);
  const finish = finishColumns(target, kernel.stores, fold, strips);
  const strip = module.define(matrices ? ["i32", "i32", "i32"] : ["i32", "i32"], []);
  const passStrip = () => {
    for (const parameter of strip.params.keys()) strip.get(parameter);
  };
  clear(strip, fold, choice, slotBytes);
  const first = strip.local("i32");
  strip.i32(0).set(first);
  const call = (count: number, height: number) => {
    strip.get(first).i32(count).i32(height);
    passStrip();
    strip.call(blocks).get(first).i32(count).op("i32.add").set(first);
  };
  const whole = Math.floor(rows.extent / BLOCK);
  const perCall = Math.max(1, Math.floor((4 * POINTS_PER_CALL) / width / BLOCK));
  times(strip, Math.floor(whole / perCall), () => call(perCall, BLOCK));
  if (whole % perCall > 0) call(whole % perCall, BLOCK);
  if (rows.extent % BLOCK > 0) call(1, rows.extent % BLOCK);
  passStrip();
  strip.call(finish);

  if (matrices === undefined) {
    const range = { extent: columns.extent, points: rows.extent, grain: GRAIN, steps: width, cost, isFree: true };
    callInPieces(entry, module, strip, range);
    return;
  }
  const matrix = module.define(["i32", "i32"], []);
  const [at, end] = [0, 1];
  matrix.loop(() => {
    for (let begin = 0; begin < columns.extent; begin += width)
      matrix
        .i32(begin)
        .i32(Math.min(begin + width, columns.extent))
        .get(at)
        .call(strip);
    matrix.get(at).i32(1).op("i32.add").tee(at).get(end).op("i32.lt_s").branchIf(0);
  });
  const points = rows.extent * columns.extent;
  callInPieces(entry, module, matrix, { extent: matrices.extent, points, grain: 1, cost, isFree: true });
}

/** Makes the accumulators of a strip those of empty folds. */
function clear(f: FunctionBuilder, fold: Fold, { lanes }: Choice, slotBytes: number): void {
  const [begin, end] = [0, 1];
  const [left, at] = [f.local("i32"), f.local("i32")];
  f.get(end).get(begin).op("i32.sub");
  f.i32(lanes - 1)
    .op("i32.add")
    .i32(Math.log2(lanes))
    .op("i32.shr_u");
  f.i32(slotBytes / 16)
    .op("i32.mul")
    .set(left);
  f.workspace().set(at);
  f.repeat({ local: left }, () => {
    f.get(at);
    VectorAccumulator.pushStart(f, fold);
    f.memory("v128.store").get(at).i32(16).op("i32.add").set(at);
  });
  f.release(left);
  f.release(at);
}

/** A function `(first block, blocks, rows of each, first column, end of columns, matrix)`. */
function foldBlocks(target: Target, { value }: ReduceKernel, fold: Fold, strips: Strips): FunctionBuilder {
  const { matrices, rows, columns, choice } = strips;
  const f = target.module.define(["i32", "i32", "i32", "i32", "i32", ...(matrices ? (["i32"] as const) : [])], []);
  const [first, blocks, height, begin, end, matrix] = f.params.keys();
  const outer = matrices ? [matrices] : [];
  const loops = [
    ...outer,
    { extent: Math.ceil(rows.extent / BLOCK), variable: rows.variable, step: BLOCK },
    columns,
    { ...rows, extent: BLOCK },
  ];
  const [block, column, row] = [outer.length, outer.length + 1, outer.length + 2];
  const code = new PointCode(f, target, {
    loops,
    bodies: [{ depth: loops.length, values: [value], stores: [] }],
    vector: { position: column, lanes: choice.lanes },
  });
  const foldRows = (copies: number, slot: number) => {
    code.hoist(row, { copies });
    const parts = Array.from({ length: copies }, () => new VectorAccumulator(f, target.module, fold, choice.lanes));
    const bytes = VectorAccumulator.bytes(fold, choice.lanes);
    for (const [copy, part] of parts.entries()) part.load(slot, copy * bytes);
    code.openLoop(row);
    const left = f.local("i32");
    f.get(height).set(left);
    f.repeat({ local: left }, () => {
      code.scope(() => {
        for (const [copy, part] of parts.entries()) {
          code.vector(value, copy);
          part.add();
        }
      });
      code.advance(1);
    });
    f.release(left);
    code.closeLoop();
    for (const [copy, part] of parts.entries()) {
      part.carry();
      part.save(slot, copy * bytes);
      part.release();
    }
  };
  code.scope(() => {
    enterMatrix(code, matrix);
    code.openLoop(block, first);
    f.repeat({ local: blocks }, () => {
      code.scope(() => {
        code.hoist(column, "scalar");
        eachGroup(code, { depth: column, begin, end, columns, choice, fold }, foldRows);
      });
      code.advance(1);
    });
    code.closeLoop();
    if (matrices) code.closeLoop();
  });
  return f;
}

/** A function `(first column, end of columns, matrix)` that stores what the columns of a strip have come to. */
function finishColumns(target: Target, stores: readonly Store[], fold: Fold, strips: Strips): FunctionBuilder {
  const { matrices, columns, choice } = strips;
  const f = target.module.define(matrices ? ["i32", "i32", "i32"] : ["i32", "i32"], []);
  const [begin, end, matrix] = f.params.keys();
  const loops = matrices ? [matrices, columns] : [columns];
  const code = new PointCode(f, target, {
    loops,
    bodies: [{ depth: loops.length, values: [], stores }],
    vector: { position: loops.length - 1, lanes: choice.lanes },
  });
  code.scope(() => {
    enterMatrix(code, matrix);
    eachGroup(code, { depth: loops.length - 1, begin, end, columns, choice, fold }, (copies, slot) => {
      const parts = Array.from({ length: copies }, (_, copy) => {
        const part = new VectorAccumulator(f, target.module, fold, choice.lanes);
        part.load(slot, copy * VectorAccumulator.bytes(fold, choice.lanes));
        return part;
      });
      storeVectors(code, stores, parts);
    });
    if (matrices) code.closeLoop();
  });
  return f;
}

/** Computes what all points share, and what those of the matrix in the local do, if there are several. */
function enterMatrix(code: PointCode, matrix: number | undefined): void {
  code.hoist(0, "scalar");
  if (matrix === undefined) return;
  code.openLoop(0, matrix);
  code.hoist(1, "scalar");
}

interface Columns {
  /** Of the loop over columns in its nest. */
  readonly depth: number;
  readonly begin: number;
  readonly end: number;
  readonly columns: Loop;
  readonly choice: Choice;
  readonly fold: Fold;
}

/** Runs `group` over a strip's columns, so many vectors at a time, with the address of their accumulators in a local. */
function eachGroup(code: PointCode, strip: Columns, group: (copies: number, slot: number) => void): void {
  const { depth, begin, end, columns, choice, fold } = strip;
  const { f } = code;
  const { lanes } = choice;
  const [slot, count] = [f.local("i32"), f.local("i32")];
  f.workspace().set(slot);
  code.openLoop(depth, begin);
  f.get(end).get(begin).op("i32.sub").set(count);
  const step = (copies: number) => {
    code.scope(() => group(copies, slot));
    f.get(slot)
      .i32(copies * VectorAccumulator.bytes(fold, lanes))
      .op("i32.add")
      .set(slot);
    code.advance(copies * lanes);
  };
  let left = { local: count };
  for (const copies of new Set([copiesOf(choice), 1])) {
    const { groups, rest } = divideLocal(f, left, copies * lanes);
    left = rest;
    times(f, groups, () => step(copies));
  }
  const last = columns.extent % lanes;
  if (last > 0) {
    // The last columns of all fill a vector together with some before them, which are folded twice.
    f.get(left.local).if(() => {
      code.advance(last - lanes);
      step(1);
    });
  }
  code.closeLoop();
  f.release(slot);
  f.release(count);
}
