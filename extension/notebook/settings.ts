/** @file The settings `cotangent.*` as they hold for a notebook or a file. */
import * as vscode from "vscode";
import type { SessionClientOptions } from "../client/session-client.ts";

/** What a session starts with. */
export function sessionSettings({
  uri,
}: {
  readonly uri: vscode.Uri;
}): Pick<SessionClientOptions, "memoryLimitMB" | "threads"> {
  const settings = vscode.workspace.getConfiguration("cotangent", uri);
  return {
    memoryLimitMB: settings.get("memoryLimitMB"),
    // 0 leaves it to the kernel.
    threads: settings.get<number>("threads") || undefined,
  };
}
