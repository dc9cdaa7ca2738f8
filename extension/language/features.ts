/** @file Puts the language features of cells together. */
import * as vscode from "vscode";
import { NOTEBOOK_TYPE } from "../notebook/kernelspec.ts";
import { LANGUAGES } from "../notebook/notebook-session.ts";
import { wantsLanguage } from "../notebook/settings.ts";
import { Asking } from "./asking.ts";
import type { LanguageClient } from "./client.ts";
import { LanguageNotebooks } from "./notebooks.ts";
import { LanguageProblems } from "./problems.ts";
import { COMPLETION_TRIGGERS, CompletionProvider } from "./providers/completion.ts";
import { HoverProvider, SIGNATURE_TRIGGERS, SignatureProvider } from "./providers/descriptions.ts";
import { NavigationProvider } from "./providers/navigation.ts";
import { StructureProvider, TOKEN_LEGEND } from "./providers/structure.ts";
import { silenceBuiltIn } from "./silence.ts";

interface LanguageSetting {
  readonly client: LanguageClient;
  readonly isOurs: (notebook: vscode.NotebookDocument) => boolean;
  /** A notebook may have become ours, or someone else's. */
  readonly onDidChange: vscode.Event<vscode.NotebookDocument>;
}

export function startLanguage({ client, isOurs, onDidChange }: LanguageSetting): vscode.Disposable {
  const notebooks = new LanguageNotebooks(client, (notebook) => isOurs(notebook) && wantsLanguage(notebook));
  const asking = new Asking(client, notebooks);
  const cells = LANGUAGES.map((language) => ({ language, notebookType: NOTEBOOK_TYPE }));
  const navigation = new NavigationProvider(asking);
  const structure = new StructureProvider(asking);
  const { languages } = vscode;
  return vscode.Disposable.from(
    notebooks,
    new LanguageProblems(client, notebooks),
    silenceBuiltIn(notebooks),
    onDidChange((notebook) => notebooks.consider(notebook)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration("cotangent.language")) return;
      for (const notebook of vscode.workspace.notebookDocuments) notebooks.consider(notebook);
    }),
    languages.registerCompletionItemProvider(cells, new CompletionProvider(asking), ...COMPLETION_TRIGGERS),
    languages.registerHoverProvider(cells, new HoverProvider(asking)),
    languages.registerSignatureHelpProvider(cells, new SignatureProvider(asking), ...SIGNATURE_TRIGGERS),
    languages.registerDefinitionProvider(cells, navigation),
    languages.registerReferenceProvider(cells, navigation),
    languages.registerRenameProvider(cells, navigation),
    languages.registerDocumentSymbolProvider(cells, structure),
    languages.registerFoldingRangeProvider(cells, structure),
    languages.registerDocumentSemanticTokensProvider(cells, structure, TOKEN_LEGEND),
  );
}
