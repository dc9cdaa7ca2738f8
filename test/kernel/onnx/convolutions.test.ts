/** @file Convolutions and their derivatives, as exported: one operator of the standard, and the numbers that we have. */
import assert from "node:assert/strict";
import {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  exportOnnx,
  grad,
  jacrev,
  type Tensor,
  vmap,
} from "../../../kernel/index.ts";
import { decodeModel } from "../../../kernel/onnx/schema/file.ts";
import { data as entries } from "../support/data.ts";
import { assertNear } from "../support/near.ts";
import { runModel } from "./runtime.ts";

const data = (shape: readonly number[], seed: number, dtype: "float32" | "float64" = "float32"): Tensor =>
  entries(shape, { seed, dtype });

type Two = (a: Tensor, b: Tensor) => Tensor;

const strided: Two = (x, w) => conv2d(x, w, { stride: [2, 1], padding: [1, 2], dilation: [1, 2] });
const lossOf =
  (f: Two): Two =>
  (x, w) =>
    f(x, w).square().sum();
const byWeight = (f: Two): Two => grad(lossOf(f) as never, { argnums: 1 }) as unknown as Two;

const byImage = (f: Two): Two => grad(lossOf(f) as never) as unknown as Two;

interface Case {
  readonly f: Two;
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** What the model must have of the operators that a convolution could be made of. */
  readonly convolutions: readonly string[];
}

/** Extents are different everywhere, and windows do not end where the image does. */
const CASES: Readonly<Record<string, Case>> = {
  "of rows": {
    f: (x, w) => conv1d(x, w, { stride: 3, padding: 2 }),
    a: [2, 3, 17],
    b: [5, 3, 4],
    convolutions: ["Conv"],
  },
  "of images, without examples": { f: (x, w) => conv2d(x, w), a: [3, 7, 9], b: [5, 3, 2, 4], convolutions: ["Conv"] },
  "with stride, padding and dilation": { f: strided, a: [2, 3, 8, 11], b: [5, 3, 4, 3], convolutions: ["Conv"] },
  "with unequal padding": {
    f: (x, w) => conv2d(x, w, { padding: "same" }),
    a: [2, 3, 5, 6],
    b: [4, 3, 2, 4],
    convolutions: ["Conv"],
  },
  "in groups": {
    f: (x, w) => conv2d(x, w, { groups: 2, padding: 1 }),
    a: [2, 6, 5, 7],
    b: [8, 3, 2, 3],
    convolutions: ["Pad", "Conv"],
  },
  "of each channel by itself": {
    f: (x, w) => conv2d(x, w, { groups: 3, stride: 2 }),
    a: [2, 3, 8, 7],
    b: [6, 1, 3, 2],
    convolutions: ["Conv"],
  },
  "the gradient by the weights": {
    f: byWeight(strided),
    a: [2, 3, 8, 11],
    b: [5, 3, 4, 3],
    convolutions: ["Conv", "Conv"],
  },
  "the gradient by the weights of groups": {
    f: byWeight((x, w) => conv2d(x, w, { groups: 2, stride: 2 })),
    a: [2, 6, 8, 7],
    b: [8, 3, 3, 2],
    convolutions: ["Conv", "Conv"],
  },
  "the gradient by the images": {
    f: byImage(strided),
    a: [2, 3, 8, 11],
    b: [5, 3, 4, 3],
    convolutions: ["Conv", "ConvTranspose"],
  },
  "the gradient by images that windows do not reach the end of": {
    f: byImage((x, w) => conv2d(x, w, { stride: 3 })),
    a: [2, 3, 9, 10],
    b: [5, 3, 2, 3],
    convolutions: ["Conv", "ConvTranspose", "Pad"],
  },
  "the gradient by the images of groups": {
    f: byImage((x, w) => conv2d(x, w, { groups: 2, stride: 2 })),
    a: [2, 6, 9, 8],
    b: [8, 3, 3, 2],
    convolutions: ["Conv", "ConvTranspose"],
  },
  "with windows of one entry": {
    f: byImage((x, w) => conv2d(x, w, { stride: 2 })),
    a: [2, 3, 5, 7],
    b: [4, 3, 1, 1],
    convolutions: ["Conv", "ConvTranspose"],
  },
  "transposed, of rows": {
    f: (x, w) => convTranspose1d(x, w, { stride: 3, padding: 1, outputPadding: 2 }),
    a: [2, 3, 5],
    b: [3, 4, 2],
    convolutions: ["ConvTranspose", "Pad"],
  },
  "transposed, of images": {
    f: (x, w) => convTranspose2d(x, w, { stride: [2, 1], dilation: [1, 2], padding: [1, 0] }),
    a: [2, 3, 5, 4],
    b: [3, 4, 2, 3],
    convolutions: ["ConvTranspose"],
  },
  "transposed, of one example in groups": {
    f: (x, w) => convTranspose2d(x, w, { groups: 2, stride: 2 }),
    a: [6, 4, 5],
    b: [6, 2, 3, 2],
    convolutions: ["ConvTranspose"],
  },
  "transposed, mapped over filters": {
    f: (x, w) => vmap((each: Tensor) => convTranspose2d(x, each, { stride: 2 }))(w) as Tensor,
    a: [2, 3, 5, 4],
    b: [6, 3, 4, 2, 3],
    convolutions: ["ConvTranspose"],
  },
  "transposed, the gradient by the filters": {
    f: byWeight((x, w) => convTranspose2d(x, w, { stride: 2 })),
    a: [2, 3, 5, 4],
    b: [3, 4, 2, 3],
    convolutions: ["ConvTranspose", "Conv"],
  },
  "mapped over images": {
    f: (x, w) => vmap((each: Tensor) => strided(each, w))(x) as Tensor,
    a: [4, 2, 3, 8, 11],
    b: [5, 3, 4, 3],
    convolutions: ["Conv"],
  },
  "mapped over filters": {
    f: (x, w) => vmap((each: Tensor) => strided(x, each))(w) as Tensor,
    a: [2, 3, 8, 11],
    b: [4, 5, 3, 4, 3],
    convolutions: ["Conv"],
  },
  "mapped over both": {
    f: (x, w) => vmap((image: Tensor, each: Tensor) => strided(image, each))(x, w) as Tensor,
    a: [4, 2, 3, 8, 11],
    b: [4, 5, 3, 4, 3],
    convolutions: ["Conv"],
  },
};

const operators = (bytes: Uint8Array): string[] => decodeModel(bytes).graph!.node.map(({ opType }) => opType);
const MADE_OF = ["Conv", "ConvTranspose", "MatMul", "Gather", "ScatterND", "Pad"];

suite("exportOnnx: convolutions", () => {
  for (const [name, { f, a, b, convolutions }] of Object.entries(CASES)) {
    test(name, async () => {
      const args = [data(a, 1), data(b, 2)] as const;
      const bytes = await exportOnnx(f, ...args);
      assert.deepEqual(
        operators(bytes).filter((op) => MADE_OF.includes(op)),
        convolutions,
      );
      const [actual] = await runModel(bytes, args);
      assertNear(actual, f(...args), { rtol: 2e-5, dtype: "float32" });
    });
  }

  test("of float64, which onnxruntime has none of, is a product", async () => {
    const args = [data([2, 3, 8, 11], 1, "float64"), data([5, 3, 4, 3], 2, "float64")] as const;
    const bytes = await exportOnnx(strided, ...args);
    assert.ok(!operators(bytes).includes("Conv"));
    const [actual] = await runModel(bytes, args);
    assertNear(actual, strided(...args), { rtol: 1e-12, dtype: "float64" });
  });

  test("windows that are needed as they are, too, stay", async () => {
    const f: Two = (x, w) =>
      conv2d(x, w)
        .sum()
        .add(jacrev((y: Tensor) => conv2d(x, y).sum([0, 2, 3]))(w).sum());
    const args = [data([2, 3, 7, 5], 1), data([4, 3, 2, 3], 2)] as const;
    const [actual] = await runModel(await exportOnnx(f, ...args), args);
    assertNear(actual, f(...args), { rtol: 2e-5 });
  });

  test("for any number of images, and of filters", async () => {
    const images = await exportOnnx(byWeight(strided), data([2, 3, 8, 11], 1), data([5, 3, 4, 3], 2), {
      batch: [0, null],
    });
    const each: Two = (x, w) => vmap((image: Tensor, own: Tensor) => strided(image, own))(x, w) as Tensor;
    const both = await exportOnnx(each, data([2, 1, 3, 8, 11], 1), data([2, 5, 3, 4, 3], 2), { batch: 0 });
    for (const n of [1, 3]) {
      const many = [data([n, 3, 8, 11], 3), data([5, 3, 4, 3], 4)] as const;
      const [gradient] = await runModel(images, many);
      assertNear(gradient, byWeight(strided)(...many), { rtol: 2e-5 });
      const pairs = [data([n, 1, 3, 8, 11], 3), data([n, 5, 3, 4, 3], 4)] as const;
      const [mapped] = await runModel(both, pairs);
      assertNear(mapped, each(...pairs), { rtol: 2e-5 });
    }
  });
});
