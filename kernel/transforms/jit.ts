/** @file jit: a function that is traced once per nesting, shapes and types of its arguments, and then runs compiled. */
import type { DType } from "../dtype.ts";
import { type Body, capturedByLoop, cutBody } from "../graph/body.ts";
import { constantNode, type Node, placeholderNode } from "../graph/node.ts";
import { isTransforming, whileTransforming } from "../graph/retention.ts";
import { whileTracing, withoutValues } from "../graph/tracing.ts";
import { flatten, showTree, type TreeDef, unflatten } from "../pytree.ts";
import { evaluate, runBody } from "../runtime/evaluate.ts";
import { type Provenance, Tensor } from "../tensor.ts";
import { instantiate } from "../walks/instantiate.ts";
import { callOn, type NodeTree, nodesOf, resultNodes } from "./arguments.ts";
import { derivedFunction } from "./naming.ts";
import type { AnyFunction, TensorTree } from "./types.ts";

/** A function traced for arguments of certain types. */
interface Traced {
  readonly body: Body;
  /** What the function closes over, as it was when it was traced: the inputs of the body behind the arguments. */
  readonly captured: readonly Node[];
  readonly out: TreeDef;
  /** Names of axes, per output leaf. */
  readonly provenance: readonly (Provenance | undefined)[];
}

/** Signatures kept per function; a function called with ever new shapes is traced anew rather than filling the memory. */
const MOST_SIGNATURES = 64;

const typeKey = ({ dtype, shape }: { dtype: DType; shape: readonly number[] }): string => `${dtype}${shape.join(",")}`;
const signatureOf = ({ nodes, def }: NodeTree): string => `${showTree(def)}|${nodes.map(typeKey).join(";")}`;

function traceFor(f: AnyFunction, args: NodeTree): Traced {
  const trace = withoutValues("jit");
  return whileTransforming(() =>
    whileTracing(trace, () => {
      const inputs = args.nodes.map(({ shape, dtype }) => placeholderNode({ shape, dtype }, trace));
      const result = callOn(f, args.def, inputs);
      const out = resultNodes("jit", result);
      const captured = capturedByLoop(inputs, out.nodes);
      const provenance = flatten(result).leaves.map((leaf) => (leaf instanceof Tensor ? leaf.provenance : undefined));
      return { body: cutBody([...inputs, ...captured], out.nodes), captured, out: out.def, provenance };
    }),
  );
}

/** Whether captured values are values, and not steps of a transform that runs now and is over when we are called next. */
const isLasting = ({ captured }: Traced): boolean =>
  !isTransforming() || captured.every((node) => node.trace === null && node.expression === null);

/**
 * The same function, traced once: the first call with arguments of some nesting, shapes and types runs `f` on
 * placeholders and compiles what it does; later calls run that program at once, without running `f`. Transforms apply to
 * it, and it to them: `jit(vmap(grad(f)))`, `grad(jit(f))`.
 *
 * Inside `f` no value can be read, so an `if` on data is an error that names `where` and `cond`. What `f` closes over is
 * taken as it is at the first call, and side effects such as printing happen only then.
 * @example const step = jit((w: Tensor, x: Tensor) => w.sub(grad(loss)(w, x).mul(0.1)));
 */
export function jit<Args extends readonly unknown[], Out>(
  f: (...args: Args) => Out,
): (...args: Args) => TensorTree<Out> {
  const known = new Map<string, Traced>();
  const tracedFor = (args: NodeTree): Traced => {
    const signature = signatureOf(args);
    let traced = known.get(signature);
    if (traced === undefined) {
      traced = traceFor(f, args);
      if (!isLasting(traced)) return traced;
      if (known.size >= MOST_SIGNATURES) known.delete(known.keys().next().value!);
      known.set(signature, traced);
    }
    return traced;
  };
  const jitted = (...args: Args): TensorTree<Out> => {
    const given = nodesOf("jit", [...args]);
    const traced = tracedFor(given);
    const inputs = [...given.nodes, ...traced.captured];
    const isConcrete = !isTransforming() && inputs.every(({ trace }) => trace === null);
    const nodes = isConcrete ? run(traced.body, inputs) : instantiate(traced.body, inputs);
    const leaves = nodes.map((node, i) => {
      const leaf = new Tensor(node);
      leaf.provenance = traced.provenance[i];
      return leaf;
    });
    return unflatten(traced.out, leaves) as TensorTree<Out>;
  };
  return derivedFunction(f, jitted);
}

function run(body: Body, inputs: readonly Node[]): Node[] {
  evaluate(inputs);
  const { graph } = body;
  const values = runBody(
    body,
    inputs.map((node) => node.value!),
  );
  return values.map((value, i) => constantNode(graph.nodes[graph.outputs[i]], value));
}
