/** @file Every primitive's local structure, written out, is its Jacobian; and so is its derivative. */
import assert from "node:assert/strict";
import { emit, emitLike, resultsOf, withoutSimplifying } from "../../../kernel/emit.ts";
import { NO_PARAMS, type Params } from "../../../kernel/graph/node.ts";
import { eye, jacfwd, Tensor, tensor } from "../../../kernel/index.ts";
import { primitiveNames, primitiveOf } from "../../../kernel/primitive.ts";
import { sizeOf } from "../../../kernel/shape.ts";
import { toNode } from "../../../kernel/structure/dense.ts";
import { entriesOf, type Structured } from "../../../kernel/structure/term.ts";
import type { Row } from "../primitives/row.ts";
import { applied, differentiable, inputsOf, isVaried, rowsOf, shapes } from "../primitives/table.ts";
import { data } from "../support/data.ts";
import { assertNear } from "../support/near.ts";

/**
 * Differentiable, without a structure of their own: a new primitive states one, or is put here on purpose. Of most of
 * them, a Jacobian is full of entries; a tuple is looked through.
 */
const WITHOUT: readonly string[] = [
  "cholesky",
  "cofactors",
  "det",
  "eigh",
  "expm",
  "expmDerivative",
  "fft",
  "lu",
  "pinv",
  "qr",
  "slogdet",
  "svd",
  "triangularSolve",
  "tuple",
];

/** Rows that have none though others do: an axis of the one shape ends inside an axis of the other. */
const ROWS_WITHOUT: Readonly<Record<string, number>> = { reshape: 2 };

/** What is stated for one input of the operation, which is made as it is. */
function stated(name: string, row: Row<object>, inputs: readonly Tensor[], i: number): Structured | null {
  const { node } = withoutSimplifying(() => applied(name, row.params)(...inputs));
  const { op, params, inputs: operands } = node.expression!;
  const terms = primitiveOf(op).structure!(i, operands, node, params);
  return terms && { shape: [...node.shape, ...inputs[i].shape], dtype: node.dtype, terms };
}

suite("local structure", () => {
  const names = primitiveNames().filter(
    (name) => primitiveOf({ name }).derivative.kind !== "none" && rowsOf(name).some((row) => differentiable(name, row)),
  );
  const having = names.filter((name) => primitiveOf({ name }).structure !== undefined);

  test("is stated by every primitive with a derivative, but for those known", () => {
    assert.deepEqual(names.filter((name) => !having.includes(name)).sort(), WITHOUT);
  });

  for (const name of having) {
    test(`${name}: written out, it is the Jacobian`, () => {
      let without = 0;
      for (const row of rowsOf(name).filter((each) => differentiable(name, each))) {
        const f = applied(name, row.params);
        const inputs = inputsOf(row, "float64");
        row.inputs.forEach((input, argnum) => {
          if (!isVaried(input)) return;
          const found = stated(name, row, inputs, argnum);
          if (found === null) {
            without++;
            return;
          }
          const what = `${name} of ${shapes(row)}, argument ${argnum}`;
          const wanted = jacfwd(f, { argnums: argnum, strategy: "vmap" })(...inputs);
          assertNear(new Tensor(toNode(found)), wanted, { rtol: 1e-13, what, dtype: wanted.dtype });
          const entries = found.terms.reduce((sum, each) => sum + entriesOf(each), 0);
          assert.ok(entries <= sizeOf(found.shape), `${what}: ${entries} entries for ${sizeOf(found.shape)} positions`);
          for (const { scale } of found.terms) assert.notEqual(scale, 0, `${what}: a term that is zero`);
        });
      }
      assert.equal(without, ROWS_WITHOUT[name] ?? 0, `${name}: rows without a structure`);
    });

    test(`${name}: the entries can be differentiated again`, () => {
      for (const row of rowsOf(name).filter((each) => differentiable(name, each))) {
        const inputs = inputsOf(row, "float64");
        if (inputs.some(({ size }) => size > 12)) continue;
        const varied = row.inputs.flatMap((input, argnum) => (isVaried(input) ? [argnum] : []));
        for (const i of varied) {
          if (stated(name, row, inputs, i) === null) continue;
          // What it is times something that varies, so that there is a derivative with respect to every input.
          const curved = (jacobian: Tensor, ...args: Tensor[]): Tensor =>
            jacobian.mul(args[i].sum().to(jacobian.dtype));
          const own = (...args: Tensor[]): Tensor => curved(new Tensor(toNode(stated(name, row, args, i)!)), ...args);
          const plain = (...args: Tensor[]): Tensor =>
            curved(jacfwd(applied(name, row.params), { argnums: i, strategy: "vmap" })(...args), ...args);
          for (const j of varied) {
            const wanted = jacfwd(plain, { argnums: j, strategy: "vmap" })(...inputs);
            const got = jacfwd(own, { argnums: j, strategy: "vmap" })(...inputs);
            const what = `${name} of ${shapes(row)}, arguments ${i} and ${j}`;
            assertNear(got, wanted, { rtol: 1e-12, atol: 1e-12, what });
          }
        }
      }
    });
  }

  for (const name of names.filter((each) => primitiveOf({ name: each }).independent !== undefined)) {
    test(`${name}: what it says is independent is`, () => {
      let checked = 0;
      for (const row of rowsOf(name).filter((each) => differentiable(name, each))) {
        const inputs = inputsOf(row, "float64");
        const params = row.params as Params;
        const results = (...given: Tensor[]): Tensor[] => {
          const node = emitLike(
            { name },
            given.map((each) => each.node),
            params,
          );
          return (node.results === undefined ? [node] : resultsOf(node)).map((each) => new Tensor(each));
        };
        results(...inputs).forEach((result, k) => {
          row.inputs.forEach((input, argnum) => {
            if (!isVaried(input) || result.dtype === "int32" || result.size === 0) return;
            for (const axis of primitiveOf({ name }).independent!(argnum, inputs, params)) {
              const f = (...given: Tensor[]): Tensor => results(...given)[k];
              const jacobian = jacfwd(f, { argnums: argnum, strategy: "vmap" })(...inputs);
              const front = jacobian.moveAxis(result.ndim + axis, 0).moveAxis(axis + 1, 1);
              const [extent] = front.shape;
              const off = eye(extent, { dtype: front.dtype }).neg().add(1);
              const beside = front.reshape([extent, extent, -1]).mul(off.expandDims(2));
              assert.equal(beside.abs().max().item(), 0, `${name} of ${shapes(row)}, argument ${argnum}, axis ${axis}`);
              checked++;
            }
          });
        });
      }
      assert.ok(checked > 0, "no row has such an axis");
    });
  }

  for (const name of ["reduceMax", "reduceMin"] as const) {
    test(`${name}: equal parts go to what ties`, () => {
      const x = tensor([2, 5, 5, 2, 1, 1, 7, 7, 7, 0, 7, 0]).to("float64").reshape([3, 4]);
      const f = applied(name, { axes: [1] });
      const found = stated(name, { inputs: [{ shape: [3, 4] }], params: { axes: [1] }, expected: ([y]) => y }, [x], 0)!;
      assertNear(new Tensor(toNode(found)), jacfwd(f, { strategy: "vmap" })(x), { what: name });
    });
  }

  test("of a value computed anew is that of the value", () => {
    const [x, after] = [data([2, 3]), data([4])];
    const node = emit("recompute", [x.node, after.node], NO_PARAMS);
    const { op, params, inputs } = node.expression!;
    const terms = primitiveOf(op).structure!(0, inputs, node, params)!;
    const wanted = jacfwd((y: Tensor) => y, { strategy: "vmap" })(x);
    assertNear(new Tensor(toNode({ shape: [2, 3, 2, 3], dtype: "float64", terms })), wanted);
  });
});
