/** @file Timer, its statistics and the comparison of measurements. */
import assert from "node:assert/strict";
import { Comparison, compare } from "../../kernel/bench/comparison.ts";
import { formatRatio, formatTime } from "../../kernel/bench/format.ts";
import { Measurement } from "../../kernel/bench/measurement.ts";
import { mean, quantile, sorted, standardDeviation } from "../../kernel/bench/statistics.ts";
import { registerCompletion, Timer } from "../../kernel/bench/timer.ts";
import { ArgumentError } from "../../kernel/errors.ts";

const measured = (description: string, times: readonly number[], label = "Jacobian"): Measurement =>
  new Measurement({ label, description, times, callsPerRepetition: 1 });

/** Times that spread by `spread` to both sides of `center`. */
const around = (center: number, spread = 0.01): number[] => [-1, -0.5, 0, 0.5, 1].map((k) => center * (1 + k * spread));

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.abs(expected), `${actual} is not ${expected}`);

/** A clock that stands still but for what is spent on it and a tick per reading; powers of two, so sums are exact. */
function fakeClock(tick = 2 ** -10) {
  let time = 0;
  return {
    now: () => {
      time += tick;
      return time;
    },
    spend: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

suite("statistics of a sample", () => {
  test("quantiles are NumPy's", () => {
    const sample = sorted([3.5, -1, 8, 2, 2, 11, 0.25]);
    const numpy = { 0: -1, 0.1: -0.25, 0.25: 1.125, 0.5: 2, 0.75: 5.75, 0.9: 9.2, 1: 11 };
    for (const [q, expected] of Object.entries(numpy)) near(quantile(sample, Number(q)), expected);
    assert.equal(quantile([7], 0.3), 7);
  });

  test("mean and standard deviation are NumPy's", () => {
    near(mean([3.5, -1, 8, 2, 2, 11, 0.25]), 3.6785714285714284);
    near(standardDeviation([3.5, -1, 8, 2, 2, 11, 0.25]), 3.992659080188571);
  });

  test("an empty sample and a fraction outside [0, 1] are errors", () => {
    assert.throws(() => mean([]), ArgumentError);
    assert.throws(() => quantile([], 0.5), ArgumentError);
    assert.throws(() => quantile([1], 1.5), /from 0 to 1, got 1\.5/);
  });
});

suite("times and ratios in words", () => {
  test("a time takes the unit that suits it", () => {
    assert.equal(formatTime(0.00001234), "12.3 µs");
    assert.equal(formatTime(0.0015, 2), "1.5 ms");
    assert.equal(formatTime(12.345, 4), "12.35 s");
    assert.equal(formatTime(3e-9, 1), "3 ns");
    assert.equal(formatTime(0.1234, 2), "120 ms");
    assert.equal(formatTime(0), "0 ns");
  });

  test("a ratio keeps the figures it deserves", () => {
    assert.deepEqual([1.254, 3.21, 9.97, 32.4, 99.6, 321.7, 4321].map(formatRatio), [
      "1.25×",
      "3.2×",
      "10×",
      "32×",
      "100×",
      "322×",
      "4320×",
    ]);
  });
});

suite("Measurement", () => {
  const m = measured("jacrev", [4e-5, 1e-5, 2e-5, 3e-5, 10e-5]);

  test("summarises its times", () => {
    near(m.mean, 4e-5);
    near(m.median, 3e-5);
    near(m.quartiles[0], 2e-5);
    near(m.quartiles[1], 4e-5);
    near(m.iqr, 2e-5);
    assert.deepEqual([m.min, m.max, m.repetitions], [1e-5, 10e-5, 5]);
    assert.deepEqual(m.times, [4e-5, 1e-5, 2e-5, 3e-5, 10e-5]);
  });

  test("shows as many figures as the spread allows", () => {
    assert.equal(m.significantFigures, 2);
    assert.equal(measured("", around(1e-3, 0.002)).significantFigures, 3);
    assert.equal(measured("", around(1e-3, 0.0001)).significantFigures, 4);
  });

  test("prints median, mean, spread and a warning when the machine was noisy", () => {
    assert.equal(
      m.toString(),
      [
        "Jacobian: jacrev",
        "  median 30 µs",
        "  mean   40 µs",
        "  IQR    20 µs (20 µs to 40 µs)",
        "  5 repetitions of 1 call",
        "  The middle half spreads over 67 % of the median: something else kept the machine busy.",
      ].join("\n"),
    );
    assert.doesNotMatch(measured("", around(1)).toString(), /busy/);
    assert.equal(measured("", [0.25]).toString(), "Jacobian\n  250.0 ms\n  1 repetition of 1 call");
  });
});

suite("Comparison", () => {
  test("names the faster one, whichever comes first, with the slower time over the faster", () => {
    const fast = measured("jacrev", around(1e-4));
    const slow = measured("row by row", around(3.2e-4));
    assert.equal(compare(fast, slow).verdict, "jacrev is 3.2× faster than row by row.");
    assert.equal(compare(slow, fast).verdict, "jacrev is 3.2× faster than row by row.");
  });

  test("names no winner when the middle halves overlap, or nothing worth naming lies between them", () => {
    const verdict = "No clear difference between a and b.";
    assert.equal(compare(measured("a", around(1, 0.3)), measured("b", around(1.2, 0.3))).verdict, verdict);
    assert.equal(compare(measured("a", around(1, 1e-6)), measured("b", around(1.001, 1e-6))).verdict, verdict);
  });

  test("ranks three and more", () => {
    const a = measured("a", around(1));
    const b = measured("b", around(2));
    const c = measured("c", around(40));
    assert.equal(compare(c, a, b).verdict, "a is 2.0× faster than b and 40× faster than c.");
    assert.deepEqual(
      compare(c, a, b).ranking.map((m) => m.name),
      ["a", "b", "c"],
    );
    const a2 = measured("a2", around(1.001));
    assert.equal(compare(a, c, a2).verdict, "a is 40× faster than c; no clear difference between a and a2.");
  });

  test("claims no ratio to a time that the clock could not see", () => {
    const verdict = compare(measured("a", [0, 0, 0]), measured("b", around(1))).verdict;
    assert.equal(verdict, "a is faster than b.");
  });

  test("tells measurements of one name apart", () => {
    const same = [measured("", around(1), "f"), measured("", around(2), "f")];
    assert.equal(compare(...same).verdict, "f (1) is 2.0× faster than f (2).");
    const labels = [measured("x", around(1), "f"), measured("x", around(2), "g")];
    assert.equal(compare(...labels).verdict, "f: x is 2.0× faster than g: x.");
  });

  test("prints a table in the order given and the verdict below it", () => {
    const comparison = compare(measured("row by row", around(2e-3, 0.001)), measured("jacrev", around(1e-3, 0.001)));
    assert.equal(comparison.toString(), `${comparison.table}\njacrev is 2.0× faster than row by row.`);
    const [head, first, second] = comparison.table.split("\n").map((line) => line.trim().split(/\s{2,}/));
    assert.deepEqual(head, ["median", "mean", "IQR", "runs", "time"]);
    assert.deepEqual(first, ["row by row", "2.00 ms", "2.00 ms", "0.0020 ms", "5 × 1", "2.0×"]);
    assert.deepEqual(second, ["jacrev", "1.00 ms", "1.00 ms", "0.0010 ms", "5 × 1", "1.00×"]);
  });

  test("needs two", () => {
    assert.throws(() => new Comparison([measured("a", [1])]), /two measurements or more, got 1/);
  });
});

suite("Timer", () => {
  teardown(() => registerCompletion((statement) => ({ result: statement(), release() {} })));

  test("timeit calls the statement n times in equal repetitions and reports seconds per call", () => {
    const clock = fakeClock();
    let calls = 0;
    const stmt = () => {
      calls++;
      clock.spend(2);
    };
    const m = new Timer({ stmt, label: "two", now: clock.now }).timeit(40);
    // 200 ticks of 2⁻¹⁰ ms are far below one call: every call is a repetition.
    assert.deepEqual([m.repetitions, m.callsPerRepetition, m.label], [40, 1, "two"]);
    near(m.median, (2 + 2 ** -10) / 1000);
    near(m.iqr, 0);
    assert.ok(calls > 40 && calls <= 90, `${calls} calls, warm-up included`);
  });

  test("calls are grouped until the clock can see them", () => {
    const clock = fakeClock(2 ** -4);
    const stmt = () => clock.spend(2 ** -3);
    const m = new Timer({ stmt, now: clock.now }).timeit(1003);
    // 200 ticks are 12.5 ms; a call is 0.125 ms and a bit in the warm-up's last block.
    assert.ok(m.callsPerRepetition >= 90 && m.callsPerRepetition <= 100, `${m.callsPerRepetition}`);
    assert.equal(m.repetitions, Math.floor(1003 / m.callsPerRepetition));
    near(m.median, (2 ** -3 + 2 ** -4 / m.callsPerRepetition) / 1000);
  });

  test("what a lazy result still owes is inside the time", () => {
    const clock = fakeClock();
    let calls = 0;
    const held: number[] = [];
    const most: number[] = [];
    registerCompletion((statement) => {
      const call = calls++;
      clock.spend(8);
      held.push(call);
      most.push(held.length);
      return { result: statement(), release: () => held.splice(held.indexOf(call), 1) };
    });
    const m = new Timer({ stmt: () => ({ lazy: true }), now: clock.now }).timeit(5);
    near(m.median, (8 + 2 ** -10) / 1000);
    assert.ok(calls > 5);
    // The last result stays with whoever took it in the statement; each before it was freed by the one after.
    assert.deepEqual(held, [calls - 1]);
    assert.equal(Math.max(...most), 2);
  });

  test("setup runs once per measurement, before the statement and outside its time", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const timer = new Timer({
      setup: () => {
        log.push("setup");
        clock.spend(1000);
      },
      stmt: () => {
        log.push("stmt");
        clock.spend(1);
      },
      now: clock.now,
    });
    assert.ok(timer.timeit(10).max < 0.002);
    assert.ok(timer.blockedAutorange({ minRunTime: 0.01 }).max < 0.002);
    assert.equal(log[0], "setup");
    assert.equal(log.filter((entry) => entry === "setup").length, 2);
  });

  test("blockedAutorange fills the time asked for", () => {
    const clock = fakeClock();
    const m = new Timer({ stmt: () => clock.spend(0.25), now: clock.now }).blockedAutorange({ minRunTime: 0.5 });
    const spent = m.times.reduce((a, b) => a + b) * m.callsPerRepetition;
    assert.ok(spent >= 0.5 && spent < 0.52, `${spent} s`);
    assert.ok(m.repetitions >= 80 && m.repetitions <= 100, `${m.repetitions}`);
  });

  test("a slow statement is not repeated for ever", () => {
    const clock = fakeClock();
    let calls = 0;
    const stmt = () => {
      calls++;
      clock.spend(5000);
    };
    const m = new Timer({ stmt, now: clock.now }).blockedAutorange();
    assert.deepEqual([m.repetitions, m.callsPerRepetition, calls], [5, 1, 7]);
    calls = 0;
    assert.equal(new Timer({ stmt, now: clock.now }).timeit(1).repetitions, 1);
    assert.equal(calls, 3);
  });

  test("the label is the statement's text, or the function's name", () => {
    const label = (stmt: () => unknown): string => new Timer({ stmt, now: fakeClock().now }).timeit(1).label;
    assert.equal(
      label(() => Math.sqrt(2)),
      "Math.sqrt(2)",
    );
    assert.equal(
      label(function rowByRow() {
        return 1;
      }),
      "rowByRow",
    );
    assert.equal(
      new Timer({
        stmt: () => {
          return 1;
        },
        now: fakeClock().now,
      }).timeit(1).label,
      "statement",
    );
  });

  test("the real clock is the default, and counts in seconds", () => {
    let sink = 0;
    const stmt = () => {
      for (let i = 0; i < 20_000; i++) sink += Math.sin(sink + i);
    };
    const before = performance.now();
    const { times, callsPerRepetition } = new Timer({ stmt }).timeit(50);
    const elapsed = (performance.now() - before) / 1000;
    const measured = times.reduce((sum, each) => sum + each, 0) * callsPerRepetition;
    // What was measured happened in between, and each call took some time: true on any machine.
    assert.ok(measured > 0 && measured <= elapsed, `${measured} of ${elapsed} s`);
    assert.ok(Number.isFinite(sink));
  });

  test("says what to do about a statement that cannot be timed", () => {
    const notAFunction = 3 as unknown as () => unknown;
    assert.throws(() => new Timer({ stmt: notAFunction }), /stmt to be a function, got number\. Write stmt: \(\) =>/);
    assert.throws(() => new Timer({ stmt: async () => 1 }).timeit(3), /returned a promise/);
    const timer = new Timer({ stmt: () => 1 });
    assert.throws(() => timer.timeit(0), /1 or more, got 0/);
    assert.throws(() => timer.timeit(1.5), ArgumentError);
    assert.throws(() => timer.blockedAutorange({ minRunTime: 0 }), /above 0, got 0/);
  });
});
