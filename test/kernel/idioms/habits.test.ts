/** @file What people write out of habit from PyTorch, JAX and NumPy where it is written otherwise here: the errors that say how. */
import {
  ArgumentError,
  einsum,
  grad,
  hessian,
  jacrev,
  jvp,
  ShapeError,
  type Tensor,
  tensor,
  valueAndGrad,
  vmap,
  zeros,
} from "../../../kernel/index.ts";
import { assertThrows } from "../support/near.ts";

/** A call that the types refuse, as it arrives from a cell, which is not checked. */
type Loose = (...args: unknown[]) => unknown;
const loose = (f: unknown): Loose => f as Loose;
/** The method of a tensor, by name. */
const method = (x: Tensor, name: "reshape" | "permute" | "sum"): Loose => (x[name] as unknown as Loose).bind(x);

const f = (x: Tensor): Tensor => x.sin().sum();
const x = tensor([[1, 2, 3]]);

suite("habits from elsewhere", () => {
  test("options by their names elsewhere", () => {
    assertThrows(() => loose(vmap)(f, { in_dims: 0 }), ArgumentError, "vmap", '"in_dims"', "Write inDims");
    assertThrows(() => loose(vmap)(f, { in_axes: 0 }), ArgumentError, "Write inDims");
    assertThrows(() => loose(vmap)(f, { out_axes: 1 }), ArgumentError, "Write outDims");
    assertThrows(() => loose(vmap)(f, { chunk_size: 1 }), ArgumentError, "Write chunkSize");
    assertThrows(() => loose(grad)(f, { has_aux: true }), ArgumentError, "grad", "Write hasAux");
    assertThrows(
      () => loose(valueAndGrad)(f, { argnum: 0 }),
      ArgumentError,
      "valueAndGrad",
      "There are argnums, hasAux",
    );
    assertThrows(() => loose(jacrev)(f, { chunksize: 2 }), ArgumentError, "jacrev", "Write chunkSize");
    assertThrows(() => loose(hessian)(f, { holomorphic: true }), ArgumentError, "hessian", "holomorphic", "argnums");
    assertThrows(() => loose(jvp)(f, [x], [x], { has_aux: true }), ArgumentError, "jvp", "Write hasAux");
  });

  test("options by position", () => {
    assertThrows(() => loose(grad)(f, 1), ArgumentError, "grad", "{ argnums: 1 }", "got 1");
    assertThrows(() => loose(grad)(f, [0, 1]), ArgumentError, "grad", "{ argnums: 1 }", "an array");
    assertThrows(() => loose(vmap)(f, 0), ArgumentError, "vmap", "{ inDims: [0, null] }", "got 0");
    assertThrows(() => loose(vmap)(f, null), ArgumentError, "vmap", "null");
  });

  test("extents and axes one by one, or by keyword", () => {
    assertThrows(() => method(x, "reshape")(3, 1), ArgumentError, "reshape", "array", "got 3", "brackets");
    assertThrows(() => method(x, "permute")(1, 0), ArgumentError, "permute", "array", "brackets");
    assertThrows(() => method(x, "sum")({ dim: 1 }), ShapeError, "sum", "an axis", "got object");
    assertThrows(() => method(x, "sum")("1"), ShapeError, "sum", "got string");
  });

  test("an extent that could be anything", () => {
    assertThrows(() => zeros([0, 3]).reshape([-1, 0]), ShapeError, "reshape", "[0, 3]", "[-1, 0]");
  });

  test("operands of einsum in an array, and dots twice", () => {
    assertThrows(() => loose(einsum)("ij,jk", [x, x]), ArgumentError, "einsum", "2 operands", "one by one");
    assertThrows(() => einsum("...i...->i", x), ArgumentError, "einsum", "at most one", "Give each axis a letter");
  });
});
