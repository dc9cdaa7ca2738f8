/** @file An explanation as a display: its table, and a picture of each Jacobian in it that has zeros. */
import assert from "node:assert/strict";
import { explain, grad, jacobian, type Tensor, zeros } from "cotangent";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { DISPLAY_MIME, type GroupDisplay } from "../../protocol/display.ts";

const difference = (x: Tensor): Tensor =>
  x
    .slice(0, 1)
    .sub(x.slice(0, 0, -1))
    .square();

suite("explanations as displays", () => {
  test("the table, and where the entries of a banded Jacobian are", () => {
    const explained = explain(jacobian(difference))(zeros([6]));
    const bundle = bundleOf(explained)!;
    const display = bundle[DISPLAY_MIME] as GroupDisplay;
    assert.equal(display.text, String(explained));
    assert.equal(bundle["text/plain"], String(explained));
    assert.match(String(explained), /Jacobian \[5\] × \[6\], float32, banded: 10 of 30 entries/);
    assert.match(String(explained), /eliminated in (forward|reverse|greedy|chain) order: 0 multiplications/);
    const [item] = display.items;
    assert.equal(display.items.length, 1);
    assert.ok(item.display.kind === "matrix");
    assert.equal(item.display.title, "Jacobian of difference with respect to input: banded, 10 of 30 entries");
    assert.deepEqual(item.display.shape, [5, 6]);
    assert.ok("image/png" in bundle);
  });

  test("without a Jacobian, or with a dense one, the text says it all", () => {
    for (const explained of [
      explain(grad((x: Tensor) => x.square().sum()))(zeros([3])),
      explain(jacobian((x: Tensor) => x.mul(x.sum())))(zeros([3])),
    ]) {
      assert.deepEqual(Object.keys(bundleOf(explained)!), ["text/plain"]);
    }
  });
});
