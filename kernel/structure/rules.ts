/** @file What primitives state their local structure with: terms from index forms, as loops have them, and from nodes. */
import type { Node, TensorType } from "../graph/node.ts";
import { identityForms } from "../loops/form.ts";
import type { Affine } from "../loops/ir.ts";
import type { Shape } from "../shape.ts";
import { factorOf, known } from "./factor.ts";
import { affine, type Form, fromTable, type Label } from "./label.ts";
import { extentsOf, labelsFor, type Term, term } from "./term.ts";

/** A position along an axis: affine in the labels, or what stands at the labels in an int32 tensor. */
export type Position = Affine | { readonly table: Node; readonly along: readonly number[] };

function formOf(position: Position, labels: readonly Label[], shape: Shape): Form {
  if ("table" in position) {
    return fromTable(
      known(
        position.table,
        position.along.map((d) => labels[d]),
      ).squeezed(),
    );
  }
  const parts = position.strides.flatMap((stride, d) =>
    stride === 0 || shape[d] === 1 ? [] : [{ label: labels[d], stride }],
  );
  return affine(position.offset, parts);
}

/**
 * One entry for each position in `shape`.
 * @param output where it stands along the axes of the output
 * @param input the same for the input
 * @param value the entries, `shape`d, bool for a mask; 1 by default
 */
export function scattered(
  shape: Shape,
  output: readonly Position[],
  input: readonly Position[],
  value: Node | number = 1,
): Term {
  const labels = labelsFor(shape);
  const forms = [...output, ...input].map((position) => formOf(position, labels, shape));
  if (typeof value === "number") return term(extentsOf(labels, shape), forms, { scale: value });
  const { factor, scale } = factorOf(value, labels);
  return term(extentsOf(labels, shape), forms, { scale, factors: factor === null ? [] : [factor.squeezed()] });
}

/** Each entry of the output depends on the entry of the input at the same place. */
export function entrywise({ shape }: TensorType, value: Node | number = 1): Term {
  const forms = identityForms(shape.length);
  return scattered(shape, forms, forms, value);
}
