/**
 * @file `npm run bench -- structure [--only TEXT] [--seconds N] [--markdown]`: how the cost of Jacobians and Hessians grows
 * with size, here with and without structure, in jax-js and in PyTorch, in turns. Prints a table per case, or one in
 * Markdown, and writes out/bench-structure.json (out/bench-structure-partial.json when only some are run).
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Late, Peer } from "../peer.js";
import { findPython } from "../python.js";
import { exponent, median, quantile } from "../statistics.js";
import { agreement, callsPerTurn } from "../turns.js";
import { cases, resultSize, taskOf } from "./cases.js";
import { markdownTable, plainTable } from "./table.js";

/** A call that takes longer (milliseconds) is not measured, nor are larger sizes. */
const LONGEST_CALL = 5000;
/** All that comes before timing: several calls, and whatever is compiled. */
const LONGEST_PREPARATION = 60_000;
const LEAST_TURNS = 7;
const LEAST_TURNS_IF_SLOW = 3;
const SLOW = 500;
const WARM_UP = 100;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    seconds: { type: "string", default: "0.5" },
    markdown: { type: "boolean", default: false },
  },
});
const milliseconds = 1000 * Number(options.seconds);
const chosen = cases.filter(({ id }) => id.includes(options.only));
if (!chosen.length || !(milliseconds > 0)) {
  console.error(`--only must be part of one of: ${cases.map(({ id }) => id).join("; ")}; --seconds a number above 0.`);
  process.exit(2);
}

/** A peer that is started again after it was ended for taking too long. */
class Side {
  /** @type {Peer | null} */
  peer = null;
  /** Why this size and larger ones of the case at hand are not measured: they take too long, or cannot be done. */
  skipped = "";
  failed = "";
  /** Its last two medians, to foresee the next. @type {number[]} */
  history = [];

  /** @param {string} key @param {readonly [string, ...string[]]} command */
  constructor(key, command) {
    this.key = key;
    this.command = command;
  }

  async start() {
    const [command, ...args] = this.command;
    this.peer ??= await Peer.start(command, args);
    return this.peer;
  }

  /** @param {object} request @param {number} limit */
  async ask(request, limit) {
    const peer = await this.start();
    try {
      return await peer.ask(request, limit);
    } catch (error) {
      if (error instanceof Late) this.peer = null;
      throw error;
    }
  }

  /** Milliseconds that a call at twice the size will take, if it goes on as it did. */
  get expected() {
    const [before, last] = this.history.slice(-2);
    return last === undefined ? (before ?? 0) * 4 : (last * last) / before;
  }
}

function sides() {
  const folder = import.meta.dirname;
  const node = process.execPath;
  const found = [
    new Side("ours", [node, path.join(folder, "ours.js"), "structured"]),
    new Side("vmap", [node, path.join(folder, "ours.js"), "vmap"]),
  ];
  if (existsSync(path.join(folder, "..", "node_modules", "@jax-js", "jax"))) {
    found.push(new Side("jax-js", [node, path.join(folder, "jax-js.js")]));
  } else {
    console.log(
      "No jax-js to compare with: `npm install --prefix bench` installs the version that bench/package.json names.\n",
    );
  }
  const { torch, reason } = findPython();
  if (torch) found.push(new Side("PyTorch", [torch, path.join(folder, "pytorch.py")]));
  else console.log(`No PyTorch to compare with: ${reason}\n`);
  return found;
}

/**
 * What one side computes, before it is timed; null when there is nothing.
 * @param {Side} side @param {import("./cases.js").Task} task
 */
async function prepared(side, task) {
  if (!side.skipped && side.expected > LONGEST_CALL) {
    side.skipped = `would take about ${(side.expected / 1000).toPrecision(2)} s`;
  }
  if (side.skipped || side.failed) return null;
  try {
    return await side.ask({ prepare: task }, LONGEST_PREPARATION);
  } catch (error) {
    if (error instanceof Late) side.skipped = error.message;
    else side.failed = error.message;
    return null;
  }
}

/** Times one task on all sides in turns. @param {import("./cases.js").Task} task @param {readonly Side[]} all */
async function measure(task, all) {
  const results = new Map();
  for (const side of all) {
    const answer = await prepared(side, task);
    if (answer === null) {
      results.set(side, { skipped: side.skipped, failed: side.failed });
      continue;
    }
    const { leaves, ...rest } = answer;
    const [reference] = [...results.values()].filter((result) => result.leaves);
    const values = reference ? agreement(leaves, reference.leaves) : "same";
    results.set(side, { ...rest, leaves, values });
  }
  // Only what is right is worth timing.
  const right = [...results].filter(([, { values }]) => values === "same");
  for (const [side, result] of right) {
    const { time } = await side.ask({ run: 1 }, LONGEST_PREPARATION);
    if (time > LONGEST_CALL) {
      side.skipped = `takes ${(time / 1000).toPrecision(2)} s`;
      results.set(side, { skipped: side.skipped });
      continue;
    }
    result.times = [];
    result.calls =
      time > WARM_UP ? 1 : await callsPerTurn((calls) => side.ask({ run: calls }, LONGEST_PREPARATION), WARM_UP);
    result.least = time > SLOW ? LEAST_TURNS_IF_SLOW : LEAST_TURNS;
  }
  const timed = right.filter(([, { times }]) => times !== undefined);
  const start = performance.now();
  for (let turn = 0; ; turn++) {
    const open = timed.filter(
      ([, { times, least }]) => times.length < least || performance.now() - start < milliseconds,
    );
    if (!timed.some(([, { times, least }]) => times.length < least) && performance.now() - start >= milliseconds) break;
    // Each goes first every other time.
    for (const [side, result] of turn % 2 ? [...open].reverse() : open) {
      const { time } = await side.ask({ run: result.calls }, LONGEST_PREPARATION);
      result.times.push(time / result.calls);
    }
  }
  for (const [side, result] of timed) side.history.push(median(result.times));
  return results;
}

/** What goes into the report of one side at one size. */
function entryOf({ skipped, failed, values, times, leaves, first, traced, mode, multiplications }) {
  if (skipped) return { skipped };
  if (failed) return { failed };
  if (!times) return { failed: values };
  const [low, high] = [quantile(times, 0.25), quantile(times, 0.75)];
  return {
    median: median(times),
    quartiles: [low, high],
    turns: times.length,
    first,
    traced,
    mode,
    multiplications,
    leaves,
  };
}

/** Growth of each column with n: the exponents. @param {readonly object[]} rows @param {readonly Side[]} all */
function growthOf(rows, all) {
  const fitted = (/** @type {(row: any) => number | undefined} */ pick) =>
    exponent(rows.flatMap((row) => (pick(row) === undefined ? [] : [[row.n, pick(row)]])));
  return {
    result: fitted((row) => row.result),
    dense: fitted((row) => row.dense),
    multiplications: Object.fromEntries(all.map(({ key }) => [key, fitted((row) => row.sides[key].multiplications)])),
    traced: fitted((row) => row.sides.ours.traced),
    time: Object.fromEntries(all.map(({ key }) => [key, fitted((row) => row.sides[key].median)])),
  };
}

const all = sides();
for (const side of all) await side.start();
const names = Object.fromEntries(all.map((side) => [side.key, side.peer?.name ?? side.key]));
const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, Node ${process.versions.node}`;
console.log(`${Object.values(names).join(", ")}; ${machine}\n`);

const report = [];
let wrong = 0;
for (const spec of chosen) {
  for (const side of all) {
    side.skipped = "";
    side.failed = "";
    side.history = [];
  }
  const rows = [];
  for (const n of spec.sizes) {
    process.stderr.write(`${spec.id}, ${spec.label(n)} …\n`);
    const results = await measure(taskOf(spec, n), all);
    const entries = Object.fromEntries([...results].map(([side, result]) => [side.key, entryOf(result)]));
    wrong += Object.values(entries).filter((entry) => entry.failed).length;
    rows.push({ n, label: spec.label(n), result: resultSize(spec, n), dense: spec.dense?.(n), sides: entries });
  }
  const done = { id: spec.id, rows, growth: growthOf(rows, all) };
  report.push(done);
  if (!options.markdown) console.log(plainTable(done, names));
}
for (const side of all) side.peer?.stop();
if (options.markdown) console.log(markdownTable(report, names));

mkdirSync("out", { recursive: true });
// What is not a full run must not pass for one.
const file = `out/bench-structure${options.only ? "-partial" : ""}.json`;
writeFileSync(file, `${JSON.stringify({ machine, peers: names, cases: report }, null, 2)}\n`);
console.log(`Written to ${file}.`);
process.exitCode = wrong ? 1 : 0;
