/** @file jit: a function that is traced once per nesting, shapes and types of its arguments, and then runs compiled. */
import { type DType, defaultDtype, type FloatingDType } from "../dtype.ts";
import type { Body } from "../graph/body.ts";
import { constantNode, type Node, type TensorType } from "../graph/node.ts";
import { isTransforming } from "../graph/retention.ts";
import { flatten, sameTree, showTree, type TreeDef, unflatten } from "../pytree.ts";
import { type BackendName, backendNamed, requireBackendName } from "../runtime/choose.ts";
import { runBody } from "../runtime/evaluate.ts";
import { range, sameShape } from "../shape.ts";
import { type Provenance, Tensor } from "../tensor.ts";
import { instantiate } from "../walks/instantiate.ts";
import { bind, type NodeTree, nodesOf, normalizeArgnums } from "./arguments.ts";
import { derivedFunction } from "./naming.ts";
import { requireFunction, requireOptions } from "./options.ts";
import { type TracedFunction, traceFunction } from "./trace.ts";
import type { AnyFunction, Argnums, TensorTree } from "./types.ts";

/** Without the tensors that the function returned, whose names of axes are all that is kept of them. */
interface Traced extends Omit<TracedFunction, "result"> {
  /** Per output leaf. */
  readonly provenance: readonly (Provenance | undefined)[];
}

/** Signatures kept per function; a function called with ever new shapes is traced anew rather than filling the memory. */
const MOST_SIGNATURES = 64;

/** A function traced for arguments of some nesting and types, while its plain numbers had some type. */
interface Known {
  readonly def: TreeDef;
  readonly types: readonly TensorType[];
  readonly numbers: FloatingDType;
  readonly traced: Traced;
}

// Not the node itself, which would keep its value.
const typeOf = ({ dtype, shape }: Node): TensorType => ({ dtype, shape });

/** Whether nothing in it is null or undefined, which a function can tell apart and nestings do not. */
const isFull = (def: TreeDef): boolean => def.kind === "leaf" || (def.kind !== "empty" && def.children.every(isFull));

const isAlike = ({ def, types, numbers }: Known, args: NodeTree): boolean =>
  numbers === defaultDtype() &&
  types.length === args.nodes.length &&
  args.nodes.every(({ dtype, shape }, i) => dtype === types[i].dtype && sameShape(shape, types[i].shape)) &&
  sameTree(def, args.def);

const typeKey = ({ dtype, shape }: { dtype: DType; shape: readonly number[] }): string => `${dtype}${shape.join(",")}`;
const signatureOf = ({ nodes, def }: NodeTree): string =>
  `${defaultDtype()}|${showTree(def)}|${nodes.map(typeKey).join(";")}`;

function traceFor(f: AnyFunction, args: NodeTree): Traced {
  const { result, ...traced } = traceFunction("jit", f, args);
  const provenance = flatten(result).leaves.map((leaf) => (leaf instanceof Tensor ? leaf.provenance : undefined));
  return { ...traced, provenance };
}

/** Whether captured values are values, and not steps of a transform that runs now and is over when we are called next. */
const isLasting = ({ captured }: Traced): boolean =>
  !isTransforming() || captured.every((node) => node.trace === null && node.expression === null);

export interface JitOptions {
  /**
   * Arguments that are not tensors but settings (numbers that decide shapes, strings, functions): the function sees them as
   * they are, and is traced anew for each new value (objects and functions: by identity).
   */
  readonly staticArgnums?: Argnums;
  /**
   * What runs it, whatever the backend in use: "wasm", "webgpu" (which must have been started) or "reference". Without, the
   * backend in use, or that of the place where the arguments are. Inside other transforms it makes no difference.
   */
  readonly backend?: BackendName;
}

/** A text for each value, equal for equal numbers and strings, and for one object; strings quoted, so that texts can be joined. */
function keysByIdentity(): (value: unknown) => string {
  const numbers = new WeakMap<object, number>();
  let next = 0;
  return (value) => {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") {
      if (typeof value === "string") return JSON.stringify(value);
      // 1 / 0 is not 1 / -0.
      return Object.is(value, -0) ? "number -0" : `${typeof value} ${String(value)}`;
    }
    let number = numbers.get(value);
    if (number === undefined) {
      number = next++;
      numbers.set(value, number);
    }
    return `object ${number}`;
  };
}

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
  options: JitOptions = {},
): (...args: Args) => TensorTree<Out> {
  requireFunction("jit", f);
  requireOptions("jit", options, ["staticArgnums", "backend"], "{ staticArgnums: 1 }");
  const { staticArgnums, backend } = options;
  if (backend !== undefined) requireBackendName("jit: backend", backend);
  const known = new Map<string, Traced>();
  const fixedKey = keysByIdentity();
  let latest: Known | undefined;
  const tracedFor = (dynamic: AnyFunction, args: NodeTree, fixed: readonly unknown[]): Traced => {
    // Most calls are like the one before: comparing is quicker than writing a signature.
    if (latest !== undefined && fixed.length === 0 && isAlike(latest, args)) return latest.traced;
    const signature = [signatureOf(args), ...fixed.map(fixedKey)].join("|");
    let traced = known.get(signature);
    if (traced === undefined) {
      traced = traceFor(dynamic, args);
      if (!isLasting(traced)) return traced;
      if (known.size >= MOST_SIGNATURES) known.delete(known.keys().next().value!);
      known.set(signature, traced);
    }
    if (fixed.length === 0 && isFull(args.def)) {
      latest = { def: args.def, types: args.nodes.map(typeOf), numbers: defaultDtype(), traced };
    }
    return traced;
  };
  const jitted = (...args: Args): TensorTree<Out> => {
    const fixed = staticArgnums === undefined ? [] : normalizeArgnums("jit: staticArgnums", staticArgnums, args.length);
    const places = range(args.length).filter((place) => !fixed.includes(place));
    const given = nodesOf("jit", fixed.length === 0 ? args : places.map((place) => args[place]));
    const values = fixed.map((place) => args[place]);
    const traced = tracedFor(fixed.length === 0 ? f : bind(f, args, places), given, values);
    const inputs = [...given.nodes, ...traced.captured];
    const isConcrete = !isTransforming() && inputs.every(({ trace }) => trace === null);
    const nodes = isConcrete ? run(traced.body, inputs, backend) : instantiate(traced.body, inputs);
    const leaves = nodes.map((node, i) => {
      const leaf = new Tensor(node);
      leaf.provenance = traced.provenance[i];
      return leaf;
    });
    return unflatten(traced.out, leaves) as TensorTree<Out>;
  };
  return derivedFunction(f, jitted);
}

function run(body: Body, inputs: readonly Node[], backend: BackendName | undefined): Node[] {
  const { graph } = body;
  const values = runBody(body, inputs, backend && backendNamed("jit", backend));
  return values.map((value, i) => constantNode(graph.nodes[graph.outputs[i]], value));
}
