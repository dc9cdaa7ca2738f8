/**
 * @file Reading and writing at positions that differ from line to line, by the names of PyTorch: `index` has as many axes
 * as `x`, and may be smaller than it; only the corner of `x` that it covers takes part. Nothing is written in place: each
 * function returns a new tensor.
 */
import { type DType, promote } from "../../dtype.ts";
import { cast, emit } from "../../emit.ts";
import { ShapeError, showShape } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { normalizeAxis, type Shape } from "../../shape.ts";
import { Tensor, type TensorLike } from "../../tensor.ts";
import { where } from "../choice.ts";
import { add } from "../elementwise.ts";
import { pad } from "../joining.ts";
import { broadcastNode, operand } from "../operands.ts";
import { slice } from "../shape.ts";
import { positionsNode } from "./positions.ts";

/** The corner of `x` of the given shape. */
const corner = (x: Tensor, shape: Shape): Tensor => shape.reduce((part, extent, d) => slice(part, d, 0, extent), x);

/** Continued at the ends to the given shape. */
function continued(x: Tensor, shape: Shape, value: number): Tensor {
  const widths = shape.map((extent, d) => [0, extent - x.shape[d]] as const);
  return widths.every(([, after]) => after === 0) ? x : pad(x, widths, value);
}

interface Place {
  readonly node: Node;
  readonly axis: number;
  readonly positions: Tensor;
}

/** `index` as int32, which must not reach beyond `x` along the other axes. */
function placeOf(name: string, x: Tensor, axis: number, index: Tensor): Place {
  const node = operand(name, x);
  const d = normalizeAxis(name, axis, node.shape.length);
  const given = index instanceof Tensor ? index.shape : null;
  if (given === null || given.length !== node.shape.length || given.some((n, i) => i !== d && n > node.shape[i])) {
    throw new ShapeError(
      `${name}: expected an index with the axes of x ${showShape(node.shape)} and, but along axis ${d}, at most its extents, ` +
        `got ${given === null ? typeof index : showShape(given)}. Add axes with expandDims.`,
    );
  }
  return { node, axis: d, positions: new Tensor(positionsNode(name, index, node, d)) };
}

/** What is written, one entry for each position, in the type that it and `x` have in common. */
function sourceOf(name: string, { node, positions }: Place, src: TensorLike): { x: Tensor; source: Tensor } {
  const dtype: DType = src instanceof Tensor ? promote(node.dtype, src.dtype) : node.dtype;
  const x = new Tensor(cast(node, dtype));
  if (!(src instanceof Tensor)) {
    return { x, source: new Tensor(broadcastNode(operand(name, src, dtype), positions.shape)) };
  }
  if (src.ndim !== positions.ndim || positions.shape.some((n, d) => n > src.shape[d])) {
    throw new ShapeError(
      `${name}: expected a source at least as large as the index ${showShape(positions.shape)}, got ${showShape(src.shape)}. ` +
        "Broadcast it with broadcastTo.",
    );
  }
  return { x, source: corner(new Tensor(cast(src.node, dtype)), positions.shape) };
}

/**
 * Entries of `x` at positions of their own: `out[i, j] = x[index[i, j], j]` along axis 0 of a matrix. The result has the
 * shape of `index`. As `torch.gather`; `takeAlongAxis` is the same with broadcasting.
 * @example gather(tensor([[1, 2], [3, 4]]), 1, tensor([[0, 0], [1, 0]], { dtype: "int32" }))   // [[1, 1], [4, 3]]
 */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const { node, axis: d, positions } = placeOf("gather", x, axis, index);
  const read = corner(new Tensor(node), positions.shape.with(d, node.shape[d]));
  return new Tensor(emit("takeAlongAxis", [read.node, positions.node], { axis: d }));
}

/**
 * `x` plus every entry of `src` at its position: `out[index[i, j], j] += src[i, j]` along axis 0 of a matrix. Positions may
 * repeat. As `torch.scatter_add`.
 * @param src a number, or a tensor at least as large as `index`
 * @example scatterAdd(zeros([3]), 0, tensor([2, 0, 2], { dtype: "int32" }), tensor([1, 2, 3]))   // [2, 0, 4]
 */
export function scatterAdd(x: Tensor, axis: number, index: Tensor, src: TensorLike): Tensor {
  const place = placeOf("scatterAdd", x, axis, index);
  const { x: base, source } = sourceOf("scatterAdd", place, src);
  const { axis: d, positions } = place;
  const sums = emit("scatterAddAlongAxis", [source.node, positions.node], { axis: d, extent: base.shape[d] });
  return add(base, continued(new Tensor(sums), base.shape, 0));
}

/**
 * `x` with entries of `src` in place of its own: `out[index[i, j], j] = src[i, j]` along axis 0 of a matrix. Where a
 * position repeats, the last one along the axis counts. As `torch.scatter`; the derivative goes to what is in the result.
 * @param src a number, or a tensor at least as large as `index`
 * @example scatter(zeros([3]), 0, tensor([2, 0], { dtype: "int32" }), tensor([1, 2]))   // [2, 0, 1]
 */
export function scatter(x: Tensor, axis: number, index: Tensor, src: TensorLike): Tensor {
  const place = placeOf("scatter", x, axis, index);
  const { x: base, source } = sourceOf("scatter", place, src);
  const { axis: d, positions } = place;
  if (positions.size === 0) return base;
  const writer = emit("lastWriter", [positions.node], { axis: d, extent: base.shape[d] });
  const written = new Tensor(writer);
  // Positions of −1 read some entry, which is not used.
  const read = new Tensor(emit("takeAlongAxis", [source.node, writer], { axis: d }));
  return where(continued(written, base.shape, -1).ge(0), continued(read, base.shape, 0), base);
}

/**
 * `x` plus slices of `src` at positions along `axis`: `out[index[k], …] += src[k, …]` along axis 0. Positions may repeat. As
 * `torch.index_add`.
 * @param index a vector of integers
 * @param src shaped like `x`, but along `axis` as long as `index`
 * @example indexAdd(zeros([3, 2]), 0, [2, 0, 2], ones([3, 2]))   // [[1, 1], [0, 0], [2, 2]]
 */
export function indexAdd(x: Tensor, axis: number, index: Tensor | readonly number[], src: Tensor): Tensor {
  const node = operand("indexAdd", x);
  const d = normalizeAxis("indexAdd", axis, node.shape.length);
  const positions = positionsNode("indexAdd", index, node, d);
  const source = operand("indexAdd", src);
  const expected = node.shape.with(d, positions.shape[0]);
  if (positions.shape.length !== 1 || String(source.shape) !== String(expected)) {
    throw new ShapeError(
      `indexAdd: expected an index [k] and a source shaped like x ${showShape(node.shape)} with extent k along axis ${d}, got ` +
        `${showShape(positions.shape)} and ${showShape(source.shape)}. Check the axis.`,
    );
  }
  const dtype = promote(node.dtype, source.dtype);
  const sums = emit("scatterAdd", [cast(source, dtype), positions], { axis: d, extent: node.shape[d] });
  return add(new Tensor(node), new Tensor(sums));
}
