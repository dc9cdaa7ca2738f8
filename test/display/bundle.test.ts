/** @file Results as MIME bundles: what a saved notebook holds of each kind of value. */
import assert from "node:assert/strict";
import { Measurement, type Tensor, tensor, vjp, vmap } from "cotangent";
import { decode } from "fast-png";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import {
  DISPLAY_MIME,
  type Display,
  type GroupDisplay,
  type MatrixDisplay,
  type MimeBundle,
} from "../../protocol/display.ts";
import { fixtures, inputJacobian, weightJacobian } from "../gallery/fixtures.ts";

function bundle(value: unknown): MimeBundle {
  const made = bundleOf(value);
  assert.ok(made);
  return made;
}

const displayIn = (made: MimeBundle): Display => made[DISPLAY_MIME] as Display;
const pngIn = (made: MimeBundle) => decode(Buffer.from(made["image/png"] as string, "base64"));

suite("bundle", () => {
  test("undefined shows nothing", () => {
    assert.equal(bundleOf(undefined), undefined);
  });

  test("plain values are printed as Node prints them, without colours", () => {
    assert.deepEqual(bundle({ a: [1, "two"] }), { "text/plain": "{ a: [ 1, 'two' ] }" });
    assert.deepEqual(bundle(null), { "text/plain": "null" });
    assert.deepEqual(bundle("text"), { "text/plain": "'text'" });
    assert.match(bundle({ a: { b: { c: { d: { e: { f: 1 } } } } } })["text/plain"] as string, /\[Object\]/);
    assert.match(bundle(new Map([[1, 2]]))["text/plain"] as string, /^Map/);
  });

  test("a value may bring its own bundle, as in Deno", () => {
    const own = { "text/html": "<b>bold</b>", "text/plain": "bold" };
    assert.equal(bundle({ [Symbol.for("Jupyter.display")]: () => own }), own);
    assert.throws(
      () => bundleOf({ [Symbol.for("Jupyter.display")]: async () => own }),
      /returned a promise: expected an object/,
    );
    assert.throws(() => bundleOf({ [Symbol.for("Jupyter.display")]: () => 3 }), /returned 3: expected an object/);
  });

  test("a tensor has three forms, the richest first, and its own words", () => {
    const jacobian = inputJacobian(16, 16);
    const made = bundle(jacobian);
    assert.deepEqual(Object.keys(made), [DISPLAY_MIME, "image/png", "text/plain"]);
    assert.equal(made["text/plain"], jacobian.toString());
    assert.match(made["text/plain"] as string, /^tensor\(\[\[[\s\S]*shape=\[16, 16\], float32\)$/);
    assert.doesNotThrow(() => JSON.stringify(made));
  });

  test("a number and a short vector need no PNG", () => {
    assert.deepEqual(Object.keys(bundle(tensor(3))), [DISPLAY_MIME, "text/plain"]);
    assert.deepEqual(Object.keys(bundle(tensor([1, 2, 3]))), [DISPLAY_MIME, "text/plain"]);
    assert.ok(bundle(tensor(new Float32Array(17)))["image/png"]);
  });

  test("the PNG is opaque paper with every cell in its colour", () => {
    const png = pngIn(
      bundle(
        tensor([
          [-1, 0],
          [0.5, 1],
        ]),
      ),
    );
    assert.equal(png.channels, 3);
    const seen = new Map<string, number>();
    for (let i = 0; i < png.data.length; i += 3) {
      const colour = png.data.slice(i, i + 3).join();
      seen.set(colour, (seen.get(colour) ?? 0) + 1);
    }
    assert.deepEqual([...png.data.slice(0, 3)], [255, 255, 255], "the corner is paper");
    // −1, 0, 0.5 and 1 in cells of 48 × 48; some colours also stand in the colour bar.
    for (const colour of ["5,48,97", "242,239,238", "228,130,104", "103,0,31"]) {
      assert.ok((seen.get(colour) ?? 0) >= 48 * 48, `${colour}: ${seen.get(colour)}`);
    }
  });

  test("cells of the PNG are in their places", () => {
    const png = pngIn(
      bundle(
        tensor([
          [1, 0, 0],
          [0, 0, -1],
        ]),
      ),
    );
    const centre = (wanted: string): [number, number] => {
      let [count, sumX, sumY] = [0, 0, 0];
      for (let y = 80; y < png.height; y++) {
        for (let x = 0; x < png.width; x++) {
          const at = (y * png.width + x) * 3;
          if (png.data.slice(at, at + 3).join() === wanted) [count, sumX, sumY] = [count + 1, sumX + x, sumY + y];
        }
      }
      assert.equal(count, 48 * 48);
      return [sumX / count, sumY / count];
    };
    const [red, blue] = [centre("103,0,31"), centre("5,48,97")];
    assert.deepEqual([blue[0] - red[0], blue[1] - red[1]], [2 * 48, 48]);
  });

  test("the PNG of a stack shows the slices with the largest entries", () => {
    const reds = (filledSlice: number): number => {
      const data = new Float32Array(40 * 4);
      data.fill(2, filledSlice * 4, filledSlice * 4 + 4);
      const png = pngIn(bundle(tensor(data, { shape: [40, 2, 2] })));
      let count = 0;
      for (let i = 0; i < png.data.length; i += 3) if (png.data.slice(i, i + 3).join() === "103,0,31") count++;
      return count;
    };
    assert.ok(reds(0) >= 4 * 48 * 48);
    assert.equal(reds(37), reds(0));
  });

  test("a tree of tensors is a group with the path of each, one PNG of all, and text", () => {
    const tree = { weight: weightJacobian(4), rest: [tensor([[1, 2]]), 5], name: "layer" };
    const made = bundle(tree);
    const group = displayIn(made) as GroupDisplay;
    assert.equal(group.kind, "group");
    assert.deepEqual(
      group.items.map((item) => item.path),
      ["weight", "rest[0]"],
    );
    assert.equal(group.omitted, 0);
    const text = made["text/plain"] as string;
    assert.match(text, /^weight: tensor\(/);
    assert.match(text, /\nrest\[0\]: tensor\(.*\nrest\[1\]: 5\nname: 'layer'$/s);
    const [whole, first] = [pngIn(made), pngIn(bundle(tree.weight))];
    assert.ok(whole.height > first.height);
  });

  test("a result of a transform with its function: the tensor is drawn, the function named", () => {
    const [out, pullback] = vjp((x: Tensor) => x.mul(x), tensor([1, 2, 3]));
    const made = bundle([out, pullback]);
    assert.deepEqual(
      (displayIn(made) as GroupDisplay).items.map((item) => item.path),
      ["[0]"],
    );
    assert.match(made["text/plain"] as string, /\n\[1\]: \[Function/);
  });

  test("a group of many shares one budget, and says what it left out", () => {
    const many = Array.from({ length: 40 }, () => tensor(new Float32Array(40_000), { shape: [200, 200] }));
    const group = displayIn(bundle(many)) as GroupDisplay;
    assert.deepEqual([group.items.length, group.omitted], [24, 16]);
    const sent = group.items.map(({ display }) => (display as MatrixDisplay).preview);
    assert.ok(sent.reduce((sum, { rows, columns }) => sum + rows * columns, 0) <= 512 * 512);
  });

  test("an object that contains itself, and an array of a million numbers, are no trap", () => {
    const knot: { self?: unknown; value: Tensor } = { value: tensor([1, 2]) };
    knot.self = knot;
    assert.equal((displayIn(bundle(knot)) as GroupDisplay).items.length, 1);
    const long = bundle(new Array(1_000_000).fill(1));
    assert.deepEqual(Object.keys(long), [DISPLAY_MIME, "text/plain"]);
    assert.ok(JSON.stringify(long).length < 20_000);
  });

  test("a tensor that escaped from vmap is told in words, not evaluated", () => {
    let escaped: Tensor | undefined;
    vmap((x: Tensor) => {
      escaped = x;
      return x;
    })(tensor([1, 2]));
    const made = bundle(escaped);
    assert.deepEqual(Object.keys(made), ["text/plain"]);
    assert.match(made["text/plain"] as string, /inside vmap/);
  });

  test("the picture of a notebook's output stays small", () => {
    for (const { name, value } of fixtures()) {
      const made = bundle(value);
      const size = JSON.stringify(made[DISPLAY_MIME]).length;
      assert.ok(size < 2_900_000, `${name}: ${size} bytes of JSON`);
      const png = (made["image/png"] as string | undefined)?.length ?? 0;
      assert.ok(png < 200_000, `${name}: ${png} bytes of PNG`);
    }
  });

  test("a single measurement, an array and a comparison of them are benchmarks", () => {
    const measured = (label: string, time: number) =>
      new Measurement({ label, description: "", times: [time, time * 1.01, time * 1.02], callsPerRepetition: 10 });
    const single = bundle(measured("jacrev", 1e-4));
    assert.equal(displayIn(single).kind, "benchmark");
    assert.match(single["text/plain"] as string, /jacrev/);
    const pair = displayIn(bundle([measured("jacrev", 1e-4), measured("loop", 3.2e-4)]));
    assert.equal(pair.kind, "benchmark");
    const mixed = displayIn(bundle({ timing: measured("jacrev", 1e-4), value: tensor([1]) }));
    assert.equal(mixed.kind, "group");
  });
});
