/** @file Factors where forms point: read at other positions, and masked where those are outside. */
import { add, binary, emit, full, iota, mul } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import type { Shape } from "../shape.ts";
import { along, Factor } from "./factor.ts";
import { type Extents, type Form, type Label, labelsOf, rangeOf, strideOf } from "./label.ts";

/** int32, the value of `form` along `labels`. */
function formNode(form: Form, labels: readonly Label[], shape: Shape): Node {
  if (form.table !== null) return along(form.table, labels, shape);
  return form.parts.reduce<Node>(
    (total, { label, stride }) => {
      const counted = iota(shape, labels.indexOf(label));
      return add(total, stride === 1 ? counted : mul(counted, full(stride, shape, "int32")));
    },
    full(form.offset, shape, "int32"),
  );
}

/** Where `0 ≤ form < extent`. */
export function inside(form: Form, extent: number, extents: Extents): Factor {
  const labels = labelsOf(form);
  const shape = labels.map((label) => extents.get(label)!);
  return new Factor(labels, shape, "bool", form.table === null ? [] : [form.table], () => {
    const position = formNode(form, labels, shape);
    return binary(
      "and",
      binary("ge", position, full(0, shape, "int32")),
      binary("lt", position, full(extent, shape, "int32")),
    );
  });
}

/** `factor` where `form` stands for `label`. Positions outside of it have the value 0. */
export function gathered(factor: Factor, label: Label, form: Form, extents: Extents): Factor {
  const axis = factor.labels.indexOf(label);
  const before = factor.labels.slice(0, axis);
  const after = factor.labels.slice(axis + 1);
  const others = [...before, ...after];
  const fresh = labelsOf(form).filter((each) => !others.includes(each));
  const labels = [...before, ...fresh, ...after];
  const shape = labels.map((each) =>
    factor.has(each) && each !== label ? factor.shape[factor.labels.indexOf(each)] : extents.get(each)!,
  );
  const extent = factor.shape[axis];
  const isSame = form.table === null && form.offset === 0 && form.parts.length === 1 && form.parts[0].stride === 1;
  if (isSame && fresh.length === 1 && extents.get(fresh[0]) === extent) return factor.renamed(labels);
  // Known now: the extents may belong to a product that goes on to be solved.
  const [low, high] = rangeOf(form, extents);
  const parts = form.table === null ? [factor] : [factor, form.table];
  return new Factor(labels, shape, factor.dtype, parts, () => {
    let source = factor.node;
    let offset = form.offset;
    if (form.table === null) {
      if (low < 0 || high >= extent) {
        const start = Math.max(0, -low);
        const starts = factor.shape.map((_, d) => (d === axis ? start : 0));
        const padded = factor.shape.map((each, d) => (d === axis ? start + Math.max(extent, high + 1) : each));
        source = emit("embed", [source], { starts, steps: starts.map(() => 1), shape: padded });
        offset += start;
      }
    }
    const forms = factor.labels.map((each, d) => {
      const strides = labels.map((other) => (d === axis ? strideOf(form, other) : other === each ? 1 : 0));
      return [d === axis ? offset : 0, ...strides];
    });
    if (form.table === null) return emit("pick", [source], { shape, forms });
    return emit("pickAt", [source, along(form.table, labels, shape)], { shape, forms, tables: [axis] });
  });
}
