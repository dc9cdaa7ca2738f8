/** @file From a graph of ours to operators, node by node, each by the form that its primitive has. */
import { ArgumentError, showShape } from "../../errors.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { type Origin, originOf } from "../../graph/origin.ts";
import { primitiveOf } from "../../primitive.ts";
import { sameShape, sizeOf } from "../../shape.ts";
import { alignedShape } from "../forms/views.ts";
import type { OnnxInput, OnnxSite, RunBody } from "./form.ts";
import { GraphWriter, type OnnxSubgraph } from "./graph-writer.ts";

/** The value of a node: its name, or those of several results. Constants and repetitions are written when needed whole. */
interface Value {
  whole(): string;
  /** A name with less than the whole shape that broadcasts to it, and that shape. */
  readonly part?: () => { readonly name: string; readonly shape: readonly number[] };
  readonly results?: readonly string[];
}

const known = (name: string): Value => ({ whole: () => name });

function once(make: () => string): () => string {
  let name: string | undefined;
  return () => {
    name ??= make();
    return name;
  };
}

/** Says which operation cannot be written, and where the person asked for it. */
function refusal({ purpose }: GraphWriter, node: GraphNode): ArgumentError {
  const name = node.op!.name;
  const origin: Origin | undefined = originOf(node);
  const derived = origin?.derivative ? `, in the derivative of ${origin.derivative.of}` : "";
  const error = new ArgumentError(
    `${purpose.asked}: ${name} (${node.dtype}${showShape(node.shape)}${derived}) has no form in ONNX. ${purpose.remedy}; ` +
      "docs/onnx.md lists what has a form.",
  );
  // The stack of the line that asked for it says more than that of the export.
  const lines = origin?.error.stack?.split("\n") ?? [];
  const from = lines.findIndex((line) => /^\s+at /.test(line));
  if (from >= 0) error.stack = [`${error.name}: ${error.message}`, ...lines.slice(from)].join("\n");
  return error;
}

/** Shapes that broadcast to `shape` together. */
const covers = (parts: readonly (readonly number[])[], shape: readonly number[]): boolean =>
  shape.every(
    (extent, d) => extent === 1 || parts.some((part) => (part[part.length - (shape.length - d)] ?? 1) === extent),
  );

/** Writes a graph whose inputs have the given names. Returns the names of its outputs. */
export function writeGraph(writer: GraphWriter, graph: Graph, inputs: readonly string[]): string[] {
  const values = new Array<Value>(graph.nodes.length);
  graph.inputs.forEach((place, i) => {
    values[place] = known(inputs[i]);
  });
  graph.nodes.forEach((node, place) => {
    if (node.op !== null) values[place] = writtenValue(writer, graph, node, values);
  });
  return graph.outputs.map((place) => values[place].whole());
}

function writtenValue(writer: GraphWriter, graph: Graph, node: GraphNode, values: readonly Value[]): Value {
  const { op, shape, dtype, params } = node;
  const from = node.inputs.map((input) => values[input]);
  if (op!.name === "result") return known(from[0].results![params.index as number]);
  // What only transforms needed: the results are the inputs.
  if (op!.name === "tuple" || (op!.passes && node.results !== undefined)) {
    const results = from.slice(0, node.results!.length).map((each) => each.whole());
    return { whole: noName, results };
  }
  if (op!.passes) return from[0];
  const number = op!.name === "full" ? (params.value as number) : sizeOf(shape) === 0 && !node.results ? 0 : null;
  if (number !== null) {
    return {
      whole: once(() => writer.filled(number, shape, dtype)),
      part: () => ({ name: writer.scalar(number, dtype), shape: [] }),
    };
  }
  const form = primitiveOf(op!).onnx;
  if (form === undefined) throw refusal(writer, node);

  const write = (given: readonly string[]): string | readonly string[] => {
    const site: OnnxSite<unknown> = {
      writer,
      inputs: node.inputs.map((input, i): OnnxInput => {
        const { shape, dtype } = graph.nodes[input];
        return { name: given[i], shape, dtype };
      }),
      type: node,
      params,
      run: (body, names) => writeGraph(writer, body.graph, names),
      inside: (name, own, build) => writeInside(writer, name, own, build),
    };
    return form.write(site as never);
  };
  if (op!.name === "broadcast") {
    const input = graph.nodes[node.inputs[0]];
    const aligned = alignedShape(input.shape, params as never);
    return {
      whole: once(() => write([from[0].whole()]) as string),
      part: () => {
        const name = from[0].whole();
        return { name: sameShape(aligned, input.shape) ? name : writer.reshape(name, aligned), shape: aligned };
      },
    };
  }
  const written = write(form.broadcasts ? operands(from, shape) : from.map((each) => each.whole()));
  return typeof written === "string" ? known(written) : { whole: noName, results: written };
}

function noName(): never {
  throw new Error("an operation with several results has no value of its own");
}

/** The inputs of an operator that broadcasts: parts of them where those together have the whole shape. */
function operands(inputs: readonly Value[], shape: readonly number[]): string[] {
  const isWhole = inputs.map((input) => input.part === undefined);
  if (isWhole.includes(true)) return inputs.map((input) => input.part?.().name ?? input.whole());
  const parts = inputs.map((input) => input.part!());
  if (
    covers(
      parts.map((part) => part.shape),
      shape,
    )
  )
    return parts.map(({ name }) => name);
  return inputs.map((input, i) => (i === 0 ? input.whole() : parts[i].name));
}

function writeInside(
  outer: GraphWriter,
  name: string,
  inputs: OnnxSubgraph["inputs"],
  build: Parameters<OnnxSite<unknown>["inside"]>[2],
): OnnxSubgraph {
  const writer = new GraphWriter(outer.opset, outer.names, outer.purpose);
  const run: RunBody = (body, names) => writeGraph(writer, body.graph, names);
  const outputs = build(writer, run);
  return { name, nodes: writer.nodes, constants: writer.constants, inputs, outputs };
}
