/** @file What is written and said of one variable: beside its name, when pointed at, and to a screen reader. */
import { formatCount } from "../../protocol/notation.ts";
import type { Variable } from "../../protocol/variables.ts";

const COUNTED: Partial<Record<Variable["kind"], readonly [one: string, many: string]>> = {
  text: ["character", "characters"],
  map: ["entry", "entries"],
  set: ["value", "values"],
  object: ["property", "properties"],
};

/** Behind the name: `float32 [4, 3] = [0.1, 0.2, …]`. What the value says by itself is left out. */
export function lineOf(variable: Variable): string {
  const { kind, type, preview } = variable;
  switch (kind) {
    case "number":
    case "boolean":
    case "text":
    case "symbol":
      return `= ${preview}`;
    case "nothing":
      return `= ${type}`;
    case "function":
      return preview || type;
    case "class":
      return `class ${preview}`;
    case "structured":
      return `${headOf(variable)}, ${preview}`;
    default:
      if (variable.pending) return `${headOf(variable)}, ${preview}`;
      return [headOf(variable), preview && `= ${preview}`].filter(Boolean).join(" ");
  }
}

/** `float32 [4, 3]`, `Array [3]`, `Map (2)`; nothing for a plain object. */
export function headOf(variable: Variable): string {
  const { kind, type, dtype, count } = variable;
  const extent = shapeOf(variable) ?? ((kind === "map" || kind === "set") && count !== undefined ? `(${count})` : "");
  return [dtype ?? (type === "object" ? "" : type), extent].filter(Boolean).join(" ");
}

/** Everything known, as a table in Markdown. */
export function tableOf(variable: Variable): string {
  const { name, type, dtype, preview, bytes } = variable;
  const rows: [string, string | undefined][] = [
    ["Type", type],
    ["Shape", shapeOf(variable)],
    ["Count", countOf(variable)],
    ["Entries", dtype],
    ["Memory", bytes === undefined ? undefined : formatBytes(bytes)],
    [variable.pending ? "State" : "Value", preview],
  ];
  const lines = rows.flatMap(([label, text]) => (text ? [`| ${label} | ${escaped(text)} |`] : []));
  const hint = variable.pending ? "\n\nLooking at it does not compute it. Show it in a cell to do so." : "";
  return `| | **${escaped(name)}** |\n|:--|:--|\n${lines.join("\n")}${hint}`;
}

export function spokenOf(variable: Variable): string {
  const { name, type, dtype, shape, preview, bytes } = variable;
  const parts = [
    name,
    dtype ? `${type} of ${dtype}` : type,
    shape && (shape.length === 0 ? "a single number" : shape.join(" by ")),
    countOf(variable),
    bytes === undefined ? undefined : formatBytes(bytes),
    preview,
  ];
  return parts.filter(Boolean).join(", ");
}

/** As editors write the sizes of files. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  const amount = bytes / 1024 ** power;
  return `${amount >= 100 ? amount.toFixed(0) : amount.toPrecision(3)} ${units[power - 1]}`;
}

const shapeOf = ({ shape }: Variable): string | undefined => shape && `[${shape.join(", ")}]`;

function countOf({ kind, count }: Variable): string | undefined {
  const nouns = COUNTED[kind];
  return nouns && count !== undefined ? `${formatCount(count)} ${nouns[count === 1 ? 0 : 1]}` : undefined;
}

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, "\\$&").replace(/\s+/g, " ");
