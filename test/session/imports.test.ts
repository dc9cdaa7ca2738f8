/** @file What a cell can import, and from where. */
import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { TestNotebook } from "./harness.ts";

suite("imports", () => {
  let notebook: TestNotebook;
  suiteSetup(() => {
    notebook = new TestNotebook();
  });
  suiteTeardown(() => notebook.dispose());

  let changes = 0;
  function file(name: string, text: string): void {
    const full = path.join(notebook.folder, name);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    // Two writes can fall into one tick of the file system's clock.
    const time = new Date(Date.now() + 1000 * ++changes);
    utimesSync(full, time, time);
  }

  async function textOf(code: string): Promise<string | undefined> {
    const { text, error } = await notebook.run(code);
    assert.equal(error?.text, undefined);
    return text;
  }

  test("every form of an import", async () => {
    file(
      "forms.ts",
      "export default 'd'; export const a = 'a', b = 'b'; export type T = string; globalThis.ran = true;",
    );
    const declared = "declare global { var ran: boolean }\n";
    assert.equal(
      await textOf("import d, { a as x, b, type T } from './forms'; const t: T = d; [t, x, b]"),
      "[ 'd', 'a', 'b' ]",
    );
    assert.equal(
      await textOf("import e, * as all from './forms'; [e, all.a, Object.keys(all).sort()]"),
      "[ 'd', 'a', [ 'a', 'b', 'default' ] ]",
    );
    assert.equal(await textOf(`${declared}import './forms'; globalThis.ran`), "true");
    assert.equal(await textOf("import { default as f, 'a' as g } from './forms'; f + g"), "'da'");
    assert.equal(
      await textOf("import type { T } from './forms'; import { type T as U } from './forms'; const v: T | U = 'v'; v"),
      "'v'",
    );
    assert.equal(await textOf("const { a } = await import('./forms'); a"), "'a'");
    assert.equal(
      await textOf("const lazily = async (name: string) => (await import('./' + name)).b; await lazily('forms')"),
      "'b'",
    );
  });

  test("a type imported like a value is no error", async () => {
    file("types.ts", "export interface Shape { side: number } export const side = 2;");
    assert.equal(
      await textOf("import { Shape, side } from './types'; const shape: Shape = { side }; shape"),
      "{ side: 2 }",
    );
  });

  test("the kernel, with nothing installed, and the same one for all", async () => {
    assert.equal(await textOf("import { tensor, Tensor } from 'cotangent'; tensor([1, 2]) instanceof Tensor"), "true");
    file("kernel-user.ts", "import { tensor } from 'cotangent'; export const three = tensor(3);");
    assert.equal(await textOf("import { three } from './kernel-user'; three instanceof Tensor && three.item()"), "3");
  });

  test("what Node brings", async () => {
    const code =
      "import { join } from 'path'; import fs, { readFileSync } from 'node:fs'; join('a', 'b') + (fs.readFileSync === readFileSync)";
    assert.equal(await textOf(code), "'a/btrue'");
  });

  test("packages from the notebook's folder upwards: ES modules and CommonJS", async () => {
    const install = (name: string, manifest: object, text: string) => {
      file(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
      file(`node_modules/${name}/index.js`, text);
    };
    install(
      "esm-only",
      { type: "module", exports: { import: "./index.js" } },
      "export const kind = 'esm'; export default 1;",
    );
    install("common", { main: "index.js" }, "module.exports = { kind: 'common', ...{ hidden: 2 } };");
    install("@scope/deep", { exports: { "./part": "./index.js" } }, "exports.kind = 'scoped';");
    assert.equal(await textOf("import one, { kind } from 'esm-only'; [one, kind]"), "[ 1, 'esm' ]");
    assert.equal(
      await textOf("import common, { kind as k, hidden } from 'common'; [common.kind, k, hidden]"),
      "[ 'common', 'common', 2 ]",
    );
    assert.equal(await textOf("import { kind as scoped } from '@scope/deep/part'; scoped"), "'scoped'");
    file("uses-package.ts", "export { kind } from 'esm-only';");
    assert.equal(await textOf("import { kind as again } from './uses-package'; again"), "'esm'");
  });

  test("files beside the notebook: TypeScript, JavaScript, JSON", async () => {
    file(
      "lib/area.ts",
      "import factor from '../factor.json';\nexport enum Unit { M, CM }\nexport const area = (r: number): number => factor.value * r;",
    );
    file("factor.json", '{ "value": 3 }');
    file("plain.mjs", "export const plain = 'mjs';");
    file("old.cjs", "module.exports = { old: 'cjs' };");
    assert.equal(await textOf("import { area, Unit } from './lib/area'; [area(2), Unit.CM]"), "[ 6, 1 ]");
    assert.equal(await textOf("import { area as sameArea } from './lib/area.js'; sameArea === area"), "true");
    assert.equal(await textOf("import factor from './factor.json'; factor.value"), "3");
    assert.equal(
      await textOf("import { plain } from './plain.mjs'; import { old } from './old.cjs'; plain + old"),
      "'mjscjs'",
    );
  });

  test("bindings of files are live, cycles and top-level await work", async () => {
    file("counter.ts", "export let count = 0; export const more = () => ++count;");
    file("reader.ts", "import { count, more } from './counter'; await 0; more(); export const seen = count;");
    assert.equal(await textOf("import { seen } from './reader'; seen"), "1");
    file(
      "ping.ts",
      "import { pong } from './pong'; export function ping(n: number): string { return n === 0 ? 'end' : pong(n - 1) }",
    );
    file(
      "pong.ts",
      "import { ping } from './ping'; export function pong(n: number): string { return n === 0 ? 'end' : ping(n - 1) }",
    );
    assert.equal(await textOf("import { ping } from './ping'; ping(5)"), "'end'");
  });

  test("an edited file is read again, also through another one; an unchanged one is not", async () => {
    file("inner.ts", "export const version = 1;");
    file("outer.ts", "export { version } from './inner'; export const made = {};");
    assert.equal(await textOf("import { version, made } from './outer'; const first = made; version"), "1");
    assert.equal(await textOf("import { made } from './outer'; made === first"), "true");
    file("inner.ts", "export const version = 2;");
    assert.equal(await textOf("import { version, made } from './outer'; [version, made === first]"), "[ 2, false ]");
  });

  test("a file that fails can be mended", async () => {
    file("mend.ts", "export const x: number = ;");
    const { error } = await notebook.run("import { x } from './mend'");
    assert.match(error?.message ?? "", /mend\.ts:1:26: Expression expected/);
    file("mend.ts", "export const x: number = 4;");
    assert.equal(await textOf("import { x } from './mend'; x"), "4");
  });

  test("damaged JSON is said to be so", async () => {
    file("damaged.json", "{ 1 }");
    assert.match(
      (await notebook.run("import d from './damaged.json'")).error?.message ?? "",
      /damaged\.json is not valid JSON/,
    );
  });
});
