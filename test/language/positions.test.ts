import assert from "node:assert/strict";
import fc from "fast-check";
import { World } from "./world.ts";

/** The piece of `text` that a span covers. */
const cut = (text: string, { start, length }: { start: number; length: number }) => text.slice(start, start + length);

suite("going from cell to cell", () => {
  test("definition: the declaration that the cell sees, and the library's", () => {
    const world = new World([
      'import { tanh } from "cotangent";\nconst x = 1;\nlet y = 2;',
      "x; y = 3; tanh;",
      "const x = 2;",
      "x",
    ]);
    const targets = (index: number, where: string) =>
      world.ask("definition", index, where).map(({ target }) => world.show(target));
    assert.deepEqual(targets(1, "|x"), ["0:2 x"]);
    assert.deepEqual(targets(1, "|y"), ["0:3 y"]);
    assert.deepEqual(targets(3, "|x"), ["2:1 x"]);
    assert.match(targets(1, "|tanh").join(), /^\w[\w-]*\.d\.ts$/);
  });

  test("references: all of one declaration, none of its namesakes", () => {
    const world = new World([
      "let n = 1;\nfunction f(n: number) { return n; }",
      "n = 2;\nf(n);",
      "const n = 3;",
      "n",
      "({ n: 4 }).n",
    ]);
    const all = (index: number, where: string, declarations = true) =>
      world
        .ask("references", index, where, { declarations })
        .map((place) => world.show(place))
        .sort();
    const first = ["0:1 n", "1:1 n", "1:2 n"];
    assert.deepEqual(all(0, "let |n"), first);
    assert.deepEqual(all(1, "|n = 2"), first);
    assert.deepEqual(all(1, "f(|n)"), first);
    assert.deepEqual(all(1, "f(|n)", false), first.slice(1));
    assert.deepEqual(all(2, "|n"), ["2:1 n", "3:1 n"]);
    assert.deepEqual(all(0, "return |n"), ["0:2 n", "0:2 n"]);
  });

  test("rename: in every cell that sees it, and properties keep their names", () => {
    const world = new World([
      "let n = 1;",
      "n += 1;\nconst p = { n };\nconst { n: q } = p;",
      "n;",
      "const n = 'other';",
      "n;",
    ]);
    const wanted = [
      "let m = 1;",
      "m += 1;\nconst p = { n: m };\nconst { n: q } = p;",
      "m;",
      "const n = 'other';",
      "n;",
    ];
    assert.deepEqual(world.renamed(0, "|n", "m"), wanted);
    assert.deepEqual(world.renamed(1, "|n +=", "m"), wanted);
    assert.deepEqual(world.renamed(1, "{ |n }", "m"), wanted);
    assert.deepEqual(world.renamed(2, "|n", "m"), wanted);
    assert.deepEqual(world.ask("prepareRename", 2, "|n"), { ok: true, span: { start: 0, length: 1 }, name: "n" });
  });

  test("renaming an import gives it another name here, in all cells", () => {
    const world = new World(['import { tanh } from "cotangent";', "tanh;"]);
    assert.deepEqual(world.renamed(1, "|tanh", "t"), ['import { tanh as t } from "cotangent";', "t;"]);
    assert.equal(world.ask("prepareRename", 1, "|tanh").ok, true);
  });

  test("what a library declares is not renamed, nor what is no name", () => {
    const world = new World(['import { ones } from "cotangent";\nones([2]).tanh();\n"text";']);
    assert.equal(world.ask("prepareRename", 0, "|tanh").ok, false);
    assert.equal(world.ask("prepareRename", 0, '"te|xt"').ok, false);
  });

  test("a local variable is renamed in its function only", () => {
    const world = new World(["const x = 1;\nfunction f() { const x = 2; return x; }", "x"]);
    assert.deepEqual(world.renamed(0, "return |x", "y"), [
      "const x = 1;\nfunction f() { const y = 2; return y; }",
      "x",
    ]);
  });
});

suite("describing", () => {
  test("signatures: parameters where they stand, their documentation", () => {
    const world = new World([
      "/** Puts.\n * @param row from the top */\nfunction put(row: number, by?: string) {}",
      "put(1, ",
    ]);
    const help = world.ask("signatures", 1, "put(1, |");
    assert.equal(help?.activeParameter, 1);
    const [{ label, parameters, documentation }] = help!.signatures;
    assert.equal(label, "put(row: number, by?: string): void");
    assert.deepEqual(
      parameters.map((parameter) => label.slice(...parameter.label)),
      ["row: number", "by?: string"],
    );
    assert.equal(documentation, "Puts.");
    assert.equal(parameters[0].documentation, "from the top");
  });

  test("hover through another cell has the words of the declaration and no import that nobody wrote", () => {
    const world = new World([
      "/** How many. */\nlet count = 1;\nclass Box { side = 1; }",
      "count;\ncount++;\nnew Box();",
    ]);
    for (const where of ["|count;", "|count++"]) {
      const { signature, documentation } = world.ask("hover", 1, where)!;
      assert.equal(signature, "let count: number");
      assert.equal(documentation, "How many.");
    }
    assert.equal(world.typeOf(1, "|Box"), "constructor Box(): Box");
  });

  test("tokens cover exactly the identifiers", () => {
    const text = "const a = 1;\nfunction f(b: number) { return a + b; }\n";
    const world = new World(["const outer = 0;", `outer;\n${text}`]);
    const flat = world.ask("tokens", 1);
    const words: string[] = [];
    for (let index = 0; index < flat.length; index += 3) {
      words.push(world.cells[1].text.slice(flat[index], flat[index] + flat[index + 1]));
    }
    assert.deepEqual(words, ["outer", "a", "f", "b", "a", "b"]);
  });
});

suite("completion", () => {
  const names = (world: World, index: number, where: string) =>
    world.completionsAt(index, where).map(({ name }) => name);

  test("all names of earlier cells, each once, whether mentioned or not", () => {
    const world = new World(["const alpha = 1;", "function beta() {}\nconst alpha = 2;", "al", "const gamma = 3;"]);
    const found = world.completionsAt(2, "al|").filter(({ from }) => from === undefined);
    assert.equal(found.filter(({ name }) => name === "alpha").length, 1);
    assert.equal(found.find(({ name }) => name === "beta")?.kind, "function");
    assert.ok(!names(world, 2, "al|").includes("gamma"), "of a later cell");
  });

  test("members of a value of another cell", () => {
    const world = new World(['import { zeros } from "cotangent";\nconst t = zeros([1]);', "t."]);
    assert.ok(names(world, 1, "t.|").includes("tanh"));
  });

  test("imports from cotangent: public names only, from there alone, into the cell", () => {
    const world = new World(["const a = 1;\nhess", 'import { grad } from "cotangent";\nhess']);
    const offered = world.completionsAt(0, "hess|").filter(({ from }) => from !== undefined);
    assert.ok(
      !offered.some(({ from }) => /cell|types\/|\.\//.test(from!)),
      JSON.stringify(offered.map(({ from }) => from)),
    );
    for (const [index, text] of [
      [0, 'import { hessian } from "cotangent";\nconst a = 1;\nhess'],
      [1, 'import { grad, hessian } from "cotangent";\nhess'],
    ] as const) {
      const [hessian, ...others] = world.completionsAt(index, "hess|").filter(({ name }) => name === "hessian");
      assert.deepEqual(others, []);
      assert.equal(hessian.from, "cotangent");
      const details = world.ask("completionDetails", index, "hess|", { key: hessian.details });
      assert.match(details?.documentation ?? "", /second derivatives/);
      const after = [...details!.edits]
        .sort((a, b) => b.span.start - a.span.start)
        .reduce((outcome, { span, text: added }) => {
          return outcome.slice(0, span.start) + added + outcome.slice(span.start + span.length);
        }, world.cells[index].text);
      assert.equal(after.replace(/\n+/g, "\n"), text);
    }
  });

  test("a module of Node is offered once", () => {
    const world = new World(["readFileS"]);
    const found = world.completionsAt(0, "readFileS|").filter(({ name }) => name === "readFileSync");
    assert.deepEqual(
      found.map(({ from }) => from),
      ["node:fs"],
    );
  });

  test("what an earlier cell has imported is not imported again", () => {
    const world = new World(['import { hessian } from "cotangent";', "hess"]);
    const found = world.completionsAt(1, "hess|").filter(({ name }) => name === "hessian");
    assert.deepEqual(
      found.map(({ from }) => from),
      [undefined],
    );
  });
});

suite("a long notebook", () => {
  const size = 100;
  const cell = (index: number) =>
    index === 0
      ? 'import { zeros, type Tensor } from "cotangent";\nconst v0: Tensor = zeros([2]);'
      : `const v${index} = v${index - 1}.add(v0);\nlet shared = v${index}.shape;\nfunction f${index}(x: Tensor) { return x.mul(v${index}); }`;

  test("a hundred cells are right, and stay so under edits", () => {
    const world = new World(Array.from({ length: size }, (_, index) => cell(index)));
    assert.deepEqual(world.allProblems(), []);
    assert.equal(world.typeOf(size - 1, `|v${size - 2}`), `const v${size - 2}: Tensor`);
    const last = size - 1;
    world.edit(last, `${cell(last)}\nv`);
    const names = new Set(world.completionsAt(last, "\nv|").map(({ name }) => name));
    for (let index = 0; index < size; index++) assert.ok(names.has(`v${index}`), `v${index}`);
    assert.deepEqual(world.edit(50, "const v50 = 'text';").slice(0, 2), [50, 51]);
    assert.match(world.problems(51).join(), /'add' does not exist/);
    world.edit(50, cell(50));
    assert.deepEqual(world.problems(51), []);
  });

  test("preambles name what a cell mentions, and not all there is", () => {
    const world = new World(Array.from({ length: size }, (_, index) => cell(index)));
    const lengths = world.program.modules.all.map(({ shift }) => shift);
    assert.ok(Math.max(...lengths) < 300, String(Math.max(...lengths)));
  });
});

suite("random notebooks", () => {
  const name = fc.constantFrom("a", "b", "c");
  const statement = fc.oneof(
    fc.tuple(fc.constantFrom("const", "let", "var"), name, fc.nat(99)).map(([kind, id, n]) => `${kind} ${id} = ${n};`),
    name.map((id) => `${id};`),
    name.map((id) => `${id} = 5;`),
    name.map((id) => `function use_${id}() { return ${id}; }`),
    fc.constantFrom("// a comment", "/* two\nlines */", "`a\nb`;", "", "   ", 'import { tanh } from "cotangent";'),
  );
  const text = fc.array(statement, { maxLength: 5 }).map((lines) => lines.join("\n"));
  const change = fc.oneof(
    fc.record({ kind: fc.constant("edit" as const), at: fc.nat(9), text }),
    fc.record({ kind: fc.constant("insert" as const), at: fc.nat(9), text }),
    fc.record({ kind: fc.constant("delete" as const), at: fc.nat(9), text }),
    fc.record({ kind: fc.constant("move" as const), at: fc.nat(9), text, to: fc.nat(9) }),
  );

  test("after any edits, every answer is that of a notebook opened afresh, at the same places", () => {
    const check = fc.property(
      fc.array(text, { minLength: 1, maxLength: 4 }),
      fc.array(change, { maxLength: 4 }),
      (texts, changes) => {
        const world = new World(texts);
        for (const step of changes) {
          const cells = [...world.cells];
          const at = step.at % Math.max(1, cells.length);
          if (step.kind === "edit" && cells[at]) cells[at] = { ...cells[at], text: step.text };
          if (step.kind === "insert") cells.splice(at, 0, world.newCell(step.text));
          if (step.kind === "delete") cells.splice(at, 1);
          if (step.kind === "move") cells.splice(step.to % Math.max(1, cells.length), 0, ...cells.splice(at, 1));
          world.set(cells);
          // So that later steps meet a program that has been asked before.
          if (cells.length > 0) world.ask("problems", at % cells.length);
        }
        const fresh = new World(world.cells.map((cell) => cell.text));
        try {
          world.cells.forEach(({ text: source }, index) => {
            assert.deepEqual(world.problems(index), fresh.problems(index));
            assert.deepEqual(world.ask("tokens", index), fresh.ask("tokens", index));
            for (const { span } of world.ask("problems", index)) {
              assert.ok(span.start >= 0 && span.start + span.length <= source.length);
            }
            for (const found of source.matchAll(/\b[abc]\b/g)) {
              const offset = found.index;
              const ask = { notebook: "n", cell: world.cells[index].uri, offset };
              const hover = world.answer("hover", ask);
              if (hover) assert.equal(cut(source, hover.span), found[0]);
              for (const { target } of world.answer("definition", ask)) {
                assert.ok("cell" in target);
                const home = world.cells.find(({ uri }) => uri === target.cell)!;
                assert.equal(cut(home.text, target.span), found[0]);
              }
            }
          });
        } finally {
          world.program.dispose();
          fresh.program.dispose();
        }
      },
    );
    fc.assert(check, { numRuns: 25 });
  });
});
