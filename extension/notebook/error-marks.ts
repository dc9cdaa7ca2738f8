/** @file Errors as problems of the cells they arose in, until the cell that was run is run again. */
import * as vscode from "vscode";
import type { ErrorReport, SourceLocation, StackFrame } from "../../protocol/session.ts";

interface Mark {
  /** The cell whose run, or whatever it left behind, failed. */
  readonly ran: string;
  /** The cell that is marked: a function of an earlier cell may be what failed. */
  readonly marked: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

/** A timer can fail a thousand times. */
const MOST_MARKS = 20;

export class ErrorMarks implements vscode.Disposable {
  readonly #shown = vscode.languages.createDiagnosticCollection("cotangent");
  #marks: readonly Mark[] = [];

  /** @param ran the cell whose run failed, or left behind what fails now */
  mark(ran: vscode.NotebookCell, error: ErrorReport): void {
    const { notebook } = ran;
    const cellAt = (uri: string | undefined) =>
      notebook.getCells().find((candidate) => candidate.document.uri.toString() === uri);
    const key = ran.document.uri.toString();
    if (this.#marks.filter((mark) => mark.ran === key).length >= MOST_MARKS) return;
    // The innermost place in a cell, and the innermost one in the cell that was run.
    const frames: readonly (StackFrame | SourceLocation)[] = error.location
      ? [error.location, ...error.stack]
      : error.stack;
    const inner = frames.find(({ cell }) => cellAt(cell?.uri));
    const own = frames.find(({ cell }) => cell?.uri === key);
    const places = [...new Set([inner, own])].map((place) => {
      const cell = cellAt(place?.cell?.uri) ?? ran;
      return new vscode.Location(cell.document.uri, rangeOf(cell.document, place, error.location));
    });
    const added = places
      // Without a place in the cell that was run, the mark in the other one says it all.
      .filter((_, index) => index === 0 || own !== undefined)
      .map((place): Mark => {
        const message = error.name === "" ? error.message : `${error.name}: ${error.message}`;
        const diagnostic = new vscode.Diagnostic(place.range, message, vscode.DiagnosticSeverity.Error);
        diagnostic.source = "Cotangent";
        diagnostic.relatedInformation = relatedTo(place, places, error);
        return { ran: key, marked: place.uri, diagnostic };
      });
    this.#marks = [...this.#marks, ...added];
    this.#show(added);
  }

  /** Forgets what running this cell had marked, and what is marked in it. */
  clear(ran: vscode.NotebookCell): void {
    const key = ran.document.uri.toString();
    this.#forget((mark) => mark.ran === key || mark.marked.toString() === key);
  }

  clearAll(notebook: vscode.NotebookDocument): void {
    this.#forget(({ marked }) => marked.path === notebook.uri.path);
  }

  dispose(): void {
    this.#shown.dispose();
  }

  #forget(isOver: (mark: Mark) => boolean): void {
    const over = this.#marks.filter(isOver);
    this.#marks = this.#marks.filter((mark) => !over.includes(mark));
    this.#show(over);
  }

  /** What the cells of these marks show now. */
  #show(changed: readonly Mark[]): void {
    const cells = new Map(changed.map(({ marked }) => [marked.toString(), marked]));
    for (const [key, uri] of cells) {
      const left = this.#marks.filter(({ marked }) => marked.toString() === key);
      this.#shown.set(uri, left.length > 0 ? left.map(({ diagnostic }) => diagnostic) : undefined);
    }
  }
}

/** The first line where nothing better is known, also because the cell was edited since. */
function rangeOf(
  document: vscode.TextDocument,
  place: StackFrame | SourceLocation | undefined,
  innermost: SourceLocation | undefined,
): vscode.Range {
  const edited =
    place !== undefined &&
    (place.line > document.lineCount ||
      (place === innermost && document.lineAt(place.line - 1).text !== innermost.sourceLine));
  if (!place || edited) return document.lineAt(0).range;
  const start = document.validatePosition(new vscode.Position(place.line - 1, place.column - 1));
  return document.getWordRangeAtPosition(start) ?? new vscode.Range(start, start.translate(0, 1));
}

function relatedTo(
  place: vscode.Location,
  places: readonly vscode.Location[],
  error: ErrorReport,
): vscode.DiagnosticRelatedInformation[] {
  const others = places
    .filter((other) => other !== place)
    .map(
      (other) =>
        new vscode.DiagnosticRelatedInformation(other, other === places[0] ? "It arose here." : "Called here."),
    );
  const { location } = error;
  if (location?.path === undefined) return others;
  const position = new vscode.Position(location.line - 1, location.column - 1);
  const inFile = new vscode.Location(vscode.Uri.file(location.path), position);
  return [new vscode.DiagnosticRelatedInformation(inFile, "It arose here."), ...others];
}
