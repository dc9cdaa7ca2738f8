/** @file How near generated code comes to the exact result: functions by a sweep over all magnitudes, and long sums. */
import assert from "node:assert/strict";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import type { TypedArray } from "../../../kernel/dtype.ts";
import type { UnaryFn } from "../../../kernel/loops/ir.ts";
import { unaryFunctions } from "../../../kernel/loops/scalar.ts";
import { accumulator, at, load, program, unary } from "./build.ts";
import { ulpsApart } from "./tolerance.ts";

/** Largest distance, in float32 steps, from the exactly rounded result. */
const BOUNDS: Partial<Record<UnaryFn, number>> = {
  exp: 1,
  log: 1,
  log1p: 1,
  expm1: 2,
  sigmoid: 2,
  tanh: 2,
  sin: 2,
  cos: 2,
};

function image(fn: UnaryFn, values: Float32Array): TypedArray {
  const p = program(
    [
      ["float32", values.length],
      ["float32", values.length],
    ],
    [0],
    [1],
    [
      {
        kind: "map",
        extents: [values.length],
        stores: [{ buffer: 1, index: at([1]), value: unary(fn, load("float32", 0, at([1]))) }],
      },
    ],
  );
  return assemble(p).run([values])[0];
}

/** Every float32 whose bits are a multiple of `step`: all signs and exponents, denormals, infinities and NaN. */
function everyFloat(step: number): Float32Array {
  const bits = Int32Array.from({ length: Math.floor(2 ** 32 / step) }, (_, i) => (i * step) | 0);
  return new Float32Array(bits.buffer);
}

suite("accuracy of WebAssembly", () => {
  for (const [name, bound] of Object.entries(BOUNDS)) {
    const fn = name as UnaryFn;
    test(`${fn} of float32 is at most ${bound} steps off`, () => {
      // A prime step, so that the low bits vary.
      const x = everyFloat(8191);
      const got = image(fn, x);
      for (let i = 0; i < x.length; i++) {
        const wanted = Math.fround(unaryFunctions[fn](x[i]));
        const apart = ulpsApart(got, got[i], wanted);
        if (apart > bound || (wanted === 0 && !Object.is(got[i], wanted))) {
          assert.fail(`${fn}(${x[i]}): got ${got[i]}, wanted ${wanted} (${apart} steps)`);
        }
      }
    });
  }

  test("a sum of ten million float32 errs by less than 1e-6", () => {
    const size = 10_000_000;
    const total = (extents: number[], reduceExtents: number[], strides: number[], values: Float32Array): number => {
      const kept = extents[0] ?? 1;
      const p = program(
        [
          ["float32", size],
          ["float32", kept],
        ],
        [0],
        [1],
        [
          {
            kind: "reduce",
            op: "sum",
            extents,
            reduceExtents,
            value: load("float32", 0, at(strides)),
            stores: [{ buffer: 1, index: at(extents.map(() => 1)), value: accumulator("float32") }],
          },
        ],
      );
      return Array.from(assemble(p).run([values])[0]).reduce((sum, entry) => sum + entry, 0);
    };
    const near = (got: number, wanted: number) =>
      assert.ok(Math.abs(got / wanted - 1) < 1e-6, `got ${got}, wanted ${wanted}`);
    for (const value of [(_: number) => 0.1, (i: number) => Math.abs(Math.sin(i))]) {
      const values = Float32Array.from({ length: size }, (_, i) => value(i));
      const exact = values.reduce((sum, entry) => sum + entry, 0);
      near(total([], [size], [1], values), exact);
      // Along rows and along columns of a matrix of ten columns.
      near(total([10], [size / 10], [size / 10, 1], values), exact);
      near(total([10], [size / 10], [1, 10], values), exact);
    }
  });
});
