/** @file What a cell can put on the screen beside what it prints: displays, tagged texts, tables, pictures. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { decode, encode } from "fast-png";
import { CellOutputs } from "../../extension/cli/cell-outputs.ts";
import type { Output } from "../../extension/cli/notebook-file.ts";
import type { BenchmarkDisplay } from "../../protocol/benchmark.ts";
import { DISPLAY_MIME, type MimeBundle } from "../../protocol/display.ts";
import type { CellOutput } from "../../protocol/session.ts";
import { TestNotebook } from "./harness.ts";

suite("display", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  /** The forms of a cell's last expression; « and » stand for the braces of a template. */
  async function result(code: string): Promise<MimeBundle> {
    const { outputs, error } = await notebook.run(code.replaceAll("«", "\u0024{").replaceAll("»", "}"));
    const last = outputs.at(-1);
    assert.ok(last?.kind === "result", error?.text);
    return last.bundle;
  }

  const text = async (code: string): Promise<string> => String((await result(code))["text/plain"]);

  /** What is below a cell when all has been said, as a saved notebook has it. */
  function left(outputs: readonly CellOutput[]): string[] {
    const cell = new CellOutputs(1, new Map());
    for (const output of outputs) cell.add(output);
    const shown = (output: Output) =>
      "text" in output ? output.text : "data" in output ? output.data["text/plain"] : "";
    return cell.outputs.map((output) => [shown(output)].flat().join(""));
  }

  test("display(x) shows a value; update replaces it, by the handle and by the function", async () => {
    const { outputs } = await notebook.run(`
      const shown = display({ a: 1 });
      await new Promise((done) => setTimeout(done, 60)); shown.update({ b: 2 });
      await new Promise((done) => setTimeout(done, 60)); display.update(shown, { c: 3 });
    `);
    assert.deepEqual(
      outputs.map((output) => ("bundle" in output ? [output.kind, output.bundle["text/plain"]] : output.kind)),
      [
        ["display", "{ a: 1 }"],
        ["update", "{ b: 2 }"],
        ["update", "{ c: 3 }"],
      ],
    );
    assert.equal(new Set(outputs.map((output) => "displayId" in output && output.displayId)).size, 1);
  });

  test("a cell that ends with display(x) shows x once", async () => {
    const { outputs } = await notebook.run("display('once')");
    assert.deepEqual(left(outputs), ["'once'"]);
    assert.equal(outputs.length, 1);
  });

  test("a cell of a later run updates what an earlier one displays", async () => {
    const late: CellOutput[] = [];
    await notebook.run("const earlier = display(1);", (output) => late.push(output));
    const { outputs } = await notebook.run("earlier.update(2)");
    assert.deepEqual(outputs, []);
    assert.deepEqual(left(late), ["2"]);
  });

  test("what is replaced or cleared at once is not sent", async () => {
    const updated = await notebook.run("const bar = display(0); for (let i = 1; i <= 20_000; i++) bar.update(i);");
    assert.deepEqual(left(updated.outputs), ["20000"]);
    assert.ok(updated.outputs.length < 5000, `${updated.outputs.length} messages were sent`);
    const cleared = await notebook.run(
      "for (let i = 1; i <= 20_000; i++) { clearOutput(); console.log(i); console.error(i); display(i); }",
    );
    assert.deepEqual(left(cleared.outputs), ["20000\n", "20000\n", "20000"]);
    assert.ok(cleared.outputs.length < 20_000, `${cleared.outputs.length} messages were sent`);
  });

  test("more displays than anybody looks at are left out, and it says so", async () => {
    const { outputs } = await notebook.run("for (let i = 0; i < 5000; i++) display(i);");
    assert.deepEqual(left(outputs).slice(999), ["999", "… more than 1000 displays: the others are left out …\n"]);
  });

  test("clearOutput takes away what the cell has shown, and what was held back", async () => {
    const plain = await notebook.run("console.log(1); display(2); clearOutput(); console.log(3); 'four'");
    assert.deepEqual(left(plain.outputs), ["3\n", "'four'"]);
    const all = await notebook.run("console.log(1); clearOutput();");
    assert.deepEqual(left(all.outputs), []);
    const long = await notebook.run("console.log('x'.repeat(3e6)); clearOutput(); console.log('short');");
    assert.deepEqual(left(long.outputs), ["short\n"]);
  });

  test("clearOutput({ wait: true }) leaves the last until the next is there", async () => {
    const { outputs } = await notebook.run("console.log(1); clearOutput({ wait: true });");
    assert.deepEqual(left(outputs), ["1\n"]);
    const next = await notebook.run("console.log(1); clearOutput({ wait: true }); console.log(2)");
    assert.deepEqual(left(next.outputs), ["2\n"]);
  });

  test("html, svg, md and tex are shown as what they are, as written", async () => {
    assert.deepEqual(await result("html`<b onclick='x()'>«1 + 1» &lt;</b>«[html('<i>a</i>'), html`<i>b</i>`]»`"), {
      "text/html": "<b onclick='x()'>2 &lt;</b><i>a</i><i>b</i>",
      "text/plain": "2 < a b",
    });
    assert.deepEqual(await result("svg`<svg><text>hi</text></svg>`"), {
      "image/svg+xml": "<svg><text>hi</text></svg>",
      "text/plain": "hi",
    });
    assert.deepEqual(await result("md`# A «'title'»\n\\`code\\` and $\\frac{1}{2}$`"), {
      "text/markdown": "# A title\n`code` and $\\frac{1}{2}$",
      "text/plain": "# A title\n`code` and $\\frac{1}{2}$",
    });
    assert.deepEqual(await result("tex` \\nabla f = \\frac{1}{«2»} `"), {
      "text/latex": "$$\n\\nabla f = \\frac{1}{2}\n$$",
      "text/plain": "\\nabla f = \\frac{1}{2}",
    });
  });

  test("what is put into html and svg is text, whatever it holds, in elements and in attributes", async () => {
    const hostile = JSON.stringify(`"><img src=x onerror='run()'>&`);
    const escaped = "&quot;&gt;&lt;img src=x onerror=&#39;run()&#39;&gt;&amp;";
    assert.equal(
      (await result(`html\`<p title="«${hostile}»">«[${hostile}]»</p>\``))["text/html"],
      `<p title="${escaped}">${escaped}</p>`,
    );
    assert.equal(
      (await result(`svg\`<svg><text>«${hostile}»</text></svg>\``))["image/svg+xml"],
      `<svg><text>${escaped}</text></svg>`,
    );
    assert.equal((await result("html`<p>«md`<b>`»</p>`"))["text/html"], "<p>&lt;b&gt;</p>");
    // An object that calls itself markup is none.
    const claim = "{ isMarkup: true, source: '<b>', toString: () => '<i>' }";
    assert.equal((await result(`html\`<p>«${claim}»</p>\``))["text/html"], "<p>&lt;i&gt;</p>");
  });

  test("tagged texts go into one another, may be plain calls, and a cell may have names of its own for them", async () => {
    assert.equal(
      (await result("html`<p>«html`<b>«[1, 2].map((i) => html`<i>«i»</i>`)»</b>`»</p>`"))["text/html"],
      "<p><b><i>1</i><i>2</i></b></p>",
    );
    assert.equal((await result("md('*text*')"))["text/markdown"], "*text*");
    const fresh = new TestNotebook();
    assert.equal((await fresh.run("const html = 1, md = 2; let svg = 3; function tex() {} html + md + svg")).text, "6");
    await fresh.dispose();
  });

  test("a list of records is a table, with text beside it", async () => {
    const bundle = await result("[{ name: 'a & <b>', n: 1.5 }, { name: 'c', n: 20, when: new Date(0) }]");
    assert.deepEqual(Object.keys(bundle), ["text/html", "text/plain"]);
    const table = String(bundle["text/html"]);
    assert.match(table, /<th style="text-align: left">name<\/th><th style="text-align: right">n<\/th>/);
    assert.match(table, /<td style="text-align: left">a &amp; &lt;b&gt;<\/td><td style="text-align: right">1\.5<\/td>/);
    assert.ok(!table.includes("Shown are"));
    assert.equal(
      bundle["text/plain"],
      "   name       n  when\n0  a & <b>  1.5\n1  c         20  1970-01-01T00:00:00.000Z",
    );
  });

  test("a long or wide table is cut, and says so", async () => {
    const bundle = await result(
      "Array.from({ length: 12_345 }, (_, i) => Object.fromEntries(Array.from({ length: 50 }, (_, j) => ['c' + j, i])))",
    );
    const sentence = "the first 100 of 12,345 rows and the first 40 of 50 columns.";
    assert.ok(String(bundle["text/html"]).endsWith(`<p>Shown are ${sentence}</p>`));
    assert.equal(String(bundle["text/html"]).match(/<tr>/g)?.length, 101);
    assert.ok(String(bundle["text/plain"]).endsWith(`Shown are ${sentence.replace("100", "20")}`));
  });

  test("lists of other things are no tables", async () => {
    for (const code of ["[1, 2]", "[{}]", "[]", "[{ a: { b: 1 }, c: [1] }]", "[{ a: 1 }, 2]", "[new Error('x')]"]) {
      assert.deepEqual(Object.keys(await result(code)), ["text/plain"], code);
    }
    const tensors = await result("import { tensor } from 'cotangent'; [{ a: tensor([[1, 2]]), b: 1 }]");
    assert.ok("application/vnd.cotangent.v1+json" in tensors);
  });

  test("bytes of a PNG are the picture", async () => {
    const png = encode({ width: 3, height: 2, data: new Uint8Array(18), channels: 3 });
    const base64 = Buffer.from(png).toString("base64");
    const inside = `new Uint8Array([9, 9, ...Buffer.from("${base64}", "base64")]).subarray(2)`;
    for (const code of [`Buffer.from("${base64}", "base64")`, inside]) {
      assert.deepEqual(await result(code), {
        "image/png": base64,
        "text/plain": `a picture (PNG) of 3 × 2 pixels, ${png.length} bytes`,
      });
    }
    assert.deepEqual(Object.keys(await result("new Uint8Array([0x89, 0x50, 0x4e, 0x47])")), ["text/plain"]);
  });

  test("bytes of other image files, and buffers of them, are pictures by how they begin", async () => {
    const file = (start: readonly (number | string)[]) =>
      Buffer.concat([...start.map((part) => Buffer.from(typeof part === "string" ? part : [part])), Buffer.alloc(30)]);
    const files: [mime: string, bytes: Buffer, said: string][] = [
      ["image/jpeg", file([0xff, 0xd8, 0xff, 0xe0]), "a picture (JPEG), 34 bytes"],
      ["image/gif", file(["GIF89a", 3, 0, 2, 1]), "a picture (GIF) of 3 × 258 pixels, 40 bytes"],
      ["image/webp", file(["RIFF", "....", "WEBP"]), "a picture (WebP), 42 bytes"],
    ];
    for (const [mime, bytes, said] of files) {
      const base64 = bytes.toString("base64");
      for (const code of ["bytes", "new Uint8Array(bytes).buffer"]) {
        const shown = await result(`((bytes) => ${code})(Buffer.from("${base64}", "base64"))`);
        assert.equal(shown[mime], base64);
        assert.equal(shown["text/plain"], said);
      }
    }
    assert.deepEqual(Object.keys(await result('Buffer.from("RIFF....WAVE and some more sound")')), ["text/plain"]);
  });

  test("pixels, as ImageData has them, are the picture", async () => {
    const bundle = await result(
      "({ width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 128]) })",
    );
    const { width, height, channels, data } = decode(Buffer.from(String(bundle["image/png"]), "base64"));
    assert.deepEqual([width, height, channels, [...data]], [2, 1, 4, [255, 0, 0, 255, 0, 0, 255, 128]]);
    for (const wrong of ["height: 2", "height: 0", "height: '1'", "get height() { throw new Error('ran') }"]) {
      const shown = await result(`({ width: 1, data: new Uint8ClampedArray(4), ${wrong} })`);
      assert.ok(!("image/png" in shown), wrong);
    }
  });

  test("the canvas of an npm package is shown by the PNG it writes", async () => {
    const png = Buffer.from(encode({ width: 3, height: 2, data: new Uint8Array(18), channels: 3 })).toString("base64");
    const classes: [npm: string, methods: string][] = [
      ["canvas", `toBuffer(type) { if (type === "image/png") return BYTES; }`],
      ["@napi-rs/canvas", `toBuffer(type) { if (type === "image/png") return BYTES; } encodeSync() { return BYTES; }`],
      ["@napi-rs/canvas without toBuffer", `encodeSync(type) { if (type === "png") return BYTES; }`],
      ["skia-canvas", `async toBuffer() {} toBufferSync(type) { if (type === "png") return BYTES; }`],
    ];
    for (const [npm, methods] of classes) {
      const made = `new (class Canvas { getContext() {} ${methods.replaceAll("BYTES", `Buffer.from("${png}", "base64")`)} })()`;
      assert.equal((await result(made))["image/png"], png, npm);
    }
    assert.deepEqual(Object.keys(await result("new (class Canvas { getContext() {} async toBuffer() {} })()")), [
      "text/plain",
    ]);
  });

  test("a Blob of an image is shown when its bytes are there, as a result and by display", async () => {
    const png = Buffer.from(encode({ width: 3, height: 2, data: new Uint8Array(18), channels: 3 })).toString("base64");
    const blob = `new Blob([Buffer.from("${png}", "base64")], { type: "image/png" })`;
    for (const code of [blob, `display(${blob})`]) {
      const cell = new CellOutputs(1, new Map());
      const shown = new Promise<void>((resolve) => {
        void notebook.run(code, (output) => {
          cell.add(output);
          if ("bundle" in output && "image/png" in output.bundle) resolve();
        });
      });
      await shown;
      assert.equal(cell.outputs.length, 1);
      const [output] = cell.outputs;
      assert.ok("data" in output);
      assert.equal(output.data["image/png"], png);
      assert.equal(
        [output.data["text/plain"]].flat().join(""),
        `a picture (PNG) of 3 × 2 pixels, ${atob(png).length} bytes`,
      );
    }
  });

  test("what is displayed after a Blob stays, though the Blob is read later", async () => {
    const { outputs } = await notebook.run(
      'const later = display(new Blob(["<svg/>"], { type: "image/svg+xml" })); later.update("last");' +
        "await new Promise((resolve) => setTimeout(resolve, 100));",
    );
    assert.deepEqual(left(outputs), ["'last'"]);
  });

  test("maps, sets, dates, errors and arrays of numbers read as what they are", async () => {
    assert.equal(await text("new Map([['a', { b: 1 }]])"), "Map(1) { 'a' => { b: 1 } }");
    assert.equal(await text("new Set([1, 'two'])"), "Set(2) { 1, 'two' }");
    assert.equal(await text("new Date(0)"), "1970-01-01T00:00:00.000Z");
    assert.match(await text("new RangeError('too far')"), /^RangeError: too far\n {4}at cell \d+:1:1/);
    assert.match(await text("new Float32Array(1000)"), /^Float32Array\(1000\) \[[\s\S]*900 more items/);
  });

  test("a value that is too long is cut, and says by how much", async () => {
    const long = await text("Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => ['key' + i, i]))");
    assert.ok(long.length < 51_000);
    assert.match(long, /key\d+: \d+,\n… [\d,]+ more characters left out: show a part of it\.$/);
  });

  test("a benchmark is stamped with the machine, kept beside the notebook, and compared with later", async () => {
    const session = new TestNotebook();
    const { folder } = session;
    try {
      const statements = "{ f: () => x.mul(2) }, { minRunTime: 0.01 }";
      const before = "import { benchmark, tensor } from 'cotangent'; const x = tensor([1]); loadBenchmark('speed')";
      assert.deepEqual((await session.run(before)).outputs, []);
      await session.run(`saveBenchmark("speed", benchmark(${statements}))`);
      const { format, measurements } = JSON.parse(await readFile(path.join(folder, "speed.benchmark.json"), "utf8"));
      assert.equal(format, "cotangent.benchmark");
      const { machine, backend } = measurements[0].environment;
      assert.deepEqual([backend, machine.cpu, machine.cores], ["wasm", cpus()[0].model.trim(), availableParallelism()]);
      assert.match(machine.version, /^\d+\.\d+\.\d+$/);
      const { outputs } = await session.run(`benchmark(${statements}).since(loadBenchmark("speed"))`);
      const last = outputs.at(-1);
      assert.ok(last?.kind === "result");
      const { rows, stamp } = last.bundle[DISPLAY_MIME] as BenchmarkDisplay;
      assert.ok(rows[0].earlier?.change && stamp?.startsWith("wasm · "));
      const wrong = async (code: string) => (await session.run(code)).error?.text ?? "";
      assert.match(
        await wrong("saveBenchmark('../speed', benchmark({ f: () => 1 }))"),
        /expected a name to save under/,
      );
      assert.match(await wrong("saveBenchmark('speed', 3)"), /expected what benchmark\(\) or compare\(\) gave/);
      await writeFile(path.join(folder, "bad.benchmark.json"), "{");
      assert.match(await wrong("loadBenchmark('bad')"), /bad\.benchmark\.json cannot be read/);
    } finally {
      session.dispose();
    }
  });
});
