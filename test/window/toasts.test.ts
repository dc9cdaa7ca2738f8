/** @file What is offered to a person pops up in the window, and its buttons do what they say. */
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DrivenWindow, openWindow } from "../vscode-host/driven-window.ts";
import { notebookOf } from "./notebook.ts";

const STUCK =
  "let { execSync } = await import('node:child_process'); console.log('stuck from here'); execSync('sleep 60');";
const WEBGPU = 'import { setDefaultBackend } from "cotangent";\nawait setDefaultBackend("webgpu");';
const SHOTS = path.resolve("out/shots");

suite("messages pop up", function () {
  this.timeout(120_000);
  let folder: string;
  let window: DrivenWindow;
  /** What the registry of packages does when it is asked for one. */
  let answer: (response: ServerResponse) => void;
  const registry = createServer((_, response) => answer(response));

  suiteSetup(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-toasts-"));
    const notebook = path.join(folder, "toasts.ipynb");
    writeFileSync(notebook, notebookOf(["const a = 1;", STUCK, "process.exit(1);", "typeof a", WEBGPU]));
    await once(registry.listen(0, "127.0.0.1"), "listening");
    window = await openWindow(folder, {
      settings: { "cotangent.registry": `http://127.0.0.1:${(registry.address() as AddressInfo).port}` },
      env: { ...process.env, COTANGENT_OPEN: notebook },
      installed: [path.resolve("test/vscode-host/opener")],
    });
    window.page.setDefaultTimeout(30_000);
    mkdirSync(SHOTS, { recursive: true });
    await window.page.locator(".kernel-label", { hasText: "Cotangent" }).waitFor();
  });
  suiteTeardown(async () => {
    await window?.browser.close();
    await window?.server.stop();
    registry.closeAllConnections();
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const shoot = (name: string) => window.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  teardown(async function () {
    if (this.currentTest?.state === "failed") await shoot("toasts-failed");
  });

  const toast = (text: string) =>
    window.page.locator(".notification-toast.notification-fade-in-done", { hasText: text });
  const status = (text: string) => window.page.locator(".statusbar-item", { hasText: `Cotangent: ${text}` }).waitFor();

  /** Runs the cell whose code has this word, and no other has. */
  async function run(word: string): Promise<void> {
    const row = window.page.locator(".code-cell-row", { hasText: word });
    const button = row.locator(".run-button-container .action-label").first();
    // The button is there while the pointer is over its cell, and cells move while outputs come and go.
    for (let tries = 4; ; tries--) {
      await row.hover();
      try {
        await button.click({ timeout: 4000 });
        return;
      } catch (error) {
        if (tries === 0) throw error;
        await window.page.mouse.move(0, 0);
      }
    }
  }

  test("a second Stop of a cell that does not stop offers to restart, and does so", async () => {
    await run("execSync");
    // Before that, the first Stop would end it.
    await window.page.frameLocator("iframe.webview").frameLocator("iframe").getByText("stuck from here").waitFor();
    const stop = window.page.locator(".notebook-toolbar-container").getByText("Interrupt");
    await stop.click();
    await stop.click();
    const offer = toast("has not stopped yet");
    await offer.waitFor();
    await shoot("toast-second-stop");
    await offer.getByRole("button", { name: "Restart Session" }).click();
    await status("not started");
  });

  test("after a session has ended, the cells above are offered, and run", async () => {
    await run("const");
    await window.page.locator(".code-cell-row .codicon-notebook-state-success").first().waitFor();
    await run("exit");
    await status("not started");
    await run("typeof");
    const offer = toast("the variables of a cell above it");
    await offer.waitFor();
    await shoot("toast-cells-above");
    await offer.getByRole("button", { name: "Run the Cells Above Again" }).click();
    await window.page.frameLocator("iframe.webview").frameLocator("iframe").getByText("'number'").waitFor();
  });

  test("a cell that wants WebGPU offers to fetch it, which can be stopped, and says why it failed", async () => {
    // Some of it comes, and then nothing more.
    answer = (response) => void response.write(Buffer.alloc(2_000_000));
    await run("webgpu");
    const offer = toast("by a part that is not on this machine yet: Dawn");
    const fetch = offer.getByRole("button", { name: "Fetch WebGPU (51 MB)" });
    await fetch.waitFor();
    await shoot("toast-webgpu");
    await fetch.click();
    const progress = toast("Fetching WebGPU: 2 MB of 51 MB");
    await progress.getByRole("button", { name: "Cancel" }).click();
    await status("WebGPU was not fetched");

    answer = (response) => response.writeHead(404).end();
    await run("webgpu");
    await fetch.click();
    const problem = toast('webgpu-0.6.2.tgz answered "404 Not Found"');
    await problem.getByRole("button", { name: "Try Again" }).waitFor();
    await shoot("toast-webgpu-failed");
  });
});
