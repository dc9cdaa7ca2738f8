/** @file Timer, its statistics and the comparison of measurements. */
import assert from "node:assert/strict";
import { benchmark } from "../../kernel/bench/benchmark.ts";
import { ratioInterval } from "../../kernel/bench/bootstrap.ts";
import { Comparison, compare } from "../../kernel/bench/comparison.ts";
import { describeMachine } from "../../kernel/bench/environment.ts";
import { formatClaim, formatRatio, formatTime } from "../../kernel/bench/format.ts";
import { twoGroups } from "../../kernel/bench/groups.ts";
import { Measurement } from "../../kernel/bench/measurement.ts";
import { mean, quantile, sorted, standardDeviation } from "../../kernel/bench/statistics.ts";
import { Timer } from "../../kernel/bench/timer.ts";
import { ArgumentError } from "../../kernel/errors.ts";
import { jit, ones, type Tensor, useBackend } from "../../kernel/index.ts";
import { MersenneTwister } from "../../kernel/random/mt19937.ts";

const measured = (description: string, times: readonly number[], label = "Jacobian"): Measurement =>
  new Measurement({ label, description, times, callsPerRepetition: 1 });

/** Times that spread by `spread` to both sides of `center`. */
const few = (center: number, spread = 0.01): number[] => [-1, -0.5, 0, 0.5, 1].map((k) => center * (1 + k * spread));
/** Normal deviates, the same in each run. */
function deviates(seed: number): () => number {
  const twister = new MersenneTwister(seed);
  const uniform = (): number => (twister.nextUint32() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Five times each of `few`, in an order of chance. */
function around(center: number, spread = 0.01): number[] {
  const draw = deviates(9);
  const each = Array.from({ length: 5 }, () => few(center, spread)).flat();
  return each
    .map((time) => ({ time, at: draw() }))
    .sort((a, b) => a.at - b.at)
    .map(({ time }) => time);
}

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
    assert.equal(measured("", few(1e-3, 0.002)).significantFigures, 3);
    assert.equal(measured("", few(1e-3, 0.0001)).significantFigures, 4);
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
    const verdict = "jacrev is 3.20× faster than row by row (3.18 to 3.22×).";
    assert.equal(compare(fast, slow).verdict, verdict);
    assert.equal(compare(slow, fast).verdict, verdict);
  });

  test("names no winner when the middle halves overlap, or nothing worth naming lies between them", () => {
    const verdict = "No clear difference between a and b.";
    assert.equal(compare(measured("a", around(1, 0.3)), measured("b", around(1.2, 0.3))).verdict, verdict);
    assert.equal(compare(measured("a", around(1, 1e-6)), measured("b", around(1.001, 1e-6))).verdict, verdict);
  });

  test("names no winner after few repetitions, however far apart they are", () => {
    const { verdict, ratios } = compare(measured("a", few(1)), measured("b", few(3)));
    assert.equal(verdict, "Too few repetitions (5) to compare a and b: it takes 20.");
    assert.deepEqual(
      ratios.map(({ value, interval, finding }) => [value, interval, finding]),
      [
        [1, undefined, "level"],
        [3, undefined, "unknown"],
      ],
    );
  });

  test("times taken in turns are told apart although their middle halves overlap, others are not", () => {
    const draw = deviates(1);
    // The machine's rate changes by far more than the two differ.
    const rate = Array.from({ length: 60 }, (_, i) => 1 + 0.3 * Math.sin(i / 3));
    const a = measured(
      "a",
      rate.map((r) => r * (1 + 0.005 * draw())),
    );
    const b = measured(
      "b",
      rate.map((r) => 1.1 * r * (1 + 0.005 * draw())),
    );
    assert.match(
      new Comparison([a, b], { interleaved: true }).verdict,
      /^a is 1\.(09|10)× faster than b \(1\.09 to 1\.1/,
    );
    const apart = compare(a, b);
    assert.equal(apart.verdict, "No clear difference between a and b.");
    assert.match(apart.caveats.join(), /timed one after the other/);
    assert.deepEqual(
      new Comparison([a, b], { interleaved: true }).caveats.filter((c) => /one after/.test(c)),
      [],
    );
  });

  test("ranks three and more", () => {
    const a = measured("a", around(1));
    const b = measured("b", around(2));
    const c = measured("c", around(40));
    const verdict = "a is 2.00× faster than b (1.98 to 2.01×) and 40.0× faster than c (39.6 to 40.2×).";
    assert.equal(compare(c, a, b).verdict, verdict);
    assert.deepEqual(
      compare(c, a, b).ranking.map((m) => m.name),
      ["a", "b", "c"],
    );
    const a2 = measured("a2", around(1.001));
    assert.match(
      compare(a, c, a2).verdict,
      /^a is 40\.0× faster than c \(.*\); no clear difference between a and a2\.$/,
    );
  });

  test("intervals are the wider, the more pairs there are, so that all hold together", () => {
    const draw = deviates(2);
    const [a, b, ...more] = [1, 1.1, 1, 1, 1].map((center, i) =>
      measured(
        `m${i}`,
        Array.from({ length: 60 }, () => center * Math.exp(0.05 * draw())),
      ),
    );
    const width = (comparison: Comparison): number => {
      const [lower, upper] = comparison.ratios[comparison.measurements.indexOf(b)].interval!;
      return upper - lower;
    };
    const two = compare(a, b);
    const five = compare(
      measured("fast", a.times),
      b,
      ...more.map((m) =>
        measured(
          m.name,
          m.times.map((t) => 9 * t),
        ),
      ),
    );
    assert.ok(width(five) > 1.1 * width(two), `${width(five)} and ${width(two)}`);
  });

  test("claims no ratio to a time that the clock could not see", () => {
    const unseen = measured(
      "a",
      Array.from({ length: 25 }, () => 0),
    );
    assert.equal(compare(unseen, measured("b", around(1))).verdict, "a is faster than b.");
    assert.equal(compare(unseen, measured("b", unseen.times)).verdict, "No clear difference between a and b.");
  });

  test("tells measurements of one name apart", () => {
    const same = [measured("", around(1), "f"), measured("", around(2), "f")];
    assert.match(compare(...same).verdict, /^f \(1\) is 2\.00× faster than f \(2\) /);
    const labels = [measured("x", around(1), "f"), measured("x", around(2), "g")];
    assert.match(compare(...labels).verdict, /^f: x is 2\.00× faster than g: x /);
  });

  test("prints a table in the order given, the verdict and what to know of it", () => {
    const comparison = compare(measured("row by row", around(2e-3, 0.001)), measured("jacrev", around(1e-3, 0.001)));
    const { table, verdict, caveats } = comparison;
    assert.equal(comparison.toString(), [table, verdict, ...caveats].join("\n"));
    const [head, first, second] = table.split("\n").map((line) => line.trim().split(/\s{2,}/));
    assert.deepEqual(head, ["median", "mean", "IQR", "runs", "time"]);
    assert.deepEqual(first, ["row by row", "2.00 ms", "2.00 ms", "0.0020 ms", "25 × 1", "2.0×"]);
    assert.deepEqual(second, ["jacrev", "1.00 ms", "1.00 ms", "0.0010 ms", "25 × 1", "1.00×"]);
  });

  test("needs two to compare, and one at least", () => {
    assert.throws(() => compare(measured("a", [1])), /two measurements or more, got 1/);
    assert.throws(() => new Comparison([]), /at least one/);
    assert.equal(new Comparison([measured("a", [1])]).verdict, "");
  });
});

suite("intervals of ratios", () => {
  test("times of two values: every resample is known", () => {
    // Of 21 equal times, each resample has the same median.
    const [two, three] = [2, 3].map((value) => Array.from({ length: 21 }, () => value));
    assert.deepEqual(ratioInterval(three, two, { paired: false, confidence: 0.95 }), [1.5, 1.5]);
  });

  test("are those of a fixed example, the same in each run", () => {
    const a = Array.from({ length: 40 }, (_, i) => 100 + ((i * 7) % 40));
    const b = Array.from({ length: 40 }, (_, i) => 80 + ((i * 11) % 40));
    const interval = ratioInterval(a, b, { paired: false, confidence: 0.95 })!;
    assert.deepEqual(ratioInterval(a, b, { paired: false, confidence: 0.95 }), interval);
    // The ratio of the medians is 119.5 / 99.5; a median of 40 even times lies within 12 in 95 % of cases.
    assert.ok(interval[0] < 119.5 / 99.5 && interval[1] > 119.5 / 99.5);
    assert.ok(interval[0] > 107.5 / 111.5 && interval[1] < 131.5 / 87.5);
    const wider = ratioInterval(a, b, { paired: false, confidence: 0.999 })!;
    assert.ok(wider[0] < interval[0] && wider[1] > interval[1]);
  });

  test("there are none for fewer than 20 times, or where the median is 0", () => {
    const times = Array.from({ length: 20 }, (_, i) => 1 + i / 100);
    assert.equal(ratioInterval(times, times.slice(1), { paired: false, confidence: 0.95 }), undefined);
    assert.ok(ratioInterval(times, times, { paired: false, confidence: 0.95 }));
    assert.equal(
      ratioInterval(
        times,
        times.map(() => 0),
        { paired: false, confidence: 0.95 },
      ),
      undefined,
    );
  });

  /** In which share of 120 pairs of series the interval holds the true ratio. */
  function coverage(length: number, series: (draw: () => number) => number[], paired = false): number {
    const draw = deviates(length);
    let held = 0;
    for (let i = 0; i < 120; i++) {
      const over = series(draw).map((time) => 1.1 * time);
      const [lower, upper] = ratioInterval(over, series(draw), { paired, confidence: 0.95 })!;
      if (lower <= 1.1 && 1.1 <= upper) held++;
    }
    return held / 120;
  }
  const skewed = (length: number) => (draw: () => number) =>
    Array.from({ length }, () => Math.exp(0.05 * Math.abs(draw())));

  // Nominally 0.95. Of 300 trials of 20 times, 0.92 held it; of 120, three standard errors below that are 0.85.
  test("hold the true ratio as often as they say, of skewed times, and of times in two groups", function () {
    this.timeout(300_000);
    const found = {
      few: coverage(20, skewed(20)),
      many: coverage(60, skewed(60)),
      turns: coverage(50, skewed(50), true),
      groups: coverage(60, (draw) => Array.from({ length: 60 }, () => (draw() > 0 ? 1 : 1.5) * (1 + 0.01 * draw()))),
    };
    for (const [name, share] of Object.entries(found)) assert.ok(share >= 0.85, `${name}: ${share}`);
    // Nor are they so wide that they say nothing.
    const [lower, upper] = ratioInterval(skewed(100)(deviates(1)), skewed(100)(deviates(2)), {
      paired: false,
      confidence: 0.95,
    })!;
    assert.ok(upper - lower < 0.05, `${lower} to ${upper}`);
  });

  test("hold it nearly as often when each time is like the one before", function () {
    this.timeout(300_000);
    const share = coverage(100, (draw) => {
      let state = draw();
      return Array.from({ length: 100 }, () => {
        state = 0.5 * state + Math.sqrt(0.75) * draw();
        return Math.exp(0.05 * state);
      });
    });
    assert.ok(share >= 0.85, `${share}`);
  });

  test("a claim has as many decimals as tell the ends of its interval apart", () => {
    assert.equal(formatClaim(39.52, [39.31, 39.84], "faster"), "39.5× faster (39.3 to 39.8×)");
    assert.equal(formatClaim(1.284, [1.2793, 1.2901], "faster"), "1.28× faster (1.28 to 1.29×)");
    assert.equal(formatClaim(1.4, [1.04, 1.91], "slower"), "1.40× slower (1.04 to 1.91×)");
    assert.equal(formatClaim(13.24, [1.641, 77.91], "faster"), "13× faster (1.64 to 78×)");
    assert.equal(formatClaim(150, [120, 181], "faster"), "150× faster (120 to 181×)");
  });
});

suite("groups of times", () => {
  const draw = deviates(3);
  const around = (center: number, count: number): number[] =>
    Array.from({ length: count }, () => center * (1 + 0.01 * draw()));

  test("two are found, with their centers and shares", () => {
    const groups = twoGroups([...around(1, 60), ...around(1.5, 40)])!;
    assert.ok(Math.abs(groups.centers[0] - 1) < 0.01 && Math.abs(groups.centers[1] - 1.5) < 0.01);
    assert.equal(groups.lowerShare, 0.6);
  });

  test("none in one spread of any shape, in a few stragglers, or between groups that hardly differ", () => {
    const shapes = {
      normal: Array.from({ length: 200 }, () => 1 + 0.05 * draw()),
      "half normal": Array.from({ length: 200 }, () => 1 + Math.abs(draw())),
      exponential: Array.from({ length: 200 }, () => 1 + draw() ** 2),
      even: Array.from({ length: 200 }, (_, i) => 1 + i / 100),
      stragglers: [...around(1, 95), ...around(3, 5)],
      close: [...around(1, 50), ...around(1.05, 50)],
      equal: Array.from({ length: 50 }, () => 1),
      few: [...around(1, 5), ...around(2, 5)],
    };
    for (const [name, times] of Object.entries(shapes)) assert.equal(twoGroups(times), undefined, name);
  });

  test("a measurement says so, and the comparison says of which", () => {
    const both = measured("b", [...around(1, 60), ...around(1.5, 40)]);
    assert.match(both.toString(), /two groups, 60 % around 1\.0 s and the rest around 1\.5 s/);
    assert.match(compare(measured("a", around(1, 60)), both).caveats.join(), /^b: The times fall into two groups/);
  });
});

suite("benchmark", () => {
  test("statements take turns, in changing order, equally often", () => {
    const clock = fakeClock();
    const log: string[] = [];
    const statement = (name: string, milliseconds: number) => () => {
      log.push(name);
      clock.spend(milliseconds);
    };
    const comparison = benchmark({ a: statement("a", 8), b: statement("b", 16) }, { now: clock.now, minRunTime: 0.4 });
    const [a, b] = comparison.measurements;
    assert.deepEqual([a.name, b.name, comparison.interleaved], ["a", "b", true]);
    assert.equal(a.repetitions, b.repetitions);
    near(a.median, (8 + 2 ** -10) / 1000);
    // Two statements of 0.4 s, at 24 ms a round.
    assert.deepEqual([a.repetitions, a.callsPerRepetition], [34, 1]);
    const turns = log.slice(-2 * a.repetitions);
    const rounds = Array.from({ length: a.repetitions }, (_, i) => turns.slice(2 * i, 2 * i + 2).join(""));
    assert.deepEqual([...new Set(rounds)].sort(), ["ab", "ba"]);
    assert.match(comparison.verdict, /^a is 2\.000× faster than b/);
  });

  test("drift hits all alike", () => {
    const clock = fakeClock();
    let rate = 1;
    const statement = (milliseconds: number) => () => {
      rate *= 1.002;
      clock.spend(milliseconds * rate);
    };
    const { ratios, measurements } = benchmark({ a: statement(8), b: statement(9) }, { now: clock.now, minRunTime: 1 });
    assert.ok(measurements[0].max > 1.2 * measurements[0].min);
    const { value, interval, finding } = ratios[1];
    assert.ok(Math.abs(value - 9 / 8) < 0.01 && interval![1] - interval![0] < 0.02, `${value} in ${interval}`);
    assert.equal(finding, "slower");
  });

  test("each statement has its setup before each repetition, untimed", () => {
    const clock = fakeClock();
    let ready = 0;
    const setup = () => {
      ready++;
      clock.spend(50);
    };
    const { measurements } = benchmark({ a: { setup, stmt: () => clock.spend(8) } }, { now: clock.now });
    assert.equal(ready, measurements[0].repetitions + 1);
    assert.ok(measurements[0].max < 0.009);
  });

  test("a very slow statement is not repeated for ever", () => {
    const clock = fakeClock();
    const { measurements, verdict } = benchmark(
      { slow: () => clock.spend(60_000), slower: () => clock.spend(90_000) },
      { now: clock.now },
    );
    assert.equal(measurements[0].repetitions, 5);
    assert.match(verdict, /^Too few repetitions/);
  });

  test("knows the bytes of results, and how fast they can be written", () => {
    const x = ones([200, 200]).evaluate();
    const doubled = jit((y: Tensor) => y.mul(2));
    const { measurements, writingLimit } = benchmark(
      { eager: () => x.mul(2), compiled: () => doubled(x), "with what was there": () => [x.mul(2), x] },
      { minRunTime: 0.02, label: "twice" },
    );
    assert.deepEqual(
      measurements.map((m) => [m.label, m.description, m.resultBytes]),
      [
        ["twice", "eager", 160_000],
        ["twice", "compiled", 160_000],
        ["twice", "with what was there", 160_000],
      ],
    );
    assert.ok(writingLimit!.bytes === 160_000 && writingLimit!.bytesPerSecond > 0);
    // Results of other sizes have no limit in common, small ones none at all, and other backends have others.
    const quick = { minRunTime: 0.02 };
    assert.equal(benchmark({ a: () => x.mul(2), b: () => x.sum(0) }, quick).writingLimit, undefined);
    assert.equal(benchmark({ a: () => x.sum(0) }, quick).writingLimit, undefined);
    const onReference = { setup: () => useBackend("reference"), stmt: () => x.mul(2) };
    const onWasm = { setup: () => useBackend("wasm"), stmt: () => x.mul(2) };
    try {
      const both = benchmark({ onReference, onWasm }, quick);
      assert.deepEqual(
        both.measurements.map(({ environment }) => environment?.backend),
        ["reference", "wasm"],
      );
      assert.equal(both.writingLimit, undefined);
      assert.match(both.caveats.join(), /different settings: onReference on reference, .* onWasm on wasm/);
    } finally {
      useBackend("wasm");
    }
  });

  test("says what it wants", () => {
    assert.throws(() => benchmark({}), /statements by name, got none/);
    assert.throws(
      () => benchmark({ f: 3 as unknown as () => unknown }),
      /benchmark of f: expected stmt to be a function/,
    );
    assert.throws(() => benchmark({ f: async () => 1 }), /benchmark of f: the statement returned a promise/);
    assert.throws(() => benchmark({ f: () => 1 }, { minRunTime: 0 }), /above 0, got 0/);
  });
});

suite("earlier runs", () => {
  const here = { cpu: "A", cores: 2, system: "linux x64", runtime: "Node 24" };
  const environment = (machine: object, date: string) => ({
    backend: "wasm",
    threads: 2,
    fusedMultiplyAdd: true,
    machine,
    date,
  });
  const run = (times: Record<string, readonly number[]>, machine: object = here, date = "2026-11-20T10:00:00Z") =>
    new Comparison(
      Object.entries(times).map(
        ([label, each]) =>
          new Measurement({
            label,
            description: "",
            times: each,
            callsPerRepetition: 3,
            resultBytes: 64,
            environment: environment(machine, date),
          }),
      ),
      { interleaved: true },
    );
  const read = (comparison: Comparison): Comparison => Comparison.from(JSON.parse(JSON.stringify(comparison)));

  test("a record has all that was measured", () => {
    const made = run({ a: around(1), b: around(2) });
    assert.deepEqual(read(made).toJSON(), made.toJSON());
    assert.equal(read(made).verdict, made.verdict);
  });

  test("faster, slower or neither is said with the day, as far as the times support it", () => {
    const now = run(
      { a: around(1), b: around(3), c: around(2), d: around(4), e: few(1) },
      here,
      "2026-11-23T10:00:00Z",
    );
    const { verdict, changes } = now.since(read(run({ a: around(2), b: around(2), c: around(2), e: few(3) })));
    assert.match(verdict, /a is 2\.00× faster than on 2026-11-20 \(1\.9\d to 2\.0\d×\)\./);
    assert.match(verdict, /b is 1\.50× slower than on 2026-11-20 \(1\.4\d to 1\.5\d×\)\./);
    assert.match(verdict, /c: no clear difference from 2026-11-20\./);
    assert.match(verdict, /e: too few repetitions to compare with 2026-11-20\.$/);
    assert.deepEqual(
      changes.map((change) => change?.finding),
      ["faster", "slower", "level", undefined, "unknown"],
    );
    assert.equal(now.since(undefined), now);
  });

  test("of another machine, or of one that is not known, gives no ratio and says so", () => {
    const now = run({ a: around(1) });
    for (const machine of [{ ...here, cpu: "B" }, { ...here, cores: 4 }, {}]) {
      const compared = now.since(run({ a: around(2) }, machine));
      assert.equal(compared.verdict, "");
      assert.deepEqual(compared.changes, [undefined]);
      assert.match(compared.caveats.join(), /not on this machine, as far as is known.*no ratio to it is given/);
    }
  });

  test("with other settings or other statements is said so", () => {
    const now = run({ a: around(1) });
    const caveats = (earlier: Comparison): string => now.since(earlier).caveats.join();
    assert.match(
      caveats(run({ a: around(2) }, { ...here, runtime: "Node 22" })),
      /another runtime: Node 22, now Node 24/,
    );
    assert.match(caveats(run({ z: around(2) })), /no statement of the same name/);
    assert.equal(caveats(run({ a: around(2) })), "");
  });

  test("what is no record, or of another version, is an error that says so", () => {
    const record = run({ a: around(1) }).toJSON();
    assert.throws(() => Comparison.from({ rows: [] }), /expected a record of a benchmark/);
    assert.throws(() => Comparison.from(null), /expected a record of a benchmark/);
    assert.throws(() => Comparison.from({ ...record, version: 2 }), /version 2, and this Cotangent reads version 1/);
    const [first] = record.measurements;
    for (const broken of [{ ...first, times: ["1"] }, { ...first, times: [] }, { ...first, label: 1 }, null]) {
      assert.throws(() => Comparison.from({ ...record, measurements: [broken] }), /incomplete/);
    }
    const placeless = { ...first, environment: { machine: {}, date: 5 } };
    assert.equal(Comparison.from({ ...record, measurements: [placeless] }).measurements[0].environment, undefined);
  });

  test("the machine is what the host says it is", () => {
    describeMachine(() => ({ cpu: "Z80", cores: 1 }));
    try {
      const [{ environment }] = benchmark({ f: () => 1 }, { minRunTime: 0.001 }).measurements;
      assert.deepEqual(environment?.machine, { cpu: "Z80", cores: 1 });
      assert.match(environment?.date ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(environment?.backend, "wasm");
    } finally {
      describeMachine(() => ({}));
    }
  });
});

suite("Timer", () => {
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
    let last = ones([3]);
    const owed: boolean[] = [];
    const now = () => {
      owed.push(last.node.value === null);
      return clock.now();
    };
    const stmt = () => {
      last = last.mul(2);
      assert.equal(last.node.value, null);
      clock.spend(8);
      return last;
    };
    new Timer({ stmt, now }).timeit(5);
    // Whenever the clock was read after the first call, the latest result had been computed.
    assert.deepEqual(new Set(owed.slice(owed.lastIndexOf(true) + 1)), new Set([false]));
    assert.ok(owed.lastIndexOf(true) < owed.length - 10);
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
