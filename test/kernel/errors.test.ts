/** @file Errors are part of the interface: each names the function, what came, and what to do instead. */
import assert from "node:assert/strict";
import {
  ArgumentError,
  allclose,
  arange,
  concat,
  DTypeError,
  diag,
  einsum,
  eye,
  full,
  Generator,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jacrev,
  jit,
  jvp,
  KernelError,
  linearize,
  linspace,
  MemoryError,
  nonzero,
  ones,
  rand,
  randint,
  randn,
  ShapeError,
  StructureError,
  stack,
  type Tensor,
  TraceError,
  tensor,
  unique,
  useBackend,
  valueAndGrad,
  vhp,
  vjp,
  vmap,
  zeros,
} from "../../kernel/index.ts";
import { assertThrows } from "./support/near.ts";

const x = ones([2, 3]);
const v = ones([3]);
/** What a person writes in JavaScript, where no type stops it. */
const wrong = (value: unknown): never => value as never;
const identity = (x: Tensor): Tensor => x;

suite("errors of vmap", () => {
  const cases: Record<string, [() => unknown, Parameters<typeof assertThrows>[1], ...(string | RegExp)[]]> = {
    "inDims with too few entries": [
      () => vmap((a: Tensor, b: Tensor) => a.add(b), { inDims: [0] })(x, x),
      StructureError,
      "vmap: inDims [0]",
      "[*, *]",
      "2 entries",
    ],
    "inDims that nest deeper than the argument": [
      () => vmap(identity, { inDims: [[0, 1]] })(x),
      StructureError,
      "vmap: inDims",
      "nests deeper",
    ],
    "inDims with other keys": [
      () => vmap((p: { w: Tensor }) => p.w, { inDims: [{ b: 0 }] })({ w: x }),
      StructureError,
      "{w: *}",
      "Give the same keys",
    ],
    "inDims with a key too many": [
      () => vmap((p: { w: Tensor }) => p.w, { inDims: [{ w: 0, b: 0 }] })({ w: x }),
      StructureError,
      "{w: *}",
      "Give the same keys",
    ],
    "an axis out of range": [
      () => vmap(identity, { inDims: 2 })(x),
      ShapeError,
      "axis 2",
      "[2, 3]",
      "2 axes",
      "Use null",
    ],
    "a negative axis out of range": [() => vmap(identity, { inDims: -3 })(x), ShapeError, "axis -3", "[2, 3]"],
    "an axis of a scalar": [() => vmap(identity)(tensor(1)), ShapeError, "axis 0", "[]", "0 axes", "null"],
    "an axis that is not an integer": [() => vmap(identity, { inDims: 0.5 })(x), ShapeError, "axis 0.5"],
    "an axis of another type": [() => vmap(identity, { inDims: wrong("0") })(x), ArgumentError, "integers or null"],
    "sizes that differ": [
      () => vmap((a: Tensor, b: Tensor) => a.add(b), { inDims: [0, 1] })(x, x),
      ShapeError,
      "2 (axis 0 of [2, 3])",
      "3 (axis 1 of [2, 3])",
      "Check inDims",
    ],
    "nothing to map": [() => vmap(identity, { inDims: null })(x), ArgumentError, "nothing to map", "null for every"],
    "no arguments": [() => vmap(() => x)(), ArgumentError, "nothing to map"],
    "outDims null on what differs": [
      () => vmap(identity, { outDims: null })(x),
      ArgumentError,
      "outDims is null",
      "Give it an axis",
    ],
    "outDims out of range": [() => vmap(identity, { outDims: 2 })(x), ShapeError, "outDims", "axis 2", "rank 2"],
    "outDims of another structure": [
      () => vmap(identity, { outDims: [0, 0] })(x),
      StructureError,
      "vmap: outDims [0,0]",
      "nests deeper",
    ],
    "a result that is not a tensor": [
      () => vmap((_: Tensor) => "text")(x),
      StructureError,
      "vmap: the function's result",
      "a string",
    ],
    "a promise": [() => vmap(async (x: Tensor) => x)(x), StructureError, "promise", "synchronous"],
    "no result": [() => vmap((_: Tensor) => undefined)(x), StructureError, "vmap", "undefined", "Is a return missing?"],
    "an argument that is not a tensor": [() => vmap(identity)(wrong("text")), StructureError, "vmap", "a string"],
    "chunkSize 0": [() => vmap(identity, { chunkSize: 0 })(x), ArgumentError, "chunkSize", "at least 1", "got 0"],
    "chunkSize a fraction": [() => vmap(identity, { chunkSize: 1.5 })(x), ArgumentError, "chunkSize", "1.5"],
    "a random draw": [
      () => vmap((x: Tensor) => x.add(randn([3])))(x),
      TraceError,
      "randn",
      'randomness: "different"',
      'randomness: "same"',
    ],
    "a random draw of another kind": [() => vmap((_: Tensor) => randint(0, 5, [2]))(x), TraceError, "randint"],
    "a random draw in an inner map that allows it": [
      () => vmap(vmap((_: Tensor) => rand([]), { randomness: "different" }))(ones([2, 2])),
      TraceError,
      "rand:",
    ],
    "an unknown randomness": [
      () => vmap(identity, { randomness: wrong("sometimes") })(x),
      ArgumentError,
      "randomness",
      "sometimes",
      '"different"',
    ],
    "item()": [
      () => vmap((x: Tensor) => (x.sum().item() > 0 ? x : x.neg()))(x),
      TraceError,
      "item()",
      "inside vmap",
      "where(",
    ],
    "item() of many entries": [() => vmap((x: Tensor) => x.mul(x.item()))(x), TraceError, "[3]"],
    "a comparison by an operator": [
      () => vmap((x: Tensor) => (Number(x.sum()) > 0 ? x : x.neg()))(x),
      TraceError,
      "where(",
    ],
    "toArray()": [() => vmap((x: Tensor) => x.mul((x.toArray() as number[])[0]))(x), TraceError, "toArray()", "[3]"],
    "dataSync()": [() => vmap((x: Tensor) => x.mul(x.dataSync()[0]))(x), TraceError, "dataSync()"],
    allclose: [() => vmap((x: Tensor) => x.mul(allclose(x, x) ? 1 : 0))(x), TraceError, "inside vmap"],
  };
  for (const [name, [body, type, ...patterns]] of Object.entries(cases)) {
    test(name, () => assertThrows(body, type, ...patterns));
  }

  test("a tensor kept after its map ended", async () => {
    let leaked: Tensor = x;
    vmap((each: Tensor) => {
      leaked = each.mul(2);
      return each;
    })(x);
    assertThrows(() => leaked.toArray(), TraceError, "vmap that has ended", "Return it");
    assertThrows(() => leaked.add(1).item(), TraceError, "ended");
    await assert.rejects(leaked.data(), (error: Error) => /ended/.test(error.message));
    assert.match(String(leaked), /inside vmap/);
    // And it does not spoil what comes after.
    assert.deepEqual(vmap(identity)(v).toArray(), [1, 1, 1]);
  });
});

suite("errors of derivatives", () => {
  const derivatives = { grad, jacrev, jacfwd, valueAndGrad };
  const total = (x: Tensor): Tensor => x.sum();

  test("grad of something that is no scalar suggests what to use", () => {
    for (const [name, derive] of Object.entries({ grad, valueAndGrad })) {
      assertThrows(() => derive(identity)(v), ShapeError, name, "one scalar", "shape [3]", ".sum()", "vjp or jacrev");
      assertThrows(() => derive((x: Tensor) => [x.sum(), x.sum()])(v), ShapeError, "several values");
      assertThrows(() => derive((_: Tensor) => wrong(undefined))(v), StructureError, "undefined", "return missing");
      assertThrows(() => derive((_: Tensor) => wrong("text"))(v), StructureError, "a string");
      assertThrows(() => derive((x: Tensor) => x.argmax())(v), DTypeError, name, "float32 or float64", "int32");
    }
  });

  test("argnums: empty, twice, out of range, no integer", () => {
    const two = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum();
    for (const [name, derive] of Object.entries(derivatives)) {
      const call = (argnums: never) => () => derive(two, { argnums })(v, v);
      assertThrows(call(wrong([])), ArgumentError, `${name}: argnums is empty`);
      assertThrows(call(wrong([0, 0])), ArgumentError, name, "[0,0]", "twice");
      assertThrows(call(wrong([1, -1])), ArgumentError, name, "[1,-1]", "twice");
      assertThrows(call(wrong(2)), ArgumentError, name, "argnum 2 is out of range", "2 arguments");
      assertThrows(call(wrong(-3)), ArgumentError, name, "argnum -3");
      assertThrows(call(wrong([0, 5])), ArgumentError, "argnum 5");
      assertThrows(call(wrong(0.5)), ArgumentError, name, "integers", "0.5");
      assertThrows(call(wrong("x")), ArgumentError, name, "integers", "x");
    }
    assertThrows(() => grad(() => x.sum())(), ArgumentError, "argnum 0", "0 arguments");
    assertThrows(() => hessian(two, { argnums: 4 })(v, v), ArgumentError, "argnum 4");
  });

  test("chunkSize", () => {
    for (const derive of [jacrev, jacfwd, hessian]) {
      assertThrows(() => derive(total, { chunkSize: 0 })(v), ArgumentError, "chunkSize", "at least 1");
      assertThrows(() => derive(total, { chunkSize: 2.5 })(v), ArgumentError, "2.5");
    }
  });

  test("integers have no derivative, in or out", () => {
    const i = arange(3);
    for (const [name, derive] of Object.entries(derivatives)) {
      assertThrows(() => derive(total)(i), DTypeError, name, "float32 and float64", "int32[3]", 'x.to("float32")');
      assertThrows(
        () => derive((a: Tensor, b: Tensor) => a.mul(b).sum(), { argnums: [0, 1] })(v, i),
        DTypeError,
        "int32",
      );
      assertThrows(() => derive(total)(tensor([true])), DTypeError, "bool");
    }
    for (const derive of [jacrev, jacfwd]) {
      assertThrows(() => derive((x: Tensor) => x.gt(0))(v), DTypeError, "must return float32 or float64", "bool");
    }
    assertThrows(() => vjp(total, i), DTypeError, "vjp", "int32");
    assertThrows(() => jvp(total, [i], [i]), DTypeError, "jvp", "int32");
    assertThrows(() => linearize(total, i), DTypeError, "linearize", "int32");
  });

  test("cotangents that do not match: tree, shape, type", () => {
    const [, pullback] = vjp((x: Tensor) => ({ a: x.sum(), b: x }), v);
    assertThrows(() => pullback(tensor(1)), StructureError, "vjp: the cotangent", "{a: *, b: *}", "got *");
    assertThrows(() => pullback({ a: 1 }), StructureError, "{a: *, b: *}", "{a: *}");
    assertThrows(() => pullback(undefined), StructureError, "got undefined");
    assertThrows(() => pullback({ a: 1, b: ones([4]) }), ShapeError, "cotangent", "expected [3]", "got [4]");
    assertThrows(() => pullback({ a: ones([1]), b: v }), ShapeError, "expected []", "got [1]");
    assertThrows(() => pullback({ a: 1, b: v.to("float64") }), DTypeError, "float32", "float64", '.to("float32")');
    assertThrows(() => pullback({ a: 1, b: "text" }), StructureError, "a string");
  });

  test("tangents that do not match: tree, shape, type, count", () => {
    const two = (a: Tensor, b: Tensor): Tensor => a.mul(b);
    assertThrows(() => jvp(two, [v, v], wrong([v])), StructureError, "jvp: the tangents", "[*, *]", "[*]");
    assertThrows(() => jvp(identity, [v], [x]), ShapeError, "tangents", "expected [3]", "got [2, 3]");
    assertThrows(() => jvp(identity, [v], [v.to("float64")]), DTypeError, "expected float32", "got float64");
    assertThrows(() => jvp(identity, wrong(v), wrong(v)), StructureError, "jvp", "primals", "array", "[x]");
    assertThrows(() => jvp(identity, [v], wrong(v)), StructureError, "tangents", "array");
    const [, push] = linearize(two, v, v);
    assertThrows(() => (push as (...t: unknown[]) => unknown)(v), StructureError, "linearize: the tangents", "[*, *]");
    assertThrows(() => push(v, x), ShapeError, "linearize", "[2, 3]");
    assertThrows(() => hvp(total, [v], [x]), ShapeError, "expected [3]", "got [2, 3]");
    assertThrows(() => vhp(total, [v], [x]), ShapeError, "expected [3]", "got [2, 3]");
  });

  test("strict jvp with an output that does not depend on the input", () => {
    const f = (x: Tensor): [Tensor, Tensor] => [x.mul(2), tensor([1])];
    assertThrows(() => jvp(f, [v], [v], { strict: true }), ArgumentError, "strict", "output 1", "Leave strict out");
    assert.deepEqual(jvp(f, [v], [v])[1][1].toArray(), [0]);
    assert.deepEqual(jvp(identity, [v], [v], { strict: true })[1].toArray(), [1, 1, 1]);
  });

  test("hasAux without a pair", () => {
    for (const derive of Object.values(derivatives)) {
      assertThrows(() => derive(total, { hasAux: true })(v), StructureError, "hasAux", "[out, aux]", "a Tensor");
      assertThrows(
        () => derive((x: Tensor) => [x.sum(), 1, 2], { hasAux: true })(v),
        StructureError,
        "hasAux",
        "an array of 3",
      );
    }
  });

  test("an argument that is no tensor", () => {
    assertThrows(() => grad(total)(wrong("text")), StructureError, "grad", "a string");
    assertThrows(() => jacrev(total)(wrong(new Map())), StructureError, "jacrev", "a Map");
    assertThrows(() => jacfwd(total)(wrong(() => 1)), StructureError, "jacfwd", "a function");
    assertThrows(() => vjp(total, wrong(Promise.resolve(1))), StructureError, "a promise", "await");
    assertThrows(() => grad(total)(wrong(new Float32Array(3))), StructureError, "Float32Array");
  });
});

suite("errors of functions", () => {
  const cases: Record<string, [() => unknown, Parameters<typeof assertThrows>[1], ...(string | RegExp)[]]> = {
    "shapes that do not broadcast": [
      () => x.add(ones([2])),
      ShapeError,
      "add",
      "[2, 3]",
      "[2]",
      "3 meets 2",
      "Reshape",
    ],
    "broadcast in where": [() => x.gt(0).add(ones([4])), ShapeError, "[2, 3]", "[4]"],
    "an operand that is an array": [() => x.add(wrong([1, 2, 3])), ArgumentError, "add", "an array", "tensor("],
    "an operand that is nothing": [() => x.mul(wrong(undefined)), ArgumentError, "mul", "undefined"],
    "an operand that is a string": [() => x.sub(wrong("1")), ArgumentError, "sub", "a string"],
    "matmul sizes": [() => x.matmul(x), ShapeError, "matmul", "[2, 3] and [2, 3]", "3", "2", "transpose"],
    "matmul with a vector": [() => x.matmul(ones([2])), ShapeError, "matmul", "[2, 3]", "[2]"],
    "matmul with a scalar": [() => x.matmul(tensor(2)), ShapeError, "at least one axis", "Use mul"],
    "matmul of stacks that do not broadcast": [
      () => ones([2, 3, 4]).matmul(ones([3, 4, 5])),
      ShapeError,
      "matmul",
      "[2] and [3]",
    ],
    "linear sizes": [() => v.linear(ones([3, 2])), ShapeError, "linear", "[..., in]", "[3]", "[3, 2]", "transpose"],
    "dot of matrices": [() => x.dot(x), ShapeError, "dot", "two vectors", "matmul"],
    "dot of unequal vectors": [() => v.dot(ones([2])), ShapeError, "[3]", "[2]"],
    "tensordot of unequal axes": [() => x.tensordot(x, [[0], [1]]), ShapeError, "tensordot", "axis 0", "axis 1"],
    "tensordot of lists of two lengths": [() => x.tensordot(x, [[0], []]), ArgumentError, "tensordot", "1 and 0"],
    "tensordot of an axis twice": [
      () =>
        x.tensordot(ones([2, 2]), [
          [0, 0],
          [0, 1],
        ]),
      ShapeError,
      "twice",
    ],
    "tensordot of too many axes": [() => v.tensordot(v, 2), ShapeError, "tensordot", "axis"],
    "einsum with too few operands": [() => einsum("ij,jk->ik", x), ArgumentError, "einsum", "2 operands", "1"],
    "einsum of another rank": [() => einsum("i->i", x), ShapeError, "einsum", '"i"', "1 axes", "[2, 3]"],
    "einsum with an unknown letter": [() => einsum("ij->ik", x), ArgumentError, '"k"', "no operand"],
    "einsum with a letter of two extents": [() => einsum("ij,ij->", x, x.transpose()), ShapeError, '"i"', "2", "3"],
    "einsum diagonal of a rectangle": [() => einsum("ii->i", x), ShapeError, '"i"', "2", "3"],
    "einsum with a letter twice in the result": [() => einsum("ij->ii", ones([2, 2])), ArgumentError, "twice"],
    "reshape count": [() => x.reshape([4]), ShapeError, "reshape", "[2, 3]", "6 entries", "[4]", "-1"],
    "reshape with two free extents": [() => x.reshape([-1, -1]), ShapeError, "reshape", "[-1, -1]"],
    "reshape that does not divide": [() => x.reshape([-1, 4]), ShapeError, "[-1, 4]"],
    "reshape to a negative extent": [() => x.reshape([-2, -3]), ShapeError, "[-2, -3]"],
    "permute with an axis missing": [() => x.permute([0]), ShapeError, "permute", "each of the 2 axes", "[0]"],
    "permute with an axis twice": [() => x.permute([0, 0]), ShapeError, "[0, 0]", "once"],
    "transpose out of range": [() => x.transpose(0, 2), ShapeError, "transpose", "axis 2", "rank 2"],
    "moveAxis out of range": [() => x.moveAxis(0, 5), ShapeError, "moveAxis", "axis 5"],
    "squeeze of an axis that is not 1": [() => x.squeeze(1), ShapeError, "squeeze", "axis 1", "extent 3"],
    broadcastTo: [() => x.broadcastTo([3, 2]), ShapeError, "broadcastTo", "[2, 3]", "[3, 2]"],
    "an axis of a reduction out of range": [() => x.sum(2), ShapeError, "sum", "axis 2", "rank 2", "-2 to 1"],
    "an axis of a reduction twice": [() => x.sum([0, -2]), ShapeError, "sum", "twice"],
    "an axis of a scalar": [() => tensor(1).sum(0), ShapeError, "sum", "axis 0", "a scalar has no axes"],
    "an axis that is no integer": [() => x.mean(0.5), ShapeError, "mean", "axis 0.5"],
    "max of nothing": [() => zeros([0]).max(), ShapeError, "max", "[0]", "no entries"],
    "argmax of nothing": [() => zeros([2, 0]).argmax(1), ShapeError, "argmax", "[2, 0]"],
    "cumsum out of range": [() => x.cumsum(2), ShapeError, "cumsum", "axis 2"],
    "concat of nothing": [() => concat([]), ArgumentError, "concat", "at least one tensor"],
    "concat of a tensor": [() => concat(wrong(x)), ArgumentError, "concat", "array"],
    "concat of shapes that do not fit": [
      () => concat([x, v.expandDims(0)], 1),
      ShapeError,
      "concat",
      "[2, 3]",
      "[1, 3]",
    ],
    "concat of unequal ranks": [() => concat([x, v]), ShapeError, "concat", "[2, 3]", "[3]"],
    "concat of scalars": [() => concat([tensor(1), tensor(2)]), ShapeError, "concat", "scalar"],
    "stack of shapes that differ": [() => stack([x, v]), ShapeError, "stack", "[2, 3]", "[3]"],
    "split that does not add up": [() => x.split(2, 1), ShapeError, "split", "axis 1", "add up to 3"],
    "split by lengths that do not add up": [() => x.split([1, 1], 1), ShapeError, "[1,1]"],
    "a step that is not positive": [() => x.slice(0, 0, 2, -1), ArgumentError, "slice", "step", "flip"],
    "a start that is no integer": [() => x.slice(0, 0.5), ArgumentError, "slice", "0.5"],
    "a shift that is no integer": [() => x.roll(0.5, 0), ArgumentError, "roll", "0.5"],
    "counts that are negative": [() => x.tile([-1]), ArgumentError, "tile", "[-1]"],
    "pad of another rank": [() => x.pad([[1, 1]]), ShapeError, "pad", "[2, 3]", "[[1,1]]"],
    "pad by less than nothing": [() => v.pad([[-1, 0]]), ShapeError, "pad", "non-negative"],
    "tril of a vector": [() => v.tril(), ShapeError, "tril", "[3]"],
    "diagonal of one axis": [() => x.diagonal(1, 1), ShapeError, "diagonal", "two different"],
    "diag of rank 3": [() => diag(ones([2, 2, 2])), ShapeError, "diag", "[2, 2, 2]"],
    "an index out of range": [() => x.at(0, 3), ShapeError, "at", "index 3", "axis 1", "[2, 3]", "-3 to 2"],
    "a negative index out of range": [() => x.at(-3), ShapeError, "index -3", "axis 0"],
    "too many indices": [() => x.at(0, 0, 0), ShapeError, "3 indices", "[2, 3]"],
    "an index that is no integer": [() => x.at(0.5), ShapeError, "0.5"],
    "take out of range": [() => x.take([0, 3], 1), ShapeError, "take", "position 3", "axis 1", "-3 to 2"],
    "take at fractions": [() => x.take(tensor([0.5])), ArgumentError, "take", "float32", 'to("int32")'],
    "a function of reals on booleans": [() => x.gt(0).neg().exp().pow(wrong([])), ArgumentError, "pow"],
    "item of many": [() => x.item(), ShapeError, "item()", "[2, 3]", "6", "toArray"],
    "item of none": [() => zeros([0]).item(), ShapeError, "item()", "[0]"],
    "allclose of unequal shapes": [() => allclose(x, v), ShapeError, "allclose", "[2, 3]", "[3]"],
    "allclose of arrays": [() => allclose(wrong([1]), x), ArgumentError, "allclose", "tensor("],
    "rows of two lengths": [() => tensor([[1, 2], [3]]), ShapeError, "tensor", "2 entries", "[1]", "array of 1"],
    "a number among rows": [() => tensor([[1], 2]), ShapeError, "tensor", "[1]", "nest alike"],
    "rows among numbers": [() => tensor([1, [2]]), ShapeError, "tensor", "a number at [1]"],
    "a string in the data": [() => tensor(wrong(["1"])), ArgumentError, "tensor", "string", "[0]"],
    "tensors in the data": [() => tensor(wrong([x])), ArgumentError, "tensor", "stack"],
    "nothing as data": [() => tensor(wrong(undefined)), ArgumentError, "tensor", "undefined"],
    "a shape that does not fit the data": [() => tensor([1, 2], { shape: [3] }), ShapeError, "[3]", "3 entries", "2"],
    "a shape of negatives": [() => tensor([1, 2], { shape: [-1, -2] }), ShapeError, "tensor", "non-negative"],
    "zeros of a number": [() => zeros(wrong(3)), ShapeError, "zeros", "[2, 3]", "3"],
    "ones of a fraction": [() => ones([1.5]), ShapeError, "ones", "1.5"],
    "full of nothing": [() => full(wrong(undefined), 1), ShapeError, "full", "undefined"],
    "eye of a negative": [() => eye(-1), ShapeError, "eye", "-1"],
    "arange by nothing": [() => arange(0, 5, 0), ArgumentError, "arange", "step"],
    "arange without end": [() => arange(Number.POSITIVE_INFINITY), ArgumentError, "arange", "Infinity"],
    "linspace of a fraction": [() => linspace(0, 1, 2.5), ShapeError, "linspace", "2.5"],
    "randn of a number": [() => randn(wrong(3)), ArgumentError, "randn", "[2, 3]", "3"],
    "randn of integers": [() => randn([2], { dtype: "int32" }), DTypeError, "randn", "int32", "randint"],
    "an empty range of integers": [() => randint(3, 3, [2]), ArgumentError, "randint"],
    "a seed that is no integer": [() => new Generator(0.5), ArgumentError, "seed"],
    "an unknown backend": [
      () => useBackend("gpu"),
      ArgumentError,
      '"wasm", "webgpu", "onnx-wasm", "onnx-webgpu" or "reference"',
      '"gpu"',
    ],
    "an unknown type": [() => zeros([2], { dtype: wrong("float16") }), DTypeError, "float16", '"float32"'],
    "an unknown type to convert to": [() => x.to(wrong("int64")), DTypeError, "int64", '"int32"'],
    "an unknown type for data": [() => tensor([1], { dtype: wrong("half") }), DTypeError, "half"],
  };
  for (const [name, [body, type, ...patterns]] of Object.entries(cases)) {
    test(name, () => assertThrows(body, type, ...patterns));
  }

  test("every class of error is told by is(), across copies of the kernel", () => {
    for (const type of [ShapeError, DTypeError, StructureError, ArgumentError, TraceError, MemoryError]) {
      const error = new type("text");
      assert.ok(type.is(error) && KernelError.is(error) && error instanceof Error);
      assert.equal(error.name, type.name);
    }
    assert.ok(!KernelError.is(new Error("text")) && !ShapeError.is(new ArgumentError("text")));
    assert.ok(!KernelError.is(undefined) && !KernelError.is("text"));
  });
});

suite("the errors that are promised, word by word", () => {
  let leaked: Tensor = x;
  vmap((each: Tensor) => {
    leaked = each.mul(2);
    return each;
  })(x);
  const total = (x: Tensor): Tensor => x.sum();
  const two = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum();
  const rows: Record<string, [() => unknown, { readonly name: string; is(error: unknown): boolean }, string]> = {
    "inDims not matching the structure of the inputs": [
      () => vmap((a: Tensor, b: Tensor) => a.add(b), { inDims: [0] })(x, x),
      StructureError,
      "vmap: inDims [0] does not match the structure [*, *]: expected 2 entries, got an array of 1. Give one entry for each, or one value for all.",
    ],
    "inDims with other keys": [
      () => vmap((p: { w: Tensor }) => p.w, { inDims: [{ b: 0 }] })({ w: x }),
      StructureError,
      'vmap: inDims [{"b":0}] does not match the structure [{w: *}]. Give the same keys.',
    ],
    "an axis in inDims out of range for a tensor of that rank": [
      () => vmap((x: Tensor) => x, { inDims: 2 })(x),
      ShapeError,
      "vmap: inDims asks for axis 2 of an argument of shape [2, 3], which has 2 axes. Use null for an argument that is the same for all examples.",
    ],
    "mapped sizes that differ": [
      () => vmap((a: Tensor, b: Tensor) => a.add(b), { inDims: [0, 1] })(x, x),
      ShapeError,
      "vmap: the mapped axes must have one size, got 2 (axis 0 of [2, 3]), 3 (axis 1 of [2, 3]). Check inDims.",
    ],
    "nothing to map": [
      () => vmap((x: Tensor) => x, { inDims: null })(x),
      ArgumentError,
      "vmap: there is nothing to map over: inDims is null for every argument. Give one of them an axis.",
    ],
    "outDims null on a batched result": [
      () => vmap((x: Tensor) => x, { outDims: null })(x),
      ArgumentError,
      "vmap: outDims is null for a result of shape [3] that differs from example to example. Give it an axis.",
    ],
    "a mapped function that returns something else": [
      () => vmap((_: Tensor) => "text")(x),
      StructureError,
      "vmap: the function's result: expected tensors and numbers, nested in arrays and plain objects, got a string. Leave it out, or make a tensor of it.",
    ],
    "a mapped function that returns nothing": [
      () => vmap((_: Tensor) => undefined)(x),
      StructureError,
      "vmap: the function must return a tensor, or tensors nested in arrays and plain objects, got undefined. Is a return missing?",
    ],
    "a random draw in vmap": [
      () => vmap((x: Tensor) => x.add(randn([3])))(x),
      TraceError,
      'randn: random numbers inside vmap are ambiguous. Give vmap {randomness: "different"} for new numbers per example, {randomness: "same"} for the same ones, or draw outside.',
    ],
    "item() under vmap": [
      () => vmap((x: Tensor) => (x.sum().item() > 0 ? x : x.neg()))(x),
      TraceError,
      "item(): inside vmap a tensor of shape [] stands for many values and has none of its own, so it cannot be read or decide an if. Use where(condition, a, b) or cond(condition, f, g) instead.",
    ],
    "item() under jit": [
      () => jit((x: Tensor) => (x.sum().item() > 0 ? x : x.neg()))(x),
      TraceError,
      "item(): inside jit a tensor of shape [] stands for many values and has none of its own, so it cannot be read or decide an if. Use where(condition, a, b) or cond(condition, f, g) instead.",
    ],
    "toArray() under vmap": [
      () => vmap((x: Tensor) => tensor(x.toArray()))(x),
      TraceError,
      "toArray(): inside vmap a tensor of shape [3] stands for many values and has none of its own, so it cannot be read or decide an if. Use where(condition, a, b) or cond(condition, f, g) instead.",
    ],
    "control flow under jit": [
      () => jit((x: Tensor) => (Number(x.sum()) > 0 ? x : x.neg()))(x),
      TraceError,
      "an operator on a tensor of shape [] inside jit: +, *, < and the like need a plain number, and there it has none. Use methods, x.mul(2) for x * 2, and where(condition, a, b) or cond(condition, f, g) for what an if would decide.",
    ],
    "a result of dynamic shape under vmap: nonzero": [
      () => vmap((x: Tensor) => nonzero(x))(x),
      TraceError,
      "nonzero: this is an output of dynamic shape, it depends on entries, but inside vmap a tensor of shape [3] has none of its own. Keep the shape with where(condition, a, b), or take a fixed number with topK; else call nonzero outside.",
    ],
    "a result of dynamic shape under vmap: unique": [
      () => vmap((x: Tensor) => unique(x))(x),
      TraceError,
      "unique: this is an output of dynamic shape, it depends on entries, but inside vmap a tensor of shape [3] has none of its own. Keep the shape with where(condition, a, b), or take a fixed number with topK; else call unique outside.",
    ],
    "a result of dynamic shape under jit": [
      () => jit((x: Tensor) => nonzero(x))(x),
      TraceError,
      "nonzero: this is an output of dynamic shape, it depends on entries, but inside jit a tensor of shape [2, 3] has none of its own. Keep the shape with where(condition, a, b), or take a fixed number with topK; else call nonzero outside.",
    ],
    "grad of something that is no scalar": [
      () => grad((x: Tensor) => wrong(x.mul(2)))(v),
      ShapeError,
      "grad: the function must return one scalar, got shape [3]. Reduce it with .sum(), or use vjp or jacrev.",
    ],
    "a cotangent of another structure": [
      () => vjp((x: Tensor) => ({ a: x.sum(), b: x }), v)[1](tensor(1)),
      StructureError,
      "vjp: the cotangent must be nested like the function's result: expected {a: *, b: *}, got *. Give one tensor for each *.",
    ],
    "a cotangent of another shape": [
      () => vjp((x: Tensor) => x, v)[1](ones([4])),
      ShapeError,
      "vjp: the cotangent must have the shape of the function's result: expected [3], got [4]. Reshape or broadcast it.",
    ],
    "a cotangent of another type": [
      () => vjp((x: Tensor) => x, v)[1](v.to("float64")),
      DTypeError,
      'vjp: the cotangent must have the type of the function\'s result: expected float32, got float64. Convert with .to("float32").',
    ],
    "a tangent of another shape": [
      () => jvp((x: Tensor) => x, [v], [x]),
      ShapeError,
      "jvp: the tangents must have the shape of the primals: expected [3], got [2, 3]. Reshape or broadcast it.",
    ],
    "a tangent of another type": [
      () => jvp((x: Tensor) => x, [v], [v.to("float64")]),
      DTypeError,
      'jvp: the tangents must have the type of the primals: expected float32, got float64. Convert with .to("float32").',
    ],
    "primals and tangents of different structure": [
      () => jvp(two, [v, v], wrong([v])),
      StructureError,
      "jvp: the tangents must be nested like the primals: expected [*, *], got [*]. Give one tensor for each *.",
    ],
    "argnums empty": [
      () => grad(two, { argnums: wrong([]) })(v, v),
      ArgumentError,
      "grad: argnums is empty; name at least one argument.",
    ],
    "argnums with one twice": [
      () => grad(two, { argnums: wrong([0, -2]) })(v, v),
      ArgumentError,
      "grad: argnums [0,-2] names an argument twice. Name each once.",
    ],
    "argnums out of range": [
      () => grad(two, { argnums: wrong(2) })(v, v),
      ArgumentError,
      "grad: argnum 2 is out of range: the function was called with 2 arguments. The first is 0, the last -1.",
    ],
    "argnums that are no integers": [
      () => grad(two, { argnums: wrong(0.5) })(v, v),
      ArgumentError,
      "grad: argnums must be integers, got 0.5. The first argument is 0.",
    ],
    "chunkSize below 1: vmap": [
      () => vmap(total, { chunkSize: 0 })(x),
      ArgumentError,
      "vmap: chunkSize must be an integer of at least 1, got 0. Leave it out for as many as fit in memory.",
    ],
    "chunkSize below 1: jacrev": [
      () => jacrev(total, { chunkSize: -1 })(v),
      ArgumentError,
      "jacrev: chunkSize must be an integer of at least 1, got -1. Leave it out for as many as fit in memory.",
    ],
    "chunkSize a fraction: jacfwd": [
      () => jacfwd(total, { chunkSize: 1.5 })(v),
      ArgumentError,
      "jacfwd: chunkSize must be an integer of at least 1, got 1.5. Leave it out for as many as fit in memory.",
    ],
    "chunkSize below 1: hessian": [
      () => hessian(total, { chunkSize: 0 })(v),
      ArgumentError,
      "hessian: chunkSize must be an integer of at least 1, got 0. Leave it out for as many as fit in memory.",
    ],
    "chunkSize below 1: jacobian": [
      () => jacobian(total, { chunkSize: 0 })(v),
      ArgumentError,
      "jacobian: chunkSize must be an integer of at least 1, got 0. Leave it out for as many as fit in memory.",
    ],
    "an integer input to a derivative": [
      () => grad(total)(arange(3)),
      DTypeError,
      'grad: derivatives exist only with respect to float32 and float64, but an argument is int32[3]. Convert it with x.to("float32"), or leave it out of argnums.',
    ],
    "a result of a differentiated function that is not floating": [
      () => jacrev((x: Tensor) => x.gt(0))(v),
      DTypeError,
      'jacrev: the function must return float32 or float64, got bool. Convert with .to("float32").',
    ],
    "a gradient of an integer": [
      () => grad((x: Tensor) => x.argmax())(v),
      DTypeError,
      "grad: the function must return float32 or float64, got int32. Return something that varies smoothly.",
    ],
    "shapes that do not broadcast": [
      () => x.add(ones([2])),
      ShapeError,
      "add: shapes [2, 3] and [2] do not broadcast: counted from the right, axes must be equal or 1, but here 3 meets 2. Reshape one of them, or add an axis with expandDims.",
    ],
    "matmul sizes": [
      () => x.matmul(x),
      ShapeError,
      "matmul: shapes [2, 3] and [2, 3] do not fit: the last axis of the first has extent 3, the second to last axis of the second 2. They must be equal; transpose one of them?",
    ],
    "reshape count": [
      () => x.reshape([4]),
      ShapeError,
      "reshape: [2, 3] has 6 entries and does not fit [4]. The product of the extents must be the same; one of them may be -1.",
    ],
    "an index out of range": [
      () => x.at(0, 3),
      ShapeError,
      "at: index 3 is out of range for axis 1 of [2, 3]; expected -3 to 2.",
    ],
    "a position out of range": [
      () => x.take([0, 3], 1),
      ShapeError,
      "take: position 3 is out of range for axis 1 of [2, 3]; expected -3 to 2.",
    ],
    "an axis out of range": [
      () => x.sum(2),
      ShapeError,
      "sum: axis 2 is out of range for a tensor of rank 2; expected an integer from -2 to 1.",
    ],
    "an axis twice": [() => x.sum([0, -2]), ShapeError, "sum: axes [0, 0] name one axis twice; give each axis once."],
    "strict jvp with an output that does not depend on its input": [
      () => jvp((x: Tensor): [Tensor, Tensor] => [x.mul(2), tensor([1])], [v], [v], { strict: true }),
      ArgumentError,
      "jvp: with strict, every output must depend on the primals, but output 1 does not. Leave strict out to get zeros.",
    ],
    "a tensor of a finished vmap": [
      () => leaked.toArray(),
      TraceError,
      "toArray(): this tensor of shape [3] belongs to a call of vmap that has ended. Return it from the function instead of storing it outside.",
    ],
    "a tensor of a finished jit": [
      () => {
        let l: Tensor = x;
        jit((x: Tensor) => {
          l = x.mul(2);
          return x;
        })(x);
        return l.item();
      },
      TraceError,
      "item(): this tensor of shape [2, 3] belongs to a call of jit that has ended. Return it from the function instead of storing it outside.",
    ],
    "a result too large for memory": [
      () => {
        const m = tensor(new Float32Array(60000));
        return m.outer(m).dataSync();
      },
      MemoryError,
      "the result of mul: float32[60000, 60000] needs 26.8 GiB, but the memory budget is 2 GiB. Use smaller inputs, reduce it before it is read, or raise the budget with setMemoryBudget(bytes).",
    ],
    "random numbers too many for memory": [
      () => randn([1e5, 1e5]),
      MemoryError,
      "randn: float32[100000, 100000] needs 37.3 GiB, but the memory budget is 2 GiB. Ask for a smaller shape, or raise the budget with setMemoryBudget(bytes).",
    ],
  };
  for (const [name, [body, type, message]] of Object.entries(rows)) {
    test(name, () => {
      assert.throws(body, (error: Error) => {
        assert.equal(error.message, message);
        return type.is(error);
      });
    });
  }
});
