/** @file explain counts what the compiled code does. */
import assert from "node:assert/strict";
import { cond, explain, forLoop, grad, jacrev, type Tensor } from "../../../kernel/index.ts";
import { data } from "../support/data.ts";

suite("explain", () => {
  test("products, functions and bytes of a small function, by hand", () => {
    const f = (w: Tensor, x: Tensor): Tensor => w.matmul(x).tanh();
    const found = explain(f)(data([3, 4], { dtype: "float32" }), data([4, 5], { dtype: "float32" }));
    assert.equal(found.multiplications, 3 * 4 * 5);
    assert.equal(found.functions, 3 * 5);
    assert.equal(found.outputBytes, 4 * 15);
    assert.equal(found.operations, 2);
    assert.match(String(found), /f: 2 operations in 2 kernels/);
    assert.match(String(found), /matmul 3×4 · 4×5 +60 +0/);
  });

  test("the Jacobian of a layer multiplies once per entry", () => {
    const layer = (w: Tensor, b: Tensor, x: Tensor): Tensor => w.matmul(x).add(b).tanh();
    const forward = explain(layer)(data([48, 7]), data([48]), data([7]));
    const jacobian = explain(jacrev(layer, { argnums: 2 }))(data([48, 7]), data([48]), data([7]));
    // Besides the function itself: 1 − tanh² for each of the 48 rows, and 48 × 7 products.
    assert.equal(jacobian.multiplications - forward.multiplications, 48 + 48 * 7);
    assert.equal(jacobian.functions, 48);
  });

  test("a product with what does not vary along an axis is counted once", () => {
    const found = explain((x: Tensor, s: Tensor) => x.mul(s.mul(s)))(data([10, 20]), data([]));
    assert.equal(found.multiplications, 10 * 20 + 1);
  });

  test("loops multiply, branches count the larger side", () => {
    const loop = explain((x: Tensor) => forLoop(0, 7, (_, y: Tensor) => y.mul(y), x))(data([5]));
    assert.equal(loop.multiplications, 7 * 5);
    assert.equal(loop.kernels.filter(({ inside }) => inside.length > 0).length, 1);
    const branch = explain((x: Tensor) =>
      cond(
        x.sum().gt(0),
        (y: Tensor) => y.mul(y).mul(y),
        (y: Tensor) => y.mul(y),
        x,
      ),
    )(data([5]));
    assert.equal(branch.multiplications, 10);
    const gradient = explain(grad((x: Tensor) => forLoop(0, 7, (_, y: Tensor) => y.mul(y), x).sum()))(data([5]));
    assert.ok(gradient.multiplications >= 2 * 7 * 5);
  });
});
