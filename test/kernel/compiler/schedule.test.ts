/** @file Which kernels programs become: nothing is computed twice, and nothing is written that could stay in a register. */
import assert from "node:assert/strict";
import { explain, grad, jit, layerNorm, logsumexp, ones, softmax, type Tensor } from "../../../kernel/index.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

const x = data([6, 50], { seed: 5 });

/** The kernels of `f`, after checking that both backends compute the same. */
function kernels(f: (...args: Tensor[]) => Tensor, ...args: Tensor[]): string[] {
  const [wasm, reference] = BACKENDS.map((backend) =>
    on(backend, () => {
      const out = jit(f)(...args);
      out.dataSync();
      return out;
    }),
  );
  assertNear(wasm, reference);
  return explain(f)(...args).kernels.map(({ name }) => name);
}

suite("schedules", () => {
  test("what is done to a finished sum is done where the sum is", () => {
    assert.deepEqual(
      kernels((a) => a.sum(1).div(3).add(1).sqrt(), x.abs()),
      ["sum over 50 of 6×50"],
    );
    assert.deepEqual(
      kernels((a) => logsumexp(a, 1), x),
      ["max over 50 of 6×50", "sum over 50 of 6×50"],
    );
  });

  test("a kept axis of extent 1 changes nothing", () => {
    const centred = (a: Tensor): Tensor => a.sub(a.mean(1, { keepDims: true }).mul(2).add(1));
    assert.deepEqual(
      kernels((a) => centred(a).tanh(), x),
      ["sum over 50 of 6×50", "map 6×50"],
    );
    assert.deepEqual(
      kernels((a) => layerNorm(a, [50]), x),
      ["sum over 50 of 6×50", "sum over 50 of 6×50", "map 6×50"],
    );
  });

  test("after a short fold, functions have vectors of their own", () => {
    const short = data([40, 3], { seed: 6 });
    assert.deepEqual(
      kernels((a) => a.sum(1).mul(2), short),
      ["sum over 3 of 40×3"],
    );
    assert.deepEqual(
      kernels((a) => a.sum(1).exp(), short),
      ["sum over 3 of 40×3", "map 40"],
    );
  });

  test("products, sums and functions that several read are computed once", () => {
    const w = data([50, 50], { seed: 7 });
    const f = (a: Tensor, b: Tensor): Tensor => {
      const h = a.matmul(b).tanh();
      return softmax(h, 1).mul(h).sum(1).sub(h.mean(1));
    };
    const names = kernels(f, x, w);
    assert.equal(names.filter((name) => name.startsWith("matmul")).length, 1);
    const work = explain(f)(x, w);
    // tanh and exp of each entry, once.
    assert.equal(work.functions, 2 * 6 * 50);
    const both = explain((a: Tensor, b: Tensor) => [f(a, b), grad((c: Tensor) => f(c, b).sum())(a)])(x, w);
    assert.equal(both.functions, 2 * 6 * 50);
  });

  test("an epilogue counts at each point of the outer loops", () => {
    const { multiplications } = explain((a: Tensor) => a.sum(1).mul(a.sum(1)))(ones([7, 40]));
    assert.equal(multiplications, 7);
  });
});
