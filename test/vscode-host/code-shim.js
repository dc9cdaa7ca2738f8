#!/usr/bin/env node
/**
 * @file Stands in for the executable of desktop VS Code: takes its arguments (--extensionDevelopmentPath,
 * --extensionTestsPath, a folder), runs them in code-server and a headless Chromium, and exits as the tests did.
 *
 * A test reaches the window from outside by lines on its console, each answered by a file in $COTANGENT_ANSWERS:
 * `@@shot NAME` writes NAME.png, a picture of the window; `@@probe NAME SELECTOR` writes NAME.json, what stands under
 * the CSS selector in any frame of the window.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openBrowser } from "./browser.js";
import { startServer } from "./server.js";

const timeLimit = 840_000;
/** Lines of test/runner.ts. The rest of what VS Code says is about itself; it is shown when the tests leave no report. */
const ours = /^ {2}\S/;
/** @type {string[]} */
const log = [];

const args = process.argv.slice(2);
/** @param {string} name */
const option = (name) => args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
const folder = args.find((arg) => !arg.startsWith("-"));
const [tests] = option("extensionTestsPath");
if (!folder || !tests) {
  console.error("code-shim: expected a folder and --extensionTestsPath=FILE");
  process.exit(2);
}

const server = await startServer({ readsPayload: true });
const { browser, page } = await openBrowser({
  width: 1400,
  height: 1000,
  // WebGPU in software, where the machine has no graphics processor.
  args: ["--enable-unsafe-webgpu"],
});

async function stop() {
  await browser.close();
  await server.stop();
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop().then(() => process.exit(1)));

/** Under its final name only when it is whole: the test waits for that name. @param {string} name @param {string | Buffer} content */
function answer(name, content) {
  const file = path.join(/** @type {string} */ (process.env.COTANGENT_ANSWERS), name);
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

/** @param {string} selector */
async function probe(selector) {
  const found = [];
  for (const frame of page.frames()) {
    const elements = await frame
      .locator(selector)
      .evaluateAll((all) =>
        all.map((element) => {
          const box = element.getBoundingClientRect();
          let colours = 0;
          if (element instanceof HTMLCanvasElement && element.width && element.height) {
            // Drawn onto a canvas of our own: a WebGL canvas has no 2d context to read.
            const copy = new OffscreenCanvas(element.width, element.height);
            const context = /** @type {OffscreenCanvasRenderingContext2D} */ (copy.getContext("2d"));
            context.drawImage(element, 0, 0);
            colours = new Set(new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
          }
          const { tagName, textContent } = element;
          return { tagName, text: textContent, width: box.width, height: box.height, colours };
        }),
      )
      .catch(() => []); // a frame that went away while we looked
    found.push(...elements);
  }
  return found;
}

/** Clicks on the first such element. @param {string} selector */
async function click(selector) {
  for (const frame of page.frames()) {
    const found = frame.locator(selector).first();
    if ((await found.count()) === 0) continue;
    await found.click();
    return true;
  }
  return false;
}

let code = 1;
try {
  const exited = new Promise((resolve) => page.exposeFunction("codeAutomationExit", resolve));
  await page.exposeFunction(
    "codeAutomationLog",
    async (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
      const text = String(values);
      const asked = /@@(shot|probe|click) ([\w.-]+) ?(.*)/.exec(text);
      if (asked?.[1] === "shot") answer(`${asked[2]}.png`, await page.screenshot());
      else if (asked) {
        const look = asked[1] === "click" ? click : probe;
        answer(`${asked[2]}.json`, JSON.stringify(await look(asked[3].replace(/["\s]+$/, ""))));
      } else if (ours.test(text)) console.log(text);
      else log.push(`${type}: ${text}`);
    },
  );
  page.on("crash", () => console.error("code-shim: the page crashed"));
  const extensionDevelopmentPath = option("extensionDevelopmentPath")[0];
  await page.goto(server.address(path.resolve(folder), { extensionDevelopmentPath, extensionTestsPath: tests }));
  code = await Promise.race([exited, delay(timeLimit, undefined, { ref: false })]);
  if (code === undefined) {
    console.error(`code-shim: the tests did not end within ${timeLimit / 1000} s`);
    code = 1;
  }
} finally {
  await stop();
}
if (!existsSync(process.env.COTANGENT_REPORT ?? "")) console.error(log.slice(-100).join("\n"));
process.exit(code);
