/** @file Reading and writing at positions, searching, counting, and selecting by value. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  argwhere,
  bincount,
  bucketize,
  checkGrads,
  gather,
  grad,
  histogram,
  indexAdd,
  makeGraph,
  maskedSelect,
  nonzero,
  oneHot,
  ShapeError,
  scatter,
  scatterAdd,
  searchsorted,
  type Tensor,
  TraceError,
  take,
  tensor,
  unique,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { check } from "../support/check.ts";
import { data } from "../support/data.ts";
import { type Grid, get, grid, gridOf, positions } from "../support/grid.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const int = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values as number[], { dtype: "int32", shape });

const x = data([3, 4, 2]);
const read = (at: readonly number[]): number => get(gridOf(x), at);

suite("indexing", () => {
  testEach("at: positions, ranges, steps, all of an axis", () => {
    assertNear(
      x.at(1),
      grid([4, 2], ([j, k]) => read([1, j, k])),
    );
    assertNear(
      x.at(-1, -2),
      grid([2], ([k]) => read([2, 2, k])),
    );
    assertNear(
      x.at(0, 3, 1),
      grid([], () => read([0, 3, 1])),
    );
    assertNear(
      x.at(null, 2),
      grid([3, 2], ([i, k]) => read([i, 2, k])),
    );
    assertNear(
      x.at([1, 3], null, 0),
      grid([2, 4], ([i, j]) => read([i + 1, j, 0])),
    );
    assertNear(
      x.at(null, [0, 4, 3]),
      grid([3, 2, 2], ([i, j, k]) => read([i, 3 * j, k])),
    );
    assertNear(
      x.at(null, [-2]),
      grid([3, 2, 2], ([i, j, k]) => read([i, j + 2, k])),
    );
    assertNear(x.at(), x);
    assert.deepEqual(x.at([2, 2]).shape, [0, 4, 2]);
  });

  testEach("at: tensors of positions, alone, in pairs and mixed with the rest", () => {
    const [i, j] = [int([2, 0, -1]), int([3, -4, 1])];
    const at = (k: number, t: Tensor, extent: number): number => {
      const position = t.dataSync()[k];
      return position < 0 ? position + extent : position;
    };
    assertNear(x.at(i), x.take(i));
    assertNear(x.at(null, j), x.take(j, 1));
    assertNear(x.at(null, int([1, 0, 2, 3], [2, 2]), 1), x.take(int([1, 0, 2, 3], [2, 2]), 1).at(null, null, null, 1));
    assertNear(x.at(tensor(1, { dtype: "int32" }), [1, 3]), x.at(1, [1, 3]));
    // Pairs: side by side the shape stays in place, apart it goes to the front.
    assertNear(
      x.at(i, j),
      grid([3, 2], ([k, c]) => read([at(k, i, 3), at(k, j, 4), c])),
    );
    assertNear(
      x.at(null, j, int([1, 0, 1])),
      grid([3, 3], ([a, k]) => read([a, at(k, j, 4), [1, 0, 1][k]])),
    );
    assertNear(
      x.at(i, null, int([1, 0, 1])),
      grid([3, 4], ([k, b]) => read([at(k, i, 3), b, [1, 0, 1][k]])),
    );
    assertNear(
      x.at(i, 2, int([1, 0, 1])),
      grid([3], ([k]) => read([at(k, i, 3), 2, [1, 0, 1][k]])),
    );
    // They broadcast.
    assertNear(
      x.at(i.expandDims(1), j),
      grid([3, 3, 2], ([k, l, c]) => read([at(k, i, 3), at(l, j, 4), c])),
    );
    checkGrads((x: Tensor) => x.at(i, j).square(), [x], { order: 2 });
    const mapped = vmap((i: Tensor) => x.at(i, i))(int([0, 2]));
    assertNear(
      mapped,
      grid([2, 2], ([k, c]) => read([2 * k, 2 * k, c])),
    );
    assertThrows(() => x.at(int([3])), ShapeError, "at", "position 3", "axis 0");
    assertThrows(() => x.at(tensor([true, false, true])), ArgumentError, "at", "mask", "maskedSelect");
    assertThrows(() => x.at(i, int([0, 1])), ShapeError, "at", "[3]", "[2]");
  });

  testEach("take: any shape of positions, negatives from the end, along any axis", () => {
    assertNear(
      take(x, [2, 0, -1]),
      grid([3, 4, 2], ([i, j, k]) => read([[2, 0, 2][i], j, k])),
    );
    assertNear(
      x.take([3, -4], 1),
      grid([3, 2, 2], ([i, j, k]) => read([i, [3, 0][j], k])),
    );
    const positions = tensor(
      [
        [1, 0, 1],
        [0, 0, -1],
      ],
      { dtype: "int32" },
    );
    assertNear(
      x.take(positions, -1),
      grid([3, 4, 2, 3], ([i, j, a, b]) =>
        read([
          i,
          j,
          [
            [1, 0, 1],
            [0, 0, 1],
          ][a][b],
        ]),
      ),
    );
    assertNear(x.take(tensor(2, { dtype: "int32" })), x.at(2));
    assert.deepEqual(x.take([]).shape, [0, 4, 2]);
    assert.throws(() => x.take(tensor([true, false])), ArgumentError);
    assertNear(x.mul(2).take([1], 0), x.at([1, 2]).mul(2));
  });

  testEach("oneHot", () => {
    const labels = tensor(
      [
        [2, 0],
        [1, 5],
      ],
      { dtype: "int32" },
    );
    assertNear(
      oneHot(labels, 3),
      tensor([
        [
          [0, 0, 1],
          [1, 0, 0],
        ],
        [
          [0, 1, 0],
          [0, 0, 0],
        ],
      ]),
      { dtype: "float32" },
    );
  });
});

/** Where entry `at` of the index reads or writes. */
const placed = (index: Grid, at: readonly number[], axis: number, extent: number): number[] => {
  const place = get(index, at);
  return at.toSpliced(axis, 1, place < 0 ? place + extent : place);
};

suite("reading and writing along an axis", () => {
  const small = data([3, 4]);
  const index = int([2, 0, 1, 2, 0, 1, -1, 2], [4, 2]);

  testEach("gather reads, also from a part of x", () => {
    check("gather", {
      f: (x) => gather(x, 0, index),
      args: [small],
      expected: (x) => grid([4, 2], (at) => get(x, placed(gridOf(index), at, 0, 3))),
    });
    assert.deepEqual(
      gather(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        1,
        int([0, 0, 1, 0], [2, 2]),
      ).toArray(),
      [
        [1, 1],
        [4, 3],
      ],
    );
    // Positions of their own for each example.
    const many = int([0, 1, 2, 2, 1, 0], [2, 3, 1]);
    const mapped = vmap((i: Tensor) => gather(small, 1, i))(many);
    for (let i = 0; i < 2; i++) assertNear(mapped.at(i), gather(small, 1, many.at(i)));
  });

  testEach("scatterAdd adds what meets, scatter keeps the last, both from a larger source", () => {
    const source = data([5, 3], { seed: 4 });
    const added = (x: Grid, src: Grid): Grid => {
      const out = [...x.data];
      for (const at of positions(index.shape)) {
        const [i, j] = placed(gridOf(index), at, 0, 3);
        out[i * 4 + j] += get(src, at);
      }
      return { shape: x.shape, data: out };
    };
    const replaced = (x: Grid, src: Grid): Grid => {
      const out = [...x.data];
      for (const at of positions(index.shape)) {
        const [i, j] = placed(gridOf(index), at, 0, 3);
        out[i * 4 + j] = get(src, at);
      }
      return { shape: x.shape, data: out };
    };
    check("scatterAdd", { f: (x, s) => scatterAdd(x, 0, index, s), args: [small, source], expected: added });
    check("scatter", { f: (x, s) => scatter(x, 0, index, s), args: [small, source], expected: replaced });
    assert.deepEqual(scatterAdd(zeros([3]), 0, int([2, 0, 2]), tensor([1, 2, 3])).toArray(), [2, 0, 4]);
    assert.deepEqual(scatter(zeros([3]), 0, int([2, 0]), tensor([1, 2])).toArray(), [2, 0, 1]);
    assert.deepEqual(scatter(zeros([3]), 0, int([-1]), 7).toArray(), [0, 0, 7]);
    assert.deepEqual(scatterAdd(zeros([2]), 0, int([1, 1]), 2).toArray(), [0, 4]);
    assert.deepEqual(scatter(zeros([3]), 0, int([]), tensor([])).toArray(), [0, 0, 0]);
    // The source that is overwritten does not count.
    const slope = grad((s: Tensor) => scatter(zeros([2]), 0, int([1, 1]), s).sum())(tensor([5, 6]));
    assert.deepEqual(slope.toArray(), [0, 1]);
    assert.equal(scatterAdd(int([0, 0]), 0, int([1]), tensor([0.5])).dtype, "float32");
    const wide = vmap((i: Tensor) => scatter(small, 1, i, 9))(int([0, 1, 2, 3, 1, 0], [2, 3, 1]));
    for (let e = 0; e < 2; e++) {
      assertNear(wide.at(e), scatter(small, 1, int([0, 1, 2, 3, 1, 0], [2, 3, 1]).at(e), 9));
    }
  });

  testEach("indexAdd adds slices", () => {
    const rows = int([2, 0, 2]);
    check("indexAdd", {
      f: (x, s) => indexAdd(x, 1, rows, s),
      args: [data([2, 3]), data([2, 3], { seed: 4 })],
      expected: (x, s) =>
        grid(
          x.shape,
          ([i, j]) => get(x, [i, j]) + [2, 0, 2].reduce((sum, at, k) => sum + (at === j ? get(s, [i, k]) : 0), 0),
        ),
    });
    assertNear(
      indexAdd(zeros([3, 2]), 0, [1], tensor([[1, 2]])),
      tensor([
        [0, 0],
        [1, 2],
        [0, 0],
      ]),
    );
  });

  test("what does not fit is said by name", () => {
    const rejected: readonly [() => unknown, typeof ShapeError | typeof ArgumentError, ...string[]][] = [
      [() => gather(small, 0, int([0, 1])), ShapeError, "gather", "[3, 4]", "[2]"],
      [() => gather(small, 1, int([0, 1, 2, 3], [4, 1])), ShapeError, "gather", "[4, 1]"],
      [() => gather(small, 0, int([3], [1, 1])), ShapeError, "gather", "position 3"],
      [() => gather(small, 0, data([1, 1])), ArgumentError, "gather", "integer positions"],
      [() => scatterAdd(small, 0, index, data([3, 2])), ShapeError, "scatterAdd", "[4, 2]", "[3, 2]"],
      [() => scatter(small, 2, index, 1), ShapeError, "scatter", "axis 2"],
      [() => indexAdd(small, 0, int([0]), small), ShapeError, "indexAdd", "[1]", "[3, 4]"],
      [() => indexAdd(small, 0, int([0, 1], [1, 2]), small), ShapeError, "indexAdd", "index [k]"],
    ];
    for (const [act, type, ...parts] of rejected) assertThrows(act, type, ...parts);
  });
});

suite("searching and counting", () => {
  testEach("searchsorted and bucketize: sides, shapes, NaN, line by line", () => {
    const edges = tensor([1, 3, 3, 5]);
    const values = tensor([
      [0, 1, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual(searchsorted(edges, values).toArray(), [
      [0, 0, 1],
      [3, 3, 4],
    ]);
    assert.deepEqual(searchsorted(edges, values, { side: "right" }).toArray(), [
      [0, 1, 3],
      [3, 4, 4],
    ]);
    assert.deepEqual(bucketize(values, [1, 3, 3, 5]).toArray(), searchsorted(edges, values).toArray());
    assert.equal(values.bucketize(edges).dtype, "int32");
    assert.equal(searchsorted([1, 3], 2).item(), 1);
    assert.deepEqual(searchsorted(tensor([1, Number.NaN]), tensor([2, Number.NaN])).toArray(), [1, 1]);
    const lines = tensor([
      [0, 1, 2],
      [5, 6, 7],
    ]);
    const each = int([1, 9, 5, 6], [2, 2]);
    assert.deepEqual(searchsorted(lines, each).toArray(), [
      [1, 3],
      [0, 1],
    ]);
    assertNear(vmap((line: Tensor, v: Tensor) => searchsorted(line, v))(lines, each), searchsorted(lines, each));
    assertNear(vmap((v: Tensor) => searchsorted(edges, v))(values), searchsorted(edges, values));
    assertThrows(() => searchsorted(lines, tensor([1, 2, 3])), ShapeError, "searchsorted", "[2, 3]", "[3]");
    assertThrows(() => bucketize(values, edges, { side: "up" as "left" }), ArgumentError, "bucketize", '"up"');
  });

  testEach("bincount: counts, weights with their derivative, and positions that are mapped", () => {
    const x = int([1, 0, 3, 1], [2, 2]);
    assert.deepEqual(bincount(x, 5).toArray(), [1, 2, 0, 1, 0]);
    assert.equal(bincount(x, 5).dtype, "int32");
    check("bincount", {
      f: (w) => bincount(x, 4, { weights: w }),
      args: [data([2, 2])],
      expected: ({ data: [a, b, c, d] }) => ({ shape: [4], data: [b, a + d, 0, c] }),
    });
    const many = int([0, 1, 1, 2, 7, -1], [2, 3]);
    assert.deepEqual(vmap((x: Tensor) => bincount(x, 3))(many).toArray(), [
      [1, 2, 0],
      [0, 0, 1],
    ]);
    assertThrows(() => bincount(many, 3), ShapeError, "bincount", "position 7", "0 to 2");
    assertThrows(() => bincount(x, -1), ArgumentError, "bincount", "got -1");
    assertThrows(() => bincount(x, 4, { weights: data([3]) }), ShapeError, "bincount", "[2, 2]", "[3]");
    assertThrows(() => bincount(data([2]), 3), ArgumentError, "bincount", "integer positions");
  });

  testEach("histogram: the last edge belongs to the last bin, what is outside to none", () => {
    const x = tensor([0, 0.5, 1, 2, 2, 3, 3.5, -1, Number.NaN]);
    assert.deepEqual(histogram(x, [0, 1, 2, 3]).toArray(), [2, 1, 3]);
    assert.deepEqual(histogram(x, [0, 1, 2, 3], { dtype: "float32" }).dtype, "float32");
    const density = histogram(tensor([0, 0, 1, 3]), tensor([0, 1, 4]), { density: true });
    assertNear(density, tensor([0.5, 1 / 6]), { rtol: 1e-6 });
    const weights = tensor([1, 2, 4, 8], { dtype: "float64" });
    assert.deepEqual(histogram(tensor([0, 2, 2, 5]), [0, 1, 3], { weights }).toArray(), [1, 6]);
    assertThrows(() => histogram(x, [1]), ShapeError, "histogram", "[1]");
  });
});

suite("selecting by value", () => {
  const x = tensor(
    [
      [0, 7, -1],
      [8, 0, 2],
    ],
    { dtype: "float64" },
  );

  testEach("nonzero, argwhere, maskedSelect", () => {
    const wanted = [
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 2],
    ];
    assert.deepEqual(nonzero(x).toArray(), wanted);
    assert.equal(nonzero(x).dtype, "int32");
    assert.deepEqual(argwhere(x.lt(0)).toArray(), [[0, 2]]);
    assert.deepEqual(nonzero(zeros([2, 2])).shape, [0, 2]);
    assert.deepEqual(nonzero(tensor(3)).shape, [1, 0]);
    assert.deepEqual(maskedSelect(x, x.gt(1)).toArray(), [7, 8, 2]);
    assert.deepEqual(maskedSelect(x, tensor([true, false, true])).toArray(), [0, -1, 8, 2]);
    checkGrads((x: Tensor) => maskedSelect(x, x.gt(1)).square(), [x], { order: 2 });
    // The mask is the same for all: only what is selected is mapped.
    assert.deepEqual(vmap((row: Tensor) => maskedSelect(row, tensor([true, false, true])))(x).toArray(), [
      [0, -1],
      [8, 2],
    ]);
  });

  testEach("unique: values, where they are, how often they come", () => {
    const { values, inverse, counts } = unique(
      tensor(
        [
          [3, 1],
          [3, 2],
        ],
        { dtype: "float64" },
      ),
    );
    assert.deepEqual(
      [values.toArray(), inverse.toArray(), counts.toArray()],
      [
        [1, 2, 3],
        [
          [2, 0],
          [2, 1],
        ],
        [1, 1, 2],
      ],
    );
    assertNear(
      values.take(inverse),
      tensor(
        [
          [3, 1],
          [3, 2],
        ],
        { dtype: "float64" },
      ),
    );
    assert.deepEqual(unique(int([])).values.shape, [0]);
    assert.equal(unique(tensor([Number.NaN, Number.NaN])).values.size, 2);
    const slope = grad((x: Tensor) =>
      unique(x)
        .values.mul(tensor([1, 10], { dtype: "float64" }))
        .sum(),
    );
    assert.deepEqual(slope(tensor([4, 4, 2], { dtype: "float64" })).toArray(), [10, 0, 1]);
  });

  test("inside vmap they are an error that names the remedy", () => {
    for (const [name, f] of [
      ["nonzero", nonzero],
      ["argwhere", argwhere],
      ["unique", unique],
      ["maskedSelect", (row: Tensor) => maskedSelect(row, row.gt(0))],
    ] as [string, (x: Tensor) => unknown][]) {
      assertThrows(() => vmap(f as (x: Tensor) => Tensor)(x), TraceError, name, "dynamic shape", "where", "topK");
    }
  });

  test("methods give the same", () => {
    const i = int([1, 0], [2, 1]);
    assertNear(x.gather(1, i), gather(x, 1, i));
    assertNear(x.scatterAdd(1, i, 2), scatterAdd(x, 1, i, 2));
    assertNear(x.nonzero(), nonzero(x));
    assertNear(x.maskedSelect(x.ne(0)), maskedSelect(x, x.ne(0)));
    assert.match(String(makeGraph((x: Tensor) => x.gather(1, i))(x)), /takeAlongAxis/);
  });
});
