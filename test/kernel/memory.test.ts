/** @file Long runs in flat memory: the process, the engine's heap and WebAssembly, over training and over Hessians. */
import assert from "node:assert/strict";
import v8 from "node:v8";
import vm from "node:vm";
import { commonMemory } from "../../kernel/backends/wasm/memory/memory.ts";
import { Interner } from "../../kernel/graph/interner.ts";
import {
  compilationCount,
  full,
  grad,
  hessian,
  jit,
  manualSeed,
  ones,
  randn,
  scan,
  type Tensor,
  tensor,
} from "../../kernel/index.ts";
import { data } from "./support/data.ts";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

interface Memory {
  readonly rss: number;
  readonly heap: number;
  readonly wasm: number;
}

async function memory(): Promise<Memory> {
  // What finalizers hand back comes with a later turn.
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heap: heapUsed + arrayBuffers, wasm: commonMemory().buffer.byteLength };
}

const MB = 2 ** 20;

/** Runs `step` and asserts that nothing grew after the first part. A kilobyte per step would be over every bound. */
async function assertFlat(steps: number, step: (i: number) => void): Promise<void> {
  const warm = steps / 5;
  let before: Memory | undefined;
  for (let i = 0; i < steps; i++) {
    if (i === warm) before = await memory();
    step(i);
  }
  const after = await memory();
  const leaked = ((steps - warm) * 1024) / MB;
  const heap = (after.heap - before!.heap) / MB;
  const rss = (after.rss - before!.rss) / MB;
  assert.ok(heap < Math.min(4, leaked / 2), `the heap grew by ${heap.toFixed(1)} MB`);
  assert.ok(rss < Math.max(40, leaked / 2), `the process grew by ${rss.toFixed(1)} MB`);
  assert.equal(after.wasm, before!.wasm, "WebAssembly's memory grew");
}

suite("long runs in flat memory", () => {
  const features = data([16, 3], { dtype: "float32" });
  const target = data([16, 2], { seed: 2, dtype: "float32" });
  type Weights = [Tensor, Tensor, Tensor, Tensor];
  const loss = (w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor): Tensor =>
    features.matmul(w1).add(b1).tanh().matmul(w2).add(b2).sub(target).square().mean();

  test("100,000 training steps of a small network that read nothing in between", async () => {
    manualSeed(1);
    let weights: Weights = [randn([3, 4]), randn([4]), randn([4, 2]), randn([2])];
    const first = loss(...weights).item();
    const gradient = grad(loss, { argnums: [0, 1, 2, 3] });
    await assertFlat(100_000, () => {
      const slopes = gradient(...weights);
      weights = weights.map((weight, i) => weight.sub(slopes[i].mul(0.02))) as Weights;
    });
    assert.ok(loss(...weights).item() < first / 2);
  }).timeout(120_000);

  test("10,000 Hessians", async () => {
    const f = (x: Tensor): Tensor => features.matmul(x).tanh().square().sum();
    let x = tensor([0.1, 0.2, 0.3]);
    await assertFlat(10_000, (i) => {
      const h = hessian(f)(x);
      x = x.add(h.sum(0).mul(1e-4));
      if (i % 100 === 0) h.dataSync();
    });
    assert.ok(Number.isFinite(x.sum().item()));
  }).timeout(120_000);

  test("20,000 calls of a compiled function", async () => {
    const step = jit((x: Tensor) => x.mul(0.99).add(0.01).sin());
    let x = data([50]);
    await assertFlat(20_000, () => {
      x = step(x);
    });
  }).timeout(60_000);

  test("2,000 loops, of which only one result is read", async () => {
    let x = tensor(0.5);
    const sequence = data([20], { dtype: "float32" });
    await assertFlat(2000, () => {
      [x] = scan((c: Tensor, s: Tensor) => [c.mul(0.9).add(s.mul(0.01)), c] as const, x, sequence);
    });
    assert.ok(Number.isFinite(x.item()));
  }).timeout(60_000);
});

suite("what is kept of programs is bounded", () => {
  test("constants that change at each step are data, not programs", () => {
    const x = data([5]);
    const run = (i: number): void => {
      x.mul(i + 0.5)
        .add(full([5], i / 7 + 0.01))
        .dataSync();
    };
    for (let i = 0; i < 40; i++) run(i);
    const before = compilationCount();
    for (let i = 40; i < 200; i++) run(i);
    assert.equal(compilationCount(), before);
  });

  test("shapes that change at each step: old programs go", async () => {
    const run = (n: number): void => {
      ones([n])
        .add(tensor(new Float32Array(n)))
        .sin()
        .dataSync();
    };
    for (let n = 1; n <= 700; n++) run(n);
    const before = await memory();
    for (let n = 701; n <= 2200; n++) run(n);
    const after = await memory();
    const grown = (after.heap - before.heap) / MB;
    assert.ok(grown < 6, `the heap grew by ${grown.toFixed(1)} MB`);
  }).timeout(60_000);

  test("an interner forgets what was not asked for long, and never gives a number twice", () => {
    const interner = new Interner();
    const text = (i: number): string => `${i}:${"x".repeat(5000)}`;
    const numbers = new Set<number>();
    const steady = interner.numberOf("steady");
    for (let i = 0; i < 4000; i++) {
      numbers.add(interner.numberOf(text(i)));
      if (i % 100 === 0) assert.equal(interner.numberOf("steady"), steady);
    }
    assert.equal(numbers.size, 4000);
    assert.equal(interner.numberOf(text(3999)), interner.numberOf(text(3999)));
    const again = interner.numberOf(text(0));
    assert.ok(!numbers.has(again), "forgotten, and so given a new number");
    assert.ok(interner.characters <= 2 * (4 * MB + 5100), `${interner.characters} characters kept`);
  });
});
