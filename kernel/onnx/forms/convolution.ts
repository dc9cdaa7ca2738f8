/**
 * @file A product with windows as a convolution: the one that a convolution is here, its derivative by the weights, and both
 * under `vmap`. An entry stands at `count · stride + inside · dilation`, in which both axes have the same part: the one that
 * is summed is that of the filter, the other that of the result.
 */
import { range, type Shape, sizeOf } from "../../shape.ts";
import type { Dot, OnnxInput, OnnxSite, OnnxWindows } from "../writer/form.ts";
import type { GraphWriter } from "../writer/graph-writer.ts";

/** The most spatial axes that runtimes and our own import have a convolution for. */
export const MOST_AXES = 2;

/** Along one spatial axis: which axes of the windows are summed and stay, and the steps from one entry to the next. */
interface Spatial {
  readonly axis: number;
  readonly summed: number;
  readonly kept: number;
  readonly stride: number;
  readonly dilation: number;
}

type Role = "batch" | "summed" | "free" | "missing";

/** The windows, and what they are multiplied with; each axis of one operand by its place there. */
interface Product {
  readonly windows: OnnxWindows;
  readonly filter: OnnxInput;
  /** Pairs of axes, of the windows' own numbering and of the filter. */
  readonly batch: readonly Pair[];
  readonly summed: readonly Pair[];
  readonly role: (axis: number) => Role;
  /** Axes of the filter that stay. */
  readonly rows: readonly number[];
  readonly isFilterFirst: boolean;
}

interface Pair {
  readonly axis: number;
  readonly inFilter: number;
}

function productOf({ inputs, params: { contract, batch } }: OnnxSite<Dot>, side: 0 | 1): Product | null {
  const windows = inputs[side].view;
  if (windows?.kind !== "windows") return null;
  const filter = inputs[1 - side];
  const pairs = (lists: Dot["batch"]): Pair[] =>
    lists[side].map((d, i) => ({ axis: windows.axes[d], inFilter: lists[1 - side][i] }));
  const [together, summed] = [pairs(batch), pairs(contract)];
  const has = (list: readonly Pair[], axis: number): boolean => list.some((pair) => pair.axis === axis);
  return {
    windows,
    filter,
    batch: together,
    summed,
    role: (axis) =>
      !windows.axes.includes(axis) ? "missing" : has(together, axis) ? "batch" : has(summed, axis) ? "summed" : "free",
    rows: filter.shape.flatMap((_, d) => ([...together, ...summed].some(({ inFilter }) => inFilter === d) ? [] : [d])),
    isFilterFirst: side === 1,
  };
}

/** How the windows take part along each spatial axis; null where that is no convolution. */
function spatialOf({ windows: { source, params }, role }: Product): Spatial[] | null {
  const rank = source.shape.length;
  const all = params.axes.map((axis, i): Spatial | null => {
    const [stride, dilation] = [params.strides[i], params.dilations[i]];
    const [counts, inside] = [role(axis), role(rank + i)];
    const mayStay = (is: Role): boolean => is === "free" || is === "missing";
    const maySum = (is: Role): boolean => is === "summed" || is === "missing";
    if (mayStay(counts) && maySum(inside)) return { axis, summed: rank + i, kept: axis, stride, dilation };
    if (maySum(counts) && mayStay(inside)) {
      return { axis, summed: axis, kept: rank + i, stride: dilation, dilation: stride };
    }
    return null;
  });
  return all.includes(null) ? null : (all as Spatial[]);
}

export const reshaped = (writer: GraphWriter, x: string, from: Shape, to: Shape): string =>
  String(from) === String(to) ? x : writer.reshape(x, to);

/** What the windows slide over, with its zeros around the spatial axes left to the convolution. */
function unpadded(source: OnnxInput, spatial: readonly Spatial[]): { x: OnnxInput; pads: number[] } {
  const view = source.view;
  const isSpatial = (d: number): boolean => spatial.some(({ axis }) => axis === d);
  if (view?.kind !== "padded" || source.shape.some((_, d) => !isSpatial(d) && view.before[d] + view.after[d] > 0)) {
    return { x: source, pads: spatial.flatMap(() => [0, 0]) };
  }
  const along = (widths: readonly number[]): number[] => spatial.map(({ axis }) => widths[axis]);
  return { x: view.source, pads: [...along(view.before), ...along(view.after)] };
}

function written(site: OnnxSite<Dot>, product: Product, spatial: readonly Spatial[]): string | null {
  const { writer } = site;
  const { windows, filter, batch, summed, role, rows } = product;
  const { source, extents } = windows;
  const rank = source.shape.length;
  const isInside = (d: number): boolean => d >= rank && d < rank + spatial.length;
  const others = range(extents.length).filter((d) => !isInside(d) && spatial.every(({ axis }) => axis !== d));
  const channels = summed.filter(({ axis }) => others.includes(axis));
  const examples = others.filter((d) => role(d) === "free" || role(d) === "missing");
  const groups = batch.map(({ axis }) => axis);
  const size = (axes: readonly number[]): number => sizeOf(axes.map((axis) => extents[axis]));
  const group = size(groups);
  // An attribute cannot depend on the extent of a batch that is open; a product of matrices can.
  const { openExtent } = writer.purpose;
  if (openExtent !== undefined && group % openExtent === 0) return null;

  const { x, pads } = unpadded(source, spatial);
  const order = [
    ...examples,
    ...groups,
    ...channels.map(({ axis }) => axis),
    ...spatial.map(({ axis }) => axis),
  ].filter((d) => d < rank);
  const inOrder = order.map((d) => x.shape[d]);
  const depth = size(channels.map(({ axis }) => axis));
  const alongX = spatial.map(({ axis }) => x.shape[axis]);
  const image = reshaped(writer, writer.transpose(x.name, order), inOrder, [size(examples), group * depth, ...alongX]);

  const sizes = spatial.map(({ summed: axis }) => extents[axis]);
  const inside = spatial.flatMap((each) => summed.filter(({ axis }) => axis === each.summed));
  const filterOrder = [
    ...batch.map(({ inFilter }) => inFilter),
    ...rows,
    ...[...channels, ...inside].map((p) => p.inFilter),
  ];
  const height = sizeOf(rows.map((d) => filter.shape[d]));
  const filters = reshaped(
    writer,
    writer.transpose(filter.name, filterOrder),
    filterOrder.map((d) => filter.shape[d]),
    [group * height, depth, ...sizes],
  );
  let result = writer.node("Conv", [image, filters], {
    group,
    pads,
    strides: spatial.map(({ stride }) => stride),
    dilations: spatial.map(({ dilation }) => dilation),
  });

  // Windows that would fit behind the last that is wanted.
  const wanted = spatial.map(({ kept }) => extents[kept]);
  const counts = spatial.map(
    ({ axis, stride, dilation }, i) => Math.floor((source.shape[axis] - dilation * (sizes[i] - 1) - 1) / stride) + 1,
  );
  const cut = spatial.flatMap((_, i) => (counts[i] > wanted[i] ? [i] : []));
  if (cut.length > 0) {
    const lists = [cut.map(() => 0), cut.map((i) => wanted[i]), cut.map((i) => 2 + i)];
    result = writer.node("Slice", [result, ...lists.map((list) => writer.ints(list))]);
  }

  // [examples, groups and rows, …] → batch, then what stays of the first operand, then of the second.
  const isThere = (axis: number): boolean => role(axis) !== "missing";
  const kept = spatial.map((each) => each.kept).filter(isThere);
  const free = [...examples.filter(isThere), ...kept];
  const has = [
    ...examples.filter(isThere).map((axis) => ({ axis, extent: extents[axis] })),
    ...groups.map((axis) => ({ axis, extent: extents[axis] })),
    ...rows.map((d) => ({ axis: `row ${d}`, extent: filter.shape[d] })),
    ...kept.map((axis) => ({ axis, extent: extents[axis] })),
  ];
  const stays = windows.axes.filter((axis) => free.includes(axis));
  const rowAxes = rows.map((d) => `row ${d}`);
  const wantedOrder = [...groups, ...(product.isFilterFirst ? [...rowAxes, ...stays] : [...stays, ...rowAxes])];
  const apart = reshaped(
    writer,
    result,
    [size(examples), group * height, ...wanted],
    has.map(({ extent }) => extent),
  );
  return writer.transpose(
    apart,
    wantedOrder.map((axis) => has.findIndex((each) => each.axis === axis)),
  );
}

/** The product as a convolution, or null where it is none, or where the runtime has none of the type. */
export function convolution(site: OnnxSite<Dot>): string | null {
  if (site.type.dtype !== "float32") return null;
  for (const side of [1, 0] as const) {
    const product = productOf(site, side);
    const spatial = product && spatialOf(product);
    if (spatial !== null && spatial.length <= MOST_AXES) {
      const result = written(site, product!, spatial);
      if (result !== null) return result;
    }
  }
  return null;
}
