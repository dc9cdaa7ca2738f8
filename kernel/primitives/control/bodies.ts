/** @file Making the bodies of control operations, and deriving others from them: with tangents, backwards, for a batch. */
import { type Body, capturedByBranch, capturedByLoop, cutBody } from "../../graph/body.ts";
import { type Node, placeholderNode, type TensorType, type Trace } from "../../graph/node.ts";
import { batchNodes } from "../../walks/batch.ts";
import { pushAlong } from "../../walks/forward.ts";
import { instantiate } from "../../walks/instantiate.ts";
import { derivativePaths } from "../../walks/paths.ts";
import { pullAlong } from "../../walks/reverse.ts";

/** Placeholders of some types while `build` runs. */
export function withPlaceholders<T>(types: readonly TensorType[], build: (inputs: readonly Node[]) => T): T {
  const trace: Trace = { transform: "a loop", open: true };
  const inputs = types.map(({ shape, dtype }) => placeholderNode({ shape, dtype }, trace));
  try {
    return build(inputs);
  } finally {
    trace.open = false;
  }
}

type Build = (inputs: readonly Node[]) => readonly Node[];

/** A body that says for inputs of some types what its outputs are. */
export const makeBody = (types: readonly TensorType[], build: Build): Body =>
  withPlaceholders(types, (inputs) => cutBody(inputs, build(inputs)));

/** Bodies that take the same inputs, and after those what they captured. */
interface MadeBodies {
  readonly bodies: readonly Body[];
  readonly captured: readonly Node[];
}

/**
 * As `makeBody`, for builds that may use more than they are given: the rule of a customJvp is called only when a derivative
 * is built, and what it closes over becomes an input then.
 * @param mayNotRun whether a body may not run at all; what it computes from captured values alone is then part of it
 */
export const makeBodies = (types: readonly TensorType[], builds: readonly Build[], mayNotRun: boolean): MadeBodies =>
  withPlaceholders([...types, { shape: [], dtype: "bool" }], (placeholders) => {
    const [inputs, start] = [placeholders.slice(0, -1), placeholders.at(-1)!];
    const ends = builds.map((build) => build(inputs));
    const found = ends.flatMap((outputs) =>
      mayNotRun ? capturedByBranch(inputs, outputs, start) : capturedByLoop(inputs, outputs),
    );
    const captured = [...new Set(found)];
    return { bodies: ends.map((outputs) => cutBody([...inputs, ...captured], outputs)), captured };
  });

/** Types of a body's inputs. */
export const inputTypes = ({ graph }: Body): TensorType[] => graph.inputs.map((place) => graph.nodes[place]);

/** Types of a body's outputs. */
export const outputTypes = ({ graph }: Body): TensorType[] => graph.outputs.map((place) => graph.nodes[place]);

/** The outputs at `primals`, which are placeholders or marks, and their tangents; `null` is zero. */
export function bodyTangents(
  body: Body,
  primals: readonly Node[],
  tangents: readonly (Node | null)[],
): { outputs: readonly Node[]; tangents: readonly (Node | null)[] } {
  const outputs = instantiate(body, primals);
  const marks = primals.filter((_, i) => tangents[i] !== null);
  return { outputs, tangents: pushAlong(derivativePaths(marks, outputs), primals, tangents, outputs) };
}

/** Which outputs have a tangent when the inputs flagged have one. */
export const tangentFlags = (body: Body, flags: readonly boolean[]): boolean[] =>
  withPlaceholders(inputTypes(body), (primals) =>
    bodyTangents(
      body,
      primals,
      primals.map((primal, i) => (flags[i] ? primal : null)),
    ).tangents.map((tangent) => tangent !== null),
  );

/** Cotangents of the inputs that are `wanted`, at `primals`, which are placeholders or marks; `null` is zero. */
export function bodyCotangents(
  body: Body,
  primals: readonly Node[],
  cotangents: readonly (Node | null)[],
  wanted: readonly boolean[],
): (Node | null)[] {
  const outputs = instantiate(body, primals);
  const marks = primals.filter((_, i) => wanted[i]);
  const pulled = pullAlong(derivativePaths(marks, outputs), outputs, cotangents, primals);
  return pulled.map((each, i) => (wanted[i] ? each : null));
}

/** The outputs for inputs of which those flagged have a batch axis 0; `null` for an output that has none. */
export function bodyBatch(
  body: Body,
  inputs: readonly Node[],
  flags: readonly boolean[],
  size: number,
): { outputs: readonly Node[]; batched: readonly (Node | null)[] } {
  const trace: Trace = { transform: "a loop", open: true };
  const mapped = new Map<Node, Node>();
  const examples = inputs.map((input, i) => {
    if (!flags[i]) return input;
    const example = placeholderNode({ shape: input.shape.slice(1), dtype: input.dtype }, trace);
    mapped.set(example, input);
    return example;
  });
  const outputs = instantiate(body, examples);
  trace.open = false;
  return { outputs, batched: batchNodes(mapped, size, outputs) };
}

/** Which outputs have a batch axis when the inputs flagged have one. */
export function batchFlags(body: Body, flags: readonly boolean[], size: number): boolean[] {
  const types = inputTypes(body).map((type, i) => (flags[i] ? withLeading(size, type) : type));
  return withPlaceholders(types, (inputs) => bodyBatch(body, inputs, flags, size).batched.map((node) => node !== null));
}

export const withLeading = (size: number, { shape, dtype }: TensorType): TensorType => ({
  shape: [size, ...shape],
  dtype,
});

/** Values that pass from one iteration to the next are flagged when they start so or become so. */
export function untilStable(
  start: readonly boolean[],
  step: (flags: readonly boolean[]) => readonly boolean[],
): boolean[] {
  let flags = [...start];
  for (;;) {
    const next = step(flags);
    const union = flags.map((flag, i) => flag || next[i]);
    if (union.every((flag, i) => flag === flags[i])) return union;
    flags = union;
  }
}
