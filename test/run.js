/**
 * @file The whole test line: `node test/run.js [area…] [--grep TEXT]`. An area is a folder of test/ that holds
 * *.test.ts. Two run at a time, but of those that drive an editor only one. The last line
 * printed is "N passed, N failed"; a skipped test counts as failed, and so does an area in which nothing ran.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { testFiles } from "./area.js";
import { ensureChromium } from "./vscode-host/browser.js";

const root = path.resolve(import.meta.dirname, "..");
process.chdir(root);

/** What takes long comes first; an area that is not named comes last. */
const inEditor = ["vscode", "window"];
const beside = ["kernel", "session", "pages"];
const inBrowser = [...inEditor, "pages"];
const timeLimit = 900_000;

function findAreas() {
  const rank = (/** @type {string} */ area) => {
    const at = [...inEditor, ...beside].indexOf(area);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  return readdirSync("test", { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "vscode-host" && testFiles(entry.name).length > 0)
    .map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/**
 * Runs a script of this same Node to its end, each line of its output with the same words in front.
 * @param {readonly string[]} args
 * @param {string} [front]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns how it ended
 */
async function node(args, front = "", env = {}) {
  // A group of its own, so that what it has started ends with it.
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    detached: true,
  });
  const end = () => process.kill(-(/** @type {number} */ (child.pid)), "SIGKILL");
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => console.log(front + line));
  }
  process.on("exit", end);
  let late = "";
  const timer = setTimeout(() => {
    late = `, stopped after ${timeLimit / 1000} s`;
    end();
  }, timeLimit);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  process.off("exit", end);
  return `${signal ?? `exit code ${code}`}${late}`;
}

/**
 * @param {string} area
 * @param {string} front
 * @returns {Promise<import("./runner.ts").Report>}
 */
async function runArea(area, front) {
  const reportFile = path.resolve(`out/test/${area}.json`);
  rmSync(reportFile, { force: true });
  let ended;
  try {
    if (inBrowser.includes(area)) await chromium;
    const env = values.grep ? { COTANGENT_GREP: values.grep } : {};
    ended = await node(["--enable-source-maps", "test/area.js", area, reportFile], front, env);
  } catch (error) {
    ended = String(error);
  }
  if (existsSync(reportFile)) return JSON.parse(readFileSync(reportFile, "utf8"));
  const error = `It ended (${ended}) before its tests were done.`;
  return { passed: 0, skipped: [], failures: [{ title: `the area ${area}`, error }] };
}

/** Runs areas one after the other, until none is left in the list. @param {string[]} queue */
async function lane(queue) {
  for (let area = queue.shift(); area !== undefined; area = queue.shift()) {
    const front = `${area.padEnd(longest)}  `;
    const started = Date.now();
    const report = await runArea(area, front);
    const problems = [
      ...report.failures.map(({ title, error }) => `FAILED  ${title}\n${error.replace(/^/gm, "    ")}`),
      ...report.skipped.map((title) => `SKIPPED ${title}: a test is run or deleted, not skipped`),
    ];
    // With --grep an area may well hold no test of that name; the total below must not be 0 then either.
    if (report.passed + problems.length === 0 && !values.grep) problems.push(`FAILED  the area ${area}: no test ran`);
    const seconds = Math.round((Date.now() - started) / 1000);
    const lines = [...problems, `${report.passed} passed, ${problems.length} failed, ${seconds} s`];
    console.log(lines.join("\n").replace(/^/gm, front));
    passed += report.passed;
    failed += problems.length;
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: "string" } } });
const all = findAreas();
const unknown = positionals.filter((area) => !all.includes(area));
if (unknown.length) {
  console.error(`No test area ${unknown.join(", ")}. There are: ${all.join(", ")}.`);
  process.exit(2);
}
const areas = positionals.length ? all.filter((area) => positionals.includes(area)) : all;
const longest = Math.max(...areas.map(({ length }) => length));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

if ((await node(["esbuild.js"])) !== "exit code 0") {
  console.log("The build failed.\n0 passed, 1 failed");
  process.exit(1);
}
mkdirSync("out/test", { recursive: true });

// Fetched, where it is missing, while the first areas run that do without. An area that needs it asks again, and says why
// there is none.
const chromium = areas.some((area) => inBrowser.includes(area)) && ensureChromium().catch(() => undefined);
let passed = 0;
let failed = 0;
const others = areas.filter((area) => !inEditor.includes(area));
await Promise.all([lane(areas.filter((area) => inEditor.includes(area))).then(() => lane(others)), lane(others)]);
if (passed + failed === 0) {
  console.log(values.grep ? `No test has a name with "${values.grep}".` : "There is no test.");
  failed = 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
