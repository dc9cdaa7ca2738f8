/** @file Jacobians and Hessians: all partial derivatives, nested like the result outside and like the arguments inside. */
import { ArgumentError } from "../errors.ts";
import { whileTransforming } from "../graph/retention.ts";
import { withNumbers } from "../runtime/device-get.ts";
import type { Tensor } from "../tensor.ts";
import { bind, normalizeArgnums, requireChunkSize } from "./arguments.ts";
import {
  type Blocks,
  blocksByElimination,
  blocksInPieces,
  cheaperBlocks,
  forwardBlocks,
  type Mode,
  reverseBlocks,
  type SecondBlocks,
  secondBlocksByElimination,
  secondBlocksInPieces,
} from "./blocks.ts";
import { checkGrads } from "./check-grads.ts";
import { measured, type Rows } from "./chunks.ts";
import { begin, type Call, hessianTree, jacobianTree } from "./jacobian-tree.ts";
import { derivationName, derivedFunction } from "./naming.ts";
import { requireFunction, requireOptions } from "./options.ts";
import { isLarge } from "./pieces.ts";
import type { Recording } from "./record.ts";
import type { StructuredJacobian } from "./structured/structured-jacobian.ts";
import { hessianDiagonals, jacobianDiagonals, structuredHessians, structuredJacobians } from "./structured/trees.ts";
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
import { requireEqualTrees, requireValues } from "./verify.ts";

export interface JacobianOptions<
  N extends Argnums = Argnums,
  H extends boolean = boolean,
  S extends boolean = boolean,
  D extends boolean = boolean,
> extends ArgnumsOption<N>,
    AuxOption<H> {
  /** Rows (jacrev) or columns (jacfwd) computed at once; fewer need less memory. Default: as many as fit in the budget. */
  readonly chunkSize?: number;
  /**
   * "structured" (the default) multiplies the Jacobians of the single operations, by where their entries are and in the
   * cheapest order found: zeros that follow from the structure are not computed, and are exactly 0. "vmap" pulls back or
   * pushes forward all unit vectors, as the plain composition of vmap with vjp or jvp does; a zero that meets an infinity is
   * then NaN.
   */
  readonly strategy?: Strategy;
  /**
   * Compares the result with what the other strategy gives and, through `checkGrads`, with finite differences, and throws
   * a `GradientError` where they differ. Costs several times the work; values must be known, so not inside vmap or jit.
   */
  readonly verify?: boolean;
  /**
   * Gives a `StructuredJacobian` for each tensor: the matrix by its structure, for sparse formats, products with vectors
   * and systems of equations in which it is never written out.
   */
  readonly structured?: S;
  /**
   * Gives only the diagonal: of a Jacobian whose output has the shape of the input, ∂out_i/∂x_i, of that shape; of a
   * Hessian ∂²out/∂x_i², `[...output shape, ...input shape]`. Time is linear in its entries where structure permits; an
   * `ArgumentError` where it would take intermediate results much larger than those of the function itself.
   */
  readonly diagonal?: D;
}

const STRATEGIES = ["structured", "vmap"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** A derivative of all of `Args` that `N` names. */
export type JacobianFunction<Args extends readonly unknown[], Out, N, H extends boolean, S extends boolean = false> = (
  ...args: Args
) => BesideAux<JacobianTree<Primary<Out, H>, Selected<Args, N>, JacobianLeaf<S>>, Out, H>;

export type HessianFunction<
  Args extends readonly unknown[],
  Out,
  N,
  H extends boolean,
  S extends boolean = false,
  D extends boolean = false,
> = (...args: Args) => BesideAux<HessianTree<Primary<Out, H>, Selected<Args, N>, JacobianLeaf<S>, D>, Out, H>;

/** What stands for each tensor of the function's result and arguments. */
export type JacobianLeaf<S extends boolean> = S extends true ? StructuredJacobian : Tensor;

/** Pairs of arguments; with `diagonal` each argument with itself. */
type HessianTree<Out, In, Leaf, D extends boolean> = D extends true
  ? JacobianTree<Out, In>
  : JacobianTree<JacobianTree<Out, In>, In, Leaf>;

const OPTIONS = ["argnums", "hasAux", "chunkSize", "strategy", "verify", "structured", "diagonal"] as const;
/** Options about how tensors are made, which matrices by their structure are not. */
const DENSE_ONLY = ["chunkSize", "strategy", "verify"] as const;

/** Checks what does not depend on arguments. */
function requireJacobianOptions(transform: string, f: AnyFunction, options: JacobianOptions): void {
  requireFunction(transform, f);
  requireOptions(transform, options, OPTIONS, "{ argnums: 1 }");
  requireChunkSize(transform, options.chunkSize);
  const { strategy = "structured" } = options;
  if (!STRATEGIES.includes(strategy)) {
    const known = STRATEGIES.map((each) => `"${each}"`).join(" or ");
    throw new ArgumentError(`${transform}: expected strategy ${known}, got ${JSON.stringify(strategy)}.`);
  }
  const asked = options.structured ? "structured" : options.diagonal ? "diagonal" : null;
  if (asked === null) return;
  if (options.structured && options.diagonal) {
    throw new ArgumentError(
      `${transform}: structured and diagonal together. Leave one out: a structured one has diagonal() too.`,
    );
  }
  const other = DENSE_ONLY.find((name) => options[name] !== undefined && options[name] !== false);
  if (other === undefined || options[other] === "structured") return;
  throw new ArgumentError(`${transform}: ${other} says how tensors are made, and ${asked} makes none. Leave one out.`);
}

/** Rows or columns that are asked for are made so; else elimination makes all at once. */
const isEliminated = ({ strategy = "structured", chunkSize }: JacobianOptions): boolean =>
  strategy === "structured" && chunkSize === undefined;

type Derive = (options: JacobianOptions) => (...args: readonly unknown[]) => unknown;

/** The derivative, and with `verify` the same in the other way, compared. */
function verifiable(transform: string, f: AnyFunction, options: JacobianOptions, order: number, derive: Derive) {
  requireJacobianOptions(transform, f, options);
  const derivative = derive(options);
  if (!options.verify) return derivedFunction(f, derivative);
  const other = derive({ ...options, strategy: options.strategy === "vmap" ? "structured" : "vmap" });
  const verified = (...args: readonly unknown[]): unknown => {
    requireValues(transform, args);
    return withNumbers(`${transform}: verify`, args, () => compared(args));
  };
  const compared = (args: readonly unknown[]): unknown => {
    const found = derivative(...args);
    const [a, b] = options.strategy === "vmap" ? [other(...args), found] : [found, other(...args)];
    requireEqualTrees(transform, options.hasAux ? firstOf(a) : a, options.hasAux ? firstOf(b) : b);
    const places = normalizeArgnums(transform, options.argnums ?? 0, args.length);
    const primary = options.hasAux ? (...given: never[]) => firstOf(f(...given)) : f;
    checkGrads(
      bind(primary, args, places),
      places.map((place) => args[place]),
      { order },
    );
    return found;
  };
  return derivedFunction(f, verified);
}

const firstOf = (pair: unknown): unknown => (pair as readonly unknown[])[0];

/** How blocks are made by elimination: at once, or piece by piece where they are large. */
interface Making<B> {
  readonly whole: (recorded: Recording) => B;
  readonly inPieces: (recorded: Recording) => B | null;
}

/** Runs `f` once and makes blocks by elimination; they are null when they are not wanted or do not fit in memory. */
function attempt<B extends readonly unknown[]>(
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  options: JacobianOptions,
  { whole, inPieces }: Making<B>,
): { readonly call: Call; readonly blocks: B | null } {
  // One transform: what the function evaluated on its way keeps its history until the blocks are made.
  const make = () =>
    whileTransforming(() => {
      const call = begin(transform, f, args, options);
      return { call, blocks: isEliminated(options) ? whole(call.recorded) : null };
    });
  const rows = ({ blocks }: { blocks: B | null }) => (blocks?.flat(2) ?? []) as Rows;
  const { result, excess } = measured(make, rows);
  if (rows(result).some(isLarge)) {
    const blocks = inPieces(result.call.recorded);
    if (blocks !== null) return { call: result.call, blocks };
  }
  return excess === null ? result : { call: result.call, blocks: null };
}

const FIRST: Making<Blocks> = { whole: blocksByElimination, inPieces: blocksInPieces };
const SECOND: Making<SecondBlocks> = { whole: secondBlocksByElimination, inPieces: secondBlocksInPieces };

function jacobianFunction(transform: string, f: AnyFunction, options: JacobianOptions, mode: Mode) {
  const derive: Derive =
    (chosen) =>
    (...args) => {
      if (chosen.structured) return structuredJacobians(transform, f, args, chosen);
      if (chosen.diagonal) return jacobianDiagonals(transform, f, args, chosen);
      const { call, blocks } = attempt(transform, f, args, chosen, FIRST);
      const label = (): string => derivationName(transform, f);
      return jacobianTree(call, blocks ?? mode(call.recorded, call.primals, { ...chosen, label }));
    };
  return verifiable(transform, f, options, 1, derive);
}

/**
 * The Jacobian of `f`: `[...output shape, ...input shape]`. The mode of the name, reverse, is what `strategy: "vmap"` and
 * `chunkSize` go by: best with fewer outputs than inputs. Otherwise `jacrev`, `jacfwd` and `jacobian` are one program.
 * @example jacrev(predict, { argnums: 2 })(weight, bias, x)
 */
export function jacrev<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  const S extends boolean = false,
  const D extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H, S, D> = {}): JacobianFunction<Args, Out, N, H, S> {
  return jacobianFunction("jacrev", f, options, reverseBlocks) as never;
}

/**
 * The Jacobian of `f`: the same as `jacrev`. The mode of the name, forward, is what `strategy: "vmap"` and `chunkSize` go
 * by: best with fewer inputs than outputs.
 * @example jacfwd((x: Tensor) => x.square())(tensor([1, 2]))   // [[2, 0], [0, 4]]
 */
export function jacfwd<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  const S extends boolean = false,
  const D extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H, S, D> = {}): JacobianFunction<Args, Out, N, H, S> {
  return jacobianFunction("jacfwd", f, options, forwardBlocks) as never;
}

/**
 * The Jacobian of `f`: the same as `jacrev` and `jacfwd`. With `strategy: "vmap"` and `chunkSize`, in the mode with fewer
 * unit vectors.
 * @example jacobian(predict, { argnums: 2 })(weight, bias, x)
 */
export function jacobian<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  const S extends boolean = false,
  const D extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H, S, D> = {}): JacobianFunction<Args, Out, N, H, S> {
  return jacobianFunction("jacobian", f, options, cheaperBlocks) as never;
}

/**
 * The second derivatives of `f`, as `jacfwd(jacrev(f))`: `[...output shape, ...input shape, ...input shape]`. Of two that
 * mirror each other, one is computed.
 * @example hessian((x: Tensor) => x.square().sum())(tensor([1, 2]))   // [[2, 0], [0, 2]]
 */
export function hessian<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  const S extends boolean = false,
  const D extends boolean = false,
>(f: (...args: Args) => Out, options: JacobianOptions<N, H, S, D> = {}): HessianFunction<Args, Out, N, H, S, D> {
  const composed: Derive = (chosen) => {
    const plain = { ...chosen, verify: false };
    return jacobianFunction("hessian", jacobianFunction("hessian", f, plain, reverseBlocks), plain, forwardBlocks);
  };
  const derive: Derive = (chosen) => {
    if (chosen.structured) return (...args) => structuredHessians(f, args, chosen);
    if (chosen.diagonal) return (...args) => hessianDiagonals(f, args, chosen);
    const unitVectors = composed(chosen);
    if (!isEliminated(chosen)) return unitVectors;
    return (...args) => {
      const { call, blocks } = attempt("hessian", f, args, chosen, SECOND);
      return blocks === null ? unitVectors(...args) : hessianTree(call, blocks);
    };
  };
  return verifiable("hessian", f, options, 2, derive) as never;
}
