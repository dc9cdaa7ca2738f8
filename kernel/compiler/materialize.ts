/**
 * @file Which nodes get a buffer. The others are computed inside the loops of whoever reads them: that is fusion. A node
 * is given a buffer when it must have one (reductions, products, outputs, operands that are addressed by strides), or when
 * computing it anew for each reader would cost more than keeping it.
 */
import type { Graph, GraphNode } from "../graph/graph.ts";
import { identityForms } from "../loops/form.ts";
import { type Lowering, primitiveOf } from "../primitive.ts";
import { sizeOf } from "../shape.ts";

/** From this cost on (in multiplications), a value with several readers is kept rather than computed again. */
const SHARED_COST = 2;
/** From this cost on, a value that is repeated by a broadcast is kept: each repetition would compute it again. */
const REPEATED_COST = 4;
/** Above this, an expression is cut, so that a function stays small enough for the engine to optimise. */
const LARGEST_COST = 256;

export function loweringOf(node: GraphNode): Lowering<unknown> {
  return primitiveOf(node.op!).lowering as Lowering<unknown>;
}

/** Whether a view's positions are affine in its output's, which depends on shapes alone. */
function isAffineView(graph: Graph, n: number): boolean {
  const node = graph.nodes[n];
  const lowering = loweringOf(node);
  if (lowering.kind !== "view") return false;
  const rank = node.shape.length;
  return lowering.source(identityForms(rank), node.params, graph.nodes[node.inputs[0]], rank) !== null;
}

export function chooseBuffers(graph: Graph): boolean[] {
  const { nodes } = graph;
  const kept = new Array<boolean>(nodes.length).fill(false);
  const readers = new Array<number>(nodes.length).fill(0);
  nodes.forEach((node, n) => {
    for (const input of new Set(node.inputs)) readers[input]++;
    const kind = node.op === null ? "input" : loweringOf(node).kind;
    if (kind !== "view" && kind !== "point") kept[n] = true;
  });
  for (const output of graph.outputs) kept[output] = true;

  /** Makes the data of `n` contiguous in memory in its own shape. */
  const requireContiguous = (start: number): void => {
    let n = start;
    while (!kept[n]) {
      if (nodes[n].op?.name !== "reshape") {
        kept[n] = true;
        return;
      }
      n = nodes[n].inputs[0];
    }
  };
  /** Makes `n` addressable as a buffer with an offset and strides. */
  const requireStrided = (start: number): void => {
    let n = start;
    while (!kept[n]) {
      if (loweringOf(nodes[n]).kind !== "view") {
        kept[n] = true;
      } else if (isAffineView(graph, n)) {
        n = nodes[n].inputs[0];
      } else {
        requireContiguous(nodes[n].inputs[0]);
        return;
      }
    }
  };

  for (let n = nodes.length - 1; n >= 0; n--) {
    const node = nodes[n];
    if (node.op === null) continue;
    const { kind } = loweringOf(node);
    if (kind === "dot") node.inputs.forEach(requireStrided);
    else if (kind === "host" || kind === "control") node.inputs.forEach(requireContiguous);
    else if (kind === "view" && !isAffineView(graph, n)) requireContiguous(node.inputs[0]);
  }

  const costs = new Array<number>(nodes.length).fill(0);
  nodes.forEach((node, n) => {
    if (node.op === null) return;
    const lowering = loweringOf(node);
    let cost = lowering.kind === "point" ? lowering.cost : 0;
    for (const input of node.inputs) {
      if (kept[input]) continue;
      const repeats = sizeOf(node.shape) > sizeOf(nodes[input].shape);
      if (repeats && costs[input] >= REPEATED_COST) requireStrided(input);
      else cost += costs[input];
    }
    if (lowering.kind === "point" && !kept[n]) {
      kept[n] = cost > LARGEST_COST || (readers[n] > 1 && cost >= SHARED_COST);
    }
    costs[n] = kept[n] ? 0 : cost;
  });
  return kept;
}
