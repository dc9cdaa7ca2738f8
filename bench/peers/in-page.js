/**
 * @file A side of the benchmark that runs in a page, where WebGPU is: `node in-page.js SIDE`. It takes the graphics
 * processor that there is; else Chromium computes WebGPU on the processor (SwiftShader), which says nothing of speed.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { ensureChromium } from "../../test/vscode-host/browser.js";
import { serve } from "../answer.js";

const [side] = process.argv.slice(2);
const folder = import.meta.dirname;
const ADDRESS = "http://localhost/";
const RUNTIME = path.join(folder, "../node_modules/onnxruntime-web/dist");
const COMMON = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const HARDWARE = ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--use-angle=vulkan", "--ignore-gpu-blocklist"];
const SOFTWARE = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** What a page imports: the side, and what it answers. */
async function script() {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents:
        `import { variantsOf } from "./page/${side}.js"; import { sideAnswers } from "./side.js";` +
        "export const answers = sideAnswers(variantsOf);",
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** @param {readonly string[]} flags @param {string} code */
async function openPage(flags, code) {
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: [...COMMON, ...flags] });
  const page = await browser.newPage();
  await page.route("**/*", (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "")
      return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>benchmark</title>" });
    if (name === "side.js") return route.fulfill({ contentType: "text/javascript", body: code });
    const file = path.join(RUNTIME, path.basename(name));
    if (!existsSync(file)) return route.abort();
    const contentType = name.endsWith(".wasm") ? "application/wasm" : "text/javascript";
    return route.fulfill({ contentType, body: readFileSync(file) });
  });
  await page.goto(ADDRESS);
  const adapter = await page.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
    return found && [found.info.vendor, found.info.architecture, found.info.device, found.info.description];
  });
  if (!adapter) await browser.close();
  return adapter && { browser, page, adapter: adapter.filter(Boolean).join(" ") };
}

const code = await script();
const opened = (await openPage(HARDWARE, code)) ?? (await openPage(SOFTWARE, code));
if (!opened) throw new Error("Chromium offers no WebGPU here");
const { browser, page, adapter } = opened;
await page.evaluate(async (address) => {
  Object.assign(globalThis, await import(address));
}, `${ADDRESS}side.js`);

const ask = (/** @type {"prepare" | "run"} */ kind) => (/** @type {object} */ request) =>
  page.evaluate(([name, given]) => globalThis.answers[name](given), [kind, request]);
process.on("exit", () => void browser.close());
await serve(`${side} on ${adapter}`, { prepare: ask("prepare"), run: ask("run") });
