/** @file Sizes and values at the edges: huge and empty arrays, shared and reversed axes, denormals, long programs. */
import assert from "node:assert/strict";
import { heapBytes } from "../../../kernel/backends/wasm/memory/memory.ts";
import {
  broadcastTo,
  compilationCount,
  jit,
  MemoryError,
  matmul,
  memoryBudget,
  setMemoryBudget,
  type Tensor,
  tensor,
  zeros,
} from "../../../kernel/index.ts";

const wave = (size: number, step = 0.37): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(step * i));

suite("extremes", () => {
  test("100 MB of data go in once and are used again", () => {
    const size = 25 * 2 ** 20;
    const data = new Float32Array(size).fill(1);
    data[size - 1] = 3;
    const x = tensor(data);
    const before = compilationCount();
    const taken = heapBytes();
    for (let i = 0; i < 3; i++) {
      assert.equal(x.mul(2).add(i).sum().item(), Math.fround(2 * (size + 2) + i * size));
      assert.equal(x.max().item(), 3);
    }
    assert.ok(compilationCount() - before <= 4, "data are not part of programs");
    // One block for the data, beside workspaces of threads.
    const grown = heapBytes() - taken;
    assert.ok(grown < 6 * size, `${grown} bytes`);
  });

  test("results beyond what stays in the common memory are right, too", () => {
    const n = 9000;
    const x = tensor(wave(n));
    // 324 MB.
    const outer = x
      .reshape([n, 1])
      .mul(x.reshape([1, n]))
      .evaluate();
    const row = outer.at(n - 1).dataSync();
    const w = wave(n);
    for (const j of [0, 1, 17, n - 1]) assert.equal(row[j], Math.fround(w[n - 1] * w[j]));
    outer.dispose();
  });

  test("a program that would exceed the budget is refused before it runs, and the next one runs", () => {
    const budget = memoryBudget();
    setMemoryBudget(64 * 2 ** 20);
    try {
      const x = tensor(wave(6000));
      assert.throws(() => x.reshape([6000, 1]).mul(x).dataSync(), MemoryError);
      assert.equal(x.mul(0).sum().item(), 0);
    } finally {
      setMemoryBudget(budget);
    }
  });

  test("empty arrays, arrays of one entry, and axes of one", () => {
    for (const shape of [[0], [3, 0], [0, 5], [1], [1, 1, 1]]) {
      const x = zeros(shape).add(1).evaluate();
      assert.equal(x.exp().sum().item().toFixed(4), (x.size * Math.E).toFixed(4));
      assert.deepEqual(x.transpose().shape, [...shape].reverse());
    }
    assert.deepEqual(matmul(zeros([4, 0]), zeros([0, 3])).toArray(), [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    assert.deepEqual(zeros([5, 0]).sum(1).toArray(), [0, 0, 0, 0, 0]);
  });

  test("axes that are shared, reversed and exchanged, in arrays above the threshold", () => {
    const [rows, columns] = [170, 130];
    const data = wave(rows * columns);
    const x = tensor(data).reshape([rows, columns]);
    const shared = broadcastTo(x.at(3), [rows, columns]);
    const mixed = jit((a: Tensor, b: Tensor) => a.flip(0).transpose().add(b.transpose().mul(2)).flip(1));
    const got = mixed(x, shared).dataSync();
    for (const [j, i] of [
      [0, 0],
      [7, 11],
      [columns - 1, rows - 1],
      [50, 169],
    ]) {
      const at = rows - 1 - i;
      const wanted = Math.fround(data[(rows - 1 - at) * columns + j] + Math.fround(2 * data[3 * columns + j]));
      assert.ok(Math.abs(got[j * rows + i] - wanted) <= 1e-6, `[${j}, ${i}]`);
    }
  });

  test("denormal numbers are neither flushed nor lost, in vectors and in tails", () => {
    const least = 2 ** -149;
    const x = tensor(Float32Array.from({ length: 5003 }, (_, i) => (i + 1) * least));
    const doubled = x.mul(2).dataSync();
    const back = x.mul(2).div(2).dataSync();
    for (const i of [0, 1, 2, 3, 4998, 5000, 5002]) {
      assert.equal(doubled[i], 2 * (i + 1) * least);
      assert.equal(back[i], (i + 1) * least);
    }
    assert.equal(x.sum().item(), ((5003 * 5004) / 2) * least);
    const y = tensor(Float64Array.from({ length: 5003 }, (_, i) => (i + 1) * 2 ** -1074));
    assert.equal(y.sum().item(), ((5003 * 5004) / 2) * 2 ** -1074);
  });

  test("a program of 1,000 operations of many kinds", () => {
    const chain = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 250; i++) {
        y = y.mul(0.9).add(y.flip(0).mul(0.1));
        if (i % 25 === 0) y = y.sub(y.mean());
      }
      return y;
    };
    const data = wave(5000);
    let wanted = Float64Array.from(data);
    for (let i = 0; i < 250; i++) {
      const last = wanted;
      wanted = last.map((value, k) => 0.9 * value + 0.1 * last[last.length - 1 - k]);
      if (i % 25 === 0) {
        const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
        wanted = wanted.map((value) => value - mean);
      }
    }
    const got = jit(chain)(tensor(data)).dataSync();
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(got[i] - value) < 1e-4 * largest, `entry ${i}: ${got[i]} for ${value}`);
    });
  });
});
