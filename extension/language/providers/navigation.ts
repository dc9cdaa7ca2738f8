/** @file Definitions, references and renaming as VS Code wants them. */
import * as vscode from "vscode";
import { type Asking, locationOf, rangeOf } from "../asking.ts";

export class NavigationProvider implements vscode.DefinitionProvider, vscode.ReferenceProvider, vscode.RenameProvider {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.LocationLink[]> {
    const found = (await this.#asking.ask("definition", document, position, token)) ?? [];
    return Promise.all(
      found.map(async ({ origin, target }) => {
        const { uri, range } = await locationOf(target);
        return { originSelectionRange: rangeOf(document, origin), targetUri: uri, targetRange: range };
      }),
    );
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.Location[]> {
    const found = await this.#asking.ask("references", document, position, token, { declarations: includeDeclaration });
    return Promise.all((found ?? []).map(locationOf));
  }

  async prepareRename(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken) {
    const found = await this.#asking.ask("prepareRename", document, position, token);
    if (!found) return undefined;
    if (!found.ok) throw new Error(found.reason);
    return { range: rangeOf(document, found.span), placeholder: found.name };
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    newName: string,
    token: vscode.CancellationToken,
  ): Promise<vscode.WorkspaceEdit | undefined> {
    const found = await this.#asking.ask("rename", document, position, token);
    if (!found) return undefined;
    const edit = new vscode.WorkspaceEdit();
    for (const { place, prefix, suffix } of found) {
      const { uri, range } = await locationOf(place);
      edit.replace(uri, range, prefix + newName + suffix);
    }
    return edit;
  }
}
