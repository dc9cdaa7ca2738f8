/** @file Jacobians and Hessians: all partial derivatives, nested like the result outside and like the arguments inside. */

import { isFloating } from "../dtype.ts";
import { full, permute } from "../emit.ts";
import { DTypeError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { flatten, leafPaths, type TreeDef, unflatten } from "../pytree.ts";
import { range } from "../shape.ts";
import { type Provenance, Tensor } from "../tensor.ts";
import { bind, type NodeTree, nodesOf, normalizeArgnums, requireChunkSize } from "./arguments.ts";
import { overBasis } from "./basis.ts";
import { derivedFunction, functionName, parameterName } from "./naming.ts";
import { record } from "./record.ts";
import type {
  AnyFunction,
  Argnums,
  ArgnumsOption,
  AuxOption,
  BesideAux,
  JacobianTree,
  Primary,
  Selected,
} from "./types.ts";

export interface JacobianOptions<N extends Argnums = Argnums, H extends boolean = boolean>
  extends ArgnumsOption<N>,
    AuxOption<H> {
  /** Rows (jacrev) or columns (jacfwd) computed at once; fewer need less memory. Default: all. */
  readonly chunkSize?: number;
}

interface Problem {
  readonly f: AnyFunction;
  readonly places: readonly number[];
  readonly primals: NodeTree;
  readonly options: JacobianOptions;
}

/** One block per output leaf and input leaf, or null where they are unrelated. */
interface Blocks {
  readonly out: NodeTree;
  readonly result: unknown;
  readonly aux: unknown;
  readonly blocks: readonly (readonly (Node | null)[])[];
}

function requireFloating(transform: string, out: NodeTree): void {
  const bad = out.nodes.find((node) => !isFloating(node.dtype));
  if (bad !== undefined) {
    throw new DTypeError(
      `${transform}: the function must return float32 or float64, got ${bad.dtype}. Convert with .to("float32").`,
    );
  }
}

/** One row of blocks per output leaf: its unit cotangents, all pulled back together. */
function reverseBlocks({ f, primals, options }: Problem): Blocks {
  const recorded = record("jacrev", f, primals, options.hasAux);
  requireFloating("jacrev", recorded.out);
  const blocks = recorded.out.nodes.map((node, row) =>
    overBasis(
      node,
      (seed) => recorded.pull(recorded.out.nodes.map((_, i) => (i === row ? seed : null))),
      options.chunkSize,
    ),
  );
  return { ...recorded, blocks };
}

/** One column of blocks per input leaf: its unit tangents, all pushed forward together. */
function forwardBlocks({ f, primals, options }: Problem): Blocks {
  const recorded = record("jacfwd", f, primals, options.hasAux);
  requireFloating("jacfwd", recorded.out);
  const columns = primals.nodes.map((node, column) =>
    overBasis(
      node,
      (seed) => recorded.push(primals.nodes.map((_, i) => (i === column ? seed : null))),
      options.chunkSize,
    ),
  );
  // The input's axes came first; they go behind the output's.
  const blocks = recorded.out.nodes.map((out, row) =>
    primals.nodes.map((input, column) => {
      const block = columns[column][row];
      if (block === null) return null;
      const inputAxes = range(input.shape.length);
      return permute(block, [...range(out.shape.length, inputAxes.length), ...inputAxes]);
    }),
  );
  return { ...recorded, blocks };
}

function provenanceOf(
  f: AnyFunction,
  given: unknown,
  outputAxes: number,
  name: string,
  axes: number,
): Provenance | undefined {
  const inner = given instanceof Tensor ? given.provenance : undefined;
  if (inner === undefined) {
    return { kind: "jacobian", of: functionName(f), outputAxes, inputs: [{ name, axes }], batchAxes: 0 };
  }
  // The derivative of a Jacobian is a Hessian; what comes after has no picture of its own.
  if (inner.kind !== "jacobian") return undefined;
  return { ...inner, kind: "hessian", inputs: [...inner.inputs, { name, axes }] };
}

function jacobianFunction(
  transform: string,
  f: AnyFunction,
  options: JacobianOptions,
  compute: (problem: Problem) => Blocks,
): (...args: readonly unknown[]) => unknown {
  const { chunkSize, argnums = 0 } = options;
  requireChunkSize(transform, chunkSize);
  const jacobian = (...args: readonly unknown[]): unknown => {
    const places = normalizeArgnums(transform, argnums, args.length);
    const primals = nodesOf(
      transform,
      places.map((place) => args[place]),
    );
    const { out, result, aux, blocks } = compute({ f: bind(f, args, places), places, primals, options });
    const names = (primals.def as TreeDef & { kind: "array" }).children.flatMap((child, i) =>
      leafPaths(child, parameterName(f, places[i])),
    );
    const given = flatten(result).leaves;
    const perOutput = out.nodes.map((node, row) => {
      const leaves = primals.nodes.map((input, column) => {
        const zero = (): Node => full(0, [...node.shape, ...input.shape], node.dtype);
        const leaf = new Tensor(blocks[row][column] ?? zero());
        leaf.provenance = provenanceOf(f, given[row], node.shape.length, names[column], input.shape.length);
        return leaf;
      });
      const perPlace = unflatten(primals.def, leaves) as unknown[];
      return typeof argnums === "number" ? perPlace[0] : perPlace;
    });
    const tree = unflatten(out.def, perOutput);
    return options.hasAux ? [tree, aux] : tree;
  };
  return derivedFunction(f, jacobian);
}

/**
 * The Jacobian of `f` in reverse mode: `[...output shape, ...input shape]`. Best with fewer outputs than inputs.
 * @example jacrev(predict, { argnums: 2 })(weight, bias, x)
 */
export function jacrev<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(
  f: (...args: Args) => Out,
  options: JacobianOptions<N, H> = {},
): (...args: Args) => BesideAux<JacobianTree<Primary<Out, H>, Selected<Args, N>>, Out, H> {
  return jacobianFunction("jacrev", f, options, reverseBlocks) as never;
}

/** The Jacobian of `f` in forward mode: the same as `jacrev`, best with fewer inputs than outputs. */
export function jacfwd<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(
  f: (...args: Args) => Out,
  options: JacobianOptions<N, H> = {},
): (...args: Args) => BesideAux<JacobianTree<Primary<Out, H>, Selected<Args, N>>, Out, H> {
  return jacobianFunction("jacfwd", f, options, forwardBlocks) as never;
}

/**
 * The second derivatives of `f`, as `jacfwd(jacrev(f))`: `[...output shape, ...input shape, ...input shape]`.
 * @example hessian((x: Tensor) => x.square().sum())(tensor([1, 2]))   // [[2, 0], [0, 2]]
 */
export function hessian<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(
  f: (...args: Args) => Out,
  options: JacobianOptions<N, H> = {},
): (
  ...args: Args
) => BesideAux<JacobianTree<JacobianTree<Primary<Out, H>, Selected<Args, N>>, Selected<Args, N>>, Out, H> {
  const first = jacobianFunction("jacrev", f, options, reverseBlocks);
  return jacobianFunction("jacfwd", first, options, forwardBlocks) as never;
}
