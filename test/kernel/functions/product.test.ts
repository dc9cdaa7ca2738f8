/** @file matmul, linear, dot, outer, tensordot and einsum against sums written out. */
import assert from "node:assert/strict";
import { dot, einsum, eye, linear, matmul, outer, type Tensor, tensor, tensordot } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { type Grid, get, grid, gridOf, positions } from "../support/grid.ts";
import { assertNear } from "../support/near.ts";

/** NumPy's matmul by its definition. */
function product(a: Grid, b: Grid): Grid {
  const [ra, rb] = [a.shape.length, b.shape.length];
  const left = ra === 1 ? { shape: [1, ...a.shape], data: a.data } : a;
  const right = rb === 1 ? { shape: [...b.shape, 1], data: b.data } : b;
  const [la, lb] = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
  const rank = Math.max(la.length, lb.length);
  const lead = Array.from({ length: rank }, (_, d) =>
    Math.max(la[d - rank + la.length] ?? 1, lb[d - rank + lb.length] ?? 1),
  );
  const [m, k, n] = [left.shape.at(-2)!, left.shape.at(-1)!, right.shape.at(-1)!];
  const inner = (x: Grid, at: readonly number[], last: number[]): number =>
    get(x, [...x.shape.slice(0, -2).map((e, d) => (e === 1 ? 0 : at[rank - (x.shape.length - 2) + d])), ...last]);
  const full = grid([...lead, m, n], (at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += inner(left, at, [at[rank], i]) * inner(right, at, [i, at[rank + 1]]);
    return sum;
  });
  const shape = [...lead, ...(ra === 1 ? [] : [m]), ...(rb === 1 ? [] : [n])];
  return { shape, data: full.data };
}

/** einsum by its definition: a sum over all letters. */
function sumOverLetters(formula: string, inputs: readonly Grid[]): Grid {
  const [left, right] = formula.split("->");
  const terms = left.split(",");
  const extent = new Map<string, number>();
  terms.forEach((term, i) => {
    [...term].forEach((letter, d) => {
      extent.set(letter, inputs[i].shape[d]);
    });
  });
  const summed = [...extent.keys()].filter((letter) => !right.includes(letter));
  return grid(
    [...right].map((letter) => extent.get(letter)!),
    (at) => {
      let sum = 0;
      for (const inner of positions(summed.map((letter) => extent.get(letter)!))) {
        const value = new Map<string, number>([
          ...[...right].map((letter, d) => [letter, at[d]] as const),
          ...summed.map((letter, d) => [letter, inner[d]] as const),
        ]);
        sum += terms.reduce(
          (p, term, i) =>
            p *
            get(
              inputs[i],
              [...term].map((letter) => value.get(letter)!),
            ),
          1,
        );
      }
      return sum;
    },
  );
}

suite("products", () => {
  testEach("matmul of all ranks from 1 to 4", () => {
    for (const [a, b] of [
      [[3], [3]],
      [[3], [3, 2]],
      [[2, 3], [3]],
      [
        [2, 3],
        [3, 4],
      ],
      [[3], [2, 3, 4]],
      [[2, 4, 3], [3]],
      [
        [2, 4, 3],
        [3, 5],
      ],
      [
        [4, 3],
        [2, 3, 5],
      ],
      [
        [2, 4, 3],
        [2, 3, 5],
      ],
      [
        [1, 4, 3],
        [2, 3, 5],
      ],
      [[3], [2, 2, 3, 4]],
      [[2, 2, 4, 3], [3]],
      [
        [2, 1, 4, 3],
        [3, 3, 2],
      ],
      [
        [2, 3, 1, 2],
        [2, 1, 2, 4],
      ],
      [
        [4, 3],
        [2, 2, 3, 1],
      ],
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 0],
        [0, 3],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ]) {
      const [x, y] = [data(a), data(b, { seed: 2 })];
      assertNear(matmul(x, y), product(gridOf(x), gridOf(y)), { what: `[${a}] · [${b}]` });
    }
    const i = (shape: number[], seed: number): Tensor => data(shape, { seed, dtype: "int32", low: -9, high: 9 });
    assertNear(i([2, 3], 1).matmul(i([3, 2], 2)), product(gridOf(i([2, 3], 1)), gridOf(i([3, 2], 2))), {
      dtype: "int32",
    });
    assert.equal(
      tensor([true, true])
        .matmul(tensor([true, true]))
        .item(),
      2,
    );
    assert.equal(tensor([1, 2]).matmul(tensor([1, 2], { dtype: "int32" })).dtype, "float32");
  });

  testEach("matmul of views: transposes, slices, flips and broadcasts are read in place", () => {
    const [x, y] = [data([6, 4]), data([6, 5], { seed: 2 })];
    const views: [Tensor, Tensor][] = [
      [x.transpose(), y],
      [x.slice(0, 1, 6, 2).transpose(), y.slice(0, 0, 3)],
      [x.flip(0).transpose(), y.flip([0, 1])],
      [x.at(2).broadcastTo([3, 4]), x.transpose()],
      [x.reshape([4, 6]), y.reshape([5, 6]).transpose()],
      [x.expandDims(1).broadcastTo([6, 2, 4]).reshape([12, 4]), x.transpose()],
      [x.add(1).transpose(), y.mul(2)],
    ];
    for (const [a, b] of views) assertNear(a.matmul(b), product(gridOf(a), gridOf(b)));
  });

  testEach("linear, dot, outer", () => {
    const [w, b] = [data([4, 3]), data([4], { seed: 2 })];
    for (const shape of [[3], [2, 3], [2, 2, 3]]) {
      const x = data(shape, { seed: 3 });
      assertNear(linear(x, w), x.matmul(w.transpose()));
      assertNear(linear(x, w, b), x.matmul(w.transpose()).add(b));
      assertNear(x.linear(w, 0.5), x.matmul(w.transpose()).add(0.5));
    }
    const [u, v] = [data([3]), data([3], { seed: 2 })];
    assertNear(dot(u, v), u.mul(v).sum());
    assertNear(
      outer(u, b),
      grid([3, 4], ([i, j]) => u.dataSync()[i] * b.dataSync()[j]),
    );
    assert.deepEqual(outer(data([2, 3]), data([4])).shape, [2, 3, 4]);
  });

  testEach("tensordot by count and by lists", () => {
    const [a, b] = [data([2, 3, 4]), data([3, 4, 5], { seed: 2 })];
    assertNear(tensordot(a, b), sumOverLetters("ijk,jkl->il", [gridOf(a), gridOf(b)]));
    const c = data([4, 2], { seed: 3 });
    assertNear(tensordot(a, c, 1), sumOverLetters("ijk,kl->ijl", [gridOf(a), gridOf(c)]));
    assertNear(
      tensordot(a, c, [
        [0, -1],
        [1, 0],
      ]),
      sumOverLetters("ijk,ki->j", [gridOf(a), gridOf(c)]),
    );
    assertNear(tensordot(a, c, 0), sumOverLetters("ijk,lm->ijklm", [gridOf(a), gridOf(c)]));
  });

  testEach("einsum against the sum over all letters", () => {
    const cases: [string, number[][]][] = [
      [
        "ij,jk->ik",
        [
          [2, 3],
          [3, 4],
        ],
      ],
      [
        "ij,jk->ki",
        [
          [2, 3],
          [3, 4],
        ],
      ],
      [
        "bij,bjk->bik",
        [
          [2, 2, 3],
          [2, 3, 2],
        ],
      ],
      ["ij->ji", [[2, 3]]],
      ["ij->", [[2, 3]]],
      ["ij->j", [[2, 3]]],
      ["ii->i", [[3, 3]]],
      ["ii->", [[3, 3]]],
      ["iij->ji", [[3, 3, 2]]],
      ["iji->ij", [[3, 2, 3]]],
      ["iii->i", [[3, 3, 3]]],
      ["ijij->ij", [[2, 3, 2, 3]]],
      ["i,i->i", [[3], [3]]],
      ["i,i->", [[3], [3]]],
      ["i,j->ij", [[2], [3]]],
      ["i,j->ji", [[2], [3]]],
      ["i,j->", [[2], [3]]],
      ["ij,i->j", [[2, 3], [2]]],
      [
        "ij,kl->ikjl",
        [
          [2, 2],
          [2, 3],
        ],
      ],
      [
        "ij,ij,ij->i",
        [
          [2, 3],
          [2, 3],
          [2, 3],
        ],
      ],
      [
        "ij,jk,kl->il",
        [
          [2, 3],
          [3, 2],
          [2, 4],
        ],
      ],
      [
        "ij,jk,kl->li",
        [
          [2, 3],
          [3, 2],
          [2, 4],
        ],
      ],
      ["i,ij,j->", [[2], [2, 3], [3]]],
      ["ij,k->k", [[2, 3], [4]]],
      [
        "bhqd,bhkd->bhqk",
        [
          [2, 2, 3, 2],
          [2, 2, 4, 2],
        ],
      ],
      [
        "ii,ij->j",
        [
          [3, 3],
          [3, 2],
        ],
      ],
      [
        "abc,cd,ade->be",
        [
          [2, 3, 2],
          [2, 2],
          [2, 2, 3],
        ],
      ],
      [",i->i", [[], [3]]],
    ];
    for (const [formula, shapes] of cases) {
      const inputs = shapes.map((shape, i) => data(shape, { seed: i + 1 }));
      assertNear(einsum(formula, ...inputs), sumOverLetters(formula, inputs.map(gridOf)), { what: formula });
    }
    const [a, b] = [data([2, 3]), data([3, 4], { seed: 2 })];
    assertNear(einsum("ij, jk", a, b), a.matmul(b));
    assertNear(einsum("ji", a), a.transpose());
    assertNear(einsum(" i j -> j i ", a), a.transpose());
  });

  testEach("a product with an identity, on either side, is exact", () => {
    const x = data([3, 4]);
    assertNear(eye(3, { dtype: "float64" }).matmul(x), x, { rtol: 0, atol: 0 });
    assertNear(x.matmul(eye(4, { dtype: "float64" })), x, { rtol: 0, atol: 0 });
    const stacked = data([2, 3, 3]);
    assertNear(stacked.matmul(eye(3, { dtype: "float64" })), stacked, { rtol: 0, atol: 0 });
    assertNear(eye(3, { dtype: "float64" }).mul(2).matmul(stacked), stacked.mul(2), { rtol: 0, atol: 0 });
    assertNear(eye(3).matmul(eye(3)), eye(3));
    assertNear(eye(3).sum(0), tensor([1, 1, 1]));
    assertNear(eye(3).sum(), tensor(3));
    assertNear(eye(3).transpose().add(eye(3)), eye(3).mul(2));
    assertNear(eye(3).mul(x.slice(1, 0, 3).to("float32")), x.slice(1, 0, 3).to("float32").diagonal().diag());
    assertNear(einsum("ij,jk,kl->il", eye(3), x.to("float32"), eye(4)), x.to("float32"));
    assertNear(
      tensordot(eye(2), eye(3), 0).permute([2, 0, 3, 1]).sum([0, 3]),
      tensor([
        [1, 1, 1],
        [1, 1, 1],
      ]),
    );
  });

  test("large products, past every blocking, in float32 and float64", () => {
    for (const [m, k, n] of [
      [65, 130, 67],
      [1, 300, 257],
      [257, 300, 1],
      [128, 1, 128],
      [9, 513, 33],
    ]) {
      for (const dtype of ["float32", "float64"] as const) {
        const [x, y] = [data([m, k], { dtype }), data([k, n], { seed: 2, dtype })];
        const expected = product(gridOf(x), gridOf(y));
        const atol = (dtype === "float32" ? 1e-6 : 1e-14) * Math.sqrt(k) * 4;
        assertNear(x.matmul(y), expected, { rtol: 0, atol, what: `${m}·${k}·${n}` });
        const t = x.transpose().matmul(x);
        assertNear(t, product(gridOf(x.transpose()), gridOf(x)), { rtol: 0, atol: atol * 12 });
      }
    }
  });
});
