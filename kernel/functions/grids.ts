/** @file Numbers on grids: differences, integrals and interpolation of samples, and the grids themselves. */
import { ArgumentError, ShapeError, showShape } from "../errors.ts";
import { normalizeAxis } from "../shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { where } from "./choice.ts";
import { searchsorted } from "./indexing/counting.ts";
import { take } from "./indexing/indexing.ts";
import { floatingOperand, operand } from "./operands.ts";
import { broadcastTo, expandDims, reshape, slice } from "./shape.ts";

export interface DiffOptions {
  /** How many times. Default 1. */
  readonly n?: number;
  /** Default −1. */
  readonly axis?: number;
}

/**
 * Differences of neighbours along an axis, `x[i + 1] − x[i]`: the axis gets shorter by one each time. `numpy.diff`.
 * @example diff(tensor([1, 4, 9, 16]))   // [3, 5, 7]
 */
export function diff(x: Tensor, { n = 1, axis = -1 }: DiffOptions = {}): Tensor {
  let out = new Tensor(operand("diff", x));
  const d = normalizeAxis("diff", axis, out.ndim);
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError(`diff: n must be an integer of at least 0, got ${n}.`);
  if (n > out.shape[d]) {
    throw new ShapeError(
      `diff: expected at least ${n} entries along axis ${axis} to take differences ${n} times, got shape ${showShape(out.shape)}.`,
    );
  }
  for (let i = 0; i < n; i++) out = slice(out, d, 1).sub(slice(out, d, 0, -1));
  return out;
}

export interface TrapezoidOptions {
  /** Where the samples were taken: a vector, or a tensor that broadcasts with them. */
  readonly x?: Tensor;
  /** How far apart they are, when `x` is not given. Default 1. */
  readonly dx?: number;
  /** Default −1. */
  readonly axis?: number;
}

/**
 * The integral of samples `y` along an axis by the trapezoidal rule. `numpy.trapezoid`.
 * @example trapezoid(tensor([0, 1, 4]), { dx: 2 })   // 6
 */
export function trapezoid(y: Tensor, { x, dx = 1, axis = -1 }: TrapezoidOptions = {}): Tensor {
  const values = new Tensor(floatingOperand("trapezoid", y));
  const d = normalizeAxis("trapezoid", axis, values.ndim);
  const means = slice(values, d, 1)
    .add(slice(values, d, 0, -1))
    .div(2);
  if (x === undefined) return means.sum(d).mul(dx);
  const extent = values.shape[d];
  if (!(x instanceof Tensor) || x.ndim === 0 || (x.ndim === 1 && x.shape[0] !== extent)) {
    const got = x instanceof Tensor ? `shape ${showShape(x.shape)}` : typeof x;
    throw new ShapeError(
      `trapezoid: expected x with one place per sample along axis ${axis}, which has ${extent} of them, got ${got}.`,
    );
  }
  const places = x.ndim === 1 ? reshape(x, [extent, ...values.shape.slice(d + 1).map(() => 1)]) : x;
  return means.mul(diff(places, { axis: d - values.ndim })).sum(d);
}

/**
 * Piecewise linear interpolation between points (`xp[i]`, `fp[i]`), with the first and last value outside of them.
 * Differentiable with respect to all three; at a point itself the slope is that of the piece to the right. `numpy.interp`.
 * @param x any shape
 * @param xp ascending, at least two
 * @param fp as many values
 * @example interp(tensor([0.5, 2]), tensor([0, 1]), tensor([10, 20]))   // [15, 20]
 */
export function interp(x: TensorLike, xp: Tensor, fp: Tensor): Tensor {
  const at = new Tensor(floatingOperand("interp", x));
  const [places, values] = [xp, fp].map((each) => new Tensor(floatingOperand("interp", each)));
  if (places.ndim !== 1 || values.ndim !== 1 || places.size !== values.size || places.size < 2) {
    throw new ShapeError(
      `interp: expected xp and fp as vectors of one length, at least 2, got shapes ${showShape(places.shape)} and ${showShape(values.shape)}.`,
    );
  }
  const count = places.size;
  const left = searchsorted(places, at, { side: "right" })
    .sub(1)
    .clip(0, count - 2);
  const right = left.add(1);
  const [x0, x1, f0, f1] = [take(places, left), take(places, right), take(values, left), take(values, right)];
  const inside = f0.add(at.sub(x0).div(x1.sub(x0)).mul(f1.sub(f0)));
  const [first, last] = [values.at(0), values.at(-1)];
  return where(at.lt(places.at(0)), first, where(at.gt(places.at(-1)), last, inside));
}

export interface MeshgridOptions {
  /** "ij": axis k runs along vector k, as in PyTorch. "xy": the first two axes are exchanged, as in NumPy. Default "ij". */
  readonly indexing?: "ij" | "xy";
}

/**
 * The coordinates of all points of a grid, one tensor per vector.
 * @example meshgrid([tensor([1, 2]), tensor([3, 4, 5])])   // two tensors of shape [2, 3]
 */
export function meshgrid(vectors: readonly Tensor[], { indexing = "ij" }: MeshgridOptions = {}): Tensor[] {
  if (!Array.isArray(vectors) || vectors.length === 0) {
    throw new ArgumentError("meshgrid: expected an array of vectors, as in meshgrid([x, y]).");
  }
  if (indexing !== "ij" && indexing !== "xy") {
    throw new ArgumentError(`meshgrid: indexing must be "ij" or "xy", got ${JSON.stringify(indexing)}.`);
  }
  const flat = (vectors as readonly Tensor[]).map((vector, i) => {
    const node = operand("meshgrid", vector);
    if (node.shape.length > 1) {
      throw new ShapeError(`meshgrid: expected vectors, got shape ${showShape(node.shape)} as number ${i + 1}.`);
    }
    return reshape(new Tensor(node), [-1]);
  });
  const shape = flat.map(({ size }) => size);
  const grids = flat.map((vector, i) => {
    let grid = vector;
    for (let d = i + 1; d < flat.length; d++) grid = expandDims(grid, -1);
    return broadcastTo(grid, shape);
  });
  return indexing === "xy" && flat.length > 1 ? grids.map((grid) => grid.transpose(0, 1)) : grids;
}
