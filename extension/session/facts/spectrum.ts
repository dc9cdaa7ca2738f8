/** @file The spectrum of a matrix, with what is 0 to rounding told from what is not. */
import { backendName, type DType, eigvalsh, svdvals, type Tensor, tensor, useBackend } from "cotangent";
import type { Eigenvalues, SingularValues } from "../../../protocol/facts.ts";

/** A dense matrix, row by row. */
export interface Matrix {
  readonly entries: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** The relative rounding error of the numbers it was computed in: 2⁻²³ for float32. */
  readonly epsilon: number;
}

/** Integers are exact, and their spectra are computed in float64. */
export const epsilonOf = (dtype: DType): number => (dtype === "float32" ? 2 ** -23 : 2 ** -52);

export function singularValuesOf(matrix: Matrix): SingularValues {
  const values = numbersOf(svdvals(asTensor(matrix)));
  const largest = values[0] ?? 0;
  const rank = values.filter((value) => value > largest * tolerance(matrix)).length;
  const isFull = rank === values.length;
  return { kind: "singular values", values, rank, conditionNumber: isFull ? largest / values[rank - 1] : null };
}

export function eigenvaluesOf(matrix: Matrix): Eigenvalues {
  const values = numbersOf(eigvalsh(asTensor(matrix)));
  const sizes = values.map(Math.abs);
  const largest = Math.max(...sizes);
  const zero = largest * tolerance(matrix);
  const rank = sizes.filter((size) => size > zero).length;
  return {
    kind: "eigenvalues",
    values,
    rank,
    conditionNumber: rank === values.length ? largest / Math.min(...sizes) : null,
    negative: values.filter((value) => value < -zero).length,
    asymmetry: asymmetryOf(matrix),
  };
}

/** Relative to the largest value: what MATLAB, NumPy and PyTorch take for the rank. */
const tolerance = ({ rows, columns, epsilon }: Matrix): number => Math.max(rows, columns) * epsilon;

const asTensor = ({ entries, rows, columns }: Matrix): Tensor =>
  tensor(entries, { dtype: "float64" }).reshape([rows, columns]);

/** Computed here, in float64, wherever cells compute. */
function numbersOf(values: Tensor): number[] {
  const before = backendName();
  useBackend("wasm");
  try {
    return Array.from(values.dataSync());
  } finally {
    useBackend(before);
  }
}

function asymmetryOf({ entries, rows }: Matrix): number {
  let all = 0;
  let difference = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const value = entries[i * rows + j];
      all += value ** 2;
      difference += (value - entries[j * rows + i]) ** 2;
    }
  }
  return all === 0 ? 0 : Math.sqrt(difference / all);
}
