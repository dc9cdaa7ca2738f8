/** @file The programs of the benchmark that are a plain graph, as ONNX models: nodes of the inputs a, b, c … */
import { integers, node } from "../onnx.js";

const plain = (operator, inputs, attributes) => () => ({
  nodes: [node(operator, inputs, ["y"], attributes)],
  outputs: ["y"],
});

const reduction = (operator, axes) => () => ({
  nodes: [node(operator, axes ? ["a", "axes"] : ["a"], ["y"], { keepdims: 0 })],
  constants: axes ? [integers("axes", axes)] : [],
  outputs: ["y"],
});

/** x · weightᵀ + bias. */
const gemm = (x, weight, bias, out) => node("Gemm", [x, weight, bias], [out], { transB: 1 });

const lstm = () => ({
  nodes: [
    gemm("a", "d", "f", "fromInput"),
    node("Gemm", ["b", "e"], ["fromHidden"], { transB: 1 }),
    node("Add", ["fromInput", "fromHidden"], ["gates"]),
    node("Split", ["gates"], ["input", "forget", "cell", "output"], { axis: 1, num_outputs: 4 }),
    ...["input", "forget", "output"].map((gate) => node("Sigmoid", [gate], [`${gate}Open`])),
    node("Tanh", ["cell"], ["cellValue"]),
    node("Mul", ["forgetOpen", "c"], ["kept"]),
    node("Mul", ["inputOpen", "cellValue"], ["added"]),
    node("Add", ["kept", "added"], ["memory"]),
    node("Tanh", ["memory"], ["shown"]),
    node("Mul", ["outputOpen", "shown"], ["hidden"]),
  ],
  outputs: ["hidden", "memory"],
});

export const programs = {
  matmul: plain("MatMul", ["a", "b"]),
  add: plain("Add", ["a", "b"]),
  tanh: plain("Tanh", ["a"]),
  exp: plain("Exp", ["a"]),
  gated: () => ({
    nodes: [
      node("Mul", ["a", "a"], ["square"]),
      node("Add", ["square", "a"], ["sum"]),
      node("Tanh", ["sum"], ["gate"]),
      node("Mul", ["gate", "a"], ["y"]),
    ],
    outputs: ["y"],
  }),
  sum: reduction("ReduceSum"),
  max: reduction("ReduceMax"),
  "sum of rows": reduction("ReduceSum", [1]),
  "sum of columns": reduction("ReduceSum", [0]),
  logsumexp: reduction("ReduceLogSumExp"),
  softmax: plain("Softmax", ["a"], { axis: 1 }),
  "layer norm": plain("LayerNormalization", ["a", "b", "c"], { axis: 1, epsilon: { float: 1e-5 } }),
  conv2d: ({ padding }) => plain("Conv", ["a", "b"], { pads: Array(4).fill(padding) })(),
  mlp: () => ({
    nodes: [
      gemm("g", "a", "b", "first"),
      node("Relu", ["first"], ["firstOn"]),
      gemm("firstOn", "c", "d", "second"),
      node("Relu", ["second"], ["secondOn"]),
      gemm("secondOn", "e", "f", "y"),
    ],
    outputs: ["y"],
  }),
  lstm,
};
