/** @file A real Chromium for the page tests, with no way out: a request that is not ours is refused and reported. */
import { existsSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? onPath();
  if (!executablePath || !existsSync(executablePath)) {
    const missing = executablePath ? `There is no Chromium at ${executablePath}` : "Chromium is not installed";
    throw new Error(`${missing}: run "apt-get install chromium", or set CHROMIUM to the path of its executable.`);
  }
  return chromium.launch({ executablePath, args: FLAGS });
}

const onPath = (): string | undefined =>
  PROGRAMS.flatMap((name) =>
    (process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, name)),
  ).find((file) => existsSync(file));

/** A page of ours, and everything that went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Errors of scripts, messages of the console's error level, and requests for anything but the page itself. */
  readonly troubles: string[];
}

export interface OpenOptions extends BrowserContextOptions {
  /** What the page gets as `./script.js`. */
  readonly script?: string;
}

const ADDRESS = "http://cotangent.test/";

export async function open(
  browser: Browser,
  html: string,
  { script = "", ...options }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options });
  const troubles: string[] = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (url === ADDRESS) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    if (url === `${ADDRESS}script.js`) return route.fulfill({ contentType: "text/javascript", body: script });
    if (url === `${ADDRESS}favicon.ico`) return route.fulfill({ status: 204 });
    troubles.push(`request for ${url.slice(0, 120)}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => troubles.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  await page.goto(ADDRESS);
  return { page, troubles };
}

/** The product's bundle of an entry, built from the sources under test. */
export async function bundle(entry: "renderer" | "page"): Promise<string> {
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
