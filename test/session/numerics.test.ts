/** @file debugNumerics in a notebook: the report points to the line of the cell that asked for the operation. */
import assert from "node:assert/strict";
import { TestNotebook } from "./harness.ts";

suite("debugNumerics in cells", () => {
  let notebook: TestNotebook;
  suiteSetup(async () => {
    notebook = new TestNotebook();
    await notebook.run("import { debugNumerics, grad, jacrev, tensor, type Tensor, where } from 'cotangent';");
    await notebook.run("debugNumerics(true);");
  });
  suiteTeardown(() => notebook.dispose());

  test("a NaN in a result that is shown", async () => {
    const { status, error } = await notebook.run("const w = tensor([0, 1]);\n\nw.div(w)");
    assert.equal(status, "error");
    assert.match(error?.message ?? "", /div made NaN: div\(0, 0\), first at \[0\].*Asked for at cell 3:3:3\./);
    assert.equal(error?.location?.line, 3);
  });

  test("a NaN made in one cell and read in another", async () => {
    const made = await notebook.run("const x = tensor([1, -2]);\nconst y = x\n  .log();");
    assert.equal(made.status, "ok");
    const { status, error } = await notebook.run("const z = y.mul(2);\nz.toArray();");
    assert.equal(status, "error");
    assert.equal(error?.name, "NumericsError");
    assert.match(
      error?.message ?? "",
      /^debugNumerics: log made NaN: log\(-2\), first at \[1\] of float32\[2\]\. Asked for at cell 4:3:4\. Keep its/,
    );
    assert.deepEqual([error?.location?.cell?.number, error?.location?.line, error?.location?.column], [4, 3, 4]);
    assert.equal(error?.location?.sourceLine, "  .log();");
    assert.doesNotMatch(error?.text ?? "", /node:|kernel\.js|session\.js|file:/);
  });

  test("a NaN of a derivative points to the function's own line", async () => {
    const { error } = await notebook.run(
      "function f(v: Tensor) {\n  const safe = v.sqrt();\n  return where(v.gt(0), safe, 0).sum();\n}\ngrad(f)(tensor([4, 0]))",
    );
    assert.match(error?.message ?? "", /in the derivative of sqrt\. Asked for at f \(cell 6:2:18\)\./);
    assert.deepEqual([error?.location?.cell?.number, error?.location?.line], [6, 2]);
    assert.equal(error?.stack[0]?.functionName, "f");
  });

  test("switched off, the same cells run", async () => {
    const { status, text } = await notebook.run("debugNumerics(false);\ngrad(f)(tensor([4, 0]))");
    assert.equal(status, "ok");
    assert.match(text ?? "", /nan/i);
  });
});
