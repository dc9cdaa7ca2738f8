/**
 * @file The loop IR: what the compiler hands to a code-generating backend.
 *
 * A program is a list of buffers and a list of kernels that run in order. A kernel is a perfect nest of loops with
 * constant extents; inside it, scalar expressions read buffers at affine positions. Nothing here knows about the graph
 * above or the machine below, so WASM and WebGPU can both be written from it.
 */
import type { DType, TypedArray } from "../dtype.ts";
import type { LineOperation } from "./lines.ts";
import type { OpenWorkspace } from "./workspace.ts";

/** Index into `LoopProgram.buffers`. */
export type BufferId = number;

export interface BufferSpec {
  readonly dtype: DType;
  /** In elements. */
  readonly size: number;
  /** Byte offset in the program's arena, a multiple of 16. Buffers whose lifetimes do not overlap may share bytes. */
  readonly offset: number;
  /** Set for an input or output that is not in the arena: where it is, is only known when the program runs. */
  readonly apart?: true;
  /** Set for an input apart whose numbers have half precision where they are. */
  readonly half?: true;
}

export interface LoopProgram {
  readonly buffers: readonly BufferSpec[];
  /** Filled by the caller before the run, in this order. */
  readonly inputs: readonly BufferId[];
  /** Read by the caller after the run, in this order. An input may also be an output. */
  readonly outputs: readonly BufferId[];
  readonly kernels: readonly Kernel[];
  /** Size of the arena that holds all buffers but those apart. */
  readonly arenaBytes: number;
}

/** `offset + Σ strides[v] · loop variable v`; `strides` has one entry per loop variable of the kernel. */
export interface Affine {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A position in a buffer, in elements. Each dynamic part adds `stride · value`, `value` an int32 expression in range. */
export interface Index extends Affine {
  readonly dynamic?: readonly { readonly stride: number; readonly value: Expr }[];
}

/** Functions of one argument; they keep the dtype of it, except `not`, `isNaN`, `isFinite` (bool). */
export type UnaryFn =
  | "neg"
  | "abs"
  | "sign"
  | "floor"
  | "ceil"
  | "round"
  | "trunc"
  | "sqrt"
  | "cbrt"
  | "exp"
  | "exp2"
  | "expm1"
  | "log"
  | "log1p"
  | "log2"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "sigmoid"
  | "erf"
  | "erfc"
  | "ndtr"
  | "erfinv"
  | "lgamma"
  | "digamma"
  | "not"
  | "isNaN"
  | "isFinite";

/** Both arguments have one dtype, which is the result's; comparisons and `and`/`or` give bool. */
export type BinaryFn =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "atan2"
  /** Sign of the divisor, as in Python and PyTorch. */
  | "remainder"
  /** Hurwitz' ζ(s, x), s first. */
  | "zeta"
  /** NaN if either argument is NaN. */
  | "max"
  | "min"
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "and"
  | "or";

/**
 * A scalar expression at one point of the nest. Expressions form a DAG: a node that is shared by identity is computed
 * once per point.
 */
export type Expr =
  | { readonly kind: "load"; readonly dtype: DType; readonly buffer: BufferId; readonly index: Index }
  | { readonly kind: "const"; readonly dtype: DType; readonly value: number }
  /** The value of an affine form of the loop variables, as int32. */
  | { readonly kind: "iota"; readonly dtype: "int32"; readonly index: Affine }
  | { readonly kind: "unary"; readonly dtype: DType; readonly fn: UnaryFn; readonly x: Expr }
  | { readonly kind: "binary"; readonly dtype: DType; readonly fn: BinaryFn; readonly x: Expr; readonly y: Expr }
  | { readonly kind: "select"; readonly dtype: DType; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  /** To int32 truncates toward zero and saturates (NaN gives 0); to bool is `≠ 0`. */
  | { readonly kind: "cast"; readonly dtype: DType; readonly x: Expr }
  /** The finished accumulator; only in the `value` of a reduction's stores. */
  | { readonly kind: "accumulator"; readonly dtype: DType };

export interface Store {
  readonly buffer: BufferId;
  readonly index: Index;
  readonly value: Expr;
  /** Adds to what is there instead of replacing it (scatter-add); such a kernel's points run in order. */
  readonly accumulate?: boolean;
}

/** At each point of the nest (row-major, loop variable 0 outermost) all stores happen. Points are independent. */
export interface MapKernel {
  readonly kind: "map";
  readonly extents: readonly number[];
  readonly stores: readonly Store[];
}

export type ReduceOp = "sum" | "prod" | "max" | "min";

/**
 * For each point of `extents`, folds `value` over `reduceExtents`, then does the stores, whose values may use the
 * accumulator. Loop variables are numbered through: first `extents`, then `reduceExtents`; an affine form in a store
 * has strides for `extents` only. `max` and `min` give NaN if any value is NaN. Empty reductions give the neutral value
 * (0, 1, −∞, +∞).
 */
export interface ReduceKernel {
  readonly kind: "reduce";
  readonly op: ReduceOp;
  readonly extents: readonly number[];
  readonly reduceExtents: readonly number[];
  readonly value: Expr;
  readonly stores: readonly Store[];
}

/** One dimension of a dot: its extent and the element strides it has in each operand (0 where it does not occur). */
export interface DotDimension {
  readonly extent: number;
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

/**
 * `out[batch, m, n] = Σ_k a[batch, m, k] · b[batch, k, n]`, all three addressed by strides. float32 or float64. What runs
 * through the rows, the columns or the contraction may be several dimensions, the outermost first, as it is for the windows
 * of a convolution; the result is even along all rows, and along all columns.
 */
export interface DotKernel {
  readonly kind: "dot";
  readonly dtype: DType;
  readonly a: { readonly buffer: BufferId; readonly offset: number };
  readonly b: { readonly buffer: BufferId; readonly offset: number };
  readonly out: { readonly buffer: BufferId; readonly offset: number };
  readonly batch: readonly DotDimension[];
  readonly m: readonly DotDimension[];
  readonly n: readonly DotDimension[];
  readonly k: readonly DotDimension[];
}

/**
 * A routine in JavaScript for what loops cannot say (sorting, say). The arrays are views of whole buffers. A routine on
 * dense matrices has its arithmetic done in a workspace of the backend, if there is one.
 */
export interface HostKernel {
  readonly kind: "host";
  readonly name: string;
  readonly inputs: readonly BufferId[];
  readonly outputs: readonly BufferId[];
  readonly run: (inputs: readonly TypedArray[], outputs: readonly TypedArray[], open?: OpenWorkspace) => void;
  /** What it does, where that is said: for a backend that has code of its own for it. */
  readonly operation?: LineOperation;
}

/** Copies `size` elements. In iteration i of the loop that it belongs to, both positions have moved i times. */
export interface Copy {
  readonly from: Moving;
  readonly to: Moving;
  readonly size: number;
}

/** A position in a buffer that moves by `advance` elements per iteration. */
export interface Moving {
  readonly buffer: BufferId;
  readonly offset: number;
  readonly advance: number;
}

/**
 * Nests of which the first `lead` loop variables run over the same rows, outermost. Each reads of what the others write
 * only the row it is at, so a few rows at a time may go through all of them, while they are in the cache.
 */
export interface RowsKernel {
  readonly kind: "rows";
  readonly lead: number;
  readonly kernels: readonly (MapKernel | ReduceKernel)[];
}

/** The kernels of an iteration. What one leaves in the buffers, the next finds there. */
export interface LoopKernel {
  readonly kind: "loop";
  /** How often; or kernels before each iteration that leave in a bool whether there is another. */
  readonly times: number | { readonly kernels: readonly Kernel[]; readonly test: BufferId };
  readonly before: readonly Copy[];
  readonly body: readonly Kernel[];
  /** Done in order, one after the other. */
  readonly after: readonly Copy[];
}

/** One of two lists of kernels. */
export interface BranchKernel {
  readonly kind: "branch";
  /** A bool. */
  readonly test: BufferId;
  readonly yes: readonly Kernel[];
  readonly no: readonly Kernel[];
}

export type Kernel = MapKernel | ReduceKernel | RowsKernel | DotKernel | HostKernel | LoopKernel | BranchKernel;
