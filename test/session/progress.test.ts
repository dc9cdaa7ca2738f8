/** @file Progress: `progress` in cells, and what the kernel says of its own long work. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { progressIn } from "../../extension/client/followed-progress.ts";
import type { ProgressBar } from "../../protocol/display.ts";
import type { CellOutput } from "../../protocol/session.ts";
import { type Shown, TestNotebook } from "./harness.ts";

/** Long enough to be shown. */
const WAIT = "const until = performance.now() + 600; while (performance.now() < until);";

const barsIn = (output: CellOutput): readonly ProgressBar[] => progressIn(output)?.bars ?? [];

/** What is left of the displays when the cell is done, by their ids. */
function lastStates({ outputs }: Pick<Shown, "outputs">): string[] {
  const last = new Map<string, string>();
  for (const output of outputs) {
    if (output.kind === "clear") last.clear();
    if (output.kind === "remove") last.delete(output.displayId);
    if (output.kind === "display" || output.kind === "update") {
      last.set(output.displayId, String(output.bundle["text/plain"]).replace(/[\d.]+ m?s\b/g, "TIME"));
    }
  }
  return [...last.values()];
}

suite("progress", () => {
  let notebook: TestNotebook;
  suiteSetup(async () => {
    notebook = new TestNotebook();
    await notebook.run(`function wait() { ${WAIT} }`);
  });
  suiteTeardown(() => notebook.dispose());

  test("is shown while a synchronous loop goes on", async () => {
    // The loop ends when this side has seen its bar move: were it held back, the loop would never end.
    const seen = path.join(notebook.folder, "seen");
    const { status, outputs } = await notebook.run(
      `import { existsSync } from "node:fs";
      for (const step of progress(1e9, { label: "looping", unit: "rounds" })) if (existsSync(${JSON.stringify(seen)})) break;`,
      (output) => {
        if (barsIn(output)[0]?.done > 0) writeFileSync(seen, "");
      },
    );
    assert.equal(status, "ok");
    const [bar] = outputs.flatMap(barsIn);
    assert.deepEqual([bar.label, bar.unit, bar.total, bar.state], ["looping", "rounds", 1e9, "running"]);
  });

  test("a loop that is done leaves one line, and inner loops leave none", async () => {
    const { outputs } = await notebook.run(
      "for (const i of progress([1, 2, 3], { label: 'outer' })) for (const j of progress([1, 2], { label: 'inner' })) wait();",
    );
    assert.deepEqual(lastStates({ outputs }), ["outer: 3 of 3 in TIME"]);
    const both = outputs.map(barsIn).find((bars) => bars.length === 2);
    assert.deepEqual(
      both?.map(({ label }) => label),
      ["outer", "inner"],
    );
  });

  test("nothing is shown for what is over soon", async () => {
    const { outputs } = await notebook.run(
      "for (const i of progress([1, 2, 3])); const soon = progress({ total: 2 }); soon.advance(2); soon.done();",
    );
    assert.deepEqual(outputs, []);
  });

  const stopped: readonly [what: string, code: string, status: string][] = [
    ["an error", "for (const i of progress([1, 2, 3])) { wait(); if (i === 2) throw new Error('no') }", "error"],
    ["a break", "for (const i of progress([1, 2, 3])) { wait(); if (i === 2) break }", "ok"],
    [
      "an error beside a bar that is moved by hand",
      "const hand = progress({ total: 3 }); hand.advance(); wait(); throw new Error('no')",
      "error",
    ],
  ];
  for (const [what, code, status] of stopped) {
    test(`${what} ends it where it stood`, async () => {
      const shown = await notebook.run(code);
      assert.equal(shown.status, status);
      assert.deepEqual(lastStates(shown), ["stopped at 1 of 3 after TIME"]);
    });
  }

  test("an interrupt ends it, however the cell waits", async () => {
    for (const endless of ["while (true);", "await new Promise(() => {});"]) {
      const shown = await notebook.run(
        `for (const i of progress([1, 2, 3], { label: "long" })) { wait(); ${endless} }`,
        (o) => {
          if (barsIn(o).length > 0) void notebook.client.interrupt();
        },
      );
      assert.equal(shown.status, "interrupted");
      assert.deepEqual(lastStates(shown), ["long: stopped at 0 of 3 after TIME"]);
    }
    assert.deepEqual((await notebook.run("wait()")).outputs, []);
  });

  test("async iterables, and a label that changes", async () => {
    const shown = await notebook.run(`
      async function* slow() { for (const letter of "ab") { await new Promise((done) => setTimeout(done, 250)); yield letter } }
      const letters = progress(slow(), { label: "first", unit: "letters" });
      for await (const letter of letters) letters.label = "at " + letter;
      await 0;`);
    assert.deepEqual(lastStates(shown), ["at b: 2 letters in TIME"]);
  });

  test("sets, maps, strings and numbers know how many steps there are", async () => {
    const { text } = await notebook.run(
      "[[...progress(new Set([1, 2]))], [...progress('ab')], [...progress(3)], [...progress(new Map([[1, 2]]))]]",
    );
    assert.equal(text, "[ [ 1, 2 ], [ 'a', 'b' ], [ 0, 1, 2 ], [ [ 1, 2 ] ] ]");
    const shown = await notebook.run("for (const c of progress('ab', { label: 'letters' })) wait();");
    assert.deepEqual(lastStates(shown), ["letters: 2 of 2 in TIME"]);
  });

  test("a bar that is moved by hand", async () => {
    const shown = await notebook.run(
      "const bar = progress({ total: 4, label: 'fit' }); bar.advance(); wait(); bar.advance(3); bar.done(); bar.advance();",
    );
    assert.deepEqual(lastStates(shown), ["fit: 4 of 4 in TIME"]);
  });

  test("many millions of steps and inner loops are a few messages", async () => {
    const { outputs, status, durationMs } = await notebook.run(
      "for (const i of progress(3e6)); for (const i of progress(1e5)) for (const j of progress(2)); wait();",
    );
    assert.equal(status, "ok");
    // Five looks in a second, and ends of what was shown.
    const most = 10 + durationMs / 100;
    assert.ok(outputs.length <= most, `${outputs.length} messages in ${durationMs} ms`);
  });

  test("what was never ended neither floods the notebook nor hides what comes later", async () => {
    await notebook.run("for (let i = 0; i < 1e4; i++) progress({ total: 2 });");
    const shown = await notebook.run("for (const i of progress([1], { label: 'later' })) wait();");
    assert.deepEqual(lastStates(shown), ["later: 1 of 1 in TIME"]);
  });

  test("comes back below what follows a clearOutput", async () => {
    const shown = await notebook.run(
      "for (const i of progress([1, 2], { label: 'loop' })) { wait(); clearOutput({ wait: true }); console.log(i); wait(); clearOutput(); }",
    );
    assert.deepEqual(lastStates(shown), ["loop: 2 of 2 in TIME"]);
    const displays = shown.outputs.filter(({ kind }) => kind === "display");
    assert.ok(displays.length >= 3, `${displays.length} displays`);
  });

  test("a loop that a cell left behind goes on with its bar", async () => {
    const late: CellOutput[] = [];
    const cell =
      "const going = (async () => { for (const i of progress([1, 2, 3], { label: 'left' })) await new Promise((done) => setTimeout(done, 200)) })();";
    await notebook.run(cell, (output) => late.push(output));
    const next = await notebook.run("await going; await new Promise((done) => setTimeout(done, 50));");
    assert.deepEqual(next.outputs, []);
    assert.deepEqual(lastStates({ outputs: late }), ["left: 3 of 3 in TIME"]);
  });

  test("the kernel's own long work is shown while it lasts", async () => {
    const { outputs, status } = await notebook.run(
      `import { jacrev, ones, type Tensor, Timer } from "cotangent";
      const slow = (x: Tensor) => x.tanh();
      const timing = new Timer({ stmt: wait, label: "waiting" }).timeit(2);
      jacrev(slow, { chunkSize: 1 })(ones([1500])).shape`,
    );
    assert.equal(status, "ok");
    const labels = new Set(outputs.flatMap(barsIn).map(({ label }) => label));
    for (const label of ["timing waiting", "jacrev of slow"]) assert.ok(labels.has(label), `${label}: ${[...labels]}`);
    assert.deepEqual(lastStates({ outputs }), []);
  });

  test("a crash ends it where it stood", async () => {
    const mortal = new TestNotebook();
    const shown = await mortal.run(
      `for (const i of progress([1, 2, 3], { label: "last" })) { ${WAIT} if (i === 2) process.exit(3); }`,
    );
    await mortal.dispose();
    assert.equal(shown.status, "crashed");
    assert.match(lastStates(shown).join(), /^last: stopped at [01] of 3 after TIME$/);
  });

  test("says what it expects", async () => {
    const messages = [
      ["progress(null)", /expected what a loop can go over, a number of steps, or options/],
      ["progress(2.5)", /a whole number of steps, got 2\.5/],
      ["progress([1], { total: -1 })", /total must be a number of 0 or more, got -1\. Leave it out/],
      ["progress({ total: 2 }).advance('x')", /expected a number of steps, got x/],
    ] as const;
    for (const [code, expected] of messages) {
      const { error } = await notebook.run(`(globalThis as any).${code}`);
      assert.match(error?.message ?? "", expected);
      assert.equal(error?.location?.line, 1);
    }
  });
});
