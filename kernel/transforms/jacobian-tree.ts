/** @file From a call to the blocks of its derivative, and from blocks to the nested tensors that a person gets. */
import { isFloating } from "../dtype.ts";
import { full } from "../emit.ts";
import { DTypeError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { flatten, leafPaths, type TreeDef, unflatten } from "../pytree.ts";
import { type Provenance, Tensor } from "../tensor.ts";
import { bind, type NodeTree, nodesOf, normalizeArgnums } from "./arguments.ts";
import type { Blocks, SecondBlocks } from "./blocks.ts";
import { functionName, parameterName } from "./naming.ts";
import { type Recording, record } from "./record.ts";
import type { AnyFunction, ArgnumsOption, AuxOption } from "./types.ts";

/** A function that was run once, to be differentiated. */
export interface Call {
  readonly f: AnyFunction;
  readonly options: ArgnumsOption & AuxOption;
  /** What it is differentiated with respect to. */
  readonly primals: NodeTree;
  /** Names of the leaves of `primals`. */
  readonly names: readonly string[];
  readonly recorded: Recording;
}

function requireFloating(transform: string, out: NodeTree): void {
  const bad = out.nodes.find((node) => !isFloating(node.dtype));
  if (bad !== undefined) {
    throw new DTypeError(
      `${transform}: the function must return float32 or float64, got ${bad.dtype}. Convert with .to("float32").`,
    );
  }
}

export function begin(
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  options: ArgnumsOption & AuxOption,
): Call {
  const places = normalizeArgnums(transform, options.argnums ?? 0, args.length);
  const primals = nodesOf(
    transform,
    places.map((place) => args[place]),
  );
  const recorded = record(transform, bind(f, args, places), primals, options.hasAux);
  requireFloating(transform, recorded.out);
  const names = (primals.def as TreeDef & { kind: "array" }).children.flatMap((child, i) =>
    leafPaths(child, parameterName(f, places[i])),
  );
  return { f, options, primals, names, recorded };
}

/** Leaves nested like the result outside, like the arguments inside. */
export function nested({ options, primals, recorded }: Call, leaf: (row: number, column: number) => unknown): unknown {
  const { out, aux } = recorded;
  const perOutput = out.nodes.map((_, row) => selected(options, primals, (column) => leaf(row, column)));
  const tree = unflatten(out.def, perOutput);
  return options.hasAux ? [tree, aux] : tree;
}

/** Leaves nested like the arguments that were selected. */
export function selected(
  { argnums = 0 }: ArgnumsOption,
  { def, nodes }: NodeTree,
  leaf: (column: number) => unknown,
): unknown {
  const leaves = nodes.map((_, column) => leaf(column));
  const perPlace = unflatten(def, leaves) as unknown[];
  return typeof argnums === "number" ? perPlace[0] : perPlace;
}

const tensorOf = (node: Node | null, like: Node, inputs: readonly Node[]): Tensor =>
  new Tensor(node ?? full(0, [...like.shape, ...inputs.flatMap(({ shape }) => shape)], like.dtype));

/** What the axes of a derivative are. */
export function provenanceOf(call: Call, row: number, columns: readonly number[]): Provenance | undefined {
  const { f, recorded, primals, names } = call;
  const inputs = columns.map((column) => ({ name: names[column], axes: primals.nodes[column].shape.length }));
  const given = flatten(recorded.result).leaves[row];
  const inner = given instanceof Tensor ? given.provenance : undefined;
  if (inner === undefined) {
    const kind = columns.length === 1 ? "jacobian" : "hessian";
    return { kind, of: functionName(f), outputAxes: recorded.out.nodes[row].shape.length, inputs, batchAxes: 0 };
  }
  // The derivative of a Jacobian is a Hessian; what comes after has no picture of its own.
  if (inner.kind !== "jacobian" || columns.length > 1) return undefined;
  return { ...inner, kind: "hessian", inputs: [...inner.inputs, ...inputs] };
}

export function jacobianTree(call: Call, blocks: Blocks): unknown {
  const { out } = call.recorded;
  return nested(call, (row, column) => {
    const leaf = tensorOf(blocks[row][column], out.nodes[row], [call.primals.nodes[column]]);
    leaf.provenance = provenanceOf(call, row, [column]);
    return leaf;
  });
}

export function hessianTree(call: Call, blocks: SecondBlocks): unknown {
  const { options, primals, recorded } = call;
  return nested(call, (row, first) =>
    selected(options, primals, (second) => {
      const inputs = [primals.nodes[first], primals.nodes[second]];
      const leaf = tensorOf(blocks[row][first][second], recorded.out.nodes[row], inputs);
      leaf.provenance = provenanceOf(call, row, [first, second]);
      return leaf;
    }),
  );
}
