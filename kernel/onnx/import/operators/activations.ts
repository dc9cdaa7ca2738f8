/** @file Activation functions. Where a default is not that of our function of the name, it is ONNX's. */
import { clip, where } from "../../../functions/choice.ts";
import { add, mul, sigmoid, tanh } from "../../../functions/elementwise.ts";
import * as nn from "../../../functions/nn/activation.ts";
import { logSoftmax, softmax } from "../../../functions/reduction.ts";
import { sizeOf } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

const ROOT_2_BY_PI = Math.sqrt(2 / Math.PI);

function gelu(call: Call): Tensor {
  const x = call.input(0);
  if (call.word("approximate", ["none", "tanh"], "none") === "none") return nn.gelu(x);
  const inner = x.add(mul(x.square(), x).mul(0.044715)).mul(ROOT_2_BY_PI);
  return x.mul(0.5).mul(add(tanh(inner), 1));
}

/** The constants of ONNX's definition differ from ours in the last digits, and files may have others. */
function selu(call: Call): Tensor {
  const alpha = call.float("alpha", 1.6732632423543772);
  const gamma = call.float("gamma", 1.0507009873554805);
  return nn.elu(call.input(0), alpha).mul(gamma);
}

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor => clip(x.mul(alpha).add(beta), 0, 1);

/** Before opset 13, what follows the axis counts as one axis with it. */
function alongAxis(call: Call, f: (x: Tensor, axis: number) => Tensor): Tensor {
  const x = call.input(0);
  if (call.opset >= 13) return f(x, call.axis(call.int("axis", -1), x.ndim));
  const axis = call.axis(call.int("axis", 1), x.ndim);
  const rows = sizeOf(x.shape.slice(0, axis));
  return f(x.reshape([rows, sizeOf(x.shape.slice(axis))]), 1).reshape(x.shape);
}

/** A slope for each channel broadcasts from the right, as ONNX has it. */
function prelu(call: Call): Tensor {
  const [x, slope] = [call.input(0), call.input(1)];
  return where(x.lt(0), x.mul(slope), x);
}

function thresholdedRelu(call: Call): Tensor {
  const x = call.input(0);
  return where(x.gt(call.float("alpha", 1)), x, 0);
}

function swish(call: Call): Tensor {
  const x = call.input(0);
  return mul(x, sigmoid(x.mul(call.float("alpha", 1))));
}

function celu(call: Call): Tensor {
  return nn.celu(call.input(0), call.float("alpha", 1));
}

/** Zero near zero, and moved toward it beyond. */
function shrink(call: Call): Tensor {
  const x = call.input(0);
  const [bias, width] = [call.float("bias", 0), call.float("lambd", 0.5)];
  return where(x.lt(-width), x.add(bias), where(x.gt(width), x.sub(bias), 0));
}

export const activations: OperatorTable = {
  Relu: { run: (call) => nn.relu(call.input(0)) },
  LeakyRelu: { run: (call) => nn.leakyRelu(call.input(0), call.float("alpha", 0.01)) },
  PRelu: { run: prelu },
  ThresholdedRelu: { run: thresholdedRelu },
  Elu: { run: (call) => nn.elu(call.input(0), call.float("alpha", 1)) },
  Celu: { run: celu },
  Selu: { run: selu },
  Gelu: { run: gelu },
  Mish: { run: (call) => nn.mish(call.input(0)) },
  Swish: { run: swish },
  Sigmoid: { run: (call) => sigmoid(call.input(0)) },
  HardSigmoid: { run: (call) => hardSigmoid(call.input(0), call.float("alpha", 0.2), call.float("beta", 0.5)) },
  HardSwish: { run: (call) => call.input(0).mul(hardSigmoid(call.input(0), 1 / 6, 0.5)) },
  Softplus: { run: (call) => nn.softplus(call.input(0)) },
  Softsign: { run: (call) => nn.softsign(call.input(0)) },
  Shrink: { run: shrink },
  Softmax: { run: (call) => alongAxis(call, softmax) },
  LogSoftmax: { run: (call) => alongAxis(call, logSoftmax) },
};
