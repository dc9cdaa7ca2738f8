/** @file Expectations for linear algebra. `solve` takes what `lu` gives, and is tested with the functions that call it. */
import { NO_PARAMS } from "../../../kernel/graph/node.ts";
import type { PrimitiveParams } from "../../../kernel/primitive.ts";
import { type Grid, grid } from "../support/grid.ts";
import {
  cofactorsOf,
  determinant,
  identity,
  inverse,
  jacobi,
  type Matrix,
  matricesOf,
  matrix,
  perMatrix,
  positive,
  scaled,
  stacked,
  sumOf,
  times,
  transposed,
} from "../support/matrices.ts";
import type { Row, Table } from "./row.ts";

const symmetricPart = (a: Matrix): number[][] => scaled(sumOf(a, transposed(a, a.length)), 0.5);
const columnOf = (a: Matrix, j: number): number[] => a.map((row) => row[j]);
const dot = (v: readonly number[], w: readonly number[]): number => v.reduce((sum, x, i) => sum + x * w[i], 0);

/** L column by column, from L Lᵀ = A. */
function choleskyOf(a: Matrix): number[][] {
  const l = matrix(a.length, a.length, () => 0);
  for (let j = 0; j < a.length; j++) {
    l[j][j] = Math.sqrt(a[j][j] - dot(l[j], l[j]));
    for (let i = j + 1; i < a.length; i++) l[i][j] = (a[i][j] - dot(l[i], l[j])) / l[j][j];
  }
  return l;
}

/** Elimination, one entry after the other: factors, order, sign. */
function luOf(given: Matrix): number[][] {
  const a = given.map((row) => [...row]);
  const order = a.map((_, i) => i);
  let sign = 1;
  for (let k = 0; k < Math.min(a.length, a[0].length); k++) {
    const column = columnOf(a, k).slice(k).map(Math.abs);
    const pivot = k + column.indexOf(Math.max(...column));
    if (pivot !== k) sign = -sign;
    [a[k], a[pivot]] = [a[pivot], a[k]];
    [order[k], order[pivot]] = [order[pivot], order[k]];
    for (let i = k + 1; i < a.length; i++) {
      a[i][k] /= a[k][k];
      for (let j = k + 1; j < a[0].length; j++) a[i][j] -= a[i][k] * a[k][j];
    }
  }
  return [a.flat(), order, [sign]];
}

/** Gram and Schmidt, twice; signs as reflections give them: each diagonal entry of R against the sign of what it had to reflect. */
function qrOf(a: Matrix): number[][] {
  const k = Math.min(a.length, a[0].length);
  const q: number[][] = [];
  for (let j = 0; j < k; j++) {
    let v = columnOf(a, j);
    for (const each of [...q, ...q]) {
      const overlap = dot(each, v);
      v = v.map((x, i) => x - overlap * each[i]);
    }
    const length = Math.sqrt(dot(v, v));
    q.push(v.map((x) => x / length));
  }
  const signs = reflected(a, k);
  const qt = q.map((row, i) => {
    const diagonal = dot(row, columnOf(a, i));
    return Math.sign(diagonal) === signs[i] ? row : row.map((x) => -x);
  });
  const r = times(qt, a).map((row, i) => row.map((x, j) => (j < i ? 0 : x)));
  return [transposed(qt, a.length).flat(), r.flat()];
}

/** The signs of the diagonal of R: a reflection gives the opposite of the first entry, and the last of a square keeps its own. */
function reflected(given: Matrix, k: number): number[] {
  let a: Matrix = given;
  return Array.from({ length: k }, (_, j) => {
    const v = columnOf(a, j).map((x, i) => (i < j ? 0 : x));
    if (j === given.length - 1) return Math.sign(v[j]);
    const alpha = -Math.sign(v[j]) * Math.sqrt(dot(v, v));
    const w = v.map((x, i) => (i === j ? x - alpha : x));
    const h = matrix(v.length, v.length, (p, q) => (p === q ? 1 : 0) - (2 * w[p] * w[q]) / dot(w, w));
    a = times(h, a);
    return Math.sign(alpha);
  });
}

/** From the eigenvectors of the smaller of Aᵀ A and A Aᵀ. */
function svdOf(a: Matrix): number[][] {
  const at = transposed(a);
  const tall = a.length >= a[0].length;
  const { values, vectors } = jacobi(tall ? times(at, a) : times(a, at));
  const triples = values
    .map((value, i) => {
      const s = Math.sqrt(value);
      const one = vectors[i];
      const other = times(
        tall ? a : at,
        one.map((x) => [x]),
      ).map(([x]) => x / s);
      const [u, v] = tall ? [other, one] : [one, other];
      const turned = positive(u);
      return { u: turned, s, v: turned[0] === u[0] ? v : v.map((x) => -x) };
    })
    .reverse();
  return [transposed(triples.map(({ u }) => u)).flat(), triples.map(({ s }) => s), triples.flatMap(({ v }) => v)];
}

function pinvOf(a: Matrix): number[][] {
  const at = transposed(a);
  return a.length >= a[0].length ? times(inverse(times(at, a)), at) : times(at, inverse(times(a, at)));
}

/** The series, of a matrix small enough, squared. */
function expmOf(a: Matrix): number[][] {
  const squarings = 6;
  let term = identity(a.length);
  let sum = identity(a.length);
  for (let k = 1; k < 20; k++) {
    term = scaled(times(term, a), 1 / k / 2 ** squarings);
    sum = sumOf(sum, term);
  }
  for (let i = 0; i < squarings; i++) sum = times(sum, sum);
  return sum;
}

/** The corner of exp [[A, E], [0, A]]. */
function expmDerivativeOf(a: Matrix, e: Matrix): number[][] {
  const n = a.length;
  const both = matrix(2 * n, 2 * n, (i, j) => (i < n === j < n ? a[i % n][j % n] : i < n ? e[i][j - n] : 0));
  return expmOf(both)
    .slice(0, n)
    .map((row) => row.slice(n));
}

const scalars = (x: Grid, rule: (a: Matrix) => number): Grid => {
  const values = matricesOf(x).map(rule);
  let i = 0;
  return grid(x.shape.slice(0, -2), () => values[i++]);
};

/** One input of each shape, and no parameters or these. */
const rows = <P>(
  shapes: readonly (readonly number[])[],
  expected: (x: Grid) => Grid,
  params: P,
  diagonal?: number,
): Row<P>[] =>
  shapes.map((shape) => ({
    inputs: [{ shape, low: -1, high: 1, ...(diagonal === undefined ? {} : { diagonal }) }],
    params,
    expected: ([x]) => expected(x),
  }));

function triangularRow(
  lead: readonly number[],
  n: number,
  k: number,
  lower: boolean,
  transpose: boolean,
  unitDiagonal: boolean,
): Row<PrimitiveParams["triangularSolve"]> {
  const read = (a: Matrix): Matrix =>
    matrix(n, n, (i, j) => (i === j ? (unitDiagonal ? 1 : a[i][j]) : i > j === lower ? a[i][j] : 0));
  return {
    inputs: [{ shape: [...lead, n, n], low: -1, high: 1, diagonal: 2 }, { shape: [...lead, n, k] }],
    params: { lower, transposed: transpose, unitDiagonal, caller: "" },
    expected: ([x, b]) =>
      stacked(x, (a, i) => times(inverse(transpose ? transposed(read(a)) : read(a)), matricesOf(b)[i])),
  };
}

const square = [
  [3, 3],
  [2, 2, 2],
  [1, 1],
];
const any = [...square, [4, 2], [2, 4], [2, 3, 2]];

export const linalgRows = {
  cholesky: [
    ...rows(square, (x) => stacked(x, (a) => choleskyOf(symmetricPart(a))), { check: true }, 3),
    { inputs: [{ shape: [0, 0] }], params: { check: true }, expected: () => grid([0, 0], () => 0) },
  ],
  triangularSolve: [
    ...[true, false].flatMap((lower) =>
      [true, false].flatMap((transpose) =>
        [true, false].map((unit) => triangularRow([], 3, 2, lower, transpose, unit)),
      ),
    ),
    triangularRow([2], 2, 1, true, true, false),
    triangularRow([2], 2, 2, false, false, true),
  ],
  lu: rows(any, (x) => perMatrix(x, luOf), NO_PARAMS),
  det: rows([...square, [4, 4], [5, 5], [0, 0]], (x) => scalars(x, determinant), NO_PARAMS),
  cofactors: rows([...square, [4, 4]], (x) => stacked(x, cofactorsOf), NO_PARAMS, 1),
  slogdet: rows(
    [...square, [4, 4]],
    (x) => perMatrix(x, (a) => [[Math.sign(determinant(a))], [Math.log(Math.abs(determinant(a)))]]),
    NO_PARAMS,
  ),
  qr: [
    ...rows(any, (x) => perMatrix(x, qrOf), { complete: false }),
    ...rows(
      [
        [3, 3],
        [2, 4],
      ],
      (x) => perMatrix(x, qrOf),
      { complete: true },
    ),
  ],
  eigh: rows(
    square,
    (x) =>
      perMatrix(x, (a) => {
        const { values, vectors } = jacobi(symmetricPart(a));
        return [values, transposed(vectors, a.length).flat()];
      }),
    NO_PARAMS,
  ),
  svd: rows(any, (x) => perMatrix(x, svdOf), NO_PARAMS),
  pinv: rows(any, (x) => stacked(x, pinvOf), { tolerance: 1e-12 }),
  expm: rows(square, (x) => stacked(x, expmOf), NO_PARAMS),
  expmDerivative: square.map((shape) => ({
    inputs: [{ shape }, { shape }],
    params: NO_PARAMS,
    expected: ([x, e]) => stacked(x, (a, i) => expmDerivativeOf(a, matricesOf(e)[i])),
  })),
} satisfies Partial<Table>;
