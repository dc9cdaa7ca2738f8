/** @file Parts of structured matrices, and their products with vectors: in terms again, without writing the matrix out. */
import type { DType } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { range, type Shape, sizeOf } from "../shape.ts";
import { through, Unsolvable } from "./compose.ts";
import { known, Tally } from "./factor.ts";
import { bare, isSameForm } from "./label.ts";
import { extentsOf, labelsFor, permuted, type Structured, type Term } from "./term.ts";
import { unfolded } from "./unfold.ts";

/** A term with labels of its own for all axes, those of extent 1 too: whatever it is multiplied with can be solved for. */
function everywhere(shape: Shape, times: number, node: Node | null): Term {
  const labels = labelsFor(shape);
  const forms = labels.map(bare);
  return {
    extents: extentsOf(labels, shape),
    forms: range(times).flatMap(() => forms),
    scale: 1,
    factors: node === null ? [] : [known(node, labels)],
    guards: [],
  };
}

const present = (terms: readonly (Term | null)[]): Term[] => terms.filter((each) => each !== null);

/** The matrix whose columns are the last axes of `given`, times a vector of their shape. */
export function timesVector(given: Structured, vector: Node, dtype: DType): Structured {
  const rank = vector.shape.length;
  const split = given.shape.length - rank;
  const right = everywhere(vector.shape, 1, vector);
  const terms = given.terms.map((each) => through(each, split, rank, right, dtype, new Tally()));
  return { shape: given.shape.slice(0, split), dtype, terms: present(terms) };
}

/** The first `split` axes behind the others. */
export const transposedMatrix = (given: Structured, split: number): Structured =>
  permuted(given, [...range(given.shape.length - split, split), ...range(split)]);

/**
 * The entries where the last `2 · rank` axes are at the same position twice.
 * @returns null when positions cannot be solved for
 */
export function diagonalOf(given: Structured, rank: number): Structured | null {
  const lead = given.shape.length - 2 * rank;
  const shape = given.shape.slice(lead + rank);
  const same = everywhere(shape, 3, null);
  const most = sizeOf(given.shape.slice(0, lead)) * sizeOf(shape);
  try {
    const terms = given.terms
      .flatMap((each) => unfolded(each, most))
      .map((each) => through(each, lead, 2 * rank, same, given.dtype, new Tally()));
    return { shape: [...given.shape.slice(0, lead), ...shape], dtype: given.dtype, terms: present(terms) };
  } catch (error) {
    if (error instanceof Unsolvable) return null;
    throw error;
  }
}

/** How many leading axes of rows and columns are at the same position in every entry: the matrix is block diagonal. */
export function commonAxes({ shape, terms }: Structured, split: number): number {
  const most = Math.min(split, shape.length - split);
  let count = 0;
  while (
    count < most &&
    shape[count] === shape[split + count] &&
    terms.every(({ forms }) => isSameForm(forms[count], forms[split + count]))
  ) {
    count++;
  }
  return count;
}

/** The blocks along the first `count` axes, which are `commonAxes`: those axes, the other rows, the other columns. */
export function blocksOf({ shape, dtype, terms }: Structured, split: number, count: number): Structured {
  const kept = [...range(split), ...range(shape.length - split - count, split + count)];
  return {
    shape: kept.map((axis) => shape[axis]),
    dtype,
    terms: terms.map((each) => ({ ...each, forms: kept.map((axis) => each.forms[axis]) })),
  };
}
