/** @file Which functions of a cell or file can be differentiated, and with what they are called as an example. */
import assert from "node:assert/strict";
import { World } from "./world.ts";

const IMPORT = 'import { type Tensor, tensor, tanh } from "cotangent";\n';

function found(...cells: readonly string[]) {
  return new World(cells).ask("differentiable", cells.length - 1);
}
const names = (...cells: readonly string[]) => found(...cells).map(({ name }) => name);

suite("functions that can be differentiated", () => {
  test("declarations, arrows and function expressions at the top level", () => {
    const text = `${IMPORT}
      export function f(x: Tensor): Tensor { const inner = (y: Tensor) => tanh(y); return inner(x); }
      const g = (x: Tensor, n: number) => x.mul(n), h = function (x: Tensor) { return x.sum(); };
      function notOut(x: Tensor): number { return x.item() as number; }
      const notIn = (n: number) => tensor([n]);
      const untyped = (x) => x;
      async function later(x: Tensor) { return x; }
      const value = tensor([1]);`;
    assert.deepEqual(names(text), ["f", "g", "h"]);
    const [f] = found(text);
    assert.equal(text.slice(f.span.start, f.span.start + f.span.length), "f");
  });

  test("trees of tensors, optional and other parameters", () => {
    const [loss] = found(`${IMPORT}
      interface Layer { weight: Tensor; bias?: Tensor }
      const loss = (layers: Layer[], x: Tensor, rate = 0.1, mask?: Tensor, ...rest: Tensor[]) => ({ value: x.sum() });`);
    assert.deepEqual(
      loss.parameters.map(({ name, differentiable, isTensor, optional }) => [name, differentiable, isTensor, optional]),
      [
        ["layers", true, false, false],
        ["x", true, true, false],
        ["rate", false, false, true],
        ["mask", true, true, true],
        ["rest", true, false, true],
      ],
    );
    assert.equal(loss.parameters[0].type, "Layer[]");
  });

  test("a class of the same name is no tensor, and a function that takes a function is none of ours", () => {
    assert.deepEqual(
      names(`class Tensor { sum(): Tensor { return this; } }
        const f = (x: Tensor) => x.sum();
        const g = (make: () => Tensor) => make();`),
      [],
    );
  });

  test("names of other cells are known", () => {
    assert.deepEqual(
      names(`${IMPORT}const twice = (x: Tensor) => x.mul(2);`, "const again = (x: Tensor) => twice(x);"),
      ["again"],
    );
  });

  test("the arguments of an example", () => {
    const example = (comment: string) =>
      found(`${IMPORT}/** ${comment} */\nconst f = (x: Tensor, n = 1) => x.mul(n);`)[0].example;
    assert.equal(example("Scales.\n * @example f(tensor([1, 2]), 3)"), "tensor([1, 2]), 3");
    assert.equal(example("@example\n * ```ts\n * const H = hessian(f)(tensor([[1]]));\n * ```"), "tensor([[1]])");
    assert.equal(example("@example jacrev(f, { argnums: 0 })(tensor([1]), 2)"), "tensor([1]), 2");
    assert.equal(example("@example other(tensor([1]))"), undefined);
    assert.equal(example("No example."), undefined);
  });
});

suite("statements that compute derivatives", () => {
  function lines(...cells: readonly string[]): string[] {
    const text = cells[cells.length - 1];
    return new World(cells)
      .ask("derivativeLines", cells.length - 1)
      .map(({ name = "(last)", span }) => `${name}: ${text.slice(span.start, span.start + span.length)}`);
  }

  test("kept in a variable, or the last of the cell; no functions, and nothing inside of them", () => {
    const before = `import { grad, hessian, jacrev, type Tensor, tensor } from "cotangent";
      const f = (x: Tensor) => x.square().sum(), x = tensor([1, 2]);`;
    const cell = `const H = hessian(f)(x);
const scaled = jacrev(f)(x).mul(2);
const later = hessian(f);
const lazy = () => hessian(f)(x);
const size = hessian(f)(x).size;
const slope = grad(f)(x);
jacrev(f)(x);
hessian(f)(x)`;
    assert.deepEqual(lines(before, cell), [
      "H: const H = hessian(f)(x);",
      "scaled: const scaled = jacrev(f)(x).mul(2);",
      "(last): hessian(f)(x)",
    ]);
  });
});
