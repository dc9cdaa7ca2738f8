/** @file The matrix view under a person's hands: moving about, other looks, other axes, files; with and without WebGL. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { decode } from "fast-png";
import type { Browser, Locator, Page } from "playwright-core";
import {
  batchHessian,
  damagedNumbers,
  filled,
  hessian,
  inputJacobian,
  lossHessian,
  weightJacobian,
} from "../gallery/fixtures.ts";
import { bundle, launch, type Opened, type OpenOptions, textOf } from "./browser.ts";
import { displayOf, openOutputs } from "./outputs.ts";

suite("matrix view", () => {
  let browser: Browser;
  let source: string;
  let opened: Opened;

  suiteSetup(async () => {
    [browser, source] = await Promise.all([launch(), bundle("renderer")]);
  });
  suiteTeardown(() => browser?.close());
  teardown(() => opened?.page.context().close());

  async function show(values: readonly unknown[], options: OpenOptions = {}): Promise<Page> {
    opened = await openOutputs(browser, source, values.map(displayOf), options);
    // A picture is drawn once its place has a size.
    await opened.page.waitForFunction(
      (count) =>
        [...document.querySelectorAll("[id^=output] > div")].filter(({ shadowRoot }) =>
          shadowRoot?.querySelector(".tick"),
        ).length === count,
      values.length,
    );
    return opened.page;
  }
  const canvasOf = (page: Page): Locator => page.locator(".plot canvas").first();
  const readout = (page: Page): Promise<string> => textOf(page.locator(".readout").first());
  const tool = (page: Page, name: string | RegExp): Locator => page.getByRole("button", { name }).first();
  const ticks = (page: Page, side: "row" | "column"): Promise<string[]> =>
    page.locator(`.${side}-ticks .tick`).allTextContents();
  /** What was moved is drawn in the next frame. */
  const settled = (page: Page): Promise<void> =>
    page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
  async function look(page: Page, choices: { Show?: string; Scale?: string }, i = 0): Promise<void> {
    const output = page.locator(`#output-${i}`);
    await output.getByRole("button", { name: "How values are shown" }).click();
    for (const [name, value] of Object.entries(choices)) {
      await output.getByRole("combobox", { name }).selectOption(value);
    }
    await page.keyboard.press("Escape");
  }

  test("WebGL and Canvas 2D give the same picture, to a step of the colour table", async () => {
    const drawn = filled([150, 210], (i) =>
      i % 97 === 5 ? Number.NaN : i % 89 === 7 ? Number.NEGATIVE_INFINITY : Math.tan(i),
    );
    const huge = filled([40, 40], (i) => (i - 800) * 1e300, { dtype: "float64" });
    const looks = [{}, { Scale: "symlog" }, { Scale: "asinh", Show: "magnitude" }, { Show: "pattern" }, {}];
    const values = looks.map((_, i) => (i < 4 ? drawn : huge));
    const pictures: { painters: string[]; images: Buffer[] }[] = [];
    for (const emulatesWebGL of [true, false]) {
      const page = await show(values, { emulatesWebGL });
      for (const [i, choices] of looks.entries()) await look(page, choices, i);
      const canvases = page.locator(".plot canvas");
      const painters = await canvases.evaluateAll((all) =>
        all.map((each) => (each as HTMLElement).dataset.painter ?? ""),
      );
      const urls = await canvases.evaluateAll((all) => all.map((each) => (each as HTMLCanvasElement).toDataURL()));
      pictures.push({ painters, images: urls.map((url) => Buffer.from(url.split(",")[1], "base64")) });
      assert.deepEqual(opened.troubles, []);
      if (emulatesWebGL) await page.context().close();
    }
    const [webgl, canvas] = pictures;
    assert.deepEqual(new Set(webgl.painters), new Set(["webgl"]));
    assert.deepEqual(new Set(canvas.painters), new Set(["canvas"]));
    for (const [i, choices] of looks.entries()) {
      const [one, other] = [decode(webgl.images[i]).data, decode(canvas.images[i]).data];
      assert.equal(one.length, other.length);
      let worst = 0;
      for (let at = 0; at < one.length; at++) worst = Math.max(worst, Math.abs(one[at] - other[at]));
      assert.ok(worst <= 6, `${JSON.stringify(choices)}: they differ by ${worst} of 255`);
      assert.ok(new Set(one).size > 5, `${JSON.stringify(choices)}: nothing was drawn`);
    }
  });

  test("thirty pictures are all drawn, by one WebGL context", async () => {
    const values = Array.from({ length: 30 }, (_, i) => inputJacobian(24, 24, i + 1));
    const page = await show(values, { emulatesWebGL: true });
    const colours = await page.locator(".plot canvas").evaluateAll((all) =>
      (all as HTMLCanvasElement[]).map((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return [new Set(new Uint32Array(data.buffer)).size > 16, canvas.dataset.painter];
      }),
    );
    assert.deepEqual(colours, new Array(30).fill([true, "webgl"]));
    assert.deepEqual(opened.troubles, []);
  });

  test("the wheel scrolls the notebook until the picture was clicked or Ctrl is held", async () => {
    const page = await show([inputJacobian(64, 64), ...Array.from({ length: 8 }, () => inputJacobian(16, 16))]);
    const box = (await canvasOf(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -100);
    await page.locator(".hint").first().waitFor({ state: "visible" });
    assert.deepEqual(await ticks(page, "row"), await ticks(page, "row"));
    const before = await ticks(page, "column");
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -600);
    await page.keyboard.up("Control");
    await settled(page);
    const near = await ticks(page, "column");
    assert.notDeepEqual(near, before);
    assert.ok(Number(near[0]) > 0, `${near}`);
    await canvasOf(page).click();
    await page.mouse.wheel(0, 2000);
    await settled(page);
    assert.deepEqual(await ticks(page, "column"), before);
    assert.equal(await page.evaluate(() => window.scrollY), 0);
    await page.mouse.wheel(0, 300);
    await page.waitForFunction(() => window.scrollY > 0);
  });

  test("dragging moves what is seen, a double click goes nearer, 0 shows all again", async () => {
    const values = filled([100, 100], (i) => i);
    const page = await show([values]);
    const box = (await canvasOf(page).boundingBox())!;
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.dblclick(middle.x, middle.y);
    await page.mouse.dblclick(middle.x, middle.y);
    await settled(page);
    await page.mouse.move(middle.x + 6, middle.y + 6);
    const at = await readout(page);
    assert.match(at, /^\[50, 50\] = 5050$/);
    await page.mouse.down();
    await page.mouse.move(middle.x + 46, middle.y + 26, { steps: 4 });
    await page.mouse.up();
    await settled(page);
    assert.equal(await readout(page), at, "the entry stays under the pointer");
    await page.mouse.move(middle.x + 6, middle.y + 6);
    assert.notEqual(await readout(page), at);
    await canvasOf(page).press("0");
    await settled(page);
    assert.equal((await ticks(page, "row"))[0], "0");
  });

  test("a box, chosen by its button or with Shift, is zoomed to", async () => {
    const page = await show([filled([200, 200], (i) => i)]);
    const box = (await canvasOf(page).boundingBox())!;
    const drag = async (): Promise<void> => {
      await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7, { steps: 3 });
      await page.mouse.up();
      await settled(page);
    };
    const button = tool(page, /^Zoom to a box/);
    await button.click();
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    await drag();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    const seen = (await ticks(page, "row")).map(Number);
    assert.ok(seen[0] >= 100 && seen.at(-1)! < 141, `${seen}`);
    await tool(page, /^Show all/).click();
    await page.keyboard.down("Shift");
    await drag();
    await page.keyboard.up("Shift");
    assert.deepEqual((await ticks(page, "row")).map(Number), seen);
  });

  test("by keys alone: zoom at the cursor, pages, the ends of the row and of the whole", async () => {
    const page = await show([filled([100, 100], (i) => i)]);
    const canvas = canvasOf(page);
    await canvas.focus();
    for (const key of ["ArrowDown", "ArrowRight", "+", "+", "+", "PageDown"]) await canvas.press(key);
    await settled(page);
    const page30 = Number((await readout(page)).match(/\[(\d+), 1\]/)?.[1]);
    assert.ok(page30 > 20 && page30 < 40, await readout(page));
    await canvas.press("End");
    assert.match(await readout(page), new RegExp(`^\\[${page30}, 99\\]`));
    await settled(page);
    assert.ok(Number((await ticks(page, "column"))[0]) > 60, "the cursor is brought into sight");
    await canvas.press("Control+End");
    assert.equal(await readout(page), "[99, 99] = 9999");
    await canvas.press("Control+Home");
    assert.equal(await readout(page), "[0, 0] = 0");
  });

  test("the tools are one stop of the Tab key, and the arrow keys go through them", async () => {
    const page = await show([inputJacobian(16, 16)]);
    await page.keyboard.press("Tab");
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => {
        const host = document.activeElement;
        return host?.shadowRoot?.activeElement?.getAttribute("aria-label");
      });
    assert.equal(await focused(), "Zoom in (+)");
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(), "Zoom out (−)");
    await page.keyboard.press("End");
    assert.equal(await focused(), "Save or copy");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Save the picture (PNG)" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await focused(), "Save or copy");
    await page.keyboard.press("Tab");
    assert.match((await focused()) ?? "", /a heat map of 16 rows/);
  });

  test("a few large entries do not take all the colours; they are dotted, counted, and given back when asked for", async () => {
    const page = await show([filled([40, 40], (i) => (i === 820 ? 1e6 : Math.sin(i)))]);
    const marks = page.locator(".mark");
    assert.match((await marks.allTextContents()).join(), /^\d+ beyond ±1/);
    await tool(page, "How values are shown").click();
    await page.getByRole("checkbox", { name: /^End the colours at ±1/ }).uncheck();
    assert.equal(await marks.count(), 0);
    assert.equal((await page.locator(".bar-ticks span").allTextContents()).at(-1), "1e6");
  });

  test("where entries are: counts, bandwidth, form", async () => {
    const page = await show([filled([30, 30], (i) => Math.max(0, 2 - Math.abs(Math.floor(i / 30) - (i % 30))))]);
    await look(page, { Show: "pattern" });
    assert.equal(
      await textOf(page.locator(".facts")),
      "88 of 900 entries are not zero (9.8 %) · bandwidth 3 (1 below the diagonal, 1 above) · tridiagonal, symmetric",
    );
    assert.deepEqual(await page.locator(".pattern-key .mark").allTextContents(), ["not zero", "zero"]);
  });

  test("axes can be laid out anew; an entry keeps its name and value", async () => {
    const values = weightJacobian(6);
    const page = await show([values]);
    await tool(page, /^Which axes/).click();
    await page.getByLabel("weight, axis 1 (6)").selectOption("sliders");
    assert.match(await textOf(page.locator(".slice-name")), /^weight\[:, \d\] \(\d of 6\)$/);
    await page.keyboard.press("Escape");
    await page.getByRole("slider").fill("4");
    const box = (await canvasOf(page).boundingBox())!;
    await page.mouse.move(box.x + (2.5 / 6) * box.width, box.y + (2.5 / 6) * box.height);
    const words = await readout(page);
    assert.ok(words.startsWith("∂predict[2] / ∂weight[2, 4] = "), words);
    const value = Number(words.split(" = ")[1].replace("−", "-"));
    assert.ok(Math.abs(value - values.dataSync()[(2 * 6 + 2) * 6 + 4]) < 1e-5, words);
  });

  test("slices side by side; one that is pressed is shown large", async () => {
    const page = await show([hessian(12, 9)]);
    await tool(page, "All slices side by side").click();
    const all = page.locator(".multiple");
    assert.equal(await all.count(), 12);
    assert.equal(await textOf(all.nth(7)), "predict[7]");
    const drawn = await page.locator(".multiple canvas").evaluateAll((list) =>
      (list as HTMLCanvasElement[]).every((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size > 4;
      }),
    );
    assert.ok(drawn);
    await all.nth(7).click();
    assert.match(await textOf(page.locator(".slice-name")), /^predict\[7\] \(8 of 12\)/);
    assert.equal(await all.count(), 0);
    assert.ok(await canvasOf(page).isVisible());
  });

  test("a vector is a chart: bars, a line, the band of a million entries", async () => {
    const lone = filled([1_000_000], (i) => (i === 777_777 ? -9 : Math.sin(i / 5e4)));
    const page = await show([filled([5], (i) => i - 2), filled([500], (i) => i), lone]);
    assert.equal(await page.locator('canvas[aria-roledescription="chart"]').count(), 3);
    await page.locator("canvas").first().focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    assert.equal(await readout(page), "[3] = 1");
    const ink = await page
      .locator("canvas")
      .nth(2)
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data, width, height } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        const inBottom = new Set<number>();
        for (let x = 0; x < width; x++) if (data[((height - 14) * width + x) * 4 + 3] > 0) inBottom.add(x);
        return [...inBottom].map((x) => x / width);
      });
    assert.ok(ink.length >= 1 && ink.every((share) => Math.abs(share - 0.7777) < 0.01), `${ink}`);
  });

  test("files: what is saved can be read by other programs", async () => {
    const page = await show([damagedNumbers()], { isolated: true, acceptDownloads: true });
    const saved = async (name: RegExp): Promise<{ file: Buffer; name: string }> => {
      await tool(page, "Save or copy").click();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return { file: await readFile(await download.path()), name: download.suggestedFilename() };
    };
    const png = await saved(/PNG/);
    assert.equal(png.name, "matrix.png");
    const picture = decode(png.file);
    assert.ok(picture.width > 600 && picture.height > 500, `${picture.width} × ${picture.height}`);
    assert.deepEqual([...picture.data.slice(0, 3)], [255, 255, 255]);
    const csv = await saved(/CSV/);
    const lines = csv.file.toString().trimEnd().split("\n");
    assert.deepEqual([lines.length, lines[0].split(",").length, lines[0].split(",")[17]], [12, 20, "NaN"]);
    const npy = await saved(/NPY/);
    assert.match(npy.file.toString("latin1", 10, 80), /'shape': \(12, 20\)/);
    assert.equal(npy.file.length, 128 + 12 * 20 * 4);
    const svg = await saved(/SVG/);
    assert.match(
      svg.file.toString(),
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<image [\s\S]*4 NaN[\s\S]*<\/svg>\n$/,
    );
    assert.deepEqual(opened.troubles, []);
  });

  test("the clipboard gets the tensor as TypeScript, the matrix as a table, the picture; a limit says so", async () => {
    const page = await show([filled([2, 2], (i) => i / 4), filled([200, 100], (i) => i)], {
      isolated: true,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const copy = async (name: RegExp, done: string): Promise<void> => {
      await tool(page, "Save or copy").click();
      await page.getByRole("button", { name }).first().click();
      await page.locator(".readout").first().getByText(done).waitFor();
    };
    const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    await copy(/TypeScript/, "An expression of 4 numbers is on the clipboard.");
    assert.equal(await clipboard(), "tensor([\n  [0, 0.25],\n  [0.5, 0.75],\n])");
    await copy(/TSV/, "The numbers are on the clipboard.");
    assert.equal(await clipboard(), "0\t0.25\n0.5\t0.75\n");
    await copy(/^Copy the picture/, "The picture is on the clipboard.");
    const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
    assert.deepEqual(types, ["image/png"]);
    await page.locator("#output-1").getByRole("button", { name: "Save or copy" }).click();
    const refused = page.locator("#output-1").getByRole("button", { name: /TypeScript/ });
    assert.equal(await textOf(refused), "Copy the tensor as TypeScript: at most 10,000 entries are written as code");
    assert.ok(await refused.isDisabled());
  });

  test("a small matrix is an SVG of rectangles, on white whatever the theme", async () => {
    const page = await show([lossHessian()], { isolated: true, acceptDownloads: true, colorScheme: "dark" });
    await tool(page, "Save or copy").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /SVG/ }).click(),
    ]);
    const svg = await readFile(await download.path(), "utf8");
    assert.ok(!svg.includes("<image"));
    assert.ok((svg.match(/<rect /g) ?? []).length > 144);
    assert.match(svg, /<rect width="100%" height="100%" fill="#ffffff"\/>/);
    assert.match(svg, />Hessian of loss with respect to x</);
  });

  for (const width of [300, 2000]) {
    test(`fits an editor that is ${width} pixels wide`, async () => {
      const page = await show([batchHessian(), inputJacobian(32, 2048), filled([900], (i) => Math.sin(i / 30))], {
        viewport: { width, height: 900 },
      });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
      await tool(page, "How values are shown").click();
      const panel = (await page.locator(".panel").boundingBox())!;
      assert.ok(
        panel.x >= 0 && panel.x + panel.width <= width,
        `the panel is at ${panel.x} to ${panel.x + panel.width}`,
      );
    });
  }
});
