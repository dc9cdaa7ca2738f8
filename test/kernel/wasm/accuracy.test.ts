/** @file How near generated code comes to the exact result: functions by a sweep over all magnitudes, and long sums. */
import assert from "node:assert/strict";
import v8 from "node:v8";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import {
  arityOf,
  BLOCK,
  compare,
  compiled,
  FUNCTIONS,
  fillBits,
  fillPairs,
  nothingMeasured,
  reference,
  SPECIAL,
  type VectorFn,
  type Worst,
} from "../accuracy/float32.ts";
import { accumulator, at, load, program } from "./build.ts";

/** Largest distance from the exact value, in units in the last place, and at every how many float32 that is tried. */
const LIMIT = 2;
const EVERY = 4099;
const PAIRS = 300_000;

function measure(fn: VectorFn, fused: boolean): Worst {
  const code = compiled(fn, fused);
  const exact = reference(fn);
  const pairs = arityOf(fn) === 2;
  const args = Array.from({ length: arityOf(fn) }, () => new Float32Array(BLOCK));
  const [x, y = x] = args;
  const worst = nothingMeasured();
  for (let first = 0; first < (pairs ? PAIRS : 2 ** 32 / EVERY); first += BLOCK) {
    if (pairs) fillPairs(x, y, first);
    else fillBits(x, first * EVERY, EVERY);
    compare(
      worst,
      code(...args),
      Float64Array.from(x, (value, i) => exact(value, y[i])),
      args,
    );
  }
  return worst;
}

suite("accuracy of WebAssembly", () => {
  // Fused code needs relaxed SIMD, which Node 20 has behind this flag.
  suiteSetup(() => v8.setFlagsFromString("--experimental-wasm-relaxed-simd"));

  for (const fused of [false, true]) {
    const mode = fused ? "fused" : "strict";
    for (const fn of FUNCTIONS) {
      test(`${fn} of float32 is at most ${LIMIT} ulp off, ${mode}`, () => {
        const { ulps, args, wrong, wrongArgs } = measure(fn, fused);
        assert.equal(wrong, 0, `${fn}(${wrongArgs.join(", ")}) should be another of NaN, ±∞ and ±0`);
        assert.ok(ulps >= 0.4 && ulps <= LIMIT, `${fn}(${args.join(", ")}) is ${ulps} ulp off`);
      });
    }

    test(`values that float32 can hold come out bit for bit, ${mode}`, () => {
      for (const fn of FUNCTIONS.filter((each) => arityOf(each) === 1)) {
        const x = Float32Array.from({ length: BLOCK }, (_, i) => SPECIAL[i % SPECIAL.length]);
        const got = compiled(fn, fused)(x);
        for (let i = 0; i < SPECIAL.length; i++) {
          const wanted = reference(fn)(x[i], 0);
          if (!Object.is(Math.fround(wanted), wanted)) continue;
          assert.ok(Object.is(got[i], wanted), `${fn}(${x[i]}): got ${got[i]}, wanted ${wanted}`);
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
