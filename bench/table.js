/** @file The benchmark's tables: in a terminal a block per case, at the end and in Markdown a table per group. */
import { COLUMNS, isBase } from "./sides.js";

/** Three digits and a unit. @param {number} ms */
export function showTime(ms) {
  const [value, unit] =
    ms < 1e-3 ? [ms * 1e6, "ns"] : ms < 1 ? [ms * 1e3, "µs"] : ms < 1e3 ? [ms, "ms"] : [ms / 1e3, "s"];
  return `${threeDigits(value)} ${unit}`;
}

/** @param {number} value */
const threeDigits = (value) => (value >= 99.95 ? value.toFixed(0) : value.toPrecision(3));

/** @param {number} ratio */
export const showRatio = (ratio) => `${threeDigits(ratio)}×`;

/** `1.05 G`, three digits. @param {number} count */
function showCount(count) {
  for (const [size, name] of [
    [1e9, " G"],
    [1e6, " M"],
    [1e3, " k"],
  ]) {
    if (count >= size) return `${threeDigits(count / size)}${name}`;
  }
  return `${count} `;
}

/** What is computed, and how much work that is. @param {import("./report.js").Row} row */
export const describeWork = ({ computes, work }) =>
  `${computes}; ${showCount(work.flops)}flop, ${showCount(work.bytes)}B`;

/** How fast: of arithmetic where there is much of it, else of memory. @param {import("./report.js").Row} row @param {number} ms */
export function showRate({ work }, ms) {
  const perSecond = 1e3 / ms;
  const [count, unit] = work.flops > 2 * work.bytes ? [work.flops, "flop/s"] : [work.bytes, "B/s"];
  return `${showCount(count * perSecond)}${unit}`;
}

const isTimed = (cell) => cell?.median !== undefined;

/** A case on all its sides, with quartiles. @param {import("./report.js").Row} row */
export function caseBlock(row) {
  const lines = COLUMNS.flatMap(({ key, title }) => {
    const cell = row.cells[key];
    if (!cell || cell.unsupported) return [];
    if (cell.failed) return [`  ${title.padEnd(20)}  ${cell.failed}`];
    const [low, high] = cell.quartiles.map(showTime);
    const mode = key.startsWith("jax-js") ? ` (${cell.mode})` : "";
    const figures = [
      showTime(cell.median).padStart(8),
      `[${low} – ${high}]`.padEnd(21),
      isBase(key) && cell.ratio === 1 ? "" : cell.ratio === undefined ? "" : showRatio(cell.ratio),
    ];
    return [
      `  ${(title + mode).padEnd(20)}  ${figures[0]} ${figures[1]} ${figures[2].padStart(7)}  ${showRate(row, cell.median)}`,
    ];
  });
  return [`${row.id}: ${describeWork(row)}`, ...lines].join("\n");
}

/** Columns that at least one row fills. @param {readonly import("./report.js").Row[]} rows */
const filledColumns = (rows) =>
  COLUMNS.filter(({ key }) => rows.some((row) => isTimed(row.cells[key]) || row.cells[key]?.failed));

/** Ours with the middle half of all turns; of others how many times ours they take. */
function cellText(cell, key) {
  if (!cell || cell.unsupported) return "";
  if (cell.failed) return cell.failed.startsWith("another") ? "wrong" : "fails";
  if (isBase(key) && cell.ratio === 1) return `${showTime(cell.median)} [${cell.quartiles.map(showTime).join(" – ")}]`;
  return cell.ratio === undefined ? showTime(cell.median) : `${showTime(cell.median)} ${showRatio(cell.ratio)}`;
}

/** Heads and cells of a group. @param {readonly import("./report.js").Row[]} rows */
function cellsOf(rows) {
  const columns = filledColumns(rows);
  return [
    ["", ...columns.map(({ title }) => title)],
    ...rows.map((row) => [row.id, ...columns.map(({ key }) => cellText(row.cells[key], key))]),
  ];
}

/** Rows by their group, in order. @param {readonly import("./report.js").Row[]} rows */
export const groupsOf = (rows) => Object.entries(Object.groupBy?.(rows, (row) => row.group) ?? grouped(rows));

function grouped(rows) {
  const groups = {};
  for (const row of rows) {
    groups[row.group] ??= [];
    groups[row.group].push(row);
  }
  return groups;
}

/** @param {readonly import("./report.js").Row[]} rows */
export function plainTable(rows) {
  const table = cellsOf(rows);
  const widths = table[0].map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
  return table
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "))
    .join("\n");
}

/** @param {readonly import("./report.js").Row[]} rows */
export function markdownTable(rows) {
  const [head, ...body] = cellsOf(rows);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
}
