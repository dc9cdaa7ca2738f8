/** @file WebGPU in a notebook: the package that has it, and results whose numbers come later. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findWebGPU } from "../../extension/session/graphics.ts";
import { PackageNotFound } from "../../extension/session/modules.ts";
import type { WantedBy } from "../../protocol/session.ts";
import { TestNotebook } from "./harness.ts";

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
    return findWebGPU({ modules, directory: notebook.folder, webgpuFolder, isElectron, onMissing })();
  };

  test("inside Electron, which cannot read what Dawn computes, it says what to set before anything is loaded", async () => {
    let missed = 0;
    await assert.rejects(
      find(true, () => missed++),
      /needs a session that runs on a Node of your own.*cotangent\.nodePath/,
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
