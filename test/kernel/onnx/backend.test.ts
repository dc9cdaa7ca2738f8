/** @file The backend "onnx-wasm": every primitive that has a form, whole programs, and what cannot be computed with it. */
import assert from "node:assert/strict";
import {
  allclose,
  backendName,
  benchmark,
  benchmarkAsync,
  cholesky,
  deviceGet,
  grad,
  hessian,
  jacrev,
  jit,
  linear,
  matmul,
  nonzero,
  provideOnnxRuntime,
  setDefaultBackend,
  type Tensor,
  Timer,
  tensor,
  useBackend,
  vmap,
} from "../../../kernel/index.ts";
import { primitiveNames, primitiveOf } from "../../../kernel/primitive.ts";
import { applied, inputsOf, rowsOf, shapes } from "../primitives/table.ts";
import { on } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";
import { ort } from "./runtime.ts";

/** Here, so that it can be compared. */
const read = async (x: Tensor): Promise<Tensor> =>
  tensor(Float64Array.from(await x.data()), { shape: [...x.shape], dtype: x.dtype });

/** Computed by the reference, at once: what is lazy would be computed by the backend in use when it is read. */
const byReference = (make: () => Tensor): Tensor => on("reference", () => make().evaluate());

suite('the backend "onnx-wasm"', () => {
  test("is refused before there is a runtime", async () => {
    await assert.rejects(setDefaultBackend("onnx-wasm"), /^ArgumentError: onnx-wasm: there is no onnxruntime here/);
    assert.throws(() => useBackend("onnx-wasm"), /onnxruntime was not started/);
    assert.equal(backendName(), "wasm");
  });

  test("says what keeps a runtime from starting, and goes on with WebAssembly", async () => {
    const broken = {
      Tensor: ort.Tensor,
      InferenceSession: { create: () => Promise.reject(new Error("no such file")) },
    };
    provideOnnxRuntime(async () => broken);
    const start = setDefaultBackend("onnx-wasm");
    await assert.rejects(
      start,
      /^KernelError: onnx-wasm: onnxruntime is there and does not start: no such file.*"wasm"/,
    );
    assert.equal(backendName(), "wasm");
  });

  test("on WebGPU is refused where there is no navigator.gpu, before a runtime starts", async () => {
    const idle = { Tensor: ort.Tensor, InferenceSession: { create: () => assert.fail("the runtime was started") } };
    provideOnnxRuntime(async () => idle);
    const start = setDefaultBackend("onnx-webgpu");
    await assert.rejects(start, /^ArgumentError: onnx-webgpu: there is no WebGPU here \(no navigator\.gpu\)/);
    assert.equal(backendName(), "wasm");
  });

  suite("with a runtime", () => {
    suiteSetup(async () => {
      let asked = 0;
      provideOnnxRuntime(async (backend) => {
        assert.equal(backend, "onnx-wasm");
        asked++;
        return ort;
      });
      // Who asks while it starts waits for the same start.
      await Promise.all([setDefaultBackend("onnx-wasm"), setDefaultBackend("onnx-wasm")]);
      await setDefaultBackend("onnx-wasm");
      assert.equal(asked, 1);
    });
    suiteTeardown(() => useBackend("wasm"));

    test("every primitive with a form", async () => {
      for (const name of primitiveNames()) {
        if (primitiveOf({ name }).onnx === undefined) continue;
        for (const row of rowsOf(name)) {
          for (const float of ["float32", "float64"] as const) {
            const inputs = on("reference", () => inputsOf(row, float).map((each) => each.evaluate()));
            const f = applied(name, row.params);
            const expected = byReference(() => f(...inputs));
            const actual = await read(f(...inputs));
            const rtol = expected.dtype === "float32" ? 1e-5 : 1e-11;
            assertNear(actual, expected, { rtol, what: `${name} of ${float} ${shapes(row)}` });
          }
        }
      }
    });

    test("derivatives of a layer, compiled and not, whose results go into the next program", async () => {
      const [w, b, x] = [data([3, 5], { seed: 1 }), data([3], { seed: 2 }), data([4, 5], { seed: 3 })];
      const f = (row: Tensor): Tensor => linear(row, w, b).tanh();
      for (const g of [vmap(jacrev(f)), jit(vmap(jacrev(f))), vmap(hessian((row: Tensor) => f(row).sum()))]) {
        const expected = byReference(() => g(x));
        const twice = byReference(() => g(x).mul(2));
        const first = g(x).evaluate();
        assert.throws(() => first.dataSync(), /await x\.data\(\)/);
        assertNear(await read(first.mul(2)), twice, { rtol: 1e-11 });
        assertNear(await read(first), expected, { rtol: 1e-11 });
      }
    });

    test("is timed to the end of its work, beside another backend", async () => {
      const x = data([3, 5], { seed: 1 });
      const { measurements, caveats } = await benchmarkAsync(
        { exp: () => x.exp() },
        { backends: ["wasm", "onnx-wasm"], minRunTime: 0.05 },
      );
      assert.deepEqual(
        measurements.map(({ name, environment, wait, resultBytes }) => [
          name,
          environment?.backend,
          wait !== undefined && wait > 0,
          resultBytes,
        ]),
        [
          ["exp, wasm", "wasm", false, 120],
          ["exp, onnx-wasm", "onnx-wasm", true, 120],
        ],
      );
      assert.match(caveats.join(), /exp, wasm on wasm, .* exp, onnx-wasm on onnx-wasm/);
      assert.equal(backendName(), "onnx-wasm");
      // What does not wait would see the asking alone.
      const refused = /^ArgumentError: benchmark of a: .* is computed on onnx-wasm, .*await benchmarkAsync/;
      assert.throws(() => benchmark({ a: () => x.exp() }), refused);
      // As long as a run of the session really takes: nothing is left to wait for afterwards.
      const big = data([400, 300], { seed: 2 });
      const { median } = await new Timer({ stmt: () => big.matmul(big.transpose()) }).timeitAsync(5);
      const start = performance.now();
      await big.matmul(big.transpose()).data();
      const once = (performance.now() - start) / 1000;
      assert.ok(median > once / 20, `${median} s on average, ${once} s with reading`);
    });

    test("deviceGet brings several results, of which questions can then be asked", async () => {
      const x = data([3, 5], { seed: 4 });
      const { y, z } = await deviceGet({ y: x.exp(), z: x.mul(2) });
      assertNear(
        y,
        byReference(() => x.exp()),
      );
      assert.equal(allclose(z, y) ? 0 : nonzero(z).shape[0], 15);
    });

    test("what has no form is refused with a remedy, and the session goes on", async () => {
      const x = data([3, 3], { seed: 1, low: 1, high: 2 });
      assert.throws(
        () => cholesky(matmul(x, x.transpose())).evaluate(),
        /onnx-wasm: cholesky .* has no form in ONNX\. Compute it with another backend/,
      );
      assertNear(
        await read(grad((y: Tensor) => y.square().sum())(x)),
        byReference(() => x.mul(2)),
      );
    });
  });
});
