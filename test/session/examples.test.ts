/** @file Every example notebook runs from top to bottom, its checks come out true, and it is saved with its outputs. */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { joined, readNotebook } from "../../extension/cli/notebook-file.ts";
import { TestNotebook } from "./harness.ts";

const FOLDER = path.resolve("examples");
/** Long, and run by tests of its own. */
const TUTORIAL = "jacobians-and-hessians.ipynb";
/** So that the page of a notebook opens at once, on GitHub too. */
const LARGEST = 300_000;

suite("the example notebooks", () => {
  const examples = readdirSync(FOLDER).filter((file) => file.endsWith(".ipynb") && file !== TUTORIAL);

  test("are there", () => assert.ok(examples.length >= 10, `${examples.length} in ${FOLDER}`));

  for (const example of examples) {
    const file = path.join(FOLDER, example);
    const name = path.basename(example, ".ipynb");

    test(`${name} runs, and its checks hold`, async () => {
      const { cells } = await readNotebook(file);
      // Some read a file beside them.
      const notebook = new TestNotebook({ directory: FOLDER });
      let checks = 0;
      let pictures = 0;
      try {
        for (const [i, { cell_type, source }] of cells.entries()) {
          if (cell_type !== "code") continue;
          const { error, stdout, stderr, outputs } = await notebook.run(joined(source));
          assert.equal(error?.text, undefined, `cell ${i}: ${error?.text}`);
          assert.equal(stderr, "", `cell ${i}`);
          // A comparison with a formula is printed as true or false.
          assert.deepEqual(stdout.match(/^.*: false$/gm) ?? [], [], `cell ${i}`);
          checks += stdout.match(/: true$/gm)?.length ?? 0;
          pictures += outputs.filter(({ kind }) => kind === "result").length;
        }
      } finally {
        await notebook.dispose();
      }
      assert.ok(checks > 0, "it compares nothing with a formula");
      assert.ok(pictures > 0, "it shows nothing");
    });

    test(`${name} is saved with its outputs, and small`, async () => {
      const code = (await readNotebook(file)).cells.filter(({ cell_type }) => cell_type === "code");
      assert.ok(statSync(file).size < LARGEST, `${statSync(file).size} bytes`);
      code.forEach(({ execution_count, outputs }, i) => {
        assert.equal(execution_count, i + 1);
        assert.ok(outputs?.every(({ output_type }) => output_type !== "error"));
      });
      assert.ok(code.some(({ outputs }) => outputs?.some(({ output_type }) => output_type === "execute_result")));
    });
  }
});
