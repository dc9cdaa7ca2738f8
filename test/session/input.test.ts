/** @file A cell that asks the person, in a session and on the command line. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { CellOutput, InputAnswer, InputRequest } from "../../protocol/session.ts";
import { summary, TestNotebook } from "./harness.ts";

suite("input", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  async function run(code: string, onInput?: (request: InputRequest, withdrawn: AbortSignal) => Promise<InputAnswer>) {
    const outputs: CellOutput[] = [];
    const cell = { uri: "test:1", number: 1, code };
    const { status } = await notebook.client.execute(cell, { onOutput: (output) => outputs.push(output), onInput });
    return { status, ...summary(outputs) };
  }

  test("waits for the answer", async () => {
    const asked: InputRequest[] = [];
    const { text } = await run(
      "const name = await input('Who?', { value: 'me' }); const age = await input('How old?'); [name, Number(age)]",
      async (request) => {
        asked.push(request);
        return { status: "given", text: asked.length === 1 ? "Ada" : "36" };
      },
    );
    assert.equal(text, "[ 'Ada', 36 ]");
    assert.deepEqual(asked, [
      { prompt: "Who?", value: "me" },
      { prompt: "How old?", value: "" },
    ]);
  });

  test("a question that is closed is an error that says so, at the call", async () => {
    const { error } = await run("1;\nawait input('Who?')", async () => ({ status: "closed" }));
    assert.match(error?.message ?? "", /^input\("Who\?"\): the question was closed without an answer/);
    assert.equal(error?.location?.line, 2);
  });

  test("where nobody can be asked, it says so", async () => {
    const { error } = await run("await input('Who?')");
    assert.match(error?.message ?? "", /there is nobody to ask here/);
  });

  test("an interrupt withdraws the question and ends the cell", async () => {
    let wasWithdrawn = false;
    const { status, stdout } = await run("await input('Who?'); console.log('answered')", async (_, withdrawn) => {
      const closed = new Promise<void>((resolve) => withdrawn.addEventListener("abort", () => resolve()));
      void notebook.client.interrupt();
      await closed;
      wasWithdrawn = true;
      return { status: "given", text: "too late" };
    });
    assert.equal(status, "interrupted");
    assert.equal(wasWithdrawn, true);
    assert.equal((await notebook.run("'after'")).text, "'after'");
    assert.equal(stdout, "");
  });

  suite("on the command line", () => {
    async function cotangent(code: string, lines: string | undefined) {
      const file = path.join(notebook.folder, "asks.ipynb");
      const cell = { cell_type: "code", metadata: {}, source: code, outputs: [], execution_count: null };
      const metadata = { language_info: { name: "typescript" } };
      writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] }));
      const args = [path.resolve("dist/cli.js"), "run", file];
      const child = spawn(process.execPath, args, { stdio: [lines === undefined ? "ignore" : "pipe", "pipe", "pipe"] });
      let stdout = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      // Left open, as a terminal is: the process is to end by itself.
      child.stdin?.write(lines ?? "");
      const ended = await new Promise<number | null>((resolve) => child.on("close", resolve));
      return { code: ended, stdout };
    }

    test("reads lines", async () => {
      const { code, stdout } = await cotangent(
        "const a = await input('First?'), b = await input('Second?', { value: 'kept' }); a + ' and ' + b",
        "one\n\n",
      );
      assert.equal(code, 0, stdout);
      assert.match(stdout, /First\?\n[\s\S]*Second\? \[kept\]\n[\s\S]*'one and kept'/);
    });

    test("without a line to read it fails, and says what to do", async () => {
      const { code, stdout } = await cotangent("await input('Who?')", undefined);
      assert.equal(code, 1);
      assert.match(stdout, /input\("Who\?"\): standard input has no line for it\. Run the notebook in a terminal/);
    });
  });
});
