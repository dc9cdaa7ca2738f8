/** @file The notebook renderer in a real browser: what is drawn, what the pointer and the keys read, what goes wrong. */
import assert from "node:assert/strict";
import { compare, jacrev, Measurement, type Tensor, tensor } from "cotangent";
import type { Browser, Locator, Page } from "playwright-core";
import {
  batchHessian,
  damagedNumbers,
  filled,
  inputJacobian,
  loneEntry,
  twoWays,
  weightJacobian,
} from "../gallery/fixtures.ts";
import { bundle, launch, type Opened, type OpenOptions, textOf } from "./browser.ts";
import { type Api, displayOf, openOutputs } from "./outputs.ts";

suite("notebook renderer", () => {
  let browser: Browser;
  let source: string;
  let opened: Opened;

  suiteSetup(async () => {
    [browser, source] = await Promise.all([launch(), bundle("renderer")]);
  });
  suiteTeardown(() => browser?.close());
  teardown(() => opened?.page.context().close());

  async function show(outputs: readonly unknown[], options: OpenOptions = {}): Promise<Page> {
    opened = await openOutputs(browser, source, outputs, options);
    return opened.page;
  }

  const output = (page: Page, i = 0): Locator => page.locator(`#output-${i}`);
  const readout = (page: Page, i = 0): Locator => output(page, i).locator(".readout");

  /** The colour in the middle of a cell. */
  const cellColour = (
    page: Page,
    [row, column]: readonly [number, number],
    [rows, columns]: readonly [number, number],
  ) =>
    page
      .locator("canvas")
      .first()
      .evaluate(
        (canvas: HTMLCanvasElement, at) => {
          const [x, y] = [Math.floor(at.x * canvas.width), Math.floor(at.y * canvas.height)];
          return [...canvas.getContext("2d")!.getImageData(x, y, 1, 1).data];
        },
        { x: (column + 0.5) / columns, y: (row + 0.5) / rows },
      );

  const pointAt = async (
    page: Page,
    [row, column]: readonly [number, number],
    [rows, columns]: readonly [number, number],
  ) => {
    const box = (await page.locator("canvas").first().boundingBox())!;
    await page.mouse.move(box.x + ((column + 0.5) / columns) * box.width, box.y + ((row + 0.5) / rows) * box.height);
  };

  test("every cell has the colour of its value", async () => {
    // 9 × 9, so that the cells are too small for printed values.
    const page = await show([displayOf(filled([9, 9], (i) => [-1, 0, 1][i % 3]))]);
    assert.deepEqual(await cellColour(page, [0, 0], [9, 9]), [5, 48, 97, 255]);
    assert.deepEqual(await cellColour(page, [4, 1], [9, 9]), [242, 239, 238, 255]);
    assert.deepEqual(await cellColour(page, [8, 2], [9, 9]), [103, 0, 31, 255]);
    assert.deepEqual(opened.troubles, []);
  });

  test("is drawn in the pixels of the screen", async () => {
    const page = await show([displayOf(inputJacobian(16, 16))], { deviceScaleFactor: 2 });
    const size = await page
      .locator("canvas")
      .evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.clientWidth]);
    assert.deepEqual(size, [640, 320]);
  });

  test("says what it shows: title, size, range, axes", async () => {
    const page = await show([displayOf(weightJacobian(16))]);
    const words = await textOf(output(page).locator("figure"));
    assert.match(words, /Jacobian of predict with respect to weight/);
    assert.match(words, /16 × 16 × 16, float32 · from −\d.* to \d/);
    assert.match(words, /3,840 of 4,096 are zero/);
    assert.match(words, /↓ output predict\[i\]/);
    assert.match(words, /input weight\[j, k\] →/);
  });

  test("the pointer reads name, index and value, and nothing moves", async () => {
    const jacobian = inputJacobian(16, 16);
    const page = await show([displayOf(jacobian), displayOf(tensor([[1]]))]);
    const below = await output(page, 1).boundingBox();
    await pointAt(page, [3, 7], [16, 16]);
    const value = jacobian.dataSync()[3 * 16 + 7].toPrecision(6).replace("-", "−").replace(/0+$/, "");
    assert.equal(await textOf(readout(page)), `∂predict[3] / ∂x[7] = ${value}`);
    assert.deepEqual(await output(page, 1).boundingBox(), below);
    await page.mouse.move(0, 0);
    assert.match(await textOf(readout(page)), /Point at an entry/);
  });

  test("the arrow keys read cell by cell, aloud, and do not reach the editor", async () => {
    const page = await show([displayOf(filled([9, 12], (i) => i))]);
    await page.evaluate(() => {
      const reached: string[] = [];
      Object.assign(window, { reached });
      window.addEventListener("keydown", ({ key }) => reached.push(key));
    });
    const spoken = output(page).locator(".spoken");
    assert.equal(await spoken.getAttribute("aria-live"), "polite");
    const canvas = page.locator("canvas");
    assert.match((await canvas.getAttribute("aria-label")) ?? "", /heat map of 9 rows and 12 columns/);
    await canvas.focus();
    const read: string[] = [];
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "End", "ArrowRight", "ArrowUp", "Home", "ArrowUp"]) {
      await page.keyboard.press(key);
      read.push(await textOf(readout(page)));
    }
    assert.deepEqual(read, [
      "[0, 0] = 0",
      "[1, 0] = 12",
      "[1, 1] = 13",
      "[1, 11] = 23",
      "[1, 11] = 23",
      "[0, 11] = 11",
      "[0, 0] = 0",
      "[0, 0] = 0",
    ]);
    await spoken.getByText("[0, 0] = 0").waitFor({ state: "attached" });
    await page.keyboard.press("Escape");
    assert.deepEqual(await page.evaluate(() => (window as unknown as { reached: string[] }).reached), ["Escape"]);
    await canvas.blur();
    assert.match(await textOf(readout(page)), /Point at an entry/);
  });

  test("the slider goes through the slices and names each", async () => {
    const hessian = batchHessian();
    const page = await show([displayOf(hessian)]);
    const name = output(page).locator(".slice-name");
    assert.equal(await textOf(name), "example 0, predict[0] (1 of 40)");
    const first = await cellColour(page, [2, 5], [31, 31]);
    await page.getByRole("slider", { name: "example (8)" }).fill("1");
    await page.getByRole("slider", { name: "predict (5)" }).fill("2");
    assert.equal(await textOf(name), "example 1, predict[2] (8 of 40)");
    assert.notDeepEqual(await cellColour(page, [2, 5], [31, 31]), first);
    await pointAt(page, [2, 5], [31, 31]);
    const value = hessian.dataSync()[(7 * 31 + 2) * 31 + 5];
    const text = await textOf(readout(page));
    const [entry, number] = text.split(" = ");
    assert.equal(entry, "example 1: ∂²predict[2] / ∂x[2] ∂x[5]");
    assert.ok(Math.abs(Number(number.replace("−", "-")) - value) < 1e-5, text);
    await pointAt(page, [4, 4], [31, 31]);
    assert.match(await textOf(readout(page)), /∂²predict\[2\] \/ ∂x\[4\]² = /);
  });

  test("each slice has colours of its own, unless asked for the same in all; the first worth seeing is shown", async () => {
    // Slice 0 is next to nothing, slice 1 small, slice 2 large, slice 3 zero.
    const stack = filled([4, 9, 9], (i) => [1e-3, 0.1, 5, 0][Math.floor(i / 81)] * (i % 2 === 0 ? 1 : -1));
    const page = await show([displayOf(stack)]);
    const name = output(page).locator(".slice-name");
    assert.equal(await textOf(name), "slice 1 (2 of 4)");
    const ticks = () => output(page).locator(".bar-ticks span").allTextContents();
    assert.deepEqual(await ticks(), ["−0.1", "−0.05", "0", "0.05", "0.1"]);
    assert.deepEqual(await cellColour(page, [0, 1], [9, 9]), [103, 0, 31, 255]);
    await page.getByRole("button", { name: "How values are shown" }).click();
    await page.getByRole("checkbox", { name: "The same colours for all slices" }).check();
    assert.deepEqual(await ticks(), ["−5", "−2", "0", "2", "5"]);
    assert.deepEqual(await cellColour(page, [0, 1], [9, 9]), [244, 238, 235, 255]);
    await page.getByRole("slider").fill("2");
    assert.deepEqual(await cellColour(page, [0, 0], [9, 9]), [103, 0, 31, 255]);
    await page.getByRole("slider").fill("0");
    assert.equal(await textOf(name), "slice 0 (1 of 4)");
    await page.getByRole("slider").fill("3");
    assert.equal(await textOf(name), "slice 3 (4 of 4, all zero)");
  });

  test("slices that were left out leave the others their own numbers", async () => {
    const stack = filled([40, 200, 200], (i) => (i === 37 * 40_000 + 205 ? -8 : 0));
    const page = await show([displayOf(stack)]);
    assert.equal(await textOf(output(page).locator(".slice-name")), "slice 37 (38 of 40)");
    assert.match(
      await textOf(output(page).locator("figure")),
      /Of 40 slices, the 16 slices with the largest entries are kept here/,
    );
    await page.locator("canvas").focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"])
      await page.keyboard.press(key);
    assert.equal(await textOf(readout(page)), "[37, 0, 3]: largest 0");
  });

  test("NaN and infinities are marked in the picture, counted beside it, and read as such", async () => {
    const page = await show([displayOf(damagedNumbers())]);
    const marks = await output(page).locator(".mark").allTextContents();
    assert.deepEqual(marks, ["4 NaN", "2 infinite"]);
    await pointAt(page, [0, 17], [12, 20]);
    assert.equal(await textOf(readout(page)), "[0, 17] = NaN");
    await pointAt(page, [4, 15], [12, 20]);
    assert.equal(await textOf(readout(page)), "[4, 15] = −∞");
    const inCell = await page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const [width, height] = [canvas.width / 20, canvas.height / 12];
      const { data } = canvas.getContext("2d")!.getImageData(17 * width, 0, width, height);
      const colours = new Set<string>();
      for (let i = 0; i < data.length; i += 4) colours.add(data.slice(i, i + 3).join());
      return [...colours].sort();
    });
    assert.deepEqual(inCell, ["128,128,128", "31,35,40"]);
  });

  test("a lone entry in four million can be seen, pointed at and read, and the reduction is told", async () => {
    const page = await show([displayOf(loneEntry())]);
    const words = await textOf(output(page).locator("figure"));
    assert.match(
      words,
      /Reduced from 2048 × 2048 to 512 × 512: each cell is the entry of largest magnitude in its block/,
    );
    const found = await page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const blue: [number, number][] = [];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] < 100) blue.push([(i / 4) % canvas.width, Math.floor(i / 4 / canvas.width)]);
      }
      return blue;
    });
    assert.equal(found.length, 1);
    const box = (await page.locator("canvas").boundingBox())!;
    await page.mouse.move(box.x + found[0][0] + 0.5, box.y + found[0][1] + 0.5);
    assert.equal(await textOf(readout(page)), "[1500–1503, 700–703]: largest −3");
  });

  test("a narrow editor gets a narrow picture", async () => {
    const page = await show([displayOf(inputJacobian(32, 2048)), displayOf(twoWays())], {
      viewport: { width: 420, height: 800 },
    });
    await page.waitForFunction(
      () => document.querySelector("#output-0 > div")?.shadowRoot?.querySelector("canvas")?.width,
    );
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    const narrow = (await page.locator("canvas").boundingBox())!.width;
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.waitForFunction((width) => {
      const canvas = document.querySelector("#output-0 > div")?.shadowRoot?.querySelector("canvas");
      return (canvas?.clientWidth ?? 0) > width;
    }, narrow);
  });

  test("the ticks of a column stand below it, also when the axis has a longer name than the picture is wide", async () => {
    const path = (startingPositions: Tensor): Tensor =>
      startingPositions.broadcastTo([100, 2]).flatten().slice(0, 0, 100);
    const page = await show([displayOf(jacrev(path)(tensor([1, 2])))]);
    const plot = await output(page).locator(".plot").boundingBox();
    const ticks = await output(page).locator(".column-ticks .tick").all();
    assert.equal(ticks.length, 2);
    for (const [i, tick] of ticks.entries()) {
      const box = await tick.boundingBox();
      const middle = box!.x + box!.width / 2;
      assert.ok(Math.abs(middle - (plot!.x + ((i + 0.5) * plot!.width) / 2)) < 1, `tick ${i} at ${middle}`);
    }
  });

  test("small cells are coloured, large ones have their number written in", async () => {
    const page = await show([displayOf(tensor([[0.25, -1]])), displayOf(tensor(0.25))]);
    const inks = await page
      .locator("canvas")
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width / 2, canvas.height);
        return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(i * 4, i * 4 + 3).join())).size;
      });
    assert.ok(inks > 3, "a cell of one colour with a number in it");
    assert.match(await textOf(output(page, 1).locator("figure")), /^0\.25a single float32$/);
  });

  test("timings: a sentence, a table, bars as long as the medians", async () => {
    const page = await show([displayOf(twoWays())]);
    const figure = output(page).locator("figure");
    assert.match(await textOf(figure), /jacrev is 14.* faster than one vjp per row\./);
    const rows = await figure.locator("tbody tr").allTextContents();
    assert.equal(rows[0], "one vjp per row1.36 ms1.37 ms1.34 to 1.40 ms500");
    const [long, short] = await figure
      .locator(".length")
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    assert.ok(Math.abs(long / short - 13.8) < 0.3, `${long} to ${short}`);
    assert.equal(await textOf(figure.locator("tr.winner th")), "jacrev");
  });

  test("equal timings have no winner in the table either", async () => {
    const measured = (label: string) =>
      new Measurement({ label, description: "", times: [1, 2, 3, 4], callsPerRepetition: 1 });
    const page = await show([displayOf(compare(measured("this"), measured("that")))]);
    assert.equal(await output(page).locator("tbody tr").count(), 2);
    assert.equal(await output(page).locator("tr.winner").count(), 0);
  });

  test("a group shows each value under its path", async () => {
    const page = await show([displayOf({ weight: weightJacobian(4), loss: tensor(0.5) })]);
    assert.deepEqual(await output(page).locator(".path").allTextContents(), ["weight", "loss"]);
    assert.equal(await output(page).locator("canvas").count(), 1);
  });

  test("hostile names are text", async () => {
    const name = '<img src=x onerror="window.intruder = true">';
    const value = filled([2, 2], (i) => i, {
      provenance: { kind: "jacobian", of: name, outputAxes: 1, inputs: [{ name, axes: 1 }], batchAxes: 0 },
    });
    const page = await show([displayOf({ [name]: value })]);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.deepEqual(opened.troubles, []);
  });

  test("damaged or newer data is one clear line, and the outputs beside it are drawn", async () => {
    const good = displayOf(inputJacobian(4, 4)) as { preview: object };
    const cases: [unknown, RegExp][] = [
      ["{ not JSON", /its data is not JSON/],
      [{ version: 2, kind: "matrix" }, /saved by a newer version of Cotangent\. Update the extension/],
      [null, /its data is missing/],
      [{ kind: "matrix" }, /carries no version/],
      [{ version: 1, kind: "hologram" }, /unknown kind \(hologram\)/],
      [{ version: 1, kind: "matrix" }, /its shape is missing/],
      [{ ...good, shape: ["a"] }, /its shape is not made of whole numbers/],
      [{ ...good, dtype: "float8" }, /unknown type \(float8\)/],
      [{ ...good, preview: { ...good.preview, slices: 3 } }, /its list of slices is missing/],
      [{ ...good, preview: { ...good.preview, data: "%%%" } }, /its numbers are garbled/],
      [{ ...good, preview: { ...good.preview, data: "AAA=" } }, /its numbers are cut off/],
      [{ ...good, preview: { ...good.preview, data: "AAAAAA==" } }, /should hold 16 numbers and holds 1/],
      [{ ...good, statistics: { min: 0 } }, /its statistics/],
      [{ version: 1, kind: "benchmark", rows: [{ median: 1 }] }, /a timing/],
      [{ version: 1, kind: "benchmark", rows: [] }, /no timing/],
      [{ version: 1, kind: "group" }, /the list of values is missing/],
      [{ version: 1, kind: "group", items: [{ path: "a", display: 5 }] }, /a value is missing/],
    ];
    const page = await show([...cases.map(([data]) => data), good]);
    for (const [i, [, message]] of cases.entries()) {
      assert.equal(await output(page, i).locator("p").count(), 1);
      assert.match(await textOf(output(page, i).locator("p")), message);
    }
    assert.equal(await output(page, cases.length).locator("canvas").count(), 1);
    assert.deepEqual(opened.troubles, []);
  });

  test("an output is drawn anew, and emptied when the editor disposes of it", async () => {
    const page = await show([displayOf(inputJacobian(4, 4)), displayOf(tensor(1)), displayOf(tensor(2))]);
    const again = JSON.stringify(displayOf(tensor(7)));
    await page.evaluate((text) => {
      const { draw } = window as unknown as { draw(id: string, text: string, element: Element): void };
      draw("id-0", text, document.querySelector("#output-0")!);
    }, again);
    assert.match(await textOf(output(page).locator("figure")), /^7/);
    assert.equal(await page.locator("canvas").count(), 0);
    const empty = () =>
      page.evaluate(() => [...document.querySelectorAll("[id^=output]")].map((each) => each.childElementCount === 0));
    await page.evaluate(() => (window as unknown as { api: Api }).api.disposeOutputItem("id-1"));
    assert.deepEqual(await empty(), [false, true, false]);
    await page.evaluate(() => (window as unknown as { api: Api }).api.disposeOutputItem());
    assert.deepEqual(await empty(), [true, true, true]);
  });
});
