/** @file Copies from one place of a program's memory to another, as loops make them before and after each iteration. */
import type { Copy, LoopProgram, Moving } from "../../../loops/ir.ts";
import { Bindings, type Limits } from "./bindings.ts";
import { widthFor } from "./map.ts";
import { type Dispatch, shader } from "./shader.ts";

export function copyDispatches(program: LoopProgram, limits: Limits, { from, to, size }: Copy): Dispatch[] {
  if (size === 0) return [];
  const bindings = new Bindings(program, limits, [
    { buffer: from.buffer, writes: false },
    { buffer: to.buffer, writes: true },
  ]);
  const { dtype } = program.buffers[to.buffer];
  const at = ({ offset, advance }: Moving): string => `(i32(point) + ${offset} + count * ${advance})`;
  const width = widthFor(size);
  const body = [
    `let point = group * ${width}u + lane;`,
    `if (point >= ${size}u) { return; }`,
    bindings.store(to.buffer, dtype, at(to), bindings.load(from.buffer, dtype, at(from))),
  ];
  const groups = Math.ceil(size / width);
  return [shader({ bindings, calls: new Set(), width, groups, body, counts: true })];
}
