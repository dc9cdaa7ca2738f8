/**
 * @file What is said of one matrix beside its picture: its spectrum, and what that comes to in plain words. Found in the
 * session, because the kernel has the linear algebra for it.
 */
import type { MatrixDisplay } from "./display.ts";

/** What the rows and columns of a matrix stand for decides what its spectrum means. */
export type MatrixMeaning =
  /** Outputs × inputs. */
  | "jacobian"
  /** Inputs × the same inputs. */
  | "hessian"
  /** Inputs × other inputs: a block of a Hessian beside its diagonal. */
  | "mixed";

/** What a picture's rows and columns mean; undefined for a plain tensor, whose spectrum may mean nothing. */
export function meaningOf({
  role,
  rows,
  columns,
}: Pick<MatrixDisplay, "role" | "rows" | "columns">): MatrixMeaning | undefined {
  if (role === "tensor") return undefined;
  if (role === "jacobian") return "jacobian";
  return rows.name === columns.name && rows.shape.join() === columns.shape.join() ? "hessian" : "mixed";
}

export interface MatrixFacts {
  /** What it comes to, for a person: "indefinite: 2 negative eigenvalues; smallest −0.31". */
  readonly sentence: string;
  /** Absent when the matrix is too large or has entries that are not finite; the sentence says so. */
  readonly spectrum?: Spectrum;
}

export type Spectrum = SingularValues | Eigenvalues;

interface SpectrumSummary {
  /** Values that are not 0 to rounding. */
  readonly rank: number;
  /** Largest over smallest magnitude; infinite (`null` in JSON) when the smallest is 0 to rounding. */
  readonly conditionNumber: number | null;
}

export interface SingularValues extends SpectrumSummary {
  readonly kind: "singular values";
  /** Descending. */
  readonly values: readonly number[];
}

export interface Eigenvalues extends SpectrumSummary {
  readonly kind: "eigenvalues";
  /** Ascending; of the symmetric part `(A + Aᵀ) / 2`. */
  readonly values: readonly number[];
  /** Below 0 by more than rounding. */
  readonly negative: number;
  /** ‖A − Aᵀ‖ / ‖A‖ in the Frobenius norm: how far the matrix is from symmetric. */
  readonly asymmetry: number;
}
