/** @file vmap: a function of one example becomes a function of all examples at once. */
import { broadcastLeading, permute } from "../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { concat, slice } from "../functions/shape.ts";
import { type Node, placeholderNode } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { type MappingTrace, RANDOMNESS, type Randomness, whileTracing } from "../graph/tracing.ts";
import { broadcastPrefix, flatten, unflatten } from "../pytree.ts";
import { evaluateIfSettled } from "../runtime/evaluate.ts";
import { moveAxisPermutation, normalizeAxis, withoutAxes } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { batchNodes } from "../walks/batch.ts";
import { callOn, nodesOf, requireChunkSize, resultNodes } from "./arguments.ts";
import { derivedFunction } from "./naming.ts";
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
  /** Examples handled at once; fewer need less memory. Default: all. */
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

function placed(node: Node | null, plain: Node, axis: unknown, size: number): Node {
  if (axis === null) {
    if (node !== null) {
      throw new ArgumentError(
        "vmap: outDims is null for a result that differs from example to example. Give it an axis.",
      );
    }
    return plain;
  }
  if (typeof axis !== "number")
    throw new ArgumentError(`vmap: outDims must hold integers or null, got ${String(axis)}.`);
  const batched = node ?? broadcastLeading(plain, [size]);
  const to = normalizeAxis("vmap: outDims", axis, batched.shape.length);
  return permute(batched, moveAxisPermutation(batched.shape.length, 0, to));
}

function mapOnce(
  f: AnyFunction,
  { nodes, axes, size, def }: ReturnType<typeof mappedArguments>,
  { outDims = 0, randomness = "error" }: VmapOptions,
  drawn: Node[] = [],
): unknown {
  const mapped = new Map<Node, Node>();
  const trace: MappingTrace = {
    transform: "vmap",
    open: true,
    size,
    randomness,
    drawn,
    used: 0,
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
    const result = whileTracing(trace, () => callOn(f, def, examples));
    const out = resultNodes("vmap", result);
    const places = broadcastPrefix("vmap: outDims", outDims, out.def);
    const given = flatten(result).leaves;
    const leaves = batchNodes(mapped, size, out.nodes).map((node, i) => {
      const leaf = new Tensor(placed(node, out.nodes[i], places[i], size));
      const provenance = given[i] instanceof Tensor ? (given[i] as Tensor).provenance : undefined;
      if (provenance !== undefined && places[i] === 0) {
        leaf.provenance = { ...provenance, batchAxes: provenance.batchAxes + 1 };
      }
      return leaf;
    });
    return unflatten(out.def, leaves);
  });
}

/** Some of the examples of all mapped arguments. */
function chunkOf(
  args: ReturnType<typeof mappedArguments>,
  start: number,
  stop: number,
): ReturnType<typeof mappedArguments> {
  const nodes = args.nodes.map((node, i) => {
    const axis = args.axes[i];
    return axis === null ? node : slice(new Tensor(node), axis, start, stop).node;
  });
  return { ...args, nodes, size: stop - start };
}

function mapInChunks(
  f: AnyFunction,
  args: ReturnType<typeof mappedArguments>,
  options: VmapOptions,
  chunkSize: number,
): unknown {
  const parts: Tensor[][] = [];
  const drawn: Node[] = [];
  let def: ReturnType<typeof flatten>["def"] | undefined;
  for (let start = 0; start < args.size; start += chunkSize) {
    const part = mapOnce(f, chunkOf(args, start, Math.min(args.size, start + chunkSize)), options, drawn);
    const { leaves, def: partDef } = flatten(part);
    def = partDef;
    parts.push(leaves as Tensor[]);
    // Evaluated one after the other: that is what keeps the memory small.
    evaluateIfSettled((leaves as Tensor[]).map((leaf) => leaf.node));
  }
  const places = broadcastPrefix("vmap: outDims", options.outDims ?? 0, def!);
  const joined = parts[0].map((first, i) => {
    if (places[i] === null) return first;
    const whole = concat(
      parts.map((part) => part[i]),
      places[i] as number,
    );
    whole.provenance = first.provenance;
    return whole;
  });
  return unflatten(def!, joined);
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
  const { chunkSize } = options;
  requireChunkSize("vmap", chunkSize);
  if (options.randomness !== undefined && !RANDOMNESS.includes(options.randomness)) {
    const known = RANDOMNESS.map((each) => `"${each}"`).join(", ");
    throw new ArgumentError(`vmap: randomness must be one of ${known}, got "${options.randomness}".`);
  }
  const mapped = (...args: Args): TensorTree<Out> => {
    const inDims = options.inDims === undefined ? 0 : options.inDims;
    const arguments_ = mappedArguments([...args], inDims);
    const whole = chunkSize === undefined || chunkSize >= arguments_.size;
    const result = whole ? mapOnce(f, arguments_, options) : mapInChunks(f, arguments_, options, chunkSize);
    return result as TensorTree<Out>;
  };
  return derivedFunction(f, mapped);
}
