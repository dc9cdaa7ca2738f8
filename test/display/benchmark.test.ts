/** @file Timings side by side: the right winner, the right ratio, and none where there is none. */
import assert from "node:assert/strict";
import { compare, Measurement } from "cotangent";
import { comparisonDisplay, measurementDisplay } from "../../extension/session/display/benchmark.ts";

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
      assert.match(display.verdict, /^jacrev is 3\.2.* faster than the row loop\.$/);
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
});
