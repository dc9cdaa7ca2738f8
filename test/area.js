/**
 * @file Runs one area of the tests: `node test/area.js AREA REPORT`. It bundles them, runs them in Node or, `vscode`,
 * inside a real VS Code, and leaves what happened in the file REPORT (`Report` of runner.ts). What it needs is built and
 * installed already: run.js sees to that.
 */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { runInVSCode } from "./vscode-host/run-tests.js";

/** Files of tests in an area, from the root of the repository. @param {string} area */
export function testFiles(area) {
  return readdirSync(path.join("test", area), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", area, file));
}

/**
 * The product's own kernel under the name that cells import it by. The kernel's tests import its sources instead.
 * @type {import("esbuild").Plugin}
 */
const builtKernel = {
  name: "built-kernel",
  setup(build) {
    const built = pathToFileURL(path.resolve("dist/kernel.js")).href;
    build.onResolve({ filter: /^cotangent$/ }, () => ({ path: built, external: true }));
  },
};

/** Bundles an area's tests into a folder. @param {string} area @param {string} folder */
async function bundle(area, folder) {
  const inVSCode = area === "vscode";
  rmSync(folder, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: [
      ...testFiles(area).map((file) => ({ in: file, out: path.relative(path.join("test", area), file).slice(0, -3) })),
      inVSCode ? { in: "test/vscode/index.ts", out: "index" } : { in: "test/node-area.ts", out: "index" },
    ],
    outdir: folder,
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
    logLevel: "warning",
    // VS Code loads tests by `require`. In Node, files share their chunks: each kernel module is loaded once.
    ...(inVSCode
      ? { format: "cjs", outExtension: { ".js": ".cjs" } }
      : { format: "esm", outExtension: { ".js": ".mjs" }, splitting: true }),
    plugins: area === "kernel" ? [] : [builtKernel],
  });
}

/**
 * @param {string} area
 * @param {string} reportFile absolute
 */
async function runArea(area, reportFile) {
  const folder = path.resolve("out/test", area);
  await bundle(area, folder);
  await esbuild.stop();
  process.env.COTANGENT_REPORT = reportFile;
  if (area === "vscode") console.log(await runInVSCode(path.join(folder, "index.cjs"), process.env));
  else await import(pathToFileURL(path.join(folder, "index.mjs")).href);
}

if (import.meta.filename === process.argv[1]) await runArea(process.argv[2], process.argv[3]);
