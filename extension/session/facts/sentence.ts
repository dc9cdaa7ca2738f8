/** @file What a spectrum comes to, in words for someone who knows calculus and not numerical analysis. */
import type { Eigenvalues, SingularValues } from "../../../protocol/facts.ts";
import { formatCount, formatNumber } from "../../../protocol/notation.ts";

/** Of a Jacobian. */
export function jacobianSentence({ rank, conditionNumber }: SingularValues, outputs: number, inputs: number): string {
  if (rank === 0) return "zero: no input changes any output";
  const condition = conditionNumber === null ? "" : `; ${conditionText(conditionNumber)}`;
  if (rank === outputs && rank === inputs) return `invertible (rank ${rank})${condition}`;
  const idle = inputs - rank;
  const fixed = outputs - rank;
  const parts = [
    idle === 0 ? "every direction of the input changes the output" : idleText(idle),
    fixed === 0 ? "" : `the output cannot move in ${directions(fixed)}`,
  ];
  const full = rank === Math.min(outputs, inputs) ? "full rank" : "rank";
  return `${full} ${rank}: ${parts.filter((part) => part !== "").join(", ")}${condition}`;
}

/** Of a Hessian. `roundOff` is the relative size of what rounding alone can make of a symmetric matrix. */
export function hessianSentence(spectrum: Eigenvalues, roundOff: number): string {
  const sentence = definiteness(spectrum);
  if (spectrum.asymmetry <= roundOff) return sentence;
  const percent = formatNumber(100 * spectrum.asymmetry, 2);
  return `not symmetric: it differs from its transpose by ${percent} %; its symmetric part is ${sentence}`;
}

function definiteness({ values, rank, negative, conditionNumber }: Eigenvalues): string {
  const zeros = values.length - rank;
  const positive = rank - negative;
  const condition = conditionNumber === null ? "" : `; ${conditionText(conditionNumber)}`;
  const flat = zeros === 0 ? "" : `, ${formatCount(zeros)} of ${counted(values.length, "eigenvalue")} 0 to rounding`;
  if (rank === 0) return "zero: no curvature in any direction";
  if (negative === 0) return (zeros === 0 ? "positive definite" : "positive semidefinite") + flat + condition;
  if (positive === 0) return (zeros === 0 ? "negative definite" : "negative semidefinite") + flat + condition;
  const smallest = formatNumber(values[0], 3);
  return `indefinite: ${counted(negative, "negative eigenvalue")}; smallest ${smallest}${flat}${condition}`;
}

const conditionText = (value: number): string => `condition number ${formatNumber(value, 3)}`;
const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
const idleText = (count: number): string =>
  `${directions(count)} of the input ${count === 1 ? "changes" : "change"} nothing`;
const directions = (count: number): string => (count === 1 ? "1 direction" : `${formatCount(count)} directions`);
