/**
 * @file A graph cut out of the web of nodes: plain data, independent of the values it was first met with. It is what is
 * compiled, and what programs are cached by.
 */
import { ArgumentError, showShape } from "../errors.ts";
import { orderedOperands } from "./commuting.ts";
import type { Node, Op, Params, TensorType } from "./node.ts";
import { copyOrigin } from "./origin.ts";
import { behind, collect } from "./walk.ts";

export interface GraphNode extends TensorType {
  /** Null for an input. */
  readonly op: Op | null;
  /** Indices of earlier nodes. */
  readonly inputs: readonly number[];
  readonly params: Params;
  /** That of the node it was cut from. */
  readonly signature?: number;
}

export interface Graph {
  /** In topological order. */
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** What must be computed for some nodes, and from which known values. */
export interface Capture {
  /** Nodes to compute, in topological order. */
  readonly steps: readonly Node[];
  /** Nodes whose values go in. */
  readonly leaves: readonly Node[];
  readonly outputs: readonly Node[];
  /** Equal for captures of equal structure. */
  readonly key: string;
}

/**
 * Cuts out what `outputs` need, down to nodes that have a value. Literal nodes stay symbolic even when known, and nodes
 * that stand for others are passed over.
 */
export function capture(outputs: readonly Node[]): Capture {
  const steps = collect(outputs, (node) => node.value === null || node.literal, behind);
  const numbers = new Map<Node, number>();
  const leaves: Node[] = [];
  let key = "";
  const numberOf = (given: Node): number => {
    const node = behind(given);
    let number = numbers.get(node);
    if (number === undefined) {
      // First met as an input: a leaf.
      if (node.value === null && node.expression === null) throw disposedError(node);
      number = -1 - leaves.length;
      numbers.set(node, number);
      leaves.push(node);
      key += `L${node.dtype}${node.shape.join(",")};`;
    }
    return number;
  };
  steps.forEach((node, i) => {
    numbers.set(node, i);
  });
  for (const node of steps) {
    let line = `${node.signature}`;
    for (const input of node.expression?.inputs ?? []) line += `,${numberOf(input)}`;
    key += `${line};`;
  }
  // An output may be a leaf that only now gets its number, and a place in the key.
  const ends = outputs.map(numberOf);
  key += `>${ends.join(",")}`;
  return { steps, leaves, outputs, key };
}

/** A node without value or history: its value was let go on request. */
const disposedError = ({ shape, dtype }: TensorType): ArgumentError =>
  new ArgumentError(
    `a tensor of shape ${showShape(shape)} (${dtype}) is needed, but dispose() was called on it. Dispose of a tensor only ` +
      "when nothing will read it or compute with it any more.",
  );

/** The graph of a capture; equal expressions become one node. */
export function graphOf({ steps, leaves, outputs }: Capture): Graph {
  const nodes: GraphNode[] = [];
  const numbers = new Map<Node, number>();
  for (const leaf of leaves) {
    numbers.set(leaf, nodes.length);
    nodes.push({ op: null, inputs: [], params: {}, shape: leaf.shape, dtype: leaf.dtype });
  }
  const known = new Map<string, number>();
  for (const node of steps) {
    const { op, params, inputs } = node.expression!;
    const from = inputs.map((input) => numbers.get(behind(input))!);
    const identity = `${node.signature}:${orderedOperands(op.name, from).join(",")}`;
    let number = known.get(identity);
    if (number === undefined) {
      number = nodes.length;
      known.set(identity, number);
      const { shape, dtype, results } = node;
      const cut = { op, params, inputs: from, shape, dtype, ...(results === undefined ? {} : { results }) };
      nodes.push(cut);
      copyOrigin(node, cut);
    }
    numbers.set(node, number);
  }
  return {
    nodes,
    inputs: leaves.map((_, i) => i),
    outputs: outputs.map((output) => numbers.get(behind(output))!),
  };
}
