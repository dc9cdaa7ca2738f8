/** @file Tensors as matrix displays: which axes are what, what is sent, and what is said of the whole. */
import assert from "node:assert/strict";
import { hessian, jacrev, linear, type Provenance, randn, tanh, tensor, vmap } from "cotangent";
import type { TensorData } from "../../extension/session/display/kernel-values.ts";
import { matrixDisplay, PREVIEW_ENTRIES } from "../../extension/session/display/matrix.ts";
import { colourScale, colourStep, colourTable } from "../../protocol/colours.ts";
import type { MatrixDisplay } from "../../protocol/display.ts";
import { heatmapPixels, heatmapSize } from "../../protocol/heatmap.ts";

const STORAGE = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };

/** The numbers that a display carries. */
function numbersOf({ dtype, preview }: MatrixDisplay): TensorData {
  const { buffer } = Uint8Array.from(Buffer.from(preview.data, "base64"));
  return new STORAGE[dtype](buffer);
}

function display(data: TensorData, shape: readonly number[], provenance?: Provenance): MatrixDisplay {
  const dtype = (Object.keys(STORAGE) as (keyof typeof STORAGE)[]).find((name) => data instanceof STORAGE[name])!;
  return matrixDisplay({ shape, dtype, provenance, dataSync: () => data });
}

const counted = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => i);

suite("matrix display", () => {
  test("a plain tensor: its last two axes are rows and columns, the others number the slices", () => {
    const { title, role, slices, rows, columns, preview } = display(counted(24), [2, 3, 4]);
    assert.equal(title, "Stack of matrices");
    assert.equal(role, "tensor");
    assert.deepEqual([slices.map((side) => side.shape), rows.shape, columns.shape], [[[2]], [3], [4]]);
    assert.deepEqual({ ...preview, data: "" }, { slices: [0, 1], rows: 3, columns: 4, pooled: false, data: "" });
    assert.deepEqual(display(counted(5), [5]).rows.shape, []);
    assert.equal(display(counted(1), []).title, "Number");
  });

  test("the kernel's derivatives: their axes are named after function and parameters", () => {
    const predict = (weight: ReturnType<typeof randn>, bias: ReturnType<typeof randn>, x: ReturnType<typeof randn>) =>
      tanh(linear(x, weight, bias));
    // Not called like the parameters: the bundler would rename those.
    const [w, b, v, batch] = [randn([5, 3]), randn([5]), randn([3]), randn([7, 3])];

    const jacobian = matrixDisplay(jacrev(predict, { argnums: 0 })(w, b, v));
    assert.equal(jacobian.title, "Jacobian of predict with respect to weight");
    assert.deepEqual(jacobian.rows, { label: "output", name: "predict", shape: [5] });
    assert.deepEqual(jacobian.columns, { label: "input", name: "weight", shape: [5, 3] });
    assert.deepEqual(jacobian.slices, []);

    const bend = matrixDisplay(hessian(predict, { argnums: 2 })(w, b, v));
    assert.equal(bend.title, "Hessian of predict with respect to x");
    assert.deepEqual(bend.slices, [{ label: "output", name: "predict", shape: [5] }]);
    assert.deepEqual([bend.rows.name, bend.rows.shape, bend.columns.shape], ["x", [3], [3]]);

    const options = { inDims: [null, null, 0] };
    const each = matrixDisplay(vmap(jacrev(predict, { argnums: 2 }), options)(w, b, batch));
    assert.equal(each.title, "Jacobian of predict with respect to x, for each of 7 examples");
    assert.deepEqual(each.slices, [{ label: "example", name: "", shape: [7] }]);
    assert.deepEqual([each.rows.shape, each.columns.shape], [[5], [3]]);

    const bends = matrixDisplay(vmap(hessian(predict, { argnums: 2 }), options)(w, b, batch));
    assert.deepEqual(
      bends.slices.map((side) => side.shape),
      [[7], [5]],
    );
  });

  test("entries keep their places: a batch Hessian's slice is one matrix of input × input", () => {
    const inputs = [
      { name: "x", axes: 1 },
      { name: "y", axes: 1 },
    ];
    const made = display(counted(2 * 3 * 4 * 5), [2, 3, 4, 5], {
      kind: "hessian",
      of: "output",
      outputAxes: 1,
      inputs,
      batchAxes: 1,
    });
    assert.equal(made.title, "Hessian with respect to x and y, for each of 2 examples");
    assert.deepEqual([made.rows.shape, made.columns.shape, made.preview.slices.length], [[4], [5], 6]);
    const example = 1;
    const output = 2;
    const slice = example * 3 + output;
    assert.equal(numbersOf(made)[(slice * 4 + 3) * 5 + 1], ((example * 3 + output) * 4 + 3) * 5 + 1);
  });

  test("provenance that does not fit the shape is not believed", () => {
    const provenance: Provenance = {
      kind: "jacobian",
      of: "f",
      outputAxes: 1,
      inputs: [{ name: "x", axes: 1 }],
      batchAxes: 0,
    };
    assert.equal(display(counted(8), [2, 2, 2], provenance).role, "tensor");
    assert.equal(display(counted(4), [2, 2], provenance).role, "jacobian");
  });

  test("every dtype travels exactly", () => {
    const third = display(new Float64Array([1 / 3, 1e300]), [2]);
    assert.deepEqual([...numbersOf(third)], [1 / 3, 1e300]);
    assert.deepEqual([...numbersOf(display(new Int32Array([2 ** 31 - 1, -5]), [2]))], [2 ** 31 - 1, -5]);
    assert.deepEqual([...numbersOf(display(new Uint8Array([1, 0, 1]), [3]))], [1, 0, 1]);
  });

  test("a lone entry survives the reduction, and so does a lone NaN", () => {
    const data = new Float32Array(2048 * 2048);
    data[1500 * 2048 + 701] = -3;
    const { preview, statistics } = display(data, [2048, 2048]);
    assert.deepEqual([preview.rows, preview.columns, preview.pooled], [512, 512, true]);
    const found = numbersOf(display(data, [2048, 2048]));
    assert.equal(found[Math.floor(1500 / 4) * 512 + Math.floor(701 / 4)], -3);
    assert.equal(Array.from(found).filter((value) => value !== 0).length, 1);
    assert.deepEqual(statistics, {
      min: -3,
      max: 0,
      mean: -3 / 2048 ** 2,
      norm: 3,
      zeros: 2048 * 2048 - 1,
      nan: 0,
      infinite: 0,
    });

    data[1501 * 2048 + 702] = Number.NaN;
    assert.ok(Number.isNaN(numbersOf(display(data, [2048, 2048]))[Math.floor(1501 / 4) * 512 + Math.floor(702 / 4)]));
  });

  test("whatever the shape, no more is sent than the budget, and what fits is sent whole", () => {
    const shapes = [
      [512, 512],
      [2048, 32],
      [32, 2048],
      [32, 512, 512],
      [3, 700, 900],
      [64, 33, 31, 31],
      [1, 600_000],
      [600_000],
    ];
    for (const shape of shapes) {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const { preview } = display(new Uint8Array(size), shape);
      const sent = preview.slices.length * preview.rows * preview.columns;
      assert.ok(sent <= PREVIEW_ENTRIES && sent > 0, `${sent} entries sent of ${shape}`);
      assert.equal(Buffer.from(preview.data, "base64").length, sent);
      if (size <= PREVIEW_ENTRIES) assert.deepEqual([sent, preview.pooled], [size, false]);
    }
    const stack = display(new Uint8Array(32 * 512 * 512), [32, 512, 512]).preview;
    assert.deepEqual([stack.slices.length, stack.rows, stack.columns, stack.pooled], [16, 128, 128, true]);
    const batch = display(new Uint8Array(64 * 33 * 31 * 31), [64, 33, 31, 31]).preview;
    assert.deepEqual([batch.slices.length, batch.pooled], [272, false]);
  });

  test("of a stack too large to send, the slices with the largest entries are kept, in their order", () => {
    const size = 200 * 200;
    const data = new Float32Array(100 * size);
    const marked = [3, 17, 40, 98];
    for (const slice of marked) data[slice * size + 7] = slice === 17 ? Number.NaN : -slice;
    const made = display(data, [100, 200, 200]);
    assert.equal(made.preview.slices.length, 16);
    for (const slice of marked)
      assert.ok(made.preview.slices.includes(slice), `slice ${slice} of ${made.preview.slices}`);
    assert.deepEqual(
      [...made.preview.slices].sort((a, b) => a - b),
      made.preview.slices,
    );
    const { rows, columns } = made.preview;
    const place = made.preview.slices.indexOf(98);
    assert.equal(Math.min(...numbersOf(made).subarray(place * rows * columns, (place + 1) * rows * columns)), -98);

    const whole = display(
      Float32Array.from({ length: 400 * 1000 }, (_, i) => i),
      [400, 25, 40],
    );
    assert.deepEqual(
      whole.preview.slices,
      Array.from({ length: 262 }, (_, i) => 138 + i),
    );
    assert.equal(numbersOf(whole)[0], 138 * 1000);
  });

  test("of a vector too long to send, each block's least and greatest entry are", () => {
    const data = Float64Array.from({ length: 600_000 }, (_, i) => (i === 7 ? -5 : i % 3));
    const { envelope, preview } = display(data, [600_000]);
    const numbers = (base64: string) => new Float64Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
    assert.equal(preview.columns, 512);
    assert.deepEqual([...numbers(envelope!.lows).subarray(0, 2)], [-5, 0]);
    assert.ok(numbers(envelope!.highs).every((value) => value === 2));
    assert.equal(display(new Float64Array(9), [9]).envelope, undefined);
    assert.equal(display(new Float64Array(2_000_000), [2, 1_000_000]).envelope, undefined);
  });

  test("nothing is sent of a tensor without entries", () => {
    const { preview, statistics } = display(new Float32Array(0), [0, 3]);
    assert.deepEqual([preview.slices, preview.data, statistics.min, statistics.max], [[], "", 0, 0]);
  });

  test("statistics leave out what is not a number, and count it", () => {
    const data = new Float32Array([Number.NaN, 2, -5, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    assert.deepEqual(display(data, [7]).statistics, {
      min: -5,
      max: 2,
      mean: -0.75,
      norm: Math.sqrt(29),
      zeros: 2,
      nan: 1,
      infinite: 2,
    });
    const none = display(new Float32Array([Number.NaN]), [1]).statistics;
    assert.deepEqual(none, { min: 0, max: 0, zeros: 0, nan: 1, infinite: 0 });
    const huge = Float64Array.of(1e300, -1e300);
    const ends = { min: -1e300, max: 1e300, mean: 0, zeros: 0, nan: 0, infinite: 0 };
    assert.deepEqual(display(huge, [2]).statistics, ends, "a norm that overflows is none");
  });

  test("a large tensor is read where it is, not copied", () => {
    const data = new Float32Array(32 * 1024 * 1024);
    data[data.length - 1] = 7;
    const before = process.memoryUsage().arrayBuffers;
    const { statistics } = display(data, [8, 2048, 2048]);
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.equal(statistics.max, 7);
    assert.ok(grown < data.byteLength / 8, `${grown} bytes more for a picture of ${data.byteLength}`);
  });

  test("a tensor of the kernel is displayed as it stands", () => {
    const made = matrixDisplay(
      tensor([
        [1, -2],
        [3, 4],
      ]),
    );
    assert.deepEqual([...numbersOf(made)], [1, -2, 3, 4]);
    assert.deepEqual([made.title, made.dtype, made.shape], ["Matrix", "float32", [2, 2]]);
  });
});

suite("heat map", () => {
  const paint = (values: number[], rows: number, columns: number, width: number, height: number) => {
    const entries = Float64Array.from(values);
    const finite = values.filter(Number.isFinite);
    const scale = colourScale({ min: Math.min(...finite), max: Math.max(...finite) });
    const pixels = heatmapPixels({ entries, from: 0, rows, columns }, scale, width, height);
    return (x: number, y: number): number[] => [...pixels.slice((y * width + x) * 4, (y * width + x) * 4 + 4)];
  };

  test("red is positive, blue negative, the middle colour zero and nothing else", () => {
    const at = paint([-1, 0, 1], 1, 3, 3, 1);
    assert.deepEqual(
      [at(0, 0), at(1, 0), at(2, 0)],
      [
        [5, 48, 97, 255],
        [242, 239, 238, 255],
        [103, 0, 31, 255],
      ],
    );
    const scale = colourScale({ min: -1, max: 0.2 });
    assert.deepEqual(scale, { kind: "diverging", low: -1, high: 1, curve: "linear", bend: 1 });
    assert.notEqual(colourStep(scale, 0.01), colourStep(scale, 0));
  });

  test("data without negative values uses the red half alone, from the same white", () => {
    const at = paint([0, 4], 1, 2, 2, 1);
    assert.deepEqual(
      [at(0, 0), at(1, 0)],
      [
        [242, 239, 238, 255],
        [103, 0, 31, 255],
      ],
    );
    assert.equal(colourTable("sequential").length, colourTable("diverging").length);
  });

  test("the largest float64 does not overflow the scale", () => {
    const scale = colourScale({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE });
    assert.deepEqual(
      [-Number.MAX_VALUE, 0, Number.MAX_VALUE].map((value) => colourStep(scale, value)),
      [0, 128, 256],
    );
  });

  test("NaN and infinities are hatched in colours of their own", () => {
    const at = paint([Number.NaN, 1, Number.POSITIVE_INFINITY, -1], 2, 2, 20, 20);
    const inside = (x0: number, y0: number): Set<string> => {
      const seen = new Set<string>();
      for (let y = y0; y < y0 + 10; y++) for (let x = x0; x < x0 + 10; x++) seen.add(at(x, y).join());
      return seen;
    };
    assert.deepEqual(inside(0, 0), new Set(["31,35,40,255", "128,128,128,255"]));
    assert.deepEqual(inside(0, 10), new Set(["31,35,40,255", "0,158,115,255"]));
  });

  test("fewer pixels than entries: the pixel has the colour of its largest entry", () => {
    const values = new Array<number>(1000).fill(0);
    values[777] = -2;
    const at = paint(values, 1, 1000, 100, 1);
    assert.deepEqual(at(77, 0), [5, 48, 97, 255]);
    assert.deepEqual(at(76, 0), [242, 239, 238, 255]);
  });

  test("pictures of all shapes are of a pleasant size", () => {
    assert.deepEqual(heatmapSize(16, 16), { width: 320, height: 320 });
    for (const [rows, columns] of [
      [2048, 32],
      [32, 2048],
      [1, 5],
      [1, 100_000],
      [512, 512],
      [3, 2],
      [100_000, 1],
    ]) {
      const { width, height } = heatmapSize(rows, columns);
      assert.ok(
        width >= 20 && width <= 640 && height >= 20 && height <= 420,
        `${rows} × ${columns}: ${width} × ${height}`,
      );
    }
  });
});
