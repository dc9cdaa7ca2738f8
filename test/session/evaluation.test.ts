/** @file What cells mean: one top-level scope, names declared again, results, TypeScript beyond types. */
import assert from "node:assert/strict";
import { TestNotebook } from "./harness.ts";

/** Cells run in order in one session; the text of the last one's result (undefined: it shows nothing). */
const CASES: readonly [what: string, cells: readonly string[], result: string | undefined][] = [
  ["the last expression", ["const a = 1; a + 1"], "2"],
  ["a trailing semicolon hides it", ["1 + 1;"], undefined],
  ["also before a comment", ["1 + 1; // two"], undefined],
  ["a comment after it does not", ["1 + 1 // two"], "2"],
  ["undefined shows nothing", ["undefined"], undefined],
  ["null shows", ["null"], "null"],
  ["a declaration shows nothing", ["const nothing = 5"], undefined],
  ["a promise is awaited", ["Promise.resolve(7)"], "7"],
  ["an expression over lines", ["[\n  1,\n  2,\n]"], "[ 1, 2 ]"],
  ["`as` at the end", ["(1 + 1) as number"], "2"],
  ["`satisfies` at the end", ["({ a: 1 }) satisfies object"], "{ a: 1 }"],
  ["a type below it leaves nothing to show", ["1\ntype T = number"], undefined],
  ["an empty cell", [""], undefined],
  ["only a comment", ["// nothing"], undefined],

  ["a const seen by the next cell", ["const one = 1", "one + 1"], "2"],
  ["const after const", ["const b = 1", "const b = 2", "b"], "2"],
  ["let after const", ["const c = 1", "let c = 2; c = 3", "c"], "3"],
  ["function after const", ["const d = 1", "function d() { return 2 }", "d()"], "2"],
  ["const after function", ["function e() { return 1 }", "const e = 2", "e"], "2"],
  ["class after class", ["class F { v = 1 }", "class F { v = 2 }", "new F().v"], "2"],
  ["let after class", ["class G {}", "let G = 5", "G"], "5"],
  ["var after let", ["let h = 1", "var h = 2", "h"], "2"],
  ["let after var", ["var i = 1", "let i = 2", "i"], "2"],
  ["enum after enum", ["enum J { A = 1, B }", "enum J { A = 5 }", "[J.A, 'B' in J]"], "[ 5, false ]"],
  ["const after enum", ["enum K { A }", "const K = 4", "K"], "4"],
  ["an import after a const, and again", ["const sep = 1", "import { sep } from 'node:path'", "sep"], "'/'"],
  ["a let without value starts anew", ["let l = 1", "let l: number | undefined\nl"], undefined],
  ["a name of the engine's", ["const name = 'x', status = 1, event = 2; name"], "'x'"],

  ["functions see the name's new value", ["const m = 1; const getM = () => m", "const m = 2", "getM()"], "2"],
  [
    "a function of an import",
    ["import { basename } from 'node:path'; const base = () => basename('/a/b')", "base()"],
    "'b'",
  ],
  [
    "nothing between a keyword and its operand",
    ["let caught; try { throw(await(1)) } catch (e) { caught = e } caught"],
    "1",
  ],
  ["a function that ends the cell", ["let atEnd = 1;\nfunction last() { return atEnd }", "last()"], "1"],
  ["functions are hoisted", ["const n = twice(4); function twice(x: number) { return 2 * x } n"], "8"],
  [
    "and may call each other",
    [
      "even(4); function even(x: number): boolean { return x === 0 || odd(x - 1) } function odd(x: number): boolean { return x !== 0 && even(x - 1) } even(7)",
    ],
    "false",
  ],
  [
    "a function may end the cell, below something else",
    ["const above = 1;\nfunction last() { return above }", "last()"],
    "1",
  ],
  ["the later function of a name wins", ["function o() { return 1 } function o() { return 2 } o()"], "2"],
  [
    "names are inferred as usual",
    ["const p = () => 1; function q() {} class R {} [p.name, q.name, R.name]"],
    "[ 'p', 'q', 'R' ]",
  ],
  ["imports are hoisted", ["const joined = join('a', 'b'); import { join } from 'node:path'; joined"], "'a/b'"],
  ["a loop's var", ["for (var s = 0; s < 3; s++) {}", "s"], "3"],
  ["var in a block", ["{ var t = 1 } if (false) { var u = 2 }", "[t, u]"], "[ 1, undefined ]"],
  ["a loop's let stays inside", ["const v = 9; for (let v = 0; v < 3; v++) {} v"], "9"],

  [
    "destructuring",
    [
      "const { aa, b: { bb = 5 } = {}, ...rest } = { aa: 1, b: {}, c: 3 } as any, [x, , y = 7] = [1, 2]; [aa, bb, rest, x, y]",
    ],
    "[ 1, 5, { c: 3 }, 1, 7 ]",
  ],
  ["destructuring below a line without semicolon", ["const w = String\nconst [first] = 'ab'\nfirst"], "'a'"],
  ["a default that uses a neighbour", ["const { cc, dd = cc } = { cc: 2 } as any; dd"], "2"],

  ["await at the top", ["const ee = await Promise.resolve(3); ee"], "3"],
  ["await in the middle", ["(await Promise.resolve(1)) + (await Promise.resolve(2))"], "3"],
  ["await below a line without semicolon", ["const ff = String\nawait 0\nff(1)"], "'1'"],
  [
    "await above a function that ends the cell",
    ["const hh = await ii(3)\nasync function ii(x) { return x }", "hh"],
    "3",
  ],
  ["for await", ["let sum = 0; for await (const z of [1, Promise.resolve(2)]) sum += z; sum"], "3"],
  [
    "for await over a generator",
    [
      "async function* gg() { yield 1; yield 2 } const all: number[] = []; for await (const z of gg()) { all.push(z) } all",
    ],
    "[ 1, 2 ]",
  ],
  [
    "await in functions of other cells",
    ["async function slow(x: number) { await 0; return x }", "await slow(await slow(5))"],
    "5",
  ],
  [
    "caught rejections",
    [
      "async function fails() { throw new Error('no') } let caught = ''; try { await fails() } catch (error) { caught = (error as Error).message } caught",
    ],
    "'no'",
  ],
  [
    "finally",
    [
      "const order: string[] = []; try { await Promise.reject(0) } catch { order.push('catch') } finally { order.push('finally') } order",
    ],
    "[ 'catch', 'finally' ]",
  ],

  ["strict mode", ["(function () { return this === undefined })()"], "true"],
  ["an enum", ["enum Colour { Red, Green = 5, Blue } [Colour.Blue, Colour[5]]"], "[ 6, 'Green' ]"],
  ["a const enum", ["const enum Size { S = 1, L }", "Size.L"], "2"],
  ["an enum with strings", ["enum Word { A = 'a' } Word.A"], "'a'"],
  [
    "a namespace",
    ["namespace Shapes { export const side = 3; export const area = () => side * side } Shapes.area()"],
    "9",
  ],
  [
    "a parameter property",
    [
      "class Point { constructor(public x: number, private y = 2) {} sum() { return this.x + this.y } } new Point(1).sum()",
    ],
    "3",
  ],
  [
    "a decorator",
    [
      "function twiceAs(f: () => number, _context: unknown) { return () => 2 * f() } class Deco { @twiceAs get() { return 4 } } new Deco().get()",
    ],
    "8",
  ],
  ["an old assertion", ["const hh = <number>(5 as unknown); hh"], "5"],
  [
    "generics, overloads, abstract",
    [
      "function pick(x: string): string; function pick<T>(x: T): T { return x } abstract class Base<T> { abstract get(): T } class Own extends Base<number> { override get() { return 1 } } [pick('a'), new Own().get()]",
    ],
    "[ 'a', 1 ]",
  ],
  [
    "declare, interface, type",
    ["declare const ghost: number; interface I { a: number } type U = I | string; const ii: U = { a: 1 }; ii"],
    "{ a: 1 }",
  ],
  ["a private field", ["class Vault { #n = 4; read() { return this.#n } } new Vault().read()"], "4"],
  [
    "export is accepted",
    ["export const jj = 1; export function kk() { return jj + 1 } export class LL {}", "kk()"],
    "2",
  ],
  [
    "a label and a switch",
    ["let mm = ''; outer: for (const c of 'abc') { switch (c) { case 'b': break outer; default: mm += c } } mm"],
    "'a'",
  ],
  [
    "regular expressions and templates",
    [`const nn = /a(?<x>b)/.exec('ab')!; \`\${nn.groups!.x}\${\`\${1 + 1}\`}\``],
    "'b2'",
  ],
  ["no `this` at the top", ["typeof this"], "'undefined'"],
  [
    "`this` in the members of a class",
    ["class Me { own = this; static own = this } new Me().own instanceof Me.own"],
    "true",
  ],
  ["what looks like a comment of old", ["let oo = 1; const pp = 0<!--oo; [oo, pp]"], "[ 0, true ]"],
  ["a line for the shell", ["#!/usr/bin/env node\n4"], "4"],
  [
    "the value of a failing assignment is computed",
    [
      "let qq = 0; try { rr = qq++ } catch {} try { ss = qq++ } catch {} const rr = 1; const ss = 2; try { rr = qq++ } catch {} qq",
    ],
    "3",
  ],
  ["a constant that needs no assigning", ["const tt = 1; tt ??= 2; tt"], "1"],
  [
    "too early in a static member",
    [
      "let tooEarly = ''; try { (class { static a = ww }) } catch (e) { tooEarly = (e as Error).name } const ww = 1; tooEarly",
    ],
    "'ReferenceError'",
  ],
  ["a loop's variable called async", ["let yy = 0; for (var async of [1, 2]) yy += async; yy"], "3"],
  [
    "a loop's var starts anew",
    ["for (var zz: any; zz !== 2; zz = 2) {}", "let times = 0; for (var zz: any; zz !== 2; zz = 2) times++; times"],
    "1",
  ],
  ["an accessor", ["class Acc { accessor a = 3 } new Acc().a"], "3"],
  [
    "an exported class with a decorator",
    ["export @((c: any, _: unknown) => c) class Decorated { v = 6 }", "new Decorated().v"],
    "6",
  ],
  ["helpers of the compiler are no variables", ["typeof __esDecorate"], "'undefined'"],
  [
    "names of the compiler's leave a variable alone",
    ["const env_1 = 5", "let freed = 0; { using held = { [Symbol.dispose]() { freed++ } } }", "[env_1, freed]"],
    "[ 5, 1 ]",
  ],
  ["the last expression below a `using`", ["1 + 1\nusing kept = { value: 8, [Symbol.dispose]() {} }\nkept.value"], "8"],
  ["await in front of a bracket, beside an enum", ["enum Ab { A } [await [1, 2].length, Ab.A]"], "[ 2, 0 ]"],
  [
    "several awaits in one array",
    [
      "const three = async () => 3; const aaa = [await three(), -await three(), 1, 2]\nlet bbb = 1\nlet ccc = 2\nenum Dd { D }\nlet count = 0\ncount++\ncount",
    ],
    "1",
  ],
  ["display() may be a name of one's own", ["const display = 4; display"], "4"],
];

suite("cells", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  for (const [what, cells, result] of CASES) {
    test(what, async () => {
      let shown = await notebook.run(cells[0]);
      for (const cell of cells.slice(1)) {
        assert.equal(shown.error?.text, undefined);
        shown = await notebook.run(cell);
      }
      assert.equal(shown.error?.text, undefined);
      assert.equal(shown.status, "ok");
      assert.equal(shown.text, result);
    });
  }

  test("a cell that fails half-way changes only what it reached", async () => {
    await notebook.run("let reached = 1, kept = 1");
    const { status } = await notebook.run("const reached = 2; throw new Error('stop'); const kept = 2");
    assert.equal(status, "error");
    assert.equal((await notebook.run("[reached, kept]")).text, "[ 2, 1 ]");
  });

  test("cells run in the order they were asked for", async () => {
    const slow = notebook.run("await new Promise((done) => setTimeout(done, 50)); const turn = 1; turn");
    const fast = notebook.run("turn + 1");
    assert.deepEqual([(await slow).text, (await fast).text], ["1", "2"]);
  });

  test("import.meta is the notebook's", async () => {
    const { text } = await notebook.run("import.meta.dirname");
    assert.equal(text, `'${notebook.folder}'`);
  });
});
