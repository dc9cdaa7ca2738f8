/** @file Settings in the real editor: those for a session's start, those for at once, and nonsense in a file of settings. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, errorOf, openCells, plainText, run, until } from "./notebooks.ts";

const settings = () => vscode.workspace.getConfiguration("cotangent");
const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Global);

suite("settings", () => {
  teardown(async () => {
    for (const name of ["defaultDtype", "displayDigits", "language.enabled", "nodePath"]) await set(name, undefined);
    await closeAll();
  });

  const THIRD = 'import { tensor } from "cotangent";\ntensor([1 / 3]).toString()';

  test("the default type takes effect when a session starts", async () => {
    const notebook = await openCells(THIRD);
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /float32/);
    await set("defaultDtype", "float64");
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /float32/, "the session that runs keeps its type");
    await vscode.commands.executeCommand("cotangent.restart");
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /float64/);
  });

  test("sessions run on the Node that is named", async () => {
    await set("nodePath", "/nowhere/node");
    const notebook = await openCells(THIRD);
    assert.equal(await run(notebook, 0), false);
    assert.match(errorOf(notebook.cellAt(0)).message, /could not be started.*Tried \/nowhere\/node/);
  });

  test("digits take effect in the session that runs", async () => {
    const notebook = await openCells(THIRD);
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /0\.3333\]/);
    await set("displayDigits", 2);
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /0\.33\]/);
    await set("displayDigits", undefined);
    await run(notebook, 0);
    assert.match(plainText(notebook.cellAt(0)), /0\.3333\]/);
  });

  test("what a file of settings may not say counts as not set", async () => {
    await set("defaultDtype", "float12");
    await set("displayDigits", "many");
    const notebook = await openCells(THIRD);
    assert.equal(await run(notebook, 0), true);
    assert.match(plainText(notebook.cellAt(0)), /0\.3333\].*float32/);
  });

  test("language features go and come back at once", async () => {
    const notebook = await openCells("const count: number = 'none';");
    const { uri } = notebook.cellAt(0).document;
    const ours = () => vscode.languages.getDiagnostics(uri).some(({ code }) => code === 2322);
    await until("the problem to be marked", ours);
    await set("language.enabled", false);
    await until("the mark to go", () => !ours());
    await set("language.enabled", true);
    await until("the mark to come back", ours);
  });
});
