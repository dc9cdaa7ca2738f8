/** @file The option diagonal: the diagonal of a Jacobian or Hessian without the matrix, or an error that says what to do. */
import { full } from "../../emit.ts";
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { collect } from "../../graph/walk.ts";
import { type Shape, sameShape } from "../../shape.ts";
import { toNode } from "../../structure/dense.ts";
import { diagonalOf } from "../../structure/parts.ts";
import type { Structured } from "../../structure/term.ts";

/** What is made on the way may be this much larger than what the function computes with itself. */
const MOST_GROWTH = 8;

/** What the function computes with: operations up to its results. */
export interface Computed {
  readonly nodes: ReadonlySet<Node>;
  /** Entries of the largest, inputs and constants included. */
  readonly largest: number;
}

export function computedBy(outputs: readonly Node[]): Computed {
  const nodes = new Set(collect(outputs, () => true));
  let largest = 1;
  for (const { size, expression } of nodes) {
    largest = expression!.inputs.reduce((most, input) => Math.max(most, input.size), Math.max(largest, size));
  }
  return { nodes, largest };
}

export function requireSquare(transform: string, output: Shape, input: Shape): void {
  if (sameShape(output, input)) return;
  throw new ShapeError(
    `${transform}: with diagonal, output and input must have one shape, got ${showShape(output)} and ${showShape(input)}. ` +
      "Leave diagonal out, or name other arguments with argnums.",
  );
}

/**
 * @param matrix null for zeros
 * @param rank axes of the input; before them stand those of the output of a Hessian
 * @param shape of the result
 */
export function diagonalNode(
  transform: string,
  matrix: Structured | null,
  rank: number,
  shape: Shape,
  dtype: Structured["dtype"],
  { nodes, largest }: Computed,
): Node {
  if (matrix === null) return full(0, shape, dtype);
  const refuse = (reason: string): ArgumentError =>
    new ArgumentError(
      `${transform}: this diagonal of shape ${showShape(shape)} takes ${reason}, so diagonal saves nothing. Use ` +
        `${transform}(f, { structured: true })(x).diagonal() to compute it all the same, or compute products with vectors (hvp, jvp).`,
    );
  const found = diagonalOf(matrix, rank);
  if (found === null) throw refuse("the whole matrix: which entries are on it cannot be told from its structure");
  const node = toNode(found);
  const most = MOST_GROWTH * Math.max(largest, node.size);
  const large = collect([node], (each) => !nodes.has(each)).find((each) => !nodes.has(each) && each.size > most);
  if (large !== undefined) throw refuse(`an intermediate result of ${large.size} entries ${showShape(large.shape)}`);
  return node;
}
