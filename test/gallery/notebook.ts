/** @file A small executed notebook with an output of every sort, for the tests of the exported page. */
import type { Cell, Output } from "../../extension/cli/notebook-file.ts";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { inputJacobian, twoWays } from "./fixtures.ts";

export const markdownCell = (id: string, ...lines: readonly string[]): Cell => ({
  cell_type: "markdown",
  id,
  metadata: {},
  source: lines.map((line) => `${line}\n`),
});

export const codeCell = (id: string, source: string, ...outputs: Output[]): Cell => ({
  cell_type: "code",
  id,
  metadata: {},
  source,
  execution_count: source ? 1 : null,
  outputs,
});

export const result = (value: unknown): Output => ({
  output_type: "execute_result",
  data: { ...bundleOf(value) },
  metadata: {},
  execution_count: 1,
});

export const exampleCells = (): Cell[] => [
  markdownCell(
    "what",
    "# How steep is a layer?",
    "",
    "A **Jacobian** holds every partial derivative of a function with several outputs: entry `[i, j]` says how much",
    "output *i* moves when input *j* does. Here we compute one, look at it, and ask what it costs.",
    "",
    "<script>window.intruder = true</script>",
    "",
    '<img src="http://elsewhere.test/a.png" onerror="window.intruder = true">',
    "",
    "[Not a link](javascript:alert(1)), but [the tutorial](https://example.org/tutorial) is one.",
    "",
    "![a picture elsewhere](http://elsewhere.test/b.png)",
  ),
  codeCell(
    "jacobian",
    [
      'import { jacrev, linear, randn, tanh } from "cotangent";',
      "",
      "const weight = randn([16, 16]);",
      "const x = randn([16]);",
      "",
      "// One row per output, one column per input.",
      "const predict = (x) => tanh(linear(x, weight));",
      "jacrev(predict)(x);",
    ].join("\n"),
    { output_type: "stream", name: "stdout", text: ["drawing the weights <b>now</b>\n", "done\n"] },
    result(inputJacobian(16, 16)),
  ),
  markdownCell(
    "cost",
    "## Which way is faster?",
    "",
    "Both give the same numbers. The loop runs one reverse pass for each of the sixteen outputs:",
    "",
    "| way | passes |",
    "|---|---|",
    "| one vjp per row | 16 |",
    "| `jacrev` | 1 |",
    "",
    "```ts",
    "const rows = eye(16).unbind();",
    "```",
  ),
  codeCell(
    "timing",
    "compare(loop.timeit(500), all.timeit(500));",
    { output_type: "stream", name: "stderr", text: "a warning\n" },
    result(twoWays()),
  ),
  codeCell("mistake", "weight.matmul(randn([3, 3]));", {
    output_type: "error",
    ename: "ShapeError",
    evalue: "matmul: the inner sizes 16 and 3 differ",
    traceback: ["\u001b[31mShapeError: matmul: the inner sizes 16 and 3 differ\u001b[0m", "    at cell 3, line 1"],
  }),
  codeCell("plain", "[1, 2, 3]", result([1, 2, 3])),
];
