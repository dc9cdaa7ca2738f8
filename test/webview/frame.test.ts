/** @file Which entries a pixel covers, and what is drawn while the right tiles are on their way. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EmbeddedSource } from "../../webview/data/embedded.ts";
import { type Level, type MatrixSource, OVERLAP, type Tile } from "../../webview/data/source.ts";
import { levelFor, planFrame, startsOf } from "../../webview/drawing/frame.ts";
import { TileStore } from "../../webview/drawing/tile-store.ts";
import { entriesIn, isWhole, panned, showing, wholeOf, zoomed, zoomedToBox } from "../../webview/drawing/viewport.ts";

const unexpected = (): never => assert.fail("nothing was on its way");

suite("viewport", () => {
  const extents = { rows: 1000, columns: 2000 };
  const size = { width: 400, height: 200 };
  const whole = wholeOf(extents);

  test("zooming keeps what is under the pointer, and keeps the shape of an entry", () => {
    const at = { x: 0.25, y: 0.5 };
    const view = zoomed(whole, 4, at, extents, size);
    assert.deepEqual(view, { left: 375, top: 375, across: 500, down: 250 });
    assert.equal(view.left + at.x * view.across, 500);
  });

  test("nothing is seen beyond the matrix, and no more of it than there is", () => {
    assert.deepEqual(zoomed(whole, 0.1, { x: 0.5, y: 0.5 }, extents, size), whole);
    const near = zoomed(whole, 10, { x: 0, y: 0 }, extents, size);
    assert.deepEqual(panned(near, { x: 3, y: 3 }, extents), near);
    assert.deepEqual(panned(near, { x: -99, y: -99 }, extents), { ...near, left: 1800, top: 900 });
    assert.ok(isWhole(whole, extents) && !isWhole(near, extents));
  });

  test("an entry gets no larger than can be looked at", () => {
    const view = zoomed(whole, 1e9, { x: 0.5, y: 0.5 }, extents, size);
    assert.ok(Math.abs(size.width / view.across - 96) < 1e-9);
  });

  test("a box is shown whole, in the middle", () => {
    const view = zoomedToBox(whole, { x: 0.5, y: 0.5 }, { x: 0.6, y: 0.7 }, extents, size);
    assert.deepEqual([view.across, view.down].map(Math.round), [400, 200]);
    assert.deepEqual([view.left, view.top].map(Math.round), [900, 500]);
  });

  test("the cursor is brought into sight by the shortest way", () => {
    const view = { left: 100, top: 100, across: 50, down: 50 };
    assert.deepEqual(showing(view, { row: 120, column: 120 }, extents), view);
    assert.deepEqual(showing(view, { row: 99, column: 150 }, extents), { ...view, left: 101, top: 99 });
    assert.deepEqual(entriesIn({ ...view, left: 99.5 }, extents), { top: 100, left: 99, bottom: 150, right: 150 });
  });
});

suite("frame", () => {
  test("every entry that is seen belongs to a pixel, and a pixel to no more than a tile has beside it", () => {
    const positive = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 700 }), (entries, pixels) => {
        const { columns: shift } = levelFor(
          { left: 0, top: 0, across: entries, down: 1 },
          { width: pixels, height: 1 },
        );
        const extent = Math.ceil(entries / 2 ** shift);
        const starts = startsOf(0, entries, pixels, shift, extent);
        const covered = new Set<number>();
        for (let pixel = 0; pixel < pixels; pixel++) {
          const last = Math.max(starts[pixel], starts[pixel + 1] - 1);
          assert.ok(last - starts[pixel] <= OVERLAP, `pixel ${pixel} covers ${last - starts[pixel] + 1}`);
          for (let entry = starts[pixel]; entry <= last; entry++) covered.add(entry);
        }
        assert.equal(covered.size, extent);
      }),
    );
  });

  test("the patches of a frame cover each pixel once", () => {
    const source = new EmbeddedSource(new Float32Array(700 * 900), 1, 700, 900);
    const size = { width: 611, height: 433 };
    const store = new TileStore(unexpected, unexpected);
    const { patches, complete } = planFrame(source, 0, { left: 10.3, top: 20.7, across: 800, down: 600 }, size, store);
    assert.ok(complete && patches.length > 1);
    const area = patches.reduce((sum, { left, top, right, bottom }) => sum + (right - left) * (bottom - top), 0);
    assert.equal(area, size.width * size.height);
  });

  test("while a tile is on its way a coarser one is drawn; when it comes, the view hears of it", async () => {
    const inner = new EmbeddedSource(new Float32Array(1024 * 1024), 1, 1024, 1024);
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const source: MatrixSource = {
      slices: 1,
      opening: 0,
      rows: 1024,
      columns: 1024,
      summary: (slice) => inner.summary(slice),
      strongest: (slice, window) => inner.strongest(slice, window),
      read: (slice, window) => inner.read(slice, window),
      tile(slice: number, level: Level, row: number, column: number) {
        asked.push(`${level.rows} ${level.columns} at ${row} ${column}`);
        return new Promise<Tile>((resolve) => {
          answers.push(() => resolve(inner.tile(slice, level, row, column) as Tile));
        });
      },
    };
    let arrivals = 0;
    const store = new TileStore(() => arrivals++, unexpected);
    const plan = () =>
      planFrame(source, 0, { left: 0, top: 0, across: 200, down: 200 }, { width: 400, height: 400 }, store);
    assert.deepEqual([plan().patches.length, plan().complete], [0, false]);
    assert.deepEqual(asked, ["0 0 at 0 0", "2 2 at 0 0"]);
    answers[1]();
    await Promise.resolve().then(() => {});
    const coarse = plan();
    assert.deepEqual([coarse.complete, coarse.patches[0].rowShift, arrivals], [false, 2, 1]);
    answers[0]();
    await Promise.resolve().then(() => {});
    const fine = plan();
    assert.deepEqual([fine.complete, fine.patches[0].rowShift, arrivals], [true, 0, 2]);
    assert.equal(asked.length, 2);
  });

  test("a tile that cannot be read is told of and asked for again", async () => {
    const failures: unknown[] = [];
    const source = {
      tile: () => Promise.reject(new Error("the session is gone")),
    } as unknown as MatrixSource;
    const store = new TileStore(unexpected, (error) => failures.push(error));
    for (let i = 1; i <= 2; i++) {
      assert.equal(store.get(source, 0, { rows: 0, columns: 0 }, 0, 0, true), undefined);
      await new Promise((resolve) => setTimeout(resolve));
      assert.equal(failures.length, i);
    }
  });
});
