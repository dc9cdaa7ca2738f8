import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, errorOf, open, openCells, plainText, run, start, stdout, until } from "./notebooks.ts";
import { shoot } from "./window.ts";

suite("when a cell goes wrong", () => {
  teardown(closeAll);

  /** Runs a cell that does not end, until its first line of output is there. */
  async function startEndless(notebook: vscode.NotebookDocument, index: number): Promise<vscode.NotebookCell> {
    const cell = notebook.cellAt(index);
    start(notebook, index);
    await until("the cell's first line", () => stdout(cell).startsWith("started"));
    return cell;
  }

  /** Interrupts as the Interrupt button of the notebook does; the cell must end as failed. */
  async function interrupt(cell: vscode.NotebookCell): Promise<void> {
    await vscode.commands.executeCommand("notebook.cancelExecution");
    await until("the interrupted cell to end", () => cell.executionSummary?.success === false, 10_000);
  }

  test("an error names its line and points at the place", async () => {
    const notebook = await openCells("const fine = 1;\n\nconst gone = fine.missing.deep;");
    assert.equal(await run(notebook, 0), false);
    const { name, message, stack } = errorOf(notebook.cellAt(0));
    assert.equal(name, "TypeError");
    assert.match(message, /reading 'deep'/);
    assert.match(stack, /const gone = fine\.missing\.deep;\n.*\^/);
    assert.match(stack, /:3\b|line 3/);
    const marks = vscode.languages.getDiagnostics(notebook.cellAt(0).document.uri);
    const mark = marks.find((candidate) => candidate.source === "Cotangent");
    assert.equal(mark?.range.start.line, 2);
    await shoot("error");

    const edit = new vscode.WorkspaceEdit();
    edit.replace(notebook.cellAt(0).document.uri, new vscode.Range(2, 0, 3, 0), "fine");
    await vscode.workspace.applyEdit(edit);
    assert.equal(await run(notebook, 0), true);
    const left = vscode.languages.getDiagnostics(notebook.cellAt(0).document.uri);
    assert.equal(left.filter((candidate) => candidate.source === "Cotangent").length, 0);
  });

  test("an error in a function of an earlier cell marks that cell", async () => {
    const notebook = await openCells("function fails() {\n  throw new RangeError('here');\n}", "fails()");
    await run(notebook, 0);
    await run(notebook, 1);
    const [mark] = vscode.languages.getDiagnostics(notebook.cellAt(0).document.uri);
    assert.equal(mark?.message, "RangeError: here");
    assert.equal(mark.range.start.line, 1);
  });

  test("a syntax error is reported with its line", async () => {
    const notebook = await openCells("const ok = 1;\nconst = 2;");
    assert.equal(await run(notebook, 0), false);
    const { name, stack } = errorOf(notebook.cellAt(0));
    assert.equal(name, "SyntaxError");
    assert.match(stack, /const = 2;\n.*\^/);
  });

  test("a rejected promise is an error of its cell", async () => {
    const notebook = await openCells('await Promise.reject(new Error("refused"))');
    assert.equal(await run(notebook, 0), false);
    assert.equal(errorOf(notebook.cellAt(0)).message, "refused");
  });

  test("shapes that do not match say so", async () => {
    const notebook = await openCells('import { ones } from "cotangent";\nones([2, 3]).matmul(ones([2, 3]))');
    assert.equal(await run(notebook, 0), false);
    const { message } = errorOf(notebook.cellAt(0));
    assert.match(message, /matmul/);
    assert.match(message, /2, ?3/);
  });

  test("the first error of Run All leaves the rest unrun", async () => {
    const notebook = await openCells("1", 'throw new Error("stop here")', "3");
    await vscode.commands.executeCommand("notebook.execute");
    await until("the second cell to fail", () => notebook.cellAt(1).executionSummary?.success === false);
    // Had the third cell been let go, this run would come after it.
    assert.equal(await run(notebook, 0), true);
    assert.equal(notebook.cellAt(2).executionSummary?.executionOrder, undefined);
    assert.equal(await run(notebook, 2), true);
  });

  for (const [what, loop] of [
    ["an endless loop", "for (;;) {}"],
    ["an endless loop of promises", "for (;;) await null;"],
    ["a promise that never settles", "await new Promise(() => {});"],
  ]) {
    test(`${what} is interrupted, and variables are kept`, async () => {
      const notebook = await openCells("const kept = 'kept';", `console.log("started");\n${loop}`, "kept");
      await run(notebook, 0);
      const cell = await startEndless(notebook, 1);
      await interrupt(cell);
      assert.equal(await run(notebook, 2), true);
      assert.equal(plainText(notebook.cellAt(2)), "'kept'");
    });
  }

  test("process.exit is reported in its cell, and the next run starts afresh", async () => {
    const notebook = await openCells(
      "const before = 1;",
      'console.log("last words");\nprocess.exit(3);',
      "typeof before",
    );
    await run(notebook, 0);
    assert.equal(await run(notebook, 1), false);
    const { message } = errorOf(notebook.cellAt(1));
    assert.match(message, /exit code 3/);
    assert.match(message, /variables are gone/);
    assert.equal(stdout(notebook.cellAt(1)), "last words\n", "what the cell had said is kept");
    await shoot("crash");
    assert.equal(await run(notebook, 2), true);
    assert.equal(plainText(notebook.cellAt(2)), "'undefined'");
    assert.equal(notebook.cellAt(2).executionSummary?.executionOrder, 1);
  });

  test("a session over its memory limit ends alone, and says so", async () => {
    const settings = vscode.workspace.getConfiguration("cotangent");
    await settings.update("memoryLimitMB", 512, vscode.ConfigurationTarget.Global);
    try {
      const notebook = await openCells(
        "const hoard = [];\nfor (;;) {\n  hoard.push(new Uint8Array(1 << 24).fill(1));\n}",
        "'again'",
      );
      assert.equal(await run(notebook, 0), false);
      assert.match(errorOf(notebook.cellAt(0)).message, /Out of memory.*512 MB/s);
      assert.equal(await run(notebook, 1), true);
    } finally {
      await settings.update("memoryLimitMB", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test("a cell of another language gets one clear message", async () => {
    const notebook = await open("python.ipynb");
    assert.equal(notebook.cellAt(0).document.languageId, "python");
    await vscode.commands.executeCommand("notebook.selectKernel", {
      id: "typescript",
      extension: "cotangent.cotangent",
    });
    assert.equal(await run(notebook, 0), false);
    assert.match(errorOf(notebook.cellAt(0)).message, /language is python, and Cotangent runs TypeScript/);
    await shoot("python");
  });
});
