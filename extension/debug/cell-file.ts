/**
 * @file The file that a debugger takes a cell for. A debug adapter knows files only; this one does not exist, and
 * whatever is said about it is said about the cell (see `cell-sources.ts`).
 */
import path from "node:path";
import { pathToFileURL } from "node:url";

/** With a drive where there are drives, or the adapter would not take it for a path. */
const FOLDER = path.join(process.platform === "win32" ? "C:\\" : "/", "cotangent-cells");
const EXTENSION = ".ts";

export function cellFile(uri: string): string {
  return path.join(FOLDER, Buffer.from(uri).toString("base64url") + EXTENSION);
}

export function cellFileUrl(uri: string): string {
  return pathToFileURL(cellFile(uri)).href;
}

/** The URI of the cell that a file stands for; undefined for a real file. */
export function cellOfFile(file: string): string | undefined {
  const { dir, name, ext } = path.parse(file);
  // Adapters write drive letters in either case.
  if (dir.toLowerCase() !== FOLDER.toLowerCase() || ext !== EXTENSION) return undefined;
  return Buffer.from(name, "base64url").toString();
}
