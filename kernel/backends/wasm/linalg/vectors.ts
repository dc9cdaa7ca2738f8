/** @file Operations on vectors of float64, two entries at a time: what factorizations do besides products of matrices. */

import type { Callable, FunctionBuilder } from "../code/function.ts";
import type { ModuleBuilder } from "../code/module.ts";
import type { ValueType } from "../code/opcodes.ts";
import { times } from "../nests/counts.ts";

/** How many entries a step works on: a pair, or the last one of an odd number. */
type Width = 1 | 2;

export const SIZE = 8;

export function load(f: FunctionBuilder, address: number, width: Width = 2, offset = 0): FunctionBuilder {
  return f.get(address).memory(width === 2 ? "v128.load" : "v128.load64_zero", offset);
}

/** Stores what `value` pushes. */
export function store(f: FunctionBuilder, address: number, width: Width, value: () => void, offset = 0): void {
  f.get(address);
  value();
  if (width === 2) f.memory("v128.store", offset);
  else f.laneMemory("v128.store64_lane", offset, 0);
}

export function advance(f: FunctionBuilder, address: number, bytes: number | { readonly local: number }): void {
  f.get(address);
  if (typeof bytes === "number") f.i32(bytes);
  else f.get(bytes.local);
  f.op("i32.add").set(address);
}

/** Runs `step` along vectors of `n` entries, a local, whose `addresses` move along. */
function along(f: FunctionBuilder, n: number, addresses: readonly number[], step: (width: Width) => void): void {
  const pairs = f.local("i32");
  f.get(n).i32(1).op("i32.shr_u").set(pairs);
  times(f, { local: pairs }, () => {
    step(2);
    for (const address of addresses) advance(f, address, 2 * SIZE);
  });
  f.get(n).i32(1).op("i32.and");
  f.if(() => step(1));
  f.release(pairs);
}

/** Copies an f64 to both lanes. */
function splat(f: FunctionBuilder, value: number): number {
  const local = f.local("v128");
  f.get(value).op("f64x2.splat").set(local);
  return local;
}

const sumOfLanes = (f: FunctionBuilder, vector: number): FunctionBuilder =>
  f.get(vector).lane("f64x2.extract_lane", 0).get(vector).lane("f64x2.extract_lane", 1).op("f64.add");

function define(module: ModuleBuilder, params: readonly ValueType[], write: (f: FunctionBuilder) => void): Callable {
  const f = module.define(params, []);
  write(f);
  return f;
}

/** `(x, y, n) → Σ x[i] · y[i]`. */
export function inner(module: ModuleBuilder): Callable {
  const f = module.define(["i32", "i32", "i32"], ["f64"]);
  const [x, y, n] = [0, 1, 2];
  // Four sums side by side: one would wait for each addition.
  const sums = Array.from({ length: 4 }, () => f.local("v128"));
  const groups = f.local("i32");
  for (const sum of sums) f.f64x2(0).set(sum);
  f.get(n).i32(3).op("i32.shr_u").set(groups);
  times(f, { local: groups }, () => {
    for (const [i, sum] of sums.entries()) {
      f.madd(
        "f64x2",
        () => load(load(f, x, 2, 16 * i), y, 2, 16 * i),
        () => f.get(sum),
      ).set(sum);
    }
    for (const address of [x, y]) advance(f, address, 8 * SIZE);
  });
  f.get(n).i32(7).op("i32.and").set(n);
  along(f, n, [x, y], (width) => {
    f.madd(
      "f64x2",
      () => load(load(f, x, width), y, width),
      () => f.get(sums[0]),
    ).set(sums[0]);
  });
  f.get(sums[0]).get(sums[1]).op("f64x2.add").get(sums[2]).get(sums[3]).op("f64x2.add").op("f64x2.add").set(sums[0]);
  sumOfLanes(f, sums[0]);
  return f;
}

/** `(y, factor, x, n)`: `y += factor · x`. */
export const addMultiple = (module: ModuleBuilder): Callable =>
  define(module, ["i32", "f64", "i32", "i32"], (f) => {
    const [y, factor, x, n] = [0, 1, 2, 3];
    const both = splat(f, factor);
    along(f, n, [x, y], (width) =>
      store(f, y, width, () =>
        f.madd(
          "f64x2",
          () => load(f, x, width).get(both),
          () => load(f, y, width),
        ),
      ),
    );
  });

/** `(x, divisor, n)`: `x /= divisor`. */
export const divide = (module: ModuleBuilder): Callable =>
  define(module, ["i32", "f64", "i32"], (f) => {
    const [x, divisor, n] = [0, 1, 2];
    const both = splat(f, divisor);
    along(f, n, [x], (width) => store(f, x, width, () => load(f, x, width).get(both).op("f64x2.div")));
  });

/** `(x, y, n)`: exchanges the entries. */
export const exchange = (module: ModuleBuilder): Callable =>
  define(module, ["i32", "i32", "i32"], (f) => {
    const [x, y, n] = [0, 1, 2];
    const old = f.local("v128");
    along(f, n, [x, y], (width) => {
      load(f, x, width).set(old);
      store(f, x, width, () => load(f, y, width));
      store(f, y, width, () => f.get(old));
    });
  });

/** Moves on by `count` rows that are `stride` bytes apart. */
const skipRows = (f: FunctionBuilder, address: number, stride: number, count: number): void => {
  f.get(address).get(stride).i32(count).op("i32.mul").op("i32.add").set(address);
};

/** Runs `body(4)` as often as four fit into the local `count`, and `body(1)` for each of the others. */
function byFours(f: FunctionBuilder, count: number, body: (rows: 4 | 1) => void): void {
  const groups = f.local("i32");
  f.get(count).i32(2).op("i32.shr_u").set(groups);
  times(f, { local: groups }, () => body(4));
  f.get(count).i32(3).op("i32.and").set(count);
  times(f, { local: count }, () => body(1));
}

/** `(y, factor, weights, step, rows, stride, count, n)`: `y += factor · Σ weights[p · step] · row p`; steps in bytes. */
export function addRows(module: ModuleBuilder): Callable {
  // Each entry of y is loaded and stored once for four rows.
  const some = (rows: 4 | 1): Callable =>
    define(module, ["i32", "f64", "i32", "i32", "i32", "i32", "i32"], (f) => {
      const [y, factor, weights, step, first, stride, n] = [0, 1, 2, 3, 4, 5, 6];
      const sum = f.local("v128");
      const at = [first, ...Array.from({ length: rows - 1 }, () => f.local("i32"))];
      const factors = at.map((address, i) => {
        if (i > 0) {
          f.get(at[i - 1])
            .get(stride)
            .op("i32.add")
            .set(address);
          advance(f, weights, { local: step });
        }
        const weight = f.local("v128");
        f.get(weights).memory("f64.load").get(factor).op("f64.mul").op("f64x2.splat").set(weight);
        return weight;
      });
      along(f, n, [y, ...at], (width) => {
        load(f, y, width).set(sum);
        for (const [i, address] of at.entries()) {
          f.madd(
            "f64x2",
            () => load(f, address, width).get(factors[i]),
            () => f.get(sum),
          ).set(sum);
        }
        store(f, y, width, () => f.get(sum));
      });
    });
  const parts = { 4: some(4), 1: some(1) };
  return define(module, ["i32", "f64", "i32", "i32", "i32", "i32", "i32", "i32"], (f) => {
    const [y, factor, weights, step, first, stride, count, n] = [0, 1, 2, 3, 4, 5, 6, 7];
    byFours(f, count, (rows) => {
      f.get(y).get(factor).get(weights).get(step).get(first).get(stride).get(n).call(parts[rows]);
      skipRows(f, weights, step, rows);
      skipRows(f, first, stride, rows);
    });
  });
}

/** `(y, factor, x, rows, stride, count, n)`: `y[p] += factor · ⟨row p, x⟩`; the stride in bytes. */
export function addInners(module: ModuleBuilder): Callable {
  // Each entry of x is loaded once for four rows.
  const some = (rows: 4 | 1): Callable =>
    define(module, ["i32", "f64", "i32", "i32", "i32", "i32"], (f) => {
      const [y, factor, x, first, stride, n] = [0, 1, 2, 3, 4, 5];
      const entry = f.local("v128");
      const at = [first, ...Array.from({ length: rows - 1 }, () => f.local("i32"))];
      const sums = at.map(() => f.local("v128"));
      for (const [i, sum] of sums.entries()) {
        if (i > 0)
          f.get(at[i - 1])
            .get(stride)
            .op("i32.add")
            .set(at[i]);
        f.f64x2(0).set(sum);
      }
      along(f, n, [x, ...at], (width) => {
        load(f, x, width).set(entry);
        for (const [i, sum] of sums.entries()) {
          f.madd(
            "f64x2",
            () => load(f, at[i], width).get(entry),
            () => f.get(sum),
          ).set(sum);
        }
      });
      for (const [i, sum] of sums.entries()) {
        f.get(y);
        sumOfLanes(f, sum)
          .get(factor)
          .op("f64.mul")
          .get(y)
          .memory("f64.load", i * SIZE)
          .op("f64.add");
        f.memory("f64.store", i * SIZE);
      }
    });
  const parts = { 4: some(4), 1: some(1) };
  return define(module, ["i32", "f64", "i32", "i32", "i32", "i32", "i32"], (f) => {
    const [y, factor, x, first, stride, count, n] = [0, 1, 2, 3, 4, 5, 6];
    byFours(f, count, (rows) => {
      f.get(y).get(factor).get(x).get(first).get(stride).get(n).call(parts[rows]);
      advance(f, y, rows * SIZE);
      skipRows(f, first, stride, rows);
    });
  });
}

/**
 * `(rows, stride, count, n, turns)`: rotates neighbouring rows one pair after the other. All rotations are done to a few
 * columns before the next ones, so that each entry is loaded and stored once; four vectors side by side are a line of the
 * cache.
 */
export function turnRows(module: ModuleBuilder): Callable {
  const strip = (vectors: number, width: Width): Callable =>
    define(module, ["i32", "i32", "i32", "i32"], (f) => {
      const [row, stride, count, turns] = [0, 1, 2, 3];
      const upper = Array.from({ length: vectors }, () => f.local("v128"));
      const [next, c, s, lower] = [f.local("i32"), f.local("v128"), f.local("v128"), f.local("v128")];
      for (const [i, vector] of upper.entries()) load(f, row, width, 16 * i).set(vector);
      f.repeat({ local: count }, () => {
        f.get(turns).memory("v128.load64_splat").set(c);
        f.get(turns).memory("v128.load64_splat", SIZE).set(s);
        f.get(row).get(stride).op("i32.add").set(next);
        for (const [i, vector] of upper.entries()) {
          load(f, next, width, 16 * i).set(lower);
          const turned = (): void => {
            f.madd(
              "f64x2",
              () => f.get(lower).get(s),
              () => f.get(vector).get(c).op("f64x2.mul"),
            );
          };
          store(f, row, width, turned, 16 * i);
          f.nmadd(
            "f64x2",
            () => f.get(vector).get(s),
            () => f.get(lower).get(c).op("f64x2.mul"),
          ).set(vector);
        }
        f.get(next).set(row);
        advance(f, turns, 2 * SIZE);
      });
      for (const [i, vector] of upper.entries()) store(f, row, width, () => f.get(vector), 16 * i);
    });
  const [four, one, last] = [strip(4, 2), strip(1, 2), strip(1, 1)];
  return define(module, ["i32", "i32", "i32", "i32", "i32"], (f) => {
    const [rows, stride, count, n, turns] = [0, 1, 2, 3, 4];
    const left = f.local("i32");
    const apply = (part: Callable, bytes: number): void => {
      f.get(rows).get(stride).get(count).get(turns).call(part);
      advance(f, rows, bytes);
    };
    const groups = (shift: number, mask: number): void => {
      f.get(n).i32(shift).op("i32.shr_u").i32(mask).op("i32.and").set(left);
    };
    f.get(count).if(() => {
      groups(3, -1);
      times(f, { local: left }, () => apply(four, 64));
      groups(1, 3);
      times(f, { local: left }, () => apply(one, 16));
      groups(0, 1);
      times(f, { local: left }, () => apply(last, 8));
    });
  });
}

const [LOW, HIGH] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23],
  [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31],
];

/** Pushes the first or the second lanes of two vectors. */
export const lanesOf = (f: FunctionBuilder, x: number, y: number, lane: 0 | 1): FunctionBuilder =>
  f
    .get(x)
    .get(y)
    .shuffle(lane === 0 ? LOW : HIGH);

/** `(to, toStride, from, fromStride, m, n)`: writes the transpose of m × n; strides in bytes. */
export function transpose(module: ModuleBuilder): Callable {
  /** As many rows, which become columns. */
  const some = (rows: Width): Callable =>
    define(module, ["i32", "i32", "i32", "i32", "i32"], (f) => {
      const [to, toStride, from, fromStride, n] = [0, 1, 2, 3, 4];
      const other = f.local("i32");
      const [x, y] = [f.local("v128"), f.local("v128")];
      f.get(from).get(fromStride).op("i32.add").set(other);
      along(f, n, [from, other], (width) => {
        load(f, from, width).set(x);
        if (rows === 2) load(f, other, width).set(y);
        for (let lane = 0; lane < width; lane++) {
          f.get(to);
          if (rows === 2) lanesOf(f, x, y, lane as 0 | 1).memory("v128.store");
          else f.get(x).laneMemory("v128.store64_lane", 0, lane);
          advance(f, to, { local: toStride });
        }
      });
    });
  const [two, one] = [some(2), some(1)];
  return define(module, ["i32", "i32", "i32", "i32", "i32", "i32"], (f) => {
    const [to, toStride, from, fromStride, m, n] = [0, 1, 2, 3, 4, 5];
    const left = f.local("i32");
    f.get(m).i32(1).op("i32.shr_u").set(left);
    const apply = (part: Callable, rows: Width): void => {
      f.get(to).get(toStride).get(from).get(fromStride).get(n).call(part);
      advance(f, to, rows * SIZE);
      skipRows(f, from, fromStride, rows);
    };
    times(f, { local: left }, () => apply(two, 2));
    f.get(m).i32(1).op("i32.and");
    f.if(() => apply(one, 1));
  });
}

/** `(a, stride, n)`: replaces a square matrix by its symmetric part; the stride in bytes. */
export function symmetrize(module: ModuleBuilder): Callable {
  const twoRows = symmetrizeRows(module);
  return define(module, ["i32", "i32", "i32"], (f) => {
    const [a, stride, n] = [0, 1, 2];
    const pairs = f.local("i32");
    f.get(n).i32(1).op("i32.shr_u").set(pairs);
    times(f, { local: pairs }, () => {
      f.get(a).get(a).get(stride).get(n).call(twoRows);
      skipRows(f, a, stride, 2);
      advance(f, a, 2 * SIZE);
      f.get(n).i32(2).op("i32.sub").set(n);
    });
  });
}

/** `(row, column, stride, n)`: two rows and two columns that begin on the diagonal, n long. */
function symmetrizeRows(module: ModuleBuilder): Callable {
  return define(module, ["i32", "i32", "i32", "i32"], (f) => {
    const [row, column, stride, n] = [0, 1, 2, 3];
    const [lower, beside] = [f.local("i32"), f.local("i32")];
    const [x, y, u, v] = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")];
    const pairs = f.local("i32");
    /** Half the sum of what is on the stack. */
    const mean = (): FunctionBuilder => f.op("f64x2.add").f64x2(0.5).op("f64x2.mul");
    f.get(row).get(stride).op("i32.add").set(lower);
    f.get(n).i32(1).op("i32.shr_u").set(pairs);
    f.repeat({ local: pairs }, () => {
      // Two by two, and their mirror image.
      f.get(column).get(stride).op("i32.add").set(beside);
      load(f, column).set(u);
      load(f, beside).set(v);
      load(f, row);
      lanesOf(f, u, v, 0);
      mean().set(x);
      load(f, lower);
      lanesOf(f, u, v, 1);
      mean().set(y);
      store(f, row, 2, () => f.get(x));
      store(f, lower, 2, () => f.get(y));
      store(f, column, 2, () => lanesOf(f, x, y, 0));
      store(f, beside, 2, () => lanesOf(f, x, y, 1));
      for (const address of [row, lower]) advance(f, address, 2 * SIZE);
      skipRows(f, column, stride, 2);
    });
    f.get(n).i32(1).op("i32.and");
    f.if(() => {
      load(f, row, 1).set(x);
      load(f, lower, 1).set(y);
      load(f, column);
      lanesOf(f, x, y, 0);
      mean().set(u);
      store(f, column, 2, () => f.get(u));
      for (const [lane, address] of [row, lower].entries()) {
        f.get(address).get(u).laneMemory("v128.store64_lane", 0, lane);
      }
    });
  });
}
