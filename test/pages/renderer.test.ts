/** @file The notebook renderer in a real browser: what is drawn, what the pointer and the keys read, what goes wrong. */
import assert from "node:assert/strict";
import axe from "axe-core";
import { compare, jacrev, Measurement, type Tensor, tensor } from "cotangent";
import type { Browser, Locator, Page } from "playwright-core";
import {
  batchHessian,
  damagedNumbers,
  deepObject,
  filled,
  inputJacobian,
  inTurns,
  loneEntry,
  progressOf,
  sinceEarlier,
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
        async (canvas: HTMLCanvasElement, at) => {
          const read = (): number[] => {
            const [x, y] = [Math.floor(at.x * canvas.width), Math.floor(at.y * canvas.height)];
            return [...canvas.getContext("2d")!.getImageData(x, y, 1, 1).data];
          };
          // A picture is drawn a frame or two after its place has a size.
          for (let frame = 0; frame < 100 && read()[3] === 0; frame++) await new Promise(requestAnimationFrame);
          return read();
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

  /** Where the plot has the picture of a row: its dots, and its box. */
  const marks = (page: Page, kind: "dot" | "rect") =>
    page
      .locator(`.timings-plot [data-mark=${kind}]`)
      .evaluateAll((all) =>
        all.map((each) =>
          [...each.children].map((mark) => mark.getBoundingClientRect()).map(({ x, width }) => [x, width]),
        ),
      );

  test("timings: a sentence, every time as a dot, the middle half as a box, a table of figures", async () => {
    const page = await show([displayOf(inTurns())]);
    const figure = output(page).locator("figure");
    await figure.locator("svg").waitFor();
    assert.match(await textOf(figure.locator(".verdict")), /^jacrev is 39\.5× faster than .* and 150× faster than row/);
    const dots = await marks(page, "dot");
    // The last two of a hundred may lie beyond the axis, and are counted there instead.
    assert.ok(dots.every((row) => row.length >= 98) && dots.length === 3, String(dots.map((row) => row.length)));
    const boxes = (await marks(page, "rect")).map(([box]) => box);
    const ticks = await figure.locator("svg text").allTextContents();
    assert.ok(
      ["20 µs", "100 µs", "1 ms", "10 ms"].every((tick) => ticks.includes(tick)),
      String(ticks),
    );
    assert.ok(ticks.includes("memory limit: 12.1 GB/s"));
    const places = await figure
      .locator("svg text", { hasText: /^\d+ [µm]s$/ })
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect()).map(({ left, right }) => [left, right]));
    assert.ok(places.length > 5 && places.every(([left], i) => i === 0 || left > places[i - 1][1]), String(places));
    // The axis is logarithmic: equal ratios, equal distances.
    const medians = inTurns().measurements.map(({ median }) => Math.log(median));
    const place = ([x, width]: number[]) => x + width / 2;
    const share = (place(boxes[1]) - place(boxes[0])) / (place(boxes[2]) - place(boxes[0]));
    assert.ok(Math.abs(share - (medians[1] - medians[0]) / (medians[2] - medians[0])) < 0.05, String(share));
    const rows = await figure.locator("tbody tr").allTextContents();
    assert.equal(rows[0], "jacrev62.3 µs61.6 to 63.0 µs62.3 µs1.00×262 kB4.21 GB/s100 × 40");
    assert.equal(await textOf(figure.locator("tr.winner th")), "jacrev");
    assert.match(await textOf(figure), /8 threads · fused multiply-add · A Processor of 3\.2 GHz/);
    assert.match((await figure.locator("svg").getAttribute("aria-label")) ?? "", /jacrev, median 62\.3 µs; with vmap/);
    assert.deepEqual(opened.troubles, []);
  });

  test("the earlier run stands hollow below, on the same axis", async () => {
    const page = await show([displayOf(sinceEarlier())]);
    await output(page).locator("svg").waitFor();
    const boxes = await marks(page, "rect");
    assert.equal(boxes.length, 4);
    assert.ok(boxes[1][0][0] > boxes[0][0][0] + boxes[0][0][1], "83 µs lie to the right of 61 µs");
    assert.match(await textOf(output(page).locator("figure")), /Earlier run: .* 2026-05-02 09:00 UTC/);
    assert.match(await textOf(output(page).locator("thead")), /earlier medianto earlier/);
  });

  test("timings that an earlier version saved have a box and a median, and no dots", async () => {
    const row = { mean: 2e-3, median: 2e-3, quartiles: [1.9e-3, 2.1e-3], repetitions: 500, callsPerRepetition: 1 };
    const saved = { version: 1, kind: "benchmark", title: "Timings", verdict: "a is faster.", winner: 0 };
    const rows = [
      { ...row, label: "a" },
      { ...row, label: "b", median: 2.6e-3, quartiles: [2.5e-3, 2.7e-3] },
    ];
    const page = await show([{ ...saved, rows }]);
    await output(page).locator("svg").waitFor();
    assert.equal((await marks(page, "rect")).length, 2);
    assert.equal((await marks(page, "dot")).flat().length, 0);
    assert.deepEqual(await output(page).locator("tbody tr").allTextContents(), [
      "a2.00 ms1.90 to 2.10 ms2.00 ms500 × 1",
      "b2.60 ms2.50 to 2.70 ms2.00 ms500 × 1",
    ]);
    assert.deepEqual(opened.troubles, []);
  });

  test("timings have no fault that axe calls serious", async () => {
    const page = await show([displayOf(inTurns()), displayOf(sinceEarlier())]);
    await output(page, 1).locator("svg").waitFor();
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html }));
    });
    // The page around is bare.
    assert.deepEqual(
      found.filter(({ id, impact }) => /serious|critical/.test(impact ?? "") && !/^(html|document)-/.test(id)),
      [],
    );
  });

  test("timings fit any width, and the table scrolls by itself, by keys too", async () => {
    for (const width of [300, 2000]) {
      const page = await show([displayOf(inTurns())], { viewport: { width, height: 900 } });
      const plot = output(page).locator("svg");
      await plot.waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width}`);
      const box = (await plot.boundingBox())!;
      assert.ok(box.width <= Math.min(width, 1100) && box.width > Math.min(width, 1100) - 60, `${box.width}`);
      const words = await plot.locator("text").evaluateAll((all) =>
        all.map((each) => {
          const { left, right } = each.getBoundingClientRect();
          return { left, right, size: Number.parseFloat(getComputedStyle(each).fontSize) };
        }),
      );
      for (const { left, right, size } of words) {
        assert.ok(size >= 12 && left >= box.x - 1 && right <= box.x + box.width + 1, `${left} to ${right}, ${size}`);
      }
      const region = output(page).getByRole("group", { name: "Figures of" });
      if (width === 300) {
        await region.focus();
        await page.keyboard.press("ArrowRight");
        await page.waitForFunction(
          () => document.querySelector("#output-0 > div")?.shadowRoot?.querySelector(".scroll")?.scrollLeft,
        );
        await page.context().close();
      }
    }
  });

  test("times that the clock did not see, and equal ones, are drawn", async () => {
    const equal = (label: string, time: number) =>
      new Measurement({ label, description: "", times: Array(30).fill(time), callsPerRepetition: 1 });
    const page = await show([displayOf(equal("none", 0)), displayOf(compare(equal("a", 0), equal("b", 1)))]);
    await output(page, 1).locator("svg").waitFor();
    assert.equal(await output(page).locator("svg").count(), 1);
    assert.doesNotMatch(await textOf(page.locator("body")), /NaN|Infinity/);
    assert.deepEqual(opened.troubles, []);
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
    const timed = new Measurement({ label: name, description: name, times: [1, 2], callsPerRepetition: 1 });
    const page = await show([displayOf({ [name]: value }), displayOf(timed)]);
    await output(page, 1).locator("svg").waitFor();
    assert.ok((await output(page, 1).locator("tbody th").allTextContents()).includes(name));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.deepEqual(opened.troubles, []);
  });

  test("a large value opens part by part, with the pointer and with the keys", async () => {
    const page = await show([displayOf(deepObject())]);
    const rows = output(page).locator(".part");
    const seen = async () => (await rows.allTextContents()).map((text) => text.trim());
    // A browser says that a part was opened when it has time.
    const opens = (part: string) => rows.filter({ hasText: part }).first().waitFor();
    const summary = (name: string) => output(page).locator("summary", { hasText: name }).last();
    await opens("whole: circular");
    assert.deepEqual((await seen()).slice(2), [
      'names: Map (1) {"first" → [1, 2]}',
      "long: Array [500] [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, …]",
      "whole: circular: the whole value",
    ]);
    await summary("names").click();
    await opens('"first": Array [2] [1, 2]');
    assert.ok(!(await seen()).includes("0: 1"));
    await summary('"first"').focus();
    await page.keyboard.press("Enter");
    await opens("0: 1");
    await page.keyboard.press("Enter");
    assert.equal(
      await output(page)
        .locator(".part", { hasText: /^0: 1$/ })
        .isVisible(),
      false,
    );
    await summary("long").click();
    await opens("… 400 more");
    assert.equal(
      await output(page)
        .locator(".part-text", { hasText: /^\[0, 0/ })
        .isVisible(),
      false,
    );
    assert.deepEqual(opened.troubles, []);
  });

  test("whatever a saved output says, all of it is text", async () => {
    const hostile = '"><img src=x onerror="window.intruder = true"><script>window.intruder = true</script>';
    const kept = new Set(["kind", "role", "dtype", "data"]);
    const poisoned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(poisoned);
      if (typeof value !== "object" || value === null) return typeof value === "string" ? hostile : value;
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, kept.has(key) ? part : poisoned(part)]),
      );
    };
    const values = [batchHessian(), twoWays(), { a: weightJacobian(4), b: tensor(1) }, deepObject(), tensor(0.5)];
    const page = await show([
      ...values.map((value) => poisoned(displayOf(value))),
      { version: 1, kind: hostile },
      { version: 1, kind: "matrix", dtype: hostile },
    ]);
    // Open all that opens, several levels deep, and touch what answers to a touch.
    for (let level = 0; level < 3; level++) {
      await page.locator("details").evaluateAll((all) => {
        for (const details of all) (details as HTMLDetailsElement).open = true;
      });
    }
    for (const canvas of await page.locator("canvas").all()) await canvas.hover();
    const found = await page.locator(".title, .path, .part-name, .part-text, th, .readout").allTextContents();
    assert.ok(found.filter((text) => text.includes("<img src=x")).length > 20, "the hostile text was not shown");
    assert.equal(await page.locator("img, iframe, object, embed").count(), 0);
    assert.equal(await page.locator("script").count(), 1, "there is a script besides the page's own");
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.deepEqual(opened.troubles, []);
  });

  test("damaged or newer data is one clear line, and the outputs beside it are drawn", async () => {
    const good = displayOf(inputJacobian(4, 4)) as { preview: object };
    const timings = displayOf(twoWays()) as { rows: object[] };
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
      [{ version: 1, kind: "progress", bars: [] }, /no bar/],
      [{ version: 1, kind: "progress", bars: [{ label: "", unit: "", state: "running", seconds: 1 }] }, /a bar is not/],
      [{ version: 1, kind: "progress", bars: [{ label: "", unit: "", state: "lost" }] }, /an unknown state/],
      [{ ...timings, rows: [{ ...timings.rows[0], times: ["a"] }] }, /a timing is not a number/],
      [{ ...timings, rows: [{ ...timings.rows[0], ratio: { value: 2, interval: [1] } }] }, /a ratio is incomplete/],
      [{ ...timings, rows: [{ ...timings.rows[0], earlier: { median: 1 } }] }, /a timing is missing/],
      [{ ...timings, limit: { seconds: null } }, /the memory's limit is not a number/],
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

  test("progress is a bar with its share, which a screen reader reads, and words", async () => {
    const running = progressOf(
      { label: "training", done: 90, total: 200, secondsLeft: 3.8 },
      { label: "reading", done: 1204, unit: "lines" },
    );
    const page = await show([
      displayOf(running),
      displayOf(progressOf({ label: "<b>fit</b>", done: 3, total: 3, state: "done" })),
    ]);
    const bar = page.getByRole("progressbar", { name: "training" });
    assert.equal(await bar.evaluate((element: HTMLProgressElement) => element.position), 0.45);
    assert.equal(await page.getByRole("progressbar").count(), 1);
    const words = await textOf(output(page).locator(".progress"));
    assert.match(words, /training\s*45 %\s*90 of 200 · 3\.1 s · about 4 s left\s*reading\s*1,204 lines · 3\.1 s/);
    assert.match(await textOf(output(page, 1).locator(".progress")), /<b>fit<\/b>\s*3 of 3 in 3\.1 s/);
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
