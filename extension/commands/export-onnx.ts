/** @file "Export Derivative as ONNX": the function at the cursor, or a derivative of it, as a model in a file. */
import * as vscode from "vscode";
import type { Inline } from "../inline/inline.ts";
import { type Exported, saveAsOnnx } from "../inline/save-onnx.ts";
import { subject } from "./inline.ts";

interface Choice extends vscode.QuickPickItem {
  readonly exported: Exported;
}

const CHOICES: readonly Choice[] = [
  { exported: "jacobian", label: "Jacobian", description: "of the result with respect to the argument" },
  { exported: "gradient", label: "Gradient", description: "of a function whose result is one number" },
  { exported: "hessian", label: "Hessian", description: "second derivatives" },
  { exported: "function", label: "Function", description: "without derivatives" },
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
    CHOICES.find(({ exported }) => exported === what) ??
    (await vscode.window.showQuickPick(CHOICES, { title: `Export of ${at.name} as ONNX` }));
  if (!choice) return;
  const evaluator = inline.evaluators.of(at.document);
  if (!evaluator) {
    void vscode.window.showErrorMessage(`Not exported. Run the cell first: the session does not know ${at.name} yet.`);
    return;
  }
  await saveAsOnnx({
    evaluator,
    asked,
    exported: choice.exported,
    source: at.document.uri,
    target: target instanceof vscode.Uri ? target : undefined,
  });
}
