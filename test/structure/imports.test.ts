/** @file Imports point one way: between the parts of the product, between the floors of the kernel, never in a circle. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { filesIn, importsOf } from "./sources.ts";

const parts = ["kernel", "extension", "webview", "protocol"] as const;

/** What a part may import besides its own files; the first match counts. */
const allowed: Record<(typeof parts)[number], { folders: readonly string[]; packages: (name: string) => boolean }> = {
  // The messages of ONNX files, made from their official schema; see the test below.
  kernel: { folders: [], packages: (name) => name.startsWith("@bufbuild/protobuf") },
  // The colours of a value are part of what session and page must agree on.
  protocol: { folders: [], packages: (name) => name === "d3-scale-chromatic" },
  webview: {
    folders: ["protocol"],
    packages: (name) => name !== "vscode" && name !== "cotangent" && !isNode(name),
  },
  extension: { folders: ["protocol"], packages: () => true },
};

const isNode = (name: string): boolean => name.startsWith("node:") || builtinModules.includes(name.split("/")[0]);
const partOf = (file: string): string => file.split("/")[0];

/**
 * The floors of the kernel, lowest first: a file imports from its own floor and those below. A folder stands for all of
 * its files.
 */
const floors: readonly (readonly string[])[] = [
  ["dtype.ts", "errors.ts", "shape.ts", "budget.ts", "pytree.ts", "progress.ts", "remote.ts", "half.ts"],
  ["graph/", "loops/", "format.ts", "onnx/schema/"],
  ["tensor.ts"],
  ["primitive.ts", "emit.ts", "interpret.ts", "walks/", "structure/", "onnx/writer/", "onnx/forms/"],
  ["primitives/", "compiler/", "backends/", "random/"],
  ["functions/", "runtime/", "methods.ts"],
  ["transforms/", "bench/", "onnx/"],
  ["index.ts"],
];

function floorOf(file: string): number {
  const name = file.slice("kernel/".length);
  return floors.findIndex((floor) =>
    floor.some((each) => (each.endsWith("/") ? name.startsWith(each) : name === each)),
  );
}

suite("imports", () => {
  for (const part of parts) {
    test(`${part} imports what it may`, () => {
      const files = filesIn(part);
      assert.ok(files.length > 0);
      const wrong: string[] = [];
      for (const file of files) {
        for (const { specifier, file: target } of importsOf(file)) {
          const fine =
            target === null
              ? allowed[part].packages(specifier)
              : partOf(target) === part || allowed[part].folders.includes(partOf(target));
          if (!fine) wrong.push(`${file} imports ${specifier}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  test("the extension knows the kernel by its public name alone", () => {
    const all = filesIn("extension").flatMap((file) => importsOf(file).map((each) => ({ from: file, ...each })));
    assert.ok(!all.some(({ file }) => file?.startsWith("kernel/")));
    assert.ok(!all.some(({ specifier }) => specifier.startsWith("cotangent/")));
  });

  test("nothing but tests imports the extension", () => {
    for (const file of filesIn("kernel", "webview", "protocol", "bench")) {
      for (const { specifier, file: target } of importsOf(file)) {
        assert.notEqual(target && partOf(target), "extension", `${file} imports ${specifier}`);
      }
    }
  });

  test("the controls of the panel are behind one file", () => {
    const users = filesIn("webview").filter((file) =>
      importsOf(file).some(({ specifier }) => /^@(vscode\/webview-ui-toolkit|microsoft\/fast-)/.test(specifier)),
    );
    assert.deepEqual(users, ["webview/panel/controls.ts"]);
  });

  test("the format of ONNX files is behind one folder of the kernel", () => {
    const users = filesIn("kernel").filter((file) =>
      importsOf(file).some(({ specifier }) => specifier.startsWith("@bufbuild/protobuf")),
    );
    for (const file of users) assert.match(file, /^kernel\/onnx\/schema\//);
  });

  test("every import names a file that is there, extension included", () => {
    for (const file of filesIn(...parts)) {
      for (const { specifier, file: target } of importsOf(file)) {
        if (target !== null) assert.ok(existsSync(target), `${file} imports ${specifier}`);
      }
    }
  });

  test("every file of the kernel has a floor, and every floor has files", () => {
    const files = filesIn("kernel");
    assert.deepEqual(
      files.filter((file) => floorOf(file) < 0),
      [],
    );
    for (const each of floors.flat()) assert.ok(existsSync(`kernel/${each}`), `kernel/${each} is gone: drop its floor`);
  });

  test("the kernel imports no floor above, types included", () => {
    const wrong = filesIn("kernel").flatMap((file) =>
      importsOf(file)
        .filter(({ file: target }) => target !== null && floorOf(target) > floorOf(file))
        .map(({ file: target }) => `${file} (floor ${floorOf(file) + 1}) imports ${target} (${floorOf(target!) + 1})`),
    );
    assert.deepEqual(wrong, []);
  });

  test("no file imports itself by a detour", () => {
    const files = filesIn(...parts);
    const values = new Map(
      files.map((file) => [
        file,
        importsOf(file).flatMap(({ file: target, typeOnly }) => (target === null || typeOnly ? [] : [target])),
      ]),
    );
    const state = new Map<string, "open" | "done">();
    const path: string[] = [];
    const circles: string[] = [];
    const visit = (file: string): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
        return;
      }
      state.set(file, "open");
      path.push(file);
      for (const target of values.get(file) ?? []) visit(target);
      path.pop();
      state.set(file, "done");
    };
    files.forEach(visit);
    assert.deepEqual(circles, []);
  });
});

suite("sources", () => {
  test("say what they are, export by name, and are not called utils", () => {
    for (const file of filesIn(...parts)) {
      const text = readFileSync(file, "utf8");
      assert.match(text.slice(0, 400), /^(#!.*\n)?\/\*\*[\s*]*@file \S/, `${file} has no @file header`);
      assert.ok(!/^export default/m.test(text), `${file} has a default export`);
      assert.ok(!/(^|\/)utils?\.[jt]s$/.test(file), file);
    }
  });
});
