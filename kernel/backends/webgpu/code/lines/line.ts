/** @file What the code for operations on lines has in common: where the entries of a line are, and who works on it. */
import type { HostKernel, LoopProgram } from "../../../../loops/ir.ts";
import type { LineOperation, Lines } from "../../../../loops/lines.ts";
import type { Limits } from "../bindings.ts";
import type { Dispatch } from "../shader.ts";

/** An operation on lines, and the program that it is a part of. */
export interface LineSite<O = LineOperation> {
  readonly program: LoopProgram;
  readonly limits: Limits;
  readonly kernel: HostKernel;
  readonly operation: O;
}

export interface LineDispatches {
  readonly dispatches: readonly Dispatch[];
  /** Bytes behind the arena that they need meanwhile. */
  readonly scratch: number;
}

/** The position (an i32) of an entry (an u32) of the line with the number `line` (an u32). */
export function entryText({ extent, inner }: Lines, line: string, entry: string): string {
  if (inner === 1) return `i32(${line} * ${extent}u + ${entry})`;
  return `i32((${line} / ${inner}u) * ${extent * inner}u + ${entry} * ${inner}u + ${line} % ${inner}u)`;
}

/** How many lines there are. */
export const linesOf = ({ outer, inner }: Lines): number => outer * inner;
