/** @file Exported functions as a whole: derivatives, nested arguments, loops, batches of any extent, names and errors. */
import assert from "node:assert/strict";
import {
  checkpoint,
  cholesky,
  cond,
  conv2d,
  crossEntropy,
  customJvp,
  type DType,
  exportOnnx,
  eye,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  linear,
  logsumexp,
  maxPool2d,
  scan,
  softmax,
  type Tensor,
  treeLeaves,
  vmap,
  whileLoop,
} from "../../../kernel/index.ts";
import { decodeModel } from "../../../kernel/onnx/schema/file.ts";
import type { GraphProto } from "../../../kernel/onnx/schema/onnx_pb.ts";
import { data as entries } from "../support/data.ts";
import { assertNear } from "../support/near.ts";
import { runModel } from "./runtime.ts";

const data: typeof entries = (shape, options) => entries(shape, { dtype: "float32", ...options });

type Fn = (...args: never[]) => unknown;
const call = (f: Fn, args: readonly unknown[]): unknown => Reflect.apply(f, undefined, args);
const write = (f: Fn, ...rest: unknown[]): Promise<Uint8Array> =>
  exportOnnx(f as (...args: readonly unknown[]) => unknown, ...rest);

/** What a graph must be for any reader: each name made once and before it is used, every type stated. */
function checkGraph(graph: GraphProto, outside: ReadonlySet<string>): void {
  const known = new Set(outside);
  const add = (name: string): void => {
    assert.ok(name !== "" && !known.has(name), `${name} is made twice`);
    known.add(name);
  };
  for (const value of [...graph.input, ...graph.output]) {
    assert.equal(value.type?.value.case, "tensorType", value.name);
    if (value.type?.value.case !== "tensorType") continue;
    assert.ok(value.type.value.value.elemType > 0 && value.type.value.value.shape !== undefined, value.name);
  }
  for (const { name } of [...graph.input, ...graph.initializer]) add(name);
  for (const node of graph.node) {
    for (const input of node.input) assert.ok(input === "" || known.has(input), `${node.opType} reads ${input}`);
    for (const { g } of node.attribute) if (g) checkGraph(g, known);
    node.output.forEach(add);
  }
  for (const { name } of graph.output) assert.ok(known.has(name), name);
}

/** Exports, checks the file, runs it, and compares with what the function gives here. */
async function compare(f: Fn, args: readonly unknown[], options: object = {}, rtol = 1e-5): Promise<Uint8Array> {
  const bytes = await write(f, ...args, options);
  checkGraph(decodeModel(bytes).graph!, new Set());
  const inputs = treeLeaves(args) as Tensor[];
  const expected = treeLeaves(call(f, args)) as Tensor[];
  const actual = await runModel(bytes, inputs);
  assert.equal(actual.length, expected.length);
  actual.forEach((each, i) => {
    assertNear(each, expected[i], { rtol: each.dtype === "float64" ? 1e-11 : rtol, dtype: expected[i].dtype });
  });
  return bytes;
}

interface Layer {
  readonly weight: Tensor;
  readonly bias: Tensor;
}
const layer = (rows: number, columns: number, seed: number, dtype: DType = "float32"): Layer => ({
  weight: data([rows, columns], { seed, dtype }),
  bias: data([rows], { seed: seed + 1, dtype }),
});
const predict = ({ weight, bias }: Layer, x: Tensor): Tensor => linear(x, weight, bias).tanh();
const mlp = (layers: readonly Layer[], x: Tensor): Tensor =>
  layers.reduce(
    (h, { weight, bias }, i) => (i === layers.length - 1 ? linear(h, weight, bias) : linear(h, weight, bias).tanh()),
    x,
  );

suite("exportOnnx", () => {
  const opsets = [17, 18, 22];
  for (const opset of opsets) {
    test(`derivatives of a layer, opset ${opset}`, async () => {
      const x = data([5], { seed: 7 });
      for (const transform of [jacrev, jacfwd, hessian]) {
        await compare(transform(predict as Fn, { argnums: 1 }) as Fn, [layer(3, 5, 1), x], { opset });
      }
      const bytes = await compare(jacrev(predict as Fn, { argnums: [0, 1] }) as Fn, [layer(3, 5, 1), x], { opset });
      const { opsetImport } = decodeModel(bytes);
      assert.deepEqual(
        opsetImport.map(({ domain, version }) => [domain, Number(version)]),
        [["", opset]],
      );
    });
  }

  test("derivatives in float64", async () => {
    const x = data([5], { seed: 7, dtype: "float64" });
    await compare(hessian(predict as Fn, { argnums: 1 }) as Fn, [layer(3, 5, 1, "float64"), x]);
  });

  test("the gradient of a network's loss, nested as its parameters", async () => {
    const layers = [layer(7, 4, 1), layer(3, 7, 5)];
    const loss = (params: readonly Layer[], pixels: Tensor, labels: Tensor): Tensor =>
      crossEntropy(mlp(params, pixels), labels);
    const [x, y] = [data([6, 4], { seed: 9 }), data([6, 3], { seed: 10, low: 0, high: 1 })];
    const bytes = await compare(grad(loss as Fn) as Fn, [layers, x, softmax(y, 1)]);
    const { graph } = decodeModel(bytes);
    assert.deepEqual(
      graph!.input.map(({ name }) => name),
      ["params[0].weight", "params[0].bias", "params[1].weight", "params[1].bias", "pixels", "labels"],
    );
  });

  test("softmax and its second derivative", async () => {
    await compare((x: Tensor) => softmax(x, -1), [data([3, 4], { seed: 2 })]);
    await compare(hessian((x: Tensor) => logsumexp(x)) as Fn, [data([4], { seed: 2 })]);
    await compare(jacrev((x: Tensor) => softmax(x, -1)) as Fn, [data([4], { seed: 2 })]);
  });

  test("a convolution with pooling, and the gradient of its weights", async () => {
    const net = (weight: Tensor, x: Tensor): Tensor => maxPool2d(conv2d(x, weight, { padding: 1 }).tanh(), 2);
    const [weight, x] = [data([4, 2, 3, 3], { seed: 3 }), data([2, 2, 6, 8], { seed: 4 })];
    await compare(net, [weight, x]);
    await compare(grad((w: Tensor, images: Tensor) => net(w, images).square().sum()) as Fn, [weight, x], {}, 1e-4);
  });

  test("vmap of a Jacobian", async () => {
    const x = data([4, 5], { seed: 7 });
    await compare(vmap(jacrev(predict as Fn, { argnums: 1 }) as Fn, { inDims: [null, 0] }) as Fn, [layer(3, 5, 1), x]);
  });

  test("a scan in both directions, with its gradient", async () => {
    for (const reverse of [false, true]) {
      const f = (h: Tensor, xs: Tensor): [Tensor, Tensor] =>
        scan((carry: Tensor, x: Tensor): [Tensor, Tensor] => [carry.mul(x).tanh(), carry.add(x)], h, xs, { reverse });
      const args = [data([3], { seed: 5 }), data([4, 3], { seed: 6 })];
      await compare(f, args);
      await compare(
        grad((h: Tensor, xs: Tensor) => f(h, xs)[0].sum().add(f(h, xs)[1].sum()), { argnums: [0, 1] }) as Fn,
        args,
      );
    }
  });

  test("a while loop and a branch", async () => {
    const doubled = (x: Tensor): Tensor =>
      whileLoop(
        (y: Tensor) => y.sum().lt(20),
        (y: Tensor) => y.mul(2),
        x,
      );
    await compare(doubled, [data([3], { seed: 5, low: 1, high: 2 })]);
    const either = (x: Tensor, y: Tensor): Tensor =>
      cond(
        x.sum().gt(0),
        (a: Tensor) => a.exp(),
        (a: Tensor) => a.neg().mul(y),
        x,
      );
    for (const sign of [1, -1]) {
      await compare(either, [data([3], { seed: 5, low: 1, high: 2 }).mul(sign), data([3], { seed: 6 })]);
      await compare(jacfwd(either as Fn) as Fn, [
        data([3], { seed: 5, low: 1, high: 2 }).mul(sign),
        data([3], { seed: 6 }),
      ]);
    }
  });

  test("functions that are compiled, recomputed, or have a derivative of their own", async () => {
    // Not the derivative of that function, so that it is seen which one is exported.
    const rule = customJvp(
      (x: Tensor) => x.square().sum(),
      ([x], [dx]) => [x.square().sum(), x.mul(dx).mul(3).sum()],
    );
    const inner = (x: Tensor): Tensor => x.sin().mul(rule(x)).sum();
    for (const f of [jit(inner), checkpoint(inner)]) {
      await compare(f, [data([4], { seed: 3 })]);
      await compare(grad(f) as Fn, [data([4], { seed: 3 })]);
      await compare(jit(grad(f)) as Fn, [data([4], { seed: 3 })]);
    }
  });

  test("what is closed over becomes a constant, as it is now", async () => {
    const weight = data([3, 5], { seed: 1 });
    const bytes = await compare((x: Tensor) => linear(x, weight), [data([5], { seed: 2 })]);
    const { graph } = decodeModel(bytes);
    const stored = graph!.initializer.find(({ dims }) => dims.length === 2)!;
    assert.deepEqual(stored.dims, [3n, 5n]);
    assert.deepEqual(new Float32Array(stored.rawData.slice().buffer), weight.dataSync());
  });

  suite("batch", () => {
    test("one model for batches of any extent", async () => {
      const params = layer(3, 5, 1);
      const each = vmap(jacrev(predict as Fn, { argnums: 1 }) as Fn, { inDims: [null, 0] }) as Fn;
      const bytes = await write(each, params, data([4, 5], { seed: 7 }), { batch: [null, 0] });
      checkGraph(decodeModel(bytes).graph!, new Set());
      for (const size of [1, 2, 7]) {
        const x = data([size, 5], { seed: 7 + size });
        const [actual] = await runModel(bytes, [params.weight, params.bias, x]);
        assertNear(actual, call(each, [params, x]) as Tensor, { rtol: 1e-5 });
      }
      const { type } = decodeModel(bytes).graph!.output[0];
      assert.ok(type?.value.case === "tensorType");
      assert.deepEqual(
        type.value.value.shape!.dim.map(({ value }) => value.value),
        ["batch", 3n, 5n],
      );
    });

    test("a mean over the batch, its gradient, and a convolution", async () => {
      const loss = (w: Tensor, x: Tensor): Tensor => x.matmul(w).tanh().square().mean();
      const w = data([5, 2], { seed: 1 });
      const bytes = await write(grad(loss as Fn) as Fn, w, data([4, 5], { seed: 2 }), { batch: [null, 0] });
      const weight = data([4, 2, 3, 3], { seed: 3 });
      const net = (x: Tensor): Tensor => maxPool2d(conv2d(x, weight, { padding: 1 }).tanh(), 2);
      const images = await write(net, data([2, 2, 6, 8], { seed: 4 }), { batch: 0 });
      for (const size of [1, 3]) {
        const x = data([size, 5], { seed: 7 + size });
        const [actual] = await runModel(bytes, [w, x]);
        assertNear(actual, call(grad(loss as Fn) as Fn, [w, x]) as Tensor, { rtol: 1e-5 });
        const pictures = data([size, 2, 6, 8], { seed: 7 + size });
        const [features] = await runModel(images, [pictures]);
        assertNear(features, net(pictures), { rtol: 1e-5 });
      }
    });

    test("what cannot be open is refused", async () => {
      const constant = data([4], { seed: 1 });
      await assert.rejects(
        write((x: Tensor) => x.add(constant), data([4], { seed: 2 }), { batch: 0 }),
        /broadcast|shape/,
      );
      await assert.rejects(
        write((x: Tensor) => (x.shape[0] === 1009 ? x.exp() : x.sin()), data([4], { seed: 2 }), { batch: 0 }),
        { message: /^exportOnnx: the batch axis cannot be of any extent, because what the function does/ },
      );
      await assert.rejects(
        write((x: Tensor) => x, data([4], { seed: 2 }), { batch: 1 }),
        {
          name: "ShapeError",
          message: /^exportOnnx: batch says axis 1 for an argument of shape \[4\]/,
        },
      );
      await assert.rejects(
        write((x: Tensor) => x, data([4], { seed: 2 }), { batch: [null] }),
        /names no axis/,
      );
    });
  });

  test("names, producer, and outputs that are inputs or one value", async () => {
    const f = (x: Tensor): { same: Tensor; twice: Tensor[] } => {
      const y = x.exp();
      return { same: x, twice: [y, y] };
    };
    const x = data([2, 3], { seed: 1 });
    const options = { names: { inputs: ["pixels"], outputs: ["a", "b", "c"] }, producer: "tests" };
    const model = decodeModel(await compare(f, [x], options));
    assert.equal(model.producerName, "tests");
    assert.deepEqual(
      [model.graph!.input, model.graph!.output].map((values) => values.map(({ name }) => name)),
      [["pixels"], ["a", "b", "c"]],
    );
    const usual = decodeModel(await compare(f, [x])).graph!;
    assert.deepEqual(
      usual.output.map(({ name }) => name),
      ["f.same", "f.twice[0]", "f.twice[1]"],
    );
  });

  suite("errors", () => {
    const x = data([3], { seed: 1, low: 1, high: 2 });

    test("an operation without a form is named, with the line that asked for it", async () => {
      const askedForHere = (y: Tensor): Tensor => cholesky(eye(3).mul(y));
      await assert.rejects(write(askedForHere, x), (error: Error) => {
        assert.match(error.message, /^exportOnnx: cholesky \(float32\[3, 3\]\) has no form in ONNX\. .*docs\/onnx\.md/);
        assert.match(error.stack!, /at askedForHere /);
        return true;
      });
      await assert.rejects(
        write(grad((y: Tensor) => y.digamma().sum()) as Fn, x),
        /zeta .*in the derivative of digamma/,
      );
    });

    test("options that do not exist or do not fit", async () => {
      const f = (y: Tensor): Tensor => y.exp();
      await assert.rejects(write(f, x, { opsett: 18 }), /there is no option "opsett"/);
      await assert.rejects(write(f, x, { opset: 3 }), /expected an opset from 17 to 22, got 3/);
      await assert.rejects(
        write(f, x, { names: { inputs: ["a", "b"] } }),
        /names\.inputs must have a name for each tensor: expected 1/,
      );
      await assert.rejects(
        write(f, x, { names: { outputs: ["y"], inputs: ["y"] } }),
        /an input and an output have one name, y/,
      );
      await assert.rejects(write(f(x) as never, x), /exportOnnx: expected a function first, got a tensor/);
    });

    test("a value read inside the function", async () => {
      await assert.rejects(
        write((y: Tensor) => y.mul(y.sum().item()), x),
        { name: "TraceError" },
      );
    });
  });
});
