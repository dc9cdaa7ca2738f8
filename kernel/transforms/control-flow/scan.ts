/** @file Loops with a known number of iterations: scan, which carries values along, and map, which does not. */
import { emit, resultOf } from "../../emit.ts";
import { ArgumentError, ShapeError, StructureError, showShape } from "../../errors.ts";
import { capturedByLoop, cutBody } from "../../graph/body.ts";
import type { TensorType } from "../../graph/node.ts";
import { countLeaves, showTree, unflatten } from "../../pytree.ts";
import { type NodeTree, nodesOf, requireResult, tensors } from "../arguments.ts";
import { requireOptions } from "../options.ts";
import type { AnyFunction, TensorTree } from "../types.ts";
import { type Returned, requireCarry, type Traced, traceBody, typeOfArgument } from "./trace-body.ts";

export interface ScanOptions {
  /** Number of iterations; needed only without sequences. */
  readonly length?: number;
  /** From the last slice to the first; outputs keep the places of their slices. */
  readonly reverse?: boolean;
}

/** The number of iterations, which all sequences and the option `length` must agree on. */
function iterations(transform: string, sequences: NodeTree, given: number | undefined): number {
  const lengths = sequences.nodes.map(({ shape }) => {
    if (shape.length === 0) {
      throw new ShapeError(
        `${transform}: expected sequences with an axis 0 to run along, got a scalar. What is the same in all iterations ` +
          "need not be passed: use it in the function.",
      );
    }
    return shape[0];
  });
  if (given !== undefined) {
    if (!Number.isInteger(given) || given < 0) {
      throw new ArgumentError(`${transform}: length must be an integer of at least 0, got ${given}.`);
    }
    lengths.push(given);
  }
  if (lengths.length === 0) {
    throw new ArgumentError(
      `${transform}: the number of iterations is not known. Give at least one sequence${transform === "scan" ? ", or the option length" : ""}.`,
    );
  }
  if (lengths.some((length) => length !== lengths[0])) {
    const list = sequences.nodes.map(({ shape }) => showShape(shape));
    if (given !== undefined) list.push(`length ${given}`);
    throw new ShapeError(
      `${transform}: all sequences must have the same extent along axis 0, got ${list.join(", ")}. Slice the longer ones.`,
    );
  }
  return lengths[0];
}

/** What the function of a scan returned, `[carry, output]`, apart. */
function splitResult(transform: string, { out: { def, nodes } }: Traced): { carry: NodeTree; outputs: NodeTree } {
  if (def.kind !== "array" || def.children.length !== 2) {
    throw new StructureError(
      `${transform}: the function must return [carry, output], got ${showTree(def)}. Without an output return [carry, null].`,
    );
  }
  const [carry, outputs] = def.children;
  const count = countLeaves(carry);
  return { carry: { def: carry, nodes: nodes.slice(0, count) }, outputs: { def: outputs, nodes: nodes.slice(count) } };
}

/**
 * A scan for the transform of that name.
 * @param f gives `[carry, output]`
 * @returns the last carry, and the outputs stacked
 */
export function scanTrees(
  transform: string,
  f: AnyFunction,
  init: NodeTree,
  sequences: NodeTree,
  { length: given, reverse = false }: ScanOptions,
): [unknown, unknown] {
  const length = iterations(transform, sequences, given);
  const slices = sequences.nodes.map(({ shape, dtype }): TensorType => ({ shape: shape.slice(1), dtype }));
  const traced = traceBody(transform, f, [typeOfArgument(init), { types: slices, def: sequences.def }]);
  const { carry, outputs } = splitResult(transform, traced);
  requireCarry(`${transform}: what the function returns for the next iteration`, init, carry);
  const ends = [...carry.nodes, ...outputs.nodes];
  const constants = capturedByLoop(traced.placeholders, ends);
  const body = cutBody([...traced.placeholders, ...constants], ends);
  const carries = init.nodes.length;
  const node = emit("scan", [...init.nodes, ...sequences.nodes, ...constants], {
    body,
    length,
    reverse,
    carries,
    sequences: sequences.nodes.length,
  });
  // The results behind these are for derivatives. As a person's tensors they would be kept.
  const results = tensors(ends.map((_, i) => resultOf(node, i)));
  return [unflatten(init.def, results.slice(0, carries)), unflatten(outputs.def, results.slice(carries))];
}

/**
 * A loop with a fixed number of iterations that carries values along: `[carry, output] = f(carry, slice)` for each slice
 * of `sequences` along axis 0. Differentiable in both modes, and compiled as a loop. Reverse mode keeps what each
 * iteration was given, and computes what happens inside it anew.
 *
 * `f` runs once, on placeholders, so it cannot read values. The carry must keep its nesting, shapes and types.
 * @param init the first carry: tensors and numbers, nested as you like
 * @param sequences the same, all with one extent along axis 0; or null, with the option `length`
 * @returns the last carry, and the outputs stacked along a new axis 0
 * @example const [last, path] = scan((x, u) => [x.mul(0.9).add(u), x], zeros([3]), controls);
 */
export function scan<const Carry, const Sequences, const Output>(
  f: (
    carry: NoInfer<TensorTree<Carry>>,
    slice: NoInfer<TensorTree<Sequences>>,
  ) => readonly [NoInfer<Returned<Carry>>, Output],
  init: Carry,
  sequences: Sequences,
  options: ScanOptions = {},
): [TensorTree<Carry>, TensorTree<Output>] {
  requireOptions("scan", options, ["length", "reverse"], "{ length: 10 }");
  const trees = [nodesOf("scan: init", init), nodesOf("scan: sequences", sequences)] as const;
  return scanTrees("scan", f as AnyFunction, ...trees, options) as [TensorTree<Carry>, TensorTree<Output>];
}

/**
 * `f` of each slice of `sequences` along axis 0, one after the other, the results stacked along a new axis 0: what `vmap`
 * computes, but as a loop, so what happens inside needs memory for one slice only. Differentiable in both modes.
 * @param sequences tensors, nested as you like, all with one extent along axis 0
 * @example map((row) => row.softmax(0), matrix)
 */
export function map<const Sequences, const Output>(
  f: (slice: NoInfer<TensorTree<Sequences>>) => Output,
  sequences: Sequences,
): TensorTree<Output> {
  const step = (_: null, slice: NoInfer<TensorTree<Sequences>>): unknown => {
    const output = f(slice);
    requireResult("map", nodesOf("map: the function's result", output));
    return [null, output];
  };
  const [, outputs] = scanTrees(
    "map",
    step as AnyFunction,
    nodesOf("map", null),
    nodesOf("map: sequences", sequences),
    {},
  );
  return outputs as TensorTree<Output>;
}
