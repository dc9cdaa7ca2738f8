/**
 * @file The tutorial "Jacobians, Hessians and more" against the numbers that PyTorch gives (test/golden/tutorial.json),
 * step by step, tensors drawn in its order.
 */
import assert from "node:assert/strict";
import {
  allclose,
  eye,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  linear,
  manualSeed,
  randn,
  stack,
  type Tensor,
  vhp,
  vjp,
  vmap,
} from "../../kernel/index.ts";
import golden from "../golden/tutorial.json";
import { on } from "./support/backends.ts";
import { assertNear } from "./support/near.ts";

interface Golden {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly sumsq: number;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** PyTorch's numbers carry six decimals, and its own rounding in the sums. */
function assertGolden(x: Tensor, expected: Golden, what: string): void {
  assert.deepEqual(x.shape, expected.shape, `${what}: shape`);
  const data = x.dataSync();
  let sum = 0;
  let sumsq = 0;
  let largest = 0;
  for (const value of data) {
    sum += value;
    sumsq += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  // The sum has cancellation: what it may be off by is measured by the size of the terms.
  const scale = Math.sqrt(expected.sumsq * data.length);
  assert.ok(Math.abs(sum - expected.sum) <= 1e-6 * scale, `${what}: sum ${sum}, expected ${expected.sum}`);
  const squares = Math.abs(sumsq - expected.sumsq) / expected.sumsq;
  // Where tanh saturates, 1 − tanh² keeps few digits of float32: two correct programs differ by this much.
  assert.ok(squares <= 5e-5, `${what}: sum of squares ${sumsq}, expected ${expected.sumsq}`);
  const ends: readonly (readonly [ArrayLike<number>, readonly number[]])[] = [
    [data.subarray(0, expected.first.length), expected.first],
    [data.subarray(data.length - expected.last.length), expected.last],
  ];
  for (const [got, wanted] of ends) {
    wanted.forEach((value, i) => {
      assert.ok(
        Math.abs(got[i] - value) <= 1e-6 + 1e-5 * Math.abs(value),
        `${what}: got ${Array.from(got)}, expected ${wanted}`,
      );
    });
  }
}

const predict = (weight: Tensor, bias: Tensor, x: Tensor): Tensor => linear(x, weight, bias).tanh();

/** Draws of all steps, in the tutorial's order from one seed. */
function draws() {
  manualSeed(0);
  const layer = (outputs: number, inputs: number, x: readonly number[]) =>
    [randn([outputs, inputs]), randn([outputs]), randn(x)] as const;
  return {
    square: layer(16, 16, [16]),
    tall: layer(2048, 32, [32]),
    wide: layer(32, 2048, [2048]),
    curved: layer(32, 512, [512]),
    batch: layer(33, 31, [64, 31]),
  };
}

const setup = golden["1 setup D=16"];
const x2 = { argnums: 2 } as const;

for (const backend of ["wasm", "reference"] as const) {
  suite(`the tutorial on ${backend}`, () => {
    const step = (title: string, body: (tensors: ReturnType<typeof draws>) => void): void => {
      test(title, () => on(backend, () => body(draws())));
    };

    step("1: the tensors and the function", ({ square: [weight, bias, x] }) => {
      assertGolden(weight, setup.weight, "weight");
      assertGolden(bias, setup.bias, "bias");
      assertGolden(x, setup.x, "x");
      assertGolden(predict(weight, bias, x), setup.predict, "predict");
    });

    step("2 to 4: row by row, vmap of the pullback, jacrev, jacfwd", ({ square: [weight, bias, x] }) => {
      const [, pullback] = vjp((x: Tensor) => predict(weight, bias, x), x);
      const unit = eye(16);
      const naive = stack(Array.from({ length: 16 }, (_, i) => pullback(unit.at(i))));
      assertGolden(naive, golden["2 naive jacobian"], "row by row");
      const mapped = vmap(pullback)(unit);
      const rev = jacrev(predict, x2)(weight, bias, x);
      const fwd = jacfwd(predict, x2)(weight, bias, x);
      for (const each of [mapped, rev, fwd]) {
        assertNear(each, naive, { rtol: 1e-6 });
        assert.ok(allclose(each, naive));
      }
    });

    step("6: the parameters", ({ square: [weight, bias, x] }) => {
      for (const jacobian of [jacrev, jacfwd]) {
        const [ofWeight, ofBias] = jacobian(predict, { argnums: [0, 1] })(weight, bias, x);
        assertGolden(ofWeight, golden["3 jacrev argnums (0,1)"].weight, "weight");
        assertGolden(ofBias, golden["3 jacrev argnums (0,1)"].bias, "bias");
        const [w, b] = [ofWeight.dataSync(), ofBias.dataSync()];
        for (let i = 0; i < 16; i++) {
          for (let j = 0; j < 16; j++) {
            if (i === j) continue;
            assert.ok(Object.is(b[i * 16 + j], 0), "off the diagonal are exact zeros");
            for (let k = 0; k < 16; k++) assert.ok(Object.is(w[(i * 16 + j) * 16 + k], 0));
          }
        }
      }
    });

    step("7 and 8: tall and wide", ({ tall, wide }) => {
      assertGolden(jacfwd(predict, x2)(...tall), golden["4 jac 32->2048"].fwd, "forward, tall");
      assertGolden(jacrev(predict, x2)(...tall), golden["4 jac 32->2048"].rev, "reverse, tall");
      assertGolden(jacfwd(predict, x2)(...wide), golden["4 jac 2048->32"].fwd, "forward, wide");
      assertGolden(jacrev(predict, x2)(...wide), golden["4 jac 2048->32"].rev, "reverse, wide");
    });

    step("10 and 11: the Jacobian of a batch by the sum and by vmap", ({ batch }) => {
      const summed = jacrev((w: Tensor, b: Tensor, x: Tensor) => predict(w, b, x).sum(0), x2)(...batch);
      assertGolden(summed, golden["6 batch jacobian"]["summed (33,64,31)"], "summed");
      const mapped = vmap(jacrev(predict, x2), { inDims: [null, null, 0] })(...batch);
      assertGolden(mapped, golden["6 batch jacobian"]["vmap (64,33,31)"], "mapped");
      assertNear(summed.moveAxis(1, 0), mapped, { rtol: 1e-6 });
    });

    step("12: the Hessian of a batch", ({ batch }) => {
      const mapped = vmap(hessian(predict, x2), { inDims: [null, null, 0] })(...batch);
      assertGolden(mapped, golden["7 batch hessian"], "batch Hessian");
    });

    step("Hessian-vector products", () => {
      const f = (x: Tensor): Tensor => x.sin().sum();
      const [x, v] = [randn([2048]), randn([2048])];
      const expected = x.sin().neg().mul(v);
      assertNear(hvp(f, [x], [v]), expected);
      assertNear(vhp(f, [x], [v]), expected);
      assertNear(grad((x: Tensor) => grad(f)(x).mul(v).sum())(x), expected);
    });
  });
}

const compositions = {
  "forward over reverse": { second: jacfwd, first: jacrev, key: "hessian" },
  "forward over forward": { second: jacfwd, first: jacfwd, key: "fwdfwd" },
  "reverse over reverse": { second: jacrev, first: jacrev, key: "revrev" },
} as const;

suite("the tutorial's Hessians", () => {
  for (const [name, { second, first, key }] of Object.entries(compositions)) {
    test(`9: [32, 512, 512], ${name}`, () => {
      const H = second(first(predict, x2), x2)(...draws().curved);
      assertGolden(H, golden["5 hessian 512->32"][key], name);
    });
  }

  test("9: hessian is forward over reverse", () => {
    assertGolden(hessian(predict, x2)(...draws().curved), golden["5 hessian 512->32"].hessian, "hessian");
  });

  test("9: [32, 2048, 2048] in reverse over reverse, 537 MB, fits", () => {
    const [weight, bias, x] = draws().wide;
    const before = process.resourceUsage().maxRSS;
    const H = jacrev(jacrev(predict, x2), x2)(weight, bias, x);
    const data = H.dataSync();
    assert.deepEqual(H.shape, [32, 2048, 2048]);
    // ∂²tanh(z)/∂x² = −2 tanh(z) (1 − tanh²(z)) w wᵀ, on some rows.
    const t = predict(weight, bias, x).to("float64").dataSync();
    const w = weight.dataSync();
    for (const [i, j, k] of [
      [0, 0, 0],
      [3, 17, 2047],
      [31, 2047, 1],
      [11, 1024, 1024],
    ]) {
      const expected = -2 * t[i] * (1 - t[i] * t[i]) * w[i * 2048 + j] * w[i * 2048 + k];
      const got = data[(i * 2048 + j) * 2048 + k];
      assert.ok(Math.abs(got - expected) <= 1e-6 + 1e-4 * Math.abs(expected), `[${i},${j},${k}]: ${got}, ${expected}`);
    }
    const grownMB = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(grownMB < 1600, `took ${grownMB.toFixed(0)} MB`);
  });
});
