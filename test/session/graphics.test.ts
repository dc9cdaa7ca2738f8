/** @file WebGPU in a notebook: the package that has it, and results whose numbers come later. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FindGraphicsPage, GraphicsListener } from "../../extension/client/graphics-link.ts";
import type { SessionClientOptions } from "../../extension/client/session-client.ts";
import { findWebGPU } from "../../extension/session/graphics.ts";
import { PackageNotFound } from "../../extension/session/modules.ts";
import type { GraphicsBatch } from "../../protocol/graphics.ts";
import type { WantedBy } from "../../protocol/session.ts";
import { delay, TestNotebook } from "./harness.ts";

const START = 'import { setDefaultBackend } from "cotangent"; await setDefaultBackend("webgpu")';

/** A package of the name "webgpu"; `made` is the body of its `create`. */
function writePackage(folder: string, made: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "name": "webgpu", "type": "module", "main": "index.js" }');
  writeFileSync(path.join(folder, "index.js"), `export const create = () => ${made};`);
}

suite("WebGPU in a session", () => {
  let notebook: TestNotebook;
  setup(() => {
    notebook = new TestNotebook();
  });
  teardown(() => notebook.dispose());

  test("without the package, one error says what to install, and the session goes on with WebAssembly", async () => {
    const { error } = await notebook.run(START);
    const message = error?.message ?? "";
    assert.match(message, /npm install webgpu/);
    assert.ok(message.includes(notebook.folder), message);
    assert.match(message, /await setDefaultBackend\("wasm"\)/);
    const { text } = await notebook.run(
      "import { backendName, tensor } from 'cotangent'; [backendName(), tensor([2]).mul(3).item()]",
    );
    assert.equal(text, "[ 'wasm', 6 ]");
  });

  test("chosen as a setting and not there, it is missed once, the first cell says so, and WebAssembly computes", async () => {
    const other = new TestNotebook({ backend: "webgpu", webgpuFolder: path.join(notebook.folder, "nothing") });
    const missed: WantedBy[] = [];
    other.client.onDidMissWebGPU((wantedBy) => missed.push(wantedBy));
    const first = await other.run("import { backendName } from 'cotangent'; backendName()");
    assert.equal(first.text, "'wasm'");
    assert.match(
      first.stderr,
      /"webgpu" was chosen.*WebAssembly computes instead.*VS Code's offer.*npm install webgpu/,
    );
    assert.equal((await other.run("1")).stderr, "");
    assert.deepEqual(missed, ["setting"]);
    await other.dispose();
  });

  test("the package is looked for beside the notebook, and what it says is told", async () => {
    writePackage(path.join(notebook.folder, "node_modules/webgpu"), "({ requestAdapter: async () => null })");
    const { error } = await notebook.run(START);
    assert.match(error?.message ?? "", /finds no graphics processor/);
  });

  test("fetched while the session runs, it is found by the next cell; one beside the notebook comes first", async () => {
    const webgpuFolder = path.join(notebook.folder, "fetched");
    const other = new TestNotebook({ webgpuFolder });
    const missed: WantedBy[] = [];
    other.client.onDidMissWebGPU((wantedBy) => missed.push(wantedBy));
    const before = await other.run(START);
    assert.match(
      before.error?.message ?? "",
      /VS Code's offer.*Cotangent: Fetch WebGPU for Notebooks.*npm install webgpu/,
    );
    assert.deepEqual(missed, ["cell"]);
    writePackage(webgpuFolder, "{ throw new Error('the fetched one') }");
    assert.match((await other.run(START)).error?.message ?? "", /the fetched one/);
    writePackage(path.join(other.folder, "node_modules/webgpu"), "{ throw new Error('the one beside it') }");
    assert.match((await other.run(START)).error?.message ?? "", /the one beside it/);
    assert.equal(missed.length, 1);
    await other.dispose();
  });

  /** As a session asks for it, in this process, with none beside the notebook. */
  const find = (isElectron: boolean, onMissing: () => void): Promise<unknown> => {
    const webgpuFolder = path.join(notebook.folder, "fetched");
    const modules = { load: () => Promise.reject(new PackageNotFound("webgpu", notebook.folder)) };
    const page = { open: async () => "This window has none." };
    return findWebGPU({ modules, directory: notebook.folder, webgpuFolder, isElectron, page, onMissing })();
  };

  test("inside Electron, which cannot read what Dawn computes, packages are not tried, and it says what to set", async () => {
    let missed = 0;
    writePackage(path.join(notebook.folder, "fetched"), "assert.fail()");
    await assert.rejects(
      find(true, () => missed++),
      /This window has none\. .*needs a session that runs on a Node of your own.*cotangent\.nodePath/,
    );
    assert.equal(missed, 1);
  });

  test("one that cannot be loaded says where it is and why", async () => {
    writePackage(path.join(notebook.folder, "fetched"), "null; throw new Error('no such machine')");
    await assert.rejects(
      find(false, () => assert.fail("it is there")),
      /is in .*fetched and cannot be loaded: no such machine/,
    );
  });
});

suite("WebGPU of a page in a session", () => {
  let notebook: TestNotebook | undefined;
  teardown(() => notebook?.dispose());

  /** A page as the host sees it, which has an adapter and no device. */
  class Page {
    readonly calls: string[] = [];
    hasEnded = false;
    readonly listener: GraphicsListener;
    readonly #isSilent: boolean;

    constructor(listener: GraphicsListener, isSilent: boolean) {
      this.listener = listener;
      this.#isSilent = isSilent;
    }

    send({ commands }: GraphicsBatch): void {
      for (const command of commands) {
        if (!("call" in command)) continue;
        this.calls.push(command.call);
        if (command.ask === undefined || this.#isSilent) continue;
        const to = command.ask;
        if (command.call === "requestAdapter") this.listener.onAnswer({ to, value: { limits: {}, features: [] } });
        else this.listener.onAnswer({ to, error: { name: "OperationError", message: "no device today" } });
      }
    }

    end(): void {
      this.hasEnded = true;
    }
  }

  /** A notebook whose host finds these pages, one after the other; the first may be one that says nothing. */
  function openWith(options: Partial<SessionClientOptions> = {}, isFirstSilent = false): Page[] {
    const pages: Page[] = [];
    const findGraphicsPage: FindGraphicsPage = async (listener) => {
      pages.push(new Page(listener, isFirstSilent && pages.length === 0));
      return pages[pages.length - 1];
    };
    notebook = new TestNotebook({ findGraphicsPage, ...options });
    return pages;
  }

  const start = async (): Promise<string> => (await notebook?.run(START))?.error?.message ?? "";

  test("with none installed, what is asked goes to the page, and its answers come while the cell waits", async () => {
    const pages = openWith();
    assert.match(await start(), /no device today/);
    assert.deepEqual(pages[0].calls, ["requestAdapter", "requestDevice"]);
    assert.match(await start(), /no device today/);
    assert.equal(pages.length, 1, "the page is still there");
    await notebook?.client.restart();
    assert.ok(pages[0].hasEnded);
    assert.match(await start(), /no device today/);
    assert.equal(pages.length, 2);
  });

  test("one beside the notebook comes first", async () => {
    const pages = openWith();
    const folder = notebook?.folder ?? "";
    writePackage(path.join(folder, "node_modules/webgpu"), "({ requestAdapter: async () => null })");
    assert.match(await start(), /finds no graphics processor/);
    assert.equal(pages.length, 0);
  });

  test("a page that goes takes along what was asked of it, and the next is looked for", async () => {
    const pages = openWith({}, true);
    const failing = notebook?.run(START);
    while (pages.length === 0 || pages[0].calls.length === 0) await delay(10);
    pages[0].listener.onGone("the page was closed");
    assert.match((await failing)?.error?.message ?? "", /the page was closed/);
    // An answer that comes late is for nobody.
    pages[0].listener.onAnswer({ to: 1, value: null });
    assert.match(await start(), /no device today/);
    assert.equal(pages.length, 2);
  });

  test("where no page can, the reason is said with what else to do, and it is missed", async () => {
    const missed: WantedBy[] = [];
    openWith({ findGraphicsPage: async () => "This window has no WebGPU.", webgpuFolder: "/nothing/there" });
    notebook?.client.onDidMissWebGPU((wantedBy) => missed.push(wantedBy));
    assert.match(await start(), /^This window has no WebGPU\. .*Fetch WebGPU for Notebooks/);
    assert.deepEqual(missed, ["cell"]);
  });

  test("chosen as a setting, the page is asked before the first cell runs", async () => {
    const pages = openWith({ backend: "webgpu" });
    const shown = await notebook?.run("1 + 1");
    assert.match(shown?.stderr ?? "", /WebAssembly computes instead\. no device today/);
    assert.equal(shown?.text, "2");
    assert.deepEqual(pages[0].calls, ["requestAdapter", "requestDevice"]);
  });
});
