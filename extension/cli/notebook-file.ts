/** @file Notebooks on disk: nbformat 4 read with suspicion and written as Jupyter writes it. */
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

export type MimeData = Record<string, unknown>;

export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string | string[] }
  | { output_type: "display_data"; data: MimeData; metadata: object }
  | { output_type: "execute_result"; data: MimeData; metadata: object; execution_count: number }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

export interface Cell {
  cell_type: string;
  id: string;
  metadata: { vscode?: { languageId?: string } } & Record<string, unknown>;
  source: string | string[];
  attachments?: Record<string, Record<string, string>>;
  execution_count?: number | null;
  outputs?: Output[];
}

export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: Cell[];
}

/** A file that cannot be run, with what to do about it. */
export class NotebookProblem extends Error {
  override readonly name = "NotebookProblem";
}

/** Cells may be plain JavaScript too: TypeScript without types. */
const LANGUAGES = ["typescript", "javascript"];

export function isOurLanguage(language: string): boolean {
  return LANGUAGES.includes(language.toLowerCase());
}

export async function readNotebook(file: string): Promise<Notebook> {
  const value = parse(await readText(file), file);
  if (!isRecord(value) || !("nbformat" in value)) {
    throw new NotebookProblem(
      `${file} is JSON but no notebook: a notebook is an object with "nbformat" and "cells". Give a .ipynb file.`,
    );
  }
  const { nbformat, nbformat_minor, metadata, cells } = value;
  if (nbformat !== 4) {
    throw new NotebookProblem(
      `${file} is in notebook format ${String(nbformat)}, and format 4 was expected. ` +
        "Open it in Jupyter or VS Code and save it: that brings it to format 4.",
    );
  }
  if (!Array.isArray(cells)) throw new NotebookProblem(`${file}: "cells" should be a list and is ${kindOf(cells)}.`);
  const notebook: Notebook = {
    ...value,
    nbformat,
    // Cell ids came with 4.5.
    nbformat_minor: Math.max(5, typeof nbformat_minor === "number" ? nbformat_minor : 5),
    metadata: isRecord(metadata) ? metadata : {},
    cells: cells.map((cell: unknown, index) => checkedCell(cell, `${file}, cell ${index + 1}`)),
  };
  checkLanguage(notebook, file);
  return notebook;
}

export async function writeNotebook(file: string, notebook: Notebook): Promise<void> {
  await writeFile(file, `${JSON.stringify(notebook, null, 1)}\n`);
}

/** The text of a cell or an output, which nbformat may keep as a list of lines. */
export function joined(text: string | readonly string[]): string {
  return typeof text === "string" ? text : text.join("");
}

/** As nbformat keeps longer texts, so that a changed line is one changed line in a diff. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new NotebookProblem(`There is no file ${file}.`);
    if (code === "EISDIR") throw new NotebookProblem(`${file} is a folder. Give the .ipynb file in it.`);
    throw new NotebookProblem(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parse(text: string, file: string): unknown {
  if (text.trim() === "") throw new NotebookProblem(`${file} is empty. A notebook was expected.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotebookProblem(
      `${file} is damaged: it should be JSON and is not (${(error as Error).message}). ` +
        "Restore it from version control or a backup; a merge conflict or an interrupted save leaves such a file.",
    );
  }
}

function checkedCell(cell: unknown, where: string): Cell {
  if (!isRecord(cell)) throw new NotebookProblem(`${where} should be an object and is ${kindOf(cell)}.`);
  const { cell_type, source, id, metadata } = cell;
  if (typeof cell_type !== "string") {
    throw new NotebookProblem(`${where}: "cell_type" should be "code" or "markdown" and is ${kindOf(cell_type)}.`);
  }
  const isText = typeof source === "string" || (Array.isArray(source) && source.every((x) => typeof x === "string"));
  if (!isText) {
    throw new NotebookProblem(`${where}: "source" should be a text or a list of lines and is ${kindOf(source)}.`);
  }
  return {
    ...cell,
    cell_type,
    id: typeof id === "string" ? id : randomBytes(4).toString("hex"),
    metadata: isRecord(metadata) ? metadata : {},
    source,
  };
}

function checkLanguage({ metadata }: Notebook, file: string): void {
  const { kernelspec, language_info } = metadata as {
    kernelspec?: { language?: unknown; display_name?: unknown };
    language_info?: { name?: unknown };
  };
  const language = language_info?.name ?? kernelspec?.language;
  // Without either nothing is known, and the first cell will tell.
  if (typeof language !== "string" || isOurLanguage(language)) return;
  const kernel = typeof kernelspec?.display_name === "string" ? ` (kernel "${kernelspec.display_name}")` : "";
  throw new NotebookProblem(
    `${file} is a notebook in ${language}${kernel}, and Cotangent runs TypeScript. ` +
      "Run it with its own kernel, or port its cells and set the notebook's language to typescript.",
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
