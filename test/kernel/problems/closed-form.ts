/** @file Comparing what the kernel computes with numbers worked out by hand. */
import type { Tensor } from "../../../kernel/index.ts";
import { assertNear } from "../support/near.ts";

export type Nested = number | readonly Nested[];

/** The shape of nested arrays of equal lengths. */
function shapeOf(nested: Nested): number[] {
  return typeof nested === "number" ? [] : [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])];
}

const flatten = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flatten));

/** `actual` has the shape and the entries of `expected`, up to rounding relative to the largest of them. */
export function assertClosedForm(actual: Tensor, expected: Nested, what: string, rtol = 1e-11): void {
  const data = flatten(expected);
  const largest = data.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  // A sum of large terms that cancel has their rounding, however small it is itself.
  const atol = rtol * largest || rtol;
  assertNear(actual, { shape: shapeOf(expected), data }, { rtol, atol, dtype: "float64", what });
}
