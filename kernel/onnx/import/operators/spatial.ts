/** @file What convolution and pooling have in common in ONNX: windows along the axes behind examples and channels. */

import { showShape } from "../../../errors.ts";
import { pad } from "../../../functions/joining.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call } from "../call.ts";

/** A window's way along one axis. */
export interface Along {
  readonly extent: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** How far windows reach beyond the padding at the end, where an incomplete one counts too. */
  readonly beyond: number;
  /** How many windows there are. */
  readonly count: number;
}

/** Entries that a window spans. */
const reachOf = (window: number, dilation: number): number => dilation * (window - 1) + 1;

/** One whole number for each axis. */
export function perAxis(call: Call, attribute: string, count: number, otherwise: number, lowest: number): number[] {
  const list = call.ints(attribute) ?? new Array<number>(count).fill(otherwise);
  if (list.length !== count || list.some((each) => each < lowest)) {
    call.fail(
      `expected the attribute ${attribute} to be ${count} numbers of at least ${lowest}, got ${showShape(list)}.`,
    );
  }
  return [...list];
}

/** How many axes lie behind examples and channels; convolutions and pools exist here for one and two. */
export function spatialAxes(call: Call, x: Tensor): 1 | 2 {
  const count = x.ndim - 2;
  if (count === 1 || count === 2) return count;
  return call.fail(
    `expected x [n, channels, length] or [n, channels, height, width], got ${showShape(x.shape)}; convolutions and pools ` +
      "over other numbers of axes cannot be imported.",
  );
}

export type AutoPad = "NOTSET" | "SAME_UPPER" | "SAME_LOWER" | "VALID";
export const autoPadOf = (call: Call): AutoPad =>
  call.word("auto_pad", ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"], "NOTSET");

/** Half of `total` on each side; an odd one at the end for SAME_UPPER, in front for SAME_LOWER. */
export function halves(total: number, autoPad: AutoPad): [number, number] {
  const [small, large] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return autoPad === "SAME_LOWER" ? [large, small] : [small, large];
}

/** How windows go along each axis of `x`. */
export function waysAlong(call: Call, x: Tensor, windows: readonly number[], ceil: boolean): Along[] {
  const count = windows.length;
  const strides = perAxis(call, "strides", count, 1, 1);
  const dilations = perAxis(call, "dilations", count, 1, 1);
  const pads = perAxis(call, "pads", 2 * count, 0, 0);
  const autoPad = autoPadOf(call);
  return windows.map((window, i) => {
    const [extent, stride, dilation] = [x.shape[2 + i], strides[i], dilations[i]];
    const reach = reachOf(window, dilation);
    let [before, after] = [pads[i], pads[count + i]];
    if (autoPad === "VALID") [before, after] = [0, 0];
    else if (autoPad !== "NOTSET") {
      const total = Math.max(0, (Math.ceil(extent / stride) - 1) * stride + reach - extent);
      [before, after] = halves(total, autoPad);
    }
    const room = extent + before + after - reach;
    if (window < 1 || room < 0) {
      call.fail(`a window of ${showShape(windows)} does not fit into x ${showShape(x.shape)} with its padding.`);
    }
    let windowCount = Math.floor(room / stride) + 1;
    // One more, if it is incomplete, and begins before the padding at the end.
    if (ceil && room % stride !== 0 && windowCount * stride < extent + before) windowCount++;
    const beyond = Math.max(0, (windowCount - 1) * stride + reach - (extent + before + after));
    return { extent, window, stride, dilation, before, after, beyond, count: windowCount };
  });
}

/** `x` with all that windows reach beyond it. */
export function padded(x: Tensor, ways: readonly Along[], value: number): Tensor {
  if (ways.every(({ before, after, beyond }) => before + after + beyond === 0)) return x;
  return pad(x, [[0, 0], [0, 0], ...ways.map(({ before, after, beyond }) => [before, after + beyond] as const)], value);
}
