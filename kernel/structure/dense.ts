/** @file From terms to nodes: every entry is written where it stands, the zeros in between are filled in once. */
import type { DType } from "../dtype.ts";
import { add, cast, diagonalEmbed, emit, full, permute, reshape } from "../emit.ts";
import type { Node } from "../graph/node.ts";
import { range, type Shape, sizeOf } from "../shape.ts";
import { product, scaledBy } from "./arithmetic.ts";
import { along, Factor, known, Tally } from "./factor.ts";
import { inside } from "./gather.ts";
import { bareLabel, type Label, labelOrder, strideOf } from "./label.ts";
import {
  axisForm,
  entriesOf,
  extentsOf,
  factorsOf,
  isDense,
  isInjective,
  labelsFor,
  type Structured,
  type Term,
  term,
  wholeFactor,
} from "./term.ts";

/** The entries of a term, with an axis per label, in the order in which its forms have them. */
export function entriesNode(given: Term, dtype: DType): { node: Node; labels: readonly Label[]; shape: Shape } {
  const tally = new Tally();
  const labels = labelOrder(given.forms);
  const shape = labels.map((label) => given.extents.get(label)!);
  // Scaled where there is least of it.
  const [smallest, ...others] = [...given.factors].sort((a, b) => a.size - b.size);
  const factors = smallest === undefined ? [] : [scaledBy(smallest, given.scale, dtype, tally), ...others];
  const masks = given.guards.map(({ form, extent }) => inside(form, extent, given.extents));
  const numbers = wholeFactor({ ...given, factors }, tally);
  const scaled = numbers ?? known(full(given.scale, [], dtype), []);
  const whole = masks.reduce((all, mask) => product(all, mask, tally), scaled);
  return { node: cast(along(whole, labels, shape), dtype), labels, shape };
}

/** Multiplications to make the entries of a term. */
function entriesWork(given: Term): Tally {
  const tally = new Tally();
  const whole = wholeFactor(given, tally);
  if (whole !== null && Math.abs(given.scale) !== 1) {
    tally.multiplications += Math.min(...given.factors.map(({ size }) => size));
  }
  tally.written = entriesOf(given);
  return tally;
}

/** What all terms cost to write out; `size` entries are there in the end. */
export function denseWork({ shape, terms }: Structured): Tally {
  const tally = new Tally();
  for (const each of terms) tally.add(entriesWork(each));
  tally.written = Math.max(tally.written, sizeOf(shape));
  return tally;
}

function denseTerm(given: Term, shape: Shape, dtype: DType): Node {
  // Labels stand in the order of the axes, so only axes of extent 1 are missing.
  return reshape(entriesNode(given, dtype).node, shape);
}

/** Each label on one or more axes, each axis a whole label: a diagonal, as the identity algebra knows it. */
function diagonalTerm(given: Term, shape: Shape, dtype: DType): Node | null {
  if (given.guards.length > 0) return null;
  const axes = given.forms.map(bareLabel);
  if (axes.some((label, d) => label === null || given.extents.get(label) !== shape[d])) return null;
  const { node, labels } = entriesNode(given, dtype);
  // `at` says which label each axis of the node has; an axis more is tied in wherever a label comes again.
  let result = node;
  const at: Label[] = [...labels];
  for (let d = 0; d < axes.length; d++) {
    const label = axes[d]!;
    if (at[d] === label) continue;
    if (axes.slice(0, d).includes(label)) {
      const first = axes.indexOf(label);
      result = diagonalEmbed(result, first, d);
      at.splice(d, 0, label);
      continue;
    }
    const from = at.indexOf(label);
    const order = at.map((_, i) => i).filter((i) => i !== from);
    order.splice(d, 0, from);
    result = permute(result, order);
    at.splice(from, 1);
    at.splice(d, 0, label);
  }
  return result;
}

/** The tensor with all its zeros. */
export function toNode({ shape, dtype, terms }: Structured): Node {
  if (terms.length === 0) return full(0, shape, dtype);
  if (terms.length === 1) {
    const tied = diagonalTerm(terms[0], shape, dtype);
    if (tied !== null) return tied;
  }
  const dense = terms.filter((each) => isDense(each, shape)).map((each) => denseTerm(each, shape, dtype));
  const sparse = terms.filter((each) => !isDense(each, shape));
  if (sparse.length === 0) return dense.reduce((sum, node) => add(sum, node));
  const placed = sparse.map((each) => placement(each, dtype));
  const pieces = dense.length === 0 ? placed : [everywhere(dense.reduce((sum, node) => add(sum, node))), ...placed];
  return emit(
    "place",
    pieces.flatMap(({ nodes }) => nodes),
    {
      shape,
      forms: pieces.map(({ forms }) => forms),
      tables: pieces.map(({ tables }) => tables),
      covers: dense.length > 0,
      stores: dense.length > 0 || isInjective(sparse[0], shape),
    },
  );
}

interface Placement {
  readonly nodes: readonly Node[];
  readonly forms: readonly (readonly number[])[];
  /** Axes that a table gives the position along, in the order of the nodes behind the first. */
  readonly tables: readonly number[];
}

function placement(given: Term, dtype: DType): Placement {
  const { node, labels, shape: extents } = entriesNode(given, dtype);
  const tables: number[] = [];
  const nodes = [node];
  const forms = given.forms.map((form, d) => {
    if (form.table !== null) {
      tables.push(d);
      nodes.push(along(form.table, labels, extents));
    }
    return [form.offset, ...labels.map((label) => strideOf(form, label))];
  });
  return { nodes, forms, tables };
}

const everywhere = (node: Node): Placement => ({
  nodes: [node],
  forms: node.shape.map((_, d) => [0, ...node.shape.map((_each, e) => (d === e ? 1 : 0))]),
  tables: [],
});

/** The same tensor as one term with all its entries, and a label of its own for each axis. */
export const densified = (given: Structured): Term => writtenAlong(given, range(given.shape.length));

/** The same tensor as one term, which keeps what all terms have in common: axes that run together, as blocks do. */
export const blocked = (given: Structured): Term => writtenAlong(given, runningTogether(given));

/** For each axis the first of those that have the same label as it in every term, over the whole extent. */
function runningTogether({ shape, terms }: Structured): number[] {
  const labels = terms.map(({ forms, extents, guards }) =>
    forms.map((form, d) => {
      const label = guards.length > 0 ? null : bareLabel(form);
      return label !== null && extents.get(label) === shape[d] ? label : null;
    }),
  );
  return range(shape.length).map(
    (d) => range(d + 1).find((e) => labels.every((of) => of[d] !== null && of[e] === of[d]) || e === d)!,
  );
}

/** @param leaders for each axis the axis that it runs together with, itself for most */
function writtenAlong(given: Structured, leaders: readonly number[]): Term {
  const { shape, dtype, terms } = given;
  const axes = range(shape.length).filter((d) => leaders[d] === d);
  const reduced: Structured = {
    shape: axes.map((d) => shape[d]),
    dtype,
    terms: terms.map((each) => ({ ...each, forms: axes.map((d) => each.forms[d]) })),
  };
  const labels = labelsFor(shape);
  const kept = axes.filter((d) => shape[d] !== 1);
  const extents = kept.map((d) => shape[d]);
  const own = kept.map((d) => labels[d]);
  const factor = new Factor(own, extents, dtype, factorsOf(reduced), () => reshape(toNode(reduced), extents));
  return term(
    extentsOf(own, extents),
    leaders.map((d) => axisForm(labels[d], shape[d])),
    { factors: [factor] },
  );
}
