/** @file Drawing: the shared generator, and what a draw does inside vmap. */
import { requireMemoryFor } from "../../budget.ts";
import type { DType, TypedArray } from "../../dtype.ts";
import { ArgumentError, TraceError } from "../../errors.ts";
import { constantNode } from "../../graph/node.ts";
import { runningTraces } from "../../graph/tracing.ts";
import { Generator } from "../../random/torch-generator.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { describe } from "../operands.ts";

export interface GeneratorOption {
  /** Default: the one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

export interface RandomOptions extends GeneratorOption {
  /** Default: the default type, float32 unless `setDefaultDtype` was called. */
  readonly dtype?: DType;
}

/** What draws take their numbers from unless they are given a generator. */
export const sharedGenerator = new Generator();

export function checkedShape(name: string, shape: Shape): Shape {
  if (Array.isArray(shape) && shape.every((extent) => Number.isInteger(extent) && extent >= 0)) return shape;
  const got = Array.isArray(shape) || typeof shape === "number" ? JSON.stringify(shape) : describe(shape);
  throw new ArgumentError(`${name}: expected a shape such as [2, 3], got ${got}. Use [n] for n numbers, [] for one.`);
}

/** Draws once, or for every example of the vmaps that run, as they ask for. `values` makes that many numbers. */
export function draw(name: string, shape: Shape, dtype: DType, values: (count: number) => TypedArray): Tensor {
  checkedShape(name, shape);
  const traces = runningTraces();
  const refusing = traces.find((trace) => trace.randomness === "error");
  if (refusing !== undefined) {
    throw new TraceError(
      refusing.transform === "vmap"
        ? `${name}: random numbers inside vmap are ambiguous. Give vmap {randomness: "different"} for new numbers per ` +
            'example, {randomness: "same"} for the same ones, or draw outside.'
        : `${name}: random numbers inside ${refusing.transform} would be drawn once for all its runs. Draw them outside and ` +
            "pass them in as an argument.",
    );
  }
  const different = traces.filter((trace) => trace.randomness === "different");
  const whole = [...different.map((trace) => trace.size), ...shape];
  requireMemoryFor(name, whole, dtype);
  let node = constantNode({ shape: whole, dtype }, values(sizeOf(whole)));
  for (const trace of different) node = trace.addMapped(node, { shape: node.shape.slice(1), dtype });
  return new Tensor(node);
}
