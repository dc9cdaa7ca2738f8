/**
 * @file From the messages of a file to a `Model`: everything that must hold before a node can run is checked here. Loaded
 * only when a model is imported, and the schema with it.
 */
import type { DType } from "../../dtype.ts";
import { isFloating } from "../../dtype.ts";
import { ArgumentError, KernelError } from "../../errors.ts";
import type { Tensor } from "../../tensor.ts";
import { decodeModel } from "../schema/file.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type OperatorSetIdProto,
  type ValueInfoProto,
} from "../schema/onnx_pb.ts";
import { damaged, LONGEST_AXIS, MOST_AXES } from "./damaged.ts";
import { narrowed } from "./element-types.ts";
import {
  type Attribute,
  functionKey,
  type Model,
  type ModelFunction,
  type ModelGraph,
  type ModelNode,
  type OnnxValue,
} from "./model.ts";
import { inOrder, listNames } from "./order.ts";
import { knownType, type Reading, readTensor } from "./read-tensor.ts";

/** Before the first, operators had other forms; after the last, their forms are not known here. */
const FIRST_OPSET = 7;
const LAST_OPSET = 25;

/** Texts of attributes are bytes in the file. */
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function integer(where: string, value: bigint): number {
  const found = narrowed(value);
  if (found === null) throw damaged(`${where} is ${value}, which is beyond 32 bits.`);
  return found;
}

/** Whether a name has a value where a graph stands: in the graphs around it. */
type Scope = (name: string) => boolean;

function readAttribute(where: string, attribute: AttributeProto, scope: Scope, reading: Reading): Attribute {
  if (attribute.refAttrName !== "") return { kind: "reference", value: attribute.refAttrName };
  switch (attribute.type) {
    case AttributeType.FLOAT:
      return { kind: "float", value: attribute.f };
    case AttributeType.INT:
      return { kind: "int", value: integer(where, attribute.i) };
    case AttributeType.STRING:
      return { kind: "string", value: text(attribute.s) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: attribute.floats };
    case AttributeType.INTS:
      return { kind: "ints", value: attribute.ints.map((each) => integer(where, each)) };
    case AttributeType.STRINGS:
      return { kind: "strings", value: attribute.strings.map(text) };
    case AttributeType.TENSOR:
      if (attribute.t === undefined) throw damaged(`${where} should be a tensor, but has none.`);
      return { kind: "tensor", value: readTensor(where, attribute.t, reading) };
    case AttributeType.GRAPH:
      if (attribute.g === undefined) throw damaged(`${where} should be a graph, but has none.`);
      return { kind: "graph", value: readGraph(where, attribute.g, scope, reading, false) };
    default:
      return { kind: "other", value: `an attribute of type ${attribute.type}` };
  }
}

function readNode(proto: NodeProto, place: number, scope: Scope, reading: Reading): ModelNode {
  const name = proto.name || proto.output.find((each) => each !== "") || `node ${place}`;
  const attributes = new Map<string, Attribute>();
  for (const each of proto.attribute) {
    const where = `attribute ${each.name} of ${proto.opType} "${name}"`;
    if (attributes.has(each.name)) throw damaged(`${where} is there twice.`);
    attributes.set(each.name, readAttribute(where, each, scope, reading));
  }
  const domain = proto.domain === "ai.onnx" ? "" : proto.domain;
  return { name, operator: proto.opType, domain, inputs: proto.input, outputs: proto.output, attributes };
}

function readShape(
  where: string,
  dims: readonly { readonly value: { readonly case?: string; readonly value?: bigint | string } }[],
): (number | string)[] {
  if (dims.length > MOST_AXES) throw damaged(`${where} has ${dims.length} axes; at most ${MOST_AXES} make sense.`);
  return dims.map(({ value: { value } }, axis) => {
    if (typeof value !== "bigint") return value || "?";
    if (value >= 0n && value <= BigInt(LONGEST_AXIS)) return Number(value);
    // Some tools write −1 for an extent that is open.
    if (value === -1n) return "?";
    throw damaged(`${where} has extent ${value} along axis ${axis}; expected 0 to ${LONGEST_AXIS}.`);
  });
}

function readValue(what: string, { name, type }: ValueInfoProto, { dtype: wanted }: Reading): OnnxValue {
  const where = `${what} "${name}"`;
  if (type?.value.case === undefined) return { name, dtype: null, shape: null };
  if (type.value.case !== "tensorType") {
    throw new ArgumentError(`importOnnx: ${where} is no tensor but of ${type.value.case}; only tensors can be read.`);
  }
  const { elemType, shape } = type.value.value;
  const natural: DType = knownType(where, elemType).dtype;
  return {
    name,
    dtype: wanted !== undefined && isFloating(natural) ? wanted : natural,
    shape: shape === undefined ? null : readShape(where, shape.dim),
  };
}

/** @param isMain whether it is the model's own graph, whose values have types */
function readGraph(where: string, proto: GraphProto, outer: Scope, reading: Reading, isMain: boolean): ModelGraph {
  if (proto.sparseInitializer.length > 0) {
    throw new ArgumentError(`importOnnx: ${where} has sparse weights, which cannot be read. Write them in full.`);
  }
  const initializers = new Map<string, Tensor>();
  for (const each of proto.initializer) {
    if (each.name === "") throw damaged(`a weight of ${where} has no name.`);
    if (initializers.has(each.name)) throw damaged(`two weights of ${where} have the name "${each.name}".`);
    initializers.set(each.name, readTensor(`weight "${each.name}"`, each, reading));
  }
  const given = new Set(initializers.keys());
  const inputs: OnnxValue[] = [];
  const seen = new Set<string>();
  for (const each of proto.input) {
    if (seen.has(each.name)) throw damaged(`two inputs of ${where} have the name "${each.name}".`);
    seen.add(each.name);
    // Old files list their weights among the inputs.
    if (initializers.has(each.name)) continue;
    given.add(each.name);
    inputs.push(isMain ? readValue("input", each, reading) : { name: each.name, dtype: null, shape: null });
  }
  const makers = new Set(proto.node.flatMap(({ output }) => output));
  const scope: Scope = (name) => given.has(name) || makers.has(name) || outer(name);
  const nodes = inOrder(
    where,
    proto.node.map((node, i) => readNode(node, i, scope, reading)),
    (name) => given.has(name) || (outer(name) && !makers.has(name)),
  );
  for (const { name } of proto.output) {
    if (!scope(name)) throw damaged(`output "${name}" of ${where} is made by no node.`);
  }
  const named = proto.output.map(({ name }) => name);
  const twice = named.find((name, i) => named.indexOf(name) !== i);
  if (twice !== undefined) throw damaged(`two outputs of ${where} have the name "${twice}".`);
  const outputs = proto.output.map((each) =>
    isMain ? readValue("output", each, reading) : { name: each.name, dtype: null, shape: null },
  );
  return { nodes, initializers, inputs, outputs };
}

/** The version of ONNX's own operators that is imported. */
function opsetOf(where: string, imports: readonly OperatorSetIdProto[]): number {
  const own = imports.filter(({ domain }) => domain === "" || domain === "ai.onnx");
  if (own.length !== 1) {
    throw damaged(`${where} states ${own.length === 0 ? "no version" : `${own.length} versions`} of ONNX's operators.`);
  }
  const { version } = own[0];
  if (version < BigInt(FIRST_OPSET) || version > BigInt(LAST_OPSET)) {
    throw new ArgumentError(
      `importOnnx: ${where} uses opset ${version}; opsets ${FIRST_OPSET} to ${LAST_OPSET} can be read. Convert it with ` +
        "onnx.version_converter, or export it anew.",
    );
  }
  return Number(version);
}

function readFunction(proto: FunctionProto, opset: number, reading: Reading): ModelFunction {
  const where = `function "${proto.name}"`;
  const given = new Set(proto.input);
  const makers = new Set(proto.node.flatMap(({ output }) => output));
  const scope: Scope = (name) => given.has(name) || makers.has(name);
  const read = proto.node.map((node, i) => readNode(node, i, scope, reading));
  const nodes = inOrder(where, read, (name) => given.has(name));
  const missing = proto.output.find((name) => !scope(name));
  if (missing !== undefined) throw damaged(`output "${missing}" of ${where} is made by no node.`);
  const own = proto.opsetImport.some(({ domain }) => domain === "" || domain === "ai.onnx");
  return {
    name: proto.name,
    domain: proto.domain,
    opset: own ? opsetOf(where, proto.opsetImport) : opset,
    inputs: proto.input,
    outputs: proto.output,
    nodes,
  };
}

function decoded(bytes: Uint8Array): ModelProto {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (KernelError.is(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ArgumentError(
      `importOnnx: these ${bytes.length} bytes are no ONNX model, or not all of one (${reason}). Check that the file was read whole.`,
      { cause: error },
    );
  }
}

/** @throws {ArgumentError} that says what is wrong, and where */
export function readModel(bytes: Uint8Array, reading: Reading): Model {
  const proto = decoded(bytes);
  if (proto.graph === undefined) {
    throw new ArgumentError(
      `importOnnx: these ${bytes.length} bytes hold no graph, so they are no ONNX model, or not all of one. Check that the file was read whole.`,
    );
  }
  const opset = opsetOf("the model", proto.opsetImport);
  const functions = new Map<string, ModelFunction>();
  for (const each of proto.functions) {
    const key = functionKey(each.domain, each.name);
    if (functions.has(key)) throw damaged(`two functions have the name ${listNames([each.name])}.`);
    functions.set(key, readFunction(each, opset, reading));
  }
  return {
    opset,
    producer: [proto.producerName, proto.producerVersion].filter((each) => each !== "").join(" "),
    graph: readGraph("the graph", proto.graph, () => false, reading, true),
    functions,
  };
}
