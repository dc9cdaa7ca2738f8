/** @file Structured Jacobians as pictures of where their entries are. */
import assert from "node:assert/strict";
import { hessian, jacobian, ones, type Tensor, take, tensor, vmap } from "cotangent";
import { bundleOf } from "../../extension/session/display/bundle.ts";
import { displayOf } from "../../extension/session/display/display-of.ts";
import { DISPLAY_MIME, type GroupDisplay, type MatrixDisplay } from "../../protocol/display.ts";

const steps = (x: Tensor): Tensor =>
  x
    .slice(0, 1)
    .sub(x.slice(0, 0, -1))
    .square();
const entriesOf = (display: MatrixDisplay): Int32Array => {
  const bytes = Buffer.from(display.preview.data, "base64");
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
};

suite("pattern", () => {
  test("a small one has a cell per entry, named as the Jacobian's axes are", () => {
    const display = displayOf(jacobian(steps, { structured: true })(ones([4]))) as MatrixDisplay;
    assert.equal(display.kind, "matrix");
    assert.equal(display.title, "Jacobian of steps with respect to x: banded, 6 of 12 entries");
    assert.deepEqual([display.rows.name, display.rows.shape], ["steps", [3]]);
    assert.deepEqual([display.columns.name, display.columns.shape], ["x", [4]]);
    assert.deepEqual([...entriesOf(display)], [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1]);
  });

  test("a large one is counted in fields", () => {
    const value = hessian((x: Tensor) => steps(x).square().sum(), { structured: true })(ones([5000]));
    const display = displayOf(value) as MatrixDisplay;
    assert.ok(
      display.title.endsWith(": banded, 14,998 of 25,000,000 entries, counted in 128 × 128 fields"),
      display.title,
    );
    assert.deepEqual(display.shape, [128, 128]);
    assert.deepEqual(display.structure, {
      kind: "banded",
      nonzero: 14_998,
      of: 25_000_000,
      bandwidth: [1, 1],
      colours: 3,
    });
    assert.equal(display.rows.label, "x (5,000), field");
    assert.equal(
      entriesOf(display).reduce((sum, count) => sum + count),
      14_998,
    );
  });

  test("has a picture and its own words beside it, also inside of arrays", () => {
    const value = jacobian((x: Tensor) => x.exp(), { structured: true })(ones([3]));
    const made = bundleOf(value)!;
    assert.deepEqual(Object.keys(made), [DISPLAY_MIME, "image/png", "text/plain"]);
    assert.equal(made["text/plain"], "StructuredJacobian [3] × [3], float32, diagonal: 3 of 9 entries (33 %)");
    assert.equal((displayOf([value, ones([2])]) as GroupDisplay).items.length, 2);
  });

  test("without known positions there are only words", () => {
    let kept: unknown;
    vmap((i: Tensor) => {
      kept = jacobian((x: Tensor) => take(x, i).square(), { structured: true })(ones([4]));
      return i;
    })(tensor([[0, 1]], { dtype: "int32" }));
    assert.equal(displayOf(kept), undefined);
    assert.deepEqual(bundleOf(kept), {
      "text/plain": "StructuredJacobian [2] × [4], float32, inside a transform",
    });
  });
});
