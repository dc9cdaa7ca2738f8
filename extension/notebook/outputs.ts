/** @file Puts what a session says about a cell into the cell, in the order it was said. */
import * as vscode from "vscode";
import type { MimeBundle } from "../../protocol/display.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { CellOutput, ErrorReport } from "../../protocol/session.ts";
import { linkedErrorText } from "./error-text.ts";

const BINARY = /^(image\/(?!svg)|audio\/|video\/|application\/(pdf|octet-stream))/;

/** The forms of one value as the items of one output: VS Code shows the richest, the saved notebook keeps them all. */
function toItems(bundle: MimeBundle): vscode.NotebookCellOutputItem[] {
  return Object.entries(bundle).map(([mime, form]) => {
    if (typeof form !== "string") return vscode.NotebookCellOutputItem.json(form, mime);
    if (BINARY.test(mime)) return new vscode.NotebookCellOutputItem(Buffer.from(form, "base64"), mime);
    return vscode.NotebookCellOutputItem.text(form, mime);
  });
}

/** VS Code draws `stack`, and nothing else, when there is one: so the whole report goes there. */
export function errorOutput(report: Omit<ErrorReport, "text">): vscode.NotebookCellOutput {
  const { name, message } = report;
  const item = vscode.NotebookCellOutputItem.error({ name, message, stack: linkedErrorText(report) });
  // What is saved in the notebook: links to cells mean nothing elsewhere.
  const originalError = {
    output_type: "error",
    ename: name,
    evalue: message,
    traceback: errorText(report).split("\n"),
  };
  return new vscode.NotebookCellOutput([item], { originalError });
}

/** What one run of a cell has put below it. */
export class CellOutputs {
  /** The output that the next chunk of the same stream goes to; a display between two chunks separates them. */
  private openStream: { readonly stream: "stdout" | "stderr"; readonly output: vscode.NotebookCellOutput } | undefined;
  private readonly displays = new Map<string, vscode.NotebookCellOutput>();
  /** The next output takes the place of all that is shown: without a moment of nothing in between, which flickers. */
  private replacesAll = false;

  /** Whether an update of this display belongs here. */
  has(displayId: string): boolean {
    return this.displays.has(displayId);
  }

  /** VS Code keeps the order of these calls, so nothing here waits. */
  add(execution: vscode.NotebookCellExecution, output: CellOutput): void {
    if (output.kind === "clear") {
      this.openStream = undefined;
      this.displays.clear();
      this.replacesAll = output.wait;
      if (!output.wait) void execution.clearOutput();
      return;
    }
    if (output.kind === "stream") {
      this.addText(execution, output.stream, output.text);
      return;
    }
    if (output.kind === "update") {
      const shown = this.displays.get(output.displayId);
      if (shown) void execution.replaceOutputItems(toItems(output.bundle), shown);
      return;
    }
    this.openStream = undefined;
    const shown =
      output.kind === "error" ? errorOutput(output.error) : new vscode.NotebookCellOutput(toItems(output.bundle));
    if (output.kind === "display") this.displays.set(output.displayId, shown);
    this.append(execution, shown);
  }

  private append(execution: vscode.NotebookCellExecution, output: vscode.NotebookCellOutput): void {
    if (this.replacesAll) void execution.replaceOutput(output);
    else void execution.appendOutput(output);
    this.replacesAll = false;
  }

  private addText(execution: vscode.NotebookCellExecution, stream: "stdout" | "stderr", text: string): void {
    const item = vscode.NotebookCellOutputItem[stream](text);
    if (this.openStream?.stream === stream) {
      void execution.appendOutputItems(item, this.openStream.output);
      return;
    }
    const output = new vscode.NotebookCellOutput([item]);
    this.openStream = { stream, output };
    this.append(execution, output);
  }
}
