/** @file Where the outcome of a command is to go: looked at before the work, so that no result is lost for a typo. */
import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "./atomic-file.ts";
import { Problem } from "./problem.ts";

/** The file that `given` means: itself, or the file called `name` in it when it is a folder. Makes the folder. Throws `Problem`. */
export async function targetFile(given: string, name: string): Promise<string> {
  const isFolder = /[/\\]$/.test(given) || (await stat(given).catch(() => undefined))?.isDirectory() === true;
  const file = isFolder ? path.join(given, name) : given;
  const folder = path.dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new Problem(`${file} cannot be written: ${(error as Error).message}`);
  }
  return file;
}

export async function writeTarget(file: string, content: string): Promise<void> {
  try {
    await replaceFile(file, content);
  } catch (error) {
    throw new Problem(`${file} cannot be written: ${(error as Error).message}`);
  }
}
