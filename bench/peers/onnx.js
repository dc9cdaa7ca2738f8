/**
 * @file Writes ONNX models, as few of their fields as the benchmark needs, in the wire format of Protocol Buffers. Field
 * numbers are those of onnx/onnx.proto.
 */

const TYPES = { float32: 1, int32: 6, int64: 7, float64: 11 };
const ATTRIBUTE = { float: 1, int: 2, ints: 7 };
const IR_VERSION = 10;
const OPERATORS = 21;

/** @param {number} value @returns {number[]} */
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);

const integer = (/** @type {number} */ field, /** @type {number} */ value) => [...varint(field << 3), ...varint(value)];
const float = (/** @type {number} */ field, /** @type {number} */ value) => [
  ...varint((field << 3) | 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];
const bytes = (/** @type {number} */ field, /** @type {readonly number[]} */ content) => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...content,
];
const text = (/** @type {number} */ field, /** @type {string} */ value) =>
  bytes(field, [...new TextEncoder().encode(value)]);

/** Numbers with a fraction are floats, lists are integers. @param {string} name @param {number | number[] | { float: number }} value */
function attribute(name, value) {
  if (Array.isArray(value)) {
    return [...text(1, name), ...value.flatMap((each) => integer(8, each)), ...integer(20, ATTRIBUTE.ints)];
  }
  if (typeof value === "object") return [...text(1, name), ...float(2, value.float), ...integer(20, ATTRIBUTE.float)];
  return [...text(1, name), ...integer(3, value), ...integer(20, ATTRIBUTE.int)];
}

/**
 * @typedef {{ name: string, type: keyof typeof TYPES, shape: readonly number[] }} Value
 * @param {string} operator @param {readonly string[]} inputs @param {readonly string[]} outputs
 * @param {Record<string, number | number[] | { float: number }>} [attributes] `{ float }` where an integer would be one
 */
export const node = (operator, inputs, outputs, attributes = {}) => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(4, operator),
  ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, attribute(name, value))),
];

/** @param {string} name @param {readonly number[]} values */
export const integers = (name, values) => [
  ...integer(1, values.length),
  ...integer(2, TYPES.int64),
  ...text(8, name),
  ...bytes(9, [...new Uint8Array(BigInt64Array.from(values, BigInt).buffer)]),
];

/** @param {Value} value */
function valueInfo({ name, type, shape }) {
  const dimensions = shape.flatMap((extent) => bytes(1, integer(1, extent)));
  const tensorType = [...integer(1, TYPES[type]), ...bytes(2, dimensions)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
}

/**
 * @param {{ nodes: readonly number[][], constants?: readonly number[][], inputs: readonly Value[],
 *   outputs: readonly string[] }} graph
 */
export function model({ nodes, constants = [], inputs, outputs }) {
  const graph = [
    ...nodes.flatMap((each) => bytes(1, each)),
    ...text(2, "benchmark"),
    ...constants.flatMap((each) => bytes(5, each)),
    ...inputs.flatMap((each) => bytes(11, valueInfo(each))),
    // Their types and shapes are inferred.
    ...outputs.flatMap((name) => bytes(12, text(1, name))),
  ];
  return Uint8Array.from([
    ...integer(1, IR_VERSION),
    ...bytes(7, graph),
    ...bytes(8, [...text(1, ""), ...integer(2, OPERATORS)]),
  ]);
}
