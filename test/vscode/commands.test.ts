import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  closeAll,
  cotangent,
  inWorkspace,
  openCells,
  plainText,
  run,
  runAll,
  start,
  stdout,
  until,
} from "./notebooks.ts";

interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
  };
}

function manifest(): Manifest {
  const extension = vscode.extensions.getExtension("cotangent.cotangent");
  assert.ok(extension);
  return extension.packageJSON as Manifest;
}

suite("commands", () => {
  teardown(closeAll);

  test("New Notebook opens one that runs as it is", async () => {
    await cotangent();
    await vscode.commands.executeCommand("cotangent.newNotebook");
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook?.isUntitled);
    assert.equal(notebook.cellAt(0).document.languageId, "typescript");
    assert.equal(notebook.metadata.metadata.kernelspec.name, "cotangent");
    await runAll(notebook);
    assert.equal(notebook.cellAt(0).executionSummary?.success, true);
    assert.match(plainText(notebook.cellAt(0)), /\[4, ?3\]/);
  });

  test("Interrupt stops the running cell", async () => {
    const notebook = await openCells('console.log("started");\nfor (;;) {}');
    const cell = notebook.cellAt(0);
    start(notebook, 0);
    await until("the cell's first line", () => stdout(cell) === "started\n");
    await vscode.commands.executeCommand("cotangent.interrupt");
    await until("the cell to end", () => cell.executionSummary?.success === false);
  });

  test("Restart Session gives a fresh process without variables, also under a running cell", async () => {
    const api = await cotangent();
    const notebook = await openCells("const before = 1;", 'console.log("started");\nfor (;;) {}', "typeof before");
    await run(notebook, 0);
    const pid = api.sessionPid(notebook);
    start(notebook, 1);
    await until("the cell's first line", () => stdout(notebook.cellAt(1)) === "started\n");
    await vscode.commands.executeCommand("cotangent.restart");
    assert.equal(await run(notebook, 2), true);
    assert.equal(plainText(notebook.cellAt(2)), "'undefined'");
    assert.notEqual(api.sessionPid(notebook), pid);
  });

  test("every command that package.json offers is there, with a title that begins with a verb's capital", async () => {
    await cotangent();
    const { contributes } = manifest();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.filter(({ command }) => !registered.has(command)),
      [],
    );
    for (const { title, category } of contributes.commands) {
      assert.match(title, /^[A-Z]/);
      assert.equal(category, "Cotangent");
    }
  });

  test("Report the Environment says what a bug report needs, and no name of a file", async () => {
    await openCells("1");
    await vscode.commands.executeCommand("cotangent.reportEnvironment");
    const text = vscode.window.activeTextEditor?.document.getText() ?? "";
    const { version } = manifest();
    assert.ok(text.includes(`| Cotangent | ${version} |`), text);
    assert.ok(text.includes(`| VS Code | ${vscode.version} (`));
    assert.match(text, /\| Processor \| .+, \d+ cores \|/);
    assert.doesNotMatch(text, /\.ipynb|\/home|\/root|\/tmp/);
  });

  test("Select Backend sets what later sessions compute with", async () => {
    const settings = () => vscode.workspace.getConfiguration("cotangent").get("backend");
    assert.equal(settings(), "wasm");
    await vscode.commands.executeCommand("cotangent.selectBackend", "reference");
    assert.equal(settings(), "reference");
    const notebook = await openCells('import { backendName } from "cotangent"; backendName()');
    await run(notebook, 0);
    assert.equal(plainText(notebook.cellAt(0)), "'reference'");
    await vscode.commands.executeCommand("cotangent.selectBackend", "wasm");
    assert.equal(settings(), "wasm");
  });

  test("Export the Result writes all numbers, also of a picture that was reduced", async () => {
    const notebook = await openCells('import { arange } from "cotangent"; arange(1500 * 1000).reshape([1500, 1000])');
    await run(notebook, 0);
    const editor = vscode.window.visibleNotebookEditors.find((each) => each.notebook === notebook);
    assert.ok(editor);
    editor.selection = new vscode.NotebookRange(0, 1);
    const read = async (extension: string) => {
      const file = inWorkspace(`exported.${extension}`);
      await vscode.commands.executeCommand("cotangent.exportResult", extension, file);
      return Buffer.from(await vscode.workspace.fs.readFile(file));
    };
    assert.deepEqual([...(await read("png")).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const lines = (await read("csv")).toString().trimEnd().split("\n");
    assert.equal(lines.length, 1500);
    assert.equal(lines[1234].split(",")[567], String(1234 * 1000 + 567));
    const npy = await read("npy");
    assert.equal(npy.subarray(1, 6).toString(), "NUMPY");
    assert.equal(npy.readInt32LE(npy.length - 4), 1500 * 1000 - 1);
  });
});
