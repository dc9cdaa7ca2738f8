/** @file Timings side by side: the right winner, the right ratio, and none where there is none. */
import assert from "node:assert/strict";
import { Comparison, compare, Measurement } from "cotangent";
import { comparisonDisplay, measurementDisplay } from "../../extension/session/display/benchmark.ts";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { inTurns, onDevices, sinceEarlier } from "../gallery/fixtures.ts";

const measured = (label: string, typical: number, spread = 0.02, description = ""): Measurement => {
  const times = Array.from({ length: 101 }, (_, i) => typical * (1 + spread * (i / 50 - 1)));
  return new Measurement({ label, description, times, callsPerRepetition: 5 });
};

suite("benchmark display", () => {
  test("the winner is the faster one, in whichever order they were given, and the ratio is above one", () => {
    const [loop, whole] = [measured("the row loop", 3.2e-4), measured("jacrev", 1e-4)];
    for (const [order, winner] of [
      [[loop, whole], 1],
      [[whole, loop], 0],
    ] as const) {
      const display = comparisonDisplay(compare(...order));
      assert.equal(display.winner, winner);
      assert.match(display.verdict, /^jacrev is 3\.2.* faster than the row loop \(.*\)\.$/);
    }
  });

  test("within the noise there is no winner", () => {
    const display = comparisonDisplay(compare(measured("jacfwd", 1.01e-4, 0.1), measured("jacrev", 1e-4, 0.1)));
    assert.equal(display.winner, undefined);
    assert.doesNotMatch(display.verdict, /faster/);
  });

  test("figures are those of the measurement, in seconds", () => {
    const [row] = measurementDisplay(measured("jacrev", 2e-4, 0.04)).rows;
    assert.ok(Math.abs(row.median - 2e-4) < 1e-12 && Math.abs(row.mean - 2e-4) < 1e-12);
    assert.ok(Math.abs(row.quartiles[0] - 1.96e-4) < 1e-12 && Math.abs(row.quartiles[1] - 2.04e-4) < 1e-12);
    assert.deepEqual([row.repetitions, row.callsPerRepetition], [101, 5]);
  });

  test("ways of one thing are named by the way, things by the thing", () => {
    const ways = comparisonDisplay(
      compare(measured("Jacobian", 1e-4, 0, "jacrev"), measured("Jacobian", 2e-4, 0, "loop")),
    );
    assert.deepEqual([ways.title, ...ways.rows.map((row) => row.label)], ["Jacobian", "jacrev", "loop"]);
    const things = comparisonDisplay(compare(measured("tall", 1e-4, 0, "jacrev"), measured("wide", 2e-4, 0, "jacrev")));
    assert.deepEqual(
      [things.title, ...things.rows.map((row) => row.label)],
      ["Timings", "tall: jacrev", "wide: jacrev"],
    );
  });

  test("every time is there, of many an even selection", () => {
    const [few] = measurementDisplay(measured("f", 1e-4)).rows;
    assert.equal(few.times?.length, 101);
    assert.ok(few.times?.every((time, i) => Math.abs(time - 1e-4 * (1 + 0.02 * (i / 50 - 1))) < 1e-8));
    const times = Array.from({ length: 10_000 }, (_, i) => 1 + i / 10_000);
    const [many] = measurementDisplay(
      new Measurement({ label: "f", description: "", times, callsPerRepetition: 1 }),
    ).rows;
    assert.equal(many.times?.length, 400);
    assert.ok(many.times?.every((time, i) => Math.abs(time - (1 + i / 400)) < 1e-3));
    assert.equal(many.repetitions, 10_000);
  });

  test("ratios come with their intervals, and only where the times support them", () => {
    const { rows } = comparisonDisplay(inTurns());
    assert.equal(rows[0].ratio?.interval, undefined);
    const { value, interval } = rows[1].ratio!;
    assert.ok(interval![0] < value && value < interval![1] && Math.abs(value - 39.5) < 0.5);
    const few = comparisonDisplay(
      compare(
        ...[1, 2].map(
          (time) => new Measurement({ label: `${time}`, description: "", times: [time], callsPerRepetition: 1 }),
        ),
      ),
    );
    assert.deepEqual([few.rows[1].ratio, few.winner], [{ value: 2 }, undefined]);
  });

  test("the memory's limit is the time in which the results can be written", () => {
    const { limit, rows, caveats } = comparisonDisplay(inTurns());
    assert.ok(Math.abs(limit!.seconds - 262_144 / 1.21e10) < 1e-12);
    assert.ok(rows.every(({ resultBytes }) => resultBytes === 262_144));
    assert.match(caveats!.join(), /^row by row: The times fall into two groups/);
  });

  test("a limit that says nothing, or turned out to be none, is not drawn", () => {
    const { measurements } = inTurns();
    const limited = (bytesPerSecond: number) =>
      comparisonDisplay(
        new Comparison(measurements, { interleaved: true, writingLimit: { bytes: 262_144, bytesPerSecond } }),
      );
    // In a 300th of the fastest time.
    const far = limited(1.2e12);
    assert.deepEqual([far.limit, far.caveats?.length], [undefined, 1]);
    const contradicted = limited(1e9);
    assert.equal(contradicted.limit, undefined);
    assert.match(contradicted.caveats!.join(), /Results came faster than memory was written just before, at 1 GB\/s/);
  });

  test("backend, machine, versions and date are stamped; what differs is said apart", () => {
    const { stamp } = comparisonDisplay(inTurns());
    assert.equal(
      stamp,
      "wasm · 8 threads · fused multiply-add · A Processor of 3.2 GHz · 8 cores · linux x64 · Node 24.1.0 · Cotangent 0.1.0 · 2026-11-23 16:20 UTC",
    );
    assert.equal(measurementDisplay(measured("f", 1)).stamp, undefined);
    assert.equal(measurementDisplay(inTurns().measurements[0]).stamp, stamp);
  });

  test("rows of several backends: which device it was, and what waiting for it takes by itself", () => {
    const { rows, caveats, stamp } = comparisonDisplay(onDevices());
    assert.deepEqual(
      rows.map(({ label, wait }) => [label, wait]),
      [
        ["matmul, wasm", undefined],
        ["matmul, webgpu", 2.1e-4],
      ],
    );
    assert.match(caveats!.join(), /matmul, wasm on wasm, 8 threads, .*; matmul, webgpu on webgpu \(An Accelerator\)\./);
    assert.doesNotMatch(caveats!.join(), /ends with waiting/);
    assert.doesNotMatch(stamp!, /wasm|webgpu/);
    assert.match(measurementDisplay(onDevices().measurements[1]).stamp!, /^webgpu \(An Accelerator\) · /);
    // Of a repetition of 5 ms, 2 are worth a word.
    const [, quick] = onDevices().measurements;
    const waiting = new Measurement({ ...quick, times: quick.times, wait: 2e-3 });
    assert.match(
      waiting.caveats.join(),
      /A repetition of 5\.\d ms ends with waiting for webgpu, which alone takes 2\.0 ms/,
    );
  });

  test("the earlier run of a statement is beside it, with the change", () => {
    const { rows, earlierStamp, verdict } = comparisonDisplay(sinceEarlier());
    assert.match(verdict, /jacrev is 1\.3\d× faster than on 2026-05-02/);
    assert.match(earlierStamp ?? "", /2026-05-02 09:00 UTC$/);
    const { median, times, change } = rows[0].earlier!;
    assert.ok(times.length === 100 && median > 8.3e-5);
    assert.ok(change!.value < 0.75 && change!.interval![1] < 0.76);
  });

  test("the PNG has all of that, too, in lines of bounded length", () => {
    const bundle = bundleOf(inTurns())!;
    const png = Buffer.from(String(bundle["image/png"]), "base64");
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    assert.ok(width > 500 && width < 1000 && height > 150 && height < 400, `${width} × ${height}`);
    assert.match(String(bundle["text/plain"]), /jacrev is 39\.5× faster than/);
  });
});
