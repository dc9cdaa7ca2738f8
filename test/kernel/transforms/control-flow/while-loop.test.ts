/** @file whileLoop: values, forward mode, maps whose examples end at different times, and the refusal of reverse mode. */
import assert from "node:assert/strict";
import {
  checkGrads,
  cond,
  forLoop,
  grad,
  jacfwd,
  jacrev,
  jvp,
  scan,
  stack,
  type Tensor,
  TraceError,
  tensor,
  vjp,
  vmap,
  whileLoop,
} from "../../../../kernel/index.ts";
import { testEach } from "../../support/backends.ts";
import { data } from "../../support/data.ts";
import { differences, loop } from "../../support/differences.ts";
import { assertNear, assertThrows } from "../../support/near.ts";

const float64 = { dtype: "float64" } as const;
/** Doubles until it is large enough; how often depends on x. */
const grow = (x: Tensor): Tensor =>
  whileLoop(
    (y) => y.abs().sum().lt(20),
    (y) => y.mul(2).add(x.sin()),
    x,
  );
/** Newton's method for √a from 1, until it is exact to rounding. */
const root = (a: Tensor): Tensor =>
  whileLoop(
    ({ x, before }) => x.sub(before).abs().gt(1e-15),
    ({ x }) => ({ x: x.add(a.div(x)).mul(0.5), before: x }),
    { x: a.mul(0).add(1), before: a.mul(0) },
  ).x;

suite("whileLoop", () => {
  testEach("runs as long as the test holds", () => {
    assert.equal(
      whileLoop(
        (x) => x.lt(100),
        (x) => x.mul(2),
        tensor(1),
      ).item(),
      128,
    );
    assert.equal(
      whileLoop(
        (x) => x.lt(0),
        (x) => x.mul(2),
        tensor(7),
      ).item(),
      7,
    );
    assert.equal(
      whileLoop(
        () => false,
        (x) => x.mul(2),
        7,
      ).item(),
      7,
    );
    const start = { n: tensor(27, { dtype: "int32" }), steps: tensor(0, { dtype: "int32" }) };
    // Collatz' sequence from 27 has 111 steps.
    const { steps } = whileLoop(
      ({ n }) => n.ne(1),
      ({ n, steps }) => ({
        n: cond(
          n.remainder(2).eq(0),
          (n) => n.div(2).to("int32"),
          (n) => n.mul(3).add(1),
          n,
        ),
        steps: steps.add(1),
      }),
      start,
    );
    assert.equal(steps.item(), 111);
  });

  testEach("carries that change places, and captured ones", () => {
    const limit = tensor(1000, { dtype: "int32" });
    const one = tensor(1, { dtype: "int32" });
    const [a, b] = whileLoop(
      ([, b]) => b.lt(limit),
      ([a, b]) => [b, a.add(b)],
      [one, one],
    );
    assert.deepEqual([a.item(), b.item()], [987, 1597]);
  });

  testEach("forward mode goes through, to third order", () => {
    const x = data([3]);
    assertNear(jacfwd(grow)(x), differences(grow, [x]), { rtol: 1e-7 });
    checkGrads(grow, [x], { modes: ["forward"], order: 2 });
    const a = tensor(2.5, float64);
    assertNear(root(a), a.sqrt());
    assertNear(jacfwd(root)(a), a.sqrt().reciprocal().mul(0.5), { rtol: 1e-13 });
    const third = (f: (a: Tensor) => Tensor): Tensor => jacfwd(jacfwd(jacfwd(f)))(a);
    assertNear(
      third(root),
      third((a) => a.sqrt()),
      { rtol: 1e-11 },
    );
  });

  testEach("examples that are done stay as they are, with a test for each", () => {
    const xs = stack([data([3]), data([3], { seed: 2 }).mul(0.01), data([3], { seed: 3 }).mul(50)]);
    assertNear(vmap(grow)(xs), loop(grow, [xs], [0], 3));
    assertNear(vmap(jacfwd(grow))(xs), loop(jacfwd(grow), [xs], [0], 3), { rtol: 1e-11 });
    const as = tensor([4, 1e-3, 1, 1e6], float64);
    assertNear(vmap(root)(as), as.sqrt());
    assertNear(vmap(jacfwd(root))(as), as.sqrt().reciprocal().mul(0.5), { rtol: 1e-12 });
    const nested = tensor(
      [
        [1, 50],
        [3, 1000],
      ],
      float64,
    );
    assertNear(vmap(vmap(root))(nested), nested.sqrt());
    assertNear(vmap(vmap(root, { inDims: 0, outDims: 0 }), { inDims: 1, outDims: 1 })(nested), nested.sqrt());
  });

  testEach("what is the same for all examples: the test, a part of the value, a constant", () => {
    const f = (x: Tensor, w: Tensor, n: Tensor): Tensor =>
      whileLoop(
        ([, i]) => i.lt(n),
        ([x, i]) => [x.mul(w).sin(), i.add(1)],
        [x, tensor(0, { dtype: "int32" })],
      )[0];
    const [x, w, n] = [data([2, 3]), data([2, 3], { seed: 2 }), tensor([1, 4], { dtype: "int32" })];
    for (let subset = 1; subset < 8; subset++) {
      const inDims = [0, 1, 2].map((i) => ((subset >> i) & 1 ? 0 : null));
      const args = [x, w, n].map((each, i) => (inDims[i] === null ? each.at(1) : each));
      assertNear(vmap(f, { inDims })(args[0], args[1], args[2]), loop(f, args, inDims, 2), {
        what: JSON.stringify(inDims),
      });
    }
  });

  testEach("no NaN of an example that is done gets into its value or derivative", () => {
    // One more iteration would take the root of a negative number.
    const f = (x: Tensor): Tensor =>
      whileLoop(
        (y) => y.gt(1),
        (y) => y.sub(1).sqrt(),
        x,
      );
    const xs = tensor([0.5, 4, 30], float64);
    assertNear(vmap(f)(xs), loop(f, [xs], [0], 3));
    const slopes = vmap(jacfwd(f))(xs);
    assertNear(slopes, loop(jacfwd(f), [xs], [0], 3));
    assert.ok(slopes.dataSync().every(Number.isFinite));
    assert.equal(slopes.at(0).item(), 1);
    assertNear(jvp(vmap(f), [xs], [xs.mul(0).add(1)])[1], slopes);
    assertNear(jacfwd(vmap(f))(xs), slopes.diag());
  });

  testEach("inside scan and cond, and they inside it", () => {
    const f = (x: Tensor, us: Tensor): Tensor =>
      scan(
        (x, u) => [
          whileLoop(
            (y) => y.abs().lt(3),
            (y) => y.mul(1.7).add(u),
            x,
          ).mul(0.3),
          x,
        ],
        x,
        us,
      )[1];
    const [x, us] = [tensor(0.4, float64), data([4], { low: 0.1, high: 1 })];
    assertNear(jacfwd(f)(x, us), differences(f, [x, us]), { rtol: 1e-7 });
    assertNear(jacfwd(f, { argnums: 1 })(x, us), differences(f, [x, us], 1), { rtol: 1e-7, atol: 1e-9 });
    const inner = (x: Tensor): Tensor =>
      whileLoop(
        (y) => y.lt(50),
        (y) => scan((z) => [z.mul(1.1).add(x), null], y, null, { length: 3 })[0],
        x,
      );
    assertNear(jacfwd(inner)(x), differences(inner, [x]), { rtol: 1e-7 });
    const xs = tensor([0.1, 3, 60], float64);
    assertNear(vmap(inner)(xs), loop(inner, [xs], [0], 3));
  });

  test("reverse mode is refused, with what to use instead", () => {
    const x = data([3]);
    for (const derive of [() => grad((x: Tensor) => grow(x).sum())(x), () => vjp(grow, x)[1](x)]) {
      assertThrows(derive, TraceError, /whileLoop/, /scan or forLoop/, /forward mode \(jvp, jacfwd\)/);
    }
    const bounded = (x: Tensor): Tensor => forLoop(0, tensor(3, { dtype: "int32" }), (_, x) => x.sin(), x);
    assertThrows(() => vjp(bounded, x)[1](x), TraceError, /forLoop/);
    // A Jacobian goes through it forward, whatever the mode.
    assertNear(jacrev(grow)(x), jacfwd(grow)(x));
    assertNear(jacrev(bounded)(x), jacfwd(bounded)(x));
    // A loop that the derivative does not go through is no obstacle.
    const counted = (x: Tensor): Tensor =>
      x.mul(
        whileLoop(
          (i) => i.lt(5),
          (i) => i.add(2),
          0,
        ),
      );
    assertNear(grad((x: Tensor) => counted(x).sum())(x), x.mul(0).add(6));
  });
});
