/** @file Progress where a person sees it: below the cell, in the status bar, and what stays of it. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { DISPLAY_MIME, type ProgressDisplay } from "../../protocol/display.ts";
import { closeAll, cotangent, openCells, outputs, plainText, run, start, stdout, until } from "./notebooks.ts";
import { canLook, lookUntil, shoot } from "./window.ts";

const displayed = (cell: vscode.NotebookCell): ProgressDisplay | undefined =>
  outputs(cell, DISPLAY_MIME).map((text) => JSON.parse(text) as ProgressDisplay)[0];

const isRunning = (cell: vscode.NotebookCell): boolean => displayed(cell)?.bars[0].state === "running";

suite("progress", () => {
  teardown(closeAll);

  test("a loop shows how far it is below its cell and in the status bar, and leaves a line", async function () {
    this.timeout(120_000);
    const api = await cotangent();
    const notebook = await openCells(
      `const epochs = progress(200, { label: "training" });
for (const epoch of epochs) {
  epochs.label = \`training, loss \${(1 / (epoch + 1)).toFixed(4)}\`;
  for (const batch of progress(8, { label: "batches" })) await new Promise((done) => setTimeout(done, 100));
}`,
      "for (const i of progress([1, 2, 3], { label: 'short' })) await new Promise((done) => setTimeout(done, 150));",
    );
    const [long, short] = notebook.getCells();
    start(notebook, 0);
    await until("both bars", () => displayed(long)?.bars.length === 2 && displayed(long)?.bars[0].secondsLeft);
    await until("the status", () => /Cotangent: cell 1 · training, loss [\d.]+ · \d+ %$/.test(api.shownStatus() ?? ""));
    if (canLook) {
      await lookUntil(".progress progress", ({ width }) => width > 100);
      await shoot("progress-running");
    }
    await vscode.commands.executeCommand("notebook.cancelExecution");
    await until("the end", () => displayed(long)?.bars.every(({ state }) => state === "stopped"));
    assert.match(plainText(long), /^training, loss [\d.]+: stopped at \d+ of 200 after/);
    assert.equal(await run(notebook, 1), true);
    assert.match(plainText(short), /^short: 3 of 3 in /);
    if (canLook) await shoot("progress-over");
    await until("idle", () => api.shownStatus()?.endsWith("Cotangent: idle"));
  });

  test("a cell without progress shows for how long it runs, and a click leads to it", async () => {
    const api = await cotangent();
    const cells = Array.from({ length: 40 }, (_, i) => `${i}`);
    const notebook = await openCells("await new Promise((done) => setTimeout(done, 60_000));", ...cells);
    start(notebook, 0);
    await until("the status", () => /Cotangent: cell 1 · \d s$/.test(api.shownStatus() ?? ""));
    const editor = vscode.window.activeNotebookEditor;
    assert.ok(editor);
    editor.selection = new vscode.NotebookRange(30, 31);
    await vscode.commands.executeCommand("cotangent.revealRunningCell");
    await until("the selection", () => editor.selection.start === 0);
    await vscode.commands.executeCommand("notebook.cancelExecution");
  });

  test("the kernel's own work is shown while it lasts, and printed text stays", async () => {
    const notebook = await openCells(
      `import { Timer } from "cotangent";
console.log("before");
console.log("still before");
const wait = (ms: number) => { const end = performance.now() + ms; while (performance.now() < end); };
const timing = new Timer({ stmt: () => wait(250), label: "waiting" }).timeit(5);
console.log("after");`,
    );
    const cell = notebook.cellAt(0);
    start(notebook, 0);
    await until("the bar", () => isRunning(cell) && displayed(cell)?.bars[0].label === "timing waiting");
    await until("the end", () => cell.executionSummary?.success);
    assert.deepEqual(outputs(cell, DISPLAY_MIME), []);
    assert.equal(stdout(cell), "before\nstill before\nafter\n");
  });
});
