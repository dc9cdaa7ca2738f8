/**
 * @file Letting go of history. A node that has its value no longer needs the expression that made it, except while a
 * transform may still walk through it. So nodes evaluated while transforms run are remembered, and let go at the end.
 */
import type { Node } from "./node.ts";

let running = 0;
let waiting: Node[] = [];

function letGo(node: Node): void {
  if (!node.literal && node.expression !== null) {
    if (node.trace === null) for (const input of node.expression.inputs) input.pending--;
    node.expression = null;
  }
  node.depth = 0;
}

/** Runs `body` as part of a transform: no history is let go before the outermost one ends. */
export function whileTransforming<T>(body: () => T): T {
  running++;
  try {
    return body();
  } finally {
    running--;
    if (running === 0) {
      for (const node of waiting) letGo(node);
      waiting = [];
    }
  }
}

export const isTransforming = (): boolean => running > 0;

/** Called for each node that has just received its value. */
export function settled(node: Node): void {
  if (running === 0) letGo(node);
  else waiting.push(node);
}
