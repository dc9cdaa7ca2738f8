/** @file Interrupting: whatever runs ends soon, variables stay, nothing of the cell goes on behind one's back. */
import assert from "node:assert/strict";
import { delay, TestNotebook } from "./harness.ts";

/** (module (func (export "run") (loop (br 0)))) */
const ENDLESS_WASM =
  "new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,7,1,3," +
  "114,117,110,0,0,10,9,1,7,0,3,64,12,0,11,11]))).exports.run()";

const ENDLESS: readonly [what: string, code: string][] = [
  ["a synchronous loop", "while (true) {}"],
  ["a WebAssembly loop", `(${ENDLESS_WASM.replace(".exports.run()", ".exports as any).run()")}`],
  ["a promise that never settles", "const forever = new Promise(() => {}); await forever"],
  ["an endless chain of promises", "const spin = (): Promise<void> => Promise.resolve().then(spin); await spin()"],
  ["an endless loop of awaits", "while (true) await 0"],
  ["a loop that awaits timers", "while (true) await new Promise((done) => setTimeout(done, 1))"],
  ["a loop in a function of another cell", "endless()"],
  [
    "a loop in a timer's callback",
    "setTimeout(() => { while (true) {} }, 0); const idle = new Promise(() => {}); await idle",
  ],
  ["a loop that catches everything", "while (true) { try { await Promise.reject(0) } catch {} }"],
  ["a loop while a result is displayed", "({ [Symbol.for('Jupyter.display')]() { while (true) {} } })"],
  [
    "a source that never ends",
    "async function* source() { for (;;) yield 1; } for await (const item of source()) void item",
  ],
  ["a question that nobody answers", "await input('?')"],
  ["waiting for another thread", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"],
];

suite("interrupting", () => {
  let notebook: TestNotebook;
  suiteSetup(async () => {
    notebook = new TestNotebook();
    await notebook.run("let kept = [1, 2]; function endless() { for (;;); } let ticks = 0");
  });
  suiteTeardown(() => notebook.dispose());

  for (const [what, code] of ENDLESS) {
    test(what, async () => {
      const pid = notebook.client.pid;
      const { status, error } = await notebook.runAndInterrupt(code);
      assert.equal(status, "interrupted");
      assert.equal(error, undefined);
      const { text } = await notebook.run(
        "await new Promise((done) => setTimeout(done, 5)); kept.push(3); kept.length = 2; kept",
      );
      assert.equal(text, "[ 1, 2 ]");
      assert.equal(notebook.client.pid, pid);
    });
  }

  test("kernels that several threads compute, and what is computed next", async () => {
    await notebook.run(
      "import { matmul, setThreads, tensor } from 'cotangent'; setThreads(2);" +
        "const big = tensor(Float32Array.from({ length: 300 * 300 }, (_, i) => Math.sin(i))).reshape([300, 300]);" +
        "const wanted = matmul(big, big).sum().item()",
    );
    for (let round = 0; round < 5; round++) {
      const { status } = await notebook.runAndInterrupt("while (true) matmul(big, big).tanh().evaluate()");
      assert.equal(status, "interrupted");
      assert.equal((await notebook.run("matmul(big, big).sum().item() === wanted")).text, "true");
    }
  });

  test("what the cell waited for does not wake it", async () => {
    const { status } = await notebook.runAndInterrupt(
      "await new Promise((done) => setTimeout(done, 150)); ticks = 100; console.log('woken')",
    );
    assert.equal(status, "interrupted");
    await delay(200);
    const { text, stdout } = await notebook.run("ticks");
    assert.deepEqual([text, stdout], ["0", ""]);
  });

  test("its timers stop too, those of other cells go on", async () => {
    await notebook.run("let others = 0; const ticking = setInterval(() => others++, 5)");
    await notebook.runAndInterrupt("setInterval(() => ticks++, 5); const wait = new Promise(() => {}); await wait");
    const { text } = await notebook.run(
      "const [ticksBefore, othersBefore] = [ticks, others]; await new Promise((done) => setTimeout(done, 100));" +
        "clearInterval(ticking); [ticks - ticksBefore, others > othersBefore]",
    );
    assert.equal(text, "[ 0, true ]");
  });

  test("with no cell running, what earlier cells left behind stops", async () => {
    await notebook.run("setInterval(() => ticks++, 5)");
    await notebook.run("(async () => { for (;;) { await new Promise((done) => setTimeout(done, 5)); ticks++; } })();");
    await notebook.client.interrupt();
    const { text } = await notebook.run(
      "const ticksAtStop = ticks; await new Promise((done) => setTimeout(done, 100)); ticks - ticksAtStop",
    );
    assert.equal(text, "0");
  });

  test("what is left of a chain of promises runs, and says nothing", async () => {
    await notebook.run("let release = () => {}; let chained = 0");
    await notebook.runAndInterrupt(
      "new Promise<void>((done) => { release = done; }).then(() => { console.log('behind'); chained = 1; });" +
        "await new Promise(() => {})",
    );
    const { text, stdout } = await notebook.run("release(); await 0; await 0; chained");
    assert.deepEqual([text, stdout], ["1", ""]);
  });

  test("a cell that waits for its session to start does not run", async () => {
    const fresh = new TestNotebook();
    const running = fresh.run("console.log('ran')");
    assert.equal(await fresh.client.interrupt(), true);
    const { status, stdout } = await running;
    assert.deepEqual([status, stdout], ["interrupted", ""]);
    assert.equal((await fresh.run("1")).text, "1");
    await fresh.dispose();
  });

  test("queued cells still run", async () => {
    const endless = notebook.run("console.log('running'); while (true) {}", () => notebook.client.interrupt());
    const next = notebook.run("'next'");
    assert.equal((await endless).status, "interrupted");
    assert.equal((await next).text, "'next'");
  });

  test("twice at once, and with nothing running, is harmless", async () => {
    const answers = Promise.all([notebook.client.interrupt(), notebook.client.interrupt()]);
    assert.deepEqual(await answers, [true, true]);
    assert.equal((await notebook.run("kept")).text, "[ 1, 2 ]");
  });

  test("a cell that ended by itself is not harmed by the one before it", async () => {
    for (let round = 0; round < 20; round++) {
      const running = notebook.run("await 0; 'done'");
      await notebook.client.interrupt();
      const { status, text } = await running;
      assert.ok(status === "interrupted" || (status === "ok" && text === "'done'"), status);
      assert.equal((await notebook.run(`${round} + 1`)).text, String(round + 1));
    }
  });
});
