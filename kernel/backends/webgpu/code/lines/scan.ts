/**
 * @file Running totals along lines. A short line has one invocation. A long one is cut into chunks, each the work of a
 * workgroup, whose invocations add up a few neighbours and then combine what they have (W. D. Hillis, G. L. Steele, Data
 * parallel algorithms, 1986); the totals of the chunks are totalled in the same way, and added to what comes after.
 */
import type { LineOperation } from "../../../../loops/lines.ts";
import { Bindings, ELEMENT_BYTES, typeOf } from "../bindings.ts";
import { constantText } from "../expression.ts";
import { steppedLoop } from "../loop.ts";
import { widthFor } from "../map.ts";
import { type Dispatch, shader } from "../shader.ts";
import { entryText, type LineDispatches, type LineSite, linesOf } from "./line.ts";

const WIDTH = 256;
/** Neighbours that an invocation adds up. */
const EACH = 8;
const CHUNK = WIDTH * EACH;
/** Up to here an invocation goes along the whole line. */
const SHORT = 32;
/** With so many lines there is work enough for all invocations, whatever their length. */
const MANY_LINES = 65536;

export function scanDispatches(site: LineSite<LineOperation & { name: "cumsum" }>): LineDispatches {
  const { extent } = site.operation;
  const lines = linesOf(site.operation);
  if (extent <= SHORT || lines >= MANY_LINES) return { dispatches: [alongLines(site)], scratch: 0 };
  const chunks = Math.ceil(extent / CHUNK);
  if (chunks === 1) return { dispatches: [overChunks(site, 1, 0)], scratch: 0 };
  const scratch = lines * chunks * ELEMENT_BYTES;
  return {
    dispatches: [overChunks(site, chunks, scratch), overTotals(site, chunks, scratch), added(site, chunks, scratch)],
    scratch,
  };
}

const usesOf = ({ kernel }: LineSite) => [
  { buffer: kernel.inputs[0], writes: false },
  { buffer: kernel.outputs[0], writes: true },
];

function alongLines({ program, limits, kernel, operation }: LineSite): Dispatch {
  const [from, to] = [kernel.inputs[0], kernel.outputs[0]];
  const { dtype } = program.buffers[to];
  const bindings = new Bindings(program, limits, usesOf({ program, limits, kernel, operation }));
  const lines = linesOf(operation);
  const width = widthFor(lines);
  const at = entryText(operation, "line", "e");
  const body = [
    `let line = group * ${width}u + lane;`,
    `if (line >= ${lines}u) { return; }`,
    `var total = ${constantText(new Set(), dtype, 0)};`,
    `for (var e = 0u; e < ${operation.extent}u; e = e + 1u) {`,
    `  total = total + ${bindings.load(from, dtype, at)};`,
    `  ${bindings.store(to, dtype, at, "total")}`,
    "}",
  ];
  return shader({ bindings, calls: new Set(), width, groups: Math.ceil(lines / width), body });
}

/** Lines that leave the running totals of a chunk's entries in `own`, and what came before this invocation's in `before`. */
function chunkLines(type: string, zero: string, load: (entry: string) => string, end: string): string[] {
  return [
    `var own: array<${type}, ${EACH}>;`,
    `var total: ${type} = ${zero};`,
    `for (var i = 0u; i < ${EACH}u; i = i + 1u) {`,
    "  let e = start + i;",
    `  if (e < ${end}) { total = total + ${load("e")}; }`,
    "  own[i] = total;",
    "}",
    "shared_[lane] = total;",
    "workgroupBarrier();",
    `for (var reach = 1u; reach < ${WIDTH}u; reach = reach << 1u) {`,
    `  var left: ${type} = ${zero};`,
    "  if (lane >= reach) { left = shared_[lane - reach]; }",
    "  workgroupBarrier();",
    "  shared_[lane] = left + shared_[lane];",
    "  workgroupBarrier();",
    "}",
    `var before: ${type} = ${zero};`,
    "if (lane > 0u) { before = shared_[lane - 1u]; }",
  ];
}

function overChunks(site: LineSite, chunks: number, scratch: number): Dispatch {
  const { program, limits, kernel, operation } = site;
  const [from, to] = [kernel.inputs[0], kernel.outputs[0]];
  const { dtype } = program.buffers[to];
  const bindings = new Bindings(program, limits, usesOf(site), scratch);
  const zero = constantText(new Set(), dtype, 0);
  const body = [
    `let line = group / ${chunks}u;`,
    `let start = (group % ${chunks}u) * ${CHUNK}u + lane * ${EACH}u;`,
    ...chunkLines(
      typeOf(dtype),
      zero,
      (e) => bindings.load(from, dtype, entryText(operation, "line", e)),
      `${operation.extent}u`,
    ),
    `for (var i = 0u; i < ${EACH}u; i = i + 1u) {`,
    "  let e = start + i;",
    `  if (e < ${operation.extent}u) { ${bindings.store(to, dtype, entryText(operation, "line", "e"), "before + own[i]")} }`,
    "}",
    ...(scratch > 0
      ? [`if (lane == ${WIDTH - 1}u) { ${bindings.store("scratch", dtype, "i32(group)", "before + total")} }`]
      : []),
  ];
  return shader({
    ...{ bindings, calls: new Set(), width: WIDTH, groups: linesOf(operation) * chunks, body },
    declarations: [`var<workgroup> shared_: array<${typeOf(dtype)}, ${WIDTH}>;`],
  });
}

/** The running totals of the chunks of each line, by one workgroup. */
function overTotals({ program, limits, kernel, operation }: LineSite, chunks: number, scratch: number): Dispatch {
  const { dtype } = program.buffers[kernel.outputs[0]];
  const bindings = new Bindings(program, limits, [], scratch);
  const zero = constantText(new Set(), dtype, 0);
  const at = (e: string): string => `i32(group * ${chunks}u + ${e})`;
  const body = [
    `var carry: ${typeOf(dtype)} = ${zero};`,
    ...steppedLoop("begin", "0u", `${chunks}u`, CHUNK, [
      `let start = begin + lane * ${EACH}u;`,
      ...chunkLines(typeOf(dtype), zero, (e) => bindings.load("scratch", dtype, at(e)), `${chunks}u`),
      `for (var i = 0u; i < ${EACH}u; i = i + 1u) {`,
      "  let e = start + i;",
      `  if (e < ${chunks}u) { ${bindings.store("scratch", dtype, at("e"), "carry + (before + own[i])")} }`,
      "}",
      `carry = carry + shared_[${WIDTH - 1}u];`,
      "workgroupBarrier();",
    ]),
  ];
  return shader({
    ...{ bindings, calls: new Set(), width: WIDTH, groups: linesOf(operation), body },
    declarations: [`var<workgroup> shared_: array<${typeOf(dtype)}, ${WIDTH}>;`],
  });
}

/** Adds to each entry the total of the chunks before its own. */
function added({ program, limits, kernel, operation }: LineSite, chunks: number, scratch: number): Dispatch {
  const [to] = kernel.outputs;
  const { dtype, size } = program.buffers[to];
  const bindings = new Bindings(program, limits, [{ buffer: to, writes: true }], scratch);
  const at = entryText(operation, "line", "e");
  const before = bindings.load("scratch", dtype, `i32(line * ${chunks}u + chunk - 1u)`);
  const body = [
    `let point = group * ${WIDTH}u + lane;`,
    `if (point >= ${size}u) { return; }`,
    `let line = point / ${operation.extent}u;`,
    `let e = point % ${operation.extent}u;`,
    `let chunk = e / ${CHUNK}u;`,
    "if (chunk == 0u) { return; }",
    bindings.store(to, dtype, at, `${before} + ${bindings.load(to, dtype, at)}`),
  ];
  return shader({ bindings, calls: new Set(), width: WIDTH, groups: Math.ceil(size / WIDTH), body });
}
