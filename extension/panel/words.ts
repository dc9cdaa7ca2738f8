/** @file What the explorer says where it cannot go on, and what to do. */
import * as vscode from "vscode";
import type { Form, Problem, Source } from "../../protocol/panel.ts";
import type { ErrorReport } from "../../protocol/session.ts";
import type { Known, Opened } from "./subjects.ts";

/** Why there is nothing to pick. */
export function noticeFor(
  sources: readonly Source[],
  source: string,
  opened: Opened | undefined,
  known: readonly Known[],
): string | undefined {
  if (!source) return "Open a notebook of Cotangent or a TypeScript file: its functions can be picked here.";
  if (!opened) {
    const name = decodeURIComponent(source.slice(source.lastIndexOf("/") + 1));
    return `${name} is not open. Open it again${sources.length > 0 ? ", or pick another" : ""}.`;
  }
  if (known.length > 0) return undefined;
  return "There is no function of tensors here yet. Write one, such as const f = (x: Tensor) => x.square().sum().";
}

/** The text of an error begins with its name and message, which stand above it. */
export function problemOf({ name, message, text }: ErrorReport): Problem {
  const title = `${name}: ${message}`;
  const details = (text.startsWith(title) ? text.slice(title.length) : text).trim();
  return { title, advice: "Change the code or the arguments, and compute again.", details: details || undefined };
}

export const notRun = (name: string): Problem => ({
  title: "Run a cell first.",
  advice: `The notebook has no session yet, so nothing knows ${name}. Run the cells that declare it, and compute again.`,
});

export const STOPPED: Problem = { title: "Stopped.", advice: "Variables are as they were." };
export const STUCK: Problem = {
  title: "The session sits in a call that cannot be stopped.",
  advice: "Restart it with the command Restart Session, or wait.",
};

/** Why nothing is asked of a session. */
export function obstacleTo(form: Form, known: Known | undefined): Problem | undefined {
  if (!vscode.workspace.isTrusted) {
    return {
      title: "This workspace is not trusted, so nothing runs in it.",
      advice: "Trust it with the command Workspaces: Manage Workspace Trust, and compute again.",
    };
  }
  if (!known) {
    const title = `There is no ${form.subject || "function"} to compute with.`;
    return { title, advice: "Pick a function or a tensor above." };
  }
  if (known.subject.kind === "function" && form.inputs.trim() === "") {
    return {
      title: `At which point is ${form.subject} to be differentiated?`,
      advice: "Write its arguments as in a call: tensor([1, 2]), 3.",
    };
  }
  return undefined;
}
