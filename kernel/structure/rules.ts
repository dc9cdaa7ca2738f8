/** @file What primitives state their local structure with: terms from index forms, as loops have them, and from nodes. */
import type { Node, TensorType } from "../graph/node.ts";
import { identityForms } from "../loops/form.ts";
import type { Affine } from "../loops/ir.ts";
import { range, type Shape } from "../shape.ts";
import { factorOf, known } from "./factor.ts";
import { affine, type Form, fromTable, type Label } from "./label.ts";
import { extentsOf, type Guard, labelsFor, type Term, term } from "./term.ts";

/** A node whose axes are some of the axes that entries are counted along, in any order. */
export interface Spread {
  readonly node: Node;
  readonly along: readonly number[];
}

/** A position along an axis: affine in the labels, or what stands at the labels in an int32 tensor. */
export type Position = Affine | Table;

/** Positions that are data: none is negative, and all are `below` a number. */
export interface Table extends Spread {
  readonly below: number;
}

function formOf(position: Position, labels: readonly Label[], shape: Shape): Form {
  if ("node" in position) return fromTable(known(position.node, among(labels, position)).squeezed(), position.below);
  const parts = position.strides.flatMap((stride, d) =>
    stride === 0 || shape[d] === 1 ? [] : [{ label: labels[d], stride }],
  );
  return affine(position.offset, parts);
}

const among = (labels: readonly Label[], { along }: Spread): Label[] => along.map((d) => labels[d]);

/** What a term can say beyond positions. */
export interface Entries {
  /** The entries, bool for a mask. */
  readonly value?: Node | Spread | number;
  /** Entries exist only where these positions are within their extents. */
  readonly guards?: readonly (readonly [position: Affine, extent: number])[];
}

/**
 * One entry for each position in `shape`: a term, or none when there is no entry or all are 0.
 * @param output where it stands along the axes of the output
 * @param input the same for the input
 * @param entries what they are; 1 everywhere by default
 * @example scattered([3], [variableForm(0, 1)], [shiftForm(variableForm(0, 1), 2)])   // of slice(x, 2, 5)
 */
export function scattered(
  shape: Shape,
  output: readonly Position[],
  input: readonly Position[],
  { value = 1, guards = [] }: Entries = {},
): Term[] {
  if (shape.includes(0)) return [];
  const labels = labelsFor(shape);
  const extents = extentsOf(labels, shape);
  const forms = [...output, ...input].map((position) => formOf(position, labels, shape));
  const guarded = guards.map(([position, extent]): Guard => ({ form: formOf(position, labels, shape), extent }));
  if (typeof value === "number") return value === 0 ? [] : [term(extents, forms, { scale: value, guards: guarded })];
  const spread = "along" in value ? value : { node: value, along: range(shape.length) };
  const { factor, scale } = factorOf(spread.node, among(labels, spread));
  if (scale === 0) return [];
  return [term(extents, forms, { scale, factors: factor === null ? [] : [factor.squeezed()], guards: guarded })];
}

/** Each entry of the output depends on the entry of the input at the same place. */
export function entrywise({ shape }: TensorType, value: Node | number = 1): Term[] {
  const forms = identityForms(shape.length);
  return scattered(shape, forms, forms, { value });
}
