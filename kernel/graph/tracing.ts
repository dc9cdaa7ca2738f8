/** @file The vmaps that run at the moment, innermost last: random draws must know whether they are being mapped. */
import type { Node, TensorType, Trace } from "./node.ts";

/** What a random draw inside vmap does: fail, give every example the same numbers, or draw for each example. */
export const RANDOMNESS = ["error", "same", "different"] as const;
export type Randomness = (typeof RANDOMNESS)[number];

export interface MappingTrace extends Trace {
  readonly size: number;
  readonly randomness: Randomness;
  /** A placeholder for one entry along axis 0 of `values`. */
  addMapped(values: Node, entry: TensorType): Node;
}

/** The trace of a body that runs many times, or later: nothing is drawn in it, since it would be drawn once for all. */
export const withoutValues = (transform: string): MappingTrace => ({
  transform,
  open: true,
  size: 1,
  randomness: "error",
  addMapped: (values) => values,
});

const running: MappingTrace[] = [];

export function whileTracing<T>(trace: MappingTrace, body: () => T): T {
  running.push(trace);
  try {
    return body();
  } finally {
    running.pop();
    trace.open = false;
  }
}

export const runningTraces = (): readonly MappingTrace[] => running;
