/** @file Elimination on functions whose structure is not that of one operation: loops, rules of one's own, opaque operations. */
import assert from "node:assert/strict";
import {
  cholesky,
  customJvp,
  det,
  diag,
  explain,
  expm,
  eye,
  gelu,
  grad,
  hessian,
  inv,
  jacfwd,
  jacobian,
  jacrev,
  map,
  rfft,
  scan,
  solve,
  stopGradient,
  type Tensor,
  tensor,
  vmap,
  whileLoop,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

const found = (f: (x: Tensor) => Tensor, x: Tensor) => explain(jacobian(f))(x).derivatives[0];
const kindOf = (f: (x: Tensor) => Tensor, x: Tensor): string => found(f, x).blocks[0].kind;

/** Against the composition with unit vectors, in both modes. */
function assertRight(f: (x: Tensor) => Tensor, x: Tensor): void {
  for (const derive of [jacobian, jacrev, jacfwd]) assertNear(derive(f)(x), jacfwd(f, { strategy: "vmap" })(x));
}

suite("elimination", () => {
  test("jacrev, jacfwd and jacobian are one program", () => {
    const w = data([5, 3]);
    const f = (x: Tensor): Tensor => w.matmul(x.tanh()).sin();
    const [a, b, c] = [jacrev, jacfwd, jacobian].map((derive) => explain(derive(f))(data([3])));
    assert.deepEqual(a.kernels, b.kernels);
    assert.deepEqual(a.kernels, c.kernels);
  });

  test("the iterations of a loop that carries nothing are blocks", () => {
    const x = data([6, 4]);
    const rows = (x: Tensor): Tensor => map((row: Tensor) => row.softmax(0).mul(row.sum()), x);
    assertRight(rows, x);
    assert.equal(kindOf(rows, x), "block diagonal");
    const backwards = (x: Tensor): Tensor =>
      scan((c: Tensor, row: Tensor) => [c, row.outer(row)], tensor(0), x, { reverse: true })[1];
    assertRight(backwards, x);
    assert.equal(kindOf(backwards, x), "block diagonal");
  });

  test("a loop whose carry does not depend on the input is one, with the carries as they were", () => {
    const x = data([5, 3]);
    const f = (x: Tensor): Tensor =>
      scan(
        (c: Tensor, row: Tensor) => [c.mul(1.5).add(stopGradient(row.sum())), row.sin().mul(c)],
        tensor(0.3, { dtype: "float64" }),
        x,
      )[1];
    assertRight(f, x);
    assert.equal(kindOf(f, x), "diagonal");
  });

  test("what a loop computes of constants alone", () => {
    const f = (c: Tensor): Tensor => scan((x: Tensor) => [x, c.sin()], tensor(0), null, { length: 3 })[1];
    assertRight(f, data([2]));
    // What goes out is a constant as it came in, here a diagonal: repeated, it is one still.
    const diagonal = (c: Tensor): Tensor =>
      scan((x: Tensor) => [x, c.sin().mul(eye(2))], tensor(0), null, { length: 1 })[1];
    assertRight(diagonal, data([]));
  });

  test("a loop that carries what it differentiates: by its own rule", () => {
    const w = data([3, 3], { low: -0.5, high: 0.5 });
    const f = (x: Tensor): Tensor =>
      scan(
        (h: Tensor, row: Tensor) => {
          const next = w.matmul(h).add(row).tanh();
          return [next, next];
        },
        data([3], { seed: 4 }),
        x,
      )[1];
    assertRight(f, data([5, 3]));
    const last = (h: Tensor): Tensor => scan((h: Tensor) => [w.matmul(h).tanh(), null], h, null, { length: 4 })[0];
    assertRight(last, data([3]));
    assertNear(hessian(last)(data([3])), jacfwd(jacrev(last, { strategy: "vmap" }), { strategy: "vmap" })(data([3])));
  });

  test("a rule that a person wrote has the structure of its tangent", () => {
    const square = customJvp(
      (x: Tensor) => x.mul(x),
      ([x], [v]) => [x.mul(x), x.mul(v).mul(2)],
    );
    const f = (x: Tensor): Tensor => square(x.sin());
    const x = data([7]);
    assertRight(f, x);
    assert.equal(kindOf(f, x), "diagonal");
    // A rule need not be a derivative, so its second derivatives need not be symmetric: they are taken one after the other.
    const twisted = customJvp(
      (x: Tensor) => x.sum(),
      ([x], [v]) => [x.sum(), x.flip(0).mul(v).sum()],
    );
    assertNear(hessian(twisted)(x), jacfwd(jacrev(twisted, { strategy: "vmap" }), { strategy: "vmap" })(x));
    assertNear(
      hessian(twisted)(x),
      data([7, 7], { low: 0, high: 0 }).add(
        tensor(
          Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_, j) => (i + j === 6 ? 1 : 0))),
          { dtype: "float64" },
        ),
      ),
    );
  });

  test("opaque operations between structured ones", () => {
    const a = data([4, 4]).add(
      tensor(
        [
          [5, 0, 0, 0],
          [0, 5, 0, 0],
          [0, 0, 5, 0],
          [0, 0, 0, 5],
        ],
        { dtype: "float64" },
      ),
    );
    const cases: ((x: Tensor) => Tensor)[] = [
      (x) => solve(a, x.tanh()).sin(),
      (x) => solve(x.outer(x).add(a), x),
      (x) => solve(a, solve(a, x.square())),
      (x) => rfft(x.square()).real,
      (x) => solve(a, x).sum(),
      (x) => solve(a, x).slice(0, 0, 2).mul(x.slice(0, 2)),
    ];
    for (const f of cases) {
      assertRight(f, data([4]));
      assertNear(hessian(f)(data([4])), jacfwd(jacrev(f, { strategy: "vmap" }), { strategy: "vmap" })(data([4])));
    }
  });

  test("one vector serves all matrices of a stack, and all lines of a transform", () => {
    const x = data([5, 3, 3]);
    const definite = (a: Tensor): Tensor => a.matmul(a.transpose(-2, -1)).add(eye(3, { dtype: "float64" }));
    const cases: [(a: Tensor) => Tensor, vectors: number][] = [
      [(a) => inv(definite(a)), 9],
      [(a) => cholesky(definite(a)).sin(), 9],
      [(a) => solve(definite(a), a.square()), 2 * 9],
      [(a) => expm(a.mul(0.3)), 9],
      [(a) => rfft(a.tanh()).real, 2],
    ];
    for (const [f, vectors] of cases) {
      assertRight(f, x);
      const explained = found(f, x);
      assert.equal(explained.blocks[0].kind, "block diagonal");
      assert.equal(explained.vectors, vectors);
    }
    // A determinant is written out in its entries: many terms, which stay one block for each matrix.
    const determinants = (a: Tensor): Tensor => det(definite(a)).sqrt();
    assertRight(determinants, x);
    assert.equal(found(determinants, x).blocks[0].nnz, 5 * 9);
  });

  test("only labels that arrive are pushed through an opaque operation", () => {
    const a = data([40, 40])
      .add(tensor(9).mul(1))
      .add(data([40, 40], { seed: 2 }));
    // Two of a thousand inputs arrive: two right-hand sides, not a thousand.
    const f = (x: Tensor): Tensor =>
      solve(
        a,
        x
          .slice(0, 3, 5)
          .outer(a.slice(0, 0, 1).reshape([40]))
          .transpose(),
      ).sum(0);
    const x = data([1000]);
    assertNear(jacobian(f)(x), jacrev(f, { strategy: "vmap" })(x), { rtol: 1e-8, atol: 1e-9 });
    assert.ok(found(f, x).multiplications < 1000 * 40);
  });

  test("what cotangents cannot go back through is gone through forward", () => {
    const grow = (x: Tensor): Tensor =>
      whileLoop(
        (x: Tensor) => x.square().sum().lt(50),
        (x: Tensor) => x.mul(1.5).add(x.sin()),
        x,
      );
    assertRight(grow, data([3]));
    const scalar = (x: Tensor): Tensor => grow(x.tanh()).square().sum();
    assertRight(scalar, data([3]));
    assertNear(
      hessian(scalar)(data([3])),
      jacfwd(jacfwd(scalar, { strategy: "vmap" }), { strategy: "vmap" })(data([3])),
    );
  });

  test("inside other transforms, and they inside", () => {
    const x = data([4, 3]);
    const f = (v: Tensor): Tensor => v.sin().outer(v.cumsum(0)).tanh();
    const total = (v: Tensor): Tensor => jacobian(f)(v).square().sum();
    const plain = (v: Tensor): Tensor => jacobian(f, { strategy: "vmap" })(v).square().sum();
    assertNear(vmap(grad(total))(x), vmap(grad(plain))(x));
    assertNear(hessian(total)(x.slice(0, 0, 1).reshape([3])), jacfwd(jacrev(plain))(x.slice(0, 0, 1).reshape([3])));
    assertNear(jacobian(grad(total))(data([3])), hessian(plain)(data([3])));
  });

  test("a slope that was simplified past its operation's input is not taken for one that is not bent", () => {
    // r · Φ(r) with r = 1 / x is appended as Φ(r) / x, and the slope of Φ has r / x in the place of r².
    const f = (x: Tensor): Tensor => x.reciprocal().mul(x.reciprocal().erf());
    const g = (x: Tensor): Tensor => gelu(x.reciprocal());
    const x = data([3], { low: 0.5, high: 2 });
    for (const each of [f, g]) {
      assertNear(hessian(each)(x), jacfwd(jacrev(each, { strategy: "vmap" }), { strategy: "vmap" })(x));
    }
  });

  test("a chain of a thousand operations is no deeper than one", () => {
    const chain = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 1000; i++) y = y.mul(0.999).sin();
      return y;
    };
    const x = data([3]);
    const slopes = grad((x: Tensor) => chain(x).sum())(x);
    assertNear(jacobian(chain)(x), diag(slopes));
    assertNear(jacobian(chain, { diagonal: true })(x), slopes);
  });

  test("one structure is searched once; other values, closures and shapes are told apart", () => {
    const make =
      (w: Tensor) =>
      (x: Tensor): Tensor =>
        w.matmul(x).tanh();
    for (const seed of [1, 2, 3]) assertRight(make(data([4, 3], { seed })), data([3], { seed }));
    assertRight(make(data([5, 3])), data([3]));
    const scale =
      (factor: number) =>
      (x: Tensor): Tensor =>
        x.mul(factor).sin();
    for (const factor of [2, 3]) assertRight(scale(factor), data([3]));
    const ruled = (factor: Tensor) =>
      customJvp(
        (x: Tensor) => x.mul(factor),
        ([x], [v]) => [x.mul(factor), v.mul(factor)],
      );
    for (const factor of [tensor(2, { dtype: "float64" }), tensor(7, { dtype: "float64" })]) {
      assertNear(
        jacobian(ruled(factor))(data([3])),
        tensor(
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          { dtype: "float64" },
        ).mul(factor),
      );
    }
  });
});
