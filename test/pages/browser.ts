/** @file A real Chromium for the page tests, with no way out: a request that is not ours is refused and reported. */
import { build } from "esbuild";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { ensureChromium } from "../vscode-host/browser.js";

const FLAGS = [
  "--no-sandbox",
  // WebGL without a graphics processor.
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU without a graphics processor: right, and slow. */
const WITH_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

export const launch = async ({ webgpu = false } = {}): Promise<Browser> =>
  chromium.launch({ executablePath: await ensureChromium(), args: [...FLAGS, ...(webgpu ? WITH_WEBGPU : [])] });

/** A page of ours, and everything that went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Errors of scripts, messages of the console's error level, and requests for anything but the page itself. */
  readonly troubles: string[];
}

export interface OpenOptions extends BrowserContextOptions {
  /** What the page gets as `./script.js`. */
  readonly script?: string;
  /** What else the page may ask for: files by their names there. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether WebGL may be emulated, where there is no graphics processor: slow, and by default not wanted. */
  readonly emulatesWebGL?: boolean;
  /** Whether the page is cross-origin isolated, so that its threads may share memory. */
  readonly isolated?: boolean;
}

/** What only a page of a secure origin can ask for. */
const ISOLATED = {
  address: "http://localhost/",
  headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
};
const ORDINARY = { address: "http://cotangent.test/", headers: {} };

export async function open(
  browser: Browser,
  html: string,
  { script = "", files = {}, isolated = false, emulatesWebGL = false, ...options }: OpenOptions = {},
): Promise<Opened> {
  const { address, headers } = isolated ? ISOLATED : ORDINARY;
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const troubles: string[] = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url === address) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html, headers });
    if (url === `${address}script.js`) return route.fulfill({ contentType: "text/javascript", body: script, headers });
    const file = url.startsWith(address) ? files[url.slice(address.length)] : undefined;
    if (file !== undefined) return route.fulfill({ path: file, headers });
    if (url === `${address}favicon.ico`) return route.fulfill({ status: 204 });
    troubles.push(`request for ${url.slice(0, 120)}`);
    return route.abort();
  });
  const page = await context.newPage();
  if (emulatesWebGL) {
    // The painter knows an emulation by its name.
    await page.addInitScript(() => {
      const { getExtension } = WebGL2RenderingContext.prototype;
      WebGL2RenderingContext.prototype.getExtension = function (this: WebGL2RenderingContext, name: string) {
        return name === "WEBGL_debug_renderer_info" ? null : Reflect.apply(getExtension, this, [name]);
      } as typeof getExtension;
    });
  }
  page.on("pageerror", (error) => troubles.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  await page.goto(address);
  return { page, troubles };
}

/** The product's bundle of an entry, built from the sources under test. */
export async function bundle(entry: "renderer" | "page" | "panel/main"): Promise<string> {
  const format = entry === "page" ? "iife" : "esm";
  const { outputFiles } = await build({
    entryPoints: [`webview/${entry}.ts`],
    bundle: true,
    write: false,
    minify: true,
    target: "es2022",
    format,
  });
  return outputFiles[0].text;
}

export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? "";
