/** @file Runs a bundle of tests in the extension host of a real VS Code, by @vscode/test-electron. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runTests } from "@vscode/test-electron";
import { ensureChromium } from "./browser.js";
import { findDesktopCode } from "./desktop.js";
import { installCodeServer } from "./install.js";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * A desktop VS Code where there is one. Else, on Linux, code-server in a headless Chromium behind a shim that takes the
 * same arguments; elsewhere test-electron fetches the desktop VS Code.
 */
async function chooseExecutable() {
  const desktop = findDesktopCode();
  if (desktop || process.platform !== "linux") return { executable: desktop, shim: false };
  await ensureChromium();
  await installCodeServer();
  return { executable: path.join(import.meta.dirname, "code-shim.js"), shim: true };
}

/**
 * @param {string} tests a CommonJS module that exports run()
 * @param {NodeJS.ProcessEnv} env
 * @returns how it ended, in words
 */
export async function runInVSCode(tests, env) {
  const { executable, shim } = await chooseExecutable();
  const { engines } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const workspace = mkdtempSync(path.join(tmpdir(), "cotangent-workspace-"));
  cpSync(path.join(root, "test/vscode/fixtures"), workspace, { recursive: true });
  const answers = path.join(root, "out/shots");
  mkdirSync(answers, { recursive: true });
  if (!shim) console.log("  in a desktop VS Code: the tests that look at the window from outside are left out");
  try {
    const code = await runTests({
      vscodeExecutablePath: executable,
      version: engines.vscode.replace("^", ""),
      extensionDevelopmentPath: root,
      extensionTestsPath: tests,
      launchArgs: [workspace, "--disable-extensions"],
      extensionTestsEnv: { ...env, ...(shim ? { COTANGENT_ANSWERS: answers } : {}) },
    });
    return `exit code ${code}`;
  } catch (error) {
    // Failing tests end here too; the report says which.
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}
