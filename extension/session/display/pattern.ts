/** @file A structured Jacobian as a picture of where its entries are: a matrix of counts, however large the Jacobian is. */
import type { StructuredJacobian } from "cotangent";
import type { MatrixDisplay, Side } from "../../../protocol/display.ts";
import { formatCount, sizeOf } from "../../../protocol/notation.ts";
import { matrixDisplay } from "./matrix.ts";
import { layoutOf } from "./sides.ts";

/** Colouring more entries than this would be felt before the picture comes. */
const MOST_COLOURED = 200_000;

export function patternDisplay(matrix: StructuredJacobian, budget: number): MatrixDisplay {
  const display = matrixDisplay(matrix.pattern(), budget);
  const { title, rows, columns } = layoutOf(matrix);
  const [high, wide] = display.shape;
  const entries = `${formatCount(matrix.nnz)} of ${formatCount(sizeOf(matrix.shape))} entries`;
  const isWhole = sizeOf(matrix.shape) === sizeOf(display.shape);
  const counted = isWhole ? "" : `, counted in ${high} × ${wide} fields`;
  const { lower, upper } = matrix.bandwidth;
  return {
    ...display,
    structure: {
      kind: matrix.kind,
      nonzero: matrix.nnz,
      of: sizeOf(matrix.shape),
      bandwidth: [lower, upper],
      ...(matrix.nnz <= MOST_COLOURED ? { colours: matrix.colors().column } : {}),
    },
    title: `${title}: ${matrix.kind}, ${entries}${counted}`,
    // A Hessian of several outputs has them in front of its rows.
    rows: sideOf({ ...rows, shape: matrix.outputShape }, high),
    columns: sideOf({ ...columns, shape: matrix.inputShape }, wide),
  };
}

/** A side whose positions share fields can only number those. */
const sideOf = (side: Side, fields: number): Side =>
  sizeOf(side.shape) === fields
    ? side
    : {
        label: `${side.name || side.label} (${formatCount(sizeOf(side.shape))}), field`,
        name: "",
        shape: [fields],
      };
