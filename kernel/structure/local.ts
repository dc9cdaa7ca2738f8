/**
 * @file Local Jacobians: of one operation with respect to one of its inputs. As terms where the primitive states them or
 * its tangent can be followed; else as a map that tangents are pushed through and cotangents pulled back through.
 */
import { emit } from "../emit.ts";
import { Body } from "../graph/body.ts";
import { type Expression, NO_PARAMS, type Node, placeholderNode, type Trace } from "../graph/node.ts";
import { whileWalking } from "../graph/origin.ts";
import type { PathStep } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";
import { batchNodes } from "../walks/batch.ts";
import { pushAlong } from "../walks/forward.ts";
import { pullAlong } from "../walks/reverse.ts";
import type { Term } from "./term.ts";

/** A linear map that is only known by what it does to vectors. */
export interface Opaque {
  /** Axes of both sides along which it is diagonal: one vector serves all positions there. */
  readonly independent: readonly number[];
  /** `[count, ...input shape]` to `[count, ...output shape]`. */
  push(tangents: Node): Node | null;
  /** `[count, ...output shape]` to `[count, ...input shape]`; null where cotangents cannot go back. */
  readonly pull: ((cotangents: Node) => Node | null) | null;
}

export interface Local {
  readonly terms: readonly Term[];
  readonly opaque: Opaque | null;
}

/** What a node is computed from: several results are looked through. */
export function sourceOf({ node, expression }: PathStep): { steps: PathStep[]; expression: Expression } {
  if (expression.op.name !== "result") return { steps: [{ node, expression }], expression };
  const [several] = expression.inputs;
  const inner = several.expression!;
  return {
    steps: [
      { node: several, expression: inner },
      { node, expression },
    ],
    expression: inner,
  };
}

/**
 * The terms of the Jacobian of one node with respect to another; null where an operation between states none.
 * @param others nodes that are taken not to depend on the input
 */
export type JacobianTerms = (input: Node, output: Node, others?: readonly Node[]) => readonly Term[] | null;

/**
 * ∂node/∂input.
 * @param jacobianTerms follows a tangent; without it, only what primitives state counts
 */
export function localJacobian(step: PathStep, input: Node, jacobianTerms: JacobianTerms | null): Local {
  return whileWalking(step, true, () => {
    const stated = statedTerms(step, input);
    if (stated !== null) return { terms: stated, opaque: null };
    const traced = jacobianTerms === null ? null : tracedTerms(step, input, jacobianTerms);
    if (traced !== null) return { terms: traced, opaque: null };
    const parallel = jacobianTerms === null ? null : parallelTerms(step, input, jacobianTerms);
    if (parallel !== null) return { terms: parallel, opaque: null };
    return { terms: [], opaque: opaqueMap(step, input) };
  });
}

/** What the primitive says, for all places where the input stands. */
function statedTerms({ node, expression: { op, inputs, params } }: PathStep, input: Node): Term[] | null {
  const primitive = primitiveOf(op);
  if (primitive.structure === undefined) return null;
  const { derivative } = primitive;
  const terms: Term[] = [];
  for (const [i, each] of inputs.entries()) {
    if (each !== input) continue;
    if (derivative.kind === "linear" && derivative.wrt?.(params).includes(i) === false) continue;
    const own = primitive.structure(i, inputs, node, params);
    if (own === null) return null;
    terms.push(...own);
  }
  return terms;
}

/** The tangent as a graph, whose Jacobian is the local one. */
function tracedTerms(step: PathStep, input: Node, jacobianTerms: JacobianTerms): readonly Term[] | null {
  const { steps, expression } = sourceOf(step);
  const { derivative } = primitiveOf(expression.op);
  if (derivative.kind !== "jvp") return null;
  const trace: Trace = { transform: "jacobian", open: true };
  const seed = placeholderNode(input, trace);
  const [tangent] = pushAlong({ steps, active: new Set([input]) }, [input], [seed], [step.node]);
  trace.open = false;
  return tangent === null ? [] : jacobianTerms(seed, tangent);
}

/** A loop whose iterations do not depend on one another, as one operation on all of them. */
function parallelTerms(step: PathStep, input: Node, jacobianTerms: JacobianTerms): readonly Term[] | null {
  const {
    steps: [{ node }],
    expression: { op, inputs, params },
  } = sourceOf(step);
  const primitive = primitiveOf(op);
  if (primitive.parallel === undefined) return null;
  const flags = inputs.map((each) => each === input);
  // Marked, or what is appended to an input might be simplified past it.
  const marks = new Map([...new Set(inputs)].map((each) => [each, emit("mark", [each], NO_PARAMS)]));
  const marked = inputs.map((each) => marks.get(each)!);
  const parallel = primitive.parallel(marked, flags, node, params);
  if (parallel === null) return null;
  const result = parallel.results[step.expression.params.index as number];
  const start = marks.get(input)!;
  const others = [...marked.filter((each) => each !== start), ...parallel.fixed];
  return result === null ? [] : jacobianTerms(start, result, others);
}

function opaqueMap(step: PathStep, input: Node): Opaque {
  const { steps, expression } = sourceOf(step);
  const { node } = step;
  const active = new Set([input, ...steps.map((each) => each.node)]);
  const batched = (type: Node, values: Node, map: (seed: Node) => Node | null): Node | null => {
    const trace: Trace = { transform: "jacobian", open: true };
    const seed = placeholderNode(type, trace);
    const mapped = whileWalking(step, true, () => map(seed));
    trace.open = false;
    if (mapped === null) return null;
    return batchNodes(new Map([[seed, values]]), values.shape[0], [mapped])[0];
  };
  return {
    independent: independentAxes(expression, input),
    push: (tangents) => batched(input, tangents, (seed) => pushAlong({ steps, active }, [input], [seed], [node])[0]),
    pull: isForwardOnly(expression)
      ? null
      : (cotangents) => batched(node, cotangents, (seed) => pullAlong({ steps, active }, [node], [seed], [input])[0]),
  };
}

/** Axes that are independent wherever the input stands. */
function independentAxes({ op, inputs, params }: Expression, input: Node): readonly number[] {
  const primitive = primitiveOf(op);
  if (primitive.independent === undefined) return [];
  const places = inputs.flatMap((each, i) => (each === input ? [i] : []));
  const [first, ...others] = places.map((i) => primitive.independent!(i, inputs, params));
  return first.filter((axis) => others.every((axes) => axes.includes(axis)));
}

/** Whether cotangents cannot go back through an operation, or through something in its bodies. */
function isForwardOnly({ op, params }: Pick<Expression, "op" | "params">): boolean {
  const { derivative } = primitiveOf(op);
  if (derivative.kind === "jvp" && derivative.forwardOnly) return true;
  return Object.values(params).some((value) => value instanceof Body && hasForwardOnly(value));
}

const known = new WeakMap<Body, boolean>();

function hasForwardOnly(body: Body): boolean {
  let found = known.get(body);
  if (found === undefined) {
    found = body.graph.nodes.some(({ op, params }) => op !== null && isForwardOnly({ op, params }));
    known.set(body, found);
  }
  return found;
}
