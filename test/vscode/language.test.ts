import assert from "node:assert/strict";
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
