/** @file Tables of how cost grows: for a terminal, all sizes of a case; in Markdown, the ends of all cases. */

const time = (/** @type {number} */ ms) => Number(ms.toPrecision(3)).toString();
const count = (/** @type {number | undefined} */ n) => (n === undefined ? "" : n.toLocaleString("en"));
const power = (/** @type {number | undefined} */ e) => (e === undefined ? "" : `n^${e.toFixed(2)}`);

const HEADS = { ours: "Cotangent", vmap: "strategy vmap" };
const headOf = (/** @type {string} */ key, /** @type {Record<string, string>} */ names) => HEADS[key] ?? names[key];

/** A time with the middle half of all turns, or why there is none. */
function timeCell(entry, withSpread) {
  if (entry.skipped) return "skipped";
  if (entry.failed) return "failed";
  if (!withSpread) return time(entry.median);
  const [low, high] = entry.quartiles;
  return `${time(entry.median)} [${time(low)}, ${time(high)}]`;
}

/** Sides that count their multiplications. */
const counted = (keys) => keys.filter((key) => key in HEADS);

function rowCells(row, keys, withSpread) {
  return [
    count(row.result),
    ...counted(keys).map((key) => count(row.sides[key].multiplications)),
    count(row.dense),
    row.sides.ours.traced === undefined ? "" : time(row.sides.ours.traced),
    ...keys.map((key) => timeCell(row.sides[key], withSpread)),
  ];
}

function growthCells(growth, keys) {
  return [
    power(growth.result),
    ...counted(keys).map((key) => power(growth.multiplications[key])),
    power(growth.dense),
    power(growth.traced),
    ...keys.map((key) => power(growth.time[key])),
  ];
}

const columns = (keys, names) => [
  "entries",
  ...counted(keys).map((key) => `multiplications, ${headOf(key, names)}`),
  "dense seeds",
  "ms, Cotangent without jit",
  ...keys.map((key) => `ms, ${headOf(key, names)}`),
];

/** All sizes of one case, with the exponents below and the reasons for what was skipped. */
export function plainTable({ id, rows, growth }, names) {
  const keys = Object.keys(names);
  const table = [
    [id, ...columns(keys, names)],
    ...rows.map((row) => [row.label, ...rowCells(row, keys, true)]),
    ["grows as", ...growthCells(growth, keys)],
  ];
  const widths = table[0].map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
  const lines = table.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
  );
  const notes = rows.flatMap(({ label, sides }) =>
    keys.flatMap((key) => {
      const { skipped, failed } = sides[key];
      const what = skipped ? `skipped: ${skipped}` : failed && `failed: ${failed}`;
      return what ? [`  ${label}, ${headOf(key, names)}, ${what}`] : [];
    }),
  );
  return `${[...lines, ...notes].join("\n")}\n`;
}

/** The smallest and the largest size of every case, and how all in between grows. */
export function markdownTable(report, names) {
  const keys = Object.keys(names);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const head = ["", "size", ...columns(keys, names)];
  const body = report.flatMap(({ id, rows, growth }) => [
    line([id, rows[0].label, ...rowCells(rows[0], keys, false)]),
    line(["", rows[rows.length - 1].label, ...rowCells(rows[rows.length - 1], keys, false)]),
    line(["", "*grows as*", ...growthCells(growth, keys)]),
  ]);
  return [line(head), line(head.map((_, i) => (i < 2 ? "---" : "---:"))), ...body].join("\n");
}
