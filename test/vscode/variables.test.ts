/** @file The Variables view beside a notebook: what it lists, when it changes, and what it says when it is empty. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { CotangentApi } from "../../extension/main.ts";
import { closeAll, cotangent, openCells, outputs, plainText, run, start, stdout, until } from "./notebooks.ts";
import { canLook, look, lookUntil, shoot } from "./window.ts";

const command = vscode.commands.executeCommand;

suite("the Variables view", () => {
  let api: CotangentApi;
  const names = () => api.shownVariables().variables.map(({ name }) => name);
  const row = (name: string) => api.shownVariables().variables.find((variable) => variable.name === name);

  suiteSetup(async () => {
    api = await cotangent();
  });
  setup(() => command("workbench.view.explorer"));
  teardown(async () => {
    await command("cotangent.clearVariablesFilter");
    await command("cotangent.sortVariables", "declared");
    await closeAll();
  });

  async function show(): Promise<void> {
    await command("cotangent.showVariables");
    await until("the view to be visible", () => api.shownVariables().visible);
  }

  test("lists what each cell leaves, the next cell's included, and forgets it at a restart", async () => {
    const notebook = await openCells(
      'import { randn, tensor } from "cotangent";\nconst x = tensor([1, 2, 3]), lazy = randn([4, 3]).mul(2);\nlet name = "a";',
      'name = "b"; const later = { lazy };',
    );
    await show();
    assert.equal(api.shownVariables().state, "no-session");
    await run(notebook, 0);
    await until("the first cell's variables", () => names().join() === "x,lazy,name");
    assert.deepEqual(row("x"), {
      name: "x",
      kind: "tensor",
      type: "Tensor",
      shape: [3],
      dtype: "float32",
      preview: "[1, 2, 3]",
      bytes: 12,
    });
    assert.equal(row("lazy")?.pending, true);
    await run(notebook, 1);
    await until("the second cell's variables", () => row("name")?.preview === '"b"' && names().includes("later"));
    assert.equal(row("lazy")?.pending, true, "looking computed a tensor");
    await command("cotangent.restart");
    await until("the list to be empty", () => api.shownVariables().state === "no-session" && names().length === 0);
  });

  test("sorts and filters", async () => {
    const notebook = await openCells(
      'const b10 = new Float64Array(10), b9 = "text", a = new Float32Array(100), C = class {};',
    );
    await show();
    await run(notebook, 0);
    await until("the variables", () => names().length === 4);
    const sorted = async (order: string) => {
      await command("cotangent.sortVariables", order);
      return names().join();
    };
    assert.equal(await sorted("name"), "a,b9,b10,C");
    assert.equal(await sorted("type"), "C,a,b10,b9");
    assert.equal(await sorted("size"), "a,b10,b9,C");
    assert.equal(await sorted("declared"), "b10,b9,a,C");
    await command("cotangent.filterVariables", "FLOAT");
    assert.deepEqual(names(), ["b10", "a"]);
    await command("cotangent.filterVariables", "nothing like it");
    assert.deepEqual([names().length, api.shownVariables().state], [0, "filtered"]);
    await command("cotangent.clearVariablesFilter");
    assert.equal(names().length, 4);
  });

  test("leaves a running cell alone, says so, and goes on when it ends", async () => {
    const notebook = await openCells("let n = 1;", 'n = 2; console.log("started"); for (;;);');
    await show();
    await run(notebook, 0);
    await until("the variable", () => row("n")?.preview === "1");
    start(notebook, 1);
    await until("the cell's first line", () => stdout(notebook.cellAt(1)) === "started\n");
    await command("cotangent.refreshVariables");
    assert.match(api.shownVariables().message ?? "", /running/);
    assert.equal(row("n")?.preview, "1");
    await command("cotangent.interrupt");
    await until("the new value", () => row("n")?.preview === "2");
    assert.equal(api.shownVariables().message, undefined);
  });

  test("shows the variables of the notebook in front", async () => {
    const first = await openCells("const mine = 1;");
    await show();
    await run(first, 0);
    const second = await openCells("const other = 2;");
    await run(second, 0);
    await until("the second notebook's variable", () => names().join() === "other");
    await vscode.window.showNotebookDocument(first);
    await until("the first notebook's variable", () => names().join() === "mine");
  });

  test("a session without variables says what to do", async () => {
    const notebook = await openCells("1 + 1");
    await show();
    await run(notebook, 0);
    await until("the empty list", () => api.shownVariables().state === "empty");
    if (canLook) await lookUntil(".welcome-view-content", ({ text }) => text.includes("Declare one at the top level"));
  });

  test("copies names and whole values", async () => {
    const notebook = await openCells(
      'import { arange } from "cotangent"; const lazy = arange(20).mul(2), text = "two\\nlines";',
    );
    await show();
    await run(notebook, 0);
    await until("the variables", () => names().length === 2);
    await command("cotangent.copyVariableName", row("lazy"));
    assert.equal(await vscode.env.clipboard.readText(), "lazy");
    await command("cotangent.copyVariableValue", row("lazy"));
    assert.deepEqual(
      JSON.parse(await vscode.env.clipboard.readText()),
      Array.from({ length: 20 }, (_, i) => 2 * i),
    );
    await command("cotangent.copyVariableValue", row("text"));
    assert.equal(await vscode.env.clipboard.readText(), "two\nlines");
  });

  test("shows a variable in a cell below the selected one, once", async () => {
    const notebook = await openCells('import { eye } from "cotangent";\nconst matrix = eye(8).mul(3);', "'below'");
    await show();
    await run(notebook, 0);
    await until("the variable", () => row("matrix"));
    const editor = vscode.window.activeNotebookEditor;
    assert.ok(editor);
    for (let times = 0; times < 2; times++) {
      editor.selection = new vscode.NotebookRange(0, 1);
      await command("cotangent.showVariableInCell", row("matrix"));
      await until("the picture", () => outputs(notebook.cellAt(1), "image/png").length > 0);
    }
    assert.deepEqual(
      notebook.getCells().map((cell) => cell.document.getText().slice(0, 7)),
      ["import ", "matrix", "'below'"],
    );
    assert.match(plainText(notebook.cellAt(1)), /shape=\[8, 8\]/);
  });

  if (canLook) {
    test("is there for our notebooks alone", async () => {
      await openCells("1");
      await show();
      const title = '.pane-header[aria-label*="Variables"]';
      await lookUntil(title, ({ width }) => width > 0);
      const document = await vscode.workspace.openTextDocument({ content: "text" });
      await vscode.window.showTextDocument(document);
      for (let seen = await look(title); seen.length > 0; seen = await look(title));
    });

    test("draws its lines", async () => {
      const notebook = await openCells(
        `import { grad, jacobian, randn, tensor, zeros } from "cotangent";
const weight = randn([32, 16]).evaluate(), bias = zeros([32]), x = tensor([0.5, -1, 2.25]);
const lazy = weight.matmul(weight.transpose());
const curvature = jacobian((x) => x.mul(x), { structured: true })(x);
const parameters = { weight, layers: [{ weight, bias }] };
const epochs = 40, rate = 1e-3, label = "ridge regression", verbose = false;
const history = [0.5, 0.25, 0.125], counts = new Map([["a", 1], ["b", 2]]), seen = new Set([1, 2]);
const started = new Date("2026-11-23T12:00:00Z"), problem = new RangeError("too far");
function predict(weight, bias, x) { return weight.matmul(x).add(bias); }
class Model { layers = 3; }
const model = new Model(); let chosen;`,
      );
      await show();
      await run(notebook, 0);
      await until("the variables", () => names().length === 19);
      await lookUntil(".pane-body .monaco-list-row", ({ text }) => /weight.*float32 \[32, 16\]/.test(text));
      await shoot("variables");
      await openCells("const x = 1;");
      await lookUntil(".welcome-view-content", ({ text }) => text.includes("when a cell has run"));
      await shoot("variables-none");
    });
  }
});
