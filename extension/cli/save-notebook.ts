/** @file A notebook as the text of its file, written as Jupyter writes it, so that a diff shows what changed and no more. */
import { type MimeData, type Notebook, type Output, splitLines } from "./notebook-file.ts";

/** Keys in order of the alphabet, one space of indentation, long texts as lists of lines. */
export function notebookText(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: linesOf(cell.source),
    ...(cell.outputs && { outputs: cell.outputs.map(withLines) }),
  }));
  return `${JSON.stringify(sorted({ ...notebook, cells }), null, 1)}\n`;
}

function withLines(output: Output): Output {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: linesOf(output.text) };
    case "display_data":
    case "execute_result":
      return { ...output, data: dataWithLines(output.data) };
    default:
      return output;
  }
}

const JSON_MIME = /^application\/(.*\+)?json$/;
const TEXT_MIME = /^(text\/.*|image\/svg\+xml|application\/javascript)$/;

function dataWithLines(data: MimeData): MimeData {
  const entries = Object.entries(data).flatMap(([mime, form]) => {
    if (JSON_MIME.test(mime)) return [[mime, form]];
    // What a cell's own `Jupyter.display` made: anything but JSON has to be text.
    if (form === undefined || form === null) return [];
    const text = isText(form) ? form : typeof form === "object" ? JSON.stringify(form) : String(form);
    // Base64 stays in one piece.
    return [[mime, TEXT_MIME.test(mime) ? linesOf(text) : text]];
  });
  return Object.fromEntries(entries);
}

function isText(form: unknown): form is string | readonly string[] {
  return typeof form === "string" || (Array.isArray(form) && form.every((line) => typeof line === "string"));
}

function linesOf(text: string | readonly string[]): string[] {
  return typeof text === "string" ? splitLines(text) : [...text];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
