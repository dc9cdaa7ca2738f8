/**
 * @file `npm run bench [-- --only TEXT] [--peers a,b] [--seconds N] [--quick] [--markdown] [--gpu]`: each case here and in every peer
 * that can be had, in turns, so that whatever else the machine does falls on all; with --gpu, those on WebGPU in a page of Chromium. Prints a table per group and writes
 * out/bench.json, from which `npm run bench:docs` makes docs/performance.md.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cases } from "./cases/all.js";
import { lossesOf } from "./losses.js";
import { measure } from "./measure.js";
import { machine } from "./report.js";
import { sides } from "./sides.js";
import { caseBlock, groupsOf, markdownTable, plainTable, showRatio } from "./table.js";

const WARM_UP = { full: 150, quick: 50 };

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    peers: { type: "string" },
    seconds: { type: "string" },
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    gpu: { type: "boolean", default: false },
    docs: { type: "boolean", default: false },
  },
});

if (options.docs) {
  const { writeDocs } = await import("./docs/write.js");
  writeDocs();
  process.exit();
}

const seconds = Number(options.seconds ?? (options.quick ? 0.3 : 2));
const chosen = cases.filter(
  ({ id, group, quick }) => `${group}: ${id}`.includes(options.only) && (!options.quick || options.only || quick),
);
const { found: all, missing, known } = sides(options.peers?.split(",") ?? null, options.gpu);
const strangers = options.peers?.split(",").filter((peer) => !known.includes(peer)) ?? [];
if (!chosen.length || !(seconds > 0) || strangers.length) {
  console.error(
    `--only must be part of a group or case: ${groupsOf(cases)
      .map(([group]) => group)
      .join(", ")}; ` + `--peers some of ${known.join(",")}; --seconds a number above 0.`,
  );
  process.exit(2);
}

const found = [];
for (const side of all) {
  try {
    await side.start();
    found.push(side);
  } catch (error) {
    if (side === all[0]) throw error;
    missing.push({ key: side.key, reason: error.message });
  }
}
for (const { key, reason } of missing) console.log(`Without ${key}: ${reason}`);
const stamp = machine(found);
console.log(`${Object.values(stamp.peers).join(", ")}; ${stamp.cpu}, ${stamp.cores} cores\n`);

const rows = [];
for (const spec of chosen) {
  const { id, group, computes, work } = spec;
  const limits = { milliseconds: 1000 * seconds, warmUp: options.quick ? WARM_UP.quick : WARM_UP.full };
  rows.push({ id, group, computes, work, ...(await measure(spec, found, limits)) });
  if (!options.markdown) console.log(`${caseBlock(rows.at(-1))}\n`);
}
for (const side of found) side.stop();

for (const [group, members] of groupsOf(rows)) {
  console.log(options.markdown ? `## ${group}\n\n${markdownTable(members)}\n` : `${group}\n${plainTable(members)}\n`);
}
console.log(
  "Median time per call, of ours with the middle half of all turns; the ratio is how many times ours a side takes, the " +
    "median over neighbouring turns: below 1× the other side is faster.",
);
for (const { id, title, ratio } of lossesOf(rows)) console.log(`Slower than ${title}: ${id}, ${showRatio(ratio)}`);
// What is not a full run must not pass for one.
const name = options.gpu ? "bench-gpu" : "bench";
const file = `out/${name}${options.only || options.peers || options.quick ? "-partial" : ""}.json`;
mkdirSync("out", { recursive: true });
writeFileSync(file, `${JSON.stringify({ ...stamp, rows }, null, 1)}\n`);
console.log(`Written to ${file}.`);
const wrong = rows.filter(({ error }) => error);
for (const { id, error } of wrong) console.error(`${id}: ${error}`);
process.exitCode = wrong.length ? 1 : 0;
