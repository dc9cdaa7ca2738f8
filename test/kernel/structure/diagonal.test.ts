/** @file The option diagonal: the diagonal of the whole, at a cost that grows with its entries, or an honest error. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  einsum,
  explain,
  eye,
  grad,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  ShapeError,
  stack,
  type Tensor,
  vmap,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const neighbours = (x: Tensor): Tensor =>
  x
    .slice(0, 1)
    .sub(x.slice(0, 0, -1).square())
    .square()
    .sum();

suite("the option diagonal", () => {
  const maps: Record<string, (x: Tensor) => Tensor> = {
    "entry by entry": (x) => x.mul(x.tanh()),
    softmax: (x) => x.softmax(0),
    "a stencil": (x) => x.roll(1, 0).mul(x).add(x.exp()),
    "times a matrix": (x) => data([x.size, x.size]).matmul(x).tanh(),
    "through a bottleneck": (x) =>
      data([x.size, 2], { seed: 2 })
        .matmul(data([2, x.size], { seed: 3 }).matmul(x).tanh())
        .sinh(),
    "running sums": (x) => x.square().cumsum(0),
    reversed: (x) => x.flip(0).exp(),
    "nothing of it": (x) => data([x.size]),
  };

  for (const [name, f] of Object.entries(maps)) {
    test(`${name}: the diagonal of the Jacobian`, () => {
      for (const size of [6, 7]) {
        const x = data([size], { seed: 4 });
        const whole = jacobian(f, { strategy: "vmap" })(x).diagonal();
        for (const derive of [jacobian, jacrev, jacfwd]) assertNear(derive(f, { diagonal: true })(x), whole);
      }
    });
  }

  const scalars: Record<string, (x: Tensor) => Tensor> = {
    "a sum": (x) => x.exp().sum(),
    "coupled neighbours": neighbours,
    "logistic regression": (x) => data([9, x.size]).matmul(x).softplus().sum(),
    logsumexp: (x) => x.logsumexp(0),
    "a product with the sum": (x) => x.square().sum().mul(x.sin().sum()),
    quadratic: (x) => data([x.size, x.size]).matmul(x).dot(x.sin()),
  };

  for (const [name, f] of Object.entries(scalars)) {
    test(`${name}: the diagonal of the Hessian`, () => {
      const x = data([6], { seed: 4 });
      assertNear(hessian(f, { diagonal: true })(x), hessian(f, { strategy: "vmap" })(x).diagonal(), { rtol: 1e-11 });
    });
  }

  test("of matrices, of several results and of several arguments", () => {
    const m = data([2, 3]);
    assertNear(
      jacobian((x: Tensor) => x.softmax(-1), { diagonal: true })(m),
      einsum("ijij->ij", jacobian((x: Tensor) => x.softmax(-1))(m)),
    );
    const f = (x: Tensor): Tensor => stack([neighbours(x), x.exp().sum()]);
    const x = data([5]);
    assertNear(hessian(f, { diagonal: true })(x), einsum("kii->ki", hessian(f)(x)));
    const g = (a: Tensor, b: Tensor): Tensor => a.mul(b).square().sum();
    const y = data([5], { seed: 2 });
    const both = hessian(g, { argnums: [0, 1], diagonal: true })(x, y);
    const whole = hessian(g, { argnums: [0, 1] })(x, y);
    assertNear(both[0], whole[0][0].diagonal());
    assertNear(both[1], whole[1][1].diagonal());
    const named = jacobian((a: Tensor) => ({ out: a.exp() }), { diagonal: true })(x);
    assertNear(named.out, x.exp());
    const [found, aux] = jacobian((a: Tensor) => [a.exp(), a.sum()], { diagonal: true, hasAux: true })(x);
    assertNear(found, x.exp());
    assertNear(aux, x.sum());
  });

  test("inside vmap, jit and grad", () => {
    const x = data([3, 5]);
    const second = hessian(neighbours, { diagonal: true });
    assertNear(vmap(second)(x), stack([0, 1, 2].map((i) => second(x.at(i)))));
    assertNear(jit(second)(x.at(0)), second(x.at(0)));
    const trace = (v: Tensor): Tensor => hessian(neighbours)(v).diagonal().sum();
    assertNear(grad((v: Tensor) => second(v).sum())(x.at(1)), grad(trace)(x.at(1)), { rtol: 1e-11 });
  });

  /** Multiplications at n and 2n. */
  const growth = (derive: (x: Tensor) => Tensor, n: number): [number, number] => [
    explain(derive)(data([n])).multiplications,
    explain(derive)(data([2 * n])).multiplications,
  ];

  test("multiplications grow with the entries", () => {
    const n = 300;
    for (const [name, f] of Object.entries(scalars)) {
      if (name === "quadratic") continue;
      const [once, twice] = growth(hessian(f, { diagonal: true }), n);
      assert.ok(once <= 60 * n, `${name}: ${once}`);
      assert.ok(twice <= 2.1 * once, `${name}: ${once}, then ${twice}`);
    }
    for (const name of ["entry by entry", "softmax", "a stencil", "through a bottleneck", "reversed"]) {
      const [once, twice] = growth(jacobian(maps[name], { diagonal: true }), n);
      assert.ok(once <= 30 * n, `${name}: ${once}`);
      assert.ok(twice <= 2.1 * once, `${name}: ${once}, then ${twice}`);
    }
  });

  test("an error where it would take the whole matrix", () => {
    const x = data([40]);
    const sums = (v: Tensor): Tensor => v.cumsum(0).square().cumsum(0);
    for (const derive of [jacobian, jacrev, jacfwd]) {
      assertThrows(
        () => derive(sums, { diagonal: true })(x),
        ArgumentError,
        derive.name,
        "1600 entries",
        `${derive.name}(f, { structured: true })(x).diagonal()`,
      );
    }
    assertNear(jacobian(sums, { structured: true })(x).diagonal(), jacobian(sums)(x).diagonal(), { rtol: 1e-11 });
    const opaque = (v: Tensor): Tensor => eye(40, { dtype: "float64" }).add(v.diag().mul(0.1)).det().mul(v.sum());
    assertThrows(() => hessian(opaque, { diagonal: true })(x), ArgumentError, "hessian", "hvp");
    assertThrows(() => jacobian((v: Tensor) => v.slice(0, 1), { diagonal: true })(x), ShapeError, "[39]", "[40]");
    assertThrows(() => hessian(neighbours, { diagonal: true, structured: true })(x), ArgumentError, "Leave one out");
  });
});
