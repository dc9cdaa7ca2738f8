/**
 * @file Where nodes come from, remembered only while someone looks for a NaN: the line of the person's code that asked for
 * a node, and for one that a transform made, the node it was derived from.
 */
import { NumericsError, type NumericsFinding } from "../errors.ts";

/** How a node came to be. */
export interface Origin {
  /** Made, but not thrown, when the node was: its stack is the person's. */
  readonly error: NumericsError;
  /** For a node of a derivative: the primitive it is the derivative of, and how many times over. */
  readonly derivative: { readonly of: string; readonly order: number } | null;
}

/** What origins are kept for: nodes, and the nodes of graphs cut out of them. */
type Owner = object;
/** A node that a transform walks over. */
interface Walked {
  readonly node: Owner;
  readonly expression: { readonly op: { readonly name: string } };
}

let origins: WeakMap<Owner, Origin> | null = null;
let walked: { readonly step: Walked; readonly derives: boolean } | null = null;

/** Deep enough that the kernel's own frames do not push out the person's. */
const STACK_DEPTH = 64;
const NOTHING: NumericsFinding = { value: "NaN", primitive: "", given: false, shape: [], position: [] };

const engine = Error as { stackTraceLimit?: number };

/** An error whose stack, unlike its message, is that of now. */
function errorFromHere(): NumericsError {
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = Math.max(limit ?? 0, STACK_DEPTH);
  try {
    return new NumericsError("", NOTHING);
  } finally {
    engine.stackTraceLimit = limit;
  }
}

export function rememberOrigins(on: boolean): void {
  origins = on ? (origins ?? new WeakMap()) : null;
}

export const remembersOrigins = (): boolean => origins !== null;

/** Called for each new node. */
export function noteOrigin(node: Owner): void {
  if (origins === null) return;
  const source = walked === null ? undefined : origins.get(walked.step.node);
  const error = source?.error ?? errorFromHere();
  if (walked === null || !walked.derives) {
    origins.set(node, { error, derivative: source?.derivative ?? null });
    return;
  }
  const before = source?.derivative;
  const derivative = before
    ? { of: before.of, order: before.order + 1 }
    : { of: walked.step.expression.op.name, order: 1 };
  origins.set(node, { error, derivative });
}

/** Gives `copy` the origin of `node`. */
export function copyOrigin(node: Owner, copy: Owner): void {
  const origin = origins?.get(node);
  if (origin !== undefined) origins!.set(copy, origin);
}

export const originOf = (node: Owner): Origin | undefined => origins?.get(node);

/**
 * Nodes made in `body` come from the node of `step`: they are its derivative, or the same operation rewritten. A walk
 * inside a walk (a tangent is transposed) serves the outer one. Costs nothing while nobody looks.
 */
export function whileWalking<T>(step: Walked, derives: boolean, body: () => T): T {
  if (origins === null || walked !== null) return body();
  walked = { step, derives };
  try {
    return body();
  } finally {
    walked = null;
  }
}

/** `body` as part of the walk that is going on now, for when it is run later. */
export function inThisWalk<T>(body: () => T): () => T {
  const step = walked;
  return step === null ? body : () => whileWalking(step.step, step.derives, body);
}
