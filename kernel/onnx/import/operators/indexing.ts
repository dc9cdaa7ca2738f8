/** @file Reading and writing at positions that are data. Negative positions count from the end. */
import { showShape } from "../../../errors.ts";
import { where } from "../../../functions/choice.ts";
import { arange } from "../../../functions/creation.ts";
import { eq } from "../../../functions/elementwise.ts";
import { at, take } from "../../../functions/indexing/indexing.ts";
import { gather, indexAdd, scatter, scatterAdd } from "../../../functions/indexing/scatter.ts";
import { range, sizeOf, stridesOf } from "../../../shape.ts";
import type { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";

const ONLY_ADDED = 'reduction "none" and "add"';

/** The positions of one axis out of `[…, axes]`. */
const positionsOf = (indices: Tensor, i: number): Tensor => indices.at(...range(indices.ndim - 1).map(() => null), i);

/** Rows at positions `[…, axes]`, where the first axes of both are examples. */
function gatherND(call: Call): Tensor {
  const [x, indices] = [call.input(0), call.input(1)];
  const examples = call.int("batch_dims", 0);
  const depth = indices.shape[indices.ndim - 1] ?? 0;
  if (examples < 0 || examples >= indices.ndim || depth < 1 || examples + depth > x.ndim) {
    call.fail(`positions ${showShape(indices.shape)} with batch_dims ${examples} do not fit x ${showShape(x.shape)}.`);
  }
  const rank = indices.ndim - 1;
  // Each example reads from itself.
  const own = range(examples).map((d) =>
    arange(x.shape[d]).reshape(range(rank).map((i) => (i === d ? x.shape[d] : 1))),
  );
  return at(x, ...own, ...range(depth).map((i) => positionsOf(indices, i)));
}

/** Rows written at positions `[…, axes]`: the axes are made one, so that a row has one position. */
function scatterND(call: Call): Tensor {
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const depth = indices.shape[indices.ndim - 1] ?? 0;
  if (indices.ndim < 1 || depth < 1 || depth > x.ndim) {
    call.fail(`positions ${showShape(indices.shape)} do not fit x ${showShape(x.shape)}.`);
  }
  const extents = x.shape.slice(0, depth);
  const strides = stridesOf(extents);
  const count = sizeOf(indices.shape.slice(0, -1));
  const row = sizeOf(x.shape.slice(depth));
  const flat = range(depth)
    .map((i) => {
      const given = positionsOf(indices, i);
      return where(given.lt(0), given.add(extents[i]), given).mul(strides[i]);
    })
    .reduce((sum, each) => sum.add(each))
    .reshape([count]);
  const [target, source] = [x.reshape([sizeOf(extents), row]), updates.reshape([count, row])];
  const adds = call.word("reduction", ["none", "add"], "none") === "add";
  const out = adds
    ? indexAdd(target, 0, flat, source)
    : scatter(target, 0, flat.reshape([count, 1]).broadcastTo([count, row]), source);
  return out.reshape(x.shape);
}

function scatterElements(call: Call): Tensor {
  const [x, indices, updates] = [call.input(0), call.input(1), call.input(2)];
  const axis = call.axis(call.int("axis", 0), x.ndim);
  const adds = call.word("reduction", ["none", "add"], "none") === "add";
  return (adds ? scatterAdd : scatter)(x, axis, indices, updates);
}

function oneHot(call: Call): Tensor {
  const [indices, values] = [call.input(0).to("int32"), call.input(2)];
  const [depth] = call.numbers(1, "the depth");
  if (!(depth >= 0) || values.size !== 2)
    call.fail(`expected a depth of at least 0 and two values, got ${depth} and ${values.size}.`);
  const axis = call.axis(call.int("axis", -1), indices.ndim + 1);
  const given = indices.expandDims(axis);
  const wrapped = where(given.lt(0), given.add(depth), given);
  const places = arange(depth).reshape(range(indices.ndim + 1).map((d) => (d === axis ? depth : 1)));
  return where(eq(wrapped, places), values.at(1), values.at(0));
}

export const indexing: OperatorTable = {
  Gather: { run: (call) => take(call.input(0), call.input(1), call.axis(call.int("axis", 0), call.input(0).ndim)) },
  GatherElements: { run: (call) => gather(call.input(0), call.int("axis", 0), call.input(1)) },
  GatherND: { run: gatherND },
  ScatterND: { run: scatterND, limits: ONLY_ADDED },
  ScatterElements: { run: scatterElements, limits: ONLY_ADDED },
  OneHot: { run: oneHot },
};
