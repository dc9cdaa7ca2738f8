/** @file What runs along whole axes, as ONNX operators: reductions, products of tensors, sums so far, order. */
import { range, type Shape, sizeOf } from "../../shape.ts";
import type { Dot, OnnxForm } from "../writer/form.ts";
import type { GraphWriter } from "../writer/graph-writer.ts";
import { convolution } from "./convolution.ts";
import { filledLike } from "./positions.ts";
import { asProduct } from "./transposed-convolution.ts";

/** The first version in which all reductions have their axes as an input. */
const AXES_AS_INPUT = 18;

function reduced(writer: GraphWriter, operator: string, x: string, axes: readonly number[]): string {
  if (operator === "ReduceSum" || writer.opset >= AXES_AS_INPUT) {
    return writer.node(operator, [x, writer.ints(axes)], { keepdims: 0 });
  }
  return writer.node(operator, [x], { keepdims: 0, axes });
}

/** @param neutral the result of nothing at all */
export const reduceForm = (operator: string, neutral: number): OnnxForm<{ readonly axes: readonly number[] }> => ({
  operators: [operator],
  write({ writer, inputs: [x], type, params: { axes } }) {
    if (sizeOf(x.shape) === 0) return filledLike(writer, type, neutral);
    return axes.length === 0 ? x.name : reduced(writer, operator, x.name, axes);
  },
});

export const cumsumForm: OnnxForm<{ readonly axis: number }> = {
  operators: ["CumSum"],
  write: ({ writer, inputs: [x], params: { axis } }) => writer.node("CumSum", [x.name, writer.int(axis)]),
};

export const argForm = (operator: "ArgMax" | "ArgMin"): OnnxForm<{ readonly axis: number }> => ({
  operators: [operator, "Cast"],
  write: ({ writer, inputs: [x], params: { axis } }) =>
    writer.cast(writer.node(operator, [x.name], { axis, keepdims: 0 }), "int32"),
});

export const argsortForm: OnnxForm<{ readonly axis: number; readonly descending: boolean }> = {
  operators: ["TopK", "Cast"],
  write({ writer, inputs: [x], params: { axis, descending } }) {
    const attributes = { axis, largest: descending ? 1 : 0, sorted: 1 };
    const [, order] = writer.several("TopK", [x.name, writer.ints([x.shape[axis]])], 2, attributes);
    return writer.cast(order, "int32");
  },
};

/** How many entries of the line are below each value: the line is sorted, so that is its place. */
export const searchSortedForm: OnnxForm<{ readonly right: boolean }> = {
  operators: ["Less", "LessOrEqual", "ReduceSum"],
  write({ writer, inputs: [sorted, values], params: { right } }) {
    const lines = writer.reshape(sorted.name, sorted.shape.toSpliced(-1, 0, 1));
    const wanted = writer.reshape(values.name, [...values.shape, 1]);
    const isBefore = writer.node(right ? "LessOrEqual" : "Less", [lines, wanted]);
    return reduced(writer, "ReduceSum", writer.cast(isBefore, "int32"), [values.shape.length]);
  },
};

/** As matrices: rows, columns and contracted axes each as one axis, behind the axes that run together. */
export const dotForm: OnnxForm<Dot> = {
  operators: ["Transpose", "Reshape", "MatMul", "Conv"],
  seenAs: asProduct,
  write(site) {
    const { writer, inputs, type, params } = site;
    const { contract, batch } = params;
    if (inputs.some(({ shape }) => sizeOf(shape) === 0)) return filledLike(writer, type, 0);
    const convolved = convolution(site);
    if (convolved !== null) return convolved;
    const extents = (shape: Shape, axes: readonly number[]): number[] => axes.map((axis) => shape[axis]);
    const [a, b] = inputs.map(({ name, shape }, side) => {
      const free = range(shape.length).filter((d) => !contract[side].includes(d) && !batch[side].includes(d));
      const order = side === 0 ? [...batch[0], ...free, ...contract[0]] : [...batch[1], ...contract[1], ...free];
      const together = extents(shape, batch[side]);
      const [rows, inner] = [extents(shape, free), extents(shape, contract[side])].map(sizeOf);
      const matrix = side === 0 ? [...together, rows, inner] : [...together, inner, rows];
      const isMatrix = free.length === 1 && contract[side].length === 1;
      const ordered = writer.transpose(name, order);
      return { name: isMatrix ? ordered : writer.reshape(ordered, matrix), isMatrix };
    });
    const product = writer.node("MatMul", [a.name, b.name]);
    return a.isMatrix && b.isMatrix ? product : writer.reshape(product, type.shape);
  },
};
