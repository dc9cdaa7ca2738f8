/**
 * @file while: a body that runs as long as a test on what it carries holds. How often is not known before, so there is no
 * place to keep what reverse mode needs: only forward mode goes through.
 */

import { binary, broadcastLeading, cast, emit, full, resultOf, select, sum, tuple, zerosOf } from "../../emit.ts";
import { TraceError } from "../../errors.ts";
import type { Body } from "../../graph/body.ts";
import { type Node, type TensorType, tupleType } from "../../graph/node.ts";
import { interpret } from "../../interpret.ts";
import { hoist, writeInPlace } from "../../loops/iteration.ts";
import { buffersWritten } from "../../loops/walk.ts";
import { whileForm } from "../../onnx/forms/control.ts";
import { define } from "../../primitive.ts";
import { range } from "../../shape.ts";
import { dependence } from "../../walks/dependence.ts";
import { instantiate } from "../../walks/instantiate.ts";
import {
  batchFlags,
  bodyBatch,
  bodyTangents,
  inputTypes,
  makeBodies,
  makeBody,
  outputTypes,
  tangentFlags,
  untilStable,
} from "./bodies.ts";
import { carryUpdates, copyKernel } from "./copies.ts";

export interface WhileParams {
  /** From carry and constants to one bool. */
  readonly test: Body;
  /** From carry and constants to the next carry. */
  readonly body: Body;
  /** How many of the inputs are the first carry; the others are constants. */
  readonly carries: number;
}
declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** Results: the carry for which the test fails. */
    while: WhileParams;
  }
}

const typeOf = ({ shape, dtype }: TensorType): TensorType => ({ shape, dtype });

/** Where one of them is set, the new value, else the old one; the flags run along axis 0. */
function chosen(flags: Node, yes: Node, no: Node): Node {
  const axes = range(yes.shape.length);
  return select(emit("broadcast", [flags], { shape: yes.shape, axes: axes.slice(0, 1) }), yes, no);
}

define("while", {
  infer: (inputs, { carries }) => tupleType(inputs.slice(0, carries).map(typeOf)),

  evaluate(inputs, out, { test, body, carries }) {
    const all = inputs.map(({ data }) => data);
    const constants = all.slice(carries);
    let carry = all.slice(0, carries);
    while (interpret(test.graph, [...carry, ...constants])[0].data[0]) {
      carry = interpret(body.graph, [...carry, ...constants]).map(({ data }) => data);
    }
    carry.forEach((data, i) => {
      out.results![i].data.set(data);
    });
  },

  derivative: {
    kind: "jvp",
    forwardOnly: true,
    jvp(inputs, tangents, out, { test, body, carries }) {
      const given = tangents.map((tangent) => tangent !== null);
      const rest = given.slice(carries);
      const carried = untilStable(given.slice(0, carries), (flags) => tangentFlags(body, [...flags, ...rest]));
      const flags = [...carried, ...rest];
      const moved = inputs.flatMap((input, i) => (flags[i] ? [tangents[i] ?? zerosOf(input)] : []));
      const ownTypes = inputTypes(body);
      const count = carried.filter(Boolean).length;
      // Inputs: carry, its tangents, constants, their tangents.
      const all = [
        ...inputs.slice(0, carries),
        ...moved.slice(0, count),
        ...inputs.slice(carries),
        ...moved.slice(count),
      ];
      const primalsOf = (nodes: readonly Node[]): Node[] => [
        ...nodes.slice(0, carries),
        ...nodes.slice(carries + count, count + ownTypes.length),
      ];
      const step = (nodes: readonly Node[]): readonly Node[] => {
        const spare = [...nodes.slice(carries, carries + count), ...nodes.slice(count + ownTypes.length)];
        let next = 0;
        const result = bodyTangents(
          body,
          primalsOf(nodes),
          flags.map((flag) => (flag ? spare[next++] : null)),
        );
        const own = carried.flatMap((flag, i) => (flag ? [result.tangents[i] ?? zerosOf(result.outputs[i])] : []));
        return [...result.outputs, ...own];
      };
      const decide = (nodes: readonly Node[]): readonly Node[] => instantiate(test, primalsOf(nodes));
      const { bodies, captured } = makeBodies(all, [decide, step], false);
      const [nextTest, nextBody] = bodies;
      const node = emit("while", [...all, ...captured], { test: nextTest, body: nextBody, carries: carries + count });
      let at = carries;
      return tuple(carried.map((flag, i) => (flag ? resultOf(node, at++) : zerosOf(out.results![i]))));
    },
    pull() {
      throw new TraceError(
        "whileLoop: reverse mode cannot go through a loop whose number of iterations is not known before. " +
          "Use scan or forLoop with a fixed number of iterations, or forward mode (jvp, jacfwd).",
      );
    },
  },

  batch(inputs, batched, size, { test, body, carries }) {
    const rest = batched.slice(carries);
    // An example whose test fails stays as it is while others go on: with a test per example, all that is carried differs.
    const step = (flags: readonly boolean[]): boolean[] => {
      const [perExample] = batchFlags(test, [...flags, ...rest], size);
      return perExample ? flags.map(() => true) : batchFlags(body, [...flags, ...rest], size);
    };
    const flags = untilStable(batched.slice(0, carries), step);
    const all = [...flags, ...rest];
    const [perExample] = batchFlags(test, all, size);
    const given = inputs.map((node, i) => (all[i] && !batched[i] ? broadcastLeading(node, [size]) : node));
    const nextTest = makeBody(given, (nodes) => {
      const { outputs, batched: tests } = bodyBatch(test, nodes, all, size);
      if (tests[0] === null) return outputs;
      // Counted, not the largest one: without examples nothing goes on.
      return [binary("gt", sum(cast(tests[0], "int32"), [0]), full(0, [], "int32"))];
    });
    const nextBody = makeBody(given, (nodes) => {
      const { outputs, batched: next } = bodyBatch(body, nodes, all, size);
      const whole = outputs.map((output, i) => next[i] ?? (flags[i] ? broadcastLeading(output, [size]) : output));
      if (!perExample) return whole;
      const [goesOn] = bodyBatch(test, nodes, all, size).batched;
      return whole.map((output, i) => chosen(goesOn!, output, nodes[i]));
    });
    const node = emit("while", given, { test: nextTest, body: nextBody, carries });
    return tuple(flags.map((flag, i) => (flag ? resultOf(node, i) : broadcastLeading(resultOf(node, i), [size]))));
  },

  dependence(flags, { test, body, carries }) {
    const rest = flags.slice(carries);
    const carried = untilStable(flags.slice(0, carries), (each) => dependence(body.graph, [...each, ...rest]));
    const [goesOn] = dependence(test.graph, [...carried, ...rest]);
    return carried.map((flag) => flag || goesOn);
  },

  lowering: {
    kind: "control",
    build(site) {
      const { test, body, carries } = site.params;
      const types = outputTypes(body);
      const carried = types.map((type, i) => site.result(i) ?? site.allocate(type));
      carried.forEach((to, i) => {
        site.push(copyKernel(site.inputs[i], to, types[i]));
      });
      const constants = site.inputs.slice(carries);
      const decision = site.inline(test.graph, [...carried, ...constants]);
      const step = site.inline(body.graph, [...carried, ...constants]);
      const tests = hoist(decision.kernels, carried);
      const steps = hoist(step.kernels, carried);
      for (const kernel of [...tests.once, ...steps.once]) site.push(kernel);
      const fixed = new Set([...constants, ...steps.once.flatMap(buffersWritten)]);
      const { kernels, ends } = writeInPlace(steps.each, step.outputs, carried, fixed);
      site.push({
        kind: "loop",
        times: { kernels: tests.each, test: decision.outputs[0] },
        before: [],
        body: kernels,
        after: carryUpdates(site, ends, carried, types),
      });
    },
  },
  onnx: whileForm,
});
