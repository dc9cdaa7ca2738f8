/** @file A provider's question, from an editor's document and position to the worker and back. */
import * as vscode from "vscode";
import type { CellPlace, LanguageQuestions, Place, Question, TextSpan } from "../../protocol/language.ts";
import type { LanguageClient } from "./client.ts";
import { type LanguageNotebooks, languageOf } from "./notebooks.ts";

/** Questions about a text by itself, in whatever notebook it is. */
type LooseQuestion = "outline" | "folding";
type CellQuestion = Exclude<Question, LooseQuestion>;

/** What a question says besides the place. */
type Extra<Q extends CellQuestion> = Omit<LanguageQuestions[Q]["ask"], keyof CellPlace>;

export class Asking {
  readonly #client: LanguageClient;
  readonly #notebooks: LanguageNotebooks;

  constructor(client: LanguageClient, notebooks: LanguageNotebooks) {
    this.#client = client;
    this.#notebooks = notebooks;
  }

  /** Undefined for a document that is no cell of ours, and for an answer that an edit has overtaken. */
  async ask<Q extends CellQuestion>(
    question: Q,
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
    extra?: Extra<Q>,
  ): Promise<LanguageQuestions[Q]["answer"] | undefined> {
    const served = this.#notebooks.find(document);
    if (!served) return undefined;
    const place: CellPlace = {
      notebook: served.notebook.uri.toString(),
      cell: document.uri.toString(),
      offset: document.offsetAt(position),
    };
    const { version } = document;
    const answer = await this.#client.ask(question, { ...place, ...extra } as LanguageQuestions[Q]["ask"], token);
    return document.version === version ? answer : undefined;
  }

  async askLoose<Q extends LooseQuestion>(
    question: Q,
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<LanguageQuestions[Q]["answer"] | undefined> {
    const language = languageOf(document);
    if (!language) return undefined;
    const { version } = document;
    const answer = await this.#client.ask(question, { language, text: document.getText() }, token);
    return document.version === version ? answer : undefined;
  }
}

export function rangeOf(document: vscode.TextDocument, { start, length }: TextSpan): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(start + length));
}

export async function locationOf(place: Place): Promise<vscode.Location> {
  const uri = "cell" in place ? vscode.Uri.parse(place.cell) : vscode.Uri.file(place.file);
  return new vscode.Location(uri, rangeOf(await documentAt(uri), place.span));
}

async function documentAt(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open ?? (await vscode.workspace.openTextDocument(uri));
}
