/** @file The table of docs/onnx.md has every primitive that can be exported, with its operators, and no other. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { primitiveNames, primitiveOf } from "../../../kernel/primitive.ts";
import "../../../kernel/index.ts";

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");

/** Operations that are written with the same operators share a row, and so do namesakes of one operator. */
function expectedRows(): string[] {
  const rows = new Map<string, string[]>();
  for (const name of primitiveNames()) {
    const operators = primitiveOf({ name }).onnx?.operators;
    if (operators === undefined) continue;
    const isNamesake = operators.length === 1 && operators[0].toLowerCase() === name.toLowerCase();
    const key = isNamesake ? "the one of that name" : quoted(operators);
    rows.set(key, [...(rows.get(key) ?? []), name]);
  }
  return Array.from(rows, ([operators, names]) => `| ${quoted(names)} | ${operators} |`);
}

suite("docs/onnx.md, export", () => {
  const page = readFileSync("docs/onnx.md", "utf8").split("\n");

  test("lists the operations that exportOnnx writes, with their operators", () => {
    const missing = expectedRows().filter((row) => !page.includes(row));
    assert.equal(missing.length, 0, `these rows should be in the table of operations:\n${missing.join("\n")}`);
  });

  test("names the operations that have no form", () => {
    // What transforms put results together and take them apart with.
    const internal = ["tuple", "result", "custom", "recompute"];
    const without = primitiveNames().filter(
      (name) => primitiveOf({ name }).onnx === undefined && !internal.includes(name),
    );
    const line = page.find((each) => each.startsWith("Without a form:")) ?? "";
    assert.deepEqual([...line.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(), [...without].sort());
  });
});
