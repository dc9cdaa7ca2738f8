/** @file Pytrees for people: mapping, leaves, one vector and back. */
import assert from "node:assert/strict";
import {
  grad,
  hessian,
  ravel,
  ShapeError,
  StructureError,
  type Tensor,
  tensor,
  treeLeaves,
  treeMap,
  vmap,
} from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { assertNear, assertNearTree, assertThrows } from "../support/near.ts";

const model = { weight: data([2, 3]), bias: [data([2], { seed: 2 }), null] as [Tensor, null] };
const output = ({ weight, bias: [bias] }: typeof model, x: Tensor): Tensor => weight.matmul(x).add(bias).tanh().sum();

suite("trees", () => {
  test("treeMap keeps the nesting, takes several trees, and names what does not fit", () => {
    const x = data([3], { seed: 3 });
    const step = treeMap((w, g) => w.sub(g.mul(0.5)), model, grad(output)(model, x));
    assertNear(step.weight, model.weight.sub(grad(output)(model, x).weight.mul(0.5)));
    assert.equal(step.bias[1], null);
    assert.deepEqual(
      treeMap((leaf) => leaf.ndim, model),
      { weight: 2, bias: [1, null] },
    );
    assertThrows(
      () => treeMap((a) => a, model, { weight: x }),
      StructureError,
      "treeMap",
      "{weight: *, bias: [*, null]}",
      "{weight: *}",
    );
  });

  test("treeLeaves goes from left to right", () => {
    assert.deepEqual(treeLeaves(model), [model.weight, model.bias[0]]);
    assert.deepEqual(treeLeaves(null), []);
  });

  test("ravel is one vector and back, and derivatives go through it", () => {
    const x = data([3], { seed: 3 });
    const [vector, unravel] = ravel(model);
    assert.deepEqual(vector.shape, [8]);
    assertNearTree(unravel(vector), model);
    const gradient = grad((p: Tensor) => output(unravel(p), x))(vector);
    assertNear(gradient, ravel(grad(output)(model, x))[0]);
    const H = hessian((p: Tensor) => output(unravel(p), x))(vector);
    assertNear(
      H.slice(0, 0, 6).slice(1, 0, 6).reshape([2, 3, 2, 3]),
      hessian((w: Tensor) => output({ ...model, weight: w }, x))(model.weight),
    );
    const rows = vmap((p: Tensor) => unravel(p).bias[0])(vector.expandDims(0));
    assertNear(rows, model.bias[0].expandDims(0));
    assertThrows(() => unravel(x), ShapeError, "[8]", "[3]");
    assertThrows(() => ravel([tensor([1]), tensor([1], { dtype: "float64" })]), StructureError, "float32", "float64");
    assertThrows(() => ravel({}), StructureError, "ravel");
  });
});
