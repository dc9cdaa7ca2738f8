/** @file Reverse mode for people: vjp, grad, valueAndGrad. */
import { isFloating } from "../dtype.ts";
import { fullLike } from "../emit.ts";
import { DTypeError, ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { unflatten } from "../pytree.ts";
import { Tensor } from "../tensor.ts";
import { bind, matching, nodesOf, normalizeArgnums, tensors } from "./arguments.ts";
import { derivedFunction, functionName } from "./naming.ts";
import { looksLikeOptions, requireFunction, requireOptions } from "./options.ts";
import { record } from "./record.ts";
import type {
  AnyFunction,
  Argnums,
  ArgnumsOption,
  AuxOption,
  BesideAux,
  Primary,
  Selected,
  TensorTree,
} from "./types.ts";

const orZero = (gradient: Node | null, like: Node): Node => gradient ?? fullLike(0, like);

/**
 * Runs `f` and returns its result with a pullback, the function that maps a cotangent of the result to the cotangents of
 * the primals (one value for one primal, an array for several). The pullback may be called many times, also under vmap.
 * @example const [y, pullback] = vjp(f, x);  const rows = vmap(pullback)(eye(n));
 */
export function vjp<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  ...primals: Args
): [TensorTree<Out>, (cotangents: unknown) => Args extends readonly [infer Only] ? TensorTree<Only> : TensorTree<Args>];
/** With `{ hasAux: true }` last, `f` returns `[out, aux]` and the result is `[out, pullback, aux]`. */
export function vjp<Args extends readonly unknown[], Out, Aux>(
  f: (...args: Args) => readonly [Out, Aux],
  ...primalsAndOptions: [...Args, AuxOption<true>]
): [
  TensorTree<Out>,
  (cotangents: unknown) => Args extends readonly [infer Only] ? TensorTree<Only> : TensorTree<Args>,
  Aux,
];
export function vjp(f: AnyFunction, ...rest: unknown[]): unknown {
  const last = rest.at(-1);
  const hasOptions = looksLikeOptions(last);
  const options: AuxOption = hasOptions ? last : {};
  requireFunction("vjp", f);
  requireOptions("vjp", options, ["hasAux"], "{ hasAux: true }");
  const args = hasOptions ? rest.slice(0, -1) : rest;
  const primals = nodesOf("vjp", args);
  const recorded = record("vjp", f, primals, options.hasAux);
  const pullback = (cotangents: unknown): unknown => {
    const given = matching("vjp: the cotangent", "function's result", cotangents, recorded.out);
    const gradients = recorded.pull(given).map((each, i) => new Tensor(orZero(each, primals.nodes[i])));
    const perPrimal = unflatten(primals.def, gradients) as unknown[];
    return args.length === 1 ? perPrimal[0] : perPrimal;
  };
  const out = unflatten(recorded.out.def, tensors(recorded.out.nodes));
  return options.hasAux ? [out, pullback, recorded.aux] : [out, pullback];
}

/** The gradient of a scalar function, with its value and aux. */
function valueGradientAux(
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  argnums: Argnums,
  hasAux: boolean | undefined,
): { value: Tensor; gradient: unknown; aux: unknown } {
  const places = normalizeArgnums(transform, argnums, args.length);
  const primals = nodesOf(
    transform,
    places.map((place) => args[place]),
  );
  const recorded = record(transform, bind(f, args, places), primals, hasAux);
  const { nodes, def } = recorded.out;
  if (def.kind !== "leaf" || nodes[0].shape.length !== 0) {
    const got = def.kind === "leaf" ? `shape ${showShape(nodes[0].shape)}` : "several values";
    throw new ShapeError(
      `${transform}: the function must return one scalar, got ${got}. Reduce it with .sum(), or use vjp or jacrev.`,
    );
  }
  if (!isFloating(nodes[0].dtype)) {
    throw new DTypeError(
      `${transform}: the function must return float32 or float64, got ${nodes[0].dtype}. Return something that varies smoothly.`,
    );
  }
  const gradients = recorded.pull([fullLike(1, nodes[0])]).map((each, i) => new Tensor(orZero(each, primals.nodes[i])));
  const perPlace = unflatten(primals.def, gradients) as unknown[];
  return {
    value: new Tensor(nodes[0]),
    gradient: typeof argnums === "number" ? perPlace[0] : perPlace,
    aux: recorded.aux,
  };
}

/**
 * The gradient of a scalar function.
 * @example grad((x: Tensor) => x.square().sum())(tensor([1, 2]))   // [2, 4]
 */
export function grad<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  // As jacrev has them: TypeScript lets one name stand for several functions only if these agree.
  const _S extends boolean = false,
  const _D extends boolean = false,
>(
  f: (...args: Args) => Out,
  options: ArgnumsOption<N> & AuxOption<H> = {},
): (...args: Args) => BesideAux<TensorTree<Selected<Args, N>>, Out, H> {
  requireFunction("grad", f);
  requireOptions("grad", options, ["argnums", "hasAux"], "{ argnums: 1 }");
  const gradient = (...args: Args): unknown => {
    const found = valueGradientAux("grad", f, args, options.argnums ?? 0, options.hasAux);
    return options.hasAux ? [found.gradient, found.aux] : found.gradient;
  };
  return derivedFunction(f, gradient, `∇${functionName(f)}`) as never;
}

/**
 * As `grad`, but returns `[value, gradient]`; with `hasAux`, `[[value, aux], gradient]`.
 * @example const [value, gradient] = valueAndGrad((x: Tensor) => x.square().sum())(tensor([1, 2]))
 */
export function valueAndGrad<
  Args extends readonly unknown[],
  const Out,
  const N extends Argnums = 0,
  const H extends boolean = false,
  // As jacrev has them: TypeScript lets one name stand for several functions only if these agree.
  const _S extends boolean = false,
  const _D extends boolean = false,
>(
  f: (...args: Args) => Out,
  options: ArgnumsOption<N> & AuxOption<H> = {},
): (...args: Args) => [BesideAux<TensorTree<Primary<Out, H>>, Out, H>, TensorTree<Selected<Args, N>>] {
  requireFunction("valueAndGrad", f);
  requireOptions("valueAndGrad", options, ["argnums", "hasAux"], "{ argnums: 1 }");
  const both = (...args: Args): unknown => {
    const { value, gradient, aux } = valueGradientAux("valueAndGrad", f, args, options.argnums ?? 0, options.hasAux);
    return [options.hasAux ? [value, aux] : value, gradient];
  };
  return derivedFunction(f, both) as never;
}
