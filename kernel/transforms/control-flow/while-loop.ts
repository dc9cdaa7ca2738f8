/** @file whileLoop, whose number of iterations depends on values, and forLoop, which is a scan where it can be. */
import { emit, iota, resultsOf } from "../../emit.ts";
import { ArgumentError, showShape } from "../../errors.ts";
import { operand } from "../../functions/operands.ts";
import { capturedByLoop, cutBody } from "../../graph/body.ts";
import { unflatten } from "../../pytree.ts";
import { Tensor } from "../../tensor.ts";
import { type NodeTree, nodesOf, tensors } from "../arguments.ts";
import type { AnyFunction, TensorTree } from "../types.ts";
import { scanTrees } from "./scan.ts";
import { type Returned, requireBool, requireCarry, traceBody, typeOfArgument } from "./trace-body.ts";

/** A while loop for the transform of that name. */
function whileTree(transform: string, test: AnyFunction, f: AnyFunction, init: NodeTree): unknown {
  const argument = [typeOfArgument(init)];
  const decision = traceBody(transform, test, argument);
  requireBool(`${transform}: what the test returns`, decision.out);
  const step = traceBody(transform, f, argument);
  requireCarry(`${transform}: what the function returns for the next iteration`, init, step.out);
  const ofTest = capturedByLoop(decision.placeholders, decision.out.nodes);
  const ofStep = capturedByLoop(step.placeholders, step.out.nodes);
  const constants = [...new Set([...ofTest, ...ofStep])];
  const node = emit("while", [...init.nodes, ...constants], {
    test: cutBody([...decision.placeholders, ...constants], decision.out.nodes),
    body: cutBody([...step.placeholders, ...constants], step.out.nodes),
    carries: init.nodes.length,
  });
  return unflatten(init.def, tensors(resultsOf(node)));
}

/**
 * `value = f(value)` as long as `test(value)` holds; `test` gives one bool. Forward mode goes through it. Reverse mode
 * cannot: how much it would have to keep is not known before; use `scan` or `forLoop` for that. Under `vmap` it runs
 * until all examples are done, and those that are done stay as they are.
 *
 * Both functions run once, on placeholders, so they cannot read values. The value must keep its nesting, shapes and types.
 * @param init the first value: tensors and numbers, nested as you like
 * @example whileLoop((x) => x.lt(100), (x) => x.mul(2), tensor(1))
 */
export function whileLoop<const Value>(
  test: (value: NoInfer<TensorTree<Value>>) => Tensor | boolean,
  f: (value: NoInfer<TensorTree<Value>>) => NoInfer<Returned<Value>>,
  init: Value,
): TensorTree<Value> {
  const first = nodesOf("whileLoop: init", init);
  return whileTree("whileLoop", test as AnyFunction, f as AnyFunction, first) as TensorTree<Value>;
}

function requireBound(bound: number | Tensor): void {
  const isNumber = typeof bound === "number";
  if (isNumber ? Number.isInteger(bound) : bound instanceof Tensor && bound.dtype === "int32" && bound.ndim === 0)
    return;
  const got = isNumber || !(bound instanceof Tensor) ? String(bound) : `${bound.dtype}${showShape(bound.shape)}`;
  throw new ArgumentError(
    `forLoop: expected whole numbers or int32 scalars as bounds, got ${got}. Convert with .to("int32").`,
  );
}

/**
 * `value = f(i, value)` for i = low … high − 1, where `i` is an int32 scalar. With numbers as bounds it is a `scan`,
 * differentiable in both modes; with a tensor as bound it is a `whileLoop`, and only forward mode goes through.
 * @param low whole number, or int32 scalar
 * @param high whole number, or int32 scalar; at or below `low` nothing is done
 * @example forLoop(0, 10, (_, x) => x.sub(gradient(x).mul(0.1)), start)
 */
export function forLoop<const Value>(
  low: number | Tensor,
  high: number | Tensor,
  f: (i: Tensor, value: NoInfer<TensorTree<Value>>) => NoInfer<Returned<Value>>,
  init: Value,
): TensorTree<Value> {
  requireBound(low);
  requireBound(high);
  const first = nodesOf("forLoop: init", init);
  if (typeof low === "number" && typeof high === "number") {
    const counter = new Tensor(iota([Math.max(0, high - low)], 0)).add(low);
    const step = (value: NoInfer<TensorTree<Value>>, i: Tensor): unknown => [f(i, value), null];
    const [last] = scanTrees("forLoop", step as AnyFunction, first, nodesOf("forLoop", counter), {});
    return last as TensorTree<Value>;
  }
  const [start, end] = [low, high].map((bound) => new Tensor(operand("forLoop", bound, "int32")));
  const test = ([i]: [Tensor]): Tensor => i.lt(end);
  const step = ([i, value]: [Tensor, NoInfer<TensorTree<Value>>]): unknown => [i.add(1), f(i, value)];
  const [, last] = whileTree(
    "forLoop",
    test as AnyFunction,
    step as AnyFunction,
    nodesOf("forLoop: init", [start, init]),
  ) as [Tensor, TensorTree<Value>];
  return last;
}
