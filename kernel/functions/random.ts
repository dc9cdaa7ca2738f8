/** @file Random tensors, drawn from PyTorch's CPU stream: the same seed gives the same numbers as there. */
import { allocate, type DType, type TypedArray } from "../dtype.ts";
import { ArgumentError, DTypeError, showShape, TraceError } from "../errors.ts";
import { constantNode, type Node } from "../graph/node.ts";
import { type MappingTrace, runningTraces } from "../graph/tracing.ts";
import { Generator } from "../random/torch-generator.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

export interface RandomOptions {
  /** Default: float32. */
  readonly dtype?: DType;
  /** Default: the one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

const shared = new Generator();

/** Starts the default stream from `seed`, as `torch.manual_seed`; returns its generator. */
export const manualSeed = (seed: number): Generator => shared.manualSeed(seed);

/** A fresh draw, or what an earlier chunk of a vmap with randomness "same" has drawn at this point. */
function shareDrawn(traces: readonly MappingTrace[], make: () => Node): Node {
  const sharing = traces.filter((trace) => trace.randomness === "same");
  const source = sharing.findLastIndex((trace) => trace.used < trace.drawn.length);
  const node = source < 0 ? make() : sharing[source].drawn[sharing[source].used++];
  for (const trace of sharing.slice(source + 1)) {
    trace.drawn.push(node);
    trace.used++;
  }
  return node;
}

/** Draws once, or for every example of the vmaps that run, as they ask for. */
function draw(name: string, shape: Shape, dtype: DType, values: (count: number) => TypedArray): Tensor {
  if (!Array.isArray(shape) || shape.some((extent) => !Number.isInteger(extent) || extent < 0)) {
    throw new ArgumentError(`${name}: expected a shape such as [2, 3], got ${JSON.stringify(shape)}.`);
  }
  const traces = runningTraces();
  if (traces.some((trace) => trace.randomness === "error")) {
    throw new TraceError(
      `${name}: random numbers inside vmap are ambiguous. Give vmap {randomness: "different"} for new numbers per example, ` +
        '{randomness: "same"} for the same ones, or draw outside.',
    );
  }
  const different = traces.filter((trace) => trace.randomness === "different");
  const whole = [...different.map((trace) => trace.size), ...shape];
  let node = shareDrawn(traces, () => constantNode({ shape: whole, dtype }, values(sizeOf(whole))));
  for (const trace of different) node = trace.addMapped(node, { shape: node.shape.slice(1), dtype });
  return new Tensor(node);
}

function requireFloating(name: string, dtype: DType, shape: Shape): asserts dtype is "float32" | "float64" {
  if (dtype !== "float32" && dtype !== "float64") {
    throw new DTypeError(
      `${name}: expected float32 or float64 for shape ${showShape(shape)}, got ${dtype}. Use randint for integers.`,
    );
  }
}

/** Normal distribution, mean 0, standard deviation 1. */
export function randn(shape: Shape, { dtype = "float32", generator = shared }: RandomOptions = {}): Tensor {
  requireFloating("randn", dtype, shape);
  return draw("randn", shape, dtype, (count) =>
    dtype === "float32" ? generator.normalFloat32(count) : generator.normalFloat64(count),
  );
}

/** Uniform on [0, 1). */
export function rand(shape: Shape, { dtype = "float32", generator = shared }: RandomOptions = {}): Tensor {
  requireFloating("rand", dtype, shape);
  return draw("rand", shape, dtype, (count) =>
    dtype === "float32" ? generator.uniformFloat32(count) : generator.uniformFloat64(count),
  );
}

/** Integers from `low` up to but not including `high`, int32. */
export function randint(low: number, high: number, shape: Shape, { generator = shared }: RandomOptions = {}): Tensor {
  return draw("randint", shape, "int32", (count) => generator.randint(low, high, count));
}

/** The integers `0 … n − 1` in random order, int32. */
export function randperm(n: number, { generator = shared }: RandomOptions = {}): Tensor {
  return draw("randperm", [n], "int32", (count) => {
    // Inside vmap the count covers all examples, each with a permutation of its own.
    const values = allocate("int32", count);
    for (let start = 0; start < count; start += n) values.set(generator.permutation(n), start);
    return values;
  });
}
