/**
 * @file Runs bundled test files with mocha, in whatever process it stands in (Node, or VS Code's extension host), and
 * writes what happened to the file that test/run.js asked for.
 */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

export interface Report {
  readonly passed: number;
  readonly failures: readonly { readonly title: string; readonly error: string }[];
  readonly skipped: readonly string[];
}

/** Mocha's own frames and Node's say nothing about the failure. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `not an Error was thrown: ${String(error)}`;
  const lines = (error.stack ?? error.message).split("\n");
  return lines.filter((line) => !/^\s+at .*(node_modules\/mocha|node:internal)/.test(line)).join("\n");
}

/** Says nothing itself: `runMocha` listens. */
class Quiet extends Mocha.reporters.Base {}

export async function runMocha(files: readonly string[], load: "import" | "require"): Promise<Report> {
  const mocha = new Mocha({ ui: "tdd", timeout: 60_000, color: false, reporter: Quiet });
  if (process.env.COTANGENT_GREP) mocha.grep(process.env.COTANGENT_GREP);
  for (const file of files) mocha.addFile(file);

  const report = { passed: 0, failures: [] as { title: string; error: string }[], skipped: [] as string[] };
  try {
    if (load === "import") await mocha.loadFilesAsync();
    await new Promise<void>((resolve) => {
      const runner = mocha.run(() => resolve());
      let before = { started: 0, passed: 0, failed: 0 };
      runner.on("pass", () => {
        report.passed++;
      });
      // Also called for a hook that fails; its tests are then not run.
      runner.on("fail", (test, error) => {
        report.failures.push({ title: test.fullTitle(), error: describe(error) });
      });
      runner.on("pending", (test) => report.skipped.push(test.fullTitle()));
      runner.on("suite", (suite) => {
        if (suite.parent?.root) before = { started: Date.now(), ...counts() };
      });
      runner.on("suite end", (suite) => {
        if (!suite.parent?.root) return;
        const passed = report.passed - before.passed;
        const failed = report.failures.length - before.failed;
        if (passed + failed === 0) return;
        const bad = failed ? `, ${failed} FAILED` : "";
        console.log(`  ${suite.title}: ${passed} passed${bad} (${Date.now() - before.started} ms)`);
      });
      const counts = () => ({ passed: report.passed, failed: report.failures.length });
    });
  } catch (error) {
    report.failures.push({ title: "loading the test files", error: describe(error) });
  }
  if (process.env.COTANGENT_REPORT) writeFileSync(process.env.COTANGENT_REPORT, JSON.stringify(report));
  return report;
}
