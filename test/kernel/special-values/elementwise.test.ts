/**
 * @file Elementwise functions at special values, on both backends: signed zeros, subnormal and huge numbers, infinities and
 * NaN against NumPy and SciPy (see generate.py), and both derivatives where they are finite.
 */
import assert from "node:assert/strict";
import * as kernel from "../../../kernel/index.ts";
import { type DType, jacfwd, jacrev, type Tensor, tensor } from "../../../kernel/index.ts";
import { on, testEach } from "../support/backends.ts";
import golden from "./golden.json" with { type: "json" };

type Written = readonly (number | string)[];
type Elementwise = (...args: Tensor[]) => Tensor;

const read = (values: Written): Float64Array => Float64Array.from(values, Number);
const functionOf = (name: string): Elementwise => (kernel as unknown as Record<string, Elementwise>)[name];

/** Within a few units in the last place of the type; infinities and NaN exactly, the sign of a zero where it is asked for. */
function requireSame(what: string, dtype: DType, got: number, expected: number, signed: boolean): void {
  const same = signed ? Object.is(got, expected) : Object.is(got, expected) || got === expected;
  if (same) return;
  const [relative, smallest] = dtype === "float32" ? [4e-6, 2 ** -149] : [4e-13, 2 ** -1074];
  const near = Math.abs(got - expected) <= relative * Math.abs(expected) + 4 * smallest;
  assert.ok(
    near && !(expected === 0 && signed) && Number.isFinite(expected),
    `${what} is ${got}, expected ${expected}`,
  );
}

/** Where a zero's sign comes from a sum or a comparison, it is not part of the promise. */
const UNSIGNED = new Set([
  "logaddexp",
  "logSigmoid",
  "lgamma",
  "sinc",
  "fmod",
  "remainder",
  "maximum",
  "minimum",
  "pow",
  "relu",
  "add",
  "sub",
  "hypot",
  "xlogy",
  "log2",
  "acos",
  "logit",
  "neg",
  "sign",
  "erfinv",
  "mul",
  "abs",
]);

suite("special values of elementwise functions", () => {
  for (const [name, byType] of Object.entries(golden.unary)) {
    testEach(`${name}: zeros, subnormal and huge numbers, infinities, NaN`, () => {
      for (const [dtype, columns] of Object.entries(byType) as [DType, Written[]][]) {
        const [x, expected] = columns.map(read);
        const got = functionOf(name)(tensor(x, { dtype })).dataSync();
        // Alone too: a vector's lanes and the code for single entries must agree.
        x.forEach((value, i) => {
          requireSame(`${name}(${value}) in ${dtype}`, dtype, got[i], expected[i], !UNSIGNED.has(name));
          const alone = functionOf(name)(tensor(value, { dtype })).item();
          assert.ok(
            Object.is(alone, got[i]) || alone === got[i],
            `${name}(${value}) alone is ${alone}, else ${got[i]}`,
          );
        });
      }
    });
  }

  for (const [name, columns] of Object.entries(golden.binary)) {
    testEach(`${name}: all pairs of special values`, () => {
      const [x, y, expected] = columns.map(read);
      for (const dtype of ["float64", "float32"] as const) {
        const got = functionOf(name)(tensor(x, { dtype }), tensor(y, { dtype })).dataSync();
        expected.forEach((value, i) => {
          const wanted = dtype === "float32" ? Math.fround(value) : value;
          requireSame(`${name}(${x[i]}, ${y[i]}) in ${dtype}`, dtype, got[i], wanted, !UNSIGNED.has(name));
        });
      }
    });
  }

  for (const [name, rows] of Object.entries(golden.derivatives) as [string, number[][]][]) {
    test(`${name}: first and second derivative in both modes`, () => {
      const f = functionOf(name);
      const points = tensor(
        Float64Array.from(rows, ([x]) => x),
        { dtype: "float64" },
      );
      const total =
        (g: Elementwise): Elementwise =>
        (x) =>
          g(x).sum();
      for (const backend of ["wasm", "reference"] as const) {
        on(backend, () => {
          for (const outer of [jacfwd, jacrev]) {
            for (const inner of [jacfwd, jacrev]) {
              const slope = inner(total(f)) as Elementwise;
              const [first, second] = [slope(points), (outer(total(slope)) as Elementwise)(points)];
              rows.forEach(([x, d1, d2], i) => {
                for (const [order, got, expected] of [
                  [1, first, d1],
                  [2, second, d2],
                ] as const) {
                  const value = got.dataSync()[i];
                  const near = Math.abs(value - expected) <= 1e-9 * Math.abs(expected) + 1e-13;
                  assert.ok(
                    near,
                    `${outer.name} of ${inner.name} of ${name}, order ${order} at ${x}: ${value}, expected ${expected}`,
                  );
                }
              });
            }
          }
        });
      }
    });
  }
});
