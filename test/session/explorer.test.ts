/** @file What the Jacobian explorer asks of a session: every way gives the same numbers, and a stop leaves no trace. */
import assert from "node:assert/strict";
import { evaluateWith } from "../../extension/client/evaluate.ts";
import { Computation } from "../../extension/panel/computing.ts";
import { type Action, FIRST_FORM, type Form, type Strategy, type Subject, type Work } from "../../protocol/panel.ts";
import { TestNotebook } from "./harness.ts";

const CELL = `
import { tensor, type Tensor } from "cotangent";
const make = 2, before = tensor([1, 2, 3]), inputs = tensor([4, 5, 6]), derivatives = 3;
const value = (scale: Tensor, x: Tensor) => x.mul(scale).pow(3).sum();
const slow = (x: Tensor) => { for (const end = Date.now() + 60_000; Date.now() < end; ); return x; };
`;
const SUBJECT: Subject = { name: "value", kind: "function", detail: "", parameters: [], inputs: "", argnum: 0 };
// Names that an expression of ours could take for its own.
const FORM: Form = { ...FIRST_FORM, subject: "value", inputs: "inputs, before", argnum: 1 };
const STRATEGIES: readonly Strategy[] = ["automatic", "vmap", "forward", "reverse"];

suite("what the explorer computes", () => {
  let notebook: TestNotebook;
  setup(async () => {
    notebook = new TestNotebook();
    assert.equal((await notebook.run(CELL)).status, "ok");
  });
  teardown(() => notebook.dispose());

  function computation(action: Action, form: Form, tell: (work: Work) => void = () => {}): Computation {
    const evaluator = {
      evaluate: (code: string, watch?: Parameters<typeof evaluateWith>[2]) =>
        evaluateWith(notebook.client, { uri: "test:explorer", number: 0, code, expression: true }, watch),
      stopEvaluation: () => notebook.client.interrupt(),
      facts: async () => undefined,
      tile: async () => undefined,
      state: notebook.client.state,
    };
    return new Computation({ action, form, subject: SUBJECT, evaluator, session: undefined }, tell);
  }

  async function answer(action: Action, form: Form) {
    const computed = await computation(action, form).run();
    assert.ok(computed.kind === "done", JSON.stringify(computed));
    return computed;
  }

  const backend = async () =>
    (await notebook.run('import { backendName } from "cotangent"; backendName()')).text?.replaceAll("'", "");

  test("all strategies and backends agree on a Jacobian and a Hessian", async () => {
    for (const derivative of ["jacobian", "hessian"] as const) {
      const { text, display } = await answer("compute", { ...FORM, derivative });
      assert.equal(display?.kind === "matrix" && display.role, derivative);
      for (const strategy of STRATEGIES) {
        for (const each of ["wasm", "reference"] as const) {
          const other = await answer("compute", { ...FORM, derivative, strategy, backend: each });
          assert.equal(other.text, text, `${derivative} ${strategy} ${each}`);
          assert.equal(other.display?.kind === "matrix" && other.display.role, derivative);
        }
      }
    }
    assert.equal(await backend(), "wasm");
  });

  test("what was found is explained", async () => {
    assert.match((await answer("explain", { ...FORM, derivative: "hessian" })).text, /eliminated in \w+ order/);
  });

  test("a benchmark times each strategy on each backend, says how far it is, and leaves the backend as it was", async () => {
    const heard: Work[] = [];
    const form: Form = { ...FORM, everyBackend: true };
    const computed = await computation("benchmark", form, (work) => heard.push(work)).run();
    assert.ok(computed.kind === "done" && computed.display?.kind === "benchmark");
    for (const strategy of STRATEGIES) assert.match(computed.text, new RegExp(`${strategy}, reference`));
    const labels = heard.flatMap(({ progress }) => progress?.bars.map(({ label }) => label) ?? []);
    assert.ok(labels.includes("timing Jacobian of value"), labels.join());
    assert.equal(await backend(), "wasm");
  });

  test("a stop ends it at once, keeps the variables, and puts the backend back", async () => {
    const form: Form = { ...FORM, subject: "slow", inputs: "before", argnum: 0, backend: "reference" };
    const heard: Work["stage"][] = [];
    const slow = computation("compute", form, ({ stage }) => heard.push(stage));
    const outcome = slow.run();
    await new Promise((resolve) => setTimeout(resolve, 500));
    slow.cancel();
    assert.deepEqual(await outcome, { kind: "cancelled", stuck: false });
    assert.deepEqual(heard, ["computing", "stopping"]);
    assert.equal(await backend(), "wasm");
    assert.equal((await notebook.run("derivatives")).text, "3");
  });

  test("an error is handed on as it is", async () => {
    const computed = await computation("compute", { ...FORM, inputs: "before, tensor([1, 2])" }).run();
    assert.equal(computed.kind === "failed" && computed.error.name, "ShapeError");
  });
});
