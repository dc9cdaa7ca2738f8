/**
 * @file Windows that are added up where they overlap, of which the entries are a product: a transposed convolution. It is
 * what `convTranspose2d` is here, and the derivative of a convolution by its images.
 */
import { range, type Shape, sizeOf } from "../../shape.ts";
import type { Dot, OnnxInput, OnnxProduct, OnnxSite, OnnxView, ProductAxis, WindowSteps } from "../writer/form.ts";
import { MOST_AXES, reshaped } from "./convolution.ts";

/** A product as what others may take apart. */
export function asProduct({ inputs, params }: OnnxSite<Dot>): OnnxView {
  const { contract, batch } = params;
  const together = batch[0].map((d, axis): ProductAxis => ({ operand: "both", axis, extent: inputs[0].shape[d] }));
  const stays = ([0, 1] as const).flatMap((operand) =>
    inputs[operand].shape.flatMap((extent, axis): ProductAxis[] =>
      contract[operand].includes(axis) || batch[operand].includes(axis) ? [] : [{ operand, axis, extent }],
    ),
  );
  const from = [...together, ...stays];
  const axes = from.map(({ extent }, i) => (extent === 1 ? [] : [i]));
  return { kind: "product", operands: inputs, params, from, axes };
}

/** A product in another shape: where each new axis is several old ones, whole and in order. */
export function mergedProduct(view: OnnxProduct, shape: Shape): OnnxView | undefined {
  const old = view.axes.flat();
  const axes: number[][] = [];
  for (const extent of shape) {
    const merged: number[] = [];
    for (let size = 1; size < extent; size *= view.from[merged.at(-1)!].extent) {
      const next = old.shift();
      if (next === undefined) return undefined;
      merged.push(next);
    }
    if (sizeOf(merged.map((axis) => view.from[axis].extent)) !== extent) return undefined;
    axes.push(merged);
  }
  return { ...view, axes };
}

/** Along one spatial axis: the places of its axes in the operands, where they have more than one entry, and the steps. */
interface Spatial {
  readonly image: ProductAxis | undefined;
  readonly filter: ProductAxis | undefined;
  readonly stride: number;
  readonly dilation: number;
}

/** How both operands take part, if `images` is the operand that is spread out; null where that is nothing of the kind. */
function spatialOf(view: OnnxProduct, params: WindowSteps, rank: number, images: 0 | 1): Spatial[] | null {
  const all = params.axes.map((axis, i): Spatial | null => {
    const lists = [view.axes[axis], view.axes[rank + i]];
    if (lists.some((list) => list.length > 1)) return null;
    const [counts, inside] = lists.map(([place]) => (place === undefined ? undefined : view.from[place]));
    const isOf = (found: ProductAxis | undefined, operand: 0 | 1): boolean =>
      found === undefined || found.operand === operand;
    const filters = images === 0 ? 1 : 0;
    const [stride, dilation] = [params.strides[i], params.dilations[i]];
    if (isOf(counts, images) && isOf(inside, filters)) return { image: counts, filter: inside, stride, dilation };
    if (isOf(inside, images) && isOf(counts, filters)) {
      return { image: inside, filter: counts, stride: dilation, dilation: stride };
    }
    return null;
  });
  return all.includes(null) ? null : (all as Spatial[]);
}

interface Overlap extends WindowSteps {
  readonly shape: Shape;
}

function written(
  site: OnnxSite<Overlap>,
  view: OnnxProduct,
  spatial: readonly Spatial[],
  images: 0 | 1,
): string | null {
  const { writer, params } = site;
  const filters = images === 0 ? 1 : 0;
  const { contract, batch } = view.params;
  const isSpatial = (each: ProductAxis): boolean =>
    spatial.some(({ image, filter }) => image === each || filter === each);
  const staying = (operand: 0 | 1): ProductAxis[] =>
    view.from.filter((each) => each.operand === operand && !isSpatial(each));
  const [examples, rows] = [staying(images), staying(filters)];
  const size = (axes: readonly ProductAxis[]): number => sizeOf(axes.map(({ extent }) => extent));
  const groups = view.from.filter(({ operand }) => operand === "both");
  const group = size(groups);
  // As for a convolution: an attribute cannot depend on the extent of a batch that is open.
  const { openExtent } = writer.purpose;
  if (openExtent !== undefined && group % openExtent === 0) return null;

  const [image, filter] = [view.operands[images], view.operands[filters]];
  const depth = sizeOf(contract[images].map((d) => image.shape[d]));
  const ordered = ({ name, shape }: OnnxInput, order: readonly number[], to: Shape): string =>
    reshaped(
      writer,
      writer.transpose(name, order),
      order.map((d) => shape[d]),
      to,
    );
  const along = (side: "image" | "filter"): { order: number[]; extents: number[] } => ({
    order: spatial.flatMap((each) => each[side]?.axis ?? []),
    extents: spatial.map((each) => each[side]?.extent ?? 1),
  });
  const places = (axes: readonly ProductAxis[]): number[] => axes.map(({ axis }) => axis);
  const [ofImage, ofFilter] = [along("image"), along("filter")];
  let sum = writer.node(
    "ConvTranspose",
    [
      ordered(
        image,
        [...places(examples), ...batch[images], ...contract[images], ...ofImage.order],
        [size(examples), group * depth, ...ofImage.extents],
      ),
      ordered(
        filter,
        [...batch[filters], ...contract[filters], ...places(rows), ...ofFilter.order],
        [group * depth, size(rows), ...ofFilter.extents],
      ),
    ],
    { group, strides: spatial.map(({ stride }) => stride), dilations: spatial.map(({ dilation }) => dilation) },
  );

  // Entries behind the last window are zeros.
  const reached = spatial.map(
    ({ stride, dilation }, i) => (ofImage.extents[i] - 1) * stride + (ofFilter.extents[i] - 1) * dilation + 1,
  );
  const wanted = params.axes.map((axis) => params.shape[axis]);
  if (String(reached) !== String(wanted)) {
    const widths = [0, 0, ...wanted.map(() => 0), 0, 0, ...wanted.map((extent, i) => extent - reached[i])];
    sum = writer.node("Pad", [sum, writer.ints(widths)]);
  }

  // [examples, groups and rows, …] → the axes as the windows have them.
  const isLong = ({ extent }: ProductAxis): boolean => extent !== 1;
  const has = [...examples, ...groups, ...rows].filter(isLong);
  const apart = reshaped(
    writer,
    sum,
    [size(examples), group * size(rows), ...wanted],
    [...has.map(({ extent }) => extent), ...wanted],
  );
  const order = range(params.shape.length).flatMap((d) => {
    const i = params.axes.indexOf(d);
    return i >= 0 ? [has.length + i] : view.axes[d].map((place) => has.indexOf(view.from[place]));
  });
  const extents = [...has.map(({ extent }) => extent), ...wanted];
  return reshaped(
    writer,
    writer.transpose(apart, order),
    order.map((d) => extents[d]),
    params.shape,
  );
}

/** The sum as a transposed convolution, or null where it is none, or where the runtime has none of the type. */
export function transposedConvolution(site: OnnxSite<Overlap>): string | null {
  const { inputs, type, params } = site;
  const [{ view }] = inputs;
  if (type.dtype !== "float32" || view?.kind !== "product" || params.axes.length > MOST_AXES) return null;
  if (view.operands.some(({ shape }) => sizeOf(shape) === 0)) return null;
  for (const images of [0, 1] as const) {
    const spatial = spatialOf(view, params, params.shape.length, images);
    const result = spatial && written(site, view, spatial, images);
    if (result !== null) return result;
  }
  return null;
}
