import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, errorOf, inWorkspace, open, openCells, plainText, run, start, stdout, until } from "./notebooks.ts";
import { canLook, click, look, lookUntil, shoot } from "./window.ts";

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

  /** `line: message` of each problem that a run left on a cell. */
  function marksOf(cell: vscode.NotebookCell): string[] {
    return vscode.languages
      .getDiagnostics(cell.document.uri)
      .filter(({ source }) => source === "Cotangent")
      .map(({ range, message }) => `${range.start.line}: ${message}`);
  }

  test("an error in a function of an earlier cell marks both, until the cell that was run is run again", async () => {
    const notebook = await openCells(
      "let bad = true;\nfunction fails() {\n  if (bad) throw new RangeError('here');\n}",
      "\nfails()",
      "bad = false;",
    );
    await run(notebook, 0);
    assert.equal(await run(notebook, 1), false);
    assert.deepEqual(marksOf(notebook.cellAt(0)), ["2: RangeError: here"]);
    assert.deepEqual(marksOf(notebook.cellAt(1)), ["1: RangeError: here"]);
    assert.equal(await run(notebook, 2), true);
    assert.deepEqual(marksOf(notebook.cellAt(0)), ["2: RangeError: here"], "another cell does not take it away");
    assert.equal(await run(notebook, 1), true);
    assert.deepEqual([marksOf(notebook.cellAt(0)), marksOf(notebook.cellAt(1))], [[], []]);
  });

  test("every error of a cell is a problem, also of what it left behind, also without a place", async () => {
    const notebook = await openCells(
      "setTimeout(() => { throw new Error('timer') }, 20);\nvoid Promise.reject('nowhere');\nthrow 'text';",
      "1",
    );
    const [first, other] = notebook.getCells();
    assert.equal(await run(notebook, 0), false);
    await until("all three", () => marksOf(first).length === 3);
    assert.deepEqual(marksOf(first).sort(), ["0: Error: timer", "0: Thrown value: nowhere", "2: Thrown value: text"]);
    assert.equal(await run(notebook, 1), true);
    assert.equal(marksOf(first).length, 3);
    assert.deepEqual(marksOf(other), []);
    await vscode.commands.executeCommand("cotangent.restart");
    await until("none after a restart", () => marksOf(first).length === 0);
  });

  test("a cell that is deleted takes its problems along", async () => {
    const notebook = await openCells("function fails() {\n  throw new Error('gone');\n}", "fails()");
    await run(notebook, 0);
    await run(notebook, 1);
    const [first, second] = notebook.getCells();
    assert.equal(marksOf(first).length, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2))]);
    await vscode.workspace.applyEdit(edit);
    await until("no problem left", () => marksOf(first).length + marksOf(second).length === 0);
  });

  test("a notebook that is closed takes its problems along", async () => {
    const file = inWorkspace("closed.ipynb");
    await vscode.workspace.fs.copy(inWorkspace("basics.ipynb"), file);
    // As a person does: VS Code keeps a document that an extension opened, for minutes.
    await vscode.commands.executeCommand("vscode.openWith", file, "jupyter-notebook");
    const notebook = await until("the notebook", () => vscode.window.activeNotebookEditor?.notebook);
    const fails = new vscode.NotebookCellData(
      vscode.NotebookCellKind.Code,
      "nowhere;\nthrow new Error('gone');",
      "typescript",
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(0, [fails])]);
    await vscode.workspace.applyEdit(edit);
    await run(notebook, 0);
    /** Of all its cells, from the run and from the language. */
    const sources = () =>
      vscode.languages
        .getDiagnostics()
        .filter(([uri]) => uri.path === notebook.uri.path)
        .flatMap(([, problems]) => problems.map(({ source }) => source));
    await until("problems of both kinds", () => sources().includes("Cotangent") && sources().includes("ts"));
    await closeAll();
    await until("no problem left", () => sources().length === 0);
  });

  test("places in an error open the cell or the file, and are plain in the saved notebook", async () => {
    const helper = inWorkspace("failing-helper.ts");
    const text = "\nexport const fail = () => {\n  throw new Error('<a href=\"command:x\">bait</a>');\n};\n";
    await vscode.workspace.fs.writeFile(helper, new TextEncoder().encode(text));
    const file = inWorkspace("linked.ipynb");
    await vscode.workspace.fs.copy(inWorkspace("basics.ipynb"), file, { overwrite: true });
    const notebook = await vscode.workspace.openNotebookDocument(file);
    await vscode.window.showNotebookDocument(notebook);
    const cells = ["import { fail } from './failing-helper';\nconst call = () =>\n  fail();", "call()"].map(
      (source) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, source, "typescript"),
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(0, notebook.cellCount), cells)]);
    await vscode.workspace.applyEdit(edit);
    await run(notebook, 0);
    assert.equal(await run(notebook, 1), false);
    assert.deepEqual(marksOf(notebook.cellAt(0)).length, 1);
    if (canLook) {
      await lookUntil("a", ({ text }) => text === "failing-helper.ts, line 3, column 9");
      await lookUntil("a", ({ text }) => text === "cell 2:1:1");
      const links = (await look("a")).map(({ text }) => text);
      assert.ok(!links.includes("bait"), "what an error says is no HTML");
      await shoot("error-links");
      await click("a", "cell 1:3:3");
      await until("the other cell's line", () => {
        const editor = vscode.window.activeTextEditor;
        const isThere = editor?.document.uri.toString() === notebook.cellAt(0).document.uri.toString();
        return isThere && editor?.selection.active.line === 2;
      });
      await click("a", "failing-helper.ts:3:9");
      await until("the file's line", () => {
        const editor = vscode.window.activeTextEditor;
        return editor?.document.uri.path === helper.path && editor.selection.active.line === 2;
      });
    }
    await notebook.save();
    const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    assert.match(saved, /failing-helper\.ts, line 3, column 9/);
    assert.doesNotMatch(saved, /vscode-notebook-cell/);
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

  test("a fault of native code is reported as such", async () => {
    const notebook = await openCells('process.kill(process.pid, "SIGSEGV");\nawait new Promise(() => {});', "'again'");
    assert.equal(await run(notebook, 0), false);
    assert.match(errorOf(notebook.cellAt(0)).message, /crashed \(SIGSEGV\): native code failed.*variables are gone/);
    await shoot("crash-native");
    assert.equal(await run(notebook, 1), true);
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
