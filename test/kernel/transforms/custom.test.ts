/** @file Derivatives that a person states: both rules in both modes, nested, mapped, in loops; zeros; what is refused. */
import assert from "node:assert/strict";
import {
  checkGrads,
  checkpoint,
  cond,
  customJvp,
  customVjp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  ShapeError,
  StructureError,
  scan,
  type Tensor,
  TraceError,
  tensor,
  vjp,
  vmap,
  where,
  whileLoop,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertNearTree, assertThrows } from "../support/near.ts";

const plain = (a: Tensor, b: Tensor): Tensor => a.mul(b).sin().sum();

const byTangent = customJvp(plain, ([a, b], [da, db]) => {
  const slope = a.mul(b).cos();
  return [plain(a, b), slope.mul(b).mul(da).sum().add(slope.mul(a).mul(db).sum())];
});

const byCotangent = customVjp(
  plain,
  (a, b) => [plain(a, b), { a, b, slope: a.mul(b).cos() }],
  ({ a, b, slope }, ct) => [ct.mul(slope).mul(b), ct.mul(slope).mul(a)],
);

const a = data([4], { seed: 1 });
const b = data([4], { seed: 2 });
const rows = data([3, 4], { seed: 3 });

suite("custom derivatives", () => {
  for (const [name, custom] of [
    ["customJvp", byTangent],
    ["customVjp", byCotangent],
  ] as const) {
    testEach(`${name}: both modes to third order`, () => {
      assertNear(custom(a, b), plain(a, b));
      checkGrads(custom, [a, b], { order: 2 });
      assertNear(hessian(custom, { argnums: 1 })(a, b), hessian(plain, { argnums: 1 })(a, b));
      const third = (f: typeof plain): Tensor => jacfwd(jacrev(jacfwd(f)))(a, b);
      assertNear(third(custom), third(plain), { rtol: 1e-11 });
    });

    testEach(`${name}: maps outside and inside, shared and mapped arguments`, () => {
      const inDims = [0, null];
      const argnums = [0, 1] as const;
      assertNearTree(
        vmap(grad(custom, { argnums }), { inDims })(rows, b),
        vmap(grad(plain, { argnums }), { inDims })(rows, b),
      );
      const total = (f: typeof plain) => (x: Tensor, y: Tensor) => vmap(f, { inDims })(x, y).square().sum();
      assertNearTree(grad(total(custom), { argnums })(rows, b), grad(total(plain), { argnums })(rows, b));
      assertNear(hessian(total(custom), { argnums: 1 })(rows, b), hessian(total(plain), { argnums: 1 })(rows, b), {
        rtol: 1e-11,
      });
      assertNear(jacfwd(total(custom))(rows, b), jacfwd(total(plain))(rows, b));
      const twice = (f: typeof plain) => vmap(vmap(f, { inDims: [null, 0] }), { inDims: [0, null] })(rows, rows.add(1));
      assertNear(twice(custom), twice(plain));
    });

    testEach(`${name}: inside a scan and a jit`, () => {
      const loop = (f: typeof plain) => (y: Tensor) =>
        scan((c: Tensor, row: Tensor) => [c.add(f(row, y.mul(c))), null], tensor(0.5, { dtype: "float64" }), rows)[0];
      assertNear(grad(loop(custom))(b), grad(loop(plain))(b));
      assertNear(hessian(loop(custom))(b), hessian(loop(plain))(b), { rtol: 1e-11 });
      assertNear(grad(jit(custom))(a, b), grad(plain)(a, b));
      assertNear(jit(grad(custom, { argnums: 1 }))(a, b), grad(plain, { argnums: 1 })(a, b));
    });
  }

  testEach("rules may close over tensors, also inside loops and branches", () => {
    const w = data([4], { seed: 5 });
    // Not the derivative there is, so that the rule shows.
    const pushed = customJvp(
      (x: Tensor) => x.sin(),
      ([x], [dx]) => [x.sin(), dx.mul(w).mul(x)],
    );
    const pulled = customVjp(
      (x: Tensor) => x.sin(),
      (x) => [x.sin(), x],
      (x, ct) => [ct.mul(w).mul(x)],
    );
    for (const custom of [pushed, pulled]) {
      const twice = (x: Tensor): Tensor => custom(custom(x));
      const around: ((x: Tensor) => Tensor)[] = [
        (x) => scan((c) => [custom(c), null], x, null, { length: 2 })[0],
        (x) => cond(x.sum().lt(100), twice, (each) => each.neg(), x),
        (x) =>
          whileLoop(
            ([i]) => i.lt(2),
            ([i, c]) => [i.add(1), custom(c)],
            [0, x],
          )[1],
        (x) => scan((c) => [cond(c.sum().lt(100), custom, (each) => each.neg(), c), null], x, null, { length: 2 })[0],
        (x) => checkpoint((y: Tensor) => scan((c) => [custom(c), null], y, null, { length: 2 })[0])(x),
        jit(twice),
      ];
      around.forEach((f, i) => {
        const forward = jacfwd(f)(a);
        assertNear(forward, jacfwd(twice)(a), { what: `jacfwd ${i}` });
        assertNear(vmap(jacfwd(f))(rows), vmap(jacfwd(twice))(rows), { what: `vmap of jacfwd ${i}` });
        assertNear(jit(jacfwd(f))(a), forward, { what: `jit of jacfwd ${i}` });
        assertNear(jacfwd(jacfwd(f))(a), jacfwd(jacfwd(twice))(a), { what: `twice ${i}` });
        // No reverse mode through whileLoop.
        if (i === 2) return;
        assertNear(jacrev(f)(a), forward, { what: `jacrev ${i}` });
        assertNear(jacrev(jacrev(f))(a), jacrev(jacrev(twice))(a), { what: `twice in reverse ${i}` });
        assertNear(jacrev((x: Tensor) => vmap(f)(x))(rows), jacrev((x: Tensor) => vmap(twice)(x))(rows), {
          what: `of vmap ${i}`,
        });
      });
    }
  });

  testEach("rules may run loops that carry derivatives beside values, and still be transposed", () => {
    const w = data([4], { seed: 5 });
    const inner: Record<string, (x: Tensor) => Tensor> = {
      scan: (x) => scan((c, u) => [c.mul(u).sin(), c.sum()], x, rows)[0],
      "scan in a scan": (x) =>
        scan((c) => [scan((d, u) => [d.mul(u).sin(), null], c, rows)[0], null], x, null, { length: 2 })[0],
      cond: (x) =>
        cond(
          x.sum().lt(100),
          (y) => y.mul(w).sin(),
          (y) => y,
          x,
        ),
      checkpoint: (x) => checkpoint((y: Tensor) => y.mul(w).sin())(x),
      "cond in a scan": (x) =>
        scan(
          (c) => [
            cond(
              c.sum().lt(100),
              (y) => y.mul(w).sin(),
              (y) => y,
              c,
            ),
            null,
          ],
          x,
          null,
          { length: 2 },
        )[0],
    };
    for (const [what, f] of Object.entries(inner)) {
      const pushed = customJvp(f, ([x], [dx]) => jvp(f, [x], [dx]));
      const pulled = customVjp(
        f,
        (x) => vjp(f, x),
        (pullback, ct) => [pullback(ct)],
      );
      for (const custom of [pushed, pulled]) {
        assertNear(jacrev(custom)(a), jacrev(f)(a), { what: `jacrev, ${what}` });
        assertNear(jacfwd(custom)(a), jacrev(f)(a), { what: `jacfwd, ${what}` });
        assertNear(jacfwd(jacrev(custom))(a), jacfwd(jacrev(f))(a), { what: `second, ${what}` });
      }
    }
    const doubled = (x: Tensor): Tensor =>
      whileLoop(
        ([i]) => i.lt(3),
        ([i, c]) => [i.add(1), c.mul(w).sin()],
        [0, x],
      )[1];
    const bent = customJvp(
      (x: Tensor) => x,
      ([x], [dx]) => [x, scan((c) => [c.mul(dx), null], x, null, { length: 2 })[0]],
    );
    assertThrows(() => jacrev(bent)(a), TraceError, "customJvp", "not linear in the tangents");
    // What a loop carries beside, but nothing of it comes back.
    const beside = customJvp(
      (x: Tensor) => x,
      ([x], [dx]) => [x, jvp(doubled, [x], [dx])[0].mul(dx)],
    );
    assertNear(jacrev(beside)(a), doubled(a).diag());
  });

  test("a rule cannot keep values that belong to a call of another transform", () => {
    const f = (x: Tensor): Tensor =>
      scan(
        (c, u) => [
          customVjp(
            (y: Tensor) => y.mul(2),
            (y) => [y.mul(2), null],
            (_, ct) => [ct.mul(u)],
          )(c),
          null,
        ],
        x,
        rows,
      )[0];
    assertThrows(() => jacrev(f)(a).dataSync(), TraceError, "a call of scan that has ended");
  });

  test("the rule is what counts, not the function", () => {
    const wrong = customJvp(
      (x: Tensor) => x.square(),
      ([x], [dx]) => [x.square(), dx.mul(7)],
    );
    assert.equal(grad(wrong)(tensor(3)).item(), 7);
    assert.equal(jvp(wrong, [tensor(3)], [tensor(2)])[1].item(), 14);
    const clipped = customVjp(
      (x: Tensor) => x.mul(1),
      (x) => [x, null],
      (_, ct) => [ct.clip(-1, 1)],
    );
    assert.deepEqual(grad((x: Tensor) => clipped(x).mul(3).sum())(tensor([1, 2])).toArray(), [1, 1]);
  });

  test("a function that does not need its derivative runs as it is", () => {
    let rules = 0;
    const f = customVjp(
      (x: Tensor) => x.exp(),
      (x) => {
        rules++;
        return [x.exp(), x];
      },
      (x, ct) => [ct.mul(x.exp())],
    );
    f(tensor(1)).item();
    const [, pullback] = vjp((x: Tensor) => f(x), tensor(1));
    assert.equal(rules, 0);
    pullback(tensor(1));
    assert.equal(rules, 1);
  });

  test("zeros by structure come as null when asked for, else as zeros", () => {
    const seen: unknown[] = [];
    const make = (symbolicZeros: boolean) =>
      customJvp(
        (x: Tensor, y: Tensor) => x.mul(y),
        ([x, y], [dx, dy]: readonly (Tensor | null)[]) => {
          seen.push([dx === null, dy === null]);
          const parts = [dx?.mul(y), dy?.mul(x)].filter((part) => part !== undefined);
          return [x.mul(y), parts.reduce((sum, part) => sum.add(part))];
        },
        { symbolicZeros },
      );
    for (const symbolicZeros of [true, false]) {
      const f = make(symbolicZeros);
      assertNear(jacfwd(f)(a, b), jacfwd((x: Tensor, y: Tensor) => x.mul(y))(a, b));
      assertNear(jacrev(f, { argnums: 1 })(a, b), jacrev((x: Tensor, y: Tensor) => x.mul(y), { argnums: 1 })(a, b));
    }
    assert.deepEqual(seen, [
      [false, true],
      [true, false],
      [false, false],
      [false, false],
    ]);
    const cotangents: unknown[] = [];
    const two = customVjp(
      (x: Tensor) => ({ sin: x.sin(), cos: x.cos() }),
      (x) => [{ sin: x.sin(), cos: x.cos() }, x],
      (x, ct) => {
        const { sin, cos } = ct as { sin: Tensor | null; cos: Tensor | null };
        cotangents.push([sin === null, cos === null]);
        return [(sin?.mul(x.cos()) ?? x.mul(0)).sub(cos?.mul(x.sin()) ?? 0)];
      },
      { symbolicZeros: true },
    );
    assertNear(grad((x: Tensor) => two(x).cos.sum())(a), a.sin().neg());
    assert.deepEqual(cotangents, [[true, false]]);
  });

  test("null instead of a cotangent is zero, for a leaf or a branch", () => {
    const f = customVjp(
      (p: { w: Tensor; v: [Tensor, Tensor] }, x: Tensor) => p.w.mul(x).sum(),
      (p, x) => [p.w.mul(x).sum(), x],
      (x, ct) => [{ w: ct.mul(x), v: null }, null],
    );
    const [p, x] = grad(f, { argnums: [0, 1] })({ w: a, v: [b, b] }, b);
    assertNearTree([p, x], [{ w: b, v: [b.mul(0), b.mul(0)] }, b.mul(0)]);
  });

  test("a safe square root, the usual reason for such a rule", () => {
    const safeSqrt = customJvp(
      (x: Tensor) => x.sqrt(),
      ([x], [dx]) => {
        const y = x.sqrt();
        return [y, where(x.gt(0), dx.div(where(x.gt(0), y.mul(2), 1)), 0)];
      },
    );
    const x = tensor([0, 1, 4]);
    for (const slopes of [vmap(grad(safeSqrt))(x), jvp(safeSqrt, [x], [tensor([1, 1, 1])])[1]]) {
      assert.deepEqual(slopes.toArray(), [0, 0.5, 0.25]);
    }
  });

  test("what a rule must return, and what it cannot know", () => {
    const x = data([3]);
    const shape = customJvp(
      (t: Tensor) => t.sum(),
      ([t], [dt]) => [t.sum(), dt],
    );
    assertThrows(() => jvp(shape, [x], [x]), ShapeError, "customJvp", "[]", "[3]");
    const pair = customJvp((t: Tensor) => t, (([t]: [Tensor]) => t) as never);
    assertThrows(() => jvp(pair, [x], [x]), StructureError, "customJvp", "[out, tangentOut]");
    const list = customVjp(
      (t: Tensor) => t.sum(),
      (t) => [t.sum(), t],
      ((r: Tensor) => r) as never,
    );
    assertThrows(() => grad(list)(x), StructureError, "customVjp", "array with a cotangent per argument");
    const short = customVjp(
      (t: Tensor, u: Tensor) => t.mul(u).sum(),
      (t) => [t.sum(), t],
      (r) => [r],
    );
    assertThrows(() => grad(short)(x, x), StructureError, "customVjp", "[*, *]", "[*]");
    const closing = (t: Tensor): Tensor =>
      customVjp(
        (u: Tensor) => u.mul(t),
        (u) => [u.mul(t), null],
        (_, ct) => [ct],
      )(x).sum();
    for (const derive of [grad, jacfwd]) assertThrows(() => derive(closing)(x), TraceError, "customVjp", "argument");
    const bent = customVjp(
      (t: Tensor) => t.mul(1),
      (t) => [t, null],
      (_, ct) => [ct.clip(-1, 1)],
    );
    assertThrows(() => jacfwd(bent)(x), TraceError, "customVjp", "linear");
  });
});
