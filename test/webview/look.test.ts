/** @file Scales, ranges and ticks: what a colour says. */
import assert from "node:assert/strict";
import { COLOUR_STEPS, type ColourScale, colourStep, colourTable, isBeyond, placeOn } from "../../protocol/colours.ts";
import { CURVES, curved } from "../../protocol/curve.ts";
import { summaryOf } from "../../webview/data/summary.ts";
import { colourTicks } from "../../webview/drawing/colour-ticks.ts";
import { initialLook, scaleOf } from "../../webview/drawing/look.ts";

const summary = (values: readonly number[]) =>
  summaryOf({ entries: Float64Array.from(values), from: 0, rows: 1, columns: values.length });

suite("scale", () => {
  test("every curve goes from 0 at zero upwards, and has both signs alike", () => {
    for (const curve of CURVES) {
      const scale: ColourScale = { kind: "diverging", low: -100, high: 100, curve, bend: 0.01 };
      assert.equal(placeOn(scale, 0), 0.5);
      assert.deepEqual([placeOn(scale, -100), placeOn(scale, 100)], [0, 1]);
      const places = [0.001, 0.01, 0.1, 1, 10, 100].map((value) => placeOn(scale, value));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      for (const value of [0.001, 0.5, 77]) {
        assert.ok(Math.abs(placeOn(scale, value) + placeOn(scale, -value) - 1) < 1e-12);
      }
    }
  });

  test("symlog and asinh are logarithmic far from zero and straight near it", () => {
    for (const curve of ["symlog", "asinh"] as const) {
      const decade = curved(curve, 1, 1e6) - curved(curve, 1, 1e5);
      assert.ok(Math.abs(decade - Math.LN10) < 1e-4, `${curve}: ${decade}`);
      assert.ok(Math.abs(curved(curve, 1, 1e-6) / 1e-6 - 1) < 1e-5);
    }
  });

  test("magnitudes leave the sign out, a pattern all but zero", () => {
    const magnitude: ColourScale = { kind: "magnitude", low: 0, high: 4, curve: "linear", bend: 1 };
    assert.equal(colourStep(magnitude, -4), colourStep(magnitude, 4));
    assert.ok(isBeyond(magnitude, -5) && !isBeyond(magnitude, -4));
    const pattern: ColourScale = { ...magnitude, kind: "pattern" };
    assert.deepEqual(
      [0, -0, 1e-300, -9].map((value) => colourStep(pattern, value)),
      [0, 0, COLOUR_STEPS - 1, COLOUR_STEPS - 1],
    );
  });

  test("no two maps are told apart by hue alone: each goes from light to dark", () => {
    const lightness = (kind: ColourScale["kind"], step: number): number => {
      const [red, green, blue] = colourTable(kind).subarray(3 * step, 3 * step + 3);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    for (const [kind, from] of [
      ["sequential", 0],
      ["magnitude", 0],
      ["diverging", 128],
    ] as const) {
      for (let step = from + 16; step < COLOUR_STEPS; step += 16) {
        assert.ok(lightness(kind, step) < lightness(kind, step - 16), `${kind} at ${step}`);
      }
    }
  });
});

suite("summary", () => {
  test("counts what is no number and takes quantiles of what is not zero", () => {
    const values = [...Array.from({ length: 100 }, (_, i) => i + 1), ...new Array<number>(900).fill(0)];
    values.push(Number.NaN, Number.NEGATIVE_INFINITY);
    const found = summary(values);
    assert.deepEqual(
      { ...found },
      { min: 0, max: 100, nan: 1, infinite: 1, nonzero: 100, small: 6, typical: 51, usual: 98, beyond: 2 },
    );
    assert.deepEqual(summary([0, Number.NaN]), {
      min: 0,
      max: 0,
      nan: 1,
      infinite: 0,
      nonzero: 0,
      small: 0,
      typical: 0,
      usual: 0,
      beyond: 0,
    });
  });

  test("of many entries a sample is sorted, spread over all of them", () => {
    const found = summary(Array.from({ length: 300_000 }, (_, i) => i - 150_000));
    assert.ok(Math.abs(found.typical - 75_000) < 200, String(found.typical));
    assert.ok(Math.abs(found.beyond - 6000) < 300, String(found.beyond));
  });
});

suite("look", () => {
  const outlier = summary([...Array.from({ length: 99 }, (_, i) => (i + 1) / 99), 1e4]);

  test("colours end at the usual magnitudes only where a few entries would take them all", () => {
    assert.equal(initialLook(outlier).trims, true);
    assert.equal(initialLook(summary([1, 2, 3, 4])).trims, false);
    assert.equal(initialLook(summary([0, 0, 0, -3])).trims, false);
    const trimmed = scaleOf({ shows: "values", curve: "linear", trims: true }, outlier, true);
    assert.deepEqual([trimmed.low, trimmed.high], [-outlier.usual, outlier.usual]);
    assert.ok(isBeyond(trimmed, 1e4));
    assert.equal(scaleOf({ shows: "values", curve: "linear", trims: false }, outlier, false).high, 1e4);
  });

  test("a logarithmic scale begins within the data, whatever they are", () => {
    for (const values of [[0, 0], [5], [1e-30, 1e30], [1, 1, 1]]) {
      for (const curve of CURVES) {
        const scale = scaleOf({ shows: "values", curve, trims: false }, summary(values), true);
        assert.ok(scale.bend > 0 && scale.high > 0 && Number.isFinite(placeOn(scale, values[0])), `${values} ${curve}`);
      }
    }
  });
});

suite("colour ticks", () => {
  const ticks = (scale: Partial<ColourScale>) =>
    colourTicks({ kind: "diverging", low: -5, high: 5, curve: "linear", bend: 1, ...scale }).map(({ value }) => value);

  test("the ends, zero, and round numbers between them", () => {
    assert.deepEqual(ticks({}), [-5, -2, 0, 2, 5]);
    assert.deepEqual(ticks({ kind: "sequential", low: 0, high: 1 }), [0, 0.5, 1]);
    assert.deepEqual(ticks({ low: -1.73, high: 1.73 }), [-1.73, -1, -0.5, 0, 0.5, 1, 1.73]);
  });

  test("powers of ten on a logarithmic scale", () => {
    assert.deepEqual(ticks({ low: -1000, high: 1000, curve: "symlog", bend: 0.1 }), [-1000, -10, 0, 10, 1000]);
    assert.deepEqual(ticks({ kind: "magnitude", low: 0, high: 300, curve: "asinh", bend: 1 }), [0, 10, 300]);
  });

  test("none are written over one another", () => {
    for (const high of [1e-7, 0.3, 7, 123_456]) {
      for (const curve of CURVES) {
        const places = colourTicks({ kind: "sequential", low: 0, high, curve, bend: high / 1e5 }).map(
          ({ place }) => place,
        );
        places.slice(1).forEach((place, i) => {
          assert.ok(place - places[i] >= 0.13, `${curve} to ${high}: ${places}`);
        });
      }
    }
  });
});
