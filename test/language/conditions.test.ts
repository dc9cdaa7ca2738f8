/** @file A tensor where a truth is asked for. */
import assert from "node:assert/strict";
import { World } from "./world.ts";

const CELL =
  'import { tensor, Tensor } from "cotangent";\nconst x = tensor([1, 2]);\nlet maybe: Tensor | undefined = x;\nlet any: any = x;';

/** The texts that are warned of in a cell below one that declares `x`. */
function warnedOf(code: string): string[] {
  const world = new World([CELL, code]);
  const warnings = world.ask("problems", 1).filter(({ severity }) => severity === "warning");
  for (const { message } of warnings) assert.match(message, /A Tensor is always true here.*\.item\(\).*where\(/);
  return warnings.map(({ span }) => code.slice(span.start, span.start + span.length));
}

suite("a tensor as a condition", () => {
  for (const [code, warned] of [
    ["if (x.gt(0)) console.log(1);", ["x.gt(0)"]],
    ["while (x.lt(3)) break;", ["x.lt(3)"]],
    ["do {} while (x);", ["x"]],
    ["for (; x.lt(3); ) break;", ["x.lt(3)"]],
    ["const a = x.gt(0) ? 1 : 2;", ["x.gt(0)"]],
    ["const b = !x.gt(0);", ["x.gt(0)"]],
    ["const c = x.gt(0) && 1;", ["x.gt(0)"]],
    ["const d = (x.gt(0)) || 1;", ["x.gt(0)"]],
    ["if (1 > 0 && x.gt(0)) {}", ["x.gt(0)"]],
    ["if ((x && x.gt(0)) || !x) {}", ["x.gt(0)", "x", "x"]],
    ["const f = (y: Tensor) => (y.sum() ? y : x);", ["y.sum()"]],
    ["const g = <T extends Tensor>(y: T) => { if (y) return 1; };", ["y"]],
    ["[1].filter(() => !x);", ["x"]],

    ["if (x.gt(0).all().item()) {}", []],
    ["if (maybe) maybe.item();", []],
    ["const h = (y?: Tensor) => y || x;", []],
    ["if (any) {}", []],
    ["const i = maybe ?? x;", []],
    ["if (x.item() > 0 || x.shape) {}", []],
    ["class Tensor {} if (new Tensor()) {}", []],
    ["1 > 0 && x.gt(0)", []],
  ] as const) {
    test(code, () => assert.deepEqual(warnedOf(code), [...warned]));
  }

  test("nothing is said of a cell of JavaScript", () => {
    const world = new World([CELL]);
    world.set([...world.cells, world.newCell("if (x.gt(0)) {}", "javascript")]);
    assert.deepEqual(world.problems(1), []);
  });
});
