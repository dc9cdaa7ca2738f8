/** @file Nothing that cells started outlives its window, however the window ends: told by process ids. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isAlive, isGone } from "../session/harness.ts";
import { type DrivenWindow, openWindow } from "../vscode-host/driven-window.ts";
import { notebookOf } from "./notebook.ts";

/** By notebook: what its second cell does, once it has said that it does it. */
const NOTEBOOKS: Readonly<Record<string, string>> = {
  idle: "",
  looping: "process.on('SIGTERM', () => {});\nfor (;;) {}",
  "in-native-code": "(await import('node:child_process')).execSync('sleep 600');",
  computing: "import { Worker } from 'node:worker_threads';\nnew Worker('for (;;);', { eval: true });",
  debugged: "debugger;",
};

/** Of one notebook. */
interface Pids {
  readonly extensionHost: number;
  readonly session: number;
  /** What a cell of it started. */
  readonly child: number;
}

function writeNotebooks(folder: string): void {
  for (const [name, code] of Object.entries(NOTEBOOKS)) {
    const sources = [
      "import { spawn } from 'node:child_process';\nimport { writeFileSync } from 'node:fs';\n" +
        // Behind the editor, which is to start beside endless loops.
        "import { setPriority } from 'node:os';\nsetPriority(19);\n" +
        "const child = spawn('sleep', ['600']).pid;\n" +
        "const pids = { extensionHost: process.ppid, session: process.pid, child };",
      `writeFileSync(${JSON.stringify(path.join(folder, name))}, JSON.stringify(pids));\n${code}`,
    ];
    writeFileSync(path.join(folder, `${name}.ipynb`), notebookOf(sources));
  }
}

suite("no process outlives its window", function () {
  this.timeout(150_000);
  let folder: string;
  let window: DrivenWindow;

  /** Opens a window in which all notebooks are at what they do. */
  async function openBusy(env: NodeJS.ProcessEnv = {}): Promise<ReadonlyMap<string, Pids>> {
    const installed = [path.resolve("test/window/starter")];
    window = await openWindow(folder, { env: { ...process.env, ...env }, installed });
    // Unsaved outputs are no reason to stay.
    window.page.on("dialog", (dialog) => void dialog.accept());
    const pids = new Map<string, Pids>();
    for (const name of Object.keys(NOTEBOOKS)) pids.set(name, await pidsOf(name));
    await window.page.locator(".debug-toolbar").waitFor({ timeout: 60_000 });
    for (const { session, child } of pids.values()) assert.ok(isAlive(session) && isAlive(child));
    return pids;
  }

  async function pidsOf(name: string): Promise<Pids> {
    for (const deadline = Date.now() + 60_000; ; ) {
      try {
        return JSON.parse(readFileSync(path.join(folder, name), "utf8"));
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`the notebook ${name} did not run`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function assertGone(pids: ReadonlyMap<string, Pids>): Promise<void> {
    const left: string[] = [];
    for (const [name, { session, child }] of pids) {
      if (!(await isGone(session))) left.push(`the session of ${name}`);
      if (!(await isGone(child))) left.push(`what a cell of ${name} started`);
    }
    assert.deepEqual(left, []);
  }

  setup(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-orphans-"));
    writeNotebooks(folder);
  });
  teardown(async () => {
    await window?.browser.close();
    await window?.server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the window is reloaded", async () => {
    const pids = await openBusy();
    await window.page.reload();
    await assertGone(pids);
  });

  test("the extension host is killed", async () => {
    const pids = await openBusy();
    const hosts = new Set([...pids.values()].map(({ extensionHost }) => extensionHost));
    assert.equal(hosts.size, 1);
    for (const host of hosts) process.kill(host, "SIGKILL");
    await assertGone(pids);
  });

  test("the window is closed, and its server goes on", async () => {
    const pids = await openBusy();
    const closed = window.page.waitForEvent("close");
    // As a person closes it, the page having its last word.
    await window.page.close({ runBeforeUnload: true });
    await closed;
    await assertGone(pids);
  });

  // VS Code's server keeps what it ran for a window that is gone without a word: for three hours, unless told.
  test("the window is gone without a word, and is not waited for any longer", async () => {
    const pids = await openBusy({ CODE_SERVER_RECONNECTION_GRACE_TIME: "3" });
    await window.browser.close();
    await assertGone(pids);
  });

  test("the window is closed, and then its server is stopped", async () => {
    const pids = await openBusy();
    await window.browser.close();
    await window.server.stop();
    await assertGone(pids);
  });
});
