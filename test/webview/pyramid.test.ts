/** @file Levels of detail: nothing that stands alone is lost, whatever the shape, at once or in portions. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EmbeddedSource } from "../../webview/data/embedded.ts";
import { type Plane, Pyramid, strongestIn } from "../../webview/data/pyramid.ts";
import { coarsest, type Level, OVERLAP, TILE, type Tile } from "../../webview/data/source.ts";

const planeOf = (values: readonly number[], rows: number, columns: number): Plane => ({
  entries: Float64Array.from(values),
  from: 0,
  rows,
  columns,
});

const valuesOf = ({ entries, from, stride, rows, columns }: Tile): number[] =>
  Array.from({ length: rows * columns }, (_, i) => entries[from + Math.floor(i / columns) * stride + (i % columns)]);

suite("pyramid", () => {
  test("an entry of a level is the largest by magnitude of its two by two, with its sign", () => {
    const { entries, rows, columns } = new Pyramid(planeOf([1, -2, 3, 0, 0, 1, -4, 2, 5, 0, 0, -6], 3, 4)).level({
      rows: 1,
      columns: 1,
    }) as Plane;
    assert.deepEqual([rows, columns, [...entries]], [2, 2, [-2, -4, 5, -6]]);
  });

  test("NaN is kept before all, an infinity before what is finite", () => {
    const level = new Pyramid(
      planeOf([9, Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 1], 2, 4),
    ).level({ rows: 1, columns: 1 }) as Plane;
    assert.deepEqual([...level.entries], [Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test("rows and columns are put together apart, for what is drawn stretched", () => {
    const level = new Pyramid(planeOf([1, 2, 3, 4, 5, -6, 7, 8], 4, 2)).level({ rows: 2, columns: 0 }) as Plane;
    assert.deepEqual([level.rows, level.columns, [...level.entries]], [1, 2, [7, 8]]);
  });

  test("at any level, an entry is the strongest of the entries it stands for", () => {
    const extent = fc.integer({ min: 1, max: 23 });
    const shift = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        extent,
        extent,
        shift,
        shift,
        fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
        (rows, columns, down, across, draws) => {
          const plane = planeOf(
            Array.from({ length: rows * columns }, () => draws.next().value as number),
            rows,
            columns,
          );
          const level = new Pyramid(plane).level({ rows: down, columns: across }) as Plane;
          for (let row = 0; row < level.rows; row++) {
            for (let column = 0; column < level.columns; column++) {
              const [top, left] = [row << down, column << across];
              const window = {
                top,
                left,
                bottom: Math.min(rows, top + (1 << down)),
                right: Math.min(columns, left + (1 << across)),
              };
              const found = level.entries[row * level.columns + column];
              assert.equal(Math.abs(found), Math.abs(strongestIn(plane, window).value));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a lone entry in 36 million is there at the coarsest level, which is made in portions", async () => {
    const side = 6000;
    const entries = new Float32Array(side * side);
    entries[4321 * side + 1234] = -7;
    const source = new EmbeddedSource(entries, 1, side, side);
    const shift = coarsest(side);
    const level: Level = { rows: shift, columns: shift };
    const asked = source.tile(0, level, 0, 0);
    assert.ok(asked instanceof Promise, "so large a level does not hold up the page");
    const tile = await asked;
    assert.ok(tile.rows <= TILE && tile.columns <= TILE);
    const values = valuesOf(tile);
    assert.deepEqual(
      values.filter((value) => value !== 0),
      [-7],
    );
    assert.equal(values.indexOf(-7), (4321 >> shift) * tile.columns + (1234 >> shift));
  });

  test("a tile has the first rows and columns of its neighbours, and no copy of the numbers", () => {
    const source = new EmbeddedSource(
      Float32Array.from({ length: 300 * 400 }, (_, i) => i),
      1,
      300,
      400,
    );
    const tile = source.tile(0, { rows: 0, columns: 0 }, 0, 0) as Tile;
    assert.deepEqual([tile.rows, tile.columns], [TILE + OVERLAP, TILE + OVERLAP]);
    const last = source.tile(0, { rows: 0, columns: 0 }, 1, 1) as Tile;
    assert.deepEqual([last.rows, last.columns], [300 - TILE, 400 - TILE]);
    assert.equal(valuesOf(last)[0], TILE * 400 + TILE);
    assert.equal(last.entries, tile.entries);
  });
});
