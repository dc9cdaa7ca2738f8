/** @file Operators that change shape or order, take parts, repeat or join: the entries stay as they are. */
import { ShapeError, showShape } from "../../../errors.ts";
import { where } from "../../../functions/choice.ts";
import { full } from "../../../functions/creation.ts";
import { tril, triu } from "../../../functions/diagonals.ts";
import { take } from "../../../functions/indexing/indexing.ts";
import { concat, pad, tile } from "../../../functions/joining.ts";
import { broadcastTo, flip, permute, slice } from "../../../functions/shape.ts";
import { broadcastShapes, range, sizeOf } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

function reshape(call: Call): Tensor {
  const x = call.input(0);
  const wanted = call.integers(1, "the shape");
  const keepsZeros = call.flag("allowzero", false);
  // A 0 stands for the extent that is there.
  const shape = wanted.map((extent, d) => (extent === 0 && !keepsZeros ? (x.shape[d] ?? 0) : extent));
  const free = shape.indexOf(-1);
  // What is free beside an extent of 0 has nothing to follow from; there it is 0 too.
  if (free >= 0 && x.size === 0 && shape.includes(0)) shape[free] = 0;
  return x.reshape(shape);
}

/** Two axes: what is in front of `axis`, and the rest. */
function flatten(call: Call): Tensor {
  const x = call.input(0);
  const axis = call.int("axis", 1);
  const at = axis === x.ndim ? axis : call.axis(axis, x.ndim);
  return x.reshape([sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
}

function transpose(call: Call): Tensor {
  const x = call.input(0);
  return permute(x, call.ints("perm") ?? range(x.ndim).reverse());
}

function squeeze(call: Call): Tensor {
  const x = call.input(0);
  const axes = call.list("axes", 1, "the axes");
  return axes === undefined ? x.squeeze() : x.squeeze(call.axes(axes, x.ndim));
}

function unsqueeze(call: Call): Tensor {
  const x = call.input(0);
  const axes = call.list("axes", 1, "the axes") ?? call.fail("expected axes, but the node has none.");
  const rank = x.ndim + axes.length;
  const fresh = call.axes(axes, rank);
  let next = 0;
  return x.reshape(range(rank).map((d) => (fresh.includes(d) ? 1 : x.shape[next++])));
}

function split(call: Call): Tensor[] {
  const x = call.input(0);
  const d = call.axis(call.int("axis", 0), x.ndim);
  const extent = x.shape[d];
  const parts = call.node.outputs.length;
  if (call.int("num_outputs", parts) !== parts) {
    call.fail(`expected as many outputs as num_outputs says, ${call.int("num_outputs")}, but the node has ${parts}.`);
  }
  const even = Math.ceil(extent / parts);
  const extents =
    call.list("split", 1, "the extents") ?? range(parts).map((i) => Math.max(0, Math.min(even, extent - i * even)));
  if (extents.length !== parts || extents.some((each) => each < 0) || extents.reduce((a, b) => a + b, 0) !== extent) {
    call.fail(
      `expected ${parts} extents that add up to ${extent}, that of axis ${d} of ${showShape(x.shape)}, got ${showShape(extents)}.`,
    );
  }
  let start = 0;
  return extents.map((each) => {
    start += each;
    return slice(x, d, start - each, start);
  });
}

/** Entries `start, start + step, …` before `stop` along one axis, as ONNX and Python have it; steps may go back. */
function sliced(x: Tensor, d: number, start: number, stop: number, step: number): Tensor {
  const extent = x.shape[d];
  const place = (at: number, low: number, high: number): number =>
    Math.max(low, Math.min(high, at < 0 ? at + extent : at));
  if (step > 0) return slice(x, d, place(start, 0, extent), place(stop, 0, extent), step);
  const [from, to] = [place(start, -1, extent - 1), place(stop, -1, extent - 1)];
  const count = Math.max(0, Math.ceil((from - to) / -step));
  const lowest = from + (count - 1) * step;
  return count === 0 ? slice(x, d, 0, 0) : flip(slice(x, d, lowest, from + 1, -step), d);
}

function sliceOf(call: Call): Tensor {
  const x = call.input(0);
  const starts = call.list("starts", 1, "the starts") ?? call.fail("expected starts, but the node has none.");
  const stops = call.list("ends", 2, "the ends") ?? call.fail("expected ends, but the node has none.");
  const axes = call.axes(call.list("axes", 3, "the axes") ?? range(starts.length), x.ndim);
  const steps = call.optional(4) === undefined ? starts.map(() => 1) : call.integers(4, "the steps");
  if (
    stops.length !== starts.length ||
    axes.length !== starts.length ||
    steps.length !== starts.length ||
    steps.includes(0)
  ) {
    call.fail(
      `expected starts, ends, axes and steps of one length, and steps that are not 0, got ${[starts, stops, axes, steps].map(showShape).join(", ")}.`,
    );
  }
  return axes.reduce((out, d, i) => sliced(out, d, starts[i], stops[i], steps[i]), x);
}

function expand(call: Call): Tensor {
  const x = call.input(0);
  return broadcastTo(x, broadcastShapes("Expand", x.shape, extents(call, 1)));
}

/** A shape that is an input. */
export function extents(call: Call, i: number): number[] {
  const shape = call.integers(i, "the shape");
  if (shape.every((extent) => extent >= 0)) return shape;
  throw new ShapeError(`expected a shape, numbers of at least 0, got ${showShape(shape)}.`);
}

/** The position that padding shows at a place beyond the edge. */
function shown(mode: "reflect" | "edge" | "wrap", place: number, extent: number): number {
  if (mode === "edge") return Math.max(0, Math.min(extent - 1, place));
  if (mode === "wrap") return ((place % extent) + extent) % extent;
  const period = Math.max(1, 2 * (extent - 1));
  const within = ((place % period) + period) % period;
  return within < extent ? within : period - within;
}

function padOf(call: Call): Tensor {
  const x = call.input(0);
  const pads = call.list("pads", 1, "the widths") ?? call.fail("expected pads, but the node has none.");
  const axes = call.optional(3) === undefined ? range(x.ndim) : call.axes(call.integers(3, "the axes"), x.ndim);
  if (pads.length !== 2 * axes.length) {
    call.fail(`expected two widths for each of ${axes.length} axes of ${showShape(x.shape)}, got ${showShape(pads)}.`);
  }
  const widths = x.shape.map((): [number, number] => [0, 0]);
  for (const [i, d] of axes.entries()) widths[d] = [pads[i], pads[axes.length + i]];
  const mode = call.word("mode", ["constant", "reflect", "edge", "wrap"], "constant");
  // A negative width cuts off.
  const cut = widths.reduce((out, [before, after], d) => {
    const [start, stop] = [Math.max(0, -before), x.shape[d] - Math.max(0, -after)];
    if (stop < start) call.fail(`the widths ${showShape(pads)} cut off more than there is of ${showShape(x.shape)}.`);
    return slice(out, d, start, stop);
  }, x);
  const added = widths.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  if (mode === "constant") return paddedWith(call, cut, added);
  return added.reduce((out, [before, after], d) => {
    if (before + after === 0) return out;
    const extent = out.shape[d];
    if (extent === 0) {
      call.fail(
        `axis ${d} of ${showShape(x.shape)} cannot be padded by ${before} and ${after} entries in the mode "${mode}".`,
      );
    }
    call.requireFew(before + extent + after, `the entries of axis ${d} and its padding`);
    return take(
      out,
      range(before + extent + after).map((i) => shown(mode, i - before, extent)),
      d,
    );
  }, cut);
}

function paddedWith(call: Call, x: Tensor, widths: readonly (readonly [number, number])[]): Tensor {
  const fixed = call.opset < 11 ? call.float("value", 0) : call.optional(2) === undefined ? 0 : call.fixedNumber(2);
  if (fixed !== undefined) return pad(x, widths, fixed);
  const inside = pad(full(x.shape, 1, { dtype: "bool" }), widths);
  return where(inside, pad(x, widths), call.input(2).reshape([]));
}

/** The channels hold blocks of pixels, which take their places. */
function depthToSpace(call: Call): Tensor {
  const x = call.input(0);
  const block = blockOf(call, x);
  const [n, channels, height, width] = x.shape;
  const rest = channels / (block * block);
  if (!Number.isInteger(rest)) call.fail(`expected channels in blocks of ${block * block}, got ${showShape(x.shape)}.`);
  const blocksFirst = call.word("mode", ["DCR", "CRD"], "DCR") === "DCR";
  const apart = x.reshape(
    blocksFirst ? [n, block, block, rest, height, width] : [n, rest, block, block, height, width],
  );
  const order = blocksFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return permute(apart, order).reshape([n, rest, height * block, width * block]);
}

function spaceToDepth(call: Call): Tensor {
  const x = call.input(0);
  const block = blockOf(call, x);
  const [n, channels, height, width] = x.shape;
  if (height % block !== 0 || width % block !== 0)
    call.fail(`expected extents in blocks of ${block}, got ${showShape(x.shape)}.`);
  const apart = x.reshape([n, channels, height / block, block, width / block, block]);
  return permute(apart, [0, 3, 5, 1, 2, 4]).reshape([n, channels * block * block, height / block, width / block]);
}

function blockOf(call: Call, x: Tensor): number {
  const block = call.int("blocksize");
  if (x.ndim !== 4 || block < 1)
    call.fail(
      `expected x [n, channels, height, width] and a positive blocksize, got ${showShape(x.shape)} and ${block}.`,
    );
  return block;
}

function trilu(call: Call): Tensor {
  const offset = call.optional(1) === undefined ? 0 : call.integer(1, "the diagonal");
  return (call.flag("upper", true) ? triu : tril)(call.input(0), offset);
}

/** As a model is used, nothing is dropped. */
function dropout(call: Call): (Tensor | undefined)[] {
  const x = call.input(0);
  const trains = call.optional(2) !== undefined && call.numbers(2, "whether it trains")[0] !== 0;
  if (trains && (call.optional(1) === undefined || call.numbers(1, "the share that is dropped")[0] !== 0)) {
    call.fail("it is exported as in training; export the model as it is used, in PyTorch after model.eval().");
  }
  return [x, call.wants(1) ? full(x.shape, 1, { dtype: "bool" }) : undefined];
}

function tiled(call: Call): Tensor {
  const x = call.input(0);
  const counts = call.integers(1, "the counts");
  if (counts.length !== x.ndim)
    call.fail(`expected a count for each axis of ${showShape(x.shape)}, got ${showShape(counts)}.`);
  return tile(x, counts);
}

export const layout: OperatorTable = {
  Reshape: { run: reshape },
  Flatten: { run: flatten },
  Transpose: { run: transpose },
  Squeeze: { run: squeeze },
  Unsqueeze: { run: unsqueeze },
  Concat: { run: (call) => concat(call.inputs(), call.int("axis")) },
  Split: { run: split },
  Slice: { run: sliceOf },
  Expand: { run: expand },
  Tile: { run: tiled },
  Pad: { run: padOf },
  DepthToSpace: { run: depthToSpace },
  SpaceToDepth: { run: spaceToDepth },
  Trilu: { run: trilu },
  Dropout: { run: dropout, limits: "as in use; not with training_mode = true" },
};
