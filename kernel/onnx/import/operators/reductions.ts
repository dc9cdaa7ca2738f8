/** @file Reductions over axes, the largest and smallest entries, and running sums. */
import { isFloating } from "../../../dtype.ts";
import { topK } from "../../../functions/indexing/sorting.ts";
import { pad } from "../../../functions/joining.ts";
import * as reduction from "../../../functions/reduction.ts";
import { flip, slice } from "../../../functions/shape.ts";
import { range } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, Operator, OperatorTable } from "../call.ts";

type Reduce = (x: Tensor, axes: readonly number[], options: reduction.ReductionOptions) => Tensor;

/** Without axes all are reduced, or none if the node says so. */
const reduced =
  (reduce: Reduce): Operator =>
  (call) => {
    const x = call.input(0);
    const given = call.list("axes", 1, "the axes") ?? [];
    if (given.length === 0 && call.flag("noop_with_empty_axes", false)) return x;
    const axes = given.length === 0 ? range(x.ndim) : call.axes(given, x.ndim);
    return reduce(x, axes, { keepDims: call.flag("keepdims", true) });
  };

/** Whole numbers have a whole mean, cut off toward zero. */
const mean: Reduce = (x, axes, options) => {
  const out = reduction.mean(x, axes, options);
  return isFloating(x.dtype) ? out : out.to("int32");
};

/** At a tie the first counts, or the last if the node says so. */
const extreme =
  (find: (x: Tensor, axis: number) => Tensor): Operator =>
  (call) => {
    const x = call.input(0);
    const axis = call.axis(call.int("axis", 0), x.ndim);
    const found = call.flag("select_last_index", false)
      ? find(flip(x, axis), axis)
          .neg()
          .add(x.shape[axis] - 1)
      : find(x, axis);
    return call.flag("keepdims", true) ? found.expandDims(axis) : found;
  };

function largest(call: Call): readonly Tensor[] {
  const x = call.input(0);
  const k = call.opset < 10 ? call.int("k") : call.integer(1, "how many");
  return topK(x, k, call.axis(call.int("axis", -1), x.ndim), { largest: call.flag("largest", true) });
}

function cumulative(call: Call): Tensor {
  const x = call.input(0);
  const axis = call.axis(call.integer(1, "the axis"), x.ndim);
  const isReverse = call.flag("reverse", false);
  const along = isReverse ? flip(x, axis) : x;
  // Without itself, an entry has the sum that the one in front of it has with itself.
  const shifted = call.flag("exclusive", false)
    ? slice(
        pad(
          along,
          along.shape.map((_, d) => [d === axis ? 1 : 0, 0]),
        ),
        axis,
        0,
        x.shape[axis],
      )
    : along;
  const sums = reduction.cumsum(shifted, axis);
  return isReverse ? flip(sums, axis) : sums;
}

export const reductions: OperatorTable = {
  ReduceSum: { run: reduced(reduction.sum) },
  ReduceMean: { run: reduced(mean) },
  ReduceProd: { run: reduced(reduction.prod) },
  ReduceMax: { run: reduced(reduction.max) },
  ReduceMin: { run: reduced(reduction.min) },
  ReduceL1: { run: reduced((x, axes, options) => reduction.sum(x.abs(), axes, options)) },
  ReduceL2: { run: reduced(reduction.norm) },
  ReduceSumSquare: { run: reduced((x, axes, options) => reduction.sum(x.square(), axes, options)) },
  ReduceLogSum: { run: reduced((x, axes, options) => reduction.sum(x, axes, options).log()) },
  ReduceLogSumExp: { run: reduced(reduction.logsumexp) },
  ArgMax: { run: extreme(reduction.argmax) },
  ArgMin: { run: extreme(reduction.argmin) },
  TopK: { run: largest },
  CumSum: { run: cumulative },
};
