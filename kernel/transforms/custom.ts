/** @file Derivatives that a person states: customJvp and customVjp. */
import { isFloating } from "../dtype.ts";
import { emit, fullLike, resultsOf } from "../emit.ts";
import { StructureError, TraceError } from "../errors.ts";
import { NO_PARAMS, type Node } from "../graph/node.ts";
import { isTransforming } from "../graph/retention.ts";
import type { Rule } from "../primitives/custom.ts";
import { literalValue } from "../primitives/elementwise.ts";
import { flatten, leavesLike, showTree, type TreeDef, unflatten } from "../pytree.ts";
import { Tensor } from "../tensor.ts";
import { transposed } from "../walks/reverse.ts";
import { callOn, matching, type NodeTree, nodesOf, resultNodes, resultTensors, tensors } from "./arguments.ts";
import { derivedFunction } from "./naming.ts";
import { requireFunction, requireOptions } from "./options.ts";
import type { AnyFunction, TensorTree } from "./types.ts";

export interface CustomOptions {
  /**
   * Tangents (customJvp) and cotangents (customVjp) that are zero by structure come to the rule as `null` instead of as
   * zeros, so that it can save the work for them.
   */
  readonly symbolicZeros?: boolean;
}

const OPTIONS = ["symbolicZeros"] as const;

/** Tensors, or null for what is zero. */
type Slot = Tensor | null;

let nextRule = 0;

/** Runs `f` where derivatives do not enter, and puts the rule around what comes out. */
function withRule(
  transform: string,
  f: AnyFunction,
  args: readonly unknown[],
  ruleFor: (args: NodeTree, out: TreeDef) => Rule,
): unknown {
  const given = nodesOf(transform, [...args]);
  if (!isTransforming()) return resultTensors(transform, callOn(f, given.def, given.nodes));
  const closed = given.nodes.map((node) => emit("stopGradient", [node], NO_PARAMS));
  const out = resultNodes(transform, callOn(f, given.def, closed));
  const rule = ruleFor(given, out.def);
  const node = emit("custom", [...out.nodes, ...given.nodes], { rule, outputs: out.nodes.length });
  return unflatten(out.def, tensors(resultsOf(node)));
}

/** One rule per nesting of arguments and result: programs that have it are found again. */
function rulesByNesting(
  make: (args: TreeDef, out: TreeDef, key: string) => Rule,
): (args: NodeTree, out: TreeDef) => Rule {
  const rules = new Map<string, Rule>();
  const number = nextRule++;
  return ({ def }, out) => {
    const nesting = `${showTree(def)} => ${showTree(out)}`;
    let rule = rules.get(nesting);
    if (rule === undefined) {
      rule = make(def, out, `rule#${number} ${nesting}`);
      rules.set(nesting, rule);
    }
    return rule;
  };
}

/** Nested like `def`, with zeros or nulls where there is no node. */
function slots(
  def: TreeDef,
  nodes: readonly (Node | null)[],
  like: readonly Node[],
  symbolicZeros: boolean | undefined,
): unknown {
  const leaves = nodes.map((node, i): Slot => {
    if (node !== null) return new Tensor(node);
    return symbolicZeros ? null : new Tensor(fullLike(0, like[i]));
  });
  return unflatten(def, leaves);
}

/** What a rule returned for values nested like `expected`; null is zero, for a leaf or a whole branch. */
function fromSlots(what: string, of: string, tree: unknown, expected: NodeTree): (Node | null)[] {
  const leaves = leavesLike(expected.def, tree);
  if (leaves === null) {
    throw new StructureError(
      `${what} must be nested like the ${of}: expected ${showTree(expected.def)}, got ${showTree(flatten(tree).def)}.`,
    );
  }
  return leaves.map((leaf, i) => {
    if (leaf === null) return null;
    const [node] = matching(what, of, leaf, { nodes: [expected.nodes[i]], def: { kind: "leaf" } });
    return node;
  });
}

/**
 * `f` with a derivative of your own, stated as a tangent. Reverse mode follows from it, by transposition, so the tangent
 * must be linear in the tangents.
 *
 * Values that `f` or the rule close over are constants to the derivative; pass what is differentiated as an argument, and
 * what belongs to a call of jit, vmap, a loop or a branch around it, which may be over when the rule is called.
 * @param rule from the arguments and their tangents, both as arrays, to `[out, tangentOut]`
 * @example
 * const safeSqrt = customJvp((x: Tensor) => x.sqrt(), ([x], [dx]) => {
 *   const y = x.sqrt();
 *   return [y, where(x.gt(0), dx.div(where(x.gt(0), y.mul(2), 1)), 0)];
 * });
 */
export function customJvp<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
  rule: (
    primals: { readonly [I in keyof Args]: TensorTree<Args[I]> },
    tangents: { readonly [I in keyof Args]: TensorTree<Args[I]> },
  ) => readonly [unknown, unknown],
  options: CustomOptions = {},
): (...args: Args) => TensorTree<Out> {
  requireFunction("customJvp", f);
  requireOptions("customJvp", options, OPTIONS, "{ symbolicZeros: true }");
  const call = rule as unknown as (primals: unknown, tangents: unknown) => unknown;
  const ruleFor = rulesByNesting((argsDef, outDef, key) => {
    const push: Rule["push"] = (args, outputs, tangents) => {
      const result = call(unflatten(argsDef, tensors(args)), slots(argsDef, tangents, args, options.symbolicZeros));
      if (!Array.isArray(result) || result.length !== 2) {
        throw new StructureError(
          `customJvp: the rule must return [out, tangentOut], got ${showTree(flatten(result).def)}.`,
        );
      }
      const expected = { def: outDef, nodes: outputs };
      return fromSlots("customJvp: the tangent that the rule returns", "function's result", result[1], expected);
    };
    return {
      transform: "customJvp",
      key,
      push,
      pull: (args, outputs, cotangents, wanted) =>
        transposed(
          args.map((arg, i) => (wanted[i] ? arg : null)),
          (tangents) => push(args, outputs, tangents),
          cotangents,
          () =>
            new TraceError(
              "customJvp: reverse mode transposes the rule, but the tangent that it returns is not linear in the tangents. " +
                "Compute nothing of a tangent but sums, and products with values; or use customVjp.",
            ),
        ),
    };
  });
  const custom = (...args: Args): TensorTree<Out> => withRule("customJvp", f, args, ruleFor) as TensorTree<Out>;
  return derivedFunction(f, custom);
}

/**
 * `f` with a derivative of your own, stated as a pullback. Forward mode follows from it, by transposition, so the pullback
 * must be linear in the cotangent for that. (torch.func and JAX have no forward mode here.)
 *
 * Values that `f` or the rule close over are constants to the derivative; pass what is differentiated as an argument, and
 * what belongs to a call of jit, vmap, a loop or a branch around it, which may be over when the rule is called.
 * @param forward as `f`, but returns `[out, residuals]`: whatever `backward` needs
 * @param backward from the residuals and the cotangent of the result to an array with a cotangent per argument; null is zero
 * @example
 * const clipped = customVjp(
 *   (x: Tensor) => x,
 *   (x: Tensor) => [x, null],
 *   (_, ct) => [ct.clip(-1, 1)],
 * );
 */
export function customVjp<Args extends readonly unknown[], Out, Residuals>(
  f: (...args: Args) => Out,
  forward: (...args: { [I in keyof Args]: TensorTree<Args[I]> }) => readonly [unknown, Residuals],
  backward: (residuals: Residuals, cotangent: TensorTree<Out>) => readonly unknown[],
  options: CustomOptions = {},
): (...args: Args) => TensorTree<Out> {
  requireFunction("customVjp", f);
  requireOptions("customVjp", options, OPTIONS, "{ symbolicZeros: true }");
  const ruleFor = rulesByNesting((argsDef, outDef, key) => {
    const pull: Rule["pull"] = (args, outputs, cotangents) => {
      const prepared = callOn(forward as unknown as AnyFunction, argsDef, args);
      if (!Array.isArray(prepared) || prepared.length !== 2) {
        throw new StructureError(
          `customVjp: the forward function must return [out, residuals], got ${showTree(flatten(prepared).def)}.`,
        );
      }
      const given = cotangents.map((cotangent) =>
        options.symbolicZeros && cotangent !== null && literalValue(cotangent) === 0 ? null : cotangent,
      );
      const cotangent = slots(outDef, given, outputs, options.symbolicZeros);
      const pulled: unknown = Reflect.apply(backward, undefined, [prepared[1], cotangent as TensorTree<Out>]);
      if (!Array.isArray(pulled)) {
        throw new StructureError(
          `customVjp: the backward function must return an array with a cotangent per argument, got ${showTree(flatten(pulled).def)}.`,
        );
      }
      const expected = { def: argsDef, nodes: args };
      return fromSlots("customVjp: what the backward function returns", "arguments", pulled, expected);
    };
    return {
      transform: "customVjp",
      key,
      pull,
      push(args, outputs, tangents) {
        const wanted = tangents.map((tangent) => tangent !== null);
        return transposed(
          outputs.map((output) => (isFloating(output.dtype) ? output : null)),
          (cotangents) => pull(args, outputs, cotangents, wanted).map((each, i) => (wanted[i] ? each : null)),
          tangents,
          () =>
            new TraceError(
              "customVjp: forward mode transposes the rule, but what the backward function returns is not linear in the " +
                "cotangent. Use reverse mode (grad, vjp, jacrev), or state the derivative with customJvp.",
            ),
        );
      },
    };
  });
  const custom = (...args: Args): TensorTree<Out> => withRule("customVjp", f, args, ruleFor) as TensorTree<Out>;
  return derivedFunction(f, custom);
}
