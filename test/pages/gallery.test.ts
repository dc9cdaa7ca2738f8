/** @file Every kind of result on one page, as a person sees it: out/gallery/ holds the page and a picture of each. */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { writePage } from "../../extension/cli/page.ts";
import { fixtures } from "../gallery/fixtures.ts";
import { codeCell, markdownCell, result } from "../gallery/notebook.ts";
import { bundle, launch, open } from "./browser.ts";

const FOLDER = "out/gallery";

suite("gallery", () => {
  let browser: Browser;
  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser?.close());

  test("draws every fixture in light and in dark, with nothing to complain of", async function () {
    this.timeout(60_000);
    const shown = fixtures();
    const cells = shown.flatMap(({ name, value }) => [
      markdownCell(name, `## ${name}`),
      codeCell(name, "", result(value)),
    ]);
    const html = writePage({ cells }, { title: "Gallery", rendererSource: await bundle("page") });
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${FOLDER}/index.html`, html);
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, troubles } = await open(browser, html, { colorScheme });
      const figures = page.locator(".display figure, .display .group, .display .tree");
      await figures.first().waitFor();
      assert.equal(await page.locator(".display").count(), shown.length);
      assert.equal(await page.locator(".display .problem").count(), 0);
      for (const [i, { name }] of shown.entries()) {
        await page
          .locator(".display")
          .nth(i)
          .screenshot({ path: `${FOLDER}/${colorScheme}-${name}.png` });
      }
      await page.screenshot({ path: `${FOLDER}/${colorScheme}.png`, fullPage: true });
      assert.deepEqual(troubles, []);
      await page.context().close();
    }
  });
});
