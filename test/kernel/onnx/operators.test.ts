/** @file Every operator that can be imported, in its forms, against onnxruntime; derivatives against finite differences. */
import assert from "node:assert/strict";
import { importOnnx, jvp, type OnnxResult, Tensor, TraceError, tensor, vjp } from "../../../kernel/index.ts";
import { families } from "../../../kernel/onnx/import/operators/all.ts";
import { on } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { assertNear, assertThrows } from "../support/near.ts";
import { modelBytes, type Numbers, node, value } from "./build.ts";
import { type Row, rows } from "./rows.ts";
import { runNumbers } from "./runtime.ts";

/** Types that whole numbers and truth values have here. */
const dtypeOf = ({ type }: Numbers): "float32" | "float64" | "int32" | "bool" =>
  type === "bool" || type === "float32" || type === "float64" ? type : "int32";

const asTensor = (numbers: Numbers, dtype = dtypeOf(numbers)): Tensor =>
  tensor(Float64Array.from(numbers.data), { shape: numbers.shape, dtype });

interface Prepared {
  readonly bytes: Uint8Array;
  readonly inputs: Readonly<Record<string, Numbers>>;
}

/** How many of the inputs a node reads itself; graphs inside it read the others. */
const READS: Readonly<Record<string, number>> = { If: 1, Loop: 3 };

/** A model of one node. */
function prepare({ op, attributes, inputs, outputs = ["float32"], opset = 17 }: Row): Prepared {
  const names = inputs.map((input, i) => (input === null ? "" : `a${i}`));
  const weights: Record<string, Numbers> = {};
  const fed: Record<string, Numbers> = {};
  for (const [i, input] of inputs.entries()) {
    if (input === null) continue;
    if ("fixed" in input) weights[names[i]] = input.fixed;
    else fed[names[i]] = input;
  }
  const results = outputs.map((_, i) => `y${i}`);
  const bytes = modelBytes(
    {
      nodes: [node(op, names.slice(0, READS[op]), results, attributes)],
      inputs: Object.entries(fed).map(([name, { type, shape }]) => value(name, type, shape)),
      outputs: results.map((name, i) => value(name, outputs[i], null)),
      weights,
    },
    opset,
  );
  return { bytes, inputs: fed };
}

const listOf = (result: OnnxResult): Tensor[] => (result instanceof Tensor ? [result] : Object.values(result));

const titleOf = ({ op, opset = 17, attributes = {}, inputs }: Row): string => {
  const shapes = inputs.map((input) => (input === null ? "–" : `[${("fixed" in input ? input.fixed : input).shape}]`));
  const settings = Object.entries(attributes).map(
    ([name, each]) => `${name} ${typeof each === "object" && !Array.isArray(each) ? "…" : each}`,
  );
  return `${op} ${opset} of ${shapes.join(" ")} ${settings.join(", ")}`.trim();
};

suite("ONNX operators, as onnxruntime has them", () => {
  test("each operator has a row", () => {
    const tested = new Set(rows.map(({ op }) => op));
    // onnxruntime has no kernel for it yet; activations.test compares it with its formula.
    tested.add("Swish");
    const known = Object.values(families).flatMap((table) => Object.keys(table));
    assert.deepEqual(
      known.filter((op) => !tested.has(op)),
      [],
    );
  });

  for (const row of rows) {
    test(titleOf(row), async () => {
      const { bytes, inputs } = prepare(row);
      const expected = await runNumbers(bytes, inputs);
      const args = Object.values(inputs).map((each) => asTensor(each));
      const model = await importOnnx<OnnxResult>(bytes);
      for (const backend of ["reference", "wasm"] as const) {
        on(backend, () => {
          const results = listOf(model(...args));
          assert.equal(results.length, expected.length);
          for (const [i, out] of results.entries()) {
            const what = `output ${i} on ${backend}`;
            assertNear(out, expected[i], { rtol: row.rtol ?? 1e-5, dtype: dtypeOf(expected[i]), what });
          }
        });
      }
    });
  }
});

suite("ONNX operators have derivatives", () => {
  for (const row of rows) {
    const places = row.inputs.filter((input) => input !== null && !("fixed" in input)) as Numbers[];
    const outputs = row.outputs ?? ["float32"];
    const argnum = places.findIndex(({ type }) => type === "float32");
    if (argnum < 0 || outputs[0] !== "float32") continue;
    test(titleOf(row), async () => {
      const { bytes, inputs } = prepare(row);
      const model = await importOnnx<OnnxResult>(bytes, { dtype: "float64" });
      const args = Object.values(inputs).map((each) =>
        asTensor(each, each.type === "float32" ? "float64" : dtypeOf(each)),
      );
      const f = (at: Tensor): Tensor => listOf(model(...args.with(argnum, at)))[0];
      const x = args[argnum];
      on("reference", () => {
        const direction = data(x.shape, { seed: 5 });
        const step = 1e-6;
        const difference = f(x.add(direction.mul(step)))
          .sub(f(x.sub(direction.mul(step))))
          .div(2 * step);
        const [out, along] = jvp(f, [x], [direction]);
        assertNear(along, difference, { rtol: 1e-6, atol: 1e-7, dtype: "float64", what: "forward" });
        const cotangent = data(out.shape, { seed: 6 });
        const [, pull] = vjp(f, x);
        if (row.forwardOnly) {
          assertThrows(() => pull(cotangent), TraceError, "reverse mode");
          return;
        }
        const back = pull(cotangent);
        assertNear(back.mul(direction).sum(), along.mul(cotangent).sum(), {
          rtol: 1e-10,
          atol: 1e-10,
          what: "reverse",
        });
      });
    });
  }
});
