/** @file cond: one of two functions, chosen by a value that need not be known when the graph is made. */
import { emit, resultsOf } from "../../emit.ts";
import { type Body, capturedByBranch, cutBody } from "../../graph/body.ts";
import { unflatten } from "../../pytree.ts";
import type { Tensor } from "../../tensor.ts";
import { nodesOf, requireResult, tensors } from "../arguments.ts";
import type { AnyFunction, TensorTree } from "../types.ts";
import { type Returned, requireBool, requireSame, type Traced, traceBody, typeOfArgument } from "./trace-body.ts";

/**
 * `yes(...operands)` if `test` is true, else `no(...operands)`. Unlike an `if` it works where `test` has no value yet:
 * inside `vmap`, `scan` and the like. Only the one that is chosen is computed, except where a `vmap` gives each example a
 * test of its own: then both are, and each example gets what it chose. A derivative of such a map is one of `where`, in
 * which an infinite slope of the other function gives NaN; a map of the derivative, as in `vmap(grad(f))`, is not.
 *
 * Both functions run once, on placeholders, so they cannot read values; what they close over may differ. They must return
 * the same nesting, shapes and types.
 * @param test one bool
 * @example cond(x.sum().gt(0), (x) => x.log(), (x) => x.neg(), x)
 */
export function cond<const Operands extends readonly unknown[], const Out>(
  test: Tensor | boolean,
  yes: (...operands: { [I in keyof Operands]: TensorTree<Operands[I]> }) => Out,
  no: (...operands: { [I in keyof Operands]: TensorTree<Operands[I]> }) => NoInfer<Returned<Out>>,
  ...operands: Operands
): TensorTree<Out> {
  const decision = nodesOf("cond: the test", test);
  requireBool("cond: the test", decision);
  const trees = operands.map((operand) => nodesOf("cond", operand));
  const [first, second] = [yes, no].map((f) => traceBody("cond", f as AnyFunction, trees.map(typeOfArgument)));
  for (const { out } of [first, second]) requireResult("cond", out);
  requireSame(
    "cond: what the second function returns",
    first.out,
    second.out,
    "Both functions must return the same shapes: reshape one of the two, or expand it.",
  );
  const captured = [first, second].map(({ placeholders, out, start }) =>
    capturedByBranch(placeholders, out.nodes, start),
  );
  const constants = [...new Set(captured.flat())];
  const bodyOf = ({ placeholders, out }: Traced): Body => cutBody([...placeholders, ...constants], out.nodes);
  const inputs = [...decision.nodes, ...trees.flatMap(({ nodes }) => nodes), ...constants];
  const node = emit("branch", inputs, { yes: bodyOf(first), no: bodyOf(second) });
  return unflatten(first.out.def, tensors(resultsOf(node))) as TensorTree<Out>;
}
