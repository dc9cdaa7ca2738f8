/** @file Systems with a diagonal matrix plus a few outer products, by the formula of Sherman, Morrison and Woodbury. */
import { full, reshape } from "../../emit.ts";
import { stack } from "../../functions/joining.ts";
import { solve as solveDense } from "../../functions/linalg/solvers.ts";
import type { Node } from "../../graph/node.ts";
import { range, sizeOf } from "../../shape.ts";
import { toNode } from "../../structure/dense.ts";
import { type Label, labelsOf } from "../../structure/label.ts";
import { diagonalOf } from "../../structure/parts.ts";
import type { Structured, Term } from "../../structure/term.ts";
import { Tensor } from "../../tensor.ts";
import { isOnDiagonal } from "./kinds.ts";

/** One side of an outer product as a vector: its factors along the labels of these axes. */
function side(term: Term, { shape, dtype }: Structured, axes: readonly number[], scale: number): Node {
  const forms = axes.map((axis) => term.forms[axis]);
  const labels = new Set<Label>(forms.flatMap(labelsOf));
  const own: Term = {
    extents: new Map([...term.extents].filter(([label]) => labels.has(label))),
    forms,
    scale,
    factors: term.factors.filter(
      (factor) => factor.labels.length > 0 && factor.labels.every((each) => labels.has(each)),
    ),
    guards: [],
  };
  const whole = axes.map((axis) => shape[axis]);
  return reshape(toNode({ shape: whole, dtype, terms: [own] }), [sizeOf(whole)]);
}

/** Factors without labels belong to no side. */
const loose = ({ factors }: Term): Node[] => factors.flatMap(({ labels, node }) => (labels.length === 0 ? [node] : []));

/** The solution where the matrix is of kind "low rank plus diagonal". The diagonal must have no zero. */
export function solveLowRank(matrix: Structured, split: number, right: Tensor): Tensor {
  const { shape, dtype, terms } = matrix;
  const onDiagonal = terms.filter((term) => isOnDiagonal(term, matrix, split));
  const outer = terms.filter((term) => !onDiagonal.includes(term));
  const diagonal = new Tensor(reshape(toNode(diagonalOf({ shape, dtype, terms: onDiagonal }, split)!), [right.size]));
  const b = new Tensor(reshape(right.node, [right.size]));
  // A = D + U Vᵀ, both with a row per outer product.
  const rows = stack(
    outer.map((term) =>
      loose(term).reduce(
        (vector, factor) => vector.mul(new Tensor(factor)),
        new Tensor(side(term, matrix, range(split), term.scale)),
      ),
    ),
  );
  const columns = stack(outer.map((term) => new Tensor(side(term, matrix, range(shape.length - split, split), 1))));
  const [first, scaled] = [b.div(diagonal), rows.div(diagonal)];
  const identity = new Tensor(full(1, [outer.length], dtype)).diag();
  const small = identity.add(columns.matmul(scaled.transpose()));
  const weights = solveDense(small, columns.matmul(first));
  return first.sub(weights.matmul(scaled));
}
