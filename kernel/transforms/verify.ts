/** @file The option verify: a Jacobian or Hessian against the plain composition and against finite differences. */
import { GradientError, showShape, TraceError } from "../errors.ts";
import { flatten } from "../pytree.ts";
import { stridesOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** What rounding may do to an entry, in relation to the largest of its block: sums in another order. */
const ROUNDING = { float32: 2e-4, float64: 1e-9 };

/** Values must be there: they are compared. */
export function requireValues(transform: string, args: readonly unknown[]): void {
  const traced = flatten(args).leaves.find((leaf) => leaf instanceof Tensor && leaf.node.trace !== null);
  if (traced === undefined) return;
  throw new TraceError(
    `${transform}: verify compares numbers, and inside ${(traced as Tensor).node.trace!.transform} there are none. ` +
      "Verify outside, for one example.",
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

/** Compares leaf by leaf. */
export function requireEqualTrees(transform: string, structured: unknown, plain: unknown): void {
  const [found, others] = [flatten(structured).leaves, flatten(plain).leaves];
  found.forEach((leaf, i) => {
    const what = found.length === 1 ? "the result" : `block ${i} of the result`;
    requireEqual(transform, what, leaf as Tensor, others[i] as Tensor);
  });
}
