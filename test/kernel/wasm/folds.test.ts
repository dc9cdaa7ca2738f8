/** @file Folds of zeros, infinities and NaN, and folds down the columns of matrices that are larger than a strip. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { allocate, type DType, type TypedArray } from "../../../kernel/dtype.ts";
import type { ReduceKernel, ReduceOp } from "../../../kernel/loops/ir.ts";
import { accumulator, at, binary, load, program, rowMajor } from "./build.ts";
import { interpret } from "./interpret.ts";
import { assertClose } from "./tolerance.ts";

const FLOATS = ["float32", "float64"] as const;
const EXTREMES = ["max", "min"] as const;

/** What kernel and interpreter give for `x`; both are the same bits. */
function check(kernel: Omit<ReduceKernel, "kind" | "stores">, x: TypedArray, describe: string): void {
  const { dtype } = kernel.value;
  const size = kernel.extents.reduce((product, extent) => product * extent, 1);
  const stores = [{ buffer: 1, index: at(rowMajor(kernel.extents)), value: accumulator(dtype) }];
  const p = program(
    [
      [dtype, x.length],
      [dtype, size],
    ],
    [0],
    [1],
    [{ kind: "reduce", ...kernel, stores }],
  );
  assertClose(assemble(p).run([x])[0], interpret(p, [x])[0], 0, (i) => `${describe}, ${i}`);
}

/** Along rows, along columns, and all of a matrix. */
function checkMatrix(op: ReduceOp, dtype: DType, [rows, columns]: readonly number[], x: TypedArray): void {
  const value = load(dtype, 0, at([columns, 1]));
  const transposed = load(dtype, 0, at([1, columns]));
  const describe = `${op} of ${rows}×${columns} ${dtype}`;
  check({ op, extents: [rows], reduceExtents: [columns], value }, x, `${describe} along rows`);
  check({ op, extents: [columns], reduceExtents: [rows], value: transposed }, x, `${describe} along columns`);
  check({ op, extents: [], reduceExtents: [rows, columns], value }, x, describe);
}

suite("folds in WebAssembly", () => {
  test("the largest and smallest of zeros of both signs, infinities and NaN", () => {
    const entries = [
      [0, -0],
      [-0],
      [0, -0, -1],
      [0, -0, 1],
      [-0, -0, -0, -0, -0, -0, 0],
      [1, 2, 3, 4, 5, 6, 7, Number.NaN],
      [-1, Number.NEGATIVE_INFINITY],
      [1, Number.POSITIVE_INFINITY, Number.NaN, -0, -0, -0, -0],
      [Number.NEGATIVE_INFINITY],
      [Number.POSITIVE_INFINITY],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...EXTREMES),
        fc.constantFrom(...FLOATS),
        fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 })),
        fc.constantFrom(...entries),
        fc.nat(),
        (op, dtype, shape, from, seed) => {
          const x = allocate(dtype, shape[0] * shape[1]);
          for (const i of x.keys()) x[i] = from[(Math.imul(i + seed, 2654435761) >>> 16) % from.length];
          checkMatrix(op, dtype, shape, x);
        },
      ),
      { numRuns: 120 },
    );
  });

  test("one NaN, wherever it is and whatever its sign", () => {
    for (const dtype of FLOATS)
      for (const op of EXTREMES)
        for (let place = 0; place < 73; place++) {
          const x = allocate(dtype, 73).map((_, i) => i - 30);
          const bytes = new Uint8Array(x.buffer);
          x[place] = Number.NaN;
          // The sign of a NaN is the highest bit.
          bytes[(place + 1) * x.BYTES_PER_ELEMENT - 1] ^= place % 2 === 0 ? 0x80 : 0;
          check({ op, extents: [], reduceExtents: [73], value: load(dtype, 0, at([1])) }, x, `${place}`);
        }
  });

  test("down columns in strips, of every width and height", () => {
    const OPS: readonly ReduceOp[] = ["sum", "max", "min", "prod"];
    fc.assert(
      fc.property(
        fc.constantFrom(...OPS),
        fc.constantFrom<DType>("float32", "float64", "int32", "bool"),
        fc.integer({ min: 60, max: 150 }),
        fc.oneof(fc.integer({ min: 60, max: 140 }), fc.integer({ min: 250, max: 600 })),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (op, dtype, rows, columns, matrices, isSwapped) => {
          // Small integers: sums are exact, and so are products of ±1.
          const data = (size: number) =>
            allocate(dtype, size).map((_, i) => {
              const value = Math.imul(i + 7, 2654435761) >>> 24;
              if (dtype === "bool") return value & 1;
              return op === "prod" ? 1 - 2 * (value & 1) : (value % 9) - 4;
            });
          const extents = isSwapped ? [columns, matrices] : [matrices, columns];
          const strides = [rows * columns, 1];
          const ordered = isSwapped ? strides.toReversed() : strides;
          const inner = load(dtype, 0, at([...ordered, columns]));
          // One weight for each row and one offset for each column.
          const weighted =
            dtype === "bool" || op === "prod"
              ? inner
              : binary(
                  "sub",
                  binary("mul", inner, load(dtype, 1, at([0, 0, 1]))),
                  load(dtype, 2, at(isSwapped ? [1, 0, 0] : [0, 1, 0])),
                );
          const index = at(isSwapped ? [1, columns] : [columns, 1]);
          const sizes = [matrices * rows * columns, rows, columns];
          const finished =
            op === "prod" || dtype === "bool"
              ? accumulator(dtype)
              : binary("sub", accumulator(dtype), load(dtype, 2, at(isSwapped ? [1, 0] : [0, 1])));
          const p = program(
            [...sizes, matrices * columns].map((size) => [dtype, size]),
            [0, 1, 2],
            [3],
            [
              {
                kind: "reduce",
                op,
                extents,
                reduceExtents: [rows],
                value: weighted,
                stores: [{ buffer: 3, index, value: finished }],
              },
            ],
          );
          const inputs = sizes.map(data);
          assertClose(assemble(p).run(inputs)[0], interpret(p, inputs)[0], 0, String);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a sum down columns does not err more with the number of rows", () => {
    const columns = 64;
    const errorOf = (rows: number): number => {
      const x = Float32Array.from({ length: rows * columns }, (_, i) => 1 + (Math.imul(i, 2654435761) >>> 8) / 2 ** 24);
      const exact = new Float64Array(columns);
      for (const [i, value] of x.entries()) exact[i % columns] += value;
      const p = program(
        [
          ["float32", x.length],
          ["float32", columns],
        ],
        [0],
        [1],
        [
          {
            kind: "reduce",
            op: "sum",
            extents: [columns],
            reduceExtents: [rows],
            value: load("float32", 0, at([1, columns])),
            stores: [{ buffer: 1, index: at([1]), value: accumulator("float32") }],
          },
        ],
      );
      const [got] = assemble(p).run([x]);
      return Math.max(...exact.map((value, i) => Math.abs(got[i] - value) / value));
    };
    assert.ok(errorOf(200_000) < 1.2e-7);
    assert.ok(errorOf(200) < 1.2e-7);
  });
});
