/** @file Files that are damaged, or made to do harm: each ends with an error that says what and where. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import {
  ArgumentError,
  importOnnx,
  KernelError,
  MemoryError,
  type OnnxResult,
  Tensor,
  tensor,
} from "../../../kernel/index.ts";
import { encodeModel } from "../../../kernel/onnx/schema/file.ts";
import {
  FunctionProtoSchema,
  type ModelProto,
  type NodeProto,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from "../../../kernel/onnx/schema/onnx_pb.ts";
import { uniform } from "../support/data.ts";
import { assertRejects, assertThrows } from "../support/near.ts";
import { attribute, bools, floats, graph, longs, modelBytes, modelProto, node, value } from "./build.ts";

const input = value("x", "float32", [2]);
const output = value("y", "float32", [2]);

/** A model of some nodes from x to y. */
const ofNodes = (...nodes: NodeProto[]): ModelProto => modelProto({ inputs: [input], outputs: [output], nodes });

const refused = (model: ModelProto | Uint8Array, ...patterns: readonly (string | RegExp)[]): Promise<void> =>
  assertRejects(importOnnx(model instanceof Uint8Array ? model : encodeModel(model)), ArgumentError, ...patterns);

const withWeight = (weight: Parameters<typeof create<typeof TensorProtoSchema>>[1]): ModelProto => {
  const model = ofNodes(node("Add", ["x", "w"], ["y"]));
  model.graph!.initializer.push(create(TensorProtoSchema, { name: "w", ...weight }));
  return model;
};

suite("damaged and hostile ONNX files", () => {
  const whole = readFileSync("test/kernel/onnx/models/mlp.onnx");

  test("no bytes, other bytes, half a file", async () => {
    await refused(new Uint8Array(0), "0 bytes", "no graph");
    await refused(new TextEncoder().encode("<!doctype html><html>not a model</html>"), "no ONNX model", "read whole");
    await refused(new Uint8Array(whole.subarray(0, whole.length >> 1)), `${whole.length >> 1} bytes`, "read whole");
  });

  test("every length it may be cut to", async () => {
    for (let length = 0; length < whole.length; length += 7) {
      await refused(new Uint8Array(whole.subarray(0, length)));
    }
  });

  test("weights whose bytes are too few or too many for their shape", async () => {
    await refused(
      withWeight({ dims: [2n], dataType: 1, rawData: new Uint8Array(7) }),
      'weight "w" of shape [2]',
      "8 bytes",
      "has 7",
    );
    await refused(withWeight({ dims: [3n], dataType: 1, floatData: [1, 2] }), "3 entries", "has 2");
    await refused(withWeight({ dims: [2n], dataType: 1 }), "8 bytes", "has 0");
  });

  test("absurd shapes", async () => {
    const huge = 2n ** 40n;
    await refused(withWeight({ dims: [huge], dataType: 1 }), `extent ${huge} along axis 0`);
    await refused(withWeight({ dims: [-1n], dataType: 1 }), "extent -1 along axis 0");
    await refused(withWeight({ dims: new Array(20).fill(2n ** 30n), dataType: 11 }), /should have \d{100,} bytes/);
    await refused(withWeight({ dims: new Array(1000).fill(1n), dataType: 1 }), "1000 axes");
    const odd = ofNodes(node("Exp", ["x"], ["y"]));
    odd.graph!.input = [value("x", "float32", [-7])];
    await refused(odd, 'input "x"', "extent -7");
  });

  test("types that are not there", async () => {
    await refused(withWeight({ dims: [2n], dataType: 99, rawData: new Uint8Array(8) }), 'weight "w"', "type number 99");
    await refused(withWeight({ dims: [2n], dataType: 8, stringData: [] }), "entries of string", "float, uint8");
    await refused(
      withWeight({ dims: [1n], dataType: 7, int64Data: [2n ** 40n] }),
      'weight "w"',
      "beyond 32 bits",
      "entry 0",
    );
  });

  test("names that are there twice", async () => {
    await refused(ofNodes(node("Exp", ["x"], ["y"]), node("Sin", ["x"], ["y"])), '"y"', "Sin");
    await refused(ofNodes(node("Exp", ["x"], ["x"])), '"x"');
    const twice = withWeight({ dims: [2n], dataType: 1, rawData: new Uint8Array(8) });
    twice.graph!.initializer.push(twice.graph!.initializer[0]);
    await refused(twice, "two weights", '"w"');
    const inputs = ofNodes(node("Exp", ["x"], ["y"]));
    inputs.graph!.input.push(input);
    await refused(inputs, "two inputs", '"x"');
    const outputs = ofNodes(node("Exp", ["x"], ["y"]));
    outputs.graph!.output.push(output);
    await refused(outputs, "two outputs", '"y"');
    const exp = node("Softmax", ["x"], ["y"], { axis: 0 });
    exp.attribute.push(attribute("axis", 1));
    await refused(ofNodes(exp), "axis", "twice");
  });

  test("names that nothing makes, and nodes in a circle", async () => {
    await refused(ofNodes(node("Exp", ["nowhere"], ["y"])), 'Exp "Exp of y"', '"nowhere"');
    await refused(ofNodes(node("Exp", ["x"], ["a"])), 'output "y"');
    await refused(
      ofNodes(node("Add", ["x", "b"], ["a"]), node("Exp", ["a"], ["b"]), node("Neg", ["b"], ["y"])),
      "circle",
      '"Add of a"',
      '"Exp of b"',
    );
    const branch = graph({ nodes: [node("Exp", ["nowhere"], ["z"])], outputs: [value("z", "float32", null)] });
    await refused(ofNodes(node("If", ["x"], ["y"], { then_branch: branch, else_branch: branch })), '"nowhere"');
  });

  test("nodes that are only out of order are put in order", async () => {
    const model = ofNodes(node("Neg", ["a"], ["y"]), node("Exp", ["x"], ["a"]));
    assert.deepEqual((await importOnnx(encodeModel(model)))(tensor([0, 0])).toArray(), [-1, -1]);
  });

  test("graphs in graphs in graphs", async () => {
    let inner = graph({ nodes: [node("Exp", ["x"], ["z"])], outputs: [value("z", "float32", null)] });
    for (let depth = 0; depth < 60; depth++) {
      inner = graph({
        nodes: [node("If", ["x"], [`z${depth}`], { then_branch: inner })],
        outputs: [value(`z${depth}`, "float32", null)],
      });
    }
    await refused(ofNodes(node("If", ["x"], ["y"], { then_branch: inner })), "recursion");
    // The same by hand, deeper than a stack is.
    const bomb: number[] = [];
    for (let depth = 0; depth < 100_000; depth++) bomb.push(0x3a, 0x7f);
    await refused(Uint8Array.from(bomb), "no ONNX model");
  });

  test("functions that double at each step", async () => {
    const functions = Array.from({ length: 40 }, (_, i) =>
      create(FunctionProtoSchema, {
        name: `F${i}`,
        domain: "own",
        input: ["a"],
        output: ["c"],
        opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 17n })],
        node:
          i === 0
            ? [node("Exp", ["a"], ["c"])]
            : [node(`F${i - 1}`, ["a"], ["b"], {}, "own"), node(`F${i - 1}`, ["b"], ["c"], {}, "own")],
      }),
    );
    const model = modelProto(
      { inputs: [input], outputs: [output], nodes: [node("F39", ["x"], ["y"], {}, "own")] },
      17,
      { functions },
    );
    await refused(model, "functions come to", "nodes");
  });

  test("versions that are not known", async () => {
    const exp = { inputs: [input], outputs: [output], nodes: [node("Exp", ["x"], ["y"])] };
    await refused(modelBytes(exp, 99), "opset 99", "7 to 25");
    await refused(modelBytes(exp, 3), "opset 3");
    await refused(modelBytes(exp, 17, { opsetImport: [] }), "no version");
  });

  test("shapes that would take more memory than there is are refused when they are asked for", async () => {
    const grown = async (operator: string, shape: readonly number[]): Promise<() => Tensor> => {
      const bytes = modelBytes({
        inputs: [value("x", "float32", [1])],
        outputs: [value("y", "float32", null)],
        weights: { shape: longs(shape) },
        nodes: [node(operator, operator === "ConstantOfShape" ? ["shape"] : ["x", "shape"], ["y"])],
      });
      const model = await importOnnx(bytes);
      return () => model(tensor([1])).evaluate();
    };
    for (const operator of ["Expand", "Tile"]) {
      assertThrows(await grown(operator, [2 ** 31 - 1]), MemoryError, "GiB");
    }
    assertThrows(await grown("ConstantOfShape", [2 ** 20, 2 ** 20]), MemoryError, "TiB");
    assertThrows(await grown("Expand", [-5]), KernelError, 'ONNX node "Expand of y"', "[-5]");
  });

  test("loops that never end, alone and in one another", async () => {
    const body = (depth: number): ReturnType<typeof graph> => {
      const [on, from, to] = [`on${depth}`, `from${depth}`, `to${depth}`];
      const step =
        depth === 0
          ? node("Concat", [from, "one"], [to], { axis: 0 })
          : node("Loop", ["many", "yes", from], [to], { body: body(depth - 1) });
      return graph({
        inputs: [value(`i${depth}`, "int64", []), value(on, "bool", []), value(from, "float32", null)],
        outputs: [value(`goes${on}`, "bool", []), value(to, "float32", null)],
        nodes: [node("Identity", [on], [`goes${on}`]), step],
      });
    };
    for (const depth of [0, 8]) {
      const bytes = modelBytes({
        inputs: [input],
        outputs: [value("y", "float32", null)],
        weights: { many: longs(2 ** 31 - 1), yes: bools([], [1]), one: floats([1], [1]) },
        nodes: [node("Loop", ["many", "yes", "x"], ["y"], { body: body(depth) })],
      });
      const model = await importOnnx(bytes);
      assertThrows(() => model(tensor([1, 2])), ArgumentError, "(Loop): its values change their shapes", "1000");
    }
  });

  test("windows, factors and widths without measure", async () => {
    const image = value("x", "float32", [1, 1, 4, 4]);
    const run = async (
      operator: string,
      attributes: Parameters<typeof node>[3],
      weights = {},
    ): Promise<() => Tensor> => {
      const bytes = modelBytes({
        inputs: [image],
        outputs: [value("y", "float32", null)],
        weights,
        nodes: [node(operator, ["x", ...Object.keys(weights)], ["y"], attributes)],
      });
      const model = await importOnnx(bytes);
      return () => model(tensor(new Float32Array(16), { shape: [1, 1, 4, 4] })).evaluate();
    };
    const far = 2 ** 30;
    assertThrows(
      await run("AveragePool", { kernel_shape: [2, 2], pads: [far, far, far, far] }),
      KernelError,
      "ONNX node",
    );
    assertThrows(await run("MaxPool", { kernel_shape: [far, far] }), KernelError, "does not fit");
    assertThrows(await run("MaxPool", { kernel_shape: [2, 2], strides: [0, 0] }), KernelError, "strides");
    assertThrows(await run("MaxPool", { kernel_shape: [2, 2], dilations: [far, far] }), KernelError, "does not fit");
    assertThrows(await run("DepthToSpace", { blocksize: far }), KernelError, "ONNX node");
    assertThrows(
      await run("Pad", { mode: "edge" }, { pads: longs([0, 0, 0, far, 0, 0, 0, far]) }),
      KernelError,
      "ONNX node",
    );
    assertThrows(await run("Upsample", {}, { scales: floats([4], [1, 1, 1e9, 1e9]) }), KernelError, "ONNX node");
    assertThrows(await run("Split", { axis: 2, num_outputs: far }, {}), KernelError);
    assertThrows(await run("Einsum", { equation: "a".repeat(100_000) }), KernelError, "ONNX node");
    assertThrows(await run("LRN", { size: far }), KernelError, "size");
  });
});

suite("mutated ONNX files", () => {
  test("each of some hundred is read, or refused with an error of ours", async function () {
    this.timeout(20_000);
    const next = uniform(8);
    const pick = (below: number): number => Math.floor(next() * below);
    const outcomes = { ran: 0, refused: 0 };
    for (const name of ["mlp", "convnet", "transformer"]) {
      const original = readFileSync(`test/kernel/onnx/models/${name}.onnx`);
      for (let round = 0; round < 150; round++) {
        const bytes = new Uint8Array(original);
        // Most bytes are weights; what is around them is at the front, and between.
        for (let change = 0; change <= pick(4); change++) {
          const at = pick(round % 2 === 0 ? 400 : bytes.length);
          bytes[at] = round % 3 === 0 ? bytes[at] ^ (1 << pick(8)) : pick(256);
        }
        try {
          const model = await importOnnx<OnnxResult>(bytes);
          const inputs = model.inputs.map(({ shape }) => {
            const extents = (shape ?? []).map((dim) => (typeof dim === "number" ? Math.min(dim, 9) : 2));
            return tensor(new Float32Array(extents.reduce((a, b) => a * b, 1)).fill(0.5), { shape: extents });
          });
          const result = model(...inputs);
          for (const each of result instanceof Tensor ? [result] : Object.values(result)) each.dataSync();
          outcomes.ran++;
        } catch (error) {
          assert.ok(KernelError.is(error), `${name}, round ${round}: ${error instanceof Error ? error.stack : error}`);
          assert.ok(
            error.message.length < 8000,
            `${name}, round ${round}: a message of ${error.message.length} characters`,
          );
          outcomes.refused++;
        }
      }
    }
    // Both happen, or the mutations say nothing.
    assert.ok(outcomes.ran > 50 && outcomes.refused > 50, JSON.stringify(outcomes));
  });
});
