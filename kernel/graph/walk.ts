/** @file Walking the graph without recursion, so that a chain of a hundred thousand nodes is no deeper than one. */
import type { Expression, Node } from "./node.ts";

const byId = (a: Node, b: Node): number => a.id - b.id;

/**
 * All nodes that `roots` need and `enter` lets through, in topological order (inputs first). `enter` says whether a
 * node's inputs are to be visited; a node that is not entered is not in the list.
 */
export function collect(roots: Iterable<Node>, enter: (node: Node) => boolean): Node[] {
  const found = new Set<Node>();
  const stack: Node[] = [];
  const visit = (node: Node): void => {
    if (found.has(node) || node.expression === null || !enter(node)) return;
    found.add(node);
    stack.push(node);
  };
  for (const root of roots) visit(root);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const input of (node.expression as Expression).inputs) visit(input);
  }
  return [...found].sort(byId);
}

/** A node on the way from some marks to some outputs, with its expression kept alive. */
export interface PathStep {
  readonly node: Node;
  readonly expression: Expression;
}

/** The nodes on which `roots` depend and which themselves depend on `marks`, in topological order, marks left out. */
export function pathsBetween(marks: readonly Node[], roots: Iterable<Node>): { steps: PathStep[]; active: Set<Node> } {
  const active = new Set<Node>(marks);
  const steps: PathStep[] = [];
  if (marks.length === 0) return { steps, active };
  const oldest = Math.min(...marks.map((mark) => mark.id));
  // Older nodes than the oldest mark cannot depend on one.
  for (const node of collect(roots, (candidate) => candidate.id > oldest && !active.has(candidate))) {
    const expression = node.expression as Expression;
    if (expression.inputs.some((input) => active.has(input))) {
      active.add(node);
      steps.push({ node, expression });
    }
  }
  return { steps, active };
}
