/** @file Threads: the same bits for any number of them, and what happens when one is lost. */
import assert from "node:assert/strict";
import { commonMemory } from "../../../kernel/backends/wasm/memory/memory.ts";
import { setPatience } from "../../../kernel/backends/wasm/threads/pool.ts";
import { WORDS } from "../../../kernel/backends/wasm/threads/words.ts";
import {
  ArgumentError,
  KernelError,
  matmul,
  setThreads,
  softmax,
  type Tensor,
  tensor,
  threads,
} from "../../../kernel/index.ts";

const control = (): Int32Array => new Int32Array(commonMemory().buffer, WORDS.address, WORDS.length);
const chunksByOthers = (): number => Atomics.load(control(), WORDS.done);

const wave = (shape: readonly number[], step: number): Tensor => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(step * i))).reshape([...shape]);
};

/** Computes until the threads have started and taken a share. */
async function untilShared(compute: () => void): Promise<void> {
  const before = chunksByOthers();
  for (let i = 0; i < 1000; i++) {
    compute();
    if (chunksByOthers() !== before) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail("no other thread took part");
}

suite("threads", () => {
  teardown(() => setThreads("auto"));

  test("any number of them gives the same bits", async () => {
    const x = wave([700, 900], 0.37).evaluate();
    const y = wave([900, 500], 0.11).evaluate();
    const programs: readonly (() => Tensor)[] = [
      () => x.tanh().mul(x).add(1),
      () => x.exp().sum(),
      () => x.exp().max(),
      () => x.mul(x).sum(1),
      () => x.sin().sum(0),
      () => x.reshape([7, 100, 900]).max(1),
      () => softmax(x, 1),
      () => matmul(x, y),
      () => matmul(y.transpose(), x.transpose()).tanh().sum(),
      () => x.to("float64").sin().sum(),
      () => x.cumsum(0),
    ];
    setThreads(1);
    const wanted = programs.map((program) => program().dataSync());
    for (const count of [2, 3]) {
      setThreads(count);
      assert.equal(threads(), count);
      for (const [i, program] of programs.entries()) {
        if (i === 0) await untilShared(() => program().evaluate());
        for (let again = 0; again < 5; again++) assert.deepEqual(program().dataSync(), wanted[i], `program ${i}`);
      }
    }
  });

  test("small kernels are not offered", () => {
    setThreads(2);
    const x = wave([1000], 0.2).evaluate();
    const epoch = Atomics.load(control(), WORDS.epoch);
    x.tanh().sum().item();
    assert.equal(Atomics.load(control(), WORDS.epoch), epoch);
  });

  test("a thread that does not come back is an error, not a wrong number; then one computes", async () => {
    setThreads(2);
    const x = wave([1000, 1000], 0.3).evaluate();
    await untilShared(() => x.tanh().evaluate());
    setPatience(50);
    // As if a thread had taken a chunk and died.
    Atomics.add(control(), WORDS.active, 1);
    try {
      assert.throws(
        () => x.tanh().evaluate(),
        (error) => error instanceof KernelError && /a thread of the computation stopped/.test(error.message),
      );
    } finally {
      setPatience(10_000);
    }
    assert.equal(threads(), 1);
    assert.ok(Math.abs(x.tanh().dataSync()[1] - Math.tanh(Math.sin(0.3))) < 1e-6);
    setThreads("auto");
    assert.ok(threads() >= 1);
  });

  test("work that was out when the caller was stopped is taken back before memory is used anew", async () => {
    setThreads(2);
    const x = wave([1000, 1000], 0.3).evaluate();
    await untilShared(() => x.tanh().evaluate());
    const wanted = x.tanh().dataSync();
    setThreads(1);
    setThreads(2);
    assert.deepEqual(x.tanh().dataSync(), wanted);
  });

  test("a number that is none is refused", () => {
    for (const bad of [0, -1, 1.5, Number.NaN]) assert.throws(() => setThreads(bad), ArgumentError);
    assert.throws(() => setThreads("many" as "auto"), /expected a positive integer or "auto", got many/);
  });
});
