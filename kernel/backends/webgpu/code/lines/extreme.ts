/**
 * @file Where the largest or smallest entry of each line is: the first of equal ones, the first NaN if there is one. A
 * workgroup goes over each line, or over each piece of it, and its invocations compare what they found as a tree.
 */
import type { LineOperation } from "../../../../loops/lines.ts";
import { Bindings, ELEMENT_BYTES } from "../bindings.ts";
import type { Calls } from "../expression.ts";
import { steppedLoop } from "../loop.ts";
import { widthFor } from "../map.ts";
import { type Dispatch, shader } from "../shader.ts";
import { entryText, type LineDispatches, type LineSite, linesOf } from "./line.ts";
import { opposedRankText, rankText } from "./order.ts";

const WIDTH = 256;
/** Up to here an invocation goes along the whole line. */
const SHORT = 32;
/** As many invocations as keep a graphics processor busy. */
const MANY = 65536;
/** A piece has at least so many entries per invocation. */
const LEAST_PIECE = 16;

type Extreme = LineOperation & { name: "argmax" | "argmin" };

export function extremeDispatches(site: LineSite<Extreme>): LineDispatches {
  const { extent } = site.operation;
  const lines = linesOf(site.operation);
  if (extent <= SHORT || lines >= MANY) return { dispatches: [alongLines(site)], scratch: 0 };
  const wanted = Math.ceil(MANY / (lines * WIDTH));
  const pieces = Math.max(1, Math.min(wanted, Math.floor(extent / (LEAST_PIECE * WIDTH))));
  if (pieces === 1) return { dispatches: [byGroups(site, "whole", 1, 0)], scratch: 0 };
  const scratch = lines * pieces * ELEMENT_BYTES;
  return { dispatches: [byGroups(site, "pieces", pieces, scratch), byGroups(site, "found", pieces, scratch)], scratch };
}

interface Search {
  readonly bindings: Bindings;
  readonly calls: Calls;
  /** Compares the entry `e` with the best so far. */
  readonly compare: readonly string[];
}

/** Before anything is compared: lower than all, or as low and farther. */
const NOTHING = ["var best = -2147483647 - 1;", "var place = 0xffffffffu;"];

function searchOf({ program, limits, kernel, operation }: LineSite<Extreme>, scratch: number): Search {
  const [from, to] = [kernel.inputs[0], kernel.outputs[0]];
  const { dtype } = program.buffers[from];
  const uses = [
    { buffer: from, writes: false },
    { buffer: to, writes: true },
  ];
  const bindings = new Bindings(program, limits, uses, scratch);
  const calls: Calls = new Set();
  const value = bindings.load(from, dtype, entryText(operation, "line", "e"));
  const rank = (operation.name === "argmax" ? rankText : opposedRankText)(calls, dtype, value);
  const compare = [
    `let rank = ${rank};`,
    "if (rank > best || (rank == best && e < place)) { best = rank; place = e; }",
  ];
  return { bindings, calls, compare };
}

function alongLines(site: LineSite<Extreme>): Dispatch {
  const { bindings, calls, compare } = searchOf(site, 0);
  const lines = linesOf(site.operation);
  const width = widthFor(lines);
  const body = [
    `let line = group * ${width}u + lane;`,
    `if (line >= ${lines}u) { return; }`,
    ...NOTHING,
    `for (var e = 0u; e < ${site.operation.extent}u; e = e + 1u) {`,
    ...compare.map((each) => `  ${each}`),
    "}",
    bindings.store(site.kernel.outputs[0], "int32", "i32(line)", "i32(place)"),
  ];
  return shader({ bindings, calls, width, groups: Math.ceil(lines / width), body });
}

/** @param over whole lines, the pieces of lines, or what was found in those */
function byGroups(
  site: LineSite<Extreme>,
  over: "whole" | "pieces" | "found",
  pieces: number,
  scratch: number,
): Dispatch {
  const { operation, kernel } = site;
  const { bindings, calls, compare } = searchOf(site, scratch);
  const size = Math.ceil(operation.extent / pieces);
  const line = over === "pieces" ? `group / ${pieces}u` : "group";
  const [begin, end] = {
    whole: ["lane", `${operation.extent}u`],
    pieces: ["piece + lane", `min(piece + ${size}u, ${operation.extent}u)`],
    found: ["lane", `${pieces}u`],
  }[over];
  const entry = over === "found" ? `u32(${bindings.load("scratch", "int32", `i32(line * ${pieces}u + k)`)})` : "k";
  const body = [
    `let line = ${line};`,
    ...(over === "pieces" ? [`let piece = (group % ${pieces}u) * ${size}u;`] : []),
    ...NOTHING,
    ...steppedLoop("k", begin, end, WIDTH, [`let e = ${entry};`, ...compare]),
    "ranks[lane] = best;",
    "places[lane] = place;",
    "workgroupBarrier();",
    `for (var half = ${WIDTH / 2}u; half > 0u; half = half >> 1u) {`,
    "  if (lane < half) {",
    "    let rank = ranks[lane + half];",
    "    let e = places[lane + half];",
    "    if (rank > ranks[lane] || (rank == ranks[lane] && e < places[lane])) { ranks[lane] = rank; places[lane] = e; }",
    "  }",
    "  workgroupBarrier();",
    "}",
    `if (lane == 0u) { ${bindings.store(over === "pieces" ? "scratch" : kernel.outputs[0], "int32", "i32(group)", "i32(places[0])")} }`,
  ];
  return shader({
    ...{ bindings, calls, width: WIDTH, groups: linesOf(operation) * (over === "pieces" ? pieces : 1), body },
    declarations: [`var<workgroup> ranks: array<i32, ${WIDTH}>;`, `var<workgroup> places: array<u32, ${WIDTH}>;`],
  });
}
