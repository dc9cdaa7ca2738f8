/** @file Places in sorted lines, an invocation for each; and the last of several writers of a place. */
import type { LineOperation } from "../../../../loops/lines.ts";
import { Bindings } from "../bindings.ts";
import type { Calls } from "../expression.ts";
import { widthFor } from "../map.ts";
import { type Dispatch, shader } from "../shader.ts";
import { entryText, type LineDispatches, type LineSite } from "./line.ts";
import { rankText } from "./order.ts";

export function searchDispatches(site: LineSite<LineOperation & { name: "searchSorted" }>): LineDispatches {
  const { program, limits, kernel, operation } = site;
  const [sorted, values] = kernel.inputs;
  const [to] = kernel.outputs;
  const { dtype, size } = program.buffers[values];
  const bindings = new Bindings(program, limits, [
    { buffer: sorted, writes: false },
    { buffer: values, writes: false },
    { buffer: to, writes: true },
  ]);
  const calls: Calls = new Set();
  const width = widthFor(size);
  const entry = rankText(calls, dtype, bindings.load(sorted, dtype, entryText(operation, "line", "middle")));
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${size}u) { return; }`,
    `let line = point / ${operation.values}u;`,
    `let rank = ${rankText(calls, dtype, bindings.load(values, dtype, "i32(point)"))};`,
    "var begin = 0u;",
    `var end = ${operation.extent}u;`,
    "while (begin < end) {",
    "  let middle = (begin + end) >> 1u;",
    `  let entry = ${entry};`,
    `  if (${operation.right ? "entry <= rank" : "entry < rank"}) { begin = middle + 1u; } else { end = middle; }`,
    "}",
    bindings.store(to, "int32", "i32(point)", "i32(begin)"),
  ];
  return { dispatches: [shader({ bindings, calls, width, groups: Math.ceil(size / width), body })], scratch: 0 };
}

/** Writers are numbered from 1 meanwhile, so that the largest number wins against 0, which is nobody. */
export function lastWriterDispatches(site: LineSite<LineOperation & { name: "lastWriter" }>): LineDispatches {
  const { program, limits, kernel, operation } = site;
  const [from] = kernel.inputs;
  const [to] = kernel.outputs;
  const { inner, places } = operation;
  const each = (size: number, bindings: Bindings, body: readonly string[]): Dispatch => {
    const width = widthFor(size);
    const lines = [`let point = group * ${width}u + lane;`, `if (point >= ${size}u) { return; }`, ...body];
    return shader({ bindings, calls: new Set(), width, groups: Math.ceil(size / width), body: lines });
  };
  const { size } = program.buffers[to];
  const result = new Bindings(program, limits, [{ buffer: to, writes: true }]);
  const nobody = each(size, result, [result.store(to, "int32", "i32(point)", "0")]);
  const named = each(size, result, [
    result.store(to, "int32", "i32(point)", `${result.load(to, "int32", "i32(point)")} - 1`),
  ]);
  const written = new Bindings(program, limits, [
    { buffer: from, writes: false },
    { buffer: to, writes: true },
  ]);
  written.makeAtomic(to);
  const writing = each(program.buffers[from].size, written, [
    `let position = ${written.load(from, "int32", "i32(point)")};`,
    `let place = clamp(select(position, position + ${places}, position < 0), 0, ${places - 1});`,
    `let writer = (point / ${inner}u) % ${operation.extent}u;`,
    `let at = i32(point / ${operation.extent * inner}u) * ${places * inner} + place * ${inner} + i32(point % ${inner}u);`,
    `atomicMax(${written.atomic(to, "at")}, writer + 1u);`,
  ]);
  return { dispatches: [nobody, writing, named], scratch: 0 };
}
