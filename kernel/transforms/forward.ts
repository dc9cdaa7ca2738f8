/** @file Forward mode for people: jvp and linearize. */
import { fullLike } from "../emit.ts";
import { ArgumentError, StructureError } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { unflatten } from "../pytree.ts";
import { Tensor } from "../tensor.ts";
import { matching, nodesOf, tensors } from "./arguments.ts";
import { requireFunction, requireOptions } from "./options.ts";
import { type Recording, record } from "./record.ts";
import type { AuxOf, AuxOption, Primary, TensorTree } from "./types.ts";

function outTangents({ out, push }: Recording, tangents: readonly Node[], strict: boolean | undefined): unknown {
  const pushed = push(tangents).map((tangent, i) => {
    if (tangent === null && strict) {
      throw new ArgumentError(
        `jvp: with strict, every output must depend on the primals, but output ${i} does not. Leave strict out to get zeros.`,
      );
    }
    return new Tensor(tangent ?? fullLike(0, out.nodes[i]));
  });
  return unflatten(out.def, pushed);
}

function requireList(what: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new StructureError(
      `jvp: expected the ${what} as an array with one entry per argument, e.g. [x]; got ${typeof value}.`,
    );
  }
}

export interface JvpOptions<H extends boolean = boolean> extends AuxOption<H> {
  /** An output that does not depend on the primals is an error instead of a zero. */
  readonly strict?: boolean;
}

/**
 * The result of `f` at `primals` and its derivative in the direction of `tangents`.
 * @example const [y, dy] = jvp(f, [x], [dx]);
 */
export function jvp<Args extends readonly unknown[], const Out, const H extends boolean = false>(
  f: (...args: Args) => Out,
  primals: Args,
  tangents: { readonly [I in keyof Args]: unknown },
  options: JvpOptions<H> = {},
): H extends true
  ? [TensorTree<Primary<Out, H>>, TensorTree<Primary<Out, H>>, AuxOf<Out>]
  : [TensorTree<Out>, TensorTree<Out>] {
  requireList("primals", primals);
  requireList("tangents", tangents);
  requireFunction("jvp", f);
  requireOptions("jvp", options, ["strict", "hasAux"], "{ hasAux: true }");
  const inputs = nodesOf("jvp", [...primals]);
  const given = matching("jvp: the tangents", "primals", [...(tangents as readonly unknown[])], inputs);
  const recorded = record("jvp", f, inputs, options.hasAux);
  const out = unflatten(recorded.out.def, tensors(recorded.out.nodes));
  const pushed = outTangents(recorded, given, options.strict);
  return (options.hasAux ? [out, pushed, recorded.aux] : [out, pushed]) as never;
}

/**
 * Runs `f` once and returns its result with the linear map from tangents of the primals to tangents of the result.
 * @example const [y, push] = linearize((x: Tensor) => x.square(), tensor([1, 2]));  push(tensor([1, 1]));   // [2, 4]
 */
export function linearize<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  ...primals: Args
): [TensorTree<Out>, (...tangents: { [I in keyof Args]: unknown }) => TensorTree<Out>] {
  requireFunction("linearize", f);
  const inputs = nodesOf("linearize", [...primals]);
  const recorded = record("linearize", f, inputs);
  const pushforward = (...tangents: readonly unknown[]): unknown =>
    outTangents(recorded, matching("linearize: the tangents", "primals", [...tangents], inputs), false);
  const out = unflatten(recorded.out.def, tensors(recorded.out.nodes));
  return [out, pushforward] as [TensorTree<Out>, (...tangents: { [I in keyof Args]: unknown }) => TensorTree<Out>];
}
