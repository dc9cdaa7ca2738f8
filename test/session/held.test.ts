/** @file Looking into a tensor that was shown: tiles of any two sides of it, coarse ones too, and facts. */
import assert from "node:assert/strict";
import { ones, tensor } from "cotangent";
import { CoarseMatrices } from "../../extension/session/held/coarse-matrices.ts";
import { HeldTensors, heldBytes } from "../../extension/session/held/held-tensors.ts";
import { MatrixView } from "../../extension/session/held/matrix-view.ts";
import { DISPLAY_MIME, type MatrixDisplay } from "../../protocol/display.ts";
import type { MatrixAxes, TileRequest } from "../../protocol/exploring.ts";
import { delay, type Shown, TestNotebook } from "./harness.ts";

/** 0, 1, 2, … */
const counting = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
const span = (from: number, count: number) => ({ from, count });

suite("one matrix of a tensor", () => {
  const shape = [2, 3, 4];
  const view = (axes: MatrixAxes) => new MatrixView(counting(shape), shape, axes);

  test("rows and columns along any axes, in any order", () => {
    const last = view({ rows: [1], columns: [2], at: [1, 0, 0] });
    assert.deepEqual([last.rows, last.columns], [3, 4]);
    assert.deepEqual([...last.block(span(0, 3), span(0, 4), 0)], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
    const turned = view({ rows: [2], columns: [0], at: [0, 1, 0] });
    assert.deepEqual([...turned.block(span(1, 2), span(0, 2), 0)], [5, 17, 6, 18]);
    const both = view({ rows: [2, 0], columns: [1], at: [0, 0, 0] });
    assert.deepEqual([both.rows, both.columns], [8, 3]);
    assert.deepEqual([...both.block(span(2, 3), span(1, 2), 0)], [5, 9, 17, 21, 6, 10]);
    assert.deepEqual(
      [...view({ rows: [], columns: [1], at: [1, 0, 3] }).block(span(0, 1), span(0, 3), 0)],
      [15, 19, 23],
    );
  });

  test("a coarse block holds what stands out, with its sign; NaN before all", () => {
    const rows = [
      [0, 0, -9, 1, 2],
      [0, 3, 0, 0, Number.NaN],
      [1, 1, 1, 1, 1],
    ];
    const data = Float64Array.from(rows.flat());
    const coarse = new MatrixView(data, [3, 5], { rows: [0], columns: [1], at: [0, 0] });
    assert.deepEqual([...coarse.block(span(0, 2), span(0, 3), 1)], [3, -9, Number.NaN, 1, 1, 1]);
    assert.deepEqual([...coarse.block(span(1, 1), span(1, 2), 1)], [1, 1]);
    assert.deepEqual([...coarse.block(span(0, 1), span(0, 1), 3)], [Number.NaN]);
  });

  test("a lone entry of a large matrix is in the coarsest block", () => {
    const data = new Float32Array(1000 * 700);
    data[613 * 700 + 251] = -1e-30;
    const lone = new MatrixView(data, [1000, 700], { rows: [0], columns: [1], at: [0, 0] });
    assert.deepEqual([...lone.block(span(0, 1), span(0, 1), 10)], [Math.fround(-1e-30)]);
    const block = lone.block(span(0, 8), span(0, 6), 7);
    assert.deepEqual(
      [...block.keys()].filter((i) => block[i] !== 0),
      [4 * 6 + 1],
    );
  });

  test("blocks need not be square", () => {
    const tall = view({ rows: [0, 1], columns: [2], at: [0, 0, 0] });
    assert.deepEqual(
      [...tall.block(span(0, 3), span(0, 4), { rows: 1, columns: 0 })],
      [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23],
    );
    assert.deepEqual([...tall.block(span(4, 2), span(0, 2), { rows: 0, columns: 1 })], [17, 19, 21, 23]);
  });

  test("coarse tiles of a large matrix are those of all its entries", () => {
    const [rows, columns] = [2300, 1900];
    const data = counting([rows * columns]).map((i) => Math.sin(i));
    const large = tensor(data).reshape([rows, columns]);
    const axes = { rows: [1], columns: [0], at: [0, 0] };
    const coarse = new CoarseMatrices();
    const whole = new MatrixView(data, [rows, columns], axes);
    for (const level of [2, 3, 5, { rows: 4, columns: 6 }]) {
      for (let again = 0; again < 2; again++) {
        const from = coarse.source(large, axes, level);
        const found = from.view.block(span(1, 6), span(2, 7), from.level).map(Math.abs);
        assert.deepEqual(found, whole.block(span(1, 6), span(2, 7), level).map(Math.abs));
      }
    }
  });

  test("axes that are none are refused", () => {
    assert.throws(() => view({ rows: [1], columns: [1], at: [0, 0, 0] }), RangeError);
    assert.throws(() => view({ rows: [3], columns: [1], at: [0, 0, 0] }), RangeError);
    assert.throws(() => view({ rows: [0], columns: [1], at: [0, 0, 4] }), RangeError);
    assert.throws(() => view({ rows: [0], columns: [1], at: [0] }), RangeError);
  });
});

suite("tensors that are held", () => {
  test("the one shown longest ago is let go, and one that is shown again is young again", () => {
    const held = new HeldTensors(100);
    const [a, b, c] = [ones([10]), ones([10]), ones([10])];
    const [first, second] = [held.hold(a), held.hold(b)];
    assert.equal(held.hold(a), first);
    const third = held.hold(c);
    assert.equal(held.get(second), undefined);
    assert.equal(held.get(first), a);
    assert.equal(held.get(third), c);
  });

  test("they may have a quarter of a small session's memory", () => {
    assert.equal(heldBytes(512), 128 * 2 ** 20);
    assert.equal(heldBytes(4096), heldBytes(64_000));
  });

  test("one that is larger than all there is room for is held alone", () => {
    const held = new HeldTensors(100);
    const small = held.hold(ones([1]));
    const large = ones([1000]);
    assert.equal(held.get(held.hold(large)), large);
    assert.equal(held.get(small), undefined);
  });
});

suite("looking into what a cell has shown", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  function displayOf({ outputs, error }: Shown): MatrixDisplay {
    assert.equal(error, undefined, error?.text);
    const result = outputs.find((output) => output.kind === "result");
    return result?.bundle[DISPLAY_MIME] as MatrixDisplay;
  }

  async function show(code: string): Promise<{ display: MatrixDisplay; request: TileRequest }> {
    const display = displayOf(await notebook.run(code));
    const axes = { rows: [0], columns: [1], at: [0, 0] };
    const request = { handle: display.handle!, axes, level: 0, row: 0, column: 0, rows: 2, columns: 3 };
    return { display, request };
  }

  async function tile(request: TileRequest): Promise<number[]> {
    const answer = await notebook.client.tile(request);
    assert.ok(answer?.status === "tile", JSON.stringify(answer));
    const { buffer, byteOffset, length } = Buffer.from(answer.data, "base64");
    return [...new Int32Array(buffer.slice(byteOffset, byteOffset + length))];
  }

  test("the numbers behind a picture that was reduced", async () => {
    const { display, request } = await show(
      'import { arange } from "cotangent"; arange(3000 * 2000).reshape([3000, 2000])',
    );
    assert.equal(display.preview.pooled, true);
    assert.deepEqual(
      await tile({ ...request, row: 1234, column: 7 }),
      [2468007, 2468008, 2468009, 2470007, 2470008, 2470009],
    );
    assert.deepEqual(await tile({ ...request, level: 11, rows: 2, columns: 1 }), [
      2047 * 2000 + 1999,
      2999 * 2000 + 1999,
    ]);
  });

  test("while a cell runs, it is not disturbed; afterwards the numbers are there again", async () => {
    const { request } = await show("arange(6).reshape([2, 3])");
    let busy: unknown;
    await notebook.run("console.log('running'); await new Promise((end) => setTimeout(end, 300))", () => {
      busy ??= notebook.client.tile(request);
    });
    assert.deepEqual(await busy, { status: "busy" });
    assert.deepEqual(await tile(request), [0, 1, 2, 3, 4, 5]);
  });

  test("what cannot be answered says why", async () => {
    const { request } = await show("arange(6).reshape([2, 3])");
    assert.deepEqual(await notebook.client.tile({ ...request, handle: "another" }), { status: "gone" });
    const wrong = { ...request, axes: { rows: [0], columns: [5], at: [0, 0] } };
    const message = "A tensor of 2 axes has no rows [0] and columns [5].";
    assert.deepEqual(await notebook.client.tile(wrong), { status: "failed", message });
  });

  test("a small Hessian has its facts at once", async () => {
    const { display } = await show(
      'import { hessian, tensor } from "cotangent"; hessian((x) => x.at(0).square().sub(x.at(1).square().mul(3)))(tensor([1, 2]))',
    );
    assert.deepEqual(
      display.facts?.map(({ sentence }) => sentence),
      ["indefinite: 1 negative eigenvalue; smallest −6; condition number 3"],
    );
  });

  test("a gradient has no facts, and neither has a plain matrix", async () => {
    const gradient = await show('import { jacrev } from "cotangent"; jacrev((x) => x.square().sum())(tensor([1, 2]))');
    assert.equal(gradient.display.facts, undefined);
    assert.equal((await show("arange(6).reshape([2, 3])")).display.facts, undefined);
  });

  test("facts of a larger one are found while the next cell runs", async () => {
    const { display, request } = await show(
      'const d = hessian((x) => x.pow(4).sum())(arange(200).add(1).to("float32")); d',
    );
    assert.equal(display.facts, undefined);
    const asked = notebook.client.facts({ handle: request.handle, axes: request.axes, meaning: "hessian" });
    await delay(5);
    const { status } = await notebook.run(
      "let turns = 0; for (const end = Date.now() + 1000; Date.now() < end; ) turns++;",
    );
    assert.equal(status, "ok");
    const answer = await asked;
    assert.ok(answer?.status === "facts", JSON.stringify(answer));
    // 12 x² at 1 and at 200.
    assert.equal(answer.facts.sentence, "positive definite; condition number 40000");
    assert.equal(answer.facts.spectrum?.values.length, 200);
  });

  test("facts that would take too long are refused without work", async () => {
    const { request } = await show('import { zeros } from "cotangent"; zeros([4000, 4000])');
    const { handle, axes } = request;
    const answer = await notebook.client.facts({ handle, axes, meaning: "jacobian" });
    assert.ok(answer?.status === "facts" && answer.facts.sentence.includes("4000 × 4000 is too large"));
  });
});
