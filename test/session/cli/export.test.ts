/** @file `cotangent export`: the module runs in Node and prints what the notebook shows. */
import assert from "node:assert/strict";
import path from "node:path";
import { blankSourceFile } from "ts-blank-space";
import ts from "typescript";
import { joined, type Notebook } from "../../../extension/cli/notebook-file.ts";
import { World } from "../../language/world.ts";
import { CommandLine, notebookOf } from "./command-line.ts";

const EXAMPLES = path.resolve("examples");

/** Those that differ in what they are written with; each runs twice here, and all of them elsewhere. */
const EXPORTED = ["jacobians-and-hessians", "loops-and-custom-derivatives", "mlp", "robot-arm", "structure"];

suite("cotangent export", function () {
  // Each test starts a few programs, one after the other.
  this.timeout(120_000);
  const line = new CommandLine();
  suiteTeardown(() => line.remove());

  /** Exports cells to JavaScript and returns what the module prints. */
  async function printed(...cells: string[]): Promise<string> {
    line.save("a.ipynb", notebookOf(cells));
    const exported = await line.run("export", "a.ipynb", "made/a.mjs");
    assert.deepEqual([exported.code, exported.stderr], [0, ""]);
    const { code, stdout, stderr } = await line.node("made/a.mjs");
    assert.deepEqual([code, stderr], [0, ""], line.read("made/a.mjs"));
    return stdout;
  }

  /** What the same cells show in a session, by `cotangent run`. */
  async function shown(file: string): Promise<string> {
    const { code, stdout } = await line.run("run", file, "--output", "run.ipynb");
    assert.equal(code, 0, stdout);
    return textOf(line.notebook("run.ipynb"));
  }

  for (const example of EXPORTED) {
    test(`${example} prints what the notebook shows, in both languages`, async () => {
      const file = path.join(EXAMPLES, `${example}.ipynb`);
      assert.equal((await line.run("export", file, "example.mjs")).code, 0);
      const module = await line.node("example.mjs");
      assert.deepEqual([module.code, module.stderr], [0, ""]);
      assertSame(withoutTimes(module.stdout), withoutTimes(await shown(file)));

      assert.equal((await line.run("export", file, "example.ts")).code, 0);
      const text = line.read("example.ts");
      const world = new World([text.replaceAll("./cotangent-kernel.js", "cotangent")]);
      assert.deepEqual(world.allProblems(), []);
      // This Node may be too old for types; what newer ones do is to leave them out.
      const parsed = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ESNext, true);
      blankSourceFile(parsed, (node) => assert.fail(`more than a type: ${node.getText(parsed)}`));
    });
  }

  const SAME: readonly [what: string, cells: readonly string[]][] = [
    [
      "constants declared again, seen by functions of earlier cells",
      ["const rate = 1;\nconst twice = () => 2 * rate;", "const rate: number = 5;\ntwice()"],
    ],
    [
      "names declared again by another kind of declaration",
      ["let a = 1, b: string;", "function a(): string { return 'f'; }\nclass b { x = 1; }", "[a(), new b().x]"],
    ],
    [
      "patterns, and a statement above without a semicolon",
      [
        "const { x, y: [z] } = { x: 1, y: [2] }\nconst w = 0",
        "const list = [7, 8]\nconst { x, z } = { x: list[1], z: list[0] };\n[x, z, w]",
      ],
    ],
    [
      "functions used above their declaration",
      ["f();\nfunction f(): number { return 1; }", "f(2)\nfunction f(x?: number) { return x; }\nf(3)"],
    ],
    [
      "overloads",
      [
        "function f(x: number): number;\nfunction f(x: string): string;\nfunction f(x: unknown): unknown { return x; }",
        "function f(x: boolean): boolean;\nfunction f(x: unknown): unknown { return [x]; }\nf(true)",
      ],
    ],
    [
      "var, in blocks and loops too",
      ["var a = 1, b; { var c = 2; }", "for (var c = 0; c < 3; c++) {}\nvar a; for (var b of [7, 8]) {}\n[a, b, c]"],
    ],
    [
      "the same import in two cells, and another under the same name",
      [
        "import { join } from 'node:path';\njoin('a', 'b')",
        "import { join } from 'node:path';\nimport * as os from 'node:os';\ntypeof os.EOL",
        "import { posix as join } from 'node:path';\njoin.sep",
      ],
    ],
    [
      "top-level await, for await, a promise as result",
      [
        "const x = await Promise.resolve(1);\nfor await (const y of [Promise.resolve(x)]) console.log(y);",
        "Promise.resolve('later')",
      ],
    ],
    [
      "enums, namespaces, parameter properties, decorators",
      [
        "enum Colour { Red = 3 }\nnamespace N { export const a = Colour.Red; }",
        "const mark = (value: unknown, context: { name?: unknown }) => void console.log(context.name);\n@mark class P { constructor(public x: number) {} }\n[N.a, new P(4).x, Colour[3]]",
        "enum Colour { Blue = 3 }\nColour[3]",
      ],
    ],
    [
      "display, its update, clearOutput and tags",
      [
        "const h = display({ a: 1 }); h.update([2]); clearOutput();",
        "display(html`<b>bold</b> \u0024{[1, 2]}`)",
        "tex`\\alpha`",
        "md`**\u0024{'x'}**`",
      ],
    ],
    [
      "objects with a display of their own, maps, dates, errors, strings",
      [
        "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': 'mine' }) })",
        "new Map([[new Date(0), 'text']])",
        "'quoted'",
      ],
    ],
    [
      "trees of tensors",
      ["import { tensor } from 'cotangent';\n({ weight: tensor([1, 2]), layers: [{ bias: tensor(3) }, 'x'] })"],
    ],
    [
      "names of ours that cells have too",
      ["const printResult = 1, inspect = 2, shownText = (x: number) => x;\nprintResult + inspect + shownText(3)"],
    ],
    ["a result hidden by a semicolon, undefined, console as a result", ["1;", "undefined", "console.log('once')"]],
    [
      "types on lines of their own",
      [
        "type A = {\n  x: number;\n};\ninterface B extends A { y: string }\nconst b = { x: 1, y: 'y' } as const satisfies B;\nconst f = <T,>(a: T, ...more: T[]): T[] => [a, ...more];\nf(b.x!)",
      ],
    ],
  ];
  for (const [what, cells] of SAME) {
    test(`the same as in a session: ${what}`, async () => {
      const module = await printed(...cells);
      const notebook = await shown("a.ipynb");
      // A module keeps what a notebook replaces.
      const expected = what.startsWith("display") ? `{ a: 1 }\n[ 2 ]\n${notebook}` : notebook;
      assert.equal(module, expected, line.read("made/a.mjs"));
    });
  }

  test("files beside the notebook, JSON and packages are found from the module's folder", async () => {
    line.save("helper.mjs", "export const half = (x) => x / 2;");
    line.save("data.json", { list: [1, 2], name: "d" });
    line.save("node_modules/small/package.json", { name: "small", main: "index.js" });
    line.save("node_modules/small/index.js", "exports.three = 3;");
    const output = await printed(
      "import { half } from './helper';\nimport { list, name as called } from './data.json';\nimport data from './data.json';\n[half(list[1]), called, data.name]",
      "import { three } from 'small';\nconst { half: again } = await import('./helper');\n[three, again(3)]",
    );
    assert.equal(output, "[ 1, 'd', 'd' ]\n[ 3, 1.5 ]\n");
  });

  test("where cotangent is installed it is imported by its name", async () => {
    line.save("node_modules/cotangent/package.json", { name: "cotangent", main: "index.js" });
    line.save("node_modules/cotangent/index.js", "exports.tensor = () => 'of the package';");
    assert.equal(await printed("import { tensor } from 'cotangent';\ntensor(1)"), "'of the package'\n");
    const { stdout } = await line.run("export", "a.ipynb", "made/a.mjs", "--kernel-beside");
    assert.match(stdout, /^Module {2}made\/a\.mjs\nKernel {2}made\/cotangent-kernel\.js\n$/);
    assert.equal((await line.node("made/a.mjs")).stdout, "tensor(1., shape=[], float32)\n");
    line.save("made/cotangent-kernel.js", "// a person's own");
    const refused = await line.run("export", "a.ipynb", "made/a.mjs", "--kernel-beside");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /cotangent-kernel\.js is there and is not ours/);
  });

  test("input reads standard input", async () => {
    line.save(
      "a.ipynb",
      notebookOf(["const a = await input('First?'); const b = await input('Second?', { value: 'kept' });\n[a, b]"]),
    );
    assert.equal((await line.run("export", "a.ipynb", "a.mjs")).code, 0);
    const none = await line.node("a.mjs");
    assert.equal(none.code, 1);
    assert.match(none.stderr, /input\("First\?"\): standard input has no line for it/);
  });

  test("prose becomes comments, types stay in TypeScript, and names of several cells are said to be variables", async () => {
    line.save(
      "a.ipynb",
      notebookOf([
        "# Title\n\nand prose",
        "import type { Tensor } from 'cotangent';\nexport const f = (x: Tensor): Tensor => x;",
        "const a: number = 1;",
        "const a = 'x';",
      ]),
    );
    assert.equal((await line.run("export", "a.ipynb", "a.ts")).code, 0);
    const text = line.read("a.ts");
    assert.match(text, /^\/\/ a\.ipynb, exported by Cotangent\.\n\nimport \{ type Tensor \} from "[^"]+";\n/);
    assert.match(
      text,
      /\n\/\/ # Title\n\/\/\n\/\/ and prose\n\n\/\/ Cell 1\nexport const f = \(x: Tensor\): Tensor => x;\n/,
    );
    assert.match(text, /several cells[^\n]*\nlet a: any;\n/);
    assert.match(text, /\/\/ Cell 2\na = 1;\n\n\/\/ Cell 3\na = 'x';\n$/);
  });

  test("what cannot be exported, with the place", async () => {
    line.save("a.ipynb", notebookOf(["1", "\nconst x = ;"]));
    const broken = await line.run("export", "a.ipynb", "a.ts");
    assert.deepEqual([broken.code, broken.stdout], [1, ""]);
    assert.equal(broken.stderr, "a.ipynb cell 2:2:11 error: Expression expected.\n    const x = ;\n              ^\n");
    assert.match((await line.run("export", "a.ipynb", "a.py")).stderr, /a\.py should be a \.ts or a \.mjs file/);
    line.save("b.ipynb", notebookOf(["import { x } from './nowhere';"]));
    assert.match((await line.run("export", "b.ipynb", "b.ts")).stderr, /There is no file '\.\/nowhere'/);
  });
});

/** What a saved notebook shows, as text. */
function textOf({ cells }: Pick<Notebook, "cells">): string {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs
    .map((output) => {
      if (output.output_type === "stream") return joined(output.text);
      return "data" in output ? `${joined(output.data["text/plain"] as string)}\n` : "";
    })
    .join("");
}

/** Measured times differ from run to run. */
function withoutTimes(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/\b\d[\d.,]* ?(ns|µs|ms|s)\b|× faster|\bmedian\b|No clear difference/.test(line))
    .join("\n");
}

const NUMBER = /-?\d[\d,]*(?:\.\d*)?(?:e[+-]\d+)?/g;

/** The same but for the last digit of a number: a program over several cells may round it otherwise. */
function assertSame(actual: string, expected: string): void {
  const words = (text: string) => text.replace(NUMBER, "#").replace(/ +/g, " ");
  assert.equal(words(actual), words(expected));
  const [found, wanted] = [actual, expected].map((text) => text.match(NUMBER) ?? []);
  for (const [i, each] of found.entries()) {
    const [a, b] = [each, wanted[i]].map((number) => Number(number.replaceAll(",", "")));
    const near = Math.abs(a - b) <= 1e-3 * Math.abs(b) + 1e-12;
    assert.ok(each === wanted[i] || near, `${each} for ${wanted[i]}, number ${i}`);
  }
}
