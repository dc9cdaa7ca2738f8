/**
 * @file `npm run bench:docs`: makes docs/performance.md of the template beside this file and of the last full runs of the
 * benchmark and of the one on structure.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { lossesOf } from "../losses.js";
import { markdownTable as structureTable } from "../structure/table.js";
import { groupsOf, markdownTable, showRatio, showTime } from "../table.js";
import { reasonFor } from "./reasons.js";

const TEMPLATE = path.join(import.meta.dirname, "performance.md");
const OUT = "docs/performance.md";

/** @param {string} file @param {string} command what makes it */
function read(file, command) {
  if (!existsSync(file)) throw new Error(`${file} is missing: \`${command}\` writes it.`);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** @param {import("../report.js").Report} report */
const machine = ({ cpu, cores, node, v8, date }) =>
  `Measured on ${date}: ${cpu}, ${cores} cores, Node ${node} (V8 ${v8.split(".").slice(0, 2).join(".")}).`;

/** The libraries with their versions. @param {import("../report.js").Report} report */
function peers({ peers: names }) {
  const libraries = Object.entries(names).flatMap(([key, name]) =>
    key.startsWith("ours") || key === "limits" ? [] : [name],
  );
  return `${libraries.slice(0, -1).join(", ")} and ${libraries.at(-1)}`;
}

/** Every row that somebody is faster in, and why. @param {import("../report.js").Report} report */
function losses({ rows }) {
  const found = lossesOf(rows);
  if (found.length === 0) return "In no row is any of them faster.";
  const named = new Set(found.map(({ id }) => id)).size;
  const lines = found.map(
    ({ id, peer, title, ratio, limit }) =>
      `| ${id} | ${title} | ${showRatio(ratio)} | ${limit ? showRatio(limit) : ""} | ${reasonFor(id, peer)} |`,
  );
  return [
    `In ${named} of ${rows.length} rows one of the libraries takes less time than Cotangent, one thread against one, all of PyTorch's against all of ours:`,
    "",
    "| row | faster | its time by ours | the limit's | why |",
    "| --- | --- | ---: | ---: | --- |",
    ...lines,
  ].join("\n");
}

/** The range of first calls. @param {import("../report.js").Report} report */
function first({ rows }) {
  const times = rows.flatMap(({ group, cells }) =>
    group === "tutorial" && cells.ours?.first ? [cells.ours.first] : [],
  );
  return `${showTime(Math.min(...times))} to ${showTime(Math.max(...times))}`;
}

export function writeDocs() {
  const report = read("out/bench.json", "npm run bench");
  const structure = read("out/bench-structure.json", "npm run bench -- structure");
  const parts = {
    machine: machine(report),
    peers: peers(report),
    losses: losses(report),
    first: first(report),
    structure: structureTable(structure.cases, structure.peers),
    ...Object.fromEntries(groupsOf(report.rows).map(([group, rows]) => [group, markdownTable(rows)])),
  };
  const text = readFileSync(TEMPLATE, "utf8").replace(/\{\{([^}]*)\}\}/g, (_, name) => {
    if (!(name in parts))
      throw new Error(`${TEMPLATE} asks for "${name}", which out/bench.json has not: run it in full.`);
    return parts[name];
  });
  writeFileSync(OUT, text);
  console.log(`Wrote ${OUT}.`);
}
