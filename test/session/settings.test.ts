/** @file What a person sets holds in the session: from its start, or from now on; and on the command line as in the editor. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseCommand } from "../../extension/cli/command.ts";
import { DISPLAY_MIME, type MatrixDisplay } from "../../protocol/display.ts";
import type { CellOutput, SessionOptions } from "../../protocol/session.ts";
import { TestNotebook } from "./harness.ts";

const digitsOf = (outputs: readonly CellOutput[]): number | undefined => {
  const [output] = outputs;
  return output.kind === "result" ? (output.bundle[DISPLAY_MIME] as MatrixDisplay).digits : undefined;
};

suite("settings of a session", () => {
  let notebook: TestNotebook;
  teardown(() => notebook?.dispose());

  const ASKED =
    'import { backendName, defaultDtype, printDigits, tensor, threads } from "cotangent";\n' +
    "JSON.stringify([defaultDtype(), tensor([1]).dtype, backendName(), printDigits(), threads()])";

  test("unless given: float32 on WebAssembly, four digits", async () => {
    notebook = new TestNotebook({ threads: 2 });
    assert.equal((await notebook.run(ASKED)).text, `'["float32","float32","wasm",4,2]'`);
  });

  test("as given, and again after a restart", async () => {
    notebook = new TestNotebook({ dtype: "float64", backend: "reference", displayDigits: 7, threads: 1 });
    const expected = `'["float64","float64","reference",7,1]'`;
    assert.equal((await notebook.run(ASKED)).text, expected);
    await notebook.client.restart();
    assert.equal((await notebook.run(ASKED)).text, expected);
  });

  test("a cell may choose otherwise", async () => {
    notebook = new TestNotebook({ dtype: "float64" });
    const { text } = await notebook.run(
      'import { setDefaultDtype, tensor } from "cotangent"; setDefaultDtype("float32"); tensor(1).dtype',
    );
    assert.equal(text, "'float32'");
  });

  test("digits change while the session runs, in texts and in pictures, and stay after a restart", async () => {
    notebook = new TestNotebook();
    const third = 'import { tensor } from "cotangent"; tensor([1 / 3, 2 / 3])';
    const before = await notebook.run(third);
    assert.match(before.text ?? "", /\[0\.3333, 0\.6667\]/);
    assert.equal(digitsOf(before.outputs), 4);
    notebook.client.changeSettings({ displayDigits: 2 });
    const after = await notebook.run(third);
    assert.match(after.text ?? "", /\[0\.33, 0\.67\]/);
    assert.equal(digitsOf(after.outputs), 2);
    const listed = await notebook.run("const scalar = tensor(1 / 3); scalar.item();");
    assert.equal(listed.status, "ok");
    const answer = await notebook.client.variables();
    const variables = answer?.status === "listed" ? answer.variables : [];
    assert.equal(variables.find(({ name }) => name === "scalar")?.preview, "0.33");
    await notebook.client.restart();
    assert.match((await notebook.run(third)).text ?? "", /\[0\.33, 0\.67\]/);
  });

  test("a change while no session runs holds for the one that starts", async () => {
    notebook = new TestNotebook();
    notebook.client.changeSettings({ displayDigits: 6 });
    assert.match((await notebook.run('import { tensor } from "cotangent"; tensor(1 / 3)')).text ?? "", /0\.333333,/);
  });
});

suite("settings", () => {
  const { properties } = JSON.parse(readFileSync("package.json", "utf8")).contributes.configuration as {
    properties: Record<string, Record<string, unknown>>;
  };

  test("each says what it does and when it takes effect, where it may be set and where it stands in the list", () => {
    for (const [name, setting] of Object.entries(properties)) {
      assert.match(
        String(setting.markdownDescription),
        /Takes effect (when a session starts|at once)|from now on/,
        name,
      );
      assert.match(String(setting.scope), /^(resource|machine|machine-overridable)$/, name);
      assert.ok(Number.isInteger(setting.order), name);
      if (Array.isArray(setting.enum)) {
        assert.equal((setting.enumDescriptions as unknown[]).length, setting.enum.length, name);
      }
    }
    const orders = Object.values(properties).map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length, "two settings at one place");
  });

  test("every choice that is offered is one that a session takes", async () => {
    const choices: [name: string, option: keyof SessionOptions][] = [
      ["cotangent.defaultDtype", "dtype"],
      ["cotangent.backend", "backend"],
    ];
    for (const [name, option] of choices) {
      for (const choice of properties[name].enum as string[]) {
        const notebook = new TestNotebook({ [option]: choice });
        const { text, stderr } = await notebook.run(
          'import { backendName, defaultDtype } from "cotangent"; [backendName(), defaultDtype()].join(" ")',
        );
        await notebook.dispose();
        // The graphics processor takes a package that is not here: it is asked for, and the session says so.
        const said = choice.endsWith("webgpu") ? stderr : (text ?? "");
        assert.match(said, new RegExp(`\\b${choice}\\b`), `${name}: ${choice}`);
      }
    }
  });

  test("the command line has flags for them, and says what is wrong with one", () => {
    const command = parseCommand(["run", "a.ipynb", "--dtype", "float64", "--backend", "reference", "--digits", "9"]);
    assert.ok(command.name === "run");
    assert.deepEqual(command.session, { dtype: "float64", backend: "reference", displayDigits: 9 });
    const wrong: [flags: string[], said: RegExp][] = [
      [["--dtype", "int32"], /--dtype should be float32 or float64 and is 'int32'/],
      [["--backend", "cuda"], /--backend should be wasm, webgpu, onnx-wasm, onnx-webgpu or reference and is 'cuda'/],
      [["--digits", "0"], /--digits should be a whole number from 1 to 15 and is '0'/],
    ];
    for (const [flags, said] of wrong) {
      assert.throws(() => parseCommand(["run", "a.ipynb", ...flags]), said, flags.join(" "));
    }
  });
});
