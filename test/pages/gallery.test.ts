/**
 * @file Every kind of result on one page, as a person sees it, in light, in dark and in high contrast. out/gallery/ holds
 * the page and a picture of each; test/gallery/pictures/ holds how they looked when a person last looked at them, with
 * which they are compared. `COTANGENT_GALLERY=accept` takes the new ones.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { decode, encode } from "fast-png";
import pixelmatch from "pixelmatch";
import type { Browser, Page } from "playwright-core";
import { writePage } from "../../extension/cli/page.ts";
import { fixtures } from "../gallery/fixtures.ts";
import { codeCell, markdownCell, result } from "../gallery/notebook.ts";
import { HIGH_CONTRAST } from "../gallery/themes.ts";
import { bundle, launch, open } from "./browser.ts";

const FOLDER = "out/gallery";
const ACCEPTED = "test/gallery/pictures";
/** Letters differ from machine to machine; pictures do not. Of the pixels of a result, this share may. */
const TOLERANCE = 0.04;
/** Where faults of access are looked for, by axe: the words of its own that a person cannot do without. */
const SERIOUS = ["serious", "critical"];

/** Pictures of these in the repository, in light; the others are looked at in out/gallery/. */
const COMPARED = [
  "jacobian",
  "jacobian-weight",
  "jacobian-wide",
  "hessian-loss",
  "hessian-batch",
  "nan-and-infinite",
  "outlier",
  "lone-entry",
  "vector-short",
  "vector-long",
  "vector-million",
];

suite("gallery", () => {
  let browser: Browser;
  let html: string;
  const shown = fixtures();

  suiteSetup(async () => {
    browser = await launch();
    const cells = shown.flatMap(({ name, value }) => [
      markdownCell(name, `## ${name}`),
      codeCell(name, "", result(value)),
    ]);
    html = writePage({ cells }, { title: "Gallery", rendererSource: await bundle("page") });
    await mkdir(FOLDER, { recursive: true });
    await writeFile(`${FOLDER}/index.html`, html);
  });
  suiteTeardown(() => browser?.close());

  async function openGallery(theme: "light" | "dark" | "contrast"): Promise<{ page: Page; troubles: string[] }> {
    const colorScheme = theme === "light" ? "light" : "dark";
    const opened = await open(browser, html, { colorScheme, reducedMotion: "reduce", bypassCSP: true });
    if (theme === "contrast") await opened.page.addStyleTag({ content: HIGH_CONTRAST });
    await opened.page.locator(".display figure, .display .group, .display .tree").first().waitFor();
    return opened;
  }

  for (const theme of ["light", "dark", "contrast"] as const) {
    test(`draws every fixture in ${theme}, with nothing to complain of, as it was accepted`, async function () {
      this.timeout(180_000);
      const { page, troubles } = await openGallery(theme);
      assert.equal(await page.locator(".display").count(), shown.length);
      assert.equal(await page.locator(".display .problem").count(), 0);
      const differences: string[] = [];
      for (const [i, { name }] of shown.entries()) {
        const picture = await page
          .locator(".display")
          .nth(i)
          .screenshot({ path: `${FOLDER}/${theme}-${name}.png` });
        if (theme === "light" && COMPARED.includes(name)) differences.push(...(await differenceOf(name, picture)));
      }
      assert.deepEqual(differences, []);
      assert.deepEqual(troubles, []);
      await page.context().close();
    });

    test(`axe finds no serious fault in ${theme}`, async function () {
      this.timeout(180_000);
      const { page } = await openGallery(theme);
      await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core") });
      const faults = await page.evaluate(async (serious) => {
        interface Fault {
          readonly id: string;
          readonly impact: string;
          readonly nodes: readonly { readonly html: string }[];
        }
        const { axe } = window as unknown as { axe: { run(root: string): Promise<{ violations: Fault[] }> } };
        const { violations } = await axe.run(".display");
        return violations
          .filter(({ impact }) => serious.includes(impact))
          .map(({ id, nodes }) => `${id}: ${nodes.length} such as ${nodes[0].html.slice(0, 160)}`);
      }, SERIOUS);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
});

async function differenceOf(name: string, picture: Buffer): Promise<string[]> {
  const file = `${ACCEPTED}/${name}.png`;
  if (process.env.COTANGENT_GALLERY === "accept") {
    await mkdir(ACCEPTED, { recursive: true });
    await writeFile(file, picture);
  }
  if (!existsSync(file)) return [`${name}: there is no ${file}`];
  const [before, now] = [decode(await readFile(file)), decode(picture)];
  if (before.width !== now.width || Math.abs(before.height - now.height) > 8) {
    return [`${name}: ${before.width} × ${before.height} became ${now.width} × ${now.height}`];
  }
  const { width } = now;
  const height = Math.min(before.height, now.height);
  const pixels = ({ data, channels }: typeof now): Uint8Array => {
    const rgba = new Uint8Array(width * height * 4).fill(255);
    for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[channels * i + c];
    return rgba;
  };
  const marked = new Uint8Array(width * height * 4);
  const changed = pixelmatch(pixels(before), pixels(now), marked, width, height, { threshold: 0.15 });
  if (changed / (width * height) <= TOLERANCE) return [];
  await writeFile(`${FOLDER}/changed-${name}.png`, encode({ width, height, data: marked, channels: 4 }));
  return [`${name}: ${changed} of ${width * height} pixels changed, marked in ${FOLDER}/changed-${name}.png`];
}
