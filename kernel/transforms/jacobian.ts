/** @file Jacobians and Hessians: all partial derivatives, nested like the result outside and like the arguments inside. */

import { isFloating } from "../dtype.ts";
import { full } from "../emit.ts";
import { ArgumentError, DTypeError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { flatten, leafPaths, type TreeDef, unflatten } from "../pytree.ts";
import { type Provenance, Tensor } from "../tensor.ts";
import { bind, type NodeTree, nodesOf, normalizeArgnums, requireChunkSize } from "./arguments.ts";
import { overBasis } from "./basis.ts";
import { checkGrads } from "./check-grads.ts";
import { derivedFunction, functionName, parameterName } from "./naming.ts";
import { requireFunction, requireOptions } from "./options.ts";
import { type Recording, record } from "./record.ts";
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
import { requireEqualBlocks, requireValues } from "./verify.ts";

export interface JacobianOptions<N extends Argnums = Argnums, H extends boolean = boolean>
  extends ArgnumsOption<N>,
    AuxOption<H> {
  /** Rows (jacrev) or columns (jacfwd) computed at once; fewer need less memory. Default: as many as fit in the budget. */
  readonly chunkSize?: number;
  /**
   * "structured" (the default) makes use of the zeros in the identity matrix that is pulled back or pushed forward: what
   * they meet is not computed, and is exactly 0. "vmap" computes with all of them, as the plain composition of vmap with
   * vjp or jvp does; a zero that meets an infinity is then NaN.
   */
  readonly strategy?: Strategy;
  /**
   * Compares the result with what the other strategy gives and, through `checkGrads`, with finite differences, and throws
   * a `GradientError` where they differ. Costs several times the work; values must be known, so not inside vmap or jit.
   */
  readonly verify?: boolean;
}

const STRATEGIES = ["structured", "vmap"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** A derivative of all of `Args` that `N` names. */
export type JacobianFunction<Args extends readonly unknown[], Out, N, H extends boolean> = (
  ...args: Args
) => BesideAux<JacobianTree<Primary<Out, H>, Selected<Args, N>>, Out, H>;

export type HessianFunction<Args extends readonly unknown[], Out, N, H extends boolean> = (
  ...args: Args
) => BesideAux<JacobianTree<JacobianTree<Primary<Out, H>, Selected<Args, N>>, Selected<Args, N>>, Out, H>;

/** One block per output leaf and input leaf, or null where they are unrelated. */
export type Blocks = readonly (readonly (Node | null)[])[];
type Mode = (recorded: Recording, primals: NodeTree, options: JacobianOptions) => Blocks;

function requireFloating(transform: string, out: NodeTree): void {
  const bad = out.nodes.find((node) => !isFloating(node.dtype));
  if (bad !== undefined) {
    throw new DTypeError(
      `${transform}: the function must return float32 or float64, got ${bad.dtype}. Convert with .to("float32").`,
    );
  }
}

/** One row of blocks per output leaf: its unit cotangents, all pulled back together. */
const reverseBlocks: Mode = (recorded, _, options) =>
  recorded.out.nodes.map((node, row) =>
    overBasis(node, (seed) => recorded.pull(recorded.out.nodes.map((_node, i) => (i === row ? seed : null))), options),
  );

/** One column of blocks per input leaf: its unit tangents, all pushed forward together. */
const forwardBlocks: Mode = (recorded, primals, { chunkSize, strategy }) => {
  // The input's axes go behind the output's.
  const columns = primals.nodes.map((node, column) =>
    overBasis(node, (seed) => recorded.push(primals.nodes.map((_, i) => (i === column ? seed : null))), {
      chunkSize,
      strategy,
      behind: true,
    }),
  );
  return recorded.out.nodes.map((_, row) => columns.map((column) => column[row]));
};

const entries = (nodes: readonly Node[]): number => nodes.reduce((sum, { size }) => sum + size, 0);

/** Whichever takes fewer unit vectors. */
const cheaperBlocks: Mode = (recorded, primals, options) => {
  const mode = entries(primals.nodes) < entries(recorded.out.nodes) ? forwardBlocks : reverseBlocks;
  return mode(recorded, primals, options);
};

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

const OPTIONS = ["argnums", "hasAux", "chunkSize", "strategy", "verify"] as const;

function jacobianFunction(
  transform: string,
  f: AnyFunction,
  options: JacobianOptions,
  mode: Mode,
  checked: { readonly f: AnyFunction; readonly order: number } = { f, order: 1 },
): (...args: readonly unknown[]) => unknown {
  requireFunction(transform, f);
  requireOptions(transform, options, OPTIONS, "{ argnums: 1 }");
  const { chunkSize, strategy = "structured", argnums = 0 } = options;
  requireChunkSize(transform, chunkSize);
  if (!STRATEGIES.includes(strategy)) {
    const known = STRATEGIES.map((each) => `"${each}"`).join(" or ");
    throw new ArgumentError(`${transform}: expected strategy ${known}, got ${JSON.stringify(strategy)}.`);
  }
  const jacobian = (...args: readonly unknown[]): unknown => {
    const places = normalizeArgnums(transform, argnums, args.length);
    const primals = nodesOf(
      transform,
      places.map((place) => args[place]),
    );
    const recorded = record(transform, bind(f, args, places), primals, options.hasAux);
    const { out, result, aux } = recorded;
    requireFloating(transform, out);
    const blocks = mode(recorded, primals, options);
    if (options.verify) {
      requireValues(transform, [...primals.nodes, ...out.nodes]);
      const other = strategy === "vmap" ? "structured" : "vmap";
      const plain = mode(recorded, primals, { ...options, strategy: other });
      if (other === "vmap") requireEqualBlocks(transform, blocks, plain);
      else requireEqualBlocks(transform, plain, blocks);
      const primary = options.hasAux ? firstOf(checked.f) : checked.f;
      const point = places.map((place) => args[place]);
      checkGrads(bind(primary, args, places), point, { order: checked.order });
    }
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

/** A function that returns `[out, aux]` without its aux. */
const firstOf =
  (f: AnyFunction): AnyFunction =>
  (...args) =>
    (Reflect.apply(f, undefined, args) as readonly unknown[])[0];

/**
 * The Jacobian of `f` in reverse mode: `[...output shape, ...input shape]`. Best with fewer outputs than inputs.
 * @example jacrev(predict, { argnums: 2 })(weight, bias, x)
 */
export function jacrev<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H> = {}): JacobianFunction<Args, Out, N, H> {
  return jacobianFunction("jacrev", f, options, reverseBlocks) as never;
}

/**
 * The Jacobian of `f` in forward mode: the same as `jacrev`, best with fewer inputs than outputs.
 * @example jacfwd((x: Tensor) => x.square())(tensor([1, 2]))   // [[2, 0], [0, 4]]
 */
export function jacfwd<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H> = {}): JacobianFunction<Args, Out, N, H> {
  return jacobianFunction("jacfwd", f, options, forwardBlocks) as never;
}

/**
 * The Jacobian of `f`, in forward mode when there are fewer inputs than outputs, else in reverse mode: the same result as
 * `jacrev` and `jacfwd`, without having to choose.
 * @example jacobian(predict, { argnums: 2 })(weight, bias, x)
 */
export function jacobian<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H> = {}): JacobianFunction<Args, Out, N, H> {
  return jacobianFunction("jacobian", f, options, cheaperBlocks) as never;
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
>(f: (...args: Args) => Out, options: JacobianOptions<N, H> = {}): HessianFunction<Args, Out, N, H> {
  // Spread, what is no object would become an empty one.
  requireFunction("hessian", f);
  requireOptions("hessian", options, OPTIONS, "{ argnums: 1 }");
  const first = jacobianFunction("hessian", f, { ...options, verify: false }, reverseBlocks);
  return jacobianFunction("hessian", first, options, forwardBlocks, { f, order: 2 }) as never;
}
