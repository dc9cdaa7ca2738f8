/**
 * @file The whole test line: `node test/run.js [area…] [--grep TEXT]`. An area is a folder of test/ that holds
 * *.test.ts. All run in Node but `vscode`, which runs inside a real VS Code. The last line printed is
 * "N passed, N failed"; a skipped test counts as failed, and so does an area in which nothing ran.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { ensureChromium } from "./vscode-host/browser.js";
import { runInVSCode } from "./vscode-host/run-tests.js";

const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);
/** Cheap and telling first; an area not named here comes before `vscode`, in the order of the alphabet. */
const order = ["kernel", "session", "display", "pages"];
/** Areas that drive a browser themselves. */
const needsChromium = ["pages", "window"];
const timeLimit = 900_000;

/** @param {string} area */
function testFiles(area) {
  return readdirSync(path.join("test", area), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", area, file));
}

function findAreas() {
  const rank = (/** @type {string} */ area) =>
    area === "vscode" ? order.length + 1 : order.includes(area) ? order.indexOf(area) : order.length;
  return readdirSync("test", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "vscode-host" && testFiles(entry.name).length > 0)
    .map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/**
 * Runs a command to its end, its output shown.
 * @param {readonly string[]} args of this same Node
 * @param {NodeJS.ProcessEnv} env
 */
async function node(args, env = {}) {
  const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } });
  const timer = setTimeout(() => {
    console.error(`stopped after ${timeLimit / 1000} s`);
    child.kill("SIGKILL");
  }, timeLimit);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  return code;
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

/** Bundles an area's tests into out/test/<area>. @param {string} area @param {string} folder */
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
 * @param {string | undefined} grep
 * @returns {Promise<import("./runner.ts").Report>}
 */
async function runArea(area, grep) {
  const folder = path.join("out/test", area);
  const reportFile = path.resolve(`out/test/${area}.json`);
  rmSync(reportFile, { force: true });
  const env = { COTANGENT_REPORT: reportFile, ...(grep ? { COTANGENT_GREP: grep } : {}) };
  let ended = "";
  try {
    await bundle(area, folder);
    if (area === "vscode") ended = await runInVSCode(path.resolve(folder, "index.cjs"), env);
    else {
      if (needsChromium.includes(area)) await ensureChromium();
      ended = `exit code ${await node(["--enable-source-maps", path.join(folder, "index.mjs")], env)}`;
    }
  } catch (error) {
    return { passed: 0, skipped: [], failures: [{ title: `the area ${area}`, error: String(error) }] };
  }
  if (!existsSync(reportFile)) {
    const error = `It ended (${ended}) before its tests were done.`;
    return { passed: 0, skipped: [], failures: [{ title: `the area ${area}`, error }] };
  }
  return JSON.parse(readFileSync(reportFile, "utf8"));
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
const all = findAreas();
const unknown = positionals.filter((area) => !all.includes(area));
if (unknown.length) {
  console.error(`No test area ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  process.exit(2);
}
const areas = positionals.length ? all.filter((area) => positionals.includes(area)) : all;

if ((await node(["esbuild.js"])) !== 0) {
  console.log("The build failed.\n0 passed, 1 failed");
  process.exit(1);
}
mkdirSync("out/test", { recursive: true });

let passed = 0;
let failed = 0;
for (const area of areas) {
  console.log(`\n${area}`);
  const started = Date.now();
  const report = await runArea(area, values.grep);
  const problems = [
    ...report.failures.map(({ title, error }) => `FAILED  ${title}\n${error.replace(/^/gm, "    ")}`),
    ...report.skipped.map((title) => `SKIPPED ${title}: a test is run or deleted, not skipped`),
  ];
  // With --grep an area may well hold no test of that name; the total below must not be 0 then either.
  if (report.passed + problems.length === 0 && !values.grep) problems.push(`FAILED  the area ${area}: no test ran`);
  for (const problem of problems) console.log(`\n${problem}`);
  console.log(
    `  ${area}: ${report.passed} passed, ${problems.length} failed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  passed += report.passed;
  failed += problems.length;
}
if (passed + failed === 0) {
  console.log(values.grep ? `No test has a name with "${values.grep}".` : "There is no test.");
  failed = 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
