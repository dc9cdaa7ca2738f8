import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, openCells, plainText, run, runAll, start, stdout, until } from "./notebooks.ts";

const orderOf = (notebook: vscode.NotebookDocument) =>
  notebook.getCells().map((cell) => cell.executionSummary?.executionOrder);

async function remove(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(index, index + 1))]);
  await vscode.workspace.applyEdit(edit);
}

/** A cell that runs until `go` is 1, which a cell of its notebook cannot do meanwhile: a file says so. */
const WAIT = `console.log("started");
const { existsSync } = await import("node:fs");
while (!existsSync("GO")) await new Promise((done) => setTimeout(done, 10));`;

suite("the queue of cells", function () {
  this.timeout(120_000);
  teardown(closeAll);

  let go = "";
  /** The first cell waits for `letGo`; the others follow. */
  async function openWaiting(...sources: readonly string[]): Promise<vscode.NotebookDocument> {
    go = `${process.env.TMPDIR ?? "/tmp"}/cotangent-go-${process.pid}-${Date.now()}`;
    const notebook = await openCells(WAIT.replace("GO", go), ...sources);
    start(notebook, 0);
    await until("the first cell to run", () => stdout(notebook.cellAt(0)) === "started\n");
    return notebook;
  }
  const letGo = () => vscode.workspace.fs.writeFile(vscode.Uri.file(go), new Uint8Array());
  const ended = (notebook: vscode.NotebookDocument, index: number) =>
    until(`cell ${index} to end`, () => notebook.cellAt(index).executionSummary?.success === true);

  test("a cell that is run twice while it waits runs once, with the text it has when its turn comes", async () => {
    const notebook = await openWaiting("globalThis.runs = (globalThis.runs ?? 0) + 1", "globalThis.runs");
    start(notebook, 1);
    start(notebook, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(1).document.uri, new vscode.Position(0, 0), "globalThis.edited = true;\n");
    await vscode.workspace.applyEdit(edit);
    await letGo();
    await ended(notebook, 1);
    assert.equal(await run(notebook, 2), true);
    assert.equal(plainText(notebook.cellAt(2)), "1");
    assert.deepEqual(orderOf(notebook), [1, 2, 3]);
  });

  test("a waiting cell that is deleted does not run, the others do", async () => {
    const notebook = await openWaiting("globalThis.deleted = true", "typeof globalThis.deleted");
    start(notebook, 1);
    start(notebook, 2);
    await remove(notebook, 1);
    await letGo();
    await ended(notebook, 1);
    assert.equal(plainText(notebook.cellAt(1)), "'undefined'");
    assert.deepEqual(orderOf(notebook), [1, 2]);
  });

  test("a running cell that is deleted ends, and its session goes on", async () => {
    const notebook = await openCells("globalThis.kept = 1", 'console.log("started");\nfor (;;) {}', "globalThis.kept");
    assert.equal(await run(notebook, 0), true);
    start(notebook, 1);
    await until("the loop", () => stdout(notebook.cellAt(1)) === "started\n");
    start(notebook, 2);
    await remove(notebook, 1);
    await ended(notebook, 1);
    assert.equal(plainText(notebook.cellAt(1)), "1", "the cell that waited behind it runs");
    assert.equal(await run(notebook, 1), true);
  });

  test("Run All while a cell runs, in the order of the notebook, with durations", async () => {
    const notebook = await openWaiting("1", "2");
    await vscode.commands.executeCommand("notebook.execute");
    await letGo();
    await ended(notebook, 2);
    assert.deepEqual(orderOf(notebook), [1, 2, 3]);
    for (const cell of notebook.getCells()) {
      const { startTime, endTime } = cell.executionSummary?.timing ?? { startTime: 0, endTime: -1 };
      assert.ok(startTime > 0 && endTime >= startTime);
    }
  });

  test("Run Above and Run Below, and numbers that begin again with a session", async () => {
    const notebook = await openCells("'a'", "'b'", "'c'");
    const ranges = [{ start: 1, end: 2 }];
    const document = notebook.uri;
    await vscode.commands.executeCommand("notebook.cell.executeCellsAbove", { ranges, document });
    await ended(notebook, 0);
    assert.deepEqual(orderOf(notebook), [1, undefined, undefined]);
    await vscode.commands.executeCommand("notebook.cell.executeCellAndBelow", { ranges, document });
    await ended(notebook, 2);
    assert.deepEqual(orderOf(notebook), [1, 2, 3]);
    await vscode.commands.executeCommand("cotangent.restart");
    assert.equal(plainText(notebook.cellAt(2)), "'c'", "a restart keeps outputs");
    await runAll(notebook);
    assert.deepEqual(orderOf(notebook), [1, 2, 3]);
  });
});
