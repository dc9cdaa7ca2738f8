/** @file WebGPU in a notebook with nothing installed: the window that shows it computes. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { DISPLAY_MIME } from "../../protocol/display.ts";
import {
  closeAll,
  errorOf,
  errorsOf,
  inWorkspace,
  openCells,
  outputs,
  plainText,
  run,
  start,
  stderr,
  until,
} from "./notebooks.ts";
import { canLook, lookUntil } from "./window.ts";

const START = `import { backendName, jacrev, setDefaultBackend, type Tensor, tensor, webgpuInfo } from "cotangent";
await setDefaultBackend("webgpu");
[backendName(), webgpuInfo() !== null]`;

/** A function from 3 to 2 numbers, with nothing symmetric in it. */
const COMPUTE = `const weight = tensor([[0.5, -1.25, 2], [1.5, 0.75, -0.5]]);
const jacobian = jacrev((x: Tensor) => weight.matmul(x).tanh())(tensor([0.25, -0.5, 0.125]));
console.log([...(await jacobian.data())].join(" "));`;

const numbersOf = (cell: vscode.NotebookCell): number[] =>
  outputs(cell, "application/vnd.code.notebook.stdout").join("").trim().split(" ").map(Number);

const lines = (cell: vscode.NotebookCell): string[] =>
  outputs(cell, DISPLAY_MIME).filter((text) => JSON.parse(text).kind === "graphics");

/** By the formula, in float64: row i, column j is (1 − tanh²(Wx)ᵢ) Wᵢⱼ. */
function expected(): number[] {
  const weight = [
    [0.5, -1.25, 2],
    [1.5, 0.75, -0.5],
  ];
  const x = [0.25, -0.5, 0.125];
  return weight.flatMap((row) => {
    const slope = 1 - Math.tanh(row.reduce((sum, entry, j) => sum + entry * x[j], 0)) ** 2;
    return row.map((entry) => slope * entry);
  });
}

function assertExpected(cell: vscode.NotebookCell): void {
  assert.deepEqual(errorsOf(cell), []);
  const [numbers, wanted] = [numbersOf(cell), expected()];
  assert.equal(numbers.length, 6);
  for (const [i, each] of numbers.entries()) assert.ok(Math.abs(each - wanted[i]) < 1e-6, `${numbers}`);
}

// A desktop's window may be on a machine without a graphics processor.
if (canLook) {
  suite("WebGPU by the notebook's page", function () {
    this.timeout(120_000);
    teardown(async () => {
      const settings = vscode.workspace.getConfiguration("cotangent");
      await settings.update("backend", undefined, vscode.ConfigurationTarget.Workspace);
      await closeAll();
    });

    test("a notebook with nothing installed computes in its window, and says so once", async () => {
      const notebook = await openCells(START, COMPUTE, "await setDefaultBackend('wasm');", COMPUTE, START, COMPUTE);
      const cells = notebook.getCells();
      assert.equal(await run(notebook, 0), true);
      assert.equal(
        plainText(cells[0]).split("\n").at(-1),
        "Computed on the graphics processor of the notebook's window.[ 'webgpu', true ]",
      );
      assert.equal(lines(cells[0]).length, 1);
      await lookUntil("p.graphics", ({ text, height }) => text.startsWith("Computed on") && height > 10);
      for (const i of [1, 2, 3, 4, 5]) assert.equal(await run(notebook, i), true);
      for (const i of [1, 3, 5]) assertExpected(cells[i]);
      for (const i of [1, 2, 3, 4, 5]) assert.deepEqual(lines(cells[i]), []);
    });

    test("a cell that is out of sight is brought into sight, so that its page is loaded", async () => {
      const notebook = await openCells(...Array.from({ length: 30 }, (_, i) => `// ${i}\n//\n//\n//`), START, COMPUTE);
      assert.equal(await run(notebook, 30), true);
      assert.equal(await run(notebook, 31), true);
      assertExpected(notebook.cellAt(31));
    });

    test("when its page is loaded anew, what was there is lost, and the new one computes", async () => {
      const notebook = await openCells(
        START,
        COMPUTE,
        "const there = weight.mul(3).evaluate();",
        "[...(await there.data())]",
      );
      for (const i of [0, 1, 2]) assert.equal(await run(notebook, i), true);
      await vscode.commands.executeCommand("workbench.action.webview.reloadWebviewAction");
      assert.equal(await run(notebook, 3), false);
      assert.match(errorOf(notebook.cellAt(3)).message, /was lost \(the notebook's page was (closed|loaded anew)\)/);
      assert.equal(await run(notebook, 1), true);
      assertExpected(notebook.cellAt(1));
      for (const i of [0, 1, 2]) assert.deepEqual(errorsOf(notebook.cellAt(i)), []);
    });

    // In the workspace's settings, where the palette puts the backend that is chosen there, and which count more.
    test("chosen in the settings, it computes from the first cell on, also while another tab is in front", async () => {
      const settings = vscode.workspace.getConfiguration("cotangent");
      await settings.update("backend", "webgpu", vscode.ConfigurationTarget.Workspace);
      await until("the setting", () => vscode.workspace.getConfiguration("cotangent").get("backend") === "webgpu");
      const later = `console.error(backendName());\nawait new Promise((end) => setTimeout(end, 1500));\n${COMPUTE}`;
      const notebook = await openCells(
        `import { backendName, jacrev, type Tensor, tensor } from "cotangent";\n${later}`,
      );
      const cell = notebook.cellAt(0);
      start(notebook, 0);
      // Which tells why, where it is not.
      await until("the cell to begin", () => stderr(cell));
      assert.equal(stderr(cell), "webgpu\n");
      await vscode.window.showTextDocument(inWorkspace("models.ts"));
      await until("the end", () => cell.executionSummary?.success !== undefined);
      assert.equal(vscode.window.visibleNotebookEditors.length, 0);
      assertExpected(cell);
    });
  });
}
