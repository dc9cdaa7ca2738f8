/** @file cond: values and derivatives of the branch that is chosen, which alone is computed; maps with one test and many. */
import assert from "node:assert/strict";
import {
  checkGrads,
  cond,
  forLoop,
  grad,
  hessian,
  jacfwd,
  jacrev,
  scan,
  stack,
  type Tensor,
  tensor,
  vjp,
  vmap,
  whileLoop,
} from "../../../../kernel/index.ts";
import { testEach } from "../../support/backends.ts";
import { data } from "../../support/data.ts";
import { loop } from "../../support/differences.ts";
import { assertNear, assertNearTree } from "../../support/near.ts";
import { scanUnrolled } from "../../support/unrolled.ts";

const float64 = { dtype: "float64" } as const;
const either = (x: Tensor, y: Tensor): Tensor =>
  cond(
    x.sum().gt(0),
    (x, y) => x.mul(y).sin(),
    (x) => x.exp().mul(x),
    x,
    y,
  );
const plain = (x: Tensor, y: Tensor): Tensor => (x.sum().item() > 0 ? x.mul(y).sin() : x.exp().mul(x));

suite("cond", () => {
  testEach("is the branch that is chosen, with its derivatives", () => {
    const y = data([3], { seed: 2 });
    for (const x of [data([3]).abs(), data([3]).abs().neg()]) {
      assertNear(either(x, y), plain(x, y));
      for (const argnums of [0, 1]) {
        assertNear(jacrev(either, { argnums })(x, y), jacrev(plain, { argnums })(x, y));
        assertNear(jacfwd(either, { argnums })(x, y), jacrev(plain, { argnums })(x, y));
      }
      const bent =
        (f: typeof plain) =>
        (x: Tensor): Tensor =>
          f(x, y).square().sum();
      assertNear(hessian(bent(either))(x), hessian(bent(plain))(x));
      assertNear(jacrev(jacrev(jacfwd(bent(either))))(x), jacfwd(jacfwd(jacfwd(bent(plain))))(x), { rtol: 1e-11 });
      checkGrads(either, [x, y], { order: 2 });
    }
  });

  testEach("trees, numbers, closures that differ, results that are operands or constants", () => {
    const [x, w] = [data([2]), data([2], { seed: 2 })];
    const f = (x: Tensor, w: Tensor, flag: Tensor | boolean): Tensor => {
      const {
        a,
        b: [c, n],
      } = cond(
        flag,
        (x, { k }) => ({ a: x, b: [x.mul(w).mul(k), 1] as const }),
        () => ({ a: w, b: [tensor([5, 6], float64), 2] as const }),
        x,
        { k: 3 },
      );
      return a.mul(c).add(n);
    };
    for (const flag of [true, false, tensor(true), tensor(false)]) {
      const yes = typeof flag === "boolean" ? flag : flag.item() === 1;
      const expected = yes ? x.mul(x).mul(w).mul(3).add(1) : w.mul(tensor([5, 6], float64)).add(2);
      assertNear(f(x, w, flag), expected);
      const [ofX, ofW] = jacrev(f, { argnums: [0, 1] })(x, w, flag);
      assertNear(ofX, yes ? x.mul(w).mul(6).diag() : data([2, 2]).mul(0));
      assertNear(ofW, yes ? x.mul(x).mul(3).diag() : tensor([5, 6], float64).diag());
    }
  });

  testEach("only the branch that is chosen is computed", () => {
    // This loop would never end.
    const endless = (x: Tensor): Tensor =>
      whileLoop(
        () => true,
        (x) => x.add(1),
        x,
      );
    const x = data([2]);
    for (const flag of [tensor(true), x.sum().lt(1e9)]) {
      assertNear(
        cond(flag, (x) => x.mul(2), endless, x),
        x.mul(2),
      );
      assertNear(
        cond(
          flag,
          () => x.mul(2),
          () => endless(x),
        ),
        x.mul(2),
      );
      assertNear(jacfwd((x: Tensor) => cond(flag, (x) => x.mul(2), endless, x))(x), x.mul(0).add(2).diag());
      // One test for all examples.
      assertNear(vmap((x: Tensor) => cond(flag, (x) => x.mul(2), endless, x))(x), x.mul(2));
    }
    assertNear(
      cond(false, endless, (x) => x, x),
      x,
    );
  });

  testEach("maps: a test for each example or for all, operands and closures mapped or not", () => {
    const f = (t: Tensor, x: Tensor, w: Tensor): Tensor =>
      cond(
        t.gt(0),
        (x) => x.mul(w).sum().add(x),
        (x) => stack([x.at(0), w.at(1)]).sin(),
        x,
      );
    const full = [tensor([1, -1, 2], float64), data([3, 2]), data([3, 2], { seed: 2 })];
    for (let subset = 1; subset < 8; subset++) {
      for (const unmappedTest of [0, 1]) {
        const inDims = full.map((_, i) => ((subset >> i) & 1 ? 0 : null));
        const args = full.map((each, i) => (inDims[i] === null ? each.at(unmappedTest) : each));
        const what = JSON.stringify(inDims);
        assertNear(vmap(f, { inDims })(args[0], args[1], args[2]), loop(f, args, inDims, 3), { what });
        const slopes = (t: Tensor, x: Tensor, w: Tensor): Tensor =>
          stack([...jacrev((x: Tensor, w: Tensor) => f(t, x, w), { argnums: [0, 1] })(x, w)]);
        assertNear(vmap(slopes, { inDims })(args[0], args[1], args[2]), loop(slopes, args, inDims, 3), {
          what: `jacrev, ${what}`,
        });
      }
    }
    const ts = tensor(
      [
        [1, -1],
        [-2, 3],
      ],
      float64,
    );
    const [x, w] = [data([2]), data([2], { seed: 2 })];
    const nested = vmap(vmap(f, { inDims: [0, null, null] }), { inDims: [0, null, null] })(ts, x, w);
    assertNear(nested.at(0, 1), f(ts.at(0, 1), x, w));
    assertNear(nested.at(1, 1), f(ts.at(1, 1), x, w));
  });

  testEach("the derivative of an example is that of its own branch, without NaN of the other", () => {
    const f = (x: Tensor): Tensor =>
      cond(
        x.gt(0),
        (x) => x.log(),
        (x) => x.neg(),
        x,
      );
    const xs = tensor([2, 0, -1, 0.5], float64);
    const expected = tensor([0.5, -1, -1, 2], float64);
    assertNear(vmap(grad(f))(xs), expected);
    assertNear(vmap(jacfwd(f))(xs), expected);
    assertNear(jacfwd(vmap(f))(xs), expected.diag());
    const w = tensor(3, float64);
    const some = tensor([2, -1, 0.5], float64);
    // What all examples share sums up over them.
    const shared = (w: Tensor): Tensor =>
      vmap((x: Tensor) =>
        cond(
          x.gt(0),
          (x) => x.abs().log().mul(w),
          (x) => x.mul(w).mul(w),
          x,
        ),
      )(some).sum();
    assertNear(grad(shared)(w), tensor(Math.log(2) + Math.log(0.5) - 6, float64));
    assertNear(grad(grad(shared))(w), tensor(-2, float64));
  });

  testEach("inside scan, scan inside it, and inside itself", () => {
    const f =
      (which: typeof scan) =>
      (x: Tensor, us: Tensor): Tensor => {
        const [last, path] = which(
          (x, u) => [
            cond(
              u.gt(0),
              (x) => x.mul(u).sin(),
              (x) =>
                cond(
                  u.lt(-1),
                  (x) => x.exp(),
                  (x) => x.mul(us.at(0)),
                  x,
                ),
              x,
            ),
            x.mul(u),
          ],
          x,
          us,
        );
        return stack([last, path.sum()]);
      };
    const [x, us] = [tensor(0.7, float64), tensor([0.5, -0.5, -1.2, 1.3], float64)];
    for (const argnums of [0, 1]) {
      assertNear(jacrev(f(scan), { argnums })(x, us), jacrev(f(scanUnrolled), { argnums })(x, us));
      assertNear(jacfwd(f(scan), { argnums })(x, us), jacrev(f(scanUnrolled), { argnums })(x, us));
    }
    checkGrads(f(scan), [x, us], { order: 2 });
    const g = (x: Tensor): Tensor =>
      cond(
        x.gt(0),
        (x) => forLoop(0, 3, (_, x) => x.mul(1.5).sin(), x),
        (x) => scan((x) => [x.mul(x), x], x, null, { length: 2 })[1].sum(),
        x,
      );
    for (const start of [0.4, -0.6]) checkGrads(g, [tensor(start, float64)], { order: 2 });
    const xs = tensor([0.4, -0.6, 1.1], float64);
    assertNear(vmap(g)(xs), loop(g, [xs], [0], 3));
    assertNear(vmap(grad(g))(xs), loop(grad(g), [xs], [0], 3));
  });

  testEach("a pullback made outside, of a scan, is used in a branch", () => {
    const x = data([2]);
    const [, pullback] = vjp((x: Tensor) => scan((x) => [x.sin(), x], x, null, { length: 2 })[0], x);
    const f = (v: Tensor): Tensor =>
      cond(
        v.sum().lt(100),
        () => pullback(v),
        (v) => v,
        v,
      );
    assertNear(f(x), pullback(x));
    assertNear(jacrev(f)(x), jacrev(pullback as (v: Tensor) => Tensor)(x));
  });

  test("choices of several results are nested as they are", () => {
    const [a, { b }] = cond(
      tensor(true),
      () => [1, { b: 2 }] as const,
      () => [3, { b: 4 }] as const,
    );
    assert.deepEqual([a.item(), b.item()], [1, 2]);
    assertNearTree(
      cond(
        false,
        () => ({ x: 1 }),
        () => ({ x: 4 }),
      ),
      { x: 4 },
    );
  });
});
