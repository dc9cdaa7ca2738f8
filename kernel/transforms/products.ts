/** @file Products with the Hessian of a scalar function, at the cost of a few gradients: the Hessian is never formed. */
import { range } from "../shape.ts";
import { jvp } from "./forward.ts";
import { grad, vjp } from "./reverse.ts";
import type { TensorTree } from "./types.ts";

type Product<Args extends readonly unknown[]> = Args extends readonly [infer Only]
  ? TensorTree<Only>
  : TensorTree<Args>;

const allArguments = (args: readonly unknown[]): number | number[] => (args.length === 1 ? 0 : range(args.length));

/**
 * Hessian-vector product `H · v`, forward over reverse: the derivative of the gradient in the direction of `tangents`.
 * @returns one value for one primal, an array for several
 * @example hvp((x: Tensor) => x.pow(3).sum(), [tensor([1, 2])], [tensor([1, 1])])   // [6, 12]
 */
export function hvp<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  primals: Args,
  tangents: { readonly [I in keyof Args]: unknown },
): Product<Args> {
  const gradient = grad(f, { argnums: allArguments(primals) }) as (...args: Args) => unknown;
  return jvp(gradient, primals, tangents)[1] as Product<Args>;
}

/**
 * Vector-Hessian product `vᵀ · H`, reverse over reverse.
 * @returns one value for one primal, an array for several
 * @example vhp((x: Tensor) => x.pow(3).sum(), [tensor([1, 2])], [tensor([1, 1])])   // [6, 12]
 */
export function vhp<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  primals: Args,
  cotangents: { readonly [I in keyof Args]: unknown },
): Product<Args> {
  const gradient = grad(f, { argnums: allArguments(primals) }) as (...args: Args) => unknown;
  const [, pullback] = vjp(gradient, ...primals);
  const list = cotangents as readonly unknown[];
  return pullback(list.length === 1 ? list[0] : [...list]) as Product<Args>;
}
