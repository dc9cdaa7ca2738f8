/** @file The command line as a person meets it: the built `dist/cli.js`, its words and its exit codes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Notebook, Output } from "../../extension/cli/notebook-file.ts";

const CLI = path.resolve("dist/cli.js");

suite("the command line", () => {
  let folder: string;
  suiteSetup(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-cli-"));
  });
  suiteTeardown(() => rmSync(folder, { recursive: true, force: true }));

  interface Ended {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  async function cotangent(...args: string[]): Promise<Ended> {
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, stdout, stderr };
  }

  function save(name: string, content: unknown): void {
    writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }

  function notebook(cells: readonly string[], changes: object = {}): object {
    return {
      nbformat: 4,
      nbformat_minor: 4,
      metadata: { kernelspec: { name: "cotangent", display_name: "Cotangent", language: "typescript" }, mine: "kept" },
      cells: cells.map((source) =>
        source.startsWith("#")
          ? { cell_type: "markdown", metadata: {}, source }
          : {
              cell_type: "code",
              metadata: { tags: ["kept"] },
              source: source.split(/(?<=\n)/),
              outputs: [],
              execution_count: 9,
            },
      ),
      ...changes,
    };
  }

  const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Notebook;

  test("runs a notebook, shows it, and writes it with its outputs and a page", async () => {
    save("helper.ts", "export const half = (x: number): number => x / 2;");
    save(
      "good.ipynb",
      notebook([
        "# A heading\nand prose",
        "import { tensor } from 'cotangent';\nimport { half } from './helper';\nhalf(5)",
        "console.log('out');\nconsole.log('more');\nconsole.error('err');",
        "const shown = display('early'); shown.update('late');",
        "tensor([[1, 2], [3, 4]])",
      ]),
    );
    const { code, stdout, stderr } = await cotangent("run", "good.ipynb", "--out", "made/here");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(
      stdout,
      /^Running good\.ipynb\n\nA heading\n {2}\[1\] {2}import \{ tensor \} from 'cotangent'; +\d+ ms\n {7}2\.5\n/,
    );
    assert.match(stdout, /\n {2}\[2\] .*\n {7}out\n {7}more\n {7}err\n/);
    assert.match(
      stdout,
      /\n4 cells ran in [\d.]+ m?s\.\nNotebook {2}made\/here\/good\.ipynb\nPage {6}made\/here\/good\.html\n$/,
    );
    assert.ok(!stdout.includes("\u001b"), "colours in a pipe");

    const { nbformat, nbformat_minor, metadata, cells } = read("made/here/good.ipynb");
    assert.deepEqual([nbformat, nbformat_minor, metadata.mine], [4, 5, "kept"]);
    assert.deepEqual(cells[1].metadata, { tags: ["kept"] });
    assert.equal(new Set(cells.map(({ id }) => id)).size, 5);
    for (const { id } of cells) assert.match(id, /^[a-zA-Z0-9-_]{1,64}$/);
    assert.deepEqual(
      cells.map((cell) => cell.execution_count),
      [undefined, 1, 2, 3, 4],
    );
    assert.deepEqual(cells[1].outputs, [
      { output_type: "execute_result", data: { "text/plain": ["2.5"] }, metadata: {}, execution_count: 1 },
    ]);
    assert.deepEqual(cells[2].outputs, [
      { output_type: "stream", name: "stdout", text: ["out\n", "more\n"] },
      { output_type: "stream", name: "stderr", text: ["err\n"] },
    ]);
    assert.deepEqual(cells[3].outputs, [
      { output_type: "display_data", data: { "text/plain": ["'late'"] }, metadata: {} },
    ]);
    const [{ data }] = cells[4].outputs as Extract<Output, { output_type: "execute_result" }>[];
    assert.equal((data["application/vnd.cotangent.v1+json"] as { kind: string }).kind, "matrix");
    assert.match(data["image/png"] as string, /^iVBORw0KGgo/);

    const page = readFileSync(path.join(folder, "made/here/good.html"), "utf8");
    assert.match(page, /^<!doctype html>/);
    assert.match(page, /A heading/);
    assert.doesNotMatch(page, /(src|href)="(?!data:)[^"]*\.(js|css)/);
  });

  test("stops at the first failing cell and says where", async () => {
    save(
      "fails.ipynb",
      notebook(["const a = 1;", "\nfunction f(x: number) {\n  return x.foo.bar;\n}\nf(a)", "console.log('not me')"]),
    );
    const { code, stdout } = await cotangent("run", "fails.ipynb", "--out", "failed");
    assert.equal(code, 1);
    assert.match(stdout, /TypeError: Cannot read properties of undefined \(reading 'bar'\)/);
    assert.match(stdout, /Cell 2, line 3, column 16\n +return x\.foo\.bar;\n +\^/);
    assert.match(stdout, /Cell 2 failed\. The cells after it were not run\./);
    assert.doesNotMatch(stdout, /not me/);
    const { cells } = read("failed/fails.ipynb");
    const [error] = cells[1].outputs as Extract<Output, { output_type: "error" }>[];
    assert.equal(error.ename, "TypeError");
    assert.ok(error.traceback.some((line) => line.includes("Cell 2, line 3")));
    assert.deepEqual([cells[2].outputs, cells[2].execution_count], [[], null]);
  });

  test("a cell that takes too long, and one that ends the session", async () => {
    save("endless.ipynb", notebook(["while (true) {}"]));
    const endless = await cotangent("run", "endless.ipynb", "--timeout", "1");
    assert.equal(endless.code, 1);
    assert.match(endless.stdout, /Cell 1 ran longer than 1 s and was stopped/);
    save("exits.ipynb", notebook(["process.exit(4)"]));
    const exits = await cotangent("run", "exits.ipynb");
    assert.equal(exits.code, 1);
    assert.match(exits.stdout, /ended with exit code 4/);
  });

  const good = JSON.stringify(notebook(["1"]));
  const BAD: readonly [what: string, content: unknown, message: RegExp][] = [
    ["is damaged", good.slice(0, 100), /^bad\.ipynb is damaged: it should be JSON and is not \(.*Restore it/],
    ["is empty", "", /^bad\.ipynb is empty\. A notebook was expected\.$/],
    ["has a merge conflict", `<<<<<<< HEAD\n${good}`, /is damaged/],
    ["is other JSON", { name: "package" }, /is JSON but no notebook: .* Give a \.ipynb file\.$/],
    ["is JSON, but a list", [1], /is JSON but no notebook/],
    [
      "is of an old format",
      { nbformat: 3, worksheets: [] },
      /format 3, and format 4 was expected\. Open it in Jupyter/,
    ],
    ["has no cells", notebook([], { cells: undefined }), /"cells" should be a list and is missing/],
    [
      "has a broken cell",
      notebook([], { cells: [{ cell_type: "code", source: 5 }] }),
      /cell 1: "source" should be .* and is a number/,
    ],
    [
      "is in Python",
      notebook(["1"], { metadata: { kernelspec: { display_name: "Python 3", language: "python" } } }),
      /^bad\.ipynb is a notebook in python \(kernel "Python 3"\), and Cotangent runs TypeScript\./,
    ],
  ];
  for (const [what, content, message] of BAD) {
    test(`a notebook that ${what} gives one message and exit code 2`, async () => {
      save("bad.ipynb", content);
      const { code, stdout, stderr } = await cotangent("run", "bad.ipynb", "--out", "bad-out");
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr.trim(), message);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
  }

  test("a missing file, a folder, and wrong arguments", async () => {
    assert.deepEqual(await cotangent("run", "nowhere.ipynb"), {
      code: 2,
      stdout: "",
      stderr: "There is no file nowhere.ipynb.\n",
    });
    assert.match((await cotangent("run", ".")).stderr, /is a folder/);
    for (const args of [
      ["walk"],
      ["run"],
      ["run", "a.ipynb", "b.ipynb"],
      ["run", "a.ipynb", "--timeout", "soon"],
      ["--nonsense"],
    ]) {
      const { code, stderr } = await cotangent(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, /\nUsage: cotangent run/);
    }
    const help = await cotangent("--help");
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: cotangent run/);
  });

  test("a cell in another language", async () => {
    const cell = { cell_type: "code", metadata: { vscode: { languageId: "python" } }, source: "print(1)", outputs: [] };
    save("mixed.ipynb", notebook([], { cells: [cell] }));
    const { code, stdout } = await cotangent("run", "mixed.ipynb");
    assert.equal(code, 1);
    assert.match(stdout, /Cell 1 is in python, and Cotangent runs TypeScript/);
  });
});
