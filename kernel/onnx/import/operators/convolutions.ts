/** @file Convolution and its transpose. */
import { showShape } from "../../../errors.ts";
import { pad } from "../../../functions/joining.ts";
import { conv1d, conv2d, convTranspose1d, convTranspose2d } from "../../../functions/nn/convolution.ts";
import { slice } from "../../../functions/shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";
import { autoPadOf, halves, padded, perAxis, spatialAxes, waysAlong } from "./spatial.ts";

const ONE_OR_TWO = "one and two spatial axes";

/** The extents of the window, which the attribute may repeat. */
function windowOf(call: Call, weight: Tensor, spatial: number): readonly number[] {
  const extents = weight.shape.slice(2);
  const stated = call.ints("kernel_shape") ?? extents;
  if (weight.ndim !== spatial + 2 || stated.some((extent, i) => extent !== extents[i])) {
    call.fail(
      `expected a weight of ${spatial + 2} axes that ends with ${showShape(stated)}, got ${showShape(weight.shape)}.`,
    );
  }
  return extents;
}

function conv(call: Call): Tensor {
  const [x, weight] = [call.input(0), call.input(1)];
  const spatial = spatialAxes(call, x);
  const ways = waysAlong(call, x, windowOf(call, weight, spatial), false);
  const options = {
    bias: call.optional(2),
    stride: ways.map(({ stride }) => stride),
    dilation: ways.map(({ dilation }) => dilation),
    groups: call.int("group", 1),
  };
  return (spatial === 1 ? conv1d : conv2d)(padded(x, ways, 0), weight, options);
}

function convTranspose(call: Call): Tensor {
  const [x, weight] = [call.input(0), call.input(1)];
  const spatial = spatialAxes(call, x);
  const window = windowOf(call, weight, spatial);
  const stride = perAxis(call, "strides", spatial, 1, 1);
  const dilation = perAxis(call, "dilations", spatial, 1, 1);
  const added = perAxis(call, "output_padding", spatial, 0, 0);
  const pads = perAxis(call, "pads", 2 * spatial, 0, 0);
  const autoPad = autoPadOf(call);
  const options = { stride, dilation, groups: call.int("group", 1) };
  const whole = (spatial === 1 ? convTranspose1d : convTranspose2d)(x, weight, options);

  const wanted = call.ints("output_shape");
  if (wanted !== undefined && wanted.length !== spatial) {
    call.fail(`expected the attribute output_shape to be ${spatial} extents, got ${showShape(wanted)}.`);
  }
  let out = whole;
  window.forEach((_, i) => {
    const d = 2 + i;
    const full = whole.shape[d] + added[i];
    let [before, after] = [pads[i], pads[spatial + i]];
    // What is cut off follows from the extent that is asked for.
    const target = wanted?.[i] ?? (autoPad.startsWith("SAME") ? x.shape[d] * stride[i] : undefined);
    if (target !== undefined)
      [before, after] = halves(Math.max(0, full - target), autoPad === "SAME_UPPER" ? "SAME_UPPER" : "SAME_LOWER");
    else if (autoPad === "VALID") [before, after] = [0, 0];
    const stop = full - after;
    if (stop <= before) call.fail(`the padding ${showShape(pads)} leaves nothing of ${showShape(whole.shape)}.`);
    // Beyond the last entry that a window reaches there are zeros.
    const longer =
      stop > out.shape[d]
        ? pad(
            out,
            out.shape.map((extent, axis) => [0, axis === d ? stop - extent : 0]),
            0,
          )
        : out;
    out = slice(longer, d, before, stop);
  });
  const bias = call.optional(2);
  return bias === undefined ? out : out.add(bias.reshape([-1, ...window.map(() => 1)]));
}

export const convolutions: OperatorTable = {
  Conv: { run: conv, limits: ONE_OR_TWO },
  ConvTranspose: { run: convTranspose, limits: ONE_OR_TWO },
};
