/** @file onnxruntime in a notebook: it is shipped, and loaded when a cell asks for its backend. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { evaluateWith } from "../../extension/client/evaluate.ts";
import { expressionFor } from "../../extension/inline/question.ts";
import type { BenchmarkDisplay } from "../../protocol/benchmark.ts";
import { DISPLAY_MIME } from "../../protocol/display.ts";
import { TestNotebook } from "./harness.ts";

suite("onnxruntime in a session", () => {
  test("a cell computes with it, and its results are shown and read", async () => {
    const notebook = new TestNotebook();
    try {
      const start = await notebook.run(
        'import { backendName, jacrev, setDefaultBackend, tensor } from "cotangent"; await setDefaultBackend("onnx-wasm"); backendName()',
      );
      assert.equal(start.text, "'onnx-wasm'", JSON.stringify(start.error));
      const { text } = await notebook.run("await jacrev((x) => x.square())(tensor([1, 2])).data()");
      assert.match(text ?? "", /2, 0, 0, 4/);
      const shown = await notebook.run("tensor([1, 2]).mul(3)");
      assert.match(shown.text ?? "", /3\., 6\./, JSON.stringify(shown.error));
      const timed = await notebook.run(`import { benchmarkAsync, tensor } from "cotangent";
        const x = tensor([1, 2]);
        await benchmarkAsync({ square: () => x.square() }, { backends: ["wasm", "onnx-wasm"], minRunTime: 0.02 })`);
      const last = timed.outputs.at(-1);
      assert.ok(last?.kind === "result", JSON.stringify(timed.error));
      const { kind, rows, caveats } = last.bundle[DISPLAY_MIME] as BenchmarkDisplay;
      assert.deepEqual([kind, rows.map(({ label }) => label)], ["benchmark", ["square, wasm", "square, onnx-wasm"]]);
      assert.ok(rows[1].wait! > 0 && rows[0].wait === undefined && rows.every(({ median }) => median > 0));
      assert.match(caveats!.join(), /different settings: square, wasm on wasm.*square, onnx-wasm on onnx-wasm/);
      // So does the link above a function, and the explorer's benchmark.
      await notebook.run("const cube = (x) => x.pow(3).sum();");
      const code = expressionFor("benchmark", { name: "cube", inputs: "tensor([1, 2])", argnum: 0 });
      const asked = await evaluateWith(notebook.client, { uri: "test:lens", number: 0, code, expression: true });
      assert.ok(asked.bundle, JSON.stringify(asked.error));
      const { rows: ways, stamp } = asked.bundle[DISPLAY_MIME] as BenchmarkDisplay;
      assert.deepEqual(
        ways.map(({ label, wait }) => [label, wait! > 0]),
        [
          ["cube", true],
          ["Jacobian", true],
          ["Hessian", true],
        ],
      );
      assert.match(stamp!, /^onnx-wasm · /);
      // A part of a value, on its way, is waited for as well.
      const parts = await notebook.run("({ a: tensor([1, 2]).mul(5), b: 'text' })");
      assert.match(parts.text ?? "", /5\., 10\./, parts.text);
    } finally {
      await notebook.dispose();
    }
  });

  test("on the graphics processor it says which package to install, and WebAssembly goes on", async () => {
    const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const notebook = new TestNotebook();
    try {
      const { error } = await notebook.run(
        'import { backendName, setDefaultBackend } from "cotangent"; await setDefaultBackend("onnx-webgpu")',
      );
      const command = `npm install onnxruntime-web@${devDependencies["onnxruntime-web"]}`;
      assert.ok(error?.message.includes(command), JSON.stringify(error));
      const { text } = await notebook.run("backendName()");
      assert.match(text ?? "", /'wasm'/);
    } finally {
      await notebook.dispose();
    }
  });
});
