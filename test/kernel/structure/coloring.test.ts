/** @file Colourings of sparsity patterns: valid on random ones, and as few colours as are known for some. */
import assert from "node:assert/strict";
import { ArgumentError } from "../../../kernel/index.ts";
import { columnColoring, rowColoring, starColoring } from "../../../kernel/structure/coloring.ts";
import { isSymmetric, type Pattern, transposed } from "../../../kernel/structure/pattern.ts";
import { uniform } from "../support/data.ts";
import { assertThrows } from "../support/near.ts";

function patternOf(rows: number, columns: number, has: (row: number, column: number) => boolean): Pattern {
  const rowStarts = new Int32Array(rows + 1);
  const columnOf: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) if (has(row, column)) columnOf.push(column);
    rowStarts[row + 1] = columnOf.length;
  }
  return { rows, columns, rowStarts, columnOf: Int32Array.from(columnOf) };
}

const rowOf = ({ rowStarts, columnOf }: Pattern, row: number): number[] => [
  ...columnOf.subarray(rowStarts[row], rowStarts[row + 1]),
];

function randomPattern(rows: number, columns: number, density: number, seed: number): Pattern {
  const next = uniform(seed);
  return patternOf(rows, columns, () => next() < density);
}

function randomSymmetric(size: number, density: number, seed: number): Pattern {
  const next = uniform(seed);
  const has = Array.from({ length: size * size }, () => next() < density);
  return patternOf(size, size, (i, j) => has[Math.min(i, j) * size + Math.max(i, j)]);
}

const band = (size: number, reach: number): Pattern => patternOf(size, size, (i, j) => Math.abs(i - j) <= reach);
/** A full first row and column and the diagonal. */
const arrow = (size: number): Pattern => patternOf(size, size, (i, j) => i === j || i === 0 || j === 0);

suite("colouring", () => {
  test("columns of one colour have no row in common, rows no column", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const pattern = randomPattern(3 + (seed % 7), 4 + (seed % 11), 0.1 + (seed % 5) / 10, seed);
      const { colors, count } = columnColoring(pattern);
      assert.equal(colors.length, pattern.columns);
      assert.ok(colors.every((color) => color >= 0 && color < count));
      for (let row = 0; row < pattern.rows; row++) {
        const used = rowOf(pattern, row).map((column) => colors[column]);
        assert.equal(new Set(used).size, used.length, `seed ${seed}, row ${row}`);
      }
      const byRows = rowColoring(pattern);
      const other = transposed(pattern);
      for (let column = 0; column < pattern.columns; column++) {
        const used = rowOf(other, column).map((row) => byRows.colors[row]);
        assert.equal(new Set(used).size, used.length, `seed ${seed}, column ${column}`);
      }
    }
  });

  test("a star colouring: neighbours differ, no path of four has two colours", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const pattern = randomSymmetric(4 + (seed % 9), 0.1 + (seed % 6) / 12, seed);
      const { colors, count } = starColoring(pattern);
      assert.ok(colors.every((color) => color >= 0 && color < count));
      const near = Array.from({ length: pattern.rows }, (_, v) => rowOf(pattern, v).filter((w) => w !== v));
      near.forEach((ofA, a) => {
        for (const b of ofA) {
          assert.notEqual(colors[a], colors[b], `seed ${seed}: neighbours ${a} and ${b}`);
          for (const c of near[b]) {
            if (c === a) continue;
            for (const d of near[c]) {
              if (d === b || d === a) continue;
              const path = [a, b, c, d];
              assert.ok(new Set(path.map((v) => colors[v])).size > 2, `seed ${seed}: path ${path}`);
            }
          }
        }
      });
    }
  });

  test("every entry of a symmetric matrix can be read from products with a star colouring", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const pattern = randomSymmetric(8, 0.3, seed);
      const { colors } = starColoring(pattern);
      for (let i = 0; i < 8; i++) {
        for (const j of rowOf(pattern, i)) {
          // Entry (i, j) is alone in row i among columns of the colour of j, or (j, i) is in row j.
          const isAlone = (row: number, column: number): boolean =>
            rowOf(pattern, row).filter((each) => colors[each] === colors[column]).length === 1;
          const hasDiagonal = rowOf(pattern, i).includes(i) && rowOf(pattern, j).includes(j);
          if (i === j && !isAlone(i, i)) assert.fail(`seed ${seed}: the diagonal entry ${i}`);
          assert.ok(isAlone(i, j) || isAlone(j, i), `seed ${seed}: (${i}, ${j}), diagonal ${hasDiagonal}`);
        }
      }
    }
  });

  test("as few as are known", () => {
    assert.equal(columnColoring(band(50, 0)).count, 1);
    assert.equal(columnColoring(band(50, 1)).count, 3);
    assert.equal(starColoring(band(50, 1)).count, 3);
    assert.equal(columnColoring(band(50, 2)).count, 5);
    assert.equal(columnColoring(arrow(30)).count, 30);
    assert.equal(rowColoring(arrow(30)).count, 30);
    assert.equal(starColoring(arrow(30)).count, 2);
    // The arrow's tip last: the order of columns makes no difference.
    assert.equal(starColoring(patternOf(30, 30, (i, j) => i === j || i === 29 || j === 29)).count, 2);
    assert.equal(rowColoring(patternOf(6, 9, (i) => i === 0)).count, 1 + 0);
    assert.equal(columnColoring(patternOf(6, 9, (i) => i === 0)).count, 9);
  });

  test("patterns without entries, rows or columns", () => {
    assert.equal(columnColoring(patternOf(3, 4, () => false)).count, 1);
    assert.equal(columnColoring(patternOf(3, 0, () => true)).count, 0);
    assert.equal(rowColoring(patternOf(0, 4, () => true)).count, 0);
  });

  test("a star colouring is for symmetric patterns", () => {
    assert.ok(isSymmetric(arrow(5)));
    assert.ok(!isSymmetric(patternOf(5, 5, (i, j) => i <= j)));
    assertThrows(() => starColoring(patternOf(5, 5, (i, j) => i <= j)), ArgumentError, "symmetric", "column");
    assertThrows(() => starColoring(patternOf(2, 5, () => true)), ArgumentError, "2 × 5");
  });
});
