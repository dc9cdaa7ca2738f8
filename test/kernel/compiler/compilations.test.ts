/** @file What is reported of compiled programs, and that what is kept of them is bounded. */
import assert from "node:assert/strict";
import { compilationCount, compilations, jit, type Tensor } from "../../../kernel/index.ts";
import { on } from "../support/backends.ts";
import { data } from "../support/data.ts";

suite("compilations", () => {
  test("each program is reported once, with what it was and what it took", () => {
    const before = compilationCount();
    const x = data([9, 11], { seed: 21 });
    const f = jit((a: Tensor) => a.matmul(a.transpose()).tanh().sum(0));
    f(x).dataSync();
    f(x).dataSync();
    assert.equal(compilationCount() - before, 1);
    const latest = compilations().at(-1)!;
    assert.equal(latest.backend, "wasm");
    assert.equal(latest.operations, 4);
    assert.equal(latest.kernels, 2);
    assert.ok(latest.codeBytes > 0);
    assert.ok(latest.memoryBytes >= 8 * (99 + 9 + 9));
    assert.ok(latest.planMilliseconds >= 0 && latest.assembleMilliseconds >= 0);
  });

  test("the reference backend has no code", () => {
    on("reference", () => data([5, 3], { seed: 22 }).sin().dataSync());
    assert.deepEqual([compilations().at(-1)!.backend, compilations().at(-1)!.codeBytes], ["reference", 0]);
  });

  test("only the last ones are kept, and what is given is a copy", () => {
    for (let n = 1; n <= 80; n++) data([n, 3], { seed: 23 }).cos().dataSync();
    assert.equal(compilations().length, 64);
    (compilations() as unknown[]).length = 0;
    assert.equal(compilations().length, 64);
  });

  test("a program that went comes back, for a function that is compiled and for one that is not", () => {
    const x = data([4], { seed: 24 });
    const f = jit((a: Tensor) => a.sin().add(a.mul(3)));
    const expected = f(x).toArray();
    for (let n = 1; n <= 600; n++) data([n], { seed: 25 }).tan().dataSync();
    const before = compilationCount();
    assert.deepEqual(f(x).toArray(), expected);
    assert.deepEqual(x.sin().add(x.mul(3)).toArray(), expected);
    assert.equal(compilationCount() - before, 2);
    assert.deepEqual(f(x).toArray(), expected);
    assert.equal(compilationCount() - before, 2);
  });

  test("what was asked for lately stays", () => {
    const x = data([4, 2], { seed: 26 });
    const f = jit((a: Tensor) => a.sin().mul(2));
    f(x).dataSync();
    const before = compilationCount();
    for (let n = 1; n <= 600; n++) {
      data([n, 1], { seed: 27 }).tan().dataSync();
      f(x).dataSync();
    }
    assert.equal(compilationCount() - before, 600);
  });
});
