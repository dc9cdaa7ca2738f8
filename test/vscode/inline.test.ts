import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { InlineResult } from "../../extension/inline/results.ts";
import { alive, closeAll, cotangent, inWorkspace, openCells, run, until } from "./notebooks.ts";
import { shoot } from "./window.ts";

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function hoversAt(document: vscode.TextDocument, position: vscode.Position): Promise<string[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    document.uri,
    position,
  );
  return hovers.flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value));
}

suite("derivatives beside the code of a file", () => {
  let document: vscode.TextDocument;

  suiteSetup(async () => {
    await cotangent();
    document = await vscode.workspace.openTextDocument(inWorkspace("models.ts"));
    await vscode.window.showTextDocument(document);
  });
  suiteTeardown(closeAll);

  /** 0 when the text is nowhere. */
  const lineOf = (text: string): number => document.positionAt(document.getText().indexOf(text)).line;

  /** Puts the cursor into a function and runs a command. */
  async function ask(command: string, name: string): Promise<InlineResult> {
    const editor = await vscode.window.showTextDocument(document);
    const position = new vscode.Position(lineOf(`const ${name} =`) || lineOf(`function ${name}(`), 12);
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand(command);
    return result(name);
  }

  async function result(name: string): Promise<InlineResult> {
    const { inlineResults } = await cotangent();
    const found = () => inlineResults(document).find((each) => each.name === name && each.state.kind !== "running");
    return until(`the result of ${name}`, found);
  }

  test("lenses stand above the functions of tensors, and above no other", async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      document.uri,
      50,
    );
    const ours = lenses.filter(({ command }) => command?.command === "cotangent.ask");
    assert.deepEqual(
      ours
        .map(({ range, command }) => `${document.getText(range)}: ${command?.title}`)
        .filter((text) => !/check|bench/.test(text)),
      [
        "saddle: Jacobian",
        "saddle: Hessian",
        "layer: Jacobian",
        "layer: Hessian",
        "broken: Jacobian",
        "broken: Hessian",
      ],
    );
    assert.equal(ours.length, 12);
  });

  test("a Hessian comes with its facts at the end of the line", async () => {
    const { state, line, asked } = await ask("cotangent.computeHessian", "saddle");
    assert.equal(asked?.inputs, "tensor([1, 2, 3])");
    assert.equal(line, lineOf("function saddle"));
    assert.equal(state.kind === "done" && state.line, "∇²saddle 3×3 · κ 54 · 1 negative");
  });

  test("a Jacobian of an arrow function that is not exported", async () => {
    const { state } = await ask("cotangent.computeJacobian", "layer");
    assert.match(state.kind === "done" ? state.line : "", /^∂layer\/∂x 2×3 · rank 2 · κ 2\.\d+$/);
  });

  test("gradients are checked, an error is told where it arose", async () => {
    const checked = await ask("cotangent.checkGradients", "layer");
    assert.match(checked.state.kind === "done" ? checked.state.line : "", /^✓ gradients agree/);
    const { state } = await ask("cotangent.computeJacobian", "broken");
    assert.ok(state.kind === "failed");
    assert.equal(state.error.name, "ShapeError");
    assert.equal(state.error.location?.line, lineOf("broken = ") + 1);
  });

  test("a benchmark times the function beside its derivatives, and says what the times support", async () => {
    const { state } = await ask("cotangent.benchmarkFunction", "layer");
    assert.ok(state.kind === "done" && state.display?.kind === "benchmark", JSON.stringify(state).slice(0, 500));
    assert.deepEqual(
      state.display.rows.map(({ label }) => label),
      ["layer", "Jacobian", "Hessian"],
    );
    assert.equal(state.line, state.display.verdict);
  });

  test("the hover has a picture, the facts and links", async () => {
    await ask("cotangent.computeHessian", "saddle");
    const position = new vscode.Position(lineOf("function saddle"), 18);
    const texts = await hoversAt(document, position);
    const ours = texts.find((text) => text.includes("data:image/png"));
    assert.ok(ours, texts.join("\n---\n"));
    assert.match(ours, /Hessian of saddle with respect to x/);
    assert.match(ours, /1 negative eigenvalue/);
    assert.ok(ours.length < 100_000);
    await shoot("inline");
  });

  test("an edit greys what it may have changed, and moves what stands below with its line", async () => {
    const before = await ask("cotangent.computeJacobian", "layer");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), "// one more line\n");
    await vscode.workspace.applyEdit(edit);
    const { inlineResults } = await cotangent();
    const after = inlineResults(document).find(({ name }) => name === "layer");
    assert.deepEqual([after?.line, after?.stale], [before.line + 1, true]);
    const again = await ask("cotangent.computeJacobian", "layer");
    assert.deepEqual([again.line, again.stale], [before.line + 1, false]);
  });

  test("what is typed and not saved counts", async () => {
    const edit = new vscode.WorkspaceEdit();
    const start = document.getText().indexOf("mul(3)");
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(start + 6)), "mul(-3)");
    await vscode.workspace.applyEdit(edit);
    const { state } = await ask("cotangent.computeHessian", "saddle");
    assert.equal(state.kind === "done" && state.line, "∇²saddle 3×3 · κ 54 · positive definite");
  });

  test("clearing takes all away, and its command goes", async () => {
    await vscode.commands.executeCommand("cotangent.clearInline");
    assert.deepEqual((await cotangent()).inlineResults(document), []);
  });

  test("the session of the file ends with it", async () => {
    const { fileSessionPids } = await cotangent();
    const [pid] = fileSessionPids();
    assert.ok(alive(pid));
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await until("the session to end", () => !alive(pid));
  });

  test("VS Code's own TypeScript finds cotangent in an ordinary file", async () => {
    const again = await vscode.workspace.openTextDocument(inWorkspace("models.ts"));
    await vscode.window.showTextDocument(again);
    const position = again.positionAt(again.getText().indexOf("tanh, tensor"));
    // The server may still be starting.
    let described: string | undefined;
    for (const end = Date.now() + 30_000; described === undefined && Date.now() < end; await delay(250)) {
      const hovers = await hoversAt(again, position);
      described = hovers.find((text) => /tanh.*Tensor/s.test(text));
    }
    assert.ok(described);
    const problems = vscode.languages.getDiagnostics(again.uri).map(({ message }) => message);
    assert.deepEqual(
      problems.filter((message) => message.includes("cotangent")),
      [],
    );
  });
});

suite("derivatives beside the code of cells", () => {
  teardown(closeAll);

  test("the lines that computed one, and the last expression, get it once the cell has run", async () => {
    const notebook = await openCells(
      'import { hessian, jacrev, type Tensor, tensor, tanh } from "cotangent";\nconst f = (x: Tensor) => x.pow(4).sum();',
      "const x = tensor([1, 2]);\nconst H = hessian(f)(x);\nconst twice = H.mul(2);\njacrev((v: Tensor) => tanh(v.mul(v.sum())))(x)",
    );
    await run(notebook, 0);
    await run(notebook, 1);
    const { document } = notebook.cellAt(1);
    const { inlineResults } = await cotangent();
    await until("the lines", () => inlineResults(document).length === 2);
    const shown = inlineResults(document).map(({ line, state }) => [line, state.kind === "done" && state.line]);
    assert.deepEqual(shown[0], [1, "∇²f 2×2 · κ 4 · positive definite"]);
    assert.match(String(shown[1]), /^3,∂.* 2×2 · rank 2 · κ /);
    await shoot("inline-cells");
    // An edit greys it, another run makes it new.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "// higher up\n");
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(
      inlineResults(document).map(({ line, stale }) => [line, stale]),
      [
        [2, true],
        [4, true],
      ],
    );
    await run(notebook, 1);
    await until("the lines anew", () => inlineResults(document).every(({ stale }) => !stale));
  });

  test("a function of a cell is asked by its lens, in the notebook's session", async () => {
    const notebook = await openCells(
      'import { type Tensor, tensor } from "cotangent";\n/** @example bowl(tensor([1, 2])) */\nconst bowl = (x: Tensor) => x.square().sum();',
    );
    const { document } = notebook.cellAt(0);
    const ask = () => vscode.commands.executeCommand("cotangent.ask", "hessian", document.uri, "bowl");
    const { inlineResults } = await cotangent();
    await ask();
    const [early] = inlineResults(document);
    assert.ok(early.state.kind === "failed" && /Run the cell first/.test(early.state.error.message));
    await run(notebook, 0);
    await ask();
    const [result] = inlineResults(document);
    assert.equal(result.state.kind === "done" && result.state.line, "∇²bowl 2×2 · κ 1 · positive definite");
  });
});
