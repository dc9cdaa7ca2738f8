/** @file Timing what goes on when a call is over: on a device, whose times are foretold here, and behind a promise. */
import assert from "node:assert/strict";
import { backendName, benchmark, benchmarkAsync, Comparison, Timer, tensor, useBackend } from "../../kernel/index.ts";
import { FakeDevice } from "./support/fake-device.ts";

/** A call returns after 0.5 ms, and its work takes 4. */
const slowDevice = (): FakeDevice => new FakeDevice({ asking: 0.5, work: 4, hearing: 1 });
const x = tensor([[1, 2, 3]]).evaluate();

const near = (actual: number, expected: number, rtol = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= rtol * Math.abs(expected), `${actual} is not ${expected}`);

suite("timing on a device", () => {
  test("timeitAsync times the work, not the asking; calls are in flight together and waited for once", async () => {
    const device = slowDevice();
    await device.use(async () => {
      const timer = new Timer({ stmt: () => x.mul(2), now: device.now, label: "twice" });
      const m = await timer.timeitAsync(100);
      // Waiting by itself is one program and hearing of it, 5.5 ms; 20 of those are 28 calls, but 5 repetitions of 20 are
      // the least. A repetition is the first asking, 20 times the work, and one hearing.
      near(m.wait!, (0.5 + 4 + 1 + 2 ** -10) / 1000);
      assert.deepEqual([m.repetitions, m.callsPerRepetition, m.resultBytes], [5, 20, 12]);
      near(m.median, (0.5 + 20 * 4 + 1 + 2 ** -10) / 20 / 1000);
      assert.deepEqual([m.environment?.backend, m.environment?.device], ["fake", "an imagined one"]);
      assert.match(`${m}`, /5 repetitions of 20 calls, each with one wait \(5\.5 ms alone\)/);
      assert.equal(device.reads, 0);
    });
  });

  test("blockedAutorangeAsync makes repetitions so long that waiting is a small part of them", async () => {
    const device = new FakeDevice({ asking: 0.01, work: 0.02, hearing: 2 });
    await device.use(async () => {
      const m = await new Timer({ stmt: () => x.mul(3), now: device.now }).blockedAutorangeAsync({ minRunTime: 0.5 });
      const repetition = m.median * m.callsPerRepetition;
      assert.ok(m.wait! < 0.06 * repetition, `${m.wait} of ${repetition}`);
      assert.ok(Math.abs(m.median - 0.02e-3) < 0.06 * 0.02e-3, `${m.median}`);
      assert.deepEqual(m.caveats, []);
      // Two calls at a time are mostly waiting, and it is said.
      const few = await new Timer({ stmt: () => x.mul(3), now: device.now }).timeitAsync(10);
      assert.equal(few.callsPerRepetition, 2);
      assert.match(few.caveats.join(), /A repetition of 2\.1 ms ends with waiting for fake, which alone takes 2\.0 ms/);
    });
  });

  test("what a statement started and did not return is waited for, too; what was asked for before is not its time", async () => {
    const device = slowDevice();
    await device.use(async () => {
      const stmt = () => {
        x.mul(4).evaluate();
      };
      device.spend(1);
      for (let i = 0; i < 100; i++) x.mul(i).evaluate();
      const m = await new Timer({ stmt, now: device.now }).timeitAsync(5);
      near(m.median, (0.5 + 4 + 1 + 2 ** -10) / 1000);
    });
  });

  test("a promise is awaited before the next call, and what it gives is evaluated", async () => {
    const device = slowDevice();
    await device.use(async () => {
      const m = await new Timer({ stmt: () => x.mul(5).data(), now: device.now }).timeitAsync(10);
      assert.deepEqual([m.callsPerRepetition, device.reads > 10], [2, true]);
      // Each call is asked for, done and heard of; then the device is waited for once more.
      near(m.median, (2 * (0.5 + 4 + 1) + 1 + 2 ** -10) / 2 / 1000);
      const tensors = await new Timer({ stmt: async () => [x.mul(6), 1], now: device.now }).timeitAsync(1);
      near(tensors.median, (0.5 + 4 + 1 + 2 ** -10) / 1000);
      assert.equal(tensors.resultBytes, 12);
    });
  });

  test("a promise that does not come from a device is timed, and nothing is said of waiting", async () => {
    const device = slowDevice();
    const stmt = async () => {
      await Promise.resolve();
      device.spend(3);
    };
    const m = await new Timer({ stmt, now: device.now }).timeitAsync(5);
    near(m.median, (3 + 2 ** -10) / 1000);
    assert.equal(m.wait, undefined);
    assert.equal(m.environment?.backend, "wasm");
  });

  test("work that fails on the device is an error, not a quick time", async () => {
    const device = slowDevice();
    device.failure = new Error("out of imagination");
    await device.use(async () => {
      await assert.rejects(new Timer({ stmt: () => x.mul(7), now: device.now }).timeitAsync(5), /out of imagination/);
      await assert.rejects(benchmarkAsync({ a: () => x.mul(7) }, { now: device.now }), /out of imagination/);
    });
  });

  test("benchmarkAsync takes turns, stamps each row with where it ran, and waits for each", async () => {
    const device = new FakeDevice({ asking: 0.5, work: 8, hearing: 0.25 });
    let ready = 0;
    const comparison = await device.use(() =>
      benchmarkAsync(
        {
          "on the device": () => x.mul(8),
          here: {
            setup: async () => {
              await Promise.resolve();
              ready++;
            },
            stmt: () => device.spend(16),
          },
        },
        { now: device.now, minRunTime: 2, label: "both" },
      ),
    );
    const [there, here] = comparison.measurements;
    assert.deepEqual([there.name, here.name, comparison.interleaved], ["on the device", "here", true]);
    assert.equal(there.repetitions, here.repetitions);
    assert.equal(ready, here.repetitions + 1);
    const { callsPerRepetition } = there;
    near(there.median, (0.5 + callsPerRepetition * 8 + 0.25 + 2 ** -10) / callsPerRepetition / 1000);
    near(here.median, 0.016, 1e-3);
    assert.deepEqual([there.wait! > 0, here.wait], [true, undefined]);
    assert.match(comparison.verdict, /^on the device is 1\.99\d× faster than here/);
    const again = Comparison.from(JSON.parse(JSON.stringify(comparison)));
    assert.deepEqual(
      again.measurements.map(({ wait, environment }) => [wait, environment?.device]),
      comparison.measurements.map(({ wait, environment }) => [wait, environment?.device]),
    );
  });

  test("what does not wait refuses, and says what does", async () => {
    const device = slowDevice();
    await device.use(() => {
      const timer = new Timer({ stmt: () => x.mul(9) });
      const refused =
        /^ArgumentError: Timer: the statement is computed on fake, .*await timer\.timeitAsync\(\) or await timer\.block/;
      assert.throws(() => timer.timeit(3), refused);
      assert.throws(() => timer.blockedAutorange(), refused);
      const unreturned = () => {
        x.mul(10).evaluate();
      };
      assert.throws(
        () => benchmark({ a: unreturned }),
        /benchmark of a: .* is computed on fake, .*await benchmarkAsync\(\{/,
      );
    });
    // Work of before is nobody's.
    assert.ok(new Timer({ stmt: () => 1 }).timeit(3).median >= 0);
    assert.throws(() => benchmark({ a: async () => 1 }), /returned a promise, .*await benchmarkAsync\(\{/);
    assert.throws(
      () => benchmark({ a: { setup: async () => {}, stmt: () => 1 } }),
      /benchmark of a: setup returned a promise, for which nobody waits\. Write await benchmarkAsync/,
    );
  });

  test("says what it wants, and leaves the backend as it was", async () => {
    await assert.rejects(benchmarkAsync({}), /^ArgumentError: benchmarkAsync: expected statements by name, got none/);
    await assert.rejects(benchmarkAsync({ a: () => 1 }, { backends: [] }), /expected backends as a list such as/);
    await assert.rejects(benchmarkAsync({ a: () => 1 }, { backends: ["cuda" as "wasm"] }), /expected "wasm", "webgpu"/);
    await assert.rejects(new Timer({ stmt: () => 1 }).timeitAsync(0), /timeitAsync: expected a number of calls/);
    await assert.rejects(
      new Timer({ stmt: () => 1 }).blockedAutorangeAsync({ minRunTime: -1 }),
      /blockedAutorangeAsync: expected minRunTime/,
    );
    useBackend("reference");
    try {
      const two = { a: () => x.mul(2) };
      const { measurements } = await benchmarkAsync(two, { backends: ["wasm", "reference"], minRunTime: 0.01 });
      assert.deepEqual(
        measurements.map(({ name, environment }) => [name, environment?.backend]),
        [
          ["a, wasm", "wasm"],
          ["a, reference", "reference"],
        ],
      );
      assert.equal(backendName(), "reference");
      await assert.rejects(
        benchmarkAsync({
          a: () =>
            tensor([1])
              .add(tensor([1, 2, 3]).slice(0, 0, 2))
              .reshape([7]),
        }),
      );
      assert.equal(backendName(), "reference");
    } finally {
      useBackend("wasm");
    }
  });

  test("a row that would be computed elsewhere than it says is refused", async () => {
    const device = slowDevice();
    const there = await device.use(() => x.mul(2).evaluate());
    await assert.rejects(
      benchmarkAsync({ f: () => there.add(1) }, { backends: ["wasm"], now: device.now }),
      /^ArgumentError: benchmark of f: expected it to be computed on wasm, but .* is on fake, .*await x\.to\("wasm"\)/,
    );
  });
});
