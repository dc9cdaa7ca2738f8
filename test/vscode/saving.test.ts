import assert from "node:assert/strict";
import * as vscode from "vscode";
import { alive, closeAll, cotangent, open, openCells, plainText, run, start, stdout, until } from "./notebooks.ts";

/** Saves the untitled notebook in front under the name that VS Code proposes; gives the file's document. */
async function saveUntitled(notebook: vscode.NotebookDocument): Promise<vscode.NotebookDocument> {
  let saved = false;
  vscode.commands.executeCommand("workbench.action.files.save").then(() => {
    saved = true;
  });
  for (let tries = 0; !saved && tries < 40; tries++) {
    // The box that asks for the name. It is accepted again until VS Code has read the folder it proposes.
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (!saved && !notebook.isClosed) {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    }
  }
  await until("the untitled notebook to close", () => notebook.isClosed);
  return until("the saved notebook in front", () => {
    const inFront = vscode.window.activeNotebookEditor?.notebook;
    return inFront && !inFront.isUntitled && inFront;
  });
}

suite("saving a notebook under a name", () => {
  teardown(closeAll);
  suiteSetup(async () => {
    // A desktop VS Code would ask with a dialog of the system, which no test can answer.
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration("files").update("simpleDialog.enable", true, Global);
  });

  test("variables, process, kernel and error marks go on in the file's notebook", async () => {
    const api = await cotangent();
    const untitled = await openCells(
      "let kept = 41;",
      "kept + 1",
      'function fail() {\n  throw new Error("from the first run");\n}',
      "fail()",
    );
    await run(untitled, 0);
    await run(untitled, 2);
    const twin = await openCells(...untitled.getCells().map((cell) => cell.document.getText()));
    await run(twin, 0);
    await vscode.window.showNotebookDocument(untitled);
    const pid = api.sessionPid(untitled);
    assert.ok(pid);

    const saved = await saveUntitled(untitled);
    assert.equal(api.sessionPid(saved), pid, "the saved notebook has another process, or none");
    assert.equal(api.sessionPid(untitled), undefined);
    assert.notEqual(api.sessionPid(twin), pid);
    assert.equal(await run(saved, 1), true);
    assert.equal(plainText(saved.cellAt(1)), "42");
    assert.equal(saved.cellAt(1).executionSummary?.executionOrder, 3);

    assert.equal(await run(saved, 3), false);
    const [mark] = vscode.languages.getDiagnostics(saved.cellAt(2).document.uri);
    assert.match(mark?.message ?? "", /from the first run/);

    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await until(`process ${pid} to end`, () => !alive(pid));
  });

  test("a cell that runs meanwhile shows its output and its end in the file's notebook", async () => {
    const untitled = await openCells(
      'console.log("early");\nawait new Promise((resolve) => setTimeout(resolve, 6000));\nconsole.log("late");',
    );
    start(untitled, 0);
    await until("the first line", () => stdout(untitled.cellAt(0)) === "early\n");
    const saved = await saveUntitled(untitled);
    const cell = saved.cellAt(0);
    await until("the late line", () => stdout(cell).endsWith("late\n"));
    await until("the cell's end", () => cell.executionSummary?.success === true);
  });

  test("a copy that is opened beside its original takes nothing over", async () => {
    const api = await cotangent();
    const original = await open("basics.ipynb");
    await run(original, 1);
    const pid = api.sessionPid(original);
    assert.ok(pid);
    const copy = await open("basics.ipynb");
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const tab = tabs.find(({ input }) => (input as vscode.TabInputNotebook).uri.toString() === original.uri.toString());
    assert.ok(tab);
    await vscode.window.tabGroups.close(tab);
    assert.equal(api.sessionPid(copy), undefined);
  });
});
