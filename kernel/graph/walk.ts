/** @file Walking the graph without recursion, so that a chain of a hundred thousand nodes is no deeper than one. */
import type { Expression, Node } from "./node.ts";

const byId = (a: Node, b: Node): number => a.id - b.id;

/** The node whose value `node` has, past operations that pass their inputs on. */
export function behind(node: Node): Node {
  let at = node;
  while (at.value === null && at.expression !== null) {
    const { op, inputs, params } = at.expression;
    const [first] = inputs;
    if (op.passes) at = first;
    else if (op.name === "result" && first.expression?.op.passes) at = first.expression.inputs[params.index as number];
    else break;
  }
  return at;
}

const itself = (node: Node): Node => node;

let visits = 0;

/**
 * All nodes that `roots` need and `enter` lets through, in topological order (inputs first). `enter` says whether a
 * node's inputs are to be visited; a node that is not entered is not in the list. `resolve` says which node to look at
 * in place of another. Neither may walk in turn.
 */
export function collect(
  roots: Iterable<Node>,
  enter: (node: Node) => boolean,
  resolve: (node: Node) => Node = itself,
): Node[] {
  const walk = ++visits;
  const found: Node[] = [];
  // Those from here on are still to be entered.
  let next = 0;
  const visit = (given: Node): void => {
    const node = resolve(given);
    if (node.visit === walk || node.expression === null || !enter(node)) return;
    node.visit = walk;
    found.push(node);
  };
  for (const root of roots) visit(root);
  while (next < found.length) for (const input of (found[next++].expression as Expression).inputs) visit(input);
  return found.sort(byId);
}

/** A node on the way from some marks to some outputs, with its expression kept alive. */
export interface PathStep {
  readonly node: Node;
  readonly expression: Expression;
}

export interface Paths {
  /** In topological order, marks left out. */
  readonly steps: readonly PathStep[];
  /** The nodes of the steps, and the marks. */
  readonly active: ReadonlySet<Node>;
}

/**
 * The nodes on which `roots` depend and which themselves depend on `marks`.
 * @param passes whether a node counts as depending on its input `i`; by default all do
 */
export function pathsBetween(
  marks: readonly Node[],
  roots: Iterable<Node>,
  passes: (node: Node, expression: Expression, i: number) => boolean = () => true,
): Paths {
  const active = new Set<Node>(marks);
  const steps: PathStep[] = [];
  if (marks.length === 0) return { steps, active };
  const oldest = Math.min(...marks.map((mark) => mark.id));
  // Older nodes than the oldest mark cannot depend on one.
  for (const node of collect(roots, (candidate) => candidate.id > oldest && !active.has(candidate))) {
    const expression = node.expression as Expression;
    if (expression.inputs.some((input, i) => active.has(input) && passes(node, expression, i))) {
      active.add(node);
      steps.push({ node, expression });
    }
  }
  return { steps, active };
}
