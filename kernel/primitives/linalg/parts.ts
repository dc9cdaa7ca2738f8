/** @file Between the arrays that a primitive is evaluated on and the workspace in which one part of them is computed. */
import type { TypedArray } from "../../dtype.ts";
import type { OpenWorkspace, Workspace } from "../../loops/workspace.ts";
import { PlainWorkspace } from "./numeric/plain.ts";

/** From so many multiplications per matrix on, operations of a backend are worth a call each. */
const WORTH_CALLS = 4000;
/** A larger workspace is not kept for the next evaluation. */
const KEPT_NUMBERS = 2 ** 20;

let plain = new PlainWorkspace();

/** An empty workspace for matrices that take `multiplications` each. */
export function workspaceFor(multiplications: number, open: OpenWorkspace | undefined): Workspace {
  if (open !== undefined && multiplications >= WORTH_CALLS) return open();
  if (plain.data.length > KEPT_NUMBERS) plain = new PlainWorkspace();
  plain.release(0);
  return plain;
}

interface Array {
  readonly data: TypedArray;
}

/** Below, a loop is faster than making a view and copying that. */
const SHORT = 256;

/** Takes a place for part `i` of as many equal parts as `count` says, and copies the part there. */
export function load(space: Workspace, { data }: Array, i: number, count: number): number {
  const size = data.length / count;
  const at = space.take(size);
  const { data: to } = space;
  const start = i * size;
  if (size <= SHORT) for (let j = 0; j < size; j++) to[at + j] = data[start + j];
  else to.set(data.subarray(start, start + size), at);
  return at;
}

/** Writes part `i` of equal parts of length `size`. */
export function store({ data: from }: Workspace, at: number, size: number, { data }: Array, i: number): void {
  const start = i * size;
  if (size <= SHORT) for (let j = 0; j < size; j++) data[start + j] = from[at + j];
  else data.set(from.subarray(at, at + size), start);
}
