/** @file Expressions of the host's own: they see the session and the library, and leave nothing behind. */
import assert from "node:assert/strict";
import type { CellOutput } from "../../protocol/session.ts";
import { summary, TestNotebook } from "./harness.ts";

suite("expressions of the host", () => {
  let notebook: TestNotebook;
  setup(() => {
    notebook = new TestNotebook();
  });
  teardown(() => notebook.dispose());

  async function evaluate(code: string) {
    const outputs: CellOutput[] = [];
    const cell = { uri: "host:expression", number: 0, code, expression: true } as const;
    const { status } = await notebook.client.execute(cell, { onOutput: (output) => outputs.push(output) });
    return { status, ...summary(outputs) };
  }

  test("see the session's variables and the library, and declare nothing", async () => {
    await notebook.run('import { type Tensor } from "cotangent"; const f = (x: Tensor) => x.square().sum();');
    const { text } = await evaluate("hessian(f)(tensor([1, 2]))");
    assert.match(text ?? "", /\[\[2., 0.\],\n +\[0., 2.\]\]/);
    const answer = await notebook.client.variables();
    assert.deepEqual(answer?.status === "listed" && answer.variables.map(({ name }) => name), ["f"]);
    const { error } = await notebook.run("hessian");
    assert.equal(error?.name, "ReferenceError");
  });

  test("a variable goes before the library's name, a property is no name, a spread one is", async () => {
    await notebook.run("const tanh = 'mine', options = { relu: 'its own' };");
    assert.equal((await evaluate("[tanh, options.relu, [...eye(1).shape].length]")).text, "[ 'mine', 'its own', 2 ]");
    assert.equal((await evaluate("[...[sigmoid].map((f) => typeof f)]")).text, "[ 'function' ]");
  });

  test("a promise is awaited, and an error is told", async () => {
    assert.equal((await evaluate("Promise.resolve(3)")).text, "3");
    const { status, error } = await evaluate("tensor([1, 2]).add(tensor([1, 2, 3]))");
    assert.deepEqual([status, error?.name], ["error", "ShapeError"]);
    assert.equal((await evaluate("1 +")).status, "error");
  });

  test("a file's text is a cell: what it exports and what it keeps can both be asked for", async () => {
    const { error } = await notebook.run(
      'import { type Tensor } from "cotangent";\nexport const f = (x: Tensor) => kept(x).sum();\nfunction kept(x: Tensor) { return x.mul(3); }',
    );
    assert.equal(error, undefined, error?.text);
    assert.match((await evaluate("jacrev(kept)(tensor([1, 2]))")).text ?? "", /3., +0/);
  });
});
