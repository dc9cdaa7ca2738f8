/** @file The form of a matrix, told from where its entries are. */
import assert from "node:assert/strict";
import { structureOf } from "../../webview/data/structure.ts";

const form = (rows: number, columns: number, fill: (row: number, column: number) => number) =>
  structureOf({
    entries: Float64Array.from({ length: rows * columns }, (_, i) => fill(Math.floor(i / columns), i % columns)),
    from: 0,
    rows,
    columns,
  });

suite("structure", () => {
  const cases: [string, ReturnType<typeof form>][] = [
    ["diagonal, symmetric", form(5, 5, (i, j) => (i === j ? i + 1 : 0))],
    ["diagonal", form(3, 5, (i, j) => Number(i === j))],
    ["tridiagonal, symmetric", form(9, 9, (i, j) => Math.max(0, 2 - Math.abs(i - j)))],
    ["banded", form(20, 20, (i, j) => (i - j <= 2 && j - i <= 1 ? i + 2 * j + 1 : 0))],
    ["lower triangular", form(6, 6, (i, j) => (j <= i ? i + j + 1 : 0))],
    ["upper triangular", form(6, 6, (i, j) => (j >= i ? i + j + 1 : 0))],
    ["block diagonal, 4 blocks of 1 × 3", form(4, 12, (i, j) => Number(Math.floor(j / 3) === i))],
    ["block diagonal, 2 blocks", form(5, 5, (i, j) => (i < 2 === j < 2 ? i + 3 * j + 1 : 0))],
    ["symmetric", form(6, 6, (i, j) => i + j + 1)],
    ["skew-symmetric", form(6, 6, (i, j) => i - j)],
    ["", form(6, 6, (i, j) => 7 * i + j + 1)],
    ["all zero", form(4, 4, () => 0)],
  ];
  for (const [expected, found] of cases) {
    test(expected || "nothing that stands out", () => assert.equal(found.form, expected));
  }

  test("counts entries and diagonals; a NaN is an entry and equal to nothing", () => {
    const { nonzero, lower, upper } = form(20, 20, (i, j) => Number(i - j <= 2 && j - i <= 1));
    assert.deepEqual([nonzero, lower, upper], [20 + 19 + 18 + 19, 2, 1]);
    assert.deepEqual(form(2, 2, () => Number.NaN).nonzero, 4);
    assert.equal(form(3, 3, () => Number.NaN).form, "");
  });

  test("what rounding makes unequal is symmetric still", () => {
    assert.equal(form(6, 6, (i, j) => (i + j + 1) * (i < j ? 1 + 1e-7 : 1)).form, "symmetric");
  });
});
