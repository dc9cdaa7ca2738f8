/**
 * @file The body of a loop, a branch or a compiled function: a graph of its own, cut out of the web of nodes between
 * placeholders and results. It is a parameter of the operation that runs it.
 */
import type { Graph, GraphNode } from "./graph.ts";
import type { Keyed, Node } from "./node.ts";
import { collect, pathsBetween } from "./walk.ts";

const numbers = new Map<string, number>();

export class Body implements Keyed {
  readonly graph: Graph;
  /** Equal for bodies of equal structure. */
  readonly key: string;

  constructor(graph: Graph, text: string) {
    this.graph = graph;
    let number = numbers.get(text);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(text, number);
    }
    this.key = `body#${number}`;
  }
}

/**
 * What `outputs` need from outside their body. Literals are not among it, since bodies have them as their own.
 * @param isInside whether a node is the body's own
 */
function capturedBy(outputs: readonly Node[], isInside: (node: Node) => boolean): Node[] {
  const captured = new Set<Node>();
  const check = (node: Node): void => {
    if (!isInside(node) && !node.literal) captured.add(node);
  };
  outputs.forEach(check);
  for (const node of collect(outputs, isInside)) node.expression!.inputs.forEach(check);
  return [...captured].sort((a, b) => a.id - b.id);
}

/** For a body that runs many times: what does not depend on `placeholders` is computed once, outside. */
export function capturedByLoop(placeholders: readonly Node[], outputs: readonly Node[]): Node[] {
  const { active } = pathsBetween(placeholders, outputs);
  return capturedBy(outputs, (node) => active.has(node));
}

/** For a body that may not run at all: what was made while it was traced is part of it. */
export const capturedByBranch = (placeholders: readonly Node[], outputs: readonly Node[], start: Node): Node[] =>
  capturedBy(
    outputs,
    (node) => placeholders.includes(node) || (node.id > start.id && node.expression !== null && node.value === null),
  );

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
  for (const node of collect(outputs, (each) => !places.has(each), resolve)) {
    const { op, inputs: from, params } = node.expression!;
    const { shape, dtype, results } = node;
    const operands = from.map(placeOf);
    places.set(node, nodes.length);
    nodes.push({ op, inputs: operands, params, shape, dtype, ...(results === undefined ? {} : { results }) });
    text += `${node.signature}:${operands.join(",")};`;
  }
  const ends = outputs.map(placeOf);
  return new Body({ nodes, inputs: inputs.map((_, i) => i), outputs: ends }, `${text}>${ends.join(",")}`);
}
