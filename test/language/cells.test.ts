import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { World } from "./world.ts";

suite("cells see each other", () => {
  test("a name of one cell is known in the next, with its type", () => {
    const world = new World(["const n = 1;\nfunction twice(x: number) { return 2 * x; }", "twice(n).toFixed()"]);
    assert.deepEqual(world.allProblems(), []);
    assert.equal(world.typeOf(1, "|twice"), "function twice(x: number): number");
    assert.equal(world.typeOf(1, "|n)"), "const n: 1");
  });

  test("a wrong use of it is an error at its place", () => {
    const world = new World(["const n = 1;", "\n  n.missing"]);
    assert.deepEqual(world.problems(1), ["TS2339 missing: Property 'missing' does not exist on type '1'."]);
    assert.deepEqual(world.problems(0), []);
  });

  test("a redeclared name has its latest type at that point", () => {
    const world = new World(["const x = 1;", "x", 'const x = "text";', "x", "class x {}", "x"]);
    assert.deepEqual(world.allProblems(), []);
    assert.equal(world.typeOf(1, "x"), "const x: 1");
    assert.equal(world.typeOf(3, "x"), 'const x: "text"');
    assert.equal(world.typeOf(5, "x"), "class x");
  });

  test("imports of one cell are visible in the next, types and namespaces too", () => {
    const world = new World([
      'import { grad, type Tensor } from "cotangent";\nimport * as fs from "node:fs";\nimport path from "node:path";',
      "const f = (x: Tensor) => x.tanh().sum();\nconst g = grad(f);",
      'fs.existsSync(path.join("a", "b"));',
      "g(1 as never).shape",
    ]);
    assert.deepEqual(world.allProblems(), []);
    assert.match(world.typeOf(1, "|grad(f)") ?? "", /^function grad</);
    assert.match(world.typeOf(2, "|existsSync") ?? "", /existsSync/);
  });

  test("a cell with an import still gives its names to others, and gets theirs", () => {
    const world = new World(["const a = 1;", 'import { zeros } from "cotangent";\nconst b = zeros([a]);', "b.shape"]);
    assert.deepEqual(world.allProblems(), []);
    assert.match(world.typeOf(2, "|b.") ?? "", /const b: Tensor/);
  });

  test("await at the top, a last expression without `;`, enums, namespaces, generics", () => {
    const world = new World([
      "const data = await Promise.resolve([1, 2]);\ndata",
      "enum Colour { Red }\nnamespace Geometry { export const pi = 3; }\nfunction id<T>(x: T): T { return x; }",
      "const c: Colour = Colour.Red;\nGeometry.pi + id(data)[0]",
      "for await (const each of [Promise.resolve(1)]) console.log(each)",
    ]);
    assert.deepEqual(world.allProblems(), []);
    assert.equal(world.typeOf(2, "|data"), "const data: number[]");
  });

  test("interfaces and type aliases", () => {
    const world = new World([
      "interface Point { x: number }\ntype Line = [Point, Point];",
      "const line: Line = [{ x: 1 }];",
    ]);
    assert.match(world.problems(1).join(), /^TS2322 line/);
  });

  test("a variable is assigned in a later cell: its type is checked, a constant is refused", () => {
    const world = new World([
      "let count = 0;\nconst fixed = 1;",
      "count += 1;\ncount++;",
      'count = "two";',
      "fixed = 2;",
    ]);
    assert.deepEqual(world.problems(1), []);
    assert.deepEqual(world.problems(2), ["TS2322 count: Type 'string' is not assignable to type 'number'."]);
    assert.deepEqual(world.problems(3), ["TS2632 fixed: Cannot assign to 'fixed' because it is a const."]);
  });

  test("what only a later cell declares may be used in a function, not at the top", () => {
    const world = new World(["function late() { return later + 1; }", "later", "const later = 1;"]);
    assert.deepEqual(world.problems(0), []);
    assert.deepEqual(world.problems(1), ["TS2448 later: 'later' is used here and declared in a later cell only."]);
  });

  test("an unknown name is an error", () => {
    const world = new World(["const a = 1;", "a + nowhere"]);
    assert.deepEqual(world.problems(1), ["TS2304 nowhere: Cannot find name 'nowhere'."]);
  });

  test("destructuring, var in a loop, exported declarations", () => {
    const world = new World([
      "const { a, b: [c] } = { a: 1, b: ['x'] };\nfor (var i = 0; i < 3; i++) {}\nexport const d = true;",
      "const all: [number, string, number, boolean] = [a, c, i, d];",
    ]);
    assert.deepEqual(world.allProblems(), []);
  });

  test("narrowing works on a name of another cell", () => {
    const world = new World([
      "const maybe = [1, undefined][Math.floor(Math.random() * 2)];",
      "if (maybe !== undefined) maybe.toFixed();\nmaybe.toFixed();",
    ]);
    assert.deepEqual(world.problems(1), ["TS18048 maybe: 'maybe' is possibly 'undefined'."]);
  });

  test("a cell of JavaScript takes part", () => {
    const world = new World(["const n = 1;"]);
    world.set([...world.cells, world.newCell("const m = n + 1;", "javascript"), world.newCell("m.toFixed();")]);
    assert.deepEqual(world.allProblems(), []);
    assert.equal(world.typeOf(2, "|m."), "const m: number");
  });

  test("a cell that cannot be parsed yet keeps the names of others and does not spoil them", () => {
    const world = new World(["const n = 1;", "n.toFixed(", "const text = `${n", "n.toFixed()"]);
    assert.ok(world.problems(1).length > 0);
    assert.equal(world.typeOf(1, "|n."), "const n: 1");
    assert.deepEqual(world.problems(3), []);
  });

  test("what is declared and not used in its own cell is not called unused", () => {
    const world = new World(["const lonely = 1;\nfunction f() { const dead = 1; }"]);
    const unused = world.ask("problems", 0).filter(({ unnecessary }) => unnecessary);
    assert.deepEqual(
      unused.map(({ message }) => message),
      ["'dead' is declared but its value is never read."],
    );
  });

  test("the session's globals are known, a browser's are not", () => {
    const world = new World([
      'display(1).update(2);\nnew WebAssembly.Memory({ initial: 1 });\nprocess.cwd();\nfetch("x");',
      "document",
    ]);
    assert.deepEqual(world.problems(0), []);
    assert.equal(world.problems(1).length, 1);
  });

  test("each notebook is its own world", () => {
    const one = new World(["const secret = 1;"]);
    const other = new World(["secret"]);
    assert.deepEqual(one.allProblems(), []);
    assert.equal(other.problems(0).length, 1);
  });
});

suite("cells change", () => {
  test("an edit reaches the cells that depend on it, and no others", () => {
    const world = new World(["const a = 1;", "const b = a;", "const c = 1;", "b"]);
    assert.deepEqual(world.edit(0, 'const a = "one";'), [0, 1, 3]);
    assert.equal(world.typeOf(3, "b"), 'const b: "one"');
  });

  test("deleting a cell takes its names away", () => {
    const world = new World(["const x = 1;", 'const x = "text";', "x"]);
    world.set([world.cells[0], world.cells[2]]);
    assert.equal(world.typeOf(1, "x"), "const x: 1");
    world.set([world.cells[1]]);
    assert.deepEqual(world.problems(0), ["TS2304 x: Cannot find name 'x'."]);
  });

  test("moving a cell changes what is latest", () => {
    const world = new World(["const x = 1;", 'const x = "text";', "x"]);
    world.set([world.cells[1], world.cells[0], world.cells[2]]);
    assert.equal(world.typeOf(2, "x"), "const x: 1");
  });

  test("a cell's language changes", () => {
    const world = new World(["const n: number = 1;", "n"]);
    world.set([{ ...world.cells[0], language: "javascript" }, world.cells[1]]);
    assert.match(world.problems(0).join(), /TS8010/);
    world.set([{ ...world.cells[0], language: "typescript" }, world.cells[1]]);
    assert.deepEqual(world.allProblems(), []);
  });
});

suite("the notebook's folder", () => {
  let folder = "";
  setup(() => {
    folder = mkdtempSync(path.join(tmpdir(), "cotangent-language-"));
  });
  teardown(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };

  test("files beside the notebook and packages above it are found", () => {
    write("node_modules/shapes/package.json", '{ "name": "shapes", "types": "index.d.ts", "main": "index.js" }');
    write("node_modules/shapes/index.d.ts", "export declare function area(side: number): number;");
    write("deep/helper.ts", "export const help = (x: number) => String(x);");
    write("deep/data.json", '{ "answer": 42 }');
    const world = new World(
      [
        'import { area } from "shapes";\nimport { help } from "./helper.ts";\nimport data from "./data.json";',
        "const text: string = help(area(data.answer));",
      ],
      path.join(folder, "deep"),
    );
    assert.deepEqual(world.allProblems(), []);
    assert.deepEqual(
      world.ask("definition", 1, "|help(").map(({ target }) => world.show(target)),
      ["helper.ts"],
    );
  });

  test("a file that is made, changed and removed", () => {
    const world = new World(['import { help } from "./helper";\nhelp(1);'], folder);
    assert.match(world.problems(0).join(), /TS2307/);
    const say = (text: string | undefined) => {
      if (text === undefined) rmSync(path.join(folder, "helper.ts"));
      else write("helper.ts", text);
      world.disk.forget();
      world.program.refresh();
    };
    say("export function help(x: number) {}");
    assert.deepEqual(world.problems(0), []);
    say("export function help(text: string) {} // longer");
    assert.match(world.problems(0).join(), /TS2345/);
    utimesSync(path.join(folder, "helper.ts"), new Date(), new Date());
    say(undefined);
    assert.match(world.problems(0).join(), /TS2307/);
  });

  test("tsconfig.json counts, and is read again when it changes", () => {
    write("tsconfig.json", '{ "compilerOptions": { "strict": false } }');
    const world = new World(["const f = (x) => x;", "document"], folder);
    assert.deepEqual(world.problems(0), []);
    assert.equal(world.problems(1).length, 1);
    write("tsconfig.json", '{ "compilerOptions": { "strict": true, "lib": ["ESNext", "DOM"], "module": "commonjs" } }');
    world.disk.forget();
    world.program.refresh();
    assert.match(world.problems(0).join(), /TS7006/);
    world.edit(0, "process.cwd();");
    assert.deepEqual(world.problems(0), []);
    assert.deepEqual(world.problems(1), []);
  });
});
