/**
 * @file Factorizations of matrices large enough for the workspace in WebAssembly: backward errors at orders around the
 * edges of all blocks, what is read and what is not, failures, and the operations of the workspace one by one.
 */
import assert from "node:assert/strict";
import { hasRelaxedSimd } from "../../../kernel/backends/wasm/code/features.ts";
import { workspaceOpener } from "../../../kernel/backends/wasm/linalg/workspace.ts";
import {
  ArgumentError,
  cholesky,
  choleskySolve,
  det,
  eigh,
  expm,
  inv,
  lstsq,
  lu,
  luFactor,
  luSolve,
  pinv,
  qr,
  setFusedMultiplyAdd,
  slogdet,
  solve,
  stack,
  svd,
  type Tensor,
  tensor,
  triangularSolve,
} from "../../../kernel/index.ts";
import type { Operand, Workspace } from "../../../kernel/loops/workspace.ts";
import { PlainWorkspace } from "../../../kernel/primitives/linalg/numeric/plain.ts";
import { uniform } from "../support/data.ts";
import { type Matrix, matrix, sumOf, times, transposed } from "../support/matrices.ts";

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 } as const;
type Floating = keyof typeof EPSILON;

const ORDERS = [1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 97, 129];
const RECTANGLES = [
  [33, 5],
  [5, 33],
  [65, 64],
  [64, 65],
  [129, 31],
  [31, 129],
  [300, 20],
  [20, 300],
  [100, 70],
] as const;

const numbers = (seed: number): (() => number) => {
  const next = uniform(seed);
  return () => 2 * next() - 1;
};

const general = (m: number, n: number, seed = m + 1000 * n): number[][] => {
  const next = numbers(seed);
  return matrix(m, n, next);
};

/** Symmetric, with eigenvalues between about n / 2 and 3 n / 2. */
function definite(n: number, seed = n): number[][] {
  const a = general(n, n, seed);
  return matrix(n, n, (i, j) => (i === j ? n : 0) + (a[i][j] + a[j][i]) / 4);
}

/** A triangle whose inverse is small. */
const triangular = (n: number, lower: boolean): number[][] => {
  const a = general(n, n, n);
  return matrix(n, n, (i, j) => (i === j ? 2 + a[i][j] / 2 : lower === i > j ? a[i][j] / n : 0));
};

const given = (a: Matrix, dtype: Floating): Tensor => tensor(a as number[][], { dtype });
const read = (x: Tensor): number[][] => x.toArray() as number[][];
/** As it is once it has been rounded to `dtype`. */
const rounded = (a: Matrix, dtype: Floating): number[][] => read(given(a, dtype));

const frobenius = (a: Matrix): number => Math.sqrt(a.flat().reduce((sum, x) => sum + x * x, 0));

/** ‖got − wanted‖ ≤ factor · n · ε · scale. */
function assertSmall(got: Matrix, wanted: Matrix, scale: number, dtype: Floating, what: string): void {
  const n = Math.max(got.length, got[0].length);
  const error = frobenius(sumOf(got, wanted, -1)) / (scale * EPSILON[dtype]);
  assert.ok(error <= 2 * n + 4, `${what}, ${dtype}: the error is ${error} times the rounding of a number`);
}

const unit = (n: number): number[][] => matrix(n, n, (i, j) => (i === j ? 1 : 0));
const orthonormal = (q: Matrix, dtype: Floating, what: string): void => {
  const n = q[0].length;
  assertSmall(times(transposed(q), q), unit(n), Math.sqrt(n), dtype, `${what}: columns are orthonormal`);
};

/** Runs `check` for both element types, and with both ways to multiply and add that this engine has. */
function testEach(name: string, check: (dtype: Floating) => void): void {
  for (const fused of hasRelaxedSimd() ? [false, true] : [false]) {
    for (const dtype of ["float32", "float64"] as const) {
      test(`${name} (${dtype}${fused ? ", fused" : ""})`, () => {
        setFusedMultiplyAdd(fused);
        try {
          check(dtype);
        } finally {
          setFusedMultiplyAdd(true);
        }
      });
    }
  }
}

suite("factorizations in WebAssembly", () => {
  testEach("cholesky", (dtype) => {
    for (const n of ORDERS) {
      const a = rounded(definite(n), dtype);
      const l = read(cholesky(given(a, dtype)));
      assertSmall(times(l, transposed(l)), a, frobenius(a), dtype, `L Lᵀ of order ${n}`);
      for (const [i, row] of l.entries()) assert.ok(row.slice(i + 1).every((x) => x === 0) && row[i] > 0);
    }
  });

  testEach("cholesky takes the symmetric part", (dtype) => {
    const [s, t] = [definite(65), general(65, 65)];
    const turned = matrix(65, 65, (i, j) => t[i][j] - t[j][i]);
    const a = rounded(sumOf(s, turned), dtype);
    const l = read(cholesky(given(a, dtype)));
    const symmetric = matrix(65, 65, (i, j) => (a[i][j] + a[j][i]) / 2);
    assertSmall(times(l, transposed(l)), symmetric, frobenius(symmetric), dtype, "L Lᵀ");
  });

  testEach("an ill-conditioned matrix has a Cholesky factor with a small backward error", (dtype) => {
    // Q · diag · Qᵀ with a condition number of 1 / (100 ε).
    const n = 97;
    const q = read(qr(given(general(n, n), "float64"))[0]);
    const least = 100 * EPSILON[dtype];
    const scaledRows = transposed(q).map((row, i) => row.map((x) => x * least ** (i / (n - 1))));
    const a = rounded(times(q, scaledRows), dtype);
    const l = read(cholesky(given(a, dtype)));
    assertSmall(times(l, transposed(l)), a, frobenius(a), dtype, "L Lᵀ");
  });

  test("a matrix that is not positive definite is named, with the block that is not", () => {
    for (const order of [1, 16, 17, 40, 64, 65, 100]) {
      const a = definite(100);
      a[order - 1][order - 1] = -1;
      const batch = stack([given(definite(100), "float64"), given(a, "float64")]);
      assert.throws(
        () => cholesky(batch).dataSync(),
        (error: Error) =>
          error instanceof ArgumentError &&
          error.message.includes("matrix [1] of the batch is not positive definite") &&
          error.message.includes(`leading block of order ${order} is not`),
      );
      const values = cholesky(batch, { check: false }).dataSync();
      assert.ok(values.subarray(0, 10_000).every(Number.isFinite));
      assert.ok(values.subarray(10_000).every(Number.isNaN));
    }
  });

  test("NaN spreads from where it is", () => {
    const a = definite(80);
    a[50][50] = Number.NaN;
    const l = read(cholesky(given(a, "float64")));
    assert.ok(l.slice(0, 50).every((row) => row.every(Number.isFinite)));
    assert.ok(l[79].slice(50).every(Number.isNaN));
  });

  testEach("lu", (dtype) => {
    for (const [m, n] of [...ORDERS.map((n) => [n, n]), ...RECTANGLES]) {
      const a = rounded(general(m, n), dtype);
      const [p, l, u] = lu(given(a, dtype)).map(read);
      assertSmall(times(p, times(l, u)), a, 4 * frobenius(a), dtype, `P L U of ${m} × ${n}`);
      const k = Math.min(m, n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < k; j++) {
          assert.ok(i < j ? l[i][j] === 0 : i === j ? l[i][j] === 1 : Math.abs(l[i][j]) <= 1, `L[${i}, ${j}]`);
        }
      }
      for (let i = 0; i < k; i++) assert.ok(u[i].slice(0, i).every((x) => x === 0));
    }
  });

  test("the pivot is the largest entry, and the first of equal ones", () => {
    const n = 70;
    // Column j has its only ones in rows n − 1 − j and, for the first half, n / 2 − 1 − j above it.
    const a = matrix(n, n, (i, j) => (i === n - 1 - j || (j < n / 2 && i === n / 2 - 1 - j) ? 1 : 0));
    const [factors, order] = luFactor(given(a, "float64"));
    const places = Array.from(order.dataSync());
    assert.deepEqual(
      places.slice(0, n / 2),
      Array.from({ length: n / 2 }, (_, j) => n / 2 - 1 - j),
    );
    assert.deepEqual(
      places.toSorted((x, y) => x - y),
      Array.from({ length: n }, (_, i) => i),
    );
    assert.ok(read(factors).every((row, i) => Math.abs(row[i]) === 1));
  });

  test("a column without a pivot is left, with zero in U", () => {
    const a = general(70, 70).map((row) => row.map((x, j) => (j === 40 ? 0 : x)));
    const [p, l, u] = lu(given(a, "float64")).map(read);
    assert.equal(u[40][40], 0);
    assertSmall(times(p, times(l, u)), a, 4 * frobenius(a), "float64", "P L U");
    assert.ok(det(given(a, "float64")).item() === 0);
    assert.throws(
      () => solve(given(a, "float64"), given(a, "float64")).dataSync(),
      /is singular: pivot 40 is exactly zero/,
    );
  });

  testEach("solve, inv, det, for one right side and many", (dtype) => {
    for (const n of ORDERS) {
      const a = rounded(sumOf(general(n, n), unit(n), 2 * Math.sqrt(n)), dtype);
      const x = given(a, dtype);
      for (const k of [1, 3, n]) {
        const b = rounded(general(n, k), dtype);
        const right = given(b, dtype);
        const [factors, order] = luFactor(x);
        for (const [name, y] of [
          ["solve", solve(x, right)],
          ["luSolve", luSolve(factors, order, right)],
        ] as const) {
          const solution = read(y);
          const scale = frobenius(a) * frobenius(solution) + frobenius(b);
          assertSmall(times(a, solution), b, scale, dtype, `${name} of order ${n}, ${k} right sides`);
        }
      }
      const inverse = read(inv(x));
      assertSmall(times(a, inverse), unit(n), frobenius(a) * frobenius(inverse), dtype, `inv of order ${n}`);
      const [sign, log] = slogdet(x);
      const wanted = read(lu(given(a, "float64"))[2]).reduce((sum, row, i) => sum + Math.log(Math.abs(row[i])), 0);
      assert.ok(Math.abs(log.item() - wanted) <= 4 * n * EPSILON[dtype] * Math.max(1, wanted));
      assert.equal(Math.sign(det(x).item()), sign.item());
    }
  });

  testEach("transposed systems, as derivatives have them", (dtype) => {
    const n = 65;
    const a = rounded(sumOf(general(n, n), unit(n), 2 * Math.sqrt(n)), dtype);
    const b = rounded(general(n, 7), dtype);
    const back = read(
      solve(given(a, dtype), given(unit(n), dtype))
        .transpose(-2, -1)
        .matmul(given(b, dtype)),
    );
    assertSmall(times(transposed(a), back), b, frobenius(a) * frobenius(back), dtype, "Aᵀ X");
  });

  testEach("triangularSolve reads its triangle alone", (dtype) => {
    for (const n of ORDERS) {
      for (const upper of [false, true]) {
        const exact = rounded(triangular(n, !upper), dtype);
        for (const transpose of [false, true]) {
          for (const unitDiagonal of [false, true]) {
            const outside = (i: number, j: number): boolean => (unitDiagonal && i === j) || (upper ? i > j : i < j);
            const a = matrix(n, n, (i, j) => (outside(i, j) ? Number.NaN : exact[i][j]));
            const used = matrix(n, n, (i, j) => (unitDiagonal && i === j ? 1 : exact[i][j]));
            for (const k of [1, 2, 5, n]) {
              const b = rounded(general(n, k), dtype);
              const options = { upper, transposed: transpose, unitDiagonal };
              const x = read(triangularSolve(given(a, dtype), given(b, dtype), options));
              const factor = transpose ? transposed(used) : used;
              const scale = frobenius(used) * frobenius(x) + frobenius(b);
              assertSmall(times(factor, x), b, scale, dtype, `order ${n}, ${k}, ${JSON.stringify(options)}`);
            }
          }
        }
      }
    }
  });

  testEach("choleskySolve with both triangles", (dtype) => {
    const a = rounded(definite(65), dtype);
    const b = rounded(general(65, 9), dtype);
    for (const upper of [false, true]) {
      const x = read(choleskySolve(cholesky(given(a, dtype), { upper }), given(b, dtype), { upper }));
      assertSmall(times(a, x), b, frobenius(a) * frobenius(x), dtype, `upper: ${upper}`);
    }
  });

  test("a zero on the diagonal of a triangle gives infinities and NaN, not an error", () => {
    const a = triangular(40, true);
    a[20][20] = 0;
    const x = read(triangularSolve(given(a, "float64"), given(general(40, 3), "float64")));
    assert.ok(x.slice(0, 20).flat().every(Number.isFinite));
    assert.ok(x[20].every((value) => Math.abs(value) === Number.POSITIVE_INFINITY));
    assert.ok(x.slice(21).every((row) => row.every((value) => !Number.isFinite(value))));
  });

  testEach("qr", (dtype) => {
    for (const [m, n] of [...ORDERS.map((n) => [n, n]), ...RECTANGLES]) {
      const a = rounded(general(m, n), dtype);
      for (const mode of ["reduced", "complete"] as const) {
        const [q, r] = qr(given(a, dtype), { mode }).map(read);
        assertSmall(times(q, r), a, frobenius(a), dtype, `Q R of ${m} × ${n}`);
        orthonormal(q, dtype, `${mode} Q of ${m} × ${n}`);
        for (const [i, row] of r.entries()) assert.ok(row.slice(0, i).every((x) => x === 0));
      }
    }
  });

  test("qr where there is nothing to reflect, and of numbers whose squares overflow or vanish", () => {
    const diagonal = matrix(40, 40, (i, j) => (i === j ? i + 1 : 0));
    const [q, r] = qr(given(diagonal, "float64")).map(read);
    assert.deepEqual([q, r], [unit(40), diagonal]);
    for (const scale of [2 ** 600, 2 ** -600]) {
      const a = general(40, 40).map((row) => row.map((x) => x * scale));
      const [turned, upper] = qr(given(a, "float64")).map(read);
      const down = (x: Matrix): number[][] => x.map((row) => row.map((each) => each / scale));
      assertSmall(times(turned, down(upper)), down(a), frobenius(down(a)), "float64", `Q R of numbers near ${scale}`);
    }
  });

  testEach("lstsq", (dtype) => {
    for (const [m, n] of RECTANGLES) {
      const [a, b] = [rounded(general(m, n), dtype), rounded(general(m, 3), dtype)];
      const x = read(lstsq(given(a, dtype), given(b, dtype)));
      const rest = sumOf(b, times(a, x), -1);
      const scale = frobenius(a) * (frobenius(a) * frobenius(x) + frobenius(b));
      const nothing = matrix(n, 3, () => 0);
      assertSmall(times(transposed(a), rest), nothing, scale, dtype, `${m} × ${n}: the rest is orthogonal`);
      if (m <= n) assertSmall(times(a, x), b, frobenius(a) * frobenius(x), dtype, `${m} × ${n}: A X`);
    }
  });

  testEach("eigh", (dtype) => {
    for (const n of ORDERS) {
      const s = general(n, n);
      const a = rounded(
        matrix(n, n, (i, j) => s[i][j] + s[j][i]),
        dtype,
      );
      const [w, v] = eigh(given(a, dtype));
      const [values, vectors] = [Array.from(w.dataSync()), read(v)];
      orthonormal(vectors, dtype, `eigenvectors of order ${n}`);
      const back = times(
        vectors,
        transposed(vectors).map((row, i) => row.map((x) => x * values[i])),
      );
      assertSmall(back, a, frobenius(a), dtype, `V diag(w) Vᵀ of order ${n}`);
      assert.deepEqual(
        values,
        values.toSorted((x, y) => x - y),
      );
      for (const vector of transposed(vectors)) {
        const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
        assert.ok(largest > 0);
      }
    }
  });

  test("eigh of a diagonal matrix, and of equal eigenvalues", () => {
    const n = 70;
    const diagonal = matrix(n, n, (i, j) => (i === j ? n - i : 0));
    const [w, v] = eigh(given(diagonal, "float64"));
    assert.deepEqual(
      Array.from(w.dataSync()),
      Array.from({ length: n }, (_, i) => i + 1),
    );
    assert.deepEqual(read(v), unit(n).toReversed());
    const u = general(n, 1);
    const a = sumOf(unit(n), times(u, transposed(u)));
    const [values, vectors] = eigh(given(a, "float64"));
    orthonormal(read(vectors), "float64", "eigenvectors");
    assert.ok(Array.from(values.dataSync().subarray(0, n - 1)).every((x) => Math.abs(x - 1) < 1e-13));
  });

  testEach("svd and pinv", (dtype) => {
    for (const [m, n] of [...ORDERS.map((n) => [n, n]), ...RECTANGLES]) {
      const a = rounded(general(m, n), dtype);
      const [u, s, vt] = svd(given(a, dtype), { fullMatrices: false });
      const [left, values, right] = [read(u), Array.from(s.dataSync()), read(vt)];
      orthonormal(left, dtype, `left vectors of ${m} × ${n}`);
      orthonormal(transposed(right), dtype, `right vectors of ${m} × ${n}`);
      const back = times(
        left,
        right.map((row, i) => row.map((x) => x * values[i])),
      );
      assertSmall(back, a, frobenius(a), dtype, `U diag(s) Vᵀ of ${m} × ${n}`);
      assert.ok(values.every((value, i) => value >= 0 && (i === 0 || value <= values[i - 1])));
      const p = read(pinv(given(a, dtype)));
      const scale = frobenius(a) ** 2 * frobenius(p);
      assertSmall(times(a, times(p, a)), a, scale, dtype, `A A⁺ A of ${m} × ${n}`);
    }
  });

  test("pinv and svd of a matrix without full rank", () => {
    const a = times(general(60, 7), general(7, 50));
    const x = given(a, "float64");
    const s = svd(x)[1].dataSync();
    assert.ok(s[6] > 1 && s[7] < 1e-12);
    const p = read(pinv(x));
    assertSmall(times(a, times(p, a)), a, frobenius(a) ** 2 * frobenius(p), "float64", "A A⁺ A");
    assertSmall(times(p, times(a, p)), p, frobenius(a) * frobenius(p) ** 2, "float64", "A⁺ A A⁺");
  });

  testEach("expm", (dtype) => {
    const n = 65;
    const a = rounded(
      general(n, n).map((row) => row.map((x) => x / 4)),
      dtype,
    );
    const x = given(a, dtype);
    const [there, back] = [read(expm(x)), read(expm(x.neg()))];
    assertSmall(times(there, back), unit(n), frobenius(there) * frobenius(back), dtype, "exp(A) exp(−A)");
  });

  test("a matrix of a batch has the bits it has alone", () => {
    for (const n of [5, 40]) {
      const matrices = [1, 2, 3].map((seed) => given(definite(n, seed), "float64"));
      const right = matrices.map((_, i) => given(general(n, 4, i + 1), "float64"));
      const all = stack(matrices);
      const together = [
        cholesky(all),
        luFactor(all)[0],
        solve(all, stack(right)),
        ...qr(all),
        ...eigh(all),
        ...svd(all),
        expm(all.div(n)),
      ];
      matrices.forEach((x, i) => {
        const alone = [
          cholesky(x),
          luFactor(x)[0],
          solve(x, right[i]),
          ...qr(x),
          ...eigh(x),
          ...svd(x),
          expm(x.div(n)),
        ];
        alone.forEach((each, p) => {
          assert.deepEqual(together[p].at(i).dataSync(), each.dataSync());
        });
      });
    }
  });

  test("matrices without rows or columns", () => {
    const none = tensor([], { dtype: "float64" });
    const empty = none.reshape([0, 0]);
    for (const x of [cholesky(empty), ...qr(empty), solve(empty, empty), ...eigh(empty), expm(empty)]) {
      assert.equal(x.dataSync().length, 0);
    }
    const [q, r] = qr(none.reshape([70, 0]), { mode: "complete" });
    assert.deepEqual([read(q), r.shape], [unit(70), [70, 0]]);
    assert.deepEqual(triangularSolve(given(triangular(70, true), "float64"), none.reshape([70, 0])).shape, [70, 0]);
    assert.deepEqual(cholesky(none.reshape([0, 50, 50])).dataSync().length, 0);
  });

  test("memory grows with what is computed, and is given back", () => {
    const open = workspaceOpener(false);
    const space = open();
    const few = space.take(8);
    space.data.fill(7, few, few + 8);
    const many = space.take(2 ** 23);
    space.data[many + 2 ** 23 - 1] = 1;
    assert.deepEqual(space.data.slice(few, few + 8), new Float64Array(8).fill(7));
    assert.equal(space.inner(few, few, 8), 8 * 49);
    assert.ok(open().data.length < 2 ** 20);
  });
});

/** Everything that an operation gets, so that it can be done in two workspaces: positions begin where the numbers do. */
function filled(space: Workspace, count: number): number {
  const at = space.take(count);
  const next = numbers(count + 5);
  for (let i = at; i < at + count; i++) space.data[i] = next();
  return at;
}

suite("the workspace in WebAssembly", () => {
  const COUNT = 6000;

  /** Does the same in JavaScript and in WebAssembly to the same numbers; all of them must agree after, what lies beside too. */
  function same(what: string, operation: (space: Workspace, at: number) => number | undefined): void {
    for (const fused of hasRelaxedSimd() ? [false, true] : [false]) {
      const [plain, native] = [new PlainWorkspace(), workspaceOpener(fused)()].map((space) => {
        const at = filled(space, COUNT);
        const returned = operation(space, at) ?? 0;
        return [...space.data.subarray(at, at + COUNT), returned];
      });
      plain.forEach((wanted, i) => {
        assert.ok(
          Math.abs(wanted - native[i]) <= 1e-13 * (1 + Math.abs(wanted)),
          `${what}: number ${i} is ${native[i]}, not ${wanted}`,
        );
      });
    }
  }

  const LENGTHS = [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 33];

  test("vectors of every length", () => {
    for (const n of LENGTHS) {
      same(`inner ${n}`, (space, at) => space.inner(at + 1, at + 101, n));
      same(`addMultiple ${n}`, (space, at) => void space.addMultiple(at + 1, 0.7, at + 100, n));
      same(`divide ${n}`, (space, at) => void space.divide(at + 3, 0.7, n));
      same(`exchange ${n}`, (space, at) => void space.exchange(at + 1, at + 100, n));
      same(`symmetrize ${n}`, (space, at) => void space.symmetrize(at + 1, 35, n));
      for (const count of [0, 1, 3, 4, 5, 9]) {
        for (const step of [1, 17]) {
          same(
            `addRows ${count} × ${n}`,
            (space, at) => void space.addRows(at, -0.3, at + 200, step, at + 500, 41, count, n),
          );
        }
        same(
          `addInners ${count} × ${n}`,
          (space, at) => void space.addInners(at, -0.3, at + 100, at + 500, 41, count, n),
        );
        same(`turnRows ${count} × ${n}`, (space, at) => void space.turnRows(at + 500, 41, count, n, at));
        same(`transpose ${count} × ${n}`, (space, at) => void space.transpose(at + 1, 11, at + 1001, 41, count, n));
      }
    }
  });

  test("rows are turned one after the other where the next begins before the one is done", () => {
    same("turnRows over a larger distance", (space, at) => void space.turnRows(at + 500, 3 * 41, 1, 40, at));
  });

  test("products of every extent and layout", () => {
    const layouts = (at: number, stride: number): Operand[] => [
      { at, down: stride, across: 1 },
      { at, down: 1, across: stride },
    ];
    for (const m of [1, 2, 3, 4, 5, 9]) {
      for (const n of [1, 3, 4, 6, 8, 11]) {
        for (const k of [0, 1, 2, 5, 16]) {
          for (const left of [0, 1]) {
            for (const right of [0, 1]) {
              same(`${m} × ${k} · ${k} × ${n}, layouts ${left} and ${right}`, (space, at) => {
                const [a, b] = [layouts(at + 1000, 21)[left], layouts(at + 2000, 23)[right]];
                space.addProduct(at + 3, 13, -0.6, a, b, m, n, k);
                return undefined;
              });
            }
          }
        }
      }
    }
  });

  test("products larger than a block in every dimension", () => {
    const [m, n, k] = [131, 517, 259];
    const compute = (space: Workspace): Float64Array => {
      const a = filled(space, m * k);
      const b = filled(space, k * n);
      const c = filled(space, m * n);
      space.addProduct(c, n, 0.5, { at: a, down: 1, across: m }, { at: b, down: n, across: 1 }, m, n, k);
      return space.data.slice(c, c + m * n);
    };
    const [plain, native] = [compute(new PlainWorkspace()), compute(workspaceOpener(false)())];
    plain.forEach((wanted, i) => {
      assert.ok(Math.abs(wanted - native[i]) < 1e-11, `entry ${i} is ${native[i]}, not ${wanted}`);
    });
  });
});
