/** @file Matrix products that take more than one block in each dimension, in every layout. */
import assert from "node:assert/strict";
import v8 from "node:v8";
import { assemble } from "../../../kernel/backends/wasm/assemble.ts";
import { blockOfTask } from "../../../kernel/backends/wasm/gemm/tasks.ts";
import { allocate, type TypedArray } from "../../../kernel/dtype.ts";
import type { DotDimension, DotKernel, LoopProgram } from "../../../kernel/loops/ir.ts";
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
    m: [{ extent: m, a: a[0], b: 0, out: out[0] }],
    n: [{ extent: n, a: 0, b: b[1], out: out[1] }],
    k: [{ extent: k, a: a[1], b: b[0], out: 0 }],
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

/** A dimension as an operand has it: how many steps of how many elements. */
interface Side {
  readonly strides: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** Draws from 0 to n − 1, always the same ones (a linear congruential generator, Numerical Recipes 7.1). */
function drawing(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Strides of a tensor whose axes lie in any order and direction, with gaps; `overlaps` lets some have no extent in it. */
function scatter(extents: readonly number[], draw: (n: number) => number, overlaps: boolean): Side {
  const order = extents.map((_, axis) => axis);
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const strides = extents.map(() => 0);
  let size = draw(4) === 0 ? 2 : 1;
  let offset = 0;
  for (const axis of order) {
    if (overlaps && draw(8) === 0) continue;
    const backwards = draw(6) === 0;
    strides[axis] = backwards ? -size : size;
    if (backwards) offset += size * Math.max(0, extents[axis] - 1);
    size *= Math.max(1, extents[axis]);
    if (draw(4) === 0) size += draw(5);
  }
  return { strides, offset, size: size + offset };
}

const MODES = [
  ["fused", true],
  ["strict", false],
] as const;

/** What is in the result's gaps before and after. */
const UNTOUCHED = 99;

/** Extents of the rows, the columns and the contraction, each of one loop or of several, and then of the batch. */
type Nested = number | readonly number[];
type Shape = readonly [m: Nested, n: Nested, k: Nested, ...batch: number[]];

const pointCount = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);

function requireRandomProduct(seed: number, dtype: "float32" | "float64", shape: Shape): void {
  const draw = drawing(seed);
  const [m, n, k] = shape.slice(0, 3).map((extents) => [extents].flat());
  const batch = shape.slice(3) as number[];
  const a = scatter([...batch, ...m, ...k], draw, true);
  const b = scatter([...batch, ...k, ...n], draw, true);
  // The result is even along all rows, and along all columns.
  const out = scatter([...batch, pointCount(m), pointCount(n)], draw, false);
  const at = batch.length;
  const strideOut = (extents: readonly number[], i: number, axis: number): number =>
    out.strides[axis] * pointCount(extents.slice(i + 1));
  const kernel: DotKernel = {
    kind: "dot",
    dtype,
    a: { buffer: 0, offset: a.offset },
    b: { buffer: 1, offset: b.offset },
    out: { buffer: 2, offset: out.offset },
    batch: batch.map((extent, i) => ({ extent, a: a.strides[i], b: b.strides[i], out: out.strides[i] })),
    m: m.map((extent, i) => ({ extent, a: a.strides[at + i], b: 0, out: strideOut(m, i, at) })),
    n: n.map((extent, i) => ({ extent, a: 0, b: b.strides[at + k.length + i], out: strideOut(n, i, at + 1) })),
    k: k.map((extent, i) => ({ extent, a: a.strides[at + m.length + i], b: b.strides[at + i], out: 0 })),
  };
  const [x, y] = [fill(dtype, a.size, seed), fill(dtype, b.size, seed + 3)];
  const before = allocate(dtype, out.size).fill(UNTOUCHED);
  const want = Float64Array.from(before);
  /** Where an operand is at each point of some loops, the last of which is the fastest. */
  const places = (dimensions: readonly DotDimension[], side: "a" | "b" | "out"): number[] =>
    dimensions.reduce(
      (sofar, { extent, [side]: stride }) =>
        sofar.flatMap((base) => Array.from({ length: extent }, (_, i) => base + i * stride)),
      [0],
    );
  const [batchA, batchB, batchOut] = (["a", "b", "out"] as const).map((side) => places(kernel.batch, side));
  const [rowsA, rowsOut] = [places(kernel.m, "a"), places(kernel.m, "out")];
  const [columnsB, columnsOut] = [places(kernel.n, "b"), places(kernel.n, "out")];
  const [innerA, innerB] = [places(kernel.k, "a"), places(kernel.k, "b")];
  for (const q of batchA.keys()) {
    for (const [r, rowA] of rowsA.entries()) {
      for (const [c, columnB] of columnsB.entries()) {
        const [fromA, fromB] = [a.offset + batchA[q] + rowA, b.offset + batchB[q] + columnB];
        let sum = 0;
        for (let l = 0; l < innerA.length; l++) sum += x[fromA + innerA[l]] * y[fromB + innerB[l]];
        want[out.offset + batchOut[q] + rowsOut[r] + columnsOut[c]] = sum;
      }
    }
  }
  const made = program(
    [
      [dtype, a.size],
      [dtype, b.size],
      [dtype, out.size],
    ],
    [0, 1, 2],
    [2],
    [kernel],
  );
  for (const [mode, fused] of MODES) {
    const [got] = assemble(made, { fused }).run([x, y, before]);
    // A product along one element is no sum: it may be −0.
    const values = Float64Array.from(got, (value) => value + 0);
    const wrong = values.findIndex((value, i) => value !== want[i]);
    if (wrong < 0) continue;
    assert.fail(
      `${mode} ${dtype} ${JSON.stringify(shape)} at ${wrong}: ${values[wrong]}, not ${want[wrong]}: ${JSON.stringify(kernel)}`,
    );
  }
}

suite("matrix products in WebAssembly", () => {
  suiteSetup(() => v8.setFlagsFromString("--experimental-wasm-relaxed-simd"));

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
    [1, 1100, 1010],
    [4, 1023, 270],
    [2, 4101, 40],
    [7, 20, 1500],
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
              for (const [, fused] of MODES) {
                const [got] = assemble(product(dtype, m, n, k, layout), { fused }).run([a, b]);
                // A product along one element is no sum: it may be −0.
                assert.deepEqual(
                  Float64Array.from(got, (value) => value + 0),
                  expected(a, b, m, n, k, layout),
                );
              }
            }
          }
        }
      });
    }
  }

  for (const dtype of ["float32", "float64"] as const) {
    test(`any strides and batches, ${dtype}`, () => {
      const extents = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 17, 24, 31, 33, 40, 65];
      for (let seed = 0; seed < 150; seed++) {
        const draw = drawing(seed);
        const pick = () => extents[draw(extents.length)];
        const batch = Array.from({ length: draw(3) }, () => 1 + draw(4));
        requireRandomProduct(seed, dtype, [pick(), pick(), pick(), ...batch]);
      }
    });

    test(`rows, columns and sums of several loops, ${dtype}`, () => {
      const extents = [1, 2, 3, 4, 5, 7, 8];
      for (let seed = 0; seed < 200; seed++) {
        const draw = drawing(seed);
        const nest = () => Array.from({ length: 1 + draw(3) }, () => extents[draw(extents.length)]);
        const batch = Array.from({ length: draw(2) }, () => 1 + draw(3));
        requireRandomProduct(seed, dtype, [nest(), nest(), nest(), ...batch]);
      }
    });

    test(`several loops, blocks and tasks, ${dtype}`, () => {
      const shapes: Shape[] = [
        [150, [9, 10], [4, 75]],
        [37, [30, 30], [31, 3, 3]],
        [[7, 100], 40, [5, 13]],
        [5, [20, 30], [8, 8, 8]],
        [
          [3, 3, 20],
          [12, 11],
          [16, 8],
        ],
        [24, [40, 31], [3, 5, 5], 3],
        [[4, 33], 130, 128, 2],
      ];
      for (const [i, shape] of shapes.entries()) {
        for (let seed = 0; seed < 4; seed++) requireRandomProduct(100 * i + seed, dtype, shape);
      }
    });

    test(`any strides, several blocks and tasks, ${dtype}`, () => {
      const shapes: Shape[] = [
        [150, 90, 300],
        [37, 530, 280],
        [700, 40, 65],
        [2, 700, 600],
        [5, 300, 520],
        [9, 1100, 300],
        [140, 130, 128, 3],
        [20, 30, 40, 9, 11],
      ];
      for (const [i, shape] of shapes.entries()) {
        for (let seed = 0; seed < 4; seed++) requireRandomProduct(100 * i + seed, dtype, shape);
      }
    });

    test(`nothing to add is zero, and nowhere to write is nothing, ${dtype}`, () => {
      const shapes: Shape[] = [
        [5, 6, 0],
        [0, 6, 7],
        [5, 0, 7],
        [1, 1, 0],
        [4, 8, 8, 0],
        [4, 8, 0, 2],
        [4, [2, 4], [3, 0]],
        [[3, 0], 8, [3, 2]],
      ];
      for (const shape of shapes) requireRandomProduct(1, dtype, shape);
    });
  }

  test("large products are divided, whatever their shape, and small ones are not", () => {
    const limits = { tileRows: 4, tileColumns: 8, price: { a: 1, b: 8 }, mostN: 512 };
    const tasks = (m: number, n: number, k: number) => {
      const side = (extent: number) => ({ extent, a: 0, b: 0, out: 0 });
      const operand = { buffer: { dtype: "float32", address: 0, size: 0 }, offset: 0 } as const;
      const matrices = { dtype: "float32", a: operand, b: operand, out: operand, batch: [] } as const;
      const { stepM, stepN } = blockOfTask({ ...matrices, m: side(m), n: side(n), k: side(k) }, limits);
      assert.ok(stepN <= 512 && (stepN === n || stepN % 8 === 0) && (stepM === m || stepM % 4 === 0));
      return Math.ceil(m / stepM) * Math.ceil(n / stepN);
    };
    assert.equal(tasks(64, 64, 64), 1);
    for (const [m, n, k] of [
      [512, 512, 512],
      [20, 600, 1e6],
      [1e5, 16, 64],
      [16, 1e5, 64],
      [2000, 2000, 2000],
    ]) {
      const count = tasks(m, n, k);
      assert.ok(count >= 8, `${m} × ${n}, ${k}: ${count}`);
    }
  });

  test("the error does not grow with the length of sums", () => {
    const k = 2 ** 17;
    const layout = { a: byRows(4, k), b: byRows(k, 8), out: byRows(4, 8) };
    const draw = drawing(7);
    const [a, b] = [4 * k, 8 * k].map((size) =>
      Float32Array.from({ length: size }, () => 0.5 + draw(2 ** 20) / 2 ** 20),
    );
    const want = expected(a, b, 4, 8, k, layout);
    for (const [, fused] of MODES) {
      const [got] = assemble(product("float32", 4, 8, k, layout), { fused }).run([a, b]);
      // One running sum would be off by some hundred units in the last place.
      for (const [i, value] of got.entries()) assert.ok(Math.abs(value / want[i] - 1) < 16 * 2 ** -24, `${value}`);
    }
  });

  test("a fused product is rounded once", () => {
    // (1 + ε)² − 1 − 2ε = ε², of which rounding the square first leaves nothing.
    const [m, n, k] = [4, 8, 2];
    const layout = { a: byRows(m, k), b: byRows(k, n), out: byRows(m, n) };
    const e = 2 ** -20;
    const a = Float32Array.from({ length: m * k }, (_, i) => (i % k === 0 ? -1 - 2 * e : 1 + e));
    const b = Float32Array.from({ length: k * n }, (_, i) => (i < n ? 1 : 1 + e));
    const made = product("float32", m, n, k, layout);
    const of = (fused: boolean) => [...new Set(assemble(made, { fused }).run([a, b])[0])];
    assert.deepEqual(of(false), [0]);
    assert.deepEqual(of(true), [e * e]);
  });
});
