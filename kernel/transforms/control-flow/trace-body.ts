/** @file What all control flow shares: running a function on placeholders, and checking what it gives back. */
import { DTypeError, ShapeError, StructureError, showShape } from "../../errors.ts";
import { type Node, placeholderNode, type TensorType } from "../../graph/node.ts";
import { whileTransforming } from "../../graph/retention.ts";
import { whileTracing, withoutValues } from "../../graph/tracing.ts";
import { sameTree, showTree, type TreeDef, unflatten } from "../../pytree.ts";
import { sameShape } from "../../shape.ts";
import type { Tensor, TensorLike } from "../../tensor.ts";
import { type NodeTree, nodesOf, tensors } from "../arguments.ts";
import type { AnyFunction } from "../types.ts";

/** What may be given back for a tree of tensors: the same nesting, with numbers where tensors were. */
export type Returned<Tree> = Tree extends Tensor | number | boolean
  ? TensorLike
  : Tree extends null | undefined
    ? Tree
    : Tree extends object
      ? { readonly [Key in keyof Tree]: Returned<Tree[Key]> }
      : unknown;

/** A function that has been run on placeholders. */
export interface Traced {
  readonly placeholders: readonly Node[];
  readonly out: NodeTree;
  /** Older than all nodes that were made while the function ran. */
  readonly start: Node;
}

/** The type of one argument: how it is nested, and the types of its leaves. */
export interface ArgumentType {
  readonly types: readonly TensorType[];
  readonly def: TreeDef;
}

/** The type of an argument like `nodes`. */
export const typeOfArgument = ({ nodes, def }: NodeTree): ArgumentType => ({ types: nodes, def });

/** Runs `f` once, on placeholders of these types. */
export function traceBody(transform: string, f: AnyFunction, args: readonly ArgumentType[]): Traced {
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

/** `float32[2, 3]`, for messages. */
const showType = ({ dtype, shape }: TensorType): string => `${dtype}${showShape(shape)}`;

const isMissing = (def: TreeDef): boolean => def.kind === "empty" && def.value === undefined;

/**
 * Checks that two trees have the same nesting, shapes and types.
 * @param remedy what to do where a shape differs
 */
export function requireSame(what: string, expected: NodeTree, got: NodeTree, remedy: string): void {
  if (!sameTree(expected.def, got.def)) {
    throw new StructureError(
      `${what}: expected the nesting ${showTree(expected.def)}, got ${showTree(got.def)}.` +
        (isMissing(got.def) ? " Is a return missing?" : " Give it the same nesting."),
    );
  }
  got.nodes.forEach((node, i) => {
    const wanted = expected.nodes[i];
    if (!sameShape(node.shape, wanted.shape)) {
      throw new ShapeError(`${what}: expected ${showType(wanted)}, got ${showType(node)}. ${remedy}`);
    }
    if (node.dtype !== wanted.dtype) {
      throw new DTypeError(
        `${what}: expected ${showType(wanted)}, got ${showType(node)}. Convert one of the two, as with .to("${node.dtype}").`,
      );
    }
  });
}

/** Checks that what a loop carries comes out of an iteration as it went in. */
export const requireCarry = (what: string, init: NodeTree, got: NodeTree): void =>
  requireSame(
    what,
    init,
    got,
    "Each iteration must keep the shapes it starts with: start with one that fits, or give what grows as an output of scan.",
  );

/** Checks that a test is one bool. */
export function requireBool(what: string, { nodes, def }: NodeTree): void {
  const [node] = nodes;
  if (def.kind === "leaf" && node.dtype === "bool" && node.shape.length === 0) return;
  const got = def.kind === "leaf" ? showType(node) : showTree(def);
  throw new DTypeError(
    `${what}: expected one bool, got ${got}. Compare, as in x.lt(1), and reduce with all() or any().`,
  );
}
