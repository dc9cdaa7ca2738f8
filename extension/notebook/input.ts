/** @file A cell's question to the person, in VS Code's own input box. */
import * as vscode from "vscode";
import type { InputAnswer, InputRequest } from "../../protocol/session.ts";

export async function askPerson({ prompt, value }: InputRequest, withdrawn: AbortSignal): Promise<InputAnswer> {
  const cancelling = new vscode.CancellationTokenSource();
  withdrawn.addEventListener("abort", () => cancelling.cancel(), { once: true });
  try {
    const text = await vscode.window.showInputBox(
      // A look at the notebook is no answer: the box stays.
      { title: "A Cell Asks", prompt: prompt || "What is the answer?", value, ignoreFocusOut: true },
      cancelling.token,
    );
    return text === undefined ? { status: "closed" } : { status: "given", text };
  } finally {
    cancelling.dispose();
  }
}
