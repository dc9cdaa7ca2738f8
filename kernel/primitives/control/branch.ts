/** @file branch: one of two bodies, as a bool says. Only that one runs; under a batch of bools both do, and each entry is chosen. */

import { isFloating } from "../../dtype.ts";
import { broadcastLeading, emit, resultOf, resultsOf, select, tuple, zerosOf } from "../../emit.ts";
import { type Body, needed } from "../../graph/body.ts";
import { type Node, type TensorType, tupleType } from "../../graph/node.ts";
import { interpret } from "../../interpret.ts";
import type { BufferId, Kernel } from "../../loops/ir.ts";
import { branchForm } from "../../onnx/forms/control.ts";
import { type ControlSite, define } from "../../primitive.ts";
import { range } from "../../shape.ts";
import { dependence } from "../../walks/dependence.ts";
import { instantiate } from "../../walks/instantiate.ts";
import { literalValue } from "../elementwise.ts";
import {
  batchFlags,
  bodyBatch,
  bodyCotangents,
  bodyTangents,
  makeBodies,
  outputTypes,
  tangentFlags,
  withPlaceholders,
} from "./bodies.ts";
import { copyKernel } from "./copies.ts";

export interface BranchParams {
  /** Both take all inputs but the first, and give outputs of the same types. */
  readonly yes: Body;
  readonly no: Body;
}
declare module "../../primitive.ts" {
  interface PrimitiveParams {
    /** `inputs[0] ? yes(others) : no(others)`. */
    branch: BranchParams;
  }
}

const either = (a: readonly boolean[], b: readonly boolean[]): boolean[] => a.map((flag, i) => flag || b[i]);

type Side = (inputs: readonly Node[]) => readonly Node[];

/** A branch between what two functions of the inputs give. */
function eitherSide(test: Node, inputs: readonly Node[], whenTrue: Side, whenFalse: Side): Node {
  const { bodies, captured } = makeBodies(inputs, [whenTrue, whenFalse], true);
  const [yes, no] = bodies;
  return emit("branch", [test, ...inputs, ...captured], { yes, no });
}

define("branch", {
  infer: (_, { yes }) => tupleType(outputTypes(yes).map(({ shape, dtype }): TensorType => ({ shape, dtype }))),

  evaluate([test, ...inputs], out, { yes, no }) {
    const { graph } = test.data[0] ? yes : no;
    const values = interpret(
      graph,
      inputs.map(({ data }) => data),
    );
    values.forEach(({ data }, i) => {
      out.results![i].data.set(data);
    });
  },

  derivative: {
    kind: "jvp",
    jvp([test, ...inputs], [, ...tangents], out, { yes, no }) {
      const flags = tangents.map((tangent) => tangent !== null);
      const moved = tangents.filter((tangent) => tangent !== null);
      const reached = either(tangentFlags(yes, flags), tangentFlags(no, flags));
      if (!reached.includes(true)) return null;
      const all = [...inputs, ...moved];
      const side =
        (body: Body) =>
        (nodes: readonly Node[]): readonly Node[] => {
          let next = inputs.length;
          const result = bodyTangents(
            body,
            nodes.slice(0, inputs.length),
            flags.map((flag) => (flag ? nodes[next++] : null)),
          );
          return reached.flatMap((flag, i) => (flag ? [result.tangents[i] ?? zerosOf(result.outputs[i])] : []));
        };
      const node = eitherSide(test, all, side(yes), side(no));
      let at = 0;
      return tuple(reached.map((flag, i) => (flag ? resultOf(node, at++) : zerosOf(out.results![i]))));
    },
    pull(cotangent, [, ...wanted], [test, ...inputs], out, { yes, no }) {
      const given = out.results!.map(({ dtype }, i) => isFloating(dtype) && literalValue(resultOf(cotangent, i)) !== 0);
      const all = [...inputs, ...given.flatMap((flag, i) => (flag ? [resultOf(cotangent, i)] : []))];
      /** Cotangents of the inputs of one side; null is zero. */
      const pulled = (body: Body, nodes: readonly Node[]): (Node | null)[] => {
        let next = inputs.length;
        const cotangents = given.map((flag) => (flag ? nodes[next++] : null));
        return bodyCotangents(body, nodes.slice(0, inputs.length), cotangents, wanted);
      };
      // A first try shows which inputs matter to either side.
      const reaches = (body: Body): boolean[] =>
        withPlaceholders(all, (nodes) => pulled(body, nodes).map((gradient) => gradient !== null));
      const reached = either(reaches(yes), reaches(no));
      if (!reached.includes(true)) return [null, ...inputs.map(() => null)];
      const side =
        (body: Body) =>
        (nodes: readonly Node[]): readonly Node[] =>
          pulled(body, nodes).flatMap((gradient, i) => (reached[i] ? [gradient ?? zerosOf(inputs[i])] : []));
      const node = eitherSide(test, all, side(yes), side(no));
      let at = 0;
      return [null, ...reached.map((flag) => (flag ? resultOf(node, at++) : null))];
    },
  },

  batch([test, ...inputs], [batchedTest, ...flags], size, { yes, no }) {
    const outOf = (body: Body, nodes: readonly Node[], whole: readonly boolean[]): Node[] => {
      const { outputs, batched } = bodyBatch(body, nodes, flags, size);
      return outputs.map((output, i) => batched[i] ?? (whole[i] ? broadcastLeading(output, [size]) : output));
    };
    if (batchedTest) {
      const all = outputTypes(yes).map(() => true);
      const [a, b] = flags.includes(true)
        ? [outOf(yes, inputs, all), outOf(no, inputs, all)]
        : [yes, no].map((body) => instantiate(body, inputs).map((node) => broadcastLeading(node, [size])));
      return tuple(a.map((node, i) => select(emit("broadcast", [test], { shape: node.shape, axes: [0] }), node, b[i])));
    }
    const reached = either(batchFlags(yes, flags, size), batchFlags(no, flags, size));
    const side =
      (body: Body) =>
      (nodes: readonly Node[]): readonly Node[] =>
        outOf(body, nodes, reached);
    const node = eitherSide(test, inputs, side(yes), side(no));
    return tuple(resultsOf(node).map((result, i) => (reached[i] ? result : broadcastLeading(result, [size]))));
  },

  lowering: {
    kind: "control",
    build(site) {
      const [test, ...inputs] = site.inputs;
      const { yes, no } = site.params;
      site.push({ kind: "branch", test, yes: side(site, yes, inputs), no: side(site, no, inputs) });
    },
  },

  dependence: ([test, ...flags], { yes, no }) =>
    test ? yes.graph.outputs.map(() => true) : either(dependence(yes.graph, flags), dependence(no.graph, flags)),

  simplify([test, ...inputs], { yes, no }) {
    const value = literalValue(test);
    return value === null ? null : tuple(instantiate(value ? yes : no, inputs));
  },
  onnx: branchForm,
});

function side(site: ControlSite<unknown>, body: Body, inputs: readonly BufferId[]): Kernel[] {
  const read = range(body.graph.outputs.length).filter((i) => site.result(i) !== null);
  const { kernels, outputs } = site.inline(needed(body, read), inputs);
  const types = outputTypes(body);
  return [...kernels, ...read.map((i, k) => copyKernel(outputs[k], site.result(i)!, types[i]))];
}
