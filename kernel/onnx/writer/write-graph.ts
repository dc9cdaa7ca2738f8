/** @file From a graph of ours to operators, node by node, each by the form that its primitive has. */
import { ArgumentError, DTypeError, type KernelError, showShape } from "../../errors.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { type Origin, originOf } from "../../graph/origin.ts";
import { primitiveOf } from "../../primitive.ts";
import { sameShape, sizeOf } from "../../shape.ts";
import { alignedShape } from "../forms/views.ts";
import type { OnnxInput, OnnxSite, OnnxView, RunBody } from "./form.ts";
import { GraphWriter, type OnnxSubgraph, type Purpose } from "./graph-writer.ts";

/**
 * The value of a node: its name, or those of several results. Constants, repetitions and views are written when needed
 * whole.
 */
interface Value {
  whole(): string;
  /** A name with less than the whole shape that broadcasts to it, and that shape. */
  readonly part?: () => { readonly name: string; readonly shape: readonly number[] };
  readonly results?: readonly string[];
  readonly view?: OnnxView;
}

const known = (name: string): Value => ({ whole: () => name });

function once(make: () => string): () => string {
  let name: string | undefined;
  return () => {
    name ??= make();
    return name;
  };
}

/** Why an operation cannot be written, with its name and where the person asked for it. */
function refused(error: KernelError, origin: Origin | undefined): KernelError {
  // The stack of the line that asked for it says more than that of the export.
  const lines = origin?.error.stack?.split("\n") ?? [];
  const from = lines.findIndex((line) => /^\s+at /.test(line));
  if (from >= 0) error.stack = [`${error.name}: ${error.message}`, ...lines.slice(from)].join("\n");
  return error;
}

function describe(node: GraphNode, origin: Origin | undefined): string {
  const derived = origin?.derivative ? `, in the derivative of ${origin.derivative.of}` : "";
  return `${node.op!.name} (${node.dtype}${showShape(node.shape)}${derived})`;
}

function noForm({ asked, remedy }: Purpose, node: GraphNode): KernelError {
  const origin = originOf(node);
  const message = `${asked}: ${describe(node, origin)} has no form in ONNX. ${remedy}; docs/onnx.md lists what has a form.`;
  return refused(new ArgumentError(message), origin);
}

function requireTypes({ asked, remedy, without }: Purpose, graph: Graph, node: GraphNode): void {
  if (without === undefined) return;
  const around = [node, ...node.inputs.map((input) => graph.nodes[input])];
  if (!around.some(({ dtype, results = [{ dtype }] }) => results.some((each) => each.dtype === without))) return;
  const origin = originOf(node);
  const message = `${asked}: there is no ${without} here, and ${describe(node, origin)} needs it. Use x.to("float32"). ${remedy}.`;
  throw refused(new DTypeError(message), origin);
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
  requireTypes(writer.purpose, graph, node);
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
  if (form === undefined) throw noForm(writer.purpose, node);

  const siteWith = (given: readonly (() => string)[]): OnnxSite<never> => {
    const site: OnnxSite<unknown> = {
      writer,
      inputs: node.inputs.map((input, i): OnnxInput => {
        const { shape, dtype } = graph.nodes[input];
        return {
          get name() {
            return given[i]();
          },
          shape,
          dtype,
          view: from[i].view,
        };
      }),
      type: node,
      params,
      run: (body, names) => writeGraph(writer, body.graph, names),
      inside: (name, own, build) => writeInside(writer, name, own, build),
    };
    return site as OnnxSite<never>;
  };
  const write = (given: readonly (() => string)[]) => form.write(siteWith(given));
  const wholes = from.map((each) => each.whole);
  if (op!.name === "broadcast") {
    const input = graph.nodes[node.inputs[0]];
    const aligned = alignedShape(input.shape, params as never);
    return {
      whole: once(() => write(wholes) as string),
      part: () => {
        const name = from[0].whole();
        return { name: sameShape(aligned, input.shape) ? name : writer.reshape(name, aligned), shape: aligned };
      },
    };
  }
  const view = form.seenAs?.(siteWith(wholes));
  if (view !== undefined) return { whole: once(() => write(wholes) as string), view };
  const written = write(form.broadcasts ? operands(from, shape).map((name) => () => name) : wholes);
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
