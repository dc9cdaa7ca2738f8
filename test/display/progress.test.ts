/** @file Progress in words: of what runs, what is over, and what nobody knows the end of. */
import assert from "node:assert/strict";
import { Pace } from "../../extension/session/progress/pace.ts";
import type { ProgressBar } from "../../protocol/display.ts";
import { barText, briefly, describeBar, formatDuration, leadingBar, percentOf } from "../../protocol/progress.ts";

const bar = (fields: Partial<ProgressBar>): ProgressBar => ({
  label: "training",
  done: 90,
  total: 200,
  unit: "",
  state: "running",
  seconds: 3.14,
  ...fields,
});

suite("progress in words", () => {
  test("what runs", () => {
    assert.equal(barText(bar({})), "training ━━━━━━━━━─────────── 45 % · 90 of 200 · 3.1 s");
    assert.equal(describeBar(bar({ secondsLeft: 3.8 })), "90 of 200 · 3.1 s · about 4 s left");
    assert.equal(describeBar(bar({ unit: "images", done: 1204, total: 4e6 })), "1,204 of 4,000,000 images · 3.1 s");
    assert.equal(barText(bar({ total: undefined, done: 1204, unit: "lines" })), "training 1,204 lines · 3.1 s");
    assert.equal(barText(bar({ total: undefined, done: 0 })), "training 3.1 s");
    assert.equal(briefly(bar({})), "training · 45 %");
    assert.equal(briefly(bar({ label: "", total: undefined })), "90");
  });

  test("what is over", () => {
    assert.equal(barText(bar({ state: "done", done: 200, seconds: 75 })), "training: 200 of 200 in 1 min 15 s");
    assert.equal(barText(bar({ state: "stopped", label: "" })), "stopped at 90 of 200 after 3.1 s");
    assert.equal(barText(bar({ state: "done", total: undefined, done: 0 })), "training: 3.1 s");
  });

  test("100 % is all, and no more", () => {
    assert.equal(percentOf(bar({ done: 199.9 })), "99 %");
    assert.equal(percentOf(bar({ done: 230 })), "100 %");
    assert.equal(percentOf(bar({ done: 0, total: 0 })), "100 %");
    assert.equal(describeBar(bar({ done: 230 })), "200 of 200 · 3.1 s");
  });

  test("time", () => {
    const left = (secondsLeft: number): string | undefined => describeBar(bar({ secondsLeft })).split(" · ").at(2);
    assert.deepEqual([0.2, 9.4, 14, 59, 200, 7300].map(left), [
      "about 1 s left",
      "about 9 s left",
      "about 15 s left",
      "about 1 min left",
      "about 3 min left",
      "about 2 h left",
    ]);
    assert.deepEqual([870, 3210, 9999, 45_200, 59_700, 200_000, 7_500_000].map(formatDuration), [
      "870 ms",
      "3.2 s",
      "10 s",
      "45 s",
      "1 min 0 s",
      "3 min 20 s",
      "2 h 5 min",
    ]);
  });

  test("the outermost that knows its end leads", () => {
    const [open, known, over] = [bar({ total: undefined }), bar({ label: "known" }), bar({ state: "done" })];
    assert.equal(leadingBar({ version: 1, kind: "progress", bars: [over, open, known] }), known);
    assert.equal(leadingBar({ version: 1, kind: "progress", bars: [over, open] }), open);
    assert.equal(leadingBar({ version: 1, kind: "progress", bars: [over] }), undefined);
  });
});

suite("time left", () => {
  /** After looks at these times and counts. */
  const left = (total: number | undefined, ...looks: readonly (readonly [time: number, done: number])[]) => {
    const pace = new Pace(0);
    for (const [time, done] of looks) pace.note(time, done);
    return pace.secondsLeft(total);
  };

  test("goes by the later half of the time", () => {
    // Two slow steps first, then one every 100 ms.
    const looks = Array.from({ length: 41 }, (_, i) => [2000 + 100 * i, 2 + i] as const);
    assert.ok(Math.abs((left(142, [1000, 1], ...looks) ?? 0) - 10) < 0.01);
  });

  test("is not told before there is something to go by", () => {
    assert.equal(left(100, [400, 50]), undefined);
    assert.equal(left(100, [5000, 1]), undefined);
    assert.equal(left(undefined, [5000, 40]), undefined);
    assert.equal(left(40, [5000, 40]), undefined);
  });

  test("grows while a step takes longer than those before it", () => {
    const steady = [
      [1000, 10],
      [2000, 20],
    ] as const;
    assert.ok((left(100, ...steady, [4000, 20]) ?? 0) > (left(100, ...steady) ?? 0));
  });

  test("does not need more than a few samples of a long time", () => {
    const looks = Array.from({ length: 100_000 }, (_, i) => [200 * (i + 1), i + 1] as const);
    assert.ok(Math.abs((left(200_000, ...looks) ?? 0) - 20_000) < 1);
  });
});
