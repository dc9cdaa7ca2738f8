/** @file Arguments and results of transformed functions: checking them, and taking pytrees apart. */
import { isFloating } from "../dtype.ts";
import { emit } from "../emit.ts";
import { ArgumentError, DTypeError, ShapeError, StructureError, showShape } from "../errors.ts";
import { operand } from "../functions/operands.ts";
import { NO_PARAMS, type Node } from "../graph/node.ts";
import { flatten, sameTree, showTree, type TreeDef, unflatten } from "../pytree.ts";
import { sameShape } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import type { AnyFunction, Argnums } from "./types.ts";

/** A pytree taken apart, its leaves as nodes. */
export interface NodeTree {
  readonly nodes: readonly Node[];
  readonly def: TreeDef;
}

const isLeaf = (value: unknown): value is TensorLike =>
  value instanceof Tensor || typeof value === "number" || typeof value === "boolean";

function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "object"}`;
  return `a ${typeof value}`;
}

/** @param what names the tree in messages, e.g. "vjp: the function's result" */
export function nodesOf(what: string, tree: unknown): NodeTree {
  const { leaves, def } = flatten(tree);
  const nodes = leaves.map((leaf) => {
    if (!isLeaf(leaf)) {
      const hint =
        leaf instanceof Promise
          ? " Transformed functions must be synchronous: await before, not inside."
          : " Leave it out, or make a tensor of it.";
      throw new StructureError(
        `${what}: expected tensors and numbers, nested in arrays and plain objects, got ${describe(leaf)}.${hint}`,
      );
    }
    return operand(what, leaf);
  });
  return { nodes, def };
}

/** Checks that a function returned something; one that returns nothing forgot to. */
export function requireResult(transform: string, { nodes, def }: NodeTree): void {
  if (nodes.length > 0) return;
  throw new StructureError(
    `${transform}: the function must return a tensor, or tensors nested in arrays and plain objects, got ${showTree(def)}. ` +
      "Is a return missing?",
  );
}

/** What a transformed function returned. */
export function resultNodes(transform: string, result: unknown): NodeTree {
  const out = nodesOf(`${transform}: the function's result`, result);
  requireResult(transform, out);
  return out;
}

/** A function's result with a tensor for each leaf; a leaf that is one stays as it is. */
export function resultTensors(transform: string, result: unknown): unknown {
  const { nodes, def } = resultNodes(transform, result);
  const { leaves } = flatten(result);
  return unflatten(
    def,
    nodes.map((node, i) => (leaves[i] instanceof Tensor ? leaves[i] : new Tensor(node))),
  );
}

/** Fresh marks on the leaves of some arguments, which must be floating. */
export function mark(transform: string, nodes: readonly Node[]): Node[] {
  return nodes.map((node) => {
    if (!isFloating(node.dtype)) {
      throw new DTypeError(
        `${transform}: derivatives exist only with respect to float32 and float64, but an argument is ${node.dtype}` +
          `${showShape(node.shape)}. Convert it with x.to("float32"), or leave it out of argnums.`,
      );
    }
    return emit("mark", [node], NO_PARAMS);
  });
}

/** A function's result as `[out, aux]`, checked when `hasAux` says there is one. */
export function splitAux(transform: string, result: unknown, hasAux: boolean | undefined): [unknown, unknown] {
  if (!hasAux) return [result, undefined];
  if (!Array.isArray(result) || result.length !== 2) {
    throw new StructureError(
      `${transform}: with hasAux the function must return [out, aux], got ${
        Array.isArray(result) ? `an array of ${result.length}` : describe(result)
      }.`,
    );
  }
  return [result[0], result[1]];
}

/** `argnums` as places in the arguments. */
export function normalizeArgnums(transform: string, argnums: Argnums, count: number): number[] {
  const list = typeof argnums === "number" ? [argnums] : [...argnums];
  if (list.length === 0) throw new ArgumentError(`${transform}: argnums is empty; name at least one argument.`);
  const places = list.map((argnum) => {
    if (!Number.isInteger(argnum)) {
      throw new ArgumentError(
        `${transform}: argnums must be integers, got ${String(argnum)}. The first argument is 0.`,
      );
    }
    if (argnum < -count || argnum >= count) {
      throw new ArgumentError(
        `${transform}: argnum ${argnum} is out of range: the function was called with ${count} argument${count === 1 ? "" : "s"}. ` +
          "The first is 0, the last -1.",
      );
    }
    return argnum < 0 ? argnum + count : argnum;
  });
  if (new Set(places).size !== places.length) {
    throw new ArgumentError(
      `${transform}: argnums ${JSON.stringify(argnums)} names an argument twice. Name each once.`,
    );
  }
  return places;
}

/** `f` as a function of the arguments at `places` alone. */
export function bind(
  f: AnyFunction,
  args: readonly unknown[],
  places: readonly number[],
): (...selected: unknown[]) => unknown {
  return (...selected) => {
    const all = [...args];
    places.forEach((place, i) => {
      all[place] = selected[i];
    });
    return Reflect.apply(f, undefined, all);
  };
}

/** Tangents or cotangents must match what they belong to, leaf by leaf. Numbers stand for scalars. */
export function matching(what: string, of: string, tree: unknown, expected: NodeTree): Node[] {
  const { leaves, def } = flatten(tree);
  if (!sameTree(def, expected.def)) {
    throw new StructureError(
      `${what} must be nested like the ${of}: expected ${showTree(expected.def)}, got ${showTree(def)}. ` +
        "Give one tensor for each *.",
    );
  }
  return leaves.map((leaf, i) => {
    const target = expected.nodes[i];
    if (!isLeaf(leaf)) throw new StructureError(`${what}: expected a tensor, got ${describe(leaf)}.`);
    const node = leaf instanceof Tensor ? leaf.node : operand(what, leaf, target.dtype);
    if (!sameShape(node.shape, target.shape)) {
      throw new ShapeError(
        `${what} must have the shape of the ${of}: expected ${showShape(target.shape)}, got ${showShape(node.shape)}. ` +
          "Reshape or broadcast it.",
      );
    }
    if (node.dtype !== target.dtype) {
      throw new DTypeError(
        `${what} must have the type of the ${of}: expected ${target.dtype}, got ${node.dtype}. Convert with .to("${target.dtype}").`,
      );
    }
    return node;
  });
}

export const tensors = (nodes: readonly Node[]): Tensor[] => nodes.map((node) => new Tensor(node));

/** Calls `f` with arguments put together from their leaves. */
export const callOn = (f: AnyFunction, def: TreeDef, leaves: readonly Node[]): unknown =>
  Reflect.apply(f, undefined, unflatten(def, tensors(leaves)) as unknown[]);

export function requireChunkSize(transform: string, chunkSize: number | undefined): void {
  if (chunkSize !== undefined && !(Number.isInteger(chunkSize) && chunkSize >= 1)) {
    throw new ArgumentError(
      `${transform}: chunkSize must be an integer of at least 1, got ${chunkSize}. Leave it out for as many as fit in memory.`,
    );
  }
}
