/** @file A small executed notebook with an output of every sort, for the tests of the exported page. */
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { inputJacobian, twoWays } from "./fixtures.ts";

export const EXAMPLE = {
  cells: [
    {
      cell_type: "markdown",
      source: [
        "# How steep is a layer?\n",
        "\n",
        "A **Jacobian** holds every partial derivative of a function with several outputs: entry `[i, j]` says how much\n",
        "output *i* moves when input *j* does. Here we compute one, look at it, and ask what it costs.\n",
        "\n",
        "<script>window.intruder = true</script>\n",
        "\n",
        "[Not a link](javascript:alert(1)), but [the tutorial](https://example.org/tutorial) is one.\n",
      ],
    },
    {
      cell_type: "code",
      execution_count: 1,
      source:
        'import { jacrev, linear, randn, tanh } from "cotangent";\n\n' +
        "const weight = randn([16, 16]);\nconst x = randn([16]);\n\n" +
        "// One row per output, one column per input.\n" +
        "const predict = (x) => tanh(linear(x, weight));\njacrev(predict)(x);",
      outputs: [
        { output_type: "stream" as const, name: "stdout", text: ["drawing the weights <b>now</b>\n", "done\n"] },
        { output_type: "execute_result" as const, data: bundleOf(inputJacobian(16, 16)) ?? {} },
      ],
    },
    {
      cell_type: "markdown",
      source:
        "## Which way is faster?\n\nBoth give the same numbers. The loop runs one reverse pass for each of the sixteen outputs:\n\n" +
        "| way | passes |\n|---|---|\n| one vjp per row | 16 |\n| `jacrev` | 1 |\n\n```ts\nconst rows = eye(16).unbind();\n```\n",
    },
    {
      cell_type: "code",
      execution_count: 2,
      source: "compare([loop.timeit(500), all.timeit(500)]);",
      outputs: [
        { output_type: "stream" as const, name: "stderr", text: "a warning\n" },
        { output_type: "execute_result" as const, data: bundleOf(twoWays()) ?? {} },
      ],
    },
    {
      cell_type: "code",
      execution_count: 3,
      source: "weight.matmul(randn([3, 3]));",
      outputs: [
        {
          output_type: "error" as const,
          ename: "ShapeError",
          evalue: "matmul: the inner sizes 16 and 3 differ",
          traceback: [
            "\u001b[31mShapeError: matmul: the inner sizes 16 and 3 differ\u001b[0m",
            "    at cell 3, line 1",
          ],
        },
      ],
    },
    {
      cell_type: "code",
      execution_count: 4,
      source: "[1, 2, 3]",
      outputs: [{ output_type: "execute_result" as const, data: { "text/plain": "[ 1, 2, 3 ]" } }],
    },
  ],
};
