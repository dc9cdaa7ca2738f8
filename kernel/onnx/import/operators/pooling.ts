/** @file Pools: over windows, and over all that lies behind the channels. */
import { allocate, isFloating } from "../../../dtype.ts";
import { avgPool1d, avgPool2d, maxPool1d, maxPool2d } from "../../../functions/nn/pooling.ts";
import { max, mean } from "../../../functions/reduction.ts";
import { constantNode } from "../../../graph/node.ts";
import { range } from "../../../shape.ts";
import { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";
import { type Along, padded, perAxis, spatialAxes, waysAlong } from "./spatial.ts";

const ONE_OR_TWO = "one and two spatial axes";

function waysOf(call: Call, x: Tensor, spatial: number): Along[] {
  if (!call.has("kernel_shape")) call.fail("expected an attribute kernel_shape, but the node has none.");
  return waysAlong(call, x, perAxis(call, "kernel_shape", spatial, 1, 1), call.flag("ceil_mode", false));
}

function maxPool(call: Call): Tensor {
  const x = call.input(0);
  if (call.wants(1)) call.fail("its second output, the positions of the largest entries, cannot be imported.");
  if (!isFloating(x.dtype)) call.fail(`expected floating numbers, got ${x.dtype}.`);
  const spatial = spatialAxes(call, x);
  const ways = waysOf(call, x, spatial);
  const options = { stride: ways.map(({ stride }) => stride), dilation: ways.map(({ dilation }) => dilation) };
  const windows = ways.map(({ window }) => window);
  return (spatial === 1 ? maxPool1d : maxPool2d)(padded(x, ways, Number.NEGATIVE_INFINITY), windows, options);
}

/** How many entries each window along an axis has, with those of the padding or without. */
function entriesIn({ extent, window, stride, dilation, before, after, count }: Along, countPadding: boolean): number[] {
  const [first, end] = countPadding ? [0, before + extent + after] : [before, before + extent];
  return range(count).map((i) => {
    const places = range(window).map((k) => i * stride + k * dilation);
    return places.filter((place) => place >= first && place < end).length;
  });
}

function averagePool(call: Call): Tensor {
  const x = call.input(0);
  const spatial = spatialAxes(call, x);
  const ways = waysOf(call, x, spatial);
  const windows = ways.map(({ window }) => window);
  const entries = padded(x, ways, 0);
  let out: Tensor;
  if (ways.some(({ dilation }) => dilation > 1)) {
    const options = { stride: ways.map(({ stride }) => stride), dilation: ways.map(({ dilation }) => dilation) };
    const axes = range(spatial, 2);
    out = mean(entries.slidingWindows(windows, axes, options), range(spatial, 2 + spatial));
  } else {
    const options = { stride: ways.map(({ stride }) => stride) };
    out = (spatial === 1 ? avgPool1d : avgPool2d)(entries, windows, options);
  }
  const countPadding = call.flag("count_include_pad", false);
  // Windows at the edges have fewer entries: their mean is corrected, along one axis after the other.
  ways.forEach((way, i) => {
    call.requireFew(way.count * way.window, "the windows along an axis");
    const counts = entriesIn(way, countPadding);
    if (counts.every((count) => count === way.window)) return;
    const factors = allocate(out.dtype, counts.length);
    counts.forEach((count, place) => {
      factors[place] = way.window / count;
    });
    const shape = [counts.length, ...range(spatial - 1 - i).map(() => 1)];
    out = out.mul(new Tensor(constantNode({ shape, dtype: out.dtype }, factors)));
  });
  return out;
}

/** All axes behind examples and channels, left with extent 1. */
const global =
  (reduce: typeof mean) =>
  (call: Call): Tensor => {
    const x = call.input(0);
    if (x.ndim < 3) call.fail(`expected x [n, channels, ...] with at least one more axis, got ${x.ndim} axes.`);
    return reduce(x, range(x.ndim - 2, 2), { keepDims: true });
  };

export const pooling: OperatorTable = {
  MaxPool: { run: maxPool, limits: `${ONE_OR_TWO}; the positions (second output) are not there` },
  AveragePool: { run: averagePool, limits: ONE_OR_TWO },
  GlobalAveragePool: { run: global(mean) },
  GlobalMaxPool: { run: global(max) },
};
