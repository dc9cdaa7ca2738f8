/** @file Differences, integrals, interpolation and grids, cross products and block diagonals, against plain loops. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  blockDiag,
  checkGrads,
  cross,
  diff,
  interp,
  jacrev,
  meshgrid,
  ShapeError,
  type Tensor,
  tensor,
  trapezoid,
  vmap,
} from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";

const float64 = { dtype: "float64" } as const;

suite("numbers on grids", () => {
  testEach("diff: along any axis, several times", () => {
    const x = data([3, 5]);
    assertNear(diff(x), x.slice(1, 1).sub(x.slice(1, 0, 4)));
    assertNear(diff(x, { axis: 0 }), x.slice(0, 1).sub(x.slice(0, 0, 2)));
    assertNear(diff(x, { n: 2 }), diff(diff(x)));
    assert.deepEqual(diff(tensor([1, 4, 9, 16]), { n: 3 }).toArray(), [0]);
    assert.deepEqual(diff(tensor([1, 4]), { n: 2 }).shape, [0]);
    assertNear(x.diff({ n: 0 }), x);
    assertThrows(() => diff(x, { n: 6 }), ShapeError, "diff", "[3, 5]");
    assertThrows(() => diff(x, { n: -1 }), ArgumentError, "diff", "-1");
  });

  testEach("trapezoid: even and uneven places", () => {
    const y = data([2, 4]);
    const rows = y.toArray() as number[][];
    const even = rows.map((row) => row.slice(1).reduce((sum, value, i) => sum + (value + row[i]) / 2, 0) * 0.5);
    assertNear(trapezoid(y, { dx: 0.5 }), tensor(even, float64));
    const at = [0, 0.3, 1, 1.2];
    const uneven = rows.map((row) =>
      row.slice(1).reduce((sum, value, i) => sum + ((value + row[i]) / 2) * (at[i + 1] - at[i]), 0),
    );
    assertNear(trapezoid(y, { x: tensor(at, float64) }), tensor(uneven, float64));
    assertNear(trapezoid(y.transpose(), { x: tensor(at, float64), axis: 0 }), tensor(uneven, float64));
    checkGrads((v: Tensor, x: Tensor) => trapezoid(v, { x }), [y, tensor(at, float64)], { order: 2 });
    assertThrows(() => trapezoid(y, { x: tensor([1, 2]) }), ShapeError, "trapezoid", "4", "[2]");
  });

  testEach("interp: between the points, at them and outside", () => {
    const xp = tensor([-1, 0, 2], float64);
    const fp = tensor([5, 1, 7], float64);
    const x = tensor(
      [
        [-3, -1, -0.5],
        [0, 1, 9],
      ],
      float64,
    );
    assertNear(
      interp(x, xp, fp),
      tensor(
        [
          [5, 5, 3],
          [1, 4, 7],
        ],
        float64,
      ),
    );
    assertNear(interp(2, xp, fp), tensor(7, float64));
    checkGrads(interp, [tensor([-2, -0.3, 0.4, 3], float64), xp, fp], { order: 2 });
    assertNear(
      jacrev((v: Tensor) => interp(v, xp, fp).sum())(tensor([-5, -0.5, 0, 1, 5], float64)),
      tensor([0, -4, 3, 3, 0], float64),
    );
    assertNear(vmap(interp, { inDims: [0, null, null] })(x, xp, fp), interp(x, xp, fp));
    assertThrows(() => interp(x, xp, x), ShapeError, "interp", "[3]", "[2, 3]");
    assertThrows(() => interp(x, tensor([1]), tensor([1])), ShapeError, "interp", "at least 2");
  });

  testEach("meshgrid: both orders", () => {
    const [a, b] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])]);
    assert.deepEqual(
      [a.toArray(), b.toArray()],
      [
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        [
          [3, 4, 5],
          [3, 4, 5],
        ],
      ],
    );
    const [c, d] = meshgrid([tensor([1, 2]), tensor([3, 4, 5])], { indexing: "xy" });
    assert.deepEqual(
      [c.toArray(), d.toArray()],
      [
        [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        [
          [3, 3],
          [4, 4],
          [5, 5],
        ],
      ],
    );
    assert.deepEqual(meshgrid([tensor(7)])[0].toArray(), [7]);
    assertThrows(() => meshgrid([data([2, 2])]), ShapeError, "meshgrid", "[2, 2]");
    assertThrows(() => meshgrid([]), ArgumentError, "meshgrid");
    assertThrows(() => meshgrid([tensor([1])], { indexing: "yx" as never }), ArgumentError, "meshgrid", "yx");
  });

  testEach("cross: orthogonal to both, along any axis, broadcast", () => {
    const [a, b] = [data([2, 3]), data([3], { seed: 2 })];
    const c = cross(a, b);
    assertNear(c.mul(a).sum(1), tensor([0, 0], float64));
    assertNear(c.matmul(b), tensor([0, 0], float64));
    assert.deepEqual(cross(tensor([1, 0, 0]), tensor([0, 1, 0])).toArray(), [0, 0, 1]);
    assertNear(cross(a.transpose(), b.expandDims(1), 0), c.transpose());
    checkGrads(cross, [a, b], { order: 2 });
    assertThrows(() => cross(data([2]), data([2])), ShapeError, "cross", "3 entries", "[2]");
  });

  testEach("blockDiag: rectangular blocks, scalars and vectors as rows", () => {
    const [a, b] = [data([2, 3]), data([1, 2], { seed: 2 })];
    const D = blockDiag([a, b, tensor(9, float64)]);
    assert.deepEqual(D.shape, [4, 6]);
    assertNear(D.slice(0, 0, 2).slice(1, 0, 3), a);
    assertNear(D.slice(0, 2, 3).slice(1, 3, 5), b);
    assert.equal(D.at(3, 5).item(), 9);
    assertNear(D.sum(), a.sum().add(b.sum()).add(9));
    checkGrads((p: Tensor, q: Tensor) => blockDiag([p, q]), [a, b]);
    assertThrows(() => blockDiag([data([2, 2, 2])]), ShapeError, "blockDiag", "[2, 2, 2]");
    assertThrows(() => blockDiag([]), ArgumentError, "blockDiag");
  });
});
