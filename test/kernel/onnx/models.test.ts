/** @file Models that PyTorch trained and exported: values, Jacobians and Hessians are those that PyTorch computes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { grad, hessian, importOnnx, jacfwd, jacrev, jit, type Tensor, tensor, vmap } from "../../../kernel/index.ts";
import { BACKENDS, on } from "../support/backends.ts";
import type { Grid } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

const FOLDER = "test/kernel/onnx/models";

/** What PyTorch says, computed in float64 with the weights of the file. */
interface Facts {
  readonly input: Grid;
  readonly output: Grid;
  readonly jacobian: Grid;
  /** Of the sum of the squares of the outputs. */
  readonly hessian?: Grid;
  readonly gradients?: Readonly<Record<string, Grid>>;
}

const bytesOf = (name: string): Uint8Array => readFileSync(`${FOLDER}/${name}.onnx`);
const factsOf = (name: string): Facts => JSON.parse(readFileSync(`${FOLDER}/golden-${name}.json`, "utf8"));
const given = ({ shape, data }: Grid, dtype: "float32" | "float64"): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype });

suite("models that PyTorch trained", () => {
  for (const name of ["mlp", "convnet", "transformer", "encoder", "wave"]) {
    const facts = factsOf(name);

    test(`${name}: value and Jacobian in float64`, async () => {
      const model = await importOnnx(bytesOf(name), { dtype: "float64" });
      const x = given(facts.input, "float64");
      for (const backend of BACKENDS) {
        on(backend, () => {
          assertNear(model(x), facts.output, { rtol: 1e-7, dtype: "float64", what: backend });
          assertNear(jacrev(model)(x), facts.jacobian, { rtol: 1e-6, atol: 1e-8, what: backend });
        });
      }
    });

    test(`${name}: as the file has it, in float32, also compiled`, async () => {
      const model = await importOnnx(bytesOf(name));
      assert.match(model.producer, /^pytorch 1\.13/);
      const x = given(facts.input, "float32");
      assertNear(model(x), facts.output, { rtol: 1e-4, atol: 1e-5, dtype: "float32" });
      assertNear(jit(model)(x), facts.output, { rtol: 1e-4, atol: 1e-5, dtype: "float32" });
      assertNear(jit(jacfwd(model))(x), facts.jacobian, { rtol: 1e-3, atol: 1e-4 });
    });

    const { hessian: expected, gradients } = facts;
    if (expected !== undefined) {
      test(`${name}: Hessian`, async () => {
        const model = await importOnnx(bytesOf(name), { dtype: "float64" });
        const x = given(facts.input, "float64");
        assertNear(hessian((at: Tensor) => model(at).square().sum())(x), expected, { rtol: 1e-6, atol: 1e-7 });
      });
    }
    if (gradients !== undefined) {
      test(`${name}: gradients of weights`, async () => {
        const model = await importOnnx(bytesOf(name), { dtype: "float64" });
        const x = given(facts.input, "float64");
        const names = Object.keys(gradients);
        const some = Object.fromEntries(names.map((each) => [each, model.weights[each]]));
        const loss = (weights: Readonly<Record<string, Tensor>>): Tensor =>
          model.withWeights(weights)(x).square().sum();
        const slopes = grad(loss)(some);
        for (const each of names) assertNear(slopes[each], gradients[each], { rtol: 1e-6, atol: 1e-8, what: each });
      });
    }
  }

  test("a Jacobian for each example, by vmap, is the diagonal of the whole one", async () => {
    const model = await importOnnx(bytesOf("mlp"), { dtype: "float64" });
    const { input, jacobian } = factsOf("mlp");
    const one = (x: Tensor): Tensor => model(x.expandDims(0)).squeeze(0);
    const each = vmap(jacrev(one))(given(input, "float64"));
    const whole = given(jacobian, "float64");
    for (const i of [0, 1, 2]) assertNear(each.at(i), whole.at(i, null, i, null), { rtol: 1e-6, atol: 1e-8 });
  });

  test("shapes that the model computes follow the input, also under vmap and jit", async () => {
    const model = await importOnnx(bytesOf("transformer"));
    const { input } = factsOf("transformer");
    const x = given(input, "float32");
    const short = x.slice(1, 0, 3);
    const whole = model(x);
    // The mask lets no position see a later one.
    assertNear(model(short), whole.slice(1, 0, 3), { rtol: 1e-4, atol: 1e-5 });
    assertNear(vmap(jit(model))(x.expandDims(1)).squeeze(1), whole, { rtol: 1e-4, atol: 1e-5 });
  });
});
