/**
 * @file What laziness must not cost: loops of any length in flat memory and linear time, few programs, nothing computed
 * twice, history let go.
 */
import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import {
  compilationCount,
  grad,
  jacrev,
  manualSeed,
  randn,
  stack,
  sub,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
} from "../../kernel/index.ts";
import { data } from "./support/data.ts";
import { assertNear } from "./support/near.ts";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

/** Bytes that are still reachable. The second collection waits for what the first handed to be swept beside it. */
function liveBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const features = data([16, 3], { dtype: "float32" });
const target = data([16, 2], { seed: 2, dtype: "float32" });
const loss = (w: Tensor): Tensor => features.matmul(w).tanh().sub(target).square().mean();

interface Course {
  /** Live bytes after a quarter and at the end. */
  readonly early: number;
  readonly late: number;
  /** Programs compiled in the last three quarters. */
  readonly compiled: number;
}

function course(steps: number, step: (i: number) => void): Course {
  let early = 0;
  let compiled = 0;
  for (let i = 0; i < steps; i++) {
    if (i === steps / 4) {
      early = liveBytes();
      compiled = compilationCount();
    }
    step(i);
  }
  return { early, late: liveBytes(), compiled: compilationCount() - compiled };
}

function assertFlat({ early, late, compiled }: Course): void {
  const grown = (late - early) / 2 ** 20;
  // A few hundred bytes kept per step would be more.
  assert.ok(grown < 6, `grew by ${grown.toFixed(1)} MB`);
  // A step that computed earlier steps anew would need a longer program each time, and so one of its own.
  assert.ok(compiled <= 4, `compiled ${compiled} programs on the way`);
}

suite("loops", () => {
  test("20,000 training steps that read nothing in between", () => {
    manualSeed(1);
    let w = randn([3, 2]);
    const first = loss(w).item();
    assertFlat(
      course(20_000, () => {
        w = w.sub(grad(loss)(w).mul(0.05));
      }),
    );
    assert.ok(loss(w).item() < first * 0.9);
  }).timeout(90_000);

  test("20,000 training steps that read the loss at each", () => {
    manualSeed(1);
    let w = randn([3, 2]);
    let last = Number.POSITIVE_INFINITY;
    assertFlat(
      course(20_000, () => {
        const [value, gradient] = valueAndGrad(loss)(w);
        w = w.sub(gradient.mul(0.05));
        last = value.item();
      }),
    );
    assert.ok(Math.abs(last - loss(w).item()) < 1e-3);
  }).timeout(90_000);

  test("both ways of reading give the same weights", () => {
    const start = data([3, 2], { seed: 5, dtype: "float32" });
    const run = (read: boolean): Tensor => {
      let w = start;
      for (let i = 0; i < 500; i++) {
        w = w.sub(grad(loss)(w).mul(0.05));
        if (read) w.dataSync();
      }
      return w;
    };
    assertNear(run(false), run(true), { rtol: 1e-4, atol: 1e-5 });
  });

  test("a changing learning rate and step count compile nothing new", () => {
    let w = data([3, 2], { seed: 5, dtype: "float32" });
    const step = (i: number): void => {
      w = w.sub(grad(loss)(w).mul(0.3 / (i + 3)));
      w.dataSync();
    };
    for (let i = 0; i < 3; i++) step(i);
    const before = compilationCount();
    for (let i = 3; i < 60; i++) step(i);
    assert.equal(compilationCount(), before);
  });

  test("a chain of 200,000 operations on one number", () => {
    let x = tensor(0, { dtype: "float64" });
    const { late, early, compiled } = course(200_000, () => {
      x = x.add(1);
    });
    assert.equal(x.item(), 200_000);
    assert.ok(late - early < 6 * 2 ** 20 && compiled <= 4);
  }).timeout(60_000);

  test("a long chain inside grad is no deeper than a short one", () => {
    const f = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 3000; i++) y = y.mul(1.0001).add(0.25);
      return y;
    };
    const x = tensor(1, { dtype: "float64" });
    assert.ok(Math.abs(grad(f)(x).item() - 1.0001 ** 3000) < 1e-9);
  }).timeout(60_000);
});

suite("nothing is computed twice", () => {
  test("a value that several readers need is computed by the first", () => {
    const x = data([4]);
    const shared = x.exp();
    const reads = [shared.mul(2), shared.add(1), sub(shared, 3)];
    reads[0].dataSync();
    assert.ok(shared.node.value !== null, "kept for those who still want it");
    assert.equal(shared.node.expression, null, "and its history let go");
    for (const each of reads) each.dataSync();
  });

  test("reading each step of a recurrence costs each step once", () => {
    const before = compilationCount();
    let x = data([8]);
    for (let i = 0; i < 50; i++) {
      const half = x.mul(0.5);
      x = half.add(half.sin());
      x.sum().item();
    }
    // One program for the first step and one for the others at most, besides the end.
    assert.ok(compilationCount() - before <= 3, `${compilationCount() - before} programs`);
  });

  test("programs are found by structure: other data, another function object, the same program", () => {
    const run = (seed: number): void => {
      const f = (x: Tensor): Tensor => x.matmul(x.transpose()).sin();
      jacrev(f)(data([3, 4], { seed })).dataSync();
      vmap(grad((x: Tensor) => f(x).sum()))(data([2, 3, 4], { seed })).dataSync();
    };
    run(1);
    const before = compilationCount();
    for (let seed = 2; seed < 12; seed++) run(seed);
    assert.equal(compilationCount(), before);
  });

  test("constants that print alike are told apart", () => {
    const x = tensor([1]);
    const specials = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const together = stack(specials.map((value) => x.mul(value)));
    assert.deepEqual(together.flatten().toArray(), specials);
    for (const value of specials) assert.deepEqual(x.mul(value).toArray(), [value]);
  });

  test("results that are arguments passed through are told apart by their types", () => {
    for (const argument of [tensor([1, 2, 3]), tensor(4), tensor([[5, 6]], { dtype: "float64" })]) {
      // The derivative of a + b · 1 with respect to the 1 is b itself.
      const [, pullback] = vjp((b: Tensor, one: Tensor) => b.mul(one), argument, argument.mul(0).add(1));
      const [, wrtOne] = pullback(argument.mul(0).add(1).div(1)) as [Tensor, Tensor];
      assertNear(wrtOne, argument);
      const [, plain] = vjp((a: Tensor, b: Tensor) => a.mul(b).sum(), argument, argument);
      for (const each of plain(1) as [Tensor, Tensor]) assertNear(each, argument);
    }
  });

  test("what is read is computed; what is not, is not", () => {
    const x = data([4]);
    const [y, z] = [x.exp(), x.log()];
    y.dataSync();
    assert.equal(z.node.value, null);
  });
});

suite("history is let go", () => {
  test("inputs of a result that was read can be collected", async () => {
    const kept: Tensor[] = [];
    let watched: WeakRef<object> | undefined;
    (() => {
      const big = data([1000]).mul(2);
      watched = new WeakRef(big.node);
      kept.push(big.sin().sum());
      kept[0].dataSync();
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    assert.equal(watched?.deref(), undefined);
  });

  test("a pullback keeps what it needs, and lets it go with itself", async () => {
    let watched: WeakRef<object> | undefined;
    const value = (() => {
      const x = data([500]);
      const [out, pullback] = vjp((x: Tensor) => {
        const y = x.exp();
        watched = new WeakRef(y.node);
        return y.mul(y).sum();
      }, x);
      out.dataSync();
      collect();
      assert.ok(watched?.deref() !== undefined);
      return pullback(tensor(1, { dtype: "float64" }))
        .sum()
        .item();
    })();
    assert.ok(Number.isFinite(value));
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    assert.equal(watched?.deref(), undefined);
  });

  test("what a transform kept is let go when it ends, also when it throws", async () => {
    const watched: WeakRef<object>[] = [];
    for (let i = 0; i < 300; i++) {
      try {
        grad((x: Tensor) => {
          const y = x.mul(3).exp();
          y.dataSync();
          watched.push(new WeakRef(y.node));
          if (i % 2 === 0) throw new Error("stop");
          return x.sum();
        })(data([2000], { seed: i })).dataSync();
      } catch {
        // Every second one.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    const alive = watched.filter((each) => each.deref() !== undefined).length;
    // The engine may hold on to the last one.
    assert.ok(alive <= 1, `${alive} of ${watched.length} are still there`);
  });
});
