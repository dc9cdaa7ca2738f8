/**
 * @file `npm run bench [-- --only TEXT] [--seconds N]`: the tutorial's derivatives here and in PyTorch, call by call in
 * turn, so that whatever else the machine does falls on both. Prints a table and writes out/bench.json.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cases } from "./cases.js";
import { Peer } from "./peer.js";
import { findPython } from "./python.js";
import { median } from "./statistics.js";
import { agreement, callsPerTurn } from "./turns.js";

const LEAST_TURNS = 5;

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, seconds: { type: "string", default: "3" } },
});
const milliseconds = 1000 * Number(options.seconds);
const chosen = cases.filter(({ id }) => id.includes(options.only));
if (!chosen.length || !(milliseconds > 0)) {
  console.error(`--only must be part of one of: ${cases.map(({ id }) => id).join(", ")}; --seconds a number above 0.`);
  process.exit(2);
}

/** Times one case on all peers in turns. @param {import("./cases.js").Case} spec @param {readonly Peer[]} peers */
async function measure(spec, peers) {
  const sides = [];
  for (const peer of peers) {
    const prepared = await peer.ask({ prepare: spec });
    sides.push({ peer, ...prepared, calls: await callsPerTurn(peer), times: [] });
  }
  const start = performance.now();
  for (let turn = 0; turn < LEAST_TURNS || performance.now() - start < milliseconds; turn++) {
    // Each goes first every other time.
    for (const side of turn % 2 ? [...sides].reverse() : sides) {
      const { time } = await side.peer.ask({ run: side.calls });
      side.times.push(time / side.calls);
    }
  }
  return sides;
}

const time = (/** @type {number | undefined} */ ms) => (ms === undefined ? "–" : `${ms.toPrecision(3)} ms`);
const count = (/** @type {number} */ n) => n.toLocaleString("en");

const folder = import.meta.dirname;
const python = findPython();
const peers = [await Peer.start(process.execPath, [path.join(folder, "ours.js")])];
if (python) peers.push(await Peer.start(python, [path.join(folder, "pytorch.py")]));
console.log(
  `${peers.map(({ name }) => name).join(" and ")}, ${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores\n`,
);

const header = ["", "ours", "PyTorch", "ratio", "first call", "result", "multiplications", "dense seed", "values"];
const table = [header];
const rows = [];
let wrong = 0;
for (const spec of chosen) {
  process.stderr.write(`${spec.id} …\n`);
  try {
    const [ours, theirs] = await measure(spec, peers);
    const values = theirs ? agreement(ours.leaves, theirs.leaves) : "";
    if (theirs && values !== "same") wrong++;
    const row = {
      ...spec,
      ours: median(ours.times),
      theirs: theirs && median(theirs.times),
      // Of neighbouring turns, so that a slow moment of the machine cancels.
      ratio: theirs && median(ours.times.map((t, i) => theirs.times[i] / t)),
      turns: ours.times.length,
      first: ours.first,
      theirThreads: theirs?.threads,
      values,
      leaves: ours.leaves,
    };
    rows.push(row);
    const shape = ours.leaves.map((leaf) => leaf.shape.join("×")).join(", ");
    const ratio = row.ratio === undefined ? "–" : `${row.ratio.toPrecision(3)}×`;
    const numbers = [count(spec.needed), count(spec.dense)];
    table.push([spec.id, time(row.ours), time(row.theirs), ratio, time(row.first), shape, ...numbers, values]);
  } catch (error) {
    wrong++;
    rows.push({ ...spec, error: String(error) });
    table.push([spec.id, String(error)]);
  }
}
for (const peer of peers) peer.stop();

const widths = header.map((_, i) =>
  Math.max(...table.filter((row) => row.length === header.length).map((row) => row[i].length)),
);
for (const row of table) {
  if (row.length !== header.length) console.log(row.join("  "));
  else console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "));
}
console.log(
  "\nMedian time per call; ratio: how many times longer PyTorch takes, median over turns; multiplications that the\n" +
    "closed form needs, and those of an identity matrix pushed through; values: whether both computed the same.",
);
mkdirSync("out", { recursive: true });
writeFileSync("out/bench.json", `${JSON.stringify({ peers: peers.map(({ name }) => name), rows }, null, 2)}\n`);
console.log("Written to out/bench.json.");
process.exitCode = wrong ? 1 : 0;
