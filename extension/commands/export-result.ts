/** @file "Export the Result": what stands beside the cursor's line, or below the cell in front, as a file. */
import path from "node:path";
import * as vscode from "vscode";
import { DISPLAY_MIME, type MatrixDisplay, type MimeBundle, type ValueDisplay } from "../../protocol/display.ts";
import { npyOf } from "../../protocol/files/npy.ts";
import { tableOf } from "../../protocol/files/numbers.ts";
import { typescriptOf } from "../../protocol/files/typescript.ts";
import { sizeOf } from "../../protocol/notation.ts";
import { shownBy } from "../inline/cell-lines.ts";
import { fullEntries } from "../inline/full-entries.ts";
import type { Inline } from "../inline/inline.ts";

interface Exported {
  readonly bundle: MimeBundle;
  /** The matrix to take numbers from; absent for timings and trees. */
  readonly matrix: MatrixDisplay | undefined;
  readonly document: vscode.TextDocument;
}

interface Format {
  readonly label: string;
  readonly extension: string;
  write(inline: Inline): Promise<Uint8Array | string>;
}

/** `extension` and `target` are asked for where they are not given. */
export async function exportResult(inline: Inline, extension?: unknown, target?: unknown): Promise<void> {
  const exported = resultAtHand(inline);
  if (!exported) {
    void vscode.window.showInformationMessage(
      "There is no result to export: put the cursor on a line with one, or into a cell that shows one.",
    );
    return;
  }
  const formats = formatsOf(exported);
  const format =
    formats.find((each) => each.extension === extension) ??
    (await vscode.window.showQuickPick(formats, { title: "Export the result as" }));
  if (!format) return;
  const file = target instanceof vscode.Uri ? target : await askFile(exported.document, format);
  if (!file) return;
  try {
    const content = await format.write(inline);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await vscode.workspace.fs.writeFile(file, bytes);
    vscode.window.setStatusBarMessage(`Cotangent: exported to ${path.basename(file.path)}.`, 5000);
  } catch (error) {
    void vscode.window.showErrorMessage(`Not exported. ${error instanceof Error ? error.message : String(error)}`);
  }
}

function resultAtHand(inline: Inline): Exported | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor) {
    const { document, selection } = editor;
    const results = inline.results.of(document).filter(({ state }) => state.kind === "done");
    const here =
      results.find(({ line }) => line === selection.active.line) ?? (results.length === 1 ? results[0] : undefined);
    if (here?.state.kind === "done") return exportedOf(here.state.bundle, document);
  }
  const notebookEditor = vscode.window.activeNotebookEditor;
  const index = notebookEditor?.selection.start;
  if (!notebookEditor || index === undefined || index >= notebookEditor.notebook.cellCount) return undefined;
  const cell = notebookEditor.notebook.cellAt(index);
  const bundle = shownBy(cell.outputs);
  return bundle && exportedOf(bundle, cell.document);
}

function exportedOf(bundle: MimeBundle, document: vscode.TextDocument): Exported {
  const display = bundle[DISPLAY_MIME] as ValueDisplay | undefined;
  const first = display?.kind === "group" ? display.items[0]?.display : display;
  return { bundle, document, matrix: first?.kind === "matrix" ? first : undefined };
}

function formatsOf({ bundle, matrix, document }: Exported): Format[] {
  const png = bundle["image/png"];
  const formats: Format[] = [];
  if (typeof png === "string") {
    formats.push({ label: "Picture (PNG)", extension: "png", write: async () => Buffer.from(png, "base64") });
  }
  if (matrix) {
    const { dtype, shape, columns } = matrix;
    const entries = (inline: Inline) =>
      fullEntries(matrix, async (request) => inline.evaluators.of(document)?.tile(request));
    formats.push(
      {
        label: "Numbers as a table (CSV)",
        extension: "csv",
        write: async (inline) => tableOf(await entries(inline), Math.max(1, sizeOf(columns.shape)), dtype, ","),
      },
      {
        label: "Tensor for NumPy (NPY)",
        extension: "npy",
        write: async (inline) => npyOf(await entries(inline), dtype, shape),
      },
      {
        label: "TypeScript",
        extension: "ts",
        write: async (inline) =>
          `import { tensor } from "cotangent";\n\nexport const value = ${typescriptOf(await entries(inline), dtype, shape)};\n`,
      },
    );
  }
  const display = bundle[DISPLAY_MIME];
  if (display !== undefined) {
    formats.push({
      label: "All that is shown (JSON)",
      extension: "json",
      write: async () => JSON.stringify(display, null, 1),
    });
  }
  return formats;
}

function askFile(document: vscode.TextDocument, { extension, label }: Format): Thenable<vscode.Uri | undefined> {
  const folder = document.isUntitled
    ? vscode.workspace.workspaceFolders?.[0]?.uri
    : vscode.Uri.file(path.dirname(document.uri.fsPath));
  const defaultUri = folder && vscode.Uri.joinPath(folder, `result.${extension}`);
  return vscode.window.showSaveDialog({ defaultUri, filters: { [label]: [extension] } });
}
