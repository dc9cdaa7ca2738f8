/** @file Structured Jacobians of random compositions: every reading agrees with the Jacobian of the plain composition. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, jacobian, type Tensor, take, tensor } from "../../../kernel/index.ts";
import { sizeOf } from "../../../kernel/shape.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

type Step = (x: Tensor, choice: number) => Tensor;

/** All keep matrices matrices, with at least one entry. */
const steps: readonly Step[] = [
  (x) => x.tanh(),
  (x) => x.transpose(),
  (x, c) => x.flip(c % 2),
  (x, c) => (x.shape[c % 2] > 1 ? x.slice(c % 2, 1) : x),
  (x, c) => x.slice(c % 2, 0, x.shape[c % 2], 2),
  (x, c) => x.roll(1, c % 2),
  (x, c) =>
    x.pad([
      [c % 2, 1],
      [0, c % 3],
    ]),
  (x, c) => x.reshape(c % 2 ? [x.size, 1] : [1, x.size]),
  (x, c) => concat([x, x.sin()], c % 2),
  (x, c) =>
    take(
      x,
      tensor(
        Array.from({ length: 3 }, (_, i) => (c + 5 * i) % x.shape[c % 2]),
        { dtype: "int32" },
      ),
      c % 2,
    ),
  (x, c) => x.sum(c % 2, { keepDims: true }).mul(x),
  (x, c) => x.mul(x.at(c % x.shape[0])),
  (x, c) => x.matmul(data([x.shape[1], 1 + (c % 3)], { seed: c })),
  (x, c) => x.add(x.flip(c % 2).cos()),
];

const programs = fc.array(fc.tuple(fc.nat({ max: steps.length - 1 }), fc.nat({ max: 11 })), {
  minLength: 1,
  maxLength: 5,
});

/** Too large to be worth comparing. */
const MOST_ENTRIES = 60;

suite("structured Jacobians of random compositions", () => {
  test("all readings agree with the plain composition", function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(programs, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (program, m, n) => {
        const f = (x: Tensor): Tensor =>
          program.reduce((y, [step, choice]) => (y.size > MOST_ENTRIES ? y : steps[step](y, choice)), x);
        const x = data([m, n], { seed: m + 5 * n });
        const found = jacobian(f, { structured: true })(x);
        const dense = jacobian(f, { strategy: "vmap" })(x);
        const rows = sizeOf(found.outputShape);
        const flat = dense.reshape([rows, x.size]);
        assertNear(found.toDense(), dense, { rtol: 1e-10 });
        const [u, v] = [data([m, n], { seed: 3 }), data(found.outputShape, { seed: 4 })];
        assertNear(found.matvec(u), flat.matmul(u.reshape([x.size])).reshape(found.outputShape), { rtol: 1e-10 });
        assertNear(found.transposeMatvec(v), v.reshape([rows]).matmul(flat).reshape([m, n]), { rtol: 1e-10 });
        const coo = found.toCOO();
        const values = coo.values.dataSync();
        const rebuilt = new Float64Array(rows * x.size);
        coo.rows.forEach((row, i) => {
          rebuilt[row * x.size + coo.columns[i]] += values[i];
        });
        assertNear(tensor(rebuilt, { shape: [rows, x.size], dtype: "float64" }), flat, { rtol: 1e-10, what: "COO" });
        const places = new Set(Array.from(coo.rows, (row, i) => row * x.size + coo.columns[i]));
        assert.equal(places.size, coo.rows.length, "each position once");
        assert.equal(found.nnz, places.size);
        if (String(found.outputShape) === String(x.shape)) {
          assertNear(found.diagonal(), flat.diagonal().reshape([m, n]), { rtol: 1e-10, what: "diagonal" });
        }
        if (["diagonal", "block diagonal"].includes(found.kind) && found.outputShape[0] === m) {
          const blocks = found.blocks(1).reshape([m, rows / m, n]);
          const wanted = flat.reshape([m, rows / m, m, n]);
          for (let i = 0; i < m; i++) assertNear(blocks.at(i), wanted.at(i, null, i), { rtol: 1e-10, what: "blocks" });
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
