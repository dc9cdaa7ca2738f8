/** @file Where the entries of terms stand, as numbers: flat positions in typed arrays, one per entry, nothing per object. */
import { type Shape, sizeOf, stridesOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { type Form, type Label, labelOrder, strideOf } from "./label.ts";
import { entriesOf, type Structured, type Term } from "./term.ts";

/** Adds `weight · value` to each entry of `into`, where the value is affine in the position along `shape`. */
function addAffine(into: Int32Array, shape: Shape, offset: number, strides: readonly number[]): void {
  const rank = shape.length;
  const inner = rank === 0 ? 1 : shape[rank - 1];
  const step = rank === 0 ? 0 : strides[rank - 1];
  const at = new Array<number>(rank).fill(0);
  let start = offset;
  for (let base = 0; base < into.length; base += inner) {
    for (let i = 0; i < inner; i++) into[base + i] += start + i * step;
    for (let d = rank - 2; d >= 0; d--) {
      start += strides[d];
      if (++at[d] < shape[d]) break;
      start -= strides[d] * shape[d];
      at[d] = 0;
    }
  }
}

/** Adds `weight · table[position]`, where the table has some of the axes of `shape`. */
function addTable(
  into: Int32Array,
  shape: Shape,
  table: ArrayLike<number>,
  strides: readonly number[],
  weight: number,
): void {
  const places = new Int32Array(into.length);
  addAffine(places, shape, 0, strides);
  for (let i = 0; i < into.length; i++) into[i] += weight * table[places[i]];
}

/** Adds the value of a form, times `weight`, to each entry. */
function addForm(into: Int32Array, form: Form, labels: readonly Label[], shape: Shape, weight: number): void {
  if (form.table !== null) {
    const { table } = form;
    const own = stridesOf(table.shape);
    const strides = labels.map((label) => {
      const axis = table.labels.indexOf(label);
      return axis < 0 ? 0 : own[axis];
    });
    addTable(into, shape, new Tensor(table.node).dataSync(), strides, weight);
    return;
  }
  const strides = labels.map((label) => weight * strideOf(form, label));
  addAffine(into, shape, weight * form.offset, strides);
}

/** The flat position of each entry along some of the axes of a term. */
function flatPositions(term: Term, axes: readonly number[], shape: Shape): Int32Array {
  const labels = labelOrder(term.forms);
  const extents = labels.map((label) => term.extents.get(label)!);
  const positions = new Int32Array(entriesOf(term));
  const weights = stridesOf(axes.map((axis) => shape[axis]));
  for (const [i, axis] of axes.entries()) addForm(positions, term.forms[axis], labels, extents, weights[i]);
  return positions;
}

/** Rows of entries that a guard excludes. */
export const NOWHERE = -1;

export interface Positions {
  /** `NOWHERE` for an entry that does not exist. */
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * Row and column of each entry of a term, in the order of `entriesNode`, of the matrix whose rows are the first `split`
 * axes and whose columns are the others.
 */
export function positionsOf(term: Term, { shape }: Structured, split: number): Positions {
  const axes = shape.map((_, d) => d);
  const rows = flatPositions(term, axes.slice(0, split), shape);
  const columns = flatPositions(term, axes.slice(split), shape);
  const labels = labelOrder(term.forms);
  const extents = labels.map((label) => term.extents.get(label)!);
  for (const { form, extent } of term.guards) {
    const at = new Int32Array(rows.length);
    addForm(at, form, labels, extents, 1);
    for (let i = 0; i < at.length; i++) if (at[i] < 0 || at[i] >= extent) rows[i] = NOWHERE;
  }
  return { rows, columns };
}

/** Whether positions can be known: no table belongs to a transform that runs. */
export const hasKnownPositions = ({ terms }: Structured): boolean =>
  terms.every(({ forms }) => forms.every(({ table }) => table === null || table.node.trace === null));

/** Number of rows and of columns, with the first `split` axes as rows. */
export const matrixExtents = (shape: Shape, split: number): [rows: number, columns: number] => [
  sizeOf(shape.slice(0, split)),
  sizeOf(shape.slice(split)),
];
