/** @file What Node is started with: relaxed SIMD where it has to be asked for, and no option that it does not know. */
import assert from "node:assert/strict";
import { nodeOptions } from "../../extension/client/node-options.ts";
import { TestNotebook } from "./harness.ts";

suite("how a session is started", () => {
  const FLAG = "--experimental-wasm-relaxed-simd";

  test("relaxed SIMD is asked for where it is not on by itself", () => {
    assert.ok(nodeOptions("11.3.244.8-node.38").includes(FLAG));
    assert.ok(!nodeOptions("11.4.183.29-node.0").includes(FLAG));
    assert.ok(!nodeOptions("12.4.254.21-node.33").includes(FLAG));
    assert.ok(!nodeOptions(undefined).includes(FLAG));
  });

  test("a session multiplies and adds in one instruction", async () => {
    const notebook = new TestNotebook();
    try {
      const { text, error } = await notebook.run('import { fusedMultiplyAdd } from "cotangent"; fusedMultiplyAdd()');
      assert.equal(error, undefined);
      assert.equal(text, "true");
    } finally {
      await notebook.dispose();
    }
  });
});
