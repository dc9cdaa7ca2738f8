/** @file A real VS Code that a test drives from outside: its window is a page of a headless browser. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./browser.js";
import type { Server, ServerOptions } from "./server.js";

export interface DrivenWindow {
  readonly server: Server;
  readonly browser: Browser;
  readonly page: Page;
}

/** With the extension as it is built. Whoever opens it closes the browser and stops the server. */
export async function openWindow(folder: string, options: ServerOptions): Promise<DrivenWindow> {
  // From where it lies, not bundled: it looks for VS Code beside itself.
  const host: typeof import("./server.js") = await import(
    pathToFileURL(path.resolve("test/vscode-host/server.js")).href
  );
  const server = await host.startServer({ ...options, installed: [path.resolve("."), ...(options.installed ?? [])] });
  const { browser, page } = await openBrowser({ width: 1300, height: 900 });
  await page.goto(server.address(folder));
  return { server, browser, page };
}
