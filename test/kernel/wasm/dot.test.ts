/** @file Matrix products that take more than one block in each dimension, in every layout. */
import assert from "node:assert/strict";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { allocate, type TypedArray } from "../../../kernel/dtype.ts";
import type { DotKernel, LoopProgram } from "../../../kernel/loops/ir.ts";
import { program } from "./build.ts";

interface Layout {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  readonly out: readonly [number, number];
}

/** Element strides of an r × c matrix by rows or by columns. */
const byRows = (_rows: number, columns: number) => [columns, 1] as const;
const byColumns = (rows: number, _columns: number) => [1, rows] as const;

function product(dtype: "float32" | "float64", m: number, n: number, k: number, { a, b, out }: Layout): LoopProgram {
  const kernel: DotKernel = {
    kind: "dot",
    dtype,
    a: { buffer: 0, offset: 0 },
    b: { buffer: 1, offset: 0 },
    out: { buffer: 2, offset: 0 },
    batch: [],
    m: { extent: m, a: a[0], b: 0, out: out[0] },
    n: { extent: n, a: 0, b: b[1], out: out[1] },
    k: { extent: k, a: a[1], b: b[0], out: 0 },
  };
  return program(
    [
      [dtype, m * k],
      [dtype, k * n],
      [dtype, m * n],
    ],
    [0, 1],
    [2],
    [kernel],
  );
}

/** Small integers, so that every sum is exact. */
const fill = (dtype: "float32" | "float64", size: number, seed: number): TypedArray =>
  allocate(dtype, size).map((_, i) => ((Math.imul(i + seed, 2654435761) >>> 20) % 7) - 3);

function expected(a: TypedArray, b: TypedArray, m: number, n: number, k: number, layout: Layout): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const x = a[i * layout.a[0] + l * layout.a[1]];
      for (let j = 0; j < n; j++) {
        out[i * layout.out[0] + j * layout.out[1]] += x * b[l * layout.b[0] + j * layout.b[1]];
      }
    }
  }
  return out;
}

suite("matrix products in WebAssembly", () => {
  const sizes = [
    [130, 1100, 5],
    [37, 50, 600],
    [261, 19, 513],
    [64, 64, 64],
    [1, 1030, 30],
    [1030, 1, 30],
    [2, 40, 300],
    [300, 3, 40],
    [3, 300, 40],
    [5, 9, 1],
  ] as const;
  for (const dtype of ["float32", "float64"] as const) {
    for (const [m, n, k] of sizes) {
      test(`${m} × ${k} by ${k} × ${n}, ${dtype}`, () => {
        for (const ofA of [byRows, byColumns]) {
          for (const ofB of [byRows, byColumns]) {
            for (const ofOut of [byRows, byColumns]) {
              const layout = { a: ofA(m, k), b: ofB(k, n), out: ofOut(m, n) };
              const [a, b] = [fill(dtype, m * k, 1), fill(dtype, k * n, 5)];
              const [got] = assemble(product(dtype, m, n, k, layout)).run([a, b]);
              // A product along one element is no sum: it may be −0.
              assert.deepEqual(
                Float64Array.from(got, (value) => value + 0),
                expected(a, b, m, n, k, layout),
              );
            }
          }
        }
      });
    }
  }
});
