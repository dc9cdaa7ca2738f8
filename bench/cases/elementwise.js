/** @file Functions of each entry, and reductions, from what fits the nearest cache to what fits none. */
import { bytesOf, countName } from "./case.js";

const SIZES = [2 ** 10, 2 ** 16, 2 ** 20, 2 ** 24];
const QUICK = 2 ** 20;

const ELEMENTWISE = [
  { program: "add", name: "x + y", operands: 2, flops: 1 },
  { program: "tanh", name: "tanh x", operands: 1, flops: 1 },
  { program: "exp", name: "exp x", operands: 1, flops: 1 },
  { program: "gated", name: "tanh(x² + x)·x", operands: 1, flops: 4 },
];

/** @type {readonly import("./case.js").Case[]} */
export const elementwise = SIZES.flatMap((n) =>
  ELEMENTWISE.map(({ program, name, operands, flops }) => ({
    id: `${name}, ${countName(n)}`,
    group: "elementwise",
    computes: `${name} of ${countName(n)} float32`,
    program,
    inputs: Array.from({ length: operands }, (_, i) => ({ shape: [n], scale: 4, seed: i + 1 })),
    work: { flops: flops * n, bytes: bytesOf(Array(operands + 1).fill([n])) },
    quick: n === QUICK,
  })),
);

/** Matrices have rows of this length, so that both directions are long. */
const columnsOf = (/** @type {number} */ n) => 2 ** Math.floor(Math.log2(n) / 2);

const REDUCTIONS = [
  { program: "sum", name: "sum", flops: 1 },
  { program: "max", name: "max", flops: 1 },
  { program: "sum of rows", name: "sum along rows", flops: 1 },
  { program: "sum of columns", name: "sum along columns", flops: 1 },
  { program: "logsumexp", name: "logsumexp", flops: 4 },
];

/** @type {readonly import("./case.js").Case[]} */
export const reductions = SIZES.flatMap((n) =>
  REDUCTIONS.map(({ program, name, flops }) => {
    const columns = columnsOf(n);
    const matrix = program.startsWith("sum of");
    const shape = matrix ? [n / columns, columns] : [n];
    const result = { "sum of rows": n / columns, "sum of columns": columns }[program] ?? 1;
    return {
      id: `${name}, ${countName(n)}`,
      group: "reductions",
      computes: `${name} of float32, ${matrix ? shape.join("×") : countName(n)}`,
      program,
      // Not around zero: a sum of what cancels is nearly all rounding.
      inputs: [{ shape, scale: 0.5, shift: 0.25, seed: 1 }],
      work: { flops: flops * n, bytes: bytesOf([shape, [result]]) },
      quick: n === QUICK,
      // Some add up millions of float32 one after the other.
      tolerance: 1e-4,
    };
  }),
);
