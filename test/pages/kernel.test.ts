/** @file The built kernel in a real browser: `dist/kernel.js` is all it needs. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { launch, open } from "./browser.ts";

/** What the page calls of the kernel. The page imports the bundle itself, so its types are told here. */
type Kernel = typeof import("../../kernel/index.ts");

suite("kernel in a browser", () => {
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser?.close());

  test("computes a Jacobian on WebAssembly that agrees with the closed form", async () => {
    const script = await readFile("dist/kernel.js", "utf8");
    const { page, troubles } = await open(browser, "<!doctype html><title>kernel</title>", { script });
    const found = await page.evaluate(async () => {
      // A name in a variable, so that the test's own bundler leaves the import to the page.
      const address = "./script.js";
      const { jacrev, jacfwd, linear, tensor, backendName } = (await import(address)) as Kernel;
      const weight = tensor([
        [0.5, -1, 0.25],
        [2, 0.125, -0.75],
      ]);
      const bias = tensor([0.1, -0.2]);
      const at = tensor([0.3, -0.4, 0.9]);
      type Matrix = typeof weight;
      const layer = (w: Matrix, b: Matrix, x: Matrix): Matrix => linear(x, w, b).tanh();
      return {
        backend: backendName(),
        out: layer(weight, bias, at).toArray() as number[],
        weight: weight.toArray() as number[][],
        reverse: jacrev(layer, { argnums: 2 })(weight, bias, at).toArray() as number[][],
        forward: jacfwd(layer, { argnums: 2 })(weight, bias, at).toArray() as number[][],
      };
    });
    assert.equal(found.backend, "wasm");
    found.weight.forEach((row, i) => {
      row.forEach((entry, j) => {
        const expected = (1 - found.out[i] ** 2) * entry;
        assert.ok(Math.abs(found.reverse[i][j] - expected) < 1e-6, `reverse [${i}][${j}]`);
        assert.ok(Math.abs(found.forward[i][j] - expected) < 1e-6, `forward [${i}][${j}]`);
      });
    });
    assert.deepEqual(troubles, []);
    await page.context().close();
  });

  for (const isolated of [false, true]) {
    const title = isolated
      ? "in a cross-origin isolated page threads share the work, and large arrays stay in WebAssembly's memory"
      : "in an ordinary page one thread computes, and the numbers are the same";
    test(title, async () => {
      const script = await readFile("dist/kernel.js", "utf8");
      const { page, troubles } = await open(browser, "<!doctype html><title>kernel</title>", { script, isolated });
      const found = await page.evaluate(async () => {
        const address = "./script.js";
        const { matmul, setThreads, tensor, threads } = (await import(address)) as Kernel;
        const wave = Float32Array.from({ length: 400 * 400 }, (_, i) => Math.sin(0.37 * i));
        const x = tensor(wave).reshape([400, 400]);
        const compute = () => matmul(x, x.tanh()).evaluate();
        const numbers = () => Float64Array.from(compute().dataSync());
        setThreads(1);
        const alone = numbers();
        setThreads(2);
        const differences: number[] = [];
        for (let i = 0; i < 20; i++) {
          differences.push(numbers().reduce((most, value, at) => Math.max(most, Math.abs(value - alone[at])), 0));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return {
          isolated: crossOriginIsolated,
          threads: threads(),
          resident: (compute().node.value as Float32Array).buffer instanceof ArrayBuffer === false,
          first: alone[7],
          expected: wave.slice(0, 400).reduce((sum, value, k) => sum + value * Math.tanh(wave[k * 400 + 7]), 0),
          differences,
        };
      });
      assert.equal(found.isolated, isolated);
      assert.equal(found.threads, isolated ? 2 : 1);
      assert.equal(found.resident, isolated);
      assert.ok(Math.abs(found.first - found.expected) < 1e-3);
      assert.deepEqual(new Set(found.differences), new Set([0]));
      assert.deepEqual(troubles, []);
      await page.context().close();
    });
  }
});
