/** @file What moves entries and computes nothing, as ONNX operators: other shapes, parts, repetitions, zeros around. */
import { range, type Shape } from "../../shape.ts";
import type { OnnxForm, OnnxInput, OnnxView, OnnxWindows, WindowSteps } from "../writer/form.ts";
import type { GraphWriter } from "../writer/graph-writer.ts";
import { filledLike } from "./positions.ts";
import { mergedProduct, transposedConvolution } from "./transposed-convolution.ts";

/** For an end before the first entry, whatever the extent. */
const BEFORE_ALL = -(2 ** 31);

/** With axes of one entry more or less, windows are windows still. */
function otherOnes(view: OnnxWindows, from: Shape, to: Shape): OnnxView | undefined {
  const axes: number[] = [];
  const extents = [...view.extents];
  let d = 0;
  for (const extent of to) {
    while (from[d] === 1 && extent !== 1) d++;
    if (from[d] === extent) axes.push(view.axes[d++]);
    else if (extent === 1) axes.push(extents.push(1) - 1);
    else return undefined;
  }
  return from.slice(d).every((extent) => extent === 1) ? { ...view, extents, axes } : undefined;
}

function reshapedView({ view, shape }: OnnxInput, to: Shape): OnnxView | undefined {
  if (view?.kind === "product") return mergedProduct(view, to);
  return view?.kind === "windows" ? otherOnes(view, shape, to) : undefined;
}

function permutedView(view: OnnxView | undefined, order: readonly number[]): OnnxView | undefined {
  if (view?.kind === "product") return { ...view, axes: order.map((d) => view.axes[d]) };
  return view?.kind === "windows" ? { ...view, axes: order.map((d) => view.axes[d]) } : undefined;
}

export const reshapeForm: OnnxForm<{ readonly shape: Shape }> = {
  operators: ["Reshape"],
  seenAs: ({ inputs: [x], params: { shape } }) => reshapedView(x, shape),
  write: ({ writer, inputs: [x], params: { shape } }) => writer.reshape(x.name, shape),
};

export const permuteForm: OnnxForm<{ readonly axes: readonly number[] }> = {
  operators: ["Transpose"],
  seenAs: ({ inputs: [{ view }], params: { axes } }) => permutedView(view, axes),
  write: ({ writer, inputs: [x], params: { axes } }) => writer.transpose(x.name, axes),
};

interface Broadcast {
  readonly shape: Shape;
  readonly axes: readonly number[];
}

/** The shape in which `x` broadcasts by the rules of ONNX: extents of 1 where it repeats, none in front. */
export function alignedShape(x: Shape, { shape, axes }: Broadcast): number[] {
  const aligned = shape.map(() => 1);
  axes.forEach((axis, d) => {
    aligned[axis] = x[d];
  });
  return aligned.slice(axes.length === 0 ? shape.length : Math.min(...axes));
}

export const broadcastForm: OnnxForm<Broadcast> = {
  operators: ["Reshape", "Expand"],
  write({ writer, inputs: [x], params }) {
    const aligned = alignedShape(x.shape, params);
    const ready = aligned.length === x.shape.length ? x.name : writer.reshape(x.name, aligned);
    return writer.node("Expand", [ready, writer.ints(params.shape)]);
  },
};

interface Steps {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: Shape;
}

export const sliceForm: OnnxForm<Steps> = {
  operators: ["Slice"],
  write({ writer, inputs: [x], params: { starts, steps, shape } }) {
    const axes = range(shape.length).filter((d) => starts[d] !== 0 || steps[d] !== 1 || shape[d] !== x.shape[d]);
    if (axes.length === 0) return x.name;
    const ends = axes.map((d) => {
      const end = starts[d] + (shape[d] - 1) * steps[d] + Math.sign(steps[d]);
      return end < 0 ? BEFORE_ALL : end;
    });
    const lists = [axes.map((d) => starts[d]), ends, axes, axes.map((d) => steps[d])];
    return writer.node("Slice", [x.name, ...lists.map((list) => writer.ints(list))]);
  },
};

function flipped(writer: GraphWriter, x: string, axes: readonly number[]): string {
  const lists = [axes.map(() => -1), axes.map(() => BEFORE_ALL), axes, axes.map(() => -1)];
  return axes.length === 0 ? x : writer.node("Slice", [x, ...lists.map((list) => writer.ints(list))]);
}

export const flipForm: OnnxForm<{ readonly axes: readonly number[] }> = {
  operators: ["Slice"],
  write: ({ writer, inputs: [x], params: { axes } }) => flipped(writer, x.name, axes),
};

export const concatForm: OnnxForm<{ readonly axis: number }> = {
  operators: ["Concat"],
  write: ({ writer, inputs, params: { axis } }) =>
    writer.node(
      "Concat",
      inputs.map(({ name }) => name),
      { axis },
    ),
};

/** Zeros in front of and behind each axis; negative numbers take entries away. */
function padded(writer: GraphWriter, x: string, before: readonly number[], after: readonly number[]): string {
  return [...before, ...after].every((each) => each === 0)
    ? x
    : writer.node("Pad", [x, writer.ints([...before, ...after])]);
}

function asPadded(source: OnnxInput, before: readonly number[], shape: Shape): OnnxView | undefined {
  const after = shape.map((extent, d) => extent - before[d] - source.shape[d]);
  return [...before, ...after].every((width) => width >= 0) ? { kind: "padded", source, before, after } : undefined;
}

/** With steps, each entry first gets the zeros behind it, in an axis of its own. */
export const embedForm: OnnxForm<Steps> = {
  operators: ["Pad", "Reshape", "Slice"],
  seenAs: ({ inputs: [x], params: { starts, steps, shape } }) =>
    steps.every((step) => step === 1) ? asPadded(x, starts, shape) : undefined,
  write({ writer, inputs: [x], params: { starts, steps, shape } }) {
    const first = starts.map((start, d) => (steps[d] < 0 ? start + (x.shape[d] - 1) * steps[d] : start));
    const apart = steps.map(Math.abs);
    const falling = range(shape.length).filter((d) => steps[d] < 0);
    let spread = flipped(writer, x.name, falling);
    if (apart.some((step) => step > 1)) {
      const entries = writer.reshape(
        spread,
        x.shape.flatMap((extent) => [extent, 1]),
      );
      const behind = apart.flatMap((step) => [0, step - 1]);
      spread = writer.reshape(
        padded(
          writer,
          entries,
          behind.map(() => 0),
          behind,
        ),
        x.shape.map((extent, d) => extent * apart[d]),
      );
    }
    const after = shape.map((extent, d) => extent - first[d] - x.shape[d] * apart[d]);
    return padded(writer, spread, first, after);
  },
};

export const surroundForm: OnnxForm<{ readonly starts: readonly number[]; readonly shape: Shape }> = {
  operators: ["Pad"],
  seenAs: ({ inputs: [x], params: { starts, shape } }) => asPadded(x, starts, shape),
  write: ({ writer, inputs: [x], params: { starts, shape } }) =>
    padded(
      writer,
      x.name,
      starts,
      shape.map((extent, d) => extent - starts[d] - x.shape[d]),
    ),
};

interface TwoAxes {
  readonly p: number;
  readonly q: number;
}

/** The two axes as one, of which every (n + 1)th entry is on the diagonal. */
export const diagonalForm: OnnxForm<TwoAxes> = {
  operators: ["Transpose", "Reshape", "Gather"],
  write({ writer, inputs: [x], params: { p, q } }) {
    const { shape } = x;
    const rest = range(shape.length).filter((d) => d !== q);
    const order = rest.toSpliced(rest.indexOf(p) + 1, 0, q);
    const n = shape[p];
    const merged = rest.map((d) => (d === p ? n * n : shape[d]));
    const flat = writer.reshape(writer.transpose(x.name, order), merged);
    return writer.node("Gather", [flat, writer.steps(n, n + 1)], { axis: rest.indexOf(p) });
  },
};

/** Chosen, not multiplied: the zeros are zeros whatever stands on the diagonal. */
export const diagonalEmbedForm: OnnxForm<TwoAxes> = {
  operators: ["Range", "Equal", "Where"],
  write({ writer, inputs: [v], type, params: { p, q } }) {
    const along = (axis: number): string =>
      writer.reshape(
        writer.steps(type.shape[axis]),
        type.shape.map((extent, d) => (d === axis ? extent : 1)),
      );
    const isOn = writer.node("Equal", [along(p), along(q)]);
    const value = writer.reshape(v.name, v.shape.toSpliced(q, 0, 1));
    if (v.dtype !== "bool") return writer.node("Where", [isOn, value, writer.scalar(0, v.dtype)]);
    return writer.node("And", [isOn, value]);
  },
};

/** Flat, the number along an axis repeats: Range along it, and the others repeat. */
export const iotaForm: OnnxForm<{ readonly shape: Shape; readonly axis: number }> = {
  operators: ["Range", "Cast", "Expand"],
  write({ writer, params: { shape, axis } }) {
    const numbers = writer.cast(writer.steps(shape[axis]), "int32");
    if (shape.length === 1) return numbers;
    const along = writer.reshape(numbers, [shape[axis], ...shape.slice(axis + 1).map(() => 1)]);
    return writer.node("Expand", [along, writer.ints(shape)]);
  },
};

export const fullForm: OnnxForm<unknown> = {
  operators: ["Expand"],
  write: ({ writer, type, params }) => filledLike(writer, type, (params as { readonly value: number }).value),
};

/** Where entry i of window p stands along its axis, `[windows, entries]` in a row. */
function windowPositions(writer: GraphWriter, i: number, count: number, shape: Shape, params: WindowSteps): string {
  const { extents, strides, dilations } = params;
  const positions = range(count).flatMap((p) => range(extents[i]).map((k) => p * strides[i] + k * dilations[i]));
  return writer.constant("int64", shape, BigInt64Array.from(positions, BigInt), "positions");
}

/** One axis after the other is gathered as windows; then the axes inside windows go to the end. */
export const windowsForm: OnnxForm<WindowSteps> = {
  operators: ["Gather", "Transpose"],
  seenAs: ({ inputs: [source], type, params }) => ({
    kind: "windows",
    source,
    params,
    extents: type.shape,
    axes: range(type.shape.length),
  }),
  write({ writer, inputs: [x], type, params }) {
    const rank = x.shape.length;
    const labels = range(rank);
    let windowed = x.name;
    params.axes.forEach((axis, i) => {
      const at = labels.indexOf(axis);
      const shape = [type.shape[axis], params.extents[i]];
      windowed = writer.node("Gather", [windowed, windowPositions(writer, i, shape[0], shape, params)], { axis: at });
      labels.splice(at + 1, 0, rank + i);
    });
    return writer.transpose(
      windowed,
      range(labels.length).map((label) => labels.indexOf(label)),
    );
  },
};

/** One axis after the other, in front, gets the entries of its windows added where they came from. */
export const overlapAddForm: OnnxForm<WindowSteps & { readonly shape: Shape }> = {
  operators: ["Transpose", "Reshape", "ScatterND", "ConvTranspose"],
  write(site) {
    const convolved = transposedConvolution(site);
    if (convolved !== null) return convolved;
    const { writer, inputs, params } = site;
    const [x] = inputs;
    const rank = params.shape.length;
    let labels = range(x.shape.length);
    let sum = x.name;
    params.axes.forEach((axis, i) => {
      const others = labels.filter((label) => label !== axis && label !== rank + i);
      const order = [axis, rank + i, ...others].map((label) => labels.indexOf(label));
      // What is done already has the extent of the result.
      const done = params.axes.slice(0, i);
      const extents = others.map((label) => (done.includes(label) ? params.shape[label] : x.shape[label]));
      const entries = x.shape[axis] * params.extents[i];
      const rows = writer.reshape(writer.transpose(sum, order), [entries, ...extents]);
      const zeros = writer.filled(0, [params.shape[axis], ...extents], x.dtype);
      const positions = windowPositions(writer, i, x.shape[axis], [entries, 1], params);
      sum = writer.node("ScatterND", [zeros, positions, rows], { reduction: "add" });
      labels = [axis, ...others];
    });
    return writer.transpose(
      sum,
      range(rank).map((label) => labels.indexOf(label)),
    );
  },
};
