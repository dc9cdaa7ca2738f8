/**
 * @file `npm run bench [-- --only TEXT] [--seconds N]`: the tutorial's derivatives here and in PyTorch, call by call in
 * turn, so that whatever else the machine does falls on both. Prints a table and writes out/bench.json.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { cases } from "./cases.js";
import { Peer } from "./peer.js";

/** A turn lasts about this long (milliseconds): far above a clock's tick, far below the machine's moods. */
const TURN = 5;
const WARM_UP = 300;
const LEAST_TURNS = 5;
/** Relative to the norm of a result: float32 rounding is a hundred times less, a wrong entry far more. */
const TOLERANCE = 1e-5;

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, seconds: { type: "string", default: "3" } },
});
const milliseconds = 1000 * Number(options.seconds);
const chosen = cases.filter(({ id }) => id.includes(options.only));
if (!chosen.length || !(milliseconds > 0)) {
  console.error(`--only must be part of one of: ${cases.map(({ id }) => id).join(", ")}; --seconds a number above 0.`);
  process.exit(2);
}

/** A Python that can import torch and its function transforms. */
function findPython() {
  // The distribution's own interpreter sees the distribution's torch even where another comes first on PATH.
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];
  const probe = "import torch\ntry:\n import torch.func\nexcept ImportError:\n import functorch";
  const found = candidates.find((python) => spawnSync(python, ["-c", probe], { stdio: "ignore" }).status === 0);
  if (!found) {
    console.log(
      `No PyTorch to compare with: none of ${candidates.join(", ")} imports torch with torch.func or functorch. ` +
        "Set PYTHON to one that does. Our own times follow.\n",
    );
  }
  return found;
}

const median = (/** @type {readonly number[]} */ sample) => {
  const sorted = [...sample].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Warms a peer up and says how many calls make a turn. @param {Peer} peer */
async function callsPerTurn(peer) {
  let calls = 1;
  for (let spent = 0; ; ) {
    const { time } = await peer.ask({ run: calls });
    spent += time;
    if (spent >= WARM_UP) return Math.max(1, Math.round((TURN * calls) / time));
    // Never more than doubling: a first call may be far slower than the rest, or far faster.
    if (time < WARM_UP / 4) calls *= 2;
  }
}

/** Whether both computed the same tensors. */
function agreement(a, b) {
  if (a.length !== b.length) return `${a.length} tensors against ${b.length}`;
  for (const [i, ours] of a.entries()) {
    const theirs = b[i];
    if (ours.shape.join() !== theirs.shape.join()) return `shape [${ours.shape}] against [${theirs.shape}]`;
    const norm = Math.sqrt(theirs.squares);
    const off = Math.max(Math.abs(Math.sqrt(ours.squares) - norm), Math.abs(ours.weighed - theirs.weighed));
    if (!(off <= TOLERANCE * norm)) return `values differ by ${(off / norm).toExponential(1)} of the norm`;
  }
  return "same";
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
