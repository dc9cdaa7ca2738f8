/**
 * @file The blocks of a Jacobian, one per output leaf and input leaf: by elimination, which needs no unit vectors, or unit
 * vector by unit vector in one of the two modes.
 */
import type { Node } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { toNode } from "../structure/dense.ts";
import { secondDerivatives } from "../structure/hessians.ts";
import { eliminated } from "../structure/jacobians.ts";
import { total } from "../structure/order.ts";
import { noteElimination } from "../structure/report.ts";
import type { Structured } from "../structure/term.ts";
import { derivativePaths } from "../walks/paths.ts";
import type { NodeTree } from "./arguments.ts";
import { type BasisOptions, overBasis } from "./basis.ts";
import { writtenInPieces } from "./pieces.ts";
import type { Recording } from "./record.ts";
import { remembered } from "./remembered.ts";

/** One block per output leaf and input leaf, or null where they are unrelated. */
export type Blocks = readonly (readonly (Node | null)[])[];
/** Per output leaf and two input leaves. */
export type SecondBlocks = readonly Blocks[];
/** The same in terms. */
export type Matrices = readonly (readonly (Structured | null)[])[];
export type SecondMatrices = readonly Matrices[];

export type Mode = (
  recorded: Recording,
  primals: NodeTree,
  options: Pick<BasisOptions, "label" | "chunkSize" | "strategy">,
) => Blocks;

/** One row of blocks per output leaf: its unit cotangents, all pulled back together. */
export const reverseBlocks: Mode = (recorded, _, options) =>
  recorded.out.nodes.map((node, row) =>
    overBasis(node, (seed) => recorded.pull(recorded.out.nodes.map((_node, i) => (i === row ? seed : null))), options),
  );

/** One column of blocks per input leaf: its unit tangents, all pushed forward together. */
export const forwardBlocks: Mode = (recorded, primals, options) => {
  // The input's axes go behind the output's.
  const columns = primals.nodes.map((node, column) =>
    overBasis(node, (seed) => recorded.push(primals.nodes.map((_, i) => (i === column ? seed : null))), {
      ...options,
      behind: true,
    }),
  );
  return recorded.out.nodes.map((_, row) => columns.map((column) => column[row]));
};

/** Whichever takes fewer unit vectors. */
export const cheaperBlocks: Mode = (recorded, primals, options) => {
  const mode = total(primals.nodes) < total(recorded.out.nodes) ? forwardBlocks : reverseBlocks;
  return mode(recorded, primals, options);
};

/** The blocks in terms, by elimination, whatever the mode: all go the cheapest way. */
export function matricesByElimination(marks: readonly Node[], outputs: readonly Node[]): Matrices {
  const { jacobians, report } = eliminated(derivativePaths(marks, outputs), marks, outputs)!;
  noteElimination(report);
  return jacobians.map((row, i) => row.map((each) => each && { ...each, dtype: outputs[i].dtype }));
}

export function blocksByElimination({ marks, out }: Recording): Blocks {
  const flat = remembered("first", marks, out.nodes, (inputs, outputs) =>
    written(matricesByElimination(inputs, outputs)).flat(),
  );
  return out.nodes.map((_, row) => marks.map((_mark, column) => flat[row * marks.length + column]));
}

const written = (matrices: Matrices): Blocks => matrices.map((row) => row.map((each) => each && toNode(each)));

/** Second derivatives in terms, each pair once where symmetry permits, else as the Jacobian of the Jacobian. */
export function secondMatricesByElimination(marks: readonly Node[], outputs: readonly Node[]): SecondMatrices {
  return outputs.map((node) => {
    const { dtype } = node;
    const symmetric = secondDerivatives(derivativePaths(marks, [node]), marks, node);
    if (symmetric !== null) {
      noteElimination(symmetric.report);
      return symmetric.blocks.map((row) => row.map((each) => each && { ...each, dtype }));
    }
    const [firsts] = written(matricesByElimination(marks, [node]));
    return firsts.map((first) => (first === null ? marks.map(() => null) : matricesByElimination(marks, [first])[0]));
  });
}

export function secondBlocksByElimination({ marks, out }: Recording): SecondBlocks {
  const count = marks.length;
  const flat = remembered("second", marks, out.nodes, (inputs, outputs) =>
    secondMatricesByElimination(inputs, outputs).map(written).flat(2),
  );
  return out.nodes.map((_, row) =>
    marks.map((_first, i) => marks.map((_second, j) => flat[(row * count + i) * count + j])),
  );
}

/** Blocks that are too large to be made at once, piece by piece; null where that does not help. */
export function blocksInPieces({ marks, out }: Recording): Blocks | null {
  const matrices = whileTransforming(() => matricesByElimination(marks, out.nodes));
  return allInPieces(matrices);
}

export function secondBlocksInPieces({ marks, out }: Recording): SecondBlocks | null {
  const matrices = whileTransforming(() => secondMatricesByElimination(marks, out.nodes));
  const blocks = matrices.map(allInPieces);
  return blocks.every((each) => each !== null) ? blocks : null;
}

function allInPieces(matrices: Matrices): Blocks | null {
  const blocks: (Node | null)[][] = [];
  for (const row of matrices) {
    blocks.push([]);
    for (const matrix of row) {
      const block = matrix && writtenInPieces(matrix);
      if (matrix !== null && block === null) return null;
      blocks[blocks.length - 1].push(block);
    }
  }
  return blocks;
}
