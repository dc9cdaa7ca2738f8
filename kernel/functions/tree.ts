/** @file Pytrees for people: doing something to every leaf of nested arrays and plain objects, and putting leaves in a row. */
import { ArgumentError, ShapeError, StructureError, showShape } from "../errors.ts";
import { flatten, sameTree, showTree, unflatten } from "../pytree.ts";
import { sizeOf } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { concat } from "./joining.ts";
import { operand } from "./operands.ts";
import { reshape } from "./shape.ts";

/** The same nesting with an `R` for each leaf. */
export type MappedTree<Tree, R> = Tree extends Tensor | number | boolean
  ? R
  : Tree extends null | undefined
    ? Tree
    : Tree extends object
      ? { [Key in keyof Tree]: MappedTree<Tree[Key], R> }
      : R;

/**
 * `f` of each leaf, nested like `tree`; further trees must be nested alike, and give `f` their leaves too. Leaves are
 * whatever is not an array or a plain object; `null` and `undefined` are empty and stay.
 * @example treeMap((w, g) => w.sub(g.mul(0.1)), weights, grad(loss)(weights))
 */
export function treeMap<Tree, R>(
  f: (leaf: Tensor, ...others: Tensor[]) => R,
  tree: Tree,
  ...others: unknown[]
): MappedTree<Tree, R> {
  if (typeof f !== "function") throw new ArgumentError(`treeMap: expected a function first, got ${typeof f}.`);
  const first = flatten(tree);
  const lists = others.map((other, i) => {
    const { leaves, def } = flatten(other);
    if (!sameTree(def, first.def)) {
      throw new StructureError(
        `treeMap: all trees must be nested like the first: expected ${showTree(first.def)}, got ${showTree(def)} as tree ${i + 2}.`,
      );
    }
    return leaves;
  });
  const mapped = first.leaves.map((leaf, i) => f(leaf as Tensor, ...lists.map((leaves) => leaves[i] as Tensor)));
  return unflatten(first.def, mapped) as MappedTree<Tree, R>;
}

/**
 * The leaves of `tree`, left to right; keys in the order in which they were set.
 * @example treeLeaves({ weight: w, bias: [b, c] })   // [w, b, c]
 */
export const treeLeaves = (tree: unknown): Tensor[] => flatten(tree).leaves as Tensor[];

/**
 * All entries of a tree in one vector, and the way back: what optimisers and linear algebra on parameters need.
 * @returns `[vector, unravel]`; `unravel` takes any vector of that length and gives a tree with the shapes of the first
 * @example
 * const [v, unravel] = ravel({ weight, bias });
 * const H = hessian((p: Tensor) => loss(unravel(p)))(v);
 */
export function ravel<Tree>(tree: Tree): [Tensor, (vector: Tensor) => MappedTree<Tree, Tensor>] {
  const { leaves, def } = flatten(tree);
  if (leaves.length === 0) throw new StructureError(`ravel: expected a tree with tensors in it, got ${showTree(def)}.`);
  const tensors = leaves.map((leaf) => new Tensor(operand("ravel", leaf as TensorLike)));
  const other = tensors.find(({ dtype }) => dtype !== tensors[0].dtype);
  if (other !== undefined) {
    throw new StructureError(
      `ravel: all leaves must be of one type, got ${tensors[0].dtype} and ${other.dtype}. Convert with .to("${tensors[0].dtype}").`,
    );
  }
  const shapes = tensors.map(({ shape }) => shape);
  const size = tensors.reduce((sum, each) => sum + each.size, 0);
  const unravel = (vector: Tensor): MappedTree<Tree, Tensor> => {
    if (!(vector instanceof Tensor) || vector.ndim !== 1 || vector.size !== size) {
      const got = vector instanceof Tensor ? showShape(vector.shape) : typeof vector;
      throw new ShapeError(`ravel: unravel expected a vector of shape [${size}], got ${got}.`);
    }
    let start = 0;
    const parts = shapes.map((shape) => {
      const stop = start + sizeOf(shape);
      const part = reshape(vector.slice(0, start, stop), shape);
      start = stop;
      return part;
    });
    return unflatten(def, parts) as MappedTree<Tree, Tensor>;
  };
  return [concat(tensors.map((each) => reshape(each, [-1]))), unravel];
}
