/**
 * @file Control flow that stays in the graph: cond, whileLoop, forLoop, scan and map. Their functions run once, on
 * placeholders, and become bodies that are compiled as branches and loops, however often they run.
 */
import { emit, iota, resultsOf } from "../emit.ts";
import { ArgumentError, DTypeError, ShapeError, StructureError, showShape } from "../errors.ts";
import { type Body, capturedByBranch, capturedByLoop, cutBody } from "../graph/body.ts";
import { type Node, placeholderNode, type TensorType } from "../graph/node.ts";
import { whileTransforming } from "../graph/retention.ts";
import { whileTracing, withoutValues } from "../graph/tracing.ts";
import { sameTree, showTree, type TreeDef, unflatten } from "../pytree.ts";
import { sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { type NodeTree, nodesOf, resultNodes, tensors } from "./arguments.ts";
import type { AnyFunction, TensorTree } from "./types.ts";

interface Traced {
  readonly placeholders: readonly Node[];
  readonly out: NodeTree;
  /** Nodes made while the function ran are younger. */
  readonly start: Node;
}

/** Runs `f` on placeholders for arguments of these types, nested like `defs`. */
function traceBody(
  transform: string,
  f: AnyFunction,
  args: readonly { readonly types: readonly TensorType[]; readonly def: TreeDef }[],
): Traced {
  const trace = withoutValues(transform);
  return whileTransforming(() =>
    whileTracing(trace, () => {
      const start = placeholderNode({ shape: [], dtype: "bool" }, trace);
      const nodes = args.map(({ types }) => types.map(({ shape, dtype }) => placeholderNode({ shape, dtype }, trace)));
      const values = args.map(({ def }, i) => unflatten(def, tensors(nodes[i])));
      const result = Reflect.apply(f, undefined, values as never[]);
      return { placeholders: nodes.flat(), out: nodesOf(`${transform}: the function's result`, result), start };
    }),
  );
}

const typeText = ({ dtype, shape }: TensorType): string => `${dtype}${showShape(shape)}`;

/** What goes round a loop must come back as it went in. */
function requireSame(what: string, expected: NodeTree, got: NodeTree): void {
  if (!sameTree(expected.def, got.def)) {
    throw new StructureError(
      `${what}: expected the nesting ${showTree(expected.def)}, got ${showTree(got.def)}. Return it as it came in.`,
    );
  }
  got.nodes.forEach((node, i) => {
    const wanted = expected.nodes[i];
    if (!sameShape(node.shape, wanted.shape)) {
      throw new ShapeError(
        `${what}: expected ${typeText(wanted)}, got ${typeText(node)}. A loop keeps shapes: start with one that fits, or ` +
          "collect what grows as outputs of scan.",
      );
    }
    if (node.dtype !== wanted.dtype) {
      throw new DTypeError(
        `${what}: expected ${typeText(wanted)}, got ${typeText(node)}. Convert with .to("${wanted.dtype}"), or start with ${node.dtype}.`,
      );
    }
  });
}

const leaf = (result: unknown, what: string): unknown => {
  if (result === undefined) throw new StructureError(`${what} returned nothing. Is a return missing?`);
  return result;
};

/** The first of the arguments of a loop's function, `[carry, output]`, apart. */
function splitStep(transform: string, { out }: Traced): { carry: NodeTree; outputs: NodeTree } {
  const { def, nodes } = out;
  if (def.kind !== "array" || def.children.length !== 2) {
    throw new StructureError(
      `${transform}: the function must return [carry, output], got ${showTree(def)}. Without an output return [carry, null].`,
    );
  }
  const [first, second] = def.children;
  const count = countLeaves(first);
  return { carry: { def: first, nodes: nodes.slice(0, count) }, outputs: { def: second, nodes: nodes.slice(count) } };
}

const countLeaves = (def: TreeDef): number =>
  def.kind === "leaf" ? 1 : def.kind === "empty" ? 0 : def.children.reduce((sum, child) => sum + countLeaves(child), 0);

export interface ScanOptions {
  /** Number of iterations; needed only without sequences. */
  readonly length?: number;
  /** From the last slice to the first; outputs keep the places of their slices. */
  readonly reverse?: boolean;
}

function scanLength(sequences: NodeTree, given: number | undefined): number {
  const lengths = sequences.nodes.map(({ shape }) => {
    if (shape.length === 0) {
      throw new ShapeError("scan: expected sequences with an axis 0 to run along, got a scalar. Pass it by closure.");
    }
    return shape[0];
  });
  if (given !== undefined) {
    if (!Number.isInteger(given) || given < 0) {
      throw new ArgumentError(`scan: length must be an integer of at least 0, got ${given}.`);
    }
    lengths.push(given);
  }
  if (lengths.length === 0) {
    throw new ArgumentError("scan: without sequences the number of iterations is not known. Give the option length.");
  }
  if (lengths.some((length) => length !== lengths[0])) {
    const list = sequences.nodes.map(({ shape }) => showShape(shape));
    throw new ShapeError(
      `scan: all sequences must be as long as each other${given === undefined ? "" : " and as length"}, got ${[
        ...list,
        ...(given === undefined ? [] : [`length ${given}`]),
      ].join(", ")}.`,
    );
  }
  return lengths[0];
}

/**
 * A loop with a fixed number of iterations that carries values along: `[carry, output] = f(carry, slice)` for each slice
 * of `sequences` along axis 0. Differentiable in both modes, and compiled as a loop. Reverse mode keeps what each
 * iteration carried in, and computes the rest of the iteration anew.
 *
 * `f` runs once, on placeholders: the carry must keep its nesting, shapes and types.
 * @param init the first carry: any nesting of tensors
 * @param sequences tensors, nested as you like, all with the same extent along axis 0; or null, with `length`
 * @returns the last carry, and the outputs stacked along a new axis 0
 * @example const [last, path] = scan((x, u) => [x.mul(0.9).add(u), x], zeros([3]), controls);
 */
export function scan<Carry, Sequences, Output>(
  f: (carry: TensorTree<Carry>, slice: TensorTree<Sequences>) => readonly [unknown, Output],
  init: Carry,
  sequences: Sequences,
  options: ScanOptions = {},
): [TensorTree<Carry>, TensorTree<Output>] {
  const [last, outputs] = scanNodes(
    "scan",
    f as AnyFunction,
    nodesOf("scan: init", init),
    nodesOf("scan: sequences", sequences),
    options,
  );
  return [last, outputs] as [TensorTree<Carry>, TensorTree<Output>];
}

function scanNodes(
  transform: string,
  f: AnyFunction,
  init: NodeTree,
  sequences: NodeTree,
  { length: given, reverse = false }: ScanOptions,
): [unknown, unknown] {
  const length = scanLength(sequences, given);
  const slices = sequences.nodes.map(({ shape, dtype }): TensorType => ({ shape: shape.slice(1), dtype }));
  const traced = traceBody(transform, f, [
    { types: init.nodes, def: init.def },
    { types: slices, def: sequences.def },
  ]);
  const { carry, outputs } = splitStep(transform, traced);
  requireSame(`${transform}: the carry that the function returns`, init, carry);
  const ends = [...carry.nodes, ...outputs.nodes];
  const constants = capturedByLoop(traced.placeholders, ends);
  const body = cutBody([...traced.placeholders, ...constants], ends);
  const node = emit("scan", [...init.nodes, ...sequences.nodes, ...constants], {
    body,
    length,
    reverse,
    carries: init.nodes.length,
    sequences: sequences.nodes.length,
  });
  const results = tensors(resultsOf(node));
  const count = init.nodes.length;
  return [
    unflatten(init.def, results.slice(0, count)),
    unflatten(outputs.def, results.slice(count, count + outputs.nodes.length)),
  ];
}

/**
 * `f` of each slice of `sequences` along axis 0, one after the other, the results stacked: like `vmap`, but a loop, so it
 * needs the memory of one slice only. Differentiable in both modes.
 * @param sequences tensors, nested as you like, all with the same extent along axis 0
 * @example map((row: Tensor) => row.softmax(0), matrix)
 */
export function map<Sequences, Output>(
  f: (slice: TensorTree<Sequences>) => Output,
  sequences: Sequences,
): TensorTree<Output> {
  const step = (_: null, slice: never): unknown[] => [
    null,
    leaf(Reflect.apply(f, undefined, [slice]), "map: the function"),
  ];
  const [, outputs] = scanNodes("map", step, nodesOf("map", null), nodesOf("map: sequences", sequences), {});
  return outputs as TensorTree<Output>;
}

/**
 * `value = f(i, value)` for i = low … high − 1; `i` is an int32 scalar. With numbers as bounds it is a `scan`, and
 * differentiable in both modes; with tensors as bounds it is a `whileLoop`, and reverse mode cannot go through.
 * @example forLoop(0, 10, (i, x) => x.sub(gradient(x).mul(0.1)), start)
 */
export function forLoop<Value>(
  low: number | Tensor,
  high: number | Tensor,
  f: (i: Tensor, value: TensorTree<Value>) => unknown,
  init: Value,
): TensorTree<Value> {
  if (typeof low === "number" && typeof high === "number") {
    if (!Number.isInteger(low) || !Number.isInteger(high)) {
      throw new ArgumentError(`forLoop: expected whole numbers as bounds, got ${low} and ${high}.`);
    }
    const length = Math.max(0, high - low);
    const steps = new Tensor(iota([length], 0)).add(low);
    const step = (value: never, i: never): unknown[] => [
      leaf(Reflect.apply(f, undefined, [i, value]), "forLoop: the function"),
      null,
    ];
    const [last] = scanNodes("forLoop", step, nodesOf("forLoop: init", init), nodesOf("forLoop", steps), {});
    return last as TensorTree<Value>;
  }
  const [first, end] = [low, high].map((bound) =>
    (bound instanceof Tensor ? bound : new Tensor(nodesOf("forLoop", bound).nodes[0])).to("int32"),
  );
  const [, last] = whileLoop(
    ([i]) => (i as Tensor).lt(end),
    ([i, value]) => [(i as Tensor).add(1), f(i as Tensor, value as TensorTree<Value>)],
    [first, init] as [Tensor, Value],
  ) as [Tensor, TensorTree<Value>];
  return last;
}

/**
 * `value = f(value)` as long as `test(value)` holds; `test` gives one bool. Forward mode goes through it; reverse mode
 * cannot, since what it would need to keep has no bound: use `scan`. Under `vmap` it runs until all examples are done.
 * @example whileLoop((x) => x.lt(100), (x) => x.mul(2), tensor(1))
 */
export function whileLoop<Value>(
  test: (value: TensorTree<Value>) => Tensor,
  f: (value: TensorTree<Value>) => unknown,
  init: Value,
): TensorTree<Value> {
  const first = nodesOf("whileLoop: init", init);
  const argument = [{ types: first.nodes, def: first.def }];
  const decision = traceBody("whileLoop", test as AnyFunction, argument);
  requireBool("whileLoop: the test", decision.out);
  const step = traceBody("whileLoop", f as AnyFunction, argument);
  requireSame("whileLoop: the value that the function returns", first, step.out);
  const ofTest = capturedByLoop(decision.placeholders, decision.out.nodes);
  const ofStep = capturedByLoop(step.placeholders, step.out.nodes);
  const constants = [...new Set([...ofTest, ...ofStep])];
  const node = emit("while", [...first.nodes, ...constants], {
    test: cutBody([...decision.placeholders, ...constants], decision.out.nodes),
    body: cutBody([...step.placeholders, ...constants], step.out.nodes),
    carries: first.nodes.length,
  });
  return unflatten(first.def, tensors(resultsOf(node))) as TensorTree<Value>;
}

function requireBool(what: string, { nodes, def }: NodeTree): void {
  const [node] = nodes;
  if (def.kind === "leaf" && node.dtype === "bool" && node.shape.length === 0) return;
  const got = def.kind === "leaf" ? typeText(node) : showTree(def);
  throw new DTypeError(
    `${what} must be one bool (bool[]), got ${got}. Compare, as in x.lt(1), and reduce with all or any.`,
  );
}

/**
 * `yes(...operands)` if `test` is true, else `no(...operands)`, where `test` is a tensor that need not be known yet: works
 * inside `jit`, `scan` and `vmap` (where an `if` cannot). Only one of the two is computed, except under a `vmap` that
 * gives each example a test of its own: then both are, and each example gets what it chose.
 * @param test one bool
 * @param yes both functions must return the same nesting, shapes and types
 * @example cond(x.sum().gt(0), (x) => x.log(), (x) => x.neg(), x)
 */
export function cond<const Operands extends readonly unknown[], Out>(
  test: Tensor | boolean,
  yes: (...operands: { [I in keyof Operands]: TensorTree<Operands[I]> }) => Out,
  no: (...operands: { [I in keyof Operands]: TensorTree<Operands[I]> }) => Out,
  ...operands: Operands
): TensorTree<Out> {
  const decision = nodesOf("cond: the test", test);
  requireBool("cond: the test", decision);
  const trees = operands.map((operand) => nodesOf("cond", operand));
  const args = trees.map(({ nodes, def }) => ({ types: nodes, def }));
  const [first, second] = [yes, no].map((f) => traceBody("cond", f as AnyFunction, args));
  for (const { out } of [first, second]) resultNodes("cond", unflatten(out.def, tensors(out.nodes)));
  requireSame("cond: what the second function returns, against the first", first.out, second.out);
  const constants = [
    ...new Set(
      [first, second].flatMap(({ placeholders, out, start }) => capturedByBranch(placeholders, out.nodes, start)),
    ),
  ];
  const bodyOf = ({ placeholders, out }: Traced): Body => cutBody([...placeholders, ...constants], out.nodes);
  const inputs = [...decision.nodes, ...trees.flatMap(({ nodes }) => nodes), ...constants];
  const node = emit("branch", inputs, { yes: bodyOf(first), no: bodyOf(second) });
  return unflatten(first.out.def, tensors(resultsOf(node))) as TensorTree<Out>;
}
