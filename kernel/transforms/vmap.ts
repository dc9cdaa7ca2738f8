/** @file vmap: a function of one example becomes a function of all examples at once. */
import { broadcastLeading, diagonalEmbed, permute } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { slice } from "../functions/shape.ts";
import { constantNode, type Node, placeholderNode } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { type MappingTrace, RANDOMNESS, type Randomness, whileTracing } from "../graph/tracing.ts";
import { cut, padTo } from "../primitives/padded.ts";
import { broadcastPrefix, flatten, unflatten } from "../pytree.ts";
import { hostOf } from "../remote.ts";
import { moveAxisPermutation, normalizeAxis, type Shape, withoutAxes } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { batchNodes } from "../walks/batch.ts";
import { callOn, nodesOf, requireChunkSize, resultNodes } from "./arguments.ts";
import { inChunks, type Rows, ranges } from "./chunks.ts";
import { derivationName, derivedFunction } from "./naming.ts";
import { requireFunction, requireOptions } from "./options.ts";
import type { AnyFunction, TensorTree } from "./types.ts";

/** An axis, `null` for none, or a nesting of them that matches that of the arguments as far as it goes. */
export type AxisTree = number | null | readonly AxisTree[] | { readonly [key: string]: AxisTree };

export interface VmapOptions {
  /** The axis of each argument that runs over the examples; `null` gives every example all of it. Default 0. */
  readonly inDims?: AxisTree;
  /** Where that axis goes in each result. `null` for results that are the same for all examples. Default 0. */
  readonly outDims?: AxisTree;
  /** What random draws inside do. Default "error". */
  readonly randomness?: Randomness;
  /** Examples handled at once; fewer need less memory. Default: as many as fit in the memory budget. */
  readonly chunkSize?: number;
}

interface MappedArguments {
  readonly nodes: readonly Node[];
  /** Per leaf; null where it is not mapped. */
  readonly axes: readonly (number | null)[];
  readonly size: number;
}

function mappedArguments(
  args: readonly unknown[],
  inDims: AxisTree,
): MappedArguments & { def: ReturnType<typeof nodesOf>["def"] } {
  const { nodes, def } = nodesOf("vmap", args);
  const axes = broadcastPrefix("vmap: inDims", inDims, def).map((axis, i) => {
    if (axis === null) return null;
    if (typeof axis !== "number")
      throw new ArgumentError(`vmap: inDims must hold integers or null, got ${String(axis)}.`);
    const { shape } = nodes[i];
    if (!Number.isInteger(axis) || axis < -shape.length || axis >= shape.length) {
      throw new ShapeError(
        `vmap: inDims asks for axis ${axis} of an argument of shape ${showShape(shape)}, which has ${shape.length} axes. ` +
          "Use null for an argument that is the same for all examples.",
      );
    }
    return normalizeAxis("vmap", axis, shape.length);
  });
  const sizes = axes.flatMap((axis, i) => (axis === null ? [] : [nodes[i].shape[axis]]));
  if (sizes.length === 0) {
    throw new ArgumentError(
      "vmap: there is nothing to map over: inDims is null for every argument. Give one of them an axis.",
    );
  }
  if (sizes.some((size) => size !== sizes[0])) {
    const list = axes.flatMap((axis, i) =>
      axis === null ? [] : [`${nodes[i].shape[axis]} (axis ${axis} of ${showShape(nodes[i].shape)})`],
    );
    throw new ShapeError(`vmap: the mapped axes must have one size, got ${list.join(", ")}. Check inDims.`);
  }
  return { nodes, axes, size: sizes[0], def };
}

const toFront = (node: Node, axis: number): Node => permute(node, moveAxisPermutation(node.shape.length, axis, 0));

/** Where the axis of the examples goes in a result that differs from example to example. */
function outAxis(place: unknown, rest: Shape): number {
  if (place === null) {
    throw new ArgumentError(
      `vmap: outDims is null for a result of shape ${showShape(rest)} that differs from example to example. Give it an axis.`,
    );
  }
  if (typeof place !== "number") {
    throw new ArgumentError(`vmap: outDims must hold integers or null, got ${String(place)}.`);
  }
  return normalizeAxis("vmap: outDims", place, rest.length + 1);
}

const fromFront = (node: Node, axis: number): Node => permute(node, moveAxisPermutation(node.shape.length, 0, axis));

interface MappedRun {
  readonly result: unknown;
  /** Placeholders for one example, each with the node that has all of them along axis 0. */
  readonly mapped: ReadonlyMap<Node, Node>;
}

/** Runs `f` on placeholders for one example. */
function runOnExample(
  f: AnyFunction,
  { nodes, axes, size, def }: ReturnType<typeof mappedArguments>,
  randomness: Randomness,
): MappedRun {
  const mapped = new Map<Node, Node>();
  const trace: MappingTrace = {
    transform: "vmap",
    open: true,
    size,
    randomness,
    addMapped(values, entry) {
      const placeholder = placeholderNode(entry, trace);
      mapped.set(placeholder, values);
      return placeholder;
    },
  };
  return whileTransforming(() => {
    const examples = nodes.map((node, i) => {
      const axis = axes[i];
      if (axis === null) return node;
      return trace.addMapped(toFront(node, axis), { shape: withoutAxes(node.shape, [axis]), dtype: node.dtype });
    });
    return { result: whileTracing(trace, () => callOn(f, def, examples)), mapped };
  });
}

/** Some rows of a tensor; those of a matrix known to be diagonal are still known to be diagonal. */
function someRows(node: Node, start: number, stop: number): Node {
  const { expression, shape } = node;
  const { inputs, op, params } = expression ?? {};
  if (op?.name === "diagonalEmbed" && params?.p === 0) {
    const q = params.q as number;
    const [v] = inputs!;
    const part = diagonalEmbed(
      cut(v, [start, ...v.shape.slice(1).map(() => 0)], [stop - start, ...v.shape.slice(1)]),
      0,
      q,
    );
    return padTo(
      part,
      shape.map((_, d) => (d === q ? start : 0)),
      shape.map((extent, d) => (d === 0 ? stop - start : extent)),
    );
  }
  const values = node.value === null ? null : hostOf(node.value);
  if (values === null) return slice(new Tensor(node), 0, start, stop).node;
  // As data, so that the programs of all chunks are one.
  const row = node.size / shape[0];
  return constantNode(
    { shape: [stop - start, ...shape.slice(1)], dtype: node.dtype },
    values.slice(start * row, stop * row),
  );
}

function mapAll(
  f: AnyFunction,
  args: ReturnType<typeof mappedArguments>,
  { outDims = 0, randomness = "error", chunkSize }: VmapOptions,
): unknown {
  const { size } = args;
  const { result, mapped } = runOnExample(f, args, randomness);
  const out = resultNodes("vmap", result);
  const places = broadcastPrefix("vmap: outDims", outDims, out.def);
  const axisOf = (i: number, rest: Shape): number => outAxis(places[i], rest);
  const part = (start: number, stop: number): Rows => {
    const some = new Map([...mapped].map(([placeholder, all]) => [placeholder, someRows(all, start, stop)]));
    const rows = batchNodes(some, stop - start, out.nodes);
    rows.forEach((row, i) => {
      if (row !== null) axisOf(i, row.shape.slice(1));
    });
    return rows;
  };
  const rows = inChunks(
    {
      label: () => derivationName("vmap", f),
      size,
      whole: () =>
        batchNodes(mapped, size, out.nodes).map((row, i) => row && fromFront(row, axisOf(i, row.shape.slice(1)))),
      parts: (count) => ranges(size, count).map((each) => () => part(each.start, each.stop)),
      axisOf,
    },
    chunkSize,
  );
  const given = flatten(result).leaves;
  const leaves = rows.map((row, i) => {
    const plain = out.nodes[i];
    const same = (): Node =>
      places[i] === null ? plain : fromFront(broadcastLeading(plain, [size]), axisOf(i, plain.shape));
    const leaf = new Tensor(row ?? same());
    const provenance = given[i] instanceof Tensor ? (given[i] as Tensor).provenance : undefined;
    if (provenance !== undefined && places[i] === 0) {
      leaf.provenance = { ...provenance, batchAxes: provenance.batchAxes + 1 };
    }
    return leaf;
  });
  return unflatten(out.def, leaves);
}

/**
 * Maps `f` over an axis of its arguments: as a loop that calls `f` per example and stacks the results, but computed for
 * all examples together.
 * @example vmap(jacrev(predict, { argnums: 2 }), { inDims: [null, null, 0] })(weight, bias, xs)
 */
export function vmap<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  options: VmapOptions = {},
): (...args: Args) => TensorTree<Out> {
  requireFunction("vmap", f);
  requireOptions("vmap", options, ["inDims", "outDims", "randomness", "chunkSize"], "{ inDims: [0, null] }");
  const { chunkSize } = options;
  requireChunkSize("vmap", chunkSize);
  if (options.randomness !== undefined && !RANDOMNESS.includes(options.randomness)) {
    const known = RANDOMNESS.map((each) => `"${each}"`).join(", ");
    throw new ArgumentError(`vmap: randomness must be one of ${known}, got "${options.randomness}".`);
  }
  const mapped = (...args: Args): TensorTree<Out> => {
    const inDims = options.inDims === undefined ? 0 : options.inDims;
    const arguments_ = mappedArguments([...args], inDims);
    return mapAll(f, arguments_, options) as TensorTree<Out>;
  };
  return derivedFunction(f, mapped);
}
