/** @file Entry of the test areas that run in plain Node: every bundled test file beside this one. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { runMocha } from "./runner.ts";

const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.mjs"))
  .map((file) => path.join(import.meta.dirname, file))
  .sort();
const { failures } = await runMocha(tests, "import");
// Not left to the event loop: a test that leaves a timer or a process behind must not hold up the whole run.
process.exit(failures.length ? 1 : 0);
