/** @file Ten notebooks at work at the same time: what happens to one does not reach the others. */
import assert from "node:assert/strict";
import { TestNotebook } from "./harness.ts";

suite("ten notebooks at once", () => {
  test("keep their variables and outputs while others are interrupted, restarted, and crash", async () => {
    const notebooks = Array.from({ length: 10 }, () => new TestNotebook());
    try {
      await Promise.all(notebooks.map((notebook, i) => notebook.run(`let mine = ${i}; globalThis.shared = ${i}`)));
      const pids = notebooks.map(({ client }) => client.pid);
      assert.equal(new Set(pids).size, 10);

      // All are in a loop that ends when its notebook is told so, or never.
      const working = notebooks.map((notebook, i) => {
        const endless = i < 3;
        const loop = "while (performance.now() < end || endless) { mine++; mine--; }";
        const code = `const [end, endless] = [performance.now() + 500, ${endless}]; console.log("in", mine); ${loop} mine`;
        let begun = () => {};
        const started = new Promise<void>((resolve) => {
          begun = resolve;
        });
        return { started, running: notebook.run(code, () => begun()) };
      });
      await Promise.all(working.map(({ started }) => started));
      await notebooks[0].client.interrupt();
      process.kill(pids[1] as number, "SIGKILL");
      await notebooks[2].client.restart();

      const shown = await Promise.all(working.map(({ running }) => running));
      const others = shown.slice(3).map(() => "ok");
      assert.deepEqual(
        shown.map(({ status }) => status),
        ["interrupted", "crashed", "stopped", ...others],
      );
      for (const [i, { stdout, text }] of shown.entries()) {
        assert.equal(stdout, `in ${i}\n`);
        if (i > 2) assert.equal(text, String(i));
      }
      const after = await Promise.all(notebooks.map((notebook) => notebook.run("[typeof mine, globalThis.shared]")));
      const kept = (i: number) => (i === 1 || i === 2 ? "[ 'undefined', undefined ]" : `[ 'number', ${i} ]`);
      assert.deepEqual(
        after.map(({ text }) => text),
        notebooks.map((_, i) => kept(i)),
      );
      const same = notebooks.map(({ client }, i) => client.pid === pids[i]);
      assert.deepEqual(same, [true, false, false, ...others.map(() => true)]);
    } finally {
      await Promise.all(notebooks.map((notebook) => notebook.dispose()));
    }
  });
});
