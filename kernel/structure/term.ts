/**
 * @file Structured tensors: a sum of terms, each of which says where its entries are and what they are. The entry of a
 * term at labels l is `scale · Π factors(l)`, and stands at the position that the forms give for l. Everything else is 0.
 * A Jacobian is such a tensor with the axes of the output in front and those of the input behind.
 */
import type { DType } from "../dtype.ts";
import type { Shape } from "../shape.ts";
import { added, product } from "./arithmetic.ts";
import type { Factor, Tally } from "./factor.ts";
import {
  bare,
  combined,
  constant,
  type Extents,
  type Form,
  freshLabel,
  type Label,
  labelsOf,
  rangeOf,
} from "./label.ts";

/** An entry exists only where `0 ≤ form < extent`; elsewhere the form of `axis` points outside of the tensor. */
export interface Guard {
  readonly form: Form;
  readonly extent: number;
}

export interface Term {
  /** All labels in use. */
  readonly extents: Extents;
  /** One per axis. */
  readonly forms: readonly Form[];
  readonly scale: number;
  readonly factors: readonly Factor[];
  readonly guards: readonly Guard[];
}

export interface Structured {
  readonly shape: Shape;
  readonly dtype: DType;
  /** None: all zeros. */
  readonly terms: readonly Term[];
}

/** Number of positions that a term writes. */
export const entriesOf = (term: Term): number =>
  [...term.extents.values()].reduce((count, extent) => count * extent, 1);

/** Labels for the axes of a shape. */
export const labelsFor = (shape: Shape): Label[] => shape.map(() => freshLabel());

export const extentsOf = (labels: readonly Label[], shape: Shape): Map<Label, number> =>
  new Map(labels.map((label, d) => [label, shape[d]]));

/** The position along an axis that only has one. */
export const axisForm = (label: Label, extent: number): Form => (extent === 1 ? constant(0) : bare(label));

export function term(
  extents: Extents,
  forms: readonly Form[],
  { scale = 1, factors = [], guards = [] }: Partial<Pick<Term, "scale" | "factors" | "guards">> = {},
): Term {
  return { extents: used(extents, forms), forms, scale, factors, guards };
}

/** Only labels that some form has. */
function used(extents: Extents, forms: readonly Form[]): Extents {
  const all = new Set(forms.flatMap(labelsOf));
  return all.size === extents.size ? extents : new Map([...extents].filter(([label]) => all.has(label)));
}

const renamedForm = (form: Form, to: ReadonlyMap<Label, Label>): Form =>
  form.table === null
    ? form.parts.reduce((sum, { label, stride }) => combined(sum, bare(to.get(label)!), stride), constant(form.offset))
    : { ...form, table: renamedFactor(form.table, to) };

const renamedFactor = (factor: Factor, to: ReadonlyMap<Label, Label>): Factor =>
  factor.renamed(factor.labels.map((label) => to.get(label)!));

/** The same term with labels of its own, or with those given. */
export function renamed(given: Term, to?: ReadonlyMap<Label, Label>): Term {
  const map = to ?? new Map([...given.extents.keys()].map((label) => [label, freshLabel()]));
  return {
    extents: new Map([...given.extents].map(([label, extent]) => [map.get(label)!, extent])),
    forms: given.forms.map((form) => renamedForm(form, map)),
    scale: given.scale,
    factors: given.factors.map((factor) => renamedFactor(factor, map)),
    guards: given.guards.map(({ form, extent }) => ({ form: renamedForm(form, map), extent })),
  };
}

/** All that the entries of a tensor are made of. */
export const factorsOf = ({ terms }: Structured): Factor[] =>
  terms.flatMap(({ factors, forms }) => [
    ...factors,
    ...forms.map(({ table }) => table).filter((table) => table !== null),
  ]);

/** The axes of a structured tensor in another order. */
export const permuted = ({ shape, dtype, terms }: Structured, axes: readonly number[]): Structured => ({
  shape: axes.map((axis) => shape[axis]),
  dtype,
  terms: terms.map((each) => ({ ...each, forms: axes.map((axis) => each.forms[axis]) })),
});

/** A text that is equal for terms at the same positions, and the labels in the order in which they appear in it. */
function placement(given: Term): { key: string; order: Map<Label, number> } {
  const order = new Map<Label, number>();
  const numberOf = (label: Label): number => {
    let number = order.get(label);
    if (number === undefined) {
      number = order.size;
      order.set(label, number);
    }
    return number;
  };
  const text = (form: Form): string => {
    if (form.table !== null) return `T${form.table.node.id}(${form.table.labels.map(numberOf).join(",")})`;
    const parts = form.parts.map(({ label, stride }) => `${stride}*${numberOf(label)}`);
    return `${form.offset}+${parts.join("+")}`;
  };
  // Parts by stride, so that the order in which labels were made makes no difference.
  const sorted = (form: Form): Form =>
    form.parts.length < 2 ? form : { ...form, parts: [...form.parts].sort((a, b) => b.stride - a.stride) };
  const forms = given.forms.map((form) => text(sorted(form)));
  const guards = given.guards.map(({ form, extent }) => `${text(sorted(form))}<${extent}`).sort();
  const extents = [...order.keys()].map((label) => given.extents.get(label));
  return { key: `${forms.join(";")}|${guards.join(";")}|${extents.join(",")}`, order };
}

/** The product of all factors of a term; null when there are none. */
export function wholeFactor({ factors }: Term, tally: Tally): Factor | null {
  if (factors.length === 0) return null;
  const [first, ...rest] = [...factors].sort((a, b) => a.size - b.size);
  return rest.reduce((all, factor) => product(all, factor, tally), first);
}

/** Terms at the same positions become one, unless that would multiply out what is kept as a product. */
export function merged(terms: readonly Term[], dtype: DType, tally: Tally): Term[] {
  if (terms.length < 2) return [...terms];
  const found = new Map<string, { term: Term; labels: Label[] }>();
  const result: (string | Term)[] = [];
  for (const each of terms) {
    if (each.factors.length > 1) {
      result.push(each);
      continue;
    }
    const { key, order } = placement(each);
    const labels = [...order.keys()];
    const same = found.get(key);
    if (same === undefined) {
      found.set(key, { term: each, labels });
      result.push(key);
      continue;
    }
    const other = renamed(each, new Map(labels.map((label, i) => [label, same.labels[i]])));
    const sum = plus(same.term, other, dtype, tally);
    found.set(key, { term: sum, labels: same.labels });
  }
  return result.flatMap((each) => {
    const one = typeof each === "string" ? found.get(each)!.term : each;
    return one.scale === 0 ? [] : [one];
  });
}

function plus(a: Term, b: Term, dtype: DType, tally: Tally): Term {
  const [x = null] = a.factors;
  const [y = null] = b.factors;
  if (x === null && y === null) return { ...a, scale: a.scale + b.scale };
  // A common scale stays in front.
  if (x !== null && y !== null && a.scale === b.scale) {
    return { ...a, factors: [added([x, 1], [y, 1], dtype, tally)] };
  }
  return { ...a, scale: 1, factors: [added([x, a.scale], [y, b.scale], dtype, tally)] };
}

/** The identity on a shape: `[...shape, ...shape]`. */
export function identity(shape: Shape): Term {
  const labels = labelsFor(shape);
  const forms = labels.map((label, d) => axisForm(label, shape[d]));
  return term(extentsOf(labels, shape), [...forms, ...forms]);
}

/** Whether the axes are labels of their own, each over its whole extent: the term has an entry everywhere, once. */
export function isDense({ forms, extents, guards }: Term, shape: Shape): boolean {
  if (guards.length > 0) return false;
  const seen = new Set<Label>();
  return forms.every((form, d) => {
    if (form.table !== null) return false;
    if (form.parts.length === 0) return shape[d] === 1;
    const [{ label, stride }] = form.parts;
    if (form.parts.length > 1 || stride !== 1 || form.offset !== 0 || seen.has(label)) return false;
    seen.add(label);
    return extents.get(label) === shape[d];
  });
}

/**
 * Whether all entries of a term are within the tensor, and no two of them at the same position: every label can be told
 * from one axis alone.
 */
export function isInjective({ forms, extents }: Term, shape: Shape): boolean {
  const isInside = forms.every((form, d) => {
    const [low, high] = rangeOf(form, extents);
    return low >= 0 && high < shape[d];
  });
  if (!isInside) return false;
  const told = new Set<Label>();
  for (const { parts, table } of forms) {
    if (table !== null) continue;
    // Digits of a number in mixed radix.
    let reach = 0;
    const digits = [...parts].sort((a, b) => Math.abs(a.stride) - Math.abs(b.stride));
    const unique = digits.every(({ label, stride }) => {
      const fits = Math.abs(stride) > reach;
      reach += Math.abs(stride) * (extents.get(label)! - 1);
      return fits;
    });
    if (unique) for (const { label } of parts) told.add(label);
  }
  return [...extents.keys()].every((label) => told.has(label));
}
