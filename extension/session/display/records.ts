/** @file A list of records as a table: in HTML, and in aligned text beside it. */
import { types } from "node:util";
import type { MimeBundle } from "../../../protocol/display.ts";
import { formatCount } from "../../../protocol/notation.ts";
import { GETTER, ownValue } from "../variables/looking.ts";
import { isKernelValue } from "./kernel-values.ts";
import { escapeMarkup } from "./markup.ts";
import { plainText } from "./text-of.ts";

type PlainRecord = Readonly<Record<string, unknown>>;

const MOST_ROWS = 100;
const MOST_COLUMNS = 40;
/** Text is read without scrolling in a terminal. */
const MOST_TEXT_ROWS = 20;
const LONGEST_CELL = 60;

/** Undefined for what reads better otherwise: no list, no records, or records that hold trees rather than values. */
export function recordsBundle(value: unknown): MimeBundle | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const rows = value.slice(0, MOST_ROWS);
  if (!rows.every(isRecord)) return undefined;
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.slice(0, MOST_COLUMNS);
  const cells = rows.flatMap((row) => Object.values(row));
  if (columns.length === 0 || cells.filter(isSimple).length * 2 < cells.length) return undefined;
  const table: Table = { rows, columns, rowsInAll: value.length, columnsInAll: names.length };
  return { "text/html": htmlOf(table), "text/plain": textOf(table) };
}

interface Table {
  readonly rows: readonly PlainRecord[];
  readonly columns: readonly string[];
  readonly rowsInAll: number;
  readonly columnsInAll: number;
}

function htmlOf(table: Table): string {
  const { rows, columns } = table;
  const cell = (tag: "td" | "th", text: string, right: boolean): string =>
    `<${tag} style="text-align: ${right ? "right" : "left"}">${escapeMarkup(text)}</${tag}>`;
  const numeric = columns.map((column) => rows.every((row) => isNumeric(row[column])));
  const head = ["<th></th>", ...columns.map((column, j) => cell("th", column, numeric[j]))].join("");
  const body = rows.map((row, i) => {
    const cells = columns.map((column, j) => cell("td", cellText(row, column), numeric[j]));
    return `<tr>${cell("th", String(i), true)}${cells.join("")}</tr>`;
  });
  const missing = cutSentence(table, rows.length);
  return (
    `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>` +
    (missing && `\n<p>${missing}</p>`)
  );
}

function textOf(table: Table): string {
  const { columns } = table;
  const rows = table.rows.slice(0, MOST_TEXT_ROWS);
  const lines = [["", ...columns], ...rows.map((row, i) => [String(i), ...columns.map((name) => cellText(row, name))])];
  const numeric = [true, ...columns.map((column) => rows.every((row) => isNumeric(row[column])))];
  const widths = numeric.map((_, j) => Math.max(...lines.map((line) => line[j].length)));
  const text = lines.map((line) =>
    line
      .map((part, j) => (numeric[j] ? part.padStart(widths[j]) : part.padEnd(widths[j])))
      .join("  ")
      .trimEnd(),
  );
  const missing = cutSentence(table, rows.length);
  return [...text, ...(missing ? [missing] : [])].join("\n");
}

function cutSentence({ rowsInAll, columns, columnsInAll }: Table, rows: number): string {
  const parts = [
    rows < rowsInAll ? `the first ${rows} of ${formatCount(rowsInAll)} rows` : "",
    columns.length < columnsInAll ? `the first ${columns.length} of ${formatCount(columnsInAll)} columns` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `Shown are ${parts.join(" and ")}.` : "";
}

function cellText(row: PlainRecord, column: string): string {
  if (!Object.hasOwn(row, column)) return "";
  const value = row[column];
  const text = typeof value === "string" ? value : plainText(value).replace(/\s+/g, " ");
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL - 1)}…` : text;
}

const isNumeric = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "bigint" || value === undefined || value === null;

const isSimple = (value: unknown): boolean => typeof value !== "object" || value === null || types.isDate(value);

function isRecord(value: unknown): value is PlainRecord {
  if (typeof value !== "object" || value === null || isKernelValue(value)) return false;
  if (types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  return isPlain && Object.keys(value).every((key) => ownValue(value, key) !== GETTER);
}
