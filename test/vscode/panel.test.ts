import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import * as vscode from "vscode";
import type { ShownExplorer } from "../../extension/panel/explorer.ts";
import { decodeModel } from "../../kernel/onnx/schema/file.ts";
import { closeAll, cotangent, inWorkspace, openCells, run, start, until } from "./notebooks.ts";
import { canLook, click, look, lookUntil, type SeenElement, shoot } from "./window.ts";

const QUADRATIC = [
  'import { randn, tensor, type Tensor } from "cotangent";',
  "/** @example bowl(tensor([1, 2, 3])) */",
  "const bowl = (x: Tensor) => x.square().mul(tensor([1, 2, 3])).sum();",
  "const table = randn([4, 4]);",
].join("\n");

/** What the panel shows, once it is as wanted. */
async function shown(what: string, wanted: (panel: ShownExplorer) => unknown): Promise<ShownExplorer> {
  const { shownExplorer } = await cotangent();
  return until(what, () => {
    const panel = shownExplorer();
    return panel && wanted(panel) ? panel : undefined;
  });
}

const hasAnswered = ({ work, result, problem }: ShownExplorer) => !work && (result || problem);

/** "Export as ONNX" asks for a file beside the source, and writes a model with this result to whichever is chosen. */
async function exportsModel(suggested: string, shape: readonly number[]): Promise<void> {
  const chosen = inWorkspace("chosen.onnx");
  const asked: (vscode.SaveDialogOptions | undefined)[] = [];
  const { showSaveDialog } = vscode.window;
  vscode.window.showSaveDialog = async (options) => {
    asked.push(options);
    return chosen;
  };
  try {
    await click("vscode-button", "Export as ONNX");
    await until("the file", () => existsSync(chosen.fsPath) && statSync(chosen.fsPath).size > 0);
  } finally {
    vscode.window.showSaveDialog = showSaveDialog;
  }
  const { graph } = decodeModel(await vscode.workspace.fs.readFile(chosen));
  const type = graph?.output[0]?.type?.value;
  assert.ok(type?.case === "tensorType");
  assert.deepEqual(
    type.value.shape?.dim.map(({ value }) => Number(value.value)),
    shape,
  );
  assert.deepEqual(
    asked.map((options) => options?.defaultUri?.toString()),
    [inWorkspace(suggested).toString()],
  );
}

suite("the Jacobian explorer", () => {
  teardown(closeAll);

  async function openModels(): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(inWorkspace("models.ts"));
    await vscode.window.showTextDocument(document);
    return document;
  }

  test("offers the functions of the file in front", async () => {
    await openModels();
    await vscode.commands.executeCommand("cotangent.openExplorer");
    const { form, subjects, sources } = await shown("the offer", ({ isReady, subjects }) => isReady && subjects.length);
    assert.deepEqual(
      subjects.map(({ name }) => name),
      ["saddle", "layer", "broken"],
    );
    assert.deepEqual([form.subject, form.inputs], ["saddle", "tensor([1, 2, 3])"]);
    assert.deepEqual(
      sources.map(({ label }) => label),
      ["models.ts"],
    );
    if (canLook) await lookUntil("vscode-button", ({ text }) => text === "Compute");
  });

  test("a Hessian of a file's function is computed, drawn and exported; a benchmark times four ways", async () => {
    const { uri } = await openModels();
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "saddle", "hessian");
    const { result } = await shown("the Hessian", hasAnswered);
    assert.equal(result?.display?.kind === "matrix" && result.display.title, "Hessian of saddle with respect to x");
    if (canLook) await lookUntil(".result canvas", ({ colours }) => colours > 2);
    await shoot("explorer-hessian");
    // Else there is nobody to press the button.
    if (canLook) await exportsModel("saddle-hessian.onnx", [3, 3]);
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "saddle", "benchmark");
    const timed = await shown("the benchmark", (panel) => panel.result?.action === "benchmark" && !panel.work);
    const display = timed.result?.display;
    assert.ok(display?.kind === "benchmark");
    assert.equal(JSON.stringify(display).match(/"(automatic|vmap|forward|reverse)"/g)?.length, 4);
    await shoot("explorer-benchmark");
  });

  test("an error is told in words, and where it arose", async () => {
    const { uri } = await openModels();
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "broken", "jacobian");
    const { problem } = await shown("the error", hasAnswered);
    assert.match(problem?.title ?? "", /^ShapeError/);
    assert.match(problem?.details ?? "", /broken/);
    if (canLook) await lookUntil(".trouble", ({ text }) => text.includes("ShapeError"));
    await shoot("explorer-error");
  });

  test("a pinned result follows edits", async () => {
    const document = await openModels();
    const editor = await vscode.window.showTextDocument(document);
    const at = document.positionAt(document.getText().indexOf("function saddle"));
    editor.selection = new vscode.Selection(at, at);
    await vscode.commands.executeCommand("cotangent.computeHessian");
    await vscode.commands.executeCommand("cotangent.pinInline");
    const first = await shown("the Hessian", hasAnswered);
    assert.deepEqual([first.form.follows, first.result?.form.derivative], [true, "hessian"]);
    const edit = new vscode.WorkspaceEdit();
    const start = document.getText().indexOf("mul(3)");
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(start + 6)), "mul(5)");
    await vscode.workspace.applyEdit(edit);
    assert.equal((await cotangent()).shownExplorer()?.result?.stale, true);
    const next = await shown("the result of the edited function", ({ result }) => result && !result.stale);
    const display = next.result?.display;
    assert.equal(display?.kind === "matrix" && display.statistics.min, -10);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.files.revert");
  });

  test("in a notebook: no session, then its functions and tensors; a busy session is waited for", async () => {
    const notebook = await openCells(QUADRATIC, "for (const end = Date.now() + 3000; Date.now() < end; );");
    const uri = notebook.cellAt(0).document.uri;
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "bowl", "hessian");
    const { problem } = await shown("that there is no session", hasAnswered);
    assert.equal(problem?.title, "Run a cell first.");
    assert.equal(await run(notebook, 0), true);
    const { subjects } = await shown("the variables", (panel) => panel.subjects.some(({ name }) => name === "table"));
    assert.deepEqual(
      subjects.map(({ name, kind, detail }) => [name, kind, detail]),
      [
        ["bowl", "function", "(x: Tensor)"],
        ["table", "tensor", "float32 [4, 4]"],
      ],
    );
    start(notebook, 1);
    const { shownStatus } = await cotangent();
    await until("the cell to run", () => /cell/.test(shownStatus() ?? ""));
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "bowl", "hessian");
    const { result, problem: none } = await shown("the Hessian", hasAnswered);
    assert.equal(none, undefined);
    assert.equal(result?.display?.kind === "matrix" && result.display.statistics.max, 6);
  });

  test("a tensor of the Variables view is shown", async () => {
    const notebook = await openCells(QUADRATIC);
    await run(notebook, 0);
    await vscode.commands.executeCommand("cotangent.showVariables");
    const { shownVariables } = await cotangent();
    const table = await until("the variables", () => shownVariables().variables.find(({ name }) => name === "table"));
    await vscode.commands.executeCommand("cotangent.openExplorer", table);
    const { result, form } = await shown("the tensor", hasAnswered);
    assert.equal(form.subject, "table");
    assert.deepEqual(result?.display?.kind === "matrix" && result.display.shape, [4, 4]);
    await shoot("explorer-notebook");
  });

  if (canLook) {
    test("a large tensor comes to all of its numbers", async () => {
      const notebook = await openCells(
        "import { arange } from 'cotangent';\nconst large = arange(3000 * 2000).reshape([3000, 2000]);",
      );
      await run(notebook, 0);
      const { uri } = notebook.cellAt(0).document;
      await vscode.commands.executeCommand("cotangent.openExplorer", uri, "large");
      await shown("the tensor", (panel) => hasAnswered(panel) && panel.form.subject === "large");
      // A picture of what travels is square; the tensor itself is three high and two wide.
      const isWhole = ({ width, height }: SeenElement) => width > 0 && Math.abs(height / width - 1.5) < 0.05;
      const picture = await lookUntil(".result .plot canvas", isWhole);
      assert.ok(picture.colours > 16, `${picture.colours} colours`);
      await shoot("explorer-streamed");
    });
  }

  test("what is shown survives being hidden", async () => {
    const { uri } = await openModels();
    await vscode.commands.executeCommand("cotangent.openExplorer", uri, "layer", "jacobian");
    await shown("the Jacobian", hasAnswered);
    if (!canLook) return;
    await lookUntil(".result canvas", ({ width }) => width > 0);
    // In the panel's own column, so that it is hidden.
    await vscode.commands.executeCommand("cotangent.openExplorer");
    const other = await vscode.workspace.openTextDocument({ content: "in front" });
    await vscode.window.showTextDocument(other, vscode.ViewColumn.Two);
    for (const end = Date.now() + 10_000; (await look(".result canvas")).length > 0 && Date.now() < end; );
    assert.deepEqual(await look(".result canvas"), []);
    await vscode.commands.executeCommand("cotangent.openExplorer");
    await lookUntil(".result canvas", ({ width }) => width > 0);
  });
});
