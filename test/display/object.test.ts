/** @file Large values as trees: what is in them, what is left out, and that looking runs nothing. */
import assert from "node:assert/strict";
import { tensor } from "cotangent";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { objectDisplay } from "../../extension/session/display/object.ts";
import { DISPLAY_MIME, type ObjectDisplay, type ObjectPart } from "../../protocol/display.ts";

const rootOf = (value: object): ObjectPart => objectDisplay(value).root;

/** `name: head text` of each part; the way to a part inside by its names. */
function lines(part: ObjectPart, ...path: readonly string[]): string[] {
  const [next, ...rest] = path;
  const inner = part.parts?.find(({ name }) => name === next);
  if (next !== undefined) {
    assert.ok(inner, `there is no part ${next}`);
    return lines(inner, ...rest);
  }
  return (part.parts ?? []).map(({ name, head, text }) => `${name}: ${[head, text].filter(Boolean).join(" ")}`);
}

const count = (part: ObjectPart): number => 1 + (part.parts ?? []).reduce((sum, each) => sum + count(each), 0);
const depth = (part: ObjectPart): number => 1 + Math.max(0, ...(part.parts ?? []).map(depth));

suite("large values as trees", () => {
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`name${i}`, { value: i, list: [i, i] }]));

  test("a value of many lines is a tree with its text beside it, a value of few lines is text", () => {
    const bundle = bundleOf(wide) ?? {};
    assert.deepEqual(Object.keys(bundle), [DISPLAY_MIME, "text/plain"]);
    const { kind, root } = bundle[DISPLAY_MIME] as ObjectDisplay;
    assert.equal(kind, "object");
    assert.equal(root.parts?.length, 30);
    assert.match(String(bundle["text/plain"]), /name29: \{ value: 29, list: \[ 29, 29 \] \}/);
    for (const small of [{ a: 1 }, [1, 2, 3], new Map([["a", { b: 1 }]]), "text\n".repeat(20), new Date(0), null]) {
      assert.deepEqual(Object.keys(bundleOf(small) ?? {}), ["text/plain"]);
    }
    const error = new Error("many\nlines\nof\na\nmessage\nthat\nis\nread\nas\nit\nstands");
    assert.deepEqual(Object.keys(bundleOf(error) ?? {}), ["text/plain"]);
  });

  test("parts of every kind of value say what they are", () => {
    class Point {
      x = 1;
      readonly #hidden = 2;
      get sum() {
        return this.x + this.#hidden;
      }
    }
    const symbol = Symbol("tag");
    const root = rootOf({
      text: "a\nb",
      whole: 3,
      big: 10n,
      missing: undefined,
      nothing: null,
      symbol,
      [symbol]: true,
      call: (x: number) => x,
      Point,
      point: new Point(),
      list: [1, [2]],
      floats: new Float64Array([0.5, 2]),
      map: new Map<unknown, unknown>([
        ["a", 1],
        [{ k: 1 }, { deep: true }],
      ]),
      set: new Set(["one", [2]]),
      weak: new WeakMap(),
      when: new Date(0),
      failure: new RangeError("too far", { cause: { code: 7 } }),
      proxy: new Proxy({}, {}),
      tensor: tensor([[1, 2, 3]]),
      // biome-ignore lint/suspicious/noSparseArray: a hole is one of the things that can be there.
      sparse: [1, , 3],
    });
    const [text, ...rest] = lines(root);
    assert.equal(text, String.raw`text: "a\nb"`);
    const all = rest.join("\n");
    for (const line of [
      "whole: 3",
      "big: 10n",
      "missing: undefined",
      "nothing: null",
      "symbol: Symbol(tag)",
      "[Symbol(tag)]: true",
      "call: call(x)",
      "point: Point {x: 1}",
      "list: Array [2] [1, [2]]",
      "floats: Float64Array [2] [0.5, 2]",
      "set: Set (2)",
      "weak: WeakMap {}",
      "when: Date 1970-01-01T00:00:00.000Z",
      "failure: RangeError too far",
      "proxy: Proxy",
      "tensor: float32 [1, 3] [1, 2, 3]",
    ]) {
      assert.ok(all.includes(`\n${line}`) || all.startsWith(line), `there is no "${line}" in\n${all}`);
    }
    assert.deepEqual(lines(root, "point"), ["x: 1"]);
    assert.deepEqual(lines(root, "list", "1"), ["0: 2"]);
    assert.deepEqual(lines(root, "floats"), ["0: 0.5", "1: 2"]);
    assert.deepEqual(lines(root, "map"), ['"a": 1', "{k: 1}: {deep: true}"]);
    assert.deepEqual(lines(root, "map", "{k: 1}"), ["deep: true"]);
    assert.deepEqual(lines(root, "set"), ['0: "one"', "1: Array [1] [2]"]);
    assert.deepEqual(lines(root, "failure"), ['message: "too far"', "cause: {code: 7}"]);
    assert.deepEqual(lines(root, "tensor"), []);
    assert.deepEqual(lines(root, "proxy"), []);
  });

  test("nothing of the person's runs, and no tensor is computed", () => {
    const ran: string[] = [];
    const waiting = tensor([1, 2]).mul(3);
    const value = {
      get own() {
        ran.push("getter");
        return 1;
      },
      proxy: new Proxy(
        {},
        {
          get: () => ran.push("get"),
          ownKeys: () => {
            ran.push("ownKeys");
            return [];
          },
          getPrototypeOf: () => {
            ran.push("getPrototypeOf");
            return null;
          },
        },
      ),
      speaking: {
        toString: () => ran.push("toString"),
        valueOf: () => ran.push("valueOf"),
        toJSON: () => ran.push("toJSON"),
      },
      waiting,
    };
    const root = rootOf(value);
    assert.deepEqual(ran, []);
    assert.equal(waiting.node.value, null, "the tensor was computed");
    assert.ok(lines(root).includes("own: getter, not run"), lines(root).join("\n"));
    assert.ok(lines(root).includes("waiting: float32 [2] not computed yet"), lines(root).join("\n"));
    // All the way to the screen, as one of many and inside of lists.
    const many = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(wide)) as object;
    Object.defineProperties(many, Object.getOwnPropertyDescriptors(value));
    for (const shown of [many, [many], value.proxy, [value.proxy], new Map([[value.proxy, many]])]) bundleOf(shown);
    assert.deepEqual(ran, []);
  });

  test("circles are named where they close, and what is there twice is shown twice", () => {
    const shared = { kept: 1 };
    const value: Record<string, unknown> = { first: shared, second: shared, inner: { list: [] as unknown[] } };
    value.self = value;
    (value.inner as { list: unknown[] }).list.push(value.inner, value);
    const root = rootOf(value);
    assert.deepEqual(lines(root, "first"), ["kept: 1"]);
    assert.deepEqual(lines(root, "second"), ["kept: 1"]);
    assert.ok(lines(root).includes("self: circular: the whole value"));
    assert.deepEqual(lines(root, "inner", "list"), ["0: circular: the same as inner", "1: circular: the whole value"]);
  });

  test("what is left out is counted", () => {
    const long = rootOf(Array.from({ length: 10_000 }, (_, i) => i));
    assert.equal(long.parts?.length, 100);
    assert.equal(long.more, 9900);
    assert.equal(rootOf(new Uint16Array(5000)).more, 4900);
    assert.equal(rootOf(new Map(Array.from({ length: 300 }, (_, i) => [i, i]))).more, 200);
    assert.equal(rootOf(new Set(Array.from({ length: 101 }, (_, i) => i))).more, 1);
    const keys = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`key${i}`, i]));
    assert.equal(rootOf(keys).more, 29_900);
    assert.equal(rootOf({ a: 1 }).more, undefined);
  });

  test("a tree stays small, however wide, deep and branching the value is", () => {
    const branching = (level: number): object =>
      level === 0 ? {} : Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`branch${i}`, branching(level - 1)]));
    const root = rootOf(branching(4));
    assert.ok(count(root) <= 1001, `${count(root)} parts`);
    // Level by level: the last branch is as open as the first.
    assert.equal(lines(root, "branch11").length, 12);
    let chain: object = {};
    for (let i = 0; i < 50; i++) chain = { next: chain };
    const deep = rootOf(chain);
    assert.equal(depth(deep), 9);
    let last = deep;
    while (last.parts) last = last.parts[0];
    assert.equal(last.more, 1, "it does not say that something is left out");
    const heavy = Array.from({ length: 100 }, () =>
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, "x".repeat(1e4)])),
    );
    const size = JSON.stringify(objectDisplay(heavy)).length;
    assert.ok(size < 400_000, `${size} characters`);
  });
});
