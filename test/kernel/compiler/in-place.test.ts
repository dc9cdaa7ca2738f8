/** @file Results written over operands that nobody needs any more, and never over one that somebody does. */
import assert from "node:assert/strict";
import { explain, forLoop, jit, type Tensor } from "../../../kernel/index.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { data } from "../support/data.ts";

/** Bytes of memory that the program of `f` has, in arrays like the argument. */
const arrays = (f: (x: Tensor) => unknown, x: Tensor): number => explain(f)(x).memoryBytes / (8 * x.size);

/** Something that must lie in memory: a product is no part of a loop nest. */
const kept = (x: Tensor): Tensor => x.matmul(x);

/** The same numbers from every backend. */
function sameEverywhere(f: (x: Tensor) => Tensor, x: Tensor): void {
  const [a, b] = BACKENDS.map((backend) => on(backend, () => jit((y: Tensor) => f(y))(x).dataSync()));
  assert.deepEqual(
    Array.from(a, (value) => value.toPrecision(9)),
    Array.from(b, (value) => value.toPrecision(9)),
  );
}

suite("results in place", () => {
  const x = data([16, 16], { seed: 3 });

  test("an operand that is needed no more gives its place to the result", () => {
    // x, the product and the result in one place after the other: the input, and one array for all others.
    assert.equal(
      arrays((y) => kept(y).add(1).tanh(), x),
      2,
    );
    sameEverywhere((y) => kept(y).add(1).tanh(), x);
  });

  test("an operand that is needed later does not", () => {
    const f = (y: Tensor): Tensor => {
      const product = kept(y);
      return kept(product.add(1).tanh()).sub(product);
    };
    sameEverywhere(f, x);
  });

  test("nor one that is read elsewhere than where the result is written", () => {
    for (const f of [
      (y: Tensor): Tensor => kept(y).add(kept(y).transpose()),
      (y: Tensor): Tensor => kept(y).flip(0).mul(2),
      (y: Tensor): Tensor => kept(y).sum(0).add(kept(y)),
      (y: Tensor): Tensor => kept(y).roll(1, 0).mul(kept(y).tanh()),
    ]) {
      sameEverywhere(f, x);
    }
  });

  test("what passes from one iteration to the next stays where it is", () => {
    const f = (y: Tensor): Tensor =>
      forLoop(0, 5, (_, carry) => kept(carry).mul(0.1).add(carry.sin()).add(kept(carry).tanh()), y);
    sameEverywhere(f, x);
  });
});
