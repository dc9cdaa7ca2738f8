/** @file Reading and adding at positions, affine ones and those that are data, as ONNX operators on flat arrays. */
import type { TensorType } from "../../graph/node.ts";
import { range, type Shape, sizeOf, stridesOf } from "../../shape.ts";
import type { OnnxForm, OnnxInput } from "../writer/form.ts";
import type { GraphWriter } from "../writer/graph-writer.ts";

/** `[offset, stride per axis of the entries, …]` */
type AffineForm = readonly number[];

export const filledLike = (writer: GraphWriter, { shape, dtype }: TensorType, value: number): string =>
  writer.filled(value, shape, dtype);

/** The values of an affine form for all entries of `shape`, 64-bit integers that broadcast to it. */
function affine(writer: GraphWriter, [offset, ...strides]: AffineForm, shape: Shape): string {
  const parts = strides.flatMap((stride, d) => {
    if (stride === 0 || shape[d] === 1) return [];
    const steps = writer.steps(shape[d], stride);
    const behind = shape.length - 1 - d;
    return [behind === 0 ? steps : writer.reshape(steps, [shape[d], ...range(behind).map(() => 1)])];
  });
  if (offset !== 0 || parts.length === 0) parts.push(writer.int(offset));
  return parts.reduce((sum, part) => writer.node("Add", [sum, part]));
}

/** Least and greatest value of a form. */
function reach([offset, ...strides]: AffineForm, shape: Shape): [low: number, high: number] {
  const ends = strides.map((stride, d) => stride * Math.max(0, shape[d] - 1));
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  return [offset + sum(ends.filter((end) => end < 0)), offset + sum(ends.filter((end) => end > 0))];
}

const within = (writer: GraphWriter, x: string, extent: number): string =>
  writer.node("Min", [writer.node("Max", [x, writer.int(0)]), writer.int(extent - 1)]);

/**
 * Flat positions in a tensor of shape `target` for entries of `shape`: a form per axis of the target, or a table where
 * positions are data. Positions outside go to the border.
 */
function flatPositions(
  writer: GraphWriter,
  target: Shape,
  shape: Shape,
  forms: readonly AffineForm[],
  tableAxes: readonly number[],
  tables: readonly OnnxInput[],
): string {
  const weights = stridesOf(target);
  const isInside = (d: number): boolean => {
    const [low, high] = reach(forms[d], shape);
    return low >= 0 && high < target[d];
  };
  // What needs no moving to the border is one affine form.
  const together = range(target.length).filter((d) => !tableAxes.includes(d) && isInside(d));
  const flat = range(shape.length + 1).map((v) => together.reduce((sum, d) => sum + weights[d] * forms[d][v], 0));
  let positions = affine(writer, flat, shape);
  range(target.length).forEach((d) => {
    if (together.includes(d)) return;
    const table = tableAxes.indexOf(d);
    const found = table < 0 ? affine(writer, forms[d], shape) : writer.cast(tables[table].name, "int64");
    const scaled = writer.node("Mul", [within(writer, found, target[d]), writer.int(weights[d])]);
    positions = writer.node("Add", [positions, scaled]);
  });
  return writer.node("Expand", [positions, writer.ints(shape)]);
}

interface Pick {
  readonly shape: Shape;
  readonly forms: readonly AffineForm[];
}

export const pickForm: OnnxForm<Pick> = {
  operators: ["Reshape", "Gather"],
  write({ writer, inputs: [x], params: { shape, forms } }) {
    const positions = flatPositions(writer, x.shape, shape, forms, [], []);
    return writer.node("Gather", [writer.reshape(x.name, [-1]), positions]);
  },
};

export const pickAtForm: OnnxForm<Pick & { readonly tables: readonly number[] }> = {
  operators: ["Reshape", "Gather"],
  write({ writer, inputs: [x, ...positions], params: { shape, forms, tables } }) {
    const flat = flatPositions(writer, x.shape, shape, forms, tables, positions);
    return writer.node("Gather", [writer.reshape(x.name, [-1]), flat]);
  },
};

interface Place {
  readonly shape: Shape;
  readonly forms: readonly (readonly AffineForm[])[];
  readonly tables: readonly (readonly number[])[];
  readonly stores: boolean;
}

export const placeForm: OnnxForm<Place> = {
  operators: ["Reshape", "ScatterND"],
  write({ writer, inputs, type, params: { shape, forms, tables, stores } }) {
    let sum = writer.filled(0, [sizeOf(shape)], type.dtype);
    let next = 0;
    forms.forEach((form, piece) => {
      const [entries, ...positions] = inputs.slice(next, next + 1 + tables[piece].length);
      next += 1 + tables[piece].length;
      const flat = flatPositions(writer, shape, entries.shape, form, tables[piece], positions);
      const size = sizeOf(entries.shape);
      const values = writer.reshape(entries.name, [size]);
      const reduction = piece === 0 && stores ? "none" : "add";
      sum = writer.node("ScatterND", [sum, writer.reshape(flat, [size, 1]), values], { reduction });
    });
    return writer.reshape(sum, shape);
  },
};

/** Positions that are data: negative ones count from the end, what is outside even so goes to the nearest end. */
function resolved(writer: GraphWriter, { name }: OnnxInput, extent: number): string {
  const positions = writer.cast(name, "int64");
  const isNegative = writer.node("Less", [positions, writer.int(0)]);
  const fromEnd = writer.node("Add", [positions, writer.int(extent)]);
  return within(writer, writer.node("Where", [isNegative, fromEnd, positions]), extent);
}

interface Along {
  readonly axis: number;
}

export const takeForm: OnnxForm<Along> = {
  operators: ["Gather"],
  write: ({ writer, inputs: [x, indices], params: { axis } }) =>
    writer.node("Gather", [x.name, resolved(writer, indices, x.shape[axis])], { axis }),
};

/** With the axis in front, whole slices are added. */
export const scatterAddForm: OnnxForm<Along & { readonly extent: number }> = {
  operators: ["Transpose", "Reshape", "ScatterND"],
  write({ writer, inputs: [updates, indices], params: { axis, extent } }) {
    const { shape } = updates;
    const count = sizeOf(indices.shape);
    const own = range(indices.shape.length, axis);
    const others = range(shape.length).filter((d) => !own.includes(d));
    const rest = others.map((d) => shape[d]);
    const slices = writer.reshape(writer.transpose(updates.name, [...own, ...others]), [count, ...rest]);
    const positions = writer.reshape(resolved(writer, indices, extent), [count, 1]);
    const zeros = writer.filled(0, [extent, ...rest], updates.dtype);
    const sum = writer.node("ScatterND", [zeros, positions, slices], { reduction: "add" });
    const back = range(others.length + 1).map((d) => (d === axis ? 0 : d < axis ? d + 1 : d));
    return writer.transpose(sum, back);
  },
};

export const takeAlongAxisForm: OnnxForm<Along> = {
  operators: ["GatherElements"],
  write: ({ writer, inputs: [x, positions], params: { axis } }) =>
    writer.node("GatherElements", [x.name, resolved(writer, positions, x.shape[axis])], { axis }),
};

export const scatterAddAlongAxisForm: OnnxForm<Along & { readonly extent: number }> = {
  operators: ["ScatterElements"],
  write({ writer, inputs: [updates, positions], type, params: { axis, extent } }) {
    const zeros = filledLike(writer, type, 0);
    const inputs = [zeros, resolved(writer, positions, extent), updates.name];
    return writer.node("ScatterElements", inputs, { axis, reduction: "add" });
  },
};
