/** @file From a written graph to the messages of a model. */
import type { ModelInit } from "../schema/file.ts";
import {
  ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxNode,
  type OnnxSubgraph,
  type OnnxValueType,
} from "./graph-writer.ts";

type GraphInit = NonNullable<ModelInit["graph"]>;
type NodeInit = NonNullable<GraphInit["node"]>[number];
type AttributeInit = NonNullable<NodeInit["attribute"]>[number];
type TensorInit = NonNullable<GraphInit["initializer"]>[number];
type ValueInit = NonNullable<GraphInit["input"]>[number];

/** As `AttributeProto.AttributeType` numbers them. */
const ATTRIBUTE_TYPE = { int: 2, string: 3, graph: 5, ints: 7 } as const;

/** The version of the file format that came with these operators; readers of newer ones read it too. */
const FORMAT_VERSION = 8n;

/** Lengths in the file are written with 31 bits. */
export const LARGEST_FILE = 2 ** 31 - 1;

const TEXT = new TextEncoder();

function attribute(name: string, value: OnnxAttribute): AttributeInit {
  // All numbers that our operators have as attributes are integers.
  if (typeof value === "number") return { name, type: ATTRIBUTE_TYPE.int, i: BigInt(value) };
  if (typeof value === "string") return { name, type: ATTRIBUTE_TYPE.string, s: TEXT.encode(value) };
  if ("nodes" in value) return { name, type: ATTRIBUTE_TYPE.graph, g: graph(value) };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value.map(BigInt) };
}

const node = ({ op, inputs, outputs, attributes }: OnnxNode): NodeInit => ({
  opType: op,
  name: outputs[0],
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
});

/** The bytes of numbers in the file are little-endian, as those of every machine that runs WebAssembly. */
const constant = ({ name, dtype, shape, data }: OnnxConstant): TensorInit => ({
  name,
  dims: shape.map(BigInt),
  dataType: ELEMENT_TYPES[dtype],
  rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
});

const value = ({ name, dtype, shape }: OnnxValueType): ValueInit => ({
  name,
  type: {
    value: {
      case: "tensorType",
      value: {
        elemType: ELEMENT_TYPES[dtype],
        shape: {
          dim: shape.map((extent) => ({
            value:
              typeof extent === "number"
                ? { case: "dimValue" as const, value: BigInt(extent) }
                : { case: "dimParam" as const, value: extent },
          })),
        },
      },
    },
  },
});

const graph = ({ name, nodes, constants, inputs, outputs }: OnnxSubgraph): GraphInit => ({
  name,
  node: nodes.map(node),
  initializer: constants.map(constant),
  input: inputs.map(value),
  output: outputs.map(value),
});

export interface ModelHeader {
  readonly opset: number;
  readonly producer: string;
}

export const modelOf = (written: OnnxSubgraph, { opset, producer }: ModelHeader): ModelInit => ({
  irVersion: FORMAT_VERSION,
  opsetImport: [{ domain: "", version: BigInt(opset) }],
  producerName: producer,
  graph: graph(written),
});
