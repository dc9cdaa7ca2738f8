import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import * as vscode from "vscode";
import { decodeModel } from "../../kernel/onnx/schema/file.ts";
import { closeAll, cotangent, inWorkspace, openCells, run, until } from "./notebooks.ts";

suite("Export Derivative as ONNX", () => {
  teardown(closeAll);

  /** Inputs and outputs of what the command writes for a function. */
  async function exported(what: string, document: vscode.TextDocument, name: string) {
    const file = inWorkspace(`${name}-${what}.onnx`);
    await vscode.commands.executeCommand("cotangent.exportOnnx", what, file, document.uri, name);
    const { graph } = decodeModel(await vscode.workspace.fs.readFile(file));
    assert.ok(graph);
    const [inputs, outputs] = [graph.input, graph.output].map((values) =>
      values.map(({ name, type }) => {
        assert.ok(type?.value.case === "tensorType");
        const extents = type.value.value.shape?.dim.map(({ value }) => Number(value.value));
        return `${name}[${extents}]`;
      }),
    );
    return { inputs, outputs: outputs.map((text) => text.replace(/^.*\[/, "[")) };
  }

  test("of a function in a file: itself, its gradient and its Hessian", async () => {
    await cotangent();
    const document = await vscode.workspace.openTextDocument(inWorkspace("models.ts"));
    await vscode.window.showTextDocument(document);
    assert.deepEqual(await exported("function", document, "saddle"), { inputs: ["x[3]"], outputs: ["[]"] });
    assert.deepEqual(await exported("gradient", document, "saddle"), { inputs: ["x[3]"], outputs: ["[3]"] });
    assert.deepEqual(await exported("hessian", document, "saddle"), { inputs: ["x[3]"], outputs: ["[3,3]"] });
  });

  test("to where no file can be: nothing is left behind", async () => {
    const document = await vscode.workspace.openTextDocument(inWorkspace("models.ts"));
    await vscode.window.showTextDocument(document);
    const models = () => readdirSync(tmpdir()).filter((name) => /^cotangent-.*\.onnx$/.test(name));
    const before = new Set(models());
    // Below a file, as if that were a folder.
    const nowhere = inWorkspace("models.ts/saddle.onnx");
    await vscode.commands.executeCommand("cotangent.exportOnnx", "function", nowhere, document.uri, "saddle");
    await assert.rejects(async () => vscode.workspace.fs.stat(nowhere));
    // Those of another session on this machine go by themselves.
    await until("the session's own file to go", () => models().every((name) => before.has(name)), 5000);
  });

  test("of a function in a cell", async () => {
    const notebook = await openCells(
      [
        'import { type Tensor, tensor } from "cotangent";',
        "/** @example squares(tensor([1, 2])) */",
        "const squares = (x: Tensor): Tensor => x.square();",
      ].join("\n"),
    );
    await run(notebook, 0);
    const { document } = notebook.cellAt(0);
    assert.deepEqual((await exported("jacobian", document, "squares")).outputs, ["[2,2]"]);
  });
});
