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

interface Shown {
  readonly output: vscode.NotebookCellOutput;
  /** Of printed text. */
  readonly stream?: "stdout" | "stderr";
  /** All that was printed to it, of which VS Code was given one piece after the other. */
  text: string;
}

/** What one run of a cell has put below it. */
export class CellOutputs {
  /** All of it, in order. VS Code can take away one output only by being given the others. */
  private shown: Shown[];
  /** The output that the next chunk of the same stream goes to; a display between two chunks separates them. */
  private openStream: Shown | undefined;
  private readonly displays = new Map<string, vscode.NotebookCellOutput>();
  /** The next output takes the place of all that is shown: without a moment of nothing in between, which flickers. */
  private replacesAll = false;

  /** @param before what the cell shows already */
  constructor(before: readonly vscode.NotebookCellOutput[] = []) {
    this.shown = before.map((output) => ({ output, text: "" }));
  }

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
      if (!output.wait) {
        this.shown = [];
        void execution.clearOutput();
      }
      return;
    }
    if (output.kind === "stream") {
      this.addText(execution, output.stream, output.text);
      return;
    }
    if (output.kind === "update") {
      const shown = this.displays.get(output.displayId);
      if (!shown) return;
      shown.items = toItems(output.bundle);
      void execution.replaceOutputItems(shown.items, shown);
      return;
    }
    if (output.kind === "remove") {
      this.remove(execution, output.displayId);
      return;
    }
    this.openStream = undefined;
    const added =
      output.kind === "error" ? errorOutput(output.error) : new vscode.NotebookCellOutput(toItems(output.bundle));
    if (output.kind === "display") this.displays.set(output.displayId, added);
    this.append(execution, { output: added, text: "" });
  }

  private append(execution: vscode.NotebookCellExecution, added: Shown): void {
    if (this.replacesAll) {
      this.shown = [];
      void execution.replaceOutput(added.output);
    } else void execution.appendOutput(added.output);
    this.shown.push(added);
    this.replacesAll = false;
  }

  private remove(execution: vscode.NotebookCellExecution, displayId: string): void {
    const removed = this.displays.get(displayId);
    if (!removed) return;
    this.displays.delete(displayId);
    this.shown = this.shown.filter(({ output }) => output !== removed);
    for (const { output, stream, text } of this.shown) {
      if (stream) output.items = [vscode.NotebookCellOutputItem[stream](text)];
    }
    void execution.replaceOutput(this.shown.map(({ output }) => output));
  }

  private addText(execution: vscode.NotebookCellExecution, stream: "stdout" | "stderr", text: string): void {
    const item = vscode.NotebookCellOutputItem[stream](text);
    if (this.openStream?.stream === stream) {
      this.openStream.text += text;
      void execution.appendOutputItems(item, this.openStream.output);
      return;
    }
    this.openStream = { stream, output: new vscode.NotebookCellOutput([item]), text };
    this.append(execution, this.openStream);
  }
}
