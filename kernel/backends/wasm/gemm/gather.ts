/**
 * @file Panels of an operand that runs through several dimensions, such as the windows of a convolution. Where its elements
 * are stands in two tables, for a block at a time: an element is at the sum of an entry of each. So windows are never
 * written out as a matrix, only as panels, which stay in the cache.
 */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import { transposedRows } from "./pack.ts";
import type { Steps } from "./product.ts";

export interface Gathered {
  readonly dtype: "float32" | "float64";
  /** Elements side by side in a panel. */
  readonly width: number;
  readonly nest: { readonly across: Steps; readonly along: Steps };
  /** The tables are so many bytes behind the panels; the first is for so many entries along them. */
  readonly tables: { readonly after: number; readonly length: number };
}

const ENTRY_BYTES = 4;

/** A table ends with entries for the rest of a vector. */
const BEYOND = 3;

export const tableBytes = (entries: number): number => Math.ceil((entries + BEYOND) / 4) * 4 * ENTRY_BYTES;

/** A function `(to, count, start)` that writes the places of the elements from `start` on, in bytes. */
function tabulate(module: ModuleBuilder, steps: Steps, size: number): Callable {
  const f = module.define(["i32", "i32", "i32"], []);
  const [to, count, start] = [0, 1, 2];
  const place = f.local("i32");
  const loops = [...steps].reverse().map(({ extent, stride }) => ({ extent, stride, digit: f.local("i32") }));
  f.i32(0).set(place);
  for (const { extent, stride, digit } of loops) {
    f.get(start).i32(extent).op("i32.rem_u").tee(digit);
    f.i32(stride * size)
      .op("i32.mul")
      .get(place)
      .op("i32.add")
      .set(place);
    f.get(start).i32(extent).op("i32.div_u").set(start);
  }
  /** Goes on along a loop, and at its end back to its start and on along the next. */
  const goOn = (v: number): void => {
    const loop = loops[v];
    if (loop === undefined) return;
    const { extent, stride, digit } = loop;
    f.get(place)
      .i32(stride * size)
      .op("i32.add")
      .set(place);
    f.get(digit).i32(1).op("i32.add").tee(digit).i32(extent).op("i32.eq");
    f.if(() => {
      f.i32(0).set(digit);
      f.get(place)
        .i32(stride * extent * size)
        .op("i32.sub")
        .set(place);
      goOn(v + 1);
    });
  };
  f.repeat({ local: count }, () => {
    f.get(to).get(place).memory("i32.store");
    f.get(to).i32(ENTRY_BYTES).op("i32.add").set(to);
    goOn(0);
  });
  // Vectors at the edge have all their elements, if the last one several times.
  f.get(to).i32(ENTRY_BYTES).op("i32.sub").memory("i32.load").set(place);
  for (let i = 0; i < BEYOND; i++)
    f.get(to)
      .get(place)
      .memory("i32.store", i * ENTRY_BYTES);
  return f;
}

/** Steps from element to element of a vector that are taken by loads of whole vectors. */
const isShortStep = (stride: number, lanes: number): boolean => stride === 1 || (stride === 2 && lanes === 4);

/** Whether all vectors that begin at a multiple of their length are runs of elements, a short step apart. */
const isByVectors = (steps: Steps, lanes: number): boolean => {
  const inner = steps.at(-1);
  return inner !== undefined && isShortStep(inner.stride, lanes) && inner.extent % lanes === 0;
};

/** Pushes a vector of elements a short step apart, from the address that `push` pushes on. */
function pushRun(f: FunctionBuilder, push: () => void, stride: number): void {
  push();
  f.memory("v128.load");
  if (stride === 1) return;
  // The second load ends with the last element wanted.
  push();
  f.memory("v128.load", 12).shuffle([0, 1, 2, 3, 8, 9, 10, 11, 20, 21, 22, 23, 28, 29, 30, 31]);
}

/**
 * A function `(from, to, length, columns, firstAlong, firstAcross)` that packs `columns` columns of `length` elements each.
 */
export function gatherer(module: ModuleBuilder, gathered: Gathered): Callable {
  const { dtype, width, nest, tables } = gathered;
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const f = module.define(["i32", "i32", "i32", "i32", "i32", "i32"], []);
  const [from, to, length, columns, firstAlong, firstAcross] = [0, 1, 2, 3, 4, 5];
  const [along, across] = [f.local("i32"), f.local("i32")];
  f.get(to).i32(tables.after).op("i32.add").tee(along).i32(tableBytes(tables.length)).op("i32.add").set(across);
  f.get(along)
    .get(length)
    .get(firstAlong)
    .call(tabulate(module, nest.along, size));
  f.get(across)
    .get(columns)
    .get(firstAcross)
    .call(tabulate(module, nest.across, size));
  const strips = new Map<number, Callable>();
  const stripOf = (filled: number): Callable => {
    const known = strips.get(filled) ?? strip(module, gathered, filled);
    strips.set(filled, known);
    return known;
  };
  f.loop(() => {
    for (let first = 0; first < width; first += lanes) {
      f.get(columns).i32(first).op("i32.gt_s");
      f.if(() => {
        f.get(from);
        f.get(to)
          .i32(first * size)
          .op("i32.add");
        f.get(length);
        f.get(across)
          .i32(first * ENTRY_BYTES)
          .op("i32.add");
        f.get(along).call(stripOf(Math.min(lanes, width - first)));
      });
    }
    f.get(length)
      .i32(width * size)
      .op("i32.mul")
      .get(to)
      .op("i32.add")
      .set(to);
    f.get(across)
      .i32(width * ENTRY_BYTES)
      .op("i32.add")
      .set(across);
    f.get(columns).i32(width).op("i32.sub").tee(columns).i32(0).op("i32.gt_s").branchIf(0);
  });
  return f;
}

/** A function `(from, to, length, across, along)` that packs the columns of one vector, of which a panel has `filled`. */
function strip(module: ModuleBuilder, { dtype, width, nest }: Gathered, filled: number): Callable {
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const f = module.define(["i32", "i32", "i32", "i32", "i32"], []);
  const [from, to, length, across, along] = [0, 1, 2, 3, 4];
  const columns = Array.from({ length: lanes }, () => f.local("i32"));
  const vector = f.local("v128");
  const entry = f.local("i32");

  const store = (step: number): void => {
    f.set(vector);
    if (filled === lanes) {
      f.get(to)
        .get(vector)
        .memory("v128.store", step * width * size);
      return;
    }
    for (let lane = 0; lane < filled; lane++) {
      f.get(to)
        .get(vector)
        .laneMemory(size === 4 ? "v128.store32_lane" : "v128.store64_lane", (step * width + lane) * size, lane);
    }
  };
  /** Pushes the address of a column's element at the entry at hand. */
  const element = (column: number): FunctionBuilder => f.get(columns[column]).get(entry).op("i32.add");
  const eachStep = (steps: number, body: () => void): void => {
    f.repeat({ local: length }, () => {
      f.get(along).memory("i32.load").set(entry);
      body();
      f.get(to)
        .i32(steps * width * size)
        .op("i32.add")
        .set(to);
      f.get(along)
        .i32(steps * ENTRY_BYTES)
        .op("i32.add")
        .set(along);
    });
  };

  const runs = (step: number): void =>
    eachStep(1, () => {
      pushRun(f, () => element(0), step);
      store(0);
    });
  const oneByOne = (): void =>
    eachStep(1, () => {
      f.i32x4(0).set(vector);
      for (let lane = 0; lane < lanes; lane++) {
        element(lane);
        f.get(vector)
          .laneMemory(size === 4 ? "v128.load32_lane" : "v128.load64_lane", 0, lane)
          .set(vector);
      }
      f.get(vector);
      store(0);
    });
  const squares = (): void => {
    f.get(length).i32(Math.log2(lanes)).op("i32.shr_u").set(length);
    const read = columns.map(() => f.local("v128"));
    eachStep(lanes, () => {
      for (const [column, local] of read.entries()) {
        pushRun(f, () => element(column), nest.along.at(-1)!.stride);
        f.set(local);
      }
      for (const [step, pushRow] of transposedRows(f, read).entries()) {
        pushRow();
        store(step);
      }
    });
  };

  for (const [lane, column] of columns.entries()) {
    f.get(across)
      .memory("i32.load", lane * ENTRY_BYTES)
      .get(from)
      .op("i32.add")
      .set(column);
  }
  const others = isByVectors(nest.along, lanes) ? squares : oneByOne;
  const inner = nest.across.at(-1);
  // Of so many columns at most one begins a loop anew: if the last is where it would be, so are all.
  if (inner && isShortStep(inner.stride, lanes) && inner.extent >= lanes) {
    f.get(columns[lanes - 1])
      .get(columns[0])
      .op("i32.sub")
      .i32((lanes - 1) * inner.stride * size)
      .op("i32.eq");
    f.if(() => runs(inner.stride), others);
  } else others();
  return f;
}
