/** @file Notebooks on disk: nbformat 4, read with suspicion and brought to version 4.5. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Problem } from "./problem.ts";

export type MimeData = Record<string, unknown>;

export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string | string[] }
  | { output_type: "display_data"; data: MimeData; metadata: object }
  | { output_type: "execute_result"; data: MimeData; metadata: object; execution_count: number }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

export interface Cell {
  cell_type: string;
  id: string;
  metadata: { vscode?: { languageId?: string }; tags?: unknown } & Record<string, unknown>;
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

/** Cells may be plain JavaScript too: TypeScript without types. */
const LANGUAGES = ["typescript", "javascript"];

function isOurLanguage(language: string): boolean {
  return LANGUAGES.includes(language.toLowerCase());
}

/** Throws `Problem`. */
export async function readNotebook(file: string): Promise<Notebook> {
  const value = parse(await readText(file), file);
  if (!isRecord(value) || !("nbformat" in value)) {
    throw new Problem(
      `${file} is JSON but no notebook: a notebook is an object with "nbformat" and "cells". Give a .ipynb file.`,
    );
  }
  const { nbformat, nbformat_minor, metadata, cells } = value;
  if (nbformat !== 4) {
    const remedy =
      typeof nbformat === "number" && nbformat < 4
        ? `Bring it to format 4 with Jupyter: jupyter nbconvert --to notebook ${file}`
        : "Save it in format 4 with the program that made it.";
    throw new Problem(`${file} is in notebook format ${String(nbformat)}, and format 4 was expected. ${remedy}`);
  }
  if (!Array.isArray(cells)) throw new Problem(`${file}: "cells" should be a list and is ${kindOf(cells)}.`);
  const ids = new Set<string>();
  const notebook: Notebook = {
    ...value,
    nbformat,
    // Of the versions of format 4, only 4.5 asks for something that the others lack: an id for each cell.
    nbformat_minor: Math.max(5, typeof nbformat_minor === "number" ? nbformat_minor : 5),
    metadata: isRecord(metadata) ? metadata : {},
    cells: cells.map((cell: unknown, index) => checkedCell(cell, ids, `${file}, cell ${index + 1}`)),
  };
  checkLanguage(notebook, file);
  return notebook;
}

/** A code cell with something to run, and its number: what a person calls it, counted from 1. */
export interface NumberedCell {
  readonly cell: Cell;
  readonly number: number;
  readonly code: string;
}

export function numberedCells(cells: readonly Cell[]): NumberedCell[] {
  return cells
    .filter(({ cell_type, source }) => cell_type === "code" && joined(source).trim() !== "")
    .map((cell, index) => ({ cell, number: index + 1, code: joined(cell.source) }));
}

/** Why a cell cannot be run; undefined for one of ours. */
export function foreignLanguage({ cell, number }: NumberedCell): string | undefined {
  const language = cell.metadata.vscode?.languageId;
  if (language === undefined || isOurLanguage(language)) return undefined;
  return `Cell ${number} is in ${language}, and Cotangent runs TypeScript. Change the cell's language or remove it.`;
}

/** A name for a cell that no other has. */
export function newCellId(taken: ReadonlySet<string>): string {
  for (;;) {
    const id = randomBytes(4).toString("hex");
    if (!taken.has(id)) return id;
  }
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
    // Some editors on Windows put a byte order mark in front.
    return (await readFile(file, "utf8")).replace(/^\ufeff/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Problem(`There is no file ${file}.`);
    if (code === "EISDIR") throw new Problem(`${file} is a folder. Give the .ipynb file in it.`);
    throw new Problem(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function parse(text: string, file: string): unknown {
  if (text.trim() === "") throw new Problem(`${file} is empty. A notebook was expected.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(
      `${file} is damaged: it should be JSON and is not (${(error as Error).message}). ` +
        "Restore it from version control or a backup; a merge conflict or an interrupted save leaves such a file.",
    );
  }
}

const CELL_ID = /^[a-zA-Z0-9-_]{1,64}$/;

/** @param ids of the cells before it; a cell copied by hand has the id of another */
function checkedCell(cell: unknown, ids: Set<string>, where: string): Cell {
  if (!isRecord(cell)) throw new Problem(`${where} should be an object and is ${kindOf(cell)}.`);
  const { cell_type, source, id, metadata } = cell;
  if (typeof cell_type !== "string") {
    throw new Problem(`${where}: "cell_type" should be "code" or "markdown" and is ${kindOf(cell_type)}.`);
  }
  const isText = typeof source === "string" || (Array.isArray(source) && source.every((x) => typeof x === "string"));
  if (!isText) {
    throw new Problem(`${where}: "source" should be a text or a list of lines and is ${kindOf(source)}.`);
  }
  const kept = typeof id === "string" && CELL_ID.test(id) && !ids.has(id);
  const ownId = kept ? id : newCellId(ids);
  ids.add(ownId);
  return {
    ...cell,
    cell_type,
    id: ownId,
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
  throw new Problem(
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
