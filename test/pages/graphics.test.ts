/** @file The kernel in this process with the graphics processor of a page: what notebooks do that have none of their own. */
import assert from "node:assert/strict";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { PageGraphics } from "../../extension/session/page-graphics/page-gpu.ts";
import {
  hessian,
  jacrev,
  matmul,
  provideWebGPU,
  setDefaultBackend,
  sort,
  type Tensor,
  tensor,
  useBackend,
  webgpuInfo,
} from "../../kernel/index.ts";
import type { GraphicsAnswer } from "../../protocol/graphics.ts";
import { launch, open } from "./browser.ts";

const PAGE = '<!doctype html><title>Graphics</title><script src="./script.js"></script>';

const numbers = (shape: readonly number[], seed: number): Tensor => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233))).reshape([
    ...shape,
  ]);
};

suite("WebGPU of a page, from another process", () => {
  let browser: Browser;
  let page: Page;
  let graphics: PageGraphics;

  suiteSetup(async () => {
    const { outputFiles } = await build({
      ...{
        entryPoints: ["test/pages/graphics/serve.ts"],
        bundle: true,
        write: false,
        format: "iife",
        target: "es2022",
      },
    });
    browser = await launch({ webgpu: true });
    ({ page } = await open(browser, PAGE, { script: outputFiles[0].text, isolated: true }));
    await page.exposeFunction("tellSession", (answer: GraphicsAnswer) => graphics.hear(answer));
    const connect = (): PageGraphics =>
      new PageGraphics((batch) => void page.evaluate((each) => globalThis.served.run(each), batch));
    graphics = connect();
    provideWebGPU(async () => graphics.gpu);
  });
  suiteTeardown(async () => {
    useBackend("wasm");
    graphics.end("The test is over.");
    await browser?.close();
  });
  teardown(() => useBackend("wasm"));

  test("derivatives, products and sorting give what they give here", async () => {
    const cases = {
      jacobian: () => jacrev((x: Tensor) => matmul(numbers([7, 5], 1), x).tanh())(numbers([5], 2)) as Tensor,
      hessian: () =>
        hessian((x: Tensor) =>
          matmul(numbers([6, 4], 3), x)
            .sin()
            .prod(),
        )(numbers([4], 4)) as Tensor,
      product: () => matmul(numbers([70, 90], 5), numbers([90, 65], 6)).sum(1),
      order: () => sort(numbers([3, 50], 7), 1),
    };
    for (const [name, make] of Object.entries(cases)) {
      useBackend("wasm");
      const expected = make().dataSync().slice();
      await setDefaultBackend("webgpu");
      const got = await make().data();
      assert.equal(got.length, expected.length);
      for (const [i, value] of got.entries()) {
        assert.ok(Math.abs(value - expected[i]) < 2e-5, `${name}, entry ${i}: ${value}`);
      }
    }
    assert.equal(webgpuInfo()?.isEmulated, true);
  });

  test("what the device refuses is an error here", async () => {
    await setDefaultBackend("webgpu");
    const adapter = await graphics.gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    device.pushErrorScope("validation");
    device.createShaderModule({ code: "this is no shader" });
    const error = await device.popErrorScope();
    assert.equal(error?.constructor.name, "GPUValidationError");
    await assert.rejects(adapter!.requestDevice({ requiredLimits: { maxBufferSize: 2 ** 52 } }), /maxBufferSize/);
    device.destroy();
    assert.match((await device.lost).message, /./);
  });

  test("when the page is gone, so are results there, and what was read before is kept", async () => {
    await setDefaultBackend("webgpu");
    const x = numbers([4], 8);
    const there = x.mul(3).evaluate();
    const known = x.add(1);
    await known.data();
    graphics.end("The page was closed.");
    await assert.rejects(there.data(), /lost|closed/);
    assert.deepEqual(
      Array.from(known.dataSync()),
      Array.from(x.dataSync(), (value) => Math.fround(value + 1)),
    );
    await assert.rejects(x.mul(5).data(), /closed/);
  });
});
