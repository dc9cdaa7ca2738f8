/** @file The option verify: a Jacobian or Hessian against the plain composition and against finite differences. */
import { GradientError, showShape, TraceError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { stridesOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import type { Blocks } from "./jacobian.ts";

/** What rounding may do to an entry, in relation to the largest of its block: sums in another order. */
const ROUNDING = { float32: 2e-4, float64: 1e-9 };

/** Values must be there: they are compared. */
export function requireValues(transform: string, nodes: readonly Node[]): void {
  const traced = nodes.find(({ trace }) => trace !== null)?.trace;
  if (!traced) return;
  throw new TraceError(
    `${transform}: verify compares numbers, and inside ${traced.transform} there are none. Verify outside, for one example.`,
  );
}

function requireEqual(transform: string, what: string, structured: Tensor, plain: Tensor): void {
  const [a, b] = [structured.dataSync(), plain.dataSync()];
  let largest = 0;
  for (const value of b) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const tolerance = ROUNDING[structured.dtype === "float64" ? "float64" : "float32"] * largest;
  a.forEach((got, i) => {
    const expected = b[i];
    // A zero of the structure, where the plain composition multiplied one with an infinity.
    if (Object.is(got, expected) || Math.abs(got - expected) <= tolerance || (got === 0 && Number.isNaN(expected)))
      return;
    const at = stridesOf(structured.shape).map((stride, d) => Math.floor(i / stride) % structured.shape[d]);
    const relativeError = Math.abs(got - expected) / Math.max(Math.abs(got), Math.abs(expected));
    throw new GradientError(
      `${transform}: verify found ${got} at ${showShape(at)} of ${what}, but ${expected} with strategy "vmap". ` +
        "Please report it, with the function; until then use that strategy.",
      { mode: transform === "jacrev" ? "reverse" : "forward", order: 1, expected, got, relativeError },
    );
  });
}

/** Compares block by block; null is zero, and the plain composition finds the same ones to be null. */
export function requireEqualBlocks(transform: string, structured: Blocks, plain: Blocks): void {
  structured.forEach((row, i) => {
    row.forEach((block, j) => {
      const other = plain[i][j];
      if (block === null || other === null) return;
      requireEqual(transform, `block ${i}, ${j}`, new Tensor(block), new Tensor(other));
    });
  });
}
