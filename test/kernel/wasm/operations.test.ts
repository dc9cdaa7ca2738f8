/** @file Every function of the loop IR, in every element type, in vectors and in their tails, against the oracle. */
import assert from "node:assert/strict";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { hasVectorFunction } from "../../../kernel/backends/wasm/math/table.ts";
import type { DType, TypedArray } from "../../../kernel/dtype.ts";
import { allocate } from "../../../kernel/dtype.ts";
import type { BinaryFn, Expr, UnaryFn } from "../../../kernel/loops/ir.ts";
import { binaryFunctions, unaryFunctions } from "../../../kernel/loops/scalar.ts";
import { at, binary, cast, constant, load, program, select, unary } from "./build.ts";
import { interpret } from "./interpret.ts";
import { assertClose } from "./tolerance.ts";

const DTYPES: readonly DType[] = ["float32", "float64", "int32", "bool"];
const SIZES = [1, 3, 4, 5, 7, 8, 17, 70];

const SPECIAL: Record<DType, readonly number[]> = {
  float32: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    -1.5,
    3,
    -3,
    7.25,
    0.1,
    -0.1,
    1e-30,
    -1e-30,
    1e30,
    -1e30,
    1e-42,
    -1e-42,
    Infinity,
    -Infinity,
    NaN,
    2 ** 31,
    -(2 ** 31),
    100.7,
    -100.7,
    16777217,
    0.9999999,
    20,
    -20,
    90,
    -90,
  ],
  float64: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    -1.5,
    3,
    -3,
    7.25,
    0.1,
    -0.1,
    1e-300,
    -1e-300,
    1e300,
    -1e300,
    5e-324,
    Infinity,
    -Infinity,
    NaN,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    100.7,
    -100.7,
    1e-20,
    0.9999999,
    20,
    -20,
    700,
    -700,
  ],
  int32: [0, 1, -1, 2, -2, 3, -3, 7, -7, 100, -100, 2 ** 31 - 1, -(2 ** 31), 65536, 46341, -46341, 1 - 2 ** 31],
  bool: [0, 1, 1, 0, 0, 0, 1],
};

function cyclic(dtype: DType, size: number, step = 1, first = 0): TypedArray {
  const values = SPECIAL[dtype];
  return allocate(dtype, size).map((_, i) => values[(first + i * step) % values.length]);
}

/** One map kernel `value` over arrays of `types`. */
function check(types: readonly DType[], value: (loads: Expr[]) => Expr, inputs: TypedArray[], ulps = 0): void {
  const size = inputs[0].length;
  const expr = value(types.map((dtype, i) => load(dtype, i, at([1]))));
  const p = program(
    [...types, expr.dtype].map((dtype) => [dtype, size]),
    types.map((_, i) => i),
    [types.length],
    [{ kind: "map", extents: [size], stores: [{ buffer: types.length, index: at([1]), value: expr }] }],
  );
  const [got] = assemble(p).run(inputs);
  const [wanted] = interpret(p, inputs);
  assertClose(got, wanted, ulps, (i) => `${inputs.map((input) => input[i])}`);
}

const unaryNames = Object.keys(unaryFunctions) as UnaryFn[];
const binaryNames = Object.keys(binaryFunctions) as BinaryFn[];

const OF_BOOL = new Set<string>([
  ...["not", "isNaN", "isFinite", "abs", "sign", "floor", "ceil", "round", "trunc", "sqrt"],
  ...["max", "min", "mul", "eq", "ne", "lt", "le", "gt", "ge", "and", "or"],
]);

/** How many units in the last place a function may be off: none but where it has code of ours. */
const allowed = (fn: UnaryFn | BinaryFn, dtype: DType): number => (hasVectorFunction(fn, dtype) ? 2 : 0);

suite("functions in WebAssembly", () => {
  for (const dtype of DTYPES) {
    for (const fn of unaryNames) {
      if (dtype === "bool" && !OF_BOOL.has(fn)) continue;
      test(`${fn} of ${dtype}`, () => {
        const ulps = allowed(fn, dtype);
        for (const size of SIZES) {
          for (const first of [0, 13]) check([dtype], ([x]) => unary(fn, x), [cyclic(dtype, size, 1, first)], ulps);
        }
      });
    }
    for (const fn of binaryNames) {
      if (dtype === "bool" && !OF_BOOL.has(fn)) continue;
      // Truncation of a quotient is the compiler's affair elsewhere; here int32 division is defined.
      test(`${fn} of ${dtype}`, () => {
        const ulps = allowed(fn, dtype);
        const count = SPECIAL[dtype].length;
        // All pairs of special values, in vectors.
        const size = count * count;
        const x = allocate(dtype, size).map((_, i) => SPECIAL[dtype][i % count]);
        const y = allocate(dtype, size).map((_, i) => SPECIAL[dtype][Math.floor(i / count)]);
        check([dtype, dtype], ([a, b]) => binary(fn, a, b), [x, y], ulps);
        for (const n of SIZES) {
          check([dtype, dtype], ([a, b]) => binary(fn, a, b), [cyclic(dtype, n), cyclic(dtype, n, 5, 3)], ulps);
        }
      });
    }
    for (const to of DTYPES) {
      test(`cast from ${dtype} to ${to}`, () => {
        for (const size of SIZES) check([dtype], ([x]) => cast(to, x), [cyclic(dtype, size)]);
      });
      test(`${to} selected by a comparison of ${dtype}`, () => {
        for (const size of SIZES) {
          check([dtype, dtype, to, to], ([a, b, yes, no]) => select(binary("le", a, b), yes, no), [
            cyclic(dtype, size),
            cyclic(dtype, size, 5),
            cyclic(to, size),
            cyclic(to, size, 3, 2),
          ]);
        }
      });
    }
  }

  test("a tail is bit-identical to the same values inside a vector", () => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const fn of [...unaryNames, ...binaryNames]) {
        if (!hasVectorFunction(fn, dtype)) continue;
        const isBinary = fn in binaryFunctions;
        const run = (values: readonly number[]): TypedArray => {
          const x = load(dtype, 0, at([1]));
          const size = values.length;
          const p = program(
            [
              [dtype, size],
              [dtype, size],
            ],
            [0],
            [1],
            [
              {
                kind: "map",
                extents: [size],
                stores: [
                  {
                    buffer: 1,
                    index: at([1]),
                    value: isBinary ? binary(fn as BinaryFn, x, constant(dtype, 1.7)) : unary(fn as UnaryFn, x),
                  },
                ],
              },
            ],
          );
          const input = allocate(dtype, size);
          input.set(values);
          return assemble(p).run([input])[0];
        };
        const values = Array.from({ length: 200 }, (_, i) => Math.tan(i) * 3);
        const single = allocate(dtype, values.length).map((_, i) => run([values[i]])[0]);
        assert.deepEqual(run(values), single, `${fn} of ${dtype}`);
      }
    }
  });
});
