/** @file Fused multiply-add as a person sees it: allowed or not, and programs of both kinds kept apart. */
import assert from "node:assert/strict";
import { hasRelaxedSimd } from "../../kernel/backends/wasm/code/features.ts";
import {
  ArgumentError,
  backendName,
  compilationCount,
  fusedMultiplyAdd,
  matmul,
  setFusedMultiplyAdd,
  useBackend,
} from "../../kernel/index.ts";
import { data } from "./support/data.ts";

suite("fused multiply-add", () => {
  teardown(() => {
    setFusedMultiplyAdd(true);
    useBackend("wasm");
  });

  test("is on where the engine has it, until it is forbidden", () => {
    assert.equal(fusedMultiplyAdd(), hasRelaxedSimd());
    setFusedMultiplyAdd(false);
    assert.equal(fusedMultiplyAdd(), false);
    setFusedMultiplyAdd(true);
    assert.equal(fusedMultiplyAdd(), hasRelaxedSimd());
  });

  test("a program compiled with it is not run where it is forbidden", () => {
    const [a, b] = [data([8, 40], { dtype: "float32" }), data([40, 12], { seed: 2, dtype: "float32" })];
    const compiled = (allowed: boolean) => {
      setFusedMultiplyAdd(allowed);
      const before = compilationCount();
      const values = matmul(a, b).toArray();
      return { count: compilationCount() - before, values };
    };
    const first = compiled(true);
    const strict = compiled(false);
    assert.equal(strict.count, hasRelaxedSimd() ? 1 : 0);
    assert.deepEqual(compiled(true), { count: 0, values: first.values });
    assert.deepEqual(compiled(false), { count: 0, values: strict.values });
  });

  test("does not change which backend is in use", () => {
    useBackend("reference");
    setFusedMultiplyAdd(false);
    assert.equal(backendName(), "reference");
  });

  test("takes a boolean", () => {
    assert.throws(() => setFusedMultiplyAdd(1 as unknown as boolean), ArgumentError);
    assert.throws(() => setFusedMultiplyAdd(undefined as unknown as boolean), /expected true or false/);
  });
});
