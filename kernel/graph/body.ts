/**
 * @file The body of a loop, a branch or a compiled function: a graph of its own, cut out of the web of nodes between
 * placeholders and results. It is a parameter of the operation that runs it.
 */
import { orderedOperands } from "./commuting.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { Interner } from "./interner.ts";
import type { Keyed, Node } from "./node.ts";
import { copyOrigin } from "./origin.ts";
import { collect, pathsBetween } from "./walk.ts";

const numbers = new Interner();

export class Body implements Keyed {
  readonly graph: Graph;
  /** Equal only for bodies of equal structure. */
  readonly key: string;

  constructor(graph: Graph, text: string) {
    this.graph = graph;
    this.key = `body#${numbers.numberOf(text)}`;
  }
}

/**
 * What `outputs` need from outside their body, besides its `inputs`. Literals are not among it, since bodies have them as
 * their own.
 * @param isInside whether a node is the body's own
 */
function capturedBy(inputs: readonly Node[], outputs: readonly Node[], isInside: (node: Node) => boolean): Node[] {
  const given = new Set(inputs);
  const captured = new Set<Node>();
  const check = (node: Node): void => {
    if (!given.has(node) && !isInside(node) && !node.literal) captured.add(node);
  };
  outputs.forEach(check);
  for (const node of collect(outputs, (each) => !given.has(each) && isInside(each))) {
    node.expression!.inputs.forEach(check);
  }
  return [...captured].sort((a, b) => a.id - b.id);
}

/** Repeating a value costs nothing where it is read, but written out it may be large. */
const isRepetition = (node: Node): boolean => node.value === null && node.expression?.op.name === "broadcast";

/**
 * For a body that runs many times: what does not depend on `inputs` is computed once, outside, and repeated along axes
 * inside.
 */
export function capturedByLoop(inputs: readonly Node[], outputs: readonly Node[]): Node[] {
  const { active } = pathsBetween(inputs, outputs);
  return capturedBy(inputs, outputs, (node) => active.has(node) || isRepetition(node));
}

/** What a body takes, and a text for what it does: equal for bodies of equal structure. */
export interface Outline {
  /** `inputs`, and what is captured. */
  readonly inputs: readonly Node[];
  readonly key: string;
}

/** The outline of the body that `capturedByLoop` and `cutBody` would make, for finding what was made of one like it. */
export function outlineOfLoop(inputs: readonly Node[], outputs: readonly Node[]): Outline {
  const captured = capturedByLoop(inputs, outputs);
  const all = captured.length === 0 ? inputs : [...inputs, ...captured];
  const places = new Map<Node, number>();
  let key = "";
  for (const node of all) {
    places.set(node, places.size);
    key += `${node.dtype}${node.shape.join(",")};`;
  }
  for (const node of collect(outputs, (each) => !places.has(each))) {
    key += node.signature;
    for (const input of node.expression!.inputs) key += `,${places.get(input)}`;
    key += ";";
    places.set(node, places.size);
  }
  for (const output of outputs) key += `>${places.get(output)}`;
  return { inputs: all, key };
}

/**
 * For a body that may not run at all, or again: what was made while it was traced is part of it.
 * @param start a node made just before
 */
export function capturedByBranch(inputs: readonly Node[], outputs: readonly Node[], start: Node): Node[] {
  const isNew = (node: Node): boolean => node.id > start.id && node.expression !== null;
  // A body takes values. So one of several results of what is outside is taken, not all of them together.
  const isInside = (node: Node): boolean =>
    isNew(node) && node.expression!.inputs.every((input) => input.results === undefined || isNew(input));
  return capturedBy(inputs, outputs, isInside);
}

/**
 * The graph from `inputs` to `outputs`. Marks inside have served their purpose and go.
 * @param inputs placeholders, and what is captured
 */
export function cutBody(inputs: readonly Node[], outputs: readonly Node[]): Body {
  const places = new Map<Node, number>();
  const nodes: GraphNode[] = inputs.map(({ shape, dtype }, i) => {
    places.set(inputs[i], i);
    return { op: null, inputs: [], params: {}, shape, dtype };
  });
  let text = inputs.map(({ shape, dtype }) => `${dtype}${shape.join(",")};`).join("");
  // An input may itself be a mark of a transform outside: only other marks are passed over.
  const resolve = (node: Node): Node => {
    let at = node;
    while (!places.has(at) && at.expression?.op.name === "mark") at = at.expression.inputs[0];
    return at;
  };
  const placeOf = (node: Node): number => places.get(resolve(node))!;
  // Equal expressions become one.
  const known = new Map<string, number>();
  for (const node of collect(outputs, (each) => !places.has(each), resolve)) {
    const { op, inputs: from, params } = node.expression!;
    const { shape, dtype, results } = node;
    const operands = from.map(placeOf);
    const line = `${node.signature}:${orderedOperands(op.name, operands).join(",")};`;
    const same = known.get(line);
    places.set(node, same ?? nodes.length);
    if (same !== undefined) continue;
    known.set(line, nodes.length);
    const { signature } = node;
    const cut = {
      op,
      params,
      inputs: operands,
      shape,
      dtype,
      signature,
      ...(results === undefined ? {} : { results }),
    };
    nodes.push(cut);
    copyOrigin(node, cut);
    text += line;
  }
  const ends = outputs.map(placeOf);
  return new Body({ nodes, inputs: inputs.map((_, i) => i), outputs: ends }, `${text}>${ends.join(",")}`);
}

/** The part of a body that some of its outputs need, all inputs included. */
export function needed({ graph }: Body, outputs: readonly number[]): Graph {
  const ends = outputs.map((i) => graph.outputs[i]);
  const reached = new Set<number>(ends);
  for (let place = graph.nodes.length - 1; place >= 0; place--) {
    if (reached.has(place)) for (const input of graph.nodes[place].inputs) reached.add(input);
  }
  const places = new Map<number, number>();
  const nodes: GraphNode[] = [];
  graph.nodes.forEach((node, place) => {
    if (node.op !== null && !reached.has(place)) return;
    places.set(place, nodes.length);
    nodes.push({ ...node, inputs: node.inputs.map((input) => places.get(input)!) });
  });
  return {
    nodes,
    inputs: graph.inputs.map((place) => places.get(place)!),
    outputs: ends.map((place) => places.get(place)!),
  };
}

/** Whether something reads each input of a graph, or it is an output itself. */
export function readInputs({ nodes, inputs, outputs }: Graph): boolean[] {
  const read = new Set([...nodes.flatMap((node) => node.inputs), ...outputs]);
  return inputs.map((place) => read.has(place));
}
