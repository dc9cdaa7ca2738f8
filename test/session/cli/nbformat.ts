/** @file What the format of notebooks, version 4.5, asks of a file: which keys, of which types. */
import assert from "node:assert/strict";

type Check = (value: unknown, where: string) => void;

const text: Check = (value, where) => assert.equal(typeof value, "string", where);
const lines: Check = (value, where) => {
  if (typeof value !== "string") listOf(text)(value, where);
};
const object: Check = (value, where) =>
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), where);
const count: Check = (value, where) =>
  assert.ok(value === null || (Number.isInteger(value) && Number(value) >= 0), where);
const anything: Check = () => {};

const listOf =
  (each: Check): Check =>
  (value, where) => {
    assert.ok(Array.isArray(value), where);
    for (const [i, item] of value.entries()) each(item, `${where}[${i}]`);
  };

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value, where) =>
    assert.ok(values.includes(value), `${where} is ${value}`);

/** All of these keys and no others, but for `optional`. */
const exactly =
  (keys: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  (value, where) => {
    object(value, where);
    const found = value as Record<string, unknown>;
    for (const [key, check] of Object.entries(keys)) {
      assert.ok(key in found, `${where} has no ${key}`);
      check(found[key], `${where}.${key}`);
    }
    for (const key of Object.keys(found).filter((each) => !(each in keys))) {
      assert.ok(key in optional, `${where} has ${key}, which the format does not know`);
      optional[key](found[key], `${where}.${key}`);
    }
  };

const bundle: Check = (value, where) => {
  object(value, where);
  for (const [mime, form] of Object.entries(value as object)) {
    if (!/^application\/(.*\+)?json$/.test(mime)) lines(form, `${where} ${mime}`);
  }
};

const id: Check = (value, where) => {
  text(value, where);
  assert.match(String(value), /^[a-zA-Z0-9-_]{1,64}$/, where);
};

const tagged: Check = (value, where) => {
  object(value, where);
  const { tags = [] } = value as { tags?: unknown };
  listOf(text)(tags, `${where}.tags`);
  assert.equal(new Set(tags as string[]).size, (tags as string[]).length, `${where}.tags`);
};

const OUTPUTS: Record<string, Check> = {
  stream: exactly({ output_type: text, name: text, text: lines }),
  display_data: exactly({ output_type: text, data: bundle, metadata: object }),
  execute_result: exactly({ output_type: text, data: bundle, metadata: object, execution_count: count }),
  error: exactly({ output_type: text, ename: text, evalue: text, traceback: listOf(text) }),
};

const output: Check = (value, where) => {
  const type = String((value as { output_type?: unknown }).output_type);
  assert.ok(type in OUTPUTS, `${where} is a ${type}`);
  OUTPUTS[type](value, where);
};

const PROSE = { id, cell_type: text, metadata: tagged, source: lines };
const CELLS: Record<string, Check> = {
  raw: exactly(PROSE, { attachments: object }),
  markdown: exactly(PROSE, { attachments: object }),
  code: exactly({ ...PROSE, outputs: listOf(output), execution_count: count }),
};

const cell: Check = (value, where) => {
  const type = String((value as { cell_type?: unknown }).cell_type);
  assert.ok(type in CELLS, `${where} is a ${type}`);
  CELLS[type](value, where);
};

const NOTEBOOK = { nbformat: oneOf(4), nbformat_minor: oneOf(5), metadata: object, cells: listOf(cell) };

/** @param unknown keys that the format does not know and that were there before */
export function assertValid(
  value: { readonly cells: readonly { readonly id: string }[] },
  unknown: readonly string[] = [],
): void {
  exactly(NOTEBOOK, Object.fromEntries(unknown.map((key) => [key, anything])))(value, "the notebook");
  assert.equal(new Set(value.cells.map((each) => each.id)).size, value.cells.length, "an id of two cells");
}
