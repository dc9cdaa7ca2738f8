/**
 * @file The settings `cotangent.*` as they hold for a notebook or a file. A file of settings may hold anything: what is not as
 * package.json says counts as not set, so that a slip of the pen cannot keep a session from starting.
 */
import * as vscode from "vscode";
import { BACKENDS, type LiveSettings, type SessionOptions } from "../../protocol/session.ts";

type SessionSettings = Omit<SessionOptions, "directory" | "memoryLimitMB" | "webgpuFolder"> & {
  readonly memoryLimitMB?: number;
  /** The Node to run it with; VS Code's own unless given. */
  readonly execPath?: string;
};

/** A notebook, or a document. */
interface Scope {
  readonly uri: vscode.Uri;
}

const read = ({ uri }: Scope, name: string): unknown => vscode.workspace.getConfiguration("cotangent", uri).get(name);

/** What a session starts with. */
export function sessionSettings(scope: Scope): SessionSettings {
  return {
    memoryLimitMB: within(read(scope, "memoryLimitMB"), 256, Number.MAX_VALUE),
    // 0 leaves it to the kernel.
    threads: within(read(scope, "threads"), 1, 16),
    dtype: oneOf(read(scope, "defaultDtype"), ["float32", "float64"]),
    backend: oneOf(read(scope, "backend"), BACKENDS),
    execPath: chosenNode(),
    ...liveSettings(scope),
  };
}

/** What can change while it runs; said even when it is the default, which a session may have to go back to. */
export const liveSettings = (scope: Scope): LiveSettings => ({
  displayDigits: within(read(scope, "displayDigits"), 1, 15) ?? 4,
});

/** The person's own Node, if sessions are to run on it. */
export function chosenNode(): string | undefined {
  const set: unknown = vscode.workspace.getConfiguration("cotangent").get("nodePath");
  return typeof set === "string" && set.trim() !== "" ? set.trim() : undefined;
}

/** Whether the language features in cells are wanted. */
export const wantsLanguage = (notebook: vscode.NotebookDocument): boolean =>
  read(notebook, "language.enabled") !== false;

const within = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === "number" && value >= least && value <= most ? Math.round(value) : undefined;

const oneOf = <T extends string>(value: unknown, all: readonly T[]): T | undefined =>
  all.find((each) => each === value);
