/** @file The table of docs/onnx.md has the operators that are imported: all of them, by family, with their limits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { families } from "../../../kernel/onnx/import/operators/all.ts";

/** The rows as the page must have them. */
const expectedRows = Object.entries(families).map(([family, table]) => {
  const names = Object.keys(table).sort((a, b) => a.localeCompare(b));
  const limits = names.flatMap((name) => (table[name].limits === undefined ? [] : [`${name}: ${table[name].limits}`]));
  return `| ${family} | ${names.map((name) => `\`${name}\``).join(" ")} | ${limits.join(". ")} |`;
});

suite("docs/onnx.md", () => {
  test("lists the operators that importOnnx knows", () => {
    const page = readFileSync("docs/onnx.md", "utf8").split("\n");
    const missing = expectedRows.filter((row) => !page.includes(row));
    assert.equal(missing.length, 0, `these rows should be in the table of operators:\n${missing.join("\n")}`);
  });
});
