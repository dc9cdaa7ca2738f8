/**
 * @file Reductions at the speed of memory. Sums of float32 are carried on in float64 after each block, so that they do not
 * get less exact with length.
 */
import { advance, f32, f32x4, f64, i32, loop, Module, v128 } from "./assembler.js";
import { exp } from "./functions.js";

/** Sums in registers, enough to hide an addition's latency. */
const CHAINS = 8;
const WIDTH = CHAINS * 16;
/** Bytes that are summed in float32 (a power of two above `WIDTH`). */
const BLOCK = 4096;
/** Rows added at once where columns are summed. */
const ROWS = 8;

/** @typedef {import("./assembler.js").Code} Code @typedef {import("./assembler.js").Local} Local */

/** Pairs joined until one is left. @param {(a: Code, b: Code) => Code} join @param {readonly Code[]} values @returns {Code} */
const joined = (join, values) =>
  values.length === 1
    ? values[0]
    : joined(
        join,
        Array.from({ length: values.length / 2 }, (_, i) => join(values[2 * i], values[2 * i + 1])),
      );

/** The four lanes of a vector as one number. @param {(a: Code, b: Code) => Code} join @param {Local} vector */
const across = (join, vector) =>
  joined(
    join,
    [0, 1, 2, 3].map((lane) => f32x4.lane(vector, lane)),
  );

const chains = (/** @type {(type: "v128") => Local} */ local, count = CHAINS) =>
  Array.from({ length: count }, () => local("v128"));

/** `run(x, out, end of x)`: the largest entry as a float32. */
export function max() {
  const module = new Module();
  module.define("run", ["i32", "i32", "i32"], ([x, out, end], local) => {
    const best = chains(local);
    return [
      ...best.map((each, i) => each.set(v128.load(x, i * 16))),
      loop(x, WIDTH, end, ...best.map((each, i) => each.set(f32x4.pmax(each, v128.load(x, i * 16))))),
      best[0].set(joined(f32x4.pmax, best)),
      f32.store(out, across(f32.max, best[0])),
    ];
  });
  return module;
}

/**
 * `run(x, out, end of x)`: the sum of `term` of each entry as a float64.
 * @param {(value: Code, local: (type: "v128") => Local, out: Local) => Code} term
 */
function sumOf(term) {
  const module = new Module();
  module.define("run", ["i32", "i32", "i32"], ([x, out, end], local) => {
    const sums = chains(local);
    const [stop, value] = [local("i32"), local("v128")];
    const total = local("f64");
    return [
      total.set(f64.const(0)),
      loop(
        x,
        0,
        end,
        ...sums.map((each) => each.set(f32x4.const(0))),
        stop.set(i32.add(x, i32.const(BLOCK))),
        loop(
          x,
          WIDTH,
          stop,
          ...sums.map((each, i) => [
            ...value.set(v128.load(x, i * 16)),
            ...each.set(f32x4.add(each, term(value, local, out))),
          ]),
        ),
        sums[0].set(joined(f32x4.add, sums)),
        total.set(f64.add(total, f64.ofF32(across(f32.add, sums[0])))),
      ),
      f64.store(out, total),
    ];
  });
  return module;
}

export const sum = () => sumOf((value) => value);

/** Of exp(x − m), where m, the largest entry, stands at `out`. @param {boolean} fused */
export const sumOfExp = (fused) => {
  /** @type {{ x: Local, n: Local } | undefined} */
  let by;
  return sumOf((value, local, out) => {
    by ??= { x: local("v128"), n: local("v128") };
    return exp(f32x4.sub(value, v128.load32Splat(out)), { ...by, fused });
  });
};

/** `run(x, out, end of out)`: the sum of each row of so many columns. @param {number} columns */
export function sumOfRows(columns) {
  const module = new Module();
  module.define("run", ["i32", "i32", "i32"], ([x, out, end], local) => {
    const sums = chains(local, 4);
    const stop = local("i32");
    return [
      loop(
        out,
        4,
        end,
        ...sums.map((each) => each.set(f32x4.const(0))),
        stop.set(i32.add(x, i32.const(4 * columns))),
        loop(x, 64, stop, ...sums.map((each, i) => each.set(f32x4.add(each, v128.load(x, i * 16))))),
        sums[0].set(joined(f32x4.add, sums)),
        f32.store(out, across(f32.add, sums[0])),
      ),
    ];
  });
  return module;
}

/** `run(x, out, end of x)`: the sum of each column; the sums so far stay in the nearest cache. @param {number} columns */
export function sumOfColumns(columns) {
  const row = 4 * columns;
  const module = new Module();
  module.define("run", ["i32", "i32", "i32"], ([x, out, end], local) => {
    const [at, stop, value] = [local("i32"), local("i32"), local("v128")];
    const lines = Array.from({ length: ROWS }, (_, i) => v128.load(x, i * row));
    return [
      at.set(out),
      stop.set(i32.add(out, i32.const(row))),
      loop(at, 16, stop, v128.store(at, f32x4.const(0))),
      loop(
        x,
        (ROWS - 1) * row,
        end,
        at.set(out),
        loop(
          at,
          16,
          stop,
          value.set(joined(f32x4.add, lines)),
          v128.store(at, f32x4.add(v128.load(at), value)),
          advance(x, 16),
        ),
      ),
    ];
  });
  return module;
}
