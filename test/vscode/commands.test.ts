import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, cotangent, openCells, plainText, run, runAll, start, stdout, until } from "./notebooks.ts";

suite("commands", () => {
  teardown(closeAll);

  test("New Notebook opens one that runs as it is", async () => {
    await cotangent();
    await vscode.commands.executeCommand("cotangent.newNotebook");
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook?.isUntitled);
    assert.equal(notebook.cellAt(0).document.languageId, "typescript");
    assert.equal(notebook.metadata.metadata.kernelspec.name, "cotangent");
    await runAll(notebook);
    assert.equal(notebook.cellAt(0).executionSummary?.success, true);
    assert.match(plainText(notebook.cellAt(0)), /\[4, ?3\]/);
  });

  test("Interrupt stops the running cell", async () => {
    const notebook = await openCells('console.log("started");\nfor (;;) {}');
    const cell = notebook.cellAt(0);
    start(notebook, 0);
    await until("the cell's first line", () => stdout(cell) === "started\n");
    await vscode.commands.executeCommand("cotangent.interrupt");
    await until("the cell to end", () => cell.executionSummary?.success === false);
  });

  test("Restart Session gives a fresh process without variables, also under a running cell", async () => {
    const api = await cotangent();
    const notebook = await openCells("const before = 1;", 'console.log("started");\nfor (;;) {}', "typeof before");
    await run(notebook, 0);
    const pid = api.sessionPid(notebook);
    start(notebook, 1);
    await until("the cell's first line", () => stdout(notebook.cellAt(1)) === "started\n");
    await vscode.commands.executeCommand("cotangent.restart");
    assert.equal(await run(notebook, 2), true);
    assert.equal(plainText(notebook.cellAt(2)), "'undefined'");
    assert.notEqual(api.sessionPid(notebook), pid);
  });
});
