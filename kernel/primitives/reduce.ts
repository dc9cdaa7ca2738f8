/** @file Reductions over axes: sum, prod, max, min; and cumsum, argmax, argmin. */

import {
  binary,
  broadcastAlong,
  broadcastInDim,
  cast,
  div,
  emit,
  full,
  fullLike,
  iota,
  mul,
  select,
  sum,
} from "../emit.ts";
import { DTypeError } from "../errors.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { identityForms } from "../loops/form.ts";
import type { ReduceOp } from "../loops/ir.ts";
import { linesAlong } from "../loops/lines.ts";
import { argForm, cumsumForm, reduceForm } from "../onnx/forms/sums.ts";
import { type Derivative, define, type NDArray } from "../primitive.ts";
import { range, stridesOf, withoutAxes } from "../shape.ts";
import { scattered } from "../structure/rules.ts";
import type { Term } from "../structure/term.ts";
import { sumDiagonal } from "./diagonal.ts";
import { literalValue } from "./elementwise.ts";

interface Axes {
  /** Ascending, without repetition. */
  readonly axes: readonly number[];
}
interface Axis {
  readonly axis: number;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    sum: Axes;
    prod: Axes;
    /** Largest entry along `axes`. */
    reduceMax: Axes;
    reduceMin: Axes;
    cumsum: Axis;
    /** Position of the first largest entry along `axis`, int32; the axis is gone. */
    argmax: Axis;
    argmin: Axis;
  }
}

/** Calls `visit` for each output entry with the flat position of its first input entry, and the offsets of all of them. */
function forEachFold(
  input: TensorType,
  axes: readonly number[],
  visit: (out: number, start: number, offsets: readonly number[]) => void,
): void {
  const strides = stridesOf(input.shape);
  const positions = (list: readonly number[]): number[] => {
    let at = [0];
    for (const d of list) at = at.flatMap((base) => range(input.shape[d]).map((i) => base + i * strides[d]));
    return at;
  };
  const kept = range(input.shape.length).filter((d) => !axes.includes(d));
  const offsets = positions(axes);
  positions(kept).forEach((start, out) => {
    visit(out, start, offsets);
  });
}

const folds: Record<ReduceOp, { start: number; step(a: number, b: number): number }> = {
  sum: { start: 0, step: (a, b) => a + b },
  prod: { start: 1, step: (a, b) => a * b },
  max: { start: Number.NEGATIVE_INFINITY, step: Math.max },
  min: { start: Number.POSITIVE_INFINITY, step: Math.min },
};

/** Products of int32 need more bits than a double has. */
const wrappingProduct = { start: 1, step: Math.imul };

/** 1 for each of the extreme entries. */
const extremesOf = (x: Node, out: Node, axes: readonly number[]): Node =>
  cast(binary("eq", x, broadcastAlong(out, x.shape, axes)), x.dtype);

/** The tangent goes to the extreme entries, in equal parts at a tie (as torch.amax does). */
const extremeDerivative: Derivative<Axes> = {
  kind: "jvp",
  jvp([x], [tangent], out, { axes }) {
    if (tangent === null) return null;
    const chosen = extremesOf(x, out, axes);
    return div(sum(mul(tangent, chosen), axes), sum(chosen, axes));
  },
};

/** For each entry the product of the others along `axis`, formed without dividing, so that zeros are no exception. */
function productOfOthers(x: Node, axis: number): Node {
  // [..., i, j, ...]: entry j, or 1 where j is i; the product over j leaves the product of the others for each i.
  const shape = [...x.shape.slice(0, axis), x.shape[axis], ...x.shape.slice(axis)];
  const repeated = broadcastInDim(
    x,
    shape,
    range(x.shape.length).map((d) => (d >= axis ? d + 1 : d)),
  );
  const same = binary("eq", iota(shape, axis), iota(shape, axis + 1));
  return emit("prod", [select(same, fullLike(1, repeated), repeated)], { axes: [axis + 1] });
}

const prodDerivative: Derivative<Axes> = {
  kind: "jvp",
  jvp([x], [tangent], _, { axes }) {
    if (tangent === null) return null;
    if (axes.length > 1) {
      throw new DTypeError("prod: the derivative is taken one axis at a time; call prod(axis) once per axis.");
    }
    return sum(mul(tangent, productOfOthers(x, axes[0])), axes);
  },
};

/** An entry of the input has part in the fold that it is in; null where there is no derivative. */
function structureOf(op: ReduceOp, x: Node, out: Node, axes: readonly number[]): Term[] | null {
  const input = identityForms(x.shape.length);
  const output = input.filter((_, d) => !axes.includes(d));
  const folded = (value: Node | number): Term[] => scattered(x.shape, output, input, { value });
  if (op === "sum") return folded(1);
  if (op === "prod") return axes.length === 1 ? folded(productOfOthers(x, axes[0])) : null;
  const chosen = extremesOf(x, out, axes);
  return folded(div(chosen, broadcastAlong(sum(chosen, axes), x.shape, axes)));
}

const derivatives: Record<ReduceOp, Derivative<Axes>> = {
  sum: { kind: "linear", transpose: (cotangent, _, [x], { axes }) => broadcastAlong(cotangent, x.shape, axes) },
  prod: prodDerivative,
  max: extremeDerivative,
  min: extremeDerivative,
};

for (const [name, op, operator] of [
  ["sum", "sum", "ReduceSum"],
  ["prod", "prod", "ReduceProd"],
  ["reduceMax", "max", "ReduceMax"],
  ["reduceMin", "min", "ReduceMin"],
] as const) {
  define(name, {
    infer: ([x], { axes }) => {
      if (x.dtype === "bool") throw new DTypeError(`${op}: expected numbers, got bool. Convert with x.to("int32").`);
      return { shape: withoutAxes(x.shape, axes), dtype: x.dtype };
    },
    evaluate([x], out, { axes }) {
      const { start, step } = x.dtype === "int32" && op === "prod" ? wrappingProduct : folds[op];
      forEachFold(x, axes, (to, from, offsets) => {
        let value = start;
        for (const offset of offsets) value = step(value, x.data[from + offset]);
        out.data[to] = value;
      });
    },
    derivative: derivatives[op],
    structure: (_, [x], out, { axes }) => structureOf(op, x, out, axes),
    batch: ([x], _, __, { axes }) => emit(name, [x], { axes: axes.map((axis) => axis + 1) }),
    lowering: { kind: "reduce", op },
    onnx: reduceForm(operator, folds[op].start),
    simplify: ([x], { axes }) => (name === "sum" ? simplifySum(x, axes) : null),
  });
}

function simplifySum(x: Node, axes: readonly number[]): Node | null {
  if (axes.length === 0) return x;
  const value = literalValue(x);
  if (value === 0) return full(0, withoutAxes(x.shape, axes), x.dtype);
  return sumDiagonal(x, axes);
}

define("cumsum", {
  infer: ([x]) => x,
  evaluate([x], out, { axis }) {
    const step = stridesOf(x.shape)[axis];
    forEachFold(x, [axis], (_, start) => {
      let total = 0;
      for (let i = 0; i < x.shape[axis]; i++) {
        total += x.data[start + i * step];
        out.data[start + i * step] = total;
      }
    });
  },
  derivative: {
    kind: "linear",
    transpose: (cotangent, _, __, { axis }) => {
      const flip = (y: Node): Node => emit("flip", [y], { axes: [axis] });
      return flip(emit("cumsum", [flip(cotangent)], { axis }));
    },
  },
  structure(_, [x], __, { axis }) {
    // [..., i, j, ...]: entry j has part in total i when it does not come after it.
    const n = x.shape[axis];
    const shape = [...x.shape.slice(0, axis), n, ...x.shape.slice(axis)];
    const forms = identityForms(shape.length);
    const part = binary("ge", iota([n, n], 0), iota([n, n], 1));
    return scattered(shape, forms.toSpliced(axis + 1, 1), forms.toSpliced(axis, 1), {
      value: { node: part, along: [axis, axis + 1] },
    });
  },
  batch: ([x], _, __, { axis }) => emit("cumsum", [x], { axis: axis + 1 }),
  lowering: { kind: "host", operation: ({ axis }, [x]) => ({ name: "cumsum", ...linesAlong(x.shape, axis) }) },
  onnx: cumsumForm,
});

function argExtreme(x: NDArray, out: NDArray, axis: number, better: (a: number, b: number) => boolean): void {
  forEachFold(x, [axis], (to, start, offsets) => {
    let best = 0;
    for (let i = 1; i < offsets.length; i++) {
      const value = x.data[start + offsets[i]];
      const record = x.data[start + offsets[best]];
      // The first NaN wins, as in PyTorch.
      if (!Number.isNaN(record) && (Number.isNaN(value) || better(value, record))) best = i;
    }
    out.data[to] = best;
  });
}

for (const [name, operator, better] of [
  ["argmax", "ArgMax", (a: number, b: number) => a > b],
  ["argmin", "ArgMin", (a: number, b: number) => a < b],
] as const) {
  define(name, {
    infer: ([x], { axis }) => ({ shape: withoutAxes(x.shape, [axis]), dtype: "int32" }),
    evaluate: ([x], out, { axis }) => argExtreme(x, out, axis, better),
    derivative: { kind: "none" },
    onnx: argForm(operator),
    batch: ([x], _, __, { axis }) => emit(name, [x], { axis: axis + 1 }),
    lowering: { kind: "host", operation: ({ axis }, [x]) => ({ name, ...linesAlong(x.shape, axis) }) },
  });
}
