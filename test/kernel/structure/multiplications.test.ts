/**
 * @file What Jacobians and Hessians cost: multiplications that the compiler counts in the program, beyond those of the
 * function and of the slopes of its elementwise operations (1 − tanh² is one per entry).
 */
import assert from "node:assert/strict";
import {
  explain,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  layerNorm,
  map,
  softmax,
  type Tensor,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

interface Case {
  readonly f: (x: Tensor) => Tensor;
  readonly shape: readonly number[];
  /** Of the elementwise operations, at most: one product per entry of each tanh, square and the like. */
  readonly slopes: number;
  /** Products of slopes and constant matrices, at most. */
  readonly products: number;
}

const layer =
  (rows: number, columns: number, seed = 1) =>
  (x: Tensor): Tensor =>
    data([rows, columns], { seed })
      .matmul(x)
      .add(data([rows], { seed: seed + 1 }))
      .tanh();

const [w30x6, w30x30, w20x30] = [data([30, 6]), data([30, 30], { seed: 2 }), data([20, 30], { seed: 3 })];
const [w4x30, w4x4, w20x4] = [data([4, 30]), data([4, 4], { seed: 2 }), data([20, 4], { seed: 3 })];
const w5x6 = data([5, 6]);
const w9x12 = data([9, 12]);

const firsts: Record<string, Case> = {
  "tanh(Wx + b), 7 → 48": { f: layer(48, 7), shape: [7], slopes: 48, products: 336 },
  "tanh(Wx + b), 32 → 2048": { f: layer(2048, 32), shape: [32], slopes: 2048, products: 65_536 },
  "tanh(Wx + b), 2048 → 32": { f: layer(32, 2048), shape: [2048], slopes: 32, products: 65_536 },
  "tanh(XW) of a batch of 8": { f: (x) => x.matmul(w5x6).tanh(), shape: [8, 5], slopes: 48, products: 240 },
  "a stencil": {
    f: (x) =>
      x
        .slice(0, 1)
        .sub(x.slice(0, 0, -1))
        .square(),
    shape: [40],
    slopes: 0,
    products: 39,
  },
  softmax: { f: (x) => softmax(x, 0), shape: [25], slopes: 0, products: 650 },
  "x tanh x": { f: (x) => x.mul(x.tanh()), shape: [50], slopes: 50, products: 50 },
  "a network 6-30-30-20": {
    f: (x) => w20x30.matmul(w30x30.matmul(w30x6.matmul(x).tanh()).tanh()).tanh(),
    shape: [6],
    slopes: 80,
    products: 9_480,
  },
  "a bottleneck 30-4-4-20": {
    f: (x) => w20x4.matmul(w4x4.matmul(w4x30.matmul(x).tanh()).tanh()).tanh(),
    shape: [30],
    slopes: 28,
    products: 2_832,
  },
  "softmax and a matrix: low rank stays low rank": {
    f: (x) => w9x12.matmul(softmax(x, 0)),
    shape: [12],
    slopes: 0,
    // W · softmax is a vector, an outer product with it, and W with scaled columns.
    products: 9 * 12 * 3 + 12 * 2,
  },
  "rows mapped one by one": {
    f: (x) => map((row: Tensor) => row.mul(row.sum()).tanh(), x),
    shape: [9, 8],
    slopes: 72,
    // For each row an outer product and its diagonal.
    products: 72 * 2,
  },
  "layer norm of rows": {
    f: (x) => layerNorm(x, [8]),
    shape: [9, 8],
    slopes: 9 * 3,
    products: 9 * (8 * 8 + 4 * 8),
  },
};

suite("multiplications of Jacobians", () => {
  for (const [name, { f, shape, slopes, products }] of Object.entries(firsts)) {
    test(name, () => {
      const x = data(shape);
      const own = explain(f)(x).multiplications;
      for (const derive of [jacobian, jacrev, jacfwd]) {
        const explained = explain(derive(f))(x);
        const [found] = explained.derivatives;
        assert.ok(
          explained.multiplications - own <= products + slopes,
          `the program has ${explained.multiplications - own}, at most ${products} + ${slopes}`,
        );
        assert.ok(found.multiplications <= products, `elimination says ${found.multiplications}, at most ${products}`);
        assert.ok(found.unitVectors.reverse > found.multiplications);
        assert.ok(found.unitVectors.forward > found.multiplications);
      }
      if (x.size * f(x).size <= 10_000) assertNear(jacobian(f)(x), jacobian(f, { strategy: "vmap" })(x));
    });
  }

  test("unit vectors as they are counted by hand: 48 · 384 in reverse, 7 · 384 in forward mode", () => {
    const [{ unitVectors, order, vertices }] = explain(jacobian(layer(48, 7)))(data([7])).derivatives;
    assert.deepEqual(unitVectors, { reverse: 48 * 384, forward: 7 * 384 });
    assert.equal(order, "forward");
    assert.equal(vertices, 3);
  });

  test("the plain composition really takes them", () => {
    const f = layer(48, 7);
    const own = explain(f)(data([7])).multiplications;
    const plain = explain(jacrev(f, { strategy: "vmap" }))(data([7]));
    assert.equal(plain.multiplications - own - 48, 48 * 384);
    assert.deepEqual(plain.derivatives, []);
  });
});

const rows = data([40, 6]);
const labels = data([40], { seed: 9 });

const seconds: Record<string, Omit<Case, "slopes">> = {
  // Each output: the outer product of a row of W with itself, once its curvature is in one of the two.
  "tanh(Wx + b), 512 → 32": { f: layer(32, 512), shape: [512], products: 1.1 * 32 * 512 * 512 },
  // D into X, one product Xᵀ (D X), and six multiplications per row for the curvature.
  "logistic regression": {
    f: (w) => {
      const z = rows.matmul(w);
      return z.softplus().sub(z.mul(labels)).sum();
    },
    shape: [6],
    products: 40 * 6 + 40 * 6 * 6 + 6 * 40,
  },
  "a sum over independent rows": { f: (x) => x.sin().prod(1).sum(), shape: [30, 3], products: 30 * 6 * 9 },
  "a chain": {
    f: (x) =>
      x
        .slice(0, 1)
        .sub(x.slice(0, 0, -1).square())
        .square()
        .sum(),
    shape: [60],
    products: 60 * 6,
  },
};

suite("multiplications of Hessians", () => {
  for (const [name, { f, shape, products }] of Object.entries(seconds)) {
    test(name, () => {
      const x = data(shape, { dtype: "float32" });
      const explained = explain(hessian(f))(x);
      const own = explain(f)(x).multiplications;
      assert.ok(
        explained.multiplications - own <= products,
        `${explained.multiplications - own} of at most ${products}`,
      );
      const [{ multiplications, unitVectors }] = explained.derivatives;
      assert.ok(1.5 * multiplications < unitVectors.forward, `${multiplications} of ${unitVectors.forward}`);
    });
  }

  test("a sum over independent rows is block diagonal, a chain is banded", () => {
    const kindOf = (f: (x: Tensor) => Tensor, shape: readonly number[]): string =>
      explain(hessian(f))(data(shape)).derivatives[0].blocks[0].kind;
    assert.equal(kindOf(seconds["a sum over independent rows"].f, [30, 3]), "block diagonal");
    assert.equal(kindOf(seconds["a chain"].f, [60]), "banded");
  });

  test("needs no memory beside its result", () => {
    const explained = explain(hessian(layer(32, 512)))(data([512], { dtype: "float32" }));
    assert.ok(explained.memoryBytes <= 1.1 * explained.outputBytes);
    assert.ok(explained.kernels.length <= 4);
  });
});
