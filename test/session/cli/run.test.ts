/** @file `cotangent run`: its words, its exit codes, and the files it writes. */
import assert from "node:assert/strict";
import { chmodSync, lstatSync, readdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { Output } from "../../../extension/cli/notebook-file.ts";
import { CommandLine, ended, notebookOf } from "./command-line.ts";
import { assertValid } from "./nbformat.ts";

suite("cotangent run", () => {
  const line = new CommandLine();
  suiteTeardown(() => line.remove());

  /** Runs cells and returns what is left below them, as text. */
  async function outputs(cells: readonly string[], ...args: string[]) {
    line.save("a.ipynb", notebookOf(cells));
    const run = await line.run("run", "a.ipynb", "--output", "run.ipynb", ...args);
    const notebook = line.notebook("run.ipynb");
    assertValid(notebook);
    return { ...run, notebook, texts: notebook.cells.map(({ outputs = [] }) => outputs.map(textOf).join("")) };
  }

  test("runs a notebook, shows it, and writes it with its outputs and a page", async () => {
    line.save("helper.ts", "export const half = (x: number): number => x / 2;");
    line.save(
      "good.ipynb",
      notebookOf([
        "# A heading\nand prose",
        "import { tensor } from 'cotangent';\nimport { half } from './helper';\nhalf(5)",
        "console.log('out');\nconsole.log('more');\nconsole.error('err');",
        "const shown = display('early'); shown.update('late');",
        "tensor([[1, 2], [3, 4]])",
      ]),
    );
    const { code, stdout, stderr } = await line.run(
      "run",
      "good.ipynb",
      "--output",
      "made/here/",
      "--html",
      "made/here/",
    );
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

    const { nbformat, nbformat_minor, metadata, cells } = line.notebook("made/here/good.ipynb");
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

    const page = line.read("made/here/good.html");
    assert.match(page, /^<!doctype html>/);
    assert.match(page, /A heading/);
    assert.doesNotMatch(page, /(src|href)="(?!data:)[^"]*\.(js|css)/);
    assertValid(line.notebook("made/here/good.ipynb"));
  });

  test("stops at the first failing cell and says where", async () => {
    line.save(
      "fails.ipynb",
      notebookOf(["const a = 1;", "\nfunction f(x: number) {\n  return x.foo.bar;\n}\nf(a)", "console.log('not me')"]),
    );
    const { code, stdout } = await line.run("run", "fails.ipynb", "--output", "failed/");
    assert.equal(code, 1);
    assert.match(stdout, /TypeError: Cannot read properties of undefined \(reading 'bar'\)/);
    assert.match(stdout, /Cell 2, line 3, column 16\n +return x\.foo\.bar;\n +\^/);
    assert.match(stdout, /Cell 2 failed\. The cell after it was not run\./);
    assert.doesNotMatch(stdout, /not me/);
    const { cells } = line.notebook("failed/fails.ipynb");
    const [error] = cells[1].outputs as Extract<Output, { output_type: "error" }>[];
    assert.equal(error.ename, "TypeError");
    assert.ok(error.traceback.some((line) => line.includes("Cell 2, line 3")));
    assert.deepEqual([cells[2].outputs, cells[2].execution_count], [[], null]);
  });

  test("a cell that takes too long, and one that ends the session", async () => {
    line.save("endless.ipynb", notebookOf(["while (true) {}"]));
    const endless = await line.run("run", "endless.ipynb", "--timeout", "1");
    assert.equal(endless.code, 1);
    assert.match(endless.stdout, /Cell 1 ran longer than 1 s and was stopped/);
    line.save("exits.ipynb", notebookOf(["process.exit(4)"]));
    const exits = await line.run("run", "exits.ipynb");
    assert.equal(exits.code, 1);
    assert.match(exits.stdout, /ended with exit code 4/);
  });

  const good = JSON.stringify(notebookOf(["1"]));
  const BAD: readonly [what: string, content: unknown, message: RegExp][] = [
    ["is damaged", good.slice(0, 100), /^bad\.ipynb is damaged: it should be JSON and is not \(.*Restore it/],
    ["is empty", "", /^bad\.ipynb is empty\. A notebook was expected\.$/],
    ["has a merge conflict", `<<<<<<< HEAD\n${good}`, /is damaged/],
    ["is other JSON", { name: "package" }, /is JSON but no notebook: .* Give a \.ipynb file\.$/],
    ["is JSON, but a list", [1], /is JSON but no notebook/],
    [
      "is of an old format",
      { nbformat: 3, worksheets: [] },
      /format 3, and format 4 was expected\. .*jupyter nbconvert --to notebook bad\.ipynb$/,
    ],
    ["has no cells", notebookOf([], { cells: undefined }), /"cells" should be a list and is missing/],
    [
      "has a broken cell",
      notebookOf([], { cells: [{ cell_type: "code", source: 5 }] }),
      /cell 1: "source" should be .* and is a number/,
    ],
    [
      "is in Python",
      notebookOf(["1"], { metadata: { kernelspec: { display_name: "Python 3", language: "python" } } }),
      /^bad\.ipynb is a notebook in python \(kernel "Python 3"\), and Cotangent runs TypeScript\./,
    ],
  ];
  for (const [what, content, message] of BAD) {
    test(`a notebook that ${what} gives one message and exit code 2`, async () => {
      line.save("bad.ipynb", content);
      const { code, stdout, stderr } = await line.run("run", "bad.ipynb", "--output", "bad-out/");
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr.trim(), message);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
  }

  test("a missing file, and a folder", async () => {
    assert.deepEqual(await line.run("run", "nowhere.ipynb"), {
      code: 2,
      stdout: "",
      stderr: "There is no file nowhere.ipynb.\n",
    });
    assert.match((await line.run("run", ".")).stderr, /is a folder/);
  });

  test("a cell in another language", async () => {
    const cell = { cell_type: "code", metadata: { vscode: { languageId: "python" } }, source: "print(1)", outputs: [] };
    line.save("mixed.ipynb", notebookOf([], { cells: [cell] }));
    const { code, stdout } = await line.run("run", "mixed.ipynb");
    assert.equal(code, 1);
    assert.match(stdout, /Cell 1 is in python, and Cotangent runs TypeScript/);
  });

  test("parameters follow the cell with their tag, in the form it declares them", async () => {
    const declares = {
      cell_type: "code",
      metadata: { tags: ["parameters"] },
      source: "let n = 1;\nconst name: string = 'a';",
      outputs: [],
    };
    const uses = { cell_type: "code", metadata: {}, source: "n += 1;\n[n, name]", outputs: [] };
    line.save("p.ipynb", notebookOf([], { cells: [declares, uses] }));
    line.save("p.json", { n: 5, name: "of the file" });
    const { code, stdout } = await line.run(
      "run",
      "p.ipynb",
      "-p",
      "n=41",
      "--parameters-file",
      "p.json",
      "--output",
      "p-run.ipynb",
    );
    assert.equal(code, 0, stdout);
    const { cells } = line.notebook("p-run.ipynb");
    assertValid(line.notebook("p-run.ipynb"));
    assert.deepEqual(cells[1].metadata, { tags: ["injected-parameters"] });
    assert.deepEqual(cells[1].source, ["// Parameters\n", "let n = 41;\n", 'const name = "of the file";']);
    assert.equal(textOf(cells[2].outputs![0]), "[ 42, 'of the file' ]");
    // A run of the outcome puts new values in the place of these.
    const again = await line.run("run", "p-run.ipynb", "-p", "name=two words", "--output", "p-run.ipynb");
    assert.equal(again.code, 0);
    assert.equal(line.notebook("p-run.ipynb").cells.length, 3);
    assert.equal(textOf(line.notebook("p-run.ipynb").cells[2].outputs![0]), "[ 2, 'two words' ]");

    const unknown = await line.run("run", "p.ipynb", "-p", "nam=x");
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.stderr,
      /The cell of p\.ipynb with the tag "parameters" declares no nam\. Did you mean name\?/,
    );
    for (const wrong of ["n", "=1", "2n=1", "a b=1"])
      assert.equal((await line.run("run", "p.ipynb", "-p", wrong)).code, 2, wrong);
    line.save("bad.json", "[1]");
    assert.match((await line.run("run", "p.ipynb", "--parameters-file", "bad.json")).stderr, /should be a JSON object/);
  });

  test("without that tag, parameters come first, with a warning where a cell takes one away", async () => {
    const { stdout, texts } = await outputs(
      ["[n, list.length, text]", "const n = 0;"],
      "-p",
      "n=1e3",
      "-p",
      "list=[1,2]",
      "-p",
      "text=1 2",
    );
    assert.equal(texts[1], "[ 1000, 2, '1 2' ]");
    assert.match(
      stdout,
      /Warning: Cell 3 declares n itself, so the parameter counts up to there\. Give that cell the tag "parameters"/,
    );
  });

  test("--allow-errors goes on, counts, and ends well", async () => {
    const { code, stdout, texts } = await outputs(
      ["const a = 1; throw new Error('one')", "a", "throw 2"],
      "--allow-errors",
    );
    assert.equal(code, 0);
    assert.match(stdout, /2 of 3 cells failed, in /);
    assert.match(texts[0], /^Error: one/);
    assert.equal(texts[1], "1");
    const dead = await outputs(["process.exit(3)", "1"], "--allow-errors");
    assert.equal(dead.code, 1);
    assert.match(dead.stdout, /Cell 1 was stopped \(crashed\)\. The cell after it was not run/);
  });

  test("a cell that takes too long is named in the notebook too, and the next can run", async () => {
    const { code, stdout, texts } = await outputs(["while (true) {}", "'after'"], "--timeout", "4", "--allow-errors");
    assert.equal(code, 0);
    assert.match(texts[0], /TimeoutError: Cell 1 ran longer than 4 s and was stopped/);
    assert.equal(texts[1], "'after'");
    assert.match(stdout, /Cell 1 ran longer than 4 s and was stopped/);
  });

  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    test(`${signal} ends the session, writes what is there, and says so`, async () => {
      line.save("long.ipynb", notebookOf(["console.log(process.pid)", "await new Promise(() => {})", "3"]));
      const child = line.start(path.resolve("dist/cli.js"), "run", "long.ipynb", "--output", "long-run.ipynb");
      child.stdout?.once("data", () => {});
      child.stdout?.on("data", (text: Buffer) => {
        // The first cell is done: the second waits, for ever.
        if (text.toString().includes("[1]")) setTimeout(() => child.kill(signal), 200);
      });
      const { code, stdout } = await ended(child);
      assert.equal(code, expected, stdout);
      assert.match(stdout, /Cell 2 was interrupted\. The cell after it was not run/);
      const notebook = line.notebook("long-run.ipynb");
      assertValid(notebook);
      const [pid] = notebook.cells[0].outputs!.map(textOf);
      assert.throws(() => process.kill(Number(pid), 0), /ESRCH/);
      assert.match(textOf(notebook.cells[1].outputs![0]), /^Interrupted: Cell 2 was interrupted/);
    });
  }

  test("the file is as Jupyter writes it, and what is not ours survives", async () => {
    const cell = {
      cell_type: "code",
      id: "kept-id",
      metadata: { z: 1, mine: { b: 1, a: [2] } },
      source: "'é'",
      outputs: [],
    };
    const copied = { ...cell, source: "2" };
    const odd = { ...cell, id: "not an id", source: "" };
    line.save("odd.ipynb", notebookOf([], { cells: [cell, copied, odd], orig: { y: 1 }, nbformat_minor: 2 }));
    assert.equal((await line.run("run", "odd.ipynb", "--output", "odd-run.ipynb")).code, 0);
    const text = line.read("odd-run.ipynb");
    assert.match(
      text,
      /^\{\n "cells": \[\n {2}\{\n {3}"cell_type": "code",\n {3}"execution_count": 1,\n {3}"id": "kept-id",\n/,
    );
    assert.match(text, /"text\/plain": \[\n {7}"'é'"\n/);
    assert.ok(text.endsWith("\n}\n"));
    const { cells, ...rest } = line.notebook("odd-run.ipynb");
    assert.deepEqual((rest as { orig?: unknown }).orig, { y: 1 });
    assert.equal(rest.nbformat_minor, 5);
    assert.deepEqual(cells[0].metadata, cell.metadata);
    assert.equal(cells[0].id, "kept-id");
    assert.deepEqual([cells[2].execution_count, cells[2].outputs], [null, []]);
    assertValid({ ...rest, cells }, ["orig"]);
  });

  test("any form that a value is shown in makes a valid file", async () => {
    const hook = "[Symbol.for('Jupyter.display')]: () =>";
    const { notebook, code } = await outputs([
      `({ ${hook} ({ "text/html": 5, "text/plain": "a\\nb", "application/x+json": { a: [1] }, "application/x": { b: 1 } }) })`,
      "for (let i = 0; i < 30_000; i++) console.log('line ' + i)",
      "console.error('half a line'); process.stdout.write('no end'); display(svg`<svg/>`)",
    ]);
    assert.equal(code, 0);
    const [{ data }] = notebook.cells[0].outputs as Extract<Output, { output_type: "execute_result" }>[];
    assert.deepEqual(data, {
      "application/x": '{"b":1}',
      "application/x+json": { a: [1] },
      "text/html": ["5"],
      "text/plain": ["a\n", "b"],
    });
  });

  test("a file is replaced as a whole, with its permissions, where its link leads", async () => {
    line.save("real/target.ipynb", "old");
    chmodSync(line.path("real/target.ipynb"), 0o640);
    symlinkSync("real/target.ipynb", line.path("link.ipynb"));
    symlinkSync("real/new.ipynb", line.path("dangling.ipynb"));
    line.save("a.ipynb", notebookOf(["1"]));
    for (const link of ["link.ipynb", "dangling.ipynb"]) {
      assert.equal((await line.run("run", "a.ipynb", "--output", link)).code, 0);
      assert.ok(lstatSync(line.path(link)).isSymbolicLink());
      assertValid(line.notebook(link));
    }
    assert.equal(statSync(line.path("real/target.ipynb")).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(line.path("real")).sort(), ["new.ipynb", "target.ipynb"]);
    assert.equal((await line.run("run", "a.ipynb", "--output", "a.ipynb")).code, 0);
    assert.equal(line.notebook("a.ipynb").cells[0].outputs?.length, 1);
  });

  test("where nothing can be written, nothing is run", async () => {
    line.save("a.ipynb", notebookOf(["console.log('ran')"]));
    const { code, stdout, stderr } = await line.run("run", "a.ipynb", "--output", "a.ipynb/b.ipynb");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^a\.ipynb\/b\.ipynb cannot be written: /);
  });
});

function textOf(output: Output): string {
  if (output.output_type === "error") return output.traceback.join("\n");
  const text = output.output_type === "stream" ? output.text : (output.data["text/plain"] as string | string[]);
  return [text].flat().join("");
}
