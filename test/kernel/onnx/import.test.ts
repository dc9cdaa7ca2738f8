/** @file `importOnnx` as people call it: inputs, outputs, weights, options, and what it says when something does not fit. */
import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import {
  ArgumentError,
  DTypeError,
  grad,
  hessian,
  importOnnx,
  jacrev,
  jit,
  ShapeError,
  type Tensor,
  tensor,
  vmap,
} from "../../../kernel/index.ts";
import { encodeModel } from "../../../kernel/onnx/schema/file.ts";
import {
  FunctionProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "../../../kernel/onnx/schema/onnx_pb.ts";
import { BACKENDS, on } from "../support/backends.ts";
import { data } from "../support/data.ts";
import { differences } from "../support/differences.ts";
import { assertNear, assertRejects, assertThrows } from "../support/near.ts";
import { bools, doubles, floats, graph, longs, modelBytes, modelProto, node, value } from "./build.ts";

/** `tanh(x w + b)` and the sum of its rows. */
const layer = (): Uint8Array =>
  modelBytes({
    inputs: [value("x", "float32", ["batch", 3])],
    outputs: [value("hidden", "float32", ["batch", 2]), value("total", "float32", ["batch"])],
    weights: {
      w: floats([3, 2], [0.5, -1, 0.25, 2, -0.75, 1]),
      b: floats([2], [0.1, -0.2]),
      axes: longs([1]),
    },
    nodes: [
      node("Gemm", ["x", "w", "b"], ["sum"]),
      node("Tanh", ["sum"], ["hidden"]),
      node("ReduceSum", ["hidden", "axes"], ["total"], { keepdims: 0 }),
    ],
  });

const x = (): Tensor => data([4, 3]);

/** A test of what models say, for each backend. They are made before, as a backend is set for as long as nothing is waited for. */
function testEach<Models>(title: string, make: () => Promise<Models>, body: (models: Models) => void): void {
  for (const backend of BACKENDS) {
    test(`${title} (${backend})`, async () => {
      const models = await make();
      on(backend, () => body(models));
    });
  }
}

suite("importOnnx", () => {
  test("says what the model is", async () => {
    const model = await importOnnx(layer());
    assert.deepEqual(model.inputs, [{ name: "x", dtype: "float32", shape: ["batch", 3] }]);
    assert.deepEqual(
      model.outputs.map(({ name }) => name),
      ["hidden", "total"],
    );
    assert.equal(model.opset, 17);
    assert.equal(model.producer, "test");
    // Axes are no weights: they have no derivative.
    assert.deepEqual(Object.keys(model.weights), ["w", "b"]);
    assert.deepEqual(model.weights.w.toArray(), [
      [0.5, -1],
      [0.25, 2],
      [-0.75, 1],
    ]);
  });

  testEach(
    "several outputs are an object by name, one is a tensor",
    async () => ({
      all: await importOnnx<{ hidden: Tensor; total: Tensor }>(layer()),
      one: await importOnnx(layer(), { outputs: "total" }),
      some: await importOnnx(layer(), { outputs: ["total"] }),
      inside: await importOnnx(layer(), { outputs: "sum" }),
    }),
    ({ all, one, some, inside }) => {
      const both = all(x());
      assert.deepEqual(Object.keys(both), ["hidden", "total"]);
      assertNear(both.total, both.hidden.sum(1));
      assertNear(one(x()), both.total);
      assertNear(some(x()).total, both.total);
      assertNear(inside(x()).tanh(), both.hidden);
    },
  );

  test("inputs by place or by name", async () => {
    const bytes = modelBytes({
      inputs: [value("a", "float32", ["n"]), value("b", "float32", ["n"])],
      outputs: [value("y", "float32", ["n"])],
      nodes: [node("Sub", ["a", "b"], ["y"])],
    });
    const model = await importOnnx(bytes);
    const [a, b] = [tensor([5, 7]), tensor([1, 2])];
    assert.deepEqual(model(a, b).toArray(), [4, 5]);
    assert.deepEqual(model({ b, a }).toArray(), [4, 5]);
    assert.deepEqual(grad((both: { a: Tensor; b: Tensor }) => model(both).sum())({ a, b }).b.toArray(), [-1, -1]);
    assertThrows(() => model(a), ArgumentError, "expected 2 inputs, got 1", "a: float32[n]; b: float32[n]");
    assertThrows(() => model({ a, c: b }), ArgumentError, '"c"', "b: float32[n]");
    assertThrows(() => model({ a }), ArgumentError, '"b" is missing');
    assertThrows(() => model(a, tensor([1, 2, 3])), ShapeError, '"n" is 2 in a and 3 in b');
  });

  test("inputs that do not fit are named with what the file says", async () => {
    const model = await importOnnx(layer(), { outputs: "total" });
    assertThrows(() => model(data([3])), ShapeError, "x: float32[batch, 3]", "got [3]", "expandDims");
    assertThrows(() => model(data([2, 4])), ShapeError, "x: float32[batch, 3]", "got [2, 4]");
    assertThrows(() => model(data([2, 3], { dtype: "int32" })), DTypeError, "got int32[2, 3]", '.to("float32")');
    assertThrows(() => model([1, 2, 3] as never), ArgumentError, "got an array", "tensor(…)");
  });

  const inDouble = () => importOnnx(layer(), { outputs: "total", dtype: "float64" });
  testEach("transforms work on it, and on its weights", inDouble, (model) => {
    const at = x();
    assertNear(jacrev(model)(at), differences(model, [at]), { rtol: 1e-6, atol: 1e-8 });
    const loss = (point: Tensor): Tensor => model(point).square().sum();
    assertNear(hessian(loss)(at), differences(grad(loss), [at]), { rtol: 1e-5, atol: 1e-7 });
    const one = (row: Tensor): Tensor => model(row.expandDims(0)).squeeze(0);
    assertNear(vmap(jit(one))(at), model(at));

    const slopes = grad((weights: typeof model.weights) => model.withWeights(weights)(at).square().sum())(
      model.weights,
    );
    const ofW = (w: Tensor): Tensor => model.withWeights({ w })(at).square().sum();
    assertNear(slopes.w, differences(ofW, [model.weights.w]), { rtol: 1e-6, atol: 1e-7 });
    const ofB = (b: Tensor): Tensor => model.withWeights({ b })(at).square().sum();
    assertNear(slopes.b, differences(ofB, [model.weights.b]), { rtol: 1e-6, atol: 1e-7 });
  });

  test("weights that were replaced stay, and those that do not fit are refused", async () => {
    const model = await importOnnx(layer(), { outputs: "sum" });
    const moved = model.withWeights({ b: tensor([10, 20]) }).withWeights({
      w: tensor([
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
    });
    assert.deepEqual(moved(data([1, 3], { dtype: "float32" })).toArray(), [[10, 20]]);
    assert.deepEqual(moved.weights.b.toArray(), [10, 20]);
    assert.notDeepEqual(model.weights.b.toArray(), [10, 20]);
    assertThrows(() => model.withWeights({ c: tensor(1) }), ArgumentError, '"c"', '"w", "b"');
    assertThrows(() => model.withWeights({ b: tensor([1]) }), ShapeError, "[2]", "float32[1]");
    assertThrows(() => model.withWeights(tensor(1) as never), ArgumentError, "model.weights");
  });

  test("float64 inputs make it compute in float64, and names of arguments are those of the file", async () => {
    const model = await importOnnx(layer(), { outputs: "total" });
    assert.equal(model(x()).dtype, "float64");
    assert.equal(model(x().to("float32")).dtype, "float32");
    const { provenance } = jacrev(model)(x());
    assert.equal(provenance?.of, "total");
    assert.deepEqual(
      provenance?.inputs.map(({ name }) => name),
      ["x"],
    );
  });

  test("unknown operators are all in one error, with their nodes", async () => {
    const bytes = modelBytes({
      inputs: [value("x", "float32", [2])],
      outputs: [value("y", "float32", [2])],
      nodes: [
        node("Frobnicate", ["x"], ["a"]),
        node("Exp", ["a"], ["b"]),
        node("MultiHeadAttention", ["b"], ["c"], {}, "com.microsoft"),
        node("Frobnicate", ["c"], ["y"]),
      ],
    });
    await assertRejects(
      importOnnx(bytes),
      ArgumentError,
      "2 operators",
      'Frobnicate ("Frobnicate of a", "Frobnicate of y")',
      'com.microsoft.MultiHeadAttention ("MultiHeadAttention of c")',
    );
    // What is not needed may be anything.
    assert.deepEqual((await importOnnx(bytes, { outputs: "x" }))(tensor([1, 2])).toArray(), [1, 2]);
  });

  test("the error of a node says which, and keeps its kind", async () => {
    const bytes = modelBytes({
      inputs: [value("x", "float32", ["n", "m"])],
      outputs: [value("y", "float32", null)],
      weights: { w: floats([3, 2], [1, 2, 3, 4, 5, 6]) },
      nodes: [node("MatMul", ["x", "w"], ["y"])],
    });
    const model = await importOnnx(bytes);
    assertThrows(() => model(data([2, 4])), ShapeError, 'ONNX node "MatMul of y" (MatMul): ', "[2, 4]", "[3, 2]");
  });

  test("weights in other files", async () => {
    const outside = (name: string, from: number, length: number) =>
      create(TensorProtoSchema, {
        name,
        dims: [2n],
        dataType: 1,
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries({ location: "weights.bin", offset: `${from}`, length: `${length}` }).map(
          ([key, text]) => create(StringStringEntryProtoSchema, { key, value: text }),
        ),
      });
    const proto = modelProto({
      inputs: [value("x", "float32", [2])],
      outputs: [value("y", "float32", [2])],
      nodes: [node("Mul", ["x", "even"], ["a"]), node("Add", ["a", "odd"], ["y"])],
    });
    proto.graph!.initializer.push(outside("even", 8, 8), outside("odd", 17, 8));
    const bytes = encodeModel(proto);
    const file = new Uint8Array(32);
    const view = new DataView(file.buffer);
    for (const i of [0, 1]) {
      view.setFloat32(8 + 4 * i, 2 + i, true);
      view.setFloat32(17 + 4 * i, 10 + 10 * i, true);
    }

    const asked: string[] = [];
    const model = await importOnnx(bytes, {
      externalData: (location) => {
        asked.push(location);
        return file;
      },
    });
    assert.deepEqual(model(tensor([1, 1])).toArray(), [12, 23]);
    assert.deepEqual(asked, ["weights.bin", "weights.bin"]);
    // At an even place the numbers are where they were; at an odd one they had to move, once.
    assert.equal(model.weights.even.dataSync().buffer, file.buffer);
    assert.notEqual(model.weights.odd.dataSync().buffer, file.buffer);
    assert.deepEqual(
      (await importOnnx(bytes, { externalData: { "weights.bin": file } }))(tensor([1, 1])).toArray(),
      [12, 23],
    );

    await assertRejects(importOnnx(bytes), ArgumentError, 'weight "even"', '"weights.bin"', "externalData");
    await assertRejects(importOnnx(bytes, { externalData: {} }), ArgumentError, '"weights.bin"', "nothing");
    const short = { "weights.bin": file.subarray(0, 20) };
    await assertRejects(
      importOnnx(bytes, { externalData: short }),
      ArgumentError,
      'weight "odd"',
      "20 bytes",
      "whole file",
    );
  });

  test("large weights stay where they are in the file", async () => {
    const count = 2 ** 20;
    const proto = modelProto({
      inputs: [value("x", "float32", [count])],
      outputs: [value("y", "float32", [count])],
      nodes: [node("Add", ["x", "w"], ["y"])],
      weights: {},
    });
    const raw = new Float32Array(count).fill(1.5);
    proto.graph!.initializer.push(
      create(TensorProtoSchema, { name: "w", dims: [BigInt(count)], dataType: 1, rawData: new Uint8Array(raw.buffer) }),
    );
    const encoded = encodeModel(proto);
    // Protobuf puts the numbers at any byte; here at each of four.
    for (const shift of [0, 1, 2, 3]) {
      const buffer = new ArrayBuffer(encoded.length + shift);
      const bytes = new Uint8Array(buffer, shift);
      bytes.set(encoded);
      const { w } = (await importOnnx(bytes)).weights;
      assert.equal(w.dataSync()[count - 1], 1.5);
      const isView = w.dataSync().buffer === buffer;
      assert.equal(isView, (bytes.byteOffset + rawPlace(encoded)) % 4 === 0, `shifted by ${shift}`);
    }
  });

  test("half precision, short and long whole numbers", async () => {
    const half = { type: "float16" as const, shape: [6], data: [0x3c00, 0xc000, 0x7bff, 0x0001, 0xfc00, 0x8000] };
    const bytes = modelBytes({
      outputs: [value("h", "float16", [6]), value("i", "int8", [2]), value("l", "int64", [3])],
      weights: {
        h: half,
        i: { type: "int8", shape: [2], data: [-128, 127] },
        l: { type: "int64", shape: [3], data: [-5, 2 ** 31 - 1, 2 ** 62] },
      },
      nodes: [],
    });
    const { h, i, l } = (await importOnnx<{ h: Tensor; i: Tensor; l: Tensor }>(bytes))();
    assert.deepEqual(h.toArray(), [1, -2, 65504, 2 ** -24, Number.NEGATIVE_INFINITY, -0]);
    assert.equal(h.dtype, "float32");
    assert.deepEqual(i.toArray(), [-128, 127]);
    // What is near the largest number of 64 bits stands for "to the end".
    assert.deepEqual(l.toArray(), [-5, 2 ** 31 - 1, 2 ** 31 - 1]);
  });

  test("operators that the file defines itself", async () => {
    const swish = create(FunctionProtoSchema, {
      name: "Swish2",
      domain: "own",
      input: ["x"],
      output: ["y"],
      attribute: ["axis"],
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 17n })],
      node: [node("Sigmoid", ["x"], ["s"]), node("Mul", ["x", "s"], ["m"]), node("Softmax", ["m"], ["y"])],
    });
    // It takes its axis from who calls it.
    swish.node[2].attribute.push(
      modelProto({ nodes: [node("Softmax", ["x"], ["y"], { axis: 1 })], outputs: [] }).graph!.node[0].attribute[0],
    );
    swish.node[2].attribute[0].refAttrName = "axis";
    const bytes = modelBytes(
      {
        inputs: [value("x", "float32", [2, 3])],
        outputs: [value("y", "float32", [2, 3])],
        nodes: [node("Swish2", ["x"], ["y"], { axis: 0 }, "own")],
      },
      17,
      { functions: [swish] },
    );
    const at = data([2, 3]);
    assertNear((await importOnnx(bytes))(at), at.mul(at.sigmoid()).softmax(0), { rtol: 1e-6 });

    swish.node.push(node("Swish2", ["y"], ["z"], {}, "own"));
    const endless = modelBytes(
      {
        inputs: [value("x", "float32", [2, 3])],
        outputs: [value("y", "float32", [2, 3])],
        nodes: [node("Swish2", ["x"], ["y"], { axis: 0 }, "own")],
      },
      17,
      { functions: [swish] },
    );
    await assertRejects(importOnnx(endless), ArgumentError, '"Swish2" calls itself');
  });

  const chosen = () => {
    const branch = (operator: string) =>
      graph({ nodes: [node(operator, ["x"], ["out"])], outputs: [value("out", "float32", null)] });
    const bytes = modelBytes({
      inputs: [value("x", "float32", [2])],
      outputs: [value("y", "float32", [2])],
      weights: { zero: floats([], [0]) },
      nodes: [
        node("ReduceSum", ["x"], ["sum"], { keepdims: 0 }),
        node("Greater", ["sum", "zero"], ["positive"]),
        node("If", ["positive"], ["y"], { then_branch: branch("Exp"), else_branch: branch("Neg") }),
      ],
    });
    return importOnnx(bytes);
  };
  testEach("a branch whose condition is data, also under vmap and jit", chosen, (model) => {
    const both = tensor([
      [1, 2],
      [-1, -2],
    ]);
    assertNear(model(both.at(0)), both.at(0).exp());
    assertNear(model(both.at(1)), both.at(1).neg());
    const expected = tensor([
      [Math.E, Math.E ** 2],
      [1, 2],
    ]);
    assertNear(vmap(model)(both), expected);
    assertNear(vmap(jit(model))(both), expected);
    assertNear(
      jit(jacrev(model))(both.at(1)),
      tensor([
        [-1, 0],
        [0, -1],
      ]),
    );
  });

  test("an entry that decides a shape has no value under vmap", async () => {
    const bytes = modelBytes({
      inputs: [value("x", "float32", [6]), value("n", "int64", [2])],
      outputs: [value("y", "float32", null)],
      nodes: [node("Reshape", ["x", "n"], ["y"])],
    });
    const model = await importOnnx(bytes);
    const shape = tensor([2, 3], { dtype: "int32" });
    assert.deepEqual(model(data([6]), shape).shape, [2, 3]);
    assertThrows(
      () => vmap(model)(data([1, 6]), shape.expandDims(0)),
      ArgumentError,
      'ONNX node "Reshape of y" (Reshape): the shape depends on the entries of an input',
      "vmap",
    );
  });

  test("Swish and its slope", async () => {
    const bytes = modelBytes(
      {
        inputs: [value("x", "float64", [3])],
        outputs: [value("y", "float64", [3])],
        nodes: [node("Swish", ["x"], ["y"], { alpha: 1.5 })],
      },
      24,
    );
    const at = data([3]);
    assertNear((await importOnnx(bytes))(at), at.mul(at.mul(1.5).sigmoid()));
  });

  test("options that do not fit", async () => {
    await assertRejects(importOnnx("model.onnx" as never), ArgumentError, "got a string", "readFile");
    await assertRejects(importOnnx(layer(), { dtype: "int32" as never }), DTypeError, "got int32");
    await assertRejects(importOnnx(layer(), { outputs: "nothing" }), ArgumentError, '"nothing"', '"hidden", "total"');
    await assertRejects(importOnnx(layer(), { outputs: [] }), ArgumentError, "at least one name");
    await assertRejects(importOnnx(layer(), "total" as never), ArgumentError, "options as an object");
  });

  test("double precision is kept", async () => {
    const bytes = modelBytes({
      inputs: [value("x", "float64", [2])],
      outputs: [value("y", "float64", [2])],
      weights: { w: doubles([2], [1 + 2 ** -40, 3]), yes: bools([], [1]) },
      nodes: [node("Mul", ["x", "w"], ["a"]), node("Where", ["yes", "a", "x"], ["y"])],
    });
    assert.deepEqual((await importOnnx(bytes))(tensor([1, 2], { dtype: "float64" })).toArray(), [1 + 2 ** -40, 6]);
  });
});

/** Where the numbers begin, which are all 1.5. */
function rawPlace(bytes: Uint8Array): number {
  const pattern = [0, 0, 0xc0, 0x3f, 0, 0, 0xc0, 0x3f];
  for (let at = 0; at < 1000; at++) if (pattern.every((byte, i) => bytes[at + i] === byte)) return at;
  throw new Error("the numbers are not where they should be");
}
