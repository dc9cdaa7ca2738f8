/** @file Reverse mode on nodes: from the cotangents of some nodes to those of the nodes they were computed from. */
import { isFloating } from "../dtype.ts";
import { add, mul, resultOf, tuple, zerosOf } from "../emit.ts";
import { capturedByLoop, cutBody } from "../graph/body.ts";
import { type Node, placeholderNode, type TensorType, type Trace } from "../graph/node.ts";
import { whileWalking } from "../graph/origin.ts";
import { type PathStep, type Paths, pathsBetween } from "../graph/walk.ts";
import { primitiveOf } from "../primitive.ts";
import { dependence } from "./dependence.ts";
import { instantiate } from "./instantiate.ts";
import { derivativePaths } from "./paths.ts";

function plus(a: Node, b: Node): Node {
  if (a.results === undefined) return add(a, b);
  // What is not floating has no cotangent; its place holds a zero.
  return tuple(
    a.results.map(({ dtype }, i) => (isFloating(dtype) ? add(resultOf(a, i), resultOf(b, i)) : resultOf(a, i))),
  );
}

/** Adds `cotangent` to what `node` has. */
function accumulate(cotangents: Map<Node, Node>, node: Node, cotangent: Node): void {
  const sum = cotangents.get(node);
  cotangents.set(node, sum === undefined ? cotangent : plus(sum, cotangent));
}

/**
 * The transpose of a linear map on nodes, given as a graph: a primitive that only knows its tangent is pulled back so, and
 * a rule that only knows its cotangent is pushed forward. `null` is zero, in and out.
 * @param types of the inputs of `map`; null for one that stays zero
 * @param nonlinear what to throw when the map turns out not to be linear: then its transpose depends on its own inputs
 */
export function transposed(
  types: readonly (TensorType | null)[],
  map: (inputs: readonly (Node | null)[]) => readonly (Node | null)[],
  cotangents: readonly (Node | null)[],
  nonlinear?: () => Error,
): (Node | null)[] {
  const trace: Trace = { transform: "vjp", open: true };
  const inputs = types.map((type) => (type === null ? null : placeholderNode(type, trace)));
  const outputs = map(inputs);
  trace.open = false;
  const found = new Map<Node, Node>();
  outputs.forEach((output, i) => {
    const cotangent = cotangents[i];
    if (output !== null && cotangent !== null) accumulate(found, output, cotangent);
  });
  const marks = inputs.filter((input) => input !== null);
  pullBack(derivativePaths(marks, found.keys()), found);
  const results = inputs.map((input) => (input === null ? null : (found.get(input) ?? null)));
  return nonlinear === undefined ? results : independentOf(marks, results, nonlinear);
}

/**
 * The same nodes without `marks`. A loop may carry marked values beside those that are needed; since these do not depend on
 * them, zeros may stand in their place.
 * @param otherwise what to throw when one does depend on a mark
 */
function independentOf(
  marks: readonly Node[],
  nodes: readonly (Node | null)[],
  otherwise: () => Error,
): (Node | null)[] {
  const present = nodes.filter((node) => node !== null);
  const { active } = pathsBetween(marks, present);
  if (!present.some((node) => active.has(node))) return [...nodes];
  const captured = capturedByLoop(marks, present);
  const body = cutBody([...marks, ...captured], present);
  const flags = [...marks.map(() => true), ...captured.map(() => false)];
  if (dependence(body.graph, flags).includes(true)) throw otherwise();
  const freed = instantiate(body, [...marks.map(zerosOf), ...captured]);
  let next = 0;
  return nodes.map((node) => (node === null ? null : freed[next++]));
}

/** Adds what the cotangent of one node gives those of its inputs. */
function pullStep({ node, expression }: PathStep, active: ReadonlySet<Node>, cotangents: Map<Node, Node>): void {
  const cotangent = cotangents.get(node);
  if (cotangent === undefined) return;
  const { op, inputs, params } = expression;
  const { derivative } = primitiveOf(op);
  const wanted = inputs.map((input) => active.has(input) && isFloating(input.dtype));
  switch (derivative.kind) {
    case "none":
      break;
    case "partials":
      inputs.forEach((input, i) => {
        if (wanted[i]) accumulate(cotangents, input, mul(cotangent, derivative.partial(i, inputs, node, params)));
      });
      break;
    case "linear":
    case "bilinear": {
      const wrt = derivative.kind === "linear" ? derivative.wrt?.(params) : undefined;
      inputs.forEach((input, i) => {
        if (!wanted[i] || (wrt !== undefined && !wrt.includes(i))) return;
        accumulate(cotangents, input, derivative.transpose(cotangent, i, inputs, params));
      });
      break;
    }
    case "jvp": {
      const pulled =
        derivative.pull?.(cotangent, wanted, inputs, node, params) ??
        transposed(
          inputs.map((input, i) => (wanted[i] ? input : null)),
          (tangents) => [derivative.jvp(inputs, tangents, node, params)],
          [cotangent],
        );
      pulled.forEach((each, i) => {
        if (each !== null) accumulate(cotangents, inputs[i], each);
      });
    }
  }
}

/** Extends `cotangents` backwards along the paths; nodes off the paths get none. */
function pullBack({ steps, active }: Paths, cotangents: Map<Node, Node>): void {
  for (let s = steps.length - 1; s >= 0; s--) {
    const step = steps[s];
    whileWalking(step, true, () => pullStep(step, active, cotangents));
  }
}

/**
 * Cotangents of `inputs`, which the paths start from, for those of `outputs`; `null` is zero, in and out. What is not
 * floating has none, and those of an output that stands there twice add up.
 */
export function pullAlong(
  paths: Paths,
  outputs: readonly Node[],
  given: readonly (Node | null)[],
  inputs: readonly Node[],
): (Node | null)[] {
  const cotangents = new Map<Node, Node>();
  given.forEach((cotangent, i) => {
    if (cotangent !== null && isFloating(outputs[i].dtype)) accumulate(cotangents, outputs[i], cotangent);
  });
  pullBack(paths, cotangents);
  return inputs.map((input) => cotangents.get(input) ?? null);
}
