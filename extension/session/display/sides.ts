/** @file Which axes of a tensor are rows, columns and slices of its picture, and what they are called. */
import type { Provenance } from "cotangent";
import type { MatrixDisplay, Side } from "../../../protocol/display.ts";
import { sizeOf } from "../../../protocol/notation.ts";
import type { TensorValue } from "./kernel-values.ts";

type Layout = Pick<MatrixDisplay, "role" | "title" | "slices" | "rows" | "columns">;

/**
 * A Jacobian is laid out output × input and a Hessian input × input, with batch axes (and a Hessian's outputs)
 * numbering the slices; any other tensor by its last two axes.
 */
export function layoutOf({ shape, provenance }: Pick<TensorValue, "shape" | "provenance">): Layout {
  // A tensor derived from a Jacobian may carry its provenance with other axes; then the axes are what they are.
  return provenance && fits(provenance, shape) ? derivativeLayout(provenance, shape) : plainLayout(shape);
}

function fits({ kind, batchAxes, outputAxes, inputs }: Provenance, shape: readonly number[]): boolean {
  const axes = inputs.reduce((sum, input) => sum + input.axes, batchAxes + outputAxes);
  return axes === shape.length && inputs.length === (kind === "jacobian" ? 1 : 2);
}

function derivativeLayout({ kind, of, inputs, batchAxes, outputAxes }: Provenance, shape: readonly number[]): Layout {
  let from = 0;
  const side = (label: string, name: string, axes: number): Side => {
    from += axes;
    return { label, name, shape: shape.slice(from - axes, from) };
  };
  const batch = side("example", "", batchAxes);
  // "output" stands for a function without a name; "output output[3]" would be silly.
  const output = of === "output" ? side("", "output", outputAxes) : side("output", of, outputAxes);
  const [first, second] = inputs.map(({ name, axes }) => side(inputLabel(name), name, axes));
  const batches = batchAxes > 0 ? [batch] : [];
  const [rows, columns, slices] =
    kind === "jacobian" ? [output, first, batches] : [first, second, [...batches, output]];
  const names = [...new Set(inputs.map((input) => input.name))].join(" and ");
  const subject = of === "output" ? "" : ` of ${of}`;
  const examples = batchAxes > 0 ? `, for each of ${sizeOf(batch.shape)} examples` : "";
  const noun = kind === "jacobian" ? "Jacobian" : "Hessian";
  return { role: kind, title: `${noun}${subject} with respect to ${names}${examples}`, slices, rows, columns };
}

/** A parameter without a name is called "input 0", and "input input 0" would be silly too. */
const inputLabel = (name: string): string => (name.startsWith("input ") ? "" : "input");

function plainLayout(shape: readonly number[]): Layout {
  const side = (label: string, ...extents: number[]): Side => ({ label, name: "", shape: extents });
  const rank = shape.length;
  const title = ["Number", "Vector", "Matrix"][rank] ?? "Stack of matrices";
  return {
    role: "tensor",
    title,
    slices: rank > 2 ? [side("slice", ...shape.slice(0, -2))] : [],
    rows: side("row", ...shape.slice(0, -1).slice(-1)),
    columns: side(rank > 1 ? "column" : "entry", ...shape.slice(-1)),
  };
}
