/** @file Errors: the message, and the line and column in the cell as the person wrote it. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TestNotebook } from "./harness.ts";

/** `‸` marks the place the report must point to; it is taken out before the cell runs. */
const CASES: readonly [what: string, marked: string, message: RegExp][] = [
  ["a thrown error", "const a = 1;\n  throw ‸new Error('boom')", /^Error: boom/],
  ["a missing name", "const b = 1 +\n    ‸missing", /^ReferenceError: missing is not defined/],
  ["a call of undefined", "const c: { f?: () => void } = {};\nc.‸f!()", /^TypeError: c\.f is not a function/],
  ["after erased types", "const d: Array<number> = [1], e = (d as any).x.‸y", /^TypeError: Cannot read/],
  [
    "after an import on the line",
    "import * as os from 'node:os'; os.‸nothing()",
    /^TypeError: os\.nothing is not a function/,
  ],
  ["above an import", "(null as any).‸x;\nimport 'node:os'", /^TypeError: Cannot read/],
  ["in an import", "1;\nimport { x } from ‸'./nowhere'", /^Error: There is no file '\.\/nowhere'/],
  ["of a package", "import ‸'no-such-package'", /npm install no-such-package/],
  ["of an export", "import { sepp } from ‸'node:path'", /no export named 'sepp'/],
  ["in a dynamic import", "const f = 1; await ‸import('./nowhere')", /^Error: There is no file/],
  ["below an enum", "enum G { A, B }\nconst g: G = G.A;\n  throw ‸new Error(String(g))", /^Error: 0/],
  [
    "beside a parameter property",
    "class H { constructor(private x: number) { throw ‸new Error(String(x)) } }\nnew H(3)",
    /^Error: 3/,
  ],
  [
    "in a hoisted function",
    "const i = 1;\nfunction fail(): never {\n  throw ‸new RangeError('deep')\n}\nfail()",
    /^RangeError: deep/,
  ],
  [
    "in an async function",
    "async function late() {\n  await 0;\n  throw ‸new Error('late')\n}\nawait late()",
    /^Error: late/,
  ],
  ["after an await on the line", "const j = await Promise.resolve({} as any), k = j.x.‸y", /^TypeError/],
  ["in the shown expression", "[1].map((x: number) => (x as any).‸foo())", /^TypeError: x\.foo is not a function/],
  ["in a class", "class L { static make(): L { return (null as any).‸x } }\nL.make()", /^TypeError/],
  ["in a getter of a result", "const m = { get p() { throw ‸new Error('got') } };\nm.p", /^Error: got/],
  ["with a tab", "\tif (true) {\n\t\tthrow ‸new Error('tab')\n\t}", /^Error: tab/],
  ["with characters beyond ASCII", "const ü = '😀'; throw ‸new Error(ü)", /^Error: 😀/],

  ["a thrown text", "1;\nthrow ‸'no error'", /^Thrown value: no error$/],
  ["a thrown object", "const up = () => {\n  throw ‸{ code: 5 };\n};\nup()", /^Thrown value: \{ code: 5 \}$/],
  ["a thrown number behind a comma", "throw ‸1, 2", /^Thrown value: 2$/],
  ["null, thrown again", "try { throw null } catch (e) {\n  throw ‸e;\n}", /^Thrown value: null$/],
  [
    "an error of another realm",
    "import vm from 'node:vm';\nvm.‸runInNewContext('throw new Error(`far`)')",
    /^Error: far$/,
  ],
  ["an error behind a proxy", "throw ‸new Proxy(new Error('hidden'), {})", /^Error: hidden$/],
  [
    "an error without a stack",
    "1;\nconst any = ‸await Promise.any([Promise.reject(1)])",
    /^AggregateError: All promises/,
  ],
  ["an error without a stack, shown", "1;\n‸new Promise((_, no) => setTimeout(no, 1, 'late'))", /^Thrown value: late$/],
  [
    "after waiting in a function",
    "async function ab() { await 0; return Promise.reject(5) }\n1 + (‸await ab())",
    /^Thrown value: 5$/,
  ],
  [
    "an error of Node's in a callback",
    "import { readFile } from 'node:fs/promises';\n‸await readFile('/nowhere')",
    /^Error: ENOENT/,
  ],
  ["in disposal", "{\n  using it = { [Symbol.dispose]() { throw ‸new Error('left') } };\n}", /^Error: left/],

  ["shapes", "const ac = tensor([1, 2]);\nac\n  .‸add(tensor([1, 2, 3]))", /^ShapeError: add/],
  ["shapes inside a derivative", "grad((x: any) => x.‸matmul(ones([7])).sum())(ones([2, 3]))", /^ShapeError: matmul/],
  ["types", "‸tensor([1], { dtype: 'nope' as any })", /^DTypeError: tensor/],
  ["what is refused when it is read", "const ad = ones([100000, 100000]).mul(2);\nad.‸dataSync()", /^MemoryError/],
  ["or shown", "‸ones([100000, 100000]).mul(2)", /^MemoryError/],

  ["assigning a constant", "const n = 1;\nn ‸= 2", /^TypeError: Assignment to constant variable 'n'/],
  ["in a function", "const o = 1; function setO() { o‸++ }\nsetO()", /^TypeError: Assignment to constant/],
  ["by destructuring", "const p = 1;\n[‸p] = [2]", /^TypeError: Assignment to constant/],
  ["an import", "import q from 'node:os';\nq ‸= 1 as any", /^TypeError: Assignment to constant/],
  ["reading above the declaration", "const r = ‸s + 1; const s = 2", /^ReferenceError: Cannot access 's' before init/],
  ["in its own initializer", "const t = ‸t + 1", /^ReferenceError: Cannot access 't' before init/],
  ["an undeclared assignment", "undeclared ‸= 1", /^ReferenceError: undeclared is not defined/],

  ["syntax: an expression missing", "const u = 1;\nlet v = ‸;", /^SyntaxError: Expression expected/],
  ["syntax: a bracket missing", "[1, 2‸", /^SyntaxError: '\]' expected/],
  ["syntax: return", "let w = 1\n‸return w", /^SyntaxError: A 'return' statement/],
  ["syntax: twice in one cell", "let x = 1;\nlet ‸x = 2", /^SyntaxError: Identifier 'x' is declared twice/],
  ["syntax: twice, by import", "import { sep } from 'node:path';\nconst ‸sep = 2", /declared twice/],
  ["syntax: const without a value", "const ‸y: number;", /^SyntaxError: 'const' declarations must be/],
  ["syntax: beside an enum", "enum Z { A }\nlet z = 1; let ‸z = 2", /declared twice/],
  ["syntax: export default", "1;\n‸export default 3", /A cell has no exports/],
  ["syntax: import = require", "‸import fs = require('fs')", /write `import x from/],
  ["syntax: await in a plain function", "function aa() { ‸await 0 }", /^SyntaxError: await is only valid/],
  ["syntax: break outside a loop", "1;\n  ‸break", /^SyntaxError/],
];

suite("errors", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
    return notebook.run("import { grad, ones, tensor } from 'cotangent';");
  });
  suiteTeardown(() => notebook.dispose());

  for (const [what, marked, message] of CASES) {
    test(what, async () => {
      const offset = marked.indexOf("‸");
      const code = marked.replace("‸", "");
      const before = code.slice(0, offset).split("\n");
      const { status, error } = await notebook.run(code);
      assert.equal(status, "error");
      assert.match(`${error?.name}: ${error?.message}`, message);
      const { line, column, sourceLine, caretLine, cell } = error?.location ?? assert.fail(`no place: ${error?.text}`);
      assert.deepEqual([line, column], [before.length, (before.at(-1) as string).length + 1]);
      assert.equal(sourceLine, code.split("\n")[line - 1]);
      assert.equal(caretLine.indexOf("^"), column - 1);
      assert.equal(cell?.uri, `test:${cell?.number}`);
    });
  }

  test("a syntax error runs nothing", async () => {
    const { stdout, error } = await notebook.run("console.log('first');\nlet = ;");
    assert.equal(stdout, "");
    assert.equal(error?.name, "SyntaxError");
  });

  test("the stack names the person's functions and cells, and nothing else", async () => {
    await notebook.run("function inner() { throw new Error('x') }");
    const { error } = await notebook.run("const outer = () => inner();\n[1].forEach(() => outer())");
    const numbers = error?.stack.map(({ cell }) => cell?.number) ?? [];
    assert.deepEqual(
      error?.stack.map(({ functionName, cell, line }) => [functionName, cell?.number === numbers[0], line]),
      [
        ["inner", true, 1],
        ["outer", false, 1],
        [undefined, false, 2],
        [undefined, false, 2],
      ],
    );
    assert.doesNotMatch(error?.text ?? "", /node:|session\.js|inspector|file:/);
  });

  test("async callers are in the stack", async () => {
    const { error } = await notebook.run(
      "async function low() { await 0; throw new Error('x') }\nasync function high() { await low() }\nawait high()",
    );
    assert.deepEqual(
      error?.stack.map(({ functionName, line }) => [functionName, line]),
      [
        ["low", 1],
        ["high", 2],
        [undefined, 3],
      ],
    );
  });

  test("error.stack itself speaks of cells", async () => {
    const { text } = await notebook.run("\nnew Error('seen').stack!.split('\\n')[1].trim().replace(/\\d+/, 'N')");
    assert.equal(text, "'at cell N:2:1'");
  });

  test("causes and the parts of an AggregateError are told", async () => {
    const { error } = await notebook.run(
      "throw new AggregateError([new TypeError('one'), 'two'], 'many', { cause: new RangeError('why') })",
    );
    assert.equal(error?.cause?.message, "why");
    assert.deepEqual(
      error?.errors?.map(({ name, message }) => `${name}: ${message}`),
      ["TypeError: one", "Thrown value: two"],
    );
    assert.match(error?.text ?? "", /Caused by RangeError: why/);
  });

  test("each of them with its own line and caret", async () => {
    const { error } = await notebook.run(
      "const low = new RangeError('low');\nconst mid = new TypeError('mid', { cause: low });\nthrow new AggregateError([mid], 'top')",
    );
    const lines = [error?.location, error?.errors?.[0].location, error?.errors?.[0].cause?.location];
    assert.deepEqual(
      lines.map((place) => [place?.line, place?.column]),
      [
        [3, 7],
        [2, 13],
        [1, 13],
      ],
    );
    const carets = error?.text.split("\n").flatMap((text, index, all) => {
      return /^ +\^$/.test(text) ? [all[index - 1].slice(text.length - 1).split("(")[0]] : [];
    });
    assert.deepEqual(carets, ["new AggregateError", "new TypeError", "new RangeError"]);
  });

  test("errors that refer to each other in circles are told once", async () => {
    const { error } = await notebook.run(
      "const a: any = new Error('a'), b: any = new Error('b', { cause: a }); a.cause = b; throw new AggregateError([a, b, a], 'c', { cause: a })",
    );
    assert.equal(error?.text.match(/Error: a$/gm)?.length, 1);
    assert.equal(error?.text.match(/Error: b$/gm)?.length, 1);
    assert.match(error?.text ?? "", /Error: a \(told above\)/);
  });

  test("of a thousand errors a few are told", async () => {
    const { error } = await notebook.run(
      "throw new AggregateError(Array.from({ length: 1000 }, (_, i) => new Error('n' + i)))",
    );
    assert.equal(error?.errors?.length, 5);
    assert.match(error?.text ?? "", /and 995 more$/);
  });

  test("the error of a disposal tells of the one before it", async () => {
    const { error } = await notebook.run(
      "{\n  using it = { [Symbol.dispose]() { throw new Error('second') } };\n  throw new Error('first');\n}",
    );
    assert.deepEqual(
      error?.errors?.map(({ message, location }) => [message, location?.line]),
      [
        ["second", 2],
        ["first", 3],
      ],
    );
    assert.ok(
      error?.stack.every(({ functionName }) => functionName === undefined),
      "no frames of the compiler's own",
    );
  });

  test("an error that fails to tell of itself ends its cell all the same", async () => {
    const evil = "Object.defineProperty(new Error('evil'), 'message', { get() { throw new Error('again') } })";
    const { error, status } = await notebook.run(`throw ${evil}`);
    assert.deepEqual([status, error?.name, error?.location?.line], ["error", "Error", 1]);
    const shown = await notebook.run(
      "import { inspect } from 'node:util'; throw { [inspect.custom]() { throw new Error('again') } }",
    );
    assert.deepEqual([shown.status, shown.error?.message], ["error", "(a value that cannot be shown)"]);
    assert.equal((await notebook.run("throw new Proxy(new Error('x'), { get() { throw 1 } })")).status, "error");
  });

  test("what is thrown need not be an error", async () => {
    const thrown = async (code: string) => (await notebook.run(code)).error?.message;
    assert.equal(await thrown("throw 'text'"), "text");
    assert.equal(await thrown("throw { code: 5 }"), "{ code: 5 }");
    assert.equal(await thrown("throw undefined"), "undefined");
    assert.equal(await thrown("throw NaN"), "NaN");
    assert.equal(await thrown("throw 12n"), "12n");
    assert.equal(await thrown("throw Symbol('s')"), "Symbol(s)");
    assert.equal(await thrown("await Promise.reject(null)"), "null");
  });

  test("a file beside the notebook is named with its line", async () => {
    const file = path.join(notebook.folder, "broken.ts");
    writeFileSync(
      file,
      "interface Unused { a: number }\n\nexport function fail(x: number): never {\n  throw new Error(String(x));\n}\n",
    );
    const { error } = await notebook.run("import { fail } from './broken';\nfail(5)");
    const { file: name, line, column, sourceLine } = error?.location ?? assert.fail();
    assert.deepEqual([name, line, column, sourceLine], ["broken.ts", 4, 9, "  throw new Error(String(x));"]);
    assert.equal(error?.location?.path, file);
    assert.deepEqual([error?.stack[1].line, error?.stack[1].column], [2, 1]);
  });

  test("so is JavaScript that Node loads as it is, in a folder below; a package is not", async () => {
    mkdirSync(path.join(notebook.folder, "lib"));
    writeFileSync(path.join(notebook.folder, "lib/plain.mjs"), "\nexport const go = (f) => f();\n");
    mkdirSync(path.join(notebook.folder, "node_modules/far"), { recursive: true });
    writeFileSync(path.join(notebook.folder, "node_modules/far/index.js"), "exports.call = (f) => f();");
    const { error } = await notebook.run(
      "import { go } from './lib/plain.mjs'; import { call } from 'far';\ncall(() => go(() => { throw new Error('x') }))",
    );
    assert.deepEqual(
      error?.stack.map(({ file, line }) => [file, line]),
      [
        [undefined, 2],
        ["lib/plain.mjs", 2],
        [undefined, 2],
        [undefined, 2],
      ],
    );
  });

  test("a stack overflow is an error like any other", async () => {
    const { error } = await notebook.run("function deep(): number { return 1 + deep() }\ndeep()");
    assert.equal(error?.name, "RangeError");
    assert.equal((await notebook.run("1")).text, "1");
  });

  for (const [what, code] of [
    ["a timer", "setTimeout(() => { fail() }, 30)"],
    ["setImmediate", "setTimeout(() => setImmediate(() => { fail() }), 30)"],
    ["queueMicrotask", "setTimeout(() => queueMicrotask(() => { fail() }), 30)"],
    ["process.nextTick", "setTimeout(() => process.nextTick(() => { fail() }), 30)"],
    ["a promise", "setTimeout(() => void Promise.resolve().then(() => { fail() }), 30)"],
    ["an async function", "void (async () => { await new Promise((go) => setTimeout(go, 30)); fail() })()"],
    [
      "an emitter",
      "const emitter = new EventEmitter().on('x', () => { fail() }); setTimeout(() => emitter.emit('x'), 30)",
    ],
    ["a callback of Node's", "setTimeout(() => readFile('/nowhere', () => { fail() }), 30)"],
    [
      "an error of Node's",
      "setTimeout(() => readFile('/nowhere', (error) => { console.log('said'); throw error }), 30)",
    ],
    ["no error", "setTimeout(() => { console.log('said'); throw 'text' }, 30)"],
  ]) {
    test(`what ${what} does goes to the cell that began it, while another runs`, async () => {
      await notebook.run(
        "import { EventEmitter } from 'node:events'; import { readFile } from 'node:fs'; function fail() { console.log('said'); throw new Error('late') }",
      );
      const late: string[] = [];
      let failed = () => {};
      const failure = new Promise<void>((resolve) => {
        failed = resolve;
      });
      const first = await notebook.run(`${code}; 5`, (output) => {
        late.push(output.kind);
        if (output.kind === "error") {
          assert.equal(output.error.location?.line, 1, output.error.text);
          failed();
        }
      });
      assert.equal(first.text, "5");
      const other = notebook.run("await new Promise(() => {})");
      await failure;
      assert.deepEqual(late, ["result", "stream", "error"]);
      await notebook.client.interrupt();
      assert.deepEqual((await other).outputs, []);
    });
  }

  test("errors of timers and forgotten promises go to their cell and end nothing", async () => {
    const later: string[] = [];
    const listen = (output: { kind: string; error?: { message: string } }) => {
      if (output.kind === "error") later.push(output.error?.message ?? "");
    };
    const first = await notebook.run(
      "setTimeout(() => { throw new Error('timer') }, 20); void Promise.reject(new Error('promise')); 5",
      listen,
    );
    assert.equal(first.text, "5");
    const { stdout, error } = await notebook.run(
      "await new Promise((done) => setTimeout(done, 60)); console.log('on')",
    );
    assert.equal(stdout, "on\n");
    assert.equal(error, undefined);
    assert.deepEqual(later.sort(), ["promise", "timer"]);
  });
});
