/** @file A real VS Code with a folder that nobody trusts yet: what is shown, that nothing runs, and that trust changes it. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { type DrivenWindow, openWindow } from "../vscode-host/driven-window.ts";
import { notebookOf } from "./notebook.ts";

const SHOTS = path.resolve("out/shots");

/** Whether some process was started with this text among its arguments: a session has its notebook's folder there. */
function isSomebodyStartedWith(text: string): boolean {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.some((pid) => {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return args.includes("session.js") && args.includes(text);
    } catch {
      return false; // it is gone
    }
  });
}

function writeWorkspace(folder: string): { notebook: string; ran: string; loaded: string } {
  const [ran, loaded] = [path.join(folder, "ran"), path.join(folder, "loaded")];
  const notebook = path.join(folder, "stranger.ipynb");
  const runs = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(ran)}, "");`;
  writeFileSync(notebook, notebookOf([runs, 'const count: number = "none";']));
  // What a TypeScript server would load, from a folder that nobody has looked through.
  const plugin = path.join(folder, "node_modules/nosy");
  mkdirSync(plugin, { recursive: true });
  writeFileSync(path.join(plugin, "package.json"), '{ "name": "nosy", "version": "1.0.0", "main": "index.js" }');
  const touch = `require("node:fs").writeFileSync(${JSON.stringify(loaded)}, "");`;
  writeFileSync(
    path.join(plugin, "index.js"),
    `${touch}\nmodule.exports = () => ({ create: (info) => info.languageService });`,
  );
  writeFileSync(path.join(folder, "tsconfig.json"), '{ "compilerOptions": { "plugins": [{ "name": "nosy" }] } }');
  return { notebook, ran, loaded };
}

suite("a workspace that is not trusted", () => {
  let folder: string;
  let window: DrivenWindow;
  let page: Page;
  let failed = 0;
  let files: ReturnType<typeof writeWorkspace>;

  suiteSetup(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-untrusted-"));
    files = writeWorkspace(folder);
    window = await openWindow(folder, {
      env: { ...process.env, COTANGENT_OPEN: files.notebook },
      installed: [path.resolve("test/vscode-host/opener")],
      trusting: false,
    });
    page = window.page;
    await page.locator(".notebookOverlay .cell-list-container").waitFor({ timeout: 60_000 });
  });
  suiteTeardown(async () => {
    await window?.browser.close();
    await window?.server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  teardown(async function () {
    if (this.currentTest?.state === "failed") await shoot(`untrusted-failed-${++failed}`);
  });

  const dialog = () => page.locator(".monaco-dialog-box");
  /** Until the question is there: a click while the last one is being put away asks nothing. */
  async function askToRun(): Promise<void> {
    for (let tries = 4; ; tries--) {
      await page.locator(".notebook-toolbar-container").getByText("Run All").click();
      try {
        await dialog().waitFor({ timeout: 5000 });
        return;
      } catch (error) {
        if (tries === 0) throw error;
      }
    }
  }

  async function shoot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }

  test("says so, in a message that leads to the remedy, in the status bar and in the Variables view", async () => {
    await page.locator(".statusbar-item", { hasText: "Cotangent: not trusted" }).waitFor({ timeout: 20_000 });
    const message = page.locator(".notification-toast", { hasText: "This workspace is not trusted" });
    await message.waitFor();
    await page.locator(".pane-header", { hasText: "Variables" }).waitFor();
    if ((await page.locator(".pane-header.expanded", { hasText: "Variables" }).count()) === 0) {
      await page.locator(".pane-header", { hasText: "Variables" }).click();
    }
    await page
      .locator(".welcome-view-content", { hasText: "No cell runs in a workspace that is not trusted" })
      .waitFor();
    await shoot("untrusted-light");
    await message.getByText("Manage Workspace Trust").click();
    await page.locator(".workspace-trust-editor").waitFor();
    await page.keyboard.press("Control+w");
    await page.locator(".workspace-trust-editor").waitFor({ state: "detached" });
  });

  test("types are checked all the same, without loading what the folder's tsconfig names", async () => {
    await page.locator(".squiggly-error").first().waitFor({ timeout: 30_000 });
    assert.equal(existsSync(files.loaded), false, "the plugin of a folder that nobody trusts was loaded");
  });

  test("no cell runs and no session starts, whatever is clicked", async () => {
    await askToRun();
    await dialog().getByText("Cancel").click();
    await dialog().waitFor({ state: "detached" });
    assert.equal(existsSync(files.ran), false, "the cell ran");
    assert.equal(isSomebodyStartedWith(folder), false, "a session was started");
  });

  test("with trust given, the same window runs cells and says no more of it", async () => {
    await askToRun();
    await dialog()
      .getByText(/^Trust/)
      .first()
      .click();
    await page.locator(".statusbar-item", { hasText: "Cotangent: idle" }).waitFor({ timeout: 30_000 });
    assert.equal(existsSync(files.ran), true);
    assert.equal(isSomebodyStartedWith(folder), true);
    assert.equal(await page.locator(".statusbar-item", { hasText: "not trusted" }).count(), 0);
  });
});
