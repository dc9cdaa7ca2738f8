/**
 * @file custom: values beside a rule for their derivative, which a person wrote. The values are computed from arguments
 * with stopped gradients, so derivatives pass through the rule alone. `recompute` is what makes a rule compute values anew.
 */
import { broadcastLeading, emit, full, resultOf, sum, tuple } from "../emit.ts";
import { TraceError } from "../errors.ts";
import { type Keyed, NO_PARAMS, type Node, placeholderNode, type Trace, tupleType } from "../graph/node.ts";
import { constantForm } from "../loops/form.ts";
import { define } from "../primitive.ts";
import { entrywise } from "../structure/rules.ts";
import { batchNodes } from "../walks/batch.ts";

type Optional = Node | null;

/** A derivative as functions on nodes; `null` is zero. Rules with one key must do the same. */
export interface Rule extends Keyed {
  /** The transform that it came from, for messages. */
  readonly transform: string;
  /** Tangents of the outputs. */
  push(args: readonly Node[], outputs: readonly Node[], tangents: readonly Optional[]): readonly Optional[];
  /** Cotangents of the arguments that are `wanted`. */
  pull(
    args: readonly Node[],
    outputs: readonly Node[],
    cotangents: readonly Optional[],
    wanted: readonly boolean[],
  ): readonly Optional[];
}

export interface CustomParams {
  readonly rule: Rule;
  /** How many of the inputs are the outputs; the others are the arguments. */
  readonly outputs: number;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    custom: CustomParams;
    /** `inputs[0]`, but only once `inputs[1]` is known: keeps a value from being shared with one computed before. */
    recompute: typeof NO_PARAMS;
  }
}

/** A derivative that arrives at the outputs came from a value that the function closes over. */
function requireClosed({ transform }: Rule, reached: readonly boolean[]): void {
  if (!reached.includes(true)) return;
  throw new TraceError(
    `${transform}: the function uses a value that is being differentiated but is not one of its arguments, so the rule cannot ` +
      "know of it. Pass it as an argument, or wrap it in stopGradient.",
  );
}

define("custom", {
  infer: (inputs, { outputs }) => tupleType(inputs.slice(0, outputs).map(({ shape, dtype }) => ({ shape, dtype }))),
  evaluate(inputs, out, { outputs }) {
    for (let i = 0; i < outputs; i++) out.results![i].data.set(inputs[i].data);
  },
  derivative: {
    kind: "jvp",
    jvp(inputs, tangents, _, { rule, outputs }) {
      requireClosed(
        rule,
        tangents.slice(0, outputs).map((tangent) => tangent !== null),
      );
      const values = inputs.slice(0, outputs);
      const pushed = rule.push(inputs.slice(outputs), values, tangents.slice(outputs));
      return tuple(values.map((value, i) => pushed[i] ?? full(0, value.shape, value.dtype)));
    },
    pull(cotangent, wanted, inputs, _, { rule, outputs }) {
      requireClosed(rule, wanted.slice(0, outputs));
      const values = inputs.slice(0, outputs);
      const cotangents = values.map((_value, i) => resultOf(cotangent, i));
      const pulled = rule.pull(inputs.slice(outputs), values, cotangents, wanted.slice(outputs));
      return [...values.map(() => null), ...pulled];
    },
  },
  batch(inputs, batched, size, { rule, outputs }) {
    // All outputs get the batch axis, so that a rule sees them alike.
    const all = inputs.map((node, i) => (i < outputs && !batched[i] ? broadcastLeading(node, [size]) : node));
    const batchedRule = overBatch(rule, batched.slice(outputs), size);
    return emit("custom", all, { rule: batchedRule, outputs });
  },
  lowering: { kind: "host" },
  dependence: (flags, { outputs }) => flags.slice(0, outputs),
  passes: true,
});

/** The rule for a batch of examples, from the one for a single example. */
function overBatch(rule: Rule, flags: readonly boolean[], size: number): Rule {
  const trace: Trace = { transform: rule.transform, open: true };
  const key = `${rule.key}|${size}:${flags.map(Number).join("")}`;

  /** Calls `rule` on placeholders for one example, and makes of what comes back the same for all. */
  function perExample(
    call: (example: (node: Node) => Node) => readonly Optional[],
    batchedNodes: readonly Optional[],
  ): { results: readonly Optional[]; batched: readonly Optional[] } {
    const examples = new Map<Node, Node>();
    for (const node of batchedNodes) {
      if (node === null || examples.has(node)) continue;
      examples.set(node, placeholderNode({ shape: node.shape.slice(1), dtype: node.dtype }, trace));
    }
    const results = call((node) => examples.get(node) ?? node);
    const mapped = new Map([...examples].map(([node, example]) => [example, node]));
    const present = results.filter((node) => node !== null);
    const found = batchNodes(mapped, size, present);
    let at = 0;
    return { results, batched: results.map((node) => (node === null ? null : found[at++])) };
  }

  const whole = (result: Optional, batched: Optional): Optional =>
    batched ?? (result === null ? null : broadcastLeading(result, [size]));
  const isMapped = (nodes: readonly Optional[]): Optional[] => nodes.map((node, i) => (flags[i] ? node : null));

  return {
    transform: rule.transform,
    key,
    push(args, outputs, tangents) {
      const { results, batched } = perExample(
        (example) => {
          const each = (node: Optional): Optional => (node === null ? null : example(node));
          return rule.push(args.map(example), outputs.map(example), tangents.map(each));
        },
        [...isMapped(args), ...outputs, ...isMapped(tangents)],
      );
      return results.map((result, i) => whole(result, batched[i]));
    },
    pull(args, outputs, cotangents, wanted) {
      const { results, batched } = perExample(
        (example) => {
          const each = (node: Optional): Optional => (node === null ? null : example(node));
          return rule.pull(args.map(example), outputs.map(example), cotangents.map(each), wanted);
        },
        [...isMapped(args), ...outputs, ...cotangents],
      );
      return results.map((result, i) => {
        const all = whole(result, batched[i]);
        // An argument that all examples share gets what all of them say.
        return all === null || flags[i] ? all : sum(all, [0]);
      });
    },
  };
}

define("recompute", {
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x], out) => out.data.set(x.data),
  derivative: { kind: "linear", wrt: () => [0], transpose: (cotangent) => cotangent },
  structure: (_, __, out) => entrywise(out),
  batch: ([x, after], [batched], size) =>
    emit("recompute", [batched ? x : broadcastLeading(x, [size]), after], NO_PARAMS),
  dependence: ([x]) => [x],
  lowering: {
    kind: "point",
    cost: 1,
    // The choice makes no difference, but it reads the second input: nothing of this can be moved before that is there.
    at(point) {
      const x = point.read(0, point.index);
      const [, after] = point.inputs;
      if (after.shape.includes(0)) return x;
      const first = point.read(
        1,
        after.shape.map(() => constantForm(0, point.variables)),
      );
      const test = { kind: "binary", dtype: "bool", fn: "ne", x: first, y: first } as const;
      return { kind: "select", dtype: x.dtype, test, yes: x, no: x };
    },
  },
});
