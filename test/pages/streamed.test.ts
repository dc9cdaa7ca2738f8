/** @file Pictures of tensors that are larger than what travels: the session's own answers, over messages of a stand-in. */
import assert from "node:assert/strict";
import type { Tensor } from "cotangent";
import type { Browser, Page } from "playwright-core";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { factsOf } from "../../extension/session/facts/facts.ts";
import { matrixOf, tileOf } from "../../extension/session/held/answers.ts";
import { HeldTensors } from "../../extension/session/held/held-tensors.ts";
import { DISPLAY_MIME } from "../../protocol/display.ts";
import type { FactsAnswer } from "../../protocol/exploring.ts";
import type { PictureAnswer, PictureQuestion } from "../../protocol/picture-messages.ts";
import { filled } from "../gallery/fixtures.ts";
import { bundle, launch, type Opened, textOf } from "./browser.ts";
import { type Host, openOutputs } from "./outputs.ts";

suite("streamed pictures", () => {
  let browser: Browser;
  let source: string;
  let opened: Opened;
  let held: HeldTensors;
  let questions: PictureQuestion[];

  suiteSetup(async () => {
    [browser, source] = await Promise.all([launch(), bundle("renderer")]);
  });
  suiteTeardown(() => browser?.close());
  setup(() => {
    held = new HeldTensors(2 ** 29);
    questions = [];
  });
  teardown(() => opened?.page.context().close());

  const answered = (question: PictureQuestion): PictureAnswer => {
    const { id, type } = question;
    if (type === "tile") return { type, id, answer: tileOf(held, question.request) };
    const found = matrixOf(held, question.request);
    const answer: FactsAnswer =
      "matrix" in found ? { status: "facts", facts: factsOf(found.matrix, question.request.meaning) } : found;
    return { type, id, answer };
  };
  async function show(value: object, host: Host = async (question) => answered(question)): Promise<Page> {
    const display = bundleOf(value, (tensor) => held.hold(tensor))?.[DISPLAY_MIME];
    opened = await openOutputs(browser, source, [display], {
      host: (question) => {
        questions.push(question);
        return host(question);
      },
    });
    return opened.page;
  }
  /** What came with the display is reduced, and says so until all numbers can be had. */
  const streams = (page: Page): Promise<void> =>
    page.getByText(/^(Reduced from|Of \d+ slices)/).waitFor({ state: "detached" });
  const idle = (page: Page): Promise<void> =>
    page.evaluate(() => (window as unknown as { tell(message: object): void }).tell({ type: "session-idle" }));
  /** Waits until the line below the picture says such a thing. */
  async function reads(page: Page, pattern: RegExp): Promise<RegExpMatchArray> {
    const line = page.locator(".readout").filter({ hasText: pattern });
    await line.waitFor();
    return (await textOf(line)).match(pattern)!;
  }
  async function pointAt(page: Page, x: number, y: number): Promise<void> {
    const box = (await page.locator(".plot canvas").boundingBox())!;
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  }
  const nearer = async (page: Page, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await page.locator(".plot canvas").press("+");
  };

  const ENTRY = /^\[(\d+), (\d+)\] = (−?\d+)$/;
  /** No two near each other are equal, and all are written in full. */
  const entryOf = (flat: number): number => ((flat * 7919) % 999_983) - 499_991;
  /** A stack of symmetric matrices, shown as a Hessian. */
  const decaying = (shape: readonly number[], outputAxes: number): Tensor => {
    const side = shape[shape.length - 1];
    const inputs = [
      { name: "x", axes: 1 },
      { name: "x", axes: 1 },
    ];
    return filled(
      shape,
      (i) => 2 ** -Math.abs((Math.floor(i / side) % side) - (i % side)) - 0.1 * Math.floor(i / side ** 2 + 1),
      {
        dtype: "float64",
        provenance: { kind: "hessian", of: "loss", outputAxes, inputs, batchAxes: 0 },
      },
    );
  };
  const large = () => filled([3000, 2000], entryOf, { dtype: "int32" });
  const written = (flat: number): string => String(entryOf(flat)).replace("-", "−");

  test("the pointer names the very entry, however near it is seen", async () => {
    const page = await show(large());
    await streams(page);
    const box = (await page.locator(".plot canvas").boundingBox())!;
    assert.ok(Math.abs(box.height / box.width - 1.5) < 0.02, "the matrix has its own proportions");
    // A pixel has the colour of the largest entry in it: here of one among some 20.
    await pointAt(page, 0.3, 0.6);
    const [, row, column, value] = await reads(page, ENTRY);
    assert.equal(value, written(Number(row) * 2000 + Number(column)));
    assert.ok(Math.abs(Number(row) - 1800) < 10 && Math.abs(Number(column) - 600) < 10, `${row}, ${column}`);
    await page.locator(".plot canvas").press("Control+End");
    await reads(page, new RegExp(`^\\[2999, 1999\\] = ${written(2999 * 2000 + 1999)}$`));
    await page.locator(".plot canvas").press("0");
    await nearer(page, 12);
    const places = [0.1, 0.5, 0.93];
    for (const at of places) {
      await pointAt(page, at, 1 - at);
      await page.waitForFunction(
        () => !document.querySelector("#output-0 > div")?.shadowRoot?.querySelector(".axes.loading"),
      );
      const [, i, j, near] = await reads(page, ENTRY);
      assert.equal(near, written(Number(i) * 2000 + Number(j)));
    }
    const levels = questions.flatMap((question) => (question.type === "tile" ? [question.request.level] : []));
    assert.ok(
      levels.some((level) => typeof level === "object" && level.rows > 0),
      "from afar, coarse tiles are enough",
    );
    assert.deepEqual(opened.troubles, []);
  });

  test("every slice is there, and the axes can be laid out anew", async () => {
    const page = await show(filled([40, 400, 300], entryOf, { dtype: "int32" }));
    await streams(page);
    const slider = page.getByRole("slider");
    await slider.fill("33");
    await page
      .getByText("[33] (34 of 40)")
      .or(page.getByText(/34 of 40/))
      .waitFor();
    await nearer(page, 9);
    await pointAt(page, 0.5, 0.5);
    const entry = /^\[(\d+), (\d+), (\d+)\] = (−?\d+)$/;
    const at33 = await reads(page, entry);
    assert.equal(at33[1], "33");
    const flat = ([, i, j, k]: RegExpMatchArray) => (Number(i) * 400 + Number(j)) * 300 + Number(k);
    assert.equal(at33[4], written(flat(at33)));

    await page.getByRole("button", { name: "Which axes are rows, columns and sliders" }).click();
    await page.getByRole("combobox", { name: "axis 0 (40)" }).selectOption("rows");
    await page.getByRole("combobox", { name: "axis 1 (400)" }).selectOption("sliders");
    await page.keyboard.press("Escape");
    await slider.fill("399");
    await page.getByText(/400 of 400/).waitFor();
    await pointAt(page, 0.52, 0.52);
    const other = await reads(page, /^\[(\d+), (399), (\d+)\] = (−?\d+)$/);
    assert.equal(other[4], written(flat(other)));
    assert.deepEqual(opened.troubles, []);
  });

  test("while a cell runs, what came with it is shown, and the numbers come when it is done", async () => {
    let isBusy = true;
    const page = await show(large(), async (question) =>
      isBusy ? { type: "tile", id: question.id, answer: { status: "busy" } } : answered(question),
    );
    const status = page.getByText("A cell runs: the full numbers come when it is done.");
    await status.waitFor();
    await pointAt(page, 0.5, 0.5);
    await reads(page, /^\[\d+–\d+, \d+–\d+\]: largest /);
    isBusy = false;
    await idle(page);
    await streams(page);
    await status.waitFor({ state: "hidden" });
    await pointAt(page, 0.4, 0.4);
    await reads(page, ENTRY);
    assert.deepEqual(opened.troubles, []);
  });

  test("of a session that is gone, what came with it stays, and one line says what to do", async () => {
    const page = await show(large());
    await streams(page);
    held = new HeldTensors(2 ** 29);
    await nearer(page, 12);
    await page.getByText("Run the cell again to look at every entry").waitFor();
    await page.getByText(/^Reduced from 3000 × 2000/).waitFor();
    await page.locator(".plot canvas").press("0");
    await pointAt(page, 0.5, 0.5);
    await reads(page, /: largest /);
    const asked = questions.length;
    await nearer(page, 4);
    await pointAt(page, 0.6, 0.6);
    await reads(page, /: largest /);
    assert.equal(questions.length, asked, "nothing is asked of a session that has gone");
    assert.deepEqual(opened.troubles, []);
  });

  test("what is no longer looked at is not asked for", async () => {
    const late: (() => void)[] = [];
    let answersLate = false;
    const page = await show(large(), async (question) => {
      if (answersLate) await new Promise<void>((done) => late.push(done));
      return answered(question);
    });
    await streams(page);
    answersLate = true;
    questions.length = 0;
    await page.locator(".plot canvas").press("Control+Home");
    for (const key of ["+", "+", "+", "+", "PageDown", "PageDown", "PageDown", "PageDown", "PageDown"]) {
      await page.locator(".plot canvas").press(key);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    assert.ok(questions.length <= 4, `${questions.length} questions at once`);
    answersLate = false;
    for (const answer of late) answer();
    await page.waitForFunction(
      () => !document.querySelector("#output-0 > div")?.shadowRoot?.querySelector(".axes.loading"),
    );
    assert.ok(questions.length < 24, `${questions.length} questions for nine places that were passed`);
    assert.deepEqual(opened.troubles, []);
  });

  test("facts that came are said at once, others when they are asked for", async () => {
    const page = await show([decaying([24, 24], 0), decaying([150, 150], 0)]);
    const [small, big] = [0, 1].map((i) => page.locator("figure").nth(i));
    await small.locator(".sentence").waitFor();
    await small.getByText("Spectrum", { exact: true }).click();
    await small.getByRole("img", { name: /^24 eigenvalues from / }).waitFor();
    await small.getByText("Condition number", { exact: true }).waitFor();
    assert.equal(questions.filter(({ type }) => type === "facts").length, 0);
    await big.getByRole("button", { name: "Compute spectrum" }).press("Enter");
    await big.locator(".sentence").waitFor();
    await big.getByText("Spectrum", { exact: true }).press("Enter");
    await big.getByRole("img", { name: /^150 eigenvalues from / }).waitFor();
    assert.deepEqual(opened.troubles, []);
  });

  test("a spectrum is of its slice; asked while a cell runs, it comes later, and not of a session that is gone", async () => {
    let status: "busy" | "there" | "gone" = "busy";
    const stack = decaying([3, 150, 150], 1);
    const page = await show(stack, async (question) => {
      if (question.type === "tile" || status === "there") return answered(question);
      return { type: "facts", id: question.id, answer: { status } };
    });
    const compute = page.getByRole("button", { name: "Compute spectrum" });
    await compute.click();
    await page.getByText("A cell runs: it begins when the cell is done.").waitFor();
    status = "there";
    await idle(page);
    const sentence = page.locator(".sentence");
    await sentence.waitFor();
    const first = await textOf(sentence);
    await page.getByRole("slider").fill("2");
    await sentence.waitFor({ state: "detached" });
    status = "gone";
    await compute.click();
    await page.locator(".note", { hasText: /no longer holds these numbers\. Run the cell again/ }).waitFor();
    await page.getByRole("slider").fill("0");
    await sentence.waitFor();
    assert.equal(await textOf(sentence), first);
    assert.deepEqual(opened.troubles, []);
  });
});
