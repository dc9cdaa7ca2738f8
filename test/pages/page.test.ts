/** @file The exported page in a real browser: everything in it is drawn, nothing in it runs, nothing is fetched. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { writePage } from "../../extension/cli/page.ts";
import { codeCell, exampleCells, markdownCell } from "../gallery/notebook.ts";
import { bundle, launch, type Opened, open, textOf } from "./browser.ts";

suite("exported page", () => {
  let browser: Browser;
  let rendererSource: string;
  let opened: Opened;

  suiteSetup(async () => {
    [browser, rendererSource] = await Promise.all([launch(), bundle("page")]);
  });
  suiteTeardown(() => browser?.close());
  teardown(() => opened?.page.context().close());

  const example = (): string => writePage({ cells: exampleCells() }, { title: "How <steep>?", rendererSource });

  test("shows prose, code, streams, errors and live pictures, and asks nothing of the network", async () => {
    opened = await open(browser, example());
    const { page } = opened;
    assert.equal(await page.title(), "How <steep>?");
    assert.equal(await textOf(page.locator("h1")), "How steep is a layer?");
    assert.deepEqual(await page.locator(".prose td").allTextContents(), ["one vjp per row", "16", "jacrev", "1"]);
    assert.equal(await textOf(page.locator(".stdout")), "drawing the weights <b>now</b>\ndone\n");
    assert.equal(await textOf(page.locator(".stderr")), "a warning\n");
    const error = await textOf(page.locator(".error"));
    assert.equal(error, "ShapeError: matmul: the inner sizes 16 and 3 differ\n    at cell 3, line 1");
    assert.equal(await textOf(page.locator(".result")), "[ 1, 2, 3 ]");
    assert.equal(await page.locator("canvas").count(), 1);
    await page.locator("canvas").hover({ position: { x: 10, y: 10 } });
    assert.match(await textOf(page.locator(".readout")), /^∂predict\[0\] \/ ∂x\[0\] = /);
    assert.equal(await page.locator("table.timings tbody tr").count(), 2);
    assert.deepEqual(opened.troubles, []);
  });

  test("code is coloured without changing a character of it", async () => {
    opened = await open(browser, example());
    const { page } = opened;
    const [code] = await page.locator(".source code").allTextContents();
    assert.equal(code, exampleCells()[1].source);
    const kinds = async (kind: string) => page.locator(".source").first().locator(`.${kind}`).allTextContents();
    assert.deepEqual(await kinds("keyword"), ["import", "from", "const", "const", "const"]);
    assert.deepEqual(await kinds("comment"), ["// One row per output, one column per input."]);
    assert.deepEqual(await kinds("string"), ['"cotangent"']);
    assert.deepEqual(await kinds("call"), ["randn", "randn", "tanh", "linear", "jacrev"]);
  });

  test("HTML of the writer's is text, bad links are none, and pictures elsewhere are named", async () => {
    opened = await open(browser, example());
    const { page } = opened;
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.match(await textOf(page.locator("main")), /<script>window\.intruder = true<\/script>/);
    assert.equal(await page.locator("main > section.prose script, main > section.prose img").count(), 0);
    const links = await page.locator(".prose a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.deepEqual(links, ["https://example.org/tutorial", "http://elsewhere.test/b.png"]);
  });

  test("nothing in an output can end the page's own data or script", async () => {
    const hostile = '</script><script>window.intruder = true</script><img src="x" onerror="window.intruder = true">';
    const html = writePage(
      {
        cells: [
          markdownCell("a", `[x](https://a.test/"onmouseover="window.intruder=true) \`${hostile}\``),
          codeCell(
            "b",
            `const text = \`${hostile}\`;`,
            { output_type: "stream", name: "stdout", text: hostile },
            {
              output_type: "display_data",
              metadata: {},
              data: { "application/vnd.cotangent.v1+json": { version: 1, kind: hostile }, "image/png": '"><script>' },
            },
            { output_type: "display_data", metadata: {}, data: { "text/html": hostile } },
            { output_type: "error", ename: hostile, evalue: hostile, traceback: [] },
          ),
        ],
      },
      { title: hostile, rendererSource },
    );
    opened = await open(browser, html);
    const { page } = opened;
    assert.match(await textOf(page.locator(".problem")), /unknown kind \(<\/script><script>/);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    // The frame of the HTML refuses what is in it, and says so.
    const others = opened.troubles.filter(
      (each) => !/Blocked script execution|violates the following Content Security/.test(each),
    );
    assert.deepEqual(others, []);
  });

  /** Several values below one cell. */
  const shown = (...data: readonly Record<string, unknown>[]): string =>
    writePage(
      {
        cells: [
          codeCell(
            "a",
            "x",
            ...data.map((each) => ({ output_type: "display_data" as const, metadata: {}, data: each })),
          ),
        ],
      },
      { title: "shown", rendererSource },
    );

  test("HTML of a cell is a frame as high as its content, in which nothing runs and nothing is fetched", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `<tr><th>${i}</th><td>value</td></tr>`).join("");
    const hostile =
      '<script>top.intruder = true</script><img src=x onerror="top.intruder = true"><a id="link" href="javascript:top.intruder=true">go</a>' +
      '<iframe srcdoc="<script>top.intruder = true</script>"></iframe><form action="http://elsewhere.test/"><button>send</button></form>';
    const picture = {
      "text/html": "<div id=plot></div><script>draw()</script>",
      "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'/>",
    };
    opened = await open(
      browser,
      shown({ "text/html": `<table>${rows}</table>`, "text/plain": "a table" }, { "text/html": hostile }, picture),
    );
    const { page } = opened;
    const table = page.frameLocator("iframe.html").first();
    assert.equal(await table.locator("tr").count(), 40);
    const [frame, content] = await Promise.all([
      page.locator("iframe.html").first().boundingBox(),
      table.locator("table").boundingBox(),
    ]);
    assert.ok(
      frame!.height >= content!.height && frame!.height < content!.height + 40,
      `${frame!.height} for ${content!.height}`,
    );
    await page.frameLocator("iframe.html").nth(1).locator("#link").click();
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.equal(await page.locator("iframe.html").count(), 2);
    // What only a script would draw gives way to the picture beside it.
    assert.equal(await page.locator(".outputs > img").count(), 1);
    assert.deepEqual(
      opened.troubles.filter((each) => each.startsWith("request")),
      [],
    );
  });

  test("formulas are MathML, in outputs and in prose; what is none stays as written", async () => {
    const prose = markdownCell(
      "p",
      "The slope $\\frac{dy}{dx}$ costs $5 or $6, and",
      "",
      "$$",
      "\\int_0^1 x^2 \\, dx",
      "$$",
      "",
      "```math",
      "a^2",
      "```",
      "",
      "`$x$` and $\\frac{$ too",
    );
    const formula = {
      output_type: "display_data" as const,
      metadata: {},
      data: { "text/latex": "$$\n\\sqrt{x}\n$$", "text/plain": "\\sqrt{x}" },
    };
    opened = await open(
      browser,
      writePage({ cells: [prose, codeCell("c", "tex", formula)] }, { title: "f", rendererSource }),
    );
    const { page } = opened;
    assert.equal(await page.locator("math").count(), 4);
    assert.equal(await page.locator("math[display=block]").count(), 3);
    assert.equal(await page.locator(".outputs math msqrt").count(), 1);
    assert.match(await textOf(page.locator(".prose").first()), /costs \$5 or \$6, and/);
    assert.deepEqual(await page.locator(".prose code").allTextContents(), ["$x$", "\\frac{"]);
    assert.deepEqual(opened.troubles, []);
  });

  test("HTML and SVG that a cell displays run nothing on the page", async () => {
    const script = "<script>window.intruder = true</script>";
    const bundles = [
      { "text/html": `<img src=x onerror="window.intruder = true">${script}`, "text/plain": "html" },
      { "text/html": `<b onclick="window.intruder = true">${script}</b>` },
      { "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" onload="parent.intruder = true">${script}</svg>` },
      { "application/javascript": "window.intruder = true", "text/plain": "script" },
      { "text/markdown": `${script}<img src=x onerror="window.intruder = true"> [a](javascript:window.intruder=true)` },
    ];
    const cells = bundles.map((data, i) =>
      codeCell(`cell-${i}`, "", { output_type: "display_data", metadata: {}, data }),
    );
    opened = await open(browser, writePage({ cells }, { title: "Hostile", rendererSource }));
    const { page } = opened;
    assert.equal(await page.locator(".outputs").count(), bundles.length);
    assert.equal(await page.evaluate(() => "intruder" in window), false);
    assert.equal(await page.locator("main script, main [onerror], main [onclick], main [onload]").count(), 0);
    assert.equal(await page.locator('main a[href^="javascript"]').count(), 0);
    // The browser says of each frame that it held a script back.
    const others = opened.troubles.filter((trouble) => !trouble.includes("'allow-scripts' permission is not set"));
    assert.deepEqual(others, []);
  });

  test("Markdown is as on GitHub: tags that mark text, task lists, no comments", async () => {
    opened = await open(
      browser,
      writePage(
        {
          cells: [
            markdownCell(
              "m",
              "H<sub>2</sub>O <kbd>Ctrl</kbd> <b onclick=x>no</b> <!-- hidden -->",
              "",
              "- [x] done",
              "- [ ] open",
              "",
              "<details>",
              "<summary>More</summary>",
              "",
              "inside",
              "",
              "</details>",
            ),
          ],
        },
        { title: "m", rendererSource },
      ),
    );
    const { page } = opened;
    assert.deepEqual(await page.locator("sub, kbd, summary").allTextContents(), ["2", "Ctrl", "More"]);
    assert.equal(await page.locator(".prose input[type=checkbox]:disabled").count(), 2);
    assert.equal(await page.locator(".prose b").count(), 0);
    assert.doesNotMatch(await textOf(page.locator("main")), /hidden/);
    assert.match(await textOf(page.locator("main")), /<b onclick=x>no/);
    assert.equal(await textOf(page.locator("details p")), "inside");
  });

  test("without scripts, the PNG stands where the live picture would", async () => {
    opened = await open(browser, example(), { javaScriptEnabled: false });
    const { page } = opened;
    const images = page.locator(".display img");
    assert.equal(await images.count(), 2);
    const box = (await images.first().boundingBox())!;
    assert.ok(box.width > 300 && box.height > 300, `${box.width} × ${box.height}`);
    assert.deepEqual(opened.troubles, []);
  });

  test("follows the reader's light or dark, with text that can be read on it", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      opened = await open(browser, example(), { colorScheme });
      const { page } = opened;
      const colours = await page.evaluate(() => {
        const luminance = (colour: string): number => {
          const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map((channel) => {
            const share = Number(channel) / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const paper = luminance(getComputedStyle(document.body).backgroundColor);
        const shadow = [...document.querySelectorAll(".display *")].flatMap(({ shadowRoot }) => [
          ...(shadowRoot?.querySelectorAll("figure *") ?? []),
        ]);
        const texts = [...document.querySelectorAll("h1, p, a, .source span, pre, .count"), ...shadow].filter((each) =>
          each.textContent?.trim(),
        );
        return texts.map((each) => {
          const { color, backgroundColor } = getComputedStyle(each);
          const ink = luminance(color);
          // A hint over the picture brings its own paper.
          const ground = backgroundColor === "rgba(0, 0, 0, 0)" ? paper : luminance(backgroundColor);
          const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
          return { contrast, what: `${each.tagName} ${each.className}` };
        });
      });
      assert.ok(colours.length > 30, `only ${colours.length} texts were found`);
      for (const { contrast, what } of colours)
        assert.ok(contrast >= 4.5, `${what} in ${colorScheme}: ${contrast.toFixed(1)}`);
      if (colorScheme === "light") await page.context().close();
    }
  });

  test("a phone's width needs no scrolling sideways", async () => {
    opened = await open(browser, example(), { viewport: { width: 390, height: 800 } });
    await opened.page.locator("canvas").waitFor();
    const width = await opened.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} wide`);
  });

  test("an attached picture is shown, and a notebook of nothing is an empty page", async () => {
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const cell = {
      ...markdownCell("a", "![dot](attachment:dot.png)"),
      attachments: { "dot.png": { "image/png": pixel } },
    };
    opened = await open(browser, writePage({ cells: [cell] }, { title: "", rendererSource }));
    const width = await opened.page.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth);
    assert.equal(width, 1);
    await opened.page.context().close();
    opened = await open(browser, writePage({ cells: [] }, { title: "Empty", rendererSource }));
    assert.equal(await opened.page.locator("main > *").count(), 0);
    assert.deepEqual(opened.troubles, []);
  });
});
