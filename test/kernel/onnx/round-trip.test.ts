/** @file Out and in again: what was exported and imported has the derivatives of what it was made from. */
import {
  exportOnnx,
  grad,
  hessian,
  importOnnx,
  jacrev,
  type OnnxResult,
  scan,
  Tensor,
  vmap,
  where,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

type Of<Args extends readonly Tensor[]> = (...args: Args) => Tensor;

interface Case {
  readonly f: Of<Tensor[]>;
  readonly args: readonly Tensor[];
}

const w = data([4, 3], { seed: 3 });
const kernel = data([3, 2, 3, 2], { seed: 4 });

/** Functions whose parts are as different as can be. */
const cases: Readonly<Record<string, Case>> = {
  "a layer": { f: (x) => x.matmul(w).tanh(), args: [data([2, 4])] },
  "a layer and its weights": { f: (x, v) => x.matmul(v).softplus().softmax(-1), args: [data([2, 4]), data([4, 3])] },
  "normalisation and attention": {
    f: (x) => {
      const y = x.layerNorm(4);
      return y.matmul(y.transpose()).div(2).softmax(-1).matmul(y);
    },
    args: [data([3, 4])],
  },
  "a convolution and a pool": {
    f: (x) =>
      x
        .conv2d(kernel, { stride: [2, 1], padding: 1 })
        .relu()
        .maxPool2d(2),
    args: [data([1, 2, 6, 5])],
  },
  "choices and orders": {
    f: (x) => where(x.gt(0), x.sort(1), x.cumsum(0)).take([2, 0, 2], 1),
    args: [data([2, 4])],
  },
  "a loop": {
    f: (x) => scan((carry: Tensor, u: Tensor) => [carry.mul(u).sin(), carry.sum()] as const, x.at(0), x)[0],
    args: [data([3, 2])],
  },
};

suite("exportOnnx and importOnnx, one after the other", () => {
  for (const [name, { f, args }] of Object.entries(cases)) {
    test(name, async () => {
      const model = await importOnnx(await exportOnnx(f, ...args));
      assertNear(model(...args), f(...args), { rtol: 1e-10, dtype: "float64" });
      args.forEach((_, argnums) => {
        const expected = jacrev(f, { argnums })(...args);
        assertNear(jacrev(model, { argnums })(...args), expected, { rtol: 1e-9, atol: 1e-12 });
      });
      const [x, ...rest] = args;
      const loss = (g: Of<Tensor[]>) => (at: Tensor) =>
        g(at, ...rest)
          .square()
          .sum();
      assertNear(hessian(loss(model))(x), hessian(loss(f))(x), { rtol: 1e-8, atol: 1e-10 });
    });
  }

  test("a derivative that was exported can be differentiated again", async () => {
    const energy = (x: Tensor): Tensor => x.matmul(w).tanh().square().sum();
    const x = data([2, 4]);
    const slope = await importOnnx(await exportOnnx(grad(energy), x));
    assertNear(slope(x), grad(energy)(x), { rtol: 1e-10 });
    assertNear(jacrev(slope)(x), hessian(energy)(x), { rtol: 1e-9, atol: 1e-12 });
  });

  test("an open batch axis stays open", async () => {
    const f = (x: Tensor): Tensor => x.matmul(w).sigmoid();
    const model = await importOnnx(await exportOnnx(f, data([2, 4]), { batch: 0 }));
    const x = data([5, 4], { seed: 9 });
    assertNear(model(x), f(x), { rtol: 1e-10 });
    const one = (row: Tensor): Tensor => model(row.expandDims(0)).squeeze(0);
    assertNear(vmap(jacrev(one))(x), vmap(jacrev(f))(x), { rtol: 1e-9, atol: 1e-12 });
  });

  test("several inputs and outputs by name", async () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }): { sum: Tensor; product: Tensor } => ({
      sum: a.add(b),
      product: a.mul(b),
    });
    const [a, b] = [data([2, 3]), data([2, 3], { seed: 2 })];
    const names = { inputs: ["a", "b"], outputs: ["sum", "product"] };
    const model = await importOnnx<{ sum: Tensor; product: Tensor }>(await exportOnnx(f, { a, b }, { names }));
    const results: OnnxResult = model({ a, b });
    assertNear(model({ b, a }).product, a.mul(b), { rtol: 1e-12 });
    if (!(results instanceof Tensor)) assertNear(results.sum, a.add(b), { rtol: 1e-12 });
  });
});
