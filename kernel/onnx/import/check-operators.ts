/** @file Before a model runs: which of its nodes are needed, that all of them can be run, and that they are not too many. */
import { ArgumentError } from "../../errors.ts";
import { damaged } from "./damaged.ts";
import { functionKey, type Model, type ModelGraph, type ModelNode } from "./model.ts";
import { operatorNamed } from "./operators/all.ts";
import { listNames } from "./order.ts";

/** Functions that call functions multiply; a model with more nodes than this was made to. */
const MOST_NODES = 300_000;
const DEEPEST_CALLS = 100;
/** In one message. */
const MOST_OPERATORS = 40;
const NODES_EACH = 3;

const graphsIn = (node: ModelNode): ModelGraph[] =>
  [...node.attributes.values()].flatMap((attribute) => (attribute.kind === "graph" ? [attribute.value] : []));

/** Names that a node reads, those that graphs inside it read too. */
export function namesRead(node: ModelNode): string[] {
  const inner = graphsIn(node).flatMap(({ nodes, outputs }) => [
    ...nodes.flatMap(namesRead),
    ...outputs.map(({ name }) => name),
  ]);
  return [...node.inputs, ...inner];
}

/** Those of the graph's nodes that some outputs need, in order. */
export function nodesFor({ nodes }: ModelGraph, outputs: readonly string[]): ModelNode[] {
  const wanted = new Set(outputs);
  const needed = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => name !== "" && wanted.has(name))) return false;
    for (const name of namesRead(node)) wanted.add(name);
    return true;
  });
  return needed.toReversed();
}

/** Throws one error for all operators that are unknown, and one for functions that never end. */
export function checkOperators(model: Model, nodes: readonly ModelNode[]): void {
  /** Nodes that use an unknown operator, by operator. */
  const unknown = new Map<string, string[]>();
  /** Nodes that a function comes to; NaN while that is being counted. */
  const sizes = new Map<string, number>();

  let depth = 0;

  const sizeOf = (list: readonly ModelNode[]): number => {
    let total = 0;
    for (const node of list) total += 1 + insideOf(node);
    return total;
  };
  const insideOf = (node: ModelNode): number => {
    let inside = 0;
    for (const graph of graphsIn(node)) inside += sizeOf(graph.nodes);
    const key = functionKey(node.domain, node.operator);
    const called = model.functions.get(key);
    if (called !== undefined) {
      const known = sizes.get(key);
      if (Number.isNaN(known)) throw damaged(`the function "${called.name}" calls itself.`);
      if (known !== undefined) return inside + known;
      if (++depth > DEEPEST_CALLS) throw damaged(`its functions call one another more than ${DEEPEST_CALLS} deep.`);
      sizes.set(key, Number.NaN);
      const size = sizeOf(called.nodes);
      sizes.set(key, size);
      depth--;
      return inside + size;
    }
    if (node.domain !== "" || operatorNamed(node.operator) === undefined) {
      const operator = node.domain === "" ? node.operator : `${node.domain}.${node.operator}`;
      const users = unknown.get(operator) ?? [];
      users.push(node.name);
      unknown.set(operator, users);
    }
    return inside;
  };

  const total = sizeOf(nodes);
  if (unknown.size > 0) {
    const lines = [...unknown]
      .slice(0, MOST_OPERATORS)
      .map(([operator, names]) => `${operator.slice(0, 80)} (${listNames(names, NODES_EACH)})`);
    if (unknown.size > MOST_OPERATORS) lines.push(`and ${unknown.size - MOST_OPERATORS} more`);
    throw new ArgumentError(
      `importOnnx: the model uses ${unknown.size === 1 ? "an operator" : `${unknown.size} operators`} that cannot be imported: ` +
        `${lines.join("; ")}. docs/onnx.md lists those that can; export the model with simpler ones, or cut it with ` +
        "importOnnx(bytes, { outputs }).",
    );
  }
  if (total > MOST_NODES) throw damaged(`its functions come to ${total} nodes when they are written out.`);
}
