/** @file What is offered when a cell does not stop, and after a session has ended. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { alive, closeAll, cotangent, errorOf, openCells, plainText, run, start, stdout, until } from "./notebooks.ts";
import { canLook, look, lookUntil, shoot } from "./window.ts";

const MESSAGE = ".notifications-center .notification-list-item";

/** What messages there are, in the list behind the bell: they do not pop up in every window that is tested. */
async function messages(): Promise<readonly string[]> {
  await vscode.commands.executeCommand("notifications.showList");
  return (await look(MESSAGE)).map(({ text }) => text);
}

async function offered(text: string): Promise<void> {
  await vscode.commands.executeCommand("notifications.showList");
  await lookUntil(MESSAGE, (message) => message.text.includes(text));
}

/** The first button of the latest message. */
const accept = () => vscode.commands.executeCommand("notification.acceptPrimaryAction");

suite("after a session has ended", function () {
  this.timeout(120_000);
  teardown(async () => {
    await vscode.commands.executeCommand("notifications.clearAll");
    await closeAll();
  });

  if (canLook) {
    test("the cells above are offered once, and run in their order before the cell", async () => {
      const notebook = await openCells("const a = 1;", "const b = a + 1;", "process.exit(1);", "b", "a + b");
      for (const index of [0, 1]) assert.equal(await run(notebook, index), true);
      assert.equal(await run(notebook, 2), false);
      assert.equal(await run(notebook, 3), false);
      assert.match(errorOf(notebook.cellAt(3)).message, /b is not defined/);
      await offered("the variables of 2 cells above it");
      await shoot("cells-above");
      await accept();
      await until("the cell to run again", () => plainText(notebook.cellAt(3)) === "2");
      // Not the one that had ended the session.
      assert.match(errorOf(notebook.cellAt(2)).message, /exit code 1/);
      await vscode.commands.executeCommand("notifications.clearAll");
      assert.equal(await run(notebook, 4), true);
      assert.ok(!(await messages()).some((message) => message.includes("above it")));
    });

    test("a session that is killed while no cell runs is reported, and nothing is offered for a first cell", async () => {
      const notebook = await openCells("const a = 1; a", "typeof a");
      await run(notebook, 0);
      process.kill((await cotangent()).sessionPid(notebook) ?? 0, "SIGKILL");
      await offered("killed by SIGKILL");
      assert.equal(plainText(notebook.cellAt(0)), "1", "outputs are kept");
      await vscode.commands.executeCommand("notifications.clearAll");
      assert.equal(await run(notebook, 0), true);
      assert.equal(notebook.cellAt(0).executionSummary?.executionOrder, 1);
      assert.ok(!(await messages()).some((message) => message.includes("above it")));
    });

    test("a second Stop offers to restart, which keeps outputs", async () => {
      const stuck = 'console.log("started");\n(await import("node:child_process")).execSync("sleep 60");';
      const notebook = await openCells(stuck, "'next'");
      start(notebook, 0);
      const cell = notebook.cellAt(0);
      await until("the cell's first line", () => stdout(cell) === "started\n");
      const pid = (await cotangent()).sessionPid(notebook) ?? 0;
      void vscode.commands.executeCommand("cotangent.interrupt");
      void vscode.commands.executeCommand("cotangent.interrupt");
      await offered("has not stopped yet");
      await shoot("second-stop");
      await accept();
      await until(`process ${pid} to end`, () => !alive(pid));
      assert.equal(stdout(cell), "started\n");
      assert.equal(await run(notebook, 1), true);
      assert.equal(plainText(notebook.cellAt(1)), "'next'");
    });
  }

  test("a cell that is run while a stuck session is restarted waits for the fresh one", async () => {
    const stuck = 'console.log("started");\n(await import("node:child_process")).execSync("sleep 60");';
    const notebook = await openCells(stuck, "'next'");
    start(notebook, 0);
    await until("the cell's first line", () => stdout(notebook.cellAt(0)) === "started\n");
    const { sessionPid } = await cotangent();
    const pid = sessionPid(notebook);
    void vscode.commands.executeCommand("cotangent.restart");
    await until("the restart to begin", () => sessionPid(notebook) !== pid);
    assert.equal(await run(notebook, 1), true);
    assert.equal(plainText(notebook.cellAt(1)), "'next'");
  });

  test("the command runs above the selected cell what has run before", async () => {
    const notebook = await openCells("const a = 1;", "throw new Error('not me')", "a");
    assert.equal(await run(notebook, 0), true);
    await vscode.commands.executeCommand("cotangent.restart");
    const editor = vscode.window.activeNotebookEditor;
    assert.ok(editor);
    editor.selection = new vscode.NotebookRange(2, 3);
    await until("the selection", () => vscode.window.activeNotebookEditor?.selection.start === 2);
    await vscode.commands.executeCommand("cotangent.runCellsAbove");
    assert.equal(await run(notebook, 2), true);
    assert.equal(plainText(notebook.cellAt(2)), "1");
    assert.equal(notebook.cellAt(1).executionSummary?.executionOrder, undefined);
  });
});
