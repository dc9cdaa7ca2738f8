/** @file The nodes of a graph in an order in which each has what it reads: a file should have it, but not all tools see to it. */

import { damaged } from "./damaged.ts";
import type { ModelNode } from "./model.ts";

/** At most that many names in one message. */
const MOST_NAMED = 8;

export function listNames(names: readonly string[], most = MOST_NAMED): string {
  const shown = names.slice(0, most).map((name) => `"${name.slice(0, 40)}"`);
  return names.length > most ? `${shown.join(", ")} and ${names.length - most} more` : shown.join(", ");
}

/** What a node reads: its inputs, and what the graphs inside it read. */
function* namesRead(node: ModelNode): Generator<string> {
  for (const name of node.inputs) if (name !== "") yield name;
  for (const attribute of node.attributes.values()) {
    if (attribute.kind !== "graph") continue;
    for (const inner of attribute.value.nodes) yield* namesRead(inner);
    for (const { name } of attribute.value.outputs) yield name;
  }
}

/**
 * @param where the graph, for messages
 * @param isGiven whether a name has a value before any node runs
 */
export function inOrder(where: string, nodes: readonly ModelNode[], isGiven: (name: string) => boolean): ModelNode[] {
  const makers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (makers.has(name) || isGiven(name)) {
        throw damaged(
          `${where}: two things have the name "${name}"; the second is made by ${node.operator} "${node.name}".`,
        );
      }
      makers.set(name, i);
    }
  });

  const readers = nodes.map((): number[] => []);
  const missing = nodes.map((node, i) => {
    // What only graphs inside the node make is none of its inputs; what they lack was found when they were read.
    const own = new Set(node.inputs);
    const from = new Set<number>();
    for (const name of new Set(namesRead(node))) {
      const maker = makers.get(name);
      if (maker !== undefined) from.add(maker);
      else if (own.has(name) && !isGiven(name)) {
        throw damaged(`${where}: ${node.operator} "${node.name}" reads "${name}", which nothing makes.`);
      }
    }
    for (const maker of from) readers[maker].push(i);
    return from.size;
  });

  const ready = nodes.flatMap((_, i) => (missing[i] === 0 ? [i] : []));
  // Grows while it is gone through.
  for (let next = 0; next < ready.length; next++) {
    for (const reader of readers[ready[next]]) {
      missing[reader]--;
      if (missing[reader] === 0) ready.push(reader);
    }
  }
  if (ready.length < nodes.length) {
    const stuck = nodes.filter((_, i) => missing[i] > 0).map(({ name }) => name);
    throw damaged(`${where}: the nodes ${listNames(stuck)} wait for one another in a circle.`);
  }
  return ready.map((i) => nodes[i]);
}
