/**
 * @file Sums of overlapping windows whose entries are products, as in the derivative of a convolution by its input and in a
 * transposed convolution: with a step of one from window to window they are a convolution themselves, of what was spread,
 * with zeros around it, and the flipped kernel. So the windows are never written out.
 */
import type { DotParams } from "../emit.ts";
import type { Graph, GraphNode } from "../graph/graph.ts";
import type { Params } from "../graph/node.ts";
import { type PrimitiveName, type PrimitiveParams, primitiveOf } from "../primitive.ts";
import { freeAxes } from "../primitives/dot.ts";
import { range, sizeOf } from "../shape.ts";
import { withoutUnused } from "./erase.ts";

/** Fewer rows are better added where they belong: the product of all windows has them times the extents of a window. */
const LEAST_ROWS = 4;

/** The part of the sums that is wanted, in all axes. */
type Crop = PrimitiveParams["slice"];

/** A sum of windows whose entries are products. */
interface Overlap {
  readonly params: PrimitiveParams["overlapAdd"];
  readonly product: GraphNode;
  /** Axis of the product for each axis of the windows. */
  readonly order: readonly number[];
  /** The operand that has an axis for each count of windows; the other one, the kernel, has those of their entries. */
  readonly spread: 0 | 1;
  /** Axes of the two operands, for each axis along which there are windows. */
  readonly countAxes: readonly number[];
  readonly entryAxes: readonly number[];
}

/** The same graph with products of windows in place of such sums. */
export const gatherOverlaps = (graph: Graph): Graph =>
  graph.nodes.some(({ op }) => op?.name === "overlapAdd") ? new Gathering(graph).run() : graph;

class Gathering {
  readonly #graph: Graph;
  readonly #nodes: GraphNode[] = [];
  /** Where each node of the graph is among the new ones. */
  readonly #places: number[] = [];
  /** Nodes that only one other reads. */
  readonly #isPrivate: readonly boolean[];

  constructor(graph: Graph) {
    this.#graph = graph;
    const readers = graph.nodes.map(() => 0);
    for (const node of graph.nodes) for (const input of new Set(node.inputs)) readers[input]++;
    const outputs = new Set(graph.outputs);
    this.#isPrivate = readers.map((count, n) => count === 1 && !outputs.has(n));
  }

  run(): Graph {
    const { nodes, inputs, outputs } = this.#graph;
    const placeOf = (n: number): number => this.#places[n];
    for (const node of nodes) {
      const gathered = this.#gathered(node);
      this.#places.push(gathered ?? this.#nodes.push({ ...node, inputs: node.inputs.map(placeOf) }) - 1);
    }
    return withoutUnused({ nodes: this.#nodes, inputs: inputs.map(placeOf), outputs: outputs.map(placeOf) });
  }

  #gathered(node: GraphNode): number | null {
    if (node.op?.name === "overlapAdd") {
      const overlap = this.#overlap(node);
      return overlap && this.#windows(overlap, { starts: node.shape.map(() => 0), steps: [], shape: node.shape });
    }
    if (node.op?.name !== "slice" || !this.#isPrivate[node.inputs[0]]) return null;
    const overlap = this.#overlap(this.#graph.nodes[node.inputs[0]]);
    const crop = node.params as unknown as Crop;
    return overlap && mayCrop(overlap, crop) ? this.#windows(overlap, crop) : null;
  }

  /** What a sum of windows is made of, if that is a product of something with a large enough kernel. */
  #overlap(node: GraphNode): Overlap | null {
    if (node.op?.name !== "overlapAdd") return null;
    const params = node.params as unknown as Overlap["params"];
    const product = this.#productBelow(node.inputs[0]);
    if (product === null || params.strides.some((stride) => stride !== 1)) return null;
    const { node: dot, order } = product;
    const { batch } = dot.params as unknown as DotParams;
    const operands = dot.inputs.map((input) => this.#graph.nodes[input]);
    const free = ([0, 1] as const).map((side) =>
      freeAxes(operands[side].shape.length, dot.params as unknown as DotParams, side),
    );
    /** The operand that an axis of the product comes from, and which of its axes it is; null for one of the batch. */
    const origin = (axis: number): { side: 0 | 1; axis: number } | null => {
      const own = axis - batch[0].length;
      if (own < 0) return null;
      return own < free[0].length ? { side: 0, axis: free[0][own] } : { side: 1, axis: free[1][own - free[0].length] };
    };
    const counts = params.axes.map((axis) => origin(order[axis]));
    const entries = params.extents.map((_, i) => origin(order[order.length - params.extents.length + i]));
    const spread = counts[0]?.side;
    if (spread === undefined || counts.some((at) => at?.side !== spread)) return null;
    const kernel = (1 - spread) as 0 | 1;
    if (entries.some((at) => at?.side !== kernel)) return null;
    const entryAxes = entries.map((at) => at!.axis);
    const rows = free[kernel].filter((axis) => !entryAxes.includes(axis));
    if (sizeOf(rows.map((axis) => operands[kernel].shape[axis])) < LEAST_ROWS) return null;
    return { params, product: dot, order, spread, countAxes: counts.map((at) => at!.axis), entryAxes };
  }

  /** The product that a node is, with its axes in some order, if nobody else reads it. */
  #productBelow(n: number): { readonly node: GraphNode; readonly order: readonly number[] } | null {
    const node = this.#graph.nodes[n];
    if (!this.#isPrivate[n]) return null;
    if (node.op?.name === "dot" && node.dtype.startsWith("float")) return { node, order: range(node.shape.length) };
    if (node.op?.name !== "permute") return null;
    const below = this.#productBelow(node.inputs[0]);
    return below && { ...below, order: (node.params.axes as readonly number[]).map((axis) => below.order[axis]) };
  }

  /** A sum at position p is Σ spread[p − entry · dilation] · kernel[entry]: of a window that ends at p, entries backwards. */
  #windows({ params, product, order, spread, countAxes, entryAxes }: Overlap, crop: Crop): number {
    const dot = product.params as unknown as DotParams;
    const [data, kernel] = [product.inputs[spread], product.inputs[1 - spread]];
    const { shape } = this.#graph.nodes[data];
    const starts = shape.map(() => 0);
    const around = [...shape];
    countAxes.forEach((axis, i) => {
      const reach = params.dilations[i] * (params.extents[i] - 1);
      starts[axis] = reach - crop.starts[params.axes[i]];
      around[axis] = crop.shape[params.axes[i]] + reach;
    });
    const steps = shape.map(() => 1);
    const wider = this.#emit("embed", [this.#places[data]], { starts, steps, shape: around });
    const { extents, strides, dilations } = params;
    const windows = this.#emit("windows", [wider], { axes: countAxes, extents, strides, dilations });
    // Contracted by axes in this order, the kernel is written out so that it need not be gathered for each block.
    const ofSpread = [...dot.contract[spread], ...range(extents.length, shape.length)];
    const contracted = [...dot.contract[1 - spread], ...entryAxes];
    const flipped = this.#emit("flip", [this.#places[kernel]], { axes: entryAxes });
    const rank = this.#nodes[flipped].shape.length;
    const axes = [...range(rank).filter((axis) => !contracted.includes(axis)), ...contracted];
    const ordered = this.#emit("concat", [this.#emit("permute", [flipped], { axes })], { axis: 0 });
    const ofKernel = range(contracted.length, rank - contracted.length);
    const batchOfKernel = dot.batch[1 - spread].map((axis) => axes.indexOf(axis));
    const pair = <T>(first: T, second: T): [T, T] => (spread === 0 ? [first, second] : [second, first]);
    const sums = this.#emit("dot", pair(windows, ordered), {
      contract: pair(ofSpread, ofKernel),
      batch: pair(dot.batch[spread], batchOfKernel),
    });
    const kept = order.slice(0, order.length - extents.length);
    const summed = order.slice(kept.length);
    return this.#emit("permute", [sums], {
      axes: kept.map((axis) => axis - summed.filter((gone) => gone < axis).length),
    });
  }

  #emit<K extends PrimitiveName>(name: K, inputs: readonly number[], params: PrimitiveParams[K]): number {
    const op = primitiveOf({ name });
    const plain = params as Params;
    const type = op.infer(
      inputs.map((input) => this.#nodes[input]),
      plain,
    );
    return this.#nodes.push({ ...type, op, inputs, params: plain }) - 1;
  }
}

/** Whether what is wanted of the sums is cut along axes of windows only, and all that was spread reaches it. */
function mayCrop({ params, product, order }: Overlap, { starts, steps, shape }: Crop): boolean {
  if (steps.some((step) => step !== 1)) return false;
  return shape.every((extent, axis) => {
    const i = params.axes.indexOf(axis);
    if (i < 0) return extent === params.shape[axis];
    const reach = params.dilations[i] * (params.extents[i] - 1);
    const begin = reach - starts[axis];
    return begin >= 0 && begin + product.shape[order[axis]] <= extent + reach;
  });
}
