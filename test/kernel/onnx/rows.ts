/** @file Each operator in its forms: what goes in, over which versions. What comes out is onnxruntime's to say. */
import { uniform } from "../support/data.ts";
import { entries } from "../support/grid.ts";
import { type AttributeInput, bools, floats, graph, longs, type Numbers, node, type TypeName, value } from "./build.ts";

/** An input that the file itself holds: axes, shapes, bounds. */
interface Fixed {
  readonly fixed: Numbers;
}

export interface Row {
  readonly op: string;
  readonly attributes?: Readonly<Record<string, AttributeInput>>;
  /** Null for one that is left out. */
  readonly inputs: readonly (Numbers | Fixed | null)[];
  /** Types of the outputs; default one float32. */
  readonly outputs?: readonly TypeName[];
  readonly opset?: number;
  readonly rtol?: number;
  /** Reverse mode cannot go through it, and says so. */
  readonly forwardOnly?: boolean;
}

/** Uneven numbers, each row its own. */
let seed = 1;
function x(shape: readonly number[], low = -1.5, high = 1.5): Numbers {
  const next = uniform(seed++);
  return floats(
    shape,
    Array.from({ length: entries(shape) }, () => Math.fround(low + (high - low) * next())),
  );
}
const fixed = (numbers: Numbers): Fixed => ({ fixed: numbers });
const fixedLongs = (data: readonly number[] | number): Fixed => fixed(longs(data));
const ints = (shape: readonly number[], data: readonly number[]): Numbers => ({ type: "int32", shape, data });

const each = (names: string, low = -1.5, high = 1.5): Row[] =>
  names.split(" ").map((op) => ({ op, inputs: [x([2, 3, 4], low, high)] }));
const pairs = (names: string, outputs?: readonly TypeName[]): Row[] =>
  names.split(" ").map((op) => ({ op, inputs: [x([2, 3, 4]), x([3, 1], 0.5, 2)], ...(outputs ? { outputs } : {}) }));

const elementwise: Row[] = [
  ...pairs("Add Sub Mul Div"),
  { op: "Div", inputs: [ints([5], [7, -7, 8, -9, 6]), ints([5], [2, 2, -3, -4, 6])], outputs: ["int32"] },
  { op: "Pow", inputs: [x([2, 3], 0.2, 2), x([3])] },
  { op: "Pow", inputs: [x([2, 3]), fixed(floats([], [3]))] },
  { op: "Pow", inputs: [x([2, 3]), fixed(floats([1, 1, 1], [2]))] },
  { op: "Mod", inputs: [ints([4], [7, -7, 7, -7]), ints([4], [3, 3, -3, -3])], outputs: ["int32"] },
  { op: "Mod", attributes: { fmod: 1 }, inputs: [x([2, 3], -5, 5), x([3], 1, 2)] },
  { op: "Sum", inputs: [x([2, 3]), x([3]), x([2, 1])] },
  { op: "Mean", inputs: [x([2, 3]), x([3]), x([2, 1])] },
  { op: "Max", inputs: [x([2, 3]), x([3]), x([2, 1])] },
  { op: "Min", inputs: [x([2, 3]), x([3])] },
  { op: "Clip", inputs: [x([2, 3]), fixed(floats([], [-0.5])), fixed(floats([], [0.75]))] },
  { op: "Clip", inputs: [x([2, 3]), null, floats([], [0.25])] },
  { op: "Clip", attributes: { min: { float: -0.5 }, max: { float: 0.25 } }, inputs: [x([2, 3])], opset: 10 },
  ...each("Neg Abs Sign Floor Ceil Round Exp Erf Sin Cos Tan Atan Sinh Cosh Tanh Asinh"),
  ...each("Reciprocal Sqrt Log", 0.3, 3),
  ...each("Asin Acos Atanh", -0.9, 0.9),
  ...each("Acosh", 1.1, 3),
  { op: "IsNaN", inputs: [floats([3], [1, Number.NaN, Number.POSITIVE_INFINITY])], outputs: ["bool"] },
  { op: "IsInf", inputs: [floats([3], [1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])], outputs: ["bool"] },
  {
    op: "IsInf",
    attributes: { detect_negative: 0 },
    inputs: [floats([3], [1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])],
    outputs: ["bool"],
  },
  ...pairs("Equal Less LessOrEqual Greater GreaterOrEqual", ["bool"]),
  ...["And", "Or", "Xor"].map(
    (op): Row => ({ op, inputs: [bools([2, 2], [1, 0, 1, 0]), bools([2], [1, 0])], outputs: ["bool"] }),
  ),
  { op: "Not", inputs: [bools([3], [1, 0, 1])], outputs: ["bool"] },
  { op: "Where", inputs: [bools([3], [1, 0, 1]), x([2, 3]), x([2, 1])] },
  { op: "Cast", attributes: { to: 6 }, inputs: [floats([4], [1.7, -1.7, 0.2, -0.9])], outputs: ["int32"] },
  { op: "Cast", attributes: { to: 9 }, inputs: [floats([3], [1.5, 0, -2])], outputs: ["bool"] },
  { op: "Cast", attributes: { to: 1 }, inputs: [ints([3], [1, -2, 3])] },
  { op: "Cast", attributes: { to: 2 }, inputs: [ints([4], [3, 255, 256, -1])], outputs: ["uint8"] },
  { op: "Cast", attributes: { to: 3 }, inputs: [ints([4], [3, 127, 128, -129])], outputs: ["int8"] },
  { op: "CastLike", inputs: [ints([3], [1, -2, 3]), fixed(floats([1], [0]))] },
  { op: "Identity", inputs: [x([2, 3])] },
];

const activations: Row[] = [
  ...each("Relu LeakyRelu Elu Celu Selu Sigmoid HardSigmoid HardSwish Softplus Softsign ThresholdedRelu Shrink"),
  ...["LeakyRelu", "Elu", "Celu", "ThresholdedRelu"].map(
    (op): Row => ({ op, attributes: { alpha: { float: 0.3 } }, inputs: [x([2, 5])] }),
  ),
  { op: "Selu", attributes: { alpha: 1.5, gamma: 1.25 }, inputs: [x([2, 5])] },
  { op: "HardSigmoid", attributes: { alpha: 0.7, beta: 0.4 }, inputs: [x([2, 5])] },
  { op: "Shrink", attributes: { bias: 0.2, lambd: 0.3 }, inputs: [x([2, 5])] },
  { op: "PRelu", inputs: [x([2, 3, 4]), x([3, 1])] },
  { op: "Gelu", inputs: [x([2, 5])], opset: 20 },
  { op: "Gelu", attributes: { approximate: "tanh" }, inputs: [x([2, 5])], opset: 20 },
  { op: "Mish", inputs: [x([2, 5])], opset: 18 },
  ...["Softmax", "LogSoftmax"].flatMap((op): Row[] => [
    { op, inputs: [x([2, 3, 4])] },
    { op, attributes: { axis: 1 }, inputs: [x([2, 3, 4])] },
    { op, attributes: { axis: 1 }, inputs: [x([2, 3, 4])], opset: 11 },
  ]),
];

const products: Row[] = [
  { op: "MatMul", inputs: [x([2, 3]), x([3, 4])] },
  { op: "MatMul", inputs: [x([2, 1, 3, 4]), x([5, 4, 2])] },
  { op: "MatMul", inputs: [x([3]), x([3, 4])] },
  { op: "Gemm", inputs: [x([2, 3]), x([3, 4])] },
  { op: "Gemm", attributes: { transA: 1, transB: 1, alpha: 0.5, beta: 1.5 }, inputs: [x([3, 2]), x([4, 3]), x([4])] },
  { op: "Einsum", attributes: { equation: "bij, bjk -> bik" }, inputs: [x([2, 3, 4]), x([2, 4, 5])] },
  { op: "Einsum", attributes: { equation: "...ij,kj->...ik" }, inputs: [x([2, 3, 4]), x([5, 4])] },
];

const conv = { kernel_shape: [3, 2] } as const;
const convolutions: Row[] = [
  { op: "Conv", inputs: [x([2, 3, 5, 6]), x([4, 3, 3, 2]), x([4])] },
  {
    op: "Conv",
    attributes: { ...conv, strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2], group: 2 },
    inputs: [x([1, 4, 6, 5]), x([6, 2, 3, 2])],
  },
  { op: "Conv", attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] }, inputs: [x([1, 2, 5, 6]), x([3, 2, 3, 2])] },
  { op: "Conv", attributes: { auto_pad: "SAME_LOWER" }, inputs: [x([1, 2, 5, 6]), x([3, 2, 2, 2])] },
  { op: "Conv", attributes: { auto_pad: "VALID" }, inputs: [x([2, 3, 7]), x([4, 3, 3])] },
  { op: "ConvTranspose", inputs: [x([2, 3, 4, 5]), x([3, 2, 3, 2]), x([2])] },
  {
    op: "ConvTranspose",
    attributes: { strides: [2, 3], pads: [1, 0, 0, 1], output_padding: [1, 2], group: 2 },
    inputs: [x([1, 4, 3, 4]), x([4, 3, 3, 2]), x([6])],
  },
  { op: "ConvTranspose", attributes: { strides: [2], dilations: [2] }, inputs: [x([1, 2, 4]), x([2, 3, 3])] },
  {
    op: "ConvTranspose",
    attributes: { strides: [2, 2], output_shape: [8, 7] },
    inputs: [x([1, 2, 4, 3]), x([2, 3, 3, 3])],
  },
  {
    op: "ConvTranspose",
    attributes: { strides: [2, 2], auto_pad: "SAME_UPPER" },
    inputs: [x([1, 2, 4, 3]), x([2, 3, 3, 3])],
  },
  {
    op: "ConvTranspose",
    attributes: { strides: [2, 2], auto_pad: "SAME_LOWER" },
    inputs: [x([1, 2, 4, 3]), x([2, 3, 3, 3])],
  },
];

const pools: Row[] = [
  { op: "MaxPool", attributes: conv, inputs: [x([1, 2, 5, 6])] },
  {
    op: "MaxPool",
    attributes: { ...conv, strides: [2, 2], pads: [1, 0, 1, 1], ceil_mode: 1, dilations: [1, 2] },
    inputs: [x([1, 2, 6, 7])],
  },
  { op: "MaxPool", attributes: { kernel_shape: [3], strides: [2], auto_pad: "SAME_UPPER" }, inputs: [x([2, 2, 6])] },
  { op: "AveragePool", attributes: conv, inputs: [x([1, 2, 5, 6])] },
  { op: "AveragePool", attributes: { ...conv, strides: [2, 1], pads: [1, 1, 0, 1] }, inputs: [x([1, 2, 5, 6])] },
  {
    op: "AveragePool",
    attributes: { ...conv, strides: [2, 1], pads: [1, 1, 0, 1], count_include_pad: 1 },
    inputs: [x([1, 2, 5, 6])],
  },
  {
    op: "AveragePool",
    attributes: { kernel_shape: [3], strides: [2], ceil_mode: 1, pads: [1, 0] },
    inputs: [x([2, 2, 7])],
    opset: 19,
  },
  {
    op: "AveragePool",
    attributes: { kernel_shape: [2, 2], dilations: [2, 1], pads: [1, 0, 1, 0] },
    inputs: [x([1, 2, 5, 4])],
    opset: 19,
  },
  { op: "GlobalAveragePool", inputs: [x([2, 3, 4, 5])] },
  { op: "GlobalMaxPool", inputs: [x([2, 3, 4, 5])] },
];

const normalizations: Row[] = [
  {
    op: "BatchNormalization",
    attributes: { epsilon: 0.01 },
    inputs: [x([2, 3, 4]), x([3]), x([3]), x([3]), x([3], 0.5, 2)],
  },
  { op: "LayerNormalization", inputs: [x([2, 3, 4]), x([4]), x([4])] },
  {
    op: "LayerNormalization",
    attributes: { axis: 1, epsilon: 0.01 },
    inputs: [x([2, 3, 4]), x([3, 4])],
    outputs: ["float32", "float32", "float32"],
  },
  { op: "InstanceNormalization", inputs: [x([2, 3, 4, 2]), x([3]), x([3])] },
  { op: "GroupNormalization", attributes: { num_groups: 2 }, inputs: [x([2, 4, 3]), x([2]), x([2])], opset: 18 },
  { op: "GroupNormalization", attributes: { num_groups: 2 }, inputs: [x([2, 4, 3]), x([4]), x([4])], opset: 21 },
  { op: "RMSNormalization", attributes: { axis: 1 }, inputs: [x([2, 3, 4]), x([3, 4])], opset: 23 },
  { op: "LpNormalization", attributes: { axis: 1 }, inputs: [x([2, 3, 4])] },
  { op: "LpNormalization", attributes: { axis: 0, p: 1 }, inputs: [x([2, 3])] },
  { op: "MeanVarianceNormalization", inputs: [x([2, 3, 2, 2])] },
  { op: "LRN", attributes: { size: 3, alpha: 0.3, beta: 0.6, bias: 2.5 }, inputs: [x([2, 5, 2, 3])] },
];

const layout: Row[] = [
  { op: "Reshape", inputs: [x([2, 3, 4]), fixedLongs([0, -1])] },
  { op: "Reshape", inputs: [x([2, 3, 4]), longs([4, 6])] },
  { op: "Reshape", attributes: { allowzero: 1 }, inputs: [x([2, 0, 4]), fixedLongs([0, 3])] },
  { op: "Flatten", inputs: [x([2, 3, 4])] },
  { op: "Flatten", attributes: { axis: -1 }, inputs: [x([2, 3, 4])] },
  { op: "Flatten", attributes: { axis: 0 }, inputs: [x([2, 3])] },
  { op: "Transpose", inputs: [x([2, 3, 4])] },
  { op: "Transpose", attributes: { perm: [1, 2, 0] }, inputs: [x([2, 3, 4])] },
  { op: "Squeeze", inputs: [x([1, 3, 1])] },
  { op: "Squeeze", inputs: [x([1, 3, 1]), fixedLongs([-1])] },
  { op: "Squeeze", attributes: { axes: [0] }, inputs: [x([1, 3, 1])], opset: 11 },
  { op: "Unsqueeze", inputs: [x([2, 3]), fixedLongs([3, 0])] },
  { op: "Unsqueeze", attributes: { axes: [1] }, inputs: [x([2, 3])], opset: 11 },
  { op: "Concat", attributes: { axis: -1 }, inputs: [x([2, 3]), x([2, 1]), x([2, 2])] },
  { op: "Split", attributes: { axis: 1 }, inputs: [x([2, 5]), fixedLongs([2, 3])], outputs: ["float32", "float32"] },
  { op: "Split", inputs: [x([4, 2])], outputs: ["float32", "float32"] },
  {
    op: "Split",
    attributes: { axis: 1, num_outputs: 3 },
    inputs: [x([2, 7])],
    outputs: ["float32", "float32", "float32"],
    opset: 18,
  },
  { op: "Split", attributes: { split: [1, 3] }, inputs: [x([4, 2])], outputs: ["float32", "float32"], opset: 11 },
  { op: "Slice", inputs: [x([5, 6]), fixedLongs([1, -4]), fixedLongs([1000, -1])] },
  { op: "Slice", inputs: [x([5, 6]), fixedLongs([4]), fixedLongs([-10]), fixedLongs([0]), fixedLongs([-2])] },
  { op: "Slice", inputs: [x([5, 6]), fixedLongs([-1]), fixedLongs([1]), fixedLongs([1]), fixedLongs([-1])] },
  { op: "Slice", inputs: [x([5, 6]), fixedLongs([3, 1]), fixedLongs([3, 6]), fixedLongs([0, 1]), fixedLongs([1, 2])] },
  { op: "Slice", attributes: { starts: [1], ends: [3], axes: [1] }, inputs: [x([2, 5])], opset: 9 },
  { op: "Expand", inputs: [x([3, 1]), fixedLongs([2, 1, 4])] },
  { op: "Tile", inputs: [x([2, 3]), fixedLongs([2, 3])] },
  { op: "Pad", inputs: [x([2, 3]), fixedLongs([1, 0, 2, 1]), fixed(floats([], [0.5]))] },
  { op: "Pad", inputs: [x([2, 3]), fixedLongs([0, 1, 0, 1]), floats([], [0.75])] },
  { op: "Pad", inputs: [x([4, 3]), fixedLongs([-1, 2, 0, -1])] },
  { op: "Pad", attributes: { mode: "reflect" }, inputs: [x([4, 3]), fixedLongs([2, 1, 3, 2])] },
  { op: "Pad", attributes: { mode: "edge" }, inputs: [x([4, 3]), fixedLongs([2, 1, 1, 2])] },
  { op: "Pad", attributes: { mode: "wrap" }, inputs: [x([4, 3]), fixedLongs([2, 1, 1, 2])], opset: 19 },
  { op: "Pad", inputs: [x([4, 3]), fixedLongs([1, 2]), null, fixedLongs([1])], opset: 18 },
  { op: "DepthToSpace", attributes: { blocksize: 2 }, inputs: [x([1, 8, 2, 3])] },
  { op: "DepthToSpace", attributes: { blocksize: 2, mode: "CRD" }, inputs: [x([1, 8, 2, 3])] },
  { op: "SpaceToDepth", attributes: { blocksize: 2 }, inputs: [x([1, 2, 4, 6])] },
  { op: "Trilu", inputs: [x([3, 4])] },
  { op: "Trilu", attributes: { upper: 0 }, inputs: [x([2, 3, 4]), fixedLongs(-1)] },
  { op: "Dropout", inputs: [x([2, 3])], outputs: ["float32", "bool"] },
];

const indexing: Row[] = [
  { op: "Gather", inputs: [x([4, 3]), longs([2, -1, 0])] },
  { op: "Gather", attributes: { axis: -1 }, inputs: [x([2, 4]), fixed(longs([1, 3, -4, 0], [2, 2]))] },
  { op: "Gather", attributes: { axis: 1 }, inputs: [x([2, 4, 3]), fixedLongs(2)] },
  { op: "GatherElements", attributes: { axis: 1 }, inputs: [x([2, 3]), longs([2, 0, -1, 1], [2, 2])] },
  { op: "GatherND", inputs: [x([3, 4, 2]), longs([2, 1, 0, -1], [2, 2])] },
  { op: "GatherND", attributes: { batch_dims: 1 }, inputs: [x([2, 4, 3]), longs([1, 3], [2, 1])] },
  {
    op: "GatherND",
    attributes: { batch_dims: 1 },
    inputs: [x([2, 4, 3]), longs([1, 2, 0, 2, 1, 1, 0, 0, 2, 1, 3, -2], [2, 3, 2])],
  },
  { op: "ScatterND", inputs: [x([4, 3]), longs([2, -4], [2, 1]), x([2, 3])] },
  { op: "ScatterND", inputs: [x([4, 3]), longs([2, 1, 0, -1], [2, 2]), x([2])] },
  { op: "ScatterND", attributes: { reduction: "add" }, inputs: [x([4, 3]), longs([2, 2], [2, 1]), x([2, 3])] },
  { op: "ScatterElements", attributes: { axis: 1 }, inputs: [x([2, 4]), longs([3, 0, -2, 1], [2, 2]), x([2, 2])] },
  {
    op: "ScatterElements",
    attributes: { reduction: "add" },
    inputs: [x([3, 2]), longs([2, 0, 2, 1], [2, 2]), x([2, 2])],
  },
  { op: "OneHot", inputs: [longs([1, -1, 3]), fixedLongs(4), fixed(floats([2], [-0.5, 2]))] },
  {
    op: "OneHot",
    attributes: { axis: 0 },
    inputs: [longs([1, 0, 2, 1], [2, 2]), fixedLongs(3), fixed(floats([2], [0, 1]))],
  },
];

const creation: Row[] = [
  { op: "Constant", attributes: { value: floats([2, 1], [1.5, -2]) }, inputs: [] },
  { op: "Constant", attributes: { value_ints: [3, -4] }, inputs: [], outputs: ["int64"] },
  { op: "Constant", attributes: { value_int: 3 }, inputs: [], outputs: ["int64"] },
  { op: "Constant", attributes: { value_float: 0.25 }, inputs: [] },
  { op: "Constant", attributes: { value_floats: { floats: [0.25, 3] } }, inputs: [] },
  { op: "ConstantOfShape", inputs: [longs([2, 3])] },
  { op: "ConstantOfShape", attributes: { value: longs([7]) }, inputs: [fixedLongs([2, 3])], outputs: ["int64"] },
  { op: "Shape", inputs: [x([2, 3, 4])], outputs: ["int64"] },
  { op: "Shape", attributes: { start: 1, end: -1 }, inputs: [x([2, 3, 4])], outputs: ["int64"], opset: 15 },
  { op: "Size", inputs: [x([2, 3, 4])], outputs: ["int64"] },
  { op: "Range", inputs: [fixedLongs(2), fixedLongs(9), fixedLongs(3)], outputs: ["int64"] },
  { op: "Range", inputs: [fixedLongs(5), fixedLongs(-1), fixedLongs(-2)], outputs: ["int64"] },
  { op: "Range", inputs: [floats([], [0.5]), floats([], [2]), floats([], [0.4])] },
  { op: "EyeLike", attributes: { k: 1 }, inputs: [x([3, 4])] },
];

const reduce = (op: string, low = -1.5): Row[] => [
  { op, inputs: [x([2, 3, 4], low)] },
  { op, attributes: { axes: [1, -1], keepdims: 0 }, inputs: [x([2, 3, 4], low)], opset: op === "ReduceSum" ? 11 : 13 },
  { op, attributes: { keepdims: 0 }, inputs: [x([2, 3, 4], low), fixedLongs([-2])], opset: 18 },
];
const reductions: Row[] = [
  ..."ReduceSum ReduceMean ReduceProd ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp"
    .split(" ")
    .flatMap((op) => reduce(op)),
  ...reduce("ReduceLogSum", 0.1),
  { op: "ReduceSum", attributes: { noop_with_empty_axes: 1 }, inputs: [x([2, 3])] },
  { op: "ReduceSum", attributes: { noop_with_empty_axes: 1 }, inputs: [x([2, 3]), fixed(longs([], [0]))] },
  { op: "ReduceMean", inputs: [ints([4], [3, -4, 5, -9])], outputs: ["int32"] },
  ...["ArgMax", "ArgMin"].flatMap((op): Row[] => [
    { op, inputs: [x([3, 4])], outputs: ["int64"] },
    { op, attributes: { axis: -1, keepdims: 0 }, inputs: [x([3, 4])], outputs: ["int64"] },
    {
      op,
      attributes: { axis: 1, select_last_index: 1 },
      inputs: [floats([2, 3], [1, 1, 0, 0, 2, 2])],
      outputs: ["int64"],
    },
  ]),
  { op: "TopK", inputs: [x([2, 5]), fixedLongs([3])], outputs: ["float32", "int64"] },
  {
    op: "TopK",
    attributes: { axis: 0, largest: 0 },
    inputs: [x([5, 2]), fixedLongs([2])],
    outputs: ["float32", "int64"],
  },
  { op: "CumSum", inputs: [x([2, 4]), fixedLongs(1)] },
  { op: "CumSum", attributes: { exclusive: 1 }, inputs: [x([2, 4]), fixedLongs(-1)] },
  { op: "CumSum", attributes: { exclusive: 1, reverse: 1 }, inputs: [x([4, 2]), fixedLongs(0)] },
];

const scales = (data: readonly number[]): Fixed => fixed(floats([data.length], data));
const none = fixed(floats([0], []));
const resize = (attributes: Row["attributes"], factors: readonly number[]): Row => ({
  op: "Resize",
  attributes: { ...attributes },
  inputs: [x([1, 2, 4, 3]), none, scales(factors)],
});
const resizing: Row[] = [
  resize({}, [1, 1, 2, 3]),
  resize({ coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, [1, 1, 2, 1.5]),
  resize({ coordinate_transformation_mode: "align_corners", nearest_mode: "round_prefer_ceil" }, [1, 1, 1.75, 2]),
  resize({ nearest_mode: "ceil", coordinate_transformation_mode: "asymmetric" }, [1, 1, 0.6, 2]),
  resize({ mode: "linear" }, [1, 1, 2, 3]),
  resize({ mode: "linear", coordinate_transformation_mode: "align_corners" }, [1, 1, 1.5, 2]),
  resize({ mode: "linear", coordinate_transformation_mode: "pytorch_half_pixel" }, [1, 1, 0.5, 2]),
  resize({ mode: "cubic" }, [1, 1, 2, 3]),
  resize({ mode: "cubic", cubic_coeff_a: -0.5, exclude_outside: 1 }, [1, 1, 1.5, 2]),
  { op: "Resize", attributes: { mode: "linear" }, inputs: [x([1, 2, 4, 3]), null, null, fixedLongs([1, 2, 7, 2])] },
  { op: "Resize", attributes: { axes: [2, 3] }, inputs: [x([1, 2, 4, 3]), null, null, fixedLongs([8, 6])], opset: 18 },
  { op: "Upsample", attributes: { mode: "nearest" }, inputs: [x([1, 2, 3, 2]), scales([1, 1, 2, 3])], opset: 9 },
  { op: "Upsample", attributes: { mode: "linear" }, inputs: [x([1, 2, 3, 2]), scales([1, 1, 2, 3])], opset: 9 },
];

const branchOf = (op: string): AttributeInput =>
  graph({ nodes: [node(op, ["a1"], ["out"])], outputs: [value("out", "float32", null)] });
const branches: Row[] = [1, 0].map((condition) => ({
  op: "If",
  attributes: { then_branch: branchOf("Exp"), else_branch: branchOf("Sin") },
  inputs: [bools([], [condition]), x([2, 3])],
}));

/** Three times `x ← tanh(x · w + i)`, and what it was each time. */
const counted = graph({
  inputs: [value("i", "int64", []), value("on", "bool", []), value("v", "float32", [2, 3])],
  outputs: [value("on2", "bool", []), value("v2", "float32", [2, 3]), value("seen", "float32", [2, 3])],
  nodes: [
    node("Identity", ["on"], ["on2"]),
    node("Cast", ["i"], ["place"], { to: 1 }),
    node("Mul", ["v", "a3"], ["scaled"]),
    node("Add", ["scaled", "place"], ["moved"]),
    node("Tanh", ["moved"], ["v2"]),
    node("Mul", ["v", "v2"], ["seen"]),
  ],
});
/** `x ← 2 x` until the sum is 20. */
const conditional = graph({
  inputs: [value("i", "int64", []), value("on", "bool", []), value("v", "float32", [2, 3])],
  outputs: [value("on2", "bool", []), value("v2", "float32", [2, 3])],
  nodes: [
    node("Add", ["v", "v"], ["v2"]),
    node("ReduceSum", ["v2"], ["sum"], { keepdims: 0 }),
    node("Less", ["sum", "a3"], ["on2"]),
  ],
});
/** `x ← [x, x²]`, which is longer each time. */
const growing = graph({
  inputs: [value("i", "int64", []), value("on", "bool", []), value("v", "float32", ["n"])],
  outputs: [value("on2", "bool", []), value("v2", "float32", ["n"])],
  nodes: [
    node("Mul", ["v", "v"], ["square"]),
    node("Concat", ["v", "square"], ["v2"], { axis: 0 }),
    node("Identity", ["on"], ["on2"]),
  ],
});
const on = fixed(bools([], [1]));
const loops: Row[] = [
  {
    op: "Loop",
    attributes: { body: counted },
    inputs: [fixedLongs(3), on, x([2, 3]), x([3])],
    outputs: ["float32", "float32"],
  },
  {
    op: "Loop",
    attributes: { body: conditional },
    inputs: [null, on, x([2, 3], 0.1, 1), fixed(floats([], [20]))],
    forwardOnly: true,
  },
  { op: "Loop", attributes: { body: growing }, inputs: [fixedLongs(3), on, x([2])] },
];

export const rows: readonly Row[] = [
  ...elementwise,
  ...activations,
  ...products,
  ...convolutions,
  ...pools,
  ...normalizations,
  ...layout,
  ...indexing,
  ...creation,
  ...reductions,
  ...resizing,
  ...branches,
  ...loops,
];
