/** @file Large arrays stay in WebAssembly's memory between programs: same numbers, freed when nobody has them. */
import assert from "node:assert/strict";
import { commonMemory, giveBlock, heapBytes, takeBlock } from "../../../kernel/backends/wasm/memory/memory.ts";
import { makeResident } from "../../../kernel/backends/wasm/memory/residents.ts";
import {
  backendName,
  cumsum,
  grad,
  jit,
  matmul,
  ones,
  randn,
  scan,
  softmax,
  sort,
  type Tensor,
  Timer,
  type TypedArray,
  tensor,
  useBackend,
  vmap,
  zeros,
} from "../../../kernel/index.ts";

const MB = 2 ** 20;
const isResident = (x: Tensor): boolean => (x.evaluate().node.value as TypedArray).buffer instanceof SharedArrayBuffer;

/** Lets the engine notice what is garbage. */
async function afterCollection(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Numbers that are data, not constants of the program. */
const wave = (rows: number, columns: number, step: number): Tensor =>
  tensor(Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(step * i))).reshape([rows, columns]);

/** Computes `f` on both backends; the arrays are above the threshold, inputs used twice and results used again. */
function agrees(f: (x: Tensor, y: Tensor) => Tensor): void {
  const values = ["wasm", "reference"].map((backend) => {
    useBackend(backend);
    try {
      const x = wave(96, 100, 0.37);
      const y = wave(100, 80, 0.11);
      const first = f(x, y).evaluate();
      const again = f(x, y).evaluate();
      return first.add(again).dataSync();
    } finally {
      useBackend("wasm");
    }
  });
  assert.equal(backendName(), "wasm");
  const [got, wanted] = values.map((each) => Float64Array.from(each));
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) => {
    assert.ok(Math.abs(value - wanted[i]) <= 1e-5 * largest, `entry ${i}: got ${value}, wanted ${wanted[i]}`);
  });
}

suite("arrays that stay in WebAssembly's memory", () => {
  test("large ones do, small ones do not", () => {
    assert.ok(isResident(randn([64, 64]).mul(2)));
    assert.ok(!isResident(randn([8, 8]).mul(2)));
  });

  test("every kind of kernel reads and writes them where they are", () => {
    agrees((x, y) => matmul(x, y));
    agrees((x) => matmul(x.transpose(), x));
    agrees((x) => x.tanh().mul(x).add(1));
    agrees((x) =>
      x
        .sum(0)
        .add(x)
        .mul(x.max(1, { keepDims: true })),
    );
    agrees((x) => softmax(x, 1));
    agrees((x) => cumsum(x, 0));
    agrees((x) => sort(x, 1));
    agrees((x) => x.flip(1).slice(0, 3, 90));
    agrees((x) => grad((u: Tensor) => u.mul(u).sum().mul(u.exp().sum()))(x));
    agrees((x) => vmap((row: Tensor) => row.sub(row.mean()).div(row.norm()))(x));
    agrees((x, y) => scan((c: Tensor, row: Tensor) => [c.mul(0.5).add(matmul(row, y)), c], zeros([80]), x)[1]);
    const step = jit((x: Tensor, y: Tensor) => matmul(x, y).relu());
    agrees((x, y) => step(x, y));
  });

  test("a view of the numbers stays what it was, whatever happens to the tensor", async () => {
    let x: Tensor | null = ones([100_000]).mul(3).evaluate();
    const view = x.dataSync().subarray(5, 10);
    x = null;
    await afterCollection();
    for (let i = 0; i < 20; i++) ones([100_000]).mul(i).evaluate();
    assert.deepEqual([...view], [3, 3, 3, 3, 3]);
  });

  test("reading is free after the first time, and the tensor can still be computed with", () => {
    const x = ones([10_000]).mul(3).evaluate();
    assert.equal(x.dataSync(), x.dataSync());
    assert.equal(x.add(1).sum().item(), 40_000);
    assert.deepEqual((x.toArray() as number[])[9_999], 3);
  });

  test("a synchronous loop over large arrays has flat memory", () => {
    const x = ones([2 * MB]).evaluate();
    const step = jit((u: Tensor) => u.mul(1.5).add(1));
    let most = 0;
    for (let i = 0; i < 200; i++) {
      step(x).evaluate();
      most = Math.max(most, heapBytes());
    }
    // 1.6 GB went by.
    assert.ok(most < 700 * MB, `${most / MB} MB were taken at once`);
    assert.equal(step(x).dataSync()[7], 2.5);
  });

  test("what is held is kept, also when garbage is collected for room", () => {
    const held = Array.from({ length: 20 }, (_, i) => ones([MB]).mul(i).evaluate());
    for (let i = 0; i < 100; i++) ones([MB]).mul(-1).evaluate();
    held.forEach((x, i) => {
      assert.equal(x.sum().item(), i * MB);
    });
  });

  test("dispose frees at once", () => {
    const x = wave(1000, 1000, 0.1).evaluate();
    const y = x.mul(2).evaluate();
    const before = heapBytes();
    y.dispose();
    assert.equal(heapBytes(), before - 4_000_000);
  });

  test("a disposed tensor cannot be used, and what still needs it keeps it", () => {
    const x = wave(100, 100, 0).add(2).evaluate();
    const y = x.add(1);
    x.dispose();
    assert.equal(y.evaluate().sum().item(), 30_000);
    x.dispose();
    assert.throws(() => x.dataSync(), /of shape \[100, 100\] \(float32\) is needed, but dispose\(\) was called on it/);
    assert.throws(() => x.add(1).sum().item(), /dispose\(\) was called/);
  });

  test("a timer frees what its statement makes, and nothing else", () => {
    const x = wave(500, 500, 0.2).add(1).evaluate();
    const before = heapBytes();
    let last = x;
    new Timer({
      stmt: () => {
        last = x.mul(2);
        return [last, x];
      },
    }).timeit(50);
    // Two results at a time, of fifty.
    assert.ok(heapBytes() <= before + 2_000_000, `${heapBytes() - before} bytes`);
    assert.equal(last.sub(x).sub(x).abs().max().item(), 0);
  });

  test("two tensors with one value: disposing of one leaves the other", () => {
    const x = tensor(new Float32Array(10_000).fill(4)).mul(1).evaluate();
    const g = grad((u: Tensor) => u.mul(x).sum())(ones([10_000])).evaluate();
    g.dispose();
    ones([10_000]).mul(9).evaluate();
    assert.equal(x.sum().item(), 40_000);
  });

  test("memory grows by what is needed, and views made before stay valid", () => {
    const x = ones([MB]).mul(5).evaluate();
    const size = commonMemory().buffer.byteLength;
    const many = Array.from({ length: 12 }, () => ones([16 * MB]).evaluate());
    assert.ok(commonMemory().buffer.byteLength > size);
    assert.equal(x.sum().item(), 5 * MB);
    for (const each of many) each.dispose();
  });

  test("when there is no room left, programs run in a memory of their own, with the same numbers", () => {
    const x = wave(300, 200, 0.3).add(0).evaluate();
    const y = wave(200, 100, 0.7);
    const step = jit((a: Tensor, b: Tensor) => [matmul(a, b).tanh(), a.sum()]);
    const [wanted, sum] = step(x, y);
    // All there is, in blocks of which nothing is ever touched.
    const taken: number[] = [];
    const fill = (): void => {
      for (let bytes = 2 ** 31; bytes >= 4096; bytes /= 2) {
        for (let block = takeBlock(bytes); block !== undefined; block = takeBlock(bytes)) taken.push(block);
      }
    };
    fill();
    // Asking once more frees what is garbage.
    makeResident("float32", 4096);
    fill();
    try {
      const [got, again] = step(x, wave(200, 100, 0.7));
      assert.ok(!isResident(got));
      assert.deepEqual(got.dataSync(), wanted.dataSync());
      assert.equal(again.item(), sum.item());
      assert.equal(got.mul(2).evaluate().at(7, 3).item(), 2 * got.at(7, 3).item());
    } finally {
      for (const block of taken) giveBlock(block);
    }
    assert.ok(isResident(step(x, y)[0]));
  });
});
