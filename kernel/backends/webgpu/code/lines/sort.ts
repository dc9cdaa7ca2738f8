/**
 * @file The order of the entries of lines. Pairs of an entry's rank and its place are all different, so that any sorting of
 * them is a stable sorting of the entries. Short lines are sorted by counting, for each entry, how many come before it;
 * longer ones by K. Batcher's bitonic network (Sorting networks and their applications, 1968): in the memory of a workgroup
 * as far as it goes, beyond it in steps over the whole line.
 */
import type { LineOperation } from "../../../../loops/lines.ts";
import { Bindings, ELEMENT_BYTES } from "../bindings.ts";
import type { Calls } from "../expression.ts";
import { sharedLoop } from "../loop.ts";
import { widthFor } from "../map.ts";
import { type Dispatch, shader } from "../shader.ts";
import { entryText, type LineDispatches, type LineSite, linesOf } from "./line.ts";
import { rankText } from "./order.ts";

/** Up to here all entries are compared with all. */
const SHORT = 32;
/** Pairs in the memory of a workgroup: 16 KiB, which every graphics processor has. */
const BLOCK = 2048;

type Sorting = LineOperation & { name: "argsort" };

/** @returns null if the pairs of all lines are more than a shader may see: then the order is found here */
export function sortDispatches(site: LineSite<Sorting>): LineDispatches | null {
  const { extent } = site.operation;
  if (extent <= SHORT) return { dispatches: [byCounting(site)], scratch: 0 };
  const padded = 2 ** Math.ceil(Math.log2(extent));
  if (padded <= BLOCK) return { dispatches: [inBlocks(site, padded, 0)], scratch: 0 };
  const scratch = 2 * linesOf(site.operation) * padded * ELEMENT_BYTES;
  if (site.program.arenaBytes + scratch > site.limits.bindingBytes) return null;
  const stages = Math.log2(padded / BLOCK);
  const dispatches = [
    inBlocks(site, BLOCK, scratch),
    merged(site, padded, stages, scratch),
    written(site, padded, scratch),
  ];
  return { dispatches, scratch };
}

interface Opened {
  readonly bindings: Bindings;
  readonly calls: Calls;
  /** The rank of the entry of a line. */
  readonly rank: (entry: string) => string;
  readonly store: (entry: string, place: string) => string;
}

function open({ program, limits, kernel, operation }: LineSite<Sorting>, scratch: number): Opened {
  const [from, to] = [kernel.inputs[0], kernel.outputs[0]];
  const uses = [
    { buffer: from, writes: false },
    { buffer: to, writes: true },
  ];
  const bindings = new Bindings(program, limits, uses, scratch);
  const calls: Calls = new Set();
  const { dtype } = program.buffers[from];
  return {
    bindings,
    calls,
    rank(entry) {
      const rank = rankText(calls, dtype, bindings.load(from, dtype, entryText(operation, "line", entry)));
      return operation.descending ? `(~${rank})` : rank;
    },
    store: (entry, place) => bindings.store(to, "int32", entryText(operation, "line", entry), place),
  };
}

function byCounting(site: LineSite<Sorting>): Dispatch {
  const { bindings, calls, rank, store } = open(site, 0);
  const { extent } = site.operation;
  const points = linesOf(site.operation) * extent;
  const width = widthFor(points);
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${points}u) { return; }`,
    `let line = point / ${extent}u;`,
    `let own = point % ${extent}u;`,
    `let rank = ${rank("own")};`,
    "var before = 0u;",
    `for (var e = 0u; e < ${extent}u; e = e + 1u) {`,
    `  let other = ${rank("e")};`,
    "  before = before + select(0u, 1u, other < rank || (other == rank && e < own));",
    "}",
    store("before", "i32(own)"),
  ];
  return shader({ bindings, calls, width, groups: Math.ceil(points / width), body });
}

const AFTER =
  "fn isAfter(rank: i32, place: u32, rank2: i32, place2: u32) -> bool { return rank > rank2 || (rank == rank2 && place > place2); }";

/** Steps of the network within a workgroup's memory, for runs of `run` pairs, of which those `by` apart come first. */
const stepLines = (block: number, width: number, run: string, by: string): string[] => [
  `for (var apart = ${by}; apart > 0u; apart = apart >> 1u) {`,
  "  workgroupBarrier();",
  ...sharedLoop("t", block / 2, width, [
    "let low = ((t & ~(apart - 1u)) << 1u) | (t & (apart - 1u));",
    "let high = low + apart;",
    `let isRising = ((first + low) & ${run}) == 0u;`,
    "if (isAfter(ranks[low], places[low], ranks[high], places[high]) == isRising) {",
    "  let rank = ranks[low];",
    "  let place = places[low];",
    "  ranks[low] = ranks[high];",
    "  places[low] = places[high];",
    "  ranks[high] = rank;",
    "  places[high] = place;",
    "}",
  ]),
  "}",
];

const memoryOf = (block: number): string[] => [
  `var<workgroup> ranks: array<i32, ${block}>;`,
  `var<workgroup> places: array<u32, ${block}>;`,
];

const widthOf = (block: number): number => Math.min(256, Math.max(32, block / 2));

/** Where the rank of a pair lies behind the arena; the places come after all ranks. */
const pairAt = (pair: string): string => `i32(${pair})`;
const placeAt = (pairs: number, pair: string): string => `i32(${pairs}u + ${pair})`;

/** Sorts blocks of the lines: whole lines, and writes their order; or parts of them, up and down in turns, as pairs. */
function inBlocks(site: LineSite<Sorting>, block: number, scratch: number): Dispatch {
  const { bindings, calls, rank, store } = open(site, scratch);
  const { extent } = site.operation;
  const blocks = scratch === 0 ? 1 : 2 ** Math.ceil(Math.log2(extent)) / block;
  const pairs = linesOf(site.operation) * blocks * block;
  const width = widthOf(block);
  const done =
    scratch === 0
      ? [`if (i < ${extent}u) { ${store("i", "i32(places[i])")} }`]
      : [
          bindings.store("scratch", "int32", pairAt(`group * ${block}u + i`), "ranks[i]"),
          bindings.store("scratch", "int32", placeAt(pairs, `group * ${block}u + i`), "i32(places[i])"),
        ];
  const body = [
    `let line = group / ${blocks}u;`,
    `let first = (group % ${blocks}u) * ${block}u;`,
    ...sharedLoop("i", block, width, [
      "let e = first + i;",
      "places[i] = e;",
      // What fills up the last block comes after everything: its places are the largest.
      `if (e < ${extent}u) { ranks[i] = ${rank("e")}; } else { ranks[i] = 2147483647; }`,
    ]),
    `for (var run = 2u; run <= ${block}u; run = run << 1u) {`,
    ...stepLines(block, width, "run", "run >> 1u").map((line) => `  ${line}`),
    "}",
    "workgroupBarrier();",
    ...sharedLoop("i", block, width, done),
  ];
  const declarations = [AFTER, ...memoryOf(block)];
  return shader({ bindings, calls, width, groups: linesOf(site.operation) * blocks, body, declarations });
}

/**
 * The stages of the network beyond a block: stage s makes runs of 2^(s + 1) blocks by s + 1 steps over the whole line and
 * one within each block.
 */
function merged(
  { program, limits, operation }: LineSite<Sorting>,
  padded: number,
  stages: number,
  scratch: number,
): Dispatch {
  const bindings = new Bindings(program, limits, [], scratch);
  const width = widthOf(BLOCK);
  const blocks = padded / BLOCK;
  const pairs = linesOf(operation) * padded;
  const load = (pair: string): { rank: string; place: string } => ({
    rank: bindings.load("scratch", "int32", pairAt(pair)),
    place: `u32(${bindings.load("scratch", "int32", placeAt(pairs, pair))})`,
  });
  const store = (pair: string, rank: string, place: string): string[] => [
    bindings.store("scratch", "int32", pairAt(pair), rank),
    bindings.store("scratch", "int32", placeAt(pairs, pair), `i32(${place})`),
  ];
  const [low, high] = [load("begin + low"), load("begin + high")];
  const all = load(`group * ${BLOCK}u + i`);
  const body = [
    "var stage = 0u;",
    "var step = u32(count);",
    "while (step >= stage + 2u) { step = step - stage - 2u; stage = stage + 1u; }",
    `let run = ${BLOCK}u << (stage + 1u);`,
    `let first = (group % ${blocks}u) * ${BLOCK}u;`,
    "if (step <= stage) {",
    "  let apart = run >> (step + 1u);",
    `  let begin = (group / ${blocks}u) * ${padded}u;`,
    ...sharedLoop("i", BLOCK / 2, width, [
      "let t = first / 2u + i;",
      "let low = ((t & ~(apart - 1u)) << 1u) | (t & (apart - 1u));",
      "let high = low + apart;",
      `let rank = ${low.rank};`,
      `let place = ${low.place};`,
      `let rank2 = ${high.rank};`,
      `let place2 = ${high.place};`,
      "if (isAfter(rank, place, rank2, place2) == ((low & run) == 0u)) {",
      ...store("begin + low", "rank2", "place2"),
      ...store("begin + high", "rank", "place"),
      "}",
    ]),
    "  return;",
    "}",
    ...sharedLoop("i", BLOCK, width, [`ranks[i] = ${all.rank};`, `places[i] = ${all.place};`]),
    ...stepLines(BLOCK, width, "run", `${BLOCK / 2}u`),
    "workgroupBarrier();",
    ...sharedLoop("i", BLOCK, width, store(`group * ${BLOCK}u + i`, "ranks[i]", "places[i]")),
  ];
  // 2 steps in stage 0, one more in each that follows.
  const times = (stages * (stages + 3)) / 2;
  const declarations = [AFTER, ...memoryOf(BLOCK)];
  const groups = linesOf(operation) * blocks;
  return shader({ bindings, calls: new Set(), width, groups, body, declarations, times, counts: true });
}

/** The places of the sorted pairs, to where the result belongs. */
function written(site: LineSite<Sorting>, padded: number, scratch: number): Dispatch {
  const { bindings, calls, store } = open(site, scratch);
  const { extent } = site.operation;
  const lines = linesOf(site.operation);
  const points = lines * extent;
  const width = widthFor(points);
  const place = bindings.load("scratch", "int32", placeAt(lines * padded, `line * ${padded}u + e`));
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${points}u) { return; }`,
    `let line = point / ${extent}u;`,
    `let e = point % ${extent}u;`,
    store("e", place),
  ];
  return shader({ bindings, calls, width, groups: Math.ceil(points / width), body });
}
