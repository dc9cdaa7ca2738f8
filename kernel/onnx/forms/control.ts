/** @file Loops and branches as ONNX has them: graphs inside a graph, which see the names around them. */
import type { Body } from "../../graph/body.ts";
import type { TensorType } from "../../graph/node.ts";
import type { OnnxForm, OnnxInput } from "../writer/form.ts";
import type { GraphWriter, OnnxValueType } from "../writer/graph-writer.ts";

/** Outputs of a graph inside must be made inside, each under a name of its own. */
const asOutput = (writer: GraphWriter, name: string, { shape, dtype }: TensorType): OnnxValueType => ({
  name: writer.node("Identity", [name]),
  shape,
  dtype,
});

const outputTypes = ({ graph }: Body): TensorType[] => graph.outputs.map((place) => graph.nodes[place]);
const named = (writer: GraphWriter, wanted: string, { shape, dtype }: TensorType): OnnxValueType => ({
  name: writer.names.fresh(wanted),
  shape,
  dtype,
});
const names = (values: readonly { readonly name: string }[]): string[] => values.map(({ name }) => name);

export const branchForm: OnnxForm<{ readonly yes: Body; readonly no: Body }> = {
  operators: ["If"],
  write({ writer, inputs: [test, ...inputs], params: { yes, no }, inside }) {
    const side = (name: string, body: Body) =>
      inside(name, [], (inner, run) => {
        const types = outputTypes(body);
        return run(body, names(inputs)).map((each, i) => asOutput(inner, each, types[i]));
      });
    const attributes = { then_branch: side("yes", yes), else_branch: side("no", no) };
    return writer.several("If", [test.name], outputTypes(yes).length, attributes);
  },
};

/** What a loop is given in each iteration: its number, and whether the test held, which it also passes on. */
const iterationInputs = (writer: GraphWriter): [OnnxValueType, OnnxValueType] => [
  { name: writer.names.fresh("iteration"), dtype: "int64", shape: [] },
  { name: writer.names.fresh("goes_on"), dtype: "bool", shape: [] },
];

export const whileForm: OnnxForm<{ readonly test: Body; readonly body: Body; readonly carries: number }> = {
  operators: ["Loop"],
  write({ writer, inputs, params: { test, body, carries }, inside, run }) {
    const carry = inputs.slice(0, carries);
    const constants = names(inputs.slice(carries));
    const loopInputs = iterationInputs(writer);
    const own = carry.map((each) => named(writer, "carry", each));
    const graph = inside("body", [...loopInputs, ...own], (inner, runInside) => {
      const next = runInside(body, [...names(own), ...constants]);
      const [goesOn] = runInside(test, [...next, ...constants]);
      const bool: TensorType = { shape: [], dtype: "bool" };
      return [asOutput(inner, goesOn, bool), ...next.map((each, i) => asOutput(inner, each, carry[i]))];
    });
    const [first] = run(test, [...names(carry), ...constants]);
    return writer.several("Loop", [null, first, ...names(carry)], carries, { body: graph });
  },
};

interface Scan {
  readonly body: Body;
  readonly length: number;
  readonly reverse: boolean;
  readonly carries: number;
  readonly sequences: number;
}

/** Results: the last carry, the stacked outputs, and what each iteration had carried in, stacked. */
export const scanForm: OnnxForm<Scan> = {
  operators: ["Loop", "Gather", "Slice"],
  write({ writer, inputs, params: { body, length, reverse, carries, sequences }, inside }) {
    const carry = inputs.slice(0, carries);
    const arrays = inputs.slice(carries, carries + sequences);
    const constants = names(inputs.slice(carries + sequences));
    const loopInputs = iterationInputs(writer);
    const [iteration, goesOn] = loopInputs;
    const own = carry.map((each) => named(writer, "carry", each));
    const types = outputTypes(body);
    const graph = inside("body", [...loopInputs, ...own], (inner, run) => {
      const at = reverse ? inner.node("Sub", [inner.int(length - 1), iteration.name]) : iteration.name;
      const slices = arrays.map(({ name }: OnnxInput) => inner.node("Gather", [name, at], { axis: 0 }));
      const results = run(body, [...names(own), ...slices, ...constants]);
      return [
        asOutput(inner, goesOn.name, { shape: [], dtype: "bool" }),
        ...results.map((each, i) => asOutput(inner, each, types[i])),
        ...own.map(({ name }, i) => asOutput(inner, name, carry[i])),
      ];
    });
    const start = writer.scalar(1, "bool");
    const results = writer.several("Loop", [writer.int(length), start, ...names(carry)], types.length + carries, {
      body: graph,
    });
    if (!reverse) return results;
    // Stacked in the order of iterations, which was from the end.
    const backwards = [[-1], [-(2 ** 31)], [0], [-1]];
    return results.map((each, i) =>
      i < carries ? each : writer.node("Slice", [each, ...backwards.map((list) => writer.ints(list))]),
    );
  },
};
