/** @file The marks of derivatives whose function runs at the moment: what depends on one must not become a plain number. */
import type { Node } from "./node.ts";
import { collect } from "./walk.ts";

/** Each with the transform that set it. */
const open = new Map<Node, string>();

/** Runs the function that a derivative is taken of. */
export function whileMarked<T>(transform: string, marks: readonly Node[], body: () => T): T {
  for (const mark of marks) open.set(mark, transform);
  try {
    return body();
  } finally {
    for (const mark of marks) open.delete(mark);
  }
}

/** The transform that takes a derivative through `node` at the moment, if there is one. */
export function watchedBy(node: Node): string | null {
  if (open.size === 0) return null;
  const oldest = Math.min(...Array.from(open.keys(), ({ id }) => id));
  const isOnTheWay = ({ id, expression }: Node): boolean => id >= oldest && expression?.op.name !== "stopGradient";
  for (const each of collect([node], isOnTheWay)) {
    const transform = open.get(each);
    if (transform !== undefined) return transform;
  }
  return null;
}
