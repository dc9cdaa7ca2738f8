/**
 * @file The graphics processor's backend in a real page, on an emulated processor (SwiftShader): right, if slow. What it
 * computes is compared there, by test/pages/webgpu/; here is what must come out.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { launch, open } from "./browser.ts";
import type { Measured } from "./webgpu/accuracy.ts";
import type { Finding } from "./webgpu/checks.ts";
import type { InPage } from "./webgpu/main.ts";

/** What the page has of ours. */
const inPage = undefined as unknown as InPage;

const script = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: ["test/pages/webgpu/main.ts"],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  return outputFiles[0].text;
};

const PAGE = '<!doctype html><title>WebGPU</title><script src="./script.js"></script>';

const none = (found: readonly Finding[]): void =>
  assert.equal(found.map(({ what, problem }) => `${what}: ${problem}`).join("\n"), "");

suite("WebGPU in a browser", () => {
  let browser: Browser;
  let page: Page;
  let troubles: readonly string[];

  suiteSetup(async () => {
    browser = await launch({ webgpu: true });
    // Only a page of a secure origin has it.
    ({ page, troubles } = await open(browser, PAGE, { script: await script(), isolated: true }));
  });
  suiteTeardown(() => browser?.close());

  test("every primitive gives the values that its definition says", async () => {
    none(await page.evaluate(() => inPage.checks.values(inPage.checks.names())));
  });

  test("NaN, infinities, zeros and edges come out as they should", async () => {
    none(await page.evaluate(() => inPage.checks.special()));
  });

  test("every primitive has the derivatives that the reference has", async () => {
    none(await page.evaluate(() => inPage.checks.derivatives(inPage.checks.names())));
  });

  test("every primitive is mapped over a batch", async () => {
    none(await page.evaluate(() => inPage.checks.batches(inPage.checks.names())));
  });

  for (const family of [
    "folds",
    "products",
    "positions",
    "lines",
    "orders",
    "repetitions",
    "derivatives",
    "tutorial",
  ]) {
    test(`${family}, in every shape that has code of its own, are WebAssembly's`, async () => {
      none(await page.evaluate((name) => inPage.shapes.family(name), family));
    });
  }

  test("totals, orders and searches need nothing read on the way", async () => {
    assert.deepEqual(await page.evaluate(() => inPage.errors.reads()), { lines: 1, decomposition: 2 });
  });

  test("each function errs by no more than docs/webgpu.md says", async () => {
    const measured = await page.evaluate(async () => {
      const all: Measured[] = [];
      for (const fn of inPage.accuracy.UNARY) all.push(await inPage.accuracy.unary(fn, 150_001));
      for (const fn of ["div", "pow", "atan2", "remainder", "zeta"] as const) {
        all.push(await inPage.accuracy.binary(fn, 20_000));
      }
      return all;
    });
    const table = readFileSync("docs/webgpu.md", "utf8");
    for (const { fn, ulps, at, wrong } of measured) {
      assert.equal(wrong, null);
      const limit = table.match(new RegExp(`\\| ${fn} \\| [^|]+ \\| (\\d+) \\|`))?.[1];
      assert.ok(limit !== undefined, `docs/webgpu.md has no limit for ${fn}`);
      assert.ok(ulps <= Number(limit), `${fn}(${at}) is ${ulps} ulp off, more than ${limit}`);
    }
  });

  test("a value that is on the device is read with await, and then known", async () => {
    const { early, numbers, late, ...rest } = await page.evaluate(() => inPage.errors.reading());
    for (const [what, message] of Object.entries(early as Record<string, string>)) {
      assert.match(message, /^ArgumentError: .*on the device \(webgpu\).*await x\.data\(\)/, what);
    }
    assert.deepEqual(numbers, [4, -5, 2.5]);
    assert.deepEqual(late, [[4, -5, 2.5]]);
    assert.deepEqual(rest, { shape: [1, 3], name: "webgpu", known: true });
  });

  test("a program runs where its inputs are, unless it is told where", async () => {
    const found = await page.evaluate(() => inPage.errors.places());
    assert.equal(found.backend, "wasm");
    assert.match(found.early as string, /toArray\(\).*on the device/);
    const [row] = found.back as number[][];
    [1, -2, 0.5].forEach((x, i) => {
      assert.ok(Math.abs(row[i] - Math.exp(x)) < 1e-6 * Math.exp(x));
    });
    assert.match(found.chosenIsThere as string, /on the device/);
    assert.deepEqual(found.chosen, [1, 4, 0.25]);
    assert.match(
      found.refused as string,
      /tensor of shape \[1, 3\].*backend "wasm".*await x\.to\("wasm"\) or await deviceGet/,
    );
    assert.match(
      found.unknown as string,
      /expected "wasm", "webgpu", "onnx-wasm", "onnx-webgpu" or "reference", got "cuda"/,
    );
  });

  test("numbers may be kept in half precision, and are computed with in single", async () => {
    const found = await page.evaluate(() => inPage.errors.halves());
    const kept = [0.0999755859375, Number.NEGATIVE_INFINITY, 65504, 2 ** -24, -0, Number.NaN, 0.333251953125];
    assert.deepEqual(found.numbers, kept);
    assert.deepEqual(
      found.doubled,
      kept.map((value) => value * 2),
    );
    assert.equal(found.same, 0);
    for (const each of ["product", "gradient", "sums"]) assert.ok((found[each] as number) < 2e-5, each);
    // Half of the last of 11 bits, of numbers up to 1.1.
    assert.ok((found.rounded as number) > 1e-5 && (found.rounded as number) <= 2 ** -11, String(found.rounded));
    const root = Math.fround(Math.SQRT2);
    assert.deepEqual(found.sortedHere, [root, 0, 0, 0, root, 0, 0, 0, root]);
    assert.match(found.place as string, /^ArgumentError: to: storage "float16" is there for "webgpu", not for "wasm"/);
    assert.match(
      found.type as string,
      /^DTypeError: to: storage "float16" keeps float32 numbers, got int32.*x\.to\("float32"\)/,
    );
    assert.match(found.unknown as string, /^ArgumentError: to: expected storage "float32" or "float16", got "float8"/);
  });

  test("times are those of the work, questions are answered once the numbers are here", async () => {
    const found = await page.evaluate(() => inPage.errors.timing());
    assert.match(found.refused as string, /Timer: the statement is computed on webgpu, .*await timer\.timeitAsync\(\)/);
    const [median, wait, byHand] = [found.median, found.wait, found.byHand] as number[];
    assert.match(found.device as string, /emulated/);
    // Asking takes a small part of what the work takes here; without waiting, only that would be seen.
    assert.ok(wait > 0 && median > byHand / 4 && median < 4 * byHand, JSON.stringify(found));
    assert.deepEqual(found.known, [192 * 192, [[2, -4, 1]]]);
    assert.deepEqual(
      [found.close, found.positions],
      [
        true,
        [
          [0, 0],
          [0, 1],
          [0, 2],
        ],
      ],
    );
    assert.deepEqual(found.names, ["cube, wasm", "cube, webgpu"]);
    assert.deepEqual(
      [found.backends, found.waits],
      [
        ["wasm", "webgpu"],
        [false, true],
      ],
    );
    assert.deepEqual([found.after, found.checked], ["webgpu", "nothing was thrown"]);
    assert.match(found.elsewhere as string, /expected it to be computed on wasm, but .* is on webgpu/);
  });

  test("float64 is refused with what to do instead", async () => {
    const { float64, moved, drawn, converted } = await page.evaluate(() => inPage.errors.refusals());
    assert.deepEqual([drawn, converted], ["1", "1"]);
    for (const message of [float64, moved]) {
      assert.match(message, /^DTypeError: .*float64 is not available on WebGPU.*x\.to\("float32"\).*"wasm"/);
    }
  });

  test("memory that a binding cannot show whole is bound in parts, and one array beyond it is refused", async () => {
    const { found, large } = await page.evaluate(() => inPage.limits.little());
    none(found);
    assert.match(large, /^MemoryError: webgpu: one operation needs an array of .* lets a program see .*slices.*"wasm"/);
  });

  test("a device without memory fails a program, and what is computed from it, and goes on", async () => {
    const { messages, after } = await page.evaluate(() => inPage.limits.exhausted());
    for (const message of messages as string[]) assert.match(message, /^MemoryError: webgpu:.*"wasm"/);
    assert.deepEqual(after, [2, 2, 2, 2]);
  });

  test("memory is given back, and what is freed is gone", async () => {
    const { b, gone, steps } = await page.evaluate(() => inPage.errors.memory());
    assert.deepEqual(b, [3, -3, 2]);
    assert.match(gone as string, /dispose\(\) was called/);
    assert.equal(steps, 300);
  });

  test("a device that is lost takes its numbers along, and the next one goes on", async () => {
    const found = await page.evaluate(() => inPage.errors.loss());
    for (const message of [found.lost, found.follows]) {
      assert.match(message as string, /^KernelError: .*graphics processor was lost.*Compute them again/);
    }
    assert.deepEqual(found.again, [2, -4, 1]);
    // It had been read, so it is known here.
    assert.deepEqual(found.kept, [6, -9, 3.5]);
    assert.deepEqual(found.product, [5.25]);
  });

  test("a page without WebGPU says so, and goes on with WebAssembly", async () => {
    const other = await open(browser, PAGE, { script: await script() });
    const { message, value } = await other.page.evaluate(() => inPage.errors.without());
    assert.match(message, /^ArgumentError: webgpu: there is no WebGPU here.*setDefaultBackend\("wasm"\)/);
    assert.deepEqual(value, [2]);
    await other.page.context().close();
  });

  test("an engine that finds no processor says so", async () => {
    const message = await page.evaluate(() => inPage.errors.noAdapter());
    assert.match(message, /^ArgumentError: webgpu: .*no graphics processor.*setDefaultBackend\("wasm"\)/);
  });

  test("nothing went wrong in the page", () => {
    assert.deepEqual(troubles, []);
  });
});
