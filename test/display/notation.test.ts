/** @file How numbers, times, indices and axes are written. */
import assert from "node:assert/strict";
import type { Side } from "../../protocol/display.ts";
import {
  axisTitles,
  describeShape,
  entryOfSide,
  formatBytes,
  formatNumber,
  formatRate,
  formatRatio,
  formatSeconds,
  formatSecondsRange,
  formatSecondsTick,
  sliceName,
  stretchOfSide,
  ticksOf,
  unravel,
} from "../../protocol/notation.ts";

const side = (label: string, name: string, ...shape: number[]): Side => ({ label, name, shape });

suite("notation", () => {
  test("numbers have four significant digits, a true minus, and say when they are none", () => {
    const cases: [number, string][] = [
      [0, "0"],
      [-0, "0"],
      [-0.595584, "−0.5956"],
      [12.3456, "12.35"],
      [0.5, "0.5"],
      [12345.6, "12346"],
      [123456, "123456"],
      [1234567, "1.235e6"],
      [0.00001234, "1.234e−5"],
      [9.9999e-5, "1e−4"],
      [Number.NaN, "NaN"],
      [Number.NEGATIVE_INFINITY, "−∞"],
    ];
    for (const [value, text] of cases) assert.equal(formatNumber(value), text);
    assert.equal(formatNumber(-0.5955841, 6), "−0.595584");
  });

  test("times have three significant digits in a unit that suits them", () => {
    const cases: [number, string][] = [
      [9.82e-5, "98.2 µs"],
      [1.4e-3, "1.40 ms"],
      [9.999996e-4, "1.00 ms"],
      [2.5, "2.50 s"],
      [120, "120 s"],
      [3e-8, "30.0 ns"],
    ];
    for (const [seconds, text] of cases) assert.equal(formatSeconds(seconds), text);
    assert.equal(formatSecondsRange(9.64e-5, 1.024e-4), "96.4 to 102 µs");
    assert.equal(formatSecondsRange(9.64e-4, 1.4e-3), "0.964 to 1.40 ms");
  });

  test("shapes are said in plain words", () => {
    assert.equal(describeShape({ shape: [], dtype: "float32" }), "a single float32");
    assert.equal(describeShape({ shape: [1], dtype: "int32" }), "1 entry, int32");
    assert.equal(describeShape({ shape: [5000], dtype: "int32" }), "5,000 entries, int32");
    assert.equal(describeShape({ shape: [64, 33, 31], dtype: "float64" }), "64 × 33 × 31, float64");
  });

  test("entries are named by their indices along each axis", () => {
    assert.deepEqual(unravel(23, [2, 3, 4]), [1, 2, 3]);
    assert.equal(entryOfSide(side("input", "weight", 8, 8), 27), "weight[3, 3]");
    assert.equal(entryOfSide(side("example", "", 64), 5), "example 5");
    assert.equal(entryOfSide(side("output", "loss"), 0), "loss");
    assert.equal(stretchOfSide(side("input", "x", 64), 8, 11), "x[8–11]");
    assert.equal(stretchOfSide(side("input", "w", 2, 10), 8, 13), "w[0, 8] to w[1, 3]");
    const slices = [side("example", "", 8), side("output", "predict", 5)];
    assert.equal(sliceName({ slices }, 17), "example 3, predict[2]");
  });

  test("axes are titled with one letter for each index", () => {
    const titles = axisTitles({ rows: side("output", "predict", 16), columns: side("input", "weight", 16, 16) });
    assert.deepEqual(titles, { rows: "output predict[i]", columns: "input weight[j, k]" });
    assert.deepEqual(axisTitles({ rows: side("row", ""), columns: side("entry", "", 5) }), {
      rows: "",
      columns: "entry i",
    });
    assert.equal(axisTitles({ rows: side("", "output", 3), columns: side("input", "x") }).rows, "output[i]");
    assert.equal(axisTitles({ rows: side("output", "loss"), columns: side("input", "x", 2) }).rows, "output loss");
  });

  test("ticks stand at round steps, or at whole outer indices", () => {
    const labels = (of: Side, most: number): string[] => ticksOf(of, most).map(({ label }) => label);
    assert.deepEqual(labels(side("row", "", 16), 8), ["0", "2", "4", "6", "8", "10", "12", "14"]);
    assert.deepEqual(labels(side("row", "", 2048), 5), ["0", "500", "1000", "1500", "2000"]);
    assert.deepEqual(ticksOf(side("input", "w", 4, 31), 8), [
      { flat: 0, label: "0" },
      { flat: 31, label: "1" },
      { flat: 62, label: "2" },
      { flat: 93, label: "3" },
    ]);
    assert.deepEqual(labels(side("input", "w", 2, 2), 8), ["0, 0", "0, 1", "1, 0", "1, 1"]);
    assert.deepEqual(labels(side("output", "loss"), 8), []);
  });

  test("never more ticks than asked for", () => {
    for (const shape of [[7], [33], [1000], [64, 31], [3, 5, 7], [2, 1000]]) {
      for (const most of [1, 2, 5, 9]) {
        const count = ticksOf(side("row", "", ...shape), most).length;
        assert.ok(count <= most && count > 0, `${count} ticks for ${shape} where ${most} fit`);
      }
    }
  });
});

suite("bytes, rates and ratios", () => {
  test("bytes take the unit that suits them, in powers of a thousand", () => {
    assert.deepEqual([0, 12, 999.6, 262_144, 4.2e6, 1.5e9, 3e12].map(formatBytes), [
      "0 bytes",
      "12 bytes",
      "1 kB",
      "262 kB",
      "4.2 MB",
      "1.5 GB",
      "3000 GB",
    ]);
    assert.equal(formatRate(1.213e10), "12.1 GB/s");
  });

  test("a ratio has the figures that its interval supports", () => {
    assert.deepEqual(
      [1, 1.254, 3.21, 39.52].map((ratio) => formatRatio(ratio)),
      ["1.00×", "1.25×", "3.2×", "40×"],
    );
    assert.equal(formatRatio(39.52, [39.31, 39.84]), "39.5× (39.3 to 39.8×)");
    assert.equal(formatRatio(13.2, [1.64, 77.9]), "13× (1.64 to 78×)");
    assert.equal(formatRatio(0.734, [0.731, 0.742]), "0.73× (0.73 to 0.74×)");
  });

  test("a tick's time is round", () => {
    assert.deepEqual([2e-5, 1e-3, 0.25, 0].map(formatSecondsTick), ["20 µs", "1 ms", "250 ms", "0 ns"]);
  });
});
