/** @file Which of the inline features the person wants in a document. */
import type * as vscode from "vscode";
import { workspace } from "vscode";

/** `cotangent.inline.NAME` in package.json. */
type Feature = "codeLens" | "facts" | "thumbnails" | "hover" | "cells";

export function wants(feature: Feature, { uri }: vscode.TextDocument): boolean {
  const settings = workspace.getConfiguration("cotangent.inline", uri);
  return settings.get("enabled") !== false && settings.get(feature) !== false;
}
