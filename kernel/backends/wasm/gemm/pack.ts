/** @file Copies a block of a matrix into panels, the order in which the tiles of a product read it. */
import { bytesPerElement } from "../../../dtype.ts";
import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";

export interface Panels {
  readonly dtype: "float32" | "float64";
  /** Elements side by side in a panel. Whole vectors are written, the last of which may reach into what comes after. */
  readonly width: number;
  /** Width of the last panel if it is a narrower one, else 0; the rest of it is filled with zeros. */
  readonly edge: number;
  /** Element strides in the matrix: across a panel, and along it. */
  readonly across: number;
  readonly along: number;
}

/** Adds `bytes` to the address on the stack; what can be left to the instruction's constant is returned. */
export function ahead(f: FunctionBuilder, bytes: number): number {
  if (bytes >= 0) return bytes;
  f.i32(bytes).op("i32.add");
  return 0;
}

/** Panels packed side by side where the matrix is contiguous across them: a panel is less than two lines of the cache. */
const SIDE_BY_SIDE = 2;

/** A function `(from, to, length, columns)` that packs `columns` columns of `length` elements each. */
export function packer(module: ModuleBuilder, panels: Panels): Callable {
  const { dtype, width, edge, across } = panels;
  const size = bytesPerElement(dtype);
  const f = module.define(["i32", "i32", "i32", "i32"], []);
  const [from, to, length, columns] = [0, 1, 2, 3];
  const whilePanels = (count: number): void => {
    const some = panelsTogether(module, panels, width, count);
    f.block(() => {
      f.loop(() => {
        f.get(columns)
          .i32(count * width)
          .op("i32.lt_s")
          .branchIf(1);
        f.get(from).get(to).get(length).call(some);
        f.get(from)
          .i32(count * width * across * size)
          .op("i32.add")
          .set(from);
        f.get(to)
          .get(length)
          .i32(count * width * size)
          .op("i32.mul")
          .op("i32.add")
          .set(to);
        f.get(columns)
          .i32(count * width)
          .op("i32.sub")
          .set(columns);
        f.branch(0);
      });
    });
  };
  // Vectors that reach beyond their panel must be written before the next one is.
  if (across === 1 && (width * size) % 16 === 0) whilePanels(SIDE_BY_SIDE);
  whilePanels(1);
  if (edge > 0) {
    const last = panelsTogether(module, panels, edge, 1);
    f.get(columns).if(() => f.get(from).get(to).get(length).call(last));
  }
  return f;
}

/** A function `(from, to, length)` that packs `count` panels, of each of which `filled` columns exist. */
function panelsTogether(module: ModuleBuilder, panels: Panels, filled: number, count: number): Callable {
  const { dtype, width, across, along } = panels;
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const f = module.define(["i32", "i32", "i32"], []);
  const [from, to, length] = [0, 1, 2];
  const targets = [to];
  for (let panel = 1; panel < count; panel++) {
    const next = f.local("i32");
    f.get(targets[panel - 1])
      .get(length)
      .i32(width * size)
      .op("i32.mul")
      .op("i32.add")
      .set(next);
    targets.push(next);
  }
  const advance = (steps: number): void => {
    f.get(from)
      .i32(steps * along * size)
      .op("i32.add")
      .set(from);
    for (const target of targets) {
      f.get(target)
        .i32(steps * width * size)
        .op("i32.add")
        .set(target);
    }
  };
  const oneStep = (): void => {
    for (const [panel, target] of targets.entries()) {
      for (let first = 0; first < width; first += lanes) {
        f.get(target);
        pushRow(f, panels, panel * width + first, Math.min(lanes, filled - first));
        f.memory("v128.store", first * size);
      }
    }
    advance(1);
  };
  if (across === 1 || along !== 1) {
    f.repeat({ local: length }, oneStep);
    return f;
  }
  const groups = f.local("i32");
  f.get(length).i32(Math.log2(lanes)).op("i32.shr_u").tee(groups);
  f.if(() =>
    f.repeat({ local: groups }, () => {
      transposed(f, panels, filled);
      advance(lanes);
    }),
  );
  f.get(length)
    .i32(lanes - 1)
    .op("i32.and")
    .tee(length);
  f.if(() => f.repeat({ local: length }, oneStep));
  return f;
}

/** Pushes a vector of elements across a panel, of which `count` exist. The address is in local 0. */
function pushRow(f: FunctionBuilder, { dtype, across }: Panels, first: number, count: number): void {
  const size = bytesPerElement(dtype);
  if (across === 1 && count > 0) {
    // Elements past the edge are read too; nothing is made of them.
    f.get(0).memory("v128.load", first * size);
    return;
  }
  const gathered = f.local("v128");
  f.i32x4(0).set(gathered);
  for (let lane = 0; lane < count; lane++) {
    f.get(0);
    const offset = ahead(f, (first + lane) * across * size);
    f.get(gathered)
      .laneMemory(size === 4 ? "v128.load32_lane" : "v128.load64_lane", offset, lane)
      .set(gathered);
  }
  f.get(gathered);
  f.release(gathered);
}

/** Vectors are loaded along the panel, and stored across it. The addresses are in locals 0 and 1. */
function transposed(f: FunctionBuilder, { dtype, width, across }: Panels, filled: number): void {
  const size = bytesPerElement(dtype);
  const lanes = 16 / size;
  const [from, to] = [0, 1];
  const squares: number[][] = [];
  for (let first = 0; first < width; first += lanes) {
    squares.push(
      Array.from({ length: lanes }, (_, lane) => {
        const column = f.local("v128");
        if (first + lane < filled) {
          f.get(from);
          f.memory("v128.load", ahead(f, (first + lane) * across * size));
        } else f.i32x4(0);
        f.set(column);
        return column;
      }),
    );
  }
  const rows = squares.map((columns) => transposedRows(f, columns));
  // Row by row, since a vector may reach into the next.
  for (let step = 0; step < lanes; step++) {
    for (const [square, pushes] of rows.entries()) {
      f.get(to);
      pushes[step]();
      f.memory("v128.store", (step * width + square * lanes) * size);
    }
  }
  for (const column of squares.flat()) f.release(column);
}

/** What pushes each row of the square matrix whose columns are the vectors in the locals. */
export function transposedRows(f: FunctionBuilder, columns: readonly number[]): (() => void)[] {
  const low64 = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
  const high64 = low64.map((byte) => byte + 8);
  if (columns.length === 2) {
    return [low64, high64].map((bytes) => () => f.get(columns[0]).get(columns[1]).shuffle(bytes));
  }
  const low32 = [0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23];
  const high32 = low32.map((byte) => byte + 8);
  const [w, x, y, z] = columns;
  const pair = (p: number, q: number, bytes: readonly number[]): void => {
    f.get(p).get(q).shuffle(bytes);
  };
  const rows: (() => void)[] = [];
  for (const halves of [low32, high32]) {
    for (const bytes of [low64, high64]) {
      rows.push(() => {
        pair(w, x, halves);
        pair(y, z, halves);
        f.shuffle(bytes);
      });
    }
  }
  return rows;
}
