/** @file The general product of two tensors: some axes contracted, some run together, the rest side by side. */

import { broadcastInDim, type DotParams, dot, full, mul, permute, reshape } from "../emit.ts";
import { DTypeError, ShapeError, showShape } from "../errors.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { identityForms } from "../loops/form.ts";
import { dotForm } from "../onnx/forms/sums.ts";
import { define } from "../primitive.ts";
import { moveAxisPermutation, range, stridesOf } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import type { Term } from "../structure/term.ts";
import { dotDiagonal } from "./diagonal.ts";
import { literalValue } from "./elementwise.ts";

declare module "../primitive.ts" {
  interface PrimitiveParams {
    dot: { readonly contract: DotParams["contract"]; readonly batch: DotParams["batch"] };
  }
}

/** Axes of operand `side` that are neither contracted nor batched, ascending. */
export const freeAxes = (rank: number, { contract, batch }: DotParams, side: 0 | 1): number[] =>
  range(rank).filter((d) => !contract[side].includes(d) && !batch[side].includes(d));

function infer([a, b]: readonly TensorType[], params: DotParams): TensorType {
  if (a.dtype !== b.dtype || (a.dtype !== "float32" && a.dtype !== "float64" && a.dtype !== "int32")) {
    throw new DTypeError(`matmul: expected two tensors of one numeric type, got ${a.dtype} and ${b.dtype}.`);
  }
  for (const [left, right] of [params.contract, params.batch]) {
    left.forEach((axis, i) => {
      if (a.shape[axis] !== b.shape[right[i]]) {
        throw new ShapeError(
          `matmul: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit: axis ${axis} of the first has ` +
            `extent ${a.shape[axis]}, axis ${right[i]} of the second ${b.shape[right[i]]}. They must be equal; transpose one?`,
        );
      }
    });
  }
  const shape = [
    ...params.batch[0].map((d) => a.shape[d]),
    ...freeAxes(a.shape.length, params, 0).map((d) => a.shape[d]),
    ...freeAxes(b.shape.length, params, 1).map((d) => b.shape[d]),
  ];
  return { shape, dtype: a.dtype };
}

/** Flat positions of all combinations of the given axes, last axis fastest. */
function positions(type: TensorType, axes: readonly number[]): Int32Array {
  const strides = stridesOf(type.shape);
  let at = [0];
  for (const d of axes) at = at.flatMap((base) => range(type.shape[d]).map((i) => base + i * strides[d]));
  return Int32Array.from(at);
}

/** `side` pulled back: the cotangent times the other operand, with axes put back where the operand has them. */
function transpose(cotangent: Node, side: number, inputs: readonly Node[], params: DotParams): Node {
  const me = side as 0 | 1;
  const you = (1 - side) as 0 | 1;
  const [self, other] = [inputs[me], inputs[you]];
  const batches = params.batch[0].length;
  const myFree = freeAxes(self.shape.length, params, me);
  const yourFree = freeAxes(other.shape.length, params, you);
  const yourFreeInCotangent = range(yourFree.length, batches + (me === 0 ? myFree.length : 0));
  const product = dot(cotangent, other, {
    contract: [yourFreeInCotangent, yourFree],
    batch: [range(batches), params.batch[you]],
  });
  // Its axes: batch, my free axes, then the contracted axes in the order the other operand has them.
  const contracted = params.contract[you]
    .map((axis, i) => ({ axis, mine: params.contract[me][i] }))
    .sort((x, y) => x.axis - y.axis)
    .map(({ mine }) => mine);
  const axes = [...params.batch[me], ...myFree, ...contracted];
  return permute(
    product,
    axes.map((_, d) => axes.indexOf(d)),
  );
}

/** Entry by entry of the product before it is summed, the other operand. */
function structure(i: number, inputs: readonly Node[], out: Node, params: DotParams): Term[] {
  const me = i as 0 | 1;
  const you = (1 - i) as 0 | 1;
  const rank = out.shape.length;
  // Axis of the output, or behind those the number of the contraction, for each axis of an operand.
  const places = (side: 0 | 1): number[] => {
    const free = freeAxes(inputs[side].shape.length, params, side);
    const before = side === 0 ? params.batch[0].length : rank - free.length;
    return range(inputs[side].shape.length).map((axis) => {
      const batch = params.batch[side].indexOf(axis);
      if (batch >= 0) return batch;
      const contract = params.contract[side].indexOf(axis);
      return contract >= 0 ? rank + contract : before + free.indexOf(axis);
    });
  };
  const shape = [...out.shape, ...params.contract[me].map((axis) => inputs[me].shape[axis])];
  const forms = identityForms(shape.length);
  return scattered(
    shape,
    forms.slice(0, rank),
    places(me).map((place) => forms[place]),
    { value: { node: inputs[you], along: places(you) } },
  );
}

/** Nothing is contracted: a product with broadcasting, which fuses with what is around it. */
function outerProduct(a: Node, b: Node, params: DotParams): Node {
  const { shape } = infer([a, b], params);
  const batches = params.batch[0].length;
  const freeA = freeAxes(a.shape.length, params, 0);
  const freeB = freeAxes(b.shape.length, params, 1);
  const spread = (x: Node, batch: readonly number[], free: readonly number[], start: number): Node => {
    const ordered = permute(x, [...batch, ...free]);
    return broadcastInDim(ordered, shape, [...range(batches), ...range(free.length, start)]);
  };
  return mul(spread(a, params.batch[0], freeA, batches), spread(b, params.batch[1], freeB, batches + freeA.length));
}

/** Drops contracted axes of extent 1: they contract nothing. */
function dropUnitContraction(a: Node, b: Node, params: DotParams): Node | null {
  const i = params.contract[0].findIndex((axis) => a.shape[axis] === 1);
  if (i < 0) return null;
  const without = (x: Node, side: 0 | 1): [Node, number[], number[]] => {
    const gone = params.contract[side][i];
    const renumber = (axis: number): number => (axis > gone ? axis - 1 : axis);
    return [
      reshape(
        x,
        x.shape.filter((_, d) => d !== gone),
      ),
      params.contract[side].filter((_, j) => j !== i).map(renumber),
      params.batch[side].map(renumber),
    ];
  };
  const [x, contractX, batchX] = without(a, 0);
  const [y, contractY, batchY] = without(b, 1);
  return dot(x, y, { contract: [contractX, contractY], batch: [batchX, batchY] });
}

/** The same product with its operands exchanged, output axes in the original order. */
function exchanged(a: Node, b: Node, params: DotParams, product: Node | null): Node | null {
  if (product === null) return null;
  const batches = params.batch[0].length;
  const nA = freeAxes(a.shape.length, params, 0).length;
  const nB = freeAxes(b.shape.length, params, 1).length;
  return permute(product, [...range(batches), ...range(nA, batches + nB), ...range(nB, batches)]);
}

define("dot", {
  infer,
  evaluate([a, b], out, params) {
    const batchA = positions(a, params.batch[0]);
    const batchB = positions(b, params.batch[1]);
    const rows = positions(a, freeAxes(a.shape.length, params, 0));
    const columns = positions(b, freeAxes(b.shape.length, params, 1));
    const innerA = positions(a, params.contract[0]);
    const innerB = positions(b, params.contract[1]);
    // Products of int32 need 62 bits, which a double does not have.
    const wraps = a.dtype === "int32";
    let at = 0;
    for (let s = 0; s < batchA.length; s++) {
      for (const row of rows) {
        for (const column of columns) {
          let total = 0;
          // Two loops: the floating one is the hottest of this backend.
          if (wraps) {
            for (let k = 0; k < innerA.length; k++) {
              total += Math.imul(a.data[batchA[s] + row + innerA[k]], b.data[batchB[s] + column + innerB[k]]);
            }
          } else {
            for (let k = 0; k < innerA.length; k++) {
              total += a.data[batchA[s] + row + innerA[k]] * b.data[batchB[s] + column + innerB[k]];
            }
          }
          out.data[at++] = total;
        }
      }
    }
  },
  derivative: { kind: "bilinear", transpose },
  structure,
  batch([a, b], [batchedA, batchedB], _, { contract, batch }) {
    const shift = (axes: readonly number[], by: boolean): number[] => axes.map((axis) => (by ? axis + 1 : axis));
    const params: DotParams = {
      contract: [shift(contract[0], batchedA), shift(contract[1], batchedB)],
      batch: [shift(batch[0], batchedA), shift(batch[1], batchedB)],
    };
    if (batchedA && batchedB) {
      return dot(a, b, {
        contract: params.contract,
        batch: [
          [0, ...params.batch[0]],
          [0, ...params.batch[1]],
        ],
      });
    }
    // The new axis is the first free axis of its operand; it belongs in front of everything.
    const product = dot(a, b, params);
    const from = batch[0].length + (batchedA ? 0 : freeAxes(a.shape.length, params, 0).length);
    return permute(product, moveAxisPermutation(product.shape.length, from, 0));
  },
  lowering: { kind: "dot" },
  simplify([a, b], params) {
    if (params.contract[0].length === 0) return outerProduct(a, b, params);
    if (literalValue(a) === 0 || literalValue(b) === 0) {
      const { shape, dtype } = infer([a, b], params);
      return full(0, shape, dtype);
    }
    const swapped: DotParams = {
      contract: [params.contract[1], params.contract[0]],
      batch: [params.batch[1], params.batch[0]],
    };
    return (
      dropUnitContraction(a, b, params) ??
      dotDiagonal(a, b, params) ??
      exchanged(a, b, params, dotDiagonal(b, a, swapped))
    );
  },
  onnx: dotForm,
});
