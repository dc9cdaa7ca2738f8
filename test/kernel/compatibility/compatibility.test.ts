/** @file The compatibility table tells the truth: about what is exported, about what works, and on the page. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as kernel from "../../../kernel/index.ts";
import { MISSING } from "./missing.ts";
import { compatibilityPage, marksOf } from "./page.ts";
import { TABLE } from "./table.ts";

/** Classes are told apart by their source: their prototypes alone would not do. */
const isFunction = (value: unknown): boolean =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value));

const exported = Object.entries(kernel).flatMap(([name, value]) => (isFunction(value) ? [name] : []));
const entries = TABLE.flatMap((section) => section.entries);

suite("compatibility", () => {
  test("the table has every exported function once, and no other", () => {
    const names = entries.map(({ name }) => name);
    assert.deepEqual(
      exported.filter((name) => !names.includes(name)),
      [],
      "exported, but not in test/kernel/compatibility: add a row with the peers' names and an example",
    );
    assert.deepEqual(
      names.filter((name) => !exported.includes(name)),
      [],
      "in the table, but not exported",
    );
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
      "more than once in the table",
    );
  });

  test("what is called missing is not exported", () => {
    const missing = MISSING.flatMap((section) => section.entries.flatMap(({ names }) => names));
    assert.deepEqual(
      missing.filter((name) => name in kernel || name in kernel.Tensor.prototype),
      [],
      "exported by now: take them off the list of what is missing",
    );
    assert.deepEqual(
      missing.filter((name, i) => missing.indexOf(name) !== i),
      [],
    );
  });

  for (const { title, entries: those } of TABLE) {
    test(`${title}: derivatives agree with differences, vmap with a loop`, () => {
      for (const entry of those) {
        try {
          marksOf(entry);
        } catch (error) {
          assert.fail(`${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    });
  }

  test("marks tell what works from what does not", () => {
    const marks = (name: string) => marksOf(entries.find((entry) => entry.name === name)!);
    assert.deepEqual(marks("sin"), { forward: "yes", reverse: "yes", vmap: "yes", float64: "yes" });
    assert.deepEqual(marks("whileLoop"), { forward: "yes", reverse: "no", vmap: "yes", float64: "yes" });
    assert.deepEqual(marks("floor"), { forward: "zero", reverse: "zero", vmap: "yes", float64: "yes" });
    assert.deepEqual(marks("nonzero"), { forward: "none", reverse: "none", vmap: "no", float64: "none" });
  });

  test("docs/compatibility.md is what was found", () => {
    assert.equal(readFileSync("docs/compatibility.md", "utf8"), compatibilityPage(), "run npm run docs:compatibility");
  });
});
