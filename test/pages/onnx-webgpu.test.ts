/**
 * @file The backend "onnx-webgpu" in a real page: onnxruntime computes with WebGPU, on an emulated processor (SwiftShader),
 * and its numbers are ours. What it computes is compared there, by test/pages/onnx-webgpu/.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launch, open } from "./browser.ts";
import type { OnnxInPage } from "./onnx-webgpu/main.ts";
import type { Finding } from "./webgpu/checks.ts";

/** What the page has of ours. */
const onnxInPage = undefined as unknown as OnnxInPage;

const PAGE = '<!doctype html><title>onnxruntime</title><script type="module" src="./script.js"></script>';
const RUNTIME = "node_modules/onnxruntime-web/dist";
const files = Object.fromEntries(
  ["mjs", "wasm"]
    .map((extension) => `ort-wasm-simd-threaded.asyncify.${extension}`)
    .map((name) => [name, path.join(RUNTIME, name)]),
);

const none = (found: readonly Finding[]): void =>
  assert.equal(found.map(({ what, problem }) => `${what}: ${problem}`).join("\n"), "");

suite("onnxruntime on WebGPU in a browser", () => {
  let browser: Browser;
  let script: string;
  let page: Page;
  let troubles: readonly string[];

  suiteSetup(async () => {
    const { outputFiles } = await build({
      entryPoints: ["test/pages/onnx-webgpu/main.ts"],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
    });
    script = outputFiles[0].text;
    browser = await launch({ webgpu: true });
    ({ page, troubles } = await open(browser, PAGE, { script, files, isolated: true }));
  });
  suiteTeardown(() => browser?.close());

  test("a page without WebGPU says so before the runtime's WebAssembly is fetched, and our own computes", async () => {
    const other = await open(browser, PAGE, { script });
    const { message, name } = await other.page.evaluate(() => onnxInPage.without());
    assert.match(message, /^ArgumentError: onnx-webgpu: there is no WebGPU here.*setDefaultBackend\("wasm"\)/);
    assert.equal(name, "wasm");
    assert.deepEqual(other.troubles, []);
    await other.page.context().close();
  });

  test("a runtime whose WebAssembly is not there says so when it starts", async () => {
    const other = await open(browser, PAGE, { script, isolated: true });
    const started = other.page.evaluate(() => onnxInPage.start());
    await assert.rejects(started, /KernelError: onnx-webgpu: onnxruntime is there and does not start: /);
    await other.page.context().close();
  });

  test("two starts at once are one", async () => {
    assert.deepEqual(await page.evaluate(() => onnxInPage.start()), { asked: 1, name: "onnx-webgpu" });
  });

  test("the tutorial, a product, reductions and attention are WebAssembly's", async () => {
    none(await page.evaluate(() => onnxInPage.programs()));
  });

  test("every primitive with a form gives the values that its definition says", async () => {
    none(await page.evaluate(() => onnxInPage.primitives()));
  });

  test("float64 is refused with what to do instead, and the page goes on", async () => {
    const { float64, early, converted, after } = await page.evaluate(() => onnxInPage.refusals());
    assert.match(
      float64,
      /^DTypeError: onnx-webgpu: there is no float64 here, and .* needs it\. Use x\.to\("float32"\)/,
    );
    assert.match(early, /^ArgumentError: .*on the device \(onnx-webgpu\).*await x\.data\(\)/);
    assert.deepEqual(
      [converted, after],
      [
        [1, 3],
        [3, 6],
      ],
    );
  });

  test("nothing went wrong in the page", () => {
    assert.deepEqual(troubles, []);
  });
});
