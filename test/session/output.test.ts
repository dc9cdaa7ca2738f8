/** @file What cells print and display: streamed, in order, bounded. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CellOutput } from "../../protocol/session.ts";
import { TestNotebook } from "./harness.ts";

suite("output", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  test("every console method, to stdout and stderr", async () => {
    const { stdout, stderr } = await notebook.run(`
      console.log("log", { a: 1 }); console.info("%s!", "info"); console.debug("debug");
      console.group("group"); console.log("inside"); console.groupEnd();
      console.table([{ a: 1 }]);
      console.error("error"); console.warn("warn"); console.assert(false, "assert");
      process.stdout.write("raw"); process.stderr.write(Buffer.from("bytes"));
    `);
    assert.match(stdout, /^log \{ a: 1 \}\ninfo!\ndebug\ngroup\n {2}inside\n/);
    assert.match(stdout, /│ 0 .*│ 1 │/);
    assert.match(stdout, /raw$/);
    assert.match(stderr, /^error\nwarn\nAssertion failed: assert\nbytes$/);
  });

  test("console.time", async () => {
    const { stdout } = await notebook.run("console.time('t'); console.timeEnd('t')");
    assert.match(stdout, /^t: [\d.]+ms\n$/);
  });

  test("no colours: the host is no terminal", async () => {
    const { stdout } = await notebook.run("console.log({ a: 'b' }); console.error(new Error('x'))");
    assert.ok(!stdout.includes("\u001b"));
  });

  test("arrives while a synchronous loop goes on", async () => {
    // The loop ends when this side has seen its output: were it held back, the loop would never end.
    const seen = path.join(notebook.folder, "seen");
    const { stdout, status } = await notebook.run(
      `import { existsSync } from "node:fs";
      console.log("first"); console.log("second"); while (!existsSync(${JSON.stringify(seen)}));`,
      () => writeFileSync(seen, ""),
    );
    assert.equal(status, "ok");
    assert.equal(stdout, "first\nsecond\n");
  });

  test("keeps its order among displays, streams and the result", async () => {
    const { outputs } = await notebook.run("console.log(1); display('two'); console.error(3); console.log(4); 'five'");
    const order = outputs.map((output: CellOutput) => {
      if (output.kind === "stream") return `${output.stream} ${output.text.trim()}`;
      return "bundle" in output ? `${output.kind} ${output.bundle["text/plain"]}` : output.kind;
    });
    assert.deepEqual(order, ["stdout 1", "display 'two'", "stderr 3", "stdout 4", "result 'five'"]);
  });

  test("a million lines are joined, bounded, and the end is shown", async () => {
    const { stdout, outputs, status } = await notebook.run("for (let line = 0; line < 1e6; line++) console.log(line)");
    assert.equal(status, "ok");
    assert.ok(stdout.startsWith("0\n1\n2\n"));
    assert.ok(stdout.endsWith("999998\n999999\n"));
    assert.ok(stdout.length < 1_010_000, `${stdout.length} characters were sent`);
    assert.ok(outputs.length < 2000, `${outputs.length} messages were sent`);
    const shownLines = stdout.split("\n").filter((line) => /^\d+$/.test(line)).length;
    const missing = Number(/… (\d+) lines/.exec(stdout)?.[1]);
    assert.ok(Math.abs(shownLines + missing - 1e6) <= 2, `${shownLines} shown, ${missing} counted as left out`);
  });

  test("the next cell has a budget of its own", async () => {
    assert.equal((await notebook.run("console.log('again')")).stdout, "again\n");
  });

  test("a timer's output goes to the cell that set it", async () => {
    const late: string[] = [];
    await notebook.run("setTimeout(() => console.log('late'), 30);", (output) => {
      if (output.kind === "stream") late.push(output.text);
    });
    const next = await notebook.run("await new Promise((done) => setTimeout(done, 80)); console.log('next')");
    assert.equal(next.stdout, "next\n");
    assert.deepEqual(late, ["late\n"]);
  });

  test("a promise's output goes to the cell that made it", async () => {
    const late: string[] = [];
    const code =
      "const work = (async () => { await new Promise((done) => setTimeout(done, 30)); console.log('worked') })();";
    await notebook.run(code, (output) => {
      if (output.kind === "stream") late.push(output.text);
    });
    assert.equal((await notebook.run("await work; await new Promise((done) => setTimeout(done, 30));")).stdout, "");
    assert.deepEqual(late, ["worked\n"]);
  });

  test("a value may say how it is displayed", async () => {
    const { outputs } = await notebook.run(
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>bold</b>' }) })",
    );
    assert.deepEqual(outputs, [{ kind: "result", bundle: { "text/html": "<b>bold</b>" } }]);
  });

  test("a value that cannot be displayed is an error of its cell", async () => {
    const { error, status } = await notebook.run(
      "1;\n({ [Symbol.for('Jupyter.display')]() { throw new Error('ugly') } })",
    );
    assert.equal(status, "error");
    assert.deepEqual([error?.message, error?.location?.line], ["ugly", 2]);
  });

  test("a tensor comes as our JSON, a picture and text", async () => {
    const { outputs } = await notebook.run("import { tensor } from 'cotangent'; tensor([[1, 2], [3, 4]])");
    const result = outputs.find(({ kind }) => kind === "result");
    assert.ok(result?.kind === "result");
    assert.deepEqual(Object.keys(result.bundle), ["application/vnd.cotangent.v1+json", "image/png", "text/plain"]);
  });
});
