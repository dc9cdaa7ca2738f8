/**
 * @file Entries at affine positions: pick reads them, place writes them into zeros. They are each other's transpose, and
 * what structured tensors are made into nodes by.
 */

import { broadcastLeading, emit, full } from "../emit.ts";
import { ShapeError, showShape } from "../errors.ts";
import type { Node } from "../graph/node.ts";
import { addForms, constantForm, dynamicForm, formValue, identityForms, scaleForm } from "../loops/form.ts";
import type { Affine, Expr, Index } from "../loops/ir.ts";
import { pickAtForm, pickForm, placeForm } from "../onnx/forms/positions.ts";
import { define, type NDArray } from "../primitive.ts";
import { range, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { type Position, scattered } from "../structure/rules.ts";
import { literalValue } from "./elementwise.ts";
import { requirePositions } from "./positions.ts";
import { defineView } from "./view.ts";

/** `[offset, stride per axis of the entries, …]` */
type Form = readonly number[];

interface PickParams {
  /** Of the entries. */
  readonly shape: Shape;
  /** Where an entry is, along each axis of the tensor. */
  readonly forms: readonly Form[];
}
interface PickAtParams extends PickParams {
  /** Axes along which the position of an entry stands in a table instead: inputs behind the tensor, int32 of `shape`. */
  readonly tables: readonly number[];
}
interface PlaceParams {
  /** Of the result. */
  readonly shape: Shape;
  /** Per piece, and per axis of the result. */
  readonly forms: readonly (readonly Form[])[];
  /** Per piece, the axes whose positions stand in tables: inputs behind the piece, int32 of its shape. */
  readonly tables: readonly (readonly number[])[];
  /** Whether the first piece has an entry for every position of the result. */
  readonly covers: boolean;
  /** Whether no two entries of the first piece meet. */
  readonly stores: boolean;
}
declare module "../primitive.ts" {
  interface PrimitiveParams {
    pick: PickParams;
    pickAt: PickAtParams;
    /**
     * Zeros, plus each entry of each piece at its position; one outside along an axis is moved to the border, where it is
     * meant to add a zero.
     */
    place: PlaceParams;
  }
}

/** The value of a form, with the axes of the entries at the given loop forms. */
function indexOf([offset, ...strides]: Form, at: readonly Index[], variables: number): Index {
  return strides.reduce(
    (sum, stride, d) => (stride === 0 ? sum : addForms(sum, scaleForm(at[d], stride))),
    constantForm(offset, variables),
  );
}

const positionAt = ([offset, ...strides]: Form, at: readonly number[]): number =>
  strides.reduce((sum, stride, d) => sum + stride * at[d], offset);

/** Visits the positions of `shape` in row-major order. */
function forEachPosition(shape: Shape, visit: (at: readonly number[], flat: number) => void): void {
  const at = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(at, flat);
    for (let d = shape.length - 1; d >= 0; d--) {
      if (++at[d] < shape[d]) break;
      at[d] = 0;
    }
  }
}

/** The same forms when a new axis 0 stands in front of the entries and of the tensor. */
const batchedForms = (forms: readonly Form[], rank: number): Form[] => [
  [0, 1, ...new Array<number>(rank).fill(0)],
  ...forms.map(([offset, ...strides]) => [offset, 0, ...strides]),
];

/** Where each of the entries, which have `rank` axes, is in a tensor of that shape. */
function positionsIn(
  shape: Shape,
  rank: number,
  forms: readonly Form[],
  axes: readonly number[],
  tables: readonly Node[],
): Position[] {
  const at = identityForms(rank);
  return forms.map((form, d) => {
    const table = axes.indexOf(d);
    return table < 0 ? indexOf(form, at, rank) : { node: tables[table], along: range(rank), below: shape[d] };
  });
}

const withBatch = (inputs: readonly Node[], batched: readonly boolean[], size: number): Node[] =>
  inputs.map((input, i) => (batched[i] ? input : broadcastLeading(input, [size])));

/** The transpose of reading is adding where it was read. */
const placed = (cotangent: Node, x: Node, forms: readonly Form[], tables: readonly Node[], axes: readonly number[]) =>
  emit("place", [cotangent, ...tables], {
    shape: x.shape,
    forms: [forms],
    tables: [axes],
    covers: false,
    stores: false,
  });

defineView("pick", {
  infer(x, { shape, forms }) {
    if (forms.length !== x.shape.length) {
      throw new ShapeError(`pick: expected a form per axis of ${showShape(x.shape)}, got ${forms.length}.`);
    }
    return shape;
  },
  source: (index, { forms }, _, variables) => forms.map((form) => indexOf(form, index, variables)),
  transpose: (cotangent, x, { forms }) => placed(cotangent, x, forms, [], []),
  batch: ({ shape, forms }, size) => ({ shape: [size, ...shape], forms: batchedForms(forms, shape.length) }),
  simplify: (x, { shape }) => {
    const value = literalValue(x);
    return value === null ? null : full(value, shape, x.dtype);
  },
  onnx: pickForm,
});

define("pickAt", {
  infer([x, ...tables], { shape }) {
    for (const table of tables) requirePositions("pickAt", table);
    return { shape, dtype: x.dtype };
  },
  evaluate([x, ...positions], out, { forms, tables }) {
    const strides = stridesOf(x.shape);
    forEachPosition(out.shape, (at, flat) => {
      let from = 0;
      forms.forEach((form, d) => {
        const table = tables.indexOf(d);
        from += strides[d] * (table < 0 ? positionAt(form, at) : positions[table].data[flat]);
      });
      out.data[flat] = x.data[from];
    });
  },
  derivative: {
    kind: "linear",
    wrt: () => [0],
    transpose: (cotangent, _, [x, ...positions], { forms, tables }) => placed(cotangent, x, forms, positions, tables),
  },
  structure(_, [x, ...positions], out, { forms, tables }) {
    const rank = out.shape.length;
    return scattered(out.shape, identityForms(rank), positionsIn(x.shape, rank, forms, tables, positions));
  },
  batch: (inputs, batched, size, { shape, forms, tables }) =>
    emit("pickAt", withBatch(inputs, batched, size), {
      shape: [size, ...shape],
      forms: batchedForms(forms, shape.length),
      tables: tables.map((axis) => axis + 1),
    }),
  lowering: {
    kind: "point",
    cost: 4,
    at({ index, variables, params: { forms, tables }, read }) {
      const at = forms.map((form, d) => {
        const table = tables.indexOf(d);
        return table < 0 ? indexOf(form, index, variables) : dynamicForm(1, read(1 + table, index), variables);
      });
      return read(0, at);
    },
  },
  onnx: pickAtForm,
});

/** Which input each piece is. */
function pieceInputs(tables: PlaceParams["tables"]): number[] {
  let next = 0;
  return tables.map((axes) => {
    next += 1 + axes.length;
    return next - 1 - axes.length;
  });
}

const int = (value: number): Expr => ({ kind: "const", dtype: "int32", value });

/** The least and the greatest position that a form has for the entries of a tensor. */
function rangeOf({ offset, strides }: Affine, entries: Shape): [low: number, high: number] {
  let [low, high] = [offset, offset];
  strides.forEach((stride, v) => {
    const reach = stride * ((entries[v] ?? 1) - 1);
    if (reach > 0) high += reach;
    else low += reach;
  });
  return [low, high];
}

/** Within the tensor, whatever the form says. */
function clamped(form: Index, extent: number, entries: Shape): Index {
  const [low, high] = rangeOf(form, entries);
  if (low >= 0 && high < extent) return form;
  const op = (fn: "max" | "min", x: Expr, y: Expr): Expr => ({ kind: "binary", dtype: "int32", fn, x, y });
  return dynamicForm(1, op("max", int(0), op("min", int(extent - 1), formValue(form))), form.strides.length);
}

/** With zeros around it, as far as entries point outside: nothing comes back from where nothing was added. */
function withBorder(x: Node, entries: Shape, forms: readonly Form[], tables: readonly number[]) {
  const ranges = forms.map(([offset, ...strides], d) =>
    tables.includes(d) || entries.includes(0) ? [0, 0] : rangeOf({ offset, strides }, entries),
  );
  const starts = ranges.map(([low]) => Math.max(0, -low));
  const shape = ranges.map(([, high], d) => starts[d] + Math.max(x.shape[d], high + 1));
  const isInside = shape.every((extent, d) => extent === x.shape[d]);
  return {
    wider: isInside ? x : emit("embed", [x], { starts, steps: starts.map(() => 1), shape }),
    shifted: forms.map(([offset, ...strides], d) => [offset + starts[d], ...strides]),
  };
}

define("place", {
  infer: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate(inputs, out, { forms, tables }) {
    const strides = stridesOf(out.shape);
    pieceInputs(tables).forEach((first, piece) => {
      const values: NDArray = inputs[first];
      forEachPosition(values.shape, (at, flat) => {
        let to = 0;
        forms[piece].forEach((form, d) => {
          const table = tables[piece].indexOf(d);
          const position = table < 0 ? positionAt(form, at) : inputs[first + 1 + table].data[flat];
          to += strides[d] * Math.max(0, Math.min(out.shape[d] - 1, position));
        });
        out.data[to] += values.data[flat];
      });
    });
  },
  derivative: {
    kind: "linear",
    wrt: ({ tables }) => pieceInputs(tables),
    transpose(cotangent, i, inputs, { forms, tables }) {
      const piece = pieceInputs(tables).indexOf(i);
      const axes = tables[piece];
      const { shape } = inputs[i];
      const { wider, shifted } = withBorder(cotangent, shape, forms[piece], axes);
      if (axes.length === 0) return emit("pick", [wider], { shape, forms: shifted });
      const positions = inputs.slice(i + 1, i + 1 + axes.length);
      return emit("pickAt", [wider, ...positions], { shape, forms: shifted, tables: axes });
    },
  },
  structure(i, inputs, out, { forms, tables }) {
    const piece = pieceInputs(tables).indexOf(i);
    const axes = tables[piece];
    const { shape } = inputs[i];
    const beside = inputs.slice(i + 1, i + 1 + axes.length);
    const positions = positionsIn(out.shape, shape.length, forms[piece], axes, beside);
    const guards = positions.flatMap((position, d): [Affine, number][] => {
      if ("node" in position) return [];
      const [low, high] = rangeOf(position, shape);
      return low < 0 || high >= out.shape[d] ? [[position, out.shape[d]]] : [];
    });
    return scattered(shape, positions, identityForms(shape.length), { guards });
  },
  batch: (inputs, batched, size, { shape, forms, tables, covers, stores }) =>
    emit("place", withBatch(inputs, batched, size), {
      shape: [size, ...shape],
      forms: pieceInputs(tables).map((i, piece) =>
        batchedForms(forms[piece], inputs[i].shape.length - Number(batched[i])),
      ),
      tables: tables.map((axes) => axes.map((axis) => axis + 1)),
      covers,
      stores,
    }),
  lowering: {
    kind: "scatter",
    fill: ({ covers }) => (covers ? null : 0),
    accumulate: ({ stores }, piece) => piece > 0 || !stores,
    pieces: ({ tables }) => pieceInputs(tables),
    place(point, input) {
      const { params, inputs, index, variables } = point;
      const piece = pieceInputs(params.tables).indexOf(input);
      return params.forms[piece].map((form, d) => {
        const table = params.tables[piece].indexOf(d);
        if (table >= 0) return dynamicForm(1, point.read(input + 1 + table, index), variables);
        return clamped(indexOf(form, index, variables), params.shape[d], inputs[input].shape);
      });
    },
  },
  onnx: placeForm,
});
