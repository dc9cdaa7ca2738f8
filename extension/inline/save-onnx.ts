/** @file A function or a derivative of it, written as an ONNX model to a file that a person chooses. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { Evaluator } from "./evaluators.ts";
import type { AskedFunction } from "./question.ts";

/** What is exported: the function, or what a transform of that name makes of it. */
export type Exported = "jacobian" | "gradient" | "hessian" | "function";

const TRANSFORMS = { jacobian: "jacobian", gradient: "grad", hessian: "hessian" } as const;

interface ModelRequest {
  readonly evaluator: Evaluator;
  readonly asked: AskedFunction;
  readonly exported: Exported;
  /** Where the function is written. */
  readonly source: vscode.Uri;
  /** Asked for where it is not given. */
  readonly target?: vscode.Uri;
}

export async function saveAsOnnx({ evaluator, asked, exported, source, target }: ModelRequest): Promise<void> {
  const file = target ?? (await askFile(source, `${asked.name}-${exported}.onnx`));
  if (!file) return;
  // The session writes to a file of its own: the one that was chosen may be on another file system.
  const made = path.join(os.tmpdir(), `cotangent-${randomUUID()}.onnx`);
  try {
    const { error } = await evaluator.evaluate(expressionFor(exported, asked, made));
    if (error) throw new Error(error.message);
    await vscode.workspace.fs.copy(vscode.Uri.file(made), file, { overwrite: true });
    vscode.window.setStatusBarMessage(`Cotangent: exported to ${path.basename(file.path)}.`, 5000);
  } catch (error) {
    void vscode.window.showErrorMessage(`Not exported. ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await rm(made, { force: true });
  }
}

function expressionFor(exported: Exported, { name, inputs, argnum }: AskedFunction, file: string): string {
  const options = argnum === 0 ? "" : `, { argnums: ${argnum} }`;
  const f = exported === "function" ? name : `${TRANSFORMS[exported]}(${name}${options})`;
  const write = `import("node:fs/promises").then((files) => files.writeFile(${JSON.stringify(file)}, bytes))`;
  return `exportOnnx(${f}, ${inputs}).then((bytes) => ${write})`;
}

function askFile(source: vscode.Uri, name: string): Thenable<vscode.Uri | undefined> {
  const isSaved = source.scheme !== "untitled";
  const folder = isSaved ? vscode.Uri.joinPath(source, "..") : vscode.workspace.workspaceFolders?.[0]?.uri;
  const defaultUri = folder && vscode.Uri.joinPath(folder.with({ scheme: "file", fragment: "" }), name);
  return vscode.window.showSaveDialog({ defaultUri, filters: { "ONNX model": ["onnx"] } });
}
