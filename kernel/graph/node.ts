/**
 * @file The one graph: a node is a value that is known, or an expression over other nodes that says how to compute it.
 * Nodes only ever point at older nodes (smaller ids), so sorting by id is a topological order.
 */
import type { DType } from "../dtype.ts";
import type { Data } from "../remote.ts";
import { type Shape, sameShape, sizeOf } from "../shape.ts";
import { Interner } from "./interner.ts";
import { noteOrigin } from "./origin.ts";
import { noteSize } from "./size-watch.ts";

/** What the graph needs to know of a primitive; its rules live in `primitive.ts`. */
export interface Op {
  readonly name: string;
  /** Set for operations that only matter to transforms (marks): each result is the input of its place. */
  readonly passes?: boolean;
}

/** A parameter that is more than plain data (a body, a rule); equal keys mean equal parameters. */
export interface Keyed {
  readonly key: string;
}

export type ParamValue = number | string | boolean | Keyed | readonly ParamValue[];
/** Static parameters of an operation: plain data, part of the structure that programs are cached by. */
export type Params = Readonly<Record<string, ParamValue>>;

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Set for an operation with several results: their types. Such a node has no value; `result` nodes pick from it. */
  readonly results?: readonly TensorType[];
}

/** The type of a node with several results. Its own `dtype` says whether any of them is floating. */
export function tupleType(results: readonly TensorType[]): TensorType {
  const floating = results.find(({ dtype }) => dtype === "float32" || dtype === "float64");
  return { shape: [], dtype: (floating ?? results[0])?.dtype ?? "int32", results };
}

export interface Expression {
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly params: Params;
}

/** A running transform that has no values to give for its placeholders (vmap). */
export interface Trace {
  readonly transform: string;
  open: boolean;
}

let nextId = 1;

/** Id of the node that was made last. */
export const newestNode = (): number => nextId - 1;

const signatures = new Interner();

function paramText(value: ParamValue): string {
  // The one number whose text is that of another.
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object") return String(value);
  if ("key" in value) return value.key;
  let text = "[";
  for (const each of value) text += `${paramText(each)},`;
  return `${text}]`;
}

const typeText = ({ shape, dtype, results }: TensorType): string =>
  results === undefined ? `:${dtype}${shape.join(",")}` : `(${results.map(typeText).join("")})`;

function sameParam(a: ParamValue, b: ParamValue): boolean {
  if (typeof a !== "object" || typeof b !== "object") return Object.is(a, b);
  if ("key" in a || "key" in b) return "key" in a && "key" in b && a.key === b.key;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameParam(a[i], b[i])) return false;
  return true;
}

function sameParams(a: Params, b: Params): boolean {
  if (a === b) return true;
  for (const name in a) if (!(name in b) || !sameParam(a[name], b[name])) return false;
  for (const name in b) if (!(name in a)) return false;
  return true;
}

/** A signature that an operation had not long ago. */
interface Recent {
  readonly params: Params;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly number: number;
}

/** The last signatures of each operation: most nodes are like one of them, and comparing is quicker than writing a text. */
const recents = new WeakMap<Op, Recent[]>();
const MOST_RECENTS = 6;

function signatureOf(expression: Expression | null, type: TensorType): number {
  if (expression === null || type.results !== undefined) return internSignature(expression, type);
  const { op, params } = expression;
  const { dtype, shape } = type;
  let list = recents.get(op);
  if (list === undefined) {
    list = [];
    recents.set(op, list);
  }
  for (const each of list) {
    if (each.dtype === dtype && sameShape(each.shape, shape) && sameParams(each.params, params)) return each.number;
  }
  const number = internSignature(expression, type);
  list.unshift({ params, dtype, shape, number });
  if (list.length > MOST_RECENTS) list.pop();
  return number;
}

/** A number for an operation, its parameters and its result type: one number means one structure. */
function internSignature(expression: Expression | null, type: TensorType): number {
  let text = expression === null ? "" : expression.op.name;
  if (expression !== null) {
    for (const name in expression.params) text += ` ${name}=${paramText(expression.params[name])}`;
  }
  text += typeText(type);
  return signatures.numberOf(text);
}

/** Shared by operations without parameters. */
export const NO_PARAMS: Params = Object.freeze({});

export class Node implements TensorType {
  readonly id = nextId++;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly size: number;
  readonly results?: readonly TensorType[];
  /** The `result` nodes that were made of this one. */
  picked: Node[] | null = null;
  /** Null for data that came from outside, and for nodes whose history was let go after evaluation. */
  expression: Expression | null;
  /** Row-major data once known, here or on a device. */
  value: Data | null;
  /** Set when the node depends on a placeholder: it has no value, only a rewriting of it will. */
  readonly trace: Trace | null;
  /** Computed from constants of the program alone: kept symbolic, so that structure (zeros, identities) stays visible. */
  readonly literal: boolean;
  #signature: number;
  /** Longest chain of unevaluated nodes below. */
  depth: number;
  /** The last walk over the graph that came here. */
  visit = 0;
  /** How many expressions with values of their own refer to this node. */
  uses = 0;
  /** How many of them have not been computed yet, or keep their history. */
  pending = 0;
  /** Set when a person may hold a tensor of it. */
  held = false;

  /** @param signature where it is known already */
  constructor(
    type: TensorType,
    expression: Expression | null,
    value: Data | null,
    trace: Trace | null = null,
    signature = -1,
  ) {
    this.#signature = signature;
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.size = sizeOf(type.shape);
    if (type.results !== undefined) this.results = type.results;
    this.expression = expression;
    this.value = value;
    let depth = 0;
    let literal = expression !== null && trace === null;
    if (expression !== null) {
      for (const input of expression.inputs) {
        if (input.trace !== null && (trace === null || input.trace !== trace)) trace = newer(trace, input.trace);
        if (!input.literal) literal = false;
        if (input.depth >= depth) depth = input.depth + 1;
      }
      if (trace === null) {
        for (const input of expression.inputs) {
          input.uses++;
          input.pending++;
        }
      }
    }
    this.trace = trace;
    // Several results come from a loop or the like, which is not to run again wherever one of them is used.
    this.literal = literal && trace === null && type.results === undefined;
    this.depth = depth;
    noteSize(this.size);
    noteOrigin(this);
  }

  /** Equal only for nodes of equal operation, parameters and type. Computed when asked for: many nodes are never compiled. */
  get signature(): number {
    if (this.#signature < 0) this.#signature = signatureOf(this.expression, this);
    return this.#signature;
  }
}

/** The trace that still runs, if one of two does: an open trace is what a message should name. */
function newer(a: Trace | null, b: Trace): Trace {
  return a === null || (b.open && !a.open) ? b : a;
}

/** A node for data from outside. */
export const constantNode = (type: TensorType, value: Data): Node => new Node(type, null, value);

const placeholderOp: Op = { name: "placeholder" };

/** A node that stands for one value out of many, as long as `trace` runs. */
export const placeholderNode = (type: TensorType, trace: Trace): Node =>
  new Node(type, { op: placeholderOp, inputs: [], params: NO_PARAMS }, null, trace);
