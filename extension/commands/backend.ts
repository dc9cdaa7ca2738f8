/** @file "Select Backend": what computes, as a choice with words. */
import * as vscode from "vscode";
import type { BackendName } from "../../protocol/session.ts";

const BACKENDS = [
  {
    label: "wasm",
    description: "WebAssembly",
    detail: "Compiled for this machine's vectors and cores; the usual choice.",
  },
  {
    label: "webgpu",
    description: "graphics processor",
    detail: "By WebGPU, where there is some; numbers are read with await x.data().",
  },
  {
    label: "onnx-wasm",
    description: "onnxruntime",
    detail: "To compare with, and to try what an exported model will do; numbers are read with await x.data().",
  },
  {
    label: "onnx-webgpu",
    description: "onnxruntime on the graphics processor",
    detail: "To compare with. Needs WebGPU, and its package beside the notebook (npm install onnxruntime-web).",
  },
  { label: "reference", description: "plain JavaScript", detail: "Slow and simple: to check a result of the other." },
] as const satisfies readonly { label: BackendName; description: string; detail: string }[];

/** `name` is asked for where it is not given. */
export async function selectBackend(name?: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration("cotangent");
  const current = settings.get("backend");
  const items = BACKENDS.map((each) => ({ ...each, picked: each.label === current }));
  const chosen =
    items.find(({ label }) => label === name) ??
    (await vscode.window.showQuickPick(items, {
      title: `Backend of sessions that start from now on (now: ${current})`,
    }));
  if (!chosen || chosen.label === current) return;
  const { Workspace, Global } = vscode.ConfigurationTarget;
  await settings.update("backend", chosen.label, vscode.workspace.workspaceFolders ? Workspace : Global);
  vscode.window.setStatusBarMessage(`Cotangent: sessions that start from now on compute with ${chosen.label}.`, 5000);
}
