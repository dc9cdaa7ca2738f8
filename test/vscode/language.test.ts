import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import * as vscode from "vscode";
import { closeAll, inWorkspace, openCells, until } from "./notebooks.ts";
import { shoot } from "./window.ts";

/** The place of `|` in `where`, a piece of the cell's text. */
function placeIn(notebook: vscode.NotebookDocument, index: number, where: string): [vscode.Uri, vscode.Position] {
  const { document } = notebook.cellAt(index);
  const found = document.getText().indexOf(where.replace("|", ""));
  assert.ok(found >= 0, `"${where}" is not in cell ${index}`);
  return [document.uri, document.positionAt(found + where.indexOf("|"))];
}

async function hovers(notebook: vscode.NotebookDocument, index: number, where: string): Promise<string[]> {
  const at = placeIn(notebook, index, where);
  const found = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", ...at);
  return found.map(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value).join("\n"));
}

async function completions(notebook: vscode.NotebookDocument, index: number, where: string, resolve = 0) {
  const at = placeIn(notebook, index, where);
  const run = vscode.commands.executeCommand<vscode.CompletionList>;
  const { items } = await run("vscode.executeCompletionItemProvider", ...at, undefined, resolve);
  return items.map((item) => ({ ...item, name: typeof item.label === "string" ? item.label : item.label.label }));
}

const marks = (notebook: vscode.NotebookDocument, index: number) =>
  vscode.languages
    .getDiagnostics(notebook.cellAt(index).document.uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);

async function edit(notebook: vscode.NotebookDocument, index: number, text: string): Promise<void> {
  const { document } = notebook.cellAt(index);
  const change = new vscode.WorkspaceEdit();
  change.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(change);
}

/** Cells that the built-in TypeScript would have much to say about, open for long enough that it has said it. */
async function openSettled(...cells: string[]): Promise<vscode.NotebookDocument> {
  const notebook = await openCells(...cells);
  await hovers(notebook, 0, `|${cells[0].slice(0, 8)}`);
  return notebook;
}

/** Installs the package `name`, which exports `area`, for notebooks in or below the folder. */
function install(name: string, folder: string): void {
  const installed = path.join(folder, "node_modules", name);
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(installed, "package.json"), JSON.stringify({ name, types: "index.d.ts", main: "index.js" }));
  writeFileSync(path.join(installed, "index.d.ts"), "export declare function area(side: number): number;");
}

/** The thread that is told of an edit of the notebook. */
async function languageWorker(notebook: vscode.NotebookDocument): Promise<Worker> {
  const { postMessage } = Worker.prototype;
  const told: Worker[] = [];
  Worker.prototype.postMessage = function (this: Worker, ...message) {
    told.push(this);
    postMessage.apply(this, message);
  };
  try {
    await edit(notebook, 0, `${notebook.cellAt(0).document.getText()} `);
    return await until("a message to the language worker", () => told[0]);
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
}

/** After this, a worker that ends is taken for one that can live. */
const SHORT_LIFE_MS = 10_000;

suite("language features in cells", () => {
  teardown(closeAll);

  test("problems: right across cells, gone when mended", async () => {
    const notebook = await openCells(
      'import { jacrev, type Tensor } from "cotangent";\nconst f = (x: Tensor) => x.tanh();\nlet count = 1;',
      "const J = jacrev(f);\ncount += 1;\nJ.nowhere;",
    );
    const [mark] = await until("a problem", () => marks(notebook, 1).length > 0 && marks(notebook, 1));
    assert.match(mark.message, /Property 'nowhere' does not exist/);
    assert.deepEqual([mark.range.start.line, mark.range.start.character], [2, 2]);
    assert.equal(marks(notebook, 1).length, 1);
    assert.deepEqual(marks(notebook, 0), []);
    await edit(notebook, 1, "const J = jacrev(f);");
    await until("the problem to go", () => marks(notebook, 1).length === 0);
  });

  test("a problem as a person sees it", async () => {
    const notebook = await openCells("const count: number = 1;", "// of another cell\ncount.nowhere;");
    await until("a problem", () => marks(notebook, 1).length > 0);
    await vscode.commands.executeCommand("notebook.cell.edit");
    await vscode.commands.executeCommand("cursorBottom");
    await vscode.commands.executeCommand("type", { text: "\ncoun" });
    await vscode.commands.executeCommand("editor.action.triggerSuggest");
    await shoot("language-problem");
  });

  test("a cell becomes one of another language, and TypeScript again", async () => {
    const notebook = await openCells("const count = 1;", "count.nowhere;");
    await until("a problem", () => marks(notebook, 1).length > 0);
    await vscode.languages.setTextDocumentLanguage(notebook.cellAt(1).document, "plaintext");
    await until("the problem to go", () => marks(notebook, 1).length === 0);
    await vscode.languages.setTextDocumentLanguage(notebook.cellAt(1).document, "typescript");
    await until("the problem to return", () => marks(notebook, 1).length > 0);
  });

  test("a notebook of another kernel is left to others: hover, symbols and problems are not ours", async () => {
    await openSettled("const ours = 1;");
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "function theirs() {\n  return 1;\n}", "typescript"),
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "theirs();\nnowhere;", "typescript"),
    ]);
    data.metadata = { metadata: { kernelspec: { name: "other", display_name: "Other", language: "typescript" } } };
    const notebook = await vscode.workspace.openNotebookDocument("jupyter-notebook", data);
    const { uri } = notebook.cellAt(0).document;
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      uri,
    );
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ["theirs"],
    );
    const found = await hovers(notebook, 1, "|theirs");
    assert.equal(found.length, 1, "VS Code's own");
    assert.deepEqual(marks(notebook, 1), []);
  });

  test("completion knows the other cells, once", async () => {
    const notebook = await openSettled(
      "const number = 1;\nfunction double(x: number) { return 2 * x; }",
      'import { zeros } from "cotangent";\nconst tensor = zeros([2]);',
      "dou;\ntensor.",
    );
    const names = (await completions(notebook, 2, "dou|")).map(({ name }) => name);
    for (const name of ["double", "number", "tensor", "zeros"]) {
      assert.equal(names.filter((other) => other === name).length, 1, name);
    }
    const members = (await completions(notebook, 2, "tensor.|")).map(({ name }) => name);
    assert.equal(members.filter((name) => name === "tanh").length, 1);
    assert.ok(!members.includes("double"));
    assert.ok(!names.some((name) => /cotangent-cell/.test(name)));
  });

  test("completion imports from cotangent", async () => {
    const notebook = await openSettled("const first = 1;\nhessi");
    const all = await completions(notebook, 0, "hessi|", 4000);
    const found = all.filter(({ name }) => name === "hessian");
    assert.equal(found.length, 1);
    const [{ label, additionalTextEdits }] = found;
    assert.equal(typeof label === "string" ? undefined : label.description, "cotangent");
    assert.deepEqual(
      additionalTextEdits?.map(({ range, newText }) => [range.start.line, newText.trim()]),
      [[0, 'import { hessian } from "cotangent";']],
    );
  });

  test("hover, once, with the kernel's words and the type at that point", async () => {
    const notebook = await openSettled(
      'import { jacrev } from "cotangent";\n/** Half of it. */\nconst x = 1;',
      "jacrev;\nx;",
      'const x = "text";',
      "x;",
    );
    const [hover, ...others] = await hovers(notebook, 1, "|jacrev");
    assert.deepEqual(others, []);
    assert.match(hover, /function jacrev</);
    assert.match(hover, /Jacobian/);
    const [early, ...second] = await hovers(notebook, 1, "|x;");
    assert.match(early, /const x: 1[\s\S]*Half of it/);
    assert.deepEqual(second, []);
    assert.match((await hovers(notebook, 3, "|x;")).join(), /const x: "text"/);
  });

  test("signature help", async () => {
    const notebook = await openSettled("function place(row: number, column: string) {}", 'place(1, "');
    const help = await vscode.commands.executeCommand<vscode.SignatureHelp>(
      "vscode.executeSignatureHelpProvider",
      ...placeIn(notebook, 1, "1, |"),
    );
    assert.deepEqual(
      help.signatures.map(({ label }) => label),
      ["place(row: number, column: string): void"],
    );
    assert.equal(help.activeParameter, 1);
  });

  test("definition: of another cell, of a file beside the notebook, of the library", async () => {
    const notebook = await openSettled(
      'const here = 1;\nimport { tanh } from "cotangent";\nimport * as helper from "./helper.ts";',
      "here;\ntanh;\nhelper;",
    );
    const targets = async (where: string) => {
      const at = placeIn(notebook, 1, where);
      const found = await vscode.commands.executeCommand<vscode.LocationLink[]>(
        "vscode.executeDefinitionProvider",
        ...at,
      );
      return found.map(({ targetUri, targetRange }) => ({ uri: targetUri, line: targetRange.start.line }));
    };
    const [cell, ...more] = await targets("|here");
    assert.equal(cell.uri.toString(), notebook.cellAt(0).document.uri.toString());
    assert.equal(cell.line, 0);
    assert.deepEqual(more, []);
    const library = await targets("|tanh");
    assert.equal(library.length, 1);
    assert.match(library[0].uri.path, /types\/cotangent\/.*\.d\.ts$/);
    assert.ok((await vscode.workspace.openTextDocument(library[0].uri)).lineAt(library[0].line).text.includes("tanh"));
    assert.deepEqual(
      (await targets("|helper")).map(({ uri }) => uri.path),
      [inWorkspace("helper.ts").path],
    );
  });

  test("references and rename across cells", async () => {
    const notebook = await openSettled(
      "let total = 0;",
      "total += 1;\nconst pair = { total };",
      "const total = 'other';",
    );
    const found = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeReferenceProvider",
      ...placeIn(notebook, 1, "|total +="),
    );
    assert.equal(found.length, 3);
    const change = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      ...placeIn(notebook, 1, "|total +="),
      "sum",
    );
    await vscode.workspace.applyEdit(change);
    assert.deepEqual(
      notebook.getCells().map(({ document }) => document.getText()),
      ["let sum = 0;", "sum += 1;\nconst pair = { total: sum };", "const total = 'other';"],
    );
  });

  test("symbols, folding and semantic tokens, once", async () => {
    const notebook = await openSettled(
      'import { zeros } from "cotangent";\nfunction first() {\n  return 1;\n}\nclass Second {\n  third = 3;\n}\nzeros;',
    );
    const { uri } = notebook.cellAt(0).document;
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      uri,
    );
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ["first", "Second"],
    );
    assert.deepEqual(
      symbols[1].children.map(({ name }) => name),
      ["third"],
    );
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      "vscode.executeFoldingRangeProvider",
      uri,
    );
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [
        [1, 2],
        [4, 5],
      ],
    );
    const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>(
      "vscode.provideDocumentSemanticTokens",
      uri,
    );
    const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>(
      "vscode.provideDocumentSemanticTokensLegend",
      uri,
    );
    const types = Array.from(
      { length: tokens.data.length / 5 },
      (_, index) => legend.tokenTypes[tokens.data[5 * index + 3]],
    );
    assert.deepEqual(types, ["function", "class", "property", "function"]);
  });

  test("a package that is installed meanwhile is found", async () => {
    const notebook = await openCells('import { area } from "latecomer";', "area('side');");
    const [missing] = await until("a problem", () => marks(notebook, 0).length > 0 && marks(notebook, 0));
    assert.match(missing.message, /Cannot find module 'latecomer'/);
    install("latecomer", inWorkspace("").fsPath);
    // The last that npm writes. VS Code does not watch what is in node_modules.
    const manifest = inWorkspace("package.json");
    await vscode.workspace.fs.writeFile(manifest, new TextEncoder().encode('{ "dependencies": { "latecomer": "1" } }'));
    await until("the problem to go", () => marks(notebook, 0).length === 0);
    const [wrong] = await until("its types", () => marks(notebook, 1).length > 0 && marks(notebook, 1));
    assert.match(wrong.message, /'string' is not assignable to parameter of type 'number'/);
  });

  test("a notebook outside of the workspace has them too, with the files and packages beside it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cotangent-elsewhere-"));
    try {
      install("neighbour", folder);
      writeFileSync(path.join(folder, "helper.ts"), "export const help = (x: number) => String(x);");
      const uri = vscode.Uri.file(path.join(folder, "elsewhere.ipynb"));
      await vscode.workspace.fs.copy(inWorkspace("basics.ipynb"), uri);
      const notebook = await vscode.workspace.openNotebookDocument(uri);
      await vscode.window.showNotebookDocument(notebook);
      const imports = 'import { area } from "neighbour";\nimport { help } from "./helper.ts";';
      const cells = [imports, "help(area(2)).nowhere;", 'import { area as late } from "installed-later";'];
      const change = new vscode.WorkspaceEdit();
      const all = new vscode.NotebookRange(0, notebook.cellCount);
      const { Code } = vscode.NotebookCellKind;
      const data = cells.map((text) => new vscode.NotebookCellData(Code, text, "typescript"));
      change.set(uri, [vscode.NotebookEdit.replaceCells(all, data)]);
      await vscode.workspace.applyEdit(change);
      const [mark] = await until("a problem", () => marks(notebook, 1).length > 0 && marks(notebook, 1));
      assert.match(mark.message, /'nowhere' does not exist on type 'string'/);
      assert.deepEqual(marks(notebook, 0), []);
      assert.match((await hovers(notebook, 1, "|area")).join(), /area\(side: number\): number/);
      // Nobody watches this folder: what was missing is looked for again while someone types.
      await until("the missing package", () => marks(notebook, 2).length > 0);
      install("installed-later", folder);
      for (let tries = 0; marks(notebook, 2).length > 0 && tries < 10; tries++) {
        await edit(notebook, 0, `${imports}// ${tries}`);
        await delay(1000);
      }
      assert.deepEqual(marks(notebook, 2), []);
    } finally {
      await closeAll();
      rmSync(folder, { recursive: true });
    }
  });

  test("after its worker has ended, another answers for all notebooks", async function () {
    this.timeout(60_000);
    const first = await openCells("const first = 1;", "first.nowhere;");
    const second = await openCells("const second = 2;", "second.nowhere;");
    for (const notebook of [first, second]) await until("a problem", () => marks(notebook, 1).length > 0);
    const worker = await languageWorker(second);
    await delay(SHORT_LIFE_MS);
    await worker.terminate();
    for (const [notebook, name] of [
      [first, "first"],
      [second, "second"],
    ] as const) {
      assert.match((await hovers(notebook, 1, `|${name}`)).join(), new RegExp(`const ${name}: `));
      await edit(notebook, 1, name);
      await until("the problem to go", () => marks(notebook, 1).length === 0);
      await edit(notebook, 1, `${name}.elsewhere`);
      await until("another problem", () => marks(notebook, 1)[0]?.message.includes("elsewhere"));
    }
    assert.notEqual(await languageWorker(second), worker);
  });

  test("cells that are added, moved and deleted", async () => {
    const notebook = await openCells("const x = 1;", "x.toFixed();");
    const insert = new vscode.WorkspaceEdit();
    const added = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'const x = "text";', "typescript");
    insert.set(notebook.uri, [vscode.NotebookEdit.insertCells(1, [added])]);
    await vscode.workspace.applyEdit(insert);
    const [mark] = await until("a problem", () => marks(notebook, 2).length > 0 && marks(notebook, 2));
    assert.match(mark.message, /'toFixed' does not exist/);
    const remove = new vscode.WorkspaceEdit();
    remove.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2))]);
    await vscode.workspace.applyEdit(remove);
    await until("the problem to go", () => marks(notebook, 1).length === 0);
  });

  test("files of TypeScript keep VS Code's own features", async () => {
    const uri = inWorkspace("helper.ts");
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const symbols = await until("symbols of a file", () => true).then(() =>
      vscode.commands.executeCommand<vscode.DocumentSymbol[]>("vscode.executeDocumentSymbolProvider", uri),
    );
    assert.ok(symbols.length > 0);
  });
});
