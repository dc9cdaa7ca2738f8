/** @file makeGraph: what a function does to its arguments, as a graph to print or to inspect. */
import { NO_PARAMS, type Node, type Params, placeholderNode, type Trace } from "../graph/node.ts";
import { letters, type NamedGraph, type NamedNode, printGraph } from "../graph/print.ts";
import { whileTransforming } from "../graph/retention.ts";
import { collect } from "../graph/walk.ts";
import { leafPaths, type TreeDef } from "../pytree.ts";
import { hostOf } from "../remote.ts";
import { callOn, type NodeTree, nodesOf, resultNodes } from "./arguments.ts";
import { parameterName } from "./naming.ts";
import { requireFunction } from "./options.ts";
import type { AnyFunction } from "./types.ts";

/** The graph of a function: plain data, and the text of it where it is printed. */
export class TracedGraph implements NamedGraph {
  readonly nodes: readonly NamedNode[];
  readonly inputs: readonly number[];
  readonly constants: readonly number[];
  readonly outputs: readonly number[];
  readonly result: TreeDef;

  constructor(graph: NamedGraph) {
    this.nodes = graph.nodes;
    this.inputs = graph.inputs;
    this.constants = graph.constants;
    this.outputs = graph.outputs;
    this.result = graph.result;
  }

  toString(): string {
    return printGraph(this);
  }

  /** Node's `console.log` shows what `toString` says. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

interface ArgumentNames {
  /** Per leaf: what `f` calls its argument, and the way to the leaf in it. */
  readonly leaves: readonly string[];
  /** Letters would be mistaken for these. */
  readonly taken: ReadonlySet<string>;
}

function argumentNames(f: AnyFunction, def: TreeDef): ArgumentNames {
  const args = def.kind === "array" ? def.children : [];
  const roots = args.map((_, place) => parameterName(f, place).replace(" ", ""));
  return { leaves: args.flatMap((arg, place) => leafPaths(arg, roots[place])), taken: new Set(roots) };
}

/** Marks are bookkeeping of derivatives inside: what a mark stands on is the same value. */
function behindMarks(node: Node): Node {
  let at = node;
  while (at.expression?.op.name === "mark") at = at.expression.inputs[0];
  return at;
}

/** One number is worth showing; the data of larger constants is not. */
function constantParams({ size, value }: Node): Params {
  const here = size === 1 && value !== null ? hostOf(value) : null;
  return here === null ? NO_PARAMS : { value: here[0] };
}

/** @param start nodes older than this one were there before the function ran */
function namedGraph(names: ArgumentNames, inputs: readonly Node[], start: Node, out: NodeTree): NamedGraph {
  const isInput = new Set(inputs);
  const outputs = out.nodes.map(behindMarks);
  const reached = collect(outputs, (node) => !isInput.has(node) && (node.literal || node.id > start.id));
  const steps = reached.filter((node) => behindMarks(node) === node);
  const known = new Set([...inputs, ...steps]);
  const constants = new Set<Node>();
  const needed = [...steps.flatMap((step) => step.expression!.inputs.map(behindMarks)), ...outputs];
  for (const node of needed) if (!known.has(node)) constants.add(node);

  const nodes: NamedNode[] = [];
  const places = new Map<Node, number>();
  const placeOf = (node: Node): number => places.get(behindMarks(node))!;
  const append = (node: Node, name: string, op: string | null, from: readonly Node[], params: Params): void => {
    places.set(node, nodes.length);
    const { shape, dtype, results } = node;
    nodes.push({
      name,
      op,
      inputs: from.map(placeOf),
      params,
      shape,
      dtype,
      ...(results === undefined ? {} : { results }),
    });
  };
  inputs.forEach((node, i) => {
    append(node, names.leaves[i], null, [], NO_PARAMS);
  });
  const free = letters(names.taken);
  for (const node of constants) append(node, free.next().value, null, [], constantParams(node));
  for (const node of steps) {
    const { op, inputs: from, params } = node.expression!;
    append(node, free.next().value, op.name, from, params);
  }
  return {
    nodes,
    inputs: inputs.map(placeOf),
    constants: Array.from(constants, placeOf),
    outputs: outputs.map(placeOf),
    result: out.def,
  };
}

/**
 * The graph of `f` for arguments like the ones given: only their shapes and types matter. The function runs once, on
 * placeholders, so it cannot read values. What it closes over, and random numbers it draws, are constants of the graph.
 * Operations that the result does not need are left out.
 * @example console.log(makeGraph(grad(loss))(weight))
 */
export function makeGraph<Args extends readonly unknown[]>(
  f: (...args: Args) => unknown,
): (...args: Args) => TracedGraph {
  requireFunction("makeGraph", f);
  return (...args) => {
    const given = nodesOf("makeGraph", [...args]);
    const trace: Trace = { transform: "makeGraph", open: true };
    try {
      return whileTransforming(() => {
        const start = placeholderNode({ shape: [], dtype: "bool" }, trace);
        const inputs = given.nodes.map(({ shape, dtype }) => placeholderNode({ shape, dtype }, trace));
        const out = resultNodes("makeGraph", callOn(f, given.def, inputs));
        return new TracedGraph(namedGraph(argumentNames(f, given.def), inputs, start, out));
      });
    } finally {
      trace.open = false;
    }
  };
}
