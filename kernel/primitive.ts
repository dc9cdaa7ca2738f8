/**
 * @file What the definition of a primitive must say, and the registry of them. Everything the kernel knows about an
 * operation is one such object: its shape rule, its reference evaluation, its derivative, its batching and how it becomes
 * loops. Transforms, compiler and backends only ever go through these.
 */
import { allocate, type TypedArray } from "./dtype.ts";
import type { Graph } from "./graph/graph.ts";
import type { Node, Op, Params, TensorType } from "./graph/node.ts";
import type { BufferId, Expr, Index, Kernel, ReduceOp } from "./loops/ir.ts";
import type { LineOperation } from "./loops/lines.ts";
import type { OpenWorkspace } from "./loops/workspace.ts";
import type { OnnxForm } from "./onnx/writer/form.ts";
import { sizeOf } from "./shape.ts";
import type { Term } from "./structure/term.ts";

/** Parameters of each primitive by name; every family adds its own by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface PrimitiveParams {}
export type PrimitiveName = keyof PrimitiveParams;

/** A dense row-major array, as the reference evaluation sees it. */
export interface NDArray extends TensorType {
  readonly data: TypedArray;
  /** Of an operation with several results, whose own `data` is empty. */
  readonly results?: readonly NDArray[];
}

/** Zeros of a type; for several results an array for each. */
export function ndarray({ shape, dtype, results }: TensorType): NDArray {
  if (results !== undefined) return { shape, dtype, data: allocate(dtype, 0), results: results.map(ndarray) };
  return { shape, dtype, data: allocate(dtype, sizeOf(shape)) };
}

/**
 * The derivative of a primitive, in the form that says most. Forward and reverse mode both follow from it.
 * A tangent or cotangent of `null` is a symbolic zero: nothing is computed for it.
 */
export type Derivative<P> =
  /** Piecewise constant or not differentiable: the derivative is zero everywhere. */
  | { readonly kind: "none" }
  /** Elementwise: `∂out/∂inputs[i]`, a node of the output's shape. */
  | { readonly kind: "partials"; partial(i: number, inputs: readonly Node[], out: Node, params: P): Node }
  /** Linear in the inputs `wrt` taken together (all of them by default); `transpose` pulls a cotangent back to one. */
  | {
      readonly kind: "linear";
      wrt?(params: P): readonly number[];
      transpose(cotangent: Node, i: number, inputs: readonly Node[], params: P): Node;
    }
  /** Linear in each input separately, as a product is. */
  | { readonly kind: "bilinear"; transpose(cotangent: Node, i: number, inputs: readonly Node[], params: P): Node }
  /**
   * Anything else: the tangent as a graph that is linear in the tangents; reverse mode transposes that graph, unless
   * `pull` says how cotangents go back (to the inputs that are `wanted`). With several results, the tangent and the
   * cotangent are `tuple` nodes.
   */
  | {
      readonly kind: "jvp";
      /** Set where cotangents cannot go back. */
      readonly forwardOnly?: boolean;
      jvp(inputs: readonly Node[], tangents: readonly (Node | null)[], out: Node, params: P): Node | null;
      pull?(
        cotangent: Node,
        wanted: readonly boolean[],
        inputs: readonly Node[],
        out: Node,
        params: P,
      ): readonly (Node | null)[];
    };

/** One point of the output while loops are being made. */
export interface Point<P> {
  /** A form per output axis (per axis of the visited input in a `scatter`). */
  readonly index: readonly Index[];
  /** Number of loop variables of the nest. */
  readonly variables: number;
  readonly inputs: readonly TensorType[];
  readonly type: TensorType;
  readonly params: P;
  /** The entry of an input at a position given by a form per axis of that input. */
  read(input: number, index: readonly Index[]): Expr;
}

/** How a primitive becomes loops. */
export type Lowering<P> =
  /** Each output entry is an expression of entries of the inputs. `cost` is in units of a multiplication. */
  | { readonly kind: "point"; readonly cost: number; at(point: Point<P>): Expr }
  /** Each output entry is an input entry at an affine position; null when the position is not affine (some reshapes). */
  | {
      readonly kind: "view";
      source(index: readonly Index[], params: P, input: TensorType, variables: number): readonly Index[] | null;
    }
  /** Folds the axes in `params.axes`. */
  | { readonly kind: "reduce"; readonly op: ReduceOp }
  | { readonly kind: "dot" }
  /**
   * The output is first filled with `fill` (unless the pieces cover it), then every piece visits all entries of one
   * input and writes each to `place`, or adds it there.
   */
  | {
      readonly kind: "scatter";
      fill?(params: P): number | null;
      accumulate?(params: P, piece: number): boolean;
      pieces(params: P, inputs: readonly TensorType[]): readonly number[];
      place(point: Point<P>, piece: number): readonly Index[];
    }
  /**
   * No loops: the reference evaluation runs inside the program. With `writesAll` it writes every entry of its results
   * without reading what they held, so that it can be given those of the program instead of new ones full of zeros.
   * `operation` says what it does to lines, for backends that do it themselves.
   */
  | {
      readonly kind: "host";
      readonly writesAll?: boolean;
      operation?(params: P, inputs: readonly TensorType[]): LineOperation;
    }
  /** One of several results; it lies where the operation put it. */
  | { readonly kind: "result"; index(params: P): number }
  /** Kernels that contain others: loops around bodies, and branches. */
  | { readonly kind: "control"; build(site: ControlSite<P>): void };

/** Where a control operation puts its kernels. Its inputs, and the results that are read, lie in row-major order. */
export interface ControlSite<P> {
  readonly params: P;
  readonly inputs: readonly BufferId[];
  /** The buffer of a result, or null when nobody reads it. */
  result(index: number): BufferId | null;
  /** A new buffer that holds a value of that type. */
  allocate(type: TensorType): BufferId;
  /** The kernels of a body over given buffers, and where its outputs are. */
  inline(body: Graph, inputs: readonly BufferId[]): { kernels: readonly Kernel[]; outputs: readonly BufferId[] };
  /** Appends a kernel to the program. */
  push(kernel: Kernel): void;
}

export interface Primitive<P = Params> extends Op {
  readonly name: string;
  /** The output's type. Throws a `ShapeError` or `DTypeError` that names the operation. */
  infer(inputs: readonly TensorType[], params: P): TensorType;
  /**
   * The plain definition, in JavaScript: the oracle for every backend. Fills `out`. Some have their arithmetic done in the
   * workspace that a backend offers.
   */
  evaluate(inputs: readonly NDArray[], out: NDArray, params: P, open?: OpenWorkspace): void;
  readonly derivative: Derivative<P>;
  /**
   * The structure of the local Jacobian `∂out/∂inputs[i]`, whose axes are those of the output and then those of the input:
   * the sum of some terms, or null when there is none that can be written so. What a `jvp` says without a structure of its
   * own is found by following its tangent.
   */
  structure?(i: number, inputs: readonly Node[], out: Node, params: P): readonly Term[] | null;
  /**
   * The same operation with a new axis 0 of extent `size` on those inputs where `batched` says so; the result has it
   * too. At least one input is batched.
   */
  batch(inputs: readonly Node[], batched: readonly boolean[], size: number, params: P): Node;
  readonly lowering: Lowering<P>;
  /** Which results depend on one of the inputs flagged, where not every result depends on every input. */
  dependence?(flags: readonly boolean[], params: P): readonly boolean[];
  /**
   * Where there is no structure: axes of `inputs[i]`, which every result has too, along which an entry depends on entries at
   * the same position only.
   */
  independent?(i: number, inputs: readonly TensorType[], params: P): readonly number[];
  /**
   * The results of a loop computed for all iterations at once, where those do not depend on one another through the inputs
   * flagged: their structure can be seen then. Null for a result that does not depend on such an input; `fixed` are nodes
   * among what they are computed from that do not either.
   */
  parallel?(
    inputs: readonly Node[],
    flags: readonly boolean[],
    out: Node,
    params: P,
  ): { readonly results: readonly (Node | null)[]; readonly fixed: readonly Node[] } | null;
  /** How it is written in a model that leaves the notebook; without one, `exportOnnx` refuses it by name. */
  readonly onnx?: OnnxForm<P>;
  /** A cheaper node of the same value, or null. Sees the inputs before a node is made. */
  simplify?(inputs: readonly Node[], params: P): Node | null;
}

const registry = new Map<string, Primitive>();

/** Puts a primitive into the registry. Its name must be new. */
export function define<K extends PrimitiveName>(name: K, rules: Omit<Primitive<PrimitiveParams[K]>, "name">): void {
  if (registry.has(name)) throw new Error(`primitive ${name} is defined twice`);
  registry.set(name, { name, ...rules } as unknown as Primitive);
}

/** The definition behind a node's operation. */
export function primitiveOf(op: Op): Primitive {
  const primitive = registry.get(op.name);
  if (primitive === undefined) throw new Error(`no primitive is called ${op.name}`);
  return primitive;
}

export const primitiveNames = (): readonly string[] => [...registry.keys()];
