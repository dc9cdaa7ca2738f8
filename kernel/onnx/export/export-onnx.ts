/** @file exportOnnx: a function, or a derivative of one, as a model that runs wherever ONNX does. */
import { ArgumentError, ShapeError, showShape } from "../../errors.ts";
import type { TensorType } from "../../graph/node.ts";
import { rememberOrigins, remembersOrigins } from "../../graph/origin.ts";
import { broadcastPrefix, leafPaths, type TreeDef } from "../../pytree.ts";
import { Remote, requireHost } from "../../remote.ts";
import { evaluate } from "../../runtime/evaluate.ts";
import { Tensor } from "../../tensor.ts";
import { nodesOf } from "../../transforms/arguments.ts";
import { functionName, parameterName } from "../../transforms/naming.ts";
import { requireFunction, requireOptions } from "../../transforms/options.ts";
import { traceFunction } from "../../transforms/trace.ts";
import type { AnyFunction } from "../../transforms/types.ts";
import { GraphWriter, Names, type OnnxSubgraph, type OnnxValueType, type Purpose } from "../writer/graph-writer.ts";
import { LARGEST_FILE, modelOf } from "../writer/model.ts";
import { writeGraph } from "../writer/write-graph.ts";
import { type BatchSource, EXTENTS, forAnyBatch } from "./any-batch.ts";

/** The first version that has all operators we write, and the newest that the common runtimes of today all have. */
const OPSETS = { first: 17, usual: 18, last: 22 } as const;

export interface OnnxOptions {
  /** Version of the operators, 17 to 22; 18 if nothing is said. */
  readonly opset?: number;
  /**
   * Axes whose extent is open, as "batch": a number for all arguments, or one per argument, null for those without (nested
   * as the arguments are, if need be). Without it all extents are those of the examples.
   */
  readonly batch?: unknown;
  /** Names of inputs and outputs, one for each tensor in them; those of parameters and functions otherwise. */
  readonly names?: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[] };
  /** What the file says it was made by. */
  readonly producer?: string;
}

const PURPOSE: Purpose = {
  asked: "exportOnnx",
  remedy: "Compute it before or behind the exported function, or write it with other functions",
};

const OPTIONS = ["opset", "batch", "names", "producer"];
const EXAMPLE = "{ opset: 18, batch: 0 }";

/** Whether the last of what follows the function are options: an object without tensors that says nothing else. */
function isOptions(f: AnyFunction, rest: readonly unknown[]): boolean {
  const last = rest.at(-1);
  if (typeof last !== "object" || last === null || Object.getPrototypeOf(last) !== Object.prototype) return false;
  if (Object.values(last).some((each) => each instanceof Tensor)) return false;
  const names = Object.keys(last);
  const isOneTooMany = f.length > 0 && rest.length > f.length;
  return isOneTooMany || names.every((name) => OPTIONS.includes(name));
}

interface Arguments {
  readonly nodes: readonly TensorType[];
  readonly def: TreeDef;
}

function inputNames(f: AnyFunction, { def, nodes }: Arguments, given: readonly string[] | undefined): string[] {
  const args = def.kind === "array" ? def.children : [];
  const usual = args.flatMap((arg, place) => leafPaths(arg, parameterName(f, place).replace(" ", "_")));
  return chosenNames("inputs", given, usual, nodes.length);
}

function chosenNames(
  what: string,
  given: readonly string[] | undefined,
  usual: readonly string[],
  count: number,
): string[] {
  if (given === undefined) return [...usual];
  if (given.length !== count || given.some((name) => typeof name !== "string" || name === "")) {
    throw new ArgumentError(
      `exportOnnx: names.${what} must have a name for each tensor: expected ${count} (${usual.join(", ")}), got ` +
        `${JSON.stringify(given)}.`,
    );
  }
  const double = given.find((name, i) => given.indexOf(name) !== i);
  if (double !== undefined) {
    throw new ArgumentError(`exportOnnx: names.${what} has "${double}" twice. Give each tensor a name of its own.`);
  }
  return [...given];
}

/** The arguments with `extent` entries along their batch axes, and where a model finds that extent. */
function batched({ nodes, def }: Arguments, axes: readonly (number | null)[], extent: number): Arguments {
  const types = nodes.map(({ shape, dtype }, i): TensorType => {
    const axis = axes[i];
    return { dtype, shape: axis === null ? shape : shape.map((each, d) => (d === axis ? extent : each)) };
  });
  return { nodes: types, def };
}

/** The batch axis of each argument, counted from the front. */
function batchAxes(batch: unknown, { nodes, def }: Arguments): (number | null)[] {
  const axes = broadcastPrefix("exportOnnx: batch", batch, def).map((axis, i) => {
    if (axis === null || axis === undefined) return null;
    const rank = nodes[i].shape.length;
    if (typeof axis !== "number" || !Number.isInteger(axis) || axis < -rank || axis >= rank) {
      throw new ShapeError(
        `exportOnnx: batch says axis ${String(axis)} for an argument of shape ${showShape(nodes[i].shape)}, which has ` +
          `${rank === 0 ? "no axes" : `axes 0 to ${rank - 1}`}. Give null for arguments without a batch axis: batch: [0, null].`,
      );
    }
    return axis < 0 ? axis + rank : axis;
  });
  if (axes.every((axis) => axis === null)) {
    throw new ArgumentError("exportOnnx: batch names no axis. Give one for at least one argument, or leave out batch.");
  }
  return axes;
}

/** What the function closes over is on a device, so the model cannot be written yet. */
class NumbersElsewhere extends Error {
  readonly arrays: readonly Remote[];

  constructor(arrays: readonly Remote[]) {
    super("exportOnnx: numbers of constants are on a device");
    this.arrays = arrays;
  }
}

interface Writing {
  readonly f: AnyFunction;
  readonly opset: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[] | undefined;
}

function writeFunction({ f, opset, inputs, outputs }: Writing, args: Arguments, openExtent?: number): OnnxSubgraph {
  const { body, captured, out } = traceFunction("exportOnnx", f, args);
  const names = new Names();
  const writer = new GraphWriter(opset, names, { ...PURPOSE, openExtent });
  const ownInputs = args.nodes.map(
    ({ shape, dtype }, i): OnnxValueType => ({ name: names.fresh(inputs[i]), shape, dtype }),
  );
  const ends = body.graph.outputs.map((place) => body.graph.nodes[place]);
  const wanted = chosenNames("outputs", outputs, leafPaths(out, functionName(f)), ends.length);
  const ownOutputs = ends.map(({ shape, dtype }, i): OnnxValueType => ({ name: names.fresh(wanted[i]), shape, dtype }));
  if (outputs !== undefined) {
    const taken = ownOutputs.find(({ name }, i) => name !== wanted[i]);
    if (taken) throw new ArgumentError(`exportOnnx: an input and an output have one name, ${taken.name}. Change one.`);
  }
  evaluate(captured);
  const elsewhere = captured.flatMap(({ value }) => (value instanceof Remote && value.host === null ? [value] : []));
  if (elsewhere.length > 0) throw new NumbersElsewhere(elsewhere);
  const constants = captured.map(({ dtype, shape, value }) =>
    writer.constant(dtype, shape, requireHost(value!, "exportOnnx"), "value"),
  );
  const results = writeGraph(writer, body.graph, [...ownInputs.map(({ name }) => name), ...constants]);
  // Outputs have the names that were asked for, also where two are one value, or one is an input.
  results.forEach((result, i) => {
    writer.nodes.push({ op: "Identity", inputs: [result], outputs: [ownOutputs[i].name], attributes: {} });
  });
  const { nodes, constants: all } = writer;
  return { name: functionName(f), nodes, constants: all, inputs: ownInputs, outputs: ownOutputs };
}

/** Written with the places of the person's code at hand, for messages. */
function withOrigins<T>(body: () => T): T {
  const before = remembersOrigins();
  rememberOrigins(true);
  try {
    return body();
  } finally {
    rememberOrigins(before);
  }
}

function requireOpset(opset: unknown): number {
  const { first, usual, last } = OPSETS;
  if (opset === undefined) return usual;
  if (Number.isInteger(opset) && (opset as number) >= first && (opset as number) <= last) return opset as number;
  throw new ArgumentError(`exportOnnx: expected an opset from ${first} to ${last}, got ${String(opset)}.`);
}

/**
 * A function as an ONNX model: the bytes of a file that onnxruntime, a browser or a phone can run. What is exported may be
 * a derivative: `exportOnnx(jacrev(f), x)`. Only the nesting, shapes and types of the example arguments matter; the
 * function runs on placeholders, as for `jit`, and what it closes over becomes constants of the model.
 *
 * Each tensor in arguments and results is an input or output, named by the way to it (`params.weight`, `y[0]`).
 * Throws an `ArgumentError` that names the operation, and the line that asked for it, where ONNX has no form of it; which
 * ones have is in docs/onnx.md.
 * @param rest an example for each argument, and options
 * @example const bytes = await exportOnnx(jacrev((x: Tensor) => x.tanh()), zeros([3]));
 */
export async function exportOnnx<Args extends readonly unknown[]>(
  f: (...args: Args) => unknown,
  ...rest: readonly [...Args] | readonly [...Args, OnnxOptions]
): Promise<Uint8Array> {
  requireFunction("exportOnnx", f);
  const hasOptions = isOptions(f as AnyFunction, rest);
  const options: OnnxOptions = hasOptions ? (rest.at(-1) as OnnxOptions) : {};
  requireOptions("exportOnnx", options, OPTIONS, EXAMPLE);
  const examples = hasOptions ? rest.slice(0, -1) : [...rest];
  const written = await withConstants(() => withOrigins(() => write(f as AnyFunction, examples, options)));
  const { encodeModel } = await import("../schema/file.ts");
  const bytes = written.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > LARGEST_FILE) {
    throw new ArgumentError(
      `exportOnnx: the constants of the model have ${bytes} bytes, but a file can have ${LARGEST_FILE}. Pass large tensors ` +
        "as arguments instead of closing over them.",
    );
  }
  return encodeModel(
    modelOf(written, { opset: requireOpset(options.opset), producer: options.producer ?? "Cotangent" }),
  );
}

/** Writes once more when the numbers that were missing are here. */
async function withConstants<T>(writing: () => T): Promise<T> {
  try {
    return writing();
  } catch (error) {
    if (!(error instanceof NumbersElsewhere)) throw error;
    await Promise.all(error.arrays.map((array) => array.read()));
    return writing();
  }
}

function write(f: AnyFunction, args: readonly unknown[], options: OnnxOptions): OnnxSubgraph {
  const given: Arguments = nodesOf("exportOnnx", [...args]);
  const writing: Writing = {
    f,
    opset: requireOpset(options.opset),
    inputs: inputNames(f, given, options.names?.inputs),
    outputs: options.names?.outputs,
  };
  if (options.batch === undefined) return writeFunction(writing, given);
  const axes = batchAxes(options.batch, given);
  const first = axes.findIndex((axis) => axis !== null);
  const [x, y, z] = EXTENTS.map((extent) => writeFunction(writing, batched(given, axes, extent), extent));
  const source: BatchSource = { input: x.inputs[first].name, axis: axes[first]! };
  return forAnyBatch([x, y, z], source);
}
