/** @file WebGPU in a notebook: the package that has it, and results whose numbers come later. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TestNotebook } from "./harness.ts";

const START = 'import { setDefaultBackend } from "cotangent"; await setDefaultBackend("webgpu")';

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

  test("chosen as a setting and not there, the first cell says so once, and WebAssembly computes", async () => {
    const other = new TestNotebook({ backend: "webgpu" });
    const first = await other.run("import { backendName } from 'cotangent'; backendName()");
    assert.equal(first.text, "'wasm'");
    assert.match(first.stderr, /"webgpu" was chosen.*WebAssembly computes instead.*npm install webgpu/);
    assert.equal((await other.run("1")).stderr, "");
    await other.dispose();
  });

  test("the package is looked for beside the notebook, and what it says is told", async () => {
    const folder = path.join(notebook.folder, "node_modules/webgpu");
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "name": "webgpu", "type": "module", "main": "index.js" }');
    writeFileSync(path.join(folder, "index.js"), "export const create = () => ({ requestAdapter: async () => null });");
    const { error } = await notebook.run(START);
    assert.match(error?.message ?? "", /finds no graphics processor/);
  });
});
