/** @file Saying what was asked for when it does not fit in memory. */
import type { Demand } from "../budget.ts";
import { showShape } from "../errors.ts";
import type { TensorType } from "../graph/node.ts";
import type { Provenance } from "../tensor.ts";

/** What people write for operations that go by another name inside. */
const WRITTEN: Readonly<Record<string, string>> = {
  diagonalEmbed: "eye or diag",
  dot: "a product (matmul, outer or einsum)",
  full: "full, zeros or ones",
  iota: "arange",
};

/** A node, or one of a graph. */
export interface Demanded extends TensorType {
  readonly expression?: { readonly op: { readonly name: string } } | null;
  readonly op?: { readonly name: string } | null;
}

function nameOf(node: Demanded, of: Provenance | undefined): string {
  if (of !== undefined) {
    const inputs = of.inputs.map(({ name }) => name).join(" and ");
    return `the ${of.kind === "hessian" ? "Hessian" : "Jacobian"} of ${of.of} with respect to ${inputs}`;
  }
  const op = (node.op ?? node.expression?.op)?.name;
  return op === undefined ? "evaluation" : `the result of ${WRITTEN[op] ?? op}`;
}

const RAISE = "or raise the budget with setMemoryBudget(bytes)";

function remedyFor(of: Provenance | undefined, isTheResult: boolean): string {
  if (of?.kind === "hessian") return `For products with it use hvp, which never forms it; ${RAISE}.`;
  if (of !== undefined && isTheResult) return `For products with it use vjp or jvp, which never form it; ${RAISE}.`;
  if (isTheResult) return `Use smaller inputs, reduce it before it is read, ${RAISE}.`;
  return `Compute it in chunks (option chunkSize of vmap and jacobians, or map), ${RAISE}.`;
}

/** @param least what the results alone need; the rest of `bytes` is for what they are computed from */
export function describeDemand(
  outputs: readonly Demanded[],
  bytes: number,
  least: number,
  of: Provenance | undefined,
): Omit<Demand, "bytes"> {
  const [first] = outputs;
  const types = outputs.map(({ dtype, shape }) => `${dtype}${showShape(shape)}`);
  const shown = types.length > 3 ? `${types.slice(0, 3).join(", ")} and ${types.length - 3} more` : types.join(", ");
  const isTheResult = 2 * least >= bytes;
  return {
    name: nameOf(first, of),
    what: isTheResult ? shown : `${shown} with what it is computed from`,
    remedy: remedyFor(of, isTheResult),
  };
}
