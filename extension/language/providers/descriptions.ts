/** @file Hover and signature help as VS Code wants them. */
import * as vscode from "vscode";
import { type Asking, rangeOf } from "../asking.ts";
import { codeAndText } from "./markdown.ts";

export const SIGNATURE_TRIGGERS = ["(", ",", "<"];

export class HoverProvider implements vscode.HoverProvider {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async provideHover(document: vscode.TextDocument, position: vscode.Position, token: vscode.CancellationToken) {
    const found = await this.#asking.ask("hover", document, position, token);
    return found && new vscode.Hover(codeAndText(found.signature, found.documentation), rangeOf(document, found.span));
  }
}

export class SignatureProvider implements vscode.SignatureHelpProvider {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async provideSignatureHelp(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.SignatureHelp | undefined> {
    const found = await this.#asking.ask("signatures", document, position, token);
    if (!found) return undefined;
    const help = new vscode.SignatureHelp();
    help.activeSignature = found.activeSignature;
    help.activeParameter = found.activeParameter;
    help.signatures = found.signatures.map(({ label, documentation, parameters }) => {
      const signature = new vscode.SignatureInformation(label, codeAndText("", documentation));
      signature.parameters = parameters.map(
        (parameter) => new vscode.ParameterInformation([...parameter.label], codeAndText("", parameter.documentation)),
      );
      return signature;
    });
    return help;
  }
}
