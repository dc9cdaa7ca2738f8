/** @file What is saved and copied: bytes and text that other programs read back. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { npyOf } from "../../protocol/files/npy.ts";
import { exactText, tableOf } from "../../protocol/files/numbers.ts";
import { typescriptOf } from "../../protocol/files/typescript.ts";
import { fileName } from "../../webview/files/save.ts";

suite("files", () => {
  test("a .npy file is, byte by byte, what NumPy 1.24 writes for the same array", () => {
    const file = npyOf(new Float32Array([1, -2.5]), "float32", [1, 2]);
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    const expected = Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0]),
      Buffer.from(`${header}${" ".repeat(117 - header.length)}\n`),
      Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]),
    ]);
    assert.deepEqual(Buffer.from(file), expected);
  });

  test("the header names every type, and shapes of any rank as Python writes them", () => {
    const header = (file: Uint8Array): string =>
      Buffer.from(file.subarray(10)).toString("latin1").split("\n")[0].trimEnd();
    assert.equal(
      header(npyOf(new Float64Array(3), "float64", [3])),
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
    );
    assert.match(header(npyOf(new Int32Array(1), "int32", [])), /'<i4'.*'shape': \(\), \}/);
    assert.match(header(npyOf(new Uint8Array(6), "bool", [1, 2, 3])), /'\|b1'.*\(1, 2, 3\)/);
  });

  test("float32 is written with few digits, and reads back to the same bits", () => {
    const write = exactText("float32");
    assert.deepEqual(
      [0.1, -3, 1e-30, 16777216].map((value) => write(Math.fround(value))),
      ["0.1", "-3", "1e-30", "16777216"],
    );
    assert.deepEqual([Number.NaN, Number.NEGATIVE_INFINITY].map(write), ["NaN", "-Infinity"]);
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        assert.ok(Object.is(Math.fround(Number(write(value))) + 0, value + 0), `${value} as ${write(value)}`);
      }),
    );
  });

  test("a table has a line for each row", () => {
    const entries = new Float64Array([1 / 3, 2, Number.NaN, -4]);
    assert.equal(tableOf(entries, 2, "float64", ","), "0.3333333333333333,2\nNaN,-4\n");
    assert.equal(tableOf(entries, 4, "float64", "\t").split("\t").length, 4);
  });

  test("as TypeScript, a tensor is the expression that makes it", () => {
    assert.equal(
      typescriptOf(new Float32Array([0.1, 2, 3, 4]), "float32", [2, 2]),
      "tensor([\n  [0.1, 2],\n  [3, 4],\n])",
    );
    assert.equal(typescriptOf(new Uint8Array([1, 0]), "bool", [2]), 'tensor([true, false], { dtype: "bool" })');
    assert.equal(
      typescriptOf(new Float64Array([1 / 3]), "float64", []),
      'tensor(0.3333333333333333, { dtype: "float64" })',
    );
    assert.equal(
      typescriptOf(new Int32Array([1, 2, 3, 4]), "int32", [2, 1, 2]),
      'tensor([\n  [\n    [1, 2],\n  ],\n  [\n    [3, 4],\n  ],\n], { dtype: "int32" })',
    );
  });

  test("a file is named after what it shows", () => {
    assert.equal(fileName("Jacobian of predict with respect to x, y"), "jacobian-of-predict-with-respect-to-x-y");
    assert.equal(fileName("∂/…"), "tensor");
  });
});
