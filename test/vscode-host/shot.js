/**
 * @file `node test/vscode-host/shot.js NOTEBOOK [NAME]`: runs a notebook in a real VS Code and takes pictures of it from
 * top to bottom, light and dark, into out/shots/NAME-THEME-NN.png. To be looked at by a person; build first.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openBrowser } from "./browser.js";
import { startServer } from "./server.js";

const root = path.resolve(import.meta.dirname, "../..");
const [notebook, name = path.basename(notebook ?? "", ".ipynb")] = process.argv.slice(2);
if (!notebook) {
  console.error("usage: node test/vscode-host/shot.js NOTEBOOK [NAME]");
  process.exit(2);
}
const shots = path.join(root, "out/shots");
mkdirSync(shots, { recursive: true });

for (const [theme, title] of [
  ["light", "Default Light Modern"],
  ["dark", "Default Dark Modern"],
]) {
  // A copy: running it must not change the file that was named.
  const workspace = mkdtempSync(path.join(tmpdir(), "cotangent-shot-"));
  const copy = path.join(workspace, path.basename(notebook));
  cpSync(notebook, copy);
  const server = await startServer({
    settings: { "workbench.colorTheme": title, "workbench.activityBar.location": "hidden" },
    env: { ...process.env, COTANGENT_OPEN: copy },
    installed: [root, path.join(import.meta.dirname, "opener")],
  });
  const { browser, page } = await openBrowser({ width: 1300, height: 1000 });
  try {
    await page.goto(server.address(workspace));
    const list = page.locator(".notebookOverlay .cell-list-container .monaco-list").first();
    await list.waitFor({ timeout: 60_000 });
    await page.locator(".kernel-label", { hasText: "Cotangent" }).waitFor({ timeout: 30_000 });
    await page.keyboard.press("Control+b"); // the side bar away
    await page.locator(".notebook-toolbar-container").getByText("Run All").click();
    await settled(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Home");
    for (let number = 1; number <= 40; number++) {
      await delay(1200); // outputs that come into view are drawn then
      const file = path.join(shots, `${name}-${theme}-${String(number).padStart(2, "0")}.png`);
      await page.screenshot({ path: file });
      console.log(path.relative(root, file));
      if (!(await scroll(page, list))) break;
    }
  } catch (error) {
    await page.screenshot({ path: path.join(shots, `${name}-${theme}-failed.png`) });
    throw error;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Waits until the session has been idle for two seconds. @param {import("playwright-core").Page} page */
async function settled(page) {
  const idle = page.locator(".statusbar-item", { hasText: "Cotangent: idle" });
  for (let quiet = 0; quiet < 20; quiet++) {
    await delay(100);
    if ((await idle.count()) === 0) quiet = -1;
  }
}

/**
 * Scrolls by most of a window; false when nothing moves any more.
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").Locator} list
 */
async function scroll(page, list) {
  const rows = list.locator(".monaco-list-rows").first();
  const top = () => rows.evaluate((element) => Number.parseFloat(element.style.top) || 0);
  const box = await list.boundingBox();
  const start = await top();
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  for (let last = start; start - last < box.height * 0.8; ) {
    await page.mouse.wheel(0, 400);
    await delay(150);
    const now = await top();
    if (now === last) return last !== start;
    last = now;
  }
  return true;
}
