/** @file Resize and Upsample: along one axis after the other, each entry a weighted sum of one, two or four others. */

import { allocate } from "../../../dtype.ts";
import { showShape } from "../../../errors.ts";
import { take } from "../../../functions/indexing/indexing.ts";
import { constantNode } from "../../../graph/node.ts";
import { range } from "../../../shape.ts";
import { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

/** Where the entries of an axis come from: for each tap, a position and a weight for each entry of the result. */
type Tap = { readonly positions: number[]; readonly weights: number[] };

const COORDINATES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
] as const;
type Coordinates = (typeof COORDINATES)[number];
const ROUNDINGS = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] as const;
type Rounding = (typeof ROUNDINGS)[number];
const MODES = ["nearest", "linear", "cubic"] as const;

interface Axis {
  readonly extent: number;
  readonly target: number;
  readonly scale: number;
}

/** The place in the input, between its entries, that an entry of the result shows. */
function placeOf(coordinates: Coordinates, { extent, target, scale }: Axis, i: number): number {
  switch (coordinates) {
    case "half_pixel":
      return (i + 0.5) / scale - 0.5;
    case "half_pixel_symmetric":
      return (extent / 2) * (1 - target / (scale * extent)) + (i + 0.5) / scale - 0.5;
    case "pytorch_half_pixel":
      return target > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case "align_corners":
      return target === 1 ? 0 : (i * (extent - 1)) / (target - 1);
    case "asymmetric":
      return i / scale;
  }
}

function rounded(rounding: Rounding, place: number): number {
  switch (rounding) {
    case "round_prefer_floor":
      return Math.ceil(place - 0.5);
    case "round_prefer_ceil":
      return Math.floor(place + 0.5);
    case "floor":
      return Math.floor(place);
    case "ceil":
      return Math.ceil(place);
  }
}

/** Keys' kernel at the distances of four neighbours. R. Keys, "Cubic convolution interpolation", 1981. */
function cubicWeights(share: number, a: number): number[] {
  const near = (t: number): number => ((a + 2) * t - (a + 3)) * t * t + 1;
  const far = (t: number): number => ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return [far(share + 1), near(share), near(1 - share), far(2 - share)];
}

function tapsOf(call: Call, mode: (typeof MODES)[number], axis: Axis, coordinates: Coordinates): Tap[] {
  const { extent, target } = axis;
  call.requireFew(target, "the entries along an axis");
  const inside = (place: number): number => Math.max(0, Math.min(extent - 1, place));
  const rounding = call.opset < 11 ? "floor" : call.word("nearest_mode", ROUNDINGS, "round_prefer_floor");
  const a = call.float("cubic_coeff_a", -0.75);
  const excludes = call.flag("exclude_outside", false);
  const first = mode === "cubic" ? -1 : 0;
  const taps: Tap[] = range(mode === "nearest" ? 1 : mode === "linear" ? 2 : 4).map(() => ({
    positions: [],
    weights: [],
  }));
  for (let i = 0; i < target; i++) {
    const place = placeOf(coordinates, axis, i);
    if (mode === "nearest") {
      taps[0].positions.push(inside(rounded(rounding, place)));
      taps[0].weights.push(1);
      continue;
    }
    const below = Math.floor(place);
    const share = place - below;
    let weights = mode === "linear" ? [1 - share, share] : cubicWeights(share, a);
    if (excludes && mode === "cubic") {
      weights = weights.map((weight, k) => (inside(below + first + k) === below + first + k ? weight : 0));
      const total = weights.reduce((sum, each) => sum + each, 0);
      weights = weights.map((weight) => weight / total);
    }
    for (const [k, tap] of taps.entries()) {
      tap.positions.push(inside(below + first + k));
      tap.weights.push(weights[k]);
    }
  }
  return taps;
}

function alongAxis(x: Tensor, d: number, taps: readonly Tap[]): Tensor {
  const parts = taps.map(({ positions, weights }) => {
    const part = take(x, positions, d);
    if (weights.every((weight) => weight === 1)) return part;
    const data = allocate(x.dtype, weights.length);
    data.set(weights);
    const shape = x.shape.slice(d).map((_, i) => (i === 0 ? weights.length : 1));
    return part.mul(new Tensor(constantNode({ shape, dtype: x.dtype }, data)));
  });
  return parts.reduce((sum, part) => sum.add(part));
}

/** @param scales one for each axis @param targets extents, where they are given rather than the scales */
function resized(
  call: Call,
  x: Tensor,
  scales: readonly number[],
  targets: readonly number[],
  coordinates: Coordinates,
): Tensor {
  if (scales.length !== x.ndim || scales.some((scale) => !(scale > 0)) || x.shape.includes(0)) {
    call.fail(
      `expected a positive scale for each axis of ${showShape(x.shape)}, none of extent 0, got [${scales.join(", ")}].`,
    );
  }
  const mode = call.word("mode", MODES, "nearest");
  return targets.reduce((out, target, d) => {
    const axis = { extent: x.shape[d], target, scale: scales[d] };
    if (axis.extent === target && axis.scale === 1) return out;
    return alongAxis(out, d, tapsOf(call, mode, axis, coordinates));
  }, x);
}

const scaledExtents = (x: Tensor, scales: readonly number[]): number[] =>
  scales.map((scale, d) => Math.floor(x.shape[d] * scale));

function resize(call: Call): Tensor {
  const x = call.input(0);
  if (call.opset < 11) {
    const scales = call.numbers(1, "the scales");
    return resized(call, x, scales, scaledExtents(x, scales), "asymmetric");
  }
  const coordinates = call.word("coordinate_transformation_mode", COORDINATES, "half_pixel");
  if (call.flag("antialias", false)) call.fail("antialias = 1 cannot be imported.");
  if (call.string("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    call.fail('only the keep_aspect_ratio_policy "stretch" can be imported.');
  }
  const axes = call.axes(call.ints("axes") ?? range(x.ndim), x.ndim);
  const spread = (list: readonly number[], otherwise: (d: number) => number): number[] => {
    if (list.length !== axes.length)
      call.fail(`expected ${axes.length} numbers, one for each axis, got ${list.length}.`);
    return x.shape.map((_, d) => (axes.includes(d) ? list[axes.indexOf(d)] : otherwise(d)));
  };
  if (call.optional(3) !== undefined && call.input(3).size > 0) {
    const targets = spread(call.integers(3, "the extents"), (d) => x.shape[d]);
    return resized(
      call,
      x,
      targets.map((target, d) => target / x.shape[d]),
      targets,
      coordinates,
    );
  }
  const scales = spread(call.numbers(2, "the scales"), () => 1);
  return resized(call, x, scales, scaledExtents(x, scales), coordinates);
}

function upsample(call: Call): Tensor {
  const x = call.input(0);
  const scales = call.opset < 9 ? (call.floats("scales") ?? []) : call.numbers(1, "the scales");
  return resized(call, x, scales, scaledExtents(x, scales), "asymmetric");
}

export const resizing: OperatorTable = {
  Resize: { run: resize, limits: 'no antialias, no "tf_crop_and_resize", only the aspect policy "stretch"' },
  Upsample: { run: upsample },
};
