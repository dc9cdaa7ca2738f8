/** @file Small ONNX files for tests, written with the schema, so that any form of any operator can be asked for. */
import { create } from "@bufbuild/protobuf";
import { encodeModel } from "../../../kernel/onnx/schema/file.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../../../kernel/onnx/schema/onnx_pb.ts";

/** Types of entries, by the names that onnxruntime has. */
export const TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;
export type TypeName = keyof typeof TYPES;

/** Numbers of a type; those of 64 bits are bigints in memory, and numbers here. */
export interface Numbers {
  readonly type: TypeName;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const floats = (shape: readonly number[], data: readonly number[]): Numbers => ({
  type: "float32",
  shape,
  data,
});
export const doubles = (shape: readonly number[], data: readonly number[]): Numbers => ({
  type: "float64",
  shape,
  data,
});
/** A list of whole numbers, or one of no axes. */
export const longs = (data: readonly number[] | number, shape?: readonly number[]): Numbers => ({
  type: "int64",
  shape: shape ?? (typeof data === "number" ? [] : [data.length]),
  data: typeof data === "number" ? [data] : data,
});
export const bools = (shape: readonly number[], data: readonly number[]): Numbers => ({ type: "bool", shape, data });

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
  float16: Uint16Array,
} as const;

/** The numbers as they lie in memory. */
export function packed({ type, data }: Numbers): Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array {
  if (type === "int64") return BigInt64Array.from(data, BigInt);
  return ARRAYS[type].from(data) as Float32Array;
}

export function tensorProto(name: string, numbers: Numbers): TensorProto {
  const values = packed(numbers);
  return create(TensorProtoSchema, {
    name,
    dims: numbers.shape.map(BigInt),
    dataType: TYPES[numbers.type],
    rawData: new Uint8Array(values.buffer.slice(0), 0, values.byteLength),
  });
}

export type AttributeInput =
  | number
  | string
  | readonly number[]
  | Numbers
  | GraphProto
  | { readonly float: number }
  | { readonly floats: readonly number[] };

const isGraph = (value: object): value is GraphProto => "$typeName" in value;

export function attribute(name: string, value: AttributeInput): AttributeProto {
  const of = (type: keyof typeof AttributeProto_AttributeType, rest: object): AttributeProto =>
    create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType[type], ...rest });
  if (typeof value === "string") return of("STRING", { s: new TextEncoder().encode(value) });
  if (typeof value === "number") {
    return Number.isInteger(value) ? of("INT", { i: BigInt(value) }) : of("FLOAT", { f: value });
  }
  if (Array.isArray(value)) return of("INTS", { ints: value.map(BigInt) });
  const rest = value as Exclude<typeof value, readonly number[]>;
  if (isGraph(rest)) return of("GRAPH", { g: rest });
  if ("float" in rest) return of("FLOAT", { f: rest.float });
  if ("floats" in rest) return of("FLOATS", { floats: [...rest.floats] });
  return of("TENSOR", { t: tensorProto("", rest) });
}

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeInput>> = {},
  domain = "",
): NodeProto {
  return create(NodeProtoSchema, {
    name: `${opType} of ${output[0]}`,
    opType,
    domain,
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

/** A value with its type; a text is the name of an extent that is open. */
export function value(name: string, type: TypeName, shape: readonly (number | string)[] | null): ValueInfoProto {
  const dim = (shape ?? []).map((extent) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof extent === "number" ? { case: "dimValue", value: BigInt(extent) } : { case: "dimParam", value: extent },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType: TYPES[type],
    ...(shape === null ? {} : { shape: create(TensorShapeProtoSchema, { dim }) }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } }),
  });
}

export interface GraphInput {
  readonly nodes: readonly NodeProto[];
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly weights?: Readonly<Record<string, Numbers>>;
}

export const graph = ({ nodes, inputs = [], outputs, weights = {} }: GraphInput): GraphProto =>
  create(GraphProtoSchema, {
    name: "graph",
    node: [...nodes],
    input: [...inputs],
    output: [...outputs],
    initializer: Object.entries(weights).map(([name, numbers]) => tensorProto(name, numbers)),
  });

/** IR versions that belong to opsets, so that other runtimes take the file. */
const irOf = (opset: number): bigint => (opset >= 21 ? 10n : opset >= 19 ? 9n : 8n);

export function modelProto(input: GraphInput, opset = 17, rest: Partial<ModelProto> = {}): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: irOf(opset),
    producerName: "test",
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: BigInt(opset) })],
    graph: graph(input),
    ...rest,
  } as Parameters<typeof create<typeof ModelProtoSchema>>[1]);
}

export const modelBytes = (input: GraphInput, opset = 17, rest: Partial<ModelProto> = {}): Uint8Array =>
  encodeModel(modelProto(input, opset, rest));
