/** @file What the kernel says of its long work: all of it, balanced, and nothing to nobody. */
import assert from "node:assert/strict";
import {
  benchmark,
  jacfwd,
  jacrev,
  memoryBudget,
  onProgress,
  setMemoryBudget,
  type Tensor,
  Timer,
  vmap,
  type Work,
} from "../../kernel/index.ts";
import { working } from "../../kernel/progress.ts";
import { data } from "./support/data.ts";

interface Heard {
  readonly work: Work;
  readonly event: string;
  readonly done: number;
}

/** What is said while `action` runs, which may throw. */
function hearing(action: () => unknown): Heard[] {
  const heard: Heard[] = [];
  const stop = onProgress((work, event) => heard.push({ work, event, done: work.done }));
  try {
    action();
  } finally {
    stop();
  }
  return heard;
}

const of = (heard: readonly Heard[], label: string): string[] =>
  heard.filter(({ work }) => work.label === label).map(({ event, done }) => `${event} ${done}`);

const labels = (heard: readonly Heard[]): string[] => [...new Set(heard.map(({ work }) => work.label))];

suite("progress", () => {
  const twice = (x: Tensor): Tensor => x.tanh().mul(2);

  test("Jacobians and maps in chunks say each chunk", () => {
    const x = data([5], { seed: 31 });
    const chunks = ["begin 0", "advance 1", "advance 2", "advance 3", "end 3"];
    for (const [label, f] of [
      ["jacrev of twice", jacrev(twice, { chunkSize: 2 })],
      ["jacfwd of twice", jacfwd(twice, { chunkSize: 2 })],
      ["vmap of twice", vmap(twice, { chunkSize: 2 })],
    ] as const) {
      const heard = hearing(() => f(x).dataSync());
      assert.deepEqual(of(heard, label), chunks);
      const [{ work }] = heard.filter((each) => each.work.label === label);
      assert.deepEqual([work.total, work.unit], [3, "chunks"]);
    }
    const unnamed = hearing(() =>
      vmap((each: Tensor) => each.mul(3), { chunkSize: 5 })(data([10], { seed: 31 })).dataSync(),
    );
    assert.deepEqual(of(unnamed, "vmap"), ["begin 0", "advance 1", "advance 2", "end 2"]);
  });

  test("so do chunks that the memory budget asks for", () => {
    const before = memoryBudget();
    const xs = data([60, 100], { seed: 32 });
    try {
      const heard = hearing(() => {
        // Of the result, which fits; not twice.
        setMemoryBudget(1.75 * 8 * 60 * 100 * 100);
        vmap((x: Tensor) => x.outer(x).exp())(xs).dataSync();
      });
      assert.ok(of(heard, "vmap").length >= 4, labels(heard).join(", "));
    } finally {
      setMemoryBudget(before);
    }
  });

  test("compiling is said once for each program", () => {
    const f = (): unknown => data([7, 13], { seed: 33 }).cos().sub(0.125).exp().dataSync();
    const heard = hearing(f);
    assert.deepEqual(labels(heard), ["planning 4 operations", "compiling 4 operations"]);
    assert.deepEqual(
      heard.map(({ event }) => event),
      ["begin", "end", "begin", "end"],
    );
    assert.deepEqual(hearing(f), []);
  });

  test("a timer says its calls, or its time", () => {
    const timer = new Timer({ stmt: () => data([3], { seed: 34 }), label: "drawing" });
    const calls = hearing(() => timer.timeit(10)).filter(({ work }) => work.label === "timing drawing");
    assert.deepEqual([calls[0].event, calls.at(-1)?.event, calls.at(-1)?.done], ["begin", "end", 10]);
    assert.deepEqual([calls[0].work.total, calls[0].work.unit], [10, "calls"]);
    const spent = hearing(() => timer.blockedAutorange({ minRunTime: 0.02 }));
    const [{ work }] = spent;
    assert.deepEqual([work.label, work.total, work.unit], ["timing drawing", 20, "ms"]);
    assert.ok(work.done >= 20);
  });

  test("a benchmark says how much of its time is over", () => {
    const options = { label: "two ways", minRunTime: 0.02 };
    const heard = hearing(() => benchmark({ once: () => data([3]), again: () => data([3]) }, options));
    const events = heard.filter(({ work }) => work.label === "timing two ways");
    assert.deepEqual([events[0].event, events.at(-1)?.event, events[0].work.unit], ["begin", "end", "ms"]);
    assert.ok(events.length > 40);
    assert.ok((events[0].work.total ?? 0) >= 40);
    assert.ok(events[0].work.done >= 40);
  });

  test("an error ends what it interrupts, inside first", () => {
    const fails = (): never => {
      throw new Error("no");
    };
    const heard: string[] = [];
    const stop = onProgress((work, event) => heard.push(`${event} ${work.label}`));
    const timer = new Timer({ stmt: () => working({ label: () => "inner" }, fails), label: "outer" });
    assert.throws(() => timer.timeit(3), /no/);
    stop();
    assert.deepEqual(heard, ["begin timing outer", "begin inner", "end inner", "end timing outer"]);
  });

  test("while nobody listens, not even a label is made", () => {
    const label = (): string => assert.fail("made for nobody");
    const action = (advance: () => void): number => {
      advance();
      return 5;
    };
    assert.equal(working({ label, total: 2 }, action), 5);
  });

  test("several may listen, each until it stops", () => {
    const heard: string[] = [];
    const stops = ["a", "b"].map((name) => onProgress((_, event) => heard.push(`${name} ${event}`)));
    working({ label: () => "x" }, () => stops[0]());
    stops[1]();
    working({ label: () => "x" }, () => {});
    assert.deepEqual(heard, ["a begin", "b begin", "b end"]);
  });
});
