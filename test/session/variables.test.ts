/** @file What the session says of its variables: by looking alone, at once, and never in the way of a cell. */
import assert from "node:assert/strict";
import type { Variable } from "../../protocol/variables.ts";
import { TestNotebook } from "./harness.ts";

suite("variables", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  async function list(from = notebook): Promise<readonly Variable[]> {
    const answer = await from.client.variables();
    assert.ok(answer?.status === "listed", `the answer is ${JSON.stringify(answer)}`);
    return answer.variables;
  }

  /** The rows of what one cell declares in a fresh session, without their names. */
  async function rows(code: string): Promise<Record<string, Omit<Variable, "name">>> {
    await notebook.client.restart();
    const { status, error } = await notebook.run(code);
    assert.equal(status, "ok", error?.text);
    return Object.fromEntries((await list()).map(({ name, ...row }) => [name, row]));
  }

  test("a session that does not run is not started for the question", async () => {
    const fresh = new TestNotebook();
    assert.equal(await fresh.client.variables(), undefined);
    assert.equal(await fresh.client.variableText("x"), undefined);
    assert.equal(fresh.client.pid, undefined);
    await fresh.dispose();
  });

  test("a session without variables lists none", async () => {
    const fresh = new TestNotebook();
    await fresh.client.start();
    assert.deepEqual(await fresh.client.variables(), { status: "listed", variables: [], omitted: 0 });
    await fresh.dispose();
  });

  test("numbers, texts and the like", async () => {
    assert.deepEqual(
      await rows(
        "const n = 1.5, minus = -0, big = 7n, huge = 10n ** 100000n, yes = true, nothing = null, sign = Symbol('s');\n" +
          "let open; const text = 'two\\nlines', long = 'x'.repeat(5_000_000);",
      ),
      {
        n: { kind: "number", type: "number", preview: "1.5" },
        minus: { kind: "number", type: "number", preview: "-0" },
        big: { kind: "number", type: "bigint", preview: "7n" },
        huge: { kind: "number", type: "bigint", preview: "an integer of more than 60 digits" },
        yes: { kind: "boolean", type: "boolean", preview: "true" },
        nothing: { kind: "nothing", type: "null", preview: "" },
        sign: { kind: "symbol", type: "symbol", preview: "Symbol(s)" },
        open: { kind: "nothing", type: "undefined", preview: "" },
        text: { kind: "text", type: "string", count: 9, preview: '"two\\nlines"' },
        long: { kind: "text", type: "string", count: 5_000_000, preview: `"${"x".repeat(99)}…"` },
      },
    );
  });

  test("tensors: shape, type and bytes; the first numbers when they are there", async () => {
    const shown = await rows(
      `import { tensor, zeros } from "cotangent";
      const matrix = tensor([[1, 2, 3], [4, 5, 6.5]]), scalar = tensor(-0.25), mask = tensor([true, false]);
      const long = tensor(Array.from({ length: 100 }, (_, i) => i), { dtype: "float64" });`,
    );
    assert.deepEqual(shown, {
      matrix: {
        kind: "tensor",
        type: "Tensor",
        shape: [2, 3],
        dtype: "float32",
        preview: "[1, 2, 3, 4, 5, 6.5]",
        bytes: 24,
      },
      scalar: { kind: "tensor", type: "Tensor", shape: [], dtype: "float32", preview: "−0.25", bytes: 4 },
      mask: { kind: "tensor", type: "Tensor", shape: [2], dtype: "bool", preview: "[1, 0]", bytes: 2 },
      long: {
        kind: "tensor",
        type: "Tensor",
        shape: [100],
        dtype: "float64",
        preview: "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]",
        bytes: 800,
      },
    });
  });

  test("a tensor that was not computed is not computed by looking, nor inside other values", async () => {
    const code = `import { randn, jacobian } from "cotangent";
      const lazy = randn([3]).mul(2).add(1), tree = { layers: [lazy.exp()] };
      const structured = jacobian((x) => x.mul(x), { structured: true })(lazy);`;
    const shown = await rows(code);
    const pending = { kind: "tensor", type: "Tensor", shape: [3], dtype: "float32" };
    assert.deepEqual(shown.lazy, { ...pending, preview: "not computed yet", pending: true });
    assert.deepEqual(shown.tree, { kind: "object", type: "object", preview: "{layers: [Tensor [3]]}", count: 1 });
    assert.deepEqual([shown.structured.kind, shown.structured.shape], ["structured", [3, 3]]);
    const { text } = await notebook.run("[lazy.node.value, tree.layers[0].node.value]");
    assert.equal(text, "[ null, null ]");
    await notebook.run("lazy.item; lazy.toArray();");
    const [computed] = (await list()).filter(({ name }) => name === "lazy");
    assert.equal(computed.bytes, 12);
    assert.equal(computed.pending, undefined);
    assert.match(computed.preview, /^\[[−\d.]+, [−\d.]+, [−\d.]+\]$/);
  });

  test("what a tensor says that was freed, or that is left of a transform", async () => {
    const { freed, escaped } = await rows(
      `import { tensor, vmap } from "cotangent";
      const freed = tensor([1, 2]); freed.dispose();
      let escaped; vmap((x) => { escaped = x; return x; })(tensor([1, 2]));`,
    );
    assert.equal(freed.preview, "freed by dispose()");
    assert.equal(escaped.preview, "inside vmap: it has no value of its own");
  });

  test("collections, dates, errors, functions, classes and their instances", async () => {
    const shown = await rows(`
      const list = [1, "two", [3, [4, [5]]], { a: { b: { c: 1 } } }];
      const bytes = new Float64Array([1, 2.5]), buffer = new ArrayBuffer(64);
      const map = new Map([["a", [1]], ["b", { c: 2 }]]), set = new Set([1, 2]);
      const date = new Date("2026-11-23T12:00:00Z"), never = new Date(NaN), error = new RangeError("too far");
      class Point { x = 1; #hidden = 2; get length() { return 3; } }
      const point = new Point(), bare = Object.create(null);
      function predict(weight, { bias } = { bias: [1, 2] }, ...rest) { return 1; }
      const arrow = x => x, waits = async (x = 1) => await x;
      const weights = { a: new Float32Array(4), b: [new Float32Array(2)] };
    `);
    const short = Object.fromEntries(Object.entries(shown).map(([name, { type, preview }]) => [name, [type, preview]]));
    assert.deepEqual(short, {
      list: ["Array", '[1, "two", [3, Array(2)], {a: {…}}]'],
      bytes: ["Float64Array", "[1, 2.5]"],
      buffer: ["ArrayBuffer", "{}"],
      map: ["Map", '{"a" → [1], "b" → {c: 2}}'],
      set: ["Set", "{1, 2}"],
      date: ["Date", "2026-11-23T12:00:00.000Z"],
      never: ["Date", "an invalid date"],
      error: ["RangeError", "too far"],
      Point: ["class", "Point"],
      point: ["Point", "{x: 1}"],
      bare: ["object", "{}"],
      predict: ["function", "predict(weight, { bias } = { bias: [1, 2] }, ...rest)"],
      arrow: ["function", "arrow(x)"],
      waits: ["function", "waits(x = 1)"],
      weights: ["object", "{a: [0, 0, 0, 0], b: [Float32Array(2)]}"],
    });
    assert.deepEqual(
      ["list", "bytes", "map", "set", "weights"].map((name) => [shown[name].shape, shown[name].count]),
      [
        [[4], undefined],
        [[2], undefined],
        [undefined, 2],
        [undefined, 2],
        [undefined, 2],
      ],
    );
    assert.deepEqual(
      [shown.bytes.bytes, shown.buffer.bytes, shown.weights.bytes, shown.list.bytes],
      [16, 64, 24, undefined],
    );
  });

  test("runs no getter, no trap, no toString, no instanceof of the person's", async () => {
    const shown = await rows(`
      let ran = [];
      const note = (what) => { ran.push(what); return 1; };
      class Sly {
        static [Symbol.hasInstance]() { note("hasInstance"); return true; }
        get [Symbol.toStringTag]() { return note("tag"); }
        toString() { return note("toString"); }
        [Symbol.toPrimitive]() { return note("toPrimitive"); }
        [Symbol.for("nodejs.util.inspect.custom")]() { return note("inspect"); }
        [Symbol.for("Jupyter.display")]() { return note("display"); }
        toJSON() { return note("toJSON"); }
      }
      const sly = new Sly();
      const getters = { get a() { return note("getter"); }, [Symbol.iterator]: () => note("iterator") };
      const items = [1]; Object.defineProperty(items, 1, { get: () => note("item"), enumerable: true });
      const handler = new Proxy({}, { get: (_, trap) => { note("trap " + String(trap)); } });
      const proxy = new Proxy({}, handler), inside = [proxy], callable = new Proxy(() => 1, handler);
      const heir = Object.create(proxy);
      const named = new (class { static get name() { return note("name"); } })();
      const map = new Map([[1, 2]]); Object.defineProperty(map, "size", { get: () => note("size") });
      const date = new Date(0); date.toISOString = () => note("toISOString");
      const error = new Error("x"); Object.defineProperty(error, "message", { get: () => note("message") });
      ran = [];
    `);
    await list();
    assert.equal((await notebook.run("ran")).text, "[]");
    assert.equal(shown.getters.preview, "{a: [getter]}");
    assert.equal(shown.items.preview, "[1, [getter]]");
    assert.deepEqual([shown.proxy.type, shown.inside.preview], ["Proxy", "[Proxy]"]);
    assert.equal(shown.map.count, 1);
  });

  test("circular, deep, wide and exploding values come as one short line", async () => {
    const shown = await rows(`
      const circle = { name: "o", list: [] }; circle.self = circle; circle.list.push(circle, circle.list);
      let deep = {}; for (let i = 0; i < 100_000; i++) deep = { deep };
      const doubled = [[]]; for (let i = 0, at = doubled[0]; i < 60; i++) { const next = []; at.push(next, next); at = next; }
      const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => ["key" + i, i]));
      const holes = []; holes[4_000_000_000] = 1;
      const many = new Map(Array.from({ length: 100_000 }, (_, i) => [i, { i }]));
      const rope = Array.from({ length: 20 }).reduce((text) => text + text, "ab");
    `);
    assert.equal(
      shown.circle.preview,
      '{name: "o", list: [{…}, Array(2)], self: {name: "o", list: Array(2), self: {…}}}',
    );
    assert.equal(shown.deep.preview, "{deep: {deep: {…}}}");
    assert.deepEqual([shown.wide.count, shown.many.count, shown.holes.shape], [30_000, 100_000, [4_000_000_001]]);
    assert.equal(shown.rope.count, 2 ** 21);
    for (const [name, { preview }] of Object.entries(shown)) {
      assert.ok(preview.length <= 160 && !preview.includes("\n"), `${name}: ${preview}`);
    }
  });

  test("imported functions and modules are left out, imported data is not", async () => {
    const shown = await rows(
      `import path, { sep } from "node:path"; import * as cotangent from "cotangent"; import { randn as draw } from "cotangent";`,
    );
    assert.deepEqual(Object.keys(shown), ["path", "sep"]);
  });

  test("come in the order of their first declaration; a later cell changes the row in place", async () => {
    const fresh = new TestNotebook();
    await fresh.run("const b = 1; let a = 2;");
    await fresh.run("const c = 3; const b = 'now a text';");
    assert.deepEqual(
      (await list(fresh)).map(({ name, preview }) => [name, preview]),
      [
        ["b", '"now a text"'],
        ["a", "2"],
        ["c", "3"],
      ],
    );
    await fresh.dispose();
  });

  test("the answer is busy while a cell is in a loop, at once, and the loop goes on", async () => {
    let asked: Promise<unknown> | undefined;
    const shown = await notebook.run(
      // It ends by the interrupt that is sent once the question is answered: no answer, no end.
      'console.log("running"); for (;;);',
      (output) => {
        if (output.kind !== "stream") return;
        asked ??= notebook.client.variables().then((answer) => notebook.client.interrupt().then(() => answer));
      },
    );
    assert.equal(shown.status, "interrupted");
    assert.deepEqual(await asked, { status: "busy" });
    assert.ok((await list()).length > 0);
  });

  test("the answer is busy while a cell waits, and after it the list is there", async () => {
    let asked: Promise<unknown> | undefined;
    const { status } = await notebook.run(
      'let release; const gate = new Promise((done) => { release = done; }); console.log("x");\n' +
        "setTimeout(() => release(), 200); await gate; const afterGate = 1;",
      (output) => {
        if (output.kind === "stream") {
          asked ??= Promise.all([notebook.client.variables(), notebook.client.variableText("n")]);
        }
      },
    );
    assert.equal(status, "ok");
    assert.deepEqual(await asked, [{ status: "busy" }, { status: "busy" }]);
    assert.equal((await list()).find(({ name }) => name === "afterGate")?.preview, "1");
  });

  test("a question before the next cell is answered before it runs", async () => {
    const fresh = new TestNotebook();
    await fresh.run("let n = 1;");
    const asked = fresh.client.variables();
    const ran = fresh.run("n = 2;");
    const answer = await asked;
    assert.deepEqual(answer?.status === "listed" && answer.variables.map(({ preview }) => preview), ["1"]);
    await ran;
    await fresh.dispose();
  });

  test("a question into a loop that a cell left behind waits, and is answered when an interrupt ends the loop", async () => {
    const fresh = new TestNotebook();
    await fresh.run("const n = 1;");
    const left = new Promise<void>((looping) => {
      void fresh.run('setTimeout(() => { console.log("looping"); for (;;); }, 20);', () => looping());
    });
    await left;
    const asked = fresh.client.variables();
    assert.equal(await fresh.client.interrupt(), true);
    const answer = await asked;
    assert.deepEqual(answer?.status === "listed" && answer.variables.map(({ name }) => name), ["n"]);
    assert.deepEqual(
      (await list(fresh)).map(({ name }) => name),
      ["n"],
    );
    await fresh.dispose();
  });

  test("a restarted session has none, and a question to a session that ends is answered", async () => {
    const fresh = new TestNotebook();
    await fresh.run("const n = 1;");
    const asked = fresh.client.variables();
    await fresh.client.restart();
    const answer = await asked;
    assert.ok(answer === undefined || answer.status === "listed");
    assert.deepEqual(await list(fresh), []);
    await fresh.dispose();
  });

  test("a value is written out in full, computed if need be", async () => {
    const fresh = new TestNotebook();
    await fresh.run(
      `import { arange, eye } from "cotangent"; const text = "two\\nlines", lazy = eye(2).mul(3), list = [[[[[[[["deep"]]]]]]]];
       const long = "x".repeat(2_000_000), bad = { [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no"); } };`,
    );
    const copied = (name: string) => fresh.client.variableText(name);
    assert.deepEqual(await copied("text"), { status: "text", text: "two\nlines", cut: false });
    assert.deepEqual(await copied("lazy"), { status: "text", text: "[[3,0],[0,3]]", cut: false });
    const list = await copied("list");
    assert.equal(list?.status === "text" && list.text.replace(/\s+/g, ""), "[[[[[[[['deep']]]]]]]]");
    assert.deepEqual(await copied("long"), { status: "text", text: "x".repeat(1_000_000), cut: true });
    assert.deepEqual(await copied("bad"), { status: "failed", message: "no" });
    assert.deepEqual(await copied("missing"), { status: "unknown" });
    await fresh.dispose();
  });
});
