/** @file checkpoint: the same derivatives, closures included, with less memory and more arithmetic. */
import assert from "node:assert/strict";
import { checkGrads, checkpoint, explain, grad, hessian, jit, scan, type Tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

const weight = data([4, 4], { seed: 1 });
const block = (w: Tensor, x: Tensor): Tensor => w.matmul(w.matmul(x).tanh()).sin();

function network(
  w: Tensor,
  x: Tensor,
  wrap: <F extends (x: Tensor) => Tensor>(f: F) => (x: Tensor) => Tensor,
  depth = 3,
): Tensor {
  let y = x;
  for (let i = 0; i < depth; i++) y = wrap((z: Tensor) => block(w, z))(y);
  return y.square().sum();
}
const whole = (w: Tensor, x: Tensor): Tensor => network(w, x, (f) => f);
const saving = (w: Tensor, x: Tensor): Tensor => network(w, x, checkpoint);
const deep = (w: Tensor, x: Tensor): Tensor => network(w, x, (f) => f, 16);
const deepSaving = (w: Tensor, x: Tensor): Tensor => network(w, x, checkpoint, 16);

suite("checkpoint", () => {
  testEach("values and derivatives stay the same, also of what is closed over", () => {
    const x = data([4], { seed: 2 });
    assertNear(saving(weight, x), whole(weight, x));
    for (const argnums of [0, 1]) {
      assertNear(grad(saving, { argnums })(weight, x), grad(whole, { argnums })(weight, x));
      assertNear(hessian(saving, { argnums })(weight, x), hessian(whole, { argnums })(weight, x), { rtol: 1e-11 });
    }
    checkGrads(checkpoint(block), [weight, x], { order: 2 });
    const inDims = [null, 0];
    const rows = data([3, 4], { seed: 3 });
    assertNear(vmap(grad(saving), { inDims })(weight, rows), vmap(grad(whole), { inDims })(weight, rows));
    const mapped = (f: typeof whole) => (w: Tensor) => vmap(f, { inDims })(w, rows).sum();
    assertNear(grad(mapped(saving))(weight), grad(mapped(whole))(weight));
    assertNear(jit(grad(saving))(weight, x), grad(whole)(weight, x));
  });

  testEach("around the body of a scan", () => {
    const inputs = data([5, 4], { seed: 4 });
    const run = (wrap: (f: typeof block) => typeof block) => (w: Tensor) =>
      scan((c: Tensor, u: Tensor) => [wrap(block)(w, c).add(u), null], data([4]), inputs)[0].sum();
    assertNear(grad(run(checkpoint))(weight), grad(run((f) => f))(weight));
  });

  test("values may be read inside, where nothing maps", () => {
    const branching = checkpoint((x: Tensor) => (x.sum().item() > 0 ? x.square() : x.neg()));
    assertNear(
      grad((x: Tensor) => branching(x).sum())(data([3], { low: 1, high: 2 })),
      data([3], { low: 1, high: 2 }).mul(2),
    );
  });

  test("a gradient needs less memory, and computes the inside again", () => {
    const [w, x] = [data([64, 64]), data([64, 64], { seed: 5 })];
    const [plain, spared] = [explain(grad(deep))(w, x), explain(grad(deepSaving))(w, x)];
    assert.ok(spared.memoryBytes < 0.75 * plain.memoryBytes, `${spared.memoryBytes} of ${plain.memoryBytes} bytes`);
    assert.ok(spared.multiplications > 1.2 * plain.multiplications);
  });
});
