/** @file The facts of one matrix, by what it means. */
import type { MatrixFacts, MatrixMeaning } from "../../../protocol/facts.ts";
import { formatCount, formatShape } from "../../../protocol/notation.ts";
import { hessianSentence, jacobianSentence } from "./sentence.ts";
import { eigenvaluesOf, type Matrix, singularValuesOf } from "./spectrum.ts";

/** Multiplications, about, above which a spectrum is not computed: a minute on one core. */
const MOST_WORK = 2e10;

/** Why a matrix of this size gets no spectrum; undefined when it does. Asked before anything is copied. */
export function tooLarge(rows: number, columns: number): string | undefined {
  if (rows * columns * Math.min(rows, columns) <= MOST_WORK) return undefined;
  const most = Math.floor(MOST_WORK ** (1 / 3) / 100) * 100;
  return `no spectrum: ${formatShape([rows, columns])} is too large, about ${most} × ${most} is the limit`;
}

export function factsOf(matrix: Matrix, meaning: MatrixMeaning): MatrixFacts {
  const { rows, columns, epsilon } = matrix;
  const problem = withoutSpectrum(matrix);
  if (problem) return { sentence: problem };
  if (meaning === "hessian") {
    const spectrum = eigenvaluesOf(matrix);
    return { sentence: hessianSentence(spectrum, Math.sqrt(epsilon)), spectrum };
  }
  const spectrum = singularValuesOf(matrix);
  if (meaning === "jacobian") return { sentence: jacobianSentence(spectrum, rows, columns), spectrum };
  return { sentence: `rank ${spectrum.rank} of at most ${Math.min(rows, columns)}`, spectrum };
}

function withoutSpectrum({ entries, rows, columns }: Matrix): string | undefined {
  if (entries.length === 0) return "no entries";
  const bad = entries.reduce((count, value) => (Number.isFinite(value) ? count : count + 1), 0);
  if (bad > 0) return `no spectrum: ${formatCount(bad)} ${bad === 1 ? "entry is" : "entries are"} not finite`;
  return tooLarge(rows, columns);
}
