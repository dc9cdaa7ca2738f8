import assert from "node:assert/strict";
import * as vscode from "vscode";
import { DISPLAY_MIME, type Display } from "../../protocol/display.ts";
import golden from "../golden/tutorial.json";
import { alive, closeAll, codeCells, cotangent, errorsOf, outputs, run, until } from "./notebooks.ts";
import { canLook, lookUntil, reveal, shoot } from "./window.ts";

suite("the tutorial", () => {
  suiteTeardown(closeAll);

  test("runs from its command, every cell, to PyTorch's numbers", async function () {
    this.timeout(180_000);
    await cotangent();
    const shipped = vscode.Uri.joinPath(
      vscode.extensions.getExtension("cotangent.cotangent")!.extensionUri,
      "examples/jacobians-and-hessians.ipynb",
    );
    const before = await vscode.workspace.fs.readFile(shipped);
    await vscode.commands.executeCommand("cotangent.runTutorial");
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook);
    assert.notEqual(notebook.uri.fsPath, shipped.fsPath);

    const cells = codeCells(notebook);
    assert.ok(cells.length >= 13, `only ${cells.length} code cells`);
    for (const cell of cells) {
      const said = errorsOf(cell).map(({ message }) => message);
      assert.equal(cell.executionSummary?.success, true, `cell ${cell.index} did not succeed. ${said.join(" ")}`);
    }

    const displays = cells.flatMap((cell) =>
      outputs(cell, DISPLAY_MIME).map((text) => ({ cell, display: JSON.parse(text) as Display })),
    );
    const jacobian = displays.find(({ display }) => display.kind === "matrix" && display.role === "jacobian");
    assert.ok(jacobian?.display.kind === "matrix");
    assert.deepEqual(jacobian.display.shape, golden["2 naive jacobian"].shape);
    const entries = new Float32Array(Uint8Array.from(Buffer.from(jacobian.display.preview.data, "base64")).buffer);
    for (const [index, expected] of golden["2 naive jacobian"].first.entries()) {
      assert.ok(Math.abs(entries[index] - expected) < 2e-6, `entry ${index} is ${entries[index]}, not ${expected}`);
    }
    assert.ok(
      displays.some(({ display }) => display.kind === "benchmark"),
      "no table of timings",
    );

    await notebook.save();
    assert.deepEqual(await vscode.workspace.fs.readFile(shipped), before, "the shipped tutorial was overwritten");
    reveal(jacobian.cell);
    if (canLook) await lookUntil(".plot canvas", (canvas) => canvas.colours > 16);
    await shoot("tutorial");
  });

  test("opened again, it is the person's own copy as they left it", async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("cotangent.openTutorial");
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook && !notebook.isDirty);
    assert.ok(
      codeCells(notebook).every((cell) => cell.outputs.length > 0),
      "its saved outputs are gone",
    );
  });

  test("its session ends with its tab", async () => {
    const api = await cotangent();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.commands.executeCommand("cotangent.openTutorial");
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook);
    const [first] = codeCells(notebook);
    assert.equal(await run(notebook, first.index), true);
    const pid = api.sessionPid(notebook);
    assert.ok(pid);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await until("the session to end", () => !alive(pid));
  });
});
