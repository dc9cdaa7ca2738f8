/** @file onnxruntime in a notebook: it is shipped, and loaded when a cell asks for its backend. */
import assert from "node:assert/strict";
import { TestNotebook } from "./harness.ts";

suite('The backend "onnx-wasm" in a session', () => {
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
    } finally {
      await notebook.dispose();
    }
  });
});
