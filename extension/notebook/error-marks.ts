/** @file Marks the place of an error in the cell it arose in, until that cell is run again. */
import * as vscode from "vscode";
import type { ErrorReport } from "../../protocol/session.ts";

export class ErrorMarks implements vscode.Disposable {
  private readonly marks = vscode.languages.createDiagnosticCollection("cotangent");
  /** The cell that was run, and the cell that is marked: a function of an earlier cell may be what failed. */
  private readonly markedBy = new Map<string, vscode.Uri>();

  /** @param ran the cell whose run failed */
  mark(notebook: vscode.NotebookDocument, ran: vscode.NotebookCell, error: ErrorReport): void {
    const place = error.location;
    const cell = notebook.getCells().find((candidate) => candidate.document.uri.toString() === place?.cell?.uri);
    if (!place || !cell || place.line > cell.document.lineCount) return;
    const start = new vscode.Position(place.line - 1, place.column - 1);
    const range = cell.document.getWordRangeAtPosition(start) ?? new vscode.Range(start, start.translate(0, 1));
    const mark = new vscode.Diagnostic(range, `${error.name}: ${error.message}`, vscode.DiagnosticSeverity.Error);
    mark.source = "Cotangent";
    this.marks.set(cell.document.uri, [mark]);
    this.markedBy.set(ran.document.uri.toString(), cell.document.uri);
  }

  /** Forgets what running this cell had marked. */
  clear(ran: vscode.NotebookCell): void {
    const key = ran.document.uri.toString();
    const marked = this.markedBy.get(key);
    if (marked) this.marks.delete(marked);
    this.markedBy.delete(key);
    this.marks.delete(ran.document.uri);
  }

  clearAll(notebook: vscode.NotebookDocument): void {
    for (const cell of notebook.getCells()) this.clear(cell);
  }

  dispose(): void {
    this.marks.dispose();
  }
}
