/** @file Order: sort, argsort, topK, median, quantile, and takeAlongAxis, which they are made of. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  argsort,
  grad,
  median,
  ones,
  quantile,
  ShapeError,
  sort,
  takeAlongAxis,
  tensor,
  topK,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { type Checked, check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { fold, type Grid, get, grid, stackGrids } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
/** The k-th of the sorted entries along an axis, for each k. */
const sortedGrid = (x: Grid, axis: number, rule = ascending): Grid =>
  stackGrids(
    Array.from({ length: x.shape[axis] }, (_, k) => fold(x, [axis], (values) => rule(values)[k])),
    axis,
  );
const quantileOf = (values: readonly number[], q: number): number => {
  const place = q * (values.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  const list = ascending(values);
  return list[low] + (place - low) * (list[high] - list[low]);
};
const positions = tensor(
  [
    [2, 0, 2, -1],
    [1, 1, -3, 0],
  ],
  { dtype: "int32" },
);

const checked: Record<string, Checked> = {
  sort: { f: (x) => x.sort(), args: [data([2, 4])], expected: (x) => sortedGrid(x, 1) },
  "sort along the first axis, descending": {
    f: (x) => sort(x, 0, { descending: true }),
    args: [data([4, 2])],
    expected: (x) => sortedGrid(x, 0, (values) => ascending(values).reverse()),
  },
  "sort along a middle axis": { f: (x) => sort(x, -2), args: [data([2, 3, 2])], expected: (x) => sortedGrid(x, 1) },
  topK: {
    f: (x) => topK(x, 2)[0],
    args: [data([2, 4])],
    expected: (x) => {
      const all = sortedGrid(x, 1, (values) => ascending(values).reverse());
      return grid([2, 2], (at) => get(all, at));
    },
  },
  "median, odd": { f: (x) => x.median(1), args: [data([2, 3])], expected: (x) => fold(x, [1], (v) => ascending(v)[1]) },
  "median, even": { f: (x) => median(x, 0), args: [data([4])], expected: (x) => fold(x, [0], (v) => ascending(v)[1]) },
  "median of all": {
    f: (x) => median(x),
    args: [data([2, 3])],
    expected: (x) => fold(x, [0, 1], (v) => ascending(v)[2]),
  },
  quantile: {
    f: (x) => quantile(x, 0.3, 1),
    args: [data([2, 4])],
    expected: (x) => fold(x, [1], (v) => quantileOf(v, 0.3)),
  },
  "several quantiles": {
    f: (x) => x.quantile([0, 0.75, 1], -2, { keepDims: true }),
    args: [data([4, 2])],
    expected: (x) =>
      grid([3, 1, 2], ([q, , j]) =>
        quantileOf(
          [0, 1, 2, 3].map((i) => get(x, [i, j])),
          [0, 0.75, 1][q],
        ),
      ),
  },
  takeAlongAxis: {
    f: (x, i) => x.takeAlongAxis(i, 1),
    args: [data([2, 3]), positions],
    expected: (x, i) => grid([2, 4], (at) => get(x, [at[0], (get(i, at) + 3) % 3])),
  },
  "takeAlongAxis with axes that broadcast": {
    f: (x, i) => takeAlongAxis(x, i, -1),
    args: [data([2, 1, 3]), positions.reshape([1, 2, 4])],
    expected: (x, i) => grid([2, 2, 4], ([a, b, c]) => get(x, [a, 0, (get(i, [0, b, c]) + 3) % 3])),
  },
};

suite("sorting", () => {
  for (const [name, row] of Object.entries(checked)) testEach(name, () => check(name, row));

  testEach("stable, and NaN is larger than every number", () => {
    const x = tensor([2, Number.NaN, 1, 2, Number.NEGATIVE_INFINITY, Number.NaN, 1, Number.POSITIVE_INFINITY]);
    assert.deepEqual(argsort(x).toArray(), [4, 2, 6, 0, 3, 7, 1, 5]);
    assert.deepEqual(x.argsort(0, { descending: true }).toArray(), [1, 5, 7, 0, 3, 2, 6, 4]);
    assert.deepEqual(sort(x).toArray(), [
      Number.NEGATIVE_INFINITY,
      1,
      1,
      2,
      2,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      Number.NaN,
    ]);
    assert.equal(argsort(x).dtype, "int32");
    const [values, indices] = x.topK(2, 0, { largest: false });
    assert.deepEqual(
      [values.toArray(), indices.toArray()],
      [
        [Number.NEGATIVE_INFINITY, 1],
        [4, 2],
      ],
    );
  });

  testEach("NaN anywhere is the median, and every quantile", () => {
    const x = tensor([
      [3, Number.NaN, 1],
      [3, 2, Number.POSITIVE_INFINITY],
    ]);
    assert.deepEqual(median(x, 1).toArray(), [Number.NaN, 3]);
    assert.deepEqual(quantile(x, 0.5, 1).toArray(), [Number.NaN, 3]);
    assert.deepEqual(median(x, 1, { keepDims: true }).shape, [2, 1]);
    assert.deepEqual(median(x, undefined, { keepDims: true }).shape, [1, 1]);
  });

  testEach("integers and truth values sort as they are", () => {
    const x = tensor([3, -1, 2], { dtype: "int32" });
    assert.deepEqual([sort(x).dtype, sort(x).toArray()], ["int32", [-1, 2, 3]]);
    assert.deepEqual(median(x).item(), 2);
    const flags = sort(tensor([true, false, true]));
    assert.deepEqual([flags.dtype, flags.toArray()], ["bool", [0, 1, 1]]);
    assert.deepEqual(zeros([2, 0]).sort().shape, [2, 0]);
  });

  testEach("the derivative of equal entries goes to the first in the order", () => {
    const weights = tensor([1, 10, 100]);
    const f = (x: typeof weights) => sort(x).mul(weights).sum();
    assert.deepEqual(grad(f)(tensor([2, 1, 2])).toArray(), [10, 1, 100]);
  });

  testEach("positions that differ from example to example", () => {
    const x = data([3, 2, 4], { dtype: "float32" });
    const own = vmap((each: typeof x) => takeAlongAxis(each.neg(), argsort(each, 0), 0))(x);
    assertNear(own, sort(x, 1).neg());
  });

  test("errors", () => {
    const x = ones([2, 3]);
    assertThrows(() => topK(x, 4), ArgumentError, "topK", "0 to 3", "[2, 3]", "got 4", "smaller k");
    assertThrows(() => topK(x, 1.5), ArgumentError, "topK", "1.5");
    assertThrows(() => sort(x, 2), ShapeError, "sort", "axis 2");
    assertThrows(() => sort(tensor(1)), ShapeError, "sort", "axis -1", "scalar");
    assertThrows(() => median(zeros([2, 0]), 1), ShapeError, "median", "[2, 0]", "no entries");
    assertThrows(() => quantile(x, 50), ArgumentError, "quantile", "50", "Divide percent");
    assertThrows(() => quantile(x, []), ArgumentError, "quantile", "none");
    assertThrows(
      () => takeAlongAxis(x, positions.at(0), 1),
      ShapeError,
      "takeAlongAxis",
      "[2, 3]",
      "[4]",
      "expandDims",
    );
    assertThrows(() => takeAlongAxis(x, x, 1), ArgumentError, "takeAlongAxis", "float32", "int32");
    assertThrows(() => takeAlongAxis(x, positions.add(3), 1), ShapeError, "takeAlongAxis", "position 5", "-3 to 2");
    assertThrows(
      () => takeAlongAxis(ones([3, 3]), positions, 1),
      ShapeError,
      "takeAlongAxis",
      "[3, 1] and [2, 1]",
      "broadcast",
    );
  });
});
