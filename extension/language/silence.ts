/** @file Tells VS Code's own TypeScript which notebooks it is to be silent about (see `extension/typescript-plugin/`). */
import * as vscode from "vscode";
import type { SilentNotebooks } from "../typescript-plugin/silent-notebooks.ts";
import type { LanguageNotebooks } from "./notebooks.ts";

const PLUGIN = "cotangent-typescript-plugin";

/** The part of VS Code's TypeScript extension that other extensions may use. */
interface TypeScriptApi {
  getAPI(version: 0): { configurePlugin(plugin: string, configuration: SilentNotebooks): void } | undefined;
}

export function silenceBuiltIn(notebooks: LanguageNotebooks): vscode.Disposable {
  const tell = async () => {
    // Absent where another TypeScript serves, which has nothing to say about notebook cells.
    const extension = vscode.extensions.getExtension<TypeScriptApi>("vscode.typescript-language-features");
    const api = (await extension?.activate())?.getAPI(0);
    api?.configurePlugin(PLUGIN, { notebooks: notebooks.all.map(({ uri }) => uri.path) });
  };
  void tell();
  return notebooks.onDidChangeNotebooks(tell);
}
