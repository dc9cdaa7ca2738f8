/** @file Transforms inside transforms, to third order: perturbations do not mix, closures and maps nest. */
import assert from "node:assert/strict";
import {
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  stack,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences, loop } from "../support/differences.ts";
import { assertNear } from "../support/near.ts";

const scalar = (x: number): Tensor => tensor(x, { dtype: "float64" });

suite("nested transforms", () => {
  test("perturbations do not mix: d/dx (x · d/dy (x + y)) is 1, not 2", () => {
    const f = (x: Tensor): Tensor => x.mul(grad((y: Tensor) => x.add(y))(scalar(1)));
    const forward = (x: Tensor): Tensor => x.mul(jvp((y: Tensor) => x.add(y), [scalar(1)], [scalar(1)])[1]);
    const product = (x: Tensor): Tensor => x.mul(jacfwd((y: Tensor) => x.mul(y))(scalar(3)));
    for (const derive of [grad, jacrev, jacfwd]) {
      assert.equal(derive(f)(scalar(5)).item(), 1);
      assert.equal(derive(forward)(scalar(5)).item(), 1);
      assert.equal(derive(product)(scalar(5)).item(), 10);
    }
    // The same argument under both names.
    const both = (x: Tensor): Tensor => grad((y: Tensor) => x.mul(x).mul(y))(x);
    assert.equal(grad(both)(scalar(3)).item(), 6);
    const same = (x: Tensor): Tensor => grad((y: Tensor) => y.mul(y).mul(y))(x);
    assert.equal(grad(same)(scalar(3)).item(), 18);
  });

  testEach("grad of grad of grad", () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.square());
    const x = 0.7;
    const third = -(x ** 2) * Math.cos(x) - 6 * x * Math.sin(x) + 6 * Math.cos(x);
    assertNear(grad(grad(grad(f)))(scalar(x)), { shape: [], data: [third] }, { rtol: 1e-13 });
    for (const [a, b, c] of [
      [jacfwd, jacfwd, jacfwd],
      [jacrev, jacrev, jacrev],
      [jacfwd, jacrev, jacfwd],
      [jacrev, jacfwd, jacrev],
    ]) {
      assertNear(a(b(c(f)))(scalar(x)), { shape: [], data: [third] }, { rtol: 1e-13 });
    }
  });

  test("third derivatives of functions of vectors and matrices", () => {
    const cases: [(x: Tensor) => Tensor, Tensor][] = [
      [(x) => x.exp().sum().mul(x.at(0)), data([3])],
      [(x) => x.matmul(x.transpose()).sin(), data([2, 2])],
      [(x) => x.softmax(-1), data([3])],
      [(x) => x.prod(0), data([3])],
      [(x) => x.take([0, 2, 0]).mul(x).logsumexp(), data([3])],
    ];
    for (const [f, x] of cases) {
      const expected = differences(hessian(f), [x]);
      const options = { rtol: 1e-6, atol: 1e-6 };
      assertNear(jacfwd(hessian(f))(x), expected, options);
      assertNear(jacrev(hessian(f))(x), expected, options);
      assertNear(jacrev(jacrev(jacrev(f)))(x), expected, options);
      assertNear(hessian(jacrev(f))(x), expected, options);
    }
  });

  testEach("jacfwd of a function that itself calls grad", () => {
    const inner = (x: Tensor, y: Tensor): Tensor => x.mul(y.sin()).square().sum();
    const f = (y: Tensor): Tensor => grad(inner)(y.exp(), y).mul(y);
    const y = data([3]);
    const expected = differences(f, [y]);
    assertNear(jacfwd(f)(y), expected, { rtol: 1e-6, atol: 1e-8 });
    assertNear(jacrev(f)(y), expected, { rtol: 1e-6, atol: 1e-8 });
  });

  test("a training step is differentiable in its learning rate", () => {
    const [w, x, t] = [data([2, 3]), data([4, 3], { seed: 2 }), data([4, 2], { seed: 3 })];
    const loss = (w: Tensor): Tensor => x.matmul(w.transpose()).tanh().sub(t).square().mean();
    const after = (rate: Tensor): Tensor => {
      let now = w;
      for (let i = 0; i < 5; i++) now = now.sub(grad(loss)(now).mul(rate));
      return loss(now);
    };
    const rate = scalar(0.3);
    assertNear(grad(after)(rate), differences(after, [rate]), { rtol: 1e-6 });
    assertNear(jacfwd(after)(rate), grad(after)(rate), { rtol: 1e-11 });
    assertNear(hessian(after)(rate), differences(grad(after), [rate]), { rtol: 1e-5, atol: 1e-8 });
  });

  testEach("vmap of vmap of jacrev, and Jacobians of vmaps", () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.sum());
    const x = data([2, 3, 4]);
    const J = vmap(vmap(jacrev(f)))(x);
    assert.deepEqual(J.shape, [2, 3, 4, 4]);
    const flat = loop(jacrev(f), [x.reshape([6, 4])], [0], 6);
    assertNear(J.reshape([6, 4, 4]), flat, { rtol: 1e-12 });
    const mapped = (x: Tensor): Tensor => vmap(f)(x);
    const rows = data([2, 3]);
    assertNear(jacrev(mapped)(rows), differences(mapped, [rows]), { rtol: 1e-7, atol: 1e-8 });
    assertNear(jacfwd(mapped)(rows), jacrev(mapped)(rows), { rtol: 1e-12 });
    // Examples do not depend on one another: exact zeros between them.
    assert.equal(jacrev(mapped)(rows).at(0, null, 1).abs().sum().item(), 0);
  });

  test("vmap of a Hessian, of hvp, of a pullback made inside", () => {
    const f = (x: Tensor, w: Tensor): Tensor => x.mul(w).tanh().sum().square();
    const [x, w] = [data([4, 3]), data([3], { seed: 2 })];
    const H = vmap(hessian(f), { inDims: [0, null] })(x, w);
    assertNear(H, loop(hessian(f), [x, w], [0, null], 4), { rtol: 1e-12 });
    const product = (x: Tensor): Tensor => hvp((x: Tensor) => f(x, w), [x], [w]);
    assertNear(vmap(product)(x), loop(product, [x], [0], 4), { rtol: 1e-12 });
    const pulled = (x: Tensor): Tensor => {
      const [out, pullback] = vjp((x: Tensor) => x.exp().mul(w), x);
      return pullback(out);
    };
    assertNear(vmap(pulled)(x), loop(pulled, [x], [0], 4), { rtol: 1e-12 });
    const pushed = (x: Tensor): Tensor => linearize((x: Tensor) => x.exp().mul(w), x)[1](w);
    assertNear(vmap(pushed)(x), loop(pushed, [x], [0], 4), { rtol: 1e-12 });
  });

  test("jvp of vmap, vmap of jvp, grad of vmap of grad", () => {
    const f = (x: Tensor): Tensor => x.sin().mul(x.square()).sum();
    const [x, v] = [data([3, 2]), data([3, 2], { seed: 2 })];
    const [out, tangent] = jvp(vmap(f), [x], [v]);
    assertNear(out, vmap(f)(x));
    const [, each] = vmap((x: Tensor, v: Tensor) => jvp(f, [x], [v]))(x, v);
    assertNear(tangent, each, { rtol: 1e-13 });
    assertNear(tangent, vmap(grad(f))(x).mul(v).sum(1), { rtol: 1e-12 });
    const penalty = (x: Tensor): Tensor => vmap(grad(f))(x).square().sum();
    assertNear(grad(penalty)(x), differences(penalty, [x]), { rtol: 1e-6, atol: 1e-7 });
    const [values, gradients] = vmap(valueAndGrad(f))(x);
    assertNear(values, out);
    assertNear(gradients, vmap(grad(f))(x));
  });

  test("per-example gradients of a batch", () => {
    const loss = (w: Tensor, x: Tensor, y: Tensor): Tensor => x.dot(w).sub(y).square();
    const [w, x, y] = [data([3]), data([5, 3], { seed: 2 }), data([5], { seed: 3 })];
    const each = vmap(grad(loss), { inDims: [null, 0, 0] })(w, x, y);
    assertNear(each, x.matmul(w).sub(y).mul(2).expandDims(1).mul(x), { rtol: 1e-12 });
  });

  test("an inner vmap reads values of outer differentiation, with control flow in between", () => {
    const f = (x: Tensor): Tensor => {
      const rows = vmap((row: Tensor) => row.mul(x).sum())(x.outer(x));
      return rows.sum().item() > 0 ? rows.square().sum() : rows.sum();
    };
    const x = data([3], { low: 0.5, high: 1 });
    assertNear(grad(f)(x), differences(f, [x]), { rtol: 1e-6 });
  });

  test("a function that maps over what it is mapped over already", () => {
    // Pairwise distances: an outer map over rows, an inner one over the same rows.
    const x = data([4, 2]);
    const distance = (a: Tensor, b: Tensor): Tensor => a.sub(b).square().sum();
    const pairs = vmap((a: Tensor) => vmap((b: Tensor) => distance(a, b))(x))(x);
    const expected = stack([0, 1, 2, 3].map((i) => stack([0, 1, 2, 3].map((j) => distance(x.at(i), x.at(j))))));
    assertNear(pairs, expected, { rtol: 1e-13 });
    const crossed = vmap((b: Tensor) => vmap((a: Tensor) => distance(a, b))(x), { outDims: 1 })(x);
    assertNear(crossed, expected, { rtol: 1e-13 });
  });
});
