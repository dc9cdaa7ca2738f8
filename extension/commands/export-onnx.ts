/** @file "Export Derivative as ONNX": the function at the cursor, or a derivative of it, as a model in a file. */
import { randomUUID } from "node:crypto";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { Inline } from "../inline/inline.ts";
import type { AskedFunction } from "../inline/question.ts";
import { subject } from "./inline.ts";

interface Choice extends vscode.QuickPickItem {
  /** Behind the function's name in that of the file. */
  readonly suffix: string;
  /** What is exported, made of the function and the options of a transform. */
  expression(name: string, options: string): string;
}

const CHOICES: readonly Choice[] = [
  {
    label: "Jacobian",
    description: "of the result with respect to the argument",
    suffix: "jacobian",
    expression: (name, options) => `jacobian(${name}${options})`,
  },
  {
    label: "Gradient",
    description: "of a function whose result is one number",
    suffix: "gradient",
    expression: (name, options) => `grad(${name}${options})`,
  },
  {
    label: "Hessian",
    description: "second derivatives",
    suffix: "hessian",
    expression: (name, options) => `hessian(${name}${options})`,
  },
  { label: "Function", description: "without derivatives", suffix: "function", expression: (name) => name },
];

/** `what` ("jacobian" …), `target` and the function are asked for, or taken from the cursor, where they are not given. */
export async function exportOnnx(
  inline: Inline,
  what?: unknown,
  target?: unknown,
  uri?: unknown,
  name?: unknown,
): Promise<void> {
  const at = await subject(inline, uri, name);
  const found = at && (await inline.find(at.document, at.name));
  const asked = found && (await inline.inputs.of(at.document, found));
  if (!asked) return;
  const choice =
    CHOICES.find(({ suffix }) => suffix === what) ??
    (await vscode.window.showQuickPick(CHOICES, { title: `Export of ${at.name} as ONNX` }));
  if (!choice) return;
  const file = target instanceof vscode.Uri ? target : await askFile(at.document, `${at.name}-${choice.suffix}.onnx`);
  if (!file) return;
  const evaluator = inline.evaluators.of(at.document);
  if (!evaluator) {
    void vscode.window.showErrorMessage(`Not exported. Run the cell first: the session does not know ${at.name} yet.`);
    return;
  }
  // The session writes to a file of its own: the one that was chosen may be on another file system.
  const made = path.join(os.tmpdir(), `cotangent-${randomUUID()}.onnx`);
  try {
    const { error } = await evaluator.evaluate(expressionFor(choice, asked, made));
    if (error) throw new Error(error.message);
    await vscode.workspace.fs.copy(vscode.Uri.file(made), file, { overwrite: true });
    await vscode.workspace.fs.delete(vscode.Uri.file(made));
    vscode.window.setStatusBarMessage(`Cotangent: exported to ${path.basename(file.path)}.`, 5000);
  } catch (error) {
    void vscode.window.showErrorMessage(`Not exported. ${error instanceof Error ? error.message : String(error)}`);
  }
}

function expressionFor(choice: Choice, { name, inputs, argnum }: AskedFunction, file: string): string {
  const exported = choice.expression(name, argnum === 0 ? "" : `, { argnums: ${argnum} }`);
  const write = `import("node:fs/promises").then((files) => files.writeFile(${JSON.stringify(file)}, bytes))`;
  return `exportOnnx(${exported}, ${inputs}).then((bytes) => ${write})`;
}

function askFile(document: vscode.TextDocument, name: string): Thenable<vscode.Uri | undefined> {
  const folder = document.isUntitled
    ? vscode.workspace.workspaceFolders?.[0]?.uri
    : vscode.Uri.file(path.dirname(document.uri.fsPath));
  const defaultUri = folder && vscode.Uri.joinPath(folder, name);
  return vscode.window.showSaveDialog({ defaultUri, filters: { "ONNX model": ["onnx"] } });
}
