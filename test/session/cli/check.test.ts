/** @file `cotangent check`: the problems of cells, each with its place. */
import assert from "node:assert/strict";
import { CommandLine, notebookOf } from "./command-line.ts";

suite("cotangent check", () => {
  const line = new CommandLine();
  suiteTeardown(() => line.remove());

  test("points at every error, by the number that a run gives the cell", async () => {
    line.save(
      "bad.ipynb",
      notebookOf([
        "# prose",
        "",
        "import { grad } from 'cotangent';\nconst n: number = 1;",
        "\tgrad(n);\n\tn.foo;",
        "const x = ;",
      ]),
    );
    const { code, stdout } = await line.run("check", "bad.ipynb");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^bad\.ipynb cell 2:1:7 error TS2345: Argument of type 'number' is not assignable [^\n]*\n(?: {2}\S[^\n]*\n)* {4}\tgrad\(n\);\n {4}\t {5}\^\n/,
    );
    assert.match(stdout, /\nbad\.ipynb cell 2:2:4 error TS2339: [^\n]*\n {4}\tn\.foo;\n {4}\t {2}\^\n/);
    assert.match(stdout, /\nbad\.ipynb cell 3:1:11 error TS1109: Expression expected\.\n {4}const x = ;\n {14}\^\n/);
    assert.match(stdout, /\n1 notebook checked: 3 errors, 0 warnings\.\n$/);
    assert.ok(!stdout.includes("\u001b"), "colours in a pipe");
  });

  test("sees names, imports and types across cells, a redeclared name as it is there, and JavaScript as such", async () => {
    line.save("helper.ts", "export const half = (x: number): number => x / 2;");
    const javascript = {
      cell_type: "code",
      metadata: { vscode: { languageId: "javascript" } },
      source: "half('not checked')",
      outputs: [],
    };
    const { cells } = notebookOf([
      "import { half } from './helper.ts';\nlet x = 1;",
      "half(x)",
      "const x = 'text';",
      "x.length; display(x).update(await input());",
    ]) as { cells: object[] };
    line.save("good.ipynb", notebookOf([], { cells: [...cells, javascript] }));
    assert.deepEqual(await line.run("check", "good.ipynb"), {
      code: 0,
      stdout: "1 notebook checked: 0 errors, 0 warnings.\n",
      stderr: "",
    });
  });

  test("warns of what is deprecated, with exit code 0", async () => {
    line.save("old.ipynb", notebookOf(["/** @deprecated use g */\nfunction f() {}\nf();"]));
    const { code, stdout } = await line.run("check", "old.ipynb");
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^old\.ipynb cell 1:3:1 warning TS6387: [^\n]*deprecated[^\n]*\n {4}f\(\);\n {4}\^\n1 notebook checked: 0 errors, 1 warning\.\n$/,
    );
  });

  test("several notebooks: each by itself, all are looked at, and the tsconfig.json of each counts", async () => {
    line.save("strict/a.ipynb", notebookOf(["const f = (x) => x;"]));
    line.save("loose/b.ipynb", notebookOf(["const f = (x) => x;"]));
    line.save("loose/tsconfig.json", { compilerOptions: { strict: false } });
    line.save("python.ipynb", notebookOf(["1"], { metadata: { language_info: { name: "python" } } }));
    const { code, stdout, stderr } = await line.run(
      "check",
      "strict/a.ipynb",
      "nowhere.ipynb",
      "python.ipynb",
      "loose/b.ipynb",
    );
    assert.equal(code, 2);
    assert.equal(stderr.split("\n")[0], "There is no file nowhere.ipynb.");
    assert.match(stderr, /python\.ipynb is a notebook in python/);
    assert.match(
      stdout,
      /^strict\/a\.ipynb cell 1:1:12 error TS7006: [^\n]*\n[^\n]*\n[^\n]*\n2 notebooks checked: 1 error, 0 warnings\.\n$/,
    );
  });

  test("a cell in another language is an error, as it is for a run", async () => {
    const cell = { cell_type: "code", metadata: { vscode: { languageId: "python" } }, source: "print(1)", outputs: [] };
    line.save("mixed.ipynb", notebookOf([], { cells: [cell] }));
    const { code, stdout } = await line.run("check", "mixed.ipynb");
    assert.equal(code, 1);
    assert.match(stdout, /^mixed\.ipynb cell 1:1:1 error: Cell 1 is in python, and Cotangent runs TypeScript/);
  });
});
