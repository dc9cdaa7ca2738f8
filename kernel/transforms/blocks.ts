/**
 * @file The blocks of a Jacobian, one per output leaf and input leaf: by elimination, which needs no unit vectors, or unit
 * vector by unit vector in one of the two modes.
 */
import type { DType } from "../dtype.ts";
import type { Node } from "../graph/node.ts";
import { secondDerivatives } from "../structure/curvature.ts";
import { toNode } from "../structure/dense.ts";
import { eliminated } from "../structure/jacobians.ts";
import type { Structured } from "../structure/term.ts";
import { derivativePaths } from "../walks/paths.ts";
import type { NodeTree } from "./arguments.ts";
import { type BasisOptions, overBasis } from "./basis.ts";
import type { Recording } from "./record.ts";

/** One block per output leaf and input leaf, or null where they are unrelated. */
export type Blocks = readonly (readonly (Node | null)[])[];
/** Per output leaf and two input leaves. */
export type SecondBlocks = readonly Blocks[];

export type Mode = (
  recorded: Recording,
  primals: NodeTree,
  options: Pick<BasisOptions, "chunkSize" | "strategy">,
) => Blocks;

/** One row of blocks per output leaf: its unit cotangents, all pulled back together. */
export const reverseBlocks: Mode = (recorded, _, options) =>
  recorded.out.nodes.map((node, row) =>
    overBasis(node, (seed) => recorded.pull(recorded.out.nodes.map((_node, i) => (i === row ? seed : null))), options),
  );

/** One column of blocks per input leaf: its unit tangents, all pushed forward together. */
export const forwardBlocks: Mode = (recorded, primals, { chunkSize, strategy }) => {
  // The input's axes go behind the output's.
  const columns = primals.nodes.map((node, column) =>
    overBasis(node, (seed) => recorded.push(primals.nodes.map((_, i) => (i === column ? seed : null))), {
      chunkSize,
      strategy,
      behind: true,
    }),
  );
  return recorded.out.nodes.map((_, row) => columns.map((column) => column[row]));
};

const entries = (nodes: readonly Node[]): number => nodes.reduce((sum, { size }) => sum + size, 0);

/** Whichever takes fewer unit vectors. */
export const cheaperBlocks: Mode = (recorded, primals, options) => {
  const mode = entries(primals.nodes) < entries(recorded.out.nodes) ? forwardBlocks : reverseBlocks;
  return mode(recorded, primals, options);
};

/** By elimination, whatever the mode: all go the cheapest way. */
export function blocksByElimination({ paths, marks, out }: Recording): Blocks {
  const { jacobians } = eliminated(paths, marks, out.nodes)!;
  return jacobians.map((row, i) => row.map((each) => written(each, out.nodes[i].dtype)));
}

const written = (given: Structured | null, dtype: DType): Node | null => given && toNode({ ...given, dtype });

/** Second derivatives, each pair once where symmetry permits, else as the Jacobian of the Jacobian. */
export function secondBlocksByElimination(recorded: Recording): SecondBlocks {
  const { paths, marks, out } = recorded;
  return out.nodes.map((node) => {
    const symmetric = secondDerivatives(paths, marks, node);
    if (symmetric !== null) return symmetric.map((row) => row.map((each) => written(each, node.dtype)));
    const alone = { ...recorded, paths: derivativePaths(marks, [node]), out: { ...out, nodes: [node] } };
    const [firsts] = blocksByElimination(alone);
    return firsts.map((first) => {
      if (first === null) return marks.map(() => null);
      const { jacobians } = eliminated(derivativePaths(marks, [first]), marks, [first])!;
      return jacobians[0].map((each) => written(each, node.dtype));
    });
  });
}
