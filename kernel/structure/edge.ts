/** @file Edges of the graph that is eliminated: what one vertex is to another, in terms and in maps without structure. */
import type { DType } from "../dtype.ts";
import { full, reshape } from "../emit.ts";
import type { Node, TensorType } from "../graph/node.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { blocked, toNode } from "./dense.ts";
import { Factor, type Tally } from "./factor.ts";
import { bare, bareLabel, type Extents, type Form, type Label, labelOrder, labelsOf } from "./label.ts";
import type { Opaque } from "./local.ts";
import { multiplied, plus } from "./structured.ts";
import {
  axisForm,
  extentsOf,
  factorsOf,
  identity,
  labelsFor,
  permuted,
  type Structured,
  type Term,
  term,
} from "./term.ts";

/** The Jacobian of one vertex with respect to another, as far as it is known: the sum of both parts. */
export interface Edge {
  readonly output: TensorType;
  readonly input: TensorType;
  readonly terms: readonly Term[];
  readonly opaque: readonly Opaque[];
  /** Set for an edge that changes nothing. */
  readonly isIdentity?: boolean;
}

export const identityEdge = (type: TensorType): Edge => ({
  output: type,
  input: type,
  terms: [identity(type.shape)],
  opaque: [],
  isIdentity: true,
});

/** The part of an edge that is known in terms. */
export const structuredOf = ({ output, input, terms }: Edge): Structured => ({
  shape: [...output.shape, ...input.shape],
  dtype: output.dtype,
  terms,
});

export function addedEdges(a: Edge, b: Edge, tally: Tally): Edge {
  const { terms } = plus(structuredOf(a), structuredOf(b), tally);
  return { output: a.output, input: a.input, terms, opaque: [...a.opaque, ...b.opaque] };
}

/** `second` after `first`. */
export function composed(second: Edge, first: Edge, tally: Tally): Edge {
  if (second.isIdentity) return first;
  if (first.isIdentity) return second;
  const isPulled = second.opaque.length === 0 && first.opaque.every(({ pull }) => pull !== null);
  const inner = isPulled ? first : explicit(first, tally);
  const { output } = second;
  const { input } = first;
  const shape = [...output.shape, ...input.shape];
  const between = inner.output.shape.length;
  let sum: Structured = { shape, dtype: output.dtype, terms: [] };
  if (second.terms.length > 0 && inner.terms.length > 0) {
    sum = multiplied(structuredOf(second), output.shape.length, between, structuredOf(inner), tally);
  }
  for (const map of inner.opaque) sum = plus(sum, pulled(map, structuredOf(second), output, input, tally), tally);
  for (const map of second.opaque) sum = plus(sum, pushed(map, structuredOf(inner), output, input, tally), tally);
  return { output, input, terms: sum.terms, opaque: [] };
}

/** All in terms: what is not gets unit vectors, on the side where there are fewer. */
export function explicit(edge: Edge, tally: Tally): Edge {
  if (edge.opaque.length === 0) return edge;
  const { output, input } = edge;
  let sum = structuredOf(edge);
  for (const map of edge.opaque) {
    const isPushed = map.pull === null || sizeOf(input.shape) < sizeOf(output.shape);
    const [small, through] = isPushed ? [input, pushed] : [output, pulled];
    const units: Structured = {
      shape: [...small.shape, ...small.shape],
      dtype: small.dtype,
      terms: [identity(small.shape)],
    };
    sum = plus(sum, through(map, units, output, input, tally), tally);
  }
  return { output, input, terms: sum.terms, opaque: [] };
}

/** What an operation without structure is taken to cost for one vector, per entry of its larger side. */
const OPAQUE_COST = 8;

/** `map` after the columns that arrive: axes of its input in front, those of `input` behind. */
function pushed(map: Opaque, columns: Structured, output: TensorType, input: TensorType, tally: Tally): Structured {
  const rank = columns.shape.length - input.shape.length;
  const from = columns.shape.slice(0, rank);
  const axes = [...input.shape.map((_, d) => rank + d), ...from.map((_, d) => d)];
  const terms = vectorsOf(permuted(columns, axes), input.shape.length, map.independent).map((vectors) => {
    const { ends, extents, factor } = mapped(vectors, (node) => map.push(node), from, output, columns.dtype, tally);
    return term(extents, [...ends, ...vectors.forms], { factors: [factor] });
  });
  return { shape: [...output.shape, ...input.shape], dtype: output.dtype, terms };
}

/** The rows that arrive, pulled back: axes of `output` in front, those of the output of `map` behind. */
function pulled(map: Opaque, rows: Structured, output: TensorType, input: TensorType, tally: Tally): Structured {
  const rank = output.shape.length;
  const from = rows.shape.slice(rank);
  const terms = vectorsOf(rows, rank, map.independent).map((vectors) => {
    const { ends, extents, factor } = mapped(vectors, map.pull!, from, input, rows.dtype, tally);
    return term(extents, [...vectors.forms, ...ends], { factors: [factor] });
  });
  return { shape: [...output.shape, ...input.shape], dtype: output.dtype, terms };
}

interface Vectors {
  /** Labels that the vectors differ by. */
  readonly labels: readonly Label[];
  /** By axis of a vector, the label that entries there share with where the vector belongs: all in one vector. */
  readonly shared: ReadonlyMap<number, Label>;
  readonly counts: Shape;
  /** Where they belong. */
  readonly forms: Term["forms"];
  /** `[...counts, ...vector shape]` */
  readonly values: Structured;
}

/**
 * The vectors along the axes behind `rank`, one for each combination of labels that the axes before it have. Along axes that
 * are `independent`, what differs by position there is put into one vector: as many vectors as colours.
 */
function vectorsOf(given: Structured, rank: number, independent: readonly number[]): Vectors[] {
  const shape = given.shape.slice(rank);
  if (given.terms.length === 0) return [];
  // Several terms are written out as one, and so is one with entries outside.
  const isPlain = given.terms.length === 1 && given.terms[0].guards.length === 0;
  const only = isPlain ? given.terms[0] : blocked(given);
  const forms = only.forms.slice(0, rank);
  const inside = only.forms.slice(rank);
  const shared = new Map<number, Label>();
  for (const axis of independent) {
    const label = bareLabel(inside[axis]);
    if (label === null || only.extents.get(label) !== shape[axis]) continue;
    if (inside.some((form, d) => d !== axis && labelsOf(form).includes(label))) continue;
    if (forms.some((form) => labelsOf(form).includes(label))) shared.set(axis, label);
  }
  const together = new Set(shared.values());
  const labels = labelOrder(forms).filter((label) => !together.has(label));
  const counts = labels.map((label) => only.extents.get(label)!);
  const inFront = { ...only, forms: [...labels.map(bare), ...inside] };
  return [
    { labels, shared, counts, forms, values: { shape: [...counts, ...shape], dtype: given.dtype, terms: [inFront] } },
  ];
}

/** What `map` makes of each of the vectors: values along their labels and those of its own axes. */
function mapped(
  { labels, shared, counts, values }: Vectors,
  map: (vectors: Node) => Node | null,
  from: Shape,
  to: TensorType,
  dtype: DType,
  tally: Tally,
): { ends: Form[]; extents: Extents; factor: Factor } {
  const count = sizeOf(counts);
  tally.multiplications += count * OPAQUE_COST * Math.max(sizeOf(from), sizeOf(to.shape));
  tally.written += count * (sizeOf(from) + sizeOf(to.shape));
  tally.vectors += count;
  const ends = labelsFor(to.shape).map((label, axis) => shared.get(axis) ?? label);
  const all = [...labels, ...ends];
  const shape = [...counts, ...to.shape];
  const factor = new Factor(all, shape, to.dtype, factorsOf(values), () => {
    const vectors = reshape(toNode({ ...values, dtype }), [count, ...from]);
    return reshape(map(vectors) ?? full(0, [count, ...to.shape], to.dtype), shape);
  });
  return {
    ends: ends.map((label, d) => axisForm(label, to.shape[d])),
    extents: extentsOf(all, shape),
    factor: factor.squeezed(),
  };
}
