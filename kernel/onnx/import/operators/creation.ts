/** @file Constants and what follows from shapes: values that may decide other shapes. */
import { allocate } from "../../../dtype.ts";
import { showShape } from "../../../errors.ts";
import { arange, full } from "../../../functions/creation.ts";
import { broadcastTo } from "../../../functions/shape.ts";
import { constantNode } from "../../../graph/node.ts";
import { Tensor } from "../../../tensor.ts";
import type { Call, OperatorTable } from "../call.ts";
import { castTo } from "./elementwise.ts";
import { extents } from "./layout.ts";

function whole(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor(constantNode({ shape, dtype: "int32" }, Int32Array.from(values)));
}

function floats(call: Call, values: readonly number[], shape: readonly number[]): Tensor {
  const dtype = call.floating("float32");
  const data = allocate(dtype, values.length);
  data.set(values);
  return new Tensor(constantNode({ shape, dtype }, data));
}

function constant(call: Call): Tensor {
  const given = call.tensor("value");
  if (given !== undefined) return given;
  if (call.has("value_int")) return whole([call.int("value_int")], []);
  if (call.has("value_float")) return floats(call, [call.float("value_float")], []);
  const ints = call.ints("value_ints");
  if (ints !== undefined) return whole(ints, [ints.length]);
  const list = call.floats("value_floats");
  if (list !== undefined) return floats(call, list, [list.length]);
  return call.fail("expected a tensor or numbers as its value; texts and sparse tensors cannot be imported.");
}

function shapeOf(call: Call): Tensor {
  const { shape, ndim } = call.input(0);
  const place = (at: number): number => Math.max(0, Math.min(ndim, at < 0 ? at + ndim : at));
  const part = shape.slice(place(call.int("start", 0)), place(call.int("end", ndim)));
  return whole(part, [part.length]);
}

function constantOfShape(call: Call): Tensor {
  const shape = extents(call, 0);
  const value = call.tensor("value");
  if (value === undefined) return full(shape, 0, { dtype: call.floating("float32") });
  if (value.size !== 1) call.fail(`expected one number as value, got shape ${showShape(value.shape)}.`);
  return broadcastTo(value.reshape([]), shape);
}

function rangeOf(call: Call): Tensor {
  const [[start], [limit], [delta]] = [
    call.numbers(0, "the start"),
    call.numbers(1, "the limit"),
    call.numbers(2, "the step"),
  ];
  if (![start, limit, delta].every(Number.isFinite) || delta === 0) {
    call.fail(`expected finite numbers and a step that is not 0, got ${start}, ${limit} and ${delta}.`);
  }
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  // The count is a number, and the entries still depend on where they start.
  const [first, step] = [call.input(0).reshape([]), call.input(2).reshape([])];
  return arange(count, undefined, 1, { dtype: first.dtype }).mul(step).add(first);
}

function eyeLike(call: Call): Tensor {
  const x = call.input(0);
  if (x.ndim !== 2) call.fail(`expected a matrix, got ${showShape(x.shape)}.`);
  const [rows, columns] = x.shape;
  const offset = call.int("k", 0);
  const places = arange(columns)
    .reshape([1, columns])
    .sub(arange(rows).reshape([rows, 1]))
    .eq(offset);
  return call.has("dtype") ? castTo(call, places, call.int("dtype")) : places.to(x.dtype);
}

export const creation: OperatorTable = {
  Constant: { run: constant, limits: "no texts, no sparse tensors" },
  ConstantOfShape: { run: constantOfShape },
  Shape: { run: shapeOf },
  Size: { run: (call) => whole([call.input(0).size], []) },
  Range: { run: rangeOf },
  EyeLike: { run: eyeLike },
};
