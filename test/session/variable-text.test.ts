/** @file What the Variables view writes and says of one variable. */
import assert from "node:assert/strict";
import { matching, sorted } from "../../extension/variables/order.ts";
import { formatBytes, lineOf, spokenOf, tableOf } from "../../extension/variables/variable-text.ts";
import type { Variable } from "../../protocol/variables.ts";

const tensor: Variable = {
  name: "weight",
  kind: "tensor",
  type: "Tensor",
  shape: [32, 16],
  dtype: "float32",
  preview: "[1, 2, …]",
  bytes: 2048,
};
const { bytes: _, ...uncomputed } = tensor;
const lazy: Variable = { ...uncomputed, name: "lazy", preview: "not computed yet", pending: true };
const map: Variable = { name: "a|b", kind: "map", type: "Map", count: 1, preview: '{"a" → `1`|*2*}' };

suite("the text of a variable", () => {
  test("one line", () => {
    const plain = (kind: Variable["kind"], type: string, preview: string): string =>
      lineOf({ name: "x", kind, type, preview });
    assert.deepEqual(
      [
        lineOf(tensor),
        lineOf(lazy),
        lineOf(map),
        plain("number", "number", "1.5"),
        plain("nothing", "undefined", ""),
        plain("function", "function", "f(x)"),
        plain("class", "class", "Model"),
        plain("object", "object", "{a: 1}"),
        plain("object", "Model", "{a: 1}"),
        plain("structured", "StructuredJacobian", "structured"),
      ],
      [
        "float32 [32, 16] = [1, 2, …]",
        "float32 [32, 16], not computed yet",
        'Map (1) = {"a" → `1`|*2*}',
        "= 1.5",
        "= undefined",
        "f(x)",
        "class Model",
        "= {a: 1}",
        "Model = {a: 1}",
        "StructuredJacobian, structured",
      ],
    );
  });

  test("a table, in which nothing of the value is taken for markup", () => {
    assert.equal(
      tableOf(tensor),
      "| | **weight** |\n|:--|:--|\n| Type | Tensor |\n| Shape | \\[32, 16\\] |\n| Entries | float32 |\n" +
        "| Memory | 2\\.00 KB |\n| Value | \\[1, 2, …\\] |",
    );
    assert.match(tableOf(lazy), /\| State \| not computed yet \|\n\nLooking at it does not compute it\./);
    assert.match(tableOf(map), /\*\*a\\\|b\*\*[\s\S]*\| Count \| 1 entry \|[\s\S]*\\`1\\`\\\|\\\*2\\\*/);
  });

  test("for a screen reader", () => {
    assert.equal(spokenOf(tensor), "weight, Tensor of float32, 32 by 16, 2.00 KB, [1, 2, …]");
    assert.equal(spokenOf({ ...lazy, shape: [] }), "lazy, Tensor of float32, a single number, not computed yet");
  });

  test("bytes", () => {
    const sizes = [0, 1023, 1024, 1536, 200 * 1024, 5 * 1024 ** 2, 1024 ** 3, 2 ** 50];
    const texts = ["0 B", "1023 B", "1.00 KB", "1.50 KB", "200 KB", "5.00 MB", "1.00 GB", "1024 TB"];
    assert.deepEqual(sizes.map(formatBytes), texts);
  });

  test("orders and filters", () => {
    const all = [tensor, lazy, map, { ...map, name: "a10" }, { ...map, name: "a9", count: 7 }];
    const names = (variables: readonly Variable[]): string => variables.map(({ name }) => name).join(" ");
    assert.equal(names(sorted(all, "declared")), "weight lazy a|b a10 a9");
    assert.equal(names(sorted(all, "name")), "a|b a9 a10 lazy weight");
    assert.equal(names(sorted(all, "type")), "a|b a9 a10 lazy weight");
    assert.equal(names(sorted(all, "size")), "weight a9 a|b a10 lazy");
    assert.equal(names(matching(all, " FLOAT32 ")), "weight lazy");
    assert.equal(names(matching(all, "a1")), "a10");
    assert.equal(matching(all, "").length, 5);
  });
});
