/** @file Normalisation over examples, channels or features. */
import { showShape } from "../../../errors.ts";
import { rsqrt } from "../../../functions/elementwise.ts";
import { batchNorm, groupNorm } from "../../../functions/nn/normalization.ts";
import { mean, norm, sum, variance } from "../../../functions/reduction.ts";
import { range } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

function batchNormalization(call: Call): Tensor {
  if (call.flag("training_mode", false) || call.int("spatial", 1) !== 1) {
    call.fail("it is exported as in training; export the model as it is used, in PyTorch after model.eval().");
  }
  const [x, weight, bias] = [call.input(0), call.input(1), call.input(2)];
  return batchNorm(x, { mean: call.input(3), variance: call.input(4), weight, bias, eps: call.float("epsilon", 1e-5) });
}

/** Mean and inverse deviation are outputs too. */
function layerNormalization(call: Call): (Tensor | undefined)[] {
  const x = call.input(0);
  const axis = call.axis(call.int("axis", -1), x.ndim);
  const axes = range(x.ndim - axis, axis);
  const center = mean(x, axes, { keepDims: true });
  const spread = variance(x, axes, { keepDims: true, correction: 0 });
  const inverse = rsqrt(spread.add(call.float("epsilon", 1e-5)));
  const scaled = x.sub(center).mul(inverse).mul(call.input(1));
  const bias = call.optional(2);
  return [bias === undefined ? scaled : scaled.add(bias), center, inverse];
}

function rmsNormalization(call: Call): Tensor {
  const x = call.input(0);
  const axis = call.axis(call.int("axis", -1), x.ndim);
  const square = mean(x.square(), range(x.ndim - axis, axis), { keepDims: true });
  return x.mul(rsqrt(square.add(call.float("epsilon", 1e-5)))).mul(call.input(1));
}

function instanceNormalization(call: Call): Tensor {
  const x = call.input(0);
  const options = { weight: call.input(1), bias: call.input(2), eps: call.float("epsilon", 1e-5) };
  return groupNorm(x, x.shape[1], options);
}

/** Before opset 21, scale and bias are for groups; since then, for channels. */
function groupNormalization(call: Call): Tensor {
  const [x, scale, bias] = [call.input(0), call.input(1), call.input(2)];
  const groups = call.int("num_groups");
  const channels = x.shape[1];
  const spread = (each: Tensor): Tensor => (call.opset < 21 ? each.repeat(channels / groups, 0) : each);
  if (groups < 1 || channels % groups !== 0) {
    call.fail(`expected num_groups to divide the channels of x ${showShape(x.shape)}, got ${groups}.`);
  }
  return groupNorm(x, groups, { weight: spread(scale), bias: spread(bias), eps: call.float("epsilon", 1e-5) });
}

function lpNormalization(call: Call): Tensor {
  const x = call.input(0);
  const axis = call.axis(call.int("axis", -1), x.ndim);
  const keepDims = { keepDims: true };
  const p = call.int("p", 2);
  if (p !== 1 && p !== 2) call.fail(`expected the attribute p to be 1 or 2, got ${p}.`);
  return x.div(p === 1 ? sum(x.abs(), axis, keepDims) : norm(x, axis, keepDims));
}

function meanVarianceNormalization(call: Call): Tensor {
  const x = call.input(0);
  const axes = call.axes(call.ints("axes") ?? [0, 2, 3], x.ndim);
  const centered = x.sub(mean(x, axes, { keepDims: true }));
  const deviation = mean(centered.square(), axes, { keepDims: true }).sqrt();
  return centered.div(deviation.add(1e-9));
}

/** Divides by what the neighbouring channels have. */
function localResponseNormalization(call: Call): Tensor {
  const x = call.input(0);
  const size = call.int("size");
  const channels = x.shape[1];
  if (size < 1 || size > 2 * channels + 1) {
    call.fail(`expected the attribute size to be at least 1 and to fit x ${showShape(x.shape)}, got ${size}.`);
  }
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const widths = x.shape.map((_, d) => (d === 1 ? ([before, after] as const) : ([0, 0] as const)));
  const squares = sum(x.square().pad(widths).slidingWindows(size, 1), -1);
  const base = squares.mul(call.float("alpha", 1e-4) / size).add(call.float("bias", 1));
  return x.div(base.pow(call.float("beta", 0.75)));
}

export const normalizations: OperatorTable = {
  BatchNormalization: { run: batchNormalization, limits: "as in use; not with training_mode = 1" },
  LayerNormalization: { run: layerNormalization },
  RMSNormalization: { run: rmsNormalization },
  InstanceNormalization: { run: instanceNormalization },
  GroupNormalization: { run: groupNormalization },
  LpNormalization: { run: lpNormalization },
  MeanVarianceNormalization: { run: meanVarianceNormalization },
  LRN: { run: localResponseNormalization },
};
